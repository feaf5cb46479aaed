"""Where a declaration is wrong: its readers tell all mistakes, with file, line and dotted key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from gouji.editions.mistakes import EditionError, Mistake, Told, near
from gouji.wording import say

__all__ = ["EditionError", "Place"]

P = ParamSpec("P")
T = TypeVar("T")
_MISSING: Any = object()
_FORBIDDEN_IN_SHEET = set("[]:*?/\\'")
_WORDS = {str: "text", int: "whole", dict: "table", list: "texts"}


@dataclass(frozen=True, slots=True)
class Place:
    """A key of a declaration file.

    Readers of a value tell a mistake and go on with a value of the right kind, so that no mistake
    hides another; ``mapping`` and everything that is raised as ``wrong`` gives up this part, which
    ends at the next ``attempt``.
    """

    file: str
    key: str = ""
    told: Told = field(default_factory=Told, compare=False, repr=False)

    def at(self, *parts: str) -> Place:
        return Place(self.file, ".".join(filter(None, (self.key, *parts))), self.told)

    def wrong(self, what: str) -> EditionError:
        """The mistake as something to raise."""
        return EditionError(Mistake(self.file, self.key, what, self.told.line_of(self.key)))

    def tell(self, what: str) -> None:
        """Note a mistake and go on."""
        self.told.add(self.wrong(what))

    def lost(self, code: str, what: str) -> EditionError:
        """As ``wrong``; silent where the item is one of a table that could not be read."""
        return EditionError() if self.told.doubtful(code) else self.wrong(what)

    def attempt(self, make: Callable[P, T], *args: P.args, **options: P.kwargs) -> T | None:
        """What ``make`` gives; None, with the mistake told, when it gives up."""
        try:
            return make(*args, **options)
        except EditionError as problem:
            self.told.add(problem)
            return None

    def needs(self, key: str) -> None:
        """Raises a silent EditionError when something is wrong at or below a key read before."""
        if self.told.beneath(self.at(key).key):
            raise EditionError()

    def only(self, body: Any, allowed: set[str] | frozenset[str]) -> None:
        if not isinstance(body, dict):
            raise self.wrong(say("declared.needs.table"))
        known = say("message.joint").join(sorted(allowed))
        for key in body.keys() - allowed:
            meant = near(key, set(allowed - body.keys()))
            if meant:
                self.told.meant.add(self.at(meant).key)
                self.at(key).tell(say("declared.misspelt", meant=meant))
            else:
                self.at(key).tell(say("declared.unknown_key", known=known))

    def _get(self, body: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
        """The value; None, told, when it is missing or of another kind."""
        here, value = self.at(key), body.get(key, default)
        if value is _MISSING:
            if here.key not in self.told.meant:
                here.tell(say("declared.missing"))
            return None
        if not isinstance(value, kind) or isinstance(value, bool):
            here.tell(say(f"declared.needs.{_WORDS[kind]}"))
            return None
        return value

    def text(self, body: Mapping[str, Any], key: str, default: Any = _MISSING, at: str = "") -> str:
        here = self.at(at) if at else self
        value: str | None = here._get(body, key, str, default)
        if default is _MISSING and value is not None and not value.strip():
            here.at(key).tell(say("declared.empty"))
        return value or ""

    def whole(self, body: Mapping[str, Any], key: str, default: Any = _MISSING) -> int:
        value: int | None = self._get(body, key, int, default)
        return value or 0

    def flag(self, body: Mapping[str, Any], key: str) -> bool:
        """True or false; false when the key is not there."""
        value = body.get(key, False)
        if not isinstance(value, bool):
            self.at(key).tell(say("declared.needs.flag"))
        return value is True

    def mapping(self, body: Mapping[str, Any], key: str, default: Any = _MISSING) -> dict[str, Any]:
        value: dict[str, Any] | None = self._get(body, key, dict, default)
        if value is None:
            raise EditionError()
        return value

    def texts(self, body: Mapping[str, Any], key: str) -> list[str]:
        values = self._get(body, key, list, []) or []
        if not all(isinstance(value, str) for value in values):
            self.at(key).tell(say("declared.needs.texts"))
        return [value for value in values if isinstance(value, str)]

    def one_of(
        self, body: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: Any = _MISSING
    ) -> str:
        value = self.text(body, key, default)
        if value in allowed:
            return value
        known = say("message.joint").join(allowed) or say("declared.nothing")
        self.at(key).tell(say("declared.not_one_of", given=value, known=known))
        if not allowed:
            raise EditionError()
        return allowed[0]

    def sheet_name(self, body: Mapping[str, Any], key: str) -> str:
        """A name Excel accepts for a sheet: 1 to 31 characters, none of ``[]:*?/\\'``."""
        name = self.text(body, key)
        if len(name) > 31 or set(name) & _FORBIDDEN_IN_SHEET:
            self.at(key).tell(say("declared.no_sheet_name", given=name))
        return name

    def unique(self, names: Iterable[str], key: str, what: str) -> None:
        """Tells a name that stands twice; ``what`` are the names, in words."""
        seen: set[str] = set()
        for name in names:
            if name and name in seen:
                self.at(key).tell(say("declared.twice", what=what, given=name))
            seen.add(name)

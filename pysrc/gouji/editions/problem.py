"""Where a declaration is wrong, said with file and dotted key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_MISSING: Any = object()
_FORBIDDEN_IN_SHEET = set("[]:*?/\\'")


class EditionError(ValueError):
    """A declaration that cannot be used; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key of a declaration file; its readers raise EditionError naming it."""

    file: str
    key: str = ""

    def at(self, *parts: str) -> Place:
        return Place(self.file, ".".join(filter(None, (self.key, *parts))))

    def wrong(self, what: str) -> EditionError:
        return EditionError(
            f"{self.file}: {self.key}: {what}" if self.key else f"{self.file}: {what}"
        )

    def only(self, body: Any, allowed: set[str]) -> None:
        if not isinstance(body, dict):
            raise self.wrong("must be a table of keys")
        for key in body:
            if key not in allowed:
                raise self.at(key).wrong(f"unknown key; known here: {', '.join(sorted(allowed))}")

    def _get(self, body: Mapping[str, Any], key: str, kind: type, word: str, default: Any) -> Any:
        value = body.get(key, default)
        if value is _MISSING:
            raise self.at(key).wrong("is missing")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.at(key).wrong(f"must be {word}")
        return value

    def text(self, body: Mapping[str, Any], key: str, default: Any = _MISSING, at: str = "") -> str:
        here = self.at(at) if at else self
        value: str = here._get(body, key, str, "a text", default)
        if default is _MISSING and not value.strip():
            raise here.at(key).wrong("is empty")
        return value

    def whole(self, body: Mapping[str, Any], key: str, default: Any = _MISSING) -> int:
        value: int = self._get(body, key, int, "a whole number", default)
        return value

    def flag(self, body: Mapping[str, Any], key: str) -> bool:
        """True or false; false when the key is not there."""
        value = body.get(key, False)
        if not isinstance(value, bool):
            raise self.at(key).wrong("must be true or false")
        return value

    def mapping(self, body: Mapping[str, Any], key: str, default: Any = _MISSING) -> dict[str, Any]:
        value: dict[str, Any] = self._get(body, key, dict, "a table of keys", default)
        return value

    def texts(self, body: Mapping[str, Any], key: str) -> list[str]:
        values = self._get(body, key, list, "a list of texts", [])
        if not all(isinstance(value, str) for value in values):
            raise self.at(key).wrong("must be a list of texts")
        return list(values)

    def one_of(
        self, body: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: Any = _MISSING
    ) -> str:
        value = self.text(body, key, default)
        if value not in allowed:
            raise self.at(key).wrong(f"is '{value}'; must be one of {', '.join(allowed)}")
        return value

    def sheet_name(self, body: Mapping[str, Any], key: str) -> str:
        """A name Excel accepts for a sheet: 1 to 31 characters, none of ``[]:*?/\\'``."""
        name = self.text(body, key)
        if len(name) > 31 or set(name) & _FORBIDDEN_IN_SHEET:
            raise self.at(key).wrong("is no sheet name: at most 31 characters, none of []:*?/\\'")
        return name

    def unique(self, names: Iterable[str], key: str, what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise self.at(key).wrong(f"{what} must differ; '{name}' stands twice")
            seen.add(name)

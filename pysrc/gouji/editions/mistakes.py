"""What is wrong with declarations, all of it at once: file, line, dotted key, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gouji.unusable import UnusableCall
from gouji.wording import say

_ANYTHING = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. ``line`` counts from 1; None where the file has no line for it."""

    file: str
    key: str
    what: str
    line: int | None = None

    def __str__(self) -> str:
        where = ": ".join(filter(None, (self.file, self.key, self.what)))
        return where if self.line is None else where + say("declared.line", n=self.line)


class EditionError(UnusableCall):
    """A declaration that cannot be used; the text names the first mistake, file and key up front.

    ``mistakes`` holds all of them in the file's order. It is empty where one that is told
    already is the cause.
    """

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda each: (each.file, each.line or 0)))
        more = len(mistakes) - 1
        text = str(self.mistakes[0]) if mistakes else ""
        super().__init__(text + say("declared.more", n=more) if more > 0 else text)


@dataclass(slots=True)
class Told:
    """The mistakes found so far in one declaration; one for each key, for more would follow on."""

    line_of: Callable[[str], int | None] = field(default=lambda key: None)
    mistakes: dict[tuple[str, str], Mistake] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  #: tables whose items are not known
    unsure: set[tuple[str, str]] = field(default_factory=set)  #: table and line that is no label
    meant: set[str] = field(default_factory=set)  #: keys that are there, but misspelt

    def add(self, problem: EditionError) -> None:
        for each in problem.mistakes:
            self.mistakes.setdefault((each.file, each.key), each)

    def beneath(self, key: str) -> bool:
        """True when something is wrong with the key or a key below it."""
        return any(f"{each}.".startswith(f"{key}.") for _, each in self.mistakes)

    def doubtful(self, code: str) -> bool:
        """True when the item may be one of a table that could not be read."""
        table = code.partition(".")[0]
        if table in self.broken or (self.broken and _ANYTHING & set(table)):
            return True
        return any(table == of and f".{line}." in f".{code}." for of, line in self.unsure)

    def check(self) -> None:
        """Raises EditionError with everything that was told."""
        if self.mistakes:
            raise EditionError(*self.mistakes.values())


def near(key: str, known: Mapping[str, object] | set[str]) -> str:
    """The known key that was probably meant, empty when none is like it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(key, sorted(known), 1, 0.75)), "")

"""Labels as they are compared: what typing changes is folded away, other wordings are told.

An ``Axis`` knows the labels of one block's rows or columns. It says which of them a text means
and how sure that is; it never takes a text that could mean two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from gouji.hygiene import BRACKETS
from gouji.model import Line
from gouji.recognising.variants import wordings

#: Longer texts are sentences, not labels.
LONGEST = 90
#: Numbers before a label, one after the other: （三）1.
_NUMBERS = 3
#: Of more different texts than this, near ones are not looked for: it is no form.
_MOST_SEEN = 4_000
#: So many wrong characters a label may have, by its length; shorter ones none.
_SLIPS = ((10, 2), (4, 1))


class How(StrEnum):
    """How a text agrees with a printed label, the surest first."""

    EXACT = "exact"
    ASIDE = "aside"  #: the same but for a remark in brackets
    VARIANT = "variant"  #: a declared wording
    NEAR = "near"  #: a slip of the pen


QUALITY = {How.EXACT: 100, How.ASIDE: 97, How.VARIANT: 94, How.NEAR: 80}


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """Full-width marks as ASCII, any white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=1 << 14)
def numbering(text: str) -> tuple[str, str]:
    """The number a label begins with, without its marks, and the rest of it."""
    number, rest = "", plain(text)
    for _ in range(_NUMBERS):
        found = wordings().enumeration.match(rest)
        if found is None or not found.end():
            break
        number, rest = number or _words(found[0]), rest[found.end() :]
    return number, rest


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """A label's letters and digits alone: no numbering, marks, spaces, case."""
    return _words(numbering(text)[1])


@lru_cache(maxsize=1 << 14)
def bare(text: str) -> str:
    """``fold`` without remarks in brackets."""
    return _words(BRACKETS.sub("", numbering(text)[1]))


def asides(text: str) -> tuple[str, ...]:
    """The remarks in brackets of a label, in order, without the brackets."""
    return tuple(found[0][1:-1] for found in BRACKETS.finditer(numbering(text)[1]))


def _words(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def distance(left: str, right: str, limit: int) -> int:
    """How many characters must be changed, added or dropped; ``limit + 1`` for any more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    row = list(range(len(right) + 1))
    for number, mark in enumerate(left, 1):
        before, row[0] = row[0], number
        for at, other in enumerate(right, 1):
            before, row[at] = row[at], min(before + (mark != other), row[at] + 1, row[at - 1] + 1)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def slips_allowed(length: int) -> int:
    """How far a text of that length may be from the label it is taken for."""
    return next((slips for least, slips in _SLIPS if length >= least), 0)


def nearest(text: str, keys: Iterable[str]) -> str | None:
    """The one key within the slips allowed, None when there is none or more than one."""
    limit = slips_allowed(len(text))
    if not limit:
        return None
    found = sorted(
        (far, key) for key in keys if (far := distance(text, key, limit)) <= min(
            limit, slips_allowed(len(key)))
    )  # fmt: skip
    if not found or (len(found) > 1 and found[1][0] == found[0][0]):
        return None
    return found[0][1]


@dataclass(frozen=True, slots=True)
class Meant:
    """The printed label a text means, folded."""

    label: str
    how: How


class Axis:
    """The lines of a block along one axis; a line is its path of folded labels, outermost first."""

    def __init__(self, lines: tuple[Line, ...], variants: Mapping[str, tuple[str, ...]]) -> None:
        self.lines = lines
        self.paths = tuple(tuple(fold(label) for label in line.labels) for line in lines)
        leaves = [path[-1] for path in self.paths if path]
        self.leaves = frozenset(leaves)
        self.repeated = frozenset(leaf for leaf in leaves if leaves.count(leaf) > 1)
        self.parents = frozenset(label for path in self.paths for label in path[:-1])
        self._exact: dict[str, Meant] = {}
        self._joined: dict[str, int | None] = {}
        self._seen: dict[str, Meant | None] = {}
        printed = list(dict.fromkeys(label for line in lines for label in line.labels))
        self._learn(printed, variants)
        for number, line in enumerate(lines):
            self._join(number, line)

    def _learn(self, printed: list[str], variants: Mapping[str, tuple[str, ...]]) -> None:
        for label in printed:
            self._exact.setdefault(fold(label), Meant(fold(label), How.EXACT))
        once: dict[str, set[str]] = {}
        for label in printed:
            once.setdefault(bare(label), set()).add(fold(label))
        known = {fold(label): others for label, others in variants.items()}
        known = {bare(label): others for label, others in variants.items()} | known
        for label in printed:
            if bare(label) and len(once[bare(label)]) == 1:
                self._exact.setdefault(bare(label), Meant(fold(label), How.EXACT))
            for other in known.get(fold(label), known.get(bare(label), ())):
                self._exact.setdefault(fold(other), Meant(fold(label), How.VARIANT))

    def _join(self, number: int, line: Line) -> None:
        """A label and those above it, written into one cell."""
        for start in range(len(line.labels) - 1):
            tail = line.labels[start:]
            for joined in ("".join(map(fold, tail)), "".join(map(bare, tail)), fold("".join(tail))):
                again = joined in self._joined and self._joined[joined] != number
                self._joined[joined] = None if again or joined in self._exact else number

    def look(self, text: str) -> Meant | None:
        """The label that ``text`` means, or None."""
        if text not in self._seen:
            self._seen[text] = self._look(text) if text and len(text) <= LONGEST else None
        return self._seen[text]

    def _look(self, text: str) -> Meant | None:
        whole, core = fold(text), bare(text)
        if found := self._exact.get(whole):
            return found
        if core and (found := self._exact.get(core)):
            return Meant(found.label, How.ASIDE if found.how is How.EXACT else How.VARIANT)
        for key in (whole, core) if len(self._seen) < _MOST_SEEN else ():
            if near := nearest(key, self._exact):
                return Meant(self._exact[near].label, How.NEAR)
        return None

    def joined(self, text: str) -> int | None:
        """The line whose nested labels stand together in ``text``, or None."""
        return self._joined.get(fold(text)) if text and len(text) <= LONGEST else None

    def knows(self, text: str) -> bool:
        """True when the text is a label of this axis, at any depth."""
        return self.look(text) is not None or self.joined(text) is not None

    def is_leaf(self, text: str) -> bool:
        """True when the text names a line, not only a heading of lines."""
        meant = self.look(text)
        return meant.label in self.leaves if meant is not None else self.joined(text) is not None

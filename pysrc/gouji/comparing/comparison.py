"""What a comparison of two reports found."""

from __future__ import annotations

from dataclasses import dataclass

from gouji.model import Value


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """One cell that differs, values as typed. ``place`` is the cell of our own form."""

    code: str
    label: str
    published: Value
    submitted: Value
    place: str


@dataclass(frozen=True, slots=True)
class HeadDifference:
    """``key`` is ``unit``, ``year`` or ``edition``."""

    key: str
    published: str
    submitted: str


@dataclass(frozen=True, slots=True)
class TextDifference:
    """A narrative section. ``at`` counts characters from 1, white space left out; the excerpts
    stand around it. ``at`` is 0 and an excerpt empty where one of the two has no such text."""

    section: str
    title: str
    at: int
    published: str
    submitted: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``same`` counts the items that agree. ``blank_zero`` are 0 here and blank there: they
    count only when asked for. ``altered`` says where a page of our own shows something else than
    the data it carries. ``notes`` are Chinese sentences about the reading."""

    report: str
    file: str
    same: int
    items: tuple[ItemDifference, ...]
    blank_zero: tuple[ItemDifference, ...] = ()
    head: tuple[HeadDifference, ...] = ()
    narrative: tuple[TextDifference, ...] = ()
    notes: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()

    def differs(self, strict: bool = False) -> bool:
        """True when anything is not the same; ``strict`` counts blanks against 0 too."""
        found = self.items or self.head or self.narrative or self.altered
        return bool(found or (strict and self.blank_zero))

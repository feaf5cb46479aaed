"""Slips that show only beside other cells: in a total's parts, in a neighbour, in last year's form.

Each is a small pure function over whole numbers, like those of ``patterns``: it names what explains
the wrong number, or None.
"""

from __future__ import annotations

from collections.abc import Mapping

#: From here on two equal numbers are hardly chance.
TELLING = 10

Parts = Mapping[int, int]  #: place → value


def left_out(old: int, new: int, parts: Parts) -> int | None:
    """The part a total lacks: 40 where 40 and 5 make 45."""
    return _equal(new - old, parts)


def counted_twice(old: int, new: int, parts: Parts) -> int | None:
    """The part that is in a total twice: 50 where 40 and 5 make 45."""
    return _equal(old - new, parts)


def subtotal_added(old: int, new: int, subtotals: Parts) -> int | None:
    """A subtotal that was added to what it already sums up."""
    return _equal(old - new, subtotals)


def stale(old: int, new: int, parts: Parts, earlier: Parts) -> int | None:
    """The part whose earlier value would give the total as it stands: the sum was not renewed."""
    for place, value in parts.items():
        changed = bool(value) and place in earlier and earlier[place] != value
        if changed and old == new - value + earlier[place]:
            return place
    return None


def last_years(old: int, new: int, last: int | None) -> bool:
    """Last year's number was left standing."""
    return bool(last) and old == last and new != last


def copied(old: int, new: int, neighbours: Parts) -> int | None:
    """The neighbour whose number was written here as well; small numbers are alike by chance."""
    return _equal(old, neighbours) if old >= TELLING and new != old else None


def swapped(olds: tuple[int, int], news: tuple[int, int]) -> bool:
    """Two cells hold each other's number."""
    return olds[0] != olds[1] and olds == news[::-1]


def moved_over(olds: tuple[int, int], news: tuple[int, int]) -> bool:
    """One cell holds what belongs in the other, which is empty."""
    return swapped(olds, news) and 0 in olds


def exchanged(olds: tuple[int, int], news: tuple[int, int]) -> bool:
    """What one cell has too many the other lacks."""
    return sum(olds) == sum(news) and olds != news


def _equal(number: int, among: Parts) -> int | None:
    if not number:
        return None
    return next((place for place, value in among.items() if value == number), None)

"""How well a change explains the numbers, and the reason to name beside it.

``points`` are natural logarithms of likelihoods: how often such a slip is made, how likely it
writes this number, and how well the new value suits the cell better than the old one. They only
order the answers; nothing is left out for having few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from gouji.diagnosis import causes
from gouji.diagnosis.patterns import SLIPS, WITH_NOTHING
from gouji.diagnosis.search import Change
from gouji.diagnosis.surroundings import Surroundings

#: What one more slip in the same form costs.
ONE_MORE = log(0.02)
#: Head of the reasons that say a number stands in the wrong cell.
MOVED = "moved."


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reason by name; ``at`` is the other cell it speaks of and ``n`` a number, if any."""

    kind: str
    points: float
    at: int | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A change with what speaks for it: one reason for each cell, or one for all of it."""

    change: Change
    points: float
    reasons: tuple[Evidence, ...]


def weigh(around: Surroundings, change: Change) -> Weighed:
    """The change with its best explanation."""
    alone = [explain(around, place, moved) for place, moved in sorted(change.items())]
    points = sum(each.points for each in alone) + ONE_MORE * len(alone)
    points += suits(around, change)
    if len(change) == 2:
        together = pair(around, change)
        if together is not None and together.points > points:
            return Weighed(change, together.points, (together,))
    return Weighed(change, points, tuple(alone))


def suits(around: Surroundings, change: Change) -> float:
    """How much better the new values suit their cells than the old ones."""
    points = 0.0
    for place, moved in change.items():
        old = around.value(place)
        points += around.surprise(place, old + moved)
        if not _void(around, place):
            points -= around.surprise(place, old)
    return points


def explain(around: Surroundings, place: int, moved: int) -> Evidence:
    """The likeliest slip that wrote this cell's number for the new one."""
    old = around.value(place)
    new = old + moved
    if _void(around, place):
        code = around.facts.outline.codes[place]
        kind = around.facts.must[code]
        return Evidence("sign" if kind == "negative" and new == -old else kind, 0.0)
    return max(_slips(around, place, old, new), key=lambda each: each.points)


def _void(around: Surroundings, place: int) -> bool:
    return around.facts.outline.codes[place] in around.facts.must


def _slips(around: Surroundings, place: int, old: int, new: int) -> Iterator[Evidence]:
    for kind in SLIPS if old and new else WITH_NOTHING:
        likelihood = kind.slip(old, new)
        if likelihood is not None:
            yield Evidence(kind.name, log(kind.share * likelihood))
    if causes.last_years(old, new, around.last_year(place)):
        yield Evidence("last_year", log(0.05), n=old)
    if (near := causes.copied(old, new, _values(around, around.grid.beside[place]))) is not None:
        yield Evidence("copied", log(0.05), at=near, n=old)
    if around.grid.total[place]:
        yield from _sums(around, place, old, new)


def _sums(around: Surroundings, place: int, old: int, new: int) -> Iterator[Evidence]:
    """Slips of a total that was added up by hand."""
    outline = around.facts.outline
    code = outline.codes[place]
    terms = [term for n in outline.total_rules[code] for term in outline.form.rules[n].right]
    parts = _values(around, [outline.position[term.code] for term in terms])
    filled = sum(1 for value in parts.values() if value) or 1
    yield Evidence("stale", log(0.12 / (10 + max(abs(old), abs(new)))))
    if (at := causes.left_out(old, new, parts)) is not None:
        yield Evidence("left_out", log(0.2 / filled), at=at, n=new - old)
    if (at := causes.counted_twice(old, new, parts)) is not None:
        yield Evidence("counted_twice", log(0.08 / filled), at=at, n=old - new)
    lines = (around.grid.cells[around.grid.row_of[place]],
             around.grid.columns[around.grid.column_of[place]])  # fmt: skip
    sums = [n for line in lines for n in line
            if around.grid.total[n] and n != place and n not in parts]  # fmt: skip
    if (at := causes.subtotal_added(old, new, _values(around, sums))) is not None:
        yield Evidence("subtotal", log(0.05), at=at, n=old - new)
    if (at := causes.stale(old, new, parts, around.old)) is not None:
        yield Evidence("stale_part", log(0.15 / filled), at=at, n=around.old[at])


def _values(around: Surroundings, places: list[int] | tuple[int, ...]) -> dict[int, int]:
    return {place: around.value(place) for place in places}


# ------------------------------------------------------------------ two cells, one slip
def pair(around: Surroundings, change: Change) -> Evidence | None:
    """One slip that explains two cells at once, with all its points; None when there is none."""
    (one, more), (two, less) = sorted(change.items())
    grid = around.grid
    same_row = grid.row_of[one] == grid.row_of[two]
    if not same_row and grid.column_of[one] != grid.column_of[two]:
        return None
    if grid.total[one] != grid.total[two] or _void(around, one) or _void(around, two):
        return None
    olds = around.value(one), around.value(two)
    news = olds[0] + more, olds[1] + less
    fits = suits(around, change) + ONE_MORE
    beside = two in grid.beside[one]
    line = "column" if same_row else "row"
    if causes.moved_over(olds, news):
        wrong = one if olds[0] else two
        return Evidence(f"{MOVED}{line}", fits + log(0.12 if beside else 0.04), at=wrong)
    if causes.swapped(olds, news):
        return Evidence("swapped", fits + log(0.05 if beside else 0.02))
    if same_row and causes.exchanged(olds, news):
        wrong = two if more > 0 else one
        return Evidence("misfiled", fits + log(0.06 / (2 + abs(more))), at=wrong, n=abs(more))
    return None


def all_at_once(around: Surroundings, change: Change, kind: str) -> Weighed:
    """A change of whole lines as one slip."""
    points = suits(around, change) + ONE_MORE + log(0.02) + log(0.2) * (len(change) // 2 - 1)
    return Weighed(change, points, (Evidence(kind, points),))

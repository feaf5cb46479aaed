"""What the chosen cells may hold: bounds of a cell, and one choice where rules leave freedom.

Where the rules fix every chosen cell there is nothing to choose. Otherwise some cells are *loose*:
the others follow from them, and every cell's own bound is an inequality over the loose ones. These
are eliminated one after the other (Fourier and Motzkin), which leaves each an interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gouji.diagnosis.balances import Row

#: ``constant + Σ coefficient × loose cell ≥ 0``: the coefficients in order, then the constant.
Inequality = tuple[tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Bound:
    """A cell's present value, whether it may go below 0, and the step its values come in.

    All in the same scaled unit. ``must`` marks a cell without a value of its own.
    """

    value: int
    signed: bool = False
    step: int = 1
    must: bool = False

    def allows(self, moved: int) -> bool:
        now = self.value + moved
        return (self.signed or now >= 0) and now % self.step == 0


@dataclass(frozen=True)
class Freedom:
    """The rules solved for some cells: rule → its pivot, and the loose cells beside them."""

    rows: Sequence[Row]
    gaps: Sequence[int]
    pivots: Mapping[int, int]
    loose: tuple[int, ...]
    bounds: Mapping[int, Bound]

    def pick(self) -> dict[int, int] | None:
        """What to add to every chosen cell, or None where no values are allowed."""
        return next(self._choices({}), None)

    def _choices(self, given: dict[int, int]) -> Iterator[dict[int, int]]:
        if len(given) == len(self.loose):
            change = self._follow(given)
            if change is not None:
                yield change
            return
        unknown = self.loose[len(given)]
        for moved in self._candidates(unknown, list(given.values())):
            yield from self._choices({**given, unknown: moved})

    def _follow(self, given: dict[int, int]) -> dict[int, int] | None:
        """The pivots' changes once the loose cells' are given; None when one is not allowed."""
        change = {}
        for q, unknown in self.pivots.items():
            row = self.rows[q]
            gap = self.gaps[q]
            for other, moved in given.items():
                gap += row.get(other, 0) * moved
            moved, rest = divmod(-gap, row[unknown])
            if rest or not self.bounds[unknown].allows(moved):
                return None
            change[unknown] = moved
        return change | given

    def _candidates(self, unknown: int, given: list[int]) -> Iterator[int]:
        """Both ends of what the cell may be changed by, and the next values inside."""
        own, place = self.bounds[unknown], len(given)
        low: int | None = None
        high: int | None = None
        for times, constant in self._levels[place]:
            rest = constant + sum(a * b for a, b in zip(times, given, strict=False))
            if times[place] > 0:
                edge = -(rest // times[place])
                low = edge if low is None else max(low, edge)
            elif times[place] < 0:
                edge = rest // -times[place]
                high = edge if high is None else min(high, edge)
            elif rest < 0:
                return
        if low is None:
            low = high - 2 * own.step if high is not None else -own.step
        if high is None:
            high = low + 2 * own.step
        start = low + -(own.value + low) % own.step
        end = high - (own.value + high) % own.step
        for moved in dict.fromkeys((start, end, start + own.step, end - own.step)):
            if start <= moved <= end and (moved or own.must):
                yield moved

    @cached_property
    def _levels(self) -> list[list[Inequality]]:
        """Level n speaks of the first n + 1 loose cells only."""
        level = list(self._inequalities())
        levels = [level]
        for place in range(len(self.loose) - 1, 0, -1):
            level = _without(level, place)
            levels.append(level)
        return levels[::-1]

    def _inequalities(self) -> Iterator[Inequality]:
        for place, unknown in enumerate(self.loose):
            if not self.bounds[unknown].signed:
                unit = tuple(int(at == place) for at in range(len(self.loose)))
                yield unit, self.bounds[unknown].value
        for q, unknown in self.pivots.items():
            bound, ours = self.bounds[unknown], self.rows[q][unknown]
            if not bound.signed:  # value − (gap + Σ times × moved) ÷ ours ≥ 0
                sign = -1 if ours > 0 else 1
                times = tuple(sign * self.rows[q].get(other, 0) for other in self.loose)
                yield times, sign * (self.gaps[q] - bound.value * ours)


def _without(level: list[Inequality], place: int) -> list[Inequality]:
    """What the inequalities say of the other cells, whatever the one at ``place`` is."""
    kept = [each for each in level if not each[0][place]]
    for up, more in level:
        if up[place] > 0:
            for down, less in level:
                if down[place] < 0:
                    a, b = -down[place], up[place]
                    times = tuple(a * x + b * y for x, y in zip(up, down, strict=True))
                    kept.append((times, a * more + b * less))
    return list(dict.fromkeys(kept))

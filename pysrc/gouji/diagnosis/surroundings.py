"""What surrounds a cell: its row, its column, its neighbours, last year; and what that lets expect.

Built on the printed lines of the form, so it holds for any edition. Numbers are the scaled whole
numbers of ``Facts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log
from typing import NamedTuple

from gouji.diagnosis.facts import Facts
from gouji.model import Form

Line = tuple[str, str, str]  #: table, block, path of a row or a column


@dataclass(frozen=True)
class Grid:
    """The form's cells by printed line; totals stand apart from what is typed."""

    row_of: tuple[Line, ...]
    column_of: tuple[Line, ...]
    cells: Mapping[Line, tuple[int, ...]]  #: rows, then columns under the same kind of key
    columns: Mapping[Line, tuple[int, ...]]
    beside: tuple[tuple[int, ...], ...]  #: neighbours of a cell: left, right, above, below
    total: tuple[bool, ...]

    @cached_property
    def typed_rows(self) -> dict[Line, tuple[int, ...]]:
        return self._typed(self.cells)

    @cached_property
    def typed_columns(self) -> dict[Line, tuple[int, ...]]:
        return self._typed(self.columns)

    def _typed(self, lines: Mapping[Line, tuple[int, ...]]) -> dict[Line, tuple[int, ...]]:
        """The cells of every line that are typed by themselves."""
        return {key: tuple(n for n in places if not self.total[n]) for key, places in lines.items()}


_grids: dict[int, tuple[Form, Grid]] = {}


def grid_of(form: Form) -> Grid:
    """Built once for each form object."""
    if id(form) not in _grids:
        _grids[id(form)] = (form, _grid(form))
    return _grids[id(form)][1]


def _grid(form: Form) -> Grid:
    items = list(form.items.values())
    row_of = tuple((item.table, item.block, item.row) for item in items)
    column_of = tuple((item.table, item.block, item.column) for item in items)
    total = tuple(item.code in form.totals for item in items)
    rows, columns = _lines(row_of), _lines(column_of)
    beside = []
    for place, is_total in enumerate(total):
        near = []
        for line in (rows[row_of[place]], columns[column_of[place]]):
            alike = [other for other in line if total[other] == is_total]
            at = alike.index(place)
            near += [alike[n] for n in (at - 1, at + 1) if 0 <= n < len(alike)]
        beside.append(tuple(near))
    return Grid(row_of, column_of, rows, columns, tuple(beside), total)


def _lines(keys: Sequence[Line]) -> dict[Line, tuple[int, ...]]:
    lines: dict[Line, list[int]] = {}
    for place, key in enumerate(keys):
        lines.setdefault(key, []).append(place)
    return {key: tuple(places) for key, places in lines.items()}


class Filling(NamedTuple):
    """How many typed cells a line has, how many of them hold something, and how much in all."""

    cells: int
    filled: int
    amount: int = 0

    def without(self, value: int) -> Filling:
        """The line without one of its cells."""
        return Filling(self.cells - 1, self.filled - bool(value), self.amount - abs(value))

    @property
    def odds(self) -> float:
        """Log odds that a cell of the line holds something, drawn towards few."""
        return log((self.filled + 0.3) / (self.cells - self.filled + 1.5))

    @property
    def mean(self) -> float:
        return self.amount / self.filled if self.filled else 0.0


@dataclass(frozen=True)
class Surroundings:
    """One submission's cells in their places."""

    facts: Facts

    @cached_property
    def grid(self) -> Grid:
        return grid_of(self.facts.outline.form)

    def value(self, place: int) -> int:
        return self.facts.values[place]

    def last_year(self, place: int) -> int | None:
        return self.old.get(place)

    @cached_property
    def old(self) -> dict[int, int]:
        """Last year's numbers by place, in the same scaled unit; what was redefined is left out."""
        position, scale = self.facts.outline.position, 10**self.facts.places
        return {
            position[code]: int(earlier.number * scale)
            for code, earlier in self.facts.before.items()
            if not earlier.redefined
        }

    # -------------------------------------------------------------- what to expect
    def surprise(self, place: int, value: int) -> float:
        """How little a value is expected in a cell, in natural log units below 0.

        A total says nothing by itself: it follows from its parts.
        """
        if self.grid.total[place]:
            return 0.0
        share, size = self._expected(place)
        if value == 0:
            return log(1 - share)
        return log(share) + _size(abs(value), size, self.last_year(place))

    def _expected(self, place: int) -> tuple[float, float]:
        """How likely a cell holds something, and how much then; by its row, column, last year."""
        if place not in self._known:
            last, own = self.last_year(place), self.facts.values[place]
            row = self._lines[0][self.grid.row_of[place]].without(own)
            column = self._lines[1][self.grid.column_of[place]].without(own)
            busy = row.odds + column.odds - self._usual
            if last is not None:
                busy += 1.5 if last else -1.0
            share = 1 / (1 + exp(-max(-4.0, min(4.0, busy))))
            size = max(1.0, row.mean / 2 or column.mean / 2 or 2.0)
            self._known[place] = share, size
        return self._known[place]

    @cached_property
    def _known(self) -> dict[int, tuple[float, float]]:
        return {}

    @cached_property
    def _usual(self) -> float:
        every = self._lines[0].values()
        return Filling(sum(line.cells for line in every), sum(line.filled for line in every)).odds

    @cached_property
    def _lines(self) -> tuple[dict[Line, Filling], dict[Line, Filling]]:
        """How full every row and every column is."""
        return self._fill(self.grid.typed_rows), self._fill(self.grid.typed_columns)

    def _fill(self, lines: Mapping[Line, tuple[int, ...]]) -> dict[Line, Filling]:
        values = self.facts.values
        found = {}
        for key, places in lines.items():
            some = [abs(value) for value in map(values.__getitem__, places) if value]
            found[key] = Filling(len(places), len(some), sum(some))
        return found


def _size(value: int, expected: float, last: int | None) -> float:
    """Log share of a number among numbers above 0: heavy-tailed, near last year's if known."""
    tail = expected / ((expected + value - 1) * (expected + value))
    if not last:
        return log(tail)
    near = exp(-abs(log(value / abs(last))) / 0.4) / (0.8 * value)
    return log(0.5 * tail + 0.5 * near)

"""Exact linear algebra over the rationals, for systems of rules: rank, and solutions from 0 up.

Rows are sparse: column → coefficient. No floating point anywhere; sizes are those of a form (some
hundred columns), so plain elimination is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K")
#: An item code, and True for last year's value.
Column = tuple[str, bool]
Row = Mapping[Column, int | Fraction]
_Sparse = dict[Column, Fraction]


class Span:
    """All linear combinations of the rows added so far."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._pivots: dict[Column, _Sparse] = {}
        for row in rows:
            self.add(row)

    @property
    def rank(self) -> int:
        return len(self._pivots)

    def add(self, row: Row) -> bool:
        """Take the row in; False when it was a combination of the others already."""
        rest = self._reduced(row)
        if not rest:
            return False
        pivot = next(iter(rest))
        self._pivots[pivot] = {column: value / rest[pivot] for column, value in rest.items()}
        return True

    def __contains__(self, row: Row) -> bool:
        return not self._reduced(row)

    def _reduced(self, row: Row) -> _Sparse:
        rest: _Sparse = {column: Fraction(value) for column, value in row.items() if value}
        # A pivot's row may bring in columns of later pivots, never of earlier ones.
        for pivot, other in self._pivots.items():
            if pivot in rest:
                _subtract(rest, other, rest[pivot])
        return rest


def _subtract(row: dict[K, Fraction], other: Mapping[K, Fraction], times: Fraction) -> None:
    """``row`` −= ``times`` × ``other``, in place."""
    for column, value in other.items():
        left = row.get(column, Fraction(0)) - times * value
        if left:
            row[column] = left
        else:
            row.pop(column, None)


class Cone:
    """Everything that makes all rows 0, each column 0 or more but for the ``free`` ones."""

    def __init__(self, rows: Iterable[Row], free: Iterable[Column] = ()) -> None:
        self._free = frozenset(free)
        self._rows = [{c: Fraction(v) for c, v in row.items() if v} for row in rows]
        #: Column → what it equals in columns that are left; the later ones know of no earlier.
        self._gone: dict[Column, _Sparse] = {}
        self._shrink()

    def _shrink(self) -> None:
        """Put sums in the place of totals: a total of parts from 0 up asks for nothing more."""
        queue = list(self._rows)
        while queue:
            row = queue.pop()
            column = self._total(row)
            if column is None or all(row is not each for each in self._rows):
                continue
            own = row.pop(column)
            parts = {other: -value / own for other, value in row.items()}
            self._rows = [each for each in self._rows if each is not row]
            for each in self._rows:
                if column in each:
                    _put(each, column, parts)
                    queue.append(each)
            self._gone[column] = parts

    def _total(self, row: Mapping[Column, Fraction]) -> Column | None:
        """A column that is free, or the only one of its sign."""
        for column in row:
            if column in self._free:
                return column
        if len(row) == 1:
            return None  # a column that must be 0
        for sign in (1, -1):
            same = [column for column, value in row.items() if value * sign > 0]
            if len(same) == 1:
                return same[0]
        return None

    def point(self, wanted: Row) -> _Sparse | None:
        """Values that make ``wanted`` 1, the columns that are not 0; None when there are none."""
        sought: _Sparse = {c: Fraction(v) for c, v in wanted.items() if v}
        for column, parts in self._gone.items():
            if column in sought:
                _put(sought, column, parts)
        found = _Table(self._near(sought), sought, self._free).solved()
        if found is None:
            return None
        for column, parts in reversed(self._gone.items()):
            value = sum((v * found[c] for c, v in parts.items() if c in found), Fraction(0))
            if value:
                found[column] = value
        return found

    def _near(self, sought: Mapping[Column, Fraction]) -> list[_Sparse]:
        """The rows that have to do with it."""
        reached, rows, left = set(sought), [], list(self._rows)
        while near := [row for row in left if not reached.isdisjoint(row)]:
            rows += near
            reached.update(*near)
            left = [row for row in left if all(row is not each for each in near)]
        return rows

    def zeros(self, columns: Iterable[Column]) -> set[Column]:
        """Those of the columns that can be nothing but 0."""
        able: set[Column] = set()
        zeros: set[Column] = set()
        for column in columns:
            if column in able:
                continue
            found = self.point({column: 1})
            if found is None and column in self._free:
                found = self.point({column: -1})
            if found is None:
                zeros.add(column)
            else:
                able.update(found)
        return zeros


def _put(row: _Sparse, column: Column, parts: Mapping[Column, Fraction]) -> None:
    """Write what a column equals in its place."""
    times = row.pop(column)
    _subtract(row, parts, -times)


class _Table:
    """The simplex table, first phase, by Bland's rule, which always ends."""

    def __init__(self, rows: Sequence[_Sparse], wanted: _Sparse, free: frozenset[Column]) -> None:
        self._free = free
        self._order: dict[tuple[Column, int], int] = {}
        self.rows: list[dict[int, Fraction]] = []
        self.right: list[Fraction] = []
        for row, right in (*((row, 0) for row in rows), (wanted, 1)):
            self.rows.append(self._columns(row))
            self.right.append(Fraction(right))
        # An artificial column for each row, numbered below 0, is the first basis.
        self.basis = [-1 - index for index in range(len(self.rows))]
        self.cost: dict[int, Fraction] = {}
        for row_ in self.rows:
            _subtract(self.cost, row_, Fraction(1))
        self.missing = sum(self.right, Fraction(0))

    def _columns(self, row: _Sparse) -> dict[int, Fraction]:
        made: dict[int, Fraction] = {}
        for column, value in row.items():
            for sign in (1, -1) if column in self._free else (1,):
                number = self._order.setdefault((column, sign), len(self._order))
                if value:
                    made[number] = value * sign
        return made

    def solved(self) -> _Sparse | None:
        """Values that leave nothing missing, the columns that are not 0; None without such."""
        while self.missing:
            entering = min((c for c, cost in self.cost.items() if cost < 0), default=None)
            if entering is None:
                return None
            self._pivot(self._leaving(entering), entering)
        names = {number: column for (column, _), number in self._order.items()}
        signs = {number: sign for (_, sign), number in self._order.items()}
        found: _Sparse = {}
        for number, value in zip(self.basis, self.right, strict=True):
            if number >= 0 and value:
                column = names[number]
                found[column] = found.get(column, Fraction(0)) + signs[number] * value
        return {column: value for column, value in found.items() if value}

    def _leaving(self, entering: int) -> int:
        """The row that limits the entering column first; one there is, for the cost is bounded."""
        ratios = [
            (self.right[index] / row[entering], self.basis[index], index)
            for index, row in enumerate(self.rows)
            if row.get(entering, 0) > 0
        ]
        return min(ratios)[2]

    def _pivot(self, at: int, entering: int) -> None:
        scale = self.rows[at][entering]
        row = {column: value / scale for column, value in self.rows[at].items()}
        right = self.right[at] / scale
        self.rows[at], self.right[at], self.basis[at] = row, right, entering
        for index, other in enumerate(self.rows):
            if index != at and entering in other:
                times = other[entering]
                _subtract(other, row, times)
                self.right[index] -= times * right
        times = self.cost[entering]
        _subtract(self.cost, row, times)
        self.missing += times * right

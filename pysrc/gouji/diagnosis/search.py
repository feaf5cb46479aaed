"""The smallest sets of cells whose change makes every rule hold, all of them, exactly.

Fellegi and Holt's principle over whole numbers. The rules are kept solved for the cells chosen so
far (each chosen cell is the *pivot* of one rule and gone from the others), so a rule that still
does not balance must contain a further cell: branch on its cells, the rule with the fewest first.
Rules without a common cell each need a cell of their own; that bounds the search, and where the
bound is tight every further cell must stand in one of them. Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gouji.diagnosis.balances import Row
from gouji.diagnosis.freedom import Bound, Freedom

Change = dict[int, int]  #: unknown → what is added to it


@dataclass(frozen=True)
class Problem:
    """Rules that must come to nothing: ``rows · (values + change) + gaps = 0`` for the gaps given.

    ``bounds`` say what an unknown may hold; ``fixed`` ones may not change; ``must`` ones have no
    value worth keeping and cost nothing.
    """

    rows: tuple[Row, ...]
    gaps: tuple[int, ...]
    bounds: Mapping[int, Bound]
    fixed: frozenset[int] = frozenset()
    must: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """All changes of the least size; ``complete`` is False when the search was cut short.

    ``free`` are the sets of cells that the rules leave a choice: the change is one of several.
    """

    changes: tuple[Change, ...]
    complete: bool
    steps: int
    free: frozenset[frozenset[int]] = frozenset()


class Steps:
    """How much work is left; counted, not timed, so that every run ends at the same place."""

    def __init__(self, most: int) -> None:
        self.left = most

    def take(self) -> None:
        if self.left <= 0:
            raise _Spent
        self.left -= 1


class _Spent(Exception):
    """The work allowed is used up."""


@dataclass(frozen=True, slots=True)
class _Node:
    """The rules solved for the cells chosen: rule → its pivot, and chosen cells without a rule."""

    rows: list[Row]
    gaps: list[int]
    pivots: dict[int, int]
    loose: tuple[int, ...] = ()


def least_changes(problem: Problem, steps: Steps, deepest: int) -> Outcome:
    """Every change of the least size, at most ``deepest`` cells besides the ``must`` ones."""
    search = _Search(problem, steps)
    start = steps.left
    try:
        root = search.root()
        for size in range(deepest + 1):
            search.grow(root, size, None)
            if search.found:
                break
    except _Spent:
        return Outcome((), False, start)
    changes = tuple(sorted(search.found.values(), key=sorted))
    complete = bool(changes) and search.sure
    return Outcome(changes, complete, start - steps.left, frozenset(search.free))


@dataclass
class _Search:
    problem: Problem
    steps: Steps
    found: dict[frozenset[int], Change] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)  # not to be chosen (any more)
    free: set[frozenset[int]] = field(default_factory=set)
    sure: bool = True

    def root(self) -> _Node:
        """Cells without a value take one rule each, so that they weigh nothing."""
        node = _Node(list(self.problem.rows), list(self.problem.gaps), {})
        for unknown in self.problem.must:
            node = self._choose(node, unknown)
        self.out = set(self.problem.fixed) | set(self.problem.must)
        return node

    def _choose(self, node: _Node, unknown: int) -> _Node:
        at = [q for q, row in enumerate(node.rows) if unknown in row and q not in node.pivots]
        if not at:
            return _Node(node.rows, node.gaps, node.pivots, (*node.loose, unknown))
        return _pivot(node, min(at, key=lambda q: len(node.rows[q])), unknown)

    def grow(self, node: _Node, size: int, only: set[int] | None) -> None:
        """Choose exactly ``size`` more cells (of ``only``, if given) so that all rules hold."""
        unmet = [q for q, gap in enumerate(node.gaps) if gap and q not in node.pivots]
        if not unmet:
            self._settle(node, size, only)
        elif size == 1:
            self._last(node, unmet, only)
        elif size:
            self._branch(node, unmet, size, only)

    def _branch(self, node: _Node, unmet: list[int], size: int, only: set[int] | None) -> None:
        cells = {}
        for q in unmet:
            allowed = node.rows[q].keys() - self.out
            cells[q] = allowed if only is None else allowed & only
            if not cells[q]:
                return
        short = sorted(unmet, key=lambda q: len(cells[q]))
        for order in (short, short[::-1]):
            count, union = _apart([cells[q] for q in order])
            if count > size:
                return
            if count == size:
                only = union if only is None else only & union
        if only is not None:
            cells = {q: allowed & only for q, allowed in cells.items()}
        q = min(short, key=lambda q: len(cells[q]))
        tried = []
        for unknown in sorted(cells[q]):
            self.steps.take()
            self.grow(_pivot(node, q, unknown), size - 1, only)
            self.out.add(unknown)  # whatever has it was found in its own branch
            tried.append(unknown)
        self.out.difference_update(tried)

    def _last(self, node: _Node, unmet: list[int], only: set[int] | None) -> None:
        """One more cell: it stands in every unmet rule, in no other, by the same measure."""
        self.steps.take()
        rows, gaps = node.rows, node.gaps
        cells = min((rows[q] for q in unmet), key=len).keys() - self.out
        for q in unmet:
            cells = cells & rows[q].keys()
        if only is not None:
            cells &= only
        first = unmet[0]
        for unknown in cells:
            ours, gap = rows[first][unknown], gaps[first]
            if all(rows[q][unknown] * gap == ours * gaps[q] for q in unmet) and not any(
                unknown in row for q, row in enumerate(rows) if not gaps[q] and q not in node.pivots
            ):
                self._settle(_pivot(node, first, unknown), 0, only)

    def _settle(self, node: _Node, size: int, only: set[int] | None) -> None:
        """All rules hold; do the cells' own bounds? If not, further cells may make room."""
        change = Freedom(node.rows, node.gaps, node.pivots, node.loose, self.problem.bounds).pick()
        if node.loose and any(abs(a) != 1 for q in node.pivots for a in node.rows[q].values()):
            self.sure = False  # whole numbers may hide between the ends that were tried
        if change is not None:
            if size == 0 and all(d or u in self.problem.must for u, d in change.items()):
                self.found.setdefault(frozenset(change), change)
                if node.loose:
                    self.free.add(frozenset(change))
        elif size:
            self._make_room(node, size, only)

    def _make_room(self, node: _Node, size: int, only: set[int] | None) -> None:
        """A cell left its bounds: some cell it is tied to must change as well."""
        tied = self._tied(node) - self.out - set(node.pivots.values()) - set(node.loose)
        tried = []
        for unknown in sorted(tied if only is None else tied & only):
            self.steps.take()
            self.grow(self._choose(node, unknown), size - 1, only)
            self.out.add(unknown)
            tried.append(unknown)
        self.out.difference_update(tried)

    def _tied(self, node: _Node) -> set[int]:
        if not node.loose:
            for q, unknown in node.pivots.items():
                moved, rest = divmod(-node.gaps[q], node.rows[q][unknown])
                if rest or not self.problem.bounds[unknown].allows(moved):
                    return set(node.rows[q])
        return {unknown for q in node.pivots for unknown in node.rows[q]}


def _apart(cells: Sequence[set[int]]) -> tuple[int, set[int]]:
    """How many of the sets, taken in order, share nothing, and everything in those."""
    count, union = 0, set[int]()
    for each in cells:
        if union.isdisjoint(each):
            union |= each
            count += 1
    return count, union


def _pivot(node: _Node, at: int, unknown: int) -> _Node:
    """The rules solved for one more cell: it is the pivot of rule ``at`` and in no other."""
    rows, gaps = node.rows.copy(), node.gaps.copy()
    row, gap = rows[at], gaps[at]
    ours = row[unknown]
    for q, other in enumerate(rows):
        theirs = other.get(unknown)
        if theirs is None or q == at:
            continue
        if theirs % ours:
            new = {key: value * ours for key, value in other.items()}
            gaps[q] = gaps[q] * ours - gap * theirs
            times = theirs
        else:
            new, times = other.copy(), theirs // ours
            gaps[q] -= gap * times
        for key, value in row.items():
            if left := new.get(key, 0) - times * value:
                new[key] = left
            else:
                del new[key]
        rows[q] = new
    return _Node(rows, gaps, {**node.pivots, at: unknown}, node.loose)

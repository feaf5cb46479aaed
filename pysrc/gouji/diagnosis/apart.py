"""When too many cells are wrong for one search: the differences that explain each other.

Rules add up to nothing in a few fixed ways (the columns' sums against the rows'). A set of
differences can only have a cause of its own if they agree with every such sum. Sets that do are
searched one by one. What is found satisfies every rule; that it is the least is not proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

from gouji.diagnosis.balances import Row, dependencies
from gouji.diagnosis.factors import Cause, factors
from gouji.diagnosis.search import Problem, Steps, least_changes

#: Cells of one cause, and how many sets of differences are looked at for it.
_DEEPEST = 5
_MOST_SETS = 3000


def apart(problem: Problem, steps: Steps) -> tuple[list[Cause], list[Problem]]:
    """Causes found one by one, and what was too much work, as problems of their own."""
    if problem.must:
        return [], [problem]
    open_rows = [q for q, gap in enumerate(problem.gaps) if gap]
    row_of = dict(enumerate(problem.rows))
    ties = dependencies(row_of, sorted(row_of, key=lambda q: (len(row_of[q]), q)))
    causes: list[Cause] = []
    left: list[Problem] = []
    used = set(problem.fixed)  # a cell of one cause is none of another
    while open_rows:
        together = _together(problem.gaps, ties, open_rows)
        gaps = tuple(gap if q in together else 0 for q, gap in enumerate(problem.gaps))
        part = Problem(problem.rows, gaps, problem.bounds, frozenset(used))
        outcome = least_changes(part, Steps(steps.left // 2), _DEEPEST)
        steps.left -= outcome.steps
        causes += factors(part, outcome.changes) if outcome.changes else []
        left += [] if outcome.changes else [part]
        used.update(cell for change in outcome.changes for cell in change)
        open_rows = [q for q in open_rows if q not in together]
    return causes, left


def _together(gaps: Sequence[int], ties: Sequence[Row], open_rows: Sequence[int]) -> set[int]:
    """The fewest differences, the first one among them, that agree with every sum of rules."""
    first, *others = open_rows
    sets = ({first, *more} for size in range(len(others)) for more in combinations(others, size))
    for rows in islice(sets, _MOST_SETS):
        if not any(sum(times * gaps[q] for q, times in tie.items() if q in rows) for tie in ties):
            return rows
    return set(open_rows)

"""One least change by a solver, where the exact search gave up: HiGHS through scipy, if there.

Only for counts of ordinary size: a big number beside a small one is what solvers get wrong. What
comes back is checked in whole numbers by the caller's own rules before it is believed.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from gouji.diagnosis.search import Change, Problem

#: No count beyond this, and no change, goes to the solver.
LARGEST = 20_000
#: Where it stops: branches, so that every run ends alike; seconds in case they are slow ones.
_NODES, _SECONDS = 200, 1.0


def available() -> bool:
    return find_spec("scipy") is not None


def one_least_change(problem: Problem) -> Change | None:
    """A change of the least size the solver found, or None without a solver or an answer."""
    unknowns = sorted({unknown for row in problem.rows for unknown in row})
    bounds = [problem.bounds[unknown] for unknown in unknowns]
    largest = max((abs(bound.value) for bound in bounds), default=0)
    if not available() or largest > LARGEST or any(bound.step != 1 for bound in bounds):
        return None
    reach = 2 * LARGEST
    optimize, sparse = import_module("scipy.optimize"), import_module("scipy.sparse")
    place = {unknown: n for n, unknown in enumerate(unknowns)}
    count = len(unknowns)
    cost = [0 if unknown in problem.must else 1 for unknown in unknowns]
    held = np.array([unknown in problem.fixed for unknown in unknowns])
    low = np.array([-reach if bound.signed else -bound.value for bound in bounds])
    low, high = np.where(held, 0, low), np.where(held, 0, reach)
    sums = sparse.lil_array((len(problem.rows), 2 * count))
    for q, row in enumerate(problem.rows):
        for unknown, times in row.items():
            sums[q, place[unknown]] = times
    gaps = -np.array(problem.gaps, float)
    one = sparse.eye_array(count)
    link = optimize.LinearConstraint
    result = optimize.milp(
        np.array([0] * count + cost, float),
        integrality=np.ones(2 * count),
        bounds=optimize.Bounds(
            np.concatenate([low, np.zeros(count)]), np.concatenate([high, np.ones(count)])
        ),
        constraints=[
            link(sums.tocsr(), gaps, gaps),
            link(sparse.hstack([one, sparse.diags_array(-high.astype(float))]), -np.inf, 0),
            link(sparse.hstack([one, sparse.diags_array(-low.astype(float))]), 0, np.inf),
        ],
        # Presolve writes on the standard output in some versions, whatever it is told.
        options={"time_limit": _SECONDS, "node_limit": _NODES, "presolve": False},
    )
    if result.x is None:
        return None
    moved = [round(each) for each in result.x[:count]]
    change = {u: d for u, d in zip(unknowns, moved, strict=True) if d or u in problem.must}
    return change if _holds(problem, change) else None


def _holds(problem: Problem, change: Change) -> bool:
    return all(
        gap + sum(times * change.get(unknown, 0) for unknown, times in row.items()) == 0
        for row, gap in zip(problem.rows, problem.gaps, strict=True)
    ) and all(problem.bounds[unknown].allows(moved) for unknown, moved in change.items())

"""One least change by a solver, where the exact search gave up: HiGHS, if it is installed.

Only for counts of ordinary size: a big number beside a small one is what solvers get wrong. What
comes back is checked in whole numbers by the caller's own rules before it is believed.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gouji.diagnosis.freedom import Bound
from gouji.diagnosis.search import Change, Problem

#: No difference in all beyond this goes to the solver.
LARGEST = 100_000
#: Where it stops: branches, so that every run ends alike; seconds in case they are slow ones.
_NODES, _SECONDS = 200, 20.0
#: Tighter than the solver's own: a change of 1 is a small part of the largest.
_TOLERANCE = 1e-9


def available() -> bool:
    return find_spec("highspy") is not None


def one_least_change(problem: Problem) -> Change | None:
    """A change of the least size the solver found, or None without a solver or an answer."""
    unknowns = sorted({unknown for row in problem.rows for unknown in row})
    bounds = {unknown: problem.bounds[unknown] for unknown in unknowns}
    # With coefficients of 1 no cell of a least change moves by more than all that is missing.
    reach = sum(map(abs, problem.gaps)) + sum(abs(bounds[u].value) for u in problem.must)
    if not available() or reach > LARGEST or any(bound.step != 1 for bound in bounds.values()):
        return None
    program = _program()
    place = {unknown: n for n, unknown in enumerate(unknowns)}
    for unknown in unknowns:
        most = 0 if unknown in problem.fixed else reach
        _cell(program, bounds[unknown], most, unknown in problem.must)
    for row, gap in zip(problem.rows, problem.gaps, strict=True):
        _row(program, -gap, -gap, {2 * place[unknown]: times for unknown, times in row.items()})
    program.run()
    solution = program.getSolution()
    if not solution.value_valid:
        return None
    moved = {unknown: round(solution.col_value[2 * place[unknown]]) for unknown in unknowns}
    change = {u: d for u, d in moved.items() if d or u in problem.must}
    return change if _holds(problem, change) else None


def _program() -> Any:
    program = import_module("highspy").Highs()
    for name, value in (
        ("output_flag", False), ("threads", 1), ("time_limit", _SECONDS),
        ("mip_max_nodes", _NODES), ("mip_feasibility_tolerance", _TOLERANCE),
    ):  # fmt: skip
        program.setOptionValue(name, value)
    return program


def _cell(program: Any, bound: Bound, reach: int, must: bool) -> None:
    """What the cell is changed by, and beside it whether it is changed at all."""
    whole = import_module("highspy").HighsVarType.kInteger
    low, high = (-reach if bound.signed else max(-reach, -bound.value)), reach
    moved = program.getNumCol()
    program.addVar(low, high)
    program.addVar(0, 1)
    for column in (moved, moved + 1):
        program.changeColIntegrality(column, whole)
    program.changeColCost(moved + 1, 0 if must else 1)
    _row(program, -2 * reach, 0, {moved: 1, moved + 1: -high})
    _row(program, 0, 2 * reach, {moved: 1, moved + 1: -low})


def _row(program: Any, low: float, high: float, terms: dict[int, int]) -> None:
    program.addRow(low, high, len(terms), list(terms), list(terms.values()))


def _holds(problem: Problem, change: Change) -> bool:
    return all(
        gap + sum(times * change.get(unknown, 0) for unknown, times in row.items()) == 0
        for row, gap in zip(problem.rows, problem.gaps, strict=True)
    ) and all(problem.bounds[unknown].allows(moved) for unknown, moved in change.items())

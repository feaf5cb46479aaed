"""The baseline: error localisation as everybody would write it, one big-M program over all cells.

Nothing of the engine is used. For each cell whether it changes (0 or 1) and by how much; every hard
balance must hold; as few cells as possible. HiGHS solves it. Counts only: money is no matter for a
program with a big M.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import Any

import highspy

from gouji.model import EditRule, Form, Severity, Submission, Term

#: Seconds after which the program's answer to one form is not waited for.
PATIENCE = 10
#: Outcomes besides the number of cells.
UNFINISHED, INEXACT, NONE = -1, -2, -3


class Plain:
    """One report as a program. ``live`` totals follow, so changing them costs nothing."""

    def __init__(
        self, form: Form, sent: Submission, earlier: Submission | None, live: bool,
        patience: float = PATIENCE,
    ) -> None:  # fmt: skip
        self.patience = patience
        self.now = {code: int(value) for code, value in sent.values.items()}  # type: ignore[arg-type]
        self.old = {c: int(v) for c, v in earlier.values.items()} if earlier else {}  # type: ignore[arg-type]
        self.rules = [rule for rule in form.rules if rule.severity is Severity.HARD
                      and (earlier or not rule.needs_last_year)]  # fmt: skip
        self.cells = sorted({code for rule in self.rules for code in rule.codes})
        self.counted = {code for code in self.cells if not (live and code in form.totals)}
        self.at = {code: place for place, code in enumerate(self.cells)}

    def least(self) -> tuple[int, float]:
        """Cells of the smallest repair, and seconds of processor time.

        ``UNFINISHED`` when it ran out of time, ``INEXACT`` when its answer, rounded, breaks a rule.
        """
        start = time.process_time()
        program = self._program()
        program.run()
        return self._size(program), time.process_time() - start

    def another(self, size: int, known: Collection[frozenset[str]]) -> int:
        """``NONE`` when no other ``size`` cells mend the form than the sets that are known."""
        program = self._program()
        every = [2 * self.at[code] + 1 for code in self.counted]
        program.addRow(size, size, len(every), every, [1] * len(every))
        for cells in known:
            columns = [2 * self.at[code] + 1 for code in cells]
            program.addRow(0, len(columns) - 1, len(columns), columns, [1] * len(columns))
        program.run()
        return self._size(program)

    def _program(self) -> Any:
        reach = 2 * max(10, *(abs(self.now[code]) for code in self.cells))
        program = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("time_limit", self.patience),
                            ("mip_feasibility_tolerance", 1e-9)):  # fmt: skip
            program.setOptionValue(name, value)
        for place, code in enumerate(self.cells):
            moved, changed = 2 * place, 2 * place + 1
            program.addVar(-self.now[code], reach)
            program.addVar(0, 1)
            for column in (moved, changed):
                program.changeColIntegrality(column, highspy.HighsVarType.kInteger)
            program.changeColCost(changed, int(code in self.counted))
            program.addRow(-2 * reach, 0, 2, [moved, changed], [1, -reach])
            program.addRow(0, 2 * reach, 2, [moved, changed], [1, reach])
        for rule in self.rules:
            terms: dict[int, int] = {}
            for times, term in _signed(rule):
                if not term.last_year:
                    column = 2 * self.at[term.code]
                    terms[column] = terms.get(column, 0) + times
            gap = self._out_by(rule, self.now)
            program.addRow(-gap, -gap, len(terms), list(terms), list(terms.values()))
        return program

    def _size(self, program: Any) -> int:
        status = program.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return NONE
        if status != highspy.HighsModelStatus.kOptimal:
            return UNFINISHED
        moved = [round(each) for each in program.getSolution().col_value[::2]]
        then = self.now | {c: self.now[c] + d for c, d in zip(self.cells, moved, strict=True)}
        if any(self._out_by(rule, then) for rule in self.rules):
            return INEXACT
        return sum(then[code] != self.now[code] for code in self.counted)

    def _out_by(self, rule: EditRule, now: dict[str, int]) -> int:
        return sum(times * (self.old if term.last_year else now)[term.code]
                   for times, term in _signed(rule))  # fmt: skip


def _signed(rule: EditRule) -> Iterator[tuple[int, Term]]:
    for sign, side in ((1, rule.left), (-1, rule.right)):
        yield from ((sign * term.coefficient, term) for term in side)

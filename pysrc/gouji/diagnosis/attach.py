"""Suspects beside the findings: what would settle each failed balance.

Only what holds by itself is attached. Where slips in two places meet in one sum, a repair of one
of them settles its own column and not the sum: there it is no suspect. Each repair is applied and
the rules are evaluated anew, by nothing of what found it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gouji.carry import earlier_year
from gouji.diagnosis.diagnose import SHOWN, Place, diagnose
from gouji.diagnosis.facts import facts_of
from gouji.edits import Confrontation
from gouji.formula import evaluate
from gouji.model import Finding, Form, Number, Severity, Status, Submission


def with_suspects(
    form: Form, submission: Submission, result: Confrontation,
    earlier: Submission | None = None, place: Place | None = None, most: int = SHOWN,
) -> Confrontation:  # fmt: skip
    """The same findings, each failed hard balance with what would settle it, likeliest first.

    Costs next to nothing where nothing of the kind failed. ``most``: suspects of one finding.
    """
    balances = {rule.name for rule in form.rules}
    if not any(_asks(finding, balances) for finding in result.findings):
        return result
    found = diagnose(form, submission, earlier, place=place)
    trial = Trial(form, submission, earlier)
    findings = []
    for finding in result.findings:
        if _asks(finding, balances):
            every = found.suspects_of(finding, len(found.solutions))
            kept = [each for each in every if trial.holds(each.change, finding.rule)]
            finding = replace(finding, suspects=tuple(kept[:most]))
        findings.append(finding)
    return replace(result, findings=tuple(findings))


class Trial:
    """One submission on which repairs are tried."""

    def __init__(self, form: Form, submission: Submission, earlier: Submission | None) -> None:
        facts = facts_of(form, submission, earlier)
        self._form = form
        self._numbers = dict(facts.cells.numbers)
        self._before = (
            {code: each.number for code, each in earlier_year(form, earlier).values.items()}
            if earlier
            else {}
        )
        self._live = [code for code in form.totals_in_order if code in facts.live]
        self._off = self._unbalanced(self._numbers)

    def holds(self, change: Mapping[str, Number | None], rule: str) -> bool:
        """True when the change alone settles the rule and puts no other out of balance."""
        now = self._numbers | {code: value or 0 for code, value in change.items()}
        for code in self._live:
            terms = self._form.totals[code].right
            now[code] = sum((t.coefficient * now.get(t.code, 0) for t in terms), start=0)
        off = self._unbalanced(now)
        return rule not in off and off <= self._off

    def _unbalanced(self, numbers: Mapping[str, Number]) -> set[str]:
        """Names of the hard rules whose sides are known and differ."""
        found = set()
        for rule in self._form.rules:
            if rule.severity is Severity.HARD:
                sides = [evaluate(side, numbers, self._before) for side in (rule.left, rule.right)]
                if None not in sides and sides[0] != sides[1]:
                    found.add(rule.name)
        return found


def _asks(finding: Finding, balances: set[str]) -> bool:
    failed = finding.status is Status.FAILED and finding.severity is Severity.HARD
    return failed and finding.rule in balances and not finding.suspects

"""Suspects beside the findings: what would settle each failed balance.

Only what holds by itself is attached. Where slips in two places meet in one sum, a repair of one
of them settles its own column and not the sum: there it is no suspect. Each repair is applied and
the rules are evaluated anew, by nothing of what found it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from gouji.diagnosis.answers import SHOWN, Diagnosis, Place, diagnosis_of, suspect
from gouji.diagnosis.facts import Facts, facts_of, outline_of
from gouji.edits import Confrontation
from gouji.formula import evaluate
from gouji.model import Finding, Form, Number, Severity, Status, Submission


def with_suspects(
    form: Form, submission: Submission, result: Confrontation,
    earlier: Submission | None = None, place: Place | None = None, most: int = SHOWN,
    fixed: Collection[str] = (),
) -> Confrontation:  # fmt: skip
    """The same findings, each failed hard balance with what would settle it, likeliest first.

    Costs next to nothing where nothing of the kind failed. ``most``: suspects of one finding;
    ``fixed``: codes of cells the clerk has confirmed. What the diagnosis has to say about the
    whole (too much is wrong, last year's report contradicts this one) is in ``notes``.
    """
    if not any(_asks(form, finding) for finding in result.findings):
        return result
    facts = facts_of(form, submission, earlier)
    found = diagnosis_of(facts, fixed=fixed, place=place)
    trial = Trial(facts)
    findings = [
        _with_suspects(finding, found, trial, most) if _asks(form, finding) else finding
        for finding in result.findings
    ]
    return replace(result, findings=tuple(findings), notes=(*result.notes, *found.notes))


def _with_suspects(finding: Finding, found: Diagnosis, trial: Trial, most: int) -> Finding:
    """``more`` counts what is known besides, whether it was kept or not."""
    rule = finding.rule
    held = [each for each in found.for_rule(rule) if trial.settles(each.change, rule)]
    causes = {each.cause for each in held}
    more = sum(left for cause, left in enumerate(found.left_out) if cause in causes)
    more += max(0, len(held) - most)
    return replace(finding, suspects=tuple(map(suspect, held[:most])), more=more)


class Trial:
    """One submission on which repairs are tried."""

    def __init__(self, facts: Facts) -> None:
        outline = facts.outline
        self._seen_by, self._totals = outline.seen_by, outline.sums
        self._live, self._speaking = facts.live, frozenset(facts.speaking)
        self._rules = outline.form.rules
        self._numbers = dict(facts.cells.numbers)
        self._before = {code: each.number for code, each in facts.before.items()}
        self._out = self._unbalanced(self._speaking, self._numbers)
        self._known: dict[tuple[tuple[str, Number | None], ...], tuple[set[str], set[str]]] = {}

    def settles(self, change: Mapping[str, Number | None], rule: str) -> bool:
        """True when the change alone settles the rule and puts no other out of balance."""
        key = tuple(change.items())
        if key not in self._known:
            self._known[key] = self._tried(change)
        touched, out = self._known[key]
        return out <= self._out and rule not in (self._out - touched) | out

    def _tried(self, change: Mapping[str, Number | None]) -> tuple[set[str], set[str]]:
        """Names of the rules that see the change, and of those then out of balance."""
        now = self._numbers | {code: value or 0 for code, value in change.items()}
        moved = set(change)
        for total, (parts, terms) in self._totals.items():
            if total in self._live and not moved.isdisjoint(parts):
                moved.add(total)
                value = evaluate(terms, now)
                if value is None:  # a part cannot be read, so nothing is known of the sum
                    now.pop(total, None)
                else:
                    now[total] = value
        seeing = {number for code in moved for number in self._seen_by.get(code, ())}
        touched = seeing & self._speaking
        return {self._rules[number].name for number in touched}, self._unbalanced(touched, now)

    def _unbalanced(self, rules: Iterable[int], numbers: Mapping[str, Number]) -> set[str]:
        """Names of the rules whose sides are known and differ."""
        found = set()
        for rule in map(self._rules.__getitem__, rules):
            left = evaluate(rule.left, numbers, self._before)
            right = evaluate(rule.right, numbers, self._before)
            if left is not None and right is not None and left != right:
                found.add(rule.name)
        return found


def _asks(form: Form, finding: Finding) -> bool:
    """Whether it is a hard finding about numbers that says nothing yet of what would settle it."""
    failed = finding.status is Status.FAILED and finding.severity is Severity.HARD
    rule = form.form_rules.get(finding.family)
    cell = rule is not None and rule.kind == "domain"
    return failed and not finding.suspects and (cell or outline_of(form).is_rule(finding.rule))

"""Suspects beside the findings: what would settle each failed balance."""

from __future__ import annotations

from dataclasses import replace

from gouji.diagnosis.answers import SHOWN, Place, diagnose
from gouji.edits import Confrontation
from gouji.model import Finding, Form, Severity, Status, Submission


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
    findings = tuple(
        replace(finding, suspects=found.suspects_of(finding, most))
        if _asks(finding, balances)
        else finding
        for finding in result.findings
    )
    return replace(result, findings=findings)


def _asks(finding: Finding, balances: set[str]) -> bool:
    failed = finding.status is Status.FAILED and finding.severity is Severity.HARD
    return failed and finding.rule in balances and not finding.suspects

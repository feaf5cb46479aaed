"""Confront submissions with the rules of their form: all findings at once, three-valued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gouji.model import Finding, Form, Severity, Status, Submission, Verdict


@dataclass(frozen=True, slots=True)
class Confrontation:
    """What the rules say of one submission. ``findings`` holds failed and undecided rules."""

    findings: tuple[Finding, ...]
    passed: int
    failed: int
    undecided: int

    @property
    def verdict(self) -> Verdict:
        failed = {f.severity for f in self.findings if f.status is Status.FAILED}
        if Severity.HARD in failed:
            return Verdict.ERRORS
        return Verdict.QUERIES if failed else Verdict.CLEAN


def confront(form: Form, submission: Submission, earlier: Submission | None = None) -> Confrontation:
    """One submission against every rule; ``earlier`` is the same unit's last-year submission."""
    return confront_all(form, [submission], [earlier])[0]


def confront_all(
    form: Form, submissions: Sequence[Submission], earlier: Sequence[Submission | None]
) -> list[Confrontation]:
    """Many submissions of one edition in one sparse integer product; order is kept."""
    raise NotImplementedError

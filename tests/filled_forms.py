"""Filled forms for tests of reading, and where their cells are."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import close, leaves
from gouji import editions
from gouji.layout import FormLayout, layout_of
from gouji.model import Finding, Form, Kind, Submission
from gouji.template import write_template

FORMS = [editions.load(name) for name in editions.available()]
FORM = editions.load("2021")
LAYOUT = layout_of(FORM)
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


def busy(form: Form) -> Submission:
    """A balanced submission with a different number in each leaf."""
    typed = {code: n % 7 + 1 for n, code in enumerate(leaves(form))}
    return Submission("云溪区科技局", form.first_year, form.id, close(form, typed), "department")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "报送.xlsx"
    write_template(FORM, path, submission=busy(FORM))
    return path


def a_total(layout: FormLayout) -> tuple[str, str, str]:
    """Code, sheet and address of a total whose parts are no totals."""
    totals = layout.form.totals
    for code, rule in totals.items():
        if not any(term.code in totals for term in rule.right):
            return code, layout.sheet_of[code], layout.cell(code).a1
    raise AssertionError("no such total")


def an_input(layout: FormLayout, kind: Kind = Kind.COUNT) -> tuple[str, str, str]:
    code = next(c for c in leaves(layout.form) if layout.form.items[c].kind is kind)
    return code, layout.sheet_of[code], layout.cell(code).a1


def rules_of(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def told(submission: Submission) -> str:
    return "\n".join(finding.message for finding in submission.structure)

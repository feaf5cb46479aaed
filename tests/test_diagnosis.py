"""What is probably wrong: each repair that is named mends its rules, the slip is among them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from gouji import editions
from gouji.diagnosis import Diagnosis, diagnose, with_suspects
from gouji.edits import confront
from gouji.formula import evaluate
from gouji.model import Form, Number, Severity, Submission, Value

FORM = editions.load("2021")
REPORTS = Path(__file__).parent / "data" / "reports"


def submitted(form: Form, values: Mapping[str, Value], typed: bool) -> Submission:
    """A form whose totals were all typed, or all follow their parts."""
    totals = frozenset(form.totals) if typed else frozenset()
    return builders.as_submission(form, "甲局", values, typed=totals)


def failing(form: Form, values: Mapping[str, Value]) -> set[str]:
    """Names of the hard rules within the year whose sides differ."""
    numbers = {code: value for code, value in values.items() if isinstance(value, int | Decimal)}
    found = set()
    for rule in form.rules:
        if rule.severity is Severity.HARD and not rule.needs_last_year and len(rule.terms) > 1:
            left, right = evaluate(rule.left, numbers, {}), evaluate(rule.right, numbers, {})
            if left != right:
                found.add(rule.name)
    return found


def applied(
    form: Form, values: Mapping[str, Value], change: Mapping[str, Number | None], live: bool
) -> dict[str, Value]:
    now: dict[str, Value] = {**values, **change}
    if live:
        for code in form.totals_in_order:
            now[code] = sum(
                term.coefficient * int(now[term.code] or 0) for term in form.totals[code].right
            )
    return now


def mends(form: Form, values: Mapping[str, Value], found: Diagnosis, live: bool = False) -> None:
    """Each repair settles what it says and puts no other rule out of balance."""
    before = failing(form, values)
    for solution in found.solutions:
        after = failing(form, applied(form, values, solution.change, live))
        assert after <= before and not after & set(solution.settles), solution


@st.composite
def slips(draw: st.DrawFn, many: int) -> tuple[dict[str, int], dict[str, int], set[str]]:
    """Right values, the same with slips in as many cells, and those cells."""
    codes = [code for code in FORM.items if code.startswith("requests.")]
    busy = draw(st.lists(st.sampled_from([c for c in codes if c not in FORM.totals]),
                         min_size=3, max_size=12, unique=True))  # fmt: skip
    right = builders.close(FORM, {code: draw(st.integers(1, 400)) for code in busy})
    wrong = dict(right)
    cells = draw(st.lists(st.sampled_from(codes), min_size=many, max_size=many, unique=True))
    for code in cells:
        wrong[code] = int(right[code]) + draw(st.integers(1, 90))
    return {c: int(v) for c, v in right.items()}, {c: int(v) for c, v in wrong.items()}, set(cells)


@settings(max_examples=60, deadline=None)
@given(slips(many=1))
def test_one_typed_slip_is_named(drawn: tuple[dict[str, int], dict[str, int], set[str]]) -> None:
    right, wrong, (cell,) = drawn[0], drawn[1], tuple(drawn[2])
    found = diagnose(FORM, submitted(FORM, wrong, typed=True))
    assert any(solution.change == {cell: right[cell]} for solution in found.solutions)
    mends(FORM, wrong, found)


@settings(max_examples=40, deadline=None)
@given(slips(many=2))
def test_every_repair_of_two_slips_mends(
    drawn: tuple[dict[str, int], dict[str, int], set[str]],
) -> None:
    found = diagnose(FORM, submitted(FORM, drawn[1], typed=True))
    assert found.solutions or not failing(FORM, drawn[1])
    mends(FORM, drawn[1], found)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_slip_in_a_live_form_is_among_the_suspects(seed: int) -> None:
    rng = Random(seed)
    codes = [c for c in FORM.items if c.startswith("requests.") and c not in FORM.totals]
    right = builders.close(FORM, {code: rng.randint(1, 60) for code in rng.sample(codes, 8)})
    cell = rng.choice([code for code in codes if right[code]])
    wrong = applied(FORM, right, {cell: int(right[cell]) + rng.randint(1, 50)}, live=True)
    found = diagnose(FORM, submitted(FORM, wrong, typed=False))
    assert any(solution.change.get(cell) == right[cell] for solution in found.solutions)
    mends(FORM, wrong, found, live=True)


def test_a_form_in_balance_has_nothing_wrong() -> None:
    right = builders.close(FORM, {"requests.received.person": 7})
    assert not diagnose(FORM, submitted(FORM, right, typed=True)).solutions


def test_transposed_digits_are_said_in_words() -> None:
    right = builders.close(FORM, {"requests.received.person": 45})
    wrong = right | {"requests.received.person": 54}
    found = diagnose(FORM, submitted(FORM, wrong, typed=True))
    first = found.solutions[0]
    assert first.change == {"requests.received.person": 45}
    assert "54" in first.why and "45" in first.why and first.kind
    assert first.why.count("颠倒") == 1


def test_confirmed_cells_stay_as_they_are() -> None:
    right = builders.close(FORM, {"requests.received.person": 45})
    wrong = right | {"requests.received.person": 54}
    held = ["requests.received.person"]
    found = diagnose(FORM, submitted(FORM, wrong, typed=True), fixed=held)
    assert all(not solution.change.keys() & set(held) for solution in found.solutions)
    mends(FORM, wrong, found)


def test_the_same_answer_every_time() -> None:
    right = builders.close(FORM, {"requests.received.person": 45, "requests.received.other": 3})
    wrong = right | {"requests.received.person": 54, "requests.result.total.other": 9}
    answers = {repr(diagnose(FORM, submitted(FORM, wrong, typed=True))) for _ in range(3)}
    assert len(answers) == 1


def test_magnitudes_are_exact() -> None:
    large = 10**12
    right = builders.close(FORM, {"requests.received.person": large})
    wrong = right | {"requests.received.person": large + 1}
    found = diagnose(FORM, submitted(FORM, wrong, typed=True))
    assert any(s.change == {"requests.received.person": large} for s in found.solutions)


@pytest.mark.parametrize(
    ("report", "rule", "change"),
    [
        ("10", "E1.person", {"requests.received.person": 61}),
        ("10", "E1.other", {"requests.result.total.other": 1}),
        ("31", "E7.in_force", {"proactive.regulation.in_force": 0}),
        ("30", "E7.made", {"proactive.regulation.made": 0}),
    ],
)
def test_real_reports_get_a_suspect(report: str, rule: str, change: dict[str, int]) -> None:
    text = (REPORTS / f"{report}.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_float=Decimal)
    form = editions.load(data["edition"])
    values = {code: data["values"].get(code) for code in form.items}
    submission = Submission(
        data["unit"], data["year"], form.id, values, level="town", medium="docx"
    )
    finding = next(f for f in confront(form, submission).findings if f.rule == rule)
    suspects = diagnose(form, submission).suspects_of(finding)
    assert change in [dict(suspect.change) for suspect in suspects]
    assert all(suspect.why.endswith("。") for suspect in suspects)


def test_suspects_stand_beside_the_findings_they_settle() -> None:
    right = builders.close(FORM, {"requests.received.person": 45})
    wrong = submitted(FORM, right | {"requests.received.person": 54}, typed=True)
    result = with_suspects(FORM, wrong, confront(FORM, wrong), place=lambda code: f"<{code}>")
    hard = [f for f in result.findings if f.rule in ("E1.person", "E2.received")]
    assert len(hard) == 2
    for finding in hard:
        assert finding.suspects[0].change == {"requests.received.person": 45}
        assert "<requests.received.person>" in finding.suspects[0].why
    fine = submitted(FORM, right, typed=True)
    result = confront(FORM, fine)
    assert with_suspects(FORM, fine, result) is result


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 3))
def test_a_suspect_beside_a_finding_settles_it_alone(seed: int, many: int) -> None:
    """Two slips in different columns meet in the total column: mending one does not settle it."""
    rng = Random(seed)
    codes = [c for c in FORM.items if c.startswith("requests.") and c not in FORM.totals]
    right = builders.close(FORM, {code: rng.randint(1, 60) for code in rng.sample(codes, 8)})
    slipped = {code: int(right[code]) + rng.choice((1, 9, 90)) for code in rng.sample(codes, many)}
    wrong = applied(FORM, right, slipped, live=True)
    sent = submitted(FORM, wrong, typed=False)
    before = failing(FORM, wrong)
    for finding in with_suspects(FORM, sent, confront(FORM, sent)).findings:
        for suspect in finding.suspects if finding.rule in before else ():
            after = failing(FORM, applied(FORM, wrong, suspect.change, live=True))
            assert finding.rule not in after and after <= before

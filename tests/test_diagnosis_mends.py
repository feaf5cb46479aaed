"""Every answer, applied, settles what it says it settles and puts nothing else out of balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from form_cases import last_year
from gouji.diagnosis import Diagnosis, diagnose
from gouji.editions import load
from gouji.edits import confront
from gouji.model import Form, Number, Severity, Status, Submission, Value
from test_diagnosis_search import FOREIGN, add_up

FORMS = {"2019": load("2019"), "2021": load("2021"), "foreign": FOREIGN}


def report(form: Form, rng: Random) -> dict[str, Number]:
    """A balanced report of whole numbers, most of them 0."""
    leaves = [code for code in builders.leaves(form) if not form.items[code].decimals]
    values: dict[str, Number] = {code: rng.choice((0, 0, 0, rng.randint(1, 60))) for code in leaves}
    for _ in form.rules:  # closing one balance may open another
        values = builders.close(form, {code: values[code] for code in leaves})
    return values


def slip(form: Form, right: Mapping[str, Number], rng: Random, live: bool) -> dict[str, Value]:
    """The report with one to three slips of different kinds."""
    spoken = {code for rule in form.rules for code in rule.codes if not form.items[code].decimals}
    cells = [
        code for code in form.items if code in spoken and (not live or code not in form.totals)
    ]
    wrong: dict[str, Value] = dict(right)
    for code in rng.sample(cells, rng.randint(1, 3)):
        value = int(right[code])
        wrong[code] = rng.choice((value * 10 + 3, value + rng.randint(1, 40), 0, -value - 1, None))
    if live:
        wrong |= add_up(form, {code: int(wrong[code] or 0)  # type: ignore[call-overload]
                               for code in builders.leaves(form)})  # fmt: skip
    return wrong


def hard(form: Form, sent: Submission, earlier: Submission | None) -> set[str]:
    """Hard findings; what a live total shows of a cell below 0 is told of the cell itself."""
    return {
        finding.rule
        for finding in confront(form, sent, earlier).findings
        if finding.status is Status.FAILED
        and finding.severity is Severity.HARD
        and not (sent.medium == "form" and finding.items in [(code,) for code in form.totals])
    }


def applied(form: Form, sent: Submission, change: Mapping[str, Value], live: bool) -> Submission:
    values: dict[str, Value] = {**sent.values, **change}
    if live:
        values |= add_up(form, {code: int(values[code] or 0)  # type: ignore[call-overload]
                                for code in builders.leaves(form)})  # fmt: skip
    return replace(sent, values=values)


def one_of_each(found: Diagnosis) -> dict[str, Value]:
    """The first answer of every cause; one that settles several causes stands for them all."""
    change: dict[str, Value] = {}
    settled: set[str] = set()
    for cause in sorted({solution.cause for solution in found.solutions}):
        answers = [solution for solution in found.solutions if solution.cause == cause]
        own = set.intersection(*(set(answer.settles) for answer in answers))
        if not own & settled:
            free = [a for a in answers if not set(a.settles) & settled]
            change |= free[0].change
            settled |= set(free[0].settles)
    return change


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(FORMS)), st.booleans(), st.booleans(), st.integers(0, 10**6))
def test_every_answer_mends_what_it_says(edition: str, live: bool, known: bool, seed: int) -> None:
    form, rng = FORMS[edition], Random(seed)
    right = report(form, rng)
    old = {code: value for code, value in last_year(form, right).items() if value >= 0}
    earlier = builders.as_submission(form, "甲", dict.fromkeys(form.items, 0) | old)
    before = earlier if known and edition != "foreign" else None
    sent = builders.as_submission(
        form, "甲", slip(form, right, rng, live), year=form.first_year + 1,
        medium="form" if live else "docx",
    )  # fmt: skip
    found = diagnose(form, sent, before)
    broken = hard(form, sent, before)
    for solution in found.solutions:
        after = hard(form, applied(form, sent, solution.change, live), before)
        assert not after & set(solution.settles), solution
        assert after <= broken, solution
    if found.complete and found.solutions and not found.notes and not live:
        assert not hard(form, applied(form, sent, one_of_each(found), live), before)


@pytest.mark.parametrize("live", [False, True])
def test_the_wrong_cell_is_among_the_answers(live: bool) -> None:
    form = FORMS["2021"]
    for seed in range(30):
        rng = Random(seed)
        right = report(form, rng)
        codes = [c for c in form.items if c.startswith("requests.") and right[c]
                 and (not live or c not in form.totals)]  # fmt: skip
        cell = rng.choice(codes)
        wrong: dict[str, Value] = {**right, cell: int(right[cell]) * 10 + 7}
        sent = builders.as_submission(form, "甲", wrong, medium="form" if live else "docx")
        sent = applied(form, sent, {}, live)
        assert {cell: right[cell]} in [dict(s.change) for s in diagnose(form, sent).solutions]


def ways_of(form: Form, sent: Submission, column: str) -> int:
    """How many single leaves, changed to some number, bring a column into balance."""
    count = 0
    for code in builders.leaves(form):
        if code.startswith("requests.") and code.endswith(f".{column}"):
            tried = (applied(form, sent, {code: value}, True) for value in range(30))
            count += any(f"E1.{column}" not in hard(form, each, None) for each in tried)
    return count


def test_columns_that_cancel_in_pairs_are_two_causes() -> None:
    """Two cases under the wrong applicant: four columns are out, the total column is not."""
    form = FORMS["2021"]
    rows = {"person": 12, "business": 5, "charity": 3, "other": 4}
    right = add_up(form, {f"requests.{row}.{column}": n for column, n in rows.items()
                          for row in ("received", "result.granted")})  # fmt: skip
    wrong = right | {"requests.received.person": 11, "requests.received.business": 6,
                     "requests.received.charity": 1, "requests.received.other": 6}  # fmt: skip
    sent = builders.as_submission(form, "甲", add_up(form, wrong))
    found = diagnose(form, sent)
    assert "E1.total" not in hard(form, sent, None)
    columns = {0: {"person", "business"}, 1: {"charity", "other"}}
    assert {s.cause for s in found.solutions} == set(columns)
    for solution in found.solutions:
        wanted = columns[solution.cause]
        assert {code.rpartition(".")[2] for code in solution.change} == wanted
        assert {rule.rpartition(".")[2] for rule in solution.settles} == wanted
        after = hard(form, applied(form, sent, solution.change, True), None)
        assert after == hard(form, sent, None) - set(solution.settles)
    ways = {column: ways_of(form, sent, column) for pair in columns.values() for column in pair}
    pairs = ways["person"] * ways["business"] + ways["charity"] * ways["other"]
    assert found.rest == pairs - len(found.solutions) > 0  # the likeliest are listed
    assert {next(s for s in found.solutions if s.cause == n).kind for n in columns} == {"misfiled"}

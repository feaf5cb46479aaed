"""The roll-up: order, closure, every standing of a file, exact sums and their proof."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import (
    as_submission,
    balanced_submissions,
    close,
    leaves,
    sparse_submission,
    submission,
)
from gouji import editions
from gouji.edits import confront, confront_all
from gouji.formula import evaluate
from gouji.model import Form, Kind, Submission, Unit, Verdict
from gouji.rollup import RollUp, Standing, Unreadable, roll_up, to_json
from gouji.rollup_sums import Proof, long_sums, long_table
from gouji.roster import Roster

FORMS = [editions.load(name) for name in ("2019", "2021")]
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


def rolled(form: Form, submissions: list[Submission], **options: object) -> RollUp:
    defaults: dict[str, object] = {
        "roster": None, "district": "云溪区", "year": form.first_year, "level": "district",
    }  # fmt: skip
    confrontations = confront_all(form, submissions, [None] * len(submissions))
    return roll_up(form, submissions, confrontations, **(defaults | options))  # type: ignore[arg-type]


def standings(rollup: RollUp) -> dict[str, Standing]:
    return {entry.submission.file: entry.standing for entry in rollup.entries}


def count_leaf(form: Form) -> str:
    """A whole-number leaf that no rule fixes at zero."""
    fixed = {code for rule in form.rules if len(rule.terms) == 1 for code in rule.codes}
    plain = (code for code in leaves(form) if form.items[code].kind is Kind.COUNT)
    return next(code for code in plain if code not in fixed)


def broken(form: Form, unit: str, **fields: object) -> Submission:
    """A submission that fails a hard rule: one balance is off by one."""
    rule = next(rule for rule in form.rules if len(rule.terms) > 1 and not rule.needs_last_year)
    values = close(form, {count_leaf(form): 3})
    values[rule.left[0].code] += 1
    return as_submission(form, unit, values, **fields)


# ------------------------------------------------------------------ properties
@each_form
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_order_of_files_is_irrelevant(form: Form, data: st.DataObject) -> None:
    files = data.draw(balanced_submissions(form))
    files += [replace(one, file=f"again-{one.file}") for one in files[:2]]
    shuffled = data.draw(st.permutations(files))
    assert rolled(form, files) == rolled(form, shuffled)


@each_form
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_balanced_units_make_a_balanced_district(form: Form, data: st.DataObject) -> None:
    rollup = rolled(form, data.draw(balanced_submissions(form)))
    for rule in form.rules:
        if not rule.needs_last_year:
            assert evaluate(rule.left, rollup.totals) == evaluate(rule.right, rollup.totals)
    assert confront(form, rollup.as_submission()).verdict is Verdict.CLEAN


@each_form
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_roll_up_of_roll_ups_is_the_roll_up_of_all(form: Form, data: st.DataObject) -> None:
    files = data.draw(balanced_submissions(form, largest=7))
    cut = data.draw(st.integers(0, len(files)))
    parts = [
        replace(
            rolled(form, half, district=name).as_submission(), file=f"{name}.xlsx", sha256=name * 8
        )
        for name, half in (("东区", files[:cut]), ("西区", files[cut:]))
    ]
    assert rolled(form, parts, level="city").totals == rolled(form, files).totals


@each_form
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_totals_are_exact_and_proved(form: Form, data: st.DataObject) -> None:
    files = data.draw(balanced_submissions(form))
    rollup = rolled(form, files)
    for code in form.items:
        assert rollup.totals[code] == sum((one.values[code] for one in files), start=0)  # type: ignore[misc]
    assert rollup.proof == Proof(len(form.items))
    assert rollup.proof.agree == len(form.items)


def test_sums_keep_what_a_float_would_lose() -> None:
    form = editions.load("2021")
    code = next(code for code, item in form.items.items() if item.kind is Kind.AMOUNT)
    amounts = [Decimal("0.1"), Decimal("9007199254740993.000001"), Decimal("0.2"), Decimal("1e-6")]
    files = [
        as_submission(form, f"单位{n}", dict.fromkeys(form.items, 0) | {code: amount})
        for n, amount in enumerate(amounts)
    ]
    rollup = rolled(form, files)
    assert rollup.totals[code] == Decimal("9007199254740993.300002")
    assert rollup.proof.agree == rollup.proof.cells


def test_the_second_way_does_not_depend_on_64_bits() -> None:
    form = editions.load("2021")
    code = next(code for code, item in form.items.items() if item.kind is Kind.AMOUNT)
    huge = Decimal(2**63)
    files = [submission(form, unit, {code: huge}) for unit in ("甲", "乙")]
    assert long_sums(long_table(form, files))[code] == 2**64


# ------------------------------------------------------------------ standings
@each_form
def test_a_failing_file_is_returned_and_can_be_let_in_by_unit_or_file(form: Form) -> None:
    good, bad = submission(form, "教育局", {count_leaf(form): 5}), broken(form, "民政局")
    code = count_leaf(form)
    without = rolled(form, [good, bad])
    assert standings(without) == {"教育局.xlsx": Standing.COUNTED, "民政局.xlsx": Standing.RETURNED}
    assert without.totals == good.values
    for name in ("民政局", " 民 政局", "民政局.xlsx", bad.sha256[:12]):
        rollup = rolled(form, [good, bad], let_in=[name])
        assert standings(rollup)["民政局.xlsx"] is Standing.LET_IN
        assert rollup.totals[code] == good.values[code] + bad.values[code]
        assert rollup.unused_names == ()


@each_form
def test_a_name_to_let_in_that_fits_nothing_is_told(form: Form) -> None:
    rollup = rolled(form, [submission(form, "教育局")], let_in=["教育局", "水利局"])
    assert rollup.unused_names == ("水利局",)


@each_form
def test_the_same_values_twice_count_once(form: Form) -> None:
    code = count_leaf(form)
    first = submission(form, "教育局", {code: 5}, file="a.xlsx")
    blank = {k: v or None for k, v in first.values.items()}
    again = [
        replace(first, file="b.xlsx"),
        as_submission(form, "教育局", blank, file="c.xlsx"),
        as_submission(form, " 教育局 ", first.values | {code: "５"}, file="d.xlsx"),
    ]
    rollup = rolled(form, [first, *again])
    assert sorted(standings(rollup).values()) == [Standing.COUNTED] + [Standing.DUPLICATE] * 3
    assert rollup.totals == first.values


@each_form
def test_two_versions_are_both_held_out_until_one_is_named(form: Form) -> None:
    code = count_leaf(form)
    old = submission(form, "教育局", {code: 5}, file="一稿.xlsx")
    new = submission(form, "教育局", {code: 6}, file="二稿.xlsx")
    rollup = rolled(form, [old, new])
    assert set(standings(rollup).values()) == {Standing.CONFLICT}
    assert rollup.totals[code] == 0
    assert all("一稿.xlsx、二稿.xlsx" in entry.why for entry in rollup.entries)
    chosen = rolled(form, [old, new], let_in=["二稿.xlsx"])
    assert standings(chosen) == {"一稿.xlsx": Standing.CONFLICT, "二稿.xlsx": Standing.LET_IN}
    assert chosen.totals == new.values
    # The unit's name does not say which of the two.
    assert rolled(form, [old, new], let_in=["教育局"]).totals[code] == 0


@each_form
def test_a_corrected_version_replaces_the_failing_one(form: Form) -> None:
    bad = broken(form, "教育局", file="一稿.xlsx")
    good = submission(form, "教育局", {count_leaf(form): 6}, file="二稿.xlsx")
    rollup = rolled(form, [good, bad])
    assert standings(rollup) == {"一稿.xlsx": Standing.RETURNED, "二稿.xlsx": Standing.COUNTED}
    returned = next(entry for entry in rollup.entries if not entry.counts)
    assert "二稿.xlsx" in returned.why
    assert rollup.totals == good.values


@each_form
def test_files_that_cannot_be_attributed_are_left_out_with_a_reason(form: Form) -> None:
    roster = Roster((Unit("区教育局", aliases=("教育局",)), Unit("民政局"), Unit("水利局")))
    other = next(one for one in FORMS if one is not form)
    code = count_leaf(form)
    files = [
        submission(form, "教育局", {code: 1}, file="counted"),
        submission(form, "气象局", {code: 1}, file="unknown"),
        submission(form, "  ", {code: 1}, file="no_unit"),
        submission(form, "民政局", {code: 1}, file="other_year", year=form.first_year - 1),
        submission(form, "民政局", {code: 1}, file="no_year", year=None),
    ]
    strange = submission(other, "民政局", file="other_edition")
    confrontations = [*confront_all(form, files, [None] * len(files)), confront(other, strange)]
    rollup = roll_up(
        form, [*files, strange], confrontations, roster=roster, district="云溪区",
        year=form.first_year, level="district", unreadable=[Unreadable("坏.xlsx", "打不开")],
    )  # fmt: skip
    expected = {file.file: file.file for file in files} | {
        "no_year": "other_year", "other_edition": "other_edition"
    }  # fmt: skip
    assert standings(rollup) == expected
    assert rollup.totals[code] == 1
    assert all(entry.why for entry in rollup.entries if not entry.counts)
    assert [unit.name for unit in rollup.missing] == ["水利局"]
    excluded = {entry["file"] for entry in to_json(rollup)["excluded"]}
    assert excluded == {*expected, "坏.xlsx"} - {"counted"}


@each_form
def test_the_roster_names_the_unit_and_finds_it_by_code_alone(form: Form) -> None:
    roster = Roster((Unit("区教育局", code="0101", aliases=("教育局",)),))
    for unit, code in (("教 育 局", ""), ("", "0101"), ("区教育局", "0101")):
        rollup = rolled(form, [submission(form, unit, code=code)], roster=roster)
        assert [entry.unit for entry in rollup.counted] == ["区教育局"]
        assert rollup.missing == ()


@each_form
def test_a_file_inside_a_district_workbook_is_not_counted_again(form: Form) -> None:
    unit = submission(form, "教育局", {count_leaf(form): 4})
    district = replace(rolled(form, [unit]).as_submission(), file="区.xlsx", sha256="d" * 64)
    rollup = rolled(form, [district, unit])
    assert standings(rollup)["教育局.xlsx"] is Standing.DUPLICATE
    assert rollup.totals == unit.values


@each_form
def test_text_is_added_as_what_it_means_and_never_as_zero(form: Form) -> None:
    code, other = [c for c in leaves(form) if form.items[c].kind is Kind.COUNT][-2:]
    values = dict.fromkeys(form.items, 0) | {code: "12件", other: "见附件"}
    rollup = rolled(form, [as_submission(form, "教育局", values)], let_in=["教育局"])
    assert rollup.totals[code] == 12
    assert [(cell.code, cell.text) for cell in rollup.unread] == [(other, "见附件")]


# ------------------------------------------------------------------ JSON
@each_form
def test_json_has_the_agreed_shape(form: Form) -> None:
    files = [sparse_submission(form, f"单位{n}", Random(n)) for n in range(3)]
    data = to_json(rolled(form, files))
    assert data["edition"] == form.id
    assert data["district"] == "云溪区"
    assert set(data["totals"]) == set(form.items)
    assert [unit["status"] for unit in data["units"]] == ["counted"] * 3
    assert data["proof"]["cells"] == data["proof"]["agree"] == len(form.items)
    assert {"unit", "file", "sha256", "status"} <= data["units"][0].keys()
    json.dumps(data, default=str)


@each_form
def test_no_files_make_an_empty_district(form: Form) -> None:
    rollup = rolled(form, [], roster=Roster((Unit("教育局"),)))
    assert set(rollup.totals.values()) == {0}
    assert [unit.name for unit in rollup.missing] == ["教育局"]

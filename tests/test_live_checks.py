"""The live checks of the unit's form, judged by LibreOffice.

Every formula must arrive at the value stored beside it, and a wrong entry must show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.cell_range import CellRange

from builders import as_submission, leaves, submission
from form_cases import (
    CHECK,
    COVER,
    FORMS,
    LIGHT,
    Writer,
    balanced,
    broken,
    every_edition,
    every_form,
    is_text,
)
from gouji.checks import VERDICT
from gouji.formula import evaluate
from gouji.layout import a1, layout_of
from gouji.model import Form, Number, Severity, Value
from gouji.template import write_template
from gouji.wording import say
from office import Office
from workbooks import cached, differences, structure


# ---------------------------------------------------------------------- the judge
@every_form
def test_recalculation_equals_every_cached_value(form: Form, write: Writer, office: Office) -> None:
    sent, earlier = balanced(form)
    bad, few = broken(form)
    contents: list[dict[str, Any]] = [
        {},
        {"earlier": earlier},
        {"submission": sent},
        {"submission": sent, "earlier": earlier},
        {"submission": bad},
        {"submission": bad, "earlier": few},
    ]
    for content in contents:
        path = write(form, **content)
        assert differences(cached(path), office.recalculate(path)) == []


def odd_values(form: Form) -> st.SearchStrategy[dict[str, Value]]:
    """Anything in any cell: numbers out of range, texts, blanks, typed totals."""
    number = st.integers(-5, 10**6) | st.decimals(-9, 10**6, places=3)
    text = st.sampled_from(["无", "-", "12件", " ", "=1+1", "#REF!", "１２", "a\nb", "'7"])
    cell = st.none() | number | text
    return st.dictionaries(st.sampled_from(list(form.items)), cell, max_size=30)


@every_edition
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_recalculation_equals_cached_values_whatever_is_filled_in(
    edition: str, data: st.DataObject, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    form = FORMS[edition]
    values = dict.fromkeys(form.items, None) | data.draw(odd_values(form))
    if data.draw(st.booleans()):
        values = dict(balanced(form)[0].values) | data.draw(odd_values(form))
    year = data.draw(st.sampled_from([None, form.first_year, form.first_year + 9]))
    unit = data.draw(st.sampled_from(["", "红桥镇", "=科技局", "滨江街道 "]))
    level = data.draw(st.sampled_from(["", "city", "town"]))
    codes = sorted(layout_of(form).last_year)
    earlier = data.draw(st.dictionaries(st.sampled_from(codes), st.integers(0, 99)))
    path = tmp_path_factory.mktemp("odd") / "odd.xlsx"
    sent = as_submission(form, unit, values, year=year, level=level)
    write_template(form, path, submission=sent, earlier=earlier)
    assert differences(cached(path), office.recalculate(path)) == []


@every_edition
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_live_verdicts_are_those_of_exact_arithmetic(
    edition: str, data: st.DataObject, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Typed totals and balances, all numbers given: ✓ exactly where both sides are equal."""
    form = FORMS[edition]
    sent, earlier = balanced(form, level="department")
    numbers: dict[str, Number] = {code: v for code, v in sent.values.items() if not is_text(v)}
    numbers |= data.draw(
        st.dictionaries(st.sampled_from(list(form.items)), st.integers(0, 9), max_size=9)
    )
    path = tmp_path_factory.mktemp("exact") / "exact.xlsx"
    write_template(
        form, path, submission=as_submission(form, "局", numbers, year=2098, level="town"),
        earlier=earlier,
    )  # fmt: skip
    shown = office.recalculate(path)
    for rule in form.rules:
        equal = evaluate(rule.left, numbers, earlier) == evaluate(rule.right, numbers, earlier)
        off = "✗" if rule.severity is Severity.HARD else "○"
        assert verdict(shown, form, rule.name)[0] == ("✓" if equal else off), rule.name


# ---------------------------------------------------------------------- live checks
def verdict(shown: dict[str, dict[str, Any]], form: Form, name: str) -> str:
    return str(shown[CHECK][a1(layout_of(form).check_rows[name], VERDICT)])


def mistakes(form: Form, values: dict[str, Number]) -> Iterator[tuple[str, tuple[str, str], Any]]:
    """One wrong entry for each family of rules: rule name, cell, what is typed there."""
    layout = layout_of(form)
    seen: set[str] = set()
    for rule in form.rules:
        codes = [rule.total] if rule.total else [c for c in rule.codes if c not in form.totals]
        if rule.family not in seen and codes:
            seen.add(rule.family)
            area = layout.cell(codes[0])
            yield rule.name, (layout.sheet_of[codes[0]], area.a1), float(values[codes[0]] + 1)
    first = leaves(form)[0]
    cell = (layout.sheet_of[first], layout.cell(first).a1)
    table = form.items[first].table
    for form_rule in form.form_rules.values():
        if form_rule.kind == "domain":
            for entry in ("12件", -1, 1.5):
                yield f"{form_rule.name}.{table}", cell, entry
        if form_rule.kind == "blank":
            yield f"{form_rule.name}.{table}", cell, None
        if form_rule.kind == "edition_year":
            wrong = form.first_year - 1
            yield form_rule.name, (COVER, layout.cover["year"].a1), wrong


@every_form
def test_one_wrong_entry_lights_the_check_sheet(form: Form, write: Writer, office: Office) -> None:
    sent, earlier = balanced(form, level="department")
    path = write(form, submission=sent, earlier=earlier)
    before = office.recalculate(path)
    assert before[CHECK][LIGHT].startswith("✓")
    numbers = {code: v for code, v in sent.values.items() if not is_text(v)}
    for name, cell, entry in mistakes(form, numbers):
        after = office.edit(path, {cell: entry})
        assert verdict(before, form, name) == "✓", name
        assert verdict(after, form, name)[0] in "✗○", (name, entry)
        hard = verdict(after, form, name)[0] == "✗"
        assert after[CHECK][LIGHT][0] == ("✗" if hard else after[CHECK][LIGHT][0])
        assert after[CHECK][LIGHT] != before[CHECK][LIGHT]
        assert after[COVER]["A3"] == after[CHECK][LIGHT]


@every_form
def test_what_fails_turns_red(form: Form, write: Writer, office: Office) -> None:
    """The conditional formats over a cell, evaluated for that cell by LibreOffice."""
    sent, earlier = balanced(form, level="department")
    path = write(form, submission=sent, earlier=earlier)
    numbers = {code: v for code, v in sent.values.items() if not is_text(v)}
    book = structure(path)
    cases = [
        # Each format's formula, moved to the cell, tried in a free cell of the same sheet.
        (name, (sheet, cell), entry,
         {(sheet, a1(n, 60 + at)): text for n, text in enumerate(_formats_over(book[sheet], cell))})
        for at, (name, (sheet, cell), entry) in enumerate(mistakes(form, numbers))
        if entry is not None and sheet != COVER
    ]  # fmt: skip
    before = office.edit(path, {spot: text for *_, trial in cases for spot, text in trial.items()})
    for name, (sheet, cell), entry, trial in cases:
        after = office.edit(path, {(sheet, cell): entry} | trial)
        assert not any(before[sheet].get(where) for _, where in trial), name
        assert any(after[sheet].get(where) for _, where in trial), name


def _formats_over(sheet: Any, cell: str) -> Iterator[str]:
    """Formulas of the conditional formats over a cell, moved to it."""
    for rules in sheet.conditional_formatting:
        areas = str(rules.sqref).split()
        if any(CellRange(cell).issubset(CellRange(area)) for area in areas):
            origin = areas[0].split(":")[0]
            for rule in rules.rules:
                yield Translator(f"={rule.formula[0]}", origin=origin).translate_formula(cell)


@every_form
def test_the_amount_and_side_of_a_difference_are_said(
    form: Form, write: Writer, office: Office
) -> None:
    layout = layout_of(form)
    sent, earlier = balanced(form, level="department")
    path = write(form, submission=sent, earlier=earlier)
    rule = next(r for r in form.rules if r.name in layout.differences and not r.needs_last_year)
    code = next(c for c in rule.codes if c not in form.totals)
    sign = next(t.coefficient for t in rule.terms if t.code == code)
    sign = sign if code in [t.code for t in rule.left] else -sign
    value = float(sent.values[code]) + 3  # type: ignore[arg-type]
    after = office.edit(path, {(layout.sheet_of[code], layout.cell(code).a1): value})
    sheet, area = layout.differences[rule.name]
    assert after[sheet][area.a1] == 3 * sign
    assert verdict(after, form, rule.name).endswith("3")


@every_form
def test_a_blank_total_beside_filled_parts_fails(form: Form, write: Writer, office: Office) -> None:
    layout = layout_of(form)
    sent, earlier = balanced(form, level="department")
    path = write(form, submission=sent, earlier=earlier)
    for code, rule in list(form.totals.items())[:2]:
        where = (layout.sheet_of[code], layout.cell(code).a1)
        after = office.edit(path, {where: None})
        assert verdict(after, form, rule.name) == say("checksheet.fail_blank")


def test_cross_year_rules_wait_for_last_years_number(write: Writer, office: Office) -> None:
    for form in FORMS.values():
        layout = layout_of(form)
        sent, earlier = balanced(form, level="department")
        path = write(form, submission=sent)
        rule = next(r for r in form.rules if r.needs_last_year)
        code = next(t.code for t in rule.terms if t.last_year)
        before = office.recalculate(path)
        assert verdict(before, form, rule.name) == say("checksheet.open_last")
        sheet, area = layout.last_year[code]
        right = office.edit(path, {(sheet, area.a1): float(earlier[code])})
        wrong = office.edit(path, {(sheet, area.a1): float(earlier[code] + 1)})
        assert verdict(right, form, rule.name) == "✓"
        assert verdict(wrong, form, rule.name)[0] == "✗"


def test_an_item_redefined_by_the_new_edition_is_a_query_in_its_first_year(
    write: Writer, office: Office
) -> None:
    form = FORMS["2021"]
    rule = next(
        r for r in form.rules
        if any(t.last_year and form.predecessors["2019"][t.code].redefined for t in r.terms)
    )  # fmt: skip
    for year, mark in ((form.first_year, "○"), (form.first_year + 1, "✗")):
        sent, earlier = balanced(form, year=year, level="department")
        earlier = {code: value + 1 for code, value in earlier.items()}
        shown = office.recalculate(write(form, submission=sent, earlier=earlier))
        assert verdict(shown, form, rule.name)[0] == mark


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_rule_that_binds_some_levels_only(edition: str, write: Writer, office: Office) -> None:
    form = FORMS[edition]
    layout = layout_of(form)
    rule = next(r for r in form.rules if r.unless_levels)
    sent = submission(form, "某某局", year=form.first_year)
    values = dict(sent.values) | {rule.codes[0]: 1}
    path = write(form, submission=as_submission(form, "某某局", values, level=""))
    unit, level = ((COVER, layout.cover[field].a1) for field in ("unit", "level"))

    def mark(**typed: str) -> str:
        changes = {unit: typed.get("unit", "某某局"), level: typed.get("level")}
        return verdict(office.edit(path, changes), form, rule.name)[0]

    assert mark() == "—"
    assert mark(unit="红桥镇") == "✗"
    assert mark(unit="滨江街道") == "✗"
    assert mark(level=say("level.city")) == "✓"
    assert mark(unit="红桥镇", level=say("level.department")) == "✗"

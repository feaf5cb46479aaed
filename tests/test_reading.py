"""Forms as they come back: read exactly, repaired with a log, totals summed again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from builders import balanced_values, leaves, submission
from districts import rolled
from filled_forms import (
    FORM,
    LAYOUT,
    a_total,
    an_input,
    book,
    busy,
    each_form,
    rules_of,
    told,
)
from gouji import editions
from gouji.district_book import write_district_book
from gouji.gate import Reason, Refused
from gouji.layout import MATRIX_FIRST_ROW, a1, layout_of
from gouji.model import Form, Kind, Submission, Value
from gouji.reading import read_file
from gouji.template import write_template
from gouji.wording import say
from workbook_edits import (
    drop_results,
    insert_row,
    set_cell,
    set_text,
)

__all__ = ["book"]
COVER, CHECK = say("sheet.cover"), say("sheet.check")
SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
REPORTS = sorted((Path(__file__).parent / "data" / "reports").glob("*.json"))


# ---------------------------------------------------------------------- identity
@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_real_reports_read_back(report: Path, tmp_path: Path) -> None:
    given_ = read_file(report)
    assert given_.values.keys() == editions.load(given_.edition).items.keys()
    assert {k: v for k, v in given_.values.items() if v is not None} == {
        k: v for k, v in json.loads(report.read_text(), parse_float=Decimal)["values"].items()
        if v is not None
    }  # fmt: skip
    path = tmp_path / "回读.xlsx"
    write_template(editions.load(given_.edition), path, submission=given_)
    read = read_file(path)
    for field in ("unit", "year", "edition", "level", "code", "values", "narrative"):
        assert getattr(read, field) == getattr(given_, field), field
    assert not read.structure


TEXTS = st.sampled_from(
    [
        "２３",
        " 12 ",
        "12件",
        "减4",
        "251000元",
        "22（其中修订16件）",
        "-",
        "/",
        "无",
        " ",
        "12",
        "见附件",
    ]
)


@st.composite
def any_values(draw: st.DrawFn, form: Form) -> dict[str, Value]:
    """Balanced values, some cells of them (totals too) changed to numbers, text or blanks."""
    values: dict[str, Value] = dict(draw(balanced_values(form)))
    odd = st.one_of(st.none(), TEXTS, st.integers(-9, 99), st.just(0))
    codes = draw(st.lists(st.sampled_from(sorted(values)), max_size=25, unique=True))
    if draw(st.booleans()):
        values = dict.fromkeys(values)
    return values | {code: draw(odd) for code in codes}


@each_form
@SLOW
@given(data=st.data())
def test_any_values_read_back(form: Form, tmp_path: Path, data: st.DataObject) -> None:
    values = data.draw(any_values(form))
    texts = {
        section.key: data.draw(st.sampled_from(["第一行\n第二行 &<>", " 前后有空格 "]))
        for section in form.sections
        if not section.table
    }
    given_ = Submission("某某局", form.first_year, form.id, values, "town", "007", texts)
    path = tmp_path / "回读.xlsx"
    write_template(form, path, submission=given_)
    read = read_file(path)
    assert dict(read.values) == values
    assert (read.unit, read.year, read.level, read.code) == (
        "某某局",
        form.first_year,
        "town",
        "007",
    )
    assert read.narrative == texts
    assert not read.structure


@each_form
def test_what_calamine_gives_agrees_with_openpyxl(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "两读.xlsx"
    write_template(form, path, submission=busy(form))
    read, layout = read_file(path), layout_of(form)
    other = load_workbook(path, data_only=True)
    for code, value in read.values.items():
        seen = other[layout.sheet_of[code]][layout.cell(code).a1].value
        assert seen == (float(value) if isinstance(value, Decimal) else value), code


# ---------------------------------------------------------------------- repairs
def test_text_is_kept_and_its_meaning_noted(book: Path) -> None:
    code, sheet, cell = an_input(LAYOUT)
    read = read_file(set_text(book, sheet, cell, "１２ 件"))
    assert read.values[code] == "１２ 件"
    (repair,) = [each for each in read.repairs if each.code == code]
    assert (repair.cell, repair.text, repair.means) == (f"{sheet}!{cell}", "１２ 件", 12)
    assert "件" in repair.why


def test_a_formula_in_an_input_cell_is_noted(book: Path) -> None:
    code, sheet, cell = an_input(LAYOUT)
    read = read_file(set_cell(book, sheet, cell, "<f>40+2</f><v>42</v>"))
    assert read.values[code] == 42
    (repair,) = [each for each in read.repairs if each.code == code]
    assert (repair.text, repair.means) == ("=40+2", 42)


def test_a_formula_nobody_calculated_is_not_zero(book: Path) -> None:
    code, sheet, cell = an_input(LAYOUT)
    read = read_file(set_cell(book, sheet, cell, "<f>40+2</f>"))
    assert read.values[code] == "=40+2"


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#VALUE!", "#N/A", "#NAME?"])
@pytest.mark.parametrize("formula", ["", "<f>Sheet9!A1</f>"])
def test_errors_are_their_text(book: Path, error: str, formula: str) -> None:
    code, sheet, cell = an_input(LAYOUT)
    read = read_file(set_cell(book, sheet, cell, f"{formula}<v>{error}</v>", "e"))
    assert read.values[code] == error


def test_a_workbook_full_of_errors_is_read(book: Path) -> None:
    for grid in LAYOUT.tables.values():
        for code, area in grid.cells.items():
            inner = "<v>#REF!</v>" if code not in FORM.totals else "<f>#REF!+1</f><v>#REF!</v>"
            set_cell(book, grid.sheet, area.a1, inner, "e")
    read = read_file(book)
    assert {read.values[code] for code in leaves(FORM)} == {"#REF!"}
    assert all(not isinstance(read.values[code], int) for code in FORM.totals)


@pytest.mark.parametrize(
    ("inner", "kind", "text"), [("<v>1</v>", "b", "TRUE"), ("<v>0</v>", "b", "FALSE")]
)
def test_booleans_are_text(book: Path, inner: str, kind: str, text: str) -> None:
    code, sheet, cell = an_input(LAYOUT)
    assert read_file(set_cell(book, sheet, cell, inner, kind)).values[code] == text


@pytest.mark.parametrize(
    ("stored", "value"),
    [("59237.2449", "59237.2449"), ("59237.244899999998", "59237.2449"), ("1E-06", "0.000001"),
     ("0.30000000000000004", "0.3"), ("2.9999999999999996", "3"), ("-4", "-4"),
     ("123456789012345", "123456789012345"), ("12345678.1234567", "12345678.1234567")],
)  # fmt: skip
def test_amounts_are_exact(book: Path, stored: str, value: str) -> None:
    """What the respondent typed, without the noise of binary fractions."""
    code, sheet, cell = an_input(LAYOUT, Kind.AMOUNT)
    read = read_file(set_cell(book, sheet, cell, f"<v>{stored}</v>"))
    assert read.values[code] == Decimal(value)
    assert isinstance(read.values[code], int) == ("." not in value)


# ---------------------------------------------------------------------- totals
def test_totals_without_results_are_summed(book: Path) -> None:
    before = read_file(book)
    read = read_file(drop_results(book))
    assert read.values == before.values
    assert {repair.code for repair in read.repairs} == set(FORM.totals)
    assert all(repair.why == say("repair.uncalculated") for repair in read.repairs)
    assert not read.structure


def test_openpyxl_saves_without_results(book: Path) -> None:
    before = read_file(book)
    other = load_workbook(book)
    other.save(book)
    assert read_file(book).values == before.values


def test_a_stale_total_is_found_and_summed_again(book: Path) -> None:
    code, sheet, cell = a_total(LAYOUT)
    own = busy(FORM).values[code]
    formula = load_workbook(book)[sheet][cell].value.removeprefix("=").replace('"', "&quot;")
    read = read_file(set_cell(book, sheet, cell, f"<f>{formula}</f><v>987</v>"))
    assert read.values[code] == own
    assert code not in read.typed
    (finding,) = read.structure
    assert (finding.rule, finding.left, finding.right) == ("T1", 987, own)
    assert finding.cells == (f"{sheet}!{cell}",)
    assert "987" in finding.message
    assert str(own) in finding.message


def test_float_noise_is_no_finding(book: Path) -> None:
    code, sheet, cell = a_total(LAYOUT)
    own = busy(FORM).values[code]
    formula = load_workbook(book)[sheet][cell].value.removeprefix("=").replace('"', "&quot;")
    read = read_file(set_cell(book, sheet, cell, f"<f>{formula}</f><v>{own}.0000000000001</v>"))
    assert read.values[code] == own
    assert not read.structure


def test_an_overwritten_total_stands_as_typed(book: Path) -> None:
    code, sheet, cell = a_total(LAYOUT)
    read = read_file(set_cell(book, sheet, cell, "<v>987</v>"))
    assert read.values[code] == 987
    assert read.typed == {code}


def test_a_changed_formula_is_named(book: Path) -> None:
    code, sheet, cell = a_total(LAYOUT)
    part = FORM.totals[code].right[0].code
    formula = f"<f>SUM({LAYOUT.cell(part).a1})</f><v>{busy(FORM).values[part]}</v>"
    read = read_file(set_cell(book, sheet, cell, formula))
    assert read.values[code] == busy(FORM).values[code]
    assert rules_of(read.structure) == ["T2", "T1"]
    assert f"{sheet}!{cell}" in told(read)


@pytest.mark.parametrize("rewritten", ["{0}", " {0} ", "_xlfn.{0}"])
def test_a_formula_that_says_the_same_is_the_same(book: Path, rewritten: str) -> None:
    code, sheet, cell = a_total(LAYOUT)
    text = load_workbook(book)[sheet][cell].value.removeprefix("=").lower()
    spelled = rewritten.format(text.replace(",", " , ")).replace('"', "&quot;")
    value = busy(FORM).values[code]
    read = read_file(set_cell(book, sheet, cell, f'<f aca="false">{spelled}</f><v>{value}</v>'))
    assert not read.structure


def test_text_among_the_parts_is_not_counted_but_told(book: Path) -> None:
    code, _, _ = a_total(LAYOUT)
    part = FORM.totals[code].right[0].code
    values = busy(FORM).values
    set_text(book, LAYOUT.sheet_of[part], LAYOUT.cell(part).a1, "５件")
    read = read_file(book)
    assert read.values[code] == values[code] - values[part]  # as the form itself shows it
    (repair,) = [each for each in read.repairs if each.code == code]
    assert repair.means == values[code] - values[part] + 5


# ---------------------------------------------------------------------- the cover
@pytest.mark.parametrize(
    ("text", "year"),
    [("2025年", 2025), ("２０２５", 2025), (" 2025 年度 ", 2025), ("去年", None), ("25", None)],
)  # fmt: skip
def test_the_year_as_people_write_it(book: Path, text: str, year: int | None) -> None:
    assert read_file(set_text(book, COVER, LAYOUT.cover["year"].a1, text)).year == year


def test_unit_and_level(book: Path) -> None:
    set_text(book, COVER, LAYOUT.cover["unit"].a1, "　南塘街道 ")
    read = read_file(set_text(book, COVER, LAYOUT.cover["level"].a1, "不知道"))
    assert (read.unit, read.level) == ("南塘街道", "")


def test_a_row_above_the_cover_fields(book: Path) -> None:
    before = read_file(book)
    read = read_file(insert_row(book, COVER, 2))
    assert (read.unit, read.year, read.level) == (before.unit, before.year, before.level)
    assert set(rules_of(read.structure)) == {"T2"}


def test_a_cover_without_labels_is_refused(book: Path) -> None:
    field = LAYOUT.cover["unit"]
    set_text(book, COVER, a1(field.row, field.column - 1), "别的")
    with pytest.raises(Refused) as caught:
        read_file(book)
    assert caught.value.reason is Reason.MOVED


# ---------------------------------------------------------------------- district workbooks
@each_form
@pytest.mark.parametrize("calculated", [True, False])
def test_a_district_workbook_brings_its_units(form: Form, calculated: bool, tmp_path: Path) -> None:
    units = [submission(form, name, {leaves(form)[-1]: n + 3}) for n, name in enumerate("ABC")]
    path = tmp_path / "汇总.xlsx"
    write_district_book(rolled(form, units), path, form=form)
    if not calculated:
        drop_results(path)
    read = read_file(path)
    assert (read.unit, read.edition, read.year) == ("云溪区", form.id, form.first_year)
    assert not read.structure
    assert [child.unit for child in read.children] == ["A", "B", "C"]
    for child, unit in zip(read.children, units, strict=True):
        assert dict(child.values) == dict(unit.values)
        assert (child.level, child.sha256) == (unit.level, unit.sha256)
    for code in form.items:
        assert read.values[code] == sum(unit.values[code] for unit in units)


def test_a_unit_taken_out_of_the_district_is_no_child(tmp_path: Path) -> None:
    units = [submission(FORM, name, {leaves(FORM)[-1]: 3}) for name in "AB"]
    path = tmp_path / "汇总.xlsx"
    write_district_book(rolled(FORM, units), path, form=FORM)
    set_text(path, say("sheet.matrix"), a1(MATRIX_FIRST_ROW, 0), say("district.no"))
    assert [child.unit for child in read_file(path).children] == ["B"]

"""The unit's form as a file: statutory labels, locks, input rules, links, print, exact bytes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders import as_submission, leaves, submission
from form_cases import (
    CHECK,
    COVER,
    FORMS,
    Writer,
    balanced,
    broken,
    every_form,
)
from gouji.checks import VERDICT, check_cell
from gouji.layout import COVER_INPUTS, FormLayout, a1, layout_of, stamp_of
from gouji.model import Form, Value
from gouji.red_marks import verdict_name
from gouji.template import write_template
from gouji.wording import say
from workbooks import cached, differences, structure, unlocked


# ---------------------------------------------------------------------- what stands in the file
@every_form
def test_every_statutory_label_is_printed_where_the_layout_says(form: Form, write: Writer) -> None:
    book = structure(write(form))
    for grid in layout_of(form).tables.values():
        sheet = book[grid.sheet]
        merged = {str(area) for area in sheet.merged_cells.ranges}
        assert sheet["A1"].value == grid.table.title
        for label in grid.labels:
            assert sheet[label.area.a1].value == label.text
            assert label.area.is_cell or label.area.range in merged
        printed = [cell.value for row in sheet.iter_rows() for cell in row]
        assert all(note in printed for note in grid.table.notes)


@every_form
def test_only_inputs_are_unlocked_and_each_has_its_input_rule(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    book = structure(write(form))
    expected = _inputs(form, layout)
    for sheet in book:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert unlocked(sheet) == expected.get(sheet.title, set()), sheet.title
        rules = sheet.data_validations.dataValidation
        covered = {cell for rule in rules for area in rule.sqref.ranges
                   for row in area.rows for cell in _addresses(row)}  # fmt: skip
        anchors = {cell for cell in unlocked(sheet) if _is_anchor(sheet, cell)}
        assert anchors <= covered
        assert all(rule.prompt and rule.promptTitle for rule in rules)
        assert all(rule.error for rule in rules if rule.type not in (None, "none"))


def _inputs(form: Form, layout: FormLayout) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {COVER: {layout.cover[f].a1 for f in COVER_INPUTS}}

    def add(sheet: str, cells: Iterator[tuple[int, int]]) -> None:
        found.setdefault(sheet, set()).update(a1(*cell) for cell in cells)

    for code in leaves(form):
        add(layout.sheet_of[code], layout.cell(code).cells())
    for code, (sheet, area) in layout.last_year.items():
        parts = [t.code for t in form.totals[code].right] if code in form.totals else []
        if not parts or not set(parts) <= set(layout.last_year):
            add(sheet, area.cells())
    for area in layout.narrative.values():
        add(form.narrative_sheet, area.cells())
    return found


def _addresses(row: list[tuple[int, int]]) -> list[str]:
    return [a1(line - 1, column - 1) for line, column in row]


def _is_anchor(sheet: Any, address: str) -> bool:
    return type(sheet[address]).__name__ != "MergedCell"


@every_form
def test_last_years_numbers_stand_locked_beside_and_fill_what_is_brought_forward(
    form: Form, write: Writer
) -> None:
    layout = layout_of(form)
    earlier = {code: 5 + n for n, code in enumerate(layout.last_year)}
    path = write(form, earlier=earlier)
    book, shown = structure(path), cached(path)
    for code, (sheet, area) in layout.last_year.items():
        assert shown[sheet][area.a1] == earlier[code]
        assert book[sheet][area.a1].protection.locked
    for rule in form.rules:
        simple = len(rule.left) == len(rule.right) == 1 and rule.right[0].last_year
        if simple and rule.left[0].code not in form.totals:
            code = rule.left[0].code
            cell = book[layout.sheet_of[code]][layout.cell(code).a1]
            assert cell.value == earlier[rule.right[0].code]
            assert cell.protection.locked


@every_form
def test_a_number_of_its_own_is_not_replaced_by_last_years(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    sent, _ = balanced(form)
    shown = cached(write(form, submission=sent, earlier=dict.fromkeys(layout.last_year, 977)))
    for code in leaves(form):
        where = shown[layout.sheet_of[code]]
        assert where[layout.cell(code).a1] == float(sent.values[code])  # type: ignore[arg-type]


@every_form
def test_totals_stay_formulas_only_while_they_follow_their_parts(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    total, rule = next(iter(form.totals.items()))
    part = rule.right[0].code

    def stands(**given: Value) -> Any:
        values: dict[str, Value] = dict.fromkeys(form.items)
        values |= {total: given["total"], part: given["part"]}
        path = write(form, submission=as_submission(form, "局", values))
        return structure(path)[layout.sheet_of[total]][layout.cell(total).a1].value

    assert str(stands(total=4, part=4)).startswith("=IF(")
    assert str(stands(total=None, part=None)).startswith("=IF(")
    assert str(stands(total=0, part=None)).startswith("=SUM(")
    assert stands(total=5, part=4) == 5
    assert stands(total=None, part=4) is None
    assert stands(total="四", part=4) == "四"
    assert stands(total=None, part="4件") is None
    assert str(stands(total=0, part="4件")).startswith("=SUM(")
    assert stands(total=4, part="4件") == 4


@every_form
def test_text_from_outside_stays_text(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    code = leaves(form)[0]
    values = dict.fromkeys(form.items) | {code: '=HYPERLINK("http://a.b")'}
    key = next(iter(layout.narrative))
    sent = as_submission(form, "=1+1", values, narrative={key: "@SUM(1)\nhttp://a.b"}, code="007")
    book = structure(write(form, submission=sent))
    cells = {
        (layout.sheet_of[code], layout.cell(code).a1): values[code],
        (COVER, layout.cover["unit"].a1): "=1+1",
        (COVER, layout.cover["code"].a1): "007",
        (form.narrative_sheet, layout.narrative[key].a1): "@SUM(1)\nhttp://a.b",
    }
    for (sheet, address), text in cells.items():
        cell = book[sheet][address]
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@every_form
def test_the_cover_says_what_the_file_is(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    sent = submission(form, "云溪区司法局", year=form.first_year, level="department", code="9133")
    cover = cached(write(form, submission=sent))[COVER]
    shown = {field: cover.get(layout.cover[field].a1) for field in layout.cover}
    assert shown["unit"] == "云溪区司法局"
    assert shown["year"] == form.first_year
    assert shown["level"] == say("level.department")
    assert shown["stamp"] == stamp_of(form)
    assert cover["A1"] == form.title
    assert all(any(line in str(text) for text in cover.values()) for line in form.guide)


@every_form
def test_every_link_lands_on_a_cell_of_the_book(form: Form, write: Writer) -> None:
    book = structure(write(form))
    links = [(sheet.title, cell.hyperlink.location) for sheet in book
             for row in sheet.iter_rows() for cell in row if cell.hyperlink]  # fmt: skip
    from_cover = {target.split("!")[0].strip("'") for title, target in links if title == COVER}
    assert from_cover == {sheet.title for sheet in book} - {COVER}
    assert len([1 for title, _ in links if title == CHECK]) == len(layout_of(form).check_rows)
    for _, target in links:
        name, address = target.rsplit("!", 1)
        sheet = book[name.strip("'")]
        assert sheet[address].row <= sheet.max_row


@every_form
def test_conditional_formats_use_only_names_the_book_defines(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    book = structure(write(form))
    for grid in layout.tables.values():
        formulas = [
            text
            for rules in book[grid.sheet].conditional_formatting
            for rule in rules.rules
            for text in rule.formula
        ]
        used = {text.split("(")[1].split(",")[0] for text in formulas if "verdict_" in text}
        assert used <= set(book.defined_names)
        assert all("!" not in text for text in formulas)
    for rule in form.rules:
        name = book.defined_names.get(verdict_name(rule.name))
        target = f"'{CHECK}'!{check_cell(layout, rule.name, VERDICT)}"
        assert name is None or name.attr_text == target


@every_form
def test_the_page_is_set_for_print(form: Form, write: Writer) -> None:
    layout = layout_of(form)
    book = structure(write(form))
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.center.text
    for grid in layout.tables.values():
        sheet = book[grid.sheet]
        assert sheet.freeze_panes == a1(*grid.first_data)
        last = f"${a1(0, grid.last_column)[:-1]}${grid.last_row + 1}"
        if any(helper.below for helper in grid.helpers):
            assert sheet.print_area.endswith(f"$A$1:{last}")


# ---------------------------------------------------------------------- the file itself
@every_form
def test_the_same_content_gives_the_same_bytes(form: Form, tmp_path: Path) -> None:
    sent, earlier = balanced(form)
    for name in ("a.xlsx", "b.xlsx"):
        write_template(form, tmp_path / name, submission=sent, earlier=earlier)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@every_form
def test_both_readers_see_the_same_values(form: Form, write: Writer) -> None:
    from openpyxl import load_workbook

    path = write(form, submission=broken(form)[0])
    seen = {
        sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row
                      if cell.value not in (None, "")}
        for sheet in load_workbook(path, data_only=True)
    }  # fmt: skip
    assert differences(cached(path), seen) == []


@pytest.mark.parametrize("value", ["长" * 32768, 12345678901234567, Decimal("0.1234567890123456")])
def test_what_no_cell_can_hold_is_refused_and_leaves_no_file(value: Value, tmp_path: Path) -> None:
    form = FORMS["2021"]
    sent = as_submission(form, "局", {leaves(form)[0]: value})
    with pytest.raises(ValueError, match=r"32767|15"):
        write_template(form, tmp_path / "a.xlsx", submission=sent)
    assert list(tmp_path.iterdir()) == []


def test_too_long_a_narrative_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    form, path = FORMS["2021"], tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    sent = submission(form, "局", narrative={next(iter(layout_of(form).narrative)): "长" * 40000})
    with pytest.raises(ValueError, match="32767"):
        write_template(form, path, submission=sent)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_does_not_exist_is_a_plain_system_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_template(FORMS["2021"], tmp_path / "nowhere" / "a.xlsx")

"""Moved, renamed, relabelled and overwritten: found again and named, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

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
from gouji.gate import Reason, Refused
from gouji.layout import a1, layout_of
from gouji.model import Form, Submission
from gouji.reading import read_file
from gouji.structure import deep_differences
from gouji.template import write_template
from gouji.wording import say
from workbook_edits import (
    delete_row,
    drop_sheets,
    insert_column,
    insert_row,
    rename_sheet,
    set_text,
)

__all__ = ["book"]
COVER, CHECK = say("sheet.cover"), say("sheet.check")


# ---------------------------------------------------------------------- moved, renamed, relabelled
@each_form
@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 1.0])
def test_an_inserted_row_is_found_by_label(form: Form, where: float, tmp_path: Path) -> None:
    path, layout = tmp_path / "插行.xlsx", layout_of(form)
    given_ = busy(form)
    for grid in layout.tables.values():
        write_template(form, path, submission=given_)
        row = 3 + round(where * (grid.last_row - 2))
        read = read_file(insert_row(path, grid.sheet, row))
        assert dict(read.values) == dict(given_.values), (grid.sheet, row)
        assert "T2" in rules_of(read.structure)
        last = list(grid.cells)[-1]
        moved = {code for finding in read.structure for code in finding.items}
        assert last in moved
        area = grid.cells[last]
        assert a1(area.row + 1, area.column) in told(read)


@each_form
def test_an_inserted_column_is_found_by_label(form: Form, tmp_path: Path) -> None:
    path, layout = tmp_path / "插列.xlsx", layout_of(form)
    given_ = busy(form)
    for grid in layout.tables.values():
        for column in range(grid.last_column + 1):
            write_template(form, path, submission=given_)
            read = read_file(insert_column(path, grid.sheet, column))
            assert dict(read.values) == dict(given_.values), (grid.sheet, column)
            assert "T2" in rules_of(read.structure)


def test_a_deleted_row_is_refused_with_its_place(book: Path) -> None:
    grid = next(g for g in LAYOUT.tables.values() if len(g.labels) > 30)
    label = [label for label in grid.labels if label.role == "row"][-3]
    delete_row(book, grid.sheet, label.area.row + 1)
    with pytest.raises(Refused) as caught:
        read_file(book)
    assert caught.value.reason is Reason.MOVED
    assert grid.sheet in caught.value.message
    assert label.area.a1 in caught.value.message


def test_one_relabelled_cell_is_named(book: Path) -> None:
    for grid in LAYOUT.tables.values():
        label = grid.labels[-1]
        write_template(FORM, book, submission=busy(FORM))
        read = read_file(set_text(book, grid.sheet, label.area.a1, "自行改的表头"))
        assert dict(read.values) == dict(busy(FORM).values)
        assert f"{grid.sheet}!{label.area.a1}" in told(read)
        assert label.text in told(read)
        assert "自行改的表头" in told(read)


def test_labels_that_differ_only_in_width_agree(book: Path) -> None:
    grid = next(g for g in LAYOUT.tables.values() if any("（" in x.text for x in g.labels))
    label = next(x for x in grid.labels if "（" in x.text)
    text = label.text.replace("（", " (").replace("）", ")\n")
    assert not read_file(set_text(book, grid.sheet, label.area.a1, text)).structure


def test_swapped_labels_are_refused(book: Path) -> None:
    grid = next(g for g in LAYOUT.tables.values() if len(g.labels) > 30)
    rows = [
        x for x in grid.labels if x.role == "row" and x.area.column == grid.labels[-1].area.column
    ]
    first, second = rows[-3], rows[-2]
    set_text(book, grid.sheet, first.area.a1, second.text)
    set_text(book, grid.sheet, second.area.a1, first.text)
    with pytest.raises(Refused) as caught:
        read_file(book)
    assert caught.value.reason is Reason.MOVED
    assert first.area.a1 in caught.value.message


def test_a_renamed_table_sheet_is_recognised(book: Path) -> None:
    for grid in LAYOUT.tables.values():
        write_template(FORM, book, submission=busy(FORM))
        read = read_file(rename_sheet(book, grid.sheet, "Sheet9"))
        assert dict(read.values) == dict(busy(FORM).values)
        assert "Sheet9" in told(read)
        assert grid.sheet in told(read)


def test_other_sheets_are_reported(book: Path) -> None:
    other = load_workbook(book)
    other.create_sheet("备注")["A1"] = "有数据"
    other.save(book)
    assert "备注" in told(read_file(book))
    assert CHECK in told(read_file(drop_sheets(book, CHECK)))


def test_an_overwritten_difference_is_named(book: Path) -> None:
    sheet, area = next(iter(LAYOUT.differences.values()))
    read = read_file(set_text(book, sheet, area.a1, "已核对"))
    assert f"{sheet}!{area.a1}" in told(read)
    assert "已核对" in told(read)


def test_narrative_below_a_pushed_title(book: Path, tmp_path: Path) -> None:
    texts = {key: f"第{key}部分\n文字" for key in LAYOUT.narrative}
    given_ = Submission("某局", 2025, FORM.id, dict.fromkeys(FORM.items), narrative=texts)
    write_template(FORM, book, submission=given_)
    read = read_file(insert_row(book, FORM.narrative_sheet, 2))
    assert read.narrative == texts
    assert set(rules_of(read.structure)) == {"T2"}


# ---------------------------------------------------------------------- deep comparison
@each_form
def test_a_form_as_issued_has_no_differences(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "原样.xlsx"
    layout = layout_of(form)
    earlier = dict.fromkeys(layout.last_year, 2)
    for submission, last in ((None, {}), (busy(form), {}), (busy(form), earlier)):
        write_template(form, path, submission=submission, earlier=last)
        assert deep_differences(path, form) == ()


def test_deep_differences_name_the_cells(book: Path) -> None:
    _, sheet, total = a_total(LAYOUT)
    grid = next(iter(LAYOUT.tables.values()))
    label, merged = grid.labels[-1], next(x for x in grid.labels if not x.area.is_cell)
    outside = a1(grid.last_row + 9, grid.last_column + 9)
    other = load_workbook(book)
    other[sheet][total] = "=1+SUM(D6)"
    other[grid.sheet][label.area.a1] = "改过的表头"
    other[grid.sheet].unmerge_cells(merged.area.range)
    other[grid.sheet][outside] = "随手写的"
    other[CHECK].protection.sheet = False
    other.save(book)
    found = deep_differences(book, FORM)
    messages = "\n".join(finding.message for finding in found)
    for place in (f"{sheet}!{total}", f"{grid.sheet}!{label.area.a1}", f"{grid.sheet}!{outside}"):
        assert place in [cell for finding in found for cell in finding.cells]
    for words in ("=1+SUM(D6)", "改过的表头", label.text, merged.area.range, "随手写的", CHECK):
        assert words in messages
    assert {finding.rule for finding in found} == {"T2"}


def test_validation_taken_away_is_named(book: Path) -> None:
    _, sheet, cell = an_input(LAYOUT)
    other = load_workbook(book)
    other[sheet].data_validations.dataValidation.clear()
    other.save(book)
    found = deep_differences(book, FORM)
    assert f"{sheet}!{cell}" in [place for finding in found for place in finding.cells]


@pytest.mark.office
def test_saving_with_libreoffice_changes_nothing(
    book: Path, tmp_path: Path, office: object
) -> None:
    saved = tmp_path / "另存.xlsx"
    office.convert(book, saved)  # type: ignore[attr-defined]
    before, after = read_file(book), read_file(saved)
    assert (after.values, after.typed, after.structure) == (before.values, before.typed, ())
    assert deep_differences(saved, FORM) == ()

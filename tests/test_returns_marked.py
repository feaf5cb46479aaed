"""A marked workbook: everything the unit sent is still there, and only what fails is marked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from conformance import faults
from form_cases import FORMS, every_form
from gouji import editions
from gouji.gate import Refused
from gouji.layout import layout_of
from gouji.macros import compiled
from gouji.model import Form, Severity
from gouji.reading import read_file
from gouji.returns.marked import Mark, mark_workbook
from gouji.returns.problems import sheet_of
from gouji.structure import deep_differences
from gouji.template import write_template
from gouji.wording import say
from returned import (
    PROBLEMS,
    broken_form,
    changes,
    marked,
    marked_cells,
    problems_in,
    same,
)
from workbook_edits import insert_row, rename_sheet, rewrite, sheet_member
from workbooks import cached

FORM = editions.load("2021")
shipped = pytest.mark.parametrize("edition", editions.shipped())


@shipped
@pytest.mark.parametrize("macros", [False, True])
def test_nothing_changes_but_the_marked_cells(tmp_path: Path, edition: str, macros: bool) -> None:
    sent = broken_form(FORMS[edition], tmp_path / f"表.xls{'m' if macros else 'x'}", macros=macros)
    back, result = marked(sent)
    assert changes(sent, back, marked_cells(problems_in(sent))) == []
    assert result.suffix == sent.suffix and result.notes == ()
    assert faults(back) == []


@every_form
def test_it_reads_like_the_file_it_was(tmp_path: Path, form: Form) -> None:
    sent = tmp_path / "表.xlsx"
    broken_form(form, sent)
    before = read_file(sent)
    back, _ = marked(sent)
    assert same(read_file(back), before)
    assert read_file(back).explanations == {}
    assert deep_differences(back, form) == deep_differences(sent, form)


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsm", macros=True)
    assert marked(sent)[1] == marked(sent)[1]


def test_cells_are_coloured_and_annotated(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    problems = problems_in(sent)
    book = load_workbook(marked(sent)[0])
    for problem in problems:
        for index, (sheet, area) in enumerate(problem.spots):
            cell = book[sheet][area.a1]
            assert cell.fill.fgColor.rgb in ("FFF4A6AC", "FFFFD48A")
            if problem.hard:
                assert cell.fill.fgColor.rgb == "FFF4A6AC"
            if index == 0:
                assert problem.finding.message in cell.comment.text
                assert say(f"severity.{problem.finding.severity}") in cell.comment.text


def test_the_problem_sheet_says_what_and_where(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    problems = problems_in(sent)
    book = load_workbook(marked(sent)[0])
    sheet = book[PROBLEMS]
    assert book.active is sheet
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [PROBLEMS]
    rows = [row for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert [row[0].value for row in rows] == list(range(1, len(problems) + 1))
    for row, problem in zip(rows, problems, strict=True):
        texts = [cell.value for cell in row]
        assert texts[3] == problem.wrong and problem.wrong in problem.finding.message
        assert texts[4].startswith(problem.todo) and texts[4]
        assert texts[6:8] == [problem.finding.rule, problem.finding.message]
        assert texts[2] == problem.place
        name, area = problem.spots[0]
        assert row[2].hyperlink.location == f"'{name}'!{area.a1}"
        assert row[5].protection.locked == problem.hard
        assert (row[5].value == say("form_button.must_mend")) == problem.hard
    assert sheet.protection.sheet
    assert sheet.column_dimensions["G"].hidden
    assert "=红桥镇" in sheet["A2"].value and sheet["A2"].data_type == "s"


def test_a_hard_colour_goes_before_a_soft_one() -> None:
    from gouji.layout import Area
    from gouji.model import Finding, Status
    from gouji.returns.marked import marks_of
    from gouji.returns.problems import Problem

    spot = ("表", Area(1, 1, 1, 1))
    for order in ((Severity.SOFT, Severity.HARD), (Severity.HARD, Severity.SOFT)):
        found = [Problem(Finding("R", s, Status.FAILED, str(s)), (spot,), "", "") for s in order]
        (mark,) = marks_of(found)
        assert mark.severity is Severity.HARD and "hard" in mark.text and "soft" in mark.text


def test_own_comments_pictures_and_columns_stay(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    book = load_workbook(sent)
    problems = problems_in(sent)
    name, area = problems[0].spots[0]
    book[name][area.a1].comment = Comment("我单位的批注", "张三")
    book[name]["A1"].comment = Comment("另一条批注", "李四")
    book[name].column_dimensions["B"].width = 33
    book.save(sent)
    back, _ = marked(sent)
    sheet = load_workbook(back)[name]
    assert sheet["A1"].comment.text == "另一条批注" and sheet["A1"].comment.author == "李四"
    text = sheet[area.a1].comment.text
    assert text.startswith("我单位的批注") and problems[0].finding.message in text
    assert changes(sent, back, marked_cells(problems)) == []
    assert {each for each in faults(back) if "inlineStr" not in each} <= set(faults(sent))


def test_marks_follow_moved_rows_and_renamed_sheets(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    layout = layout_of(FORM)
    grid = next(g for g in layout.tables.values() if len(g.labels) > 30)
    code = next(c for c, rule in FORM.totals.items() if c in grid.cells)
    rename_sheet(insert_row(sent, grid.sheet, grid.first_data[0] + 1), grid.sheet, "改名")
    spots = {each.place for each in problems_in(sent) if each.spots}
    assert any(place.startswith("改名!") for place in spots)
    sheet = load_workbook(marked(sent)[0])["改名"]
    was = layout.cell(code)
    assert sheet.cell(was.row + 2, was.column + 1).fill.fgColor.rgb == "FFF4A6AC"


def test_cells_and_rows_that_are_not_stored_are_made(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    write_template(FORM, path)
    name = next(iter(layout_of(FORM).tables.values())).sheet
    marks = [
        Mark(name, (60, 30), Severity.SOFT, "一"),
        Mark(name, (50, 2), Severity.HARD, "二"),
        Mark(name, (50, 0), Severity.HARD),
        Mark("没有的页", (0, 0), Severity.HARD),
    ]
    result = mark_workbook(path.read_bytes(), marks, sheet_of("甲局", 2025, [], None))
    path.write_bytes(result.data)
    sheet = load_workbook(path)[name]
    assert sheet["AE61"].comment.text.endswith("一") and sheet["C51"].comment.text.endswith("二")
    assert sheet["A51"].fill.fgColor.rgb == "FFF4A6AC" and sheet["A51"].comment is None
    assert faults(path) == []


def test_texts_from_outside_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    write_template(FORM, path)
    unit = '=1+1 <b> & "x" \x01 _x0041_ 𠮷'
    result = mark_workbook(path.read_bytes(), [], sheet_of(unit, 2025, [], None, [unit]))
    path.write_bytes(result.data)
    shown = [value for value in cached(path)[PROBLEMS].values() if "=1+1" in str(value)]
    assert any('=1+1 <b> & "x" \ufffd _x0041_ 𠮷' in value for value in shown)
    assert all(cell.data_type != "f" for row in load_workbook(path)[PROBLEMS] for cell in row)


# ---------------------------------------------------------------------- macros
def test_our_own_macros_come_back_for_one_sheet_more(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsm", macros=True)
    back, result = marked(sent)
    count = len(load_workbook(sent).sheetnames)
    with zipfile.ZipFile(back) as archive:
        assert archive.read("xl/vbaProject.bin") == compiled("form", count + 1)
        assert b"macroEnabled" in archive.read("[Content_Types].xml")
    assert result.suffix == ".xlsm"
    again, _ = marked(back)  # sent back as it is, and returned once more
    with zipfile.ZipFile(again) as archive:
        assert archive.read("xl/vbaProject.bin") == compiled("form", count + 1)


def test_another_project_is_never_copied_on(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsm", macros=True)
    rewrite(sent, {"xl/vbaProject.bin": lambda data: data + b"EVIL"})
    back, result = marked(sent)
    assert b"EVIL" not in back.read_bytes()
    with zipfile.ZipFile(back) as archive:
        assert not [n for n in archive.namelist() if b"EVIL" in archive.read(n)]
    assert result.suffix == ".xlsm" and result.notes == (say("returns.left_out.macros_renewed"),)
    assert result.notes[0] in [cell.value for (cell, *_) in load_workbook(back)[PROBLEMS].rows]


def test_a_project_in_a_form_without_our_buttons_is_taken_out(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsm", macros=True)
    first = sheet_member(sent, say("sheet.cover"))
    rewrite(sent, {first: lambda data: data.replace(b'codeName="Sheet1"', b'codeName="Mine"')})
    back, result = marked(sent)
    with zipfile.ZipFile(back) as archive:
        assert "xl/vbaProject.bin" not in archive.namelist()
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")
    assert result.suffix == ".xlsx" and result.notes == (say("returns.left_out.macros"),)


# ---------------------------------------------------------------------- other programs
@pytest.mark.office
@pytest.mark.parametrize("macros", [False, True])
def test_a_form_saved_by_libreoffice(tmp_path: Path, office: object, macros: bool) -> None:
    sent = broken_form(FORM, tmp_path / f"表.xls{'m' if macros else 'x'}", macros=macros)
    saved = office.convert(sent, tmp_path / "另存.xlsx")  # type: ignore[attr-defined]
    back, _ = marked(saved)
    assert changes(saved, back, marked_cells(problems_in(saved))) == []
    assert same(read_file(back), read_file(saved))
    assert set(faults(back)) <= set(faults(saved))


@pytest.mark.office
def test_libreoffice_opens_and_calculates_it(tmp_path: Path, office: object) -> None:
    from workbooks import differences

    sent = broken_form(FORM, tmp_path / "表.xlsm", macros=True)
    back, _ = marked(sent)
    shown = office.recalculate(back)  # type: ignore[attr-defined]
    assert shown.pop(PROBLEMS)
    assert differences(shown, office.recalculate(sent)) == []  # type: ignore[attr-defined]
    again = office.convert(back, tmp_path / "再存.xlsx")  # type: ignore[attr-defined]
    assert same(read_file(again), read_file(sent))


def test_what_is_no_workbook_is_refused() -> None:
    for data in (b"", b"PK\x03\x04", b"<html></html>"):
        with pytest.raises(Refused):
            mark_workbook(data, [], sheet_of("甲", 2025, [], None))

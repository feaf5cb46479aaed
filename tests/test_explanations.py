"""Explanations travel back: from the check sheet of a form and from a problem sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from openpyxl import load_workbook

from builders import leaves
from file_desk import FileDesk
from form_cases import balanced
from gouji import editions
from gouji.book_cells import Book
from gouji.desk import Desk
from gouji.explanations import explanations_in, read_explanations
from gouji.findings_list import EXPLANATION, lines
from gouji.gate import Content, open_package
from gouji.live_form import confront_live, first_cell, read_form
from gouji.live_marks import _cells
from gouji.reading import read_file
from gouji.submit_draft import write_copy
from gouji.template import write_template
from gouji.wording import say
from office import Office
from returned import PROBLEMS, broken_form, marked, problems_in

FORM = editions.load("2021")
CHECK = say("sheet.check")
HARD = say("form_button.must_mend")


def queried(path: Path) -> Path:
    """A form with two soft findings and no hard one."""
    sent, _ = balanced(FORM)
    values = dict(sent.values)
    blank = {next(c for c in leaves(FORM) if FORM.items[c].table == table.name
                  and not values[c]) for table in FORM.tables[:2]}  # fmt: skip
    values |= dict.fromkeys(blank)
    write_template(FORM, path, submission=replace(sent, values=values))
    return path


def explanations(path: Path) -> dict[tuple[str, str], str]:
    return dict(read_file(path).explanations)


def written(path: Path, text: str) -> dict[tuple[str, str], str]:
    """Explain everything soft on the problem sheet; what should be read."""
    book = load_workbook(path)
    told = {}
    for row in book[PROBLEMS].iter_rows():
        if isinstance(row[0].value, int) and row[5].value != HARD:
            row[5].value = f"{text}{row[0].value}"
            row[5].data_type = "s"
            told[row[6].value, row[7].value] = row[5].value
    book.save(path)
    return told


def test_a_fresh_or_unmarked_form_has_none(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    write_template(FORM, path)
    assert explanations(path) == {}
    broken_form(FORM, path)
    assert explanations(path) == {}


def test_from_a_problem_sheet(tmp_path: Path) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    told = written(back, "=确无此项")
    assert told and explanations(back) == told
    soft = {(p.finding.rule, p.finding.message) for p in problems_in(back) if not p.hard}
    assert set(told) == soft


def test_from_a_submitted_copy(tmp_path: Path) -> None:
    live = read_form(cast(Desk, FileDesk(queried(tmp_path / "表.xlsx"))))
    found = lines(confront_live(live), lambda f: first_cell(live, f), {})
    found = [replace(line, explanation=f"说明\n第{n}条") for n, line in enumerate(found)]
    assert len(found) == 2
    write_copy(live, found, "校验", tmp_path / "报.xlsx")
    assert explanations(tmp_path / "报.xlsx") == {
        (line.finding.rule, line.finding.message): line.explanation for line in found
    }


@pytest.mark.parametrize("moved", [0, 3])
def test_from_the_list_of_a_form_wherever_it_stands(tmp_path: Path, moved: int) -> None:
    path = queried(tmp_path / "表.xlsx")
    live = read_form(cast(Desk, FileDesk(path)))
    found = lines(confront_live(live), lambda f: first_cell(live, f), {})
    book = load_workbook(path)
    sheet = book[CHECK]
    top = sheet.max_row + 3 + moved
    heads = {4: "form_button.message", EXPLANATION: "form_button.explanation"}
    for column, key in heads.items():
        sheet.cell(top, column + 1, f" {say(key)} ")
    for index, line in enumerate(found, 1):
        line = replace(line, explanation="3" if index == 1 else "")
        for column, value in enumerate(_cells(index, line), 1):
            sheet.cell(top + index, column, value)
        sheet.cell(top + index, EXPLANATION + 3, "表").value = "三、申请"  # the record of a mark
    book.save(path)
    first = found[0].finding
    assert explanations(path) == {(first.rule, first.message): "3"}


def test_hard_findings_need_none(tmp_path: Path) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    assert not [text for text in explanations(back).values() if text == HARD]


def test_the_later_list_counts(tmp_path: Path) -> None:
    """A copy with its own list, returned and explained anew."""
    live = read_form(cast(Desk, FileDesk(queried(tmp_path / "表.xlsx"))))
    found = lines(confront_live(live), lambda f: first_cell(live, f), {})
    write_copy(live, [replace(line, explanation="旧") for line in found], "", tmp_path / "报.xlsx")
    back, _ = marked(tmp_path / "报.xlsx")
    assert set(explanations(back).values()) == {"旧"}
    told = written(back, "新")
    assert explanations(back) == told


def test_rows_put_in_and_a_missing_sheet(tmp_path: Path) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    told = written(back, "原因")
    book = load_workbook(back)
    book[PROBLEMS].insert_rows(2, 5)
    book.save(back)
    assert explanations(back) == told
    book.remove(book[PROBLEMS])
    book.save(back)
    assert explanations(back) == {}


def test_a_formula_is_not_calculated(tmp_path: Path) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    book = load_workbook(back)
    for row in book[PROBLEMS].iter_rows():
        if isinstance(row[0].value, int) and row[5].value != HARD:
            row[5].value = '=1+1&"x"'
    book.save(back)
    assert explanations(back) == {}  # nobody calculated it: it says nothing


@pytest.mark.office
def test_after_libreoffice_saved_it(tmp_path: Path, office: object) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    told = written(back, "原因：\n")
    saved = office.convert(back, tmp_path / "另存.xlsx")  # type: ignore[attr-defined]
    assert explanations(saved) == told


def test_only_the_sheets_with_a_list_are_unpacked(tmp_path: Path) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    package = open_package(Content("", back.read_bytes(), ""))
    assert explanations_in(package) == {}
    skip = [name for name in load_workbook(back).sheetnames if name != PROBLEMS]
    told = written(back, "原因")
    package = open_package(Content("", back.read_bytes(), ""))
    assert read_explanations(Book(package, [n for n in skip if n != CHECK])) == told


@pytest.mark.office
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_from_a_marked_workbook_that_another_program_saved(
    office: Office, tmp_path: Path, ending: str
) -> None:
    back, _ = marked(broken_form(FORM, tmp_path / "表.xlsx"))
    told = written(back, "=确无此项")
    assert told
    assert explanations(office.convert(back, tmp_path / f"存.{ending}")) == told

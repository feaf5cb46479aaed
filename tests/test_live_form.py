"""The open form is read like a file: the same submission, findings and refusals."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import load_workbook

from builders import as_submission, close, leaves
from file_desk import FileDesk
from filled_forms import FORM, LAYOUT, busy, each_form
from form_cases import balanced, broken
from gouji import editions
from gouji.carry import earlier_year
from gouji.desk import Desk, Grid
from gouji.edits import confront
from gouji.findings_list import lines
from gouji.gate import Refused
from gouji.layout import layout_of
from gouji.live_form import as_sheet, confront_live, first_cell, read_form
from gouji.model import Form, Kind, Severity, Status
from gouji.reading import read_file
from gouji.template import write_template
from gouji.wording import say
from test_diagnosis_search import add_up


def desk(path: Path) -> Desk:
    return cast(Desk, FileDesk(path))


def written(tmp_path: Path, form: Form, **content: Any) -> Path:
    path = tmp_path / "表 =1.xlsx"
    write_template(form, path, **content)
    return path


@each_form
@pytest.mark.parametrize("case", [balanced, broken])
def test_the_open_form_says_what_its_file_says(tmp_path: Path, form: Form, case: Any) -> None:
    sent, earlier = case(form)
    path = written(tmp_path, form, submission=sent, earlier=earlier)
    live, filed = read_form(desk(path)), read_file(path)
    assert dict(live.submission.values) == dict(filed.values)
    assert replace(live.submission, sha256="", file="") == replace(filed, sha256="", file="")
    assert {c: live.place(c) for c in form.items} == {c: layout_of(form).place(c)
                                                      for c in form.items}  # fmt: skip


@each_form
def test_last_years_cells_decide_the_cross_year_rules(tmp_path: Path, form: Form) -> None:
    sent, earlier = balanced(form)
    across = {rule.name for rule in form.rules if rule.needs_last_year}
    known = read_form(desk(written(tmp_path, form, submission=sent, earlier=earlier)))
    assert not {f.rule for f in confront_live(known).findings} & across
    if layout_of(form).last_year:
        assert known.last_year == {c: earlier[c] for c in layout_of(form).last_year}
    unknown = read_form(desk(written(tmp_path, form, submission=sent)))
    open_ = [f for f in confront_live(unknown).findings if f.rule in across]
    assert {f.rule for f in open_} == across
    assert {f.status for f in open_} <= {Status.UNDECIDED}


def test_a_last_year_cell_left_blank_is_not_zero(tmp_path: Path) -> None:
    sent, earlier = balanced(FORM)
    code = next(iter(LAYOUT.last_year))
    rules = {rule.name for rule in FORM.rules
             if any(term.last_year and term.code == code for term in rule.terms)}  # fmt: skip
    given = {c: n for c, n in earlier.items() if c != code}
    live = read_form(desk(written(tmp_path, FORM, submission=sent, earlier=given)))
    found = {f.rule: f.status for f in confront_live(live).findings if f.rule in rules}
    assert found == dict.fromkeys(rules, Status.UNDECIDED)


def test_in_the_first_year_of_an_edition_a_redefined_number_is_only_queried(
    tmp_path: Path,
) -> None:
    """The same as the command line says with last year's own file."""
    form = editions.load("2021")
    old = editions.load("2019")
    sent, _ = balanced(form, year=form.first_year)
    before = as_submission(old, sent.unit, dict.fromkeys(old.items, 3), year=form.first_year - 1)
    numbers = {c: e.number for c, e in earlier_year(form, before).values.items()}
    path = written(tmp_path, form, submission=sent, earlier=numbers)
    live = read_form(desk(path))
    across = {rule.name for rule in form.rules if rule.needs_last_year}
    mine = {f.rule: (f.severity, f.status, f.message) for f in confront_live(live).findings
            if f.rule in across}  # fmt: skip
    theirs = {f.rule: (f.severity, f.status, f.message)
              for f in confront(form, read_file(path), before, layout_of(form).place).findings
              if f.rule in across}  # fmt: skip
    assert mine == theirs
    severities = {severity for severity, status, _ in mine.values() if status is Status.FAILED}
    assert severities == {Severity.HARD, Severity.SOFT}


def test_a_row_put_in_moves_the_marks_with_it(tmp_path: Path) -> None:
    path = written(tmp_path, FORM, submission=busy(FORM))
    code = leaves(FORM)[-1]
    sheet, cell = LAYOUT.sheet_of[code], LAYOUT.cell(code)
    book = load_workbook(path)
    moved = book[sheet]
    areas = [str(area) for area in moved.merged_cells.ranges]
    for area in areas:
        moved.unmerge_cells(area)
    moved.insert_rows(3)
    book.save(path)
    live = read_form(desk(path))
    assert live.spots[code][1].row == cell.row + 1
    assert live.submission.values[code] == busy(FORM).values[code]


def test_a_renamed_sheet_is_named_as_it_is_now(tmp_path: Path) -> None:
    path = written(tmp_path, FORM, submission=busy(FORM))
    code = leaves(FORM)[0]
    book = load_workbook(path)
    book[LAYOUT.sheet_of[code]].title = "我的表"
    book.save(path)
    live = read_form(desk(path))
    assert live.place(code) == f"我的表!{LAYOUT.cell(code).a1}"


def test_what_is_no_form_is_refused(tmp_path: Path) -> None:
    class Empty(FileDesk):
        def __init__(self) -> None:
            self.file = "x"

        def sheets(self) -> tuple[str, ...]:
            return ("Sheet1",)

        def grid(self, sheet: str) -> Grid:
            return Grid([["hello"]], [["hello"]])

    with pytest.raises(Refused):
        read_form(cast(Desk, Empty()))


def test_numbers_come_as_the_file_readers_give_them() -> None:
    amount = next(c for c, i in FORM.items.items() if i.kind is Kind.AMOUNT)
    assert FORM.items[amount].decimals
    values = [[3.0, 0.1 + 0.2, Decimal("59237.2449"), 7, True, None, "２３", "=1+1", "六"]]
    texts = [["3", "0.3", "59237.2449", "7", "TRUE", "", "２３", "=1+1", '=IF(1,"六")']]
    sheet = as_sheet("表", Grid(values, texts))
    read = [sheet.value(0, column) for column in range(9)]
    assert read == [3, Decimal("0.3"), Decimal("59237.2449"), 7, "TRUE", None, "２３", "=1+1", "六"]
    assert [type(value) for value in read[:4]] == [int, Decimal, Decimal, int]
    assert set(sheet.marks) == {(0, 8)}  # the text “=1+1” is no formula


def test_a_finding_leads_to_a_cell_a_person_can_mend(tmp_path: Path) -> None:
    sent, _ = broken(FORM)
    live = read_form(desk(written(tmp_path, FORM, submission=sent)))
    found = [f for f in confront_live(live).findings if f.status is Status.FAILED]
    assert found
    for finding in found:
        spot = first_cell(live, finding)
        assert spot and spot[0] in (*LAYOUT.sheets,), finding
        inputs = [live.spots[c] for c in finding.items if c not in FORM.totals]
        assert not inputs or spot in inputs


def test_a_form_for_the_wrong_year_leads_to_the_cover(tmp_path: Path) -> None:
    sent, _ = balanced(FORM, year=FORM.first_year - 1)
    live = read_form(desk(written(tmp_path, FORM, submission=sent)))
    about_years = [r.name for r in FORM.form_rules.values() if r.kind == "edition_year"]
    wrong = [f for f in confront_live(live).findings if f.rule in about_years]
    assert [first_cell(live, f) for f in wrong] == [(say("sheet.cover"), LAYOUT.cover["year"])]


def test_a_form_that_names_an_address_is_sent_there(tmp_path: Path) -> None:
    path = written(tmp_path, FORM, submission=busy(FORM))
    assert read_form(desk(path)).send_to == ""
    path = written(tmp_path, FORM, submission=busy(FORM), send_to="xxgk@example.gov.cn")
    assert read_form(desk(path)).send_to == "xxgk@example.gov.cn"


def test_a_cover_without_the_line_for_the_address_is_read_all_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, FORM, submission=busy(FORM), send_to="xxgk@example.gov.cn")
    book = load_workbook(path)
    area = LAYOUT.cover["send_to"]
    for column in (area.column, area.column + 1):
        book[say("sheet.cover")].cell(area.row + 1, column).value = None
    book.save(path)
    live = read_form(desk(path))
    assert (live.send_to, live.submission.unit) == ("", busy(FORM).unit)


def test_the_open_form_names_what_is_probably_wrong(tmp_path: Path) -> None:
    """A slip that stands out: one line below the message, in the list and at the cell."""
    right = {"received.person": 45, "result.granted.person": 27, "result.partial.person": 18}
    values = close(FORM, {f"requests.{code}": n for code, n in right.items()})
    code = "requests.result.granted.person"
    wrong = add_up(FORM, values | {code: 72})
    live = read_form(desk(written(tmp_path, FORM, submission=as_submission(FORM, "甲局", wrong))))
    result = confront_live(live)
    found = lines(result, lambda f: first_cell(live, f), {})
    line = next(each for each in found if each.finding.rule == "E1.person")
    message, hint, *_ = line.told.split("\n")
    assert message == line.finding.message
    assert hint.startswith(f"可能：{live.place(code)}") and "现填 72，如改为 27" in hint
    assert "颠倒" in hint


def test_a_form_that_is_right_does_not_load_the_diagnosis(tmp_path: Path) -> None:
    sent, earlier = balanced(FORM)
    path = written(tmp_path, FORM, submission=sent, earlier=earlier)
    program = (
        "import sys; sys.path.insert(0, 'tests'); from file_desk import FileDesk; "
        "from gouji.live_form import confront_live, read_form; from pathlib import Path; "
        "confront_live(read_form(FileDesk(Path(sys.argv[1])))); "
        "print(*[name for name in sys.modules if name.startswith('gouji.diagnosis')])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True,
                          text=True, check=True, cwd=Path(__file__).parent.parent)  # fmt: skip
    assert done.stdout.strip() == ""

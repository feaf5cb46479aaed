"""A marked workbook that comes back: old marks go, the unit's own work stays."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from conformance import faults
from gouji import editions
from gouji.edits import confront
from gouji.layout import a1, layout_of
from gouji.model import Severity, Status
from gouji.reading import read_file
from gouji.returns.cells import is_fill, solid
from gouji.returns.marked import Mark, mark_workbook, marks_of
from gouji.returns.problem_sheet import RECORD
from gouji.returns.problems import sheet_of
from returned import DAY, PROBLEMS, broken_form, changes, marked, marked_cells, problems_in, same
from workbook_edits import rewrite, sheet_member

FORM = editions.load("2021")


def unmarked(path: Path) -> None:
    """Return the file once more with nothing to mark."""
    result = mark_workbook(path.read_bytes(), [], sheet_of("甲局", 2025, [], DAY))
    path.write_bytes(result.data)


@pytest.mark.parametrize("macros", [False, True])
def test_the_marks_of_last_time_go(tmp_path: Path, macros: bool) -> None:
    sent = broken_form(FORM, tmp_path / f"表.xls{'m' if macros else 'x'}", macros=macros)
    back, _ = marked(sent)
    unmarked(back)
    assert changes(sent, back, set()) == []
    assert faults(back) == []
    with zipfile.ZipFile(back) as archive:
        assert not [name for name in archive.namelist() if "returned2" in name]


#: In and below the table of single cells; a merged one holds nothing but in its first cell.
PLACES = st.tuples(st.integers(5, 45), st.integers(3, 9))
QUICK = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@QUICK
@given(marks=st.dictionaries(PLACES, st.tuples(st.sampled_from(Severity), st.text(max_size=30))))
def test_any_marks_can_be_taken_away(tmp_path: Path, marks: dict[tuple[int, int], Any]) -> None:
    sent, back = broken_form(FORM, tmp_path / "表.xlsx"), tmp_path / "退回.xlsx"
    name = next(g for g in layout_of(FORM).tables.values() if len(g.labels) > 30).sheet
    wanted = [Mark(name, place, *look) for place, look in marks.items()]
    result = mark_workbook(sent.read_bytes(), wanted, sheet_of("甲局", 2025, [], DAY))
    back.write_bytes(result.data)
    sheet = load_workbook(back)[name]
    for place, (_, text) in marks.items():
        assert sheet[a1(*place)].fill.fgColor.rgb in ("FFF4A6AC", "FFFFD48A")
        assert (sheet[a1(*place)].comment is not None) == bool(text)
    unmarked(back)
    assert changes(sent, back, set()) == []


def test_returned_twice_is_marked_once(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    back, _ = marked(sent)
    twice, _ = marked(back, tmp_path / "二.xlsx")
    assert changes(sent, twice, marked_cells(problems_in(sent))) == []
    book = load_workbook(twice)
    assert book.sheetnames.count(PROBLEMS) == 1
    for problem in problems_in(sent):
        name, area = problem.spots[0]
        assert book[name][area.a1].comment.text.count(problem.finding.message) == 1


def test_what_the_unit_did_meanwhile_stays(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    problems = problems_in(sent)
    name, area = problems[0].spots[0]
    book = load_workbook(sent)
    book[name][area.a1].comment = Comment("原来的批注", "张三")
    book.save(sent)
    back, _ = marked(sent)
    other_name, other = next(each.spots[0] for each in problems if each.spots[0][0] != name)
    book = load_workbook(back)
    book[other_name][other.a1].fill = PatternFill("solid", fgColor="FF00FF00")
    book[other_name]["A1"].comment = Comment("新写的批注", "李四")
    book.save(back)
    unmarked(back)
    book = load_workbook(back)
    assert book[name][area.a1].comment.text.strip() == "原来的批注"
    assert book[other_name][other.a1].fill.fgColor.rgb == "FF00FF00"
    assert book[other_name]["A1"].comment.text == "新写的批注"


@pytest.mark.office
def test_marks_go_after_libreoffice_saved_the_file(tmp_path: Path, office: object) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    plain = office.convert(sent, tmp_path / "另存.xlsx")  # type: ignore[attr-defined]
    back, _ = marked(sent)
    saved = office.convert(back, tmp_path / "再存.xlsx")  # type: ignore[attr-defined]
    unmarked(saved)
    fills = [
        {(s.title, c.coordinate): c.fill.fgColor.rgb for row in s for c in row if c.fill.fill_type}
        for path in (plain, saved)
        for s in load_workbook(path).worksheets
        if s.title != PROBLEMS
    ]
    half = len(fills) // 2
    assert fills[:half] == fills[half:]
    book = load_workbook(saved)
    assert not [c for s in book.worksheets for row in s for c in row if c.comment]


def test_a_forged_record_does_no_harm(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    back, _ = marked(sent)
    book = load_workbook(back)
    sheet = book[PROBLEMS]
    evil = ['{"pattern": "solid", "fgColor": "rgb=FF0000FF\\" evil=\\"1"}', "[1]", "nonsense",
            '{"pattern": "solid", "x": 1}', '{"pattern": {}}']  # fmt: skip
    rows = [row for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    for row, text in zip(rows, evil, strict=False):
        row[RECORD + 2].value = text
        assert not is_fill(text)
    rows[-1][RECORD].value, rows[-1][RECORD + 1].value = "没有的页", "ZZZ0"
    book.save(back)
    before = read_file(back)
    unmarked(back)
    assert same(read_file(back), before)


def test_a_fill_survives_as_text() -> None:
    assert is_fill(solid("F4A6AC")) and is_fill("")
    assert is_fill(json.dumps({"pattern": "gray125", "fgColor": "theme=4&tint=-0.25"}))


def test_conversations_are_left_alone(tmp_path: Path) -> None:
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    problem = problems_in(sent)[0]
    name, area = problem.spots[0]
    book = load_workbook(sent)
    book[name][area.a1].comment = Comment("[Threaded comment] 看新版", "tc={1}")
    book.save(sent)
    base = "http://schemas.microsoft.com/office/2017/10/relationships/"
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    thread = (f'<ThreadedComments xmlns="{space}"><threadedComment ref="{area.a1}" id="{{1}}" '
              'personId="{2}"><text>请看</text></threadedComment></ThreadedComments>')  # fmt: skip
    person = f'<personList xmlns="{space}"><person displayName="张三" id="{{2}}"/></personList>'
    member = sheet_member(sent, name)
    links = member.replace("worksheets/", "worksheets/_rels/") + ".rels"

    def link(kind: str, target: str) -> bytes:
        return f'<Relationship Id="t1" Type="{base}{kind}" Target="{target}"/>'.encode()

    end = b"</Relationships>"
    with zipfile.ZipFile(sent, "a") as archive:
        archive.writestr("xl/threadedComments/tc1.xml", thread)
        archive.writestr("xl/persons/person.xml", person)
    rewrite(sent, {
        links: lambda data: data.replace(
            end, link("threadedComment", "/xl/threadedComments/tc1.xml") + end),
        "xl/_rels/workbook.xml.rels": lambda data: data.replace(
            end, link("person", "/xl/persons/person.xml") + end),
    })  # fmt: skip
    back, _ = marked(sent)
    with zipfile.ZipFile(back) as archive:
        assert archive.read("xl/threadedComments/tc1.xml").decode() == thread
        assert archive.read("xl/persons/person.xml").decode() == person
    sheet = load_workbook(back)[name]
    assert sheet[area.a1].comment.text == "[Threaded comment] 看新版"
    assert sheet[area.a1].fill.fgColor.rgb == "FFF4A6AC"


def test_explained_problems_are_kept_in_the_list(tmp_path: Path) -> None:
    """What is explained is not asked for again, but shown with its explanation."""
    sent = broken_form(FORM, tmp_path / "表.xlsx")
    found = confront(FORM, read_file(sent), None, layout_of(FORM).place)
    soft = next(f for f in found.findings
                if f.severity == "soft" and f.status is Status.FAILED)  # fmt: skip
    problems = problems_in(sent, {(soft.rule, soft.message): "=本年确无"})
    assert [p.open for p in problems].count(False) == 1
    result = mark_workbook(
        sent.read_bytes(), marks_of(problems), sheet_of("甲", 2025, problems, DAY)
    )
    sent.write_bytes(result.data)
    cells = [cell for row in load_workbook(sent)[PROBLEMS] for cell in row]
    (cell,) = [each for each in cells if each.value == "=本年确无"]
    assert cell.data_type == "s" and not cell.protection.locked
    assert read_file(sent).explanations == {(soft.rule, soft.message): "=本年确无"}

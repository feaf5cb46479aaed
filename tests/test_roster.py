"""The roster: no name is guessed, every mistake is told with its row, files go round unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.model import LEVELS, Unit
from gouji.roster import Roster
from gouji.roster_file import RosterError, read_roster, write_roster

EDUCATION = Unit("云溪区教育局", code="0101", level="department", aliases=("教育局", "区教育局"))
SPORT = Unit("云溪区体育局", code="0102", level="department", aliases=("文体局",))
CULTURE = Unit("云溪区文化局", level="department", aliases=("文体局",))


def sheet(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


# ------------------------------------------------------------------ finding a unit
@pytest.mark.parametrize("name", ["云溪区教育局", " 云溪区 教育局\u3000", "区教育局", "教\n育局"])
def test_a_name_or_alias_finds_its_unit(name: str) -> None:
    assert Roster((EDUCATION, SPORT)).find(name) == EDUCATION


def test_full_width_forms_and_case_are_the_same_name() -> None:
    roster = Roster((Unit("Office A1（东区）", code="X-1"),))
    assert roster.find("ＯＦＦＩＣＥ　Ａ１(东区)") == roster.units[0]
    assert roster.find("", "ｘ－１") == roster.units[0]


def test_a_code_finds_a_unit_only_where_no_name_is_given() -> None:
    roster = Roster((EDUCATION, SPORT))
    assert roster.find("", "0102") == SPORT
    assert roster.find("气象局", "0102") is None


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("教育", "", "教育"),  # part of a name is no name
        ("文体局", "", "云溪区文化局"),  # two units carry it
        ("教育局", "0102", "云溪区体育局"),  # name and code contradict
        ("", "", "单位名称"),
        ("", "9999", "9999"),
    ],
)
def test_what_is_not_certain_is_not_guessed(name: str, code: str, told: str) -> None:
    match = Roster((EDUCATION, SPORT, CULTURE)).match(name, code)
    assert match.unit is None
    assert told in match.why


def test_a_code_tells_two_units_of_one_alias_apart() -> None:
    assert Roster((EDUCATION, SPORT, CULTURE)).find("文体局", "0102") == SPORT


# ------------------------------------------------------------------ problems
def test_all_problems_are_told_at_once() -> None:
    units = (
        Unit("教育局", code="1", level="department"),
        Unit("教 育 局", code="2", level="部委"),
        Unit("  ", code="3"),
        Unit("民政局", code="１", aliases=("教育局",)),
    )
    rows = [problem.rows for problem in Roster(units).problems()]
    assert sorted(rows) == [(0, 1, 3), (0, 3), (1,), (2,)]


def test_an_alias_equal_to_the_own_name_is_no_problem() -> None:
    assert Roster((Unit("教育局", aliases=("教育局",)),)).problems() == ()


# ------------------------------------------------------------------ files
_words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4EFF), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(names=st.lists(_words, min_size=1, max_size=8, unique=True), data=st.data())
def test_write_then_read_is_the_identity(
    names: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    units = tuple(
        Unit(
            f"{name}局",
            code=f"0{number}",
            level=data.draw(st.sampled_from([*LEVELS, ""])),
            aliases=data.draw(st.sampled_from([(), (f"{name}办",), (f"{name}办", f"{name}所")])),
            email=data.draw(st.sampled_from(["", "=1+1@example.cn", "a@example.cn"])),
            contact=data.draw(st.sampled_from(["", "张三"])),
        )
        for number, name in enumerate(names)
    )
    path = tmp_path_factory.mktemp("roster") / "名录.xlsx"
    write_roster(path, units)
    assert read_roster(path).units == units


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_roster(first, [EDUCATION])
    write_roster(second, [EDUCATION])
    assert first.read_bytes() == second.read_bytes()
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_an_empty_form_is_refused_until_it_is_filled(tmp_path: Path) -> None:
    write_roster(tmp_path / "名录.xlsx")
    with pytest.raises(RosterError, match="一个单位也没有"):
        read_roster(tmp_path / "名录.xlsx")


def test_columns_in_any_order_extra_ones_ignored_numbers_as_codes(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "名录.xlsx",
        [
            ["2020 年名录"],
            [],
            ["序号", "邮箱", "别名", "级别", "单位代码", "单 位 名 称"],
            [1, "a@b.cn", "教育局；教委,区教育局", "部门", 330302, "云溪区教育局"],
            ["", "", "", "", "", ""],
            [2, "", "", "街道办事处", "", "望江街道"],
        ],
    )
    assert read_roster(path).units == (
        Unit("云溪区教育局", "330302", "department", ("教育局", "教委", "区教育局"), "a@b.cn"),
        Unit("望江街道", level="street"),
    )


def test_every_mistake_of_a_file_is_told_with_its_row(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["单位名称", "单位代码", "级别"],
        ["教育局", "01", "部门"],
        [],
        ["教育局", "02", "中央"],
        ["", "03", "部门"],
    ]
    with pytest.raises(RosterError) as caught:
        read_roster(sheet(tmp_path / "名录.xlsx", rows))
    assert len(caught.value.problems) == 3
    told = str(caught.value)
    assert "第 2、4 行" in told
    assert "第 4 行" in told
    assert "中央" in told
    assert "第 5 行" in told


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 torn", b"<html><table></table></html>"]
)
def test_a_file_that_is_no_workbook_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "名录.xlsx"
    path.write_bytes(content)
    with pytest.raises(RosterError) as caught:
        read_roster(path)
    assert len(caught.value.problems) == 1
    assert "名录.xlsx" in str(caught.value)


def test_a_missing_file_and_a_missing_column_are_told(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"名录\.xlsx"):
        read_roster(tmp_path / "名录.xlsx")
    with pytest.raises(RosterError, match="单位名称"):
        read_roster(sheet(tmp_path / "表.xlsx", [["甲", "乙"], [1, 2]]))

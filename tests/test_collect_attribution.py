"""Which unit a file belongs to: names and codes, near names, and what must not contradict."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intakes
from gouji.collecting import State, collect
from gouji.collecting.attribution import Attribution, Attributor, _one_slip
from gouji.deciding import Decision, decide
from gouji.gate import Reason
from gouji.ledger.events import Kind
from gouji.model import Unit
from gouji.roster import Roster
from intakes import at, begun, form
from rounds import QUERIED, SOUND, UNITS

NAMES = (
    "教育局", "发展和改革局", "市场监督管理局", "仰义街道办事处", "藤桥镇人民政府", "城东街道",
    "人民政府办公室", "开发区管理委员会", "卫生健康局",
)  # fmt: skip
ROSTER = Roster(tuple(
    Unit(name, f"C{n:02}", email=f"u{n}@x.org、v{n}@x.org") for n, name in enumerate(NAMES)
))  # fmt: skip


def found(name: str, code: str = "", *senders: str, roster: Roster = ROSTER) -> Attribution:
    return Attributor(roster, "鹿城区").attribute(name, code, frozenset(senders))


def unit_of(name: str, code: str = "", *senders: str) -> str:
    result = found(name, code, *senders)
    return result.unit.name if result.unit else str(result.reason)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        (" 教育局 ", "教育局"),
        ("鹿城区教育局", "教育局"),
        ("区教育局", "教育局"),
        ("鹿城教育局", "教育局"),
        ("温州市鹿城区教育局", "教育局"),
        ("鹿城区发展和改革局", "发展和改革局"),
        ("发展与改革局", "发展和改革局"),
        ("发展改革局", "发展和改革局"),
        ("市场监管管理局", "市场监督管理局"),
        ("仰义街道", "仰义街道办事处"),
        ("鹿城区仰义街道办事处", "仰义街道办事处"),
        ("藤桥镇", "藤桥镇人民政府"),
        ("藤桥镇政府", "藤桥镇人民政府"),
        ("开发区管委会", "开发区管理委员会"),
        ("城东街道办事处", "城东街道"),
    ],
)
def test_the_same_name_written_otherwise(name: str, unit: str) -> None:
    result = found(name)
    assert result.unit is not None and result.unit.name == unit
    assert (result.notes == ()) == (name.strip() == unit), "what was overlooked is told"
    assert all(name in note and unit in note for note in result.notes)


@pytest.mark.parametrize(
    "name",
    [
        "民政局", "城西街道", "城北街道办事处", "瓯海区教育局", "市教育局", "教委", "局", "区",
        "发展局", "科学技术局", "鹿城区", "人民政府", "=1+1", "\u202e教育", "教" * 5000,
    ],
)  # fmt: skip
def test_another_name_is_never_guessed(name: str) -> None:
    result = found(name)
    assert result.unit is None and result.reason == Reason.UNKNOWN_UNIT
    assert len(result.why) < 400 and "\n" not in result.why


def test_short_names_are_never_mistyped() -> None:
    assert unit_of("教肓局") == Reason.UNKNOWN_UNIT
    assert unit_of("卫生健康委") == "卫生健康局"


def test_two_near_units_are_ambiguous() -> None:
    roster = Roster((Unit("交通运输局"), Unit("交通运管局")))
    result = found("交通运营局", roster=roster)
    assert result.reason == Reason.AMBIGUOUS_UNIT
    assert "交通运输局" in result.why and "交通运管局" in result.why


def test_no_name_is_no_unit_whoever_sent_it() -> None:
    assert unit_of(" ") == Reason.NO_UNIT and unit_of("", "C99") == Reason.NO_UNIT
    result = found("", "", "u0@x.org")
    assert result.reason == Reason.NO_UNIT and "教育局" in result.why, "told, not used"


def test_a_code_alone_or_one_that_contradicts() -> None:
    assert unit_of("", "C01") == "发展和改革局"
    assert unit_of("教育局", "C01") == Reason.AMBIGUOUS_UNIT
    assert unit_of("发展与改革局", "C01") == "发展和改革局"
    assert unit_of("发展与改革局", "C00") == Reason.AMBIGUOUS_UNIT
    assert unit_of("某某局", "C00") == Reason.UNKNOWN_UNIT
    assert "教育局" in found("某某局", "C00").why


def test_the_senders_address_decides_nothing_but_must_not_contradict_a_near_name() -> None:
    assert unit_of("教育局", "", "u0@x.org") == "教育局"
    assert unit_of("教育局", "", "v0@x.org") == "教育局"
    assert unit_of("教育局", "", "stranger@y.org") == "教育局"
    sent_by_another = found("教育局", "", "u1@x.org")
    assert sent_by_another.unit and sent_by_another.unit.name == "教育局"
    (note,) = sent_by_another.notes
    assert "教育局" in note and "发展和改革局" in note
    assert not found("教育局", "", "u1@x.org", "u0@x.org").notes
    assert unit_of("某某局", "", "u0@x.org") == Reason.UNKNOWN_UNIT
    near = found("鹿城区教育局", "", "u1@x.org")
    assert near.reason == Reason.AMBIGUOUS_UNIT
    assert "教育局" in near.why and "发展和改革局" in near.why


@given(st.sampled_from(NAMES), st.integers(0, 20), st.characters())
def test_one_wrong_character_is_a_slip_both_ways(name: str, place: int, wrong: str) -> None:
    place %= len(name)
    typed = name[:place] + wrong + name[place + 1 :]
    assert _one_slip(typed, name) == _one_slip(name, typed)
    if len(name) < 4:
        assert not _one_slip(typed, name)


@given(st.text(max_size=40), st.text(max_size=6), st.lists(st.text(max_size=9), max_size=3))
def test_anything_gives_a_unit_or_a_reason(name: str, code: str, senders: list[str]) -> None:
    result = found(name, code, *senders)
    assert (result.unit is None) == bool(result.reason) == bool(result.why)


def test_a_near_name_is_logged_with_the_file(tmp_path: Path) -> None:
    made = begun(tmp_path)
    (made.inbox / "a.xlsx").write_bytes(form("云溪区民政局"))
    (state,) = collect(made).files
    assert (state.unit, state.state) == (QUERIED, State.LATEST)
    assert "云溪区民政局" in state.notes[0]


def test_one_clerk_may_send_for_two_units_and_it_is_told(tmp_path: Path) -> None:
    made = begun(tmp_path)
    box = intakes.Box()
    own, data = UNITS[0].email, form(QUERIED, 1)
    box.put(intakes.message(("a.xlsx", data), sender=own.upper(), sent=at(60)))
    (state,) = collect(made, [box]).files
    assert (state.unit, state.sender) == (QUERIED, own.upper())
    assert any(SOUND in note for note in state.notes)
    box.put(intakes.message(("a.xlsx", form(SOUND, 1)), sender=own, sent=at(50)))
    assert collect(made, [box]).files[0].unit == SOUND


PAGE = "<html><head><title>{title}</title></head><body><p>{text}</p></body></html>"


def test_a_page_without_tables_is_of_the_unit_in_its_title(tmp_path: Path) -> None:
    made = begun(tmp_path)
    title = f"云溪区{QUERIED}{made.year}年政府信息公开工作年度报告"
    page = PAGE.format(title=title, text="正在建设中")
    (made.inbox / "a.html").write_text(page, encoding="utf-8")
    (state,) = collect(made).files
    assert (state.unit, state.state) == (QUERIED, State.REFUSED)
    assert "表格" in state.why


def test_what_cannot_be_read_can_be_given_to_a_unit(tmp_path: Path) -> None:
    """It goes back to that unit, whoever it was that found out."""
    made = begun(tmp_path)
    page = PAGE.format(title="首页", text="正在建设中")
    (made.inbox / "a.html").write_text(page, encoding="utf-8")
    (state,) = collect(made).files
    assert (state.unit, state.state) == ("", State.REFUSED)
    decide(made, [Decision("a.html", Kind.ASSIGNED, SOUND)])
    (state,) = collect(made).files
    assert (state.unit, state.state) == (SOUND, State.REFUSED)
    assert "表格" in state.why

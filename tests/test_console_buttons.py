"""What the console's buttons do to it and to the round, on a workbook in memory."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import rounds
from consoles import (
    CALLS,
    FINDINGS,
    FRONT,
    LIST,
    LOG,
    STANDING,
    at,
    folder_of,
    listed,
    outcome,
    states,
)
from fake_book import FakeBook
from gouji import console_buttons, round_actions
from gouji.console_book import (
    FIRST_ROW,
    column,
    fact_cell,
    run_cell,
    write_console,
)
from gouji.reading import read_file
from gouji.round import is_round, read_round
from gouji.wording import say
from rounds import BROKEN, QUERIED, SILENT, SOUND, YEAR, filled


# ------------------------------------------------------------------ buttons on a fake book
@pytest.fixture
def fake(tmp_path: Path) -> FakeBook:
    return FakeBook(filled(tmp_path).console)


def test_collect_shows_where_each_unit_stands(fake: FakeBook) -> None:
    before = rounds.seen_in(folder_of(fake) / "收件")
    console_buttons.collect(fake)
    assert states(fake) == STANDING
    assert not fake.sheets[LIST].formulas, "no unit's name became a formula"
    links = fake.sheets[LIST].links
    assert len(links) == 4 and all(link.startswith("file:///") for link in links.values())
    assert fake.app.alerts == [] and "未报 1" in outcome(fake)
    assert rounds.seen_in(folder_of(fake) / "收件") == before


def test_check_lists_findings_that_lead_to_their_cell(fake: FakeBook) -> None:
    console_buttons.check_all(fake)
    rows = listed(fake, FINDINGS, "unit", "severity", "place", "message")
    assert {row[0] for row in rows} == {QUERIED, BROKEN}
    assert (BROKEN, say("severity.hard")) in {row[:2] for row in rows}
    links = fake.sheets[FINDINGS].links
    assert len(links) == len(rows)
    for (row, _), link in links.items():
        unit, _, place, _ = rows[row - FIRST_ROW - 1]
        sheet, _, cell = re.split(r" ?等", place)[0].rpartition("!")
        assert link.endswith(f"#'{sheet}'!{cell}")
        assert ("%23" in link) == (unit == QUERIED), "a # in a file's name is no fragment"


def test_an_explanation_stays_and_lets_the_unit_pass(fake: FakeBook) -> None:
    console_buttons.check_all(fake)
    place = column("findings", "explanation") + 1
    units = [row[0] for row in listed(fake, FINDINGS, "unit")]
    for n, unit in enumerate(units):
        if unit == QUERIED:
            fake.sheets[FINDINGS].range((FIRST_ROW + 1 + n, place)).value = "确实没有"
    console_buttons.check_all(fake)
    told = listed(fake, FINDINGS, "unit", "explanation")
    assert [text for unit, text in told if unit == QUERIED] == ["确实没有"] * units.count(QUERIED)
    assert states(fake)[QUERIED] == "通过" and states(fake)[BROKEN] == "退回"
    console_buttons.collect(fake)
    assert states(fake)[QUERIED] == "通过"


def test_issue_and_compile_write_into_the_round(fake: FakeBook) -> None:
    made = read_round(folder_of(fake))
    console_buttons.issue(fake)
    assert len(list(made.issued.glob("*.xlsx"))) == 4 and "新写 4 份" in outcome(fake)
    console_buttons.compile_round(fake)
    assert len(read_file(made.book).children) == 2 and made.book.name in outcome(fake)
    assert states(fake)[SOUND] == "通过" and listed(fake, FINDINGS, "unit")


def test_long_work_says_how_far_it_is(fake: FakeBook) -> None:
    console_buttons.collect(fake)
    told = [text for text in fake.app.status if isinstance(text, str)]
    assert any("收表" in text and "/4" in text for text in told)
    assert fake.app.status[-1] is False, "the status bar is given back"
    log = [row[0] for row in listed(fake, LOG, "text")]
    assert log[0].startswith("开始") and log[-1] == outcome(fake)


@pytest.mark.parametrize("by", ["cell", "file"])
def test_long_work_can_be_stopped(fake: FakeBook, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """Asked for while it runs: the files already written stay, the rest is not begun."""
    made = read_round(folder_of(fake))
    row, place = run_cell("stop")
    stop_file = folder_of(fake) / say("console.stop_file")
    asked: list[str] = []
    work = round_actions.blank

    def slowly(*given: Any, **named: Any) -> None:
        if not asked:
            asked.append(by)
            if by == "cell":
                fake.sheets[FRONT].cells[row + 1, place + 1] = "停"
            else:
                stop_file.touch()
        work(*given, **named)
        seen.wait(20)

    seen = Event()
    status = type(fake.app).status_bar.fset

    def tell(app: Any, value: Any) -> None:
        status(app, value)
        if isinstance(value, str) and value == say("console.stopping", button="发表"):
            seen.set()

    monkeypatch.setattr(type(fake.app), "status_bar", property(lambda app: None, tell))
    monkeypatch.setattr(round_actions, "blank", slowly)
    console_buttons.issue(fake)
    assert asked and outcome(fake) == say("round.stopped")
    assert len(list(made.issued.glob("*.xlsx"))) == 1
    assert not stop_file.exists() and at(fake, FRONT, row, place) is None
    monkeypatch.undo()
    console_buttons.issue(fake)
    assert len(list(made.issued.glob("*.xlsx"))) == 4, "the next click finishes"


@pytest.mark.parametrize("target", ["return_forms", "report"])
def test_what_is_not_there_yet_says_so(fake: FakeBook, target: str) -> None:
    CALLS[target](fake)
    [alert] = fake.app.alerts
    assert "还没有" in alert and "\n" not in alert
    if target == "return_forms":
        log = "\n".join(row[0] for row in listed(fake, LOG, "text"))
        assert BROKEN in log and SILENT in log


@pytest.mark.parametrize("target", ["issue", "collect", "check_all", "compile_round"])
def test_outside_a_round_one_sentence(tmp_path: Path, target: str) -> None:
    write_console(tmp_path / "c.xlsm")
    book = FakeBook(tmp_path / "c.xlsm")
    CALLS[target](book)
    [alert] = book.app.alerts
    assert "新建年度" in alert and "\n" not in alert and outcome(book) == alert


def test_a_bad_roster_is_one_alert(fake: FakeBook) -> None:
    read_round(folder_of(fake)).roster_file.write_bytes(b"broken")
    console_buttons.collect(fake)
    [alert] = fake.app.alerts
    assert "名录.xlsx" in alert


def test_our_own_faults_are_not_swallowed(fake: FakeBook, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*given: Any, **named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(console_buttons, "survey", fault)
    with pytest.raises(ZeroDivisionError):
        console_buttons.collect(fake)


# ------------------------------------------------------------------ 新建年度
def typed(book: FakeBook, **facts: Any) -> FakeBook:
    for field, value in facts.items():
        row, place = fact_cell(field)
        book.sheets[FRONT].cells[row + 1, place + 1] = value
    return book


@pytest.fixture
def blank_book(tmp_path: Path) -> FakeBook:
    folder = tmp_path / "新 年度"
    folder.mkdir()
    write_console(folder / "控制台.xlsm")
    return FakeBook(folder / "控制台.xlsm")


def test_a_round_from_the_front_sheet(blank_book: FakeBook, tmp_path: Path) -> None:
    last = rounds.last_year_reports(tmp_path / "旧")
    roster = rounds.roster(tmp_path)
    typed(blank_book, district="云溪区", year=2025.0, level="县（市、区）级", deadline="2026-01-20",
          roster=str(roster), last_year=str(last))  # fmt: skip
    console_buttons.new_round(blank_book)
    assert blank_book.app.alerts == []
    made = read_round(folder_of(blank_book))
    assert (made.district, made.year, made.deadline) == ("云溪区", YEAR, date(2026, 1, 20))
    assert set(states(blank_book).values()) == {"未报"} and len(states(blank_book)) == 4
    console_buttons.new_round(blank_book)
    assert blank_book.app.alerts == [] and "已经是" in outcome(blank_book)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({}, "报告年度"),
        ({"year": "廿五"}, "廿五"),
        ({"year": 2025.0}, "地区"),
        ({"year": 2025.0, "district": "云溪区", "level": "乡级"}, "乡级"),
        ({"year": 2025.0, "district": "云溪区", "deadline": "明天"}, "明天"),
        ({"year": 2025.0, "district": "云溪区", "roster": "没有.xlsx"}, "没有.xlsx"),
    ],
)
def test_what_is_wrong_on_the_front_sheet_is_said(
    blank_book: FakeBook, facts: dict[str, Any], word: str
) -> None:
    console_buttons.new_round(typed(blank_book, **facts))
    [alert] = blank_book.app.alerts
    assert word in alert and not is_round(folder_of(blank_book))


def test_without_a_roster_an_empty_one_is_laid_out(blank_book: FakeBook) -> None:
    console_buttons.new_round(typed(blank_book, year=2025.0, district="云溪区"))
    [alert] = blank_book.app.alerts
    assert "名录" in alert and (folder_of(blank_book) / "名录.xlsx").is_file()


def test_another_year_gets_a_folder_beside(fake: FakeBook) -> None:
    here = read_round(folder_of(fake))
    console_buttons.compile_round(fake)
    console_buttons.new_round(typed(fake, year=float(YEAR + 1)))
    [alert] = fake.app.alerts
    there = read_round(folder_of(fake).parent / f"云溪区{YEAR + 1}年度")
    assert str(there.console) in alert
    assert there.roster_file.read_bytes() == here.roster_file.read_bytes()
    assert (there.earlier / there.last_year).read_bytes() == here.book.read_bytes()
    assert read_round(here.folder) == here
    assert at(fake, FRONT, *fact_cell("year")) == YEAR, "this console stays with its own year"

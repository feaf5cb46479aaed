"""What the console's buttons do to it and to the round, on a workbook in memory."""

from __future__ import annotations

import os
import re
import time
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

import rounds
from consoles import (
    CALLS,
    FILES,
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
from gouji.publishing import publish
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


def test_a_report_needs_the_district_workbook(fake: FakeBook) -> None:
    CALLS["report"](fake)
    [alert] = fake.app.alerts
    assert "先汇总" in alert and "\n" not in alert
    assert not list(read_round(folder_of(fake)).output.iterdir())


def test_the_report_is_written_and_linked(fake: FakeBook) -> None:
    made = read_round(folder_of(fake))
    console_buttons.compile_round(fake)
    console_buttons.report(fake)
    report = made.output / f"{made.district}{YEAR}年度报告.docx"
    assert read_file(report).values == read_file(made.book).values
    assert report.name in outcome(fake) and fake.app.alerts == []
    links = fake.sheets[LOG].links
    assert report.resolve().as_uri() in links.values()
    log = [row[0] for row in listed(fake, LOG, "text")]
    assert any("待审定" in line for line in log) and any("名录共 4 个" in line for line in log)


def test_kept_words_that_no_longer_agree_are_not_overlooked(fake: FakeBook) -> None:
    made = read_round(folder_of(fake))
    console_buttons.compile_round(fake)
    console_buttons.report(fake)
    report = made.output / f"{made.district}{YEAR}年度报告.docx"
    document = Document(str(report))
    document.paragraphs[2].insert_paragraph_before("全年共收到政府信息公开申请800件。")
    document.save(str(report))
    console_buttons.report(fake)
    [alert] = fake.app.alerts
    assert "1 处" in alert and "旧版1" in "".join(path.name for path in made.output.iterdir())
    assert any("800件" in row[0] for row in listed(fake, LOG, "text"))


def test_return_writes_letters_and_drafts(fake: FakeBook) -> None:
    console_buttons.return_forms(fake)
    folder = folder_of(fake)
    log = "\n".join(row[0] for row in listed(fake, LOG, "text"))
    assert BROKEN in log and QUERIED in log and SILENT in log
    kinds = {path.suffix for path in (folder / say("returned.folder") / BROKEN).iterdir()}
    assert kinds >= {".xlsx", ".docx", ".eml"}
    assert list((folder / say("returned.reminders")).glob("*.eml"))
    assert "退回 2 个单位" in outcome(fake) and "催报 1 个单位" in outcome(fake)


def test_every_file_stands_in_the_list_of_files(fake: FakeBook) -> None:
    console_buttons.collect(fake)
    rows = {row[0]: row[1:] for row in listed(fake, FILES, "file", "unit", "state", "why")}
    inbox = {path.name for path in (folder_of(fake) / "收件").iterdir()}
    assert rows.keys() == inbox
    assert rows["教育局 报.xlsx"][:2] == (SOUND, "计入")
    assert rows["审计局.xlsx"][1] == "退回" and "强制问题" in rows["审计局.xlsx"][2]
    assert rows["说明.docx"][1] == "不能用" and rows["说明.docx"][2]


def test_decisions_typed_in_the_list_are_carried_out(fake: FakeBook) -> None:
    """Take one file out, let another in; a word that is none changes nothing."""
    console_buttons.collect(fake)
    names = [row[0] for row in listed(fake, FILES, "file")]
    place = column("files", "decision") + 1

    def put(name: str, word: str) -> None:
        row = FIRST_ROW + 1 + names.index(name)
        fake.sheets[FILES].range((row, place)).value = word

    put("教育局 报.xlsx", "随便")
    console_buttons.check_all(fake)
    assert "随便" in fake.app.alerts[-1] and states(fake)[SOUND] == "通过"
    put("教育局 报.xlsx", say("decide.choice.excluded"))
    put("审计局.xlsx", say("decide.choice.let_in"))
    console_buttons.check_all(fake)
    assert states(fake)[SOUND] == "未报"
    rows = dict(listed(fake, FILES, "file", "state"))
    assert rows["教育局 报.xlsx"] == "已排除" and rows["审计局.xlsx"] == "点名计入"
    names = [row[0] for row in listed(fake, FILES, "file")]
    put("教育局 报.xlsx", say("decide.choice.readmitted"))
    console_buttons.compile_round(fake)
    assert states(fake)[SOUND] == "通过"
    assert len(read_file(read_round(folder_of(fake)).book).children) == 3


def test_a_units_own_explanation_waits_for_the_coordinator(fake: FakeBook) -> None:
    """What a unit wrote is shown, accepted or not; the district workbook carries what stands."""
    console_buttons.check_all(fake)
    round_ = read_round(folder_of(fake))
    console_buttons.return_forms(fake)
    back = next((round_.folder / say("returned.folder") / QUERIED).glob("*.xlsx"))
    book = load_workbook(back)
    for row in book[say("sheet.returned")].iter_rows():
        if isinstance(row[0].value, int):
            row[5].value = "本年确无此项"
    book.save(round_.inbox / "民政局 改.xlsx")
    later = time.time() + 300
    os.utime(round_.inbox / "民政局 改.xlsx", (later, later))
    console_buttons.check_all(fake)
    shown = [row for row in listed(fake, FINDINGS, "unit", "explanation", "accepted")
             if row[0] == QUERIED]  # fmt: skip
    assert shown and all(row[1:] == ("本年确无此项", None) for row in shown)
    assert states(fake)[QUERIED] == "已报"
    units = [row[0] for row in listed(fake, FINDINGS, "unit")]

    def answer(word: str) -> None:
        for n, unit in enumerate(units):
            if unit == QUERIED:
                fake.sheets[FINDINGS].range(
                    (FIRST_ROW + 1 + n, column("findings", "accepted") + 1)
                ).value = word

    answer("否")
    console_buttons.check_all(fake)
    assert states(fake)[QUERIED] == "已报"
    answer("是")
    console_buttons.compile_round(fake)
    assert states(fake)[QUERIED] == "通过"
    cells = load_workbook(round_.book)[say("sheet.findings")].iter_rows(values_only=True)
    assert any("本年确无此项" in map(str, row) for row in cells)


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


def test_what_was_published_and_corrected_since_is_said(fake: FakeBook) -> None:
    here = read_round(folder_of(fake))
    publish(here, date(2026, 3, 20), incomplete=True)
    console_buttons.check_all(fake)
    assert "已公布第1版（2026-03-20），之后没有变动" in outcome(fake)
    rounds.write_form(here.inbox / "财政局.xlsx", SILENT, rounds.this_year_values(0))
    console_buttons.collect(fake)
    assert f"之后有更正：{SILENT}" in outcome(fake)

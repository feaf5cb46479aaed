"""The console's buttons pressed in a real LibreOffice, with the real Python behind them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rounds
from gouji.console_book import FIRST_ROW, column, run_cell, sheet_name
from gouji.launch import encoded
from gouji.layout import a1
from gouji.macros import CONSOLE_BUTTONS
from gouji.reading import read_file
from gouji.round import Round
from office import why_missing
from press import Pressing, wait_for
from rounds import BROKEN, QUERIED, SILENT, SOUND, filled

FRONT, LIST, FINDINGS = (sheet_name(key) for key in ("front", "units", "findings"))
NEW, ISSUE, COLLECT, CHECK, RETURN, COMPILE, REPORT = (b.caption for b in CONSOLE_BUTTONS)

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def running() -> Iterator[Pressing]:
    if reason := why_missing():
        if os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    office = Pressing()
    yield office
    office.close()


@pytest.fixture
def office(running: Pressing) -> Iterator[Pressing]:
    """With this Python recorded as ``gouji install`` would."""
    running.config.mkdir(parents=True, exist_ok=True)
    file = running.config / "python.txt"
    file.write_text(encoded(sys.executable) + "\n", encoding="ascii")
    yield running
    running.reset()


def pressed(office: Pressing, url: str, caption: str, box: bool = False) -> str:
    """Press, close the box where one is due, wait for the end; what the console says of it.

    The end is told by the log file: an office that is asked all the while has its hands full.
    """
    target = next(button.target for button in CONSOLE_BUTTONS if button.caption == caption)
    ended = f"{target}: done"
    before = office.log.count(ended)
    office.press(url, caption)
    if box:
        assert office.box(), office.log
        office.close_box()
    assert wait_for(lambda: office.log.count(ended) > before), f"{caption}\n{office.log}"
    return str(office.cell(url, FRONT, a1(*run_cell("outcome"))) or "")


def column_of(office: Pressing, url: str, sheet: str, place: int) -> list[Any]:
    cells = office.ask("cells", url=url)[sheet]
    return [cells.get(a1(row, place)) for row in range(FIRST_ROW, FIRST_ROW + 5)]


@pytest.mark.parametrize("kind", ["xlsm", "ods"])
def test_left_to_right_without_typing(office: Pressing, tmp_path: Path, kind: str) -> None:
    made = filled(tmp_path)
    before = rounds.seen_in(made.inbox)
    url = office.open(console(made, kind))
    assert "发表" in pressed(office, url, NEW)
    assert "新写 4 份" in pressed(office, url, ISSUE)
    assert "未报 1" in pressed(office, url, COLLECT)
    units = column_of(office, url, LIST, column("units", "unit"))
    states = column_of(office, url, LIST, column("units", "state"))
    assert units[:4] == [SOUND, QUERIED, BROKEN, SILENT]
    assert states == ["通过", "已报", "退回", "未报", "待认领"]
    # Two buttons of the product are called so; on the console it checks the whole inbox.
    assert "问题清单" in pressed(office, url, CHECK)
    assert BROKEN in column_of(office, url, FINDINGS, column("findings", "unit"))
    assert "退回 2 个单位" in pressed(office, url, RETURN)
    assert made.book.name in pressed(office, url, COMPILE)
    said = pressed(office, url, REPORT)
    [report] = made.output.glob("*.docx")
    assert report.name in said and read_file(report).values == read_file(made.book).values
    assert len(read_file(made.book).children) == 2
    assert len(list(made.issued.glob("*.xlsx"))) == 4
    assert rounds.seen_in(made.inbox) == before


@pytest.mark.parametrize("caption", [ISSUE, COLLECT, CHECK, RETURN, COMPILE])
def test_a_bad_roster_is_a_box_with_one_sentence(
    office: Pressing, tmp_path: Path, caption: str
) -> None:
    made = filled(tmp_path)
    made.roster_file.write_bytes(b"no workbook")
    url = office.open(made.console)
    office.press(url, caption)
    text = office.box()
    assert text, office.log
    assert made.roster_file.name in text and "Traceback" not in text
    office.close_box()


def test_a_report_before_the_sums_is_a_box(office: Pressing, tmp_path: Path) -> None:
    made = filled(tmp_path)
    url = office.open(made.console)
    assert "先汇总" in pressed(office, url, REPORT, box=True)
    assert not list(made.output.glob("*.docx"))


def test_new_round_with_nothing_typed_is_a_box(office: Pressing, tmp_path: Path) -> None:
    made = filled(tmp_path)
    made.facts_file.unlink()
    url = office.open(made.console)
    made.roster_file.unlink()
    office.press(url, NEW)
    assert "名录" in office.box(), office.log
    office.close_box()


def console(made: Round, kind: str) -> Path:
    """The round's console, or the blank one that a round gets for LibreOffice."""
    return made.console if kind == "xlsm" else made.libreoffice_console

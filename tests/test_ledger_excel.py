"""The ledger as a workbook, judged by openpyxl and calamine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

import intakes
import rounds
from gouji.collecting import collect
from gouji.ledger.events import Event, Kind
from gouji.ledger.excel import FIRST_ROW, HEAD_ROW, WIDTHS, write_ledger
from gouji.ledger.ledger import Ledger
from gouji.ledger.records import ledger_file
from gouji.roster import Roster
from gouji.roster_file import read_roster
from gouji.wording import say


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    made = intakes.filled(tmp_path)
    box = intakes.Box().put(intakes.message(
        ("=cmd|calc!A1.xlsx", intakes.form(rounds.SILENT, 2)),
        sender="a=b@example.org", subject="=HYPERLINK(1)", sent=intakes.at(9),
    ))  # fmt: skip
    collect(made, [box], now=intakes.NOW)
    path = tmp_path / "台账.xlsx"
    with Ledger(ledger_file(made)) as ledger:
        ledger.add([Event(Kind.EXPLAINED, "2026-01-15T08:00:01+00:00", "", "=审计局",
                          {"rule": "E1", "text": "=1+1", "by": "李"})])  # fmt: skip
        write_ledger(ledger, read_roster(made.roster_file), path)
    return path


def test_every_event_is_a_row_in_words_and_local_time(exported: Path) -> None:
    sheet = openpyxl.load_workbook(exported).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[HEAD_ROW + 1]]
    assert heads == [say(f"ledger.head.{key}") for key in WIDTHS]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST_ROW + 1)]
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    words = {row[2] for row in rows}
    assert {say(f"ledger.kind.{k}") for k in ("received", "graded", "explained")} <= words
    local = intakes.NOW.astimezone().replace(tzinfo=None)
    assert rows[0][1] == local and isinstance(rows[0][1], datetime)
    graded = next(row for row in rows if row[2] == say("ledger.kind.graded") and row[3] == "教育局")
    assert graded[4] == "A01" and graded[5] == "教育局 报.xlsx"


def test_text_never_becomes_a_formula(exported: Path) -> None:
    sheet = openpyxl.load_workbook(exported).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"=审计局", "=cmd|calc!A1.xlsx"} <= texts and "E1\n=1+1\n（李）" in texts
    assert any(text.startswith("=HYPERLINK(1)") for text in texts)


def test_it_can_be_filtered_and_is_frozen(exported: Path) -> None:
    sheet = openpyxl.load_workbook(exported).active
    assert sheet is not None and sheet.freeze_panes == "D4"
    assert sheet.auto_filter.ref.startswith("A3:J")


def test_calamine_reads_it_too(exported: Path) -> None:
    book = CalamineWorkbook.from_path(str(exported))
    rows = book.get_sheet_by_name(say("ledger.sheet")).to_python()
    assert rows[0][0] == say("ledger.title") and len(rows) > FIRST_ROW


def test_an_empty_ledger_and_hostile_text_are_written(tmp_path: Path) -> None:
    path = tmp_path / "空.xlsx"
    with Ledger(tmp_path / "l.sqlite") as ledger:
        write_ledger(ledger, Roster(()), path)
        assert openpyxl.load_workbook(path).active is not None
        detail = {"via": "pigeon", "name": "\ud800\x00" + "长" * 40_000, "sender": "\u202e"}
        ledger.add([Event(Kind.RECEIVED, "2026-01-15T08:00:01+00:00", "ab", "", detail)])
        write_ledger(ledger, Roster(()), path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None and sheet["H4"].value == "pigeon"

"""The console as built, and its buttons left to right in a real office."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consoles import (
    CALLS,
    FILES,
    FINDINGS,
    FRONT,
    LIST,
    LOG,
    STANDING,
    listed,
    states,
)
from gouji.cli import main
from gouji.console_book import (
    FIRST_ROW,
    STATES,
    column,
    sheet_name,
    write_console,
)
from gouji.console_desk import link_to, plain
from gouji.console_typed import read_typed
from gouji.layout import a1
from gouji.macros import CONSOLE_BUTTONS
from gouji.round import Round
from gouji.wording import say
from office import Office
from rounds import BROKEN, UNITS, begun, filled
from workbooks import cached, differences, structure


# ------------------------------------------------------------------ the workbook
@pytest.fixture
def made(tmp_path: Path) -> Round:
    return begun(tmp_path)


@pytest.mark.filterwarnings("ignore:Print area")  # openpyxl knows no whole columns
def test_built_as_declared(made: Round) -> None:
    book = structure(made.console)
    assert book.sheetnames == [FRONT, LIST, FINDINGS, FILES, LOG]
    charts = [len(book[name]._charts) for name in (FRONT, LIST)]
    assert charts == [1, 1]
    for key in ("units", "findings", "files", "log"):
        assert book[sheet_name(key)].freeze_panes and not book[sheet_name(key)].merged_cells.ranges
    units = [book[LIST].cell(FIRST_ROW + 1 + n, 2).value for n in range(len(UNITS))]
    assert units == [unit.name for unit in UNITS]
    assert book[LIST].cell(FIRST_ROW + 3, 2).data_type == "s", "a name like a formula stays text"


def test_every_button_is_drawn_and_bound(made: Round) -> None:
    with zipfile.ZipFile(made.console) as package:
        drawing = package.read("xl/drawings/vmlDrawing1.vml").decode()
        assert "xl/vbaProject.bin" in package.namelist()
    assert re.findall(r"<x:FmlaMacro>(?:\[0\]!)?(\w+)<", drawing) == [
        button.macro for button in CONSOLE_BUTTONS
    ]
    assert [b.caption for b in CONSOLE_BUTTONS] == re.findall(r"<font[^>]*>([^<]+)</font>", drawing)


def test_every_button_has_its_function() -> None:
    assert all(callable(call) for call in CALLS.values()) and len(CALLS) == 7


def test_the_same_facts_give_the_same_bytes(made: Round, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsm"
    write_console(again, made, UNITS)
    assert again.read_bytes() == made.console.read_bytes()


def test_without_macros_it_is_a_plain_workbook(made: Round, tmp_path: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    write_console(bare, made, UNITS, macros=False)
    with zipfile.ZipFile(bare) as package:
        assert not [name for name in package.namelist() if "vba" in name.lower()]
    assert cached(bare) == cached(made.console)


@pytest.mark.office
@pytest.mark.parametrize("with_round", [True, False])
def test_recalculation_equals_what_is_stored(
    office: Office, tmp_path: Path, with_round: bool
) -> None:
    book = tmp_path / "c.xlsx"
    given = begun(tmp_path) if with_round else None
    write_console(book, given, UNITS if with_round else (), macros=False)
    assert differences(office.recalculate(book), cached(book)) == []


@pytest.mark.office
def test_counts_follow_the_list(office: Office, made: Round) -> None:
    spot = (LIST, a1(FIRST_ROW, column("units", "state")))
    sheets = office.edit(made.console, {spot: say("round.state.returned")})
    front = sheets[FRONT]
    counts = {front[a1(row, 3)]: front[a1(row, 4)] for row in range(5, 10)}
    assert counts[say("round.state.returned")] == 1
    assert counts[say("round.state.missing")] == len(UNITS) - 1
    assert sum(counts[say(f"round.state.{state}")] for state in STATES) == len(UNITS)


# ------------------------------------------------------------------ texts and links
@pytest.mark.parametrize("text", ["=1+1", "+1", "-3", "@x", "'q", "2025", "1/2", "3-4", "(3)"])
def test_guarded_text_reads_back_as_it_was(text: str) -> None:
    assert plain(text) == f"'{text}"


def test_links_survive_awkward_names(tmp_path: Path) -> None:
    link = link_to(str(tmp_path / "a#b 甲.xlsx"), "it's!D6")
    assert link.endswith("#'it''s'!D6") and link.count("#") == 1 and " " not in link


# ------------------------------------------------------------------ the real engine
@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    try:
        import xlwings_libreoffice
    except ImportError as reason:
        pytest.skip(str(reason))
    if not shutil.which("soffice"):
        pytest.skip("no LibreOffice (soffice) on this machine")
    with xlwings_libreoffice.start(macros=True) as running:
        yield running


@pytest.mark.office
def test_left_to_right_in_a_real_office(app: Any, office: Office, tmp_path: Path) -> None:
    made = filled(tmp_path)
    book = app.books.open(str(made.console))
    try:
        for press in CALLS.values():
            press(book)
        assert states(book) == STANDING
        front = book.sheets[FRONT].range("D6:E10").value
        assert dict(front) == {"通过": 1, "已报": 1, "退回": 1, "未报": 1, "单位合计": 4}
        rows = listed(book, FINDINGS, "unit", "place", "message")
        assert BROKEN in {row[0] for row in rows}
        row = [unit for unit, *_ in rows].index(BROKEN) + FIRST_ROW
        link = book.sheets[FINDINGS].range((row + 1, column("findings", "place") + 1)).hyperlink
        assert "#" in link and "!" in link
        name = book.sheets[LIST].range((FIRST_ROW + 3, 2))
        assert name.formula == BROKEN and name.value == BROKEN
        saved = tmp_path / "saved.xlsx"
        place = column("findings", "explanation") + 1
        book.sheets[FINDINGS].range((FIRST_ROW + 1, place)).value = "已核实"
        book.save(str(saved))
    finally:
        book.close()
    assert made.book.is_file()
    [key] = read_typed([saved])
    assert key == (rows[0][0], listed_rule(saved), rows[0][2])
    again, stored = office.recalculate(saved), cached(saved)
    assert differences({FRONT: again[FRONT]}, {FRONT: stored[FRONT]}) == []


def listed_rule(file: Path) -> str:
    return str(cached(file)[FINDINGS][a1(FIRST_ROW, column("findings", "rule"))])


def test_a_broken_console_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = filled(tmp_path)
    assert read_typed(made.consoles) == {}
    made.console.write_bytes(b"broken")
    assert main(["status", str(made.folder)]) == 2
    assert made.console.name in capsys.readouterr().err

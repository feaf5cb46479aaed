"""The open console: reading what people typed, writing lists, through the public Range API only.

``book`` is an xlwings Book; this module does not import xlwings, so that it costs nothing to load
and can be tried on any object that offers the same few names.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gouji.console_book import (
    FINDING_COLUMNS,
    FIRST_ROW,
    LISTS,
    LOG_COLUMNS,
    UNIT_COLUMNS,
    column,
    fact_cell,
    fact_texts,
    run_cell,
    sheet_name,
)
from gouji.console_typed import decisions_in, typed_in
from gouji.explaining import Key, Typed
from gouji.layout import Area
from gouji.round import Round, RoundError, is_round, read_round
from gouji.wording import say

Book = Any
Cell = str | int | float | datetime | None
#: Address of a file or a place in one, and the row and column (from 0) of the cell it stands in.
Link = tuple[int, int, str, str]
LOOK_SECONDS = 0.5  #: how often a running job asks whether it shall stop
LINKS = 2_000  #: of a list: each is a call of its own, and a longer list is not clicked through
MOST_ROWS = 19_000


class Desk:
    """One console while a button runs."""

    def __init__(self, book: Book, button: str) -> None:
        self.book = book
        self.button = button
        self.folder = Path(book.fullname).parent
        self._log_row = FIRST_ROW
        self._looked = 0.0

    # ------------------------------------------------------------ what people typed
    def fact(self, field: str) -> str:
        """A fact's cell as text; a date as 2026-01-20, a year without decimals."""
        value = self._cell("front", *fact_cell(field)).value
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value).strip()

    def typed(self) -> dict[Key, Typed]:
        """Unit, rule and message → what somebody typed in the list of findings."""
        return typed_in(self._rows("findings"))

    def decisions(self) -> list[tuple[str, str, str]]:
        """Digest, decision and unit that somebody typed in the list of files."""
        return decisions_in(self._rows("files"))

    @property
    def stop_file(self) -> Path:
        return self.folder / say("console.stop_file")

    def stop_asked(self) -> bool:
        """True when somebody asked to stop, by the cell or by the file; looked up now and then."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        typed = self._cell("front", *run_cell("stop")).value
        return bool(str(typed or "").strip()) or self.stop_file.exists()

    # ------------------------------------------------------------ the run
    def begin(self) -> None:
        """Clear the last run's log and any request to stop; say what is being done."""
        self._clear("log")
        self._forget_stop()
        self._show_own_facts()
        self._tell_run("button", self.button)
        self._tell_run("time", f"{datetime.now():%Y-%m-%d %H:%M:%S}")
        self._tell_run("outcome", say("console.running"))
        self.log(say("console.begun", button=self.button))

    def _show_own_facts(self) -> None:
        """A console that was copied into a round's folder blank says which round it is."""
        if is_round(self.folder) and not self.fact("district") and not self.fact("year"):
            with suppress(RoundError):  # whatever the button does will say what is wrong
                self.show_facts(read_round(self.folder))

    def log(self, text: str) -> None:
        """Add a line to the log on its sheet."""
        if self._log_row < MOST_ROWS:
            now = datetime.now().replace(microsecond=0)
            self._write("log", self._log_row, [[now, plain(text)]])
            self._log_row += 1

    def link(self, file: Path) -> None:
        """A line of the log that opens a file when clicked."""
        row = self._log_row
        self.log(file.name)
        if row < self._log_row:
            cell = self._cell("log", row, 1)
            cell.add_hyperlink(link_to(str(file)), file.name, say("console.open_here"))

    def status(self, text: str) -> None:
        self.book.app.status_bar = text

    def end(self, outcome: str, alert: bool = False) -> None:
        """Say how it went: on the front sheet, in the log, and in a message box if asked for."""
        self.log(outcome)
        self._tell_run("outcome", outcome)
        self._forget_stop()
        self.book.app.status_bar = False
        if alert:
            self.book.app.alert(outcome, say("console.title"))

    def _forget_stop(self) -> None:
        self._cell("front", *run_cell("stop")).clear_contents()
        self.stop_file.unlink(missing_ok=True)

    def _tell_run(self, field: str, text: str) -> None:
        self._cell("front", *run_cell(field)).value = plain(text)

    # ------------------------------------------------------------ facts and lists
    def show_facts(self, round_: Round) -> None:
        for field, value in fact_texts(round_).items():
            cell = self._cell("front", *fact_cell(field))
            cell.value = plain(value) if isinstance(value, str) else value

    def show_list(self, name: str, rows: Sequence[Sequence[Cell]], links: Sequence[Link]) -> None:
        """Write a list anew, with links into files; what stood there before is cleared."""
        self._clear(name)
        shown = rows[:MOST_ROWS]
        if not shown:
            return
        width = len(LISTS[name])
        cells = [[plain(v) if isinstance(v, str) else v for v in row] for row in shown]
        self._write(name, FIRST_ROW, cells)
        for row, place, address, text in links[:LINKS]:
            self._cell(name, row, place).add_hyperlink(address, text, say("console.open_here"))
            self.status(say("console.linking", button=self.button, n=row - FIRST_ROW + 1))
        self._range(name, Area(FIRST_ROW, 0, FIRST_ROW + len(shown) - 1, width - 1)).rows.autofit()

    def _clear(self, name: str) -> None:
        last = self._last_row(name)
        if last >= FIRST_ROW:
            self._range(name, Area(FIRST_ROW, 0, last, len(LISTS[name]) - 1)).clear_contents()

    def _rows(self, name: str) -> list[list[Any]]:
        last = self._last_row(name)
        if last < FIRST_ROW:
            return []
        area = Area(FIRST_ROW, 0, last, len(LISTS[name]) - 1)
        rows: list[list[Any]] = self._range(name, area).options(ndim=2).value
        return rows

    def _last_row(self, name: str) -> int:
        """Last used row (from 0) of a list's sheet."""
        return int(self._sheet(name).used_range.last_cell.row) - 1

    def _write(self, name: str, row: int, rows: Sequence[Sequence[Cell]]) -> None:
        area = Area(row, 0, row + len(rows) - 1, len(rows[0]) - 1)
        self._range(name, area).value = [list(line) for line in rows]

    # ------------------------------------------------------------ addresses
    def _sheet(self, name: str) -> Any:
        return self.book.sheets[sheet_name(name)]

    def _range(self, name: str, area: Area) -> Any:
        return self._sheet(name).range(
            (area.row + 1, area.column + 1), (area.last_row + 1, area.last_column + 1)
        )

    def _cell(self, name: str, row: int, place: int) -> Any:
        return self._sheet(name).range((row + 1, place + 1))


def plain(text: str) -> str:
    """Text that a spreadsheet takes as it is: no formula, number or date is read into it.

    A leading apostrophe says so to Excel and LibreOffice, and is not part of the value.
    """
    risky = text and (text[0] in "=+-@'" or text[0].isdigit() or text[0] == "(")
    return f"'{text}" if risky else text


def link_to(file: str, place: str = "") -> str:
    """Address of a file, and of a place in it such as ``三、申请!D6``."""
    address = Path(file).resolve().as_uri()
    sheet, _, cell = place.rpartition("!")
    if not sheet:
        return address
    quoted = sheet.replace("'", "''")
    return f"{address}#'{quoted}'!{cell}"


def row_of(sheet: str, cells: dict[str, Cell]) -> list[Cell]:
    """A list's row from its cells by column."""
    row: list[Cell] = [None] * len(LISTS[sheet])
    for key, value in cells.items():
        row[column(sheet, key)] = value
    return row


__all__ = [
    "FINDING_COLUMNS", "LOG_COLUMNS", "UNIT_COLUMNS", "Book", "Cell", "Desk", "Link", "link_to",
    "plain", "row_of",
]  # fmt: skip

"""Cell addresses as Excel writes them, taken apart and put together without asking the office."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlwings import utils

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384

_CELL = r"\$?([A-Za-z]{1,3})\$?(\d{1,7})"
_AREA = re.compile(f"^{_CELL}(?::{_CELL})?$")
_COLUMNS = re.compile(r"^\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})$")
_ROWS = re.compile(r"^\$?(\d{1,7}):\$?(\d{1,7})$")
_PLAIN = re.compile(r"^[^\W\d][\w.]*$")


@dataclass(frozen=True)
class Area:
    """A block of cells: first row and column (1-based), number of rows and columns (may be 0)."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def last_row(self) -> int:
        return self.row + self.rows - 1

    @property
    def last_column(self) -> int:
        return self.column + self.columns - 1

    @property
    def size(self) -> int:
        return self.rows * self.columns


def area_between(*corners: tuple[int, int]) -> Area:
    """The smallest area that holds all corners (row, column)."""
    rows, columns = [r for r, _ in corners], [c for _, c in corners]
    return Area(min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)


def parse(text: str) -> Area | None:
    """The area of ``A1``, ``$A$1:B2``, ``A:C`` or ``1:3``; None if it is no address."""
    if match := _AREA.match(text):
        column1, row1, column2, row2 = match.groups()
        first = (int(row1), _column(column1))
        last = (int(row2), _column(column2)) if row2 else first
        return _checked(area_between(first, last))
    if match := _COLUMNS.match(text):
        left, right = sorted(_column(c) for c in match.groups())
        return _checked(Area(1, left, MAX_ROWS, right - left + 1))
    if match := _ROWS.match(text):
        top, bottom = sorted(int(r) for r in match.groups())
        return _checked(Area(top, 1, bottom - top + 1, MAX_COLUMNS))
    return None


def _checked(area: Area) -> Area | None:
    inside = area.row >= 1 and area.last_row <= MAX_ROWS and area.last_column <= MAX_COLUMNS
    return area if inside else None


def _column(letters: str) -> int:
    return int(utils.column_to_number(letters.upper()))


def split_sheet(text: str) -> tuple[str | None, str]:
    """(sheet or None, the rest) of ``'my sheet'!A1``; quotes and a leading ``=`` are taken off."""
    sheet, mark, rest = text.removeprefix("=").rpartition("!")
    if not mark:
        return None, rest
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, rest


def quoted(sheet: str) -> str:
    """A sheet's name as it stands in a formula."""
    plain = _PLAIN.match(sheet) and parse(sheet) is None
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def write(area: Area, row_absolute: bool = True, column_absolute: bool = True) -> str:
    """The address, ``$A$1:$B$2``; whole columns ``$A:$B``, whole rows ``$1:$3``."""
    r, c = "$" * row_absolute, "$" * column_absolute
    rows = f"{r}{area.row}", f"{r}{area.last_row}"
    columns = f"{c}{utils.col_name(area.column)}", f"{c}{utils.col_name(area.last_column)}"
    if area.rows == MAX_ROWS and area.columns < MAX_COLUMNS:
        return ":".join(columns)
    if area.columns == MAX_COLUMNS:
        return ":".join(rows)
    first, last = columns[0] + rows[0], columns[1] + rows[1]
    return first if area.size == 1 else f"{first}:{last}"

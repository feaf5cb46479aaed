"""Worksheets of any program, between their reader and what is made of them: a Book or Grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gouji.book_cells import Raw, Sheet
from gouji.documents.flow import MAX_PLACES
from gouji.documents.model import Cell, Grid
from gouji.gate import Reason, refusal
from gouji.layout import a1

Merge = tuple[int, int, int, int]  #: first row, first column, last row, last column, from 0


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet's cells with the areas that are merged in it."""

    sheet: Sheet
    merges: tuple[Merge, ...] = ()
    hidden: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(raw != "" for row in self.sheet.rows for raw in row)


def grids(sheets: Sequence[RawSheet]) -> tuple[Grid, ...]:
    """One grid a sheet that holds anything; hidden sheets only where no visible one does.

    Raises Refused (too_large).
    """
    filled = [sheet for sheet in sheets if not sheet.is_blank]
    shown = [sheet for sheet in filled if not sheet.hidden] or filled
    return tuple(_grid(sheet) for sheet in shown)


def _grid(raw: RawSheet) -> Grid:
    sheet = raw.sheet
    height, width = _extent(sheet)
    if height * width > MAX_PLACES:
        raise refusal(Reason.TOO_LARGE, "sheet", sheet=sheet.name, rows=height, columns=width)
    spans = _spans(raw.merges, height, width)
    cells: dict[tuple[int, int], Cell] = {}
    for row in range(height):
        for column in range(width):
            top, left, bottom, right = spans.get((row, column), (row, column, row, column))
            if (top, left) == (row, column):
                place = f"{sheet.name}!{a1(row, column)}"
                cells[row, column] = Cell(
                    sheet.value(row, column), place, bottom - top + 1, right - left + 1
                )
            else:
                cells[row, column] = cells[top, left]
    rows = (tuple(cells[row, column] for column in range(width)) for row in range(height))
    return Grid(sheet.name, tuple(rows))


def _extent(sheet: Sheet) -> tuple[int, int]:
    """Rows and columns up to the last filled cell."""
    height = width = 0
    for number, row in enumerate(sheet.rows, 1):
        last = next((at for at in range(len(row) - 1, -1, -1) if row[at] != ""), -1) + 1
        if last:
            height, width = number, max(width, last)
    for row_number, column in sheet.marks:
        height, width = max(height, row_number + 1), max(width, column + 1)
    return height, width


def _spans(merges: Sequence[Merge], height: int, width: int) -> dict[tuple[int, int], Merge]:
    """Place → the merged area it belongs to, cut to the filled part. The first area wins.

    Raises Refused (too_large).
    """
    found: dict[tuple[int, int], Merge] = {}
    looked_at = 0
    for top, left, bottom, right in merges:
        area = (top, left, min(bottom, height - 1), min(right, width - 1))
        rows, columns = range(top, area[2] + 1), range(left, area[3] + 1)
        looked_at += len(rows) * len(columns)
        if looked_at > MAX_PLACES:  # they overlap
            raise refusal(Reason.TOO_LARGE, "document")
        places = [(row, column) for row in rows for column in columns]
        if not any(place in found for place in places):
            found |= dict.fromkeys(places, area)
    return found


def dense(cells: dict[tuple[int, int], Raw]) -> list[list[Raw]]:
    """Rows from A1 on, ``""`` where nothing stands."""
    height = max((row for row, _ in cells), default=-1) + 1
    rows: list[list[Raw]] = [[] for _ in range(height)]
    for (row, column), raw in sorted(cells.items(), key=lambda item: item[0]):
        rows[row] += [""] * (column - len(rows[row]))
        rows[row].append(raw)
    return rows

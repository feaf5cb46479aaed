"""The single XML file of Excel 2003, which web systems still export as ``.xls``."""

from __future__ import annotations

from typing import Any

from gouji.book_cells import Raw, Sheet
from gouji.documents.flow import MAX_PLACES
from gouji.documents.sheets import Merge, RawSheet, dense
from gouji.documents.trees import tree_of
from gouji.gate import Reason, refusal
from gouji.sheet_xml import UNKNOWN_FORMULA, Mark, Place

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_OPTIONS = "{urn:schemas-microsoft-com:office:excel}WorksheetOptions"
_VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"
_FAR = 1_048_576


def read_spreadsheet_ml(data: bytes) -> tuple[RawSheet, ...]:
    """The sheets in order. Raises Refused (damaged, too_large, dangerous_archive)."""
    sheets = tuple(_sheet(sheet) for sheet in tree_of(data).iterfind(f"{_SS}Worksheet"))
    if not sheets:
        raise refusal(Reason.DAMAGED)
    return sheets


def _sheet(worksheet: Any) -> RawSheet:
    name = worksheet.get(f"{_SS}Name", "")
    cells: dict[Place, Raw] = {}
    marks: dict[Place, Mark] = {}
    merges: list[Merge] = []
    row = -1
    for line in worksheet.iterfind(f"{_SS}Table/{_SS}Row"):
        row = _at(line, row)
        column = -1
        for cell in line.iterfind(f"{_SS}Cell"):
            column = _at(cell, column)
            raw, mark = _content(cell)
            if raw != "":
                cells[row, column] = raw
            if mark is not None:
                marks[row, column] = mark
            down, right = _number(cell, "MergeDown", 0), _number(cell, "MergeAcross", 0)
            if down or right:
                merges.append((row, column, row + down, column + right))
            column += right
        row += _number(line, "Span", 0)
    _bounded(name, cells)
    told = worksheet.find(f"{_OPTIONS}/{_VISIBLE}")
    hidden = told is not None and (told.text or "").strip().lower() != "sheetvisible"
    return RawSheet(Sheet(name, dense(cells), marks), tuple(merges), hidden)


def _bounded(name: str, cells: dict[Place, Raw]) -> None:
    rows = max((row for row, _ in cells), default=0) + 1
    columns = max((column for _, column in cells), default=0) + 1
    if rows * columns > MAX_PLACES:
        raise refusal(Reason.TOO_LARGE, "sheet", sheet=name, rows=rows, columns=columns)


def _at(element: Any, before: int) -> int:
    """Where the element stands, counted from 0: behind the one before, or where it says."""
    return max(before + 1, _number(element, "Index", 0) - 1)


def _number(element: Any, name: str, default: int) -> int:
    text = element.get(f"{_SS}{name}", "")
    return min(int(text), _FAR) if text.isascii() and text.isdigit() and len(text) < 9 else default


def _content(cell: Any) -> tuple[Raw, Mark | None]:
    # Formulas are written as R1C1; that there is one is all we need.
    formula = UNKNOWN_FORMULA if cell.get(f"{_SS}Formula") else ""
    data = cell.find(f"{_SS}Data")
    text = "" if data is None else "".join(data.itertext())
    kind = "" if data is None else data.get(f"{_SS}Type", "")
    if kind == "Error":
        return "", Mark(formula, True, text)
    mark = Mark(formula, data is not None) if formula else None
    if kind == "Number":
        try:
            return float(text), mark
        except ValueError as error:
            raise refusal(Reason.DAMAGED) from error
    return (text == "1", mark) if kind == "Boolean" else (text, mark)

"""Reads an Excel 97 workbook (``.xls``, WPS's ``.et``) in a process of its own; see ``confined``.

The cell reader can break on a damaged file in ways Python cannot catch.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import olefile
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from gouji.book_cells import exact
from gouji.documents import biff
from gouji.documents.confined import give, limit, refuse, taken
from gouji.gate import Reason
from gouji.sheet_xml import MAX_CELLS

_STREAMS = ("Workbook", "Book")


def read(data: bytes) -> Mapping[str, Any]:
    """``{"sheets": [{"name", "hidden", "rows", "merges", "formulas", "errors"}]}`` or a refusal."""
    try:
        stream = _stream(data)
        if biff.is_encrypted(stream):
            return refuse(Reason.ENCRYPTED)
        extents = biff.extents(stream)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (biff.NotBiff, CalamineError, OSError):
        return refuse(Reason.DAMAGED)
    sheets = []
    for told, extent in zip(book.sheets_metadata, extents, strict=True):
        if extent.rows * extent.columns > MAX_CELLS:
            places = {"sheet": told.name, "rows": extent.rows, "columns": extent.columns}
            return refuse(Reason.TOO_LARGE, "sheet", **places)
        if told.typ is SheetTypeEnum.WorkSheet:
            hidden = told.visible is not SheetVisibleEnum.Visible
            sheets.append(_sheet(book, told.name, hidden, extent))
    return {"sheets": sheets}


def _stream(data: bytes) -> bytes:
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        name = next((name for name in _STREAMS if file.exists(name)), "")
        if not name:
            raise biff.NotBiff("no workbook")
        return bytes(file.openstream(name).read())


def _sheet(book: CalamineWorkbook, name: str, hidden: bool, extent: biff.Extent) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(name)
    merges = sheet.merged_cell_ranges or []
    return {
        "name": name,
        "hidden": hidden,
        "rows": [[_plain(raw) for raw in row] for row in sheet.to_python(skip_empty_area=False)],
        "merges": [[*first, *last] for first, last in merges],
        "formulas": [[*place, error] for place, error in extent.formulas.items()],
        "errors": [[*place, error] for place, error in extent.errors.items()],
    }


def _plain(raw: object) -> Any:
    """What JSON can hold; a date as the text it will be."""
    return exact(raw) if isinstance(raw, datetime | date | time | timedelta) else raw


if __name__ == "__main__":
    limit()
    give(read(taken()))

"""Where the items of a form stand in a workbook that came back: rows may have moved."""

from __future__ import annotations

from gouji.book_cells import Book
from gouji.findings_list import Spot
from gouji.gate import Content, open_package
from gouji.layout import Area, FormLayout, layout_of
from gouji.locating import locate
from gouji.reading import never_read, table_sheets


def spots_in(data: bytes) -> tuple[FormLayout, dict[str, Spot]]:
    """The form's layout, and item code → sheet and cell as they are. Raises Refused."""
    book = Book(open_package(Content("", data, "")), never_read())
    stamp, sheets, _ = table_sheets(book)
    layout = layout_of(stamp.form)
    spots = {}
    for name, sheet in sheets.items():
        for code, (row, column) in locate(sheet, layout.tables[name]).cells.items():
            spots[code] = (sheet.name, Area(row, column, row, column))
    return layout, spots

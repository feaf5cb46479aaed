"""CSV as RFC 4180 has it, in UTF-8 with a mark so that Excel opens it right; no text is a formula.

Text that a spreadsheet would take for a formula gets an apostrophe in front, and so does text that
begins with one: who reads by program takes one apostrophe away and has the text as it was. Numbers
are numbers and never get one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from gouji.open_data.rows import Cell, Row

MARK = b"\xef\xbb\xbf"
APOSTROPHE = "'"
#: What begins a formula in some spreadsheet; full-width signs do in East Asian ones.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKED = (*FORMULA_SIGNS, APOSTROPHE)


def as_csv(columns: Iterable[str], rows: Iterable[Row]) -> bytes:
    """A head and rows as a file's bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([shown(cell) for cell in row] for row in rows)
    return MARK + text.getvalue().encode("utf-8")


def shown(cell: Cell) -> str:
    """One cell as it stands in the file; blank for None."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return APOSTROPHE + cell if cell.startswith(_MARKED) else cell
    if isinstance(cell, bool):
        return str(cell).lower()
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)


def as_typed(text: str) -> str:
    """The text that ``shown`` made safe."""
    return text.removeprefix(APOSTROPHE)

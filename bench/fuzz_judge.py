"""What another reader finds at the form's addresses: openpyxl, or calamine for .ods.

gouji reads .xlsx through calamine and .ods through its own reader, so neither judges itself.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from gouji import editions
from gouji.layout import layout_of
from gouji.model import Submission, Value

#: How a text names a character (openpyxl leaves it as it is written).
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: A workbook the other reader cannot open, and why.
Failed = str


def disagreements(data: bytes, read: Submission) -> list[str] | Failed:
    """Cells where the other reader finds something else than was read, each in words.

    Left out are items that the reading itself tells of: repaired, summed again or moved.
    """
    try:
        cells = _openpyxl(data) if b"xl/workbook" in data else _calamine(data)
        if cells is None:
            return "no other reader"
        layout = layout_of(editions.load(read.edition))
        told = {each.code for each in read.repairs} | {
            code for finding in read.structure for code in finding.items
        }
        return [
            f"{layout.place(code)}: {value!r}, elsewhere {found!r}"
            for code, value in read.values.items()
            if code not in told
            and not _same(value, found := cells(layout.sheet_of[code], layout.cell(code)))
        ]
    except Exception as error:  # noqa: BLE001  # a foreign reader may fail in any way; the caller counts it
        return f"{type(error).__name__}: {error}"[:200]


def _openpyxl(data: bytes) -> Any:
    from openpyxl import load_workbook

    results = load_workbook(io.BytesIO(data), data_only=True)
    return lambda sheet, area: results[sheet].cell(area.row + 1, area.column + 1).value


def _calamine(data: bytes) -> Any:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names}  # fmt: skip

    def cell(sheet: str, area: Any) -> Any:
        lines = rows[sheet]
        inside = area.row < len(lines) and area.column < len(lines[area.row])
        return lines[area.row][area.column] if inside else None

    return cell


def _same(ours: Value, theirs: Any) -> bool:
    if isinstance(theirs, bool):
        theirs = str(theirs).upper()
    if ours is None or theirs is None or theirs == "":
        return ours is None and theirs in (None, "")
    if isinstance(ours, int | Decimal):
        number = isinstance(theirs, int | float)
        return number and format(float(ours), ".14g") == format(float(theirs), ".14g")
    if isinstance(theirs, int | float):
        return _in_pythons_spelling(str(ours), theirs)
    return str(ours).split() == _ESCAPE.sub(lambda m: chr(int(m[1], 16)), str(theirs)).split()


def _in_pythons_spelling(ours: str, theirs: float) -> bool:
    """``1_000`` is text for us, and told as such; openpyxl asks Python, which takes it for 1000."""
    try:
        return float(ours) == float(theirs)
    except ValueError:
        return False

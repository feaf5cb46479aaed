"""Looking into written workbooks with two independent readers, for any test."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from gouji.layout import a1

Sheets = dict[str, dict[str, Any]]


def cached(path: Path) -> Sheets:
    """Sheet → address → value of every cell that shows something, as stored (calamine)."""
    found: Sheets = {}
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found[name] = {
            a1(row, column): value
            for row, line in enumerate(rows)
            for column, value in enumerate(line)
            if value != ""
        }
    return found


def structure(path: Path) -> Workbook:
    """Formulas, formats, validations (openpyxl)."""
    return load_workbook(path)


def unlocked(sheet: Worksheet) -> set[str]:
    return {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.has_style and not cell.protection.locked
    }


def differences(left: Sheets, right: Sheets) -> list[str]:
    """What two views of a workbook disagree on, cell by cell."""
    found = []
    for sheet in sorted(set(left) | set(right)):
        one, two = left.get(sheet, {}), right.get(sheet, {})
        found += [
            f"{sheet}!{cell}: {one.get(cell)!r} ≠ {two.get(cell)!r}"
            for cell in sorted(set(one) | set(two))
            if not _same(one.get(cell), two.get(cell))
        ]
    return found


def _same(one: Any, two: Any) -> bool:
    """Equal to the 15 digits a spreadsheet keeps: sums of binary fractions differ in the 17th."""
    if isinstance(one, int | float) and isinstance(two, int | float):
        return math.isclose(one, two, rel_tol=1e-14, abs_tol=1e-14)
    return bool(one == two)

"""The list of corrections as an Excel workbook: one row for each altered item."""

from __future__ import annotations

from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gouji.district_plan import put
from gouji.model import Value
from gouji.publishing.changes import Changes
from gouji.styles import LINE_POINTS, Styles
from gouji.table_sheet import lines_needed, set_page
from gouji.template import CREATED, write_whole
from gouji.wording import say

TEXTS = ("unit", "label", "code", "reason", "file", "file_before", "kind", "came")
HEAD_ROW, FIRST_ROW = 2, 3
ITEMS = {
    "number": 7, "unit": 30, "label": 62, "code": 40, "before": 12, "after": 12,
    "difference": 12, "total_before": 14, "total_after": 14, "reason": 44, "file": 34,
}  # fmt: skip
UNITS = {"number": 7, "unit": 30, "kind": 22, "items": 10, "file_before": 36, "file": 36,
         "came": 28, "reason": 60}  # fmt: skip


def write_list(path: Path, changes: Changes, title: str) -> None:
    """Write the corrections to ``path``. Raises OSError."""

    def draw(workbook: Workbook) -> None:
        workbook.set_properties({"title": title, "created": CREATED})
        styles = Styles(workbook)
        items = workbook.add_worksheet(say("publish.sheet.items"))
        note = say("publish.list_note", n=len(changes.items), totals=changes.totals)
        _head(items, styles, title, note, ITEMS)
        for row, each in enumerate(changes.items):
            values: list[Value] = [
                row + 1, each.unit, each.label, each.code, each.before, each.after,
                each.difference, each.total_before, each.total_after, each.reason, each.file,
            ]  # fmt: skip
            _row(items, styles, FIRST_ROW + row, values, ITEMS)
        _finish(items, len(changes.items), len(ITEMS))
        units = workbook.add_worksheet(say("publish.sheet.units"))
        _head(units, styles, title, say("publish.units_note", n=len(changes.units)), UNITS)
        for row, one in enumerate(changes.units):
            kind = say(f"publish.unit.{one.kind}")
            values = [row + 1, one.unit, kind, one.items, one.file_before, one.file, one.came,
                      one.reason]  # fmt: skip
            _row(units, styles, FIRST_ROW + row, values, UNITS)
        _finish(units, len(changes.units), len(UNITS))

    write_whole(path, draw)


def _head(sheet: Worksheet, styles: Styles, title: str, note: str, columns: dict[str, int]) -> None:
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, title, styles.heading)
    sheet.write_string(1, 0, note, styles.info_left)
    sheet.set_row(HEAD_ROW, 22)
    for column, (key, width) in enumerate(columns.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, say(f"publish.head.{key}"), styles.band)


def _row(
    sheet: Worksheet, styles: Styles, row: int, values: list[Value], columns: dict[str, int]
) -> None:
    lines = 1
    for column, (value, (key, width)) in enumerate(zip(values, columns.items(), strict=True)):
        put(sheet, row, column, value, styles.list_text if key in TEXTS else styles.list_number)
        if isinstance(value, str):
            lines = max(lines, lines_needed(value, width))
    sheet.set_row(row, LINE_POINTS * lines + 4)


def _finish(sheet: Worksheet, rows: int, columns: int) -> None:
    sheet.autofilter(HEAD_ROW, 0, max(HEAD_ROW + rows, FIRST_ROW), columns - 1)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    set_page(sheet, landscape=True)

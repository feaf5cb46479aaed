"""One statutory table on a sheet, drawn from its layout; the caller fills the cells.

``draw_table`` is shared by the unit's form and the district workbook: labels, heads, sizes and
page are the same, the item cells come from a callback.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gouji.layout import (
    INFO_ROW,
    TABLE_ROW,
    TITLE_ROW,
    Area,
    FormLayout,
    Label,
    TableLayout,
    reference,
)
from gouji.styles import FOOTER_FONT, LINE_POINTS, Styles
from gouji.wording import say

#: Called for each item of the table with its code and area; writes the cell. Before the call a
#: merged area has not been merged: use ``open_area``.
CellWriter = Callable[[str, Area], None]

ROW_POINTS = 24.0  #: least height of a row of the table
TITLE_POINTS, INFO_POINTS = 40.0, 22.0
GROUP_WIDTHS = (10.0, 16.0)  #: least and most width of an outer label column, in characters
LEAF_WIDTHS = (16.0, 42.0)  #: the same of the innermost label column
DATA_WIDTHS = (8.5, 20.0)  #: the same of a column of numbers
TABLE_WIDTH = 92.0  #: what a narrow table is stretched to
UNIT_POINTS = 5.3  #: points of one unit of column width
PAGE_POINTS = (530.0, 760.0)  #: usable A4, portrait
PADDING = 2.5  #: units of column width lost to borders and indent


@dataclass(frozen=True, slots=True)
class Heading:
    """What the line under the title says (cached values of formulas on the cover)."""

    unit: str = ""
    year: int | None = None


def draw_table(
    sheet: Worksheet,
    styles: Styles,
    layout: FormLayout,
    table: str,
    write_cell: CellWriter,
    heading: Heading | None = None,
) -> None:
    """Draw one official table: title, info line, labels, notes, page set-up and frozen heads.

    ``write_cell(code, area)`` is called once for each item of the table in declared order.
    """
    grid = layout.tables[table]
    widths, heights = _sizes(grid)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, height in heights.items():
        sheet.set_row(row, height)
    _draw_top(sheet, styles, layout, grid, heading or Heading())
    for label in grid.labels:
        write_area(sheet, label.area, label.text, _label_style(styles, label))
    for code, area in grid.cells.items():
        write_cell(code, area)
    notes_end = _draw_notes(sheet, styles, grid, widths)
    _set_page(sheet, grid, widths, heights, notes_end)


def write_area(sheet: Worksheet, area: Area, text: str, style: Format) -> None:
    """Text in a cell or merged area; never taken for a formula or a link."""
    open_area(sheet, area, style)
    sheet.write_string(area.row, area.column, text, style)


def open_area(sheet: Worksheet, area: Area, style: Format) -> None:
    """Merge the area where it is more than one cell; afterwards write to its top left cell."""
    if not area.is_cell:
        sheet.merge_range(area.row, area.column, area.last_row, area.last_column, "", style)


def helper_rows(grid: TableLayout) -> range:
    """Rows under the table taken by live helpers."""
    last = max((h.area.row for h in grid.helpers if h.below), default=grid.last_row)
    return range(grid.last_row + 1, last + 1)


def helper_columns(grid: TableLayout) -> range:
    """Columns beside the table taken by live helpers."""
    last = max((h.area.column for h in grid.helpers if not h.below), default=grid.last_column)
    return range(grid.last_column + 1, last + 1)


def status_column(grid: TableLayout) -> int:
    """First free column beside the table and its helpers, for a live ✓/✗.

    In a table without label columns the heads of helper rows stand in the first free one.
    """
    bare = min(area.column for area in grid.cells.values()) == 0
    return helper_columns(grid).stop + (1 if bare and helper_rows(grid) else 0)


def text_units(text: str) -> float:
    """Width of a text in units of column width; a Chinese character is about two digits wide."""
    return sum(2.15 if unicodedata.east_asian_width(mark) in "WFA" else 1.05 for mark in text)


def lines_needed(text: str, width: float) -> int:
    """Lines the text takes when wrapped in a cell of that width."""
    room = max(width - PADDING, 3.0)
    return sum(max(1, math.ceil(text_units(line) / room)) for line in text.split("\n"))


def _label_style(styles: Styles, label: Label) -> Format:
    if label.role == "row":
        tall = label.area.last_row > label.area.row
        return styles.group if tall else styles.row
    return styles.corner if label.role == "corner" else styles.band


def _draw_top(
    sheet: Worksheet, styles: Styles, layout: FormLayout, grid: TableLayout, heading: Heading
) -> None:
    last = grid.last_column
    write_area(sheet, Area(TITLE_ROW, 0, TITLE_ROW, last), grid.table.title, styles.title)
    sheet.set_row(TITLE_ROW, TITLE_POINTS)
    sheet.set_row(INFO_ROW, INFO_POINTS)
    middle = max(0, (last - 1) // 2)
    left, right = Area(INFO_ROW, 0, INFO_ROW, middle), Area(INFO_ROW, middle + 1, INFO_ROW, last)
    _draw_info(sheet, left, "template.info_unit", _cover(layout, "unit"), heading.unit, styles)
    if last > middle:
        year = "" if heading.year is None else str(heading.year)
        _draw_info(sheet, right, "template.info_year", _cover(layout, "year"), year, styles)


def _draw_info(
    sheet: Worksheet, area: Area, key: str, source: str, shown: str, styles: Styles
) -> None:
    style = styles.info_right if area.column else styles.info_left
    open_area(sheet, area, style)
    lead = say(key)
    sheet.write_formula(area.row, area.column, f'="{lead}"&{source}', style, lead + shown)


def _cover(layout: FormLayout, field: str) -> str:
    return reference(say("sheet.cover"), layout.cover[field])


# ---------------------------------------------------------------------- sizes
def _sizes(grid: TableLayout) -> tuple[list[float], dict[int, float]]:
    """Column widths in characters and row heights in points, such that no label is clipped."""
    depth = min(area.column for area in grid.cells.values())
    widths = [_label_width(grid, column, column == depth - 1) for column in range(depth)]
    count = grid.last_column + 1 - depth
    share = (TABLE_WIDTH - sum(widths)) / count
    widths += [min(max(share, DATA_WIDTHS[0]), DATA_WIDTHS[1])] * count
    return widths, _heights(grid, widths)


def _label_width(grid: TableLayout, column: int, leaf: bool) -> float:
    least, most = LEAF_WIDTHS if leaf else GROUP_WIDTHS
    own = [
        text_units(label.text) + PADDING
        for label in grid.labels
        if label.role == "row" and label.area.column == label.area.last_column == column
    ]
    return min(max([least, *own]), most)


def _heights(grid: TableLayout, widths: list[float]) -> dict[int, float]:
    heights = dict.fromkeys(range(TABLE_ROW, grid.last_row + 1), ROW_POINTS)
    # Labels of one row first: a label over several rows only needs what these leave missing.
    for label in sorted(grid.labels, key=lambda label: label.area.last_row - label.area.row):
        area = label.area
        rows = range(area.row, area.last_row + 1)
        width = sum(widths[area.column : area.last_column + 1])
        missing = lines_needed(label.text, width) * LINE_POINTS + 6 - sum(heights[r] for r in rows)
        if missing > 0:
            for row in rows:
                heights[row] += missing / len(rows)
    return heights


def _draw_notes(sheet: Worksheet, styles: Styles, grid: TableLayout, widths: list[float]) -> int:
    """Printed notes under the table and its helpers; returns their last row."""
    row = helper_rows(grid).stop - 1
    for note in grid.table.notes:
        row += 1
        write_area(sheet, Area(row, 0, row, grid.last_column), note, styles.note)
        sheet.set_row(row, lines_needed(note, sum(widths)) * LINE_POINTS + 10)
    return row


# ---------------------------------------------------------------------- page
def _set_page(
    sheet: Worksheet, grid: TableLayout, widths: list[float], heights: dict[int, float], end: int
) -> None:
    sheet.hide_gridlines(2)
    sheet.freeze_panes(*grid.first_data)
    size = (sum(widths) * UNIT_POINTS, sum(heights.values()) + TITLE_POINTS + INFO_POINTS)
    if grid.head_rows[1] > grid.head_rows[0] or grid.first_data[0] > TABLE_ROW:
        sheet.repeat_rows(*grid.head_rows)
    # Notes are printed only where no helper rows stand between them and the table.
    last = grid.last_row if len(helper_rows(grid)) else end
    sheet.print_area(0, 0, last, grid.last_column)
    set_page(sheet, landscape=_fits_better_across(size), pages_high=1)


def _fits_better_across(size: tuple[float, float]) -> bool:
    """True when the table may be printed larger on a sheet laid across."""
    short, long = PAGE_POINTS
    upright = min(short / size[0], long / size[1], 1.0)
    across = min(long / size[0], short / size[1], 1.0)
    return across > upright


def set_page(sheet: Worksheet, landscape: bool, pages_high: int = 0) -> None:
    """A4, one page wide, ``pages_high`` high (0: as many as needed), page numbers in the footer."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, pages_high)
    sheet.center_horizontally()
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.set_footer(f"&C{FOOTER_FONT}{say('template.footer')}")

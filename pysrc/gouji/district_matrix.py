"""The unit × item sheet: every unit's numbers, and the switch that takes a unit out."""

from __future__ import annotations

from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gouji.district_links import put_file_link
from gouji.district_plan import Plan, clean, file_name, item_label, put
from gouji.district_styles import DistrictStyles
from gouji.domain import read_cells
from gouji.layout import (
    MATRIX_CODE_ROW,
    MATRIX_FIELDS,
    MATRIX_FIRST_COLUMN,
    MATRIX_FIRST_ROW,
    MATRIX_LABEL_ROWS,
    Area,
)
from gouji.live_text import quoted
from gouji.model import Form, Number, Value
from gouji.rectangles import absolute
from gouji.rollup import Entry
from gouji.table_sheet import lines_needed, set_page, text_units, write_area
from gouji.wording import say

WIDTHS = {
    "counted": 6.5, "unit": 24, "code": 11, "level": 11, "status": 11, "file": 20, "sha256": 11,
}  # fmt: skip
FILE_WIDTH = 56  #: most of the column of file names
MEASURED = 300  #: names that the column is made wide enough for
ITEM_WIDTH = 10.5
LABEL_POINTS = 12.5  #: height of a line of the small labels
_COUNTED = MATRIX_FIELDS.index("counted")
_UNIT = MATRIX_FIELDS.index("unit")


def draw_matrix(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    """Heads, one row a unit, the drop-down switches, frozen panes, filter, page."""
    _draw_heads(sheet, styles, plan)
    for row, entry in enumerate(plan.listed, start=MATRIX_FIRST_ROW):
        _draw_fields(sheet, styles, plan, row, entry)
        _draw_numbers(sheet, styles, plan, row, entry)
    _draw_switches(sheet, styles, plan)
    last = max(plan.columns.values())
    sheet.hide_gridlines(2)
    sheet.freeze_panes(MATRIX_FIRST_ROW, _UNIT + 1)
    sheet.autofilter(MATRIX_CODE_ROW, 0, plan.last_row, last)
    sheet.repeat_rows(MATRIX_LABEL_ROWS[0], MATRIX_CODE_ROW)
    sheet.repeat_columns(_COUNTED, _UNIT)
    sheet.print_area(0, 0, plan.last_row, last)
    set_page(sheet, landscape=True)
    sheet.fit_to_pages(0, 0)
    sheet.set_print_scale(60)


def _draw_heads(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    district, year = plan.rollup.district, plan.rollup.year
    title = say("district.matrix_title", district=district, year=year)
    sheet.write_string(0, 0, clean(title), styles.heading)
    sheet.set_row(0, 30)
    notes = [say("district.matrix_note", yes=say("district.yes"), no=say("district.no"))]
    notes += [say("district.matrix_many")] if plan.many else []
    sheet.write_string(1, 0, "".join(notes), styles.info_left)
    top, low = MATRIX_LABEL_ROWS
    names = [text_units(file_name(entry.submission.file)) for entry in plan.listed[:MEASURED]]
    widths = WIDTHS | {"file": min(max([WIDTHS["file"], *names]), FILE_WIDTH)}
    for column, field in enumerate(MATRIX_FIELDS):
        sheet.set_column(column, column, widths[field])
        write_area(
            sheet, Area(top, column, low, column), say(f"district.{field}"), styles.matrix_head
        )
        sheet.write_string(MATRIX_CODE_ROW, column, field, styles.matrix_code)
    sheet.set_column(MATRIX_FIRST_COLUMN, max(plan.columns.values()), ITEM_WIDTH)
    for table, items in groupby(plan.form.items.values(), key=lambda item: item.table):
        codes = [item.code for item in items]
        area = Area(top, plan.columns[codes[0]], top, plan.columns[codes[-1]])
        title = plan.form.table(table).title
        write_area(sheet, area, title, styles.matrix_band)
        for code in codes:
            label = item_label(plan.form.items[code])
            sheet.write_string(low, plan.columns[code], label, styles.matrix_label)
            sheet.write_string(MATRIX_CODE_ROW, plan.columns[code], code, styles.matrix_code)
    sheet.set_row(top, 24)
    sheet.set_row(low, _label_height(plan.form))
    sheet.set_row(MATRIX_CODE_ROW, 50)


def _label_height(form: Form) -> float:
    width = ITEM_WIDTH * 11 / 9  # labels are set smaller than the text the widths are meant for
    lines = max(lines_needed(item_label(item), width) for item in form.items.values())
    return min(lines * LABEL_POINTS + 6, 400)


def _draw_fields(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int, entry: Entry
) -> None:
    submission = entry.submission
    texts = {
        "code": submission.code,
        "level": say(f"level.{submission.level}") if submission.level else "",
        "status": say(f"rollup.standing.{entry.standing}"),
        "file": file_name(submission.file),
        "sha256": submission.sha256,
    }
    switch = say("district.yes" if entry.counts else "district.no")
    sheet.write_string(row, _COUNTED, switch, styles.switch)
    file = "" if plan.many else submission.file
    link_styles = (styles.matrix_link, styles.matrix_text)
    put_file_link(sheet, (row, _UNIT), entry.unit, file, plan, link_styles)
    for field, text in texts.items():
        style = styles.standing(entry.standing) if field == "status" else styles.matrix_text
        put(sheet, row, MATRIX_FIELDS.index(field), text, style)


def _draw_numbers(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int, entry: Entry
) -> None:
    cells = read_cells(plan.form, entry.submission)
    for code, column in plan.columns.items():
        value = entry.submission.values.get(code)
        number = cells.numbers.get(code)
        if plan.many and not value and not number:
            continue
        shown, style = _shown(value, number, code in cells.blanks, styles)
        put(sheet, row, column, shown, style)


def _shown(
    value: Value, number: Number | None, blank: bool, styles: DistrictStyles
) -> tuple[Value, Format]:
    """The number that is added; text without a number stays as it is and adds nothing."""
    if number is None:
        return value, styles.matrix_unread
    if blank and not number:
        return value, styles.matrix_unread if value else styles.matrix_number
    return number, styles.matrix_number if number == value else styles.matrix_repaired


def _draw_switches(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    first, last = MATRIX_FIRST_ROW, plan.last_row
    yes, no = say("district.yes"), say("district.no")
    sheet.data_validation(first, _COUNTED, last, _COUNTED, {
        "validate": "list", "source": [yes, no],
        "input_title": say("district.switch_title"), "input_message": say("district.switch"),
        "error_title": say("prompt.error_title"), "error_message": say("district.switch_error"),
    })  # fmt: skip
    row = first + 1
    counted = absolute(Area(first, _COUNTED, last, _COUNTED))
    units = absolute(Area(first, _UNIT, last, _UNIT))
    if not plan.many:
        twice = f"SUMPRODUCT(({units}=$B{row})*({counted}={quoted(yes)}))>1"
        _colour(sheet, plan, _UNIT, f"AND($A{row}={quoted(yes)},{twice})", styles.fail)
    _colour(sheet, plan, max(plan.columns.values()), f"$A{row}={quoted(no)}", styles.out)


def _colour(sheet: Worksheet, plan: Plan, last: int, formula: str, style: Format) -> None:
    options = {"type": "formula", "criteria": f"={formula}", "format": style}
    sheet.conditional_format(MATRIX_FIRST_ROW, 0, plan.last_row, last, options)

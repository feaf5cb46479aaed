"""The proof sheet: every district cell recomputed from the long sheet, a second, other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from gouji.checks import FAIL, PASS
from gouji.district_links import inside
from gouji.district_long import counted_rows, long_range
from gouji.district_plan import Plan, clean, item_label, put
from gouji.district_styles import DistrictStyles
from gouji.helper_cells import excel_number
from gouji.layout import Area, reference
from gouji.live_text import quoted, spoken
from gouji.model import Number
from gouji.rectangles import absolute
from gouji.red_marks import mark_verdicts
from gouji.rollup_sums import long_sums
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page
from gouji.wording import say

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("place", "label", "item", "official", "second", "difference", "agrees")
WIDTHS = (19, 56, 36, 14, 16, 10, 9)
SMALLER = 1.13  #: how much more of the lists' smaller text fits in a width
TOP_ROW, NOTE_ROW, HEAD_ROW, FIRST_ROW = 1, 2, 3, 4
_CODE, _OFFICIAL, _SECOND, _GAP, _MARK = range(2, 7)


def draw_proof(sheet: Worksheet, styles: DistrictStyles, plan: Plan, frame: DataFrame) -> None:
    """One row an item and one sentence over all."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, say(f"district.{COLUMNS[column]}"), styles.list_head)
    sheet.set_row(0, 30)
    sheet.set_row(HEAD_ROW, 22)
    title = say("district.proof_title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.write_string(0, 0, clean(title), styles.heading)
    second = long_sums(counted_rows(frame))
    agree = 0
    for row, (code, total) in enumerate(plan.rollup.totals.items(), start=FIRST_ROW):
        other = second.get(code, 0)
        agree += other == total
        _draw_row(sheet, styles, plan, row, code, total, other, len(frame))
    last = FIRST_ROW + len(plan.form.items) - 1
    _draw_top(sheet, styles, plan, agree, last)
    mark_verdicts(sheet, styles, Area(FIRST_ROW, _MARK, last, _MARK))
    sheet.autofilter(HEAD_ROW, 0, last, _MARK)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    set_page(sheet, landscape=True)


def _draw_row(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int, code: str,
    total: Number, other: Number, rows: int,
) -> None:  # fmt: skip
    where, area = plan.layout.sheet_of[code], plan.layout.cell(code)
    place, label = plan.layout.place(code), item_label(plan.form.items[code])
    sheet.write_url(row, 0, inside(where, area.a1), styles.matrix_link, place)
    sheet.write_string(row, 1, label, styles.line)
    lines = lines_needed(label, WIDTHS[1] * SMALLER)
    sheet.set_row(row, max(18, lines * (LINE_POINTS - 2) + 4))
    sheet.write_string(row, _CODE, code, styles.digest)
    official = f"={reference(where, area)}"
    sheet.write_formula(row, _OFFICIAL, official, styles.line_number, excel_number(total))
    if plan.many:
        put(sheet, row, _SECOND, other, styles.line_number)
    else:
        formula = _second_way(plan, row, code, rows)
        sheet.write_formula(row, _SECOND, formula, styles.line_number, excel_number(other))
    gap = plan.rounded(code, f"D{row + 1}-E{row + 1}")
    sheet.write_formula(row, _GAP, gap, styles.line_number, excel_number(total - other))
    mark = f"=IF(F{row + 1}=0,{quoted(PASS)},{quoted(FAIL)})"
    shown = PASS if total == other else FAIL
    sheet.write_formula(row, _MARK, mark, styles.line_centre, shown)


def _second_way(plan: Plan, row: int, code: str, rows: int) -> str:
    values, codes, counted = (long_range(rows, key) for key in ("value", "item", "counted"))
    yes = quoted(say("district.yes"))
    return plan.rounded(code, f"SUMIFS({values},{codes},C{row + 1},{counted},{yes})")


def _draw_top(sheet: Worksheet, styles: DistrictStyles, plan: Plan, agree: int, last: int) -> None:
    live = agreement(plan, last)
    value = say("district.agreement", n=agree, all=len(plan.form.items))
    sheet.write_formula(TOP_ROW, 0, f"={live}", styles.heading, value)
    sheet.set_row(TOP_ROW, 26)
    note = say("district.proof_many" if plan.many else "district.proof_note")
    sheet.write_string(NOTE_ROW, 0, note, styles.info_left)


def agreement(plan: Plan, last: int, sheet: str = "") -> str:
    """The sentence “200 格中 200 格一致” as a live expression."""
    marks = absolute(Area(FIRST_ROW, _MARK, last, _MARK), sheet)
    count = f"COUNTIF({marks},{quoted(PASS)})"
    return spoken("district.agreement", n=count, all=str(len(plan.form.items)))

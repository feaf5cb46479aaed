"""The trace sheet: behind every district cell its units, the largest first, on to file and cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from gouji.district_links import anchor_of, inside, put_file_link
from gouji.district_plan import LINK_LIMIT, Plan, clean, file_name, put
from gouji.district_styles import DistrictStyles
from gouji.helper_cells import excel_number
from gouji.layout import MATRIX_FIRST_ROW, Area, a1, reference
from gouji.live_text import quoted
from gouji.model import Kind, Number
from gouji.rectangles import absolute
from gouji.rollup import Entry
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page
from gouji.wording import say

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("rank", "unit", "value", "share", "counted", "file", "cell")
WIDTHS = (17, 46, 15, 10, 8, 66, 18)
HEAD_ROW, FIRST_ROW = 2, 3
SHOWN, SHOWN_OF_MANY = 60, 20  #: units listed for one item; the rest in one line


@dataclass(frozen=True, slots=True)
class Block:
    """The units behind one item: number and position within ``plan.listed``, the largest first.

    What is switched out when the workbook is written comes last. ``rest`` counts the units of the
    one line at the end.
    """

    code: str
    row: int
    units: Sequence[tuple[Number, int]]
    rest: int

    @property
    def last_row(self) -> int:
        return self.row + len(self.units) + bool(self.rest)


def blocks_of(plan: Plan, frame: DataFrame) -> Mapping[str, Block]:
    """Item code → its block, in the order of the form; only items some unit reports."""
    units: dict[str, list[tuple[Number, int]]] = {}
    for position, code, value in zip(frame["row"], frame["code"], frame["value"], strict=True):
        units.setdefault(code, []).append((value, position))
    out = [not entry.counts for entry in plan.listed]
    most = SHOWN_OF_MANY if plan.many else SHOWN
    blocks: dict[str, Block] = {}
    row = FIRST_ROW
    for code in plan.form.items:
        if code in units:
            shown = nsmallest(most, units[code], key=lambda one: (out[one[1]], -one[0], one[1]))
            blocks[code] = Block(code, row, shown, len(units[code]) - len(shown))
            row = blocks[code].last_row + 1
    return blocks


def trace_link(plan: Plan, blocks: Mapping[str, Block], code: str) -> str:
    """Where a click on the district cell leads; to its column of all units where all have 0."""
    if code in blocks:
        return inside(say("sheet.trace"), a1(blocks[code].row, 0))
    column = plan.columns[code]
    target = f"{a1(MATRIX_FIRST_ROW, column)}:{a1(plan.last_row, column)}"
    return inside(say("sheet.matrix"), target)


def draw_trace(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, blocks: Mapping[str, Block]
) -> None:
    for column, (key, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, say(f"district.{key}"), styles.list_head)
    sheet.set_row(0, 30)
    sheet.set_row(HEAD_ROW, 22)
    title = say("district.trace_title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.write_string(0, 0, clean(title), styles.heading)
    sheet.write_string(1, 0, "".join(_notes(plan)), styles.info_left)
    for block in blocks.values():
        _draw_block(sheet, styles, plan, block)
    last = max((block.last_row for block in blocks.values()), default=FIRST_ROW)
    if not blocks:
        sheet.write_string(FIRST_ROW, 1, say("district.trace_empty"), styles.info_left)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, last, len(COLUMNS) - 1)
    set_page(sheet, landscape=True)


def _notes(plan: Plan) -> Iterator[str]:
    yield say("district.trace_note")
    if plan.many:
        yield say("district.trace_many", n=SHOWN_OF_MANY)


def _draw_block(sheet: Worksheet, styles: DistrictStyles, plan: Plan, block: Block) -> None:
    code, row = block.code, block.row
    where, area = plan.layout.sheet_of[code], plan.layout.cell(code)
    sheet.write_url(row, 0, inside(where, area.a1), styles.block_link, plan.layout.place(code))
    label = plan.form.items[code].full_label
    sheet.write_string(row, 1, label, styles.block_text)
    total = excel_number(plan.rollup.totals[code])
    sheet.write_formula(row, 2, f"={reference(where, area)}", styles.block_number, total)
    for column in (3, 4, 6):
        sheet.write_blank(row, column, None, styles.block_text)
    column = plan.columns[code]
    link = inside(say("sheet.matrix"), a1(MATRIX_FIRST_ROW, column))
    sheet.write_url(row, 5, link, styles.block_link, say("district.whole_column"))
    sheet.set_row(row, max(22, lines_needed(label, WIDTHS[1]) * LINE_POINTS + 6))
    for rank, (value, position) in enumerate(block.units, start=1):
        _draw_unit(sheet, styles, plan, block, rank, value, position)
    if block.rest:
        _draw_rest(sheet, styles, plan, block)


def _draw_unit(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, block: Block, rank: int, value: Number,
    position: int,
) -> None:  # fmt: skip
    entry, row = plan.listed[position], block.row + rank
    put(sheet, row, 0, rank, styles.line_centre)
    put(sheet, row, 1, entry.unit, styles.matrix_text)
    put(sheet, row, 2, value, styles.line_number)
    _draw_share(sheet, styles, plan, block, row, value, entry)
    word = say("district.yes" if entry.counts else "district.no")
    if plan.many:
        sheet.write_string(row, 4, word, styles.line_centre)
    else:
        spot = Area(MATRIX_FIRST_ROW + position, 0, MATRIX_FIRST_ROW + position, 0)
        formula = f"={reference(say('sheet.matrix'), spot)}"
        sheet.write_formula(row, 4, formula, styles.line_centre, word)
    submission = entry.submission
    file = submission.file if row < LINK_LIMIT else ""
    anchor = anchor_of(plan, submission, block.code)
    looks = (styles.matrix_link, styles.matrix_text)
    put_file_link(sheet, (row, 5), file_name(submission.file), file, plan, looks, anchor)
    place = plan.layout.place(block.code) if anchor else ""
    put(sheet, row, 6, place, styles.matrix_text)


def _draw_share(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, block: Block, row: int, value: Number,
    entry: Entry,
) -> None:  # fmt: skip
    """The part of the district's number, of units that are switched in."""
    total = plan.rollup.totals[block.code]
    share: float | str = ""
    if entry.counts and total and plan.form.items[block.code].kind is not Kind.SIGNED:
        share = float(value) / float(total)
    if plan.many or plan.form.items[block.code].kind is Kind.SIGNED:
        put_share(sheet, row, share, styles)
        return
    whole, yes = f"$C${block.row + 1}", quoted(say("district.yes"))
    formula = f'=IF(AND(E{row + 1}={yes},{whole}<>0),C{row + 1}/{whole},"")'
    sheet.write_formula(row, 3, formula, styles.share, share)


def put_share(sheet: Worksheet, row: int, share: float | str, styles: DistrictStyles) -> None:
    if share == "":
        sheet.write_blank(row, 3, None, styles.share)
    else:
        sheet.write_number(row, 3, float(share), styles.share)


def _draw_rest(sheet: Worksheet, styles: DistrictStyles, plan: Plan, block: Block) -> None:
    """One line for the units that are not listed; what of them is switched in, is its number."""
    row, column = block.last_row, plan.columns[block.code]
    shown = sum(value for value, at in block.units if plan.listed[at].counts)
    rest = excel_number(plan.rollup.totals[block.code] - shown)
    link = inside(say("sheet.matrix"), a1(MATRIX_FIRST_ROW, column))
    sheet.write_blank(row, 0, None, styles.line_centre)
    sheet.write_url(row, 1, link, styles.matrix_link, say("district.rest", n=block.rest))
    if plan.many:
        sheet.write_number(row, 2, rest, styles.line_number)
    else:
        first, last = block.row + 1, block.row + len(block.units)
        marks, numbers = (absolute(Area(first, at, last, at)) for at in (4, 2))
        inner = f"C{block.row + 1}-SUMIF({marks},{quoted(say('district.yes'))},{numbers})"
        formula = plan.rounded(block.code, inner)
        sheet.write_formula(row, 2, formula, styles.line_number, rest)
    for at in range(3, len(COLUMNS)):
        sheet.write_blank(row, at, None, styles.line)

"""The district workbook: official tables whose every cell leads to the units behind it.

It is itself a submission to the next tier: cover, tables and addresses are those of a unit's form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gouji.carry import EarlierYear
from gouji.check_sheet import draw_check_sheet
from gouji.district_charts import draw_charts
from gouji.district_cover import draw_district_cover
from gouji.district_lists import draw_findings, draw_units
from gouji.district_log import draw_log
from gouji.district_long import draw_long, long_area, long_frame
from gouji.district_matrix import draw_matrix
from gouji.district_plan import LogLine, Plan, Sources, plan_of
from gouji.district_proof import draw_proof
from gouji.district_rules import draw_rules
from gouji.district_styles import DistrictStyles
from gouji.district_trace import Block, blocks_of, draw_trace, trace_link
from gouji.district_years import draw_years, has_years
from gouji.edits import Confrontation
from gouji.helper_cells import draw_helpers, excel_number
from gouji.layout import MATRIX_CODE_ROW, Area, around, stamp_of
from gouji.model import Form, Number
from gouji.rectangles import absolute
from gouji.red_marks import mark_failures, verdict_names
from gouji.rollup import RollUp
from gouji.table_sheet import CellWriter, Heading, draw_table, open_area
from gouji.template import CREATED, PROTECTION, WINDOW, write_whole
from gouji.wording import say

if TYPE_CHECKING:
    from pandas import DataFrame

_FILTERED = PROTECTION | {"autofilter": True}
_LOCKED = ("cover", "charts", "check", "trace")
#: Written strictly from top to bottom.
STREAMED = ("long", "log")


def write_district_book(
    rollup: RollUp,
    path: Path,
    *,
    form: Form,
    own: Confrontation | None = None,
    earlier: Mapping[str, Number] | EarlierYear | None = None,
    received: Mapping[str, datetime] | None = None,
    history: Mapping[int, Mapping[str, Number | None]] | None = None,
    log: Sequence[LogLine] = (),
    made: datetime | None = None,
) -> None:
    """Write the roll-up to ``path``; the same roll-up gives the same bytes.

    ``own`` are the findings of the district's sums, ``earlier`` last year's district totals under
    this edition's codes, ``received`` when each file came in, where a ledger knows it, ``history``
    the totals of earlier years under this edition's codes, ``log`` what the ledger tells of these
    files, ``made`` when the workbook was made: not shown unless given. Raises OSError when the
    file cannot be written.
    """
    sources = Sources(received or {}, history or {}, tuple(log), made)
    plan = plan_of(form, rollup, earlier, path.parent, sources)
    write_whole(path, lambda workbook: _draw(workbook, plan, own or rollup.own))


def _draw(workbook: Workbook, plan: Plan, own: Confrontation | None) -> None:
    styles = DistrictStyles(workbook)
    workbook.set_properties({
        "title": plan.form.title, "subject": stamp_of(plan.form, district=True), "created": CREATED,
    })  # fmt: skip
    workbook.set_size(*WINDOW)
    workbook.in_memory = not plan.many
    sheets = _sheets(workbook, plan)
    frame: DataFrame = long_frame(plan)
    blocks = blocks_of(plan, frame)
    draw_district_cover(sheets["cover"], styles, plan, _contents(plan, sheets))
    draw_charts(workbook, sheets["charts"], styles, plan)
    for name in plan.layout.tables:
        _draw_table(sheets[f"table {name}"], styles, plan, name, blocks)
    draw_check_sheet(
        sheets["check"], styles, plan.layout, plan.facts, plan.checks, "district_light."
    )
    if has_years(plan):
        draw_years(sheets["years"], styles, plan)
    draw_trace(sheets["trace"], styles, plan, blocks)
    draw_matrix(sheets["matrix"], styles, plan)
    draw_long(sheets["long"], styles, plan, frame)
    draw_units(sheets["units"], styles, plan)
    draw_findings(sheets["findings"], styles, plan, own)
    draw_proof(sheets["proof"], styles, plan, frame)
    draw_rules(sheets["rules"], styles, plan)
    draw_log(sheets["log"], styles, plan)
    _define_names(workbook, plan, len(frame))
    _protect(sheets)


def _keys(plan: Plan) -> list[str]:
    """The sheets in their order; what there is nothing to say about is left out."""
    tables = [f"table {name}" for name in plan.layout.tables]
    years = ["years"] if has_years(plan) else []
    lists = ("trace", "matrix", "long", "units", "findings", "proof", "rules", "log")
    return ["cover", "charts", *tables, "check", *years, *lists]


def _sheets(workbook: Workbook, plan: Plan) -> dict[str, Worksheet]:
    sheets = {}
    for key in _keys(plan):
        # The long sheets of many units are streamed: kept in memory they would not fit a desktop.
        workbook.constant_memory = plan.many and key in STREAMED
        sheets[key] = workbook.add_worksheet(_sheet_name(plan, key))
    workbook.constant_memory = False
    return sheets


def _sheet_name(plan: Plan, key: str) -> str:
    table = key.removeprefix("table ")
    return plan.layout.tables[table].sheet if table != key else say(f"sheet.{key}")


def _contents(plan: Plan, sheets: Mapping[str, Worksheet]) -> list[tuple[str, str]]:
    """Every sheet but the front page with what it holds, in order."""
    tables = {f"table {name}": grid.table.title for name, grid in plan.layout.tables.items()}
    return [
        (sheet.name, tables.get(key) or say(f"district.about_{key}"))
        for key, sheet in sheets.items()
        if key != "cover"
    ]


def _define_names(workbook: Workbook, plan: Plan, rows: int) -> None:
    """Names for formulas of other workbooks, and those the red marks rely on."""
    names = verdict_names(plan.layout)
    for name, grid in plan.layout.tables.items():
        area = around(grid.cells.values())
        names[f"grid_{name}"] = f"={absolute(area, grid.sheet)}"
    units = Area(MATRIX_CODE_ROW, 0, plan.last_row, max(plan.columns.values()))
    names["units_items"] = f"={absolute(units, say('sheet.matrix'))}"
    names["long_table"] = f"={long_area(rows)}"
    for name, target in names.items():
        workbook.define_name(name, target)


def _protect(sheets: Mapping[str, Worksheet]) -> None:
    """Sums and numbers are locked; lists stay free to be sorted and filtered."""
    for key, sheet in sheets.items():
        if key == "matrix":
            sheet.protect("", dict(_FILTERED))
        elif key in _LOCKED or key.startswith("table "):
            sheet.protect("", dict(PROTECTION))


def _draw_table(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, table: str, blocks: Mapping[str, Block]
) -> None:
    layout, facts = plan.layout, plan.facts
    heading = Heading(facts.unit, facts.year)
    draw_table(sheet, styles, layout, table, _cell_writer(sheet, styles, plan, blocks), heading)
    draw_helpers(sheet, styles, layout, table, facts, plan.checks, plan.earlier)
    mark_failures(sheet, styles, layout, table)


def _cell_writer(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, blocks: Mapping[str, Block]
) -> CellWriter:
    """Each cell is the sum over the units, and a link to those behind it."""
    tip = say("district.open_units")

    def write(code: str, area: Area) -> None:
        open_area(sheet, area, styles.official)
        link = trace_link(plan, blocks, code)
        sheet.write_url(area.row, area.column, link, styles.official, "0", tip)
        total = excel_number(plan.rollup.totals[code])
        formula = plan.sum_formula(code)
        sheet.write_formula(area.row, area.column, formula, styles.official, total)

    return write

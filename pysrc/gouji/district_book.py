"""The district workbook: official tables whose every cell leads to the units behind it.

It is itself a submission to the next tier: cover, tables and addresses are those of a unit's form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gouji.check_sheet import draw_check_sheet
from gouji.district_cover import draw_district_cover
from gouji.district_lists import draw_findings, draw_units
from gouji.district_long import draw_long, long_frame
from gouji.district_matrix import draw_matrix
from gouji.district_plan import Plan, plan_of
from gouji.district_proof import draw_proof
from gouji.district_rules import draw_rules
from gouji.district_styles import DistrictStyles
from gouji.edits import Confrontation
from gouji.helper_cells import draw_helpers, excel_number
from gouji.layout import MATRIX_FIRST_ROW, Area, a1, stamp_of
from gouji.model import Form, Number
from gouji.red_marks import mark_failures, verdict_names
from gouji.rollup import RollUp
from gouji.table_sheet import CellWriter, Heading, draw_table, open_area
from gouji.template import CREATED, PROTECTION, WINDOW, write_whole
from gouji.wording import say

if TYPE_CHECKING:
    from pandas import DataFrame

_FILTERED = PROTECTION | {"autofilter": True}


def write_district_book(
    rollup: RollUp,
    path: Path,
    *,
    form: Form,
    own: Confrontation | None = None,
    earlier: Mapping[str, Number] | None = None,
    received: Mapping[str, datetime] | None = None,
) -> None:
    """Write the roll-up to ``path``; the same roll-up gives the same bytes.

    ``own`` are the findings of the district's sums, ``earlier`` last year's district totals under
    this edition's codes, ``received`` when each file came in, where a ledger knows it. Raises
    OSError when the file cannot be written.
    """
    plan = plan_of(form, rollup, earlier, path.parent, received)
    write_whole(path, lambda workbook: _draw(workbook, plan, own or rollup.own))


def _draw(workbook: Workbook, plan: Plan, own: Confrontation | None) -> None:
    styles = DistrictStyles(workbook)
    workbook.set_properties({
        "title": plan.form.title, "subject": stamp_of(plan.form, district=True), "created": CREATED,
    })  # fmt: skip
    workbook.set_size(*WINDOW)
    workbook.in_memory = not plan.many
    sheets = _sheets(workbook, plan)
    draw_district_cover(sheets["cover"], styles, plan)
    for name in plan.layout.tables:
        _draw_table(sheets[f"table {name}"], styles, plan, name)
    draw_check_sheet(
        sheets["check"], styles, plan.layout, plan.facts, plan.checks, "district_light."
    )
    draw_matrix(sheets["matrix"], styles, plan)
    frame: DataFrame = long_frame(plan)
    draw_long(sheets["long"], styles, plan, frame)
    draw_units(sheets["units"], styles, plan)
    draw_findings(sheets["findings"], styles, plan, own)
    draw_proof(sheets["proof"], styles, plan, frame)
    draw_rules(sheets["rules"], styles, plan)
    for name, target in verdict_names(plan.layout).items():
        workbook.define_name(name, target)
    _protect(sheets)


def _sheets(workbook: Workbook, plan: Plan) -> dict[str, Worksheet]:
    sheets = {"cover": workbook.add_worksheet(say("sheet.cover"))}
    for name, grid in plan.layout.tables.items():
        sheets[f"table {name}"] = workbook.add_worksheet(grid.sheet)
    for key in ("check", "matrix", "long", "units", "findings", "proof", "rules"):
        # The long sheet of many units is streamed: kept in memory it would not fit a desktop.
        workbook.constant_memory = plan.many and key == "long"
        sheets[key] = workbook.add_worksheet(say(f"sheet.{key}"))
    workbook.constant_memory = False
    return sheets


def _protect(sheets: Mapping[str, Worksheet]) -> None:
    """Sums and numbers are locked; lists stay free to be sorted and filtered."""
    for key, sheet in sheets.items():
        if key == "matrix":
            sheet.protect("", dict(_FILTERED))
        elif key in ("cover", "check") or key.startswith("table "):
            sheet.protect("", dict(PROTECTION))


def _draw_table(sheet: Worksheet, styles: DistrictStyles, plan: Plan, table: str) -> None:
    layout, facts = plan.layout, plan.facts
    heading = Heading(facts.unit, facts.year)
    draw_table(sheet, styles, layout, table, _cell_writer(sheet, styles, plan), heading)
    draw_helpers(sheet, styles, layout, table, facts, plan.checks, plan.earlier)
    mark_failures(sheet, styles, layout, table)


def _cell_writer(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> CellWriter:
    """Each cell is the sum over the units, and a link to its column of their numbers."""
    matrix, tip = say("sheet.matrix"), say("district.open_units")

    def write(code: str, area: Area) -> None:
        open_area(sheet, area, styles.official)
        column = plan.columns[code]
        target = f"{a1(MATRIX_FIRST_ROW, column)}:{a1(plan.last_row, column)}"
        link = f"internal:'{matrix}'!{target}"
        sheet.write_url(area.row, area.column, link, styles.official, "0", tip)
        total = excel_number(plan.rollup.totals[code])
        formula = plan.sum_formula(code)
        sheet.write_formula(area.row, area.column, formula, styles.official, total)

    return write

"""The district workbook's cover: who, which year, how many files and units, where to look."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from gouji.check_sheet import light
from gouji.cover_sheet import WIDTHS, draw_contents, draw_cover_head
from gouji.district_plan import Plan, clean, put
from gouji.district_proof import FIRST_ROW, agreement
from gouji.district_styles import DistrictStyles
from gouji.layout import COVER_FIELDS, COVER_INPUTS, Area, stamp_of
from gouji.live_text import quoted
from gouji.model import Value
from gouji.rollup import Standing
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page, write_area
from gouji.wording import say

NAMES_SHOWN = 12  #: more names than that are on the list of units only


def draw_district_cover(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    form = plan.form
    draw_cover_head(
        sheet, styles, form, light(plan.layout, plan.facts, plan.checks, "district_light.")
    )
    title = say("district.cover_title", title=form.title)
    sheet.write_string(0, 0, title, styles.cover_title)
    _draw_fields(sheet, styles, plan)
    row = max(area.row for area in plan.layout.cover.values()) + 2
    row = _draw_counts(sheet, styles, plan, row) + 1
    row = draw_contents(sheet, styles, row, contents(plan)) + 1
    row = _draw_guide(sheet, styles, row)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, row - 1, len(WIDTHS) - 1)
    set_page(sheet, landscape=False, pages_high=1)


def contents(plan: Plan) -> list[tuple[str, str]]:
    """Every other sheet with what it holds, in order."""
    tables = [(grid.sheet, grid.table.title) for grid in plan.layout.tables.values()]
    keys = ("check", "matrix", "long", "units", "findings", "proof")
    return tables + [(say(f"sheet.{key}"), say(f"district.about_{key}")) for key in keys]


def _draw_fields(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    rollup, form = plan.rollup, plan.form
    values: dict[str, Value] = {
        "unit": plan.facts.unit,
        "level": say(f"level.{rollup.level}") if rollup.level else "",
        "year": rollup.year,
        "edition": say("template.edition", basis=form.basis, id=form.id),
        "stamp": stamp_of(form, district=True),
    }
    for field in COVER_FIELDS:
        area = plan.layout.cover[field]
        sheet.write_string(area.row, area.column - 1, say(f"cover.{field}"), styles.field)
        open_field = field in COVER_INPUTS and field not in values
        style = styles.field_text_input if open_field else styles.field_fixed
        put(sheet, area.row, area.column, values.get(field), style)
        sheet.set_row(area.row, 24)


def _draw_counts(sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int) -> int:
    sheet.write_string(row, 0, say("district.state"), styles.heading)
    sheet.set_row(row, 24)
    counted, yes = plan.matrix_field("counted"), quoted(say("district.yes"))
    for key, count, names in _counts(plan):
        row += 1
        sheet.write_string(row, 0, say(f"district.count_{key}"), styles.field)
        if key == "counted":
            formula = f"=COUNTIF({counted},{yes})"
            sheet.write_formula(row, 1, formula, styles.count, count)
        else:
            put(sheet, row, 1, count, styles.count)
        put(sheet, row, 2, names, styles.hint)
        sheet.set_row(row, max(22, lines_needed(names, WIDTHS[2]) * (LINE_POINTS - 1) + 6))
    row += 1
    sheet.write_string(row, 0, say("sheet.proof"), styles.field)
    last = FIRST_ROW + len(plan.form.items) - 1
    formula = f"={agreement(plan, last, say('sheet.proof'))}"
    proof = plan.rollup.proof
    value = say("district.agreement", n=proof.agree, all=proof.cells)
    sheet.merge_range(row, 1, row, 2, "", styles.field_fixed)
    sheet.write_formula(row, 1, formula, styles.field_fixed, value)
    sheet.set_row(row, 24)
    return row + 1


def _counts(plan: Plan) -> Iterator[tuple[str, int, str]]:
    """Key, number and names of each group; the ordinary groups even when there are none."""
    rollup = plan.rollup
    if rollup.roster:
        yield "roster", len(rollup.roster.units), ""
    yield "counted", len(rollup.counted), ""
    let_in = [e.unit for e in rollup.entries if e.standing is Standing.LET_IN]
    if let_in:
        yield "let_in", len(let_in), _named(let_in)
    returned = [e.unit for e in plan.entries if e.standing is Standing.RETURNED]
    yield "returned", len(returned), _named(returned)
    if rollup.roster:
        yield "missing", len(rollup.missing), _named([unit.name for unit in rollup.missing])
    others = [e.unit or say("district.nameless") for e in plan.entries if _is_excluded(e.standing)]
    others += [say("district.nameless")] * len(rollup.unreadable)
    yield "excluded", len(others), _named(others)
    if rollup.unread:
        cells = [
            say("district.unread_cell", unit=cell.unit, place=plan.layout.place(cell.code))
            for cell in rollup.unread
        ]
        yield "unread", len(cells), _named(cells)


def _is_excluded(standing: Standing) -> bool:
    return standing not in (Standing.COUNTED, Standing.LET_IN, Standing.RETURNED)


def _named(names: list[str]) -> str:
    different = list(dict.fromkeys(names))
    text = say("rollup.listed").join(different[:NAMES_SHOWN])
    return clean(text + say("district.and_more") * (len(different) > NAMES_SHOWN))


def _draw_guide(sheet: Worksheet, styles: DistrictStyles, row: int) -> int:
    sheet.write_string(row, 0, say("district.guide_title"), styles.heading)
    sheet.set_row(row, 24)
    for line in say("district.guide").splitlines():
        row += 1
        write_area(sheet, Area(row, 0, row, len(WIDTHS) - 1), line, styles.plain)
        sheet.set_row(row, lines_needed(line, sum(WIDTHS)) * LINE_POINTS + 5)
    return row + 1

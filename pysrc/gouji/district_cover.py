"""The district workbook's front page: what it is, what it says, what is missing, where to look."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from gouji.check_sheet import light
from gouji.cover_sheet import draw_cover_head
from gouji.district_charts import live_sum, total_of
from gouji.district_front import draw_contents, draw_left_out, draw_made
from gouji.district_plan import Plan, clean, put
from gouji.district_proof import FIRST_ROW, agreement
from gouji.district_standing import left_out, unit_groups
from gouji.district_styles import DistrictStyles
from gouji.district_years import has_years
from gouji.helper_cells import excel_number
from gouji.layout import COVER_FIELDS, COVER_FIRST_ROW, COVER_INPUTS, Area, a1, stamp_of
from gouji.live_text import quoted
from gouji.model import Number, Term, Value
from gouji.rollup import Standing
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page, write_area
from gouji.wording import say

#: Fields and counts in A and B, the figures and reasons right of the gap.
WIDTHS = (16.0, 45.0, 2.0, 30.0, 12.0, 12.0, 12.0)
RIGHT = 3
LAST = len(WIDTHS) - 1
NAMES_SHOWN = 12  #: more names than that are on the list of units only


def draw_district_cover(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, names: list[tuple[str, str]]
) -> None:
    """``names``: every other sheet with a line that says what is there, in order."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    form = plan.form
    overall = light(plan.layout, plan.facts, plan.checks, "district_light.")
    title = say("district.cover_title", title=form.title)
    draw_cover_head(sheet, styles, form, overall, title=title, last=LAST)
    _draw_fields(sheet, styles, plan)
    behind = _draw_figures(sheet, styles, plan)
    row = max(behind, *(area.row + 1 for area in plan.layout.cover.values())) + 1
    row = _draw_counts(sheet, styles, plan, row) + 1
    row = draw_left_out(sheet, styles, plan, row)
    row = draw_contents(sheet, styles, row, names) + 1
    row = draw_made(sheet, styles, plan, row) + 1
    row = _draw_guide(sheet, styles, row)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, row - 1, LAST)
    set_page(sheet, landscape=False, pages_high=2)


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


# ------------------------------------------------------------------ the totals that matter
def _draw_figures(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> int:
    """What the edition declares to matter, live; beside last year where that is known."""
    figures, row = plan.form.headline, COVER_FIRST_ROW
    if not figures:
        return row
    compared, year = has_years(plan), plan.rollup.year
    sheet.write_string(row, RIGHT, say("district.figures"), styles.field)
    sheet.write_string(row, RIGHT + 1, say("district.year", year=year), styles.field)
    if compared:
        sheet.write_string(row, RIGHT + 2, say("district.year", year=year - 1), styles.field)
        sheet.write_string(row, RIGHT + 3, say("district.change"), styles.field)
    for label, terms in figures.items():
        row += 1
        sheet.write_string(row, RIGHT, label, styles.field_plain)
        total = total_of(plan.rollup.totals, terms) or 0
        sheet.write_formula(row, RIGHT + 1, live_sum(plan, terms), styles.figure,
                            excel_number(total))  # fmt: skip
        if compared:
            _draw_compared(sheet, styles, plan, row, terms, total)
        sheet.set_row(row, 24)
    return row + 1


def _draw_compared(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int, terms: tuple[Term, ...],
    total: Number,
) -> None:  # fmt: skip
    before = total_of(plan.past[plan.rollup.year - 1], terms)
    if before is None:
        sheet.write_string(row, RIGHT + 2, say("district.no_number"), styles.count)
        sheet.write_blank(row, RIGHT + 3, None, styles.count)
        return
    put(sheet, row, RIGHT + 2, before, styles.count)
    formula = f"={a1(row, RIGHT + 1)}-{a1(row, RIGHT + 2)}"
    sheet.write_formula(row, RIGHT + 3, formula, styles.count_change, excel_number(total - before))


# ------------------------------------------------------------------ the state of the collection
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
        if names:
            write_area(sheet, Area(row, RIGHT, row, LAST), names, styles.hint)
        lines = lines_needed(names, sum(WIDTHS[RIGHT:]))
        sheet.set_row(row, max(22, lines * (LINE_POINTS - 1) + 6))
    row += 1
    sheet.write_string(row, 0, say("sheet.proof"), styles.field)
    last = FIRST_ROW + len(plan.form.items) - 1
    formula = f"={agreement(plan, last, say('sheet.proof'))}"
    proof = plan.rollup.proof
    value = say("district.agreement", n=proof.agree, all=proof.cells)
    sheet.write_formula(row, 1, formula, styles.field_fixed, value)
    sheet.set_row(row, 24)
    return row + 1


def _counts(plan: Plan) -> Iterator[tuple[str, int, str]]:
    """Key, number and what to say of each group; the ordinary groups even when there are none."""
    rollup = plan.rollup
    if rollup.roster:
        yield "roster", len(rollup.roster.units), ""
    yield "counted", len(rollup.counted), ""
    let_in = [e.unit for e in rollup.entries if e.standing is Standing.LET_IN]
    if let_in:
        yield "let_in", len(let_in), _named(let_in)
    returned = unit_groups(plan)["returned"]
    yield "returned", len(returned), ""
    if rollup.roster:
        yield "missing", len(rollup.missing), ""
    others = len(rollup.unreadable) + sum(
        not entry.counts and not (entry.standing is Standing.RETURNED and entry.unit in returned)
        for entry in plan.entries
    )
    beside = others - sum(_is_other(line.standing) for line in left_out(plan))
    yield "excluded", others, say("district.beside", n=beside) if beside else ""
    if rollup.unread:
        cells = [
            say("district.unread_cell", unit=cell.unit, place=plan.layout.place(cell.code))
            for cell in rollup.unread
        ]
        yield "unread", len(cells), _named(cells)


def _is_other(standing: str) -> bool:
    return standing not in (Standing.RETURNED, "missing")


def _named(names: list[str]) -> str:
    different = list(dict.fromkeys(names))
    text = say("rollup.listed").join(different[:NAMES_SHOWN])
    return clean(text + say("district.and_more") * (len(different) > NAMES_SHOWN))


def _draw_guide(sheet: Worksheet, styles: DistrictStyles, row: int) -> int:
    sheet.write_string(row, 0, say("district.guide_title"), styles.heading)
    sheet.set_row(row, 24)
    for line in say("district.guide").splitlines():
        row += 1
        write_area(sheet, Area(row, 0, row, LAST), line, styles.plain)
        sheet.set_row(row, lines_needed(line, sum(WIDTHS)) * LINE_POINTS + 5)
    return row + 1

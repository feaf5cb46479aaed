"""The live cells around a statutory table: last year's values, differences, ✓/✗, red marks.

They stand outside the print area. Addresses come from the layout, verdicts from the check sheet.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from gouji import excel
from gouji.checks import (
    FAIL,
    PASS,
    PLACES,
    QUERY,
    VERDICT,
    CheckRow,
    difference_of,
    tables_filled,
)
from gouji.filled import Facts, last_year_parts
from gouji.layout import INFO_ROW, TITLE_ROW, Area, FormLayout, Helper, TableLayout
from gouji.live_text import count_marks, quoted, spoken
from gouji.model import EditRule, Number
from gouji.rectangles import absolute, rectangles
from gouji.styles import Styles
from gouji.table_sheet import helper_columns, status_column, write_area
from gouji.wording import say

HELPER_WIDTH, STATUS_WIDTH = 15.0, 30.0
PROMPT = 255  #: characters a prompt can hold


def draw_helpers(
    sheet: Worksheet,
    styles: Styles,
    layout: FormLayout,
    table: str,
    facts: Facts,
    checks: Mapping[str, CheckRow],
    given: Mapping[str, Number],
    source: str | None = None,
) -> None:
    """Difference and last-year cells with their heads, and the status texts.

    ``given`` are the last-year numbers the issuer knows: their cells are locked, and say that
    they come from ``source`` unless that is None.
    """
    grid = layout.tables[table]
    rules = {rule.name: rule for rule in layout.form.rules}
    for column in helper_columns(grid):
        sheet.set_column(column, column, HELPER_WIDTH)
    sheet.set_column(status_column(grid), status_column(grid), STATUS_WIDTH)
    for helper in grid.helpers:
        rule = rules[helper.rule]
        if helper.code:
            _draw_last_year(sheet, styles, layout, helper, facts, given)
            if helper.code in given and source is not None:
                _show_source(sheet, helper.area, source)
        else:
            _draw_difference(sheet, styles, layout, helper, rule, facts)
    _draw_heads(sheet, styles, layout, grid, rules)
    _draw_statuses(sheet, styles, layout, grid, checks)
    _draw_table_status(sheet, styles, layout, grid, facts, checks)


# ---------------------------------------------------------------------- cells
def _draw_last_year(
    sheet: Worksheet, styles: Styles, layout: FormLayout, helper: Helper, facts: Facts,
    given: Mapping[str, Number],
) -> None:  # fmt: skip
    row, column = helper.area.row, helper.area.column
    parts = last_year_parts(layout, helper.code)
    value = facts.earlier.get(helper.code)
    if helper.code in given:
        sheet.write_number(row, column, float(given[helper.code]), styles.last_year_locked)
    elif parts:
        areas = rectangles(layout.last_year[part][1] for part in parts)
        cells = ",".join(area.range for area in areas)
        shown = "" if value is None else excel_number(value)
        formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
        sheet.write_formula(row, column, formula, styles.last_year_locked, shown)
    else:
        sheet.write_blank(row, column, None, styles.last_year)
        _allow_last_year(sheet, helper.area)


def brought_prompt(source: str) -> dict[str, str]:
    """What is shown when a cell with last year's number is selected."""
    text = say("prompt.brought_from", source=source) if source else say("prompt.brought")
    return {"input_title": say("prompt.brought_title"), "input_message": shortened(text)}


def shortened(text: str) -> str:
    """At most as much as a prompt holds."""
    return text if len(text) <= PROMPT else f"{text[: PROMPT - 1]}…"


def _show_source(sheet: Worksheet, area: Area, source: str) -> None:
    options = {"validate": "any", **brought_prompt(source)}
    sheet.data_validation(area.row, area.column, area.last_row, area.last_column, options)


def _allow_last_year(sheet: Worksheet, area: Area) -> None:
    sheet.data_validation(
        area.row, area.column, area.row, area.column,
        {
            "validate": "decimal", "criteria": "between",
            "minimum": -999999999999, "maximum": 999999999999,
            "input_title": say("prompt.last_title"), "input_message": say("prompt.last"),
            "error_title": say("prompt.error_title"), "error_message": say("prompt.last_error"),
        },
    )  # fmt: skip


def _draw_difference(
    sheet: Worksheet, styles: Styles, layout: FormLayout, helper: Helper, rule: EditRule,
    facts: Facts,
) -> None:  # fmt: skip
    where = layout.differences[rule.name][0]
    formula = excel.difference_formula(layout, rule, where).removeprefix("=")
    formula = f"ROUND({formula},{PLACES})"
    shown: float | int | str = excel_number(difference_of(facts, rule))
    if rule.needs_last_year:
        last = [term.code for term in rule.terms if term.last_year]
        cells = excel.last_year_references(layout, rule, where)
        formula = f'IF(COUNT({cells})<{len(last)},"",{formula})'
        shown = shown if all(code in facts.earlier for code in last) else ""
    sheet.write_formula(
        helper.area.row, helper.area.column, f"={formula}", styles.difference, shown
    )


def excel_number(number: Number) -> int | float:
    """The number as a spreadsheet holds it."""
    return number if isinstance(number, int) else float(number)


# ---------------------------------------------------------------------- heads
def _draw_heads(
    sheet: Worksheet, styles: Styles, layout: FormLayout, grid: TableLayout,
    rules: Mapping[str, EditRule],
) -> None:  # fmt: skip
    depth = min(area.column for area in grid.cells.values())
    seen: set[int] = set()
    for helper in grid.helpers:
        line = helper.area.row if helper.below else helper.area.column
        key = line if helper.below else -1 - line
        if key in seen:
            continue
        seen.add(key)
        text = _head_text(layout, helper, rules[helper.rule])
        if not helper.below:
            sheet.write_string(helper.area.row - 1, line, text, styles.helper_head_centre)
        elif depth:
            write_area(sheet, Area(line, 0, line, depth - 1), text, styles.helper_head)
            sheet.set_row(line, 20)
        else:
            sheet.write_string(line, grid.last_column + 1, text, styles.helper_head)


def _head_text(layout: FormLayout, helper: Helper, rule: EditRule) -> str:
    if not helper.code:
        return say("template.difference_of", family=rule.family)
    item = layout.form.items[helper.code]
    labels = item.row_labels if helper.below else item.column_labels
    return say("template.last_year", label=labels[-1] if labels else item.label)


# ---------------------------------------------------------------------- statuses
def _draw_statuses(
    sheet: Worksheet, styles: Styles, layout: FormLayout, grid: TableLayout,
    checks: Mapping[str, CheckRow],
) -> None:  # fmt: skip
    """One text for each row of differences: how many of its rules fail."""
    lines: dict[int, list[str]] = {}
    for helper in grid.helpers:
        if not helper.code:
            lines.setdefault(helper.area.row, []).append(helper.rule)
    for row, names in lines.items():
        ranges = verdict_ranges(layout, names)
        marks = [checks[name].mark for name in names]
        bad, query = count_marks(ranges, FAIL), count_marks(ranges, QUERY)
        formula = (
            f"=IF({bad}>0,{spoken('template.row_fails', n=f'({bad})')},"
            f"IF({query}>0,{quoted(say('template.row_query'))},"
            f"IF({count_marks(ranges, PASS)}>0,{quoted(say('template.row_fine'))},"
            f"{quoted(say('template.row_open'))})))"
        )
        sheet.write_formula(row, status_column(grid), formula, styles.status, _row_word(marks))


def _row_word(marks: list[str]) -> str:
    if FAIL in marks:
        return say("template.row_fails", n=marks.count(FAIL))
    if QUERY in marks:
        return say("template.row_query")
    return say("template.row_fine" if PASS in marks else "template.row_open")


def _draw_table_status(
    sheet: Worksheet, styles: Styles, layout: FormLayout, grid: TableLayout, facts: Facts,
    checks: Mapping[str, CheckRow],
) -> None:  # fmt: skip
    """The table's own light, a link to the check sheet, and the way back to the cover."""
    check_sheet, column, name = say("sheet.check"), status_column(grid), grid.table.name
    names = [check.name for check in checks.values() if check.table == name]
    ranges = verdict_ranges(layout, names)
    bad = count_marks(ranges, FAIL)
    filled = tables_filled(layout, facts, {name: None})
    marks = [checks[each].mark for each in names]
    formula = (
        f"=IF({bad}>0,{spoken('template.table_fails', n=f'({bad})')},"
        f"IF({filled.formula}=0,{quoted(say('template.table_open'))},"
        f"{quoted(say('template.table_fine'))}))"
    )
    fails = marks.count(FAIL)
    word = say("template.table_fails", n=fails) if fails else ""
    word = word or say("template.table_fine" if filled.value else "template.table_open")
    sheet.write_url(TITLE_ROW, column, f"internal:'{check_sheet}'!A1", styles.status_link, word)
    sheet.write_formula(TITLE_ROW, column, formula, styles.status_link, word)
    cover = say("sheet.cover")
    sheet.write_url(
        INFO_ROW, column, f"internal:'{cover}'!A1", styles.link, say("template.to_cover")
    )


def verdict_ranges(layout: FormLayout, names: list[str]) -> list[str]:
    """Verdict cells of these rules as ranges of the check sheet."""
    areas = [Area(row, VERDICT, row, VERDICT) for row in map(layout.check_rows.get, names)
             if row is not None]  # fmt: skip
    return [absolute(area, say("sheet.check")) for area in rectangles(areas)]

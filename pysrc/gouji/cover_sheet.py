"""The cover: who reports, for which year, with what; the light, contents and instructions."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from gouji.checks import Live, years_text
from gouji.filled import Facts
from gouji.layout import COVER_FIELDS, COVER_INPUTS, Area, FormLayout, stamp_of
from gouji.model import LEVELS, Form, Submission
from gouji.red_marks import mark_verdicts
from gouji.styles import (
    BROUGHT_FILL,
    INPUT_FILL,
    LINE_POINTS,
    RED_FILL,
    TOTAL_FILL,
    Styles,
)
from gouji.table_sheet import lines_needed, set_page, write_area
from gouji.wording import say

WIDTHS = (16.0, 46.0, 46.0)
LIGHT_ROW = 2
LEGEND = (("input", INPUT_FILL), ("total", TOTAL_FILL), ("brought", BROUGHT_FILL),
          ("fail", RED_FILL))  # fmt: skip
GAP = 1  #: blank rows between the parts
DIGITS = ("code", "phone")  #: fields of digits that are no number


def draw_cover(
    sheet: Worksheet, styles: Styles, layout: FormLayout, facts: Facts, light: Live,
    submission: Submission | None, send_to: str = "",
) -> None:  # fmt: skip
    """Fill the whole cover of a unit's form; ``send_to`` is the address it is to be sent to."""
    form = layout.form
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    draw_cover_head(sheet, styles, form, light)
    texts = {"unit": facts.unit, "code": submission.code if submission else "",
             "level": say(f"level.{facts.level}") if facts.level else "",
             "send_to": send_to, "edition": say("template.edition", basis=form.basis, id=form.id),
             "stamp": stamp_of(form)}  # fmt: skip
    for field in COVER_FIELDS:
        _draw_field(sheet, styles, layout, field, texts.get(field, ""), facts.year)
    row = max(area.row for area in layout.cover.values()) + 1 + GAP
    row = draw_contents(sheet, styles, row, contents_of(layout)) + GAP
    row = _draw_guide(sheet, styles, form, row) + GAP
    row = _draw_legend(sheet, styles, form, row)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, row - 1, len(WIDTHS) - 1)
    set_page(sheet, landscape=False, pages_high=1)


def draw_cover_head(
    sheet: Worksheet, styles: Styles, form: Form, light: Live, title: str = "",
    last: int = len(WIDTHS) - 1,
) -> None:  # fmt: skip
    """Title (the form's unless given), basis and the overall light, across to column ``last``."""
    write_area(sheet, Area(0, 0, 0, last), title or form.title, styles.cover_title)
    subtitle = say("template.subtitle", basis=form.basis, years=years_text(form))
    write_area(sheet, Area(1, 0, 1, last), subtitle, styles.subtitle)
    sheet.merge_range(LIGHT_ROW, 0, LIGHT_ROW, last, "", styles.light)
    sheet.write_formula(LIGHT_ROW, 0, f"={light.formula}", styles.light, light.value)
    mark_verdicts(sheet, styles, Area(LIGHT_ROW, 0, LIGHT_ROW, 0))
    for row, points in ((0, 48), (1, 22), (LIGHT_ROW, 30)):
        sheet.set_row(row, points)


def contents_of(layout: FormLayout) -> list[tuple[str, str]]:
    """Sheet name and what it holds, in order."""
    titles = {grid.sheet: grid.table.title for grid in layout.tables.values()}
    titles[layout.form.narrative_sheet] = say("template.narrative_title")
    titles[say("sheet.check")] = say("checksheet.title")
    return [(name, titles[name]) for name in layout.sheets if name in titles]


def draw_contents(
    sheet: Worksheet, styles: Styles, row: int, contents: list[tuple[str, str]]
) -> int:
    """Links to the sheets; returns the row behind them."""
    sheet.write_string(row, 0, say("template.contents"), styles.heading)
    sheet.set_row(row, 24)
    for name, title in contents:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", styles.link, name)
        sheet.write_string(row, 1, title, styles.plain)
        sheet.set_row(row, 20)
    return row + 1


def _draw_field(
    sheet: Worksheet, styles: Styles, layout: FormLayout, field: str, text: str, year: int | None
) -> None:
    area = layout.cover[field]
    sheet.write_string(area.row, area.column - 1, say(f"cover.{field}"), styles.field)
    style = styles.field_fixed
    if field in COVER_INPUTS:
        style = styles.field_text_input if field in DIGITS else styles.field_input
        sheet.data_validation(area.row, area.column, area.row, area.column,
                              _validation(layout.form, field))  # fmt: skip
    if field == "year" and year is not None:
        sheet.write_number(area.row, area.column, year, style)
    elif text:
        sheet.write_string(area.row, area.column, text, style)
    else:
        sheet.write_blank(area.row, area.column, None, style)
    sheet.write_string(area.row, area.column + 1, _hint(layout.form, field), styles.hint)
    sheet.set_row(area.row, 26)


def _hint(form: Form, field: str) -> str:
    if field == "year":
        return say("prompt.year", first=form.first_year, years=years_text(form))
    return say(f"prompt.{field}")


def _validation(form: Form, field: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "validate": "any",
        "input_title": say(f"prompt.{field}_title"),
        "input_message": _hint(form, field),
        "error_title": say("prompt.error_title"),
    }
    if field == "level":
        words = [say(f"level.{level}") for level in LEVELS]
        options |= {"validate": "list", "source": words,
                    "error_message": say("prompt.level_error")}  # fmt: skip
    if field == "year":
        options |= {"validate": "integer", "criteria": "between", "minimum": 1990, "maximum": 2200,
                    "error_message": say("prompt.year_error", first=form.first_year)}  # fmt: skip
    return options


def _draw_guide(sheet: Worksheet, styles: Styles, form: Form, row: int) -> int:
    sheet.write_string(row, 0, say("template.guide"), styles.heading)
    sheet.set_row(row, 24)
    for number, text in enumerate(form.guide, start=1):
        row += 1
        line = say("template.guide_line", n=number, text=text)
        write_area(sheet, Area(row, 0, row, len(WIDTHS) - 1), line, styles.plain)
        sheet.set_row(row, lines_needed(line, sum(WIDTHS)) * LINE_POINTS + 5)
    return row + 1


def _draw_legend(sheet: Worksheet, styles: Styles, form: Form, row: int) -> int:
    sheet.write_string(row, 0, say("template.legend"), styles.heading)
    sheet.set_row(row, 24)
    for key, fill in LEGEND:
        row += 1
        sheet.write_blank(row, 0, None, styles.swatch(fill))
        sheet.write_string(row, 1, say(f"template.legend_{key}"), styles.hint)
        sheet.set_row(row, 20)
    row += 1 + GAP
    sheet.write_string(row, 0, say("template.version"), styles.heading)
    version = say("template.version_text", title=form.title, id=form.id, version=form.version)
    write_area(sheet, Area(row, 1, row, len(WIDTHS) - 1), version, styles.plain)
    sheet.set_row(row, 24)
    return row + 1

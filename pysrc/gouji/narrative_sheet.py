"""The sheet of the narrative sections: a title, a guide and a large free area for each."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from gouji.filled import verify_fits
from gouji.layout import NARRATIVE_COLUMNS, NARRATIVE_HEIGHT, Area, FormLayout
from gouji.model import Section
from gouji.styles import LINE_POINTS, Styles
from gouji.table_sheet import lines_needed, open_area, set_page, write_area
from gouji.wording import say

WIDTH = 12.0  #: of each column
TITLE_COLUMNS = 3  #: the rest of the title row holds the guide
LEAST_POINTS, MOST_POINTS = 22.0, 400.0  #: height of one of an area's rows
ONE_PAGE_POINTS = 1300.0  #: higher narratives are printed on several pages
PROMPT_LIMIT = 255


def draw_narrative(
    sheet: Worksheet, styles: Styles, layout: FormLayout, texts: Mapping[str, str]
) -> None:
    """Draw every narrative section. Raises ValueError for a section the form does not have."""
    if unknown := sorted(set(texts) - set(layout.narrative)):
        raise ValueError(f"not narrative sections of {layout.form.id}: {', '.join(unknown)}")
    sheet.set_column(0, NARRATIVE_COLUMNS - 1, WIDTH)
    last = NARRATIVE_COLUMNS - 1
    write_area(sheet, Area(0, 0, 0, last), say("template.narrative_title"), styles.title)
    sheet.set_row(0, 36)
    sections = {section.key: section for section in layout.form.sections}
    for key, area in layout.narrative.items():
        _draw_section(sheet, styles, sections[key], area, texts.get(key, ""))
    end = max(area.last_row for area in layout.narrative.values())
    least = NARRATIVE_HEIGHT * LEAST_POINTS
    high = sum(max(_points(texts.get(key, "")), least) for key in layout.narrative)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, end, last)
    set_page(sheet, landscape=False, pages_high=1 if high < ONE_PAGE_POINTS else 0)


def _draw_section(
    sheet: Worksheet, styles: Styles, section: Section, area: Area, text: str
) -> None:
    verify_fits(text, section.title)
    head = area.row - 1
    write_area(sheet, Area(head, 0, head, TITLE_COLUMNS - 1), section.title, styles.heading_wrapped)
    if section.guide:
        guide = Area(head, TITLE_COLUMNS, head, area.last_column)
        write_area(sheet, guide, section.guide, styles.small)
    room = WIDTH * (NARRATIVE_COLUMNS - TITLE_COLUMNS)
    sheet.set_row(head, max(34.0, lines_needed(section.guide, room) * LINE_POINTS + 4))
    open_area(sheet, area, styles.narrative)
    if text:
        sheet.write_string(area.row, area.column, text, styles.narrative)
    points = _points(text) / (area.last_row - area.row + 1)
    for row in range(area.row, area.last_row + 1):
        sheet.set_row(row, min(max(points, LEAST_POINTS), MOST_POINTS))
    sheet.data_validation(area.row, area.column, area.last_row, area.last_column, {
        "validate": "any", "input_title": say("prompt.narrative_title"),
        "input_message": (section.guide or section.title)[:PROMPT_LIMIT],
    })  # fmt: skip


def _points(text: str) -> float:
    """Height the text takes; at 12 points it needs a little more room than body text."""
    return lines_needed(text, WIDTH * NARRATIVE_COLUMNS * 0.9) * (LINE_POINTS + 2)

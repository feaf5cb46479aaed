"""The check sheet: every rule with both sides, difference, verdict and a link, and one light."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from gouji.checks import (
    DIFFERENCE,
    FAIL,
    LEFT,
    OPEN,
    PASS,
    QUERY,
    RIGHT,
    VERDICT,
    CheckRow,
    Live,
    tables_filled,
)
from gouji.filled import Facts
from gouji.helper_cells import excel_number
from gouji.layout import CHECK_FIRST_ROW, Area, FormLayout, reference
from gouji.live_text import count_marks, quoted, spoken
from gouji.model import Number
from gouji.rectangles import absolute
from gouji.red_marks import mark_verdicts
from gouji.styles import LINE_POINTS, Styles
from gouji.table_sheet import lines_needed, set_page, write_area
from gouji.wording import say

COLUMNS = ("number", "rule", "severity", "place", "says", "left", "right", "difference", "verdict")
WIDTHS = (6.0, 8.0, 7.0, 17.0, 96.0, 12.0, 16.0, 12.0, 30.0)
SMALLER = 1.13  #: how much more of the lists' smaller text fits in a width
LIGHT_ROW, LEGEND_ROW, COUNT_ROW = 1, 2, 3
HEAD_ROW = CHECK_FIRST_ROW - 1
#: Where the counts stand: the mark and its column in COUNT_ROW.
COUNTS = ((PASS, LEFT), (FAIL, RIGHT), (QUERY, DIFFERENCE), (OPEN, VERDICT))


def draw_check_sheet(
    sheet: Worksheet,
    styles: Styles,
    layout: FormLayout,
    facts: Facts,
    checks: Mapping[str, CheckRow],
    words: str = "checksheet.",
) -> None:
    """Fill the whole sheet, its page set-up, frozen head and filter.

    ``words`` is the section of the catalogue in which the light speaks, with its dot.
    """
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    _draw_top(sheet, styles, layout, facts, checks, words)
    for column, key in enumerate(COLUMNS):
        sheet.write_string(HEAD_ROW, column, say(f"checksheet.{key}"), styles.band)
    sheet.set_row(HEAD_ROW, 24)
    for number, check in enumerate(checks.values(), start=1):
        _draw_row(sheet, styles, layout.check_rows[check.name], number, check)
    last = max(layout.check_rows.values())
    mark_verdicts(sheet, styles, Area(CHECK_FIRST_ROW, VERDICT, last, VERDICT), calm=True)
    mark_verdicts(sheet, styles, Area(LIGHT_ROW, 0, LIGHT_ROW, 0))
    sheet.hide_gridlines(2)
    sheet.freeze_panes(CHECK_FIRST_ROW, 2)
    sheet.autofilter(HEAD_ROW, 0, last, VERDICT)
    sheet.repeat_rows(HEAD_ROW)
    sheet.print_area(0, 0, last, VERDICT)
    set_page(sheet, landscape=True)


def light(
    layout: FormLayout,
    facts: Facts,
    checks: Mapping[str, CheckRow],
    words: str = "checksheet.",
) -> Live:
    """The overall light of the form, as seen from any sheet, in the words of that section."""
    sheet = say("sheet.check")
    counts = {mark: absolute(Area(COUNT_ROW, at, COUNT_ROW, at), sheet) for mark, at in COUNTS}
    marks = [check.mark for check in checks.values()]
    filled = tables_filled(layout, facts, layout.tables)
    cover = say("sheet.cover")
    unit, year = (reference(cover, layout.cover[field]) for field in ("unit", "year"))
    steps = [
        (f"{counts[FAIL]}>0", "light_bad", FAIL, FAIL in marks),
        (f"{filled.formula}=0", "light_empty", "", filled.value == 0),
        (f'OR({unit}="",{year}="")', "light_cover", "", not facts.unit or facts.year is None),
        (f"{counts[QUERY]}>0", "light_query", QUERY, QUERY in marks),
        (f"{counts[OPEN]}>0", "light_open", OPEN, OPEN in marks),
    ]
    good = say(f"{words}light_good")
    formula, value = quoted(good), good
    for condition, key, mark, holds in reversed(steps):
        places = {"n": counts[mark], "sheet": quoted(sheet)} if mark else {}
        formula = f"IF({condition},{spoken(f'{words}{key}', **places)},{formula})"
        if holds:
            now = {"n": marks.count(mark), "sheet": sheet} if mark else {}
            value = say(f"{words}{key}", **now)
    return Live(formula, value)


def _draw_top(
    sheet: Worksheet,
    styles: Styles,
    layout: FormLayout,
    facts: Facts,
    checks: Mapping[str, CheckRow],
    words: str,
) -> None:
    last = len(COLUMNS) - 1
    write_area(sheet, Area(0, 0, 0, last), say("checksheet.title"), styles.title)
    sheet.set_row(0, 36)
    overall = light(layout, facts, checks, words)
    sheet.merge_range(LIGHT_ROW, 0, LIGHT_ROW, last, "", styles.light)
    sheet.write_formula(LIGHT_ROW, 0, f"={overall.formula}", styles.light, overall.value)
    sheet.set_row(LIGHT_ROW, 30)
    write_area(sheet, Area(LEGEND_ROW, 0, LEGEND_ROW, last), say("checksheet.legend"), styles.small)
    sheet.set_row(LEGEND_ROW, 24)
    write_area(
        sheet,
        Area(COUNT_ROW, 0, COUNT_ROW, LEFT - 1),
        say("checksheet.summary"),
        styles.helper_head,
    )
    verdicts = absolute(Area(CHECK_FIRST_ROW, VERDICT, max(layout.check_rows.values()), VERDICT))
    marks = [check.mark for check in checks.values()]
    for mark, column in COUNTS:
        formula = f"={count_marks([verdicts], mark)}"
        sheet.write_formula(COUNT_ROW, column, formula, styles.counter(mark), marks.count(mark))
    sheet.set_row(COUNT_ROW, 22)


def _draw_row(sheet: Worksheet, styles: Styles, row: int, number: int, check: CheckRow) -> None:
    where, area = check.place
    sheet.write_number(row, 0, number, styles.list_centre)
    sheet.write_string(row, 1, check.family, styles.list_centre)
    sheet.write_string(row, 2, say(f"severity.{check.severity}"), styles.list_centre)
    place = f"{where}!{area.a1}"
    sheet.write_url(row, 3, f"internal:'{where}'!{area.a1}", styles.list_link, place)
    sheet.write_string(row, 4, check.says, styles.list_text)
    for column, live in ((LEFT, check.left), (RIGHT, check.right), (DIFFERENCE, check.difference)):
        _write_live(sheet, styles, row, column, live)
    formula = f"={check.verdict.formula}"
    sheet.write_formula(row, VERDICT, formula, styles.verdict, check.verdict.value)
    lines = max(
        lines_needed(text, WIDTHS[column] * SMALLER)
        for column, text in ((1, check.family), (4, check.says))
    )
    sheet.set_row(row, max(20.0, lines * (LINE_POINTS - 1) + 4))


def _write_live(sheet: Worksheet, styles: Styles, row: int, column: int, live: Live) -> None:
    value = _shown(live.value)
    if live.array:
        formula = f"{{={live.formula}}}"
        sheet.write_array_formula(row, column, row, column, formula, styles.list_number, value)
    else:
        sheet.write_formula(row, column, f"={live.formula}", styles.list_number, value)


def _shown(value: Number | str) -> int | float | str:
    return value if isinstance(value, str) else excel_number(value)

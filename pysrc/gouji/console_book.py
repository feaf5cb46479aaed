"""The coordinator's console as a workbook: facts and buttons, units, findings, the last run's log.

The lists are written anew by every click, so their looks lie in columns and in conditional formats
that follow the content; nothing here is protected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gouji import editions
from gouji.district_plan import put
from gouji.layout import Area, a1
from gouji.ledger.events import CHOICES
from gouji.live_text import quoted
from gouji.macros import CONSOLE_BUTTONS, add_macros, insert_buttons
from gouji.model import Unit, Value
from gouji.rectangles import absolute
from gouji.round import ROUND_LEVELS, Round
from gouji.styles import (
    AMBER,
    AMBER_FILL,
    BODY_FONT,
    FAINT,
    GREEN,
    GREEN_FILL,
    INPUT_FILL,
    LINE,
    LINK,
    RED,
    RED_FILL,
    Styles,
)
from gouji.table_sheet import set_page, write_area
from gouji.template import CREATED, WINDOW, write_whole
from gouji.wording import say

SHEETS = ("front", "units", "findings", "files", "log")
STATES = ("passed", "received", "returned", "missing")  #: in the order of the chart
COLOURS = {"passed": "#4C8C5A", "received": "#E0A030", "returned": "#C0504D", "missing": "#A9B2BA"}
#: Facts of the round on the front sheet, each in a row of its own.
FIELDS = ("district", "year", "level", "edition", "deadline", "roster", "last_year")
INPUTS = ("district", "year", "level", "deadline", "roster", "last_year")
#: What the front sheet says of the last run.
RUN = ("button", "time", "outcome", "stop")
FRONT_WIDTHS = (14.0, 46.0, 4.0, 14.0, 10.0, 10.0, 30.0)
BUTTON_ROW, FACTS_ROW = 2, 5
RUN_ROW = FACTS_ROW + len(FIELDS) + 2
HEAD_ROW, FIRST_ROW = 2, 3  #: of every list
LAST_ROW = 20_000  #: how far conditional formats and counts of the lists reach

#: Columns of the lists and their widths.
UNIT_COLUMNS = {"number": 6, "unit": 30, "state": 9, "file": 44, "version": 7, "hard": 8, "soft": 8,
                "received": 17, "late": 9, "why": 60}  # fmt: skip
FINDING_COLUMNS = {"number": 6, "unit": 24, "severity": 8, "rule": 20, "place": 26,
                   "message": 70, "explanation": 36, "accepted": 9}  # fmt: skip
#: Every file that came in; two columns are for the coordinator's decisions.
FILE_COLUMNS = {"number": 6, "file": 44, "unit": 26, "version": 7, "state": 10, "received": 17,
                "sender": 26, "via": 14, "why": 56, "difference": 56, "decision": 12, "assign": 24,
                "digest": 18}  # fmt: skip
LOG_COLUMNS = {"time": 19, "text": 110}
LISTS: Mapping[str, Mapping[str, int]] = {
    "units": UNIT_COLUMNS, "findings": FINDING_COLUMNS, "files": FILE_COLUMNS, "log": LOG_COLUMNS,
}  # fmt: skip
_LINKED = ("file", "place")
_NUMBERS = (
    "number",
    "hard",
    "soft",
    "severity",
    "state",
    "version",
    "late",
    "accepted",
    "decision",
)
_TYPED = ("explanation", "decision", "assign")  #: columns people fill, as text


def sheet_name(key: str) -> str:
    return say(f"console.sheet.{key}")


def fact_cell(field: str) -> tuple[int, int]:
    """Row and column (from 0) of a fact's value on the front sheet."""
    return FACTS_ROW + FIELDS.index(field), 1


def run_cell(field: str) -> tuple[int, int]:
    """Row and column (from 0) of what the front sheet says of the last run."""
    return RUN_ROW + 1 + RUN.index(field), 1


def column(sheet: str, key: str) -> int:
    """Column (from 0) of a list."""
    return list(LISTS[sheet]).index(key)


def fact_texts(round_: Round) -> dict[str, str | int]:
    """What stands in the cells of the facts."""
    form = editions.load(round_.edition)
    return {
        "district": round_.district,
        "year": round_.year,
        "level": say(f"level.{round_.level}"),
        "edition": say("template.edition", basis=form.basis, id=form.id),
        "deadline": round_.deadline.isoformat() if round_.deadline else "",
        "roster": round_.roster_file.name,
        "last_year": round_.last_year or say("console.all_of", folder=round_.earlier.name),
    }


def write_console(
    path: Path, round_: Round | None = None, units: Sequence[Unit] = (), *, macros: bool = True
) -> None:
    """Write the console to ``path``, of a round or without one; ``.xlsm`` if with macros.

    All units stand as missing until a button has looked. Raises OSError.
    """
    write_whole(path, lambda workbook: _draw(workbook, round_, units, macros))


def _draw(workbook: Workbook, round_: Round | None, units: Sequence[Unit], macros: bool) -> None:
    workbook.set_properties({"title": say("console.title"), "created": CREATED})
    workbook.set_size(*WINDOW)
    styles = Styles(workbook)
    sheets = {key: workbook.add_worksheet(sheet_name(key)) for key in SHEETS}
    _draw_front(workbook, sheets["front"], styles, round_, len(units))
    for key in LISTS:
        _draw_list(sheets[key], styles, key)
    _draw_units(sheets["units"], styles, units)
    _draw_chart(workbook, sheets["units"], (HEAD_ROW, len(UNIT_COLUMNS) + 1))
    if macros:
        add_macros(workbook, "console")
        insert_buttons(sheets["front"], CONSOLE_BUTTONS, (BUTTON_ROW, 0), across=7)


# ---------------------------------------------------------------- front
def _draw_front(
    workbook: Workbook, sheet: Worksheet, styles: Styles, round_: Round | None, units: int
) -> None:
    for number, width in enumerate(FRONT_WIDTHS):
        sheet.set_column(number, number, width)
    last = len(FRONT_WIDTHS) - 1
    write_area(sheet, Area(0, 0, 0, last), say("console.title"), styles.cover_title)
    sheet.set_row(0, 44)
    write_area(sheet, Area(1, 0, 1, last), say("console.guide"), styles.small)
    sheet.set_row(1, 22)
    sheet.set_row(BUTTON_ROW, 36)
    _draw_facts(sheet, styles, round_)
    _draw_counts(sheet, styles, units)
    _draw_run(sheet, styles)
    _draw_chart(workbook, sheet, (RUN_ROW - 2, 3))
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, RUN_ROW + len(RUN) + 12, last)
    set_page(sheet, landscape=True, pages_high=1)


def _draw_facts(sheet: Worksheet, styles: Styles, round_: Round | None) -> None:
    sheet.write_string(FACTS_ROW - 1, 0, say("console.facts"), styles.heading)
    sheet.set_row(FACTS_ROW - 1, 26)
    texts = fact_texts(round_) if round_ else {}
    for field in FIELDS:
        row, place = fact_cell(field)
        sheet.set_row(row, 24)
        sheet.write_string(row, place - 1, say(f"console.fact.{field}"), styles.field)
        style = styles.field_text_input if field in INPUTS else styles.field_fixed
        put(sheet, row, place, texts.get(field), styles.field_input if field == "year" else style)
    row, place = fact_cell("level")
    words = [say(f"level.{level}") for level in ROUND_LEVELS]
    sheet.data_validation(row, place, row, place, {"validate": "list", "source": words})
    for field in ("roster", "last_year", "deadline"):
        row, place = fact_cell(field)
        sheet.data_validation(row, place, row, place, {
            "validate": "any", "input_title": say(f"console.fact.{field}"),
            "input_message": say(f"console.hint.{field}"),
        })  # fmt: skip


def _draw_counts(sheet: Worksheet, styles: Styles, units: int) -> None:
    """Live counts of the units' states; the charts show them."""
    sheet.write_string(FACTS_ROW - 1, 3, say("console.progress"), styles.heading)
    state = list_range("units", "state")
    for row, key in enumerate(STATES, start=FACTS_ROW):
        sheet.write_string(row, 3, say(f"round.state.{key}"), styles.field)
        count = units if key == "missing" else 0
        formula = f"=COUNTIF({state},{quoted(say(f'round.state.{key}'))})"
        sheet.write_formula(row, 4, formula, styles.number(), count)
        _share(sheet, styles, row, count, units)
    row = FACTS_ROW + len(STATES)
    cells = f"{a1(FACTS_ROW, 4)}:{a1(row - 1, 4)}"
    sheet.write_string(row, 3, say("console.units"), styles.field)
    sheet.write_formula(row, 4, f"=SUM({cells})", styles.total, units)
    _share(sheet, styles, row, units, units)


def _share(sheet: Worksheet, styles: Styles, row: int, count: int, units: int) -> None:
    whole = a1(FACTS_ROW + len(STATES), 4)
    formula = f"=IF({whole}=0,0,{a1(row, 4)}/{whole})"
    style = styles.number(num_format="0%")
    sheet.write_formula(row, 5, formula, style, count / units if units else 0)


def _draw_run(sheet: Worksheet, styles: Styles) -> None:
    sheet.write_string(RUN_ROW, 0, say("console.last_run"), styles.heading)
    sheet.set_row(RUN_ROW, 26)
    for field in RUN:
        row, place = run_cell(field)
        sheet.write_string(row, place - 1, say(f"console.run.{field}"), styles.field)
        style = styles.field_text_input if field == "stop" else styles.field_fixed
        put(sheet, row, place, None, style)
        sheet.set_row(row, 80 if field == "outcome" else 24)
    row, place = run_cell("outcome")
    put(sheet, row, place, say("console.not_yet_run"), styles.field_fixed)
    row, place = run_cell("stop")
    write_area(sheet, Area(row + 1, 0, row + 1, 1), say("console.how_to_stop"), styles.small)
    sheet.set_row(row + 1, 42)


def _draw_chart(workbook: Workbook, sheet: Worksheet, place: tuple[int, int]) -> None:
    """Units by state, one bar each in the state's colour, its count on it."""
    front, end = sheet_name("front"), FACTS_ROW + len(STATES) - 1
    chart = workbook.add_chart({"type": "bar"})
    font = {"name": BODY_FONT, "size": 11}
    chart.add_series({
        "name": say("console.progress"),
        "categories": [front, FACTS_ROW, 3, end, 3],
        "values": [front, FACTS_ROW, 4, end, 4],
        "points": [{"fill": {"color": COLOURS[state]}} for state in STATES],
        "data_labels": {"value": True, "font": font},
        "gap": 45,
    })  # fmt: skip
    chart.set_title({"name": say("console.progress"), "name_font": font | {"bold": False}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": LINE}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_size({"width": 430, "height": 230})
    sheet.insert_chart(*place, chart, {"x_offset": 4, "y_offset": 6, "object_position": 3,
                                       "description": say("console.progress")})  # fmt: skip


# ---------------------------------------------------------------- lists
def list_range(sheet: str, key: str) -> str:
    """A list's column, as a formula on another sheet names it."""
    place = column(sheet, key)
    return absolute(Area(FIRST_ROW, place, LAST_ROW, place), sheet_name(sheet))


def _draw_list(sheet: Worksheet, styles: Styles, name: str) -> None:
    columns = LISTS[name]
    sheet.write_string(0, 0, say(f"console.{name}_title"), styles.heading)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, say(f"console.{name}_note"), styles.info_left)
    for place, (key, width) in enumerate(columns.items()):
        sheet.set_column(place, place, width, _column_style(styles, key))
        sheet.write_string(HEAD_ROW, place, say(f"console.head.{key}"), styles.band)
    sheet.set_row(HEAD_ROW, 24)
    _follow_content(sheet, styles, name)
    sheet.freeze_panes(FIRST_ROW, min(2, len(columns) - 1))
    sheet.hide_gridlines(2)
    sheet.set_default_row(20)
    sheet.repeat_rows(HEAD_ROW)
    # Whole columns: the list has any length, the chart beside it is for the screen.
    sheet.print_area(0, 0, sheet.xls_rowmax - 1, len(columns) - 1)
    set_page(sheet, landscape=True)


def _column_style(styles: Styles, key: str) -> Format:
    shown: dict[str, Any] = {"font_size": 10, "align": "left", "indent": 1}
    if key in _NUMBERS:
        shown = {"font_size": 10, "align": "center"}
    elif key in ("received", "time"):
        shown = {"font_size": 10, "align": "center", "num_format": "yyyy-mm-dd hh:mm:ss"}
        shown |= {"num_format": "yyyy-mm-dd hh:mm"} if key == "received" else {}
    elif key in _LINKED:
        shown |= {"font_color": LINK}
    elif key in _TYPED:
        shown |= {"num_format": "@"}
    return styles.text(**shown)


def _follow_content(sheet: Worksheet, styles: Styles, name: str) -> None:
    """Lines around what is filled, colour for states; the word says it too."""
    columns = LISTS[name]
    whole = (FIRST_ROW, 0, LAST_ROW, len(columns) - 1)
    add = styles.workbook.add_format
    filled = f'=${a1(FIRST_ROW, 0)}<>""'
    if name == "units":
        looks = {"passed": (GREEN, GREEN_FILL), "received": (AMBER, AMBER_FILL),
                 "returned": (RED, RED_FILL), "stray": (RED, RED_FILL),
                 "missing": (FAINT, "#EEF0F2")}  # fmt: skip
        place = column(name, "state")
        for state, (ink, fill) in looks.items():
            sheet.conditional_format(FIRST_ROW, place, LAST_ROW, place, {
                "type": "cell", "criteria": "==", "value": quoted(say(f"round.state.{state}")),
                "format": add({"font_color": ink, "bg_color": fill, "bold": True,
                               "border": 1, "border_color": LINE}),
            })  # fmt: skip
    if name == "findings":
        _follow_findings(sheet, styles)
    if name == "files":
        _follow_files(sheet, styles)
    sheet.conditional_format(*whole, {
        "type": "formula", "criteria": filled,
        "format": add({"border": 1, "border_color": LINE}),
    })  # fmt: skip


def _follow_findings(sheet: Worksheet, styles: Styles) -> None:
    """Hard ones in red; beside the soft ones cells to fill."""
    add = styles.workbook.add_format
    place, hard = column("findings", "severity"), quoted(say("severity.hard"))
    sheet.conditional_format(FIRST_ROW, place, LAST_ROW, place, {
        "type": "cell", "criteria": "==", "value": hard,
        "format": add({"font_color": RED, "bold": True, "border": 1, "border_color": LINE}),
    })  # fmt: skip
    soft = f"=${a1(FIRST_ROW, place)}={quoted(say('severity.soft'))}"
    first, last = column("findings", "explanation"), column("findings", "accepted")
    _to_fill(sheet, styles, (first, last), soft)
    sheet.data_validation(FIRST_ROW, last, LAST_ROW, last, {
        "validate": "list", "source": [say("district.yes"), say("district.no")],
        "input_title": say("console.head.accepted"), "input_message": say("console.hint.accepted"),
    })  # fmt: skip


def _follow_files(sheet: Worksheet, styles: Styles) -> None:
    """Two columns of decisions."""
    first, last = column("files", "decision"), column("files", "assign")
    _to_fill(sheet, styles, (first, last), f'=${a1(FIRST_ROW, 0)}<>""')
    words = [say(f"decide.choice.{kind}") for kind in CHOICES]
    for place, listed in ((first, words), (last, None)):
        key = "decision" if listed else "assign"
        rule: dict[str, Any] = {"validate": "list", "source": listed} if listed else {
            "validate": "any"}  # fmt: skip
        sheet.data_validation(FIRST_ROW, place, LAST_ROW, place, rule | {
            "input_title": say(f"console.head.{key}"), "input_message": say(f"console.hint.{key}"),
        })  # fmt: skip


def _to_fill(sheet: Worksheet, styles: Styles, columns: tuple[int, int], condition: str) -> None:
    sheet.conditional_format(FIRST_ROW, columns[0], LAST_ROW, columns[1], {
        "type": "formula", "criteria": condition,
        "format": styles.workbook.add_format(
            {"bg_color": INPUT_FILL, "border": 1, "border_color": LINE}),
    })  # fmt: skip


def _draw_units(sheet: Worksheet, styles: Styles, units: Sequence[Unit]) -> None:
    looks = {key: _column_style(styles, key) for key in ("number", "unit", "state")}
    missing = say("round.state.missing")
    for number, unit in enumerate(units, start=1):
        row = FIRST_ROW + number - 1
        values: dict[str, Value] = {"number": number, "unit": unit.name.strip(), "state": missing}
        for key, value in values.items():
            put(sheet, row, column("units", key), value, looks[key])


def blank_for_libreoffice() -> bytes:
    """The console without a round as LibreOffice's own workbook, built by ``make workbooks``."""
    return files("gouji").joinpath("blank", "console.ods").read_bytes()

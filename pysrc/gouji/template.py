"""The unit's form as an .xlsx file: fresh, issued with last year's numbers, or filled.

The same values give the same bytes. The file is complete before it takes its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from gouji import excel
from gouji.check_sheet import draw_check_sheet, light
from gouji.checks import CheckRow, check_rows
from gouji.cover_sheet import WIDTHS, draw_cover
from gouji.filled import Facts, Filled, How, plan, shown_last_year
from gouji.helper_cells import brought_prompt, draw_helpers, excel_number
from gouji.layout import (
    TABLE_ROW,
    TITLE_ROW,
    Area,
    FormLayout,
    TableLayout,
    around,
    layout_of,
    stamp_of,
)
from gouji.macros import FORM_BUTTONS, add_macros, insert_buttons
from gouji.model import Form, Item, Kind, Number, Submission
from gouji.narrative_sheet import draw_narrative
from gouji.rectangles import absolute, rectangles
from gouji.red_marks import mark_failures, verdict_names
from gouji.styles import Styles
from gouji.table_sheet import CellWriter, Heading, draw_table, open_area, status_column
from gouji.wording import say

CREATED = datetime(2021, 1, 1, tzinfo=UTC)  #: fixed, so that the same form gives the same bytes
PROTECTION = {"select_locked_cells": True, "select_unlocked_cells": True,
              "format_columns": True, "format_rows": True}  # fmt: skip
#: Text from outside stays text: no formulas, links or numbers are read into it.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
           "strings_to_numbers": False}  # fmt: skip
MOST = 999_999_999_999  #: bound of the input rules, far above any real number
#: Called with the workbook, its sheets by name, and its formats, when all is drawn.
Finish = Callable[[Workbook, Mapping[str, Worksheet], Styles], None]
BUTTON_ROWS = 3  #: rows of a table's head, at their least height, that two lines of buttons take
WINDOW = (1920, 1200)  #: a large window: a wide table should not open in a small one


def write_template(
    form: Form,
    path: Path,
    *,
    submission: Submission | None = None,
    earlier: Mapping[str, Number] | None = None,
    source: str = "",
    send_to: str = "",
    macros: bool = False,
    finish: Finish | None = None,
) -> None:
    """Write the form to ``path``, fresh or filled with ``submission``.

    ``earlier`` holds last year's numbers under this edition's item codes; where known they stand
    locked beside the cells they are compared with, and fill brought-forward cells that the
    submission leaves blank, with ``source`` (where they come from, in words) shown when one of
    them is selected. ``send_to`` is the mail address the form is to be sent to. ``macros`` adds the
    buttons and the macros behind them; the path must then end in ``.xlsm``. ``finish`` may add to
    the drawn sheets. Raises ValueError for a value no cell can hold, before anything is written;
    OSError when the file cannot be written.
    """
    layout = layout_of(form)
    earlier = earlier or {}
    year = submission.year if submission else None
    cells = plan(form, submission, earlier, year)
    facts = Facts(
        unit=submission.unit if submission else "",
        level=submission.level if submission else "",
        year=year,
        values={code: cell.value for code, cell in cells.items()},
        earlier=shown_last_year(layout, earlier),
    )
    checks = check_rows(layout, facts)
    job = _Job(layout, facts, checks, cells, earlier, source, submission, send_to, macros, finish)
    write_whole(path, job.draw)


def write_whole(path: Path, draw: Callable[[Workbook], None]) -> None:
    """Write a workbook beside ``path`` and give it its name when it is complete.

    Raises OSError when the file cannot be written.
    """
    draft = path.with_name(f".gouji-{uuid4().hex}{path.suffix or '.xlsx'}")
    workbook = Workbook(str(draft), dict(OPTIONS))
    try:
        draw(workbook)
        workbook.close()
        draft.replace(path)
    except FileCreateError as problem:
        raise OSError(str(problem)) from problem
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Job:
    """Everything that is written, and the sheets it is written to."""

    layout: FormLayout
    facts: Facts
    checks: Mapping[str, CheckRow]
    cells: Mapping[str, Filled]
    earlier: Mapping[str, Number]
    source: str
    submission: Submission | None
    send_to: str
    macros: bool
    finish: Finish | None

    def draw(self, workbook: Workbook) -> None:
        layout, facts = self.layout, self.facts
        styles = Styles(workbook)
        workbook.set_properties({"title": layout.form.title, "subject": stamp_of(layout.form),
                                 "created": CREATED})  # fmt: skip
        workbook.set_size(*WINDOW)
        sheets = {name: workbook.add_worksheet(name) for name in layout.sheets}
        overall = light(layout, facts, self.checks)
        draw_cover(sheets[say("sheet.cover")], styles, layout, facts, overall, self.submission,
                   self.send_to)  # fmt: skip
        for name, grid in layout.tables.items():
            self._draw_table(sheets[grid.sheet], styles, name)
            grid_range = absolute(around(grid.cells.values()), grid.sheet)
            workbook.define_name(f"grid_{name}", f"={grid_range}")
        if layout.narrative:
            texts = self.submission.narrative if self.submission else {}
            draw_narrative(sheets[layout.form.narrative_sheet], styles, layout, texts)
        draw_check_sheet(sheets[say("sheet.check")], styles, layout, facts, self.checks)
        for name, target in verdict_names(layout).items():
            workbook.define_name(name, target)
        if self.macros:
            self._draw_buttons(workbook, sheets)
        if self.finish:
            self.finish(workbook, sheets, styles)
        for sheet in sheets.values():
            sheet.protect("", dict(PROTECTION))

    def _draw_buttons(self, workbook: Workbook, sheets: Mapping[str, Worksheet]) -> None:
        """The buttons beside the cover and beside every table's head, where nothing is printed."""
        add_macros(workbook, "form")
        insert_buttons(sheets[say("sheet.cover")], FORM_BUTTONS, (0, len(WIDTHS)))
        for grid in self.layout.tables.values():
            insert_buttons(sheets[grid.sheet], FORM_BUTTONS, _button_place(grid), across=2)

    def _draw_table(self, sheet: Worksheet, styles: Styles, table: str) -> None:
        layout, facts = self.layout, self.facts
        writer = _cell_writer(sheet, styles, layout, self.cells)
        draw_table(sheet, styles, layout, table, writer, Heading(facts.unit, facts.year))
        draw_helpers(sheet, styles, layout, table, facts, self.checks, self.earlier, self.source)
        mark_failures(sheet, styles, layout, table)
        items = [item for item in layout.form.items.values()
                 if item.table == table and item.code not in layout.form.totals]  # fmt: skip
        brought = {code for code, cell in self.cells.items() if cell.how is How.BROUGHT}
        _validate(sheet, layout, items, brought, self.source)
        if items:
            first = layout.cell(items[0].code)
            sheet.set_selection(first.row, first.column, first.row, first.column)


def _button_place(grid: TableLayout) -> tuple[int, int]:
    """Row and column from which the buttons of a table stand, two in a line, always in view.

    Under the table's light where the frozen head is high enough for two lines, else beside it.
    """
    if grid.first_data[0] - TABLE_ROW >= BUTTON_ROWS:
        return TABLE_ROW, status_column(grid)
    return TITLE_ROW, status_column(grid) + 1


def _cell_writer(
    sheet: Worksheet, styles: Styles, layout: FormLayout, cells: Mapping[str, Filled]
) -> CellWriter:
    """Writes an item's cell as planned."""
    totals = layout.form.totals
    by_how = {How.INPUT: styles.input, How.BROUGHT: styles.brought_in}

    def write(code: str, area: Area) -> None:
        cell = cells[code]
        style = by_how.get(cell.how, styles.total)
        if not area.is_cell:
            open_area(sheet, area, style)
        row, column, value = area.row, area.column, cell.value
        if cell.how is How.FORMULA:
            shown = "" if value is None or isinstance(value, str) else excel_number(value)
            sheet.write_formula(
                row, column, excel.total_formula(layout, totals[code]), style, shown
            )
        elif cell.how is How.PLAIN:
            formula = excel.plain_total_formula(layout, totals[code])
            sheet.write_formula(row, column, formula, style, 0)
        elif value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, style)
        else:
            sheet.write_number(row, column, excel_number(value), style)

    return write


def _validate(
    sheet: Worksheet, layout: FormLayout, items: list[Item], brought: Set[str], source: str
) -> None:
    """Input rules with prompts: one for each kind of number and each unit of amounts.

    A cell that was brought in says where its number comes from.
    """
    groups: dict[tuple[Kind, str, bool], list[Area]] = {}
    for item in items:
        unit = item.unit if item.kind is Kind.AMOUNT else ""
        group = groups.setdefault((item.kind, unit, item.code in brought), [])
        group.append(layout.cell(item.code))
    for (kind, unit, locked), areas in groups.items():
        spots = rectangles(areas)
        first, others = spots[0], spots[1:]
        options = _validation(kind, unit) | (brought_prompt(source) if locked else {})
        if others:
            options["other_cells"] = [[a.row, a.column, a.last_row, a.last_column] for a in others]
        sheet.data_validation(first.row, first.column, first.last_row, first.last_column, options)


def _validation(kind: Kind, unit: str) -> dict[str, Any]:
    named = say("prompt.amount_unit", unit=unit) if unit else ""
    message = say("prompt.amount", unit=named) if kind is Kind.AMOUNT else say(f"prompt.{kind}")
    least = -MOST if kind is Kind.SIGNED else 0
    return {
        "validate": "decimal" if kind is Kind.AMOUNT else "integer",
        "criteria": "between",
        "minimum": least,
        "maximum": MOST,
        "input_title": say(f"prompt.{kind}_title"),
        "input_message": message,
        "error_title": say("prompt.error_title"),
        "error_message": say(f"prompt.{kind}_error"),
    }

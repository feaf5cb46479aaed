"""Conditional formats: what turns red, and what is coloured by its ✓ or ✗.

Writing one costs as much as writing many cells, so equal ones share a relative formula. A format
may not name another sheet (Excel before 2010, WPS): where only the check sheet knows, the formula
asks a defined name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gouji.checks import FAIL, OPEN, PASS, PLACES, QUERY, VERDICT, check_cell
from gouji.filled import is_softened
from gouji.layout import TITLE_ROW, Area, FormLayout, TableLayout, a1, column_name
from gouji.live_text import quoted
from gouji.model import EditRule, Kind, Severity
from gouji.rectangles import rectangles
from gouji.styles import Styles
from gouji.table_sheet import status_column
from gouji.wording import say

#: Rows down and columns across from a total to each of its parts.
_Shape = tuple[tuple[int, int], ...]
#: The formula of a format as written for the cell at a row and column.
_Relative = Callable[[int, int], str]


def mark_failures(sheet: Worksheet, styles: Styles, layout: FormLayout, table: str) -> None:
    """Red: cells of a failing rule, text and negatives among the numbers, differences."""
    grid = layout.tables[table]
    for kind in Kind:
        items = [i for i in layout.form.items.values() if i.table == table and i.kind is kind]
        areas = [grid.cells[item.code] for item in items]
        _spread(sheet, areas, partial(_not_a_number, kind), styles.fail)
    _mark_totals(sheet, styles, layout, grid)
    _mark_balances(sheet, styles, layout, grid)
    for rule in _judged_elsewhere(layout):
        areas = [grid.cells[code] for code in rule.codes if code in grid.cells]
        verdict = f"LEFT({verdict_name(rule.name)},1)"
        hard = rule.severity is Severity.HARD
        if areas and hard:
            _condition(sheet, areas, f"{verdict}={quoted(FAIL)}", styles.fail)
        if areas and (not hard or is_softened(layout.form, rule)):
            _condition(sheet, areas, f"{verdict}={quoted(QUERY)}", styles.query)
    differences = [helper.area for helper in grid.helpers if not helper.code]
    _spread(sheet, differences, _off_difference, styles.fail)
    column = status_column(grid)
    rows = sorted({TITLE_ROW, *(area.row for area in differences)})
    mark_verdicts(sheet, styles, *(Area(row, column, row, column) for row in rows))


def mark_verdicts(sheet: Worksheet, styles: Styles, *areas: Area, calm: bool = False) -> None:
    """Colour texts by their first character; the character itself says the same.

    ``calm`` leaves what passed without a fill, for long lists.
    """
    passed = styles.good_text if calm else styles.good
    looks = ((FAIL, styles.fail), (QUERY, styles.query), (PASS, passed), (OPEN, styles.faint))
    for mark, style in looks:
        _condition(sheet, list(areas), f"LEFT({areas[0].a1},1)={quoted(mark)}", style)


def verdict_name(rule: str) -> str:
    """Defined name of a rule's verdict."""
    return "verdict_" + "".join(mark if mark.isalnum() or mark == "." else "_" for mark in rule)


def verdict_names(layout: FormLayout) -> dict[str, str]:
    """Defined names that ``mark_failures`` relies on, and what they refer to."""
    sheet = say("sheet.check")
    return {
        verdict_name(rule.name): f"='{sheet}'!{check_cell(layout, rule.name, VERDICT)}"
        for rule in _judged_elsewhere(layout)
    }


def _judged_elsewhere(layout: FormLayout) -> list[EditRule]:
    """Rules that no cell of their own sheet decides: without a difference cell, or softened."""
    return [
        rule
        for rule in layout.form.rules
        if not rule.total
        and (rule.name not in layout.differences or not _is_plainly_hard(layout, rule))
    ]


def _is_plainly_hard(layout: FormLayout, rule: EditRule) -> bool:
    return rule.severity is Severity.HARD and not is_softened(layout.form, rule)


def _mark_totals(sheet: Worksheet, styles: Styles, layout: FormLayout, grid: TableLayout) -> None:
    """Typed totals that differ from their parts: rules of one shape share one formula."""
    shapes: dict[_Shape, list[Area]] = {}
    for rule in layout.form.rules:
        if rule.total and rule.total in grid.cells:
            total = grid.cells[rule.total]
            parts = (layout.cell(term.code) for term in rule.right)
            shape = tuple((part.row - total.row, part.column - total.column) for part in parts)
            shapes.setdefault(shape, []).append(total)
    for shape, totals in shapes.items():
        _spread(sheet, totals, partial(_off_total, shape), styles.fail)


def _off_total(shape: _Shape, row: int, column: int) -> str:
    """True for a total that is blank beside filled parts, or not their sum."""
    parts = rectangles(Area(row + down, column + across, 0, 0) for down, across in shape)
    cells, total = ",".join(area.range for area in parts), a1(row, column)
    off = f"ROUND(SUM({total})-SUM({cells}),{PLACES})<>0"
    return f"IF(COUNT({cells})=0,FALSE,IF(COUNT({total})=0,TRUE,{off}))"


def _mark_balances(sheet: Worksheet, styles: Styles, layout: FormLayout, grid: TableLayout) -> None:
    """Cells of balances that have a difference cell in their column (row)."""
    rules = {rule.name: rule for rule in layout.form.rules}
    families: dict[tuple[bool, int], list[Area]] = {}
    for helper in grid.helpers:
        rule = rules[helper.rule]
        if not helper.code and _is_plainly_hard(layout, rule):
            line = helper.area.row if helper.below else helper.area.column
            areas = families.setdefault((helper.below, line), [])
            areas += [grid.cells[code] for code in rule.codes]
    for (below, line), areas in families.items():
        _spread(sheet, areas, partial(_off_balance, below, line), styles.fail)


def _off_balance(below: bool, line: int, row: int, column: int) -> str:
    name = f"{column_name(column)}${line + 1}" if below else f"${column_name(line)}{row + 1}"
    return f"IF(ISNUMBER({name}),{name}<>0,FALSE)"


def _off_difference(row: int, column: int) -> str:
    return f"IF(ISNUMBER({a1(row, column)}),{a1(row, column)}<>0,FALSE)"


def _not_a_number(kind: Kind, row: int, column: int) -> str:
    cell = a1(row, column)
    fraction, negative = f"{cell}<>INT({cell})", f"{cell}<0"
    odd = {Kind.SIGNED: fraction, Kind.AMOUNT: negative}.get(kind, f"OR({negative},{fraction})")
    return f"IF(ISERROR({cell}),TRUE,IF(ISNUMBER({cell}),{odd},LEN({cell})>0))"


def _spread(sheet: Worksheet, areas: Iterable[Area], formula: _Relative, style: Format) -> None:
    """One format for the cells of ``areas``, its formula relative to the first of them.

    Programs disagree on what the formula of several areas is relative to, unless the first one's
    corner is also the uppermost and leftmost of all; else each area gets its own.
    """
    spots = rectangles(areas)
    corner = (min((a.row for a in spots), default=0), min((a.column for a in spots), default=0))
    shared = bool(spots) and (spots[0].row, spots[0].column) == corner
    for group in [spots] if shared else [[spot] for spot in spots]:
        _condition(sheet, group, formula(group[0].row, group[0].column), style)


def _condition(sheet: Worksheet, areas: list[Area], formula: str, style: Format) -> None:
    first, *rest = areas
    options = {"type": "formula", "criteria": f"={formula}", "format": style}
    if rest:
        options["multi_range"] = " ".join(area.range for area in areas)
    sheet.conditional_format(first.row, first.column, first.last_row, first.last_column, options)

"""Rules as live Excel formulas over a layout; shared by those who write and those who verify.

Only functions of Excel 97: they behave alike in Excel, WPS and LibreOffice. ``SUM`` is used for
every side because it passes over blank and text cells, where ``+`` would give #VALUE!.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from gouji.layout import Area, FormLayout, column_name, reference
from gouji.model import EditRule, Term


def total_formula(layout: FormLayout, rule: EditRule) -> str:
    """Formula of a total cell: blank while all its parts are blank, else their sum."""
    return f'=IF(COUNT({_parts(layout, rule)})=0,"",{_sum(layout, rule)})'


def plain_total_formula(layout: FormLayout, rule: EditRule) -> str:
    """The same total showing 0 over blank parts, for a respondent who stated that 0."""
    return f"={_sum(layout, rule)}"


def difference_formula(layout: FormLayout, rule: EditRule, sheet: str) -> str:
    """Left side minus right side, as seen from ``sheet``."""
    left, right = (side_formula(layout, side, sheet) for side in (rule.left, rule.right))
    return f"={left}-({right})" if "+" in right or "-" in right else f"={left}-{right}"


def side_formula(layout: FormLayout, terms: tuple[Term, ...], sheet: str) -> str:
    """One side of a rule without the leading ``=``; ``0`` for an empty side."""
    if not terms:
        return "0"
    pieces = []
    for (coefficient, _), group in groupby(terms, key=lambda term: (term.coefficient, "")):
        cells = [_locate(layout, term) for term in group]
        sign = "-" if coefficient < 0 else "+"
        times = f"{abs(coefficient)}*" if abs(coefficient) != 1 else ""
        pieces.append(f"{sign}{times}SUM({_joined(cells, sheet)})")
    return "".join(pieces).removeprefix("+")


def cell_references(layout: FormLayout, codes: Iterable[str], sheet: str) -> str:
    """Comma-joined ranges of this year's items, as seen from ``sheet``."""
    return _joined([(layout.sheet_of[code], layout.cell(code)) for code in codes], sheet)


def last_year_references(layout: FormLayout, rule: EditRule, sheet: str) -> str:
    """Cells that hold the last-year values of a rule."""
    return _joined([layout.last_year[term.code] for term in rule.terms if term.last_year], sheet)


def _locate(layout: FormLayout, term: Term) -> tuple[str, Area]:
    if term.last_year:
        return layout.last_year[term.code]
    return layout.sheet_of[term.code], layout.cell(term.code)


def _sum(layout: FormLayout, rule: EditRule) -> str:
    return side_formula(layout, rule.right, layout.sheet_of[rule.total])


def _parts(layout: FormLayout, rule: EditRule) -> str:
    sheet = layout.sheet_of[rule.total]
    return cell_references(layout, [term.code for term in rule.right], sheet)


def _joined(cells: list[tuple[str, Area]], sheet: str) -> str:
    """References with neighbouring cells of one row or column drawn together into ranges."""
    runs: list[tuple[str, Area]] = []
    for where, area in cells:
        if runs and runs[-1][0] == where and (run := _extended(runs[-1][1], area)):
            runs[-1] = (where, run)
        else:
            runs.append((where, area))
    return ",".join(_reference(where, area, sheet) for where, area in runs)


def _extended(run: Area, area: Area) -> Area | None:
    down = (
        run.column == area.column and run.last_row + 1 == area.row and run.column == run.last_column
    )
    across = run.row == area.row and run.last_column + 1 == area.column and run.row == run.last_row
    if down or across:
        return Area(run.row, run.column, area.row, area.column)
    return None


def _reference(where: str, area: Area, sheet: str) -> str:
    # A merged cell is named by its anchor alone; a run of cells by its corners.
    if where != sheet and area.is_cell:
        return reference(where, area)
    prefix = "" if where == sheet else f"'{where}'!"
    if area.is_cell:
        return prefix + area.a1
    first = f"{column_name(area.column)}{area.row + 1}"
    return f"{prefix}{first}:{column_name(area.last_column)}{area.last_row + 1}"

"""Cells gathered into few rectangles, so that one validation or formula serves many cells."""

from __future__ import annotations

from collections.abc import Iterable

from gouji.layout import Area, a1


def rectangles(areas: Iterable[Area]) -> list[Area]:
    """Rectangles that cover exactly the top left cells of ``areas``, in reading order."""
    anchors = sorted({(area.row, area.column) for area in areas})
    runs: list[Area] = []
    for row, column in anchors:
        if runs and (runs[-1].row, runs[-1].last_column + 1) == (row, column):
            runs[-1] = Area(row, runs[-1].column, row, column)
        else:
            runs.append(Area(row, column, row, column))
    merged: list[Area] = []
    for run in runs:
        above = next((area for area in merged if _is_above(area, run)), None)
        if above:
            merged[merged.index(above)] = Area(above.row, above.column, run.row, above.last_column)
        else:
            merged.append(run)
    return merged


def absolute(area: Area, sheet: str = "") -> str:
    """``$D$6:$J$28``, with the sheet's name in front if given."""
    first, last = ((area.row, area.column), (area.last_row, area.last_column))
    text = _dollars(*first) if area.is_cell else f"{_dollars(*first)}:{_dollars(*last)}"
    return f"'{sheet}'!{text}" if sheet else text


def _dollars(row: int, column: int) -> str:
    name = a1(row, column)
    letters = name.rstrip("0123456789")
    return f"${letters}${name[len(letters) :]}"


def _is_above(area: Area, run: Area) -> bool:
    same = (area.column, area.last_column) == (run.column, run.last_column)
    return same and area.last_row + 1 == run.row

"""Values between Python and cells: what xlwings hands over, and what it gets back.

LibreOffice knows numbers and text only. Dates and booleans are numbers with a format, errors are
holes. A block is read and written in one call; formats are asked per distinct format, not per cell.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import numbers
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .bridge import common, struct
from .numberformats import DATE_CODE, DATETIME_CODE, GENERAL, TIME_CODE, NumberFormats

Block = tuple[tuple[Any, ...], ...]
Spot = tuple[int, int]
"""Row and column in a block, from 0."""

VALUE, DATETIME, FORMULA = 1, 2, 16
"""Bits of ``com.sun.star.sheet.CellFlags``: constant numbers, constant dates, formulas."""

MOST_AREAS = 48
"""Areas asked for their format before the groups of alike cells are asked for instead."""

ERRORS = {
    503: "#NUM!", 519: "#VALUE!", 521: "#NULL!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!",
    32767: "#N/A", 508: "#NAME?", 522: "#REF!", 523: "#NUM!", 526: "#REF!",
}  # fmt: skip
"""LibreOffice's numbers of errors as Excel names them; all others are ``#VALUE!``."""


class CellError(str):
    """An error in a cell, e.g. ``#DIV/0!``."""

    __slots__ = ()


# ---------------------------------------------------------------- what xlwings' converters call


def prepare(value: Any) -> Any:
    """One element on its way into a cell: None and NaN become "", dates and NumPy plain Python."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dt.datetime):
        plain = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        return plain.replace(tzinfo=None)
    if isinstance(value, (dt.date, dt.time)):
        return value
    if type(value).__module__ == "numpy":
        return _prepare_numpy(value)
    if isinstance(value, numbers.Number):
        number = float(value)  # type: ignore[arg-type]
        return "" if math.isnan(number) else number
    return value


def _prepare_numpy(value: Any) -> Any:
    if type(value).__name__ == "datetime64":
        plain = value.astype("datetime64[us]").item()
        return "" if plain is None else plain
    return prepare(value.item())


def clean(
    data: Iterable[Iterable[Any]], dates: Callable[..., Any], empty: Any,
    number: Callable[[float], Any] | None, errors_as_text: bool,
) -> list[list[Any]]:  # fmt: skip
    """Raw values as the user asked for them: options dates, empty, numbers, err_to_str."""

    def one(value: Any) -> Any:
        if value is None or (isinstance(value, str) and value == ""):
            return empty
        if isinstance(value, CellError):
            return str(value) if errors_as_text else None
        if isinstance(value, dt.datetime):
            return value if dates is dt.datetime else _rebuilt(value, dates)
        if number is not None and isinstance(value, float):
            return number(value)
        return value

    return [[one(cell) for cell in row] for row in data]


def _rebuilt(value: dt.datetime, build: Callable[..., Any]) -> Any:
    return build(
        year=value.year, month=value.month, day=value.day, hour=value.hour,
        minute=value.minute, second=value.second, microsecond=value.microsecond, tzinfo=None,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------- dates


def to_serial(value: dt.date | dt.time, null: dt.datetime) -> float:
    """Days since the document's day zero."""
    if isinstance(value, dt.time):
        since = dt.datetime.combine(dt.date.min, value) - dt.datetime.min
    elif isinstance(value, dt.datetime):
        since = value - null
    else:
        since = dt.datetime(value.year, value.month, value.day) - null
    return since / dt.timedelta(days=1)


def to_datetime(serial: float, null: dt.datetime) -> dt.datetime | float:
    """The moment, to the millisecond as in xlwings; the number itself where no date fits."""
    try:
        return null + dt.timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return serial


# -------------------------------------------------------------------------------------- reading


def read(cells: Any, formats: NumberFormats, null: dt.datetime) -> list[list[Any]]:
    """All values of a block of cells: float, str, bool, datetime, CellError, "" for empty."""
    data = [list(row) for row in cells.getDataArray()]
    holes = [(i, j) for i, row in enumerate(data) for j, v in enumerate(row) if v is None]
    for i, j in holes:
        data[i][j] = CellError(ERRORS.get(cells.getCellByPosition(j, i).getError(), "#VALUE!"))
    if any(isinstance(value, float) for row in data for value in row):
        _apply_formats(cells, data, formats, null)
    return data


def _apply_formats(
    cells: Any, data: list[list[Any]], formats: NumberFormats, null: dt.datetime
) -> None:
    for key, spots in _by_format(cells, data):
        if formats.is_date(key):
            for i, j in spots:
                data[i][j] = to_datetime(data[i][j], null)
        elif formats.is_logical(key):
            for i, j in spots:
                if data[i][j] in (0.0, 1.0):
                    data[i][j] = bool(data[i][j])


def _by_format(cells: Any, data: list[list[Any]]) -> Iterator[tuple[int, Iterable[Spot]]]:
    """(number format, positions of numbers that have it) of a block."""
    if len(data) == 1 and len(data[0]) == 1:
        yield cells.NumberFormat, [(0, 0)]
        return
    origin = cells.RangeAddress
    # Constants, dates and results of formulas mostly have one format each.
    for content in (VALUE, DATETIME, FORMULA):
        kind = cells.queryContentCells(content)
        areas = [list(_number_spots(area, origin, data)) for area in kind.getRangeAddresses()]
        if areas := [spots for spots in areas if spots]:
            key = common(kind, "NumberFormat")
            if key is None:
                yield from _by_area(cells, origin, areas, data)
            else:
                yield from ((key, spots) for spots in areas)


def _by_area(
    cells: Any, origin: Any, areas: list[list[Spot]], data: list[list[Any]]
) -> Iterator[tuple[int, Iterable[Spot]]]:
    """The same by asking for areas, halved as long as they differ; for groups if that is long.

    LibreOffice tells in one call whether an area has one format; each group of alike cells, which
    it knows too, costs it ten times that.
    """
    found, waiting, asked = [], list(areas), 0
    while waiting and asked + len(waiting) <= MOST_AREAS:
        spots = waiting.pop()
        top, left, bottom, right = _box(spots)
        asked += 1
        key = common(cells.getCellRangeByPosition(left, top, right, bottom), "NumberFormat")
        if key is not None:
            found.append((key, spots))
            continue
        tall = bottom - top >= right - left
        middle = (top + bottom if tall else left + right) // 2
        waiting += [[spot for spot in spots if (spot[not tall] <= middle) is side]
                    for side in (True, False)]  # fmt: skip
    if not waiting:
        yield from found
        return
    wanted = {spot for spots in areas for spot in spots}
    for group in _format_groups(cells):
        for area in group.getRangeAddresses():
            yield group.NumberFormat, wanted.intersection(_number_spots(area, origin, data))


def _number_spots(area: Any, origin: Any, data: list[list[Any]]) -> Iterator[Spot]:
    for i in range(area.StartRow - origin.StartRow, area.EndRow - origin.StartRow + 1):
        row = data[i]
        for j in range(
            area.StartColumn - origin.StartColumn, area.EndColumn - origin.StartColumn + 1
        ):
            if isinstance(row[j], float):
                yield i, j


def _box(spots: list[Spot]) -> tuple[int, int, int, int]:
    rows, columns = [i for i, _ in spots], [j for _, j in spots]
    return min(rows), min(columns), max(rows), max(columns)


# -------------------------------------------------------------------------------------- writing


@dataclass
class Sorted:
    """A block taken apart: plain data, and where the special cells are (row, column from 0)."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    booleans: list[tuple[int, int]] = field(default_factory=list)
    dates: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    formulas: list[tuple[int, int, str]] = field(default_factory=list)


def is_formula(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 1 and value.startswith("=")


def sort_out(data: Iterable[Iterable[Any]], null: dt.datetime) -> Sorted:
    """Take a block apart. Raises TypeError for what no cell can hold."""
    out = Sorted()
    for i, row in enumerate(data):
        out.rows.append(tuple(_plain(v, i, j, out, null) for j, v in enumerate(row)))
    return out


def _plain(value: Any, i: int, j: int, out: Sorted, null: dt.datetime) -> float | str:
    value = prepare(value)
    if isinstance(value, str):
        if is_formula(value):
            out.formulas.append((i, j, value))
            return ""
        return str(value[1:] if value.startswith("'") else value)
    if isinstance(value, bool):
        out.booleans.append((i, j))
        return float(value)
    if isinstance(value, (dt.date, dt.time)):
        out.dates.setdefault(_date_code(value), []).append((i, j))
        return to_serial(value, null)
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    raise TypeError(f"a cell cannot hold {value!r} ({type(value).__name__})")


def _date_code(value: dt.date | dt.time) -> str:
    if isinstance(value, dt.time):
        return TIME_CODE
    midnight = not isinstance(value, dt.datetime) or value.time() == dt.time()
    return DATE_CODE if midnight else DATETIME_CODE


def write(cells: Any, block: Sorted, document: Any, formats: NumberFormats) -> None:
    """Put the plain data of a block into cells and give them the formats they need.

    As in Excel, a date changes the format of a General cell only, and truth is not a format:
    a number that replaces TRUE shows as a number.
    """
    with _row_heights_kept(document):
        if len(block.booleans) < len(block.rows) * len(block.rows[0]):
            forget_truth(cells, formats)
        if block.booleans:
            _scattered(document, cells, block.booleans).NumberFormat = formats.boolean
        for key, spots in _dates_to_format(cells, block, formats).items():
            _scattered(document, cells, spots).NumberFormat = key
    cells.setDataArray(tuple(block.rows))


@contextlib.contextmanager
def _row_heights_kept(document: Any) -> Iterator[None]:
    """LibreOffice measures all rows anew for each format; the values that follow do it once."""
    document.IsAdjustHeightEnabled = False
    try:
        yield
    finally:
        document.IsAdjustHeightEnabled = True


def _dates_to_format(
    cells: Any, block: Sorted, formats: NumberFormats
) -> dict[int, list[tuple[int, int]]]:
    """Number format → dates in General cells: those are to get it."""
    out: dict[int, list[tuple[int, int]]] = {}
    if block.dates:
        origin = cells.RangeAddress
        general = [g for g in _format_groups(cells) if formats.code(g.NumberFormat) == GENERAL]
        for code, spots in block.dates.items():
            for group in general:
                out.setdefault(formats.key(code), []).extend(_inside(group, origin, spots))
    return {key: spots for key, spots in out.items() if spots}


def _inside(group: Any, origin: Any, spots: list[Spot]) -> Iterator[Spot]:
    """Those of the positions that lie in a group of areas."""
    for area in group.getRangeAddresses():
        top, bottom = area.StartRow - origin.StartRow, area.EndRow - origin.StartRow
        left, right = area.StartColumn - origin.StartColumn, area.EndColumn - origin.StartColumn
        for i, j in spots:
            if top <= i <= bottom and left <= j <= right:
                yield i, j


def forget_truth(cells: Any, formats: NumberFormats) -> None:
    key = common(cells, "NumberFormat")
    for group in [cells] if key is not None else _format_groups(cells):
        if formats.is_logical(group.NumberFormat):
            group.NumberFormat = 0


def _format_groups(cells: Any) -> list[Any]:
    groups = cells.getUniqueCellFormatRanges()
    return [groups.getByIndex(index) for index in range(groups.getCount())]


def _scattered(document: Any, cells: Any, spots: Iterable[tuple[int, int]]) -> Any:
    """One object for many cells, so that a property is set in one call."""
    origin = cells.RangeAddress
    made = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    made.addRangeAddresses(tuple(_runs(origin, spots)), False)
    return made


def _runs(origin: Any, spots: Iterable[tuple[int, int]]) -> Iterator[Any]:
    """Addresses of the cells, neighbours in a column joined."""
    by_column = sorted((j, i) for i, j in spots)
    start = previous = None
    for spot in by_column:
        if previous is not None and spot == (previous[0], previous[1] + 1):
            previous = spot
            continue
        if start is not None and previous is not None:
            yield _address(origin, start, previous)
        start = previous = spot
    if start is not None and previous is not None:
        yield _address(origin, start, previous)


def _address(origin: Any, first: tuple[int, int], last: tuple[int, int]) -> Any:
    return struct(
        "table.CellRangeAddress", origin.Sheet, origin.StartColumn + first[0],
        origin.StartRow + first[1], origin.StartColumn + last[0], origin.StartRow + last[1],
    )  # fmt: skip

"""Ranges: where they are, what is in them, and how one leads to another.

A range is an address: it does not move when rows are put in above it.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from xlwings import NoSuchObjectError, base_classes

from . import address, names, values
from .address import MAX_COLUMNS, MAX_ROWS, Area
from .bridge import UnoException
from .range_edit import ALL, CONTENTS, FORMATS, Edit
from .range_look import Look
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .book import Book
    from .sheet import Sheet

__all__ = ["ALL", "CONTENTS", "FORMATS", "Range"]

_DIRECTIONS = {
    "d": (1, 0), "down": (1, 0), "u": (-1, 0), "up": (-1, 0),
    "r": (0, 1), "right": (0, 1), "l": (0, -1), "left": (0, -1),
}  # fmt: skip


@names_the_rest(of=base_classes.Range)
class Range(Look, Edit, base_classes.Range):
    """A block of cells of one sheet; it may be empty (no rows or no columns)."""

    # what xlwings' abstract class itself brings along
    expand = base_classes.Range.expand
    max_cells_per_read = base_classes.Range.max_cells_per_read
    max_cells_per_write = base_classes.Range.max_cells_per_write

    def __init__(self, sheet: Sheet, area: Area, text: str = "") -> None:
        self._sheet, self.area = sheet, area
        self.arg1_input = text or address.write(area) if area.size else text
        self.options: dict[str, Any] = {}
        self._cells: Any = None

    # -- making ranges

    @classmethod
    def of(cls, book: Book, found: Any) -> Range:
        """From LibreOffice's CellRangeAddress."""
        rows = found.EndRow - found.StartRow + 1
        columns = found.EndColumn - found.StartColumn + 1
        sheet = book.sheets(found.Sheet + 1)
        return cls(sheet, Area(found.StartRow + 1, found.StartColumn + 1, rows, columns))

    @classmethod
    def between(cls, sheet: Sheet, arg1: Any, arg2: Any = None) -> Range:
        """What ``sheet.range(cell1, cell2)`` means, each an address, a name, a tuple or a range."""
        if isinstance(arg1, numbers.Number) and isinstance(arg2, numbers.Number):
            arg1, arg2 = (int(arg1), int(arg2)), None  # type: ignore[call-overload]
        first = cls._one(sheet, arg1)
        if arg2 is None:
            return first
        last = cls._one(sheet, arg2)
        corners = [
            corner
            for a in (first.area, last.area)
            for corner in ((a.row, a.column), (a.last_row, a.last_column))
        ]
        return cls(first.sheet, address.area_between(*corners))

    @classmethod
    def _one(cls, sheet: Sheet, arg: Any) -> Range:
        if isinstance(arg, Range):
            return arg
        if isinstance(arg, tuple):
            if 0 in arg[:2]:
                raise IndexError("row and column of a range count from 1")
            return cls(sheet, Area(*arg))
        if isinstance(arg, str):
            return cls._from_text(sheet, arg)
        raise TypeError(f"not a cell: {arg!r}")

    @classmethod
    def _from_text(cls, sheet: Sheet, text: str) -> Range:
        sheet_name, rest = address.split_sheet(text)
        if sheet_name:
            if sheet_name not in sheet.book.sheets:
                raise NoSuchObjectError(f"no sheet {sheet_name!r}")
            sheet = sheet.book.sheets(sheet_name)
        if area := address.parse(rest):
            return cls(sheet, area, rest)
        if "," in rest:
            refuse("Range of several areas")
        cells = _named_cells(sheet, rest)
        if cells is None:
            raise NoSuchObjectError(f"no address and no name: {text!r}")
        return cls.of(sheet.book, cells.RangeAddress)

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        """One cell, by row and column or by index along the rows; it may lie outside."""
        if arg2 is None:
            below, right = divmod(arg1 - 1, self.area.columns)
        else:
            below, right = arg1 - 1, arg2 - 1
        return Range(self._sheet, Area(self.area.row + below, self.area.column + right))

    # -- where it is

    sheet = property(lambda self: self._sheet)
    row = property(lambda self: self.area.row)
    column = property(lambda self: self.area.column)
    shape = property(lambda self: (self.area.rows, self.area.columns))
    api = property(lambda self: self.cells)

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        a = self.area
        return self._sheet.name, a.row, a.column, a.rows, a.columns

    def __len__(self) -> int:
        return self.area.size

    @property
    def cells(self) -> Any:
        """LibreOffice's object; None for an empty range."""
        if self._cells is not None and not self._still_there():
            self._cells = None
        a = self.area
        if self._cells is None and a.size:
            self._cells = self._sheet.api.getCellRangeByPosition(
                a.column - 1, a.row - 1, a.last_column - 1, a.last_row - 1
            )
        return self._cells

    def _still_there(self) -> bool:
        """LibreOffice's object moves with its cells; a range here does not."""
        found, a = self._cells.RangeAddress, self.area
        return (found.StartRow, found.StartColumn, found.EndRow, found.EndColumn) == (
            a.row - 1, a.column - 1, a.last_row - 1, a.last_column - 1,
        )  # fmt: skip

    @property
    def cell(self) -> Any:
        """LibreOffice's object of the first cell."""
        return self._sheet.api.getCellByPosition(self.area.column - 1, self.area.row - 1)

    @property
    def address(self) -> str:
        return address.write(self.area)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        text = address.write(self.area, row_absolute, col_absolute)
        if not external:
            return text
        place = f"[{self._sheet.book.name}]{self._sheet.name}"
        plain = address.quoted(self._sheet.name)[0] != "'" and " " not in place
        return f"{place}!{text}" if plain else f"{address.quoted(place)}!{text}"

    # -- what is in it

    @property
    def raw_value(self) -> Any:
        """One value, or a list of rows. Dates are datetime, errors CellError, empty is ""."""
        if self.cells is None:
            return None
        kept = self._sheet.book.kept
        data = values.read(self.cells, kept.formats, kept.null)
        return data[0][0] if len(self) == 1 else data

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        if self.cells is None:
            return
        if isinstance(data, (list, tuple)):
            self._write_rows(data)
        elif values.is_formula(data):
            self.formula = data
        elif values.prepare(data) == "":
            self.clear_contents()
        else:
            self._write([[data] * self.area.columns] * self.area.rows)

    def _write_rows(self, data: Any) -> None:
        rows = [list(r) for r in data] if isinstance(data[0], (list, tuple)) else [list(data)]
        if len(rows) != self.area.rows or any(len(r) != self.area.columns for r in rows):
            raise ValueError(f"the data do not have the shape of {self.address}")
        self._write(rows)

    def _write(self, rows: list[list[Any]]) -> None:
        kept = self._sheet.book.kept
        block = values.sort_out(rows, kept.null)
        self._check_writable()
        values.write(self.cells, block, self._sheet.book.api, kept.formats)
        kept.formulas.write(self._sheet.api, self._place(), block.formulas)

    def _check_writable(self) -> None:
        """Raises PermissionError where LibreOffice would silently leave protected cells alone."""
        if self._sheet.api.isProtected():
            protection = self.cells.getPropertyValue("CellProtection")
            mixed = self.cells.getPropertyState("CellProtection").value == "AMBIGUOUS_VALUE"
            if mixed or protection.IsLocked:
                raise PermissionError(f"{self._sheet.name}!{self.address} is protected")

    def _place(self) -> tuple[int, int, int]:
        return self._sheet.index - 1, self.area.row - 1, self.area.column - 1

    @property
    def formula(self) -> Any:
        """One formula or constant as text, or a tuple of rows of them."""
        if self.cells is None:
            return None
        rows = self._sheet.book.kept.formulas.read(self.cells)
        return rows[0][0] if len(self) == 1 else tuple(tuple(row) for row in rows)

    @formula.setter
    def formula(self, value: Any) -> None:
        if self.cells is None:
            return
        if not values.is_formula(value):
            self.raw_value = value
            return
        self._check_writable()
        values.forget_truth(self.cells, self._sheet.book.kept.formats)
        formulas = self._sheet.book.kept.formulas
        formulas.fill(self._sheet.api, self._place(), self.area.rows, self.area.columns, value)

    @property
    def formula2(self) -> Any:
        return self.formula

    @property
    def formula_array(self) -> Any:
        """The array formula these cells belong to, else the formula."""
        if self.cells is None:
            return None
        if not self.cell.getArrayFormula():
            return self.formula
        formulas = self._sheet.book.kept.formulas
        return formulas.text(self.cell.getArrayTokens(), *self._place())

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        if self.cells is None:
            return
        self._check_writable()
        formula = value if value.startswith("=") else f"={value}"
        tokens = self._sheet.book.kept.formulas.tokens(formula, *self._place())
        self.cells.setArrayTokens(tokens)

    @property
    def has_array(self) -> bool | None:
        """Whether all cells belong to array formulas; None if some do."""
        if self.cells is None:
            return False
        found = {t.startswith("{") for row in self.cells.getFormulaArray() for t in row}
        return found.pop() if len(found) == 1 else None

    # -- from one range to another

    def end(self, direction: str) -> Range:
        """Where Ctrl+arrow leads from the first cell."""
        down, right = _DIRECTIONS[direction]
        a = self.area
        column = Area(1, a.column, MAX_ROWS, 1) if down else Area(a.row, 1, 1, MAX_COLUMNS)
        filled = Range(self._sheet, column)._filled(rows=bool(down))
        start, last = (a.row, MAX_ROWS) if down else (a.column, MAX_COLUMNS)
        stop = _stop(filled, start, down + right, last)
        return Range(self._sheet, Area(stop, a.column) if down else Area(a.row, stop))

    def _filled(self, rows: bool) -> list[tuple[int, int]]:
        """Runs of non-empty cells in one row or column: (first, last), from 1."""
        found = self.cells.queryContentCells(CONTENTS).getRangeAddresses()
        spans = sorted(
            (f.StartRow + 1, f.EndRow + 1) if rows else (f.StartColumn + 1, f.EndColumn + 1)
            for f in found
        )
        runs: list[tuple[int, int]] = []
        for first, last in spans:
            if runs and runs[-1][1] + 1 >= first:
                runs[-1] = runs[-1][0], max(last, runs[-1][1])
            else:
                runs.append((first, last))
        return runs

    @property
    def current_region(self) -> Range:
        cursor = self._sheet.api.createCursorByRange(self.cells)
        cursor.collapseToCurrentRegion()
        return Range.of(self._sheet.book, cursor.RangeAddress)

    @property
    def merge_area(self) -> Range:
        cursor = self._sheet.api.createCursorByRange(self.cell)
        cursor.collapseToMergedArea()
        return Range.of(self._sheet.book, cursor.RangeAddress)

    @property
    def rows(self) -> Range:
        return self

    @property
    def columns(self) -> Range:
        return self

    def select(self) -> None:
        self._sheet.activate()
        self._sheet.book.api.CurrentController.select(self.cells)


def _named_cells(sheet: Sheet, name: str) -> Any:
    """Cells that a defined name or a database range (table) stands for."""
    found = names.find(sheet.book, sheet, name)
    tables = sheet.book.api.DatabaseRanges
    if found is None and tables.hasByName(name):
        found = tables.getByName(name)
    try:
        return found and found.getReferredCells()
    except UnoException:
        return None


def _stop(filled: list[tuple[int, int]], start: int, step: int, last: int) -> int:
    """Where a walk over the runs of filled cells ends."""
    for first_cell, last_cell in filled:
        if first_cell <= start <= last_cell:
            edge = last_cell if step > 0 else first_cell
            if edge != start:
                return edge
    if step > 0:
        return min((f for f, _ in filled if f > start), default=last)
    return max((e for _, e in filled if e < start), default=1)

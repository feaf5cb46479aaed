"""Sheets: their order, their look, and the way to their cells and objects."""

from __future__ import annotations

import contextlib
import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import address
from .address import MAX_COLUMNS, MAX_ROWS, Area
from .bridge import struct
from .charts import Charts
from .names import Names
from .notes import Note
from .range import ALL, CONTENTS, FORMATS, Range
from .shapes import Pictures, Shapes
from .tables import Tables
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .book import Book


@names_the_rest(of=base_classes.Sheets)
class Sheets(base_classes.Sheets):
    """The sheets of a book, by name (upper or lower case) or 1-based index."""

    def __init__(self, book: Book) -> None:
        self._book = book

    api = property(lambda self: self._book.api.Sheets)

    def __len__(self) -> int:
        return int(self.api.getCount())

    def __iter__(self) -> Iterator[Sheet]:
        sheets = self.api
        for index in range(sheets.getCount()):
            yield Sheet(self._book, sheets.getByIndex(index))

    def __contains__(self, key: object) -> bool:
        return any(str(key).lower() == name.lower() for name in self.api.ElementNames)

    def __call__(self, name_or_index: int | str) -> Sheet:
        sheets = self.api
        if isinstance(name_or_index, numbers.Number):
            if 1 <= int(name_or_index) <= sheets.getCount():
                return Sheet(self._book, sheets.getByIndex(int(name_or_index) - 1))
            raise KeyError(name_or_index)
        for name in sheets.ElementNames:
            if name.lower() == str(name_or_index).lower():
                return Sheet(self._book, sheets.getByName(name))
        raise KeyError(name_or_index)

    @property
    def active(self) -> Sheet:
        return Sheet(self._book, self._book.api.CurrentController.getActiveSheet())

    def add(self, before: Sheet | None = None, after: Sheet | None = None,
            name: str | None = None) -> Sheet:  # fmt: skip
        """A new sheet in front of the active one, unless told where. It becomes active."""
        position = _position(before, after, self.active)
        taken = {known.lower() for known in self.api.ElementNames}
        number = len(taken) + 1
        while f"sheet{number}" in taken:
            number += 1
        self.api.insertNewByName(name or f"Sheet{number}", position)
        added = self(position + 1)
        added.activate()
        return added


def _position(before: Sheet | None, after: Sheet | None, default: Sheet) -> int:
    """Index from 0 at which a sheet is to be put in."""
    return int(after.index) if after else int((before or default).index) - 1


@names_the_rest(of=base_classes.Sheet)
class Sheet(base_classes.Sheet):
    """One sheet. ``api`` is LibreOffice's spreadsheet."""

    api: Any = None

    def __init__(self, book: Book, api: Any) -> None:
        self._book, self.api = book, api

    book = property(lambda self: self._book)
    index = property(lambda self: self.api.RangeAddress.Sheet + 1)
    names = property(lambda self: Names(self._book, self))
    shapes = property(lambda self: Shapes(self))
    pictures = property(lambda self: Pictures(self))
    charts = property(lambda self: Charts(self))
    tables = property(lambda self: Tables(self))
    page_setup = property(lambda self: PageSetup(self))
    freeze_panes = property(lambda self: FreezePanes(self))

    @property
    def name(self) -> str:
        return str(self.api.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.api.Name = value

    @property
    def visible(self) -> bool:
        return bool(self.api.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.api.IsVisible = bool(value)

    @property
    def pivot_tables(self) -> Any:
        return refuse("Sheet.pivot_tables")

    # -- cells

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        return Range.between(self, arg1, arg2)

    @property
    def cells(self) -> Range:
        return Range(self, Area(1, 1, MAX_ROWS, MAX_COLUMNS))

    @property
    def used_range(self) -> Range:
        cursor = self.api.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return Range.of(self._book, cursor.RangeAddress)

    @property
    def notes(self) -> list[Note]:
        found = self.api.Annotations
        places = [found.getByIndex(index).Position for index in range(found.getCount())]
        return [Note(Range(self, Area(place.Row + 1, place.Column + 1))) for place in places]

    def clear_contents(self) -> None:
        self.api.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        self.api.clearContents(FORMATS)

    def clear(self) -> None:
        self.api.clearContents(ALL)

    def autofit(self, axis: str | None = None) -> None:
        self.used_range.autofit(axis)

    # -- the sheet as a whole

    def activate(self) -> None:
        self._book.api.CurrentController.setActiveSheet(self.api)

    def select(self) -> None:
        self.activate()

    def delete(self) -> None:
        if len(self._book.sheets) == 1:
            raise ValueError("a book must keep at least one sheet")
        self._book.api.Sheets.removeByName(self.name)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """Copy within the book, as ``name (2)``, or into another book of the same app."""
        target = (before or after or self).book
        position = _position(before, after, self)
        if target.uid == self._book.uid:
            self._book.api.Sheets.copyByName(self.name, self._copy_name(), position)
        else:
            target.api.Sheets.importSheet(self._book.api, self.name, position)
        target.sheets(position + 1).activate()

    def _copy_name(self) -> str:
        number = 2
        while f"{self.name[:26]} ({number})" in self._book.sheets:
            number += 1
        return f"{self.name[:26]} ({number})"

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        self._book.api.Sheets.moveByName(self.name, _position(before, after, self))

    @contextlib.contextmanager
    def in_front(self) -> Iterator[Any]:
        """The view with this sheet in front for a moment: some settings belong to the view."""
        controller = self._book.api.CurrentController
        previous = controller.getActiveSheet()
        controller.setActiveSheet(self.api)
        try:
            yield controller
        finally:
            controller.setActiveSheet(previous)

    @property
    def show_gridlines(self) -> bool:
        with self.in_front() as view:
            return bool(view.ShowGrid)

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        with self.in_front() as view:
            view.ShowGrid = bool(value)


@names_the_rest(of=base_classes.PageSetup)
class PageSetup(base_classes.PageSetup):
    """What is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    api = property(lambda self: self._sheet.api)

    @property
    def print_area(self) -> str | None:
        areas = [Range.of(self._sheet.book, area).address for area in self.api.getPrintAreas()]
        return ",".join(areas) or None

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        parts = value.split(",") if value else []
        ranges = [self._sheet.range(part) for part in parts]
        self.api.setPrintAreas(tuple(cells.cells.RangeAddress for cells in ranges))


@names_the_rest(of=base_classes.FreezePanes)
class FreezePanes(base_classes.FreezePanes):
    """Rows and columns that stay in view."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        """Freeze the range and what is above and left of it; whole rows or columns only those."""
        area = address.parse(frozen_range)
        if area is None:
            raise ValueError(f"not an address: {frozen_range!r}")
        columns = 0 if area.columns == MAX_COLUMNS else area.last_column
        rows = 0 if area.rows == MAX_ROWS else area.last_row
        with self._sheet.in_front() as view:
            view.freezeAtPosition(columns, rows)

    def unfreeze(self) -> None:
        with self._sheet.in_front() as view:
            view.splitAtPosition(0, 0)


def cell_address(sheet: Sheet, row: int, column: int) -> Any:
    """LibreOffice's address of a cell (row and column from 1)."""
    return struct("table.CellAddress", sheet.index - 1, column - 1, row - 1)

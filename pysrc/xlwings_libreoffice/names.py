"""Defined names, of the book and of its sheets."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .address import quoted, split_sheet
from .bridge import UnoException, struct
from .unsupported import names_the_rest

if TYPE_CHECKING:
    from .book import Book
    from .range import Range
    from .sheet import Sheet


@names_the_rest(of=base_classes.Names)
class Names(base_classes.Names):
    """Names of a book with those of all its sheets, or of one sheet only."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self._book, self._sheet = book, sheet

    @property
    def api(self) -> Any:
        return (self._sheet or self._book).api.NamedRanges

    def __iter__(self) -> Iterator[Name]:
        if self._sheet is None:
            yield from _names_in(self._book, None)
        for sheet in [self._sheet] if self._sheet else self._book.sheets:
            yield from _names_in(self._book, sheet)

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name.name, name) for name in self]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: int | str) -> Name:
        names = list(self)
        if isinstance(name_or_index, numbers.Number):
            return names[int(name_or_index) - 1]
        wanted = str(name_or_index).lower()
        for name in names:
            if name.name.lower() == wanted:
                return name
        for name in names:  # a sheet's name is found without its sheet, as in Excel
            if self._sheet is not None and name.local_name.lower() == wanted:
                return name
        raise KeyError(name_or_index)

    def contains(self, name_or_index: int | str) -> bool:
        try:
            self(name_or_index)
        except (KeyError, IndexError):
            return False
        return True

    def add(self, name: str, refers_to: str) -> Name:
        """``Sheet1!name`` belongs to that sheet. An existing name is redefined, as in Excel."""
        sheet_name, local = split_sheet(name)
        sheet = self._book.sheets(sheet_name) if sheet_name else self._sheet
        ranges = (sheet or self._book).api.NamedRanges
        if not ranges.hasByName(local):
            ranges.addNewByName(local, "0", struct("table.CellAddress"), 0)
        made = Name(self._book, sheet, ranges.getByName(local))
        made.refers_to = refers_to
        return made


def _names_in(book: Book, sheet: Sheet | None) -> Iterator[Name]:
    ranges = (sheet or book).api.NamedRanges
    for name in ranges.ElementNames:
        yield Name(book, sheet, ranges.getByName(name))


def find(book: Book, sheet: Sheet, name: str) -> Any:
    """LibreOffice's object of a name as it is seen from a sheet; None if there is none."""
    for ranges in (sheet.api.NamedRanges, book.api.NamedRanges):
        if ranges.hasByName(name):
            return ranges.getByName(name)
        for known in ranges.ElementNames:
            if known.lower() == name.lower():
                return ranges.getByName(known)
    return None


@names_the_rest(of=base_classes.Name)
class Name(base_classes.Name):
    """One defined name; ``sheet`` is None for a name of the book."""

    api: Any = None

    def __init__(self, book: Book, sheet: Sheet | None, api: Any) -> None:
        self._book, self._sheet, self.api = book, sheet, api

    @property
    def local_name(self) -> str:
        return str(self.api.Name)

    @property
    def name(self) -> str:
        local = self.local_name
        return f"{quoted(self._sheet.name)}!{local}" if self._sheet else local

    @name.setter
    def name(self, value: str) -> None:
        self.api.Name = split_sheet(value)[1]

    @property
    def refers_to(self) -> str:
        """The formula in Excel's language, ``=Sheet1!$A$1``."""
        place = self.api.ReferencePosition
        tokens = self.api.getTokens()
        formulas = self._book.kept.formulas
        return str(formulas.text(tokens, place.Sheet, place.Row, place.Column))

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        place = self.api.ReferencePosition
        formula = value if value.startswith("=") else f"={value}"
        formulas = self._book.kept.formulas
        self.api.setTokens(formulas.tokens(formula, place.Sheet, place.Row, place.Column))

    @property
    def refers_to_range(self) -> Range:
        """Raises ValueError if the name stands for something else than cells."""
        from .range import Range

        try:
            cells = self.api.getReferredCells()
        except UnoException:  # a formula, or cells of another document
            cells = None
        if cells is None:
            raise ValueError(f"{self.name} does not refer to cells")
        return Range.of(self._book, cells.RangeAddress)

    def delete(self) -> None:
        (self._sheet or self._book).api.NamedRanges.removeByName(self.local_name)

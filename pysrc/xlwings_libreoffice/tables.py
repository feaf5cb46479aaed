"""Tables: LibreOffice's database ranges, the nearest to Excel's tables that Calc has."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .address import Area
from .range import Range
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .sheet import Sheet


@names_the_rest(of=base_classes.Tables)
class Tables(base_classes.Tables):
    """The named database ranges on a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    api = property(lambda self: self._sheet.book.api.DatabaseRanges)
    parent = property(lambda self: self._sheet)

    def __iter__(self) -> Iterator[Table]:
        ranges, index = self.api, self._sheet.index - 1
        for name in ranges.ElementNames:
            found = ranges.getByName(name)
            if found.DataArea.Sheet == index:
                yield Table(self._sheet, found)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, key: int | str) -> Table:
        found = list(self)
        if isinstance(key, numbers.Number):
            if 1 <= int(key) <= len(found):
                return found[int(key) - 1]
            raise KeyError(key)
        for table in found:
            if table.name.lower() == str(key).lower():
                return table
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(str(key).lower() == table.name.lower() for table in self)

    def add(self, source_type: Any = None, source: Any = None, link_source: Any = None,
            has_headers: bool | None = None, destination: Any = None,
            table_style_name: str | None = None, name: str | None = None) -> Table:  # fmt: skip
        """A table over a range of xlwings, with filter buttons. There are no styles."""
        ranges = self.api
        number = 1
        while name is None or (number > 1 and ranges.hasByName(name)):
            name = f"Table{number}"
            number += 1
        if ranges.hasByName(name):
            raise ValueError(f"a table named {name!r} is there already")
        ranges.addNewByName(name, source.impl.cells.RangeAddress)
        made = Table(self._sheet, ranges.getByName(name))
        made.show_headers = bool(has_headers)
        made.show_autofilter = bool(has_headers)
        return made


@names_the_rest(of=base_classes.Table)
class Table(base_classes.Table):
    """One database range."""

    api: Any = None

    def __init__(self, sheet: Sheet, api: Any) -> None:
        self._sheet, self.api = sheet, api

    parent = property(lambda self: self._sheet)

    @property
    def name(self) -> str:
        return str(self.api.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.api.Name = value

    @property
    def display_name(self) -> str:
        return self.name

    @display_name.setter
    def display_name(self, value: str) -> None:
        self.name = value

    # -- its parts

    @property
    def range(self) -> Range:
        return Range.of(self._sheet.book, self.api.DataArea)

    def _rows(self, first: int, count: int) -> Range | None:
        a = self.range.area
        area = Area(a.row + first, a.column, count, a.columns)
        return Range(self._sheet, area) if count > 0 else None

    @property
    def header_row_range(self) -> Range | None:
        return self._rows(0, 1) if self.show_headers else None

    @property
    def data_body_range(self) -> Range | None:
        above, below = int(self.show_headers), int(self.show_totals)
        return self._rows(above, self.range.area.rows - above - below)

    @property
    def totals_row_range(self) -> Range | None:
        return self._rows(self.range.area.rows - 1, 1) if self.show_totals else None

    insert_row_range = property(lambda self: None)

    def resize(self, range: Any) -> None:
        self.api.DataArea = range.impl.cells.RangeAddress

    # -- switches

    @property
    def show_headers(self) -> bool:
        return bool(self.api.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self.api.ContainsHeader = bool(value)

    @property
    def show_totals(self) -> bool:
        return bool(self.api.TotalsRow)

    @property
    def show_autofilter(self) -> bool:
        return bool(self.api.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self.api.AutoFilter = bool(value)

    # -- columns, rows, order

    columns = property(lambda self: TableColumns(self))
    rows = property(lambda self: TableRows(self))

    def sort(self, keys: list[int], ascending: list[bool]) -> None:
        if body := self.data_body_range:
            body.sort(keys, ascending, False)


class _Parts:
    """Rows or columns of a table, by 1-based index."""

    def __init__(self, table: Table) -> None:
        self.table = table

    api = property(lambda self: self.table.api)
    parent = property(lambda self: self.table)

    def __call__(self, key: int | str) -> Any:
        found = list(self)  # type: ignore[call-overload]
        if isinstance(key, numbers.Number) and 1 <= int(key) <= len(found):
            return found[int(key) - 1]
        for one in found:
            if isinstance(key, str) and getattr(one, "name", None) == key:
                return one
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(getattr(one, "name", None) == key for one in self)  # type: ignore[attr-defined]


@names_the_rest(of=base_classes.TableColumn)
class TableColumn(base_classes.TableColumn):
    """One column of a table."""

    index: int = 0

    def __init__(self, table: Table, index: int) -> None:
        self._table, self.index = table, index

    def _of(self, part: Range | None) -> Range | None:
        if part is None:
            return None
        a = part.area
        return Range(part.sheet, Area(a.row, a.column + self.index - 1, a.rows, 1))

    @property
    def range(self) -> Range | None:
        return self._of(self._table.range)

    @property
    def data_body_range(self) -> Range | None:
        return self._of(self._table.data_body_range)

    @property
    def name(self) -> str:
        header = self._of(self._table.header_row_range)
        return str(header.raw_value) if header else f"Column{self.index}"


@names_the_rest(of=base_classes.TableColumns)
class TableColumns(_Parts, base_classes.TableColumns):
    """The columns of a table."""

    def __iter__(self) -> Iterator[TableColumn]:
        for index in range(len(self)):
            yield TableColumn(self.table, index + 1)

    def __len__(self) -> int:
        return int(self.table.range.area.columns)

    def add(self, name: str, index: int | None) -> TableColumn:
        return refuse("TableColumns.add", "resize the table instead")


@names_the_rest(of=base_classes.TableRow)
class TableRow(base_classes.TableRow):
    """One row of a table's body."""

    index: int = 0

    def __init__(self, table: Table, index: int) -> None:
        self._table, self.index = table, index

    @property
    def range(self) -> Range:
        body = self._table.data_body_range
        if body is None:
            raise KeyError(self.index)
        a = body.area
        return Range(body.sheet, Area(a.row + self.index - 1, a.column, 1, a.columns))


@names_the_rest(of=base_classes.TableRows)
class TableRows(_Parts, base_classes.TableRows):
    """The rows of a table's body."""

    def __iter__(self) -> Iterator[TableRow]:
        for index in range(len(self)):
            yield TableRow(self.table, index + 1)

    def __len__(self) -> int:
        body = self.table.data_body_range
        return body.area.rows if body else 0

    @property
    def column_count(self) -> int:
        return int(self.table.range.area.columns)

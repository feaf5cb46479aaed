"""The official tables as they are printed: merged heads and values, for any kind of document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gouji.layout import TABLE_ROW, Area, TableLayout, layout_of
from gouji.model import Form, Value

#: A value as it stands in the document.
Shown = Callable[[Value], str]


@dataclass(frozen=True, slots=True)
class Printed:
    """One cell; ``role`` is that of a label (``band``, ``corner``, ``head``, ``row``) or empty."""

    text: str
    row: int
    column: int
    rows: int
    columns: int
    role: str = ""
    code: str = ""  #: of the item, for a value


@dataclass(frozen=True)
class PrintedTable:
    """``cells`` in reading order, rows and columns from 0; together they cover the grid."""

    name: str
    title: str
    section: str
    height: int
    width: int
    cells: tuple[Printed, ...]

    def by_row(self) -> Iterator[list[Printed]]:
        """The cells that begin in each row."""
        for row in range(self.height):
            yield [cell for cell in self.cells if cell.row == row]


def plain(value: Value) -> str:
    return "" if value is None else str(value)


def printed_tables(
    form: Form, values: Mapping[str, Value], shown: Shown = plain
) -> tuple[PrintedTable, ...]:
    """The form's tables with these values, in its order."""
    layout = layout_of(form)
    return tuple(
        PrintedTable(
            name, grid.table.title, grid.table.section, grid.last_row - TABLE_ROW + 1,
            grid.last_column + 1, tuple(sorted(_cells(grid, values, shown), key=_place)),
        )
        for name, grid in layout.tables.items()
    )  # fmt: skip


def _cells(grid: TableLayout, values: Mapping[str, Value], shown: Shown) -> Iterator[Printed]:
    for label in grid.labels:
        yield _printed(label.area, label.text, label.role)
    for code, area in grid.cells.items():
        yield _printed(area, shown(values.get(code)), code=code)


def _printed(area: Area, text: str, role: str = "", code: str = "") -> Printed:
    rows, columns = area.last_row - area.row + 1, area.last_column - area.column + 1
    return Printed(text, area.row - TABLE_ROW, area.column, rows, columns, role, code)


def _place(cell: Printed) -> tuple[int, int]:
    return cell.row, cell.column

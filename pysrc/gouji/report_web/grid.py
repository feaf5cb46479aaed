"""A printed table as the rows and head cells of HTML, so that a screen reader can follow.

Every head has an id and every value names its heads: ``scope`` alone does not carry merged heads of
several levels, nor a table whose blocks have heads of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gouji.printed import Printed, PrintedTable

_HEADS = ("corner", "head", "band")
#: From so many columns on a table is too wide for a phone.
WIDE = 8
#: Per cent of the width for no, one, two, … columns of labels.
LABELS = (0, 28, 36, 49)


@dataclass(frozen=True, slots=True)
class WebCell:
    """``scope`` is empty for a value; ``headers`` are the ids of its heads, outermost first."""

    text: str
    role: str
    rows: int
    columns: int
    id: str = ""
    scope: str = ""
    headers: tuple[str, ...] = ()
    code: str = ""


Row = tuple[WebCell, ...]


@dataclass(frozen=True, slots=True)
class WebTable:
    """``head`` is empty when the blocks in ``bodies`` have heads of their own. ``groups`` are its
    groups of columns, each column by what stands in it: ``outer`` and ``label`` (the innermost),
    ``number``. ``share`` is the part of the width that a column of numbers takes."""

    id: str
    caption: str
    head: tuple[Row, ...]
    bodies: tuple[tuple[Row, ...], ...]
    groups: tuple[tuple[str, ...], ...]
    wide: bool
    share: str


def web_table(table: PrintedTable, caption: str, id: str) -> WebTable:
    """The table as it is printed; ``id`` begins every id in it."""
    made = _Made(table, id)
    blocks = list(made.blocks())
    rows = [[made.row(row) for row in block] for block in blocks]
    deep = made.depth(blocks[0]) if len(blocks) == 1 else 0
    head, first = rows[0][:deep], rows[0][deep:]
    bodies = [first, *rows[1:]]
    labels = made.labels
    share = (100 - LABELS[min(labels, len(LABELS) - 1)]) * 100 // (table.width - labels)
    return WebTable(
        id, caption, tuple(head), tuple(map(tuple, bodies)), tuple(made.column_groups()),
        table.width >= WIDE, f"{share // 100}.{share % 100:02d}%",
    )  # fmt: skip


class _Made:
    """One table being made."""

    def __init__(self, table: PrintedTable, id: str) -> None:
        self.table = table
        self.ids = {
            (cell.row, cell.column): f"{id}-r{cell.row}c{cell.column}"
            for cell in table.cells
            if cell.role
        }
        self.starts = [cell.row for cell in table.cells if cell.role == "band"]
        self.groups = tuple(_groups(table)) if not self.starts else (table.width,)
        rows = [cell for cell in table.cells if cell.role == "row"]
        self.labels = max((cell.column + cell.columns for cell in rows), default=0)

    def column_groups(self) -> Iterator[tuple[str, ...]]:
        """What stands in each column, group by group."""
        kinds = ["outer"] * (self.labels - 1) + ["label"] * bool(self.labels)
        kinds += ["number"] * (self.table.width - self.labels)
        at = 0
        for width in self.groups:
            yield tuple(kinds[at : at + width])
            at += width

    def blocks(self) -> Iterator[range]:
        """Rows of each block; a block begins with its band."""
        starts = sorted({0, *self.starts})
        yield from (
            range(start, end)
            for start, end in zip(starts, [*starts[1:], self.table.height], strict=True)
        )

    def depth(self, block: range) -> int:
        """Rows of the block that hold heads only."""
        heads = [cell for cell in self.table.cells if cell.row in block and cell.role in _HEADS]
        return max((cell.row + cell.rows - block.start for cell in heads), default=0)

    def row(self, row: int) -> Row:
        return tuple(self._cell(cell) for cell in self.table.cells if cell.row == row)

    def _cell(self, cell: Printed) -> WebCell:
        if not cell.role:
            return WebCell(cell.text, "value", cell.rows, cell.columns, code=cell.code,
                           headers=tuple(self._heads(cell)))  # fmt: skip
        return WebCell(cell.text, cell.role, cell.rows, cell.columns,
                       id=self.ids[cell.row, cell.column], scope=self._scope(cell))  # fmt: skip

    def _scope(self, cell: Printed) -> str:
        if cell.role == "band":
            return "rowgroup"
        if cell.role == "row":
            return "row"
        spanned = cell.columns > 1 and self._is_group(cell)
        return "colgroup" if spanned else "col"

    def _is_group(self, cell: Printed) -> bool:
        """A scope of “colgroup” must stand on a group of columns that is declared."""
        starts = [sum(self.groups[:at]) for at in range(len(self.groups))]
        return (cell.column, cell.columns) in zip(starts, self.groups, strict=True)

    def _heads(self, value: Printed) -> Iterator[str]:
        block = next(block for block in self.blocks() if value.row in block)
        for cell in self.table.cells:
            above = cell.role in ("band", "head") and cell.row in block and cell.row < value.row
            beside = cell.role == "row" and _covers(cell.row, cell.rows, value.row)
            if beside or (above and _covers(cell.column, cell.columns, value.column)):
                yield self.ids[cell.row, cell.column]


def _covers(start: int, many: int, at: int) -> bool:
    return start <= at < start + many


def _groups(table: PrintedTable) -> Iterator[int]:
    """Widths: the lowest heads that span several columns, the columns between them one by one."""
    spanning: Sequence[Printed] = [
        cell for cell in table.cells if cell.role in ("head", "corner") and cell.columns > 1
    ]
    lowest = {
        cell.column: cell.columns
        for cell in spanning
        if not any(
            other is not cell and cell.row < other.row
            and _covers(cell.column, cell.columns, other.column)
            for other in spanning
        )
    }  # fmt: skip
    at = 0
    while at < table.width:
        width = lowest.get(at, 1)
        yield width
        at += width

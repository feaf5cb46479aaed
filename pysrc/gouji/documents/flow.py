"""Paragraphs and tables as they flow by: readers of pages and letters tell what comes, in order.

Tables that only lay out a page (a table among whose cells stands another, a table of one column)
dissolve into the paragraphs and tables they hold; what remains is a Grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gouji.documents.model import Cell, Grid
from gouji.gate import Reason, refusal
from gouji.wording import say

#: Browsers give no cell more columns than this, and so do we; rows alike.
MAX_SPAN = 1_000
#: Places of one table; the largest official table has about 300.
MAX_PLACES = 500_000
#: Places, lines and tables of one document.
MAX_PIECES = 2_000_000

Block = str | Grid


@dataclass(slots=True)
class _Box:
    """A cell being filled. ``continues`` it: the content stands in the cell above."""

    rows: int = 1
    columns: int = 1
    continues: bool = False
    blocks: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(block for block in self.blocks if isinstance(block, str))


@dataclass(slots=True)
class _Table:
    rows: list[list[_Box]] = field(default_factory=list)
    stray: list[Block] = field(default_factory=list)  #: what stands in it, but in no cell


class Flow:
    """Collects text, line breaks and tables; ``finish`` gives the blocks in reading order.

    Every method may raise Refused (too_large).
    """

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._tables: list[_Table] = []
        self._line: list[str] = []
        self._grids = 0
        self._pieces = 0

    def text(self, text: str) -> None:
        """A piece of the current line."""
        if text:
            self._line.append(text)

    def line_break(self) -> None:
        """The line ends; blank lines are dropped."""
        line = "".join(self._line)
        self._line.clear()
        if line.strip():
            self._into().append(line.strip(" \t\r\n"))
            self._count()

    def start_table(self) -> None:
        self.line_break()
        self._tables.append(_Table())
        self._count()

    def start_row(self) -> None:
        """A row of the innermost table."""
        self.line_break()
        self._tables[-1].rows.append([])

    def start_cell(self, rows: int = 1, columns: int = 1, continues: bool = False) -> None:
        """A cell of the innermost row; ``rows`` 0 means down to the last row."""
        self.line_break()
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append(_Box(min(rows, MAX_SPAN), max(1, min(columns, MAX_SPAN)), continues))
        self._count()

    def end_cell(self) -> None:
        """What follows stands outside of the cell."""
        self.line_break()
        self._tables[-1].rows[-1].append(_Box(columns=0))

    def end_table(self) -> None:
        self.line_break()
        table = self._tables.pop()
        self._into().extend(table.stray)
        rows = [[box for box in row if box.columns] for row in table.rows]
        if self._lays_out(rows):
            for row in rows:
                for box in row:
                    self._into().extend(box.blocks)
        elif any(box.blocks for row in rows for box in row):
            self._grids += 1
            name = say("documents.table", n=self._grids)
            self._into().append(Grid(name, self._placed(name, rows)))

    def finish(self) -> tuple[Block, ...]:
        """The blocks; tables left open are closed."""
        while self._tables:
            self.end_table()
        self.line_break()
        return tuple(self._blocks)

    # ------------------------------------------------------------------ inner workings
    def _count(self, pieces: int = 1) -> None:
        self._pieces += pieces
        if self._pieces > MAX_PIECES:
            raise refusal(Reason.TOO_LARGE, "document")

    def _into(self) -> list[Block]:
        """Where blocks go: the open cell, the innermost table, or the document."""
        if not self._tables:
            return self._blocks
        table = self._tables[-1]
        last = table.rows[-1][-1] if table.rows and table.rows[-1] else None
        return last.blocks if last is not None and last.columns else table.stray

    @staticmethod
    def _lays_out(rows: Sequence[Sequence[_Box]]) -> bool:
        inner = any(isinstance(block, Grid) for row in rows for box in row for block in box.blocks)
        return inner or all(len(row) < 2 for row in rows)

    def _placed(self, name: str, rows: list[list[_Box]]) -> tuple[tuple[Cell, ...], ...]:
        taken = place_boxes(rows)
        width = max((column for _, column in taken), default=-1) + 1
        self._count(len(rows) * width)
        gaps = (place for row in range(len(rows)) for column in range(width)
                if (place := (row, column)) not in taken)  # fmt: skip
        taken |= {place: _Box() for place in list(gaps)}
        cells = _cells(name, len(rows), width, taken)
        return tuple(
            tuple(cells[id(taken[row, column])] for column in range(width))
            for row in range(len(rows))
        )


def place_boxes(rows: Sequence[Sequence[_Box]]) -> dict[tuple[int, int], _Box]:
    """Place → the box that covers it, by the rules browsers follow. Raises Refused (too_large)."""
    taken: dict[tuple[int, int], _Box] = {}
    starts: dict[tuple[int, int], _Box] = {}
    for row, boxes in enumerate(rows):
        column = 0
        for box in boxes:
            while (row, column) in taken:
                column += 1
            above = starts.get((row - 1, column)) if box.continues else None
            owner = above if above is not None and above.columns == box.columns else box
            last = len(rows) if box.rows == 0 else min(len(rows), row + box.rows)
            for down in range(row, last):
                for across in range(column, column + box.columns):
                    taken.setdefault((down, across), owner)
            starts[row, column] = owner
            column += box.columns
            if len(taken) > MAX_PLACES:
                raise refusal(Reason.TOO_LARGE, "document")
    return _without_excess(taken)


def _without_excess(taken: Mapping[tuple[int, int], _Box]) -> dict[tuple[int, int], _Box]:
    """The places without the columns in which no cell begins: spans that say too much."""
    begun = {
        column
        for (row, column), box in taken.items()
        if not column or taken.get((row, column - 1)) is not box
    }
    now = {column: number for number, column in enumerate(sorted(begun))}
    return {(row, now[column]): box for (row, column), box in taken.items() if column in now}


def _cells(
    name: str, height: int, width: int, taken: Mapping[tuple[int, int], _Box]
) -> dict[int, Cell]:
    """Identity of a box → its cell, with the span it really has.

    People count the cells they see beside each other: one that comes down from above counts too.
    """
    first: dict[int, tuple[_Box, int, int, int]] = {}
    last: dict[int, tuple[int, int]] = {}
    for row in range(height):
        number, before = 0, None
        for column in range(width):
            box = taken[row, column]
            number += box is not before
            before = box
            first.setdefault(id(box), (box, row, column, number))
            last[id(box)] = row, max(column, last.get(id(box), (0, 0))[1])
    return {
        key: Cell(
            box.text or None, say("documents.place", table=name, row=row + 1, cell=number),
            last[key][0] - row + 1, last[key][1] - column + 1,
        )
        for key, (box, row, column, number) in first.items()
    }  # fmt: skip

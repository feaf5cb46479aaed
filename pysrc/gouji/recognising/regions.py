"""A grid cut into regions: head rows, and the rows below them until the next head."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gouji.documents.model import Cell, Grid
from gouji.model import Block, Form, Table
from gouji.recognising.heads import Path, Row, columns, covered, once
from gouji.recognising.labels import Axis, bare, fold, plain
from gouji.recognising.variants import wordings_of

#: Bodies longer than this are lists, no tables of a form.
MOST_ROWS = 2_000
_NUMBER = re.compile(r"[+-]?[\d,]+(?:\.\d*)?", re.ASCII)
_WORDED = re.compile(r"\D{0,3}\d[\d,.]*\D{0,4}", re.ASCII)


@dataclass(frozen=True)
class BlockAxes:
    """A block of the form with what its rows and columns are called."""

    table: Table
    block: Block
    rows: Axis
    columns: Axis

    @property
    def bare(self) -> bool:
        """The block has one row without a label."""
        return not any(self.rows.paths)


@dataclass(frozen=True)
class FormAxes:
    """Every block of a form, the titles that say nothing of a cell, and those within tables."""

    form: Form
    blocks: tuple[BlockAxes, ...]
    titles: frozenset[str]
    bands: frozenset[str]

    def is_row_label(self, text: str) -> bool:
        return any(each.rows.knows(text) for each in self.blocks)

    def is_column_label(self, text: str) -> bool:
        return any(each.columns.knows(text) for each in self.blocks)


def axes_of(form: Form) -> FormAxes:
    """What the rows and columns of a form are called, variants included."""
    variants = dict(wordings_of(form).labels)
    blocks = tuple(
        BlockAxes(table, block, Axis(block.rows, variants), Axis(block.columns, variants))
        for table in form.tables
        for block in table.blocks
    )
    inner = [text for each in blocks for text in (each.block.title, each.block.corner)]
    outer = [form.title, *(section.title for section in form.sections)]
    for table in form.tables:
        inner += [table.unit_note, *table.notes]
        outer += [table.title, table.sheet]
    bands = frozenset(filter(None, map(fold, inner)))
    return FormAxes(form, blocks, bands | frozenset(map(fold, outer)), bands)


@dataclass(frozen=True)
class Region:
    """``columns`` are the labels above each column; ``head`` and ``body`` are row numbers from 0.

    ``standing``: a cell's position in its row is its column; ``covers`` gives the columns that
    each column's head is merged over. ``inherited``: the head stands in an
    earlier grid (a table that goes on after a page break).
    """

    grid: Grid
    number: int
    columns: tuple[Path, ...]
    head: tuple[int, ...]
    body: tuple[int, ...]
    standing: bool
    covers: tuple[range, ...] = ()
    inherited: bool = False

    def row(self, number: int) -> Row:
        return self.grid.rows[number]


def regions(grids: Sequence[tuple[int, Grid]], axes: FormAxes) -> list[Region]:
    """The regions of all grids (each with its number) in reading order.

    A head with nothing below it is a region too, unless the next grid goes on with it.
    """
    found: list[Region] = []
    waiting: Region | None = None
    for number, grid in grids:
        for head, body in _cut(grid, axes):
            if not head and waiting is not None and _goes_on(waiting, grid):
                found.append(replace(waiting, grid=grid, number=number, head=(), body=body))
                waiting = None
                continue
            if waiting is not None:
                found.append(waiting)
            waiting = None
            region = _region(grid, number, head, body, found[-1] if found else None)
            if region is not None and not body:
                waiting = region
            elif region is not None and len(body) <= MOST_ROWS:
                found.append(region)
    return found if waiting is None else [*found, waiting]


def _cut(grid: Grid, axes: FormAxes) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    head: list[int] = []
    body: list[int] = []
    for number, row in enumerate(grid.rows):
        if _is_head(row, axes):
            if body:
                yield tuple(head), tuple(body)
                head, body = [], []
            head.append(number)
        else:
            body.append(number)
    yield tuple(head), tuple(body)


def _is_head(row: Row, axes: FormAxes) -> bool:
    texts = [cell.text for cell in once(row) if cell.text]
    if any(has_digits_alone(text) for text in texts):
        return False
    across = sum(map(axes.is_column_label, texts))
    return across > sum(map(axes.is_row_label, texts))


def has_digits_alone(text: str) -> bool:
    """True for what is nothing but a number, however it is set."""
    return _NUMBER.fullmatch("".join(plain(text).split())) is not None


def holds_number(cell: Cell) -> bool:
    """True for a number, also with a word before or behind it: 12件, 减4."""
    return _WORDED.fullmatch("".join(plain(cell.text).split())) is not None


def _region(
    grid: Grid, number: int, head: tuple[int, ...], body: tuple[int, ...], last: Region | None
) -> Region | None:
    if head:
        above = [grid.rows[at] for at in head]
        found = columns(above, grid.counted)
        if found is None:
            return None
        standing = not grid.counted or len({len(row) for row in above}) == 1
        over = tuple(covered(above, len(found))) if standing else ()
        return Region(grid, number, tuple(found), head, body, standing, over)
    if last is None or last.number == number or not _goes_on(last, grid):
        return None
    return replace(last, grid=grid, number=number, head=(), body=body, inherited=True)


def _goes_on(last: Region, grid: Grid) -> bool:
    """True when the grid has the shape of the one before it."""
    same = max(map(len, grid.rows), default=0) == len(last.columns)
    return grid.counted == last.grid.counted and (grid.counted or same)


def is_known_text(text: str, axes: FormAxes) -> bool:
    """A title, corner or label of the form: nothing that would have to be told."""
    titled = fold(text) in axes.titles or bare(text) in axes.titles
    return titled or axes.is_row_label(text) or axes.is_column_label(text)


def filled(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that hold something, each once."""
    return [cell for cell in {id(cell): cell for cell in cells}.values() if cell.text]

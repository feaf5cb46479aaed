"""One row of a region: the labels before it, and which cell stands under which column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gouji.documents.model import Cell
from gouji.recognising.heads import Path, Row, once
from gouji.recognising.labels import Axis, How, fold
from gouji.recognising.regions import Region, filled, has_digits_alone
from gouji.recognising.variants import wordings


@dataclass(frozen=True, slots=True)
class BodyRow:
    """``cells`` maps column numbers of the region to cells.

    ``unplaced`` holds the row's contents where they cannot be told to columns; ``shifted`` says
    that they were counted out because the row's spans do not fit the head. A ``band`` is one
    cell across the table. ``more`` is the row below, when a page break cut this one in two.
    """

    number: int
    path: Path
    cells: Mapping[int, Cell]
    unplaced: tuple[Cell, ...] = ()
    shifted: bool = False
    band: bool = False
    more: int | None = None

    @property
    def numbers(self) -> set[int]:
        """Numbers of the grid's rows it stands in."""
        return {self.number} if self.more is None else {self.number, self.more}

    @property
    def contents(self) -> list[Cell]:
        return [*filled(self.cells.values()), *filled(self.unplaced)]

    @property
    def place(self) -> str:
        """Where the row is, for a message."""
        if self.path.place:
            return self.path.place
        return next((cell.place for cell in (*self.cells.values(), *self.unplaced)), "")


@dataclass(frozen=True, slots=True)
class Span:
    """The columns that hold values: from the first to the last, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def numbers(self) -> range:
        return range(self.first, self.last + 1)


def body_rows(region: Region, span: Span, axis: Axis) -> list[BodyRow]:
    """Every row of the region's body; a blank one has cells but no labels."""
    return list(_read(region, span, axis))


def _read(region: Region, span: Span, axis: Axis) -> Iterator[BodyRow]:
    held: list[str] = []
    for number in region.body:
        row = region.row(number)
        if not any(cell.text for cell in row):
            if blank := _blank(region, row, span):
                yield BodyRow(number, Path(()), blank)
            continue
        cells = once(row)
        if len(cells) == 1 and (len(row) > 1 or len(region.columns) > 1):
            yield BodyRow(number, Path((cells[0].text,), (), cells[0].place), {}, band=True)
            held = [cells[0].text] if axis.knows(cells[0].text) else held
            continue
        read = _stands(region, row, span, axis) if _fits(region, row) else None
        labels, found, rest, shifted = read or _counted_out(region, row, span, axis)
        path, held = _path(labels, held)
        yield BodyRow(number, path, found, tuple(rest), shifted)


def _fits(region: Region, row: Row) -> bool:
    return region.standing and (not region.grid.counted or len(row) == len(region.columns))


def _blank(region: Region, row: Row, span: Span) -> dict[int, Cell]:
    if _fits(region, row):
        return {at: row[at] for at in span.numbers if at < len(row)}
    cells = row[-span.size :]
    return _placed(cells, span) if len(cells) == span.size else {}


_Read = tuple[list[Cell], dict[int, Cell], list[Cell], bool]


def _stands(region: Region, row: Row, span: Span, axis: Axis) -> _Read | None:
    """The row by position; None where its spans do not fit the head."""
    first = span.first
    straddles = 0 < first < len(row) and row[first - 1] is row[first]
    if straddles and row[first].columns > 1:
        return None
    labels = list(row[:first])
    if _values_among_labels(region, labels, axis):
        return None
    own = _own_columns(region, first, any(axis.paths))
    labels = [cell for at, cell in enumerate(labels) if at not in own]
    found = {at: row[at] for at in own if at < len(row)}
    unclear: list[Cell] = []
    at = span.first
    while at <= span.last and at < len(row):
        over = region.covers[at]
        cells = [row[column] for column in over if column < len(row)]
        told = filled(cells)
        unclear += told if len(told) > 1 else []
        found[at] = told[0] if told else cells[0]
        at = over.stop
    return labels, found, unclear, False


def _own_columns(region: Region, first: int, labelled: bool) -> list[int]:
    """Columns before the values that have a head of their own (序号, a local column)."""
    corner = region.columns[0].own if labelled else ()
    columns = region.columns[:first]
    return [at for at, path in enumerate(columns) if path.own and path.own != corner]


def _values_among_labels(region: Region, labels: Sequence[Cell], axis: Axis) -> bool:
    """A number where the head has no column: everything slipped to the left."""
    after = False
    for at, cell in enumerate(labels):
        own = region.columns[at].own if at < len(region.columns) else ()
        if after and has_digits_alone(cell.text) and own in ((), region.columns[0].own):
            return True
        after = after or axis.knows(cell.text)
    return False


def _counted_out(region: Region, row: Row, span: Span, axis: Axis) -> _Read:
    """The values are what follows the last label, if there are as many as columns."""
    cells = once(row)
    if not any(axis.paths):
        return _bare(region, cells, span)
    known = [at for at, cell in enumerate(cells) if cell.text and axis.knows(cell.text)]
    start = known[-1] + 1 if known else 0
    if not known or not axis.is_leaf(cells[known[-1]].text):  # a label nobody knows may follow
        start = max(start, len(cells) - span.size)
    labels, rest = cells[:start], cells[start:]
    while len(rest) > span.size and not rest[-1].text:
        rest.pop()
    if len(rest) != span.size:
        return labels, {}, rest, True
    return labels, _placed(rest, span), [], bool(known) and any(cell.columns > 1 for cell in row)


def _bare(region: Region, cells: list[Cell], span: Span) -> _Read:
    """A row without a label: as many cells as the head has columns, or it says nothing."""
    if len(cells) != len(region.columns):
        return [], {}, cells, True
    own = _own_columns(region, span.first, labelled=False)
    labels = [cell for at, cell in enumerate(cells[: span.first]) if at not in own]
    return labels, {at: cells[at] for at in (*own, *span.numbers)}, [], False


def _placed(cells: Sequence[Cell], span: Span) -> dict[int, Cell]:
    return dict(zip(span.numbers, cells, strict=True))


def _path(labels: list[Cell], held: list[str]) -> tuple[Path, list[str]]:
    """The row's labels; blanks before the first of them go on with the labels above."""
    texts = [cell.text for cell in labels]
    start = next((at for at, text in enumerate(texts) if text), len(texts))
    own = [cell for cell in once(labels) if cell.text and not has_digits_alone(cell.text)]
    implied = tuple(text for text in held[:start] if text)
    place = own[-1].place if own else ""
    path = Path(tuple(cell.text for cell in own), implied, place)
    return path, [*held[:start], *texts[start:]] if start < len(texts) else held


def numbers_the_columns(row: BodyRow) -> bool:
    """A row that only numbers the columns: 1 2 3 4, perhaps headed 栏次."""
    idle = {fold(text) for text in wordings().idle_rows}
    if idle & set(map(fold, row.path.own)):
        return True
    texts = [fold(cell.text) for cell in row.cells.values()]
    if len(texts) < 3 or not all(text.isdecimal() for text in texts):
        return False
    found = [int(text) for text in texts]
    return found[0] == 1 and all(b == a + 1 for a, b in pairwise(found))


def mended(rows: Sequence[BodyRow], axis: Axis) -> list[BodyRow]:
    """Rows that a page break cut in two, their labels with them, made one again."""
    kept: list[BodyRow] = []
    for row in rows:
        whole = _whole(kept[-1], row, axis) if kept else None
        if whole is None:
            kept.append(row)
        else:
            kept[-1] = whole
    return kept


def _whole(above: BodyRow, below: BodyRow, axis: Axis) -> BodyRow | None:
    """The two as one row, if only together they bear a printed label and one has the contents."""
    text = above.path.text + below.path.text
    if not above.path.text or not below.path.text or (above.contents and below.contents):
        return None
    alone, joined = axis.look(above.path.text), axis.look(text)
    if joined is None or joined.how is not How.EXACT or joined.label not in axis.leaves:
        return None
    if alone is not None and alone.how is How.EXACT:
        return None
    filled_row = below if below.contents else above
    path = replace(above.path, own=(*above.path.own[:-1], text))
    return replace(filled_row, number=above.number, path=path, more=below.number)

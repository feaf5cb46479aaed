"""The columns of a table by its head rows: for each column the labels above it.

Where spans are known a column's labels stand right above it. In a counted grid a merged cell
stands once and leaves blanks below it, so the columns are counted out again from the top down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from gouji.documents.model import Cell

Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Path:
    """Labels of a column or row, outermost first.

    ``own`` stand there for certain; ``implied`` are those a blank cell seems to continue.
    ``place`` is where its last label stands.
    """

    own: tuple[str, ...]
    implied: tuple[str, ...] = ()
    place: str = ""

    @property
    def text(self) -> str:
        return self.own[-1] if self.own else ""


def once(cells: Sequence[Cell]) -> list[Cell]:
    """Neighbouring cells, a merged one once."""
    kept: list[Cell] = []
    for cell in cells:
        if not (kept and kept[-1] is cell and cell.rows * cell.columns > 1):
            kept.append(cell)
    return kept


def columns(head: Sequence[Row], counted: bool) -> list[Path] | None:
    """The columns under these head rows, left to right; None where they cannot be counted out."""
    if not counted or len({len(row) for row in head}) == 1:
        return _standing(head)
    return _counted(head)


def _standing(head: Sequence[Row]) -> list[Path]:
    """A column right of which the same cells go on is one column: the rest of it has no labels."""
    width = max(map(len, head))
    left = [_continued(row) for row in head[:-1]]
    paths: list[Path] = []
    for column in range(width):
        if column and _goes_on(head, column):
            paths.append(Path(()))
            continue
        cells = once([row[column] for row in head if column < len(row)])
        own = tuple(cell.text for cell in cells if cell.text)
        implied = [row[column] for row in left if column < len(row)]
        place = next((cell.place for cell in reversed(cells) if cell.text), "")
        paths.append(Path(own, tuple(text for text in implied if text), place))
    return paths


def _goes_on(head: Sequence[Row], column: int) -> bool:
    """Every cell of the head's column is the one on its left: one merged cell."""
    return all(
        column < len(row) and row[column] is row[column - 1] and row[column].columns > 1
        for row in head
    )


def covered(head: Sequence[Row], columns: int) -> list[range]:
    """For each column the columns that its head covers, itself first."""
    found = []
    for column in range(columns):
        end = column + 1
        while end < columns and _goes_on(head, end):
            end += 1
        found.append(range(column, end))
    return found


def _continued(row: Row) -> list[str]:
    """For each blank cell the label on its left: spans that a file did not keep."""
    last, texts = "", []
    for cell in row:
        texts.append("" if cell.text else last)
        last = cell.text or last
    return texts


def _counted(head: Sequence[Row]) -> list[Path] | None:
    paths = [_path(cell) for cell in head[0]]
    for row in head[1:]:
        below = _next_level(paths, row)
        if below is None:
            return None
        paths = below
    return paths


def _path(cell: Cell) -> Path:
    return Path((cell.text,) if cell.text else (), (), cell.place)


def _next_level(above: list[Path], row: Row) -> list[Path] | None:
    """Blanks go on with the column above, runs of labels divide one or more columns above."""
    runs = [(blank, list(cells)) for blank, cells in groupby(row, key=lambda cell: not cell.text)]
    blanks = sum(len(cells) for blank, cells in runs if blank)
    labelled = sum(not blank for blank, _ in runs)
    shared = len(above) - blanks
    if not labelled or shared < labelled or (labelled > 1 and shared != labelled):
        return above if not labelled and shared == 0 else None
    step = shared if labelled == 1 else 1
    paths, at = [], 0
    for blank, cells in runs:
        if blank:
            paths += above[at : at + len(cells)]
            at += len(cells)
        else:
            paths += _divided(above[at : at + step], cells)
            at += step
    return paths


def _divided(above: list[Path], cells: list[Cell]) -> list[Path]:
    """Labels below one column, or shared out below several that have the same ones each."""
    if len(above) == 1:
        own = above[0].own
        return [Path((*own, cell.text), above[0].implied, cell.place) for cell in cells]
    each = len(cells) // len(above)
    texts = [cell.text for cell in cells]
    if texts != texts[:each] * len(above):
        return [_path(cell) for cell in cells]
    return [
        Path((cell.text,), (*above[at // each].implied, *above[at // each].own), cell.place)
        for at, cell in enumerate(cells)
    ]

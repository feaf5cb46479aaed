"""The official tables of one edition, found in a document's grids by their labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gouji.documents.model import Cell, Grid
from gouji.gate import Refused
from gouji.model import Item
from gouji.recognising.heads import Path
from gouji.recognising.laying import BlockMatch, laid
from gouji.recognising.regions import (
    BlockAxes,
    FormAxes,
    holds_number,
    regions,
)
from gouji.recognising.rows import BodyRow


@dataclass(frozen=True)
class Found:
    """One cell of the form in the document; ``cell`` is None where a row ends before it.

    ``quality`` is 1 where row and column bear the printed labels.
    """

    item: Item
    cell: Cell | None
    row: Path
    column: Path
    quality: float


@dataclass
class Tables:
    """Everything found for one edition."""

    axes: FormAxes
    found: dict[str, Found] = field(default_factory=dict)
    twice: list[tuple[Found, Found]] = field(default_factory=list)
    matches: list[BlockMatch] = field(default_factory=list)
    turned: list[BlockMatch] = field(default_factory=list)
    trouble: list[Refused] = field(default_factory=list)

    @property
    def quality(self) -> float:
        """Cells of the form that were found, each weighed by how well its labels agree."""
        return sum(found.quality for found in self.found.values())

    @property
    def used(self) -> dict[int, set[int]]:
        """Grid number → rows that belong to an official table, heads included."""
        rows: dict[int, set[int]] = {}
        for match in self.matches:
            mine = rows.setdefault(match.region.number, set())
            mine.update(match.region.head, *(row.numbers for row in match.rows.values()))
        for match in self.turned:
            width = len(match.region.grid.rows[0])
            rows.setdefault(match.region.number, set()).update(range(width))
        return rows

    @property
    def spare_rows(self) -> list[BodyRow]:
        """Rows of the regions in use that no block has a line for, each once."""
        used = self.used
        rows = {
            (match.region.number, row.number): row
            for match in self.matches
            for row in match.spare
            if row.number not in used[match.region.number]
        }
        return list(rows.values())

    @property
    def spare_cells(self) -> list[tuple[Path, Cell]]:
        """Filled cells of rows in use, under columns the form does not have."""
        taken = {id(found.cell) for found in self.found.values()}
        return [
            (match.region.columns[at], cell)
            for match in self.matches
            for row in match.rows.values()
            for at, cell in row.cells.items()
            if cell.text and id(cell) not in taken and at not in match.columns.pairs.values()
        ]

    @property
    def score(self) -> float:
        """Agreement with the form: what was found, less the numbers it has no place for."""
        left = [cell for row in self.spare_rows for cell in row.contents]
        left += [cell for _, cell in self.spare_cells]
        return self.quality - sum(map(holds_number, left))


def find_tables(axes: FormAxes, grids: Sequence[tuple[int, Grid]]) -> Tables:
    """Every cell of the form in these grids. What is ambiguous is kept in ``trouble``."""
    tables = Tables(axes)
    for region in regions(grids, axes):
        matches = laid(region, axes)
        tables.matches += matches
        for match in matches:
            _collect(tables, match)
    missing = {id(each) for each in axes.blocks} - {id(match.axes) for match in tables.matches}
    if missing:
        _take_turned(tables, grids, missing)
    return tables


def _take_turned(tables: Tables, grids: Sequence[tuple[int, Grid]], missing: set[int]) -> None:
    """Tables whose rows stand as columns and the other way round."""
    turned = [(number, _turned(grid)) for number, grid in grids if not grid.counted]
    for region in regions(turned, tables.axes):
        found = [match for match in laid(region, tables.axes) if id(match.axes) in missing]
        whole = [
            match for match in found if len(match.columns.pairs) == len(match.axes.columns.lines)
        ]
        tables.turned += whole
        for match in whole:
            _collect(tables, match)


def _turned(grid: Grid) -> Grid:
    width = max(map(len, grid.rows), default=0)
    rows = [row for row in grid.rows if len(row) == width]
    return Grid(grid.name, tuple(zip(*rows, strict=True)))


def _collect(tables: Tables, match: BlockMatch) -> None:
    tables.trouble += match.trouble
    for found in _cells(tables.axes, match):
        code = found.item.code
        if code in tables.found:
            tables.twice.append((tables.found[code], found))
        else:
            tables.found[code] = found


def _cells(axes: FormAxes, match: BlockMatch) -> Iterator[Found]:
    codes = items_of(axes, match.axes)
    for row, body in match.rows.items():
        for column, at in match.columns.pairs.items():
            item = codes[row, column]
            yield Found(
                item, body.cells.get(at), body.path, match.path(column), match.quality(row, column)
            )


def items_of(axes: FormAxes, block: BlockAxes) -> dict[tuple[int, int], Item]:
    """Numbers of row and column → the item."""
    rows = {line.path: number for number, line in enumerate(block.rows.lines)}
    columns = {line.path: number for number, line in enumerate(block.columns.lines)}
    return {
        (rows[item.row], columns[item.column]): item
        for item in axes.form.items.values()
        if item.table == block.table.name and item.block == block.block.name
    }


def find_forms(forms: Sequence[FormAxes], grids: Sequence[tuple[int, Grid]]) -> list[Tables]:
    """The tables of every form, the best agreement first."""
    found = [find_tables(axes, grids) for axes in forms]
    return sorted(found, key=lambda tables: -tables.score)

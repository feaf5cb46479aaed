"""Blocks of a form laid over the regions of a document: which line is which, by its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gouji.gate import Reason, Refused, refusal
from gouji.recognising.align import Alignment, align, score, scores
from gouji.recognising.heads import Path
from gouji.recognising.labels import QUALITY, Axis, How
from gouji.recognising.regions import BlockAxes, FormAxes, Region, filled, holds_number
from gouji.recognising.rows import BodyRow, Span, body_rows, mended, numbers_the_columns
from gouji.wording import say


@dataclass(frozen=True)
class BlockMatch:
    """A block of the form laid over a region: form line → region column, form line → row."""

    region: Region
    axes: BlockAxes
    span: Span
    columns: Alignment
    rows: Mapping[int, BodyRow]
    moved: bool
    agreement: float
    spare: tuple[BodyRow, ...] = ()  #: rows of the body this block has no line for
    trouble: tuple[Refused, ...] = ()  #: why lines cannot be told apart

    def quality(self, row: int, column: int) -> float:
        across = _agreement(self.axes.columns, column, self.path(column))
        return across * _agreement(self.axes.rows, row, self.rows[row].path)

    def path(self, column: int) -> Path:
        return self.region.columns[self.columns.pairs[column]]


# ---------------------------------------------------------------------- blocks over one region
def laid(region: Region, axes: FormAxes) -> list[BlockMatch]:
    """The blocks a region holds; each of its rows belongs to the one whose head fits best."""
    found = [match for block in axes.blocks if (match := _lay(region, block, axes))]
    claims: dict[int, list[BlockMatch]] = {}
    for match in found:
        for row in match.rows.values():
            claims.setdefault(row.number, []).append(match)
    kept = {id(match): match for match in found}
    for rivals in claims.values():
        best = max(match.agreement for match in rivals)
        for match in rivals:
            if match.agreement < best:
                kept.pop(id(match), None)
        if sum(match.agreement == best for match in rivals) > 1:
            titles = say("recognising.joint").join(match.axes.table.title for match in rivals)
            trouble = refusal(Reason.LABELS_UNCLEAR, "table", tables=titles)
            return [replace(match, trouble=(trouble,)) for match in kept.values()]
    return list(kept.values())


def _lay(region: Region, block: BlockAxes, axes: FormAxes) -> BlockMatch | None:
    if block.bare and region.inherited:
        return None
    printed = {at: path for at, path in enumerate(region.columns) if not _merged_on(region, at)}
    across = align(scores(block.columns, printed))
    if 2 * len(across.pairs) < len(block.columns.lines) or not across.pairs:
        return None
    if not region.standing and any(_is_heading(block.columns, path) for path in region.columns):
        return None  # counted out wrongly: a heading of columns is no column
    labelled = [at for at, path in enumerate(region.columns) if path.own]
    span = Span(min(across.pairs.values()), max(labelled))
    body = mended(body_rows(region, span, block.rows), block.rows)
    trouble: list[Refused] = []
    if block.bare:
        rows, moved = _bare_row(body, across, block, axes, trouble), False
    else:
        rows, moved = _labelled_rows(body, block, trouble)
    if not rows:
        return None
    trouble += _unclear_columns(across, block, region)
    agreement = sum(
        _agreement(block.columns, line, region.columns[at]) for line, at in across.pairs.items()
    ) / len(block.columns.lines)
    taken = {row.number for row in rows.values()}
    spare = tuple(row for row in body if row.number not in taken)
    moved = moved or bool(across.moved)
    return BlockMatch(region, block, span, across, rows, moved, agreement, spare, tuple(trouble))


def _merged_on(region: Region, column: int) -> bool:
    """True when head and values of a column are all merged with the column before it."""
    rows = [region.row(number) for number in (*region.head[-1:], *region.body)]
    pairs = [(row[column - 1], row[column]) for row in rows if 0 < column < len(row)]
    return bool(pairs) and all(left is cell for left, cell in pairs)


def _is_heading(axis: Axis, path: Path) -> bool:
    meant = axis.look(path.text)
    return meant is not None and meant.label in axis.parents - axis.leaves


def _agreement(axis: Axis, number: int, path: Path) -> float:
    if not axis.paths[number]:
        return 1.0
    return min(score(axis, number, path), QUALITY[How.EXACT]) / QUALITY[How.EXACT]


def _labelled_rows(
    body: Sequence[BodyRow], block: BlockAxes, trouble: list[Refused]
) -> tuple[dict[int, BodyRow], bool]:
    lines = {at: row.path for at, row in enumerate(body) if not row.band}
    down = align(scores(block.rows, lines))
    rows = {line: body[at] for line, at in down.pairs.items()}
    whole = len(rows) == len(block.rows.lines)
    for line, others in down.ambiguous.items():
        twins = [body[at] for at in others]
        if not (whole and _alike(twins)):
            places = say("recognising.joint").join(twin.place for twin in twins)
            label = block.rows.lines[line].labels[-1]
            trouble.append(refusal(Reason.LABELS_UNCLEAR, "row", label=label, places=places))
    for line, row in rows.items():
        if row.unplaced and filled(row.unplaced):
            trouble.append(_short(block, line, row))
    return rows, bool(down.moved)


def _short(block: BlockAxes, line: int, row: BodyRow) -> Refused:
    labels = block.rows.lines[line].labels
    label = labels[-1] if labels else block.table.title
    return refusal(
        Reason.LABELS_UNCLEAR, "short", label=label, place=row.place, found=len(row.unplaced)
    )


def _alike(rows: Sequence[BodyRow]) -> bool:
    texts = [[cell.text for cell in row.cells.values()] for row in rows]
    return all(each == texts[0] for each in texts) and not any(row.unplaced for row in rows)


def _unclear_columns(across: Alignment, block: BlockAxes, region: Region) -> Iterator[Refused]:
    for line, others in across.ambiguous.items():
        places = say("recognising.joint").join(region.columns[at].place for at in others)
        label = block.columns.lines[line].labels[-1]
        yield refusal(Reason.LABELS_UNCLEAR, "column", label=label, places=places)


# ---------------------------------------------------------------------- a row without a label
def _bare_row(
    body: Sequence[BodyRow], across: Alignment, block: BlockAxes, axes: FormAxes,
    trouble: list[Refused],
) -> dict[int, BodyRow]:  # fmt: skip
    """The one row below the head; rows at its foot that hold as many numbers make it unclear."""
    rows = []
    for row in body:
        if row.band or any(map(axes.is_row_label, row.path.own)):
            break
        if not numbers_the_columns(row):
            rows.append(row)
    wanted = set(across.pairs.values())
    full = [row for row in rows if _filled_with_numbers(row, wanted) * 2 >= len(wanted)]
    if len(full) > 1 and not _alike(full):
        places = say("recognising.joint").join(row.place for row in full)
        title = block.table.title
        trouble.append(refusal(Reason.LABELS_UNCLEAR, "row", label=title, places=places))
    sparse = [row for row in rows if row.contents and not row.path.own and _numbers_only(row)]
    chosen = (full or sparse or rows or [BodyRow(-1, Path(()), {})])[:1]  # a blank row is none
    if chosen and filled(chosen[0].unplaced):
        trouble.append(_short(block, 0, chosen[0]))
    return dict(enumerate(chosen))


def _filled_with_numbers(row: BodyRow, wanted: set[int]) -> int:
    numbers = sum(at in wanted and holds_number(cell) for at, cell in row.cells.items())
    return numbers + sum(map(holds_number, row.unplaced))


def _numbers_only(row: BodyRow) -> bool:
    return all(map(holds_number, row.contents))

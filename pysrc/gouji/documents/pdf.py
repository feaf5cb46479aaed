"""PDF files with a text layer: lines become paragraphs, ruled tables become Grids.

A table that goes on behind a page break becomes one again; a head printed anew there is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from gouji.documents import confined
from gouji.documents.flow import MAX_PLACES
from gouji.documents.model import Cell, Document, Grid
from gouji.gate import Reason, refusal
from gouji.wording import say

#: Edges of the columns on two pages agree within so many points.
_NEAR = 4.0
#: Page numbers stand in this part of the page, above and below.
_MARGIN = 0.1
_PAGE_NUMBER = re.compile(r"[\W_]*(?:\d{1,3}|\d{1,3}\s*/\s*\d{1,3})[\W_]*")

Box = tuple[str, int, int, int, int]  #: text, row, column, rows, columns


@dataclass
class _Table:
    edges: list[float]
    rows: int
    boxes: list[Box] = field(default_factory=list)


def read_pdf(data: bytes) -> Document:
    """The document. Raises Refused (no_pdf, encrypted, scanned, damaged, too_large)."""
    if find_spec("pdfplumber") is None:
        raise refusal(Reason.NO_PDF)
    pages = confined.run("pdf_worker", data)["pages"]
    pieces = [piece for page in pages for piece in _without_numbers(page)]
    blocks: list[str | Grid] = []
    tables = 0
    for piece in _joined(pieces):
        if isinstance(piece, _Table):
            tables += 1
            blocks.append(_grid(piece, say("documents.table", n=tables)))
        else:
            blocks.append(piece)
    title = next((block for block in blocks if isinstance(block, str)), "")
    return Document("pdf", tuple(blocks), title)


def _without_numbers(page: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [
        piece
        for piece in page
        if not (
            "text" in piece
            and _PAGE_NUMBER.fullmatch(piece["text"])
            and not _MARGIN < piece["top"] / piece["height"] < 1 - _MARGIN
        )
    ]


def _joined(pieces: Sequence[Mapping[str, Any]]) -> list[str | _Table]:
    """Lines as paragraphs, and the parts of a table as one."""
    margins = _margins(pieces) if pieces else (0.0, 0.0)
    found: list[str | _Table] = []
    lines: list[Mapping[str, Any]] = []
    for piece in pieces:
        if "text" in piece:
            lines.append(piece)
            continue
        found += _paragraphs(lines, margins)
        lines.clear()
        table = _Table(piece["edges"], piece["rows"], [_box(cell) for cell in piece["cells"]])
        last = found[-1] if found else None
        if isinstance(last, _Table) and _same_columns(last, table):
            _continue(last, table)
        else:
            found.append(table)
    return [*found, *_paragraphs(lines, margins)]


def _box(cell: Sequence[Any]) -> Box:
    text, row, column, rows, columns = cell
    return str(text), int(row), int(column), int(rows), int(columns)


def _same_columns(first: _Table, second: _Table) -> bool:
    return len(first.edges) == len(second.edges) and all(
        abs(a - b) <= _NEAR for a, b in zip(first.edges, second.edges, strict=True)
    )


def _continue(table: _Table, part: _Table) -> None:
    """Add the part of the next page below."""
    repeated = _repeated_rows(table, part)
    start = table.rows
    for text, row, column, rows, columns in part.boxes:
        if row < repeated:
            continue
        at = start + row - repeated
        if row == repeated and not text and _grow(table, start, column, rows, columns):
            continue
        table.boxes.append((text, at, column, rows, columns))
    table.rows += part.rows - repeated


def _repeated_rows(table: _Table, part: _Table) -> int:
    """How many rows of head the part prints again; a merged cell is never cut."""
    rows = 0
    for count in range(1, min(table.rows, part.rows)):
        first = {box for box in table.boxes if box[1] < count}
        again = {box for box in part.boxes if box[1] < count}
        if first != again:
            break
        if all(row + height <= count for _, row, _, height, _ in again) and any(
            text for text, *_ in again
        ):
            rows = count
    return rows


def _grow(table: _Table, start: int, column: int, rows: int, columns: int) -> bool:
    """A merged cell that a page break cuts leaves a blank one at the head of the next page."""
    for number, (text, row, left, height, width) in enumerate(table.boxes):
        ends_there = row + height == start and (left, width) == (column, columns)
        if ends_there and (rows > 1 or height > 1):
            table.boxes[number] = (text, row, left, height + rows, width)
            return True
    return False


def _paragraphs(lines: Sequence[Mapping[str, Any]], margins: tuple[float, float]) -> list[str]:
    """Lines that run to the right margin go on in the next one, unless that is indented."""
    left, right = margins
    found: list[str] = []
    before: Mapping[str, Any] | None = None
    for line in lines:
        goes_on = (
            before is not None
            and before["right"] > right - 1.6 * before["size"]
            and line["left"] < left + line["size"]
        )
        if goes_on:
            found[-1] += line["text"]
        else:
            found.append(line["text"])
        before = line
    return found


def _margins(pieces: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """How far text reaches to the left and to the right."""
    lines = [(piece["left"], piece["right"]) for piece in pieces if "text" in piece]
    tables = [(piece["edges"][0], piece["edges"][-1]) for piece in pieces if "edges" in piece]
    both = lines + tables
    return min(left for left, _ in both), max(right for _, right in both)


def _grid(table: _Table, name: str) -> Grid:
    width = len(table.edges) - 1
    if table.rows * width > MAX_PLACES:
        raise refusal(Reason.TOO_LARGE, "document")
    places: dict[tuple[int, int], Cell] = {}
    for text, row, column, rows, columns in sorted(table.boxes, key=lambda box: box[1:3]):
        place = say("documents.place", table=name, row=row + 1, cell=column + 1)
        cell = Cell(text or None, place, rows, columns)
        for down in range(row, min(row + rows, table.rows)):
            for across in range(column, min(column + columns, width)):
                places.setdefault((down, across), cell)
    for row in range(table.rows):
        for column in range(width):
            if (row, column) not in places:
                place = say("documents.place", table=name, row=row + 1, cell=column + 1)
                places[row, column] = Cell(None, place)
    rows_ = range(table.rows)
    return Grid(name, tuple(tuple(places[row, col] for col in range(width)) for row in rows_))

"""A document's running text: paragraphs and lone cells outside the official tables, in order."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from gouji.documents.model import Document, Grid
from gouji.recognising.heads import Row, once
from gouji.recognising.labels import fold


@dataclass(frozen=True, slots=True)
class TextLine:
    """``block`` is the number of the document's block; ``table`` marks a row of an official table,
    which has no text here. ``cells`` are the texts of a row with several cells."""

    text: str
    block: int
    table: bool = False
    cells: tuple[str, ...] = ()


def text_lines(
    document: Document, used: Mapping[int, set[int]], bands: Container[str]
) -> list[TextLine]:
    """Every line; ``used`` maps numbers of grids (as blocks) to rows of official tables, which
    ``bands`` (folded texts) belong to as well."""
    return list(_lines(document, used, bands))


def _lines(
    document: Document, used: Mapping[int, set[int]], bands: Container[str]
) -> Iterator[TextLine]:
    for number, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            for at, row in enumerate(block.rows):
                if at in used.get(number, ()) or _is_band(row, bands):
                    yield TextLine("", number, table=True)
                else:
                    yield from _of_row(row, number)
        else:
            yield from (TextLine(line, number) for line in _split(block))


def _is_band(row: Row, bands: Container[str]) -> bool:
    texts = {fold(cell.text) for cell in row if cell.text}
    return len(texts) == 1 and texts.pop() in bands


def _of_row(row: Row, number: int) -> Iterator[TextLine]:
    texts = [str(cell.value) for cell in once(row) if cell.text]
    if len(texts) == 1:
        yield from (TextLine(line, number) for line in _split(texts[0]))
    elif texts:
        yield TextLine("", number, cells=tuple(text.strip() for text in texts))


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

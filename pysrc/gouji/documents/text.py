"""A plain text dump of a report: paragraphs, and tables in one of four ways of writing them.

* cells on lines of their own that begin with a TAB, an empty line after each row (what programs
  make of a Word report); a line without a TAB goes on in the same cell;
* one row a line, cells parted by TABs, by ``|``, or by two and more spaces.

Such tables are ``counted``: they do not say which cells were merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from gouji.documents.encoding import decode
from gouji.documents.model import Cell, Document, Grid
from gouji.gate import MEGABYTE, Reason, refusal
from gouji.wording import say

MAX_TEXT = 32 * MEGABYTE
#: What programs write in place of pictures and bookmarks.
_MARKS = re.compile(r"\[(?:image|bookmark|picture|object):[^\]\n]*\]", re.IGNORECASE)
_GAP = re.compile(r"[ \u3000\xa0]{2,}|\t")
#: The line below the head of a table in Markdown.
_RULE = re.compile(r"\|?(?:\s*:?-{2,}:?\s*\|)*\s*:?-{2,}:?\s*\|?")
_LONGEST_LABEL = 80

Block = str | list[list[str]]


def read_text(data: bytes) -> Document:
    """The paragraphs and tables of a text. Raises Refused (too_large, damaged)."""
    if len(data) > MAX_TEXT:
        raise refusal(Reason.TOO_LARGE, size=MAX_TEXT // MEGABYTE)
    decoded = decode(data)
    text = decoded.text.replace("\0", "")
    lines = [_MARKS.sub("", line) if "[" in line else line for line in text.splitlines()]
    blocks = _cells_below_each_other(lines) if _is_dump(lines) else _rows(lines)
    notes = () if decoded.used == "utf-8" else (say("recognising.encoding", used=decoded.used),)
    return Document("text", tuple(_placed(blocks)), notes=notes)


def _is_dump(lines: list[str]) -> bool:
    """Lines that begin with a TAB hold one cell each, not a row."""
    tabbed = [line for line in lines if "\t" in line]
    single = sum(line.startswith("\t") and line.count("\t") == 1 for line in tabbed)
    return single * 2 > len(tabbed)


def _cells_below_each_other(lines: list[str]) -> Iterator[Block]:
    table: list[list[str]] = []
    row: list[str] = []
    gaps = 0  # empty lines since the last cell
    for line in lines:
        if line.startswith("\t"):
            if gaps > 1 and table:
                yield table
                table = []
            if not row:
                table.append(row)
            row.append(line[1:])
            gaps = 0
        elif not line.strip():
            gaps += 1
            row = []
        elif row:
            row[-1] += "\n" + line
        else:
            if table:
                yield table
            table, gaps = [], 0
            yield line
    if table:
        yield table


# ---------------------------------------------------------------------- one row a line
def _rows(lines: list[str]) -> Iterator[Block]:
    shapes = [(_shape(line), line) for line in lines]
    for shape, group in groupby(shapes, key=lambda pair: pair[0]):
        texts = [line for _, line in group]
        rows = _split(shape, [text for text in texts if not _is_rule(text)]) if shape else []
        if shape == "" or (shape == "gap" and len(rows) < 2):
            yield from (text for text in texts if text.strip())
        elif rows:
            yield rows


def _shape(line: str) -> str:
    """How a line parts its cells: ``tab``, ``bar``, ``gap``, or empty for a paragraph."""
    if not line.strip():
        return "tab" if line.count("\t") > 1 else ""
    if "\t" in line.strip("\r\n "):
        return "tab"
    if line.count("|") >= 2 or _is_rule(line):
        return "bar"
    pieces = _GAP.split(line.strip())
    return "gap" if len(pieces) > 1 and max(map(len, pieces)) <= _LONGEST_LABEL else ""


def _is_rule(line: str) -> bool:
    return "|" in line and _RULE.fullmatch(line.strip()) is not None


def _split(shape: str, lines: list[str]) -> list[list[str]]:
    if shape == "tab":
        return [line.split("\t") for line in lines]
    if shape == "gap":
        return [_GAP.split(line.strip()) for line in lines]
    # A bar at an edge is a frame where every line has it, else it parts a blank cell.
    inner = [line.strip() for line in lines]
    if all(line.startswith("|") for line in inner):
        inner = [line[1:] for line in inner]
    if all(line.endswith("|") for line in inner):
        inner = [line[:-1] for line in inner]
    return [line.split("|") for line in inner]


def _placed(blocks: Iterator[Block]) -> Iterator[str | Grid]:
    number = 0
    for block in blocks:
        if isinstance(block, str):
            if block.strip():
                yield block.strip()
            continue
        number += 1
        name = say("documents.table", n=number)
        yield Grid(
            name,
            tuple(
                tuple(
                    Cell(text if text.strip() else None,
                         say("documents.place", table=name, row=at, cell=cell))
                    for cell, text in enumerate(row, 1)
                )
                for at, row in enumerate(block, 1)
            ),
            counted=True,
        )  # fmt: skip

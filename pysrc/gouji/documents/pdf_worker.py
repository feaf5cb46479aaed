"""Reads a PDF with a text layer in a process of its own; see ``confined``.

Answers ``{"pages": [[piece, …], …]}`` in reading order. A piece is a line of text
``{"text", "left", "right", "top", "bottom", "size"}`` or a table
``{"edges", "rows", "cells": [[text, row, column, rows, columns], …]}``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.utils.clustering import cluster_objects
from pdfplumber.utils.exceptions import PdfminerException
from pdfplumber.utils.text import extract_words

from gouji.documents.confined import give, limit, refuse, taken
from gouji.gate import Reason

MAX_PAGES = 60
Bounds = tuple[float, float, float, float]  #: left, top, right, bottom
#: Lines drawn twice or a little apart are one edge, in points.
_NEAR = 3.0
#: A gap below this share of a character is only the air an office puts beside digits.
_AIR = 0.35
#: A line that takes this share of its cell's width goes on in the next line.
_FULL = 0.7


def read(data: bytes) -> Mapping[str, Any]:
    """The pages' pieces, or a refusal."""
    try:
        file = pdfplumber.open(io.BytesIO(data))
    except PdfminerException as error:
        locked = isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect)
        return refuse(Reason.ENCRYPTED if locked else Reason.DAMAGED)
    with file:
        if not file.pages:
            return refuse(Reason.DAMAGED)
        if len(file.pages) > MAX_PAGES:
            return refuse(Reason.TOO_LARGE, "pages", n=len(file.pages), most=MAX_PAGES)
        pages = []
        for page in file.pages:
            pages.append(_pieces(page))
            page.close()  # its objects are many
    if not any(pages):
        return refuse(Reason.SCANNED)
    return {"pages": pages}


def _pieces(page: Page) -> list[dict[str, Any]]:
    page = page.dedupe_chars()  # bold is sometimes drawn by printing twice
    tables = [table for table in page.find_tables() if len(table.cells) > 1]
    boxes = [table.bbox for table in tables]
    outside = page.filter(lambda thing: not any(_within(thing, box) for box in boxes))
    pieces = [
        {
            "text": line["text"], "left": line["x0"], "right": line["x1"], "top": line["top"],
            "bottom": line["bottom"], "size": line["chars"][0]["size"], "height": page.height,
        }
        for line in outside.extract_text_lines(x_tolerance_ratio=_AIR)
    ] + [_table(page, table.cells) | {"top": table.bbox[1]} for table in tables]  # fmt: skip
    return sorted(pieces, key=lambda piece: float(piece["top"]))


def _within(thing: Mapping[str, Any], box: Bounds) -> bool:
    """The middle of a character stands inside the box."""
    if thing.get("object_type") != "char":
        return False
    across, down = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _table(page: Page, cells: Sequence[Bounds]) -> dict[str, Any]:
    """A table whose merged cells are known from where their lines are drawn."""
    across = _edges([edge for cell in cells for edge in (cell[0], cell[2])])
    down = _edges([edge for cell in cells for edge in (cell[1], cell[3])])
    found = []
    for cell in cells:
        left, right = _at(across, cell[0]), _at(across, cell[2])
        top, bottom = _at(down, cell[1]), _at(down, cell[3])
        text = _text([char for char in page.chars if _within(char, cell)], cell[2] - cell[0])
        found.append([text, top, left, max(1, bottom - top), max(1, right - left)])
    return {"edges": across, "rows": len(down) - 1, "cells": found}


def _text(chars: list[dict[str, Any]], width: float) -> str:
    """A cell's text; lines that only the cell's width broke are one again."""
    text, before = "", 0.0
    words = extract_words(chars, x_tolerance_ratio=_AIR)
    for line in cluster_objects(words, itemgetter("top"), _NEAR):
        line.sort(key=itemgetter("x0"))
        said = " ".join(word["text"] for word in line)
        # Two numbers one above the other stay two, unless the upper one filled its line.
        numbers = text[-1:].isdigit() and said[:1].isdigit()
        text += ("\n" if numbers and before < _FULL * width else "") + said
        before = line[-1]["x1"] - line[0]["x0"]
    return text


def _edges(places: list[float]) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _NEAR:
            edges.append(place)
    return edges


def _at(edges: list[float], place: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - place))


if __name__ == "__main__":
    limit()
    give(read(taken()))

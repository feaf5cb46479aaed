"""Sentences of the catalogue as live Excel expressions: text with cell values inside."""

from __future__ import annotations

from gouji.wording import say


def quoted(text: str) -> str:
    """An Excel string literal."""
    return '"' + text.replace('"', '""') + '"'


def spoken(key: str, **places: str) -> str:
    """The sentence as an Excel expression; each place is filled by an Excel expression.

    ``spoken("checksheet.fail_cells", n="F6")`` → ``"✗ "&F6&" 格不是合规数字"``.
    """
    marks = {name: chr(0xE000 + index) for index, name in enumerate(places)}
    sources = {marks[name]: expression for name, expression in places.items()}
    pieces, literal = [], ""
    for mark in say(key, **marks):
        if mark in sources:
            pieces += [quoted(literal)] * bool(literal) + [sources[mark]]
            literal = ""
        else:
            literal += mark
    return "&".join(pieces + [quoted(literal)] * bool(literal))


def count_marks(ranges: list[str], mark: str) -> str:
    """Expression that counts the cells whose text begins with ``mark``."""
    return "+".join(f"SUMPRODUCT(--(LEFT({cells},1)={quoted(mark)}))" for cells in ranges) or "0"

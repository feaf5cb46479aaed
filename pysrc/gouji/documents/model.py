"""What any file with text and tables looks like once read: paragraphs and grids in reading order.

Readers of every format make it, ``recognising`` finds the official tables in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gouji.model import Value


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``place`` is what a message calls it: ``Sheet1!D6``, ``表2 第3行第4格``.

    ``value`` is a number where the format holds numbers (spreadsheets), else the text as typed,
    None when blank. A merged cell has its content once and spans ``rows`` × ``columns``.
    """

    value: Value
    place: str
    rows: int = 1
    columns: int = 1

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value).strip()


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. In ``rows`` the same Cell object stands at every position its span covers.

    ``counted`` marks a table whose spans are not known (plain text, PDF): rows are ragged, a merged
    cell stands once and leaves blanks below, so a cell's column can only be counted from the right.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """``kind`` is ``xlsx``, ``xls``, ``ods``, ``docx``, ``doc``, ``html``, ``text``, ``csv`` or
    ``pdf``. A ``str`` block is one paragraph. ``notes`` are Chinese sentences about the reading
    (the encoding that was found, pictures passed over). ``data`` is what a page of our own carries
    for programs (JSON), empty for others."""

    kind: str
    blocks: tuple[str | Grid, ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    data: str = ""

    @property
    def grids(self) -> tuple[Grid, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Grid))

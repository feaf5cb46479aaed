"""Spreadsheets of the OpenDocument format (``.ods``): values, formulas, merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gouji.book_cells import Raw, Sheet
from gouji.documents.flow import MAX_PLACES
from gouji.documents.sheets import Merge, RawSheet, dense
from gouji.documents.trees import member_tree
from gouji.gate import Package, Reason, refusal
from gouji.sheet_xml import Mark, Place

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TABLE, _TEXT, _STYLE = (_NS % name for name in ("office", "table", "text", "style"))
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MANIFEST = "META-INF/manifest.xml"
_NUMBERS = ("float", "percentage", "currency")
#: ``[.D6:.I6]``, ``[$'sheet'.$A$1]`` …: the two ends of a reference.
_REFERENCE = re.compile(r"\[((?:\$?'(?:[^']|'')*'|[^\[\]'.:]*)?\.[^\[\]:]*)(?::([^\[\]]*))?\]")
_STRING = re.compile(r'("(?:[^"]|"")*")')
_MAX_COLUMN = 16_384


def read_ods(package: Package) -> tuple[RawSheet, ...]:
    """The sheets in order. Raises Refused (encrypted, damaged, too_large, dangerous_archive)."""
    if package.has(_MANIFEST) and b"encryption-data" in package.read(_MANIFEST):
        raise refusal(Reason.ENCRYPTED)
    root = member_tree(package, "content.xml")
    hidden = _hidden_styles(root)
    tables = root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table")
    return tuple(_sheet(table, hidden) for table in tables)


def _hidden_styles(root: Any) -> set[str]:
    found = set()
    for style in root.iter(f"{_STYLE}style"):
        told = style.find(f"{_STYLE}table-properties")
        if told is not None and told.get(f"{_TABLE}display") == "false":
            found.add(style.get(f"{_STYLE}name", ""))
    return found


@dataclass
class _Filling:
    """One sheet while its cells are read."""

    name: str
    cells: dict[Place, Raw] = field(default_factory=dict)
    marks: dict[Place, Mark] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)

    def put(self, row: int, column: int, cell: Any, raw: Raw, mark: Mark | None) -> None:
        if raw != "":
            self.cells[row, column] = raw
        if mark is not None:
            self.marks[row, column] = mark
        down, right = (_count(cell, f"number-{way}-spanned") for way in ("rows", "columns"))
        if down * right > 1:
            self.merges.append((row, column, row + down - 1, column + right - 1))
        if len(self.cells) + len(self.marks) > MAX_PLACES:
            raise refusal(Reason.TOO_LARGE, "document")


def _sheet(table: Any, hidden: set[str]) -> RawSheet:
    filling = _Filling(table.get(f"{_TABLE}name", ""))
    row = 0
    for line in _rows(table):
        times = _count(line, "number-rows-repeated")
        _read_row(filling, line, row, times)
        row += times
    height = max((row for row, _ in filling.cells), default=-1) + 1
    width = max((column for _, column in filling.cells), default=-1) + 1
    if height * width > MAX_PLACES * 8:
        raise refusal(Reason.TOO_LARGE, "sheet", sheet=filling.name, rows=height, columns=width)
    return RawSheet(
        Sheet(filling.name, dense(filling.cells), filling.marks), tuple(filling.merges),
        table.get(f"{_TABLE}style-name", "") in hidden,
    )  # fmt: skip


def _rows(table: Any) -> Iterator[Any]:
    """Rows of the table, those in groups too, but not those of a table inside a cell."""
    for element in table:
        if element.tag == f"{_TABLE}table-row":
            yield element
        elif element.tag in (f"{_TABLE}table-row-group", f"{_TABLE}table-header-rows",
                             f"{_TABLE}table-rows"):  # fmt: skip
            yield from _rows(element)


def _read_row(filling: _Filling, line: Any, row: int, times: int) -> None:
    column = 0
    for cell in line:
        if cell.tag not in _CELLS:
            continue
        wide = _count(cell, "number-columns-repeated")
        raw, mark = _content(cell)
        if raw != "" or mark is not None or _count(cell, "number-columns-spanned") > 1 or (
            _count(cell, "number-rows-spanned") > 1
        ):  # fmt: skip
            if column + wide > _MAX_COLUMN or wide * times > MAX_PLACES:
                raise refusal(Reason.TOO_LARGE, "document")
            for down in range(times):
                for across in range(wide):
                    filling.put(row + down, column + across, cell, raw, mark)
        column += wide


def _count(element: Any, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text)):
        raise refusal(Reason.DAMAGED)  # readers take it for none, for one or for very many
    return int(text)


def _content(cell: Any) -> tuple[Raw, Mark | None]:
    """Value and mark of a cell, ``""`` and None for nothing."""
    formula = cell.get(f"{_TABLE}formula")
    kind = cell.get(f"{_OFFICE}value-type", "")
    text = _shown(cell)
    if cell.get(f"{_CALC}value-type") == "error":
        return "", Mark("" if formula is None else excel_formula(formula), True, text)
    raw = _raw(cell, kind, text)
    if formula is None:
        return raw, None
    calculated = bool(kind) or cell.find(f"{_TEXT}p") is not None
    return raw, Mark(excel_formula(formula), calculated)


def _raw(cell: Any, kind: str, text: str) -> Raw:
    if kind in _NUMBERS:
        try:
            return float(cell.get(f"{_OFFICE}value", ""))
        except ValueError as error:
            raise refusal(Reason.DAMAGED) from error
    if kind == "boolean":
        told = cell.get(f"{_OFFICE}boolean-value")
        if told not in ("true", "false"):
            raise refusal(Reason.DAMAGED)
        return told == "true"
    if kind == "date":
        return str(cell.get(f"{_OFFICE}date-value", text))
    return text or str(cell.get(f"{_OFFICE}string-value", ""))


def _shown(cell: Any) -> str:
    """The text of the cell's paragraphs, one a line; notes beside the cell are not part of it."""
    return "\n".join("".join(_pieces(paragraph)) for paragraph in cell.iterfind(f"{_TEXT}p"))


def _pieces(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * (min(int(count), 1000) if count.isascii() and count.isdigit() else 1)
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield "\t" if child.tag.endswith("tab") else "\n"
        elif child.tag != f"{_OFFICE}annotation":
            yield from _pieces(child)
        yield child.tail or ""


def excel_formula(formula: str) -> str:
    """``of:=SUM([.D6:.I6];1)`` → ``=SUM(D6:I6,1)``."""
    _, equals, body = formula.partition("=")
    if not equals:
        return formula
    pieces = _STRING.split(body)
    return "=" + "".join(
        piece if piece.startswith('"') else _plain(piece).replace(";", ",") for piece in pieces
    )


def _plain(piece: str) -> str:
    def change(match: re.Match[str]) -> str:
        first, last = match[1], match[2]
        sheet, _, address = first.rpartition(".")
        area = f"{address}:{last.rpartition('.')[2]}" if last else address
        return f"{sheet.removeprefix('$')}!{area}" if sheet else area

    return _REFERENCE.sub(change, piece)

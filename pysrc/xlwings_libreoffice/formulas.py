"""Formulas between Excel's language and LibreOffice's.

LibreOffice's own parser knows Excel's language, but each cell costs several calls. Most formulas
differ in the separator only, so these are translated here and written in one call per run of cells;
whatever is not surely the same goes through the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .bridge import struct

EXCEL_SYNTAX = 3
"""``AddressConvention.XL_OOX``: commas, ``Sheet!A1``, younger functions with ``_xlfn.``"""

OOXML_NAMES = 5
"""``FormulaLanguage.OOXML``."""

ALL_FUNCTIONS = 0x7FFFFFFF

#: Functions that have the same name, arguments and meaning on both sides.
SAME = frozenset({
    "SUM", "IF", "MAX", "MIN", "ABS", "ROUND", "ROUNDUP", "ROUNDDOWN", "INT", "MOD", "AND",
    "OR", "NOT", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIF", "SUMIF", "SUMPRODUCT", "AVERAGE",
    "PRODUCT", "MEDIAN", "LEN", "LEFT", "RIGHT", "MID", "TRIM", "UPPER", "LOWER", "EXACT",
    "SUBSTITUTE", "ISBLANK", "ISNUMBER", "ISTEXT", "ISERROR", "ISNA", "IFERROR", "ROW",
    "COLUMN", "ROWS", "COLUMNS", "INDEX", "MATCH", "VLOOKUP", "HLOOKUP", "LOOKUP", "CHOOSE",
    "N", "T", "VALUE", "TODAY", "NOW", "DATE", "YEAR", "MONTH", "DAY", "CONCATENATE",
})  # fmt: skip

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|\$(?P<sheet>'(?:[^']|'')+'|\w+)\.(?=\$?[A-Za-z]{1,3}\$?\d)"
    r"|(?P<call>[A-Za-z]+)\((?P<empty>\))?|(?P<cell>\$?[A-Za-z]{1,3}\$?\d+)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<group>\()|(?P<close>\))|(?P<comma>[,;])"
    r"|(?P<sign>[-+*/^&=<>:%])|(?P<space> +)"
)
_FUNCTION = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\b([A-Za-z][A-Za-z0-9.]*)(?=\()""")
_PREFIX = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|_xlfn\.(?:_xlws\.)?""")


def simple(formula: str, comma: str, other: str) -> str | None:
    """The formula with its separators changed, or None where that alone would not be right."""
    out, open_calls, position = ["="], [], 1
    while position < len(formula):
        token = _TOKEN.match(formula, position)
        if token is None or token["space"]:
            return None
        piece = token.group()
        if token["call"]:
            if token["call"].upper() not in SAME:
                return None
            if not token["empty"]:
                open_calls.append(True)
        elif token["sheet"]:
            if comma != ";":
                return None  # only LibreOffice writes $Sheet.A1
            piece = f"{token['sheet']}!"
        elif token["group"]:
            open_calls.append(False)
        elif token["close"]:
            if not open_calls:
                return None
            open_calls.pop()
        elif token["comma"]:
            if piece != comma or not open_calls or not open_calls[-1]:
                return None
            piece = other
        out.append(piece)
        position = token.end()
    return None if open_calls else "".join(out)


class Formulas:
    """The translator of one document."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._parser = document.createInstance("com.sun.star.sheet.FormulaParser")
        self._parser.CompileEnglish = True
        self._parser.FormulaConvention = EXCEL_SYNTAX
        self._prefixed: dict[str, str] | None = None

    # -- one formula, by the parser

    def tokens(self, formula: str, sheet: int, row: int, column: int) -> Any:
        """Parsed formula as it would stand at that place (all from 0)."""
        place = struct("table.CellAddress", sheet, column, row)
        return self._parser.parseFormula(self._with_prefixes(formula[1:]), place)

    def text(self, tokens: Any, sheet: int, row: int, column: int) -> str:
        place = struct("table.CellAddress", sheet, column, row)
        printed = self._parser.printFormula(tokens, place)
        return "=" + _PREFIX.sub(lambda match: match[1] or "", printed)

    def _with_prefixes(self, formula: str) -> str:
        """``STDEV.S(`` → ``_xlfn.STDEV.S(``: the parser knows younger functions that way only."""
        if self._prefixed is None:
            self._prefixed = self._prefixed_names()
        names = self._prefixed

        def change(match: re.Match[str]) -> str:
            return match[1] or names.get(match[2].upper(), match[2])

        return _FUNCTION.sub(change, formula)

    def _prefixed_names(self) -> dict[str, str]:
        mapper = self._document.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
        names = [entry.Name for entry in mapper.getAvailableMappings(OOXML_NAMES, ALL_FUNCTIONS)]
        return {n.rpartition("_xlws.")[2].removeprefix("_xlfn."): n for n in names if "_xl" in n}

    # -- blocks

    def write(self, sheet: Any, place: tuple[int, int, int],
              formulas: Iterable[tuple[int, int, str]]) -> None:  # fmt: skip
        """Formulas at (row, column) counted from a place (sheet, row, column), all from 0."""
        index, top, left = place
        easy: list[tuple[int, int, str]] = []
        for i, j, formula in formulas:
            translated = simple(formula, ",", ";")
            if translated is None:
                tokens = self.tokens(formula, index, top + i, left + j)
                sheet.getCellByPosition(left + j, top + i).setTokens(tokens)
            else:
                easy.append((left + j, top + i, translated))
        for column, row, run in _runs(sorted(easy)):
            area = sheet.getCellRangeByPosition(column, row, column, row + len(run) - 1)
            area.setFormulaArray(tuple((formula,) for formula in run))

    def fill(self, sheet: Any, place: tuple[int, int, int], rows: int, columns: int,
             formula: str) -> None:  # fmt: skip
        """One formula in a whole block; relative references move along, as in Excel."""
        index, top, left = place
        tokens = self.tokens(formula, index, top, left)
        for i in range(rows):
            for j in range(columns):
                sheet.getCellByPosition(left + j, top + i).setTokens(tokens)

    def read(self, cells: Any) -> list[list[str]]:
        """Formulas in Excel's language; a constant as its text, "" for an empty cell."""
        texts = [list(row) for row in cells.getFormulaArray()]
        if any(text[:1] in ("=", "'", "{") for row in texts for text in row):
            data, origin = cells.getDataArray(), cells.RangeAddress
            for i, row in enumerate(texts):
                for j, text in enumerate(row):
                    if text[:1] in ("=", "'", "{"):
                        row[j] = self._read_one(cells, origin, (i, j), text, data[i][j])
        return texts

    def _read_one(
        self, cells: Any, origin: Any, spot: tuple[int, int], text: str, value: Any
    ) -> str:
        if isinstance(value, str) and text in (value, "'" + value):
            return value  # text that only looks like a formula
        if (easy := simple(text, ";", ",")) is not None:
            return easy
        i, j = spot
        cell = cells.getCellByPosition(j, i)
        if cell.Type.value == "VALUE":
            return "TRUE" if value else "FALSE"
        place = (origin.Sheet, origin.StartRow + i, origin.StartColumn + j)
        return self.text(cell.getTokens(), *place)


def _runs(formulas: list[tuple[int, int, str]]) -> list[tuple[int, int, list[str]]]:
    """Neighbours in a column joined: (column, first row, formulas)."""
    runs: list[tuple[int, int, list[str]]] = []
    for column, row, formula in formulas:
        if runs and runs[-1][0] == column and runs[-1][1] + len(runs[-1][2]) == row:
            runs[-1][2].append(formula)
        else:
            runs.append((column, row, [formula]))
    return runs

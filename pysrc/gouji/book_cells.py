"""A workbook's cells as the gate let them in: exact values, and the marks behind them."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from python_calamine import CalamineError, CalamineWorkbook

from gouji.gate import Package, Reason, refusal
from gouji.model import Value
from gouji.sheet_shape import judge_sheet, judge_strings
from gouji.sheet_xml import MAX_CELLS, Mark, Place, Survey, sheet_parts, strings_part, survey

#: What a cell reader needs besides the sheets themselves.
_BASE = (
    "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml",
    "xl/styles.xml",
)  # fmt: skip

Raw = object  #: what the cell reader gives: str, float, int, bool, a date; ``""`` for nothing
_NO_MARK = Mark()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: ``rows`` from A1 on, ragged to the right; ``marks`` of formulas and errors."""

    name: str
    rows: Sequence[Sequence[Raw]]
    marks: Mapping[Place, Mark]

    def raw(self, row: int, column: int) -> Raw:
        """The cell reader's value, ``""`` outside the filled part."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def mark(self, row: int, column: int) -> Mark:
        return self.marks.get((row, column), _NO_MARK)

    def value(self, row: int, column: int) -> Value:
        """The typed value or a formula's stored result; an error is its text."""
        raw = self.raw(row, column)
        if raw == "":
            return self.mark(row, column).error or None
        return exact(raw)

    def values(self, places: Mapping[str, Place]) -> dict[str, Value]:
        """``value`` of many named places at once; most cells of a form are small numbers."""
        rows = self.rows
        found: dict[str, Value] = {}
        for name, (row, column) in places.items():
            try:
                raw = rows[row][column]
            except IndexError:
                raw = ""
            if type(raw) is float and raw.is_integer():
                found[name] = int(raw)
            else:
                found[name] = self.value(row, column)
        return found

    def text(self, row: int, column: int) -> str:
        """The cell as text without the spaces around it; a number as its digits."""
        value = self.value(row, column)
        return "" if value is None else str(value).strip()


def exact(raw: Raw) -> Value:
    """A cell reader's value as the model's: whole numbers int, others Decimal, the rest text."""
    if isinstance(raw, str):
        return raw or None
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        if not isfinite(raw):
            return str(raw)
        # 15 digits are what a spreadsheet keeps of a number; beyond is noise of its own sums.
        number = Decimal(format(raw, ".15g")) if not raw.is_integer() else Decimal(raw)
        return int(number) if number == number.to_integral_value() else number
    if isinstance(raw, int):
        return raw
    if isinstance(raw, datetime | date | time):
        return raw.isoformat(" ") if isinstance(raw, datetime) else raw.isoformat()
    return str(raw) if isinstance(raw, timedelta) else None


class Book:
    """The sheets of a package, each read when first asked for."""

    def __init__(self, package: Package, skip: Collection[str] = ()) -> None:
        """Sheets named in ``skip`` are known but never unpacked. Raises Refused."""
        self._parts = sheet_parts(package)
        judge_strings(package, strings_part(package))
        self._sheets: dict[str, Sheet] = {}
        wanted = {name: part for name, part in self._parts.items() if name not in skip}
        self._surveys = {name: _surveyed(name, package.read(wanted[name])) for name in wanted}
        try:
            self._reader = CalamineWorkbook.from_filelike(
                io.BytesIO(package.extract([*_BASE, *wanted.values()]))
            )
        except CalamineError as error:
            raise refusal(Reason.DAMAGED) from error

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all worksheets, in the workbook's order."""
        return tuple(self._parts)

    def sheet(self, name: str) -> Sheet:
        """One worksheet that was not skipped. Raises Refused (damaged)."""
        if name not in self._sheets:
            try:
                rows = self._reader.get_sheet_by_name(name).to_python(skip_empty_area=False)
            except CalamineError as error:
                raise refusal(Reason.DAMAGED) from error
            self._sheets[name] = Sheet(name, rows, self._surveys[name].marks)
        return self._sheets[name]


def _surveyed(name: str, data: bytes) -> Survey:
    # One stray cell at the far corner would make the reader allot the whole grid.
    found = survey(data)
    judge_sheet(data)
    if found.rows * found.columns > MAX_CELLS:
        raise refusal(Reason.TOO_LARGE, "sheet", sheet=name, rows=found.rows, columns=found.columns)
    return found

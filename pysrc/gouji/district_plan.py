"""What every sheet of a district workbook needs to know, and where its rows and columns stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from gouji.carry import EarlierYear
from gouji.checks import CheckRow, check_rows
from gouji.filled import TEXT_LIMIT, Facts, shown_last_year
from gouji.helper_cells import excel_number
from gouji.layout import (
    MATRIX_FIELDS,
    MATRIX_FIRST_COLUMN,
    MATRIX_FIRST_ROW,
    Area,
    FormLayout,
    layout_of,
)
from gouji.model import Form, Item, Kind, Number, Value
from gouji.plain_text import without_controls
from gouji.rectangles import absolute
from gouji.rollup import Entry, RollUp, Standing
from gouji.rollup_sums import places_of
from gouji.wording import say

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Above this many units formulas and links in the long sheets would make the workbook unwieldy.
MANY_UNITS = 300
LINK_LIMIT = 60_000  #: Excel takes 65,530 links a sheet
URL_LIMIT = 2_000  #: characters of a link
YEARS_SHOWN = 5
NAME_LIMIT = 200  #: characters of the district's name; formulas join it to other text
ROW_LIMIT = 1_000_000  #: Excel takes 1,048,576 rows a sheet
LONG_HEAD_ROW = 3
LONG_FIRST_ROW = LONG_HEAD_ROW + 1
LONG_COLUMNS = ("counted", "unit", "item", "table", "label", "value", "file", "cell", "sha256")
_RANK = {standing: n for n, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened to the files of this roll-up; ``at`` as clocks here show it."""

    at: datetime | None
    what: str
    unit: str = ""
    file: str = ""
    told: str = ""
    by: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known besides the roll-up itself; all of it may be missing.

    ``received``: file → when it came in. ``history``: year → its totals under this edition's
    codes, None without a counterpart. ``made`` is when the workbook was made, shown only if given.
    """

    received: Mapping[str, datetime] = field(default_factory=dict)
    history: Mapping[int, Mapping[str, Number | None]] = field(default_factory=dict)
    log: Sequence[LogLine] = ()
    made: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """One district workbook to be written into ``folder``.

    ``gaps`` says of an item why last year has no number for it, ``redefined`` how its meaning
    changed since.
    """

    form: Form
    layout: FormLayout
    rollup: RollUp
    facts: Facts
    checks: Mapping[str, CheckRow]
    earlier: Mapping[str, Number]
    gaps: Mapping[str, str]
    redefined: Mapping[str, str]
    folder: Path
    sources: Sources
    links: dict[str, str] = field(default_factory=dict)  #: file → its link, once asked for

    @cached_property
    def home(self) -> Path:
        """The folder without links on the way."""
        return self.folder.resolve()

    @property
    def received(self) -> Mapping[str, datetime]:
        return self.sources.received

    @cached_property
    def past(self) -> Mapping[int, Mapping[str, Number]]:
        """Earlier years with their totals, the oldest first, ``YEARS_SHOWN`` with this one."""
        known: dict[int, Mapping[str, Number]] = {
            year: {code: number for code, number in numbers.items() if number is not None}
            for year, numbers in self.sources.history.items()
            if year < self.rollup.year
        }
        if self.earlier:
            known[self.rollup.year - 1] = self.earlier
        return {year: known[year] for year in sorted(known)[1 - YEARS_SHOWN :]}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Files in the roster's order of units; those of unknown units behind."""
        roster = self.rollup.roster.units if self.rollup.roster else ()
        order = {unit.name.strip(): n for n, unit in enumerate(roster)}
        return tuple(
            sorted(
                self.rollup.entries,
                key=lambda e: (order.get(e.unit, len(order)), e.unit, _RANK[e.standing]),
            )
        )

    @cached_property
    def listed(self) -> tuple[Entry, ...]:
        """Rows of the unit × item sheet."""
        return tuple(entry for entry in self.entries if entry.listed)

    @property
    def many(self) -> bool:
        return len(self.listed) > MANY_UNITS

    @cached_property
    def columns(self) -> dict[str, int]:
        """Item code → its column of the unit × item sheet."""
        return {code: MATRIX_FIRST_COLUMN + n for n, code in enumerate(self.form.items)}

    @property
    def last_row(self) -> int:
        """Last row of the unit × item sheet; there is at least one, if empty."""
        return MATRIX_FIRST_ROW + max(len(self.listed), 1) - 1

    def matrix_range(self, column: int) -> str:
        """All units of one column, as a formula on another sheet names it."""
        area = Area(MATRIX_FIRST_ROW, column, self.last_row, column)
        return absolute(area, say("sheet.matrix"))

    def matrix_field(self, name: str) -> str:
        return self.matrix_range(MATRIX_FIELDS.index(name))

    def sum_formula(self, code: str) -> str:
        """The official cell: its column over the units that are switched in."""
        counted, numbers = self.matrix_field("counted"), self.matrix_range(self.columns[code])
        return self.rounded(code, f'SUMIF({counted},"{say("district.yes")}",{numbers})')

    def rounded(self, code: str, expression: str) -> str:
        """Amounts without the noise of binary fractions, to every decimal that occurs."""
        item = self.form.items[code]
        if item.kind is not Kind.AMOUNT:
            return f"={expression}"
        return f"=ROUND({expression},{max(item.decimals, places_of(self.rollup.totals[code]))})"


def plan_of(
    form: Form,
    rollup: RollUp,
    earlier: Mapping[str, Number] | EarlierYear | None,
    folder: Path,
    sources: Sources,
) -> Plan:
    layout = layout_of(form)
    gaps: Mapping[str, str] = {}
    redefined: dict[str, str] = {}
    if isinstance(earlier, EarlierYear):
        gaps = earlier.gaps
        redefined = {code: old.why for code, old in earlier.values.items() if old.redefined}
        earlier = {code: old.number for code, old in earlier.values.items()}
    facts = Facts(
        unit=clean(rollup.district)[:NAME_LIMIT],
        level=rollup.level,
        year=rollup.year,
        values=dict(rollup.totals),
        earlier=shown_last_year(layout, earlier or {}),
    )
    checks = check_rows(layout, facts)
    return Plan(
        form, layout, rollup, facts, checks, earlier or {}, gaps, redefined, folder, sources
    )  # fmt: skip


def item_label(item: Item) -> str:
    """A short label that is still clear away from the table."""
    if not item.row_labels:
        return "／".join(item.column_labels)
    return item.label


def put(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    """Write a value as what it is; text from outside never becomes a formula or a link."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, clean(value), style)
    else:
        sheet.write_number(row, column, excel_number(value), style)


def clean(text: str) -> str:
    """The text without characters a workbook cannot hold, cut to what a cell can."""
    if text.isprintable() and len(text) <= TEXT_LIMIT:  # nearly always, and quickly known
        return text
    return without_controls(text)[:TEXT_LIMIT]


def file_name(file: str) -> str:
    return PurePath(file).name

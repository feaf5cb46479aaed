"""The columns of every table of open data: the contract with those who reuse it.

A name, its place and its type never change within a major version; new columns come last and raise
the minor one. Titles and descriptions are in the catalogue under ``open_data.TABLE.COLUMN``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gouji.model import LEVELS, Kind, Severity
from gouji.open_data.dataset import Reported

#: Of the columns and of ``data.json``; not of the program.
VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Field:
    """``kind`` is a type of Frictionless Table Schema; ``may_be_blank``: blank means “null”."""

    name: str
    kind: str
    may_be_blank: bool = False
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSV file; ``key`` are the columns that name a row."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    refers: dict[str, str] = field(default_factory=dict)  #: column → table whose column it is

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.fields)


_YEAR = Field("year", "year")
_EDITION = Field("edition", "string")
_DISTRICT = Field("district", "string", may_be_blank=True)
_CODE = Field("code", "string")
_VALUE = Field("value", "number")
_LABEL, _MEASURE = Field("label", "string"), Field("measure", "string", may_be_blank=True)

DATA = Sheet(
    "data",
    (
        _YEAR, _EDITION, _DISTRICT, Field("unit", "string"),
        Field("unit_code", "string", may_be_blank=True),
        Field("unit_level", "string", may_be_blank=True, among=LEVELS),
        _CODE, _LABEL, Field("value", "number", may_be_blank=True), _MEASURE,
        Field("status", "string", among=tuple(Reported)),
    ),
    ("unit", "code"), {"code": "dictionary"},
)  # fmt: skip
TOTALS = Sheet(
    "totals",
    (_YEAR, _EDITION, _DISTRICT, _CODE, _LABEL, _VALUE, _MEASURE),
    ("code",), {"code": "dictionary"},
)  # fmt: skip
DICTIONARY = Sheet(
    "dictionary",
    (
        _EDITION, Field("basis", "string"), _CODE, Field("table", "string"),
        Field("table_title", "string"), Field("row", "string", may_be_blank=True),
        Field("column", "string"), Field("short_label", "string"), _LABEL,
        Field("kind", "string", among=tuple(Kind)), _MEASURE, Field("decimals", "integer"),
        Field("total", "boolean"), Field("rules", "string", may_be_blank=True),
    ),
    ("code",),
)  # fmt: skip
RULES = Sheet(
    "rules",
    (
        _EDITION, Field("rule", "string"), Field("severity", "string", among=tuple(Severity)),
        Field("statement", "string"), Field("basis", "string"),
    ),
    ("rule",),
)  # fmt: skip
SHEETS = (DATA, TOTALS, DICTIONARY, RULES)

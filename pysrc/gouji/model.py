"""The nouns of gouji: what a form is, what a unit submits, what a rule says and finds.

Frozen values only; the nouns of rules stand in ``rule_model``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from gouji.rule_model import Claim as Claim
from gouji.rule_model import Claims as Claims
from gouji.rule_model import EditRule as EditRule
from gouji.rule_model import FormRule as FormRule
from gouji.rule_model import Number as Number
from gouji.rule_model import Severity as Severity
from gouji.rule_model import SoftRule as SoftRule
from gouji.rule_model import Term as Term

if TYPE_CHECKING:
    from gouji.drafting import Draft
    from gouji.picture import Chart

#: A cell as the respondent left it: a number, text as typed, or None for a blank cell.
Value = int | Decimal | str | None


class Kind(StrEnum):
    """What an item may hold (rule E9)."""

    COUNT = "count"  #: a whole number, zero or more
    SIGNED = "signed"  #: a whole number, may be negative (本年增/减)
    AMOUNT = "amount"  #: zero or more, decimals allowed


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


class Verdict(StrEnum):
    CLEAN = "clean"
    QUERIES = "queries"
    ERRORS = "errors"
    UNREADABLE = "unreadable"


#: Levels of a unit, highest first (rule E7).
LEVELS = ("province", "city", "district", "department", "street", "town")
SAYS_NOTHING = 3  #: letters of a narrative


@dataclass(frozen=True, slots=True)
class Line:
    """One printed row or column: its dotted path in item codes and its nested labels."""

    path: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A grid inside a table, with its own column heads (第二十条第（一）项 …)."""

    name: str
    title: str
    corner: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One cell of the form, named ``table.row.column``."""

    code: str
    table: str
    block: str
    row: str
    column: str
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    kind: Kind
    decimals: int
    unit: str

    @property
    def label(self) -> str:
        """Row and column label on one line, e.g. ``（一）予以公开／自然人``."""
        leaf = [labels[-1] for labels in (self.row_labels, self.column_labels) if labels]
        return "／".join(leaf)

    @property
    def full_label(self) -> str:
        """Every printed label above and beside the cell, outermost first."""
        return "／".join((*self.row_labels, *self.column_labels))


@dataclass(frozen=True, slots=True)
class Table:
    """One statutory table on a sheet of its own."""

    name: str
    title: str
    sheet: str
    section: str
    unit_note: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One of the report's numbered sections; ``table`` is empty for a narrative one."""

    key: str
    title: str
    table: str
    guide: str


@dataclass(frozen=True, slots=True)
class Predecessor:
    """Where an item's last-year value stands in an earlier edition.

    Of several ``codes`` the value is the sum; none means no counterpart. ``redefined``: the meaning
    changed, so a rule that uses the value is no more than soft. ``why`` is a Chinese sentence.
    """

    codes: tuple[str, ...]
    redefined: bool = False
    why: str = ""

    def is_plain(self, code: str) -> bool:
        """True when the item has the same code and the same meaning there."""
        return self.codes == (code,) and not self.redefined


@dataclass(frozen=True)
class Form:
    """An edition of the form, complete.

    ``gone``: earlier edition → item it dropped → why. ``headline``: label → one of the sums that
    matter most.
    """

    id: str
    title: str
    basis: str
    version: int
    first_year: int
    last_year: int | None
    tables: tuple[Table, ...]
    sections: tuple[Section, ...]
    narrative_sheet: str
    guide: tuple[str, ...]
    items: Mapping[str, Item]
    rules: tuple[EditRule, ...]
    form_rules: Mapping[str, FormRule]
    predecessors: Mapping[str, Mapping[str, Predecessor]] = field(default_factory=dict)
    gone: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    soft: Mapping[str, SoftRule] = field(default_factory=dict)
    claims: Claims | None = None
    draft: Draft | None = None
    headline: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()

    def serves(self, year: int) -> bool:
        """True when the edition is the one to use for that report year (rule E8)."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)

    @cached_property
    def totals(self) -> dict[str, EditRule]:
        """Item code → the rule whose left side the form computes; the first declared wins."""
        totals: dict[str, EditRule] = {}
        for rule in self.rules:
            if rule.total:
                totals.setdefault(rule.total, rule)
        return totals

    @cached_property
    def totals_in_order(self) -> tuple[str, ...]:
        """The same codes, every total behind the totals it is made of."""
        ordered: dict[str, None] = {}

        def visit(code: str, path: tuple[str, ...]) -> None:
            if code in self.totals and code not in ordered and code not in path:
                for term in self.totals[code].right:
                    visit(term.code, (*path, code))
                ordered[code] = None

        for code in self.totals:
            visit(code, ())
        return tuple(ordered)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the roster; last year's units were ``merged`` into it, or it was ``split`` off."""

    name: str
    code: str = ""
    level: str = ""
    aliases: tuple[str, ...] = ()
    email: str = ""
    contact: str = ""
    former: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    split: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """A value that was not a plain number, and what it most probably means."""

    code: str
    cell: str
    text: str
    means: Number | None
    why: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A change that would settle a finding; ``share`` of all of them, by likelihood."""

    change: Mapping[str, Number | None]
    why: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule confronted with one submission, when it did not plainly pass.

    ``suspects`` are what would settle it, likeliest first; ``more`` counts those not listed.
    ``own_words`` are the parts of a message that speak of this submission, where it also tells of
    other units, whose numbers change as they report: an explanation belongs to the former.
    """

    rule: str
    severity: Severity
    status: Status
    message: str
    items: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    left: Number | None = None
    right: Number | None = None
    suspects: tuple[Suspect, ...] = ()
    more: int = 0
    own_words: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The rule's name as people know it: ``E1`` for ``E1.person``."""
        return self.rule.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Submission:
    """What one unit reported for one year, exactly as typed.

    ``values`` holds every item of the edition (None where blank). ``typed`` names the totals
    that stand as typed numbers instead of the form's own formulas. ``children`` are the units
    behind a district workbook, empty for a unit's own form. ``medium`` is what it was read from:
    ``form`` for our own template, else a document's kind (``docx``, ``html``, …). ``notes`` say
    what reading had to do besides ``repairs`` (variants of labels, rows passed over).
    ``explanations`` are what the unit wrote beside soft findings: rule and message → text.
    """

    unit: str
    year: int | None
    edition: str
    values: Mapping[str, Value]
    level: str = ""
    code: str = ""
    narrative: Mapping[str, str] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    repairs: tuple[Repair, ...] = ()
    structure: tuple[Finding, ...] = ()
    children: tuple[Submission, ...] = ()
    medium: str = "form"
    notes: tuple[str, ...] = ()
    explanations: Mapping[tuple[str, str], str] = field(default_factory=dict)
    file: str = ""
    sha256: str = ""

    @property
    def told(self) -> dict[str, str]:
        """The narrative sections that say something; so few letters (无, 没有) do not."""
        spoken = self.narrative.items()
        return {key: text for key, text in spoken if len(text.strip()) > SAYS_NOTHING}

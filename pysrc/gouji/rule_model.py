"""The nouns of rules: balance edits, rules of the whole form, plausibility, what words claim.

Everybody has them from ``gouji.model``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Number = int | Decimal


class Severity(StrEnum):
    HARD = "hard"  #: 强制: must be mended
    SOFT = "soft"  #: 核实: mend or explain


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient × item``, of this year or of last year."""

    coefficient: int
    code: str
    last_year: bool = False


@dataclass(frozen=True, slots=True)
class EditRule:
    """A balance edit for one place: the left side equals the right side.

    ``total`` names the item the form computes by itself (left side of a sum), if any.
    ``unless_levels`` lists the unit levels the rule does not bind; ``bound_names`` the endings
    of a unit's name that decide its level when nobody stated it.
    """

    name: str
    family: str
    severity: Severity
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    says: str
    basis: str
    remedy: str
    total: str = ""
    unless_levels: tuple[str, ...] = ()
    bound_names: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.left + self.right

    @property
    def needs_last_year(self) -> bool:
        return any(term.last_year for term in self.terms)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of this year's items, each once, in reading order of the rule."""
        return tuple(dict.fromkeys(term.code for term in self.terms if not term.last_year))


@dataclass(frozen=True, slots=True)
class FormRule:
    """A rule about the whole form: ``edition_year``, ``domain``, ``rollup`` or ``blank``."""

    name: str
    kind: str
    severity: Severity
    says: str
    basis: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SoftRule:
    """A query about plausibility, never more than soft; ``kind`` says which check reads it.

    ``floors`` names the items with the size below which nothing is said of each; ``against`` a
    second group of items. ``relations`` are the rule's comparisons, one for each place.
    ``balance`` is the family of hard rules the query explains. ``factor`` is how many times is
    too many, ``peers`` how many others a comparison needs.
    """

    name: str
    kind: str
    says: str
    basis: str
    remedy: str
    floors: Mapping[str, Number] = field(default_factory=dict)
    against: tuple[str, ...] = ()
    relations: tuple[EditRule, ...] = ()
    balance: str = ""
    floor: Number = 0
    factor: int = 0
    peers: int = 0
    first_year: int | None = None
    last_year: int | None = None

    def serves(self, year: int | None) -> bool:
        """False when the report year is known and outside the years the rule is meant for."""
        return year is None or (
            (self.first_year is None or self.first_year <= year)
            and (self.last_year is None or year <= self.last_year)
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What certain words of a narrative say of the tables.

    ``readings`` are the sums a number beside the words may mean; a statement without a number
    (``zero``) says that one of them is 0, after one of ``leads`` if there are any. ``topic``
    must be under way in the text, unless empty. ``unless`` are words that silence the claim in
    their sentence.
    """

    name: str
    topic: str
    words: tuple[str, ...]
    readings: tuple[tuple[Term, ...], ...]
    zero: bool = False
    leads: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claims:
    """How narratives speak of a form's tables.

    ``topics`` are anchors: name → regular expression. ``fillers`` are words that may stand
    beside a claim without changing what it says; ``foreign`` ones belong to other subjects and
    end a topic.
    """

    topics: Mapping[str, str]
    claims: tuple[Claim, ...]
    fillers: tuple[str, ...]
    foreign: tuple[str, ...]

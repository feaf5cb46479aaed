"""How an edition words the draft of a report: sentences and pictures made of sums of items.

Frozen values only (layer 1); ``editions`` reads them from ``[draft]``, ``reporting`` fills them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gouji.model import Term


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the draft: a sum of items, and what is counted (``件``)."""

    terms: tuple[Term, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Figures told or drawn one after another, those that are 0 left out.

    ``parts`` maps names of figures to labels; ``each`` has the places ``label``, ``n``, ``unit``.
    """

    parts: Mapping[str, str]
    each: str
    joint: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say a piece: used when every figure of ``zero`` is 0 and none of ``some`` is."""

    text: str
    zero: tuple[str, ...] = ()
    some: tuple[str, ...] = ()


#: Ways to say a piece of a paragraph, the first that fits; nothing is said when none does.
Piece = tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class DraftParagraph:
    """Pieces put one behind the other, in a section of the report."""

    section: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DraftPicture:
    """A chart of a breakdown, in a section; ``compared``: beside last year where it is known."""

    name: str
    section: str
    title: str
    kind: str
    parts: str
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Words for a figure beside last year's; places ``n`` and ``unit``."""

    more: str
    less: str
    same: str


@dataclass(frozen=True)
class Draft:
    """Everything an edition declares of the report's wording.

    Texts have the places ``{unit}``, ``{year}``, ``{figure}``, ``{figure.change}`` and
    ``{breakdown}``. ``title`` is the report's, with ``{unit}`` and ``{year}``.
    """

    title: str
    figures: Mapping[str, Figure]
    breakdowns: Mapping[str, Breakdown]
    change: Change
    paragraphs: tuple[DraftParagraph, ...]
    pictures: tuple[DraftPicture, ...]

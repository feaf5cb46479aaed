"""What the words of a narrative say of the tables, as an edition declares it.

Frozen values only (layer 1); ``editions`` reads them from ``[claims]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gouji.model import Term


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

"""What became of an earlier edition's items: declared one by one, so that nothing is assumed.

``[was.EARLIER]`` says of every item of this edition where its value stood, ``[gone.EARLIER]`` of
every other item of the earlier edition why it has no successor. ``*`` in a name is anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gouji.editions.problem import Place
from gouji.model import Form, Predecessor
from gouji.wording import say

#: Gives the form of an earlier edition, where the declaration's place ``was.EARLIER`` names it.
Earlier = Callable[[str, Place], Form]
_KEYS = {"same", "code", "redefined", "why"}


@dataclass(frozen=True, slots=True)
class Mappings:
    """Earlier edition → its mapping, as ``Form`` holds it."""

    predecessors: dict[str, dict[str, Predecessor]] = field(default_factory=dict)
    gone: dict[str, dict[str, str]] = field(default_factory=dict)


def read_mappings(
    data: Mapping[str, Any], items: Iterable[str], first_year: int, earlier: Earlier, place: Place
) -> Mappings:
    """The declarations ``was`` and ``gone``, complete and checked. Raises EditionError."""
    was, gone = place.mapping(data, "was", default={}), place.mapping(data, "gone", default={})
    for edition in gone:
        if edition not in was:
            place.at("gone", edition).tell(say("declared.no_was", edition=edition))
    found = Mappings()
    if place.told.broken or place.told.unsure:
        return found  # what is no item, and what is not said, would follow from that
    for edition in was:
        place.attempt(_from, edition, was, gone, items, first_year, earlier, found, place)
    return found


def _from(
    edition: str, was: Mapping[str, Any], gone: Mapping[str, Any], items: Iterable[str],
    first_year: int, earlier: Earlier, found: Mappings, place: Place,
) -> None:  # fmt: skip
    """Read what came of one earlier edition into ``found``."""
    here = place.at("was", edition)
    old = earlier(edition, here)
    if old.first_year >= first_year and not place.told.beneath("first_year"):
        here.tell(say("declared.no_later", edition=edition, year=old.first_year))
    steps = _predecessors(place.at("was").mapping(was, edition), items, old, here)
    found.predecessors[edition] = steps
    used = {code for step in steps.values() for code in step.codes}
    lost = place.at("gone").mapping(gone, edition, default={})
    found.gone[edition] = _gone(lost, used, old, place.at("gone", edition), here)


# ---------------------------------------------------------------- this edition's items
def _predecessors(
    body: Mapping[str, Any], items: Iterable[str], old: Form, place: Place
) -> dict[str, Predecessor]:
    steps: dict[str, Predecessor] = {}
    owner: dict[str, str] = {}
    for code, pattern, entry in _classified(body, items, place):
        here = place.at(pattern)
        step = here.attempt(_step, pattern, code, entry, old, owner, here)
        if step is not None:
            steps[code] = step
    lost = [code for code in items if code not in steps]
    if lost and not place.told.beneath(place.key):
        place.tell(say("declared.not_classified", items=_some(lost)))
    return steps


def _step(
    pattern: str, code: str, entry: Any, old: Form, owner: dict[str, str], place: Place
) -> Predecessor:
    """What one item was; ``owner`` holds the earlier items that are carried on already."""
    earlier, redefined, why = _entry(pattern, entry, place)
    codes = tuple(_filled(pattern, code, one) for one in earlier)
    place.unique(codes, "code", say("declared.summands"))
    for one in codes:
        if one not in old.items:
            raise place.wrong(say("declared.not_there", code=code, was=one, edition=old.id))
        if owner.setdefault(one, code) != code:
            raise place.wrong(say("declared.carried_twice", was=one, one=owner[one], other=code))
    return Predecessor(codes, redefined, why)


def _some(codes: list[str]) -> str:
    """The first few, and how many there are."""
    listed = say("message.joint").join(say("declared.quoted", text=code) for code in codes[:5])
    return listed if len(codes) <= 5 else say("declared.and_more", listed=listed, n=len(codes))


def _entry(pattern: str, entry: Any, place: Place) -> tuple[list[str], bool, str]:
    """Earlier codes (patterns still), whether redefined, and why."""
    place.only(entry, _KEYS)
    same, redefined = place.flag(entry, "same"), place.flag(entry, "redefined")
    place.needs("same")
    if same == ("code" in entry):
        raise place.wrong(say("declared.same_or_code"))
    earlier = [pattern] if same else _codes(entry["code"], place.at("code"))
    why = place.text(entry, "why", default="")
    if (redefined or not earlier) and not why.strip():
        place.at("why").tell(say("declared.no_why"))
    if redefined and not earlier:
        place.at("redefined").tell(say("declared.not_redefined"))
    return earlier, redefined, why


def _codes(given: Any, place: Place) -> list[str]:
    """The earlier codes of an entry: several are added up, ``""`` is none."""
    if given == "":
        return []
    codes = [given] if isinstance(given, str) else given
    if not (isinstance(codes, list) and codes and all(isinstance(c, str) and c for c in codes)):
        raise place.wrong(say("declared.needs.codes"))
    return codes


# ---------------------------------------------------------------- the earlier edition's items
def _gone(
    body: Mapping[str, Any], used: set[str], old: Form, place: Place, was: Place
) -> dict[str, str]:
    gone: dict[str, str] = {}
    for code, pattern, _ in _classified(body, old.items, place):
        if code in used:
            place.at(pattern).tell(say("declared.not_gone", code=code))
        gone[code] = place.text(body, pattern)
    lost = [code for code in old.items if code not in used and code not in gone]
    told = any(place.told.beneath(each.key) for each in (place, was))
    if lost and not told:
        place.tell(say("declared.neither", items=_some(lost), edition=old.id))
    return gone


# ---------------------------------------------------------------- patterns
def _classified(
    body: Mapping[str, Any], codes: Iterable[str], place: Place
) -> Iterator[tuple[str, str, Any]]:
    """Each code with its pattern and entry. A pattern fits some code, a code one pattern."""
    owner: dict[str, str] = {}
    for pattern, entry in body.items():
        fitting = [code for code in codes if _stars(pattern, code) is not None]
        if not fitting:
            place.at(pattern).tell(say("declared.fits_none", pattern=pattern))
        for code in fitting:
            if code in owner:
                here, other = place.at(pattern), owner[code]
                here.tell(say("declared.said_twice", code=code, other=other))
                continue
            owner[code] = pattern
            yield code, pattern, entry


def _stars(pattern: str, code: str) -> tuple[str, ...] | None:
    """What each ``*`` of the pattern stands for in the code; None when it does not fit."""
    found = re.fullmatch("(.+?)".join(map(re.escape, pattern.split("*"))), code)
    return found.groups() if found else None


def _filled(pattern: str, code: str, target: str) -> str:
    """``target`` with its stars standing for what those of ``pattern`` stand for, in order."""
    for part in _stars(pattern, code) or ():
        target = target.replace("*", part, 1)
    return target

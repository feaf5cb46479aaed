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
            raise place.at("gone", edition).wrong(f"there is no was.{edition}")
    found = Mappings()
    for edition in was:
        here = place.at("was", edition)
        old = earlier(edition, here)
        if old.first_year >= first_year:
            raise here.wrong(f"edition {edition} serves no earlier years than this one")
        steps = _predecessors(place.at("was").mapping(was, edition), items, here)
        used = _used(steps, old, here)
        found.predecessors[edition] = steps
        lost = place.at("gone").mapping(gone, edition, default={})
        found.gone[edition] = _gone(lost, used, old, place.at("gone", edition))
    return found


# ---------------------------------------------------------------- this edition's items
def _predecessors(
    body: Mapping[str, Any], items: Iterable[str], place: Place
) -> dict[str, Predecessor]:
    steps: dict[str, Predecessor] = {}
    for code, pattern, entry in _classified(body, items, place):
        here = place.at(pattern)
        earlier, redefined, why = _entry(pattern, entry, here)
        codes = tuple(_filled(pattern, code, one) for one in earlier)
        here.unique(codes, "code", "codes to add up")
        steps[code] = Predecessor(codes, redefined, why)
    if lost := next((code for code in items if code not in steps), None):
        raise place.wrong(
            f"the item '{lost}' is not classified: say same = true, its earlier code, "
            'or code = "" and why'
        )
    return steps


def _entry(pattern: str, entry: Any, place: Place) -> tuple[list[str], bool, str]:
    """Earlier codes (patterns still), whether redefined, and why."""
    place.only(entry, _KEYS)
    same, redefined = place.flag(entry, "same"), place.flag(entry, "redefined")
    if same == ("code" in entry):
        raise place.wrong('say either same = true or code = "…"')
    earlier = [pattern] if same else _codes(entry["code"], place.at("code"))
    why = place.text(entry, "why", default="")
    if (redefined or not earlier) and not why.strip():
        raise place.at("why").wrong("is missing: people read why the values cannot be compared")
    if redefined and not earlier:
        raise place.at("redefined").wrong("what has no counterpart cannot be redefined")
    return earlier, redefined, why


def _codes(given: Any, place: Place) -> list[str]:
    """The earlier codes of an entry: several are added up, ``""`` is none."""
    if given == "":
        return []
    codes = [given] if isinstance(given, str) else given
    if not (isinstance(codes, list) and codes and all(isinstance(c, str) and c for c in codes)):
        raise place.wrong("must be an item code or a list of them")
    return codes


def _used(steps: Mapping[str, Predecessor], old: Form, place: Place) -> set[str]:
    """The earlier items that are carried on, each into one item only."""
    owner: dict[str, str] = {}
    for code, step in steps.items():
        for one in step.codes:
            if one not in old.items:
                raise place.wrong(f"'{code}' comes from '{one}', which edition {old.id} lacks")
            if one in owner:
                raise place.wrong(f"'{one}' is carried into both '{owner[one]}' and '{code}'")
            owner[one] = code
    return set(owner)


# ---------------------------------------------------------------- the earlier edition's items
def _gone(body: Mapping[str, Any], used: set[str], old: Form, place: Place) -> dict[str, str]:
    gone: dict[str, str] = {}
    for code, pattern, _ in _classified(body, old.items, place):
        if code in used:
            raise place.at(pattern).wrong(f"'{code}' is not gone: it is carried on")
        gone[code] = place.text(body, pattern)
    if lost := next((code for code in old.items if code not in used and code not in gone), None):
        raise place.wrong(f"the item '{lost}' of edition {old.id} is neither carried on nor gone")
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
            raise place.at(pattern).wrong("fits no item of the edition")
        for code in fitting:
            if code in owner:
                raise place.at(pattern).wrong(f"'{code}' is said already by '{owner[code]}'")
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

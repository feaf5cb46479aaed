"""Which unit a file belongs to: by what it says itself, never by a guess.

Name and code go through the roster first. A name the roster does not know may still be *near* one
unit's: the same but for declared prefixes and endings, or with one character wrong. The sender's
address decides nothing: beside a known name it is told, a near name it must not contradict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from gouji.gate import Reason
from gouji.model import Unit
from gouji.roster import Roster, normalised
from gouji.wording import say

SHORTEST_TYPED = 4  #: characters of a name in which one wrong character may be overlooked
SHORTEST_NAME = 2  #: what is left of a name without prefix and ending must still be a name
LONGEST_NAME = 100
_SEPARATORS = re.compile(r"[、，,;；\s]+")


@dataclass(frozen=True, slots=True)
class Attribution:
    """The unit, or the reason why there is none; ``notes`` tell what was overlooked."""

    unit: Unit | None
    reason: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attributor:
    """Attributes files of one district; ``district`` is its name, a prefix of its units' names."""

    roster: Roster
    district: str = ""

    def attribute(self, name: str, code: str, senders: Collection[str] = ()) -> Attribution:
        """The unit that a file with this name and code means.

        ``senders`` are the mail addresses it came from, normalised.
        """
        owners = [unit for sender in senders for unit in self._owners.get(sender, ())]
        match = self.roster.match(name, code)
        if match.unit is not None:
            return Attribution(match.unit, notes=_sent_by_another(match.unit, owners))
        if not normalised(name):
            return Attribution(None, Reason.NO_UNIT, say("refused.no_unit", hint=_hint(owners)))
        if self.roster.match(name).unit is not None or self._listed(name):
            why = say("refused.ambiguous_unit", why=match.why)
            return Attribution(None, Reason.AMBIGUOUS_UNIT, why)
        return self._near(name, code, owners)

    def _listed(self, name: str) -> bool:
        return any(normalised(name) == called for _, called in self._names)

    def _near(self, name: str, code: str, owners: list[Unit]) -> Attribution:
        candidates, how = self._candidates(name)
        shown = say("message.joint").join(unit.name.strip() for unit in candidates)
        coded = self.roster.match("", code).unit if normalised(code) else None
        if not candidates:
            hint = say("collecting.why.hint_code", code=code, unit=coded.name) if coded else ""
            places = {"name": name.strip()[:LONGEST_NAME], "hint": hint or _hint(owners)}
            why = say("refused.unknown_unit", **places)
            return Attribution(None, Reason.UNKNOWN_UNIT, why)
        if len(candidates) > 1:
            why = say("collecting.why.several", name=name.strip(), units=shown)
            why = say("refused.ambiguous_unit", why=why)
            return Attribution(None, Reason.AMBIGUOUS_UNIT, why)
        if coded is not None and coded != candidates[0]:
            places = {"name": name.strip(), "unit": shown, "code": code, "other": coded.name}
            why = say("refused.ambiguous_unit", why=say("collecting.why.coded", **places))
            return Attribution(None, Reason.AMBIGUOUS_UNIT, why)
        note = say(f"collecting.note.near_{how}", name=name.strip(), unit=shown)
        return _not_contradicted(candidates[0], owners, (note,))

    def _candidates(self, name: str) -> tuple[list[Unit], str]:
        """The units whose names are near, by the strictest way that finds any, and that way."""
        core = self._core(normalised(name)[:LONGEST_NAME])
        ways: dict[str, Callable[[str], bool]] = {
            "same": lambda other: other == core,
            "typed": lambda other: _one_slip(core, other),
        }
        for how, is_near in ways.items():
            found = {unit.name: unit for unit, other in self._cores if core and is_near(other)}
            if found:
                return list(found.values()), how
        return [], ""

    @cached_property
    def _owners(self) -> dict[str, list[Unit]]:
        """Address → the units whose it is; one cell of the roster may hold several."""
        owners: dict[str, list[Unit]] = {}
        for unit in self.roster.units:
            for address in filter(None, map(normalised, _SEPARATORS.split(unit.email))):
                owners.setdefault(address, []).append(unit)
        return owners

    @cached_property
    def _names(self) -> tuple[tuple[Unit, str], ...]:
        return tuple(
            (unit, normalised(name))
            for unit in self.roster.units
            for name in (unit.name, *unit.aliases)
        )

    @cached_property
    def _cores(self) -> tuple[tuple[Unit, str], ...]:
        return tuple((unit, core) for unit, name in self._names if (core := self._core(name)))

    def _core(self, name: str) -> str:
        """The name without the district before it and with its ending in the shortest form."""
        name = self._without_district(name)
        for ending, short in _endings():
            if name.endswith(ending) and len(name) - len(ending) >= SHORTEST_NAME:
                return name.removesuffix(ending) + short
        return name if len(name) >= SHORTEST_NAME else ""

    def _without_district(self, name: str) -> str:
        """Without the district's name, its short form, or the word for its tier before it."""
        district = normalised(self.district)
        # A city's name may stand before it.
        _, found, rest = name.partition(district) if district else ("", "", "")
        if found and len(rest) >= SHORTEST_NAME:
            return rest
        tier = next(
            (t for t in say("collecting.near.tiers").split("、") if district.endswith(t)), ""
        )
        stem = district.removesuffix(tier)
        for prefix in (stem if len(stem) >= SHORTEST_NAME else "", tier):
            if prefix and name.startswith(prefix) and len(name) - len(prefix) >= SHORTEST_NAME:
                return name.removeprefix(prefix)
        return name


def _sent_by_another(unit: Unit, owners: list[Unit]) -> tuple[str, ...]:
    """What is written on the form goes before the address it came from; the reader is told."""
    if not owners or unit in owners:
        return ()
    others = say("message.joint").join(owner.name.strip() for owner in owners)
    return (say("collecting.note.sender", unit=unit.name.strip(), others=others),)


def _not_contradicted(unit: Unit, owners: list[Unit], notes: tuple[str, ...]) -> Attribution:
    if owners and unit not in owners:
        others = say("message.joint").join(owner.name.strip() for owner in owners)
        why = say("collecting.why.sender", unit=unit.name.strip(), others=others)
        why = say("refused.ambiguous_unit", why=why)
        return Attribution(None, Reason.AMBIGUOUS_UNIT, why)
    return Attribution(unit, notes=notes)


def _hint(owners: list[Unit]) -> str:
    if not owners:
        return ""
    units = say("message.joint").join(owner.name.strip() for owner in owners)
    return say("collecting.why.hint", units=units)


def _endings() -> Iterator[tuple[str, str]]:
    """Declared endings and their short forms, the longest first as declared."""
    for pair in say("collecting.near.endings").split("、"):
        ending, _, short = pair.partition("=")
        yield ending, short


# ---------------------------------------------------------------- one character wrong
def _one_slip(one: str, other: str) -> bool:
    """True when one character was changed, left out or added in a name that is long enough.

    Characters that tell sister units apart (东 and 西, 一 and 二) are never a slip.
    """
    if min(len(one), len(other)) < SHORTEST_TYPED or abs(len(one) - len(other)) > 1:
        return False
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if max(len(left), len(right)) > 1:
        return False
    return not set(left + right) & set(say("collecting.near.telling"))


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))

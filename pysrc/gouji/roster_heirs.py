"""From last year's units to this year's: who goes on, was renamed, merged, divided, new or gone.

Only what the roster declares counts; a code that stayed while the name changed is pointed out,
never followed. A declaration is spent once the unit itself reported: rosters are copied from year
to year.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from gouji.model import Unit
from gouji.roster import Match, Roster, normalised


class Change(StrEnum):
    """What happened to a unit; wording under ``succession.change.<change>``."""

    KEPT = "kept"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"  #: taken out of units of last year
    REDUCED = "reduced"  #: goes on, but another was taken out of it
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Step:
    """One change: this year's name (last year's, of a unit that is gone) and the others in it.

    ``perhaps`` names a unit of last year with the same code, of a unit that seems new.
    """

    change: Change
    unit: str
    others: tuple[str, ...] = ()
    perhaps: str = ""


@dataclass(frozen=True)
class Heirs:
    """Who of this year's ``roster`` goes on with whom.

    ``before``: the names of last year's units, normalised.
    """

    roster: Roster
    before: Collection[str]

    @cached_property
    def _claimed(self) -> dict[str, Unit]:
        return {
            normalised(name): unit
            for unit in self.roster.units
            for name in (*unit.former, *unit.merged)
        }

    def match(self, name: str, code: str = "") -> Match:
        """The unit that goes on with the one called ``name`` last year; a declared heir first."""
        heir = self._claimed.get(normalised(name))
        return Match(heir) if heir else self.roster.match(name, code)

    def merged(self, unit: Unit) -> tuple[str, ...]:
        """Last year's units that went into this one; empty when that was in an earlier year."""
        there = any(normalised(name) in self.before for name in unit.merged)
        return unit.merged if there or not self._reported(unit) else ()

    def split(self, unit: Unit) -> tuple[str, ...]:
        """Last year's units that this one was taken out of."""
        return () if self._reported(unit) else unit.split

    def divided(self, unit: Unit) -> tuple[str, ...]:
        """Units that were taken out of this one, or out of one that went into it."""
        names = {normalised(name) for name in (*_names(unit), *unit.merged)}
        return tuple(
            other.name.strip()
            for other in self.roster.units
            if other is not unit and names.intersection(map(normalised, self.split(other)))
        )

    def _reported(self, unit: Unit) -> bool:
        return any(normalised(name) in self.before for name in _names(unit))


def _names(unit: Unit) -> tuple[str, ...]:
    return (unit.name, *unit.aliases, *unit.former)


# ---------------------------------------------------------------- what changed
def changes(before: Roster, now: Roster) -> tuple[Step, ...]:
    """What became of every unit, in this year's order, then those that are gone."""
    heirs = Heirs(now, {normalised(n) for old in before.units for n in (old.name, *old.aliases)})
    found: dict[str, list[Unit]] = {}
    gone: list[Unit] = []
    for old in before.units:
        matches = (heirs.match(name).unit for name in _names(old))  # its present name first
        heir = next(filter(None, matches), None)
        if heir:
            found.setdefault(normalised(heir.name), []).append(old)
        else:
            gone.append(old)
    steps = [
        _step(unit, found.get(normalised(unit.name), []), heirs, gone) for unit in now.units
    ]  # fmt: skip
    split = {normalised(name) for unit in now.units for name in heirs.split(unit)}
    left = [old for old in gone if not split.intersection(map(normalised, _names(old)))]
    return (*steps, *(Step(Change.GONE, old.name.strip()) for old in left))


def _step(unit: Unit, olds: list[Unit], heirs: Heirs, gone: Iterable[Unit]) -> Step:
    name = unit.name.strip()
    if origin := heirs.split(unit):
        return Step(Change.SPLIT, name, origin)
    if taken := heirs.divided(unit):
        return Step(Change.REDUCED, name, taken)
    if heirs.merged(unit):
        own = [old.name.strip() for old in olds]
        return Step(Change.MERGED, name, tuple(dict.fromkeys([*own, *unit.merged])))
    if not olds:
        code = normalised(unit.code)
        same = [old.name.strip() for old in gone if code and normalised(old.code) == code]
        return Step(Change.NEW, name, perhaps=same[0] if same else "")
    old = olds[0].name.strip()
    return Step(
        Change.KEPT if normalised(old) == normalised(name) else Change.RENAMED, name, (old,)
    )

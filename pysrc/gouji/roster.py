"""The roster: which units must report, and which of them a name or code means. It never guesses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from gouji.model import LEVELS, Unit
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Match:
    """The unit a name means, or None and the reason in words."""

    unit: Unit | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """What is wrong in a roster; ``rows`` are positions in its list of units, from 0."""

    rows: tuple[int, ...]
    message: str


def normalised(text: str) -> str:
    """A name as it is compared: full-width forms, letter case and white space folded away."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Roster:
    """The units of a district, in the coordinator's order."""

    units: tuple[Unit, ...]

    @cached_property
    def _by_name(self) -> dict[str, tuple[Unit, ...]]:
        return _index((normalised(name), unit) for unit in self.units for name in _names(unit))

    @cached_property
    def _by_former(self) -> dict[str, tuple[Unit, ...]]:
        return _index((normalised(name), unit) for unit in self.units for name in unit.former)

    @cached_property
    def _by_code(self) -> dict[str, tuple[Unit, ...]]:
        return _index((normalised(unit.code), unit) for unit in self.units)

    def find(self, name: str, code: str = "") -> Unit | None:
        """The one unit meant, or None; ``match`` gives the reason too."""
        return self.match(name, code).unit

    def match(self, name: str, code: str = "") -> Match:
        """The one unit that carries this name or alias, or, without a name, this code.

        A former name counts where no unit carries it now. A name that stands for two units, is in
        no entry, or contradicts the code finds nothing.
        """
        coded = self._by_code.get(normalised(code), ())
        if not normalised(name):
            return _only(coded, code) if coded else Match(None, _unnamed(code))
        key = normalised(name)
        named = self._by_name.get(key) or self._by_former.get(key, ())
        if not named:
            return Match(None, say("roster.unknown", name=name.strip()))
        both = tuple(unit for unit in named if unit in coded)
        if coded and not both:
            other = "、".join(unit.name for unit in coded)
            return Match(
                None, say("roster.contradiction", name=name.strip(), code=code, other=other)
            )
        return _only(both or named, name.strip())

    def problems(self) -> tuple[RosterProblem, ...]:
        """Everything that is wrong in the roster, all at once, in order of its rows."""
        found = [*self._blank_names(), *self._unknown_levels(), *self._repeated(),
                 *self._two_heirs()]  # fmt: skip
        return tuple(sorted(found, key=lambda problem: problem.rows))

    def _blank_names(self) -> Iterator[RosterProblem]:
        for row, unit in enumerate(self.units):
            if not normalised(unit.name):
                yield RosterProblem((row,), say("roster.blank_name"))

    def _unknown_levels(self) -> Iterator[RosterProblem]:
        words = "、".join(say(f"level.{level}") for level in LEVELS)
        for row, unit in enumerate(self.units):
            if unit.level and unit.level not in LEVELS:
                yield RosterProblem((row,), say("roster.bad_level", level=unit.level, words=words))

    def _repeated(self) -> Iterator[RosterProblem]:
        names: dict[str, list[tuple[int, str]]] = {}
        codes: dict[str, list[tuple[int, str]]] = {}
        for row, unit in enumerate(self.units):
            for name in dict.fromkeys(map(normalised, _names(unit))):
                names.setdefault(name, []).append((row, unit.name.strip()))
            codes.setdefault(normalised(unit.code), []).append((row, unit.code.strip()))
        for key, places in names.items():
            if key and len(places) > 1:
                shown = "、".join(dict.fromkeys(name for _, name in places))
                rows = tuple(row for row, _ in places)
                yield RosterProblem(rows, say("roster.repeated_name", name=key, units=shown))
        for key, places in codes.items():
            if key and len(places) > 1:
                rows = tuple(row for row, _ in places)
                yield RosterProblem(rows, say("roster.repeated_code", code=places[0][1]))

    def _two_heirs(self) -> Iterator[RosterProblem]:
        """Last year's unit that two of this year's claim whole."""
        heirs: dict[str, list[int]] = {}
        for row, unit in enumerate(self.units):
            for name in dict.fromkeys(map(normalised, (*unit.former, *unit.merged))):
                heirs.setdefault(name, []).append(row)
        for name, rows in heirs.items():
            if len(rows) > 1:
                shown = "、".join(self.units[row].name.strip() for row in rows)
                message = say("roster.two_heirs", name=name, units=shown)
                yield RosterProblem(tuple(rows), message)


def _names(unit: Unit) -> tuple[str, ...]:
    return (unit.name, *unit.aliases)


def _index(pairs: Iterable[tuple[str, Unit]]) -> dict[str, tuple[Unit, ...]]:
    index: dict[str, list[Unit]] = {}
    for key, unit in pairs:
        if key and unit not in index.setdefault(key, []):
            index[key].append(unit)
    return {key: tuple(units) for key, units in index.items()}


def _unnamed(code: str) -> str:
    return say("roster.no_code", code=code) if normalised(code) else say("roster.no_name")


def _only(units: tuple[Unit, ...], called: str) -> Match:
    if len(units) == 1:
        return Match(units[0])
    shown = "、".join(unit.name for unit in units)
    return Match(None, say("roster.ambiguous", name=called, units=shown))

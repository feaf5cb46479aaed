"""Why something was corrected: what people said, what was decided, and what came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from gouji.collecting import FileState
from gouji.ledger.events import CHOICES, Event
from gouji.model import Unit
from gouji.publishing.changes import Altered, Changes, UnitChange, UnitKind
from gouji.rollup import Entry, RollUp
from gouji.roster import Roster, normalised
from gouji.unusable import UnusableCall
from gouji.wording import say


@dataclass(frozen=True)
class Given:
    """What the coordinator says of the corrections: of all, and of single units (normalised)."""

    whole: str = ""
    units: Mapping[str, str] = field(default_factory=dict)


def given_reasons(texts: Iterable[str], roster: Roster) -> Given:
    """``UNIT=TEXT`` is about a unit of the roster, a text without ``=`` about the whole.

    A unit may be named by the end of its name. Raises UnusableCall where it is not to be found.
    """
    whole: list[str] = []
    units: dict[str, str] = {}
    for text in texts:
        name, equals, reason = text.partition("=")
        if equals:
            units[normalised(_unit(name, roster).name)] = reason.strip()
        else:
            whole.append(text.strip())
    return Given(say("message.clause").join(filter(None, whole)), units)


def _unit(name: str, roster: Roster) -> Unit:
    match = roster.match(name)
    ending = [unit for unit in roster.units if normalised(unit.name).endswith(normalised(name))]
    if match.unit is None and normalised(name) and len(ending) == 1:
        return ending[0]
    if match.unit is None:
        raise UnusableCall(say("publish.no_unit", unit=name.strip(), why=match.why))
    return match.unit


@dataclass(frozen=True)
class Reasons:
    """Finds the reason of each change. ``states``: every file of the round."""

    given: Given
    rolled: RollUp
    states: tuple[FileState, ...]
    decisions: tuple[Event, ...]

    def told(self, changes: Changes) -> Changes:
        """The same with reasons. Raises UnusableCall for a reason given to an unchanged unit."""
        changed = {normalised(each.unit) for each in changes.units}
        for name in self.given.units:
            if name not in changed:
                raise UnusableCall(say("publish.not_changed", unit=name))
        units = tuple(
            replace(each, reason=self._of_unit(each), came=self._came(each))
            for each in changes.units
        )
        by_unit = {normalised(each.unit): each.reason for each in units}
        items = tuple(
            replace(each, reason=self._of_item(each, by_unit[normalised(each.unit)]))
            for each in changes.items
        )
        return replace(changes, items=items, units=units)

    def _of_item(self, item: Altered, of_unit: str) -> str:
        """What was written to explain this very cell goes before what is said of the unit."""
        entry = self._counted.get(normalised(item.unit))
        found = [
            text
            for finding in (entry.confrontation.findings if entry else ())
            if item.code in finding.items
            and entry is not None
            and (text := entry.explained.get((finding.rule, finding.message)))
        ]
        return say("message.clause").join(dict.fromkeys([*found, *filter(None, [of_unit])]))

    def _of_unit(self, unit: UnitChange) -> str:
        said = self.given.units.get(normalised(unit.unit), "")
        parts = [said, *self._decided(unit)]
        return say("message.clause").join(filter(None, parts))

    def _decided(self, unit: UnitChange) -> Iterator[str]:
        """The coordinator's last decision about the file, or about the unit that is left out."""
        for event in reversed(self.decisions):
            about_file = unit.sha256 and event.sha256 == unit.sha256
            about_unit = unit.kind is UnitKind.LEFT and normalised(event.unit) == normalised(
                unit.unit
            )
            if event.kind in CHOICES and (about_file or about_unit):
                yield say("publish.decided", choice=say(f"decide.choice.{event.kind}"))
                return
        entry = next(
            (e for e in self.rolled.entries if normalised(e.unit) == normalised(unit.unit)), None
        )
        if unit.kind is UnitKind.LEFT and entry is not None and entry.why:
            yield entry.why

    def _came(self, unit: UnitChange) -> str:
        """Which version the file is and when it came in."""
        state = self._by_digest.get(unit.sha256)
        if state is None or state.when is None or not state.version:
            return ""
        day = state.when.astimezone().date().isoformat()
        return say("publish.came", version=state.version, day=day)

    @cached_property
    def _counted(self) -> dict[str, Entry]:
        return {normalised(entry.unit): entry for entry in self.rolled.counted}

    @cached_property
    def _by_digest(self) -> dict[str, FileState]:
        return {state.sha256: state for state in self.states}

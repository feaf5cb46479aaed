"""What differs between what was published and what is in now: every item, and whose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gouji import editions
from gouji.model import Number
from gouji.publishing.figures import Figures, UnitFigures


class UnitKind(StrEnum):
    """What became of a unit; wording under ``publish.unit.<kind>``."""

    CHANGED = "changed"
    RESENT = "resent"  #: another file, the same figures
    JOINED = "joined"  #: was not counted before
    LEFT = "left"  #: is not counted any more


@dataclass(frozen=True, slots=True)
class Altered:
    """One item of one unit. ``before`` or ``after`` is None where the unit was not counted."""

    unit: str
    code: str
    label: str
    before: Number | None
    after: Number | None
    total_before: Number
    total_after: Number
    file: str
    reason: str = ""

    @property
    def difference(self) -> Number:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class UnitChange:
    """``file_before`` and ``file`` are empty where the unit was not counted.

    ``reason`` is what people said or decided, ``came`` which version the file is.
    """

    unit: str
    kind: UnitKind
    file_before: str
    file: str
    sha256: str
    items: int
    reason: str = ""
    came: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """``reports``: name of a report file → ``added``, ``changed`` or ``dropped``."""

    items: tuple[Altered, ...]
    units: tuple[UnitChange, ...]
    reports: Mapping[str, str]

    def __bool__(self) -> bool:
        """True when there is something to publish; a report that was put away is nothing new."""
        return bool(self.units) or any(kind != "dropped" for kind in self.reports.values())

    @property
    def totals(self) -> int:
        """How many of the district's totals changed."""
        changed = {each.code for each in self.items if each.total_before != each.total_after}
        return len(changed)


def changes(
    before: Figures, now: Figures, reports_before: Mapping[str, str], reports: Mapping[str, str]
) -> Changes:
    """From ``before`` to ``now``; ``reports``: name of a report file → its digest."""
    items: list[Altered] = []
    units: list[UnitChange] = []
    names = dict.fromkeys([*now.by_unit, *before.by_unit])
    for name in names:
        old, new = before.by_unit.get(name), now.by_unit.get(name)
        own = list(_items(old, new, before, now))
        kind = _kind(old, new, bool(own))
        if kind is not None:
            items += own
            units.append(_unit(old, new, kind, len(own)))
    return Changes(tuple(items), tuple(units), dict(_reports(reports_before, reports)))


def _kind(old: UnitFigures | None, new: UnitFigures | None, altered: bool) -> UnitKind | None:
    if old is None or new is None:
        return UnitKind.JOINED if old is None else UnitKind.LEFT
    if altered:
        return UnitKind.CHANGED
    return UnitKind.RESENT if old.sha256 != new.sha256 else None


def _unit(
    old: UnitFigures | None, new: UnitFigures | None, kind: UnitKind, items: int
) -> UnitChange:
    speaks = new or old
    assert speaks is not None
    return UnitChange(
        speaks.unit, kind, old.file if old else "", new.file if new else "",
        new.sha256 if new else "", items,
    )  # fmt: skip


def _items(
    old: UnitFigures | None, new: UnitFigures | None, before: Figures, now: Figures
) -> Iterator[Altered]:
    form = editions.load(now.edition)
    speaks = new or old
    assert speaks is not None
    for code, item in form.items.items():
        first = old.values.get(code, 0) if old else None
        second = new.values.get(code, 0) if new else None
        if (first or 0) != (second or 0):
            yield Altered(
                speaks.unit, code, item.full_label, first, second, before.totals.get(code, 0),
                now.totals[code], new.file if new else "",
            )  # fmt: skip


def _reports(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted({*before, *now}):
        if name not in before:
            yield name, "added"
        elif name not in now:
            yield name, "dropped"
        elif before[name] != now[name]:
            yield name, "changed"

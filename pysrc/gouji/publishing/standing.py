"""Whether what was published is still what is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gouji.publishing.changes import UnitKind, changes
from gouji.publishing.figures import Figures, unit_figures
from gouji.publishing.versions import Version, figures_in, latest_version
from gouji.rollup import Entry
from gouji.round import Round
from gouji.unusable import UnusableCall
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Publication:
    """The version that holds now, and the units whose figures or files are others since.

    ``altered`` counts the items that differ.
    """

    version: Version
    changed: tuple[str, ...]
    resent: tuple[str, ...]
    altered: int

    @property
    def current(self) -> bool:
        return not self.changed and not self.resent

    @property
    def sentence(self) -> str:
        places = {"name": self.version.name, "day": self.version.day.isoformat()}
        if self.changed:
            units = say("message.joint").join(self.changed)
            return say("publish.since", units=units, n=self.altered, **places)
        if self.resent:
            units = say("message.joint").join(self.resent)
            return say("publish.since_files", units=units, **places)
        return say("publish.stands", **places)


def told(round_: Round, entries: Iterable[Entry]) -> str:
    """The sentence, empty when nothing was published; what is wrong with what was published."""
    try:
        found = publication_of(round_, entries)
    except UnusableCall as problem:
        return str(problem)
    return found.sentence if found else ""


def publication_of(round_: Round, entries: Iterable[Entry]) -> Publication | None:
    """Where the publication of a round stands beside the files that count now; None without one.

    Raises UnusableCall when what was published was altered.
    """
    version = latest_version(round_)
    if version is None:
        return None
    before = figures_in(version)
    units = unit_figures(round_.edition, (entry for entry in entries if entry.counts))
    zero = dict.fromkeys(before.totals, 0)  # totals are not looked at here
    now = Figures(round_.district, round_.year, before.edition, zero, tuple(units))
    found = changes(before, now, {}, {})
    resent = [each.unit for each in found.units if each.kind is UnitKind.RESENT]
    changed = [each.unit for each in found.units if each.kind is not UnitKind.RESENT]
    return Publication(version, tuple(changed), tuple(resent), len(found.items))

"""The versions of one unit's report: their order, and which of them is the latest.

Versions are ordered by when they came. Two that came within a minute, or at an unknown time, have
no order; then the coordinator chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

APART = timedelta(minutes=1)  #: what came closer together has no order
_LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of a unit. ``content`` is the same for files that say the same.

    ``came`` is when it came (None: unknown), ``here`` when it was archived; ``out`` says that the
    coordinator took it out, ``flaws`` how much is odd about the workbook, ``replaced`` that another
    file stands in its place in the inbox since.
    """

    sha256: str
    content: str
    came: datetime | None
    here: datetime
    flaws: int = 0
    out: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """Files that say the same; ``head`` speaks for them: the soundest, of those the first."""

    number: int
    copies: tuple[Copy, ...]

    @property
    def valid(self) -> tuple[Copy, ...]:
        """The copies nobody took out."""
        return tuple(copy for copy in self.copies if not copy.out)

    @property
    def head(self) -> Copy:
        return min(self.valid or self.copies, key=lambda copy: (copy.flaws, _key(copy)))

    @property
    def came(self) -> datetime | None:
        return _first(self.copies)

    @property
    def replaced(self) -> bool:
        return all(copy.replaced for copy in self.copies)

    @property
    def here(self) -> datetime:
        return min(copy.here for copy in self.copies)


@dataclass(frozen=True, slots=True)
class Choice:
    """The coordinator chose this file, then."""

    sha256: str
    at: datetime


def _key(copy: Copy) -> tuple[datetime, str]:
    return copy.came or _LATE, copy.sha256


def _first(copies: Iterable[Copy]) -> datetime | None:
    return min((copy.came for copy in copies if copy.came), default=None)


def versions_of(copies: Iterable[Copy]) -> tuple[Version, ...]:
    """The versions of one unit, numbered from 1 in order of time."""
    groups: dict[str, list[Copy]] = {}
    for copy in sorted(copies, key=_key):
        groups.setdefault(copy.content, []).append(copy)
    return tuple(Version(n, tuple(group)) for n, group in enumerate(groups.values(), start=1))


def latest(versions: Sequence[Version], choices: Iterable[Choice] = ()) -> tuple[Version, ...]:
    """The version that is valid; several when they have no order; none when all were taken out.

    The last choice settles what was there when it was made; what came later counts as usual.
    """
    live = [version for version in versions if version.valid]
    for choice in sorted(choices, key=lambda choice: choice.at, reverse=True):
        chosen = [v for v in live if any(copy.sha256 == choice.sha256 for copy in v.valid)]
        if chosen:
            later = [v for v in live if v is not chosen[0] and (v.came or v.here) > choice.at]
            return _last(later) or (chosen[0],)
    return _last(live)


def _last(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Those that no other one is certainly later than."""
    newest = max((version.came for version in versions if version.came), default=None)
    last = tuple(
        version
        for version in versions
        if version.came is None or newest is None or newest - version.came < APART
    )
    # What was written over in the inbox is certainly older than what stands there now.
    return tuple(version for version in last if not version.replaced) or last

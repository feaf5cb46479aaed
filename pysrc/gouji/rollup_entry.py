"""One file of a roll-up: the unit it belongs to, what became of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath

from gouji.edits import Confrontation
from gouji.model import Severity, Status, Submission
from gouji.roster import normalised


class Standing(StrEnum):
    """What became of one file."""

    COUNTED = "counted"
    LET_IN = "let_in"  #: counted because the coordinator named it
    RETURNED = "returned"  #: fails a hard rule
    DUPLICATE = "duplicate"  #: the same values again
    SUPERSEDED = "superseded"  #: a later version of the unit counts
    CONFLICT = "conflict"  #: one unit, different values without an order: all held out
    REFUSED = "refused"  #: readable, but held out with a reason of its own
    UNKNOWN = "unknown"  #: not in the roster
    NO_UNIT = "no_unit"
    OTHER_YEAR = "other_year"
    OTHER_EDITION = "other_edition"


_COUNTS = frozenset({Standing.COUNTED, Standing.LET_IN})
_LISTED = _COUNTS | {Standing.RETURNED, Standing.CONFLICT}
_SETTLED = _COUNTS | {Standing.DUPLICATE, Standing.SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, the unit it belongs to (as the roster names it), its standing and the reason.

    ``explained``: rule and message of a soft finding → the explanation that stands for it.
    """

    submission: Submission
    confrontation: Confrontation
    unit: str
    standing: Standing
    why: str = ""
    explained: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        return self.standing in _COUNTS

    @property
    def listed(self) -> bool:
        """True when the unit × item sheet shows it: it counts, or could be switched in."""
        return self.standing in _LISTED

    @property
    def settled(self) -> bool:
        """True when nobody has to do anything about it."""
        return self.standing in _SETTLED

    @property
    def hard(self) -> int:
        """How many hard rules it fails."""
        return sum(
            finding.severity is Severity.HARD and finding.status is Status.FAILED
            for finding in self.confrontation.findings
        )

    @property
    def shown(self) -> str:
        """What a sentence calls the file."""
        name = PurePath(self.submission.file).name
        return name or self.submission.sha256[:8] or self.unit

    def is_of(self, name: str) -> bool:
        """True when ``name`` is the unit's, as the roster or as the file has it."""
        return normalised(name) in (normalised(self.unit), normalised(self.submission.unit))

    def is_called(self, name: str) -> bool:
        """True when ``name`` is the file's name, its path, or the beginning of its digest."""
        submission = self.submission
        digest = len(name) >= 8 and submission.sha256.startswith(name.lower())
        known = {submission.file, PurePath(submission.file).name} - {""}
        return digest or normalised(name) in map(normalised, known)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that was refused, the reason in words, and the unit it is of, where that is known."""

    file: str
    why: str
    unit: str = ""

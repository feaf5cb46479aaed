"""What can happen in a round, and one such event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Kinds of events; wording under ``ledger.kind.<kind>``."""

    # What follows from the archive by itself.
    RECEIVED = "received"
    GRADED = "graded"
    SUPERSEDED = "superseded"  #: by a later version; its detail holds the difference
    CONFLICTED = "conflicted"  #: two versions without an order; the same detail
    LAST_YEAR = "last_year"  #: last year's figures, to tell a file sent again
    COLLECTED = "collected"  #: a collection came to its end
    # What people did and decided: also written into the archive's journal.
    ASSIGNED = "assigned"  #: this file belongs to that unit
    CHOSEN = "chosen"  #: this file is the valid one of its unit's
    EXCLUDED = "excluded"
    READMITTED = "readmitted"
    WITHDRAWN = "withdrawn"
    LET_IN = "let_in"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    REMINDED = "reminded"
    SENT = "sent"  #: a letter went out by mail
    PUBLISHED = "published"  #: a version of the district's figures; see ``publishing``


DERIVED = frozenset({
    Kind.RECEIVED, Kind.GRADED, Kind.SUPERSEDED, Kind.CONFLICTED, Kind.LAST_YEAR, Kind.COLLECTED,
})  # fmt: skip
#: Kinds that no archive can tell: they are journalled.
DECISIONS = tuple(kind for kind in Kind if kind not in DERIVED)


#: What the coordinator can decide about a file, in the order of the list on the console.
CHOICES = (Kind.CHOSEN, Kind.LET_IN, Kind.EXCLUDED, Kind.READMITTED)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger. ``at`` is ISO in UTC; ``id`` is 0 until it is written."""

    kind: Kind
    at: str
    sha256: str = ""
    unit: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

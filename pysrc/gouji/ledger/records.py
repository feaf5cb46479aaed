"""What a round remembers: its archive and its ledger together, and the order they are written in.

First the blob, then its receipt, then the event: killed at any moment, what is written suffices,
and the next collection completes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from gouji.ledger.archive import Archive
from gouji.ledger.events import DERIVED, Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.lines import append_lines, read_lines
from gouji.ledger.receipts import Receipt, to_json
from gouji.round import Round
from gouji.wording import say


def archive_folder(round_: Round) -> Path:
    return round_.folder / say("round.path.archive")


def ledger_file(round_: Round) -> Path:
    return round_.folder / say("round.path.ledger")


@dataclass(frozen=True, slots=True)
class Records:
    """The archive and the open ledger of a round."""

    archive: Archive
    ledger: Ledger

    def decide(
        self, kind: Kind, *, sha256: str = "", unit: str = "", by: str = "",
        detail: Mapping[str, Any] | None = None, at: datetime | None = None,
    ) -> Event:  # fmt: skip
        """Record what somebody did or decided, in the journal first. Raises RoundError, OSError.

        ``kind`` is one of ``events.DECISIONS``; any other raises ValueError.
        """
        if kind in DERIVED:
            raise ValueError(f"{kind} is no decision")
        moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat()
        known = {"id": uuid4().hex} | ({"by": by} if by else {})
        event = Event(kind, moment, sha256, unit, {**(detail or {}), **known})
        self.archive.folder.mkdir(parents=True, exist_ok=True)
        append_lines(self.archive.decisions, [_written(event)])
        self.ledger.add([event])
        return event

    def missing_decisions(self) -> list[Event]:
        """Decisions of the journal that the ledger lacks, in order. Raises RoundError, OSError."""
        lines = read_lines(self.archive.decisions)
        if not lines:
            return []
        known = {str(event.detail.get("id")) for event in self.ledger.decisions()}
        found = (event for line in lines if (event := _decision(line)))
        return [event for event in found if event.detail.get("id") not in known]

    def missing_receipts(self) -> list[Event]:
        """Arrivals that the ledger lacks, of parcels that were archived whole, in order of time."""
        known = {_identity(event) for event in self.ledger.events(Kind.RECEIVED)}
        found = list(self.archive.receipts())
        whole = {(receipt.source, receipt.key) for receipt in found if not receipt.path}
        found = [receipt for receipt in found if (receipt.source, receipt.key) in whole]
        found.sort(key=lambda receipt: (receipt.at, receipt.source, receipt.key, receipt.path))
        return [arrival(receipt) for receipt in found if receipt.identity not in known]


def arrival(receipt: Receipt) -> Event:
    """The event of a receipt."""
    detail = to_json(receipt)
    return Event(Kind.RECEIVED, receipt.at, detail.pop("sha256"), "", detail)


def _identity(event: Event) -> tuple[str, ...]:
    detail = event.detail
    return (event.sha256, detail["source"], detail["key"], *detail.get("path", ()))


def _written(event: Event) -> dict[str, Any]:
    return {
        "kind": str(event.kind), "at": event.at, "sha256": event.sha256, "unit": event.unit,
        "detail": dict(event.detail),
    }  # fmt: skip


def _decision(line: Mapping[str, Any]) -> Event | None:
    """The decision on a line of the journal; None for what is none (somebody edited the file)."""
    try:
        kind, at, detail = Kind(line["kind"]), str(line["at"]), dict(line["detail"])
        datetime.fromisoformat(at)
    except (KeyError, TypeError, ValueError):
        return None
    if kind in DERIVED or "id" not in detail:
        return None
    return Event(kind, at, str(line.get("sha256", "")), str(line.get("unit", "")), detail)


def in_order(events: Iterable[Event]) -> list[Event]:
    """By the moment they happened."""
    return sorted(events, key=lambda event: event.moment)


@contextmanager
def opened(round_: Round) -> Iterator[Records]:
    """The round's records, closed at the end. Raises RoundError."""
    with Ledger(ledger_file(round_)) as ledger:
        yield Records(Archive(archive_folder(round_)), ledger)

"""Collecting: whatever is new is archived, graded, given to its unit, and entered in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gouji.collecting.grading import BATCH, Grader
from gouji.collecting.parcels import items_of
from gouji.collecting.settling import settle
from gouji.collecting.sources import Inbox, Skipped, Source
from gouji.collecting.standings import FileState, picture, standing_in
from gouji.gate import Content
from gouji.ledger.archive import Archive
from gouji.ledger.events import Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.lines import display_name, storable
from gouji.ledger.lock import collecting_lock
from gouji.ledger.receipts import FILE, stamped
from gouji.ledger.records import Records, archive_folder, arrival, in_order, ledger_file, opened
from gouji.mail.model import Parcel
from gouji.round import Round
from gouji.wording import say

#: Called with each parcel's name as it is done; may raise to stop.
Progress = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one collection brought.

    ``files`` are those that are new, came again or stand differently now, as they stand now.
    ``parcels`` counts what was new in the sources, ``again`` arrivals of bytes known before.
    """

    files: tuple[FileState, ...] = ()
    parcels: int = 0
    again: int = 0
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


def collect(
    round_: Round, sources: Iterable[Source] = (), progress: Progress | None = None,
    now: datetime | None = None,
) -> Collected:  # fmt: skip
    """Take in everything new from the inbox and the other sources. Nothing in them is changed.

    ``now`` (aware) is the moment of this collection, the present when not given. Raises RoundError
    (another collection is at work, the ledger is damaged), RosterError, OSError, and what
    ``progress`` and the sources raise; what was taken until then is safe, and the next collection
    goes on from there.
    """
    with _at_work(round_) as (records, incomplete):
        run = _Run(round_, records, now or datetime.now(UTC), progress)
        if incomplete:
            run.enter_archived()
        return run.everything([Inbox(round_.inbox), *sources])


def rebuild(round_: Round, now: datetime | None = None) -> Ledger:
    """Make the ledger anew from the archive; the old file is kept beside it.

    The caller closes the ledger. Raises RoundError, RosterError, OSError.
    """
    with collecting_lock(round_.folder):
        _set_aside(ledger_file(round_))
        with opened(round_) as records:
            run = _Run(round_, records, now or datetime.now(UTC))
            run.enter_archived()
            run.everything([])
    return Ledger(ledger_file(round_))


def _set_aside(file: Path) -> None:
    """The old ledger under another name, with what belongs to it. Raises OSError."""
    for ending in ("", "-wal", "-shm", "-journal"):
        part = file.with_name(f"{file.name}{ending}")
        kept = file.with_name(f"{say('round.path.old_ledger')}{ending}")
        kept.unlink(missing_ok=True)
        if part.exists():
            part.replace(kept)


@contextmanager
def _at_work(round_: Round) -> Iterator[tuple[Records, bool]]:
    """The records under the round's lock, and whether the archive may hold more than the ledger."""
    with collecting_lock(round_.folder) as broken_off:
        lost = not ledger_file(round_).exists() and not Archive(archive_folder(round_)).empty
        with opened(round_) as records:
            yield records, broken_off or lost


@dataclass
class _Run:
    """One collection at work."""

    round: Round
    records: Records
    at: datetime
    progress: Progress | None = None
    pending: list[Event] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    parcels: int = 0
    again: int = 0

    def enter_archived(self) -> None:
        """Enter what the archive holds and the ledger lacks. Raises RoundError, OSError."""
        self.records.archive.sweep()
        missing = self.records.missing_receipts()
        self.records.ledger.add(missing)
        self.touched |= {event.sha256 for event in missing}

    def everything(self, sources: Sequence[Source]) -> Collected:
        """All sources, then grades and versions."""
        ledger = self.records.ledger
        ledger.add(in_order(self.records.missing_decisions()))
        grader = Grader(self.round, self.records, self.at)
        try:
            for source in sources:
                for parcel in source.new(_known(ledger, source)):
                    self._take(parcel, grader)
                    if self.progress:
                        self.progress(Path(display_name(parcel.name)))
        finally:
            self._commit()
        skipped = tuple(each for source in sources if isinstance(source, Inbox)
                        for each in source.skipped)  # fmt: skip
        files = () if _is_settled(ledger, grader) else self._conclude(grader)
        return Collected(files, self.parcels, self.again, skipped, grader.notes)

    def _take(self, parcel: Parcel, grader: Grader) -> None:
        """Blob, receipt, event of everything in the parcel; the events together or not at all."""
        events: list[Event] = []
        for item in items_of(parcel, self.at):
            receipt = item.receipt
            self.records.archive.put(item.data, receipt.sha256, receipt.name)
            self.records.archive.add_receipt(receipt)
            events.append(arrival(receipt))
            if receipt.role != FILE:
                continue
            self.touched.add(receipt.sha256)
            if grader.knows(receipt):
                self.again += 1
            else:
                content = Content(receipt.name, item.data, receipt.sha256)
                events.append(grader.graded(content, receipt))
        self.pending += events
        self.parcels += 1
        if self.parcels % BATCH == 0:
            self._commit()

    def _commit(self) -> None:
        self.records.ledger.add(self.pending)
        self.pending.clear()

    def _conclude(self, grader: Grader) -> tuple[FileState, ...]:
        """Grades, versions, and the mark that everything is entered."""
        ledger = self.records.ledger
        changed = self.touched | grader.complete()
        seen = picture(ledger)
        for step in (grader.judge_again, partial(settle, self.records, self.at)):
            if done := step(seen):
                changed |= done
                seen = picture(ledger)
        detail = {"state": grader.state, "parcels": self.parcels}
        ledger.add([Event(Kind.COLLECTED, stamped(self.at), detail=detail)])
        return tuple(state for state in standing_in(seen) if state.sha256 in changed)


def _known(ledger: Ledger, source: Source) -> Callable[[str], bool]:
    keys = ledger.keys(storable(source.name))
    return lambda key: storable(key) in keys


def _is_settled(ledger: Ledger, grader: Grader) -> bool:
    """True when nothing happened since a collection came to its end, and nothing ever did."""
    newest = ledger.last()
    if newest is None:
        return True
    return newest.kind is Kind.COLLECTED and newest.detail["state"] == grader.state

"""Entering which version superseded which, and what changed between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from gouji.collecting import difference
from gouji.collecting.difference import Difference
from gouji.collecting.facts import submission_in
from gouji.collecting.standings import Graded, Picture
from gouji.collecting.versions import Version
from gouji.gate import Content, Refused
from gouji.ledger.archive import Archive
from gouji.ledger.events import Event, Kind
from gouji.ledger.receipts import stamped
from gouji.ledger.records import Records
from gouji.model import Submission


def settle(records: Records, at: datetime, seen: Picture) -> set[str]:
    """Write an event for each pair of neighbouring versions that has none; gives the digests.

    Raises RoundError, OSError.
    """
    events = [event for files in seen.by_unit().values() for event in _steps(records.archive,
              seen, files, at)]  # fmt: skip
    records.ledger.add(events)
    return {digest for event in events for digest in (event.sha256, event.detail["by"])}


def _steps(archive: Archive, seen: Picture, files: list[Graded], at: datetime) -> Iterator[Event]:
    """The events of one unit that the ledger lacks."""
    if len(files) < 2:
        return
    by_digest = {graded.sha256: graded for graded in files}
    versions, valid = seen.arranged(files)
    for older, newer in pairwise(versions):
        kind = _kind(older, valid)
        one, other = older.head.sha256, newer.head.sha256
        if (kind, one, other) in seen.recorded:
            continue
        changed = seen.differences.get((one, other))
        if changed is None:
            changed = _compared(archive, by_digest[one], by_digest[other])
        detail = {"by": other, "version": newer.number} | difference.to_json(changed)
        yield Event(kind, stamped(at), one, by_digest[one].judgement.unit, detail)


def _kind(older: Version, valid: tuple[Version, ...]) -> Kind:
    """An older version that is still valid was superseded by nothing: there was no order."""
    return Kind.CONFLICTED if older in valid else Kind.SUPERSEDED


def _compared(archive: Archive, one: Graded, other: Graded) -> Difference:
    old, new = _read(archive, one), _read(archive, other)
    if old is None or new is None:
        return Difference(unknown=True)
    return difference.difference(old, new)


def _read(archive: Archive, graded: Graded) -> Submission | None:
    try:
        data = archive.read(graded.sha256)
        return submission_in(Content(graded.receipts[0].name, data, graded.sha256))
    except Refused:  # the blob was damaged since
        return None

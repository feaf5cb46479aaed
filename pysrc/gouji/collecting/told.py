"""What a collection says on a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gouji.collecting.difference import Difference
from gouji.collecting.intake import Collected
from gouji.collecting.standings import FileState, State
from gouji.model import Value
from gouji.wording import say

CHANGES_SHOWN = 10


def lines(collected: Collected, standing: Sequence[FileState]) -> Iterator[str]:
    """One line a file of this collection with what there is to say about it, then the sums."""
    for state in collected.files:
        if state.state is not State.ASIDE:
            yield from _file(state)
    for skipped in collected.skipped:
        yield "  " + say("collecting.told.skipped", name=skipped.name, why=skipped.why)
    for note in collected.notes:
        yield "  " + say("survey.note", note=note)
    yield from sums(collected, standing)


def _file(state: FileState) -> Iterator[str]:
    places = {
        "state": say(f"collecting.state.{state.state}"), "file": state.name,
        "unit": state.unit or say("screen.no_unit"), "sender": state.sender,
        "version": say("collecting.told.version", n=state.version) if state.version else "",
    }  # fmt: skip
    key = "collecting.told.mail" if state.sender else "collecting.told.file"
    yield "  " + say(key, **places)
    for sentence in (*state.why.splitlines(), *state.notes):
        yield "      " + sentence
    if state.repairs:
        yield "      " + say("collecting.told.repairs", n=len(state.repairs))
    if state.difference is not None:
        yield from (f"      {line}" for line in _difference(state.difference))


def _difference(found: Difference) -> Iterator[str]:
    if found.unknown:
        yield say("collecting.told.unknown")
    for change in found.changes[:CHANGES_SHOWN]:
        places = {"old": _shown(change.old), "new": _shown(change.new)}
        yield say("collecting.told.change", label=change.label, **places)
    if len(found.changes) > CHANGES_SHOWN:
        yield say("collecting.told.more", n=len(found.changes))
    if found.sections:
        yield say("collecting.told.sections", titles=say("message.joint").join(found.sections))
    if found.explained:
        yield say("collecting.told.explained")


def _shown(value: Value) -> str:
    return say("structure.blank") if value is None else str(value)


def sums(collected: Collected, standing: Iterable[FileState]) -> Iterator[str]:
    """What came now, and how many files stand where."""
    counts = Counter(state.state for state in standing)
    yield say("collecting.told.new", n=collected.parcels, again=collected.again)
    parts = [
        say("collecting.told.count", state=say(f"collecting.state.{state}"), n=counts[state])
        for state in State
        if counts[state]
    ]
    if parts:
        yield say("collecting.told.sums", parts=say("message.joint").join(parts))


def to_json(collected: Collected, standing: Iterable[FileState]) -> dict[str, Any]:
    """What ``gouji collect --json`` prints; amounts stay exact as Decimal."""
    counts = Counter(str(state.state) for state in standing)
    return {
        "files": [file_json(state) for state in collected.files],
        "parcels": collected.parcels,
        "again": collected.again,
        "skipped": [{"file": s.name, "why": s.why} for s in collected.skipped],
        "notes": list(collected.notes),
        "counts": {str(state): counts[str(state)] for state in State},
    }


def file_json(state: FileState) -> dict[str, Any]:
    """One file for programs."""
    return {
        "file": state.name, "names": list(state.names), "sha256": state.sha256,
        "state": str(state.state), "unit": state.unit, "code": state.code, "year": state.year,
        "version": state.version, "grade": str(state.grade), "reason": state.reason,
        "why": state.why, "notes": list(state.notes),
        "received": state.when.isoformat() if state.when else None,
        "sender": state.sender, "via": state.via, "arrivals": len(state.receipts),
        "beside": list(state.beside),
        "repairs": [
            {"item": r.code, "cell": r.cell, "text": r.text, "means": r.means, "why": r.why}
            for r in state.repairs
        ],
        "difference": _difference_json(state.difference) if state.difference else None,
    }  # fmt: skip


def _difference_json(found: Difference) -> dict[str, Any]:
    return {
        "changes": [
            {"item": c.code, "label": c.label, "old": c.old, "new": c.new} for c in found.changes
        ],
        "sections": list(found.sections),
        "explained": found.explained,
        "unknown": found.unknown,
    }


def needs_care(collected: Collected, standing: Iterable[FileState]) -> bool:
    """True when somebody has to look after a file: refused, unclaimed, to be chosen, left out."""
    skipped = any(each.matters for each in collected.skipped)
    return skipped or any(state.state.open for state in standing)

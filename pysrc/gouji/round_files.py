"""The files of a round as its ledger holds them, read and made ready for the roll-up.

Whatever lies new in the inbox is collected first, so that no figure is ever older than the inbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from gouji.actions import Progress
from gouji.collecting import FileState, Skipped, State, collect, standing
from gouji.compiling import Explained, Received
from gouji.gate import Content, Reason, Refused
from gouji.ledger.archive import Archive
from gouji.ledger.events import DECISIONS, Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.records import archive_folder, in_order, ledger_file
from gouji.model import Submission
from gouji.reading import read_content
from gouji.rollup import Unreadable
from gouji.roster import normalised
from gouji.round import Round, replace_file, safe_name
from gouji.wording import say

#: States of files that say what a unit reports.
_VERSIONS = (State.LATEST, State.SUPERSEDED, State.DUPLICATE, State.CONFLICT)
#: Rank of the versions that are valid: above every other one's.
_VALID = 1 << 30


@dataclass(frozen=True)
class RoundFiles:
    """``states``: every file, each in one state. ``paths``: digest → where it can be opened."""

    round: Round
    states: tuple[FileState, ...]
    skipped: tuple[Skipped, ...]
    paths: dict[str, Path]
    submissions: tuple[Submission, ...]
    unreadable: tuple[Unreadable, ...]
    decisions: tuple[Event, ...]
    events: tuple[Event, ...] = ()  #: everything the ledger knows, in order

    @cached_property
    def by_digest(self) -> dict[str, FileState]:
        return {state.sha256: state for state in self.states}

    @property
    def let_in(self) -> tuple[str, ...]:
        """Units and files that the coordinator has let in by name."""
        named = [event for event in self.decisions if event.kind is Kind.LET_IN]
        return tuple(dict.fromkeys(str(event.detail["name"]) for event in named))

    def received(self, explained: Explained | None = None, names: Collection[str] = ()) -> Received:
        """What the roll-up takes; ``names`` are let in by this very roll-up."""
        from gouji.ledger.log import (  # a writer of workbooks: not for every survey
            let_in_line,
            log_lines,
        )

        moments = {
            str(self.paths[state.sha256]): local(state.when)
            for state in self.states
            if state.sha256 in self.paths and state.when
        }
        return Received(
            self.submissions, self.unreadable, order=_order(self.states),
            held=_held(self.states), explained=explained or {}, received=moments,
            log=(*log_lines(self.events), *map(let_in_line, names)),
        )  # fmt: skip


def local(moment: datetime) -> datetime:
    """The moment as clocks here show it, without its zone: spreadsheets know none."""
    return moment.astimezone().replace(tzinfo=None, microsecond=0)


def files_of(round_: Round, progress: Progress | None = None) -> RoundFiles:
    """Collect from the inbox, then read every file that may count.

    Raises RoundError, RosterError, OSError.
    """
    collected = collect(round_)
    states = standing(round_)
    archive = Archive(archive_folder(round_))
    paths = {state.sha256: _path(round_, archive, state) for state in states}
    submissions: list[Submission] = []
    unreadable: list[Unreadable] = []
    for state in states:
        path = paths[state.sha256]
        try:
            submission = _submission(archive, state, path)
        except Refused as refused:  # the archive was tampered with
            unreadable.append(Unreadable(str(path), refused.message, state.unit))
            continue
        if submission is not None:
            submissions.append(submission)
        elif state.state.open or state.state is State.EXCLUDED:
            unreadable.append(Unreadable(str(path), state.why, state.unit))
        if progress:
            progress(path)
    events = _events(round_)
    return RoundFiles(
        round_, states, collected.skipped, paths, tuple(submissions), tuple(unreadable),
        tuple(in_order(event for event in events if event.kind in DECISIONS)), events,
    )  # fmt: skip


def _events(round_: Round) -> tuple[Event, ...]:
    file = ledger_file(round_)
    if not file.exists():
        return ()
    with Ledger(file) as ledger:
        return tuple(ledger.events())


def _submission(archive: Archive, state: FileState, path: Path) -> Submission | None:
    """What the file says; None for one that cannot count and is not read. Raises Refused."""
    readable = state.state in _VERSIONS or state.reason in _READABLE
    if not readable or state.state in (State.EXCLUDED, State.ASIDE, State.REPLACED):
        return None
    content = Content(state.name, archive.read(state.sha256), state.sha256)
    submission = read_content(content, str(path))
    # A near match or the coordinator's word decides whose it is, not what is typed on it.
    return replace(submission, unit=state.unit, code=state.code) if state.unit else submission


#: Files refused for these reasons were read, and are listed with what is wrong with them.
_READABLE = frozenset({
    Reason.OTHER_YEAR, Reason.OTHER_EDITION, Reason.LAST_YEAR_AGAIN, Reason.NO_UNIT,
    Reason.UNKNOWN_UNIT, Reason.AMBIGUOUS_UNIT,
})  # fmt: skip


def _order(states: Iterable[FileState]) -> dict[str, int]:
    """Rank of each version; the valid ones above the others, equal where nothing orders them."""
    valid = (State.LATEST, State.CONFLICT)
    heads = {(normalised(s.unit), s.version) for s in states if s.state in valid}
    return {
        state.sha256: _VALID if (normalised(state.unit), state.version) in heads else state.version
        for state in states
        if state.version
    }


def _held(states: Iterable[FileState]) -> dict[str, str]:
    return {state.sha256: state.why for state in states if state.state in
            (State.REFUSED, State.STRAY)}  # fmt: skip


# ---------------------------------------------------------------- where a file can be opened
def _path(round_: Round, archive: Archive, state: FileState) -> Path:
    """The file in the inbox while it lies there unchanged, else a copy named for its unit."""
    for receipt in state.receipts:
        if receipt.via == "folder" and not receipt.path:
            name, size, stamp = receipt.key.rsplit("|", 2)
            path = round_.inbox / name
            if _unchanged(path, int(size), int(stamp)):
                return path
    blob = archive.find(state.sha256)
    if blob is None or state.state is State.ASIDE:
        return Path(state.name)
    return _copied(blob, round_.folder / say("round.path.sorted") / _sorted_name(state, blob))


def _unchanged(path: Path, size: int, stamp: int) -> bool:
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return False
    return stat.st_size == size and stat.st_mtime_ns == stamp


def _sorted_name(state: FileState, blob: Path) -> str:
    unit = safe_name(state.unit) if state.unit else say("round.path.unclaimed")
    version = say("round.path.version", n=state.version) if state.version else state.sha256[:8]
    stem = safe_name(state.name.removesuffix(blob.suffix) or say("collecting.nameless"))
    return f"{unit}_{version}_{stem[:40].strip('. ')}{blob.suffix}"


def _copied(blob: Path, target: Path) -> Path:
    if not target.exists() or target.stat().st_size != blob.stat().st_size:
        target.parent.mkdir(exist_ok=True)
        replace_file(target, blob.read_bytes())  # the blob's own mode would keep it from renewal
    return target

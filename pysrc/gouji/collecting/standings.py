"""Where every file stands, told from the ledger alone: each in exactly one state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from gouji.collecting import difference, facts, judging
from gouji.collecting.difference import Difference
from gouji.collecting.facts import Facts
from gouji.collecting.judging import UNCLAIMED, Grade, Judgement
from gouji.collecting.versions import Choice, Copy, Version, latest, versions_of
from gouji.gate import Reason
from gouji.ledger.events import Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.receipts import FILE, Receipt, from_json
from gouji.ledger.records import in_order, ledger_file
from gouji.model import Repair
from gouji.roster import normalised
from gouji.round import Round
from gouji.wording import say


class State(StrEnum):
    """What a file is to the round; wording under ``collecting.state.<state>``."""

    LATEST = "latest"  #: the unit's valid version: a candidate to be counted
    SUPERSEDED = "superseded"  #: a later version came
    DUPLICATE = "duplicate"  #: says the same as another file of the unit
    CONFLICT = "conflict"  #: several versions without an order: the coordinator must choose
    REFUSED = "refused"
    REPLACED = "replaced"  #: refused, and another file stands in its place since
    STRAY = "stray"  #: belongs to no unit, as far as anybody can tell
    EXCLUDED = "excluded"  #: taken out by the coordinator, or withdrawn by the unit
    ASIDE = "aside"  #: no report at all: a logo, a visiting card

    @property
    def open(self) -> bool:
        """True when somebody has to do something about it."""
        return self in (State.CONFLICT, State.REFUSED, State.STRAY)


@dataclass(frozen=True, slots=True)
class FileState:
    """One file (one content). ``unit`` is named as in the roster, empty when not known.

    ``version`` counts a unit's versions from 1, 0 for a file that is none. ``beside`` are digests
    of the files it stands against: what superseded it, what it repeats, what it conflicts with.
    ``difference`` is to the version before. ``receipts`` are all its arrivals, the first one first.
    """

    sha256: str
    state: State
    unit: str
    code: str
    year: int | None
    version: int
    grade: Grade
    reason: str
    why: str
    repairs: tuple[Repair, ...]
    notes: tuple[str, ...]
    receipts: tuple[Receipt, ...]
    when: datetime | None
    beside: tuple[str, ...] = ()
    difference: Difference | None = None

    @property
    def name(self) -> str:
        return self.receipts[0].name

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it came under, each once."""
        return tuple(dict.fromkeys(receipt.name for receipt in self.receipts))

    @property
    def sender(self) -> str:
        return self.receipts[0].sender

    @property
    def via(self) -> str:
        return self.receipts[0].via


@dataclass(frozen=True, slots=True)
class Graded:
    """One file as the ledger knows it, before it is held against the others."""

    sha256: str
    receipts: tuple[Receipt, ...]
    facts: Facts
    judgement: Judgement
    decided: Kind | None = None  #: EXCLUDED, WITHDRAWN or READMITTED, the last word

    @property
    def out(self) -> bool:
        return self.decided in (Kind.EXCLUDED, Kind.WITHDRAWN)

    @property
    def came(self) -> datetime | None:
        return min((moment for each in self.receipts if (moment := each.moment)), default=None)

    def as_copy(self, replaced: bool = False) -> Copy:
        here = min(datetime.fromisoformat(each.at) for each in self.receipts)
        content, flaws = self.facts.content, self.facts.flaws
        return Copy(self.sha256, content, self.came, here, flaws, self.out, replaced)


@dataclass(frozen=True)
class Picture:
    """Everything the ledger says about the files of a round."""

    files: Mapping[str, Graded]
    choices: Mapping[str, tuple[Choice, ...]]  #: by digest of the file chosen
    differences: Mapping[tuple[str, str], Difference]  #: by digests, the older first
    recorded: frozenset[tuple[str, str, str]]  #: kind and digests of the events about them

    @cached_property
    def places(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        """Source and place of a file in a folder → when and which content stood there last."""
        last: dict[tuple[str, str], tuple[str, str]] = {}
        for graded in self.files.values():
            for receipt in graded.receipts:
                if place := _where(receipt):
                    last[place] = max(last.get(place, ("", "")), (receipt.at, graded.sha256))
        return last

    def by_unit(self) -> dict[str, list[Graded]]:
        """The files that could be taken, by the unit's name as it is compared."""
        units: dict[str, list[Graded]] = defaultdict(list)
        for graded in self.files.values():
            if graded.judgement.grade is not Grade.REFUSED:
                units[normalised(graded.judgement.unit)].append(graded)
        return dict(units)

    def arranged(self, files: Iterable[Graded]) -> tuple[tuple[Version, ...], tuple[Version, ...]]:
        """The versions of one unit's files, and those of them that are valid."""
        found = list(files)
        versions = versions_of(g.as_copy(bool(_instead(g, self.places))) for g in found)
        chosen = [choice for graded in found for choice in self.choices.get(graded.sha256, ())]
        return versions, latest(versions, chosen)


# ---------------------------------------------------------------- from the ledger
def picture(ledger: Ledger) -> Picture:
    """What the ledger says about the files. Raises RoundError."""
    receipts = arrivals(ledger)
    grades = ledger.grades()
    decisions = in_order(ledger.decisions())
    decided = {event.sha256: event.kind for event in decisions
               if event.kind in (Kind.EXCLUDED, Kind.WITHDRAWN, Kind.READMITTED)}  # fmt: skip
    choices: dict[str, tuple[Choice, ...]] = defaultdict(tuple)
    for event in decisions:
        if event.kind is Kind.CHOSEN:
            choices[event.sha256] += (Choice(event.sha256, event.moment),)
    files = {
        sha256: _graded(grades[sha256], found, decided.get(sha256))
        for sha256, found in receipts.items()
        if sha256 in grades
    }
    compared = list(ledger.events(Kind.SUPERSEDED, Kind.CONFLICTED))
    recorded = {(str(event.kind), event.sha256, event.detail["by"]) for event in compared}
    differences = {
        (event.sha256, event.detail["by"]): difference.from_json(event.detail) for event in compared
    }
    return Picture(files, choices, differences, frozenset(recorded))


def arrivals(ledger: Ledger) -> dict[str, tuple[Receipt, ...]]:
    """Digest → every arrival as a file, in order of time, then of their being archived."""
    found: dict[str, list[Receipt]] = defaultdict(list)
    for event in ledger.events(Kind.RECEIVED):
        receipt = from_json({**event.detail, "sha256": event.sha256})
        if receipt is not None and receipt.role == FILE:
            found[event.sha256].append(receipt)
    return {
        sha256: tuple(sorted(each, key=lambda r: (r.time or "~", r.at, *r.identity)))
        for sha256, each in found.items()
    }


def _graded(event: Event, receipts: tuple[Receipt, ...], decided: Kind | None) -> Graded:
    judgement = judging.from_json(event.unit, event.detail)
    return Graded(event.sha256, receipts, facts.from_json(event.detail), judgement, decided)


# ---------------------------------------------------------------- standing
def standing(round_: Round) -> tuple[FileState, ...]:
    """Every file that came, by unit and version, the unclaimed last. Raises RoundError."""
    file = ledger_file(round_)
    if not file.exists():
        return ()
    with Ledger(file) as ledger:
        return standing_in(picture(ledger))


def standing_in(seen: Picture) -> tuple[FileState, ...]:
    states: list[FileState] = []
    for files in seen.by_unit().values():
        states += _unit_states(seen, files)
    refused = [g for g in seen.files.values() if g.judgement.grade is Grade.REFUSED]
    states += [_refused_state(graded, seen.places) for graded in refused]
    return tuple(sorted(states, key=_order))


def _order(state: FileState) -> tuple[object, ...]:
    return (
        not state.unit, normalised(state.code), normalised(state.unit), not state.version,
        state.version, state.receipts[0].time, state.sha256,
    )  # fmt: skip


def _plain(graded: Graded, state: State) -> FileState:
    judgement = graded.judgement
    return FileState(
        graded.sha256, state, judgement.unit, judgement.code, graded.facts.year, 0,
        judgement.grade, judgement.reason, judgement.why, graded.facts.repairs,
        (*judgement.notes, *graded.facts.notes), graded.receipts, graded.came,
    )  # fmt: skip


def _unit_states(seen: Picture, files: Sequence[Graded]) -> list[FileState]:
    by_digest = {graded.sha256: graded for graded in files}
    versions, valid = seen.arranged(files)
    states = []
    before = ""
    for version in versions:
        known = seen.differences.get((before, version.head.sha256))
        for copy in version.copies:
            state, beside = _place(version, copy, valid)
            plain = _plain(by_digest[copy.sha256], state)
            notes = (*plain.notes, *_sent_again(by_digest[copy.sha256], version, valid))
            states.append(replace(
                plain, version=version.number, beside=beside, notes=notes,
                why=_why(state, copy, by_digest, beside),
                difference=known if copy is version.head else None,
            ))  # fmt: skip
        before = version.head.sha256
    return states


def _place(version: Version, copy: Copy, valid: Sequence[Version]) -> tuple[State, tuple[str, ...]]:
    """The copy's state, and the digests it stands against."""
    if copy.out:
        return State.EXCLUDED, ()
    if copy is not version.head:
        return State.DUPLICATE, (version.head.sha256,)
    others = tuple(other.head.sha256 for other in valid if other is not version)
    if version not in valid:
        return State.SUPERSEDED, others
    return (State.CONFLICT, others) if others else (State.LATEST, ())


def _why(state: State, copy: Copy, files: Mapping[str, Graded], beside: tuple[str, ...]) -> str:
    """The sentence for a state that wants one."""
    if state is State.LATEST:
        return ""
    if state is State.EXCLUDED:
        return say(f"collecting.why.{files[copy.sha256].decided}")
    names = say("message.joint").join(files[digest].receipts[0].name for digest in beside)
    return say(f"collecting.why.{state}", names=names)


def _sent_again(graded: Graded, version: Version, valid: Sequence[Version]) -> tuple[str, ...]:
    """A note when an old version came again after the valid one: was it meant to go back?"""
    newest = max((v.came for v in valid if v.came), default=None)
    last = max((m for receipt in graded.receipts if (m := receipt.moment)), default=None)
    if version in valid or newest is None or last is None or last <= newest:
        return ()
    return (say("collecting.note.again"),)


# ---------------------------------------------------------------- refused files
def _where(receipt: Receipt) -> tuple[str, str] | None:
    """The place in a folder where a later file may replace it; messages are never replaced."""
    if receipt.via != "folder" or receipt.path:
        return None
    return receipt.source, receipt.key.split("|")[0]


def _instead(graded: Graded, places: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[str, ...]:
    """Digests of what stands in the file's places now; empty while it still has one itself."""
    stood = [places[where][1] for each in graded.receipts if (where := _where(each))]
    gone = stood and len(stood) == len(graded.receipts) and graded.sha256 not in stood
    return tuple(dict.fromkeys(stood)) if gone else ()


def _refused_state(graded: Graded, places: Mapping[tuple[str, str], tuple[str, str]]) -> FileState:
    reason = graded.judgement.reason
    if graded.out:
        plain = _plain(graded, State.EXCLUDED)
        return replace(plain, why=say(f"collecting.why.{graded.decided}"))
    if reason == Reason.NOT_A_REPORT:
        return _plain(graded, State.ASIDE)
    if instead := _instead(graded, places):
        return replace(_plain(graded, State.REPLACED), beside=instead)
    return _plain(graded, State.STRAY if reason in UNCLAIMED else State.REFUSED)

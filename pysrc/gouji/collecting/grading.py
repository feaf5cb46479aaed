"""Grades for files: read once, judged by the round as it is, judged again when that changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from gouji import __version__
from gouji.collecting import facts as found
from gouji.collecting import judging
from gouji.collecting.facts import Facts, facts_of, figures_digest
from gouji.collecting.judging import Evidence, Judge, Judgement
from gouji.collecting.standings import Picture, arrivals
from gouji.gate import Content, Refused
from gouji.ledger.events import Event, Kind
from gouji.ledger.receipts import Receipt, stamped
from gouji.ledger.records import Records, in_order
from gouji.roster import normalised
from gouji.roster_file import read_roster
from gouji.round import Round

BATCH = 50  #: files graded between two transactions


@dataclass
class Grader:
    """Grades the files of one round. ``at`` is the moment its events bear."""

    round: Round
    records: Records
    at: datetime
    notes: tuple[str, ...] = ()  #: what was odd about last year's files, when they were read
    _new: dict[str, bool] = field(default_factory=dict)

    # ---------------------------------------------------------------- what has been graded
    @cached_property
    def _before(self) -> dict[str, bool]:
        """Digest → True when it was read, False when unpacking had refused it."""
        grades = self.records.ledger.grades()
        return {sha256: not event.detail.get("unread") for sha256, event in grades.items()}

    def knows(self, receipt: Receipt) -> bool:
        """True when this arrival needs no grade any more."""
        read = self._before.get(receipt.sha256)
        return read is not None and (read or bool(receipt.refused))

    def graded(self, content: Content, receipt: Receipt) -> Event:
        """The event of a file that came just now."""
        facts = refused_outside(receipt) if receipt.refused else facts_of(content)
        evidence = Evidence(frozenset(_senders([receipt])))
        self._before[receipt.sha256] = not receipt.refused
        return self._event(receipt.sha256, facts, evidence, unread=bool(receipt.refused))

    def _event(self, sha256: str, facts: Facts, evidence: Evidence, unread: bool) -> Event:
        judgement = self._judge.judge(facts, evidence)
        return _grade_event(sha256, facts, judgement, self.at, unread)

    # ---------------------------------------------------------------- what it is judged by
    @cached_property
    def state(self) -> str:
        """A digest of everything a judgement rests on; no file but the roster is read for it."""
        round_ = self.round
        facts = (round_.year, round_.edition, round_.district, __version__)
        return _digest([self._last_year_state, *facts])

    @cached_property
    def _last_year_state(self) -> str:
        files = []
        if self.round.earlier.is_dir():
            for path in sorted(self.round.earlier.iterdir()):
                stat = path.stat()
                files.append((path.name, stat.st_size, stat.st_mtime_ns))
        roster = self.round.roster_file
        units = hashlib.sha256(roster.read_bytes()).hexdigest() if roster.is_file() else ""
        return _digest([self.round.year, self.round.last_year, files, units])

    @cached_property
    def _judge(self) -> Judge:
        roster = read_roster(self.round.roster_file)
        return Judge(self.round, roster, self._last_year())

    def _last_year(self) -> dict[str, str]:
        """Unit → digest of what it reported last year; read again only when files changed."""
        known = self.records.ledger.last(Kind.LAST_YEAR)
        if known is not None and known.detail["state"] == self._last_year_state:
            return dict(known.detail["figures"])
        figures, self.notes = _figures(self.round)
        detail = {"state": self._last_year_state, "figures": figures}
        self.records.ledger.add([Event(Kind.LAST_YEAR, stamped(self.at), detail=detail)])
        return figures

    # ---------------------------------------------------------------- the rest
    def complete(self) -> set[str]:
        """Grade from the archive what has no grade yet, or may be readable now; gives the digests.

        Raises RoundError, RosterError, OSError.
        """
        grades = self.records.ledger.grades()
        done: set[str] = set()
        events: list[Event] = []
        for sha256, receipts in arrivals(self.records.ledger).items():
            grade = grades.get(sha256)
            readable = any(not receipt.refused for receipt in receipts)
            if grade is None or (readable and _worth_another_look(grade)):
                facts = self._archived(sha256, receipts)
                evidence = Evidence(frozenset(_senders(receipts)))
                events.append(self._event(sha256, facts, evidence, unread=not readable))
                done.add(sha256)
            if len(events) == BATCH:
                self.records.ledger.add(events)
                events.clear()
        self.records.ledger.add(events)
        return done

    def _archived(self, sha256: str, receipts: Sequence[Receipt]) -> Facts:
        first = next((receipt for receipt in receipts if not receipt.refused), None)
        if first is None:
            return refused_outside(receipts[0])
        try:
            data = self.records.archive.read(sha256)
        except Refused as refused:
            return Facts(reason=str(refused.reason), why=refused.message)
        return facts_of(Content(first.name, data, sha256))

    def judge_again(self, seen: Picture) -> set[str]:
        """Judge every file by the round as it is now; gives the digests whose grade changed."""
        assigned = {
            event.sha256: event.unit
            for event in in_order(self.records.ledger.decisions())
            if event.kind is Kind.ASSIGNED
        }
        events = []
        for sha256, graded in seen.files.items():
            facts = graded.facts
            if unread := all(receipt.refused for receipt in graded.receipts):
                facts = refused_outside(graded.receipts[0])
            evidence = Evidence(
                frozenset(_senders(graded.receipts)),
                assigned.get(sha256, ""),
                graded.decided is Kind.READMITTED,
            )
            judgement = self._judge.judge(facts, evidence)
            if (facts, judgement) != (graded.facts, graded.judgement):
                events.append(_grade_event(sha256, facts, judgement, self.at, unread))
        self.records.ledger.add(events)
        return {event.sha256 for event in events}


def _worth_another_look(grade: Event) -> bool:
    """Unpacking had refused it elsewhere, or an older program, which knew fewer kinds of files."""
    detail = grade.detail
    return bool(detail.get("unread") or (detail.get("reason") and detail["program"] != __version__))


def _grade_event(
    sha256: str, facts: Facts, judgement: Judgement, at: datetime, unread: bool
) -> Event:
    detail: dict[str, Any] = {**found.to_json(facts), **judging.to_json(judgement)}
    detail["program"] = __version__
    if unread:
        detail["unread"] = True
    return Event(Kind.GRADED, stamped(at), sha256, judgement.unit, detail)


def refused_outside(receipt: Receipt) -> Facts:
    """The facts of a file that unpacking refused, or that is no report at all."""
    return Facts(reason=receipt.refused, why=receipt.why)


def _senders(receipts: Iterable[Receipt]) -> set[str]:
    return {normalised(receipt.sender) for receipt in receipts if receipt.sender}


def _figures(round_: Round) -> tuple[dict[str, str], tuple[str, ...]]:
    """Last year's figures by unit, as they are compared, and what was odd about the files.

    A last year that cannot be told (two district workbooks) must not stop what comes in.
    """
    from gouji.round_last_year import last_year_of
    from gouji.unusable import UnusableCall

    roster = read_roster(round_.roster_file)
    try:
        last, notes = last_year_of(round_, roster)
    except UnusableCall as problem:
        return {}, (str(problem),)
    if last is None:
        return {}, notes
    reported = {
        normalised(unit.name): last.units.get(normalised(unit.name)) for unit in roster.units
    }
    figures = {name: figures_digest(each) for name, each in reported.items() if each is not None}
    return figures, notes


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data).encode("ascii")).hexdigest()

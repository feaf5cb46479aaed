"""Many submissions → one district: who counts and why, exact sums, and a proof of them.

Nothing is guessed: a file that cannot be attributed, or contradicts another of the same unit, is
held out and listed with its reason. The order of the files never matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from gouji.edits import Confrontation
from gouji.model import (
    Form,
    Number,
    Submission,
    Unit,
    Verdict,
)
from gouji.rollup_entry import Entry, Standing, Unreadable
from gouji.rollup_sums import Proof, UnreadCell, exact_totals, proved, unread_cells
from gouji.rollup_versions import Files
from gouji.roster import Match, Roster, normalised
from gouji.rule_book import AS_DECLARED, RuleBook
from gouji.wording import say

__all__ = ["Entry", "RollUp", "Standing", "Unreadable", "roll_up", "to_json"]


@dataclass(frozen=True)
class RollUp:
    """A district's sums with everything behind them. ``totals`` holds every item of the form."""

    edition: str
    year: int
    district: str
    level: str
    entries: tuple[Entry, ...]
    unreadable: tuple[Unreadable, ...]
    missing: tuple[Unit, ...]
    totals: Mapping[str, Number]
    proof: Proof
    unread: tuple[UnreadCell, ...] = ()  #: counted cells in which no number could be found
    roster: Roster | None = None
    unused_names: tuple[str, ...] = field(default=())  #: names to let in that fit no file
    own: Confrontation | None = None  #: the district's own sums against the rules
    rules: RuleBook = AS_DECLARED  #: what the round switched and added

    @property
    def counted(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.counts)

    @property
    def complete(self) -> bool:
        """True when nothing is left to chase: every unit and file is in and the sums stand."""
        settled = all(entry.settled for entry in self.entries)
        sound = self.own is None or self.own.verdict is not Verdict.ERRORS
        proved = self.proof.cells == self.proof.agree
        open_ends = self.missing or self.unreadable or self.unused_names
        return settled and sound and proved and not open_ends

    def as_submission(self) -> Submission:
        """The district as a submission to the next tier, its units as children."""
        return Submission(
            unit=self.district,
            year=self.year,
            edition=self.edition,
            values=dict(self.totals),
            level=self.level,
            children=tuple(entry.submission for entry in self.counted),
        )


def roll_up(
    form: Form,
    submissions: Sequence[Submission],
    confrontations: Sequence[Confrontation],
    *,
    roster: Roster | None,
    let_in: Collection[str] = (),
    district: str,
    year: int,
    level: str,
    unreadable: Iterable[Unreadable] = (),
    order: Mapping[str, int] | None = None,
    held: Mapping[str, str] | None = None,
) -> RollUp:
    """Add up what counts. ``let_in`` names units, files or digests (8 characters or more).

    A named unit counts although a hard rule fails; a named file also decides between several
    different files of one unit. So does ``order``: digest → rank of a version, the later the
    greater. ``held``: digest → why that file must not count, whatever it says.
    """
    pairs = zip(submissions, confrontations, strict=True)
    attributed = (_attributed(s, c, form, year, roster) for s, c in pairs)
    cases = sorted((_held_out(case, held or {}) for case in attributed), key=_order)
    settled: list[Entry] = [case for case in cases if case.standing is not Standing.COUNTED]
    rest = [case for case in cases if case.standing is Standing.COUNTED]
    for _, group in groupby(rest, key=lambda case: normalised(case.unit)):
        settled += Files(form, list(group), let_in, order or {}).settled()
    entries = tuple(sorted(_without_contained(settled), key=_order))
    counted = [entry.submission for entry in entries if entry.counts]
    totals = exact_totals(form, counted)
    return RollUp(
        edition=form.id,
        year=year,
        district=district,
        level=level,
        entries=entries,
        unreadable=tuple(sorted(unreadable, key=lambda entry: (entry.file, entry.why))),
        missing=_missing(roster, entries),
        totals=totals,
        proof=proved(form, counted, totals),
        unread=tuple(unread_cells(form, ((e.unit, e.submission) for e in entries if e.counts))),
        roster=roster,
        unused_names=tuple(sorted(set(_unused(let_in, entries)))),
    )


def _order(entry: Entry) -> tuple[str, ...]:
    submission = entry.submission
    return normalised(entry.unit), entry.unit, submission.sha256, submission.file


def _attributed(
    submission: Submission,
    confrontation: Confrontation,
    form: Form,
    year: int,
    roster: Roster | None,
) -> Entry:
    """The file with its unit; COUNTED stands for “nothing speaks against it so far”."""
    match = _unit_of(submission, roster)
    name = match.unit.name.strip() if match.unit else submission.unit.strip()
    standing, why = Standing.COUNTED, ""
    if submission.edition != form.id:
        standing = Standing.OTHER_EDITION
        why = say("rollup.why.other_edition", found=submission.edition, edition=form.id)
    elif submission.year is None:
        standing, why = Standing.OTHER_YEAR, say("rollup.why.no_year", year=year)
    elif submission.year != year:
        standing = Standing.OTHER_YEAR
        why = say("rollup.why.other_year", found=submission.year, year=year)
    elif not name:
        standing, why = Standing.NO_UNIT, say("rollup.why.no_unit")
    elif match.unit is None:
        standing, why = Standing.UNKNOWN, match.why
    return Entry(submission, confrontation, name, standing, why)


def _held_out(entry: Entry, held: Mapping[str, str]) -> Entry:
    why = held.get(entry.submission.sha256)
    if why is None or entry.standing is not Standing.COUNTED:
        return entry
    return replace(entry, standing=Standing.REFUSED, why=why)


def _unit_of(submission: Submission, roster: Roster | None) -> Match:
    if roster is None:
        return Match(Unit(submission.unit.strip()))
    return roster.match(submission.unit, submission.code)


def _without_contained(entries: list[Entry]) -> Iterator[Entry]:
    """A file that a counted district workbook already holds is not counted again."""
    holders = {
        digest: entry
        for entry in entries
        if entry.counts
        for digest in _digests(entry.submission.children)
    }
    for entry in entries:
        holder = holders.get(entry.submission.sha256)
        if entry.counts and holder and holder is not entry:
            why = say("rollup.why.contained", unit=holder.unit, file=holder.shown)
            entry = replace(entry, standing=Standing.DUPLICATE, why=why)
        yield entry


def _digests(children: Iterable[Submission]) -> Iterator[str]:
    for child in children:
        if child.sha256:
            yield child.sha256
        yield from _digests(child.children)


# ------------------------------------------------------------------ names to let in, missing
def _unused(let_in: Collection[str], entries: Sequence[Entry]) -> Iterator[str]:
    for name in let_in:
        if not any(entry.is_of(name) or entry.is_called(name) for entry in entries):
            yield name


def _missing(roster: Roster | None, entries: Iterable[Entry]) -> tuple[Unit, ...]:
    """Units of the roster of which nothing arrived, in the roster's order."""
    if roster is None:
        return ()
    heard = {
        normalised(entry.unit)
        for entry in entries
        if entry.standing not in (Standing.UNKNOWN, Standing.NO_UNIT)
    }
    return tuple(unit for unit in roster.units if normalised(unit.name) not in heard)


# ------------------------------------------------------------------ JSON
def to_json(rollup: RollUp) -> dict[str, Any]:
    """The compile JSON; amounts stay exact as Decimal, for an encoder that writes them as is."""
    return {
        "edition": rollup.edition,
        "year": rollup.year,
        "district": rollup.district,
        "level": rollup.level,
        "totals": dict(rollup.totals),
        "units": [_unit_json(entry) for entry in rollup.entries],
        "missing": [unit.name for unit in rollup.missing],
        "excluded": [*_excluded(rollup)],
        "unread": [
            {"unit": cell.unit, "item": cell.code, "text": cell.text} for cell in rollup.unread
        ],
        "proof": {
            "cells": rollup.proof.cells,
            "agree": rollup.proof.agree,
            "differences": [
                {"item": d.code, "first": d.first, "second": d.second}
                for d in rollup.proof.differences
            ],
        },
    }


def _unit_json(entry: Entry) -> dict[str, Any]:
    submission, confrontation = entry.submission, entry.confrontation
    return {
        "unit": entry.unit,
        "code": submission.code,
        "file": submission.file,
        "sha256": submission.sha256,
        "status": str(entry.standing),
        "verdict": str(confrontation.verdict),
        "failed": confrontation.failed,
        "why": entry.why,
    }


def _excluded(rollup: RollUp) -> Iterator[dict[str, Any]]:
    for entry in rollup.entries:
        if not entry.counts:
            yield {
                "file": entry.submission.file,
                "unit": entry.unit,
                "status": str(entry.standing),
                "why": entry.why,
            }
    for refused in rollup.unreadable:
        yield {"file": refused.file, "unit": "", "status": "unreadable", "why": refused.why}

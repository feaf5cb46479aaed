"""Next year's round out of this year's: units, office, mailbox and everybody's own figures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gouji import editions
from gouji.actions import read_one
from gouji.model import Form, Submission
from gouji.publishing import latest_version, version_of
from gouji.roster import Roster, normalised
from gouji.roster_file import read_roster
from gouji.roster_heirs import Change, Step, changes
from gouji.round import Post, Round
from gouji.round_actions import new_round, planned
from gouji.round_history import keep_years, read_history
from gouji.round_last_year import last_year_of
from gouji.rule_sheet import rules_file, rules_of
from gouji.unusable import UnusableCall
from gouji.wording import say

#: Mail that came before this month of the report year belongs to the round before.
FIRST_MONTH = 12


@dataclass(frozen=True, slots=True)
class NextRound:
    """The new round and what became of the old one's parts.

    ``source`` is the district workbook taken over; ``years`` are those whose totals are known;
    ``earlier`` is the edition before when it is another one. ``notes`` are Chinese sentences.
    """

    round: Round
    source: Path
    steps: tuple[Step, ...]
    years: tuple[int, ...]
    earlier: Form | None
    notes: tuple[str, ...]


def next_round(
    folder: Path, before: Round, *, year: int | None = None, district: str = "", level: str = "",
    edition: str = "", deadline: date | None = None, roster: Path | None = None,
    console: bool = True,
) -> NextRound:  # fmt: skip
    """Make the round of the year after ``before`` in ``folder``, or complete one broken off.

    Without ``roster`` that of ``before`` goes on. Raises UnusableCall, RosterError, RoundError,
    OSError.
    """
    year = year or before.year + 1
    if year != before.year + 1:
        raise UnusableCall(say("next.not_after", year=year, before=before.year))
    wanted = planned(
        folder, year=year, district=district or before.district, level=level or before.level,
        edition=edition or _edition(before, year), deadline=deadline,
    )  # fmt: skip
    source = final_book(before)
    if roster is None:
        roster = wanted.roster_file if wanted.roster_file.is_file() else before.roster_file
    old_units, new_units = read_roster(before.roster_file), read_roster(roster)
    whole = _whole(source, before.year)
    history = list(_years(before, whole))
    made = new_round(replace(wanted, post=_post(before, wanted)), roster, source, console=console)
    known = keep_years(made, history)
    old = editions.load(before.edition)
    return NextRound(
        made, source, changes(old_units, new_units), tuple(each.year or 0 for each in known),
        old if old.id != made.edition else None, tuple(_notes(before, made, old_units, whole)),
    )  # fmt: skip


def _edition(before: Round, year: int) -> str:
    """The edition of the same form that serves the year; the same one when there is none."""
    form = editions.for_year(year, like=editions.load(before.edition))
    return form.id if form else before.edition


def has_final_book(before: Round) -> bool:
    """True when there is a district workbook to go on from. Raises UnusableCall."""
    return before.book.is_file() or latest_version(before) is not None


def final_book(before: Round) -> Path:
    """The round's district workbook as published last. Raises UnusableCall when there is none."""
    if latest_version(before) is not None:
        return version_of(before).book_file
    if not before.book.is_file():
        raise UnusableCall(say("next.no_book", folder=before.folder, file=before.book.name))
    return before.book


def _whole(book: Path, year: int) -> Submission:
    """The workbook as read. Raises UnusableCall when it is no district workbook of that year."""
    whole = read_one(book)
    if not whole.children or whole.year != year:
        raise UnusableCall(say("next.no_district", file=book, year=year))
    return whole


def _years(before: Round, whole: Submission) -> Iterator[Submission]:
    """The year itself and all that it knows of earlier ones."""
    last, _ = last_year_of(before, read_roster(before.roster_file))
    if last is not None and last.whole:
        yield last.source
    yield from read_history(before)
    yield whole


# ---------------------------------------------------------------- mail and office
def _post(before: Round, wanted: Round) -> Post:
    """The same, with paths as they are from the new folder, and a mailbox without old mail."""
    post = before.post
    mailbox = post.mailbox
    if mailbox is not None:
        mailbox = replace(mailbox, since=date(wanted.year, FIRST_MONTH, 1))
    return replace(post, mailbox=mailbox, maildir=_seen_from(before, wanted))


def _seen_from(before: Round, wanted: Round) -> str:
    maildir = before.post.maildir
    if not maildir or Path(maildir).is_absolute():
        return maildir
    there = (before.folder / maildir).resolve()
    try:
        return os.path.relpath(there, wanted.folder.resolve())
    except ValueError:  # on another drive
        return str(there)


# ---------------------------------------------------------------- what is told
def _notes(before: Round, made: Round, units: Roster, whole: Submission) -> Iterator[str]:
    counted = {normalised(child.unit) for child in whole.children}
    absent = [unit.name.strip() for unit in units.units if normalised(unit.name) not in counted]
    if absent:
        names = say("message.joint").join(absent)
        yield say("next.not_counted", n=len(absent), units=names)
    version = latest_version(before)
    if version is None:
        yield say("next.not_published")
    elif before.book.is_file() and _differs(before.book, whole):
        yield say("next.published", name=version.name)
    if not rules_of(before, units, editions.load(before.edition)).empty:
        yield say("next.own_rules", file=rules_file(before.folder).name)
    if before.deadline and not made.deadline:
        yield say("next.no_deadline")
    if made.post.mailbox and made.post.mailbox.since:
        yield say("next.mail_since", day=made.post.mailbox.since.isoformat())


def _differs(book: Path, published: Submission) -> bool:
    """True when the workbook in the output folder adds up other files or figures."""
    now = read_one(book)
    sources = [{(child.unit, child.sha256) for child in each.children} for each in (now, published)]
    return now.values != published.values or sources[0] != sources[1]


def told(found: NextRound) -> Iterator[str]:
    """What was taken over and what changed, line by line."""
    yield say("next.source", file=found.source)
    moved = [step for step in found.steps if step.change is not Change.KEPT]
    kept = len(found.steps) - len(moved)
    yield say("next.units", kept=kept, changed=len(moved))
    for step in moved:
        names = say("message.joint").join(step.others)
        line = say(f"next.change.{step.change}", unit=step.unit, others=names)
        yield "  " + line + (say("next.perhaps", old=step.perhaps) if step.perhaps else "")
    if found.earlier:
        form = editions.load(found.round.edition)
        steps = form.predecessors.get(found.earlier.id, {})
        plain = sum(step.is_plain(code) for code, step in steps.items())
        none = sum(not step.codes for step in steps.values())
        yield say(
            "next.edition", old=found.earlier.basis, new=form.basis, plain=plain, none=none,
            redefined=len(steps) - plain - none, id=form.id,
        )  # fmt: skip
    years = say("message.joint").join(map(str, found.years))
    yield say("next.history", years=years)
    yield from found.notes

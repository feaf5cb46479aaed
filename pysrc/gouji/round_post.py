"""A round and the world outside: where mail comes from, what goes back, what the ledger notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gouji import explaining
from gouji.actions import Progress
from gouji.collecting import Source
from gouji.ledger.events import Kind
from gouji.ledger.records import opened
from gouji.returning import Returned, return_round
from gouji.returns.letter_text import Office, office_of
from gouji.returns.pack import RefusedCase
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_survey import Survey

_KINDS = {"returned": Kind.RETURNED, "refused": Kind.RETURNED, "reminded": Kind.REMINDED}


def sources_of(round_: Round) -> list[Source]:
    """The mailbox and the mail folder that the round's facts name. Raises MailError."""
    found: list[Source] = []
    if round_.post.maildir:
        from gouji.mail.sources import Maildir

        path = round_.folder / round_.post.maildir
        found.append(Maildir(path, round_.post.maildir))
    if round_.post.mailbox:
        from gouji.mail.imap import ImapMailbox

        found.append(ImapMailbox(round_.post.mailbox))
    return found


def record_explanations(seen: Survey, by: str = "") -> int:
    """Enter what is new about explanations; how many entries. Raises RoundError, OSError."""
    known = explaining.known_from(seen.files.decisions)
    if all(known.last.get(key) == each for key, each in seen.explanations.items()):
        return 0
    with opened(seen.round) as records:
        return explaining.record(records, known.last, seen.explanations, by)


def return_and_record(
    seen: Survey, today: date, progress: Progress | None = None, *, remind_only: bool = False
) -> Returned:
    """Write what goes back and the reminders, and enter in the ledger what is new of it.

    Raises UnusableCall, RosterError, RoundError, OSError.
    """
    round_ = seen.round
    done = return_round(
        round_, seen, today=today, refused=refused_cases(seen), office=_office(round_),
        remind_only=remind_only, progress=progress,
    )  # fmt: skip
    fresh = [one for one in done.sent if one.fresh]
    if fresh:
        with opened(round_) as records:
            for one in fresh:
                detail = {"hard": one.hard, "soft": one.soft, "version": one.version}
                unit = one.unit.name.strip()
                records.decide(_KINDS[one.kind], sha256=one.source, unit=unit, detail=detail)
    return done


def refused_cases(seen: Survey) -> Iterator[RefusedCase]:
    """Files that cannot be used, of units of the roster of which nothing better came."""
    roster = read_roster(seen.round.roster_file)
    for line in seen.units:
        unit = roster.find(line.unit)
        if line.refused and unit is not None:
            state = seen.files.by_digest[line.sha256]
            yield RefusedCase(unit, state.name, state.why or line.why, state.sha256)


def _office(round_: Round) -> Office:
    given = round_.post.office
    usual = office_of(round_.district, round_.level)
    return Office(
        given.get("name") or usual.name, given.get("contact", ""), given.get("phone", ""),
        given.get("email", ""),
    )  # fmt: skip

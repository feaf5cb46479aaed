"""The functions behind the console's buttons. Each takes a book and needs no xlwings to load.

A failure the user can mend ends as one sentence in a message box; all others propagate.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gouji import collecting, round_actions, round_compiling
from gouji.console_desk import Book, Desk, row_of
from gouji.console_lists import show_files, show_findings, show_units
from gouji.console_run import MENDABLE, Job, Stopped, carry_out, reason
from gouji.deciding import Decision, choice, decide
from gouji.ledger.events import Kind
from gouji.model import LEVELS
from gouji.returning import Returned
from gouji.rollup import RollUp
from gouji.roster_file import read_roster, write_roster
from gouji.round import Round, is_round
from gouji.round_actions import open_round, planned, received
from gouji.round_post import record_explanations, return_and_record, sources_of
from gouji.round_survey import Survey, summary, survey
from gouji.unusable import UnusableCall
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a button ended: a sentence, and whether it must not be overlooked."""

    text: str
    alert: bool = False


def new_round(book: Book) -> None:
    """Make the round that the front sheet describes in the console's folder, or complete it.

    With another year typed than this folder's, the next round gets a folder beside this one.
    """
    _press(book, "new_round", _new_round)


def issue(book: Book) -> None:
    """A named form for each unit of the roster."""
    _press(book, "issue", _issue)


def collect(book: Book) -> None:
    """Take in what lies in the inbox and the mailbox; say which units have reported."""
    _press(book, "collect", _collect)


def check_all(book: Book) -> None:
    """Confront every file with the rules; units and findings on their sheets."""
    _press(book, "check_all", _check_all)


def return_forms(book: Book) -> None:
    """Write what goes back to units and the reminders: marked workbooks, letters, drafts."""
    _press(book, "return_forms", _return_forms)


def compile_round(book: Book) -> None:
    """Write the district workbook."""
    _press(book, "compile_round", _compile_round)


def report(book: Book) -> None:
    """Write the district's annual report from its workbook."""
    _press(book, "report", _report)


def _press(book: Book, button: str, act: Callable[[Desk], Outcome]) -> None:
    """One click from its beginning to its sentence."""
    desk = Desk(book, say(f"button.{button}"))
    desk.begin()
    try:
        outcome = act(desk)
    except Stopped:
        outcome = Outcome(say("round.stopped"))
    except MENDABLE as problem:
        outcome = Outcome(reason(problem), alert=True)
    desk.end(outcome.text, outcome.alert)


# ---------------------------------------------------------------- the round
def _new_round(desk: Desk) -> Outcome:
    there = open_round(desk.folder) if is_round(desk.folder) else None
    if there is None:
        return _first_round(desk)
    year = _year(desk.fact("year")) if desk.fact("year") else there.year
    if year != there.year:
        return _next_round(desk, there, year)
    made = carry_out(desk, lambda job: round_actions.new_round(there, console=False))
    return _shown(desk, made, say("console.same_round", folder=made.folder))


def _first_round(desk: Desk) -> Outcome:
    wanted = planned(
        desk.folder, year=_year(desk.fact("year")), district=desk.fact("district"),
        level=_level(desk.fact("level")), deadline=_date(desk.fact("deadline")),
    )  # fmt: skip
    roster = _path(desk, "roster", wanted.roster_file)
    if not roster.exists() and roster == wanted.roster_file:
        write_roster(roster)
        return Outcome(say("console.roster_to_fill", file=roster), alert=True)
    last = _path(desk, "last_year", None) if desk.fact("last_year") else None
    made = carry_out(desk, lambda job: round_actions.new_round(wanted, roster, last, console=False))
    return _shown(desk, made, say("console.new_round", folder=made.folder))


def _next_round(desk: Desk, there: Round, year: int) -> Outcome:
    """The round of another year, with this one's roster and, if it follows, its sums."""
    name = say("console.round_folder", district=there.district, year=year)
    # The deadline on the sheet is the old one unless somebody typed another.
    typed = _date(desk.fact("deadline"))
    wanted = planned(
        there.folder.parent / name, year=year, district=there.district, level=there.level,
        deadline=typed if typed != there.deadline else None,
    )  # fmt: skip
    made = carry_out(desk, lambda job: _made_after(there, wanted, job))
    desk.show_facts(there)
    return Outcome(say("console.next_round", file=made.console), alert=True)


def _made_after(there: Round, wanted: Round, job: Job) -> Round:
    from gouji import round_next

    if wanted.year != there.year + 1 or not round_next.has_final_book(there):
        return round_actions.new_round(wanted, there.roster_file)
    found = round_next.next_round(wanted.folder, there, deadline=wanted.deadline)
    for line in round_next.told(found):
        job.log(line)
    return found.round


def _shown(desk: Desk, round_: Round, text: str) -> Outcome:
    desk.show_facts(round_)
    units = read_roster(round_.roster_file).units
    if not received(round_):
        missing = say("round.state.missing")
        rows = [
            row_of("units", {"number": n, "unit": unit.name, "state": missing})
            for n, unit in enumerate(units, start=1)
        ]
        desk.show_list("units", rows, [])
    return Outcome(text)


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text):
        raise UnusableCall(say("console.no_year", given=text))
    return int(text)


def _level(word: str) -> str:
    """The level's key; an unknown word stays, for the complaint about it."""
    return next((level for level in LEVELS if say(f"level.{level}") == word), word)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UnusableCall(say("round.bad_deadline", given=text)) from error


def _path(desk: Desk, field: str, default: Path | None) -> Path:
    text = desk.fact(field).strip('"')
    return desk.folder / text if text or default is None else default


# ---------------------------------------------------------------- forms out, forms in
def _issue(desk: Desk) -> Outcome:
    round_ = open_round(desk.folder)
    units = len(read_roster(round_.roster_file).units)

    def work(job: Job) -> Outcome:
        job.files = units
        done = round_actions.issue(round_, job.file)
        for form in done.forms:
            word = say(f"round.issued.{form.outcome}")
            job.log(say("console.issued_one", outcome=word, file=form.file.name))
        for note in done.notes:
            job.log(say("survey.note", note=note))
        counts = {kind: len(done.of(kind)) for kind in ("written", "renewed", "current", "kept")}
        known = sum(form.prefilled for form in done.forms)
        return Outcome(say("console.issued", folder=round_.issued, known=known, **counts))

    return carry_out(desk, work)


def _collect(desk: Desk) -> Outcome:
    seen = _surveyed(desk, mail=True)
    return Outcome(say("console.collected", summary=_told(seen), folder=seen.round.inbox))


def _check_all(desk: Desk) -> Outcome:
    seen = _surveyed(desk)
    hard, soft = show_findings(desk, seen)
    return Outcome(say("console.checked", summary=_told(seen), hard=hard, soft=soft))


def _return_forms(desk: Desk) -> Outcome:
    seen = _surveyed(desk)
    show_findings(desk, seen)

    def work(job: Job) -> Returned:
        job.files = sum(line.state in ("missing", "returned", "received") for line in seen.units)
        done = return_and_record(seen, date.today(), job.file)
        for one in done.sent:
            word = say(f"returned.kind.{one.kind}")
            where = one.files[0].parent.name if one.files else "；".join(one.notes)
            job.log(say("console.sent_one", kind=word, unit=one.unit.name.strip(), where=where))
        return done

    done = carry_out(desk, work)
    counts = {kind: len(done.of(kind)) for kind in ("returned", "refused", "reminded", "held")}
    if not done.sent:
        return Outcome(say("returned.nothing"))
    return Outcome(say("console.returned", folder=seen.round.folder, **counts))


def _compile_round(desk: Desk) -> Outcome:
    seen = _surveyed(desk)
    show_findings(desk, seen)
    round_ = seen.round

    def work(job: Job) -> RollUp:
        job.files = len(seen.files.states)
        return round_compiling.compile_round(round_, progress=job.file)

    rolled = carry_out(desk, work)
    return Outcome(say(
        "console.compiled", file=round_.book, n=len(rolled.counted), cells=rolled.proof.cells,
        agree=rolled.proof.agree, summary=_told(seen),
    ))  # fmt: skip


def _report(desk: Desk) -> Outcome:
    from gouji import report_making  # late: no other click needs a writer of documents

    round_ = open_round(desk.folder)

    def work(job: Job) -> list[report_making.Made]:
        job.doing(say("console.reporting"))
        return report_making.make_for_round(round_)

    made = carry_out(desk, work)
    for one in made:
        for line in report_making.told(one):
            desk.log(line)
        desk.link(one.file)
    first = made[0]
    names = say("message.joint").join(one.file.name for one in made)
    queries = say("console.report_queries", n=len(first.queries)) if first.queries else ""
    return Outcome(say("console.reported", files=names, queries=queries), bool(first.queries))


def _told(seen: Survey) -> str:
    """Where the units stand, and whether what was published still holds."""
    from gouji.publishing import standing

    return summary(seen) + standing.told(seen.round, seen.entries.values())


def _surveyed(desk: Desk, mail: bool = False) -> Survey:
    """Enter what was decided and explained on the lists, collect, and show where all stands."""
    round_ = open_round(desk.folder)
    typed, decisions = desk.typed(), _decisions(desk)

    def work(job: Job) -> Survey:
        if decisions:
            collecting.collect(round_)  # they may be about a file that was never entered
            decide(round_, decisions)
        if mail:
            _from_mail(round_, job)
        job.files = len(received(round_))
        seen = survey(round_, typed, job.file)
        record_explanations(seen)
        return seen

    seen = carry_out(desk, work)
    for note in seen.notes:
        desk.log(say("survey.note", note=note))
    show_units(desk, seen)
    show_files(desk, seen)
    return seen


def _decisions(desk: Desk) -> list[Decision]:
    """What is typed in the list of files. Raises UnusableCall for a word that is none."""
    found: list[Decision] = []
    for digest, word, unit in desk.decisions():
        kind = choice(word)
        if word and kind is None:
            raise UnusableCall(say("decide.no_choice", word=word))
        if unit:
            found.append(Decision(digest, Kind.ASSIGNED, unit))
        if kind:
            found.append(Decision(digest, kind))
    return found


def _from_mail(round_: Round, job: Job) -> None:
    for source in sources_of(round_):
        job.doing(say("console.from_mail", source=source.name))
        collecting.collect(round_, [source], job.file)

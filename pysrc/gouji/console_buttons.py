"""The functions behind the console's buttons. Each takes a book and needs no xlwings to load.

A failure the user can mend ends as one sentence in a message box; all others propagate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gouji import round_actions
from gouji.actions import UnusableCall
from gouji.console_book import FIRST_ROW, column
from gouji.console_desk import Book, Cell, Desk, Link, link_to, row_of
from gouji.console_run import MENDABLE, Job, Stopped, carry_out, reason
from gouji.model import LEVELS, Finding, Severity
from gouji.rollup import RollUp
from gouji.roster_file import read_roster, write_roster
from gouji.round import Round, is_round
from gouji.round_actions import open_round, planned, received
from gouji.round_survey import Line, Survey, summary, survey
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
    """Read the inbox and say which units have reported."""
    _press(book, "collect", _collect)


def check_all(book: Book) -> None:
    """Confront every file with the rules; units and findings on their sheets."""
    _press(book, "check_all", _check_all)


def return_forms(book: Book) -> None:
    """Name the units to be written to; letters come with a later version."""
    _press(book, "return_forms", _return_forms)


def compile_round(book: Book) -> None:
    """Write the district workbook."""
    _press(book, "compile_round", _compile_round)


def report(book: Book) -> None:
    """Not there yet; says so."""
    _press(book, "report", lambda desk: Outcome(say("console.no_report"), alert=True))


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
    last = there.book if year == there.year + 1 and there.book.is_file() else None
    made = carry_out(desk, lambda job: round_actions.new_round(wanted, there.roster_file, last))
    desk.show_facts(there)
    return Outcome(say("console.next_round", file=made.console), alert=True)


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
    seen = _surveyed(desk)
    _show_units(desk, seen)
    return Outcome(say("console.collected", summary=summary(seen), folder=seen.round.inbox))


def _check_all(desk: Desk) -> Outcome:
    seen = _surveyed(desk)
    _show_units(desk, seen)
    hard, soft = _show_findings(desk, seen)
    return Outcome(say("console.checked", summary=summary(seen), hard=hard, soft=soft))


def _return_forms(desk: Desk) -> Outcome:
    seen = _surveyed(desk)
    _show_units(desk, seen)
    joint = say("message.joint")
    names = {
        state: joint.join(line.unit for line in seen.units if line.state == state)
        for state in ("returned", "missing")
    }
    for state, units in names.items():
        if units:
            desk.log(say(f"console.to_{state}", names=units))
    counts = seen.counts
    text = say("console.no_letters", returned=counts["returned"], missing=counts["missing"])
    return Outcome(text, alert=True)


def _compile_round(desk: Desk) -> Outcome:
    round_ = open_round(desk.folder)
    explained = desk.explained()

    def work(job: Job) -> tuple[RollUp, Survey]:
        job.files = len(received(round_)) * 2  # once to add up, once to say where the units stand
        rolled = round_actions.compile_round(round_, progress=job.file)
        return rolled, survey(round_, explained, job.file)

    rolled, seen = carry_out(desk, work)
    _show_units(desk, seen)
    _show_findings(desk, seen)
    return Outcome(say(
        "console.compiled", file=round_.book, n=len(rolled.counted), cells=rolled.proof.cells,
        agree=rolled.proof.agree, summary=summary(seen),
    ))  # fmt: skip


def _surveyed(desk: Desk) -> Survey:
    round_ = open_round(desk.folder)
    explained = desk.explained()

    def work(job: Job) -> Survey:
        job.files = len(received(round_))
        return survey(round_, explained, job.file)

    seen = carry_out(desk, work)
    for note in seen.notes:
        desk.log(say("survey.note", note=note))
    return seen


# ---------------------------------------------------------------- lists
def _show_units(desk: Desk, seen: Survey) -> None:
    rows: list[list[Cell]] = []
    links: list[Link] = []
    for row, line in enumerate(seen.lines, start=FIRST_ROW):
        file = Path(line.file).name
        known = line.confrontation is not None
        rows.append(row_of("units", {
            "number": row - FIRST_ROW + 1, "unit": line.unit or say("screen.no_unit"),
            "state": say(f"round.state.{line.state}"), "file": file,
            "hard": line.count(Severity.HARD) if known else None,
            "soft": line.count(Severity.SOFT) if known else None,
            "received": line.received, "why": line.why,
        }))  # fmt: skip
        if file:
            links.append((row, column("units", "file"), link_to(line.file), file))
    desk.show_list("units", rows, links)


def _show_findings(desk: Desk, seen: Survey) -> tuple[int, int]:
    """Write the list of findings, explanations kept; how many are hard and how many soft."""
    explained = desk.explained()
    rows: list[list[Cell]] = []
    links: list[Link] = []
    found = list(_findings(seen))
    for row, (line, finding) in enumerate(found, start=FIRST_ROW):
        place = finding.cells[0] if finding.cells else ""
        shown = place or Path(line.file).name
        if len(finding.cells) > 1:
            shown = say("message.and_more", text=shown, n=len(finding.cells))
        rows.append(row_of("findings", {
            "number": row - FIRST_ROW + 1, "unit": line.unit,
            "severity": say(f"severity.{finding.severity}"), "rule": finding.rule,
            "place": shown, "message": finding.message,
            "explanation": explained.get((line.unit, finding.rule, finding.message)),
        }))  # fmt: skip
        if line.file:
            links.append((row, column("findings", "place"), link_to(line.file, place), shown))
    desk.show_list("findings", rows, links)
    hard = sum(finding.severity is Severity.HARD for _, finding in found)
    return hard, len(found) - hard


def _findings(seen: Survey) -> Iterator[tuple[Line, Finding]]:
    for line in seen.lines:
        for finding in line.failed:
            yield line, finding

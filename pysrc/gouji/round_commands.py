"""The commands of a round: new, issue, status, and check and compile of a round folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from gouji import editions, round_actions, round_compiling, round_survey
from gouji.commands import (
    Unusable,
    moment,
    print_json,
    progress,
    say_lines,
    show_checked,
    show_compiled,
)
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_last_year import last_year_of
from gouji.unusable import UnusableCall
from gouji.wording import say


def _new(options: argparse.Namespace) -> int:
    from gouji import chain_commands  # late: checking a file need not wait for it

    if options.before is not None:
        return chain_commands.new_from(options, _date(options.deadline))
    for option in ("year", "district"):
        if not getattr(options, option):
            raise Unusable(say("cli.new.needs", option=f"--{option}"))
    wanted = round_actions.planned(
        options.folder, year=options.year, district=options.district, level=options.level,
        edition=options.edition, deadline=_date(options.deadline),
    )  # fmt: skip
    made = round_actions.new_round(wanted, options.roster, options.last_year)
    chain_commands.add_years(made, options.earlier)
    show_new(made, options.json)
    return 0


def show_new(made: Round, as_json: bool, **more: object) -> None:
    """Say that a round was made."""
    units = read_roster(made.roster_file).units
    if as_json:
        print_json({
            "folder": str(made.folder), "year": made.year, "district": made.district,
            "level": made.level, "edition": made.edition, "units": len(units),
            "console": str(made.console), **more,
        })  # fmt: skip
    else:
        print(say(
            "cli.new.done", district=made.district, year=made.year, units=len(units),
            basis=editions.load(made.edition).basis, folder=made.folder, console=made.console,
        ))  # fmt: skip


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Unusable(say("round.bad_deadline", given=text)) from error


def _issue(options: argparse.Namespace) -> int:
    round_ = round_actions.open_round(options.folder)
    units = read_roster(round_.roster_file).units
    done = round_actions.issue(round_, progress([Path(unit.name) for unit in units]))
    if options.json:
        print_json({
            "folder": str(round_.issued),
            "forms": [
                {"unit": form.unit.name, "file": str(form.file), "outcome": form.outcome,
                 "prefilled": form.prefilled}
                for form in done.forms
            ],
            "notes": list(done.notes),
        })  # fmt: skip
        return 0
    for form in done.forms:
        if form.outcome != "current":
            word = say(f"round.issued.{form.outcome}")
            print(say("cli.issue.line", outcome=word, file=form.file.name))
    _show_notes(done.notes)
    counts = {kind: len(done.of(kind)) for kind in ("written", "renewed", "current", "kept")}
    known = sum(form.prefilled for form in done.forms)
    print(say("cli.issue.done", folder=round_.issued, inbox=round_.inbox, known=known, **counts))
    return 0


def _status(options: argparse.Namespace) -> int:
    from gouji.console_typed import read_typed
    from gouji.publish_commands import publication_json
    from gouji.publishing import publication_of

    round_ = round_actions.open_round(options.folder)
    files = round_actions.received(round_)
    typed = read_typed(round_.consoles)
    seen = round_survey.survey(round_, typed, progress(files))
    try:
        published = publication_of(round_, seen.entries.values())
    except UnusableCall as problem:  # what was published was touched; the round stands all the same
        published = None
        print(str(problem), file=sys.stderr)
    if options.json:
        print_json(round_survey.to_json(seen) | {"published": publication_json(published)})
    else:
        say_lines(round_survey.told(seen))
        say_lines([published.sentence] if published else [])
    return 0 if seen.settled else 1


def check(options: argparse.Namespace) -> int:
    """``check`` of a round folder: its inbox, against its own last year unless one is given."""
    if options.fixed:
        raise Unusable(say("cli.check.fixed_one"))
    round_ = round_actions.open_round(options.files[0])
    files = round_actions.received(round_)
    checked, notes = round_compiling.check_round(round_, options.last_year, progress(files))
    _show_notes(notes)
    return show_checked(checked, options.json)


def compile_(options: argparse.Namespace) -> int:
    """``compile`` of a round folder, by its own roster, year, district and level."""
    for option in ("roster", "district", "year", "level"):
        if getattr(options, option):
            raise Unusable(say("cli.round_own", option=f"--{option}"))
    round_ = round_actions.open_round(options.files[0])
    if options.last_year is None:
        _show_notes(last_year_of(round_, read_roster(round_.roster_file))[1])
    output = options.output or round_.book
    rolled = round_compiling.compile_round(
        round_, output=output, let_in=options.let_in, last_year=options.last_year,
        progress=progress(round_actions.received(round_)), made=moment(options.dated),
    )  # fmt: skip
    return show_compiled(rolled, output, options.json)


def _show_notes(notes: tuple[str, ...]) -> None:
    """What was odd about last year's files; beside the results, so that JSON stays JSON."""
    for note in notes:
        print(say("survey.note", note=note), file=sys.stderr)


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "new": _new,
    "issue": _issue,
    "status": _status,
}

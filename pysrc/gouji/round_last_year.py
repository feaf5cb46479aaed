"""Last year's numbers of a round: a district workbook, files of single units, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gouji.actions import LastYear, gather, read_all
from gouji.model import Submission
from gouji.roster import Roster, normalised
from gouji.round import Round
from gouji.unusable import UnusableCall
from gouji.wording import say


def last_year_of(round_: Round, roster: Roster) -> tuple[LastYear | None, tuple[str, ...]]:
    """Last year's submissions by this year's names of the units, and what could not be used.

    All files in the round's folder ``earlier`` count, or the one that its facts name. A unit's
    own file goes before what a district workbook says of it. Raises UnusableCall when the named
    file is missing, or when there is more than one district workbook and none is named.
    """
    notes: list[str] = []
    submissions = list(_readable(round_, _files(round_), notes))
    wholes = [submission for submission in submissions if submission.children]
    if len(wholes) > 1:
        files = say("message.joint").join(Path(one.file).name for one in wholes)
        raise UnusableCall(say("round.several_wholes", folder=round_.earlier.name, files=files))
    own = [submission for submission in submissions if not submission.children]
    units = _by_name(own, roster, notes)
    for whole in wholes:
        units = _by_name(_named_after(whole), roster, notes) | units
    if not submissions:
        return None, tuple(notes)
    source = wholes[0] if wholes else submissions[0]
    return LastYear(source, units, whole=bool(wholes)), tuple(notes)


def _files(round_: Round) -> list[Path]:
    if not round_.last_year:
        return gather([round_.earlier]) if round_.earlier.is_dir() else []
    file = round_.earlier / round_.last_year
    if not file.is_file():
        raise UnusableCall(say("round.no_last_year", file=file))
    return [file]


def _readable(round_: Round, files: Sequence[Path], notes: list[str]) -> list[Submission]:
    """The files of the year before; about every other one there is a note."""
    found: list[Submission] = []
    for file, submission, refusal in read_all(files):
        due = round_.year - 1
        if submission is None:
            notes.append(say("round.refused", file=file.name, why=refusal))
        elif submission.year is None:
            notes.append(say("round.year_unknown", file=file.name))
        elif submission.year != due:
            places = {"file": file.name, "given": submission.year, "due": due}
            notes.append(say("round.year_other", **places))
        else:
            found.append(submission)
    return found


def _named_after(whole: Submission) -> list[Submission]:
    """The units in a district workbook, each told to come from there."""
    return [replace(child, file=whole.file) for child in whole.children]


def _by_name(
    submissions: Sequence[Submission], roster: Roster, notes: list[str]
) -> dict[str, Submission]:
    """Every name this year's roster gives a unit → what it reported last year."""
    found: dict[str, Submission] = {}
    for submission in submissions:
        match = roster.match(submission.unit, submission.code)
        file = Path(submission.file).name
        if match.unit is None:
            notes.append(say("round.unlisted", file=file, unit=submission.unit, why=match.why))
            continue
        other = found.get(normalised(match.unit.name))
        if other:
            name = Path(other.file).name
            notes.append(say("round.twice", file=file, unit=match.unit.name, other=name))
            continue
        for name in (match.unit.name, *match.unit.aliases):
            found[normalised(name)] = replace(submission, unit=name)
    return found

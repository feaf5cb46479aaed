"""What can be done with a round before anything came in: begin it, issue its forms."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gouji import editions
from gouji.actions import Progress, blank, gather, read_last_year
from gouji.model import Submission, Unit
from gouji.roster import Roster, normalised
from gouji.roster_file import read_roster
from gouji.round import (
    ROUND_LEVELS,
    SIDE,
    YEARS,
    Round,
    RoundError,
    copy_file,
    is_round,
    make_folders,
    read_round,
    replace_file,
    same_content,
    side,
    write_round,
)
from gouji.round_editions import keep_editions, register_editions
from gouji.round_last_year import last_year_of, source_of
from gouji.rule_sheet import rules_file
from gouji.unusable import UnusableCall
from gouji.wording import say

ISSUED_LIST = ".gouji-issued.json"  #: name → digest of every form as it was issued


# ---------------------------------------------------------------- a round
def open_round(folder: Path) -> Round:
    """The round in ``folder``. Raises UnusableCall."""
    try:
        return read_round(folder)
    except RoundError as problem:
        raise UnusableCall(str(problem)) from problem


def planned(
    folder: Path, *, year: int, district: str, level: str = "", edition: str = "",
    deadline: date | None = None,
) -> Round:  # fmt: skip
    """A round that is not written yet; the edition follows from the year. Raises UnusableCall."""
    if year not in YEARS:
        raise UnusableCall(say("round.bad_year", given=year))
    if not district.strip():
        raise UnusableCall(say("round.no_district"))
    if (level or ROUND_LEVELS[-1]) not in ROUND_LEVELS:
        words = say("message.joint").join(ROUND_LEVELS)
        raise UnusableCall(say("round.bad_level", given=level, words=words))
    register_editions(folder)
    form = editions.for_year(year)
    if edition in editions.available():
        form = editions.load(edition)
    elif edition:
        form = None
    if form is None or not form.serves(year):
        known = say("message.joint").join(editions.available())
        raise UnusableCall(say("round.no_edition", year=year, known=known))
    return Round(folder, year, district.strip(), level or ROUND_LEVELS[-1], form.id, "", deadline)


def new_round(
    wanted: Round, roster: Path | None = None, last_year: Path | None = None, *,
    console: bool = True,
) -> Round:  # fmt: skip
    """Make the folder of a planned round, or complete one that was broken off.

    ``roster`` and ``last_year`` (a file, or a folder of files) are copied into it; without
    ``roster`` the one that already lies there is used. Files that are there already are never
    written over. Raises UnusableCall, RosterError, OSError.
    """
    source = roster or wanted.roster_file
    if not source.is_file():
        raise UnusableCall(say("round.no_roster", file=source))
    units = read_roster(source)
    files = _last_year_files(last_year, wanted.year)
    named = last_year.name if last_year and last_year.is_file() else ""
    made = replace(wanted, last_year=named)
    if is_round(made.folder):
        made = _the_same(open_round(made.folder), made)
    copies = {made.roster_file: source, **{made.earlier / file.name: file for file in files}}
    for target, given in copies.items():
        if target.exists() and not same_content(target, given):
            raise UnusableCall(say("round.other_file", file=target, given=given))
    make_folders(made)
    for target, given in copies.items():
        if not target.exists():
            copy_file(given, target)
    keep_editions(made.folder, made.edition)
    if not is_round(made.folder):
        write_round(made)
    ensure_rule_sheet(made)
    if console:
        ensure_console(made, units)
    return made


def ensure_rule_sheet(round_: Round) -> bool:
    """Lay in an empty sheet for the round's own rules unless there is one. True if written."""
    file = rules_file(round_.folder)
    if file.exists():
        return False
    from gouji.rule_sheet_book import write_rule_sheet

    write_rule_sheet(file, editions.load(round_.edition), round_.year)
    return True


def ensure_console(round_: Round, roster: Roster) -> bool:
    """Write the console unless there is one: it may hold what people wrote. True if written.

    Where LibreOffice is at home it gets its own, blank: the first button fills it.
    """
    if round_.console.exists():
        return False
    from gouji.console_book import blank_for_libreoffice, write_console

    write_console(round_.console, round_, roster.units)
    if sys.platform != "win32" and shutil.which("soffice"):
        there = round_.libreoffice_console
        if not there.exists():
            replace_file(there, blank_for_libreoffice())
    return True


def _the_same(there: Round, wanted: Round) -> Round:
    """The round that is there already, if it is the one wanted."""
    for key in ("year", "district", "level", "edition", "last_year", "deadline"):
        given = getattr(wanted, key)
        if given and given != getattr(there, key):
            places = {"folder": there.folder, "district": there.district, "year": there.year}
            raise UnusableCall(say("round.other_round", fact=key, **places))
    return there


def _last_year_files(given: Path | None, year: int) -> list[Path]:
    """The files to take over, each readable and of the right year. Raises UnusableCall."""
    if given is None:
        return []
    if not given.exists():
        raise UnusableCall(say("round.no_last_year", file=given))
    files = gather([given])
    for file in files:
        last = read_last_year(file)
        if last:
            last.refuse_wrong_year(year)
    return files


# ---------------------------------------------------------------- issuing
@dataclass(frozen=True, slots=True)
class IssuedForm:
    """What became of one unit's form: ``written``, ``renewed``, ``current`` or ``kept``."""

    unit: Unit
    file: Path
    outcome: str
    prefilled: bool  #: last year's numbers were known


@dataclass(frozen=True, slots=True)
class Issued:
    forms: tuple[IssuedForm, ...]
    notes: tuple[str, ...] = ()  #: what was odd about last year's files

    def of(self, outcome: str) -> tuple[IssuedForm, ...]:
        return tuple(form for form in self.forms if form.outcome == outcome)


def issue(round_: Round, progress: Progress | None = None) -> Issued:
    """A named form for each unit, brought-forward filled in from last year where known.

    A form that was changed since it was issued is kept. Raises UnusableCall, RosterError, OSError.
    """
    roster = read_roster(round_.roster_file)
    names = _form_names(round_, roster)
    last, notes = last_year_of(round_, roster)
    make_folders(round_)
    ensure_console(round_, roster)
    for leftover in round_.issued.glob(f"{SIDE}*.xlsx"):
        leftover.unlink(missing_ok=True)
    known = _issued_before(round_)
    forms: list[IssuedForm] = []
    try:
        for unit in roster.units:
            earlier = last.units.get(normalised(unit.name)) if last else None
            forms.append(_issue_one(round_, unit, round_.issued / names[unit], earlier, known))
            if progress:
                progress(forms[-1].file)
    finally:
        text = json.dumps(known, ensure_ascii=False, indent=0, sort_keys=True)
        replace_file(round_.folder / ISSUED_LIST, text.encode())
    return Issued(tuple(forms), notes)


def _form_names(round_: Round, roster: Roster) -> dict[Unit, str]:
    """Each unit's file name. Raises UnusableCall when two would share one."""
    names: dict[Unit, str] = {}
    taken: dict[str, Unit] = {}
    for unit in roster.units:
        name = round_.form_name(unit)
        other = taken.setdefault(name.casefold(), unit)
        if other is not unit:
            raise UnusableCall(say("round.same_name", one=other.name, other=unit.name, file=name))
        names[unit] = name
    return names


def _issued_before(round_: Round) -> dict[str, str]:
    """The list of issued forms; without one, or with a broken one, nothing counts as ours."""
    try:
        found = json.loads((round_.folder / ISSUED_LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _issue_one(
    round_: Round, unit: Unit, file: Path, earlier: Submission | None, known: dict[str, str]
) -> IssuedForm:
    draft = side(file)
    try:
        blank(round_.edition, draft, unit=unit, year=round_.year, earlier=earlier,
              source=source_of(earlier) if earlier else "",
              send_to=round_.post.office.get("email", ""))  # fmt: skip
        digest = hashlib.sha256(draft.read_bytes()).hexdigest()
        there = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
        if there and there not in (digest, known.get(file.name)):
            return IssuedForm(unit, file, "kept", earlier is not None)
        known[file.name] = digest
        if there != digest:
            draft.replace(file)
        outcome = "current" if there == digest else "renewed" if there else "written"
        return IssuedForm(unit, file, outcome, earlier is not None)
    finally:
        draft.unlink(missing_ok=True)


# ---------------------------------------------------------------- what came in
def received(round_: Round) -> list[Path]:
    """Every file of the inbox, in order of name."""
    return gather([round_.inbox]) if round_.inbox.is_dir() else []

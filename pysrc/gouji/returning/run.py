"""Write out what goes back to each unit of a round, and the reminders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gouji import editions
from gouji.actions import Progress
from gouji.model import Finding, Unit
from gouji.returning.cases import Held, cases, missing
from gouji.returning.filing import Shelf, digest
from gouji.returns.letter_text import Matter, Office, office_of
from gouji.returns.pack import (
    Pack,
    RefusedCase,
    ReturnCase,
    addresses_of,
    correction_pack,
    open_problems,
    refused_pack,
    reminder_pack,
)
from gouji.roster_file import read_roster
from gouji.round import Round, safe_name
from gouji.round_survey import Survey
from gouji.unusable import UnusableCall
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Sent:
    """What was written for one unit.

    ``kind`` is ``returned``, ``refused``, ``reminded``, or ``held`` when nothing could be written;
    ``outcome`` is ``written``, ``renewed``, ``current`` or ``kept``, empty for ``held``. ``to`` are
    the addresses of the roster, ``source`` the digest of the unit's file.
    """

    unit: Unit
    kind: str
    files: tuple[Path, ...] = ()
    outcome: str = ""
    hard: int = 0
    soft: int = 0
    to: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    version: int = 1

    @property
    def fresh(self) -> bool:
        """True when something was written that may now be sent."""
        return self.outcome in ("written", "renewed")


@dataclass(frozen=True, slots=True)
class Returned:
    """Everything of one run, in the roster's order: returns and refusals, then reminders."""

    sent: tuple[Sent, ...]

    def of(self, kind: str) -> tuple[Sent, ...]:
        return tuple(each for each in self.sent if each.kind == kind)


def return_round(
    round_: Round, seen: Survey, *, today: date,
    refused: Iterable[RefusedCase] = (), office: Office | None = None, remind_only: bool = False,
    progress: Progress | None = None,
) -> Returned:  # fmt: skip
    """Write marked workbooks, letters and drafts under 退回, reminders under 催报.

    What is explained, and was not declined, is not asked for again. ``refused`` are unreadable
    files of known units. A second run changes nothing. Raises UnusableCall, RosterError, OSError.
    """
    roster = read_roster(round_.roster_file)
    folders = _folders(roster.units)
    by = office or office_of(round_.district, round_.level)
    title = editions.load(round_.edition).title
    matter = Matter(title, round_.year, by, today, round_.deadline)
    sent: list[Sent] = []
    for case in () if remind_only else (*cases(seen, roster), *refused):
        one = _one(round_, matter, folders, case)
        if one:
            sent.append(one)
            _done(progress, one)
    for unit in missing(seen, roster):
        sent.append(_remind(round_, matter, folders, unit))
        _done(progress, sent[-1])
    return Returned(tuple(sent))


def _done(progress: Progress | None, one: Sent) -> None:
    if progress:
        progress(one.files[0] if one.files else Path(one.unit.name))


def _folders(units: Iterable[Unit]) -> dict[Unit, str]:
    """Each unit's folder name. Raises UnusableCall when two would share one."""
    names: dict[Unit, str] = {}
    taken: dict[str, Unit] = {}
    for unit in units:
        name = safe_name(unit.name)
        other = taken.setdefault(name.casefold(), unit)
        if other is not unit:
            raise UnusableCall(say("round.same_name", one=other.name, other=unit.name, file=name))
        names[unit] = name
    return names


def _one(
    round_: Round, matter: Matter, folders: Mapping[Unit, str],
    case: ReturnCase | RefusedCase | Held,
) -> Sent | None:  # fmt: skip
    if isinstance(case, Held):
        return Sent(case.unit, "held", notes=(case.why,))
    if case.unit not in folders:
        return Sent(case.unit, "held", notes=(say("returned.unlisted"),))
    shelf = Shelf.of(round_.folder / say("returned.folder") / folders[case.unit])
    if isinstance(case, RefusedCase):
        return _refused(shelf, matter, case)
    return _returned(shelf, matter, case)


def _returned(shelf: Shelf, matter: Matter, case: ReturnCase) -> Sent | None:
    """None when nothing is left to mend or explain: the unit has passed."""
    problems = open_problems(case)
    if not problems:
        return None
    source = digest(case.data)
    facts: list[object] = [matter.deadline, matter.office, case.unit.email]
    facts += [(p.finding.rule, p.finding.severity.value, _said(p.finding)) for p in problems]

    def make(version: int, day: date) -> Pack:
        return correction_pack(case, replace(matter, today=day), version)

    filed = shelf.file(source, facts, matter.today, make)
    hard = sum(each.hard for each in problems)
    return Sent(case.unit, "returned", filed.files, filed.outcome, hard, len(problems) - hard,
                addresses_of(case.unit), filed.notes, source, filed.version)  # fmt: skip


def _said(finding: Finding) -> str:
    """What a finding says of the unit itself: other units' reports are no reason for a new letter.

    Without such words all that it says.
    """
    return "".join(finding.own_words) or finding.message


def _refused(shelf: Shelf, matter: Matter, case: RefusedCase) -> Sent:
    def make(version: int, day: date) -> Pack:
        return refused_pack(case, replace(matter, today=day), version)

    source = case.sha256 or digest(f"{case.file}\n{case.why}".encode())
    facts = [matter.deadline, matter.office, case.unit.email, case.why]
    filed = shelf.file(source, facts, matter.today, make)
    return Sent(case.unit, "refused", filed.files, filed.outcome, to=addresses_of(case.unit),
                notes=filed.notes, source=source, version=filed.version)  # fmt: skip


def _remind(round_: Round, matter: Matter, folders: Mapping[Unit, str], unit: Unit) -> Sent:
    folder = round_.folder / say("returned.reminders")
    shelf = Shelf.of(folder, folders[unit])
    facts = [matter.deadline, matter.office, unit.email, matter.today]

    def make(version: int, day: date) -> Pack:
        return reminder_pack(unit, replace(matter, today=day), version)

    filed = shelf.file("", facts, matter.today, make)
    return Sent(unit, "reminded", filed.files, filed.outcome, to=addresses_of(unit),
                notes=filed.notes, version=filed.version)  # fmt: skip

"""Where a round stands: what became of each unit, and everything there is to mend or explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gouji import editions
from gouji.actions import Progress, confront_many, read_all
from gouji.edits import Confrontation
from gouji.model import Finding, Severity, Status, Submission, Unit, Verdict
from gouji.rollup import Entry, Standing, Unreadable, roll_up
from gouji.roster import normalised
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_actions import received
from gouji.round_last_year import last_year_of
from gouji.wording import say

#: What became of a unit; ``stray`` are files that belong to none.
STATES = ("missing", "received", "returned", "passed")
#: Unit, rule and message of a finding → the explanation somebody wrote for it.
Explained = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One unit and the file that speaks for it, or one file of no unit."""

    unit: str
    state: str
    code: str = ""
    file: str = ""
    why: str = ""
    confrontation: Confrontation | None = None
    received: datetime | None = None  #: when the file was last written, local time

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Failed rules, the hard ones first."""
        found = self.confrontation.findings if self.confrontation else ()
        failed = (finding for finding in found if finding.status is Status.FAILED)
        return tuple(sorted(failed, key=lambda finding: finding.severity is Severity.SOFT))

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.failed)


@dataclass(frozen=True, slots=True)
class Survey:
    """Every unit in the roster's order, then the files that belong to none."""

    round: Round
    units: tuple[Line, ...]
    strays: tuple[Line, ...]
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.units + self.strays

    @property
    def counts(self) -> dict[str, int]:
        count = Counter(line.state for line in self.units)
        return {state: count[state] for state in STATES}

    @property
    def settled(self) -> bool:
        """True when no unit is missing or returned and every file belongs to a unit."""
        waiting = {"missing", "returned"}
        return not self.strays and not any(line.state in waiting for line in self.units)


def survey(
    round_: Round, explained: Explained | None = None, progress: Progress | None = None
) -> Survey:
    """Read the whole inbox, confront it, and say where each unit stands.

    Raises UnusableCall, RosterError, OSError.
    """
    roster = read_roster(round_.roster_file)
    last, notes = last_year_of(round_, roster)
    submissions: list[Submission] = []
    unreadable: list[Unreadable] = []
    for file, submission, refusal in read_all(received(round_), progress):
        if submission is None:
            unreadable.append(Unreadable(str(file), refusal))
        else:
            submissions.append(submission)
    form = editions.load(round_.edition)
    rolled = roll_up(
        form, submissions, confront_many(form, submissions, roster, last), roster=roster,
        district=round_.district, year=round_.year, level=round_.level, unreadable=unreadable,
    )  # fmt: skip
    listed = {normalised(unit.name) for unit in roster.units}
    strays = [_stray(entry) for entry in rolled.entries if normalised(entry.unit) not in listed]
    strays += [Line("", "stray", "", u.file, u.why, None, _when(u.file)) for u in rolled.unreadable]
    units = [_unit_line(unit, rolled.entries, explained or {}) for unit in roster.units]
    return Survey(round_, tuple(units), tuple(strays), notes)


def _stray(entry: Entry) -> Line:
    file = entry.submission.file
    return Line(entry.unit, "stray", "", file, entry.why, entry.confrontation, _when(file))


def _unit_line(unit: Unit, entries: Sequence[Entry], explained: Explained) -> Line:
    name = normalised(unit.name)
    own = [entry for entry in entries if normalised(entry.unit) == name]
    own.sort(key=lambda entry: (not entry.counts, entry.standing is Standing.DUPLICATE))
    if not own:
        return Line(unit.name.strip(), "missing", unit.code)
    entry = own[0]
    state = "returned"
    if entry.counts:
        state = "passed" if _explained(entry, explained) else "received"
    others = [other for other in own[1:] if other.why]
    why = [entry.why, *(_beside(other) for other in others)] if others else [entry.why]
    return Line(
        entry.unit, state, unit.code, entry.submission.file, "\n".join(filter(None, why)),
        entry.confrontation, _when(entry.submission.file),
    )  # fmt: skip


def _beside(entry: Entry) -> str:
    return say("survey.beside", file=Path(entry.submission.file).name, why=entry.why)


def _explained(entry: Entry, explained: Explained) -> bool:
    """Nothing failed, or somebody explained everything that did."""
    if entry.confrontation.verdict is Verdict.CLEAN:
        return True
    return all(
        explained.get((entry.unit, finding.rule, finding.message), "").strip()
        for finding in entry.confrontation.findings
        if finding.status is Status.FAILED
    )


def _when(file: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(Path(file).stat().st_mtime))
    except OSError:
        return None


# ---------------------------------------------------------------- for people and programs
def to_json(seen: Survey) -> dict[str, Any]:
    """What ``gouji status --json`` prints."""
    return {
        "folder": str(seen.round.folder),
        "year": seen.round.year,
        "district": seen.round.district,
        "edition": seen.round.edition,
        "deadline": seen.round.deadline.isoformat() if seen.round.deadline else None,
        "counts": seen.counts,
        "units": [_line_json(line) for line in seen.units],
        "strays": [_line_json(line) for line in seen.strays],
        "notes": list(seen.notes),
    }


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "unit": line.unit,
        "code": line.code,
        "status": line.state,
        "file": line.file,
        "received": line.received.isoformat() if line.received else None,
        "hard": line.count(Severity.HARD),
        "soft": line.count(Severity.SOFT),
        "why": line.why,
    }


def told(seen: Survey) -> Iterator[str]:
    """Lines for a terminal: one a unit, then the strays and the sum."""
    yield say("survey.head", district=seen.round.district, year=seen.round.year)
    for line in seen.lines:
        word = say(f"round.state.{line.state}")
        file = Path(line.file).name
        hard, soft = line.count(Severity.HARD), line.count(Severity.SOFT)
        places = {"state": word, "unit": line.unit or say("screen.no_unit"), "file": file}
        if not file:
            yield "  " + say("survey.no_file", **places)
        else:
            yield "  " + say("survey.line", hard=hard, soft=soft, **places)
        for why in line.why.splitlines():
            yield "      " + why
    for note in seen.notes:
        yield "  " + say("survey.note", note=note)
    yield summary(seen)


def summary(seen: Survey) -> str:
    """One sentence: how many units stand where."""
    text = say("survey.summary", n=len(seen.units), **seen.counts)
    return text + say("survey.strays", n=len(seen.strays)) if seen.strays else text

"""Where a round stands: what became of each unit, and everything there is to mend or explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from gouji import editions, explaining
from gouji.actions import LastYear, Progress, confront_many, diagnosed
from gouji.collecting import FileState, State
from gouji.edits import Confrontation
from gouji.explaining import Explanation, Key, Typed
from gouji.layout import layout_of
from gouji.model import Finding, Severity, Unit, Verdict
from gouji.rollup import Entry, Standing, roll_up
from gouji.roster import normalised
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_files import RoundFiles, files_of, local
from gouji.round_last_year import last_year_of
from gouji.rule_book import AS_DECLARED, RuleBook
from gouji.rule_sheet import rules_noted, rules_of
from gouji.wording import say

#: What became of a unit; ``stray`` are files that belong to none.
STATES = ("missing", "received", "returned", "passed")
#: Standings of files that no correction of single cells would make good.
_UNUSABLE = (Standing.REFUSED, Standing.OTHER_YEAR, Standing.OTHER_EDITION)
#: What is typed on the console: unit, rule and message of a finding → text and word.
TypedIn = Mapping[Key, Typed]


@dataclass(frozen=True, slots=True)
class Line:
    """One unit and the file that speaks for it, or one file of no unit.

    ``received`` is local time. ``late``: days after the deadline, 0 in time. ``explained``: rule
    and message of its findings → explanation. ``refused``: the file cannot be used at all.
    """

    unit: str
    state: str
    code: str = ""
    file: str = ""
    why: str = ""
    confrontation: Confrontation | None = None
    received: datetime | None = None
    version: int = 0
    late: int = 0
    sha256: str = ""
    explained: Mapping[tuple[str, str], Explanation] = field(default_factory=dict)
    refused: bool = False

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Failed rules, the hard ones first."""
        return self.confrontation.failures if self.confrontation else ()

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.failed)


@dataclass(frozen=True, slots=True)
class Survey:
    """Every unit in the roster's order, then the files that belong to none.

    ``files`` are all files of the round, each in exactly one state.
    """

    round: Round
    units: tuple[Line, ...]
    strays: tuple[Line, ...]
    notes: tuple[str, ...]
    files: RoundFiles
    entries: Mapping[str, Entry] = field(default_factory=dict)  #: digest → what the roll-up says
    explanations: Mapping[Key, Explanation] = field(default_factory=dict)
    rules: RuleBook = AS_DECLARED  #: what the round switched and added

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.units + self.strays

    @property
    def counts(self) -> dict[str, int]:
        count = Counter(line.state for line in self.units)
        return {state: count[state] for state in STATES}

    @property
    def late(self) -> int:
        """How many units reported after the deadline."""
        return sum(line.late > 0 for line in self.units)

    @property
    def settled(self) -> bool:
        """True when no unit is missing or returned and every file belongs to a unit."""
        waiting = {"missing", "returned"}
        return not self.strays and not any(line.state in waiting for line in self.units)


def survey(round_: Round, typed: TypedIn | None = None, progress: Progress | None = None) -> Survey:
    """Collect from the inbox, confront what came in, and say where each unit stands.

    Raises UnusableCall, RosterError, RoundError, OSError.
    """
    roster = read_roster(round_.roster_file)
    last, notes = last_year_of(round_, roster)
    files = files_of(round_, progress)
    got = files.received()
    form = editions.load(round_.edition)
    rules = rules_of(round_, roster, form)
    rolled = roll_up(
        form, got.submissions, confront_many(form, got.submissions, roster, last, rules),
        roster=roster, district=round_.district, year=round_.year, level=round_.level,
        unreadable=got.unreadable, order=got.order, held=got.held, let_in=files.let_in,
    )  # fmt: skip
    known = explaining.known_from(files.decisions)
    explained = explaining.gathered(got.submissions, known, typed or {})
    maker = _Lines(files, rolled.entries, explained, last, rules)
    units = tuple(maker.unit(unit) for unit in roster.units)
    spoken = {normalised(unit.name) for unit in roster.units}
    strays = tuple(maker.strays(spoken))
    skipped = tuple(f"{each.name}：{each.why}" for each in files.skipped if each.matters)
    entries = {entry.submission.sha256: entry for entry in rolled.entries}
    notes = (*notes, *skipped, *rules_noted(rules))
    return Survey(round_, units, strays, notes, files, entries, explained, rules)


@dataclass(frozen=True)
class _Lines:
    """Makes the lines of one survey."""

    files: RoundFiles
    entries: Sequence[Entry]
    explained: Mapping[Key, Explanation]
    last: LastYear | None
    rules: RuleBook

    @cached_property
    def _by_unit(self) -> Mapping[str, list[Entry]]:
        """Unit as names are compared → its files in the roll-up."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(normalised(entry.unit), []).append(entry)
        return found

    @cached_property
    def _refused(self) -> Mapping[str, list[FileState]]:
        """The same of files that could not be used."""
        found: dict[str, list[FileState]] = {}
        for state in self.files.states:
            if state.state is State.REFUSED:
                found.setdefault(normalised(state.unit), []).append(state)
        return found

    def unit(self, unit: Unit) -> Line:
        name = normalised(unit.name)
        own = sorted(self._by_unit.get(name, ()), key=self._speaking)
        refused = self._refused.get(name, [])
        if own:
            return self._of_entries(unit, own, refused)
        if refused:
            state = refused[-1]
            line = self._line(unit.name.strip(), "returned", state.sha256, state.why)
            return replace(line, code=unit.code, refused=True)
        return Line(unit.name.strip(), "missing", unit.code)

    def _speaking(self, entry: Entry) -> tuple[bool, bool, int]:
        """The file that counts first, then the newest."""
        twin = entry.standing is Standing.DUPLICATE
        return not entry.counts, twin, -self._version(entry)

    def _version(self, entry: Entry) -> int:
        state = self.files.by_digest.get(entry.submission.sha256)
        return state.version if state else 0

    def _of_entries(self, unit: Unit, own: list[Entry], refused: list[FileState]) -> Line:
        entry = own[0]
        # A later version with a mistake must be mended although an earlier one counts.
        later = [other for other in own[1:] if other.standing is Standing.RETURNED
                 and self._version(other) > self._version(entry)]  # fmt: skip
        others = [other for other in own[1:] if other.why]
        why = [entry.why, *(_beside(other.shown, other.why) for other in others)]
        told = {other.submission.sha256 for other in own}
        why += [_beside(state.name, state.why) for state in refused if state.sha256 not in told]
        if later:
            entry, state = later[0], "returned"
        elif entry.counts:
            state = "passed" if self._is_explained(entry) else "received"
        else:
            state = "returned"
        line = self._line(entry.unit, state, entry.submission.sha256, "\n".join(filter(None, why)))
        own_texts = {
            (finding.rule, finding.message): text
            for finding in entry.confrontation.findings
            if (text := explaining.told_of(finding, entry.unit, self.explained))
        }
        return replace(
            line, code=unit.code, confrontation=self._diagnosed(entry), explained=own_texts,
            file=entry.submission.file, refused=entry.standing in _UNUSABLE,
        )  # fmt: skip

    def _diagnosed(self, entry: Entry) -> Confrontation:
        submission = entry.submission
        usable = self.last is not None and self.last.precedes(submission.year)
        earlier = self.last.of(submission) if self.last is not None and usable else None
        form = editions.load(submission.edition)
        in_force, place = self.rules.of(form, submission), layout_of(form).place
        return diagnosed(in_force, submission, entry.confrontation, earlier, place)

    def _is_explained(self, entry: Entry) -> bool:
        """Nothing failed, or everything that did was explained and accepted."""
        if entry.confrontation.verdict is Verdict.CLEAN:
            return True
        said = [
            explaining.told_of(finding, entry.unit, self.explained)
            for finding in entry.confrontation.failures
        ]
        return all(each is not None and each.accepted for each in said)

    def strays(self, spoken: set[str]) -> Iterator[Line]:
        """Files of no unit of the roster that somebody must look after."""
        confronted = {entry.submission.sha256: entry for entry in self.entries}
        for state in self.files.states:
            if state.state.open and normalised(state.unit) not in spoken:
                entry = confronted.get(state.sha256)
                unit = entry.submission.unit if entry else ""
                line = self._line(unit, "stray", state.sha256, state.why)
                yield replace(line, confrontation=entry.confrontation if entry else None)

    def _line(self, unit: str, state: str, sha256: str, why: str) -> Line:
        known = self.files.by_digest[sha256]
        return Line(
            unit, state, file=str(self.files.paths[sha256]), why=why, sha256=sha256,
            received=local(known.when) if known.when else None, version=known.version,
            late=_days_late(self.files.round, known),
        )  # fmt: skip


def _days_late(round_: Round, state: FileState) -> int:
    if round_.deadline is None or state.when is None:
        return 0
    return max(0, (state.when.astimezone().date() - round_.deadline).days)


def _beside(file: str, why: str) -> str:
    return say("survey.beside", file=file, why=why)


# ---------------------------------------------------------------- for people and programs
def to_json(seen: Survey) -> dict[str, Any]:
    """What ``gouji status --json`` prints."""
    return {
        "folder": str(seen.round.folder),
        "year": seen.round.year,
        "district": seen.round.district,
        "edition": seen.round.edition,
        "deadline": seen.round.deadline.isoformat() if seen.round.deadline else None,
        "counts": seen.counts | {"late": seen.late},
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
        "late": line.late,
        "version": line.version,
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
        late = say("survey.late", days=line.late) if line.late else ""
        places = {"state": word + late, "unit": line.unit or say("screen.no_unit"), "file": file}
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
    text += say("survey.late_units", n=seen.late) if seen.late else ""
    return text + say("survey.strays", n=len(seen.strays)) if seen.strays else text

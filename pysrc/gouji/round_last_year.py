"""Last year's numbers of a round: a district workbook, files of single units, or both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gouji import editions
from gouji.actions import LastYear, gather, read_all
from gouji.carry import number_of
from gouji.model import Submission, Unit, Value
from gouji.roster import Roster, normalised
from gouji.roster_heirs import Heirs
from gouji.round import Round
from gouji.unusable import UnusableCall
from gouji.wording import say


def last_year_of(round_: Round, roster: Roster) -> tuple[LastYear | None, tuple[str, ...]]:
    """Last year's submissions by this year's names of the units, and what could not be used.

    All files in the round's folder ``earlier`` count, or the one that its facts name. A unit's
    own file goes before what a district workbook says of it. A renamed unit has its predecessor's
    figures, a merged one the sum of all that went into it, one that was divided none. Raises
    UnusableCall when the named file is missing, or when there is more than one district workbook
    and none is named.
    """
    notes: list[str] = []
    submissions = list(_readable(round_, _files(round_), notes))
    wholes = [submission for submission in submissions if submission.children]
    if len(wholes) > 1:
        files = say("message.joint").join(Path(one.file).name for one in wholes)
        raise UnusableCall(say("round.several_wholes", folder=round_.earlier.name, files=files))
    own = [submission for submission in submissions if not submission.children]
    inside = [child for whole in wholes for child in _named_after(whole)]
    if not submissions:
        return None, tuple(notes)
    source = wholes[0] if wholes else submissions[0]
    units = _by_name(own, inside, roster, notes)
    return LastYear(source, units, whole=bool(wholes), anybody=False), tuple(notes)


def _files(round_: Round) -> list[Path]:
    if not round_.last_year:
        return gather([round_.earlier]) if round_.earlier.is_dir() else []
    file = round_.earlier / round_.last_year
    if not file.is_file():
        raise UnusableCall(say("round.no_last_year", file=file))
    return [file]


def _readable(round_: Round, files: Sequence[Path], notes: list[str]) -> Iterator[Submission]:
    """The files of the year before; about every other one there is a note."""
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
            yield submission


def _named_after(whole: Submission) -> list[Submission]:
    """The units in a district workbook, each told to come from there."""
    return [replace(child, file=whole.file) for child in whole.children]


# ---------------------------------------------------------------- by this year's names
def _by_name(
    own: Sequence[Submission], inside: Sequence[Submission], roster: Roster, notes: list[str]
) -> dict[str, Submission]:
    """Every name this year's roster gives a unit → what it reported last year."""
    before = {normalised(one.unit) for one in (*own, *inside)}
    heritage = _Heritage(Heirs(roster, before), notes)
    for group in (own, inside):
        heritage.take(group)
    found: dict[str, Submission] = {}
    for unit in roster.units:
        submission = heritage.of(unit)
        if submission is not None:
            for name in (unit.name, *unit.aliases):
                found[normalised(name)] = replace(submission, unit=name)
    return found


@dataclass(frozen=True)
class _Heritage:
    """Last year's submissions by the unit that goes on with them."""

    heirs: Heirs
    notes: list[str]
    #: This year's unit → which of its predecessors → what that one reported.
    parts: dict[str, dict[str, Submission]] = field(default_factory=dict)

    def take(self, submissions: Sequence[Submission]) -> None:
        """Add those of units that no group before has spoken for."""
        known = {name: set(parts) for name, parts in self.parts.items()}
        for submission in submissions:
            match = self.heirs.match(submission.unit, submission.code)
            file = Path(submission.file).name
            if match.unit is None:
                places = {"file": file, "unit": submission.unit, "why": match.why}
                self.notes.append(say("round.unlisted", **places))
                continue
            name, part = normalised(match.unit.name), self._part(match.unit, submission)
            parts = self.parts.setdefault(name, {})
            if part not in parts:
                parts[part] = submission
            elif part not in known.get(name, ()):
                other = Path(parts[part].file).name
                places = {"file": file, "unit": match.unit.name, "other": other}
                self.notes.append(say("round.twice", **places))

    def _part(self, unit: Unit, submission: Submission) -> str:
        """Which predecessor it is: one merged into the unit, or the unit itself (empty)."""
        name = normalised(submission.unit)
        return name if name in map(normalised, self.heirs.merged(unit)) else ""

    def of(self, unit: Unit) -> Submission | None:
        """What the unit has from last year; a note where that cannot be told."""
        parts = self.parts.get(normalised(unit.name), {})
        name = unit.name.strip()
        if origin := self.heirs.split(unit):
            self._note("succession.split", unit=name, others=origin)
            return None
        if taken := self.heirs.divided(unit):
            self._note("succession.reduced", unit=name, others=taken)
            return None
        wanted = self.heirs.merged(unit)
        if missing := [each for each in wanted if normalised(each) not in parts]:
            self._note("succession.part_missing", unit=name, others=missing)
            return None
        if not parts:
            return None
        return _sum(list(parts.values())) if wanted else _renamed(unit, parts[""])

    def _note(self, key: str, unit: str, others: Sequence[str]) -> None:
        self.notes.append(say(key, unit=unit, others=say("message.joint").join(others)))


def _renamed(unit: Unit, earlier: Submission) -> Submission:
    """The same, told to come from a former name."""
    if normalised(earlier.unit) not in map(normalised, unit.former):
        return earlier
    return replace(earlier, notes=(say("succession.from_former", unit=earlier.unit),))


def _sum(parts: Sequence[Submission]) -> Submission:
    """Several units' figures added up; a cell that holds no number in one of them has none."""
    form = editions.load(parts[0].edition)
    values: dict[str, Value] = {}
    for code in form.items:
        numbers = [
            number_of(form, code, part) if part.edition == form.id else None for part in parts
        ]
        known = [number for number in numbers if number is not None]
        values[code] = sum(known) if len(known) == len(parts) else say("succession.no_sum")
    names = say("message.joint").join(part.unit for part in parts)
    files = say("message.joint").join(dict.fromkeys(Path(part.file).name for part in parts))
    return Submission(
        parts[0].unit, parts[0].year, form.id, values, notes=(say("succession.from", units=names),),
        file=files,
    )  # fmt: skip


def source_of(earlier: Submission) -> str:
    """Where last year's numbers come from, in words for the clerk."""
    return say("message.joint").join((Path(earlier.file).name, *earlier.notes))

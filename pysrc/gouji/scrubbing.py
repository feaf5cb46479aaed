"""A copy of a round that may be given away with a report of a fault: numbers, and no names.

It is built anew from what is known to be harmless, never by crossing out: rosters and forms with
invented names, values as plain data, codes of rules and reasons. Whatever was written in words
(narrative, explanations, notes, file names, subjects, messages) is not taken along at all.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gouji import __version__
from gouji.actions import gather, read_all
from gouji.collecting import State
from gouji.hygiene import COUNT_WORDS, MAGNITUDES, MONEY_WORDS, PLACEHOLDERS
from gouji.model import Finding, Submission, Unit, Value
from gouji.roster import Roster, normalised
from gouji.roster_file import read_roster, write_roster
from gouji.round import Post, Round, replace_file, write_round
from gouji.round_editions import FACTS
from gouji.round_survey import Survey, survey
from gouji.values_json import dump, to_text
from gouji.wording import say

#: What may stand in a number in another spelling: such texts stay, their reading may be the fault.
_NUMBER_WORDS = frozenset("".join((*COUNT_WORDS, *MONEY_WORDS, *MAGNITUDES)))
_NUMBER_LENGTH = 16
#: States of files that another one of the same unit stands for.
_REPLACED = (State.SUPERSEDED, State.DUPLICATE)
_RULE = re.compile(r"[A-Z][A-Za-z0-9_.]{0,60}")
_DATE = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What the copy holds: ``units`` of the roster, ``files`` with values, ``without`` them."""

    file: Path
    units: int
    files: int
    without: int
    earlier: int


def scrub(round_: Round, output: Path) -> Scrubbed:
    """Write the copy as one ZIP; the same round gives the same bytes.

    Raises UnusableCall, RosterError, RoundError, OSError.
    """
    seen = survey(round_)
    roster = read_roster(round_.roster_file)
    names = Names(roster)
    earlier = list(_earlier(round_))
    members = dict(_base(round_, roster, names))
    members |= {f"{_folder(seen, each)}/{n:03}.json": _values(each, names)
                for n, each in enumerate(seen.files.submissions, 1)}  # fmt: skip
    members |= {f"{round_.earlier.name}/{n:03}.json": _values(each, names)
                for n, each in enumerate(earlier, 1)}  # fmt: skip
    members[say("scrub.facts_file")] = _text(_facts(seen, names))
    members[say("scrub.about_file")] = say("scrub.about", version=__version__).encode()
    replace_file(output, _packed(members))
    read = len(seen.files.submissions)
    without = len(seen.files.states) - read
    return Scrubbed(output, len(roster.units), read, without, len(earlier))


def _folder(seen: Survey, read: Submission) -> str:
    """The inbox; what a later version has replaced stands aside: the copy knows no times."""
    state = seen.files.by_digest[read.sha256].state
    return say("scrub.aside") if state in _REPLACED else seen.round.inbox.name


@dataclass
class Names:
    """Invented names, the same for the same name wherever it stands."""

    roster: Roster
    _known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, unit in enumerate(self.roster.units, 1):
            self._known.setdefault(normalised(unit.name), say("scrub.unit", n=f"{number:03}"))
        for unit in self.roster.units:
            for alias in unit.aliases:
                self._known.setdefault(normalised(alias), self.of(unit.name))

    def of(self, name: str) -> str:
        """The invented name; empty for none."""
        if not name.strip():
            return ""
        known = normalised(name)
        if known not in self._known:
            self._known[known] = say("scrub.other", n=f"{len(self._known) + 1:03}")
        return self._known[known]

    def unit(self, number: int, unit: Unit) -> Unit:
        """The unit without anybody's name, address or code."""
        former, merged, split = (
            tuple(map(self.of, each)) for each in (unit.former, unit.merged, unit.split)
        )
        return Unit(self.of(unit.name), f"U{number:03}", unit.level, (), "", "", former, merged,
                    split)  # fmt: skip


def _earlier(round_: Round) -> Iterator[Submission]:
    """Last year's submissions, the units of a district workbook one by one."""
    paths = gather([round_.earlier]) if round_.earlier.is_dir() else []
    for _, read, _ in read_all(paths):
        if read is not None:
            yield from (replace(child, year=read.year) for child in read.children or (read,))


def _base(round_: Round, roster: Roster, names: Names) -> Iterator[tuple[str, bytes]]:
    """The facts of the round without its post, and the roster."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        bare = replace(round_, folder=folder, district=say("scrub.district"), last_year="",
                       post=Post())  # fmt: skip
        write_round(bare)
        units = [names.unit(number, unit) for number, unit in enumerate(roster.units, 1)]
        write_roster(bare.roster_file, units)
        yield FACTS, bare.facts_file.read_bytes()
        yield bare.roster_file.name, bare.roster_file.read_bytes()


def _values(read: Submission, names: Names) -> bytes:
    values = {code: _value(value) for code, value in read.values.items()}
    return _text(dump(replace(read, unit=names.of(read.unit), code="", narrative={},
                              values=values)))  # fmt: skip


def _value(value: Value) -> Value:
    if isinstance(value, str) and not _is_numeric(value):
        return say("scrub.text")
    return value


def _is_numeric(text: str) -> bool:
    if text.strip() in PLACEHOLDERS:
        return True
    letters = {mark for mark in text if mark.isalpha()}
    return len(text) <= _NUMBER_LENGTH and letters <= _NUMBER_WORDS


def _facts(seen: Survey, names: Names) -> dict[str, Any]:
    """What the program made of each file and unit, in codes."""
    numbers = {read.sha256: n for n, read in enumerate(seen.files.submissions, 1)}
    files = [
        {"number": numbers.get(state.sha256), "unit": names.of(state.unit),
         "state": str(state.state), "reason": str(state.reason), "version": state.version,
         "grade": str(state.grade), "suffix": _suffix(state.name), "arrivals": len(state.receipts),
         "repairs": [[each.code, each.means] for each in state.repairs]}
        for state in seen.files.states
    ]  # fmt: skip
    reads = [
        {"number": n, "medium": read.medium, "typed": sorted(read.typed),
         "repairs": [[each.code, each.means] for each in read.repairs],
         "structure": [_finding(each) for each in read.structure]}
        for n, read in enumerate(seen.files.submissions, 1)
    ]  # fmt: skip
    lines = [
        {"unit": names.of(line.unit), "state": line.state, "file": numbers.get(line.sha256),
         "findings": [_finding(each) for each in line.failed]}
        for line in seen.lines
    ]  # fmt: skip
    let_in = sorted(map(names.of, seen.files.let_in))
    return {"program": __version__, "let_in": let_in, "files": files, "read": reads, "units": lines}


def _finding(found: Finding) -> Mapping[str, Any]:
    """A finding without its words; a rule of the district's own keeps no name."""
    return {"rule": found.rule if _RULE.fullmatch(found.rule) else say("scrub.own_rule"),
            "severity": str(found.severity), "status": str(found.status),
            "items": list(found.items), "left": found.left, "right": found.right}  # fmt: skip


def _suffix(name: str) -> str:
    ending = Path(name).suffix.lower()
    return ending if re.fullmatch(r"\.[a-z]{1,5}", ending) else ""


def _text(data: object) -> bytes:
    return (to_text(data) + "\n").encode()


def _packed(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()

"""From the survey of a round to what goes back: the only place that knows the survey's lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gouji.gate import Refused, take
from gouji.model import Severity, Unit
from gouji.reading import read_file
from gouji.returns.pack import RefusedCase, ReturnCase
from gouji.roster import Roster
from gouji.round_survey import Line, Survey
from gouji.rule_book import RuleBook

#: States in which a file of the unit may have to go back.
_MAY_GO_BACK = ("received", "returned")


@dataclass(frozen=True, slots=True)
class Held:
    """A unit nobody can help without the coordinator: two versions, another year …"""

    unit: Unit
    why: str


def cases(seen: Survey, roster: Roster) -> Iterator[ReturnCase | RefusedCase | Held]:
    """Every unit whose file may have to go back, in the roster's order.

    A ``Held`` comes for a file that was returned for no rule at all.
    """
    for line in seen.units:
        unit = roster.find(line.unit)
        if unit is None or line.state not in _MAY_GO_BACK or line.confrontation is None:
            continue
        if line.refused:  # told by ``refused``
            continue
        came = seen.files.by_digest.get(line.sha256)
        yield _case(line, unit, came.name if came else Path(line.file).name, seen.rules)


def missing(seen: Survey, roster: Roster) -> Iterator[Unit]:
    """The units nothing has come from."""
    for line in seen.units:
        unit = roster.find(line.unit)
        if unit and line.state == "missing":
            yield unit


def _case(line: Line, unit: Unit, name: str, rules: RuleBook) -> ReturnCase | RefusedCase | Held:
    """``name`` is the file's name as the unit sent it; the archive has its own."""
    file = Path(line.file)
    try:
        data, submission = take(file).data, read_file(file)
    except Refused as refused:  # it was readable a moment ago
        return RefusedCase(unit, name, refused.message)
    confrontation = line.confrontation
    if confrontation is None or (line.state == "returned" and not line.count(Severity.HARD)):
        return Held(unit, line.why)
    own = {key: each.text for key, each in line.explained.items() if each.accepted is not False}
    return ReturnCase(unit, name, data, submission, confrontation, own, rules)

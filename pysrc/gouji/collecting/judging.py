"""What the round thinks of a file: read, repaired or refused, and the unit it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from gouji import editions
from gouji.collecting.attribution import Attribution, Attributor
from gouji.collecting.facts import Facts
from gouji.gate import Reason
from gouji.model import Unit
from gouji.roster import Roster, normalised
from gouji.round import Round
from gouji.wording import say


class Grade(StrEnum):
    """How a file could be taken; wording under ``collecting.grade.<grade>``."""

    READ = "read"
    REPAIRED = "repaired"  #: values that were no plain numbers were understood and listed
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judgement:
    """``reason`` and ``why`` for a refused file; ``unit`` where it is known all the same."""

    grade: Grade
    unit: str = ""
    code: str = ""
    reason: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a file besides its content.

    ``senders`` are addresses it came from; ``assigned`` is the unit the coordinator named,
    ``readmitted`` that they let it in again.
    """

    senders: frozenset[str] = frozenset()
    assigned: str = ""
    readmitted: bool = False


@dataclass(frozen=True)
class Judge:
    """Judges by the round's facts, its roster, and last year's figures (unit name → digest)."""

    round: Round
    roster: Roster
    last_year: Mapping[str, str]

    def judge(self, facts: Facts, evidence: Evidence) -> Judgement:
        """Every fact considered; the first reason against the file is told."""
        if facts.reason and not (facts.unit or evidence.assigned):
            return Judgement(Grade.REFUSED, reason=facts.reason, why=facts.why)
        found = self._attributed(facts, evidence)
        name = found.unit.name.strip() if found.unit else ""
        code = found.unit.code.strip() if found.unit else ""
        if facts.reason:
            return Judgement(Grade.REFUSED, name, code, facts.reason, facts.why, found.notes)
        reason, why = self._against(facts, found, evidence)
        if reason:
            return Judgement(Grade.REFUSED, name, code, reason, why, found.notes)
        grade = Grade.REPAIRED if facts.repairs else Grade.READ
        return Judgement(grade, name, code, notes=found.notes)

    def _attributed(self, facts: Facts, evidence: Evidence) -> Attribution:
        if evidence.assigned:
            unit = self.roster.find(evidence.assigned)
            if unit is not None:
                return Attribution(unit, notes=_assigned(facts, unit))
        return self._attributor.attribute(facts.unit, facts.code, evidence.senders)

    @cached_property
    def _attributor(self) -> Attributor:
        return Attributor(self.roster, self.round.district)

    def _against(self, facts: Facts, found: Attribution, evidence: Evidence) -> tuple[str, str]:
        """The reason that speaks against a file that could be read, and its sentence."""
        if facts.edition != self.round.edition:
            places = {"found": _basis(facts.edition), "due": _basis(self.round.edition)}
            return Reason.OTHER_EDITION, say("refused.other_edition", **places)
        if facts.year is None:
            return Reason.OTHER_YEAR, say("refused.other_year_none", year=self.round.year)
        if facts.year != self.round.year:
            places = {"found": str(facts.year), "year": str(self.round.year)}
            return Reason.OTHER_YEAR, say("refused.other_year", **places)
        if found.unit is None:
            return found.reason, found.why
        last = self.last_year.get(normalised(found.unit.name))
        if last and last == facts.figures and not evidence.readmitted:
            return Reason.LAST_YEAR_AGAIN, say("refused.last_year_again", year=facts.year - 1)
        return "", ""


def _assigned(facts: Facts, unit: Unit) -> tuple[str, ...]:
    called = facts.unit or say("screen.no_unit")
    return (say("collecting.note.assigned", name=called, unit=unit.name.strip()),)


def _basis(edition: str) -> str:
    return editions.load(edition).basis if edition in editions.available() else edition


def to_json(judgement: Judgement) -> Mapping[str, Any]:
    """What a graded event says beside the facts; the unit has a column of its own."""
    return {
        "grade": str(judgement.grade), "told": judgement.reason, "sentence": judgement.why,
        "unit_code": judgement.code, "remarks": list(judgement.notes),
    }  # fmt: skip


def from_json(unit: str, data: Mapping[str, Any]) -> Judgement:
    return Judgement(
        Grade(data["grade"]), unit, data["unit_code"], data["told"], data["sentence"],
        tuple(data["remarks"]),
    )  # fmt: skip


#: Reasons of files that wait for somebody to say whose they are.
UNCLAIMED: Collection[str] = (Reason.NO_UNIT, Reason.UNKNOWN_UNIT, Reason.AMBIGUOUS_UNIT)

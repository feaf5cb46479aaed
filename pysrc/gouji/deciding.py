"""The coordinator's decisions about files: taken out, let in again, chosen, given to a unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gouji.collecting import FileState, standing
from gouji.ledger.events import CHOICES, Kind
from gouji.ledger.records import opened
from gouji.roster import normalised
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.unusable import UnusableCall
from gouji.wording import say

SHORTEST = 8  #: characters of a digest that name a file


@dataclass(frozen=True, slots=True)
class Decision:
    """``file`` is a name or the beginning of a digest; ``unit`` whose it is, for ASSIGNED."""

    file: str
    kind: Kind
    unit: str = ""


def word(kind: Kind) -> str:
    return say(f"decide.choice.{kind}")


def choice(text: str) -> Kind | None:
    """The decision that a word on the console means; None for none of them."""
    return next((kind for kind in CHOICES if word(kind) == text.strip()), None)


def decide(round_: Round, decisions: Iterable[Decision], by: str = "") -> list[FileState]:
    """Enter the decisions in the ledger: all of them or, when one makes no sense, none.

    The files they are about. Raises UnusableCall, RosterError, RoundError, OSError.
    """
    wanted = list(decisions)
    if not wanted:
        return []
    states = standing(round_)
    files = [_file(states, each.file) for each in wanted]
    units = [_unit(round_, each) for each in wanted]
    with opened(round_) as records:
        for each, state, unit in zip(wanted, files, units, strict=True):
            detail = {"name": state.sha256} if each.kind is Kind.LET_IN else {}
            records.decide(
                each.kind, sha256=state.sha256, unit=unit or state.unit, by=by, detail=detail
            )
    return files


def _file(states: Sequence[FileState], given: str) -> FileState:
    """The one file of that name or digest. Raises UnusableCall."""
    wanted = given.strip()
    digest = wanted.lower()
    found = [
        state for state in states
        if (len(digest) >= SHORTEST and state.sha256.startswith(digest))
        or normalised(wanted) in map(normalised, state.names)
    ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnusableCall(say("decide.no_file", file=wanted))
    digests = say("message.joint").join(state.sha256[:12] for state in found)
    raise UnusableCall(say("decide.several", file=wanted, digests=digests))


def _unit(round_: Round, decision: Decision) -> str:
    """The roster's name of the unit a file is given to. Raises UnusableCall, RosterError."""
    if decision.kind is not Kind.ASSIGNED:
        return ""
    match = read_roster(round_.roster_file).match(decision.unit)
    if match.unit is None:
        raise UnusableCall(say("decide.no_unit", unit=decision.unit.strip(), why=match.why))
    return match.unit.name.strip()

"""Explanations of soft findings (出错说明): what units wrote, what the coordinator says to it.

An explanation belongs to one finding of one unit with those numbers: unit, rule and message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from gouji.ledger.events import Event, Kind
from gouji.ledger.records import Records
from gouji.model import Finding, Submission

#: Unit, rule, message.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """``accepted`` is None until the coordinator has decided."""

    text: str
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands on the console beside a finding: the text, and the word for yes or no."""

    text: str = ""
    accepted: bool | None = None


Explanations = Mapping[Key, Explanation]


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger says: the last word on each finding, and every text it has ever seen."""

    last: Explanations
    texts: frozenset[tuple[Key, str]]


def known_from(events: Iterable[Event]) -> Known:
    """What the ledger's decisions, in order, say of explanations."""
    last: dict[Key, Explanation] = {}
    texts: set[tuple[Key, str]] = set()
    for event in events:
        if event.kind in _SAID:
            detail = event.detail
            key = (event.unit, str(detail["rule"]), str(detail["message"]))
            last[key] = Explanation(str(detail["text"]), _SAID[event.kind])
            texts.add((key, last[key].text))
    return Known(last, frozenset(texts))


_SAID = {Kind.EXPLAINED: None, Kind.ACCEPTED: True, Kind.DECLINED: False}
_KINDS = {accepted: kind for kind, accepted in _SAID.items()}


def gathered(
    submissions: Iterable[Submission], known: Known, typed: Mapping[Key, Typed]
) -> dict[Key, Explanation]:
    """Every explanation: the units' own, the ledger's, and what stands on the console now.

    What the coordinator writes is accepted unless they say no; a unit's own waits for their word.
    """
    own = {
        (submission.unit, rule, message): Explanation(text.strip())
        for submission in submissions
        for (rule, message), text in submission.explanations.items()
        if text.strip()
    }
    # A unit that explains anew asks anew; a text that was seen before was answered.
    fresh = {key: each for key, each in own.items() if (key, each.text) not in known.texts}
    found = {**known.last, **fresh}
    for key, each in typed.items():
        before = found.get(key)
        text = each.text.strip()
        if not text:
            continue
        if before is None or before.text != text:
            found[key] = Explanation(text, each.accepted is not False)
        elif each.accepted is not None:
            found[key] = Explanation(text, each.accepted)
    return found


T = TypeVar("T")


def told_of(finding: Finding, unit: str, explanations: Mapping[Key, T]) -> T | None:
    """What was said of a finding of that unit; None when nothing was.

    Of a finding that also tells of other units, what was said before their numbers changed holds.
    """
    exact = explanations.get((unit, finding.rule, finding.message))
    if exact is not None or not finding.own_words:
        return exact
    for (other, rule, message), each in reversed(list(explanations.items())):
        same = (other, rule) == (unit, finding.rule)
        if same and all(words in message for words in finding.own_words):
            return each
    return None


def standing(explanations: Explanations) -> dict[Key, str]:
    """The texts that stand: accepted ones."""
    return {key: each.text for key, each in explanations.items() if each.accepted}


def record(records: Records, before: Explanations, now: Explanations, by: str = "") -> int:
    """Enter in the ledger what changed; how many entries. Raises RoundError, OSError."""
    changed = [(key, each) for key, each in now.items() if before.get(key) != each]
    for (unit, rule, message), each in changed:
        detail = {"rule": rule, "message": message, "text": each.text}
        records.decide(_KINDS[each.accepted], unit=unit, by=by, detail=detail)
    return len(changed)

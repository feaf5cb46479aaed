"""A change in words a clerk understands: which cell, what it holds, what it should hold, why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gouji.diagnosis.evidence import Evidence, Weighed
from gouji.diagnosis.surroundings import Surroundings
from gouji.messages import show
from gouji.model import EditRule, Number, Value
from gouji.wording import say

Place = Callable[[str], str]
#: How many steps of one change are told with the label of their cell.
_LABELLED = 2
_LONGEST = 40


class Teller:
    """Tells the changes of one submission."""

    def __init__(self, around: Surroundings, place: Place) -> None:
        self.around, self.place = around, place
        facts = around.facts
        self.outline, self.facts = facts.outline, facts

    def why(self, weighed: Weighed, rules: list[EditRule], alone: bool, free: bool) -> str:
        """The whole sentence; ``alone`` when no other change would do."""
        told = list(dict.fromkeys(filter(None, self._reasons(weighed))))
        if free:
            told.append(say("diagnosis.free"))
        joint = say("diagnosis.joint")
        steps = say("diagnosis.between").join(
            self._step(place, moved, alone, len(weighed.change) <= _LABELLED)
            for place, moved in sorted(weighed.change.items())
        )
        reason = say("diagnosis.reason", reasons=joint.join(told)) if told else ""
        return say("diagnosis.why", steps=steps, effect=_effect(rules), reason=reason)

    def _step(self, place: int, moved: int, alone: bool, labelled: bool) -> str:
        code = self.outline.codes[place]
        old, new = self.facts.values[place], self.facts.values[place] + moved
        meaning = self.facts.cells.odd.get(code)
        label = self.outline.form.items[code].label
        places = {
            "place": self.place(code),
            "label": say("diagnosis.label", label=label) if labelled and label else "",
            "new": show(self.facts.number(new)),
        }
        if meaning is not None and meaning.number is None:
            return say(
                "diagnosis.step.text",
                text=_typed_text(self.facts.submission.values[code]),
                **places,
            )
        if code in self.facts.cells.blanks:
            key = "diagnosis.step.blank" if alone else "diagnosis.step.blank_maybe"
            return say(key, **places)
        key = "diagnosis.step.value" if alone else "diagnosis.step.maybe"
        return say(key, old=show(self.facts.number(old)), **places)

    def sign(self, code: str, new: Number) -> str:
        """The sentence for a number below 0 that only lost its sign."""
        step = say(
            "diagnosis.step.value",
            place=self.place(code),
            label=say("diagnosis.label", label=self.outline.form.items[code].label),
            old=show(-new),
            new=show(new),
        )
        effect = say("diagnosis.not_negative")
        reason = say("diagnosis.reason", reasons=say("diagnosis.evidence.sign"))
        return say("diagnosis.why", steps=step, effect=effect, reason=reason)

    def _reasons(self, weighed: Weighed) -> Iterator[str]:
        places = sorted(weighed.change)
        for nth, evidence in enumerate(weighed.reasons):
            yield self._reason(evidence, places[nth], weighed.change[places[nth]])
        for place in places:
            yield self._last_year(place, weighed.change[place])

    def _reason(self, evidence: Evidence, place: int, moved: int) -> str:
        old, new = self.facts.values[place], self.facts.values[place] + moved
        at = "" if evidence.at is None else self.place(self.outline.codes[evidence.at])
        n = "" if evidence.n is None else show(self.facts.number(evidence.n))
        return say(
            f"diagnosis.evidence.{evidence.kind}", at=at, n=n,
            old=show(self.facts.number(old)), new=show(self.facts.number(new)),
        )  # fmt: skip

    def _last_year(self, place: int, moved: int) -> str:
        """What last year says for the new value, when it says more for it than for the old."""
        last, old = self.around.last_year(place), self.facts.values[place]
        if not last or abs(last - old - moved) >= abs(last - old):
            return ""
        if last == old + moved:
            return say("diagnosis.evidence.same_as_last", n=show(self.facts.number(last)))
        near = 4 * abs(last - old - moved) <= abs(last)
        return say("diagnosis.evidence.near_last", n=show(self.facts.number(last))) if near else ""


def _effect(rules: list[EditRule]) -> str:
    bounds = [rule for rule in rules if len(rule.terms) == 1]
    if rules and len(bounds) == len(rules):
        return say("diagnosis.meets", says=bounds[0].says)
    return say("diagnosis.balanced")


def _typed_text(value: Value) -> str:
    """Text as typed, cut where it is too long to repeat."""
    text = str(value).strip()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + say("message.cut")

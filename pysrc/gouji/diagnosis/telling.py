"""A change in words a clerk understands: which cell, what it holds, what it should hold, why."""

from __future__ import annotations

from collections.abc import Callable

from gouji.diagnosis.evidence import MOVED, Evidence, Weighed
from gouji.diagnosis.patterns import mistyped
from gouji.diagnosis.search import Change
from gouji.diagnosis.surroundings import Surroundings
from gouji.messages import show
from gouji.model import EditRule, Number, Value
from gouji.wording import say

Place = Callable[[str], str]
#: Steps of one change told with the label of their cell, letters of a text, steps told at all.
_LABELLED = 3
_LONGEST = 40
_SHOWN = 6
#: Below this a number has one digit.
_SHORT = 10


class Teller:
    """Tells the changes of one submission."""

    def __init__(self, around: Surroundings, place: Place) -> None:
        self.around, self.place = around, place
        facts = around.facts
        self.outline, self.facts = facts.outline, facts

    def why(self, weighed: Weighed, rules: list[EditRule], alone: bool, free: bool) -> str:
        """The whole sentence; ``alone`` when no other change would do.

        A reason for one cell stands behind it, a reason for all of them behind everything.
        """
        # That nothing belongs there is said by the rule itself.
        reasons = [] if _bounds(rules) else self._reasons(weighed, alone)
        whole = [say("diagnosis.free")] if free else []
        if len(reasons) < len(weighed.change):
            whole = [*(each for some in reasons for each in some), *whole]
            reasons = []
        steps = self._steps(weighed, alone and not free, reasons)
        told = say("diagnosis.between").join(steps[:_SHOWN])
        if len(steps) > _SHOWN:
            told = say("diagnosis.steps", text=told, n=len(steps))
        key = "diagnosis.why_all" if len(steps) > 1 else "diagnosis.why"
        return say(key, steps=told, effect=_effect(rules), reason=_behind(whole))

    def _steps(self, weighed: Weighed, alone: bool, reasons: list[list[str]]) -> list[str]:
        """What to change, cell by cell, or number by number where they stand in wrong cells."""
        change = weighed.change
        labelled = len(change) <= _LABELLED
        if weighed.reasons[0].kind.startswith(MOVED):
            pairs = self._moves(change, weighed.reasons[0].kind)
            return [self._move(wrong, right, alone, labelled) for wrong, right in pairs]
        steps = [self._step(place, moved, alone, labelled)
                 for place, moved in sorted(change.items())]  # fmt: skip
        if not reasons:
            return steps
        return [step + _behind(why) for step, why in zip(steps, reasons, strict=True)]

    def _moves(self, change: Change, kind: str) -> list[tuple[int, int]]:
        """From where to where every number goes."""
        grid = self.around.grid
        line = grid.row_of if kind == f"{MOVED}column" else grid.column_of
        right = {(line[place], moved): place for place, moved in change.items() if moved > 0}
        return [
            (place, right[line[place], -moved])
            for place, moved in sorted(change.items())
            if moved < 0
        ]

    def _move(self, wrong: int, right: int, alone: bool, labelled: bool) -> str:
        codes, items = self.outline.codes, self.outline.form.items
        label, to_label = (
            _label(items[codes[place]].label) if labelled else "" for place in (wrong, right)
        )
        return say(
            "diagnosis.step.moved" if alone else "diagnosis.step.moved_maybe",
            place=self.place(codes[wrong]),
            label=label,
            n=show(self.facts.number(self.facts.values[wrong])),
            to=self.place(codes[right]),
            to_label=to_label,
        )

    def _step(self, place: int, moved: int, alone: bool, labelled: bool) -> str:
        code = self.outline.codes[place]
        old, new = self.facts.values[place], self.facts.values[place] + moved
        meaning = self.facts.cells.odd.get(code)
        label = self.outline.form.items[code].label
        places = {
            "place": self.place(code),
            "label": _label(label if labelled else ""),
            "new": show(self.facts.number(new)),
        }
        if meaning is not None and meaning.number is None:
            return say(
                "diagnosis.step.text" if alone else "diagnosis.step.text_maybe",
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
            label=_label(self.outline.form.items[code].label),
            old=show(-new),
            new=show(new),
        )
        effect = say("diagnosis.not_negative")
        reason = say("diagnosis.reason", reasons=say("diagnosis.evidence.sign"))
        return say("diagnosis.why", steps=step, effect=effect, reason=reason)

    def _reasons(self, weighed: Weighed, alone: bool) -> list[list[str]]:
        """For each cell what speaks for it; one list for all of them when that is one slip."""
        change, found = weighed.change, []
        if len(weighed.reasons) < len(change):
            first = min(change)
            return [[self._reason(weighed.reasons[0], first, change[first])]]
        for evidence, (place, moved) in zip(weighed.reasons, sorted(change.items()), strict=True):
            told = [self._reason(evidence, place, moved)]
            if not alone:
                told.append(self._row(place, moved))
            told.append(self._last_year(place, moved))
            found.append([text for text in told if text])
        return found

    def _reason(self, evidence: Evidence, place: int, moved: int) -> str:
        old, new = self.facts.values[place], self.facts.values[place] + moved
        if evidence.kind == mistyped.__name__ and max(old, new) < _SHORT:
            return ""  # of one digit that says nothing
        at = "" if evidence.at is None else self.place(self.outline.codes[evidence.at])
        n = "" if evidence.n is None else show(self.facts.number(evidence.n))
        return say(
            f"diagnosis.evidence.{evidence.kind}", at=at, n=n,
            old=show(self.facts.number(old)), new=show(self.facts.number(new)),
        )  # fmt: skip

    def _row(self, place: int, moved: int) -> str:
        """What the rest of the row says for a number where there was none, or for none."""
        grid, values = self.around.grid, self.facts.values
        old, new = values[place], values[place] + moved
        others = [n for n in grid.typed_rows[grid.row_of[place]] if n != place]
        if grid.total[place] or bool(old) == bool(new) or not others:
            return ""
        filled = any(values[n] for n in others)
        if filled is bool(old):
            return ""
        return say(f"diagnosis.evidence.{'row_filled' if filled else 'row_empty'}")

    def _last_year(self, place: int, moved: int) -> str:
        """What last year says for the new value, when it says more for it than for the old."""
        last, old = self.around.last_year(place), self.facts.values[place]
        if not last or abs(last - old - moved) >= abs(last - old):
            return ""
        if last == old + moved:
            return say("diagnosis.evidence.same_as_last", n=show(self.facts.number(last)))
        near = 4 * abs(last - old - moved) <= abs(last)
        return say("diagnosis.evidence.near_last", n=show(self.facts.number(last))) if near else ""


def _label(label: str) -> str:
    return say("diagnosis.label", label=label) if label else say("diagnosis.unlabelled")


def _behind(reasons: list[str]) -> str:
    """Reasons in brackets, each once."""
    told = say("diagnosis.joint").join(dict.fromkeys(filter(None, reasons)))
    return say("diagnosis.reason", reasons=told) if told else ""


def _effect(rules: list[EditRule]) -> str:
    bounds = _bounds(rules)
    return say("diagnosis.meets", says=bounds[0].says) if bounds else say("diagnosis.balanced")


def _bounds(rules: list[EditRule]) -> list[EditRule]:
    """The rules, if every one of them bounds a single cell."""
    bounds = [rule for rule in rules if len(rule.terms) == 1]
    return bounds if len(bounds) == len(rules) else []


def _typed_text(value: Value) -> str:
    """Text as typed, cut where it is too long to repeat."""
    text = str(value).strip()
    return text if len(text) <= _LONGEST else text[:_LONGEST] + say("message.cut")

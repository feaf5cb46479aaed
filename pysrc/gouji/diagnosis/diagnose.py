"""What is probably wrong in a submission: every least repair, ranked, with what speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from gouji.diagnosis.evidence import Weighed, pair, weigh
from gouji.diagnosis.facts import Facts, facts_of
from gouji.diagnosis.localise import Group, Located, locate
from gouji.diagnosis.patterns import sign
from gouji.diagnosis.search import Change
from gouji.diagnosis.surroundings import Surroundings
from gouji.diagnosis.telling import Teller
from gouji.model import Finding, Form, Number, Submission, Suspect
from gouji.wording import say

Place = Callable[[str], str]
#: Seconds of work on an ordinary machine for each piece of the form; spent as counted steps, so
#: that the same form always gets the same answer.
BUDGET = 0.1
_STEPS_A_SECOND = 30_000
#: Alternatives kept for one cause, and shown beside one finding.
KEPT, SHOWN = 40, 12


@dataclass(frozen=True)
class Solution:
    """One repair: cells and the values they should have.

    Applied, it settles the rules named in ``settles`` and puts no other out of balance.
    ``cause`` numbers the group of alternatives it belongs to: one of each group mends the form.
    ``kind`` names the slip that explains it, empty for a bare suspect.
    """

    change: Mapping[str, Number | None]
    kind: str
    settles: tuple[str, ...]
    cause: int
    tell: Callable[[], str] = field(repr=False, compare=False)

    @cached_property
    def why(self) -> str:
        """The repair in a sentence: place, what stands there, what should, and why."""
        return self.tell()


@dataclass(frozen=True)
class Diagnosis:
    """All repairs, cause by cause, the likeliest of each first.

    ``complete`` is False when some least repair may be missing; ``rest`` counts repairs beyond
    those kept for a cause; ``notes`` are sentences about the whole.
    """

    solutions: tuple[Solution, ...]
    complete: bool = True
    rest: int = 0
    notes: tuple[str, ...] = ()

    @cached_property
    def _by_rule(self) -> dict[str, list[Solution]]:
        found: dict[str, list[Solution]] = {}
        for solution in self.solutions:
            for rule in solution.settles:
                found.setdefault(rule, []).append(solution)
        return found

    def suspects_of(self, finding: Finding, most: int = SHOWN) -> tuple[Suspect, ...]:
        """What would settle a finding, likeliest first; empty when nothing is known."""
        found = self._by_rule.get(finding.rule, [])
        return tuple(Suspect(solution.change, solution.why) for solution in found[:most])

    def more_for(self, finding: Finding, most: int = SHOWN) -> int:
        """How many further repairs are kept for the finding than ``suspects_of`` names."""
        return max(0, len(self._by_rule.get(finding.rule, [])) - most)


_NOTHING = Diagnosis(())


def diagnose(
    form: Form,
    submission: Submission,
    earlier: Submission | None = None,
    *,
    fixed: Collection[str] = (),
    budget: float = BUDGET,
    place: Place | None = None,
) -> Diagnosis:
    """Localise the errors behind the hard balance rules and cells without a usable value.

    ``earlier`` is the unit's last-year submission, ``fixed`` the codes of cells the clerk has
    confirmed, ``place`` how to name a cell. A form in balance costs next to nothing.
    """
    facts = facts_of(form, submission, earlier)
    if not facts.gaps and not facts.must:
        return _NOTHING
    held = frozenset(facts.outline.position[code] for code in fixed)
    located = locate(facts, held, max(1, int(budget * _STEPS_A_SECOND)))
    where = place or (lambda code: form.items[code].full_label)
    return _Report(facts, located, Teller(Surroundings(facts), where), held).diagnosis()


@dataclass(frozen=True)
class _Ranked:
    """An answer in a group: its weight against the others there, and the rules it settles."""

    weighed: Weighed
    points: float
    rules: tuple[int, ...]
    free: bool = False


class _Report:
    def __init__(
        self, facts: Facts, located: Located, teller: Teller, held: frozenset[int]
    ) -> None:
        self.facts, self.located, self.teller, self.held = facts, located, teller, held
        self.form = facts.outline.form
        self.around = teller.around

    def diagnosis(self) -> Diagnosis:
        groups = [
            [_Ranked(weigh(self.around, change), 0.0, group.rules, frozenset(change) in group.free)
             for change in group.changes]
            for group in self.located.groups
        ]  # fmt: skip
        ranked = [[_with_points(each, each.weighed.points) for each in group] for group in groups]
        best = [max(each.points for each in group) for group in ranked]
        for one, two, both in self._across(self.located.groups):
            ranked[one].append(_with_points(both, both.points - best[two]))
            ranked[two].append(_with_points(both, both.points - best[one]))
        solutions: list[Solution] = []
        rest = 0
        for number, group in enumerate(ranked):
            group.sort(
                key=lambda each: (-round(each.points, 6), sorted(each.weighed.change.items()))
            )
            rest += max(0, len(group) - KEPT)
            alone = len(group) == 1
            solutions += [self._solution(each, number, alone) for each in group[:KEPT]]
        solutions += self._unruled(len(ranked))
        return Diagnosis(tuple(solutions), self.located.complete, rest, tuple(self._notes()))

    def _across(self, groups: Sequence[Group]) -> Iterator[tuple[int, int, _Ranked]]:
        """One slip behind two groups: what one column has too many, another lacks."""
        seen: dict[tuple[object, int], list[tuple[int, Change]]] = {}
        row_of = self.around.grid.row_of
        for number, group in enumerate(groups):
            for change in group.changes:
                if len(change) == 1:
                    [(unknown, moved)] = change.items()
                    for other, opposite in seen.get((row_of[unknown], -moved), ()):
                        if other != number:
                            both = opposite | change
                            if evidence := pair(self.around, both):
                                rules = groups[other].rules + group.rules
                                weighed = Weighed(both, evidence.points, (evidence,))
                                yield other, number, _Ranked(weighed, evidence.points, rules)
                    seen.setdefault((row_of[unknown], moved), []).append((number, change))

    def _solution(self, ranked: _Ranked, number: int, alone: bool) -> Solution:
        change = ranked.weighed.change
        codes, values = self.facts.outline.codes, self.facts.values
        rules = [self.form.rules[n] for n in ranked.rules]
        kinds = [each.kind for each in ranked.weighed.reasons if each.kind != "otherwise"]
        return Solution(
            change={
                codes[unknown]: self.facts.number(values[unknown] + moved)
                for unknown, moved in sorted(change.items())
            },
            kind=kinds[0] if kinds else "",
            settles=tuple(self._settles(ranked.rules, change)),
            cause=number,
            tell=partial(self.teller.why, ranked.weighed, rules, alone, ranked.free),
        )

    def _settles(self, rules: tuple[int, ...], change: Change) -> Iterator[str]:
        yield from (self.form.rules[number].name for number in rules)
        for number, row in self.located.implied.items():
            if sum(row.get(unknown, 0) * moved for unknown, moved in change.items()):
                yield self.form.rules[number].name
        for unknown in sorted(change):
            yield from self._cell_rules(self.facts.outline.codes[unknown], rules)

    def _cell_rules(self, code: str, rules: tuple[int, ...]) -> Iterator[str]:
        """Names of the findings about a cell without a usable value."""
        reason = self.facts.must.get(code, "")
        if reason == "blank_total":
            for number in self.facts.outline.total_rules[code]:
                if number not in rules:
                    yield self.form.rules[number].name
        elif reason:
            for rule in self.form.form_rules.values():
                if rule.kind == "domain":
                    yield f"{rule.name}.{code}"

    def _unruled(self, number: int) -> Iterator[Solution]:
        """Cells below 0 that no rule speaks of: most likely only the sign is wrong."""
        reached = {unknown for group in self.located.groups for unknown in group.changes[0]}
        for code, reason in self.facts.must.items():
            unknown = self.facts.outline.position[code]
            old = self.facts.cells.numbers.get(code)
            if reason == "negative" and old and unknown not in reached | self.held:
                yield self._solution_of_sign(code, -old, number)
                number += 1

    def _solution_of_sign(self, code: str, new: Number, number: int) -> Solution:
        settles = tuple(self._cell_rules(code, ()))
        tell = partial(self.teller.sign, code, new)
        return Solution({code: new}, sign.__name__, settles, number, tell)

    def _notes(self) -> Iterator[str]:
        if self.located.contradicted:
            names = [self.form.rules[number].name for number in self.located.contradicted]
            yield say("diagnosis.clash", rules=say("message.joint").join(names))
        if not self.located.complete:
            settled = {number for group in self.located.groups for number in group.rules}
            missing = settled.isdisjoint(self.facts.gaps)
            key = "diagnosis.held" if self.held else "diagnosis.gave_up"
            yield say(key) if missing else say("diagnosis.partial")


def _with_points(ranked: _Ranked, points: float) -> _Ranked:
    return _Ranked(ranked.weighed, points, ranked.rules, ranked.free)

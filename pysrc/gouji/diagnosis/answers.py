"""What is probably wrong in a submission: every least repair, ranked, with what speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from gouji.diagnosis.facts import Facts, facts_of
from gouji.diagnosis.localise import Located, locate
from gouji.diagnosis.patterns import sign
from gouji.diagnosis.ranking import Answer, ranked
from gouji.diagnosis.settling import Effect, cell_rules
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
KEPT, SHOWN = 60, 30


@dataclass(frozen=True)
class Solution:
    """One repair: cells and the values they should have.

    Applied, it settles the rules named in ``settles``; those in ``eases`` need other causes
    mended as well (a sum over them, or a blank total). No other rule is put out of balance.
    ``cause`` numbers the group of alternatives it belongs to: one of each group mends the form.
    ``kind`` names the slip that explains it, empty for a bare suspect; ``share`` is how likely it
    is among those of its cause.
    """

    change: Mapping[str, Number | None]
    kind: str
    settles: tuple[str, ...]
    eases: tuple[str, ...]
    cause: int
    share: float
    tell: Callable[[], str] = field(repr=False, compare=False)

    @cached_property
    def why(self) -> str:
        """The repair in a sentence: place, what stands there, what should, and why."""
        return self.tell()


@dataclass(frozen=True)
class Diagnosis:
    """All repairs, cause by cause, the likeliest of each first.

    ``complete`` is False when some least repair may be missing; ``left_out`` counts, for each
    cause, repairs beyond those kept; ``notes`` are sentences about the whole.
    """

    solutions: tuple[Solution, ...]
    complete: bool = True
    left_out: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def rest(self) -> int:
        """Repairs beyond those kept."""
        return sum(self.left_out)

    @cached_property
    def _by_rule(self) -> dict[str, list[Solution]]:
        found: dict[str, list[Solution]] = {}
        for solution in self.solutions:
            for rule in solution.settles + solution.eases:
                # An answer to two causes stands in both lists; a finding names it once.
                if all(solution.change != other.change for other in found.setdefault(rule, [])):
                    found[rule].append(solution)
        return found

    def for_rule(self, rule: str) -> Sequence[Solution]:
        """The repairs that settle a rule or bring it nearer, likeliest first."""
        return self._by_rule.get(rule, [])

    def suspects_of(self, finding: Finding, most: int = SHOWN) -> tuple[Suspect, ...]:
        """What would settle a finding, likeliest first; empty when nothing is known."""
        return tuple(suspect(solution) for solution in self.for_rule(finding.rule)[:most])


def suspect(solution: Solution) -> Suspect:
    """As it stands beside a finding; the share to two decimals."""
    return Suspect(solution.change, solution.why, round(solution.share, 2))


_NOTHING = Diagnosis(())


def diagnose(
    form: Form,
    submission: Submission,
    earlier: Submission | None = None,
    *,
    fixed: Collection[str] = (),
    budget: float = BUDGET,
    solver: bool = False,
    place: Place | None = None,
) -> Diagnosis:
    """Localise the errors behind the hard balance rules and cells without a usable value.

    ``earlier`` is the unit's last-year submission, ``fixed`` the codes of cells the clerk has
    confirmed, ``place`` how to name a cell. A form in balance costs next to nothing. ``solver``
    lets HiGHS look at what ``budget`` does not reach, if scipy is there; that may take seconds.
    """
    facts = facts_of(form, submission, earlier)
    return diagnosis_of(facts, fixed=fixed, budget=budget, solver=solver, place=place)


def diagnosis_of(
    facts: Facts,
    *,
    fixed: Collection[str] = (),
    budget: float = BUDGET,
    solver: bool = False,
    place: Place | None = None,
) -> Diagnosis:
    """The same for a submission that was made ready."""
    form = facts.outline.form
    if not facts.gaps and not facts.must:
        return _NOTHING
    held = frozenset(facts.outline.position[code] for code in fixed)
    located = locate(facts, held, max(1, int(budget * _STEPS_A_SECOND)), solver)
    where = place or (lambda code: form.items[code].full_label)
    return _Report(facts, located, Teller(Surroundings(facts), where), held).diagnosis()


class _Report:
    """Located errors made into ranked repairs."""

    def __init__(
        self, facts: Facts, located: Located, teller: Teller, held: frozenset[int]
    ) -> None:
        self.facts, self.located, self.teller, self.held = facts, located, teller, held
        self.form = facts.outline.form

    def diagnosis(self) -> Diagnosis:
        solutions: list[Solution] = []
        causes = ranked(self.teller.around, self.located, self.held)
        for number, cause in enumerate(causes):
            alone = len(cause.answers) == 1 and self.located.complete
            solutions += [
                self._solution(answer, effect, number, share, alone)
                for (answer, effect), share in zip(cause.answers[:KEPT], cause.shares, strict=False)
            ]
        left_out = tuple(cause.more + max(0, len(cause.answers) - KEPT) for cause in causes)
        solutions += self._unruled(len(causes))
        return Diagnosis(tuple(solutions), self.located.complete, left_out, tuple(self._notes()))

    def _solution(
        self, answer: Answer, effect: Effect, number: int, share: float, alone: bool
    ) -> Solution:
        change = answer.change
        codes, values = self.facts.outline.codes, self.facts.values
        rules = [self.form.rules[n] for n in answer.rules]
        kinds = [each.kind for each in answer.weighed.reasons if each.kind != "otherwise"]
        return Solution(
            change={
                codes[unknown]: self.facts.number(values[unknown] + moved)
                for unknown, moved in sorted(change.items())
            },
            kind=kinds[0] if kinds else "",
            settles=effect.settles,
            eases=effect.eases,
            cause=number,
            share=share,
            tell=partial(self.teller.why, answer.weighed, rules, alone, answer.free),
        )

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
        settles = tuple(cell_rules(self.facts, code))
        tell = partial(self.teller.sign, code, new)
        return Solution({code: new}, sign.__name__, settles, (), number, 1.0, tell)

    def _notes(self) -> Iterator[str]:
        if self.located.contradicted:
            names = [self.form.rules[number].name for number in self.located.contradicted]
            yield say("diagnosis.clash", rules=say("message.joint").join(names))
        if not self.located.complete:
            known = {number for group in self.located.groups for number in group.rules}
            missing = known.isdisjoint(self.facts.gaps)
            key = "diagnosis.held" if self.held else "diagnosis.gave_up"
            yield say(key) if missing else say("diagnosis.partial")

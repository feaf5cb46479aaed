"""The answers of every cause in order: what explains the numbers best comes first.

Every answer is tried on the rules (``settling``); one that would put a rule out of balance that
holds now is no answer. Causes whose differences cancel in such a rule are one cause, whose answers
mend all of them at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import combinations, islice
from math import exp, prod

from gouji.diagnosis.evidence import Weighed, all_at_once, pair, weigh
from gouji.diagnosis.localise import Group, Located
from gouji.diagnosis.search import Change
from gouji.diagnosis.settling import Effect, effect_of
from gouji.diagnosis.shifts import covering, shifts
from gouji.diagnosis.surroundings import Surroundings

#: Answers made of whole lines for one form, and combined ones for causes that cancel.
_MOST_LINES, _MOST_COMBINED = 24, 60
#: Causes among which those that cancel are looked for one set after the other.
_MOST_SPLIT = 14


@dataclass(frozen=True, slots=True)
class Answer:
    """One change with its points against the others of its cause, and the rules it is for.

    ``free`` when the rules leave its cells a choice.
    """

    weighed: Weighed
    points: float
    rules: tuple[int, ...]
    free: bool = False

    @property
    def change(self) -> Change:
        return self.weighed.change


@dataclass(frozen=True)
class Cause:
    """Alternatives, likeliest first, each with its effect; ``more`` counts those left out."""

    answers: tuple[tuple[Answer, Effect], ...]
    more: int = 0

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """How likely each answer is, if one of them is right."""
        points = [answer.points for answer, _ in self.answers]
        weights = [exp(each - max(points)) for each in points]
        return tuple(weight / sum(weights) for weight in weights)


#: An answer to several causes, with their places; none where no cause is known for its rules.
Wide = tuple[Answer, tuple[int, ...]]


def ranked(around: Surroundings, located: Located, held: frozenset[int]) -> list[Cause]:
    """The causes in the form's order, with their answers; ties in the form's order as well.

    An answer to several causes at once stands in the list of each of them.
    """
    single = [_answers(around, group) for group in located.groups]
    joined = _cancelling(around.facts.gaps, located)
    across = list(_across(around, located.groups))
    causes, more = [], []
    for places in joined:
        lists = [single[place] for place in places]
        causes.append(_combined(around, lists))
        pairs = [answer for answer, both in across if sorted(both) == places]
        more.append(prod(map(len, lists)) - len(_each_once([*causes[-1], *pairs])))
    wide = [*across, *_lines(around, located, joined, held)]
    _put_in(causes, joined, wide)
    causes += _gathered([answer for answer, places in wide if not places])
    more += [0] * (len(causes) - len(more))
    found = [_cause(around, located, *each) for each in zip(causes, more, strict=True)]
    return [cause for cause in found if cause.answers]


def _put_in(
    causes: Sequence[list[Answer]], joined: Sequence[Sequence[int]], wide: Sequence[Wide]
) -> None:
    """Answers to several causes into the list of each, weighed against the best of the others."""
    at = {place: number for number, places in enumerate(joined) for place in places}
    best = [max(answer.points for answer in answers) for answers in causes]
    for answer, places in wide:
        numbers = {at[place] for place in places}
        if {place for number in numbers for place in joined[number]} != set(places):
            continue  # it leaves part of a cause as it is
        for number in numbers:
            others = sum(best[other] for other in numbers if other != number)
            causes[number].append(replace(answer, points=answer.points - others))


def _cause(around: Surroundings, located: Located, answers: list[Answer], more: int) -> Cause:
    answers = _each_once(sorted(answers, key=_place_in_rank))
    tried = ((each, effect_of(around.facts, located.balances, each.change)) for each in answers)
    return Cause(tuple((each, effect) for each, effect in tried if effect.sound), more)


def _place_in_rank(answer: Answer) -> tuple[float, list[tuple[int, int]]]:
    return -round(answer.points, 6), sorted(answer.change.items())


def _answers(around: Surroundings, group: Group) -> list[Answer]:
    found = []
    for change in group.changes:
        weighed = weigh(around, change)
        free = frozenset(change) in group.free
        found.append(Answer(weighed, weighed.points, group.rules, free))
    return found


# ------------------------------------------------------------------ causes that cancel
def _cancelling(gaps: Mapping[int, int], located: Located) -> list[list[int]]:
    """The causes, those together whose differences cancel in a rule that holds: as few as do."""
    sums: dict[int, dict[int, int]] = {place: {} for place in range(len(located.groups))}
    for number, reached in located.spanned.items():
        if number not in gaps:
            for place, more in reached.items():
                sums[place][number] = more
    open_places = [place for place in sums if sums[place]]
    joined = [[place] for place in sums if not sums[place]]
    while open_places:
        joined.append(_fewest(open_places, sums))
        open_places = [place for place in open_places if place not in joined[-1]]
    return sorted(joined)


def _fewest(places: Sequence[int], sums: Mapping[int, Mapping[int, int]]) -> list[int]:
    """The first place with the fewest others that bring every sum to nothing."""
    first, *others = places
    sizes = range(1, len(others) if len(others) <= _MOST_SPLIT else 0)
    for more in (each for size in sizes for each in combinations(others, size)):
        total: dict[int, int] = {}
        for place in (first, *more):
            for number, value in sums[place].items():
                total[number] = total.get(number, 0) + value
        if not any(total.values()):
            return [first, *more]
    return list(places)


def _combined(around: Surroundings, lists: Sequence[list[Answer]]) -> list[Answer]:
    """One answer of each list taken together, the likeliest combinations first."""
    if len(lists) == 1:
        return lists[0]
    return [_together(around, answers) for answers in islice(_best_first(lists), _MOST_COMBINED)]


def _best_first(lists: Sequence[list[Answer]]) -> Iterator[list[Answer]]:
    """Every combination, by falling sum of points."""
    lists = [sorted(each, key=lambda answer: -answer.points) for each in lists]

    def loss(at: tuple[int, ...]) -> float:
        return -sum(each[n].points for each, n in zip(lists, at, strict=True))

    start = (0,) * len(lists)
    heap, seen = [(loss(start), start)], {start}
    while heap:
        _, at = heappop(heap)
        yield [each[n] for each, n in zip(lists, at, strict=True)]
        for place, n in enumerate(at):
            further = (*at[:place], n + 1, *at[place + 1 :])
            if n + 1 < len(lists[place]) and further not in seen:
                seen.add(further)
                heappush(heap, (loss(further), further))


def _together(around: Surroundings, answers: Sequence[Answer]) -> Answer:
    """Answers to different causes as one; each cell keeps its reason, one for several is lost."""
    change = {cell: moved for answer in answers for cell, moved in answer.change.items()}
    rules = tuple(number for answer in answers for number in answer.rules)
    free = any(answer.free for answer in answers)
    if any(len(answer.weighed.reasons) < len(answer.change) for answer in answers):
        weighed = weigh(around, change)
        return Answer(weighed, weighed.points, rules, free)
    reason = {
        cell: why
        for answer in answers
        for cell, why in zip(sorted(answer.change), answer.weighed.reasons, strict=True)
    }
    points = sum(answer.points for answer in answers)
    weighed = Weighed(change, points, tuple(reason[cell] for cell in sorted(change)))
    return Answer(weighed, points, rules, free)


# ------------------------------------------------------------------ one slip, several causes
def _across(around: Surroundings, groups: Sequence[Group]) -> Iterator[Wide]:
    """One slip behind two causes: what one column has too many, another lacks."""
    seen: dict[tuple[object, int], list[tuple[int, Change]]] = {}
    row_of = around.grid.row_of
    for number, group in enumerate(groups):
        for change in group.changes:
            if len(change) != 1:
                continue
            [(unknown, moved)] = change.items()
            for other, opposite in seen.get((row_of[unknown], -moved), ()):
                both = opposite | change
                if other != number and (evidence := pair(around, both)):
                    weighed = Weighed(both, evidence.points, (evidence,))
                    rules = groups[other].rules + group.rules
                    yield Answer(weighed, evidence.points, rules), (other, number)
            seen.setdefault((row_of[unknown], moved), []).append((number, change))


def _lines(
    around: Surroundings, located: Located, joined: Sequence[Sequence[int]], held: frozenset[int]
) -> Iterator[Wide]:
    """Whole lines that slipped, where no single cell explains everything."""
    least = sum(min(map(len, group.changes)) for group in located.groups)
    if least < 2 and located.complete:
        return
    groups = located.groups
    causes = [frozenset(rule for n in places for rule in groups[n].rules) for places in joined]
    void = {around.facts.outline.position[code] for code in around.facts.must}
    for shift in islice(covering(shifts(around, located.balances, held), causes), _MOST_LINES):
        places = tuple(n for each, cause in zip(joined, causes, strict=True)
                       if cause.intersection(shift.rules) for n in each)  # fmt: skip
        if any(not void.isdisjoint(groups[n].changes[0]) for n in places):
            continue  # a cell without a value is not mended by moving others
        weighed = all_at_once(around, shift.change, shift.kind)
        yield Answer(weighed, weighed.points, shift.rules), places


def _gathered(answers: Sequence[Answer]) -> list[list[Answer]]:
    """Answers to rules no cause is known for: those that share a rule are one cause."""
    causes: list[list[Answer]] = []
    for answer in answers:
        near = [each for each in causes if any(set(a.rules) & set(answer.rules) for a in each)]
        causes = [each for each in causes if each not in near]
        causes.append([other for each in near for other in each] + [answer])
    return causes


def _each_once(answers: Collection[Answer]) -> list[Answer]:
    """A change that was found in two ways, told in the better one."""
    first: dict[frozenset[tuple[int, int]], Answer] = {}
    for answer in answers:
        first.setdefault(frozenset(answer.change.items()), answer)
    return list(first.values())

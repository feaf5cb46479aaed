"""The answers of every cause in order: what explains the numbers best comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from gouji.diagnosis.evidence import Weighed, all_at_once, pair, weigh
from gouji.diagnosis.localise import Group, Located
from gouji.diagnosis.search import Change
from gouji.diagnosis.shifts import covering, shifts
from gouji.diagnosis.surroundings import Surroundings

#: Answers made of whole lines for one form.
_MOST_LINES = 24


@dataclass(frozen=True, slots=True)
class Answer:
    """One change with its points against the others of its cause, and the rules it settles.

    ``free`` when the rules leave its cells a choice.
    """

    weighed: Weighed
    points: float
    rules: tuple[int, ...]
    free: bool = False


#: An answer to several causes, with their places; none where no cause is known for its rules.
Wide = tuple[Answer, tuple[int, ...]]


def ranked(around: Surroundings, located: Located, held: frozenset[int]) -> list[list[Answer]]:
    """The answers of each cause, likeliest first; ties in the form's order.

    An answer to several causes at once stands in the list of each of them.
    """
    causes = [_answers(around, group) for group in located.groups]
    best = [max(answer.points for answer in answers) for answers in causes]
    wide = [*_across(around, located.groups), *_lines(around, located, held)]
    for answer, groups in wide:
        for group in groups:
            others = sum(best[other] for other in groups if other != group)
            causes[group].append(replace(answer, points=answer.points - others))
    causes += _gathered([answer for answer, groups in wide if not groups])
    for answers in causes:
        answers.sort(key=lambda each: (-round(each.points, 6), sorted(each.weighed.change.items())))
    return [_each_once(answers) for answers in causes]


def _answers(around: Surroundings, group: Group) -> list[Answer]:
    found = []
    for change in group.changes:
        weighed = weigh(around, change)
        free = frozenset(change) in group.free
        found.append(Answer(weighed, weighed.points, group.rules, free))
    return found


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


def _lines(around: Surroundings, located: Located, held: frozenset[int]) -> Iterator[Wide]:
    """Whole lines that slipped, where no single cell explains everything."""
    least = sum(min(map(len, group.changes)) for group in located.groups)
    if least < 2 and located.complete:
        return
    causes = [frozenset(group.rules) for group in located.groups]
    void = {around.facts.outline.position[code] for code in around.facts.must}
    for shift in islice(covering(shifts(around, located.rows, held), causes), _MOST_LINES):
        groups = tuple(n for n, cause in enumerate(causes) if cause.intersection(shift.rules))
        if any(not void.isdisjoint(located.groups[n].changes[0]) for n in groups):
            continue  # a cell without a value is not mended by moving others
        weighed = all_at_once(around, shift.change, shift.kind)
        yield Answer(weighed, weighed.points, shift.rules), groups


def _gathered(answers: Sequence[Answer]) -> list[list[Answer]]:
    """Answers to rules no cause is known for: those that share a rule are one cause."""
    causes: list[list[Answer]] = []
    for answer in answers:
        near = [each for each in causes if any(set(a.rules) & set(answer.rules) for a in each)]
        causes = [each for each in causes if each not in near]
        causes.append([other for each in near for other in each] + [answer])
    return causes


def _each_once(answers: Sequence[Answer]) -> list[Answer]:
    """A change that was found in two ways, told in the better one."""
    first: dict[frozenset[tuple[int, int]], Answer] = {}
    for answer in answers:
        first.setdefault(frozenset(answer.weighed.change.items()), answer)
    return list(first.values())

"""Whole lines that slipped: one cause behind many cells, which no least change would name.

Two kinds: a row (or column) typed one place too far, and a few numbers typed in the line beside
theirs. Each is tried as it stands; only what settles rules and disturbs none is an answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from gouji.diagnosis.balances import Balances
from gouji.diagnosis.evidence import MOVED
from gouji.diagnosis.search import Change
from gouji.diagnosis.surroundings import Line, Surroundings

Effect = dict[int, int]  #: rule → what a change adds to its difference

#: Numbers moved together, and how many sets of them are looked at.
_TOGETHER = 3
_MOST_TRIED = 4000
#: Slips of this kind for one form, and cells of several of them taken as one answer.
_MOST, _WIDEST = 40, 8


@dataclass(frozen=True, slots=True)
class Shift:
    """A slip of whole lines: what it is (name of a wording), the change, the rules it settles."""

    kind: str
    change: Change
    rules: tuple[int, ...]


class Lines:
    """The typed cells of a form's lines, and what a change does to the rules."""

    def __init__(self, around: Surroundings, balances: Balances) -> None:
        self.around, self.balances = around, balances
        self.gaps = around.facts.gaps

    def effect(self, change: Change) -> Effect:
        found = self.balances.effect(change)
        # To pass through a rule that is out and leave it so would be in another answer's way.
        return {number: more for number, more in found.items() if more or number in self.gaps}

    def settled(self, effect: Effect) -> tuple[int, ...]:
        """The rules an effect brings to nothing; none when it leaves or puts any out."""
        if not effect or any(self.gaps.get(n, 0) + more for n, more in effect.items()):
            return ()
        return tuple(sorted(effect))


def shifts(around: Surroundings, balances: Balances, held: frozenset[int]) -> list[Shift]:
    """Every slip of whole lines that explains differences, fewest cells first."""
    lines = Lines(around, balances)
    found: dict[frozenset[tuple[int, int]], Shift] = {}
    grid = around.grid
    for name, along in (("row", grid.typed_rows), ("column", grid.typed_columns)):
        typed = {line: places for line, places in along.items() if len(places) > 1}
        for shift in (*_slid(lines, name, typed), *_together(lines, name, _moves(lines, typed))):
            if held.isdisjoint(shift.change):
                found.setdefault(frozenset(shift.change.items()), shift)
    order = sorted(found.values(), key=lambda shift: (len(shift.change), sorted(shift.change)))
    return order[:_MOST]


def covering(found: Sequence[Shift], causes: Sequence[Set[int]]) -> Iterator[Shift]:
    """Slips, one or several at a time, that settle every rule of the causes they touch."""
    queue: deque[tuple[Shift, ...]] = deque((shift,) for shift in found)
    seen: set[frozenset[int]] = set()
    while queue:
        chosen = queue.popleft()
        rules = {number for shift in chosen for number in shift.rules}
        touched = [cause for cause in causes if not rules.isdisjoint(cause)]
        missing = sorted(set().union(*touched) - rules)
        if not missing:
            change = {cell: moved for shift in chosen for cell, moved in shift.change.items()}
            yield Shift(chosen[0].kind, change, tuple(sorted(rules)))
            continue
        for shift in found:
            cells = frozenset(cell for each in (*chosen, shift) for cell in each.change)
            apart = len(cells) == sum(len(each.change) for each in (*chosen, shift))
            more = missing[0] in shift.rules and rules.isdisjoint(shift.rules)
            if more and apart and len(cells) <= _WIDEST and cells not in seen:
                seen.add(cells)
                queue.append((*chosen, shift))


def _slid(lines: Lines, name: str, typed: Mapping[Line, Sequence[int]]) -> Iterator[Shift]:
    """A line whose numbers all stand one place too far, its first (or last) cell empty."""
    values = lines.around.facts.values
    for places in typed.values():
        now = [values[n] for n in places]
        if sum(map(bool, now)) < 2:
            continue
        for right in ([*now[1:], 0] if not now[0] else [], [0, *now[:-1]] if not now[-1] else []):
            change = {n: new - old for n, old, new in zip(places, now, right, strict=False)
                      if new != old}  # fmt: skip
            if rules := lines.settled(lines.effect(change)):
                yield Shift(f"slid.{name}", change, rules)


def _moves(lines: Lines, typed: Mapping[Line, Sequence[int]]) -> list[tuple[Change, Effect]]:
    """Numbers that may belong in the next line, where nothing stands, with what moving them does.

    Only those that touch no rule in balance.
    """
    values, found = lines.around.facts.values, []
    for here, there in _beside(typed):
        for wrong, right in (*zip(here, there, strict=True), *zip(there, here, strict=True)):
            if values[wrong] > 0 and values[right] == 0:
                change = {wrong: -values[wrong], right: values[wrong]}
                effect = lines.effect(change)
                if effect and effect.keys() <= lines.gaps.keys():
                    found.append((change, effect))
    return found


def _beside(typed: Mapping[Line, Sequence[int]]) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Neighbouring lines of the same block, as they are printed."""
    for here, there in pairwise(typed):
        if here[:2] == there[:2] and len(typed[here]) == len(typed[there]):
            yield typed[here], typed[there]


def _together(lines: Lines, name: str, moves: Sequence[tuple[Change, Effect]]) -> Iterator[Shift]:
    """A few moves that settle every rule they touch; from one rule to the next.

    Where totals follow, rows and columns do not cross: numbers that happen to add up to a
    difference say nothing there, so one move is all that is looked for.
    """
    most = 1 if lines.around.facts.live else _TOGETHER
    touching: dict[int, list[int]] = {}
    mending: dict[tuple[int, int], list[int]] = {}
    for place, (_, effect) in enumerate(moves):
        for number, more in effect.items():
            touching.setdefault(number, []).append(place)
            mending.setdefault((number, more), []).append(place)
    seen: set[frozenset[int]] = {frozenset({place}) for place in range(len(moves))}
    queue: deque[tuple[int, ...]] = deque((place,) for place in range(len(moves)))
    tried = 0
    while queue and tried < _MOST_TRIED:
        tried += 1
        chosen = queue.popleft()
        change, effect = _sum([moves[place] for place in chosen])
        out = [(number, left) for number, more in effect.items()
               if (left := lines.gaps[number] + more)]  # fmt: skip
        if not out:
            yield Shift(f"{MOVED}{name}", change, tuple(sorted(effect)))
        elif len(chosen) < most:
            number, left = out[0]
            # The last move has to bring the rule to nothing.
            last = len(chosen) == most - 1
            for place in mending.get((number, -left), ()) if last else touching[number]:
                both = frozenset({*chosen, place})
                if both not in seen and change.keys().isdisjoint(moves[place][0]):
                    seen.add(both)
                    queue.append((*chosen, place))


def _sum(moves: Sequence[tuple[Change, Effect]]) -> tuple[Change, Effect]:
    """Moves of different cells as one change, and what it does to the rules."""
    change: Change = {}
    effect: Effect = {}
    for each, does in moves:
        change |= each
        for number, more in does.items():
            effect[number] = effect.get(number, 0) + more
    return change, effect

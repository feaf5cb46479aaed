"""From the facts of a submission to groups of repairs: each group is one cause with its answers.

Pieces of the form that share no cell are searched by themselves. Inside a piece the answers are
taken apart again where they are the product of independent ones, so that two slips in one table
are two short lists instead of one long list of pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gouji.diagnosis.apart import apart
from gouji.diagnosis.balances import Balances, Piece, balances_of
from gouji.diagnosis.factors import Cause, factors
from gouji.diagnosis.facts import Facts
from gouji.diagnosis.freedom import Bound
from gouji.diagnosis.milp import one_least_change
from gouji.diagnosis.search import Change, Problem, Steps, least_changes
from gouji.model import Kind

#: Cells of one piece that may be wrong together, besides those without a value.
DEEPEST = 8


@dataclass(frozen=True)
class Group:
    """Alternative changes of which one is needed; ``rules`` are those out of balance it settles.

    ``free`` are the sets of cells that the rules leave a choice.
    """

    rules: tuple[int, ...]
    changes: tuple[Change, ...]
    free: frozenset[frozenset[int]] = frozenset()


@dataclass(frozen=True)
class Located:
    """Groups in the form's order; ``complete`` when no least change is missing.

    ``contradicted`` are rules no change of this year's cells can satisfy beside the others.
    ``spanned`` are rules that follow from those of several groups, in or out of balance, with
    what each group adds to their difference, whichever of its changes is taken.
    """

    groups: tuple[Group, ...]
    complete: bool
    contradicted: tuple[int, ...]
    balances: Balances  #: all rules, the contradicted ones too
    spanned: Mapping[int, Mapping[int, int]]


class Bounds(dict[int, Bound]):
    """Bounds by unknown, made when first asked for."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self._facts = facts

    def __missing__(self, unknown: int) -> Bound:
        self[unknown] = self._facts.bound(unknown)
        return self[unknown]


def locate(facts: Facts, fixed: frozenset[int], steps: int, solver: bool = False) -> Located:
    """Where the errors are: all least changes, by cause. ``steps`` bound the work of each piece.

    ``solver`` lets what is too much for them go to a solver, which may take seconds.
    """
    position = facts.outline.position
    must = [position[code] for code in facts.must if position[code] not in fixed]
    form = facts.outline.form
    balances = every = balances_of(form, facts.live, facts.speaking)
    contradicted = _contradicted(balances, facts.gaps)
    if contradicted:
        speaking = tuple(n for n in facts.speaking if n not in contradicted)
        balances = balances_of(form, facts.live, speaking)
    bounds = Bounds(facts)
    groups: list[Group] = []
    complete = True
    for place in _concerned(balances, facts.gaps, must):
        piece = balances.pieces[place]
        problem = Problem(
            piece.rows,
            tuple(facts.gaps.get(number, 0) for number in piece.rules),
            bounds,
            fixed,
            tuple(unknown for unknown in must if balances.piece_with.get(unknown) == place),
        )
        found, whole = _solve(problem, piece, steps, solver and not _has_money(facts, piece))
        groups += found
        complete = complete and whole
    spanned = _spanned(balances, groups)
    return Located(tuple(groups), complete, contradicted, every, spanned)


def _spanned(balances: Balances, groups: Sequence[Group]) -> dict[int, dict[int, int]]:
    reached: dict[int, dict[int, int]] = {}
    for place, group in enumerate(groups):
        for number, more in balances.effect(group.changes[0]).items():
            if more and number in balances.implied:
                reached.setdefault(number, {})[place] = more
    return dict(sorted(reached.items()))


def _concerned(balances: Balances, gaps: Mapping[int, int], must: Iterable[int]) -> list[int]:
    out = {balances.piece_of[number] for number in gaps if number in balances.piece_of}
    return sorted(out | {balances.piece_with[u] for u in must if u in balances.piece_with})


def _contradicted(balances: Balances, gaps: Mapping[int, int]) -> tuple[int, ...]:
    """Rules that follow from others, while their numbers (last year's, most likely) do not."""
    return tuple(
        number
        for number, tie in balances.following.items()
        if sum(times * gaps.get(other, 0) for other, times in tie.items())
    )


def _has_money(facts: Facts, piece: Piece) -> bool:
    """Amounts are no matter for a solver: a large number beside a small place is lost."""
    items, codes = facts.outline.form.items, facts.outline.codes
    return any(items[codes[u]].kind is Kind.AMOUNT for row in piece.rows for u in row)


def _solve(problem: Problem, piece: Piece, steps: int, solver: bool) -> tuple[list[Group], bool]:
    outcome = least_changes(problem, Steps(steps), DEEPEST)
    if outcome.changes:
        causes = factors(problem, outcome.changes, outcome.free)
        return [_group(piece, cause, outcome.free) for cause in causes], outcome.complete
    causes, left = apart(problem, Steps(steps))
    for part in left if solver else ():
        if change := one_least_change(part):
            causes += factors(part, (change,))
    return [_group(piece, cause) for cause in causes], False


def _group(piece: Piece, cause: Cause, free: frozenset[frozenset[int]] = frozenset()) -> Group:
    rules = tuple(piece.rules[row] for row in sorted(cause.rows))
    # What the cells of a free set share may be one of several causes found with it.
    here = {frozenset(change) for change in cause.changes}
    return Group(rules, cause.changes, frozenset(cells for cells in here if _any_in(cells, free)))


def _any_in(cells: frozenset[int], free: frozenset[frozenset[int]]) -> bool:
    return len(cells) > 1 and any(cells <= each for each in free)

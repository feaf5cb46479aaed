"""The rules of a form over the cells that can be wrong, cut into pieces that share no cell.

A *live* total follows its parts, so it is written as their sum and is no unknown itself. Rules
that follow from the others bind nothing: they tie no two pieces together. Everything here depends
on the form, on which totals are live and on which rules speak, never on the numbers; it is built
once for each such case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd

from gouji.model import EditRule, Form

Row = dict[int, int]  #: unknown → coefficient
_MOST_KEPT = 64


@dataclass(frozen=True)
class Piece:
    """Rules and unknowns that belong together; both are positions in the form's order."""

    rules: tuple[int, ...]
    rows: tuple[Row, ...]  #: one for each rule


@dataclass(frozen=True)
class Balances:
    """The pieces of a form, and which piece a rule belongs to.

    ``implied`` names the pieces a rule spans when it follows from theirs. ``following`` holds for
    each rule that follows from others the sum (rule → coefficient) that comes to nothing; where
    the differences of the rules do not, the rules contradict each other.
    """

    pieces: tuple[Piece, ...]
    piece_of: dict[int, int]
    implied: dict[int, tuple[int, ...]]
    following: dict[int, Row]
    row_of: dict[int, Row]

    @cached_property
    def columns(self) -> dict[int, list[tuple[int, int]]]:
        """Unknown → rule and coefficient, for every rule it is in."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, row in self.row_of.items():
            for unknown, times in row.items():
                found.setdefault(unknown, []).append((number, times))
        return found

    def effect(self, change: Mapping[int, int]) -> Row:
        """Rule → what a change adds to its difference; 0 where its cells cancel there."""
        found: Row = {}
        for unknown, moved in change.items():
            for number, times in self.columns.get(unknown, ()):
                found[number] = found.get(number, 0) + times * moved
        return found

    @cached_property
    def piece_with(self) -> dict[int, int]:
        """Unknown → the piece it stands in."""
        return {
            unknown: place
            for place, piece in enumerate(self.pieces)
            for row in piece.rows
            for unknown in row
        }


_kept: dict[tuple[int, frozenset[str], tuple[int, ...]], tuple[Form, Balances]] = {}


def balances_of(form: Form, live: frozenset[str], speaking: tuple[int, ...]) -> Balances:
    """The pieces for rules number ``speaking`` with the totals ``live`` written as sums."""
    key = (id(form), live, speaking)
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = (form, _build(form, live, speaking))
    return _kept[key][1]


def _build(form: Form, live: frozenset[str], speaking: tuple[int, ...]) -> Balances:
    index = {code: position for position, code in enumerate(form.items)}
    codes = tuple(form.items)
    sums: dict[int, Row] = {}

    def parts(unknown: int) -> Row:
        if codes[unknown] not in live:
            return {unknown: 1}
        if unknown not in sums:
            row: Row = {}
            for term in form.totals[codes[unknown]].right:
                add(row, parts(index[term.code]), term.coefficient)
            sums[unknown] = row
        return sums[unknown]

    row_of: dict[int, Row] = {}
    for number in speaking:
        row: Row = {}
        for times, code in _signed(form.rules[number]):
            add(row, parts(index[code]), times)
        if row:
            row_of[number] = dict(sorted(row.items()))
    return _cut(form, row_of)


def _signed(rule: EditRule) -> Iterable[tuple[int, str]]:
    for sign, side in ((1, rule.left), (-1, rule.right)):
        yield from ((sign * term.coefficient, term.code) for term in side if not term.last_year)


def add(row: Row, other: Row, times: int) -> None:
    """``row += times × other``, zeros taken out."""
    for unknown, coefficient in other.items():
        if value := row.get(unknown, 0) + times * coefficient:
            row[unknown] = value
        else:
            row.pop(unknown, None)


def _cut(form: Form, row_of: dict[int, Row]) -> Balances:
    # What this year's numbers say among themselves comes before what last year's say; of these
    # the short rules come first, so that a sum over several pieces is the one that follows.
    order = sorted(row_of, key=lambda n: (form.rules[n].needs_last_year, len(row_of[n]), n))
    ties = dependencies(row_of, order)
    rank = {number: place for place, number in enumerate(order)}
    following = {max(tie, key=rank.__getitem__): tie for tie in ties}
    label: dict[int, int] = {}
    for number in order:
        if number not in following:
            _join(label, list(row_of[number]))
    members: dict[int, list[int]] = {}
    spans: dict[int, list[int]] = {}
    for number, row in row_of.items():
        roots = list(dict.fromkeys(_root(label, unknown) for unknown in row))
        if len(roots) == 1:
            members.setdefault(roots[0], []).append(number)
        else:
            spans[number] = roots
    pieces = [Piece(tuple(rules), tuple(row_of[number] for number in rules))
              for rules in members.values()]  # fmt: skip
    at = {root: place for place, root in enumerate(members)}
    return Balances(
        pieces=tuple(pieces),
        piece_of={number: place for place, piece in enumerate(pieces) for number in piece.rules},
        implied={number: tuple(at[root] for root in roots) for number, roots in spans.items()},
        following=following,
        row_of=row_of,
    )


def dependencies(row_of: dict[int, Row], order: Iterable[int]) -> list[Row]:
    """Every way in which rules add up to nothing, found in ``order``: rule → coefficient.

    The last rule of each follows from those before it in ``order``; the numbers must agree.
    """
    reduced: dict[int, Row] = {}  # pivot → row; a key below 0 counts how often a rule is in it
    found = []
    for number in order:
        row = _reduce({**row_of[number], -1 - number: 1}, reduced)
        pivot = min((unknown for unknown in row if unknown >= 0), default=-1)
        if pivot >= 0:
            reduced[pivot] = row
        else:
            found.append({-1 - key: value for key, value in row.items()})
    return found


def _reduce(row: Row, reduced: dict[int, Row]) -> Row:
    """The row with every pivot of ``reduced`` eliminated, coefficients in lowest terms."""
    while (pivot := min((key for key in row if key in reduced), default=-1)) >= 0:
        other = reduced[pivot]
        ours, theirs = row[pivot], other[pivot]
        row = {key: theirs * value for key, value in row.items()}
        add(row, other, -ours)
    common = gcd(*row.values())
    return {key: value // common for key, value in row.items()}


def _join(label: dict[int, int], unknowns: Sequence[int]) -> None:
    first = _root(label, unknowns[0])
    for unknown in unknowns[1:]:
        label[_root(label, unknown)] = first


def _root(label: dict[int, int], unknown: int) -> int:
    label.setdefault(unknown, unknown)
    while label[unknown] != unknown:
        label[unknown] = label[label[unknown]]
        unknown = label[unknown]
    return unknown

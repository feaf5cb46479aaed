"""Taking answers apart: changes that touch no rule together are causes of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import prod

from gouji.diagnosis.search import Change, Problem


@dataclass(frozen=True)
class Cause:
    """Rows out of balance that belong to one cause, and the alternative changes."""

    rows: frozenset[int]
    changes: tuple[Change, ...]


def factors(
    problem: Problem, changes: Sequence[Change], free: Set[frozenset[int]] = frozenset()
) -> list[Cause]:
    """The causes whose alternatives, combined in every way, are just the changes given.

    Cells of a set in ``free`` share what the rules leave open, so they are not taken apart.
    """
    split = [_parts(problem, change, frozenset(change) in free) for change in changes]
    label: dict[int, int] = {}
    for parts in split:
        for keys, _ in parts:
            _join(label, keys)
    causes: dict[int, dict[frozenset[tuple[int, int]], Change]] = {}
    rows: dict[int, set[int]] = {}
    for parts in split:
        merged: dict[int, Change] = {}
        for keys, part in parts:
            root = _root(label, min(keys))
            merged.setdefault(root, {}).update(part)
            rows.setdefault(root, set()).update(key for key in keys if key >= 0)
        for root, part in merged.items():
            causes.setdefault(root, {})[frozenset(part.items())] = part
    if prod(map(len, causes.values())) != len(changes):
        return [Cause(frozenset(q for q, gap in enumerate(problem.gaps) if gap), tuple(changes))]
    found = [Cause(frozenset(rows[root]), tuple(causes[root].values())) for root in causes]
    return sorted(found, key=lambda cause: min(cause.changes[0]))


def _parts(problem: Problem, change: Change, shared: bool) -> list[tuple[frozenset[int], Change]]:
    """The change in parts that share no rule, each with the rows it settles.

    A cell that only had no value (its sum was right) is a part of its own, known by a key
    below 0.
    """
    label: dict[int, int] = {}
    touched: dict[int, list[int]] = {}
    for unknown, moved in change.items():
        label[unknown] = unknown
        if moved or shared:
            for q, row in enumerate(problem.rows):
                if unknown in row:
                    touched.setdefault(q, []).append(unknown)
    for unknowns in touched.values():
        _join(label, unknowns)
    parts: dict[int, Change] = {}
    for unknown, moved in change.items():
        parts.setdefault(_root(label, unknown), {})[unknown] = moved
    keys: dict[int, set[int]] = {root: set() for root in parts}
    for q, unknowns in touched.items():
        if problem.gaps[q]:
            keys[_root(label, unknowns[0])].add(q)
    for unknown in problem.must:
        if unknown in change:
            keys[_root(label, unknown)].add(-1 - unknown)
    return [(frozenset(keys[root]), part) for root, part in parts.items()]


def _join(label: dict[int, int], keys: Iterable[int]) -> None:
    first, *others = keys
    for key in others:
        label[_root(label, key)] = _root(label, first)
    _root(label, first)


def _root(label: dict[int, int], key: int) -> int:
    label.setdefault(key, key)
    while label[key] != key:
        key = label[key]
    return key

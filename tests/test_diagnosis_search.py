"""The least changes are all found and nothing else: checked against trying every set of cells."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from gouji.diagnosis.facts import Facts, facts_of
from gouji.diagnosis.freedom import Bound
from gouji.diagnosis.localise import Located, locate
from gouji.diagnosis.search import Change, Problem, Steps, least_changes
from gouji.editions import load
from gouji.model import Form, Number, Submission

FOREIGN = load(Path(__file__).parent / "editions" / "foia.toml")
MANY = 10**6
REACH = 9


# ------------------------------------------------------------------ hand-made systems
@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A few rules over a few cells, coefficients 1 and −1 as in real forms."""
    cells = draw(st.integers(2, 5))
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        inside = draw(st.lists(st.integers(0, cells - 1), min_size=1, max_size=4, unique=True))
        rows.append({cell: draw(st.sampled_from((1, -1))) for cell in sorted(inside)})
    spoken = sorted({cell for row in rows for cell in row})
    gaps = [draw(st.sampled_from((0, draw(st.integers(-4, 4))))) for _ in rows]
    fixed = frozenset(draw(st.lists(st.sampled_from(spoken), max_size=1)))
    free = [cell for cell in spoken if cell not in fixed]
    must = tuple(draw(st.lists(st.sampled_from(free), max_size=1))) if free else ()
    bounds = {
        cell: Bound(draw(st.integers(0, 3)), draw(st.booleans()), 1, cell in must)
        for cell in spoken
    }
    return Problem(tuple(rows), tuple(gaps), bounds, fixed, must)


def holds(problem: Problem, change: Change) -> bool:
    return all(
        gap + sum(times * change.get(cell, 0) for cell, times in row.items()) == 0
        for row, gap in zip(problem.rows, problem.gaps, strict=True)
    )


def by_trying(problem: Problem, most: int) -> set[frozenset[int]]:
    """Every set of least size that works, found by trying all values of all sets."""
    free = [cell for cell in problem.bounds if cell not in (*problem.must, *problem.fixed)]
    for size in range(most + 1):
        found = set()
        for some in combinations(free, size):
            cells = (*some, *problem.must)
            values = [
                [moved for moved in range(-REACH, REACH + 1)
                 if (moved or cell in problem.must) and problem.bounds[cell].allows(moved)]
                for cell in cells
            ]  # fmt: skip
            if any(holds(problem, dict(zip(cells, moved, strict=True)))
                   for moved in product(*values)):  # fmt: skip
                found.add(frozenset(cells))
        if found:
            return found
    return set()


@settings(max_examples=150, deadline=None)
@given(problems())
def test_all_least_changes_and_no_others(problem: Problem) -> None:
    outcome = least_changes(problem, Steps(MANY), 2)
    assert {frozenset(change) for change in outcome.changes} == by_trying(problem, 2)
    for change in outcome.changes:
        assert holds(problem, change)
        assert all(problem.bounds[cell].allows(moved) for cell, moved in change.items())
        assert problem.fixed.isdisjoint(change)


def test_two_cells_share_what_one_cannot_hold() -> None:
    """0 = a + b − c − 5 … with c held: a and b can only go down by what they have."""
    problem = Problem(
        ({0: 1, 1: 1, 2: -1},), (5,), {0: Bound(3), 1: Bound(4), 2: Bound(2)}, frozenset({2})
    )
    outcome = least_changes(problem, Steps(MANY), 3)
    [change] = outcome.changes
    assert sum(change.values()) == -5
    assert -3 <= change[0] < 0 and -4 <= change[1] < 0
    assert outcome.free == {frozenset({0, 1})}


def test_three_cells_on_a_tiny_form() -> None:
    rng = Random(3)
    for _ in range(25):
        rows = tuple(
            {cell: rng.choice((1, -1)) for cell in sorted(rng.sample(range(5), rng.randint(1, 2)))}
            for _ in range(4)
        )
        bounds = {cell: Bound(rng.randint(0, 2)) for row in rows for cell in row}
        problem = Problem(rows, tuple(rng.randint(-3, 3) for _ in rows), bounds)
        outcome = least_changes(problem, Steps(MANY), 3)
        assert {frozenset(change) for change in outcome.changes} == by_trying(problem, 3)


def test_work_is_bounded_and_ends_at_the_same_place() -> None:
    rows = tuple(dict.fromkeys(range(n, n + 6), 1) for n in range(0, 24, 2))
    problem = Problem(rows, tuple(range(1, 13)), {cell: Bound(0) for row in rows for cell in row})
    outcomes = [least_changes(problem, Steps(40), 8) for _ in range(2)]
    assert outcomes[0] == outcomes[1]
    assert not outcomes[0].complete and not outcomes[0].changes


# ------------------------------------------------------------------ a whole foreign form
def spoilt(seed: int, cells: int) -> tuple[Form, Mapping[str, Number]]:
    rng = Random(seed)
    leaves = [code for code in builders.leaves(FOREIGN) if not code.startswith("costs")]
    values = builders.close(FOREIGN, {code: rng.choice((0, 0, 3, 8)) for code in leaves})
    for _ in FOREIGN.rules:
        values = builders.close(FOREIGN, {code: values[code] for code in leaves})
    wrong = dict(values)
    for code in rng.sample([code for code in FOREIGN.items if "costs" not in code], cells):
        wrong[code] = int(wrong[code]) + rng.randint(1, 9)
    return FOREIGN, wrong


def pairs_by_trying(facts: Facts, most: int) -> set[frozenset[int]]:
    """All sets of one or two cells of the whole form that mend every rule, by their own algebra."""
    system, gaps = facts.outline.system, facts.gaps
    ends = [*system.starts[1:], len(system.columns)]
    columns: dict[int, dict[int, int]] = {}
    for number, (start, end) in enumerate(zip(system.starts, ends, strict=True)):
        if number in facts.speaking:
            for at in range(start, end):
                cell = int(system.columns[at])
                columns.setdefault(cell, {})[number] = int(system.coefficients[at])

    def mends(change: Change) -> bool:
        out = dict(gaps)
        for cell, moved in change.items():
            for number, times in columns[cell].items():
                out[number] = out.get(number, 0) + times * moved
        return not any(out.values())

    one_more = 10**facts.places
    reach = range(-40 * one_more, 41 * one_more, one_more)
    singles = {frozenset({cell}) for cell in columns for moved in reach
               if moved and facts.bound(cell).allows(moved) and mends({cell: moved})}  # fmt: skip
    if singles or most == 1:
        return singles
    found = set()
    for one, two in combinations(columns, 2):
        if not (columns[one].keys() | columns[two].keys()) >= gaps.keys():
            continue
        for more in reach:
            if more and facts.bound(one).allows(more):
                rest = {n: gaps.get(n, 0) + columns[one].get(n, 0) * more for n in columns[two]}
                number = next(iter(rest))
                moved = -rest[number] // columns[two][number]
                change = {one: more, two: moved}
                if moved and facts.bound(two).allows(moved) and mends(change):
                    found.add(frozenset(change))
                    break
    return found


def together(located: Located) -> set[frozenset[int]]:
    """Every way to mend the form: one change of each cause."""
    ways = product(*([frozenset(c) for c in group.changes] for group in located.groups))
    return {frozenset().union(*way) for way in ways}


@pytest.mark.parametrize(("cells", "forms"), [(1, 20), (2, 12)])
def test_nothing_is_missing_on_a_foreign_form(cells: int, forms: int) -> None:
    compared = 0
    for seed in range(forms):
        form, values = spoilt(seed, cells)
        facts = facts_of(form, Submission("A", 2020, form.id, values, medium="docx"), None)
        if expected := pairs_by_trying(facts, cells):
            located = locate(facts, frozenset(), MANY)
            assert located.complete
            assert together(located) == expected
            compared += 1
    assert compared > forms // 2


def test_every_leaf_that_mends_a_live_form_is_found() -> None:
    form = load("2021")
    leaves = [code for code in builders.leaves(form) if code.startswith("requests.")]
    right = builders.close(form, {"requests.received.person": 9, "requests.received.other": 4})
    wrong = {code: int(right[code]) for code in leaves} | {"requests.received.person": 12}
    sent = Submission("A", 2024, form.id, add_up(form, wrong))
    facts = facts_of(form, sent, None)
    expected = set()
    for code in leaves:
        for value in range(30):
            tried = add_up(form, wrong | {code: value})
            if not facts_of(form, Submission("A", 2024, form.id, tried), None).gaps:
                expected.add(frozenset({facts.outline.position[code]}))
    assert len(expected) > 20
    assert together(locate(facts, frozenset(), MANY)) == expected


def add_up(form: Form, leaves: Mapping[str, int]) -> dict[str, int]:
    values = dict.fromkeys(form.items, 0) | dict(leaves)
    for code in form.totals_in_order:
        parts = form.totals[code].right
        values[code] = sum(term.coefficient * values[term.code] for term in parts)
    return values

"""The self-test of rules: each kind of fault in a broken edition, none in the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji import editions
from gouji.exact import Column, Cone, Span
from gouji.layout import layout_of
from gouji.model import LEVELS, Form
from gouji.self_test import Fault, self_test

FOREIGN = Path(__file__).parent / "editions" / "foia.toml"
ALL = [*(editions.load(name) for name in editions.shipped()), editions.load(FOREIGN)]
Run = Callable[..., tuple[int, str, str]]

RULE = """
[rules.{name}]
table  = "{table}"
check  = "{check}"
{more}
says   = "what must hold"
basis  = "because"
remedy = "do this"
"""
SOFT = """
[soft.{name}]
kind   = "{kind}"
{more}
says   = "what looks unlikely"
basis  = "because"
remedy = "do this"
"""


def with_(folder: Path, *declared: str, old: str = "", new: str = "") -> Path:
    """The foreign edition, something of it replaced, with more declared at its end."""
    text = FOREIGN.read_text(encoding="utf-8")
    assert old in text
    file = folder / FOREIGN.name
    file.write_text("".join([text.replace(old, new, 1), *declared]), encoding="utf-8")
    return file


def rule(check: str, name: str = "OWN", table: str = "requests", more: str = "") -> str:
    return RULE.format(name=name, table=table, check=check, more=more)


def faults(form: Form | Path, *others: Form) -> tuple[Fault, ...]:
    loaded = editions.load(form) if isinstance(form, Path) else form
    return self_test(loaded, layout_of(loaded).place, others).faults


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.id)
def test_the_rules_of_every_edition_are_sound(form: Form) -> None:
    tested = self_test(form, layout_of(form).place, ALL)
    assert tested.faults == ()
    assert tested.dependent and set(tested.crossing) < {rule.family for rule in form.rules}


# ---------------------------------------------------------------------- each kind of fault
def test_rules_that_only_zeros_satisfy_contradict_each_other(tmp_path: Path) -> None:
    own = (
        rule("headquarters.received = 2 * field.received", "A"),
        rule("headquarters.received = 3 * field.received", "B"),
    )
    [fault] = faults(with_(tmp_path, *own))
    assert fault.kind == "contradiction" and set(fault.rules) == {"A", "B"}
    # The overall line is their sum, and the agency's own rule F2 makes it 0 as well.
    assert {"requests.headquarters.received", "requests.field.received"} <= set(fault.items)


def test_a_chain_of_rules_contradicts_itself_over_a_total(tmp_path: Path) -> None:
    """received = overall.received leaves nothing for the other part of the total."""
    [fault] = faults(with_(tmp_path, rule("headquarters.received = overall.received")))
    assert fault.kind == "contradiction" and fault.items == ("requests.field.received",)
    assert set(fault.rules) == {"F2.received", "OWN"}
    assert "V.A. Requests!" in fault.message


def test_a_rule_that_says_zero_by_itself_is_no_contradiction(tmp_path: Path) -> None:
    assert not faults(with_(tmp_path, rule("headquarters.received = 0")))
    assert not faults(with_(tmp_path, rule("headquarters.received + field.received = 0")))


def test_what_follows_from_other_rules_is_redundant(tmp_path: Path) -> None:
    check = "overall.pending_end = overall.pending_start + headquarters.received" \
            " + field.received - overall.processed"  # fmt: skip
    [fault] = faults(with_(tmp_path, rule(check)))
    assert fault.kind == "redundant" and fault.rules == ("OWN",)
    assert "F1、F2" in fault.message


def test_what_follows_because_no_count_is_negative_is_redundant(tmp_path: Path) -> None:
    own = rule("headquarters.received + field.received = 0", "A"), rule("field.received = 0", "B")
    assert [(f.kind, f.rules) for f in faults(with_(tmp_path, *own))] == [("redundant", ("B",))]


def test_the_same_place_twice_is_redundant(tmp_path: Path) -> None:
    own = rule("2 * *.received = 4 * *.processed", more='each = ["field", "field"]')
    assert ("redundant", ("OWN.field", "OWN.field")) in [
        (f.kind, f.rules) for f in faults(with_(tmp_path, own))
    ]


def test_a_rule_of_one_place_only_is_not_redundant(tmp_path: Path) -> None:
    assert not faults(with_(tmp_path, rule("field.received = 3 * headquarters.received")))


IDLE = [
    rule("field.received + headquarters.received = headquarters.received + field.received"),
    rule("field.received = 0", more=f"unless_levels = {json.dumps(LEVELS)}"),
    SOFT.format(name="OWN", kind="covers", more='check = "requests.overall.received >= '
                'requests.field.received"\nfloor = 1'),
    SOFT.format(name="OWN", kind="differs", more='check = "requests.overall.received != '
                'requests.field.received + requests.headquarters.received + 1 * '
                'requests.overall.received"\nfloor = 1'),
    SOFT.format(name="OWN", kind="told_zeros", more=""),
    SOFT.format(name="OWN", kind="opposite", more='balance = "F7"'),
    SOFT.format(name="OWN", kind="nothing_done", more='items = ["requests.overall.received"]\n'
                'against = ["requests.headquarters.received", "requests.field.received"]\nfloor=3'),
]  # fmt: skip


@pytest.mark.parametrize("declared", IDLE, ids=range(len(IDLE)))
def test_a_rule_that_cannot_fail_is_idle(tmp_path: Path, declared: str) -> None:
    assert [(f.kind, f.rules) for f in faults(with_(tmp_path, declared))] == [("idle", ("OWN",))]


def test_without_basis(tmp_path: Path) -> None:
    form = editions.load(FOREIGN)
    bare = replace(form, rules=(replace(form.rules[0], basis=" "), *form.rules[1:]))
    assert [(f.kind, f.rules) for f in faults(bare)] == [("basis", (form.rules[0].name,))]


def test_odd_years(tmp_path: Path) -> None:
    form = editions.load(FOREIGN)
    assert [f.kind for f in faults(replace(form, last_year=form.first_year - 1))] == ["years"]
    first, last = form.first_year, form.first_year - 1
    before = replace(form, id="old", first_year=2000, last_year=last)
    assert not faults(form, before) and not faults(before, form)
    for year, told in ((last - 1, "没有格式可用"), (first, "重叠"), (None, "重叠")):
        [fault] = faults(form, replace(before, last_year=year))
        assert fault.kind == "years" and told in fault.message
    soft = SOFT.format(name="OWN", kind="emptied", more="floor = 1\nlast_year = 2007")
    assert [(f.kind, f.rules) for f in faults(with_(tmp_path, soft))] == [("years", ("OWN",))]


# ---------------------------------------------------------------------- the command
def test_the_command_tells_and_ends_with_what_it_found(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("rules", "--self-test")
    assert status == 0 and out.count("✓ 没有矛盾") >= 2 and "✗" not in out
    status, out, _ = run("rules", "--self-test", "--edition", "2021", "--json")
    [told] = json.loads(out)
    assert (status, told["edition"], told["faults"]) == (0, "2021", [])
    assert "proactive.fee.amount" in told["uncovered"] and told["crossing"] == ["E1", "E2", "E3"]
    broken = with_(tmp_path, rule("headquarters.received = overall.received"))
    status, out, _ = run("rules", "--self-test", "--edition", broken)
    assert status == 1 and "✗ [矛盾] F2.received、OWN" in out
    status, out, _ = run("rules", "--self-test", "--edition", broken, "--json")
    assert status == 1 and json.loads(out)[0]["faults"][0]["kind"] == "contradiction"


def test_an_edition_without_a_basis_is_named_with_its_key(run: Run, tmp_path: Path) -> None:
    broken = with_(tmp_path, old='basis  = "Structure of the table"', new='basis  = ""')
    status, _, err = run("rules", "--self-test", "--edition", broken)
    assert status == 2 and "foia.toml: rules.F2.basis" in err and len(err.splitlines()) == 1


# ---------------------------------------------------------------------- the exact part
small = st.dictionaries(st.sampled_from([(c, False) for c in "abcd"]), st.integers(-2, 2))


@given(st.lists(small, max_size=4), st.sampled_from("abcd"), st.booleans())
def test_a_point_exists_exactly_where_trying_finds_one(
    rows: list[dict[Column, int]], letter: str, is_free: bool
) -> None:
    """Judge: all small whole numbers. A point found is checked; without one none may be found."""
    free = {("a", False)} if is_free else set()
    found = Cone(rows, free).point({(letter, False): 1})
    if found is not None:
        assert found[letter, False] == 1
        assert all(value >= 0 or column in free for column, value in found.items())
        assert all(sum(v * found.get(c, 0) for c, v in row.items()) == 0 for row in rows)
        return
    ranges = [range(-4 if is_free and name == "a" else 0, 5) for name in "abcd"]
    for values in product(*ranges):
        point = dict(zip("abcd", values, strict=True))
        fits = all(sum(v * point[c] for (c, _), v in row.items()) == 0 for row in rows)
        assert not (fits and point[letter] > 0)


@given(st.lists(small, max_size=5), st.lists(st.integers(-3, 3), min_size=5, max_size=5))
def test_a_combination_lies_in_the_span(rows: list[dict[Column, int]], times: list[int]) -> None:
    mixed: dict[Column, Fraction] = {}
    for row, factor in zip(rows, times, strict=False):
        for column, value in row.items():
            mixed[column] = mixed.get(column, Fraction(0)) + factor * value
    span = Span(rows)
    assert mixed in span and span.rank <= min(len(rows), 4)
    assert {("e", False): 1} not in span

"""Submissions for tests: balanced forms of any edition, random or from leaves chosen by the test.

Nothing here knows a table of a form: leaves are what no total rule computes, totals follow from
``form.totals``, and the remaining balances are closed by raising one of their leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from gouji.model import EditRule, Form, Item, Kind, Number, Submission, Value


def leaves(form: Form) -> list[str]:
    """Codes a respondent types: everything the form does not total by itself."""
    return [code for code in form.items if code not in form.totals]


def close(form: Form, typed: Mapping[str, Number]) -> dict[str, Number]:
    """Every item of the form: ``typed`` leaves, 0 elsewhere, totals and balances made to hold."""
    values: dict[str, Number] = dict.fromkeys(form.items, 0) | dict(typed)
    zero = {code for code, rule in _zero_rules(form) for code in rule.codes}
    values |= dict.fromkeys(zero, 0)
    _total(form, values)
    for rule in form.rules:
        if not rule.total and len(rule.terms) > 1 and not rule.needs_last_year:
            _balance(form, rule, values)
            _total(form, values)
    return values


def _zero_rules(form: Form) -> list[tuple[str, EditRule]]:
    return [(rule.name, rule) for rule in form.rules if len(rule.terms) == 1]


def _total(form: Form, values: dict[str, Number]) -> None:
    for _ in form.totals:  # as often as a chain of totals can be long
        before = dict(values)
        for code, rule in form.totals.items():
            values[code] = sum(term.coefficient * values[term.code] for term in rule.right)
        if values == before:
            return


def _balance(form: Form, rule: EditRule, values: dict[str, Number]) -> None:
    def side(terms: tuple) -> Number:
        return sum(term.coefficient * values[term.code] for term in terms)

    gap = side(rule.left) - side(rule.right)
    for term in rule.left if gap < 0 else rule.right:
        if term.coefficient == 1 and term.code not in form.totals:
            values[term.code] += abs(gap)
            return
    # Every term is a total: the balance follows from those of its parts.


def numbers(item: Item) -> st.SearchStrategy[Number]:
    """Numbers an item may hold, small and large."""
    if item.kind is Kind.SIGNED:
        return st.integers(-40, 40)
    if item.kind is Kind.AMOUNT:
        places = item.decimals
        return st.integers(0, 10**12).map(lambda n: Decimal(n).scaleb(-places))
    return st.one_of(st.integers(0, 9), st.integers(0, 100_000))


@st.composite
def balanced_values(draw: st.DrawFn, form: Form, most: int = 12) -> dict[str, Number]:
    """Values of a balanced form, most of them zero as in real reports."""
    codes = draw(st.lists(st.sampled_from(leaves(form)), max_size=most, unique=True))
    return close(form, {code: draw(numbers(form.items[code])) for code in codes})


def submission(
    form: Form, unit: str, typed: Mapping[str, Number] | None = None, **fields: object
) -> Submission:
    """A balanced submission of ``unit`` for the first year the form serves."""
    return as_submission(form, unit, close(form, typed or {}), **fields)


def as_submission(
    form: Form, unit: str, values: Mapping[str, Value], **fields: object
) -> Submission:
    """A submission with these very values; file name and digest follow from its content."""
    digest = hashlib.sha256(repr((unit, fields, sorted(values.items()))).encode()).hexdigest()
    defaults: dict[str, object] = {
        "year": form.first_year, "level": "department", "file": f"{unit}.xlsx", "sha256": digest,
    }  # fmt: skip
    return Submission(unit=unit, edition=form.id, values=values, **(defaults | fields))  # type: ignore[arg-type]


@st.composite
def balanced_submissions(
    draw: st.DrawFn, form: Form, smallest: int = 0, largest: int = 6
) -> list[Submission]:
    """Balanced submissions of different units."""
    many = draw(st.lists(balanced_values(form), min_size=smallest, max_size=largest))
    return [as_submission(form, f"单位{n:02d}", values) for n, values in enumerate(many)]


def sparse_submission(form: Form, unit: str, random: Random, **fields: object) -> Submission:
    """A balanced submission with a few busy cells, for large districts without hypothesis."""
    typed: dict[str, Number] = {}
    for code in random.sample(leaves(form), min(8, len(leaves(form)))):
        item = form.items[code]
        count = random.randint(0, 30)
        typed[code] = (
            Decimal(random.randint(0, 9_999_999)).scaleb(-min(item.decimals, 4))
            if item.kind is Kind.AMOUNT
            else count
        )
    return submission(form, unit, typed, **fields)

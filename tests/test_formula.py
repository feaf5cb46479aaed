"""The little language of balance edits."""

from decimal import Decimal

import pytest

from gouji.formula import FormulaError, Name, evaluate, parse
from gouji.model import Term


def test_a_balance_has_two_sides() -> None:
    left, right = parse("received.* + brought_forward.* = result.total.*")
    assert left == (Name(1, "received.*"), Name(1, "brought_forward.*"))
    assert right == (Name(1, "result.total.*"),)


def test_last_year_sums_signs_and_coefficients() -> None:
    left, right = parse("in_force = last_year(in_force) + 2 * made - sum(repealed.*)")
    assert left == (Name(1, "in_force"),)
    assert right == (
        Name(1, "in_force", last_year=True),
        Name(2, "made"),
        Name(-1, "repealed.*", group=True),
    )


def test_a_side_may_be_zero() -> None:
    assert parse("regulation.* = 0") == ((Name(1, "regulation.*"),), (Name(0, ""),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a + b", "一个等式"),
        ("a = b = c", "一个等式"),
        ("a b = c", "少了 + 或 -"),
        ("a = 3", "不能单独写数"),
        ("a = max(b)", "只能用 sum"),
        ("a = b +", "缺少代码，那里是“末尾”"),
        ("a = b ; c", "“; c”看不懂"),
        ("", "一个等式"),
    ],
)
def test_a_mistake_is_named(text: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says.replace("+", r"\+")):
        parse(text)


def test_evaluation_is_exact_and_missing_is_none() -> None:
    terms = (Term(1, "a"), Term(-2, "b", last_year=True))
    assert evaluate(terms, {"a": Decimal("0.3")}, {"b": Decimal("0.1")}) == Decimal("0.1")
    assert evaluate(terms, {"a": 10**30}, {"b": 1}) == 10**30 - 2
    assert evaluate(terms, {"a": 1}) is None

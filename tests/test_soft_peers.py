"""Units of a district beside each other: stocks counted twice, amounts in another unit."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from gouji import editions
from gouji.layout import layout_of
from gouji.model import Finding, Number, Severity, Status, Submission
from gouji.soft import peer_findings

FORM = editions.load("2021")
STOCK, FEE = "proactive.normative.in_force", "proactive.fee.amount"


def district(code: str, values: list[Number | None], **named: Number) -> list[Submission]:
    units = {f"单位{n:02d}": value for n, value in enumerate(values)} | named
    return [
        builders.as_submission(FORM, name, dict.fromkeys(FORM.items, 0) | {code: value})
        for name, value in units.items()
    ]


def judge(submissions: list[Submission]) -> dict[str, Finding]:
    """Unit → its one finding."""
    found = peer_findings(FORM, submissions, layout_of(FORM).place)
    assert len(found) == len(submissions)
    assert all(len(each) <= 1 for each in found)
    assert all(f.severity is Severity.SOFT and f.status is Status.FAILED for e in found for f in e)
    pairs = zip(submissions, found, strict=True)
    return {submission.unit: each[0] for submission, each in pairs if each}


def test_the_same_large_stock_in_two_units() -> None:
    found = judge(district(STOCK, [2, 3, 0, 5, 1, 4], 司法局=60, 政府办=60))
    assert set(found) == {"司法局", "政府办"}
    assert found["司法局"].rule == "S6"
    assert found["司法局"].message == (
        "二、主动公开!D6（行政规范性文件／现行有效件数）：填的是 60，与“政府办”完全相同，"
        "而其他单位的中位数是 3。像是把全区（县）的行政规范性文件都计入了本单位，汇总时会重复。"
        "请核对是否只计本单位制发的件数；确属本单位的请说明。"
    )
    assert found["司法局"].items == (STOCK,)


def test_a_stock_that_is_the_sum_of_all_others() -> None:
    found = judge(district(STOCK, [2, 13, 0, 5, 16, 4], 司法局=40))
    assert set(found) == {"司法局"}
    assert "正好是其他 5 个有数单位之和" in found["司法局"].message


def test_a_stock_far_above_all_others() -> None:
    found = judge(district(STOCK, [2, 3, 0, 5, 1, 4], 司法局=90))
    assert "填的是 90，其他单位最多 5、中位数 3" in found["司法局"].message


@pytest.mark.parametrize(
    "values",
    [
        [2, 3, 0, 5, 1, 4, 29, 29],  # below the floor
        [2, 3, 0, 5, 1, 4, 24],
        [30, 31, 40, 35, 33, 36, 41],  # all alike
        [30, 30, 40, 35, 33, 36, 41],
        [90, 1, 2],  # too few to compare with
        [90, 0, 0, 0, 0, 0, 0],
        [None, None, 60],
    ],
)
def test_ordinary_stocks_raise_nothing(values: list[Number | None]) -> None:
    assert not judge(district(STOCK, values))


def test_two_versions_of_one_unit_are_not_twins() -> None:
    units = district(STOCK, [2, 3, 1, 5, 1, 4], 司法局=40)
    again = district(STOCK, [], 司法局=40)
    assert not judge([*units, *again])
    assert set(judge([*units, *district(STOCK, [], 政府办=40)])) == {"司法局", "政府办"}
    nameless = district(STOCK, [2, 3, 1, 5, 1, 4])
    nameless += [builders.as_submission(FORM, "", dict.fromkeys(FORM.items, 0) | {STOCK: 60})] * 2
    assert "与“”完全相同" in judge(nameless)[""].message


def test_an_amount_in_another_unit_than_everybody_elses() -> None:
    usual: list[Number | None] = [12, 30, 45, 70, 110, 160, 240, 300]
    high = judge(district(FEE, usual, 住建局=950_000))
    assert set(high) == {"住建局"}
    assert high["住建局"].rule == "S4"
    assert high["住建局"].message.startswith(
        "二、主动公开!B16（行政事业性收费／本年收费金额（单位：万元））：填的是 950000万元，"
        "其他 8 个有数单位在 12 至 300万元 之间；如果单位错了，应为 95万元。"
    )
    millions = [value * 1000 for value in usual if value is not None]
    low = judge(district(FEE, [*millions], 住建局=9))
    assert "如果单位错了，应为 90000万元" in low["住建局"].message


@pytest.mark.parametrize("odd", [3000, 9000, 10**9, 1])
def test_a_large_unit_is_no_slip(odd: int) -> None:
    assert not judge(district(FEE, [12, 30, 45, 70, 110, 160, 240, 300], 住建局=odd))


def test_too_few_peers_say_nothing() -> None:
    assert not judge(district(FEE, [12, 30, 45, 70], 住建局=950_000))


def test_an_empty_district() -> None:
    assert peer_findings(FORM, [], layout_of(FORM).place) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=14), st.integers(0, 2**32))
def test_the_order_of_units_does_not_matter(values: list[int], seed: int) -> None:
    units = district(STOCK, list(values))
    mixed = Random(seed).sample(units, len(units))
    assert {u: f.rule for u, f in judge(units).items()} == {
        u: f.rule for u, f in judge(mixed).items()
    }

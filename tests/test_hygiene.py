"""Text in number cells: what it means, and that text is never silently a number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji import editions
from gouji.hygiene import DIGITS, STEPS, Kindness, interpret
from gouji.model import Item, Kind

COUNT = next(i for i in editions.load("2021").items.values() if i.kind is Kind.COUNT)
SIGNED = next(i for i in editions.load("2019").items.values() if i.kind is Kind.SIGNED)
WAN = next(i for i in editions.load("2021").items.values() if i.unit == "万元")
YUAN = next(i for i in editions.load("2019").items.values() if i.unit == "元")
NO_UNIT = replace(YUAN, unit="")


@pytest.mark.parametrize("value", [0, 12, -3, Decimal("25.1"), 10**20])
def test_numbers_stand_as_they_are(value: int | Decimal) -> None:
    meaning = interpret(value, COUNT)
    assert (meaning.kind, meaning.number) == (Kindness.NUMBER, value)


@pytest.mark.parametrize("value", [None, ""])
def test_blank(value: str | None) -> None:
    assert interpret(value, COUNT).kind is Kindness.BLANK


@pytest.mark.parametrize(
    "text",
    ["-", "—", "–", "——", "－", "/", "／", "\\", "＼", "无", " 无 ", "不适用", "N/A", "n/a",
     " ", "　", "\xa0", "\t\n"],
)  # fmt: skip
def test_placeholders_are_no_numbers(text: str) -> None:
    meaning = interpret(text, COUNT)
    assert (meaning.kind, meaning.number) == (Kindness.PLACEHOLDER, None)
    assert meaning.why


@pytest.mark.parametrize(
    ("text", "number"),
    [("２３", 23), (" 12 ", 12), ("12\xa0", 12), ("　12", 12), ("12", 12), ("1,234", 1234),
     ("１，２３４", 1234), ("1 234", 1234), ("12,345,678.5", Decimal("12345678.5")), ("-5", -5),
     ("−5", -5), ("３．５", Decimal("3.5")), ("12.0", 12), ("'7", 7), ("\u200b8", 8)],
)  # fmt: skip
def test_typography_is_tidied(text: str, number: int | Decimal) -> None:
    meaning = interpret(text, COUNT)
    assert (meaning.kind, meaning.number) == (Kindness.TIDIED, number)
    assert meaning.why


@pytest.mark.parametrize(
    ("text", "item", "number"),
    [
        ("12件", COUNT, 12),
        ("１２ 件", COUNT, 12),
        ("约12件", COUNT, 12),
        ("减4", SIGNED, -4),
        ("减少 4 项", SIGNED, -4),
        ("增3", SIGNED, 3),
        ("251000元", WAN, Decimal("25.1")),
        ("251000元", YUAN, 251000),
        ("251000元", NO_UNIT, 251000),
        ("160.5964万元", YUAN, 1605964),
        ("160.5964万元", WAN, Decimal("160.5964")),
        ("1,605,964元", WAN, Decimal("160.5964")),
        ("0.00001元", WAN, Decimal("0.000000001")),
        ("2亿元", WAN, 20000),
        ("3.2万", YUAN, 32000),
        ("3.2万", WAN, Decimal("3.2")),
        ("1.2万件", COUNT, 12000),
        ("22（其中修订16件）", COUNT, 22),
        ("22件（其中修订16件）", COUNT, 22),
        ("22，其中修订16件", COUNT, 22),
        ("十二", COUNT, 12),
        ("二十", COUNT, 20),
        ("一百零三件", COUNT, 103),
        ("一万二千", COUNT, 12000),
        ("二〇", COUNT, 20),
        ("零", COUNT, 0),
        ("三万元", YUAN, 30000),
        ("减四", SIGNED, -4),
    ],
)
def test_words_around_a_number(text: str, item: Item, number: int | Decimal) -> None:
    meaning = interpret(text, item)
    assert (meaning.kind, meaning.number) == (Kindness.WORDED, number)
    assert meaning.why


def test_money_without_a_declared_unit_says_so() -> None:
    assert interpret("251000元", NO_UNIT).why != interpret("251000元", YUAN).why
    assert "单位" in interpret("251000元", NO_UNIT).why


@pytest.mark.parametrize(
    "text",
    ["#REF!", "#DIV/0!", "TRUE", "2020-01-02", "12 3", "12+3", "1,23", "1-2", "3/4", "12或13",
     "（12）", "一", "十百", "万", "减", "+", "=A1+B1", "见附件2", "第3项", "12.3.4", "9" * 5000,
     "5%", "①"],
)  # fmt: skip
def test_what_cannot_be_told_is_unreadable(text: str) -> None:
    meaning = interpret(text, COUNT)
    assert (meaning.kind, meaning.number) == (Kindness.UNREADABLE, None)
    assert meaning.why
    assert "\n" not in meaning.why


@given(st.text(max_size=12), st.sampled_from([COUNT, SIGNED, WAN, YUAN, NO_UNIT]))
def test_no_digit_no_number(text: str, item: Item) -> None:
    meaning = interpret(text, item)
    has_numeral = any(mark.isdigit() or mark in DIGITS or mark in STEPS for mark in text)
    assert has_numeral or meaning.number is None
    assert (meaning.number is not None) == (meaning.kind in (Kindness.TIDIED, Kindness.WORDED))


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(["{}", " {} ", "{}件", "{:,}"]))
def test_the_number_inside_is_exact(number: Decimal, pattern: str) -> None:
    assert interpret(pattern.format(number), COUNT).number == number


@given(st.integers(0, 10**8 - 1))
def test_chinese_numerals_read_back(number: int) -> None:
    text = _spoken(number)
    if text != "一":
        assert interpret(text, COUNT).number == number


def _spoken(number: int) -> str:
    """The usual Chinese reading of a number below 10**8."""
    high, low = divmod(number, 10_000)
    if not high:
        return _section(low) or "零"
    gap = "零" if low and low < 1000 else ""
    return f"{_section(high)}万{gap}{_section(low)}"


def _section(number: int) -> str:
    text, zero = "", False
    for step, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, step)
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + name
        zero = not digit
    return text

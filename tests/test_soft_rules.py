"""Each soft rule has a case that fires and one that does not; what it says is tested too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from gouji import editions
from gouji.layout import layout_of
from gouji.model import Finding, Form, Severity, Status, Submission, Value
from gouji.soft import soft_findings

OLD, NEW = editions.load("2019"), editions.load("2021")
FORMS = pytest.mark.parametrize("form", [OLD, NEW], ids=["2019", "2021"])
RECEIVED = "requests.received.person"


def made(form: Form, typed: dict[str, Value], closed: bool = True, **fields: object) -> Submission:
    numbers = {code: value for code, value in typed.items() if not isinstance(value, str)}
    values = builders.close(form, numbers) if closed else dict.fromkeys(form.items, 0) | numbers
    return builders.as_submission(form, "水务局", values | typed, **fields)


def judge(
    form: Form, now: dict[str, Value], before: dict[str, Value] | None = None
) -> dict[str, Finding]:
    earlier = None if before is None else made(form, before)
    found = soft_findings(form, made(form, now), earlier, layout_of(form).place)
    assert all(f.severity is Severity.SOFT and f.status is Status.FAILED for f in found)
    assert len({f.rule for f in found}) == len(found)
    return {f.rule: f for f in found}


@FORMS
def test_a_form_of_zeros_and_one_like_last_years_are_fine(form: Form) -> None:
    assert not judge(form, {})
    assert not judge(form, {}, {})
    assert not judge(form, {RECEIVED: 4, "requests.result.granted.person": 4}, {RECEIVED: 3})


def test_a_column_misread_as_a_closing_stock() -> None:
    row = {"proactive.licence.last_year": 26, "proactive.licence.change": -4}
    found = judge(OLD, row | {"proactive.licence.decided": 22})["S2"]
    assert found.items == ("proactive.licence.decided", "proactive.licence.last_year",
                           "proactive.licence.change")  # fmt: skip
    assert found.message.startswith(
        "二、主动公开!D9、B9、C9（行政许可）："
        "“处理决定数量”22 正好等于 “上一年项目数量”26 ＋ “本年增/减”-4 ＝ 22。"
    )
    assert not judge(OLD, row | {"proactive.licence.decided": 23})
    assert not judge(NEW, {"proactive.licence.decided": 22})


def test_one_small_coincidence_is_none_and_two_are_one_finding() -> None:
    one = {"proactive.licence.last_year": 2, "proactive.licence.decided": 2}
    two = {"proactive.penalty.last_year": 5, "proactive.penalty.change": 1,
           "proactive.penalty.decided": 6}  # fmt: skip
    assert not judge(OLD, one)
    assert not judge(OLD, two)
    assert len(judge(OLD, one | two)["S2"].items) == 6


@FORMS
def test_a_jump_says_both_years_and_how_many_times(form: Form) -> None:
    code = "proactive.penalty.decided"
    found = judge(form, {code: 9000}, {code: 300})["S3"]
    assert "本年 9000，上年 300，约为上年的 30 倍" in found.message
    assert found.items == (code,)
    assert found.cells == (layout_of(form).place(code),)
    assert "本年 300，上年 9000，约为上年的 30 分之一" in (
        judge(form, {code: 300}, {code: 9000})["S3"].message
    )
    assert "本年 800，上年是 0" in judge(form, {code: 800}, {})["S3"].message
    assert "本年是 0，上年 800" in judge(form, {code: 0}, {code: 800})["S3"].message


@FORMS
def test_small_counts_never_jump(form: Form) -> None:
    code = "proactive.penalty.decided"
    assert not judge(form, {code: 499}, {code: 1})
    assert not judge(form, {code: 2999}, {code: 300})
    assert not judge(form, {code: 9000})


def test_many_jumps_are_one_finding() -> None:
    codes = [code for code in NEW.soft["S3"].floors if not code.startswith("review")]
    now = {code: 40_000 for code in codes if code not in NEW.totals}
    found = judge(NEW, now | {RECEIVED: 900, "requests.result.granted.person": 900}, {})
    assert list(found) == ["S3"]
    assert "；另有 3 处" in found["S3"].message
    assert len(found["S3"].items) == 6


@pytest.mark.parametrize(
    ("form", "code", "right", "unit"),
    [(OLD, "proactive.procurement.amount", 3_500_000, "元"),
     (NEW, "proactive.fee.amount", Decimal("59237.2449"), "万元")],
)  # fmt: skip
def test_a_slip_of_unit_against_last_year(
    form: Form, code: str, right: int | Decimal, unit: str
) -> None:
    wrong = right * 10000
    found = judge(form, {code: wrong}, {code: right})
    assert list(found) == ["S4"], "the slip explains the jump"
    assert "约为上年的 10000 倍" in found["S4"].message
    assert f"如果单位错了，应为 {right}{unit}" in found["S4"].message
    assert "10000 分之一" in judge(form, {code: right}, {code: wrong})["S4"].message
    assert "S4" not in judge(form, {code: right * 200}, {code: right})
    assert "S4" not in judge(form, {code: right * 10**6}, {code: right})


def test_an_amount_too_small_for_its_projects() -> None:
    amount, projects = "proactive.procurement.amount", "proactive.procurement.projects"
    found = judge(OLD, {amount: Decimal("52.15"), projects: 6})["S5"]
    assert "52.15元 ÷ 6 ＝ 平均每项约 8.69元，不到 1000元" in found.message
    assert set(found.items) == {amount, projects}
    assert not judge(OLD, {amount: 122740, projects: 6})
    assert not judge(OLD, {amount: 0, projects: 6})
    assert not judge(OLD, {amount: 52, projects: 0})


def test_two_columns_off_by_equal_and_opposite_amounts() -> None:
    moved = {RECEIVED: 60, "requests.received.other": 1, "requests.received.total": 61,
             "requests.result.granted.person": 61, "requests.result.granted.total": 61,
             "requests.result.total.person": 61, "requests.result.total.total": 61}  # fmt: skip
    place = layout_of(NEW).place
    found = soft_findings(NEW, made(NEW, moved, closed=False), None, place)
    assert [f.rule for f in found] == ["S7"]
    assert (found[0].left, found[0].right) == (-1, 1)
    assert "（自然人）左边比右边少了 1" in found[0].message
    assert "（其他）左边比右边多了 1" in found[0].message
    assert "请核对这两类申请人" in found[0].message
    more = moved | {"requests.received.charity": 3}
    assert not soft_findings(NEW, made(NEW, more, closed=False), None, place)


@FORMS
def test_a_pending_request_taken_up_under_another_applicant(form: Form) -> None:
    before = {
        RECEIVED: 2,
        "requests.result.granted.person": 1,
        "requests.received.business": 1,
        "requests.carried_forward.person": 1,
        "requests.carried_forward.business": 1,
    }
    now = {"requests.brought_forward.person": 2, "requests.result.granted.person": 2}
    found = judge(form, now, before)["S13"]
    assert (found.left, found.right) == (1, -1)
    assert "（自然人）左边比右边多了 1" in found.message
    assert "（商业企业）左边比右边少了 1" in found.message
    right = {
        "requests.brought_forward.person": 1,
        "requests.brought_forward.business": 1,
        "requests.result.granted.person": 1,
        "requests.result.granted.business": 1,
    }
    assert "S13" not in judge(form, right, before)


@FORMS
def test_requests_without_any_result(form: Form) -> None:
    carried = {RECEIVED: 3, "requests.carried_forward.person": 3}
    found = judge(form, carried)["S8"]
    assert "合计 3，而 " in found.message and "都是 0" in found.message
    assert (found.left, found.right) == (3, 0)
    assert not judge(form, {RECEIVED: 2, "requests.carried_forward.person": 2})
    assert not judge(form, {RECEIVED: 3, "requests.result.granted.person": 1})


@FORMS
def test_pending_cases_of_last_year_must_show(form: Form) -> None:
    before = {"review.reconsideration.pending": 2, "review.direct_suit.pending": 1}
    found = judge(form, {"review.direct_suit.upheld": 1}, before)["S9"]
    assert "本年 “总计”0，小于上年的 “尚未审结”2，少了 2" in found.message
    assert found.items == ("review.reconsideration.total",)
    shown = {"review.reconsideration.upheld": 1, "review.reconsideration.pending": 1,
             "review.direct_suit.other": 1}  # fmt: skip
    assert not judge(form, shown, before)
    assert not judge(form, {}), "without last year nothing is said"


@FORMS
def test_last_years_file_sent_again_is_one_finding(form: Form) -> None:
    values = {"proactive.licence.decided": 830, "proactive.penalty.decided": 12,
              "review.reconsideration.pending": 1}  # fmt: skip
    found = judge(form, values, values)
    assert list(found) == ["S10"]
    assert "本年有数的 3 格与上年逐格相同（合计 843）" in found["S10"].message
    assert not judge(form, values | {"proactive.penalty.decided": 13}, values)
    small = {"proactive.licence.decided": 1, "proactive.penalty.decided": 2}
    assert not judge(form, small, small)


def test_a_steady_stock_alone_does_not_look_like_last_years_file() -> None:
    stock = {"proactive.normative.in_force": 40}
    assert not judge(NEW, stock, stock)
    assert not judge(NEW, stock | {"proactive.licence.decided": 30},
                     stock | {"proactive.licence.decided": 30})  # fmt: skip


@FORMS
def test_an_empty_form_after_a_full_one_is_one_finding(form: Form) -> None:
    before = {"proactive.licence.decided": 800, "proactive.penalty.decided": 900,
              "review.reconsideration.pending": 2}  # fmt: skip
    found = judge(form, {}, before)
    assert list(found) == ["S11"]
    assert "本年各格都是 0，上年有 3 格不是 0（合计 1702）" in found["S11"].message
    blank = builders.as_submission(form, "水务局", dict.fromkeys(form.items))
    told = soft_findings(form, blank, made(form, before), layout_of(form).place)
    assert "S11" not in {f.rule for f in told}, "blanks have a rule of their own"


@FORMS
def test_a_shifted_column_is_one_finding(form: Form) -> None:
    def all_in(who: str, number: int) -> dict[str, Value]:
        return {f"requests.received.{who}": number, f"requests.result.granted.{who}": number}

    found = judge(form, all_in("business", 48), all_in("person", 50))
    assert list(found) == ["S12"]
    assert "（自然人）：上年 50，本年 0；" in found["S12"].message
    assert "（商业企业）：上年 0，本年 48。" in found["S12"].message
    assert not judge(form, all_in("person", 48), all_in("person", 50))
    assert not judge(form, all_in("business", 9), all_in("person", 9))


def test_a_changed_definition_is_not_compared() -> None:
    """2020 → 2021: decided was misread as a stock, in_force is not published_total."""
    before = {"proactive.licence.decided": 9000, "proactive.normative.published_total": 900}
    earlier = builders.submission(OLD, "水务局", before, year=2020)
    now = builders.submission(NEW, "水务局", {"proactive.licence.decided": 3}, year=2021)
    assert not soft_findings(NEW, now, earlier, layout_of(NEW).place)


def test_absurd_numbers_and_text_are_left_to_other_rules() -> None:
    code = "proactive.fee.amount"
    odd: list[Value] = [Decimal("1e999999"), Decimal("NaN"), 10**40, "见附件", "-5", Decimal("-1")]
    for value in odd:
        values: dict[str, Value] = dict.fromkeys(NEW.items, 0)
        now = builders.as_submission(NEW, "水务局", values | {code: value})
        soft_findings(NEW, now, now, layout_of(NEW).place)
        earlier = made(NEW, {code: 5})
        assert not soft_findings(NEW, now, earlier, layout_of(NEW).place)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_ever_breaks_and_a_rule_speaks_once(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([OLD, NEW]))
    now = builders.as_submission(form, "甲", data.draw(builders.balanced_values(form)))
    earlier = builders.as_submission(form, "甲", data.draw(builders.balanced_values(form)))
    found = soft_findings(form, now, earlier, layout_of(form).place)
    assert [f.rule for f in found] == [
        name for name in form.soft if name in {f.rule for f in found}
    ]
    for finding in found:
        assert finding.cells == tuple(map(layout_of(form).place, finding.items))
        assert finding.message.endswith("。") and "{" not in finding.message


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_form_of_small_counts_raises_nothing_across_years(data: st.DataObject) -> None:
    form = NEW
    small = st.dictionaries(st.sampled_from(builders.leaves(form)), st.integers(0, 2), max_size=4)
    values = [builders.close(form, data.draw(small)) for _ in range(2)]
    values = [v | {"review.reconsideration.pending": 0, "review.direct_suit.pending": 0,
                   "review.suit_after_review.pending": 0} for v in values]  # fmt: skip
    now, before = (builders.as_submission(form, "甲", v) for v in values)
    rules = {f.rule for f in soft_findings(form, now, before, layout_of(form).place)}
    assert rules <= {"S8"}

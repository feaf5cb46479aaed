"""What a narrative finding says, the seed report, hostile texts, and properties."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from gouji import editions
from gouji.layout import layout_of
from gouji.model import Finding, Severity, Submission, Value
from gouji.narrative import narrative_findings
from gouji.narrative.language import language
from gouji.narrative.text import counts, fold, quote

OLD, NEW = editions.load("2019"), editions.load("2021")
#: The words of the seed report that speak of numbers (鹿城区科技局 2020).
SEED = (
    "2020年，全局主动公开各类政府信息55条，涵盖科技工作动态、通知公告、政策法规等主要科技工作，"
    "其中机构信息5条、政策法规类1条、工作通知公告31条、财务信息2条、人事信息5条、建议提案4条，"
    "全部在鹿城公务网、鹿城政府网站（www.lucheng.gov.cn）上予以发布。"
)


def made(text: str, typed: dict[str, int] | None = None, **fields: object) -> Submission:
    values = builders.close(NEW, typed or {})
    return builders.as_submission(NEW, "水务局", values, year=2024, narrative={"1": text}, **fields)


def judge(text: str, typed: dict[str, int] | None = None, **fields: object) -> list[Finding]:
    return narrative_findings(NEW, made(text, typed, **fields), layout_of(NEW).place)


def test_the_seed_lists_48_of_its_55() -> None:
    path = Path(__file__).parent / "data" / "reports" / "01.json"
    values = json.loads(path.read_text(encoding="utf-8"))["values"]
    report = builders.as_submission(
        OLD, "鹿城区科技局", values, year=2020, narrative={"1": SEED, "6": "无"}
    )
    found = narrative_findings(OLD, report, layout_of(OLD).place)
    assert [finding.rule for finding in found] == ["N2.1"]
    assert (found[0].left, found[0].right) == (48, 55)
    assert found[0].severity is Severity.SOFT
    assert found[0].message.endswith(
        "：各分项之和 5＋1＋31＋2＋5＋4 ＝ 48，应等于总数 55，少了 7。"
        "文字里各分项之和与总数对不上。请核对各分项和总数；分项有交叉或没有列全的请说明。"
    )
    assert found[0].message.startswith("一、总体情况写“")
    assert "55条" in found[0].message and "建议提案4条”" in found[0].message


def test_a_count_says_place_both_readings_difference_and_what_to_do() -> None:
    typed = {"requests.received.person": 12, "requests.brought_forward.person": 2,
             "requests.result.granted.person": 14}  # fmt: skip
    (found,) = judge("2024年，受理政府信息公开申请16件。", typed)
    assert found.rule == "N1.accepted"
    assert found.message == (
        "一、总体情况写“2024年，受理政府信息公开申请16件。”：其中“16件”，"
        "表中三、申请!J6、J7（一、本年新收政府信息公开申请数量＋二、上年结转政府信息公开申请数量）"
        "合计是 14，或者 三、申请!J6（一、本年新收政府信息公开申请数量／总计）是 12，文字多了 2。"
        "文字里的数与表中的数对不上。请核对后改正其中一处；口径不同的请说明。"
    )
    assert found.items == ("requests.received.total", "requests.brought_forward.total")
    assert found.cells == ("三、申请!J6", "三、申请!J7")
    assert (found.left, found.right) == (16, 14)


def test_a_group_is_named_by_its_heading() -> None:
    typed = {"requests.received.person": 3, "requests.result.denied.secret.person": 1,
             "requests.result.denied.process.person": 2}  # fmt: skip
    (found,) = judge("收到政府信息公开申请3件，不予公开4件。", typed)
    assert "（（三）不予公开）合计是 3，文字多了 1" in found.message


def test_a_statement_of_nothing_says_what_the_table_has() -> None:
    (found,) = judge("未发生因政府信息公开引发的行政诉讼。", {"review.direct_suit.upheld": 2})
    assert found.rule == "N3.no_suit"
    assert found.message == (
        "一、总体情况写“未发生因政府信息公开引发的行政诉讼。”："
        "其中“未发生因政府信息公开引发的行政诉讼”，"
        "而表中四、复议诉讼!J6、O6（行政诉讼）合计是 2，不是 0。"
        "文字里说的情况与表中的数不符。请核对后改正其中一处；口径不同的请说明。"
    )


def test_what_is_said_twice_is_told_once_and_many_are_capped() -> None:
    typed = {"requests.received.person": 1, "requests.result.granted.person": 1}
    assert len(judge("收到政府信息公开申请9件。共收到政府信息公开申请9件。", typed)) == 1
    many = "".join(f"收到政府信息公开申请{n}件。" for n in range(5, 15))
    found = judge(many, typed)
    assert len(found) == 3
    assert found[-1].message.endswith("另有 7 处类似。")


def test_a_blank_table_contradicts_nothing() -> None:
    values: dict[str, Value] = dict.fromkeys(NEW.items)
    text = "收到政府信息公开申请9件，行政复议3件，全部办结。"
    blank = builders.as_submission(NEW, "水务局", values, year=2024, narrative={"1": text})
    assert not narrative_findings(NEW, blank, layout_of(NEW).place)
    unread = values | {"requests.received.total": "见附件"}
    odd = builders.as_submission(NEW, "水务局", unread, year=2024, narrative={"1": text})
    assert not narrative_findings(NEW, odd, layout_of(NEW).place)


def test_without_a_year_any_year_is_another_one() -> None:
    typed = {"requests.received.person": 1, "requests.result.granted.person": 1}
    values = builders.close(NEW, typed)
    for text, many in (("收到政府信息公开申请9件。", 1), ("2024年收到政府信息公开申请9件。", 0)):
        found = builders.as_submission(NEW, "水务局", values, year=None, narrative={"1": text})
        assert len(narrative_findings(NEW, found, layout_of(NEW).place)) == many


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("收到12件", [12]),
        ("收到１２件", [12]),
        ("收到1,234件、5，678件", [1234]),
        ("收到十二件，二百零三份，一起", [12, 203, 1]),
        ("两件、〇件、三千件", [2, 0, 3000]),
        ("约12件，12余件，12件以上，近百件，3.5件，二三件", [None] * 6),
        ("第12件、第一条、3个月、5个工作日、10件次、7条款", []),
        ("1 2件", []),
        ("3.1.2件", [None]),
        ("9999999999999999999件", [None]),
    ],
)
def test_numbers_with_counters(text: str, values: list[int | None]) -> None:
    assert [count.value for count in counts(fold(text), language())] == values


def test_a_quote_is_short_and_what_was_written() -> None:
    text = "前文。" + "我局认真落实各项要求，" * 9 + "收到申请 12件，" + "继续努力，" * 30
    at = text.index("12件")
    words = quote(text, at, at + 3)
    assert len(words) <= 60
    assert "收到申请 12件" in words and words in text
    assert words.startswith("我局认真")
    assert len(quote(text, 0, len(text))) <= 60


HOSTILE = ["=cmd|'/c calc'!A1", "\x00\x01件", "(" * 5000 + "1件", "其中" * 3000, "1件、" * 5000,
           "《" * 4000, "9" * 5000 + "件", "政府信息公开" * 3000 + "复议1件", "{0}{name}%s 5件",
           "一" * 4000 + "件", "\n" * 5000 + "收到依申请公开5件", "2024年" * 2000,
           "收到政府信息公开申请5件，" * 8000, "（其中1件）" * 10000, "未收到" * 30000,
           "收到政府信息公开申请5件。" * 4000, "未收到行政复议" * 250]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_only_text(text: str) -> None:
    judge(text)
    judge("收到政府信息公开申请5件，" + text)


WORDS = [
    *(
        "政府信息公开申请",
        "收到",
        "受理",
        "办结",
        "行政复议",
        "行政诉讼",
        "信息公开",
        "12件",
        "3件",
    ),
    *(
        "其中",
        "、",
        "，",
        "。",
        "\n",
        "（",
        "）",
        "未发生",
        "全部办结",
        "均维持",
        "2023年",
        "2024年",
    ),
    *("同比", "信访", "结转", "约", "0件", "不予公开", "自然人"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_findings_are_well_formed_whatever_is_written(words: list[str]) -> None:
    text = "".join(words)
    for finding in judge(text, {"requests.received.person": 12}):
        assert finding.severity is Severity.SOFT
        assert finding.message.startswith("一、总体情况写“") and finding.message.count("。") >= 2
        assert finding.cells == tuple(map(layout_of(NEW).place, finding.items))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 300), st.integers(0, 40), st.integers(0, 40),
    st.sampled_from(["收到", "受理", "共收到", "接收"]),
)  # fmt: skip
def test_a_text_that_agrees_never_raises_anything(
    received: int, brought: int, carried: int, verb: str
) -> None:
    done = received + brought - min(carried, received)
    carried = received + brought - done
    typed = {
        "requests.received.person": received,
        "requests.brought_forward.person": brought,
        "requests.result.granted.person": done,
        "requests.carried_forward.person": carried,
    }
    for number in (received, received + brought):
        text = f"2024年{verb}政府信息公开申请{number}件，办结{done}件，结转下年度{carried}件。"
        assert judge(text, typed) == []
    wrong = f"2024年{verb}政府信息公开申请{received + brought + 1}件。"
    assert len(judge(wrong, typed)) == 1

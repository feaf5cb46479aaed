"""The generated parts of docs/diagnosis.md: a table of a real run, twenty examples.

    python bench/diagnosis_page.py        writes the examples anew, by running them
    python bench/diagnosis.py --write     measures and writes the table

Each example is a report with something wrong; what is printed is what the check said of it without
a diagnosis, and what it says now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import slips

from gouji import editions
from gouji.diagnosis import diagnose
from gouji.edits import confront
from gouji.layout import layout_of
from gouji.model import Status, Submission, Value

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "diagnosis.md"
REPORTS = ROOT / "tests" / "data" / "reports"
SHOWN = 3

FORM = editions.load("2021")
#: The made-up report the slips are made in; totals follow.
LEAVES = {
    "received.person": 45, "received.business": 12, "received.legal_service": 3,
    "brought_forward.person": 3, "result.granted.person": 26, "result.partial.person": 8,
    "result.unavailable.not_held.person": 4, "result.granted.business": 9,
    "result.unavailable.not_held.business": 3, "result.granted.legal_service": 3,
    "carried_forward.person": 10,
}  # fmt: skip
RIGHT = slips.add_up(
    FORM, dict.fromkeys(FORM.items, 0) | {f"requests.{c}": n for c, n in LEAVES.items()}
)
BEFORE = slips.add_up(
    FORM,
    dict.fromkeys(FORM.items, 0)
    | {"requests.received.person": 38, "requests.result.granted.person": 27,
       "requests.result.partial.person": 8, "requests.carried_forward.person": 3},
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A report, the finding that is looked at, and what the reader should know of it."""

    title: str
    sent: Submission
    rule: str
    earlier: Submission | None = None


def made(
    title: str, rule: str, changes: Mapping[str, Value], live: bool = False, earlier: bool = False
) -> Example:
    """The made-up report with cells of table ``requests`` changed."""
    values: dict[str, Value] = {**RIGHT, **{f"requests.{c}": v for c, v in changes.items()}}
    if live:
        leaves = {code: int(value or 0) for code, value in values.items()
                  if not isinstance(value, str)}  # fmt: skip
        values = {**slips.add_up(FORM, dict.fromkeys(FORM.items, 0) | leaves),
                  **{c: v for c, v in values.items() if isinstance(v, str)}}  # fmt: skip
    sent = Submission("甲局", 2024, FORM.id, values, level="department",
                      medium="form" if live else "docx")  # fmt: skip
    last = Submission("甲局", 2023, FORM.id, {**BEFORE}, level="department") if earlier else None
    return Example(title, sent, rule, last)


def real(title: str, name: str, rule: str) -> Example:
    """One of the published reports in tests/data/reports."""
    data = json.loads((REPORTS / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    values = {code: data["values"].get(code) for code in editions.load(data["edition"]).items}
    sent = Submission(data["unit"], data["year"], data["edition"], values, medium="docx")
    return Example(title, sent, rule)


EXAMPLES = (
    real("宿迁市洋河新区 2025，自然人列", "10", "E1.person"),
    real("同一份报告，其他列", "10", "E1.other"),
    real("桃江县松木塘镇 2022，镇填了规章", "30", "E7.made"),
    real("尼勒克县某镇 2023，镇填了规章", "31", "E7.in_force"),
    real("尼勒克县某镇 2023，总计空着", "31", "E3.person"),
    made("两位数字颠倒", "E1.person", {"received.person": 54}),
    made("末尾多打一位", "E1.person", {"received.person": 452}),
    made("少打一位", "E3.person", {"result.granted.person": 2}),
    made("打错一位", "E2.result.granted", {"result.granted.business": 8}),
    made("多了负号", "E3.person", {"result.partial.person": -8}),
    made("漏填一格", "E2.result.partial", {"result.partial.person": 0}),
    made("合计漏加一项", "E3.person", {"result.total.person": 30}),
    made("合计把一项加了两次", "E2.received", {"received.total": 72}),
    made("填到旁边一列", "E1.business", {"received.business": 0, "received.research": 12}),
    made("两格填反", "E1.business", {"received.person": 12, "received.business": 45}),
    made("一行整体错了一列", "E3.person", {
        "result.unavailable.not_held.person": 0, "result.unavailable.not_held.business": 4,
        "result.unavailable.not_held.research": 3}),
    made("读不出的文字", "E9.requests.received.person", {"received.person": "见附件"}),
    made("总计是公式，申请人归错类型", "E1.business",
         {"received.person": 47, "received.business": 10}, live=True),
    made("总计是公式，少打一位，有上年数", "E1.person", {"result.granted.person": 2},
         live=True, earlier=True),
    made("总计空着，旁边还有一格数字颠倒", "E1.person",
         {"received.person": 54, "result.total.person": None}),
)  # fmt: skip


def told(example: Example) -> str:
    """One example as the page shows it."""
    form = editions.load(example.sent.edition)
    place = layout_of(form).place
    result = confront(form, example.sent, example.earlier, place)
    finding = next(f for f in result.findings
                   if f.rule == example.rule and f.status is Status.FAILED)  # fmt: skip
    found = diagnose(form, example.sent, example.earlier, place=place)
    suspects = found.suspects_of(replace(finding, suspects=()), SHOWN)
    lines = [f"- 现在：{suspects[0].why}", *(f"- 或者：{each.why}" for each in suspects[1:])]
    if rest := found.more_for(finding, SHOWN):
        lines.append(f"- 另有 {rest} 种改法也能使各式都平，证据较弱。")
    return "\n".join([f"**{example.title}**\n", f"- 原来：{finding.message}", *lines])


def examples() -> str:
    return "\n\n".join(f"{number}. {told(each)}".replace("\n", "\n   ").replace("\n   \n", "\n\n")
                       for number, each in enumerate(EXAMPLES, 1))  # fmt: skip


def put(name: str, text: str, page: str) -> str:
    """The page with the part between ``<!-- name -->`` and ``<!-- /name -->`` replaced."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    head, rest = page.split(start)
    return f"{head}{start}{text}\n{end}{rest.split(end)[1]}"


def main() -> None:
    PAGE.write_text(put("examples", examples(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

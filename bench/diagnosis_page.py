"""The generated parts of docs/diagnosis.md: a table of a real run, twenty examples.

    python bench/diagnosis_page.py        writes the examples anew, by running them
    python bench/diagnosis.py --write     measures and writes the table

Each example is a report with something wrong; what is printed is what the check said of it without
a diagnosis, and what it says now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import slips

from gouji import editions
from gouji.diagnosis import with_suspects
from gouji.edits import confront
from gouji.layout import layout_of
from gouji.messages import suspected
from gouji.model import Finding, Status, Submission, Value

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "diagnosis.md"
REPORTS = ROOT / "tests" / "data" / "reports"
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
    """A report and the findings that are looked at."""

    title: str
    sent: Submission
    rules: tuple[str, ...]
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
    return Example(title, sent, (rule,), last)


def real(title: str, name: str, *rules: str, level: str = "") -> Example:
    """One of the published reports in tests/data/reports."""
    data = json.loads((REPORTS / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    values = {code: data["values"].get(code) for code in editions.load(data["edition"]).items}
    sent = Submission(data["unit"], data["year"], data["edition"], values, level, medium="docx")
    return Example(title, sent, rules)


EXAMPLES = (
    real("宿迁市洋河新区 2025：总计列平衡，两列不平", "10", "E1.person", "E1.other"),
    real("桃江县松木塘镇 2022：镇填了规章", "30", "E7.made", "E7.in_force"),
    real("尼勒克县某镇 2023：镇填了规章", "31", "E7.in_force"),
    real("某单位 2019 版表：数字格里写“减4”", "19", "E9.proactive.licence.change"),
    real("佳县螅镇 2022：用错年度的表，全表空白", "28", "E8", "S1.proactive"),
    made("相邻两位数字颠倒", "E1.person", {"received.person": 54}),
    made("末尾多打一位", "E1.person", {"received.person": 452}),
    made("少打一位", "E3.person", {"result.granted.person": 2}),
    made("多了负号", "E3.person", {"result.partial.person": -8}),
    made("漏填一格", "E2.result.partial", {"result.partial.person": 0}),
    made("总计漏加一项", "E3.person", {"result.total.person": 30}),
    made("总计把一项加了两次", "E2.received", {"received.total": 72}),
    made("填到旁边一列", "E1.business", {"received.business": 0, "received.research": 12}),
    made("两格填反", "E1.business", {"received.person": 12, "received.business": 45}),
    made("一行整体错开一列", "E3.person", {
        "result.unavailable.not_held.person": 0, "result.unavailable.not_held.business": 4,
        "result.unavailable.not_held.research": 3}),
    made("文字读不出数", "E9.requests.received.person", {"received.person": "见附件"}),
    made("总计空着，旁边还有一格数字颠倒", "E1.person",
         {"received.person": 54, "result.total.person": None}),
    made("总计是公式，申请人归错类型", "E1.business",
         {"received.person": 47, "received.business": 10}, live=True),
    made("总计是公式，少打一位，有上年的数", "E1.person", {"result.granted.person": 2},
         live=True, earlier=True),
    made("总计是公式，差 1，哪一格都有可能", "E1.person", {"result.granted.person": 25},
         live=True),
)  # fmt: skip


def told(example: Example) -> str:
    """One example as the page shows it: what ``gouji check`` says without and with a diagnosis."""
    form = editions.load(example.sent.edition)
    place = layout_of(form).place
    before = confront(form, example.sent, example.earlier, place)
    after = with_suspects(form, example.sent, before, example.earlier, place)
    lines = [f"**{example.title}**", ""]
    for rule in example.rules:
        finding = next(f for f in after.findings
                       if f.rule == rule and f.status is Status.FAILED)  # fmt: skip
        lines += [f"- 原来只说：{finding.message}", *_now(finding)]
    lines += [f"- {note}" for note in after.notes]
    return "\n".join(lines)


def _now(finding: Finding) -> list[str]:
    """What stands below the message now."""
    said = suspected(finding)
    if said:
        return [f"- 现在还说：{said[0]}", *(f"- {each}" for each in said[1:])]
    if (ways := len(finding.suspects) + finding.more) > 1:
        return [f"- 现在：不变。有 {ways} 种改法，没有哪一种突出，只列在 `--json` 里。"]
    return ["- 现在：不变，原话已经说明怎么改。"]


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

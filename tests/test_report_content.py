"""What a report says before it is a document: sentences and charts made from the numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from gouji import editions
from gouji.editions import EditionError
from gouji.formula import bind, evaluate, parse
from gouji.layout import layout_of
from gouji.model import Form, Number, Submission, Value
from gouji.narrative import narrative_findings
from gouji.printed import PrintedTable
from gouji.reporting.content import AnnualReport, Paragraph, Picture, Run, report_of
from gouji.values_json import read_values

DATA = Path(__file__).parent / "data"
OLD, NEW, FOREIGN = (editions.load(name) for name in ("2019", "2021", "foia"))
YEARS = {"2019": 2020, "2021": 2025, "foia": 2024}


def submitted(form: Form, values: dict[str, Value], **more: object) -> Submission:
    """What 云澜区 reports: these values, zeros elsewhere."""
    whole = dict.fromkeys(form.items, 0) | values
    return builders.as_submission(form, "云澜区", whole, year=YEARS[form.id], **more)


def drafted(report: AnnualReport) -> list[Paragraph]:
    return [block for block in report.blocks if isinstance(block, Paragraph) and block.drafted]


def numbers(report: AnnualReport) -> Iterator[tuple[Run, Number | None]]:
    """Every number of a drafted sentence with what its code comes to, by the plain evaluation."""
    now = {code: value for code, value in report.values.items() if not isinstance(value, str)}
    for paragraph in drafted(report):
        for run in paragraph.runs:
            if run.code:
                terms = bind(parse(f"{run.code} = 0")[0], lambda name: [name.path])
                yield run, evaluate(terms, {c: v or 0 for c, v in now.items()}, report.earlier)


def text_of(report: AnnualReport) -> str:
    return "\n".join(paragraph.text for paragraph in drafted(report))


# ---------------------------------------------------------------------- sentences
@settings(max_examples=60, deadline=None)
@given(data=st.data(), form=st.sampled_from([OLD, NEW]))
def test_a_draft_says_what_the_numbers_say(data: st.DataObject, form: Form) -> None:
    """Every number is what its items come to, and our own reader of narratives finds no fault."""
    now = submitted(form, data.draw(builders.balanced_values(form)))
    before = replace(now, year=now.year - 1, values=data.draw(builders.balanced_values(form)))
    report = report_of(now, form, earlier=data.draw(st.sampled_from([None, before])))
    found = list(numbers(report))
    assert [due for _, due in found] == [Decimal(run.text) for run, _ in found]
    text = text_of(report)
    assert text and not re.search(r"[{}]|\D0(件|个|万元|元)|其中[。；，]|为[。；]|。。|，，", text)
    assert all(paragraph.text.endswith("。") for paragraph in drafted(report))
    bare = "".join(run.text for p in drafted(report) for run in p.runs if not run.code)
    assert set(re.findall(r"\d+", bare)) <= {str(now.year)}, "a number without a code"
    told = replace(now, narrative={"1": text})
    assert narrative_findings(form, told, layout_of(form).place) == []


def test_nothing_happened() -> None:
    assert text_of(report_of(submitted(NEW, {}), NEW)).splitlines() == [
        "2025年，云澜区未制发行政规范性文件；未作出行政许可、行政处罚和行政强制处理决定；没有行政事业性收费。",
        "全年未收到政府信息公开申请，没有上年结转的申请。",
        "全年未发生因政府信息公开引起的行政复议、行政诉讼。",
    ]


@pytest.mark.parametrize(
    ("before", "words"),
    [(5, "新收政府信息公开申请7件，比上年增加2件，"), (9, "7件，比上年减少2件，"),
     (7, "7件，与上年持平，"), (None, "7件，没有上年结转")],
)  # fmt: skip
def test_beside_last_year(before: int | None, words: str) -> None:
    now = submitted(NEW, builders.close(NEW, {"requests.received.person": 7}))
    earlier = replace(now, year=2024, values=builders.close(
        NEW, {"requests.received.person": before or 0}))  # fmt: skip
    report = report_of(now, NEW, earlier=None if before is None else earlier)
    assert words in text_of(report)


def test_what_another_edition_meant_otherwise_is_not_compared() -> None:
    now = submitted(NEW, {"proactive.normative.in_force": 7})
    earlier = submitted(OLD, {"proactive.normative.published_total": 3})
    assert "现行有效7件；" in text_of(report_of(now, NEW, earlier=earlier))
    same = replace(now, values=dict(now.values) | {"proactive.normative.in_force": 3})
    assert "现行有效7件，比上年增加4件；" in text_of(report_of(now, NEW, earlier=same))


def test_a_paragraph_with_a_number_nobody_can_read_is_left_out() -> None:
    report = report_of(submitted(NEW, {"requests.received.total": "许多"}), NEW)
    assert "申请" not in text_of(report).replace("政府信息公开引起", "")
    assert "未制发" in text_of(report)


def test_what_a_unit_wrote_goes_before_the_draft() -> None:
    told = submitted(NEW, {}, narrative={"1": "全局高度重视。\n\n　逐项落实。", "6": "无"})
    report = report_of(told, NEW)
    first, fifth = report.sections[0], report.sections[4]
    texts = [block.text for block in first.blocks if isinstance(block, Paragraph)]
    assert texts == ["全局高度重视。", "逐项落实。"] and not first.drafted
    assert fifth.asked and "改进措施" in fifth.blocks[0].text  # type: ignore[union-attr]
    assert not report.sections[5].asked
    other = report_of(told, NEW, narrative={"1": "改写。"})
    assert other.sections[0].blocks[0].text == "改写。"  # type: ignore[union-attr]


@pytest.mark.parametrize("form", [OLD, NEW, FOREIGN])
def test_sections_and_tables_as_in_the_edition(form: Form) -> None:
    report = report_of(submitted(form, {}), form)
    assert [section.title for section in report.sections] == [s.title for s in form.sections]
    where = {block.name: section.key for section in report.sections
             for block in section.blocks if isinstance(block, PrintedTable)}  # fmt: skip
    assert where == {section.table: section.key for section in form.sections if section.table}


def test_a_form_without_a_draft_asks_for_words() -> None:
    report = report_of(submitted(FOREIGN, {}), FOREIGN)
    assert report.pictures == () and drafted(report) == [] and report.sections[0].asked


# ---------------------------------------------------------------------- charts
def test_charts_show_what_happened_and_nothing_else() -> None:
    values = builders.close(NEW, {
        "requests.received.person": 9, "requests.received.research": 1,
        "requests.result.granted.person": 9, "requests.result.denied.secret.research": 1,
    })  # fmt: skip
    earlier = submitted(NEW, builders.close(NEW, {"requests.result.partial.person": 2}))
    report = report_of(submitted(NEW, values), NEW, earlier=replace(earlier, year=2024))
    charts = {picture.name: picture for picture in report.pictures}
    assert bars(charts["applicants"]) == [("", [("自然人", 9), ("科研机构", 1)])]
    labels = ["予以公开", "部分公开", "不予公开"]
    assert bars(charts["outcomes"]) == [
        ("2025年", list(zip(labels, [9, 0, 1], strict=True))),
        ("2024年", list(zip(labels, [0, 2, 0], strict=True))),
    ]
    assert "decisions" not in charts, "nothing was decided"
    for picture in report.pictures:
        for series in picture.series:
            for point in series.points:
                assert f"{point.label}{point.value}件" in picture.alt
                assert ("last_year" in point.code) == series.last_year


def bars(picture: Picture) -> list[tuple[str, list[tuple[str, Number]]]]:
    return [(s.name, [(p.label, p.value) for p in s.points]) for s in picture.series]


def test_a_real_districts_report() -> None:
    """A county's published year: the sentences by hand from its table."""
    shuyang = read_values(DATA / "reports" / "08.json")
    text = text_of(report_of(replace(shuyang, unit="沭阳县", narrative={}), NEW))
    assert "全年新收政府信息公开申请713件，上年结转36件。" in text
    assert "其中结果维持27件、结果纠正10件、其他结果9件、尚未审结15件；行政诉讼13件" in text
    assert "结转下年度继续办理31件。" in text


# ---------------------------------------------------------------------- declarations
DRAFT = """
[draft]
title = "{unit} {year}"
[draft.change]
more = "+{n}{unit}"
less = "-{n}{unit}"
same = "="
[draft.figures]
a = "costs.staff"
[draft.breakdowns.all]
each = "{label} {n}"
joint = ", "
parts = { a = "Staff" }
[[draft.paragraphs]]
section = "I"
pieces = ["{year}: {all}{a.change}", [{ some = ["a"], text = "." }]]
[[draft.pictures]]
name = "staff"
section = "I"
title = "Staff"
kind = "bars"
parts = "all"
"""


def declared(folder: Path, old: str = "", new: str = "") -> Path:
    text = (Path(__file__).parent / "editions" / "foia.toml").read_text(encoding="utf-8")
    assert old in DRAFT
    path = folder / "foia.toml"
    path.write_text(text + DRAFT.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_draft_of_a_foreign_form(tmp_path: Path) -> None:
    form = editions.load(declared(tmp_path))
    report = report_of(submitted(form, {"costs.staff": Decimal("2.50")}), form)
    assert report.title == "云澜区 2024" and text_of(report) == "2024: Staff 2.50."
    assert [run.code for run in drafted(report)[0].runs if run.code] == ["costs.staff"]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('title = "{unit} {year}"', 'title = "{who}"', "draft.title: 没有“{who}”这个空"),
        (
            '"costs.staff"',
            '"costs.stuff"',
            "draft.figures.a: 没有“costs.stuff”这一项，是不是",
        ),
        ("{ a = ", "{ b = ", "draft.breakdowns.all.parts.b: [draft.figures] 里没有“b”"),
        ('section = "I"', 'section = "II"', "draft.paragraphs.1.section: 不能是“II”"),
        ('some = ["a"]', 'some = ["b"]', "draft.paragraphs.1.pieces.2: [draft.figures] 里没有“b”"),
        ('"{year}: ', '"{year!r}: ', "draft.paragraphs.1.pieces.1.text: “{year}”里只能写名字"),
        ('"{year}: ', '"{year: ', "draft.paragraphs.1.pieces.1.text: "),
        ('kind = "bars"', 'kind = "cake"', "draft.pictures.1.kind: 不能是“cake”"),
        ('name = "staff"', 'name = "a b"', "draft.pictures.1.name: “a b”不能作名字"),
        ('more = "+{n}{unit}"\n', "", "draft.change.more: 没有写这一项"),
    ],
)
def test_a_mistake_in_a_draft_names_file_and_key(
    tmp_path: Path, old: str, new: str, names: str
) -> None:
    with pytest.raises(EditionError, match=re.escape(f"foia.toml: {names}")):
        editions.load(declared(tmp_path, old, new))

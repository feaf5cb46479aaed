"""The annual report in Word: what stands in it and how it looks, by independent judges."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from conformance import faults
from gouji import report_word
from gouji.gate import Content
from gouji.model import Form
from gouji.printed import printed_tables
from gouji.reading import read_content
from gouji.report_word import tables, written
from gouji.reporting import pictures
from gouji.reporting.checking import WrongReport, content_of
from gouji.reporting.content import report_of
from gouji.values_json import dump, read_values, to_text
from office import Office
from reports import (
    DATA,
    EDITIONS,
    NEW,
    SIGNED,
    before,
    county,
    numbered,
    opened,
    report,
    rows_of,
    submitted,
    word,
)


def read_back(data: bytes) -> dict[str, Any]:
    return dict(read_content(content_of(data)).values)


# ---------------------------------------------------------------------- tables
@pytest.mark.parametrize("form", EDITIONS, ids=lambda form: form.id)
def test_our_own_intake_reads_the_same_values(form: Form) -> None:
    now = numbered(form)
    assert read_back(word(now)) == now.values


@pytest.mark.parametrize("form", EDITIONS, ids=lambda form: form.id)
def test_python_docx_alone_sees_the_printed_tables(form: Form) -> None:
    """Text and merges of every cell; the library resolves the spans by itself."""
    now = numbered(form)
    found = opened(word(now)).tables
    expected = printed_tables(form, now.values)
    assert len(found) == len(expected)
    for table, due in zip(found, expected, strict=True):
        seen: dict[Any, list[Any]] = {}
        for at, row in enumerate(table.rows):
            for column, cell in enumerate(row.cells):
                area = seen.setdefault(cell._tc, [cell.text, at, column, at, column])
                area[3:] = at, column
        areas = sorted(tuple(area) for area in seen.values())
        assert areas == sorted(
            (c.text, c.row, c.column, c.row + c.rows - 1, c.column + c.columns - 1)
            for c in due.cells
        )


def test_the_seed_made_again_has_the_tables_of_the_seed() -> None:
    """Cell by cell with the report the project started from, read as plain text by this test."""
    seed = (DATA / "seed.txt").read_text(encoding="utf-8")
    made = word(read_values(DATA / "reports" / "01.json"))
    assert bare(rows_of(opened(made))) == bare(seed_rows(seed))


def seed_rows(text: str) -> list[list[str]]:
    """A blank line ends a row, a tab begins a cell, a bare line goes on with the cell above."""
    found = []
    for block in text.split("\n\n"):
        lines = block.splitlines()
        first = next((at for at, line in enumerate(lines) if line.startswith("\t")), None)
        if first is not None:
            cells: list[str] = []
            for line in lines[first:]:
                if line.startswith("\t"):
                    cells.append(line)
                else:
                    cells[-1] += line
            found.append(cells)
    return found


def bare(rows: Any) -> list[list[str]]:
    return [[re.sub(r"\s", "", cell) for cell in row] for row in rows]


def test_a_cell_stays_as_it_was_typed() -> None:
    typed = {"requests.received.person": "减4", "requests.received.total": None,
             "proactive.fee.amount": "160.5964万元"}  # fmt: skip
    data = word(submitted(NEW, typed))
    assert {code: read_back(data)[code] for code in typed} == {
        "requests.received.person": "减4", "requests.received.total": None,
        "proactive.fee.amount": "160.5964万元",
    }  # fmt: skip


def test_heads_are_marked_and_rows_stay_whole() -> None:
    document = opened(word(numbered(NEW)))
    for table in document.tables:
        rows = list(table._tbl.iter(qn("w:tr")))
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
        heads = [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
        first = next(at for at, row in enumerate(table.rows)
                     if any(re.fullmatch(r"\d+", cell.text) for cell in row.cells))  # fmt: skip
        assert heads == [at < first for at in range(len(rows))] and first
    captions = [each.get(qn("w:val")) for each in document.element.iter(qn("w:tblCaption"))]
    assert captions == [table.title for table in NEW.tables]


@pytest.mark.parametrize("digits", [1, 6, 9])
def test_columns_fill_the_width_and_hold_their_numbers(digits: int) -> None:
    values = dict.fromkeys(NEW.items, 10**digits - 1)
    for table in printed_tables(NEW, values):
        size = tables.Type(table)
        widths = tables.column_widths(table, size)
        assert sum(widths) == tables.TEXT_WIDTH and min(widths) > 0
        narrow = [cell for cell in table.cells if cell.code and cell.columns == 1]
        needed = digits * size.letter * 10 + 2 * size.margin
        crowded = table.width == 15 and digits > 5  # 十五栏: nothing gives way there
        assert crowded or all(widths[cell.column] >= needed for cell in narrow)


def test_beside_its_workbook_the_published_report_says_the_same(run: Any, tmp_path: Path) -> None:
    """``gouji compare``: neither captions nor who signed are taken for text of the form."""
    values = DATA / "reports" / "01.json"
    now = replace(county(), narrative={"1": "已写好。", "5": "有不足。", "6": "无"})
    for name, each, signed in (("甲", now, SIGNED), ("乙", read_values(values), "")):
        form, report = tmp_path / f"{name}.json", tmp_path / f"{name}.docx"
        form.write_text(to_text(dump(each)), encoding="utf-8")
        report.write_bytes(word(each, published=signed))
        told = read_content(content_of(report.read_bytes()))
        assert {key: told.narrative.get(key) for key in each.narrative} == each.narrative
        assert not any("核对" in note for note in told.notes)
        if each.narrative:
            status, out, _ = run("compare", report, form)
            assert status == 0, out


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["无", "云澜区人民政府", "2026年1月20日"], "无"),
        (["无", "二〇二六年一月二十日"], "无"),
        (["云澜区民政局", "2026年 1月 20日"], ""),
        (["甲。", "2026年1月20日起施行"], "甲。\n2026年1月20日起施行"),
        (["我局认为，这一年很好的局", "2026年1月20日"], "我局认为，这一年很好的局"),
    ],
)
def test_who_signed_is_no_text(lines: list[str], left: str) -> None:
    now = submitted(NEW, {}, narrative={"1": "甲。", "5": "乙。", "6": "\n".join(lines)})
    read = read_content(content_of(word(now)))
    assert read.narrative.get("6", "") == left and read.narrative["5"] == "乙。"


# ---------------------------------------------------------------------- looks
def test_an_official_document() -> None:
    document = opened(word(county(), published=SIGNED))
    [section] = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    title, head, body = document.paragraphs[:3]
    assert look(title) == ("Title", "方正小标宋简体", 22.0)
    assert title.text == "沭阳县2025年政府信息公开工作年度报告"
    assert look(head) == ("Heading 1", "黑体", 16.0) and head.text == "一、总体情况"
    assert look(body) == ("Normal", "仿宋_GB2312", 16.0)
    assert body.paragraph_format.line_spacing == Pt(28)
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heads == [each.title for each in NEW.sections]
    footer = section.footer.paragraphs[0]
    assert re.fullmatch(r"— \d+ —", footer.text) and "PAGE" in footer._p.xml
    assert [p.text for p in document.paragraphs[-2:]] == SIGNED.splitlines()


def look(paragraph: Any) -> tuple[str, str, float]:
    run = paragraph.runs[0]
    return paragraph.style.name, run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_a_long_title_breaks_behind_the_unit() -> None:
    title = opened(word(read_values(DATA / "reports" / "01.json"))).paragraphs[0]
    assert title.text == "温州市鹿城区科技局\n2020年政府信息公开工作年度报告"


def test_what_is_a_draft_says_so_beside_the_text() -> None:
    document = opened(word(county()))
    [comment] = document.comments
    assert "待审定" in comment.text and comment.author == "勾稽" and comment.timestamp is None
    asked = [p for p in document.paragraphs if p.text.startswith("（待填写")]
    assert len(asked) == 2 and all(p.runs[0].font.highlight_color for p in asked)
    told = submitted(NEW, {}, narrative={"1": "已写好。", "5": "没有。", "6": "无"})
    assert not list(opened(word(told)).comments)


def test_pictures_are_told_to_those_who_do_not_see_them() -> None:
    document = opened(word(county(), earlier=before(county())))
    told = [each.get("descr") for each in document.element.iter(qn("wp:docPr"))]
    assert len(told) == len(document.inline_shapes) == 3
    assert "予以公开294件" in told[1] and "2024年" in told[1]
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert [text[:2] for text in captions] == ["图1", "图2", "图3"]
    assert all("2025年" in text and text.endswith("（单位：件）") for text in captions)


def test_nothing_of_the_machine_and_the_same_bytes(tmp_path: Path) -> None:
    data = word(county(), earlier=before(county()))
    assert data == word(county(), earlier=before(county()))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = "".join(package.read(n).decode("utf-8") for n in names if not n.endswith(".png"))
        shapes = b"".join(package.read(n) for n in names if n.endswith(".png"))
    assert not [name for name in names if "thumbnail" in name or "app.xml" in name]
    assert not re.search(r"w:date=|dcterms:|python-docx|Macintosh|/tmp|/home|/root", text)
    assert b"Software" not in shapes and b"tIME" not in shapes
    core = opened(data).core_properties
    assert (core.title, core.language) == ("沭阳县2025年政府信息公开工作年度报告", "zh-CN")
    assert core.author == core.last_modified_by == ""
    assert 'w:eastAsia="zh-CN"' in text and "ja-JP" not in text


@pytest.mark.parametrize("form", EDITIONS, ids=lambda form: form.id)
def test_openxml_finds_no_fault(form: Form, tmp_path: Path) -> None:
    now = numbered(form)
    path = tmp_path / "报告.docx"
    path.write_bytes(word(now, earlier=before(now), published=SIGNED))
    assert faults(path) == []


def test_on_paper(office: Office, tmp_path: Path) -> None:
    """Each statutory table on one page, everything between the margins, no page without text."""
    path = tmp_path / "报告.docx"
    path.write_bytes(word(county(), earlier=before(county()), published=SIGNED))
    pdf = office.convert(path, path.with_suffix(".pdf"), "writer_pdf_Export")
    with pdfplumber.open(pdf) as pages:
        texts = [re.sub(r"\s", "", page.extract_text()) for page in pages.pages]
        words = [(page, word) for page in pages.pages for word in page.extract_words()]
        images = [image for page in pages.pages for image in page.images]
    ends = [
        ("第二十条第（一）项", "本年收费金额（单位：万元）"),
        ("一、本年新收政府信息", "四、结转下年度继续办理"),
        ("未经复议直接起诉", "2710915613"),
    ]
    for first, last in ends:
        assert (
            [at for at, text in enumerate(texts) if first in text]
            == [at for at, text in enumerate(texts) if last in text]
            != []
        ), (first, last)
    for page, found in words:
        left, right = found["x0"] / 72 * 25.4, found["x1"] / 72 * 25.4
        assert left > 27.5 and right < 188, found  # a stop may hang over the margin
        assert found["bottom"] < page.height
    assert len(images) == 3 and all(image["x1"] / 72 * 25.4 < 185 for image in images)
    for at, text in enumerate(texts, 1):
        assert f"—{at}—" in text and len(text) > 40


# ---------------------------------------------------------------------- text from outside
HOSTILE = '=1+1{{x}}<w:p/>"&\x07\x1b\x0b{ PAGE }<script>$x_1$ MERGEFIELD \ud800'


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    values = {
        "requests.received.person": "=cmd|' /C calc'!A0<w:t>",
        "review.direct_suit.other": "{{7*7}}",
    }
    now = submitted(NEW, values, narrative={"1": f"甲{HOSTILE}乙", "5": HOSTILE, "6": HOSTILE})
    data = word(now, published=HOSTILE)
    path = tmp_path / "报告.docx"
    path.write_bytes(data)
    assert faults(path) == []
    document = opened(data)
    shown = '=1+1{{x}}<w:p/>"&\ufffd\ufffd'
    assert any(p.text.startswith(f"甲{shown}") for p in document.paragraphs)
    codes = [each.text for each in document.sections[0].footer._element.iter(qn("w:instrText"))]
    fields = [qn("w:instrText"), qn("w:fldSimple"), qn("w:fldChar"), qn("w:hyperlink")]
    assert codes == ["PAGE"] and not list(document.element.iter(*fields))
    cells = {cell for row in rows_of(document) for cell in row}
    assert set(values.values()) <= cells


def test_a_hostile_name_stays_a_title() -> None:
    now = submitted(NEW, {})
    title = opened(
        word(now.__class__(**{**_fields(now), "unit": "=区{unit}{0}<b>&\x07"}))
    ).paragraphs[0]
    assert title.text.replace("\n", "").startswith("=区{unit}{0}<b>&\ufffd2025年")


def _fields(now: Any) -> dict[str, Any]:
    return {name: getattr(now, name) for name in now.__slots__}


# ---------------------------------------------------------------------- what must not happen
def test_a_wrong_cell_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the table's drawing: the read-back finds it."""
    draw = tables._write

    def careless(paragraph: Any, text: str, size: Any) -> None:
        draw(paragraph, "714" if text == "713" else text, size)

    monkeypatch.setattr(tables, "_write", careless)
    with pytest.raises(WrongReport, match=r"requests\.received\.total: 714 for 713"):
        word(county())


def test_a_wrong_number_in_a_sentence_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    made = report(county())
    data = written(made).data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = package.read("word/document.xml").decode()
    assert body.count(">713<") == 2, "once in a sentence, once in the table"
    wrong = _with_body(data, body.replace(">713<", ">731<", 1))
    monkeypatch.setattr(report_word, "report_bytes", lambda *_: wrong)
    with pytest.raises(WrongReport, match="received: 731 for 713"):
        written(made)


def _with_body(data: bytes, body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("missing", ["matplotlib", "font"])
def test_without_charts_there_is_a_report_and_one_line(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    if missing == "matplotlib":
        monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    else:
        monkeypatch.setattr(pictures, "FONTS", ("No Such Font",))
    pictures.font_name.cache_clear()
    try:
        made = written(report_of(county(), NEW))
    finally:
        monkeypatch.undo()
        pictures.font_name.cache_clear()
    [note] = made.notes
    assert "图" in note and "\n" not in note and ("gouji[report]" in note) == (missing != "font")
    assert len(opened(made.data).inline_shapes) == 0
    assert read_content(Content("x", made.data, "")).values == county().values

"""Letters: what they say and how they look, read back from the written Word files."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import faults
from gouji.layout import Area
from gouji.model import Finding, Severity, Status
from gouji.returns.letter import letter_bytes, write_letter
from gouji.returns.letter_text import (
    MOST_ITEMS,
    Correction,
    Letter,
    Matter,
    Office,
    Role,
    correction,
    counts,
    grade,
    office_of,
    refused_letter,
    reminder,
)
from gouji.returns.problems import Problem
from gouji.wording import say

TODAY = date(2026, 1, 22)
OFFICE = Office("云溪区人民政府办公室", "张三", "0577-8888", "zwgk@example.org")
MATTER = Matter("政府信息公开工作年度报告", 2025, OFFICE, TODAY, date(2026, 1, 31))
BOOK = "甲局_2025_退回修改.xlsx"


def problem(number: int, hard: bool, explanation: str = "") -> Problem:
    severity = Severity.HARD if hard else Severity.SOFT
    finding = Finding(f"R{number}", severity, Status.FAILED, f"问题{number:03d}号。")
    return Problem(finding, (("表", Area(1, 1, 1, 1)),), finding.message, "", explanation)


def corrected(problems: list[Problem], **more: object) -> Letter:
    options: dict[str, object] = {"attached": BOOK} | more
    return correction(MATTER, Correction("甲局", "报送 1.xlsx", problems, **options))  # type: ignore[arg-type]


def shift(days: int) -> Matter:
    return Matter(MATTER.form, 2025, OFFICE, TODAY, TODAY + timedelta(days=days))


# ---------------------------------------------------------------------- what they say
def test_a_correction_names_everything() -> None:
    text = corrected([problem(1, True), problem(2, False), problem(3, False, "已说明")]).text
    for words in ("甲局", "2025年度", "报送 1.xlsx", "问题001号", "问题002号", BOOK,
                  "2026年1月31日", "张三", "0577-8888", "zwgk@example.org", OFFICE.name,
                  "2026年1月22日", say("sheet.returned"), say("letter.head_hard")):  # fmt: skip
        assert words in text, words
    assert "问题003号" not in text
    assert counts([problem(1, True), problem(2, False)]) in text


def test_only_soft_problems_begin_the_numbering() -> None:
    text = corrected([problem(1, False)]).text
    first, second = say("letter.numbers")[:2]
    assert say("letter.head_soft", number=first) in text
    assert say("letter.head_how", number=second) in text
    assert say("letter.head_hard") not in text


def test_a_long_list_is_cut_and_counted() -> None:
    text = corrected([problem(n, True) for n in range(40)], more=3).text
    assert f"问题{MOST_ITEMS - 1:03d}号" in text and f"问题{MOST_ITEMS:03d}号" not in text
    assert say("letter.rest", n=40 - MOST_ITEMS, sheet=say("sheet.returned")) in text
    both = corrected([problem(n, n < 20) for n in range(30)]).text
    assert "问题020号" in both and "问题021号" not in both
    assert say("letter.rest", n=9, sheet=say("sheet.returned")) in both


def test_a_rebuilt_workbook_is_explained() -> None:
    text = corrected([problem(1, True)], medium="docx").text
    assert say("letter.rebuilt", medium=say("letter.medium.docx")) in text
    assert (
        say("letter.altered", sheet=say("sheet.returned"))
        in corrected([problem(1, True)], noted=True).text
    )
    bare = corrected([problem(1, True)], attached="", medium="pdf").text
    assert say("letter.bare") in bare and say("letter.head_how", number="二") in bare
    assert BOOK not in bare and "附件" not in bare


@pytest.mark.parametrize(("days", "key"), [
    (9, "due_before"), (0, "due_today"), (-3, "due_over"),
])  # fmt: skip
def test_the_deadline_is_told(days: int, key: str) -> None:
    matter = shift(days)
    day = TODAY + timedelta(days=days)
    when = say("letter.date", year=day.year, month=day.month, day=day.day)
    text = correction(matter, Correction("甲", "a.xlsx", [problem(1, True)], BOOK)).text
    assert say(f"letter.{key}", date=when) in text
    nothing = Matter(MATTER.form, 2025, OFFICE, TODAY)
    assert say("letter.due_none") in refused_letter(nothing, "甲", "a.xlsx", "坏了").text


@pytest.mark.parametrize(("days", "tone"), [
    (30, "friendly"), (8, "friendly"), (7, "near"), (4, "near"), (3, "firm"), (1, "firm"),
    (0, "today"), (-1, "overdue"), (-40, "overdue"),
])  # fmt: skip
def test_reminders_grow_firmer(days: int, tone: str) -> None:
    matter = shift(days)
    assert grade(matter) == tone
    letter = reminder(matter, "甲局")
    day = TODAY + timedelta(days=days)
    when = say("letter.date", year=day.year, month=day.month, day=day.day)
    assert say(f"letter.remind.opening_{tone}", date=when, days=abs(days), form=MATTER.form,
               year=2025) in letter.text  # fmt: skip
    title = say(f"letter.remind.title_{tone}", form=MATTER.form, year=2025)
    assert letter.title == title.replace("\n", "")


def test_without_a_deadline_no_day_is_named() -> None:
    letter = reminder(Matter(MATTER.form, 2025, OFFICE, TODAY), "甲局")
    assert say("letter.remind.opening_undated", form=MATTER.form, year=2025) in letter.text


def test_a_refused_file_is_named_with_the_reason() -> None:
    text = refused_letter(MATTER, "甲局", "旧表.xls", "这是旧格式。").text
    assert "旧表.xls" in text and "这是旧格式。" in text and "2026年1月31日" in text


def test_whom_to_ask_only_as_far_as_known() -> None:
    for contact, phone, key in (("张三", "", "contact_name"), ("", "12", "contact_phone"),
                                ("张三", "12", "contact")):  # fmt: skip
        matter = Matter(MATTER.form, 2025, Office("办", contact, phone), TODAY)
        assert say(f"letter.{key}", contact=contact, phone=phone) in reminder(matter, "甲").text
    text = reminder(Matter(MATTER.form, 2025, Office("办"), TODAY), "甲").text
    assert "联系人" not in text and "（）" not in text


def test_the_office_follows_the_level() -> None:
    assert office_of("云溪区", "district").name == say("letter.office", district="云溪区")
    assert office_of("某省", "province").name == say("letter.office_province", district="某省")


# ---------------------------------------------------------------------- how they look
def test_it_looks_like_an_official_document(tmp_path: Path) -> None:
    path = tmp_path / "通知.docx"
    letter = corrected([problem(1, True), problem(2, False)])
    write_letter(path, letter)
    assert faults(path) == []
    book = Document(str(path))
    section = book.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin,
             section.left_margin, section.right_margin)  # fmt: skip
    for found, wanted in zip(sizes, (210, 297, 37, 35, 28, 26), strict=True):
        assert found is not None and abs(found - Mm(wanted)) < Mm(1) / 10
    shown = [p for p in book.paragraphs if p.text]
    assert [p.text for p in shown] == [text for _, text in letter.paragraphs]
    for paragraph, (role, _) in zip(shown, letter.paragraphs, strict=True):
        run, layout = paragraph.runs[0], paragraph.paragraph_format
        east = run._element.rPr.rFonts.get(qn("w:eastAsia"))
        font = {Role.TITLE: "title", Role.HEAD: "head"}.get(role, "body")
        assert east == say(f"letter.font.{font}")
        assert run.font.size == Pt(22 if role is Role.TITLE else 16)
        if role is Role.TITLE:
            assert layout.alignment is WD_ALIGN_PARAGRAPH.CENTER
        elif role is Role.BODY:
            indent = paragraph._p.pPr.find(qn("w:ind"))
            assert indent.get(qn("w:firstLineChars")) == "200"
        if role is not Role.TITLE:
            assert layout.line_spacing == Pt(28)
    footer = section.footer.paragraphs[0]._p.xml
    assert "PAGE" in footer and say("letter.page") in footer


def test_the_same_letter_has_the_same_bytes_and_no_user() -> None:
    data = letter_bytes(corrected([problem(1, True)]))
    assert data == letter_bytes(corrected([problem(1, True)]))
    core = Document(io.BytesIO(data)).core_properties
    assert (core.author, core.last_modified_by) == ("", "")
    assert core.created is not None and core.created.date() == TODAY
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_any_text_makes_a_letter(text: str) -> None:
    letter = refused_letter(MATTER, text, text, text)
    read = Document(io.BytesIO(letter_bytes(letter)))
    assert any(OFFICE.name == p.text for p in read.paragraphs)

"""The copy that leaves the house, its name and code, and the e-mail that carries it."""

from __future__ import annotations

import email
from dataclasses import replace
from decimal import Decimal
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from builders import balanced_values, leaves, submission
from file_desk import FileDesk
from filled_forms import FORM, LAYOUT, busy, each_form
from form_cases import balanced, broken
from gouji.desk import Desk
from gouji.findings_list import EXPLANATION, Line, line_row, lines
from gouji.live_form import LiveForm, confront_live, first_cell, read_form
from gouji.model import Form, Submission
from gouji.reading import read_file
from gouji.structure import deep_differences
from gouji.submit_draft import (
    PROPERTY,
    CopyDiffers,
    addresses,
    code_of,
    draft,
    next_name,
    safe_name,
    write_copy,
)
from gouji.template import write_template
from gouji.wording import say


def live_form(path: Path, form: Form, **content: Any) -> LiveForm:
    write_template(form, path, **content)
    return read_form(cast(Desk, FileDesk(path)))


def listed(live: LiveForm, explanation: str = "") -> list[Line]:
    found = lines(confront_live(live), lambda f: first_cell(live, f), {})
    return [line if line.hard else replace(line, explanation=explanation) for line in found]


# ---------------------------------------------------------------------- code
def test_the_code_is_made_of_the_values() -> None:
    sent = busy(FORM)
    code = code_of(sent)
    assert code == code_of(replace(sent, file="x", sha256="y", typed=frozenset(["z"])))
    shuffled = dict(reversed(sent.values.items()))
    assert code == code_of(replace(sent, values=shuffled))
    for item in list(sent.values)[::37]:
        for other in (None, 9999, "3", Decimal("0.5")):
            assert code_of(replace(sent, values=dict(sent.values) | {item: other})) != code
    assert code_of(replace(sent, unit="别的局")) != code
    assert code_of(replace(sent, year=1999)) != code


@given(values=balanced_values(FORM))
def test_equal_numbers_have_one_code(values: dict[str, Any]) -> None:
    sent = submission(FORM, "甲局")
    other = {code: Decimal(value) * Decimal("1.00") for code, value in values.items()}
    assert code_of(replace(sent, values=values)) == code_of(replace(sent, values=other))


def test_a_text_is_never_a_number() -> None:
    sent, code = busy(FORM), next(iter(FORM.items))
    codes = {code_of(replace(sent, values=dict(sent.values) | {code: v}))
             for v in (3, "3", "'3", None, "")}  # fmt: skip
    assert len(codes) == 5


# ---------------------------------------------------------------------- names
@given(unit=st.text(max_size=200))
def test_any_unit_makes_a_name_that_every_system_takes(unit: str) -> None:
    name = safe_name(unit)
    assert name and not set(name) & set('\\/:*?"<>|\0\n') and len(name) <= 61
    assert name == name.strip(" .") and name.upper() not in ("CON", "NUL", "COM1")


def test_the_version_counts_up_over_everything_that_is_there(tmp_path: Path) -> None:
    first = next_name(tmp_path, "甲(1)局", 2025)
    assert first.startswith("甲(1)局_2025_") and first.endswith(".xlsx")
    (tmp_path / first).touch()
    second = next_name(tmp_path, "甲(1)局", 2025)
    assert second != first
    (tmp_path / second).with_suffix(".eml").touch()
    third = next_name(tmp_path, "甲(1)局", 2025)
    assert "1" in first and "2" in second.replace("2025", "") and "3" in third
    assert next_name(tmp_path, "甲(1)局", 2024) == first.replace("2025", "2024")


# ---------------------------------------------------------------------- the copy
@each_form
@pytest.mark.parametrize("case", [balanced, broken])
def test_the_copy_says_what_the_form_says(tmp_path: Path, form: Form, case: Any) -> None:
    sent, earlier = case(form)
    narrative = {s.key: f"第{n}段\n第二行" for n, s in enumerate(form.sections) if not s.table}
    sent = replace(sent, unit="红桥镇", narrative=narrative)
    live = live_form(tmp_path / "表.xlsx", form, submission=sent, earlier=earlier)
    code = write_copy(live, listed(live), "校验", tmp_path / "报.xlsx")
    copy = read_file(tmp_path / "报.xlsx")
    assert dict(copy.values) == dict(live.submission.values)
    assert (copy.unit, copy.year, copy.narrative) == (sent.unit, sent.year, narrative)
    assert code == code_of(copy)
    assert copy.typed == live.submission.typed
    assert not deep_differences(tmp_path / "报.xlsx", form) or case is broken


def test_a_blank_beside_last_years_number_stays_blank(tmp_path: Path) -> None:
    sent, earlier = balanced(FORM)
    live = live_form(tmp_path / "表.xlsx", FORM, submission=sent, earlier=earlier)
    rule = next(r for r in FORM.rules if r.needs_last_year and len(r.right) == 1 and not r.total
                and r.left[0].code not in FORM.totals)  # fmt: skip
    code = rule.left[0].code
    followed = _closed(live.submission, code)
    write_copy(replace(live, submission=followed), [], "", tmp_path / "报.xlsx")
    assert read_file(tmp_path / "报.xlsx").values[code] is None


def test_a_copy_that_says_something_else_is_not_let_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = live_form(tmp_path / "表.xlsx", FORM, submission=busy(FORM))
    code = next(iter(FORM.items))

    def misread(path: Path) -> Submission:
        read = read_file(path)
        return replace(read, values=dict(read.values) | {code: 12345})

    monkeypatch.setattr("gouji.submit_draft.read_file", misread)
    with pytest.raises(CopyDiffers, match=code):
        write_copy(live, [], "", tmp_path / "报.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["表.xlsx"]


def _closed(sent: Submission, blank: str) -> Submission:
    """The submission with one input emptied and the totals over it as the form shows them."""
    values = dict(sent.values) | {blank: None}
    for code in FORM.totals_in_order:
        parts = [values[term.code] for term in FORM.totals[code].right]
        numbers = [part for part in parts if part is not None]
        values[code] = sum(numbers) if numbers else None
    return replace(sent, values=values)


def test_the_copy_keeps_whom_to_ask_and_why(tmp_path: Path) -> None:
    sent, earlier = balanced(FORM)
    path = tmp_path / "表.xlsx"
    write_template(FORM, path, submission=_closed(sent, leaves(FORM)[0]), earlier=earlier)
    book = load_workbook(path)
    told = {"contact": "张三", "phone": "0577-0001", "email": "zs@example.gov.cn",
            "send_to": "bgs@example.gov.cn"}  # fmt: skip
    for field, text in told.items():
        book[say("sheet.cover")][LAYOUT.cover[field].a1] = text
    book.save(path)
    live = read_form(cast(Desk, FileDesk(path)))
    found = listed(live, "=本年确无此项")
    assert any(not line.hard for line in found)
    code = write_copy(live, found, "校验", tmp_path / "报.xlsx")
    copy = load_workbook(tmp_path / "报.xlsx")
    cover, check = copy[say("sheet.cover")], copy[say("sheet.check")]
    assert {field: cover[LAYOUT.cover[field].a1].value for field in told} == told
    stamp = LAYOUT.cover["stamp"]
    assert code in cover.cell(stamp.row + 1, stamp.column + 2).value
    assert copy.custom_doc_props[PROPERTY].value == code
    for index, line in enumerate(found):
        cell = check.cell(line_row(LAYOUT, index) + 1, EXPLANATION + 1)
        assert cell.value == line.explanation and cell.data_type != "f"


# ---------------------------------------------------------------------- the e-mail
def test_the_draft_carries_the_copy_whole(tmp_path: Path) -> None:
    file = tmp_path / "云溪区科学技术局（本级）_2025_第1版.xlsx"
    file.write_bytes(bytes(range(256)) * 100)
    raw = draft(file, send_to="a@b.cn；c@d.cn", sender="me@x.cn", subject="报\r\nBcc: e@f.cn 送",
                body="您好\n验证码 1234")  # fmt: skip
    assert b"\r\n" in raw and not [line for line in raw.split(b"\r\n") if len(line) > 998]
    raw.decode("ascii")
    read = email.message_from_bytes(raw, policy=default)
    assert read["X-Unsent"] == "1" and read["Bcc"] is None
    assert read["Subject"] == "报 Bcc: e@f.cn 送"
    assert [str(a) for a in read["To"].addresses] == ["a@b.cn", "c@d.cn"]
    assert read["From"] == "me@x.cn"
    assert "验证码 1234" in read.get_body().get_content()  # type: ignore[union-attr]
    attached = list(read.iter_attachments())  # type: ignore[attr-defined]
    assert [part.get_filename() for part in attached] == [file.name]
    assert attached[0].get_content() == file.read_bytes()


def test_without_an_address_nobody_is_addressed(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"x")
    raw = draft(file, send_to="", sender="无", subject="s", body="b")
    read = email.message_from_bytes(raw, policy=default)
    assert not read["To"] and read["From"] is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("", []), ("无", []), ("a@b.cn", ["a@b.cn"]), ("a@b.cn、c@d.org；e", ["a@b.cn", "c@d.org"]),
     ("<a@b.cn>", []), ("张三 a@b.cn", ["a@b.cn"]), ("a@b", [])],
)  # fmt: skip
def test_addresses_in_a_cell(text: str, found: list[str]) -> None:
    assert addresses(text) == found

"""The annual report as a web page: the tables as printed, its numbers read back, nothing else."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import html5lib
import pandas as pd
import pytest
from lxml import html

from gouji.actions import read_one
from gouji.model import Form
from gouji.page_data import RULE
from gouji.printed import PrintedTable
from gouji.report_web import page_bytes, written
from gouji.report_web.grid import web_table
from gouji.template import write_template
from web_pages import FORMS, NASTY, drafted, filled, hostile, report, write_page

Run = Callable[..., tuple[int, str, str]]
MAKERS = (report, drafted, hostile)
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
each_maker = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
#: What would make a browser fetch something.
FETCHING = ("src", "srcset", "poster", "background", "action", "formaction", "ping", "xlink:href")


def tree(data: bytes) -> Any:
    return html.document_fromstring(data.decode("utf-8"))


def by_code(form: Form, code: str) -> tuple[str, ...]:
    """What is printed above and beside a value."""
    item = form.items[code]
    return item.row_labels + item.column_labels


# ---------------------------------------------------------------------- HTML
@each_form
@each_maker
def test_an_independent_parser_finds_no_mistake(form: Form, make: Callable[[Form], Any]) -> None:
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(page_bytes(make(form)).decode("utf-8"))


@each_form
def test_ids_are_unique_and_what_is_named_is_there(form: Form) -> None:
    root = tree(page_bytes(report(form)))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = [name for attribute in ("headers", "aria-labelledby") for text in
             root.xpath(f"//@{attribute}") for name in text.split()]  # fmt: skip
    named += [link.removeprefix("#") for link in root.xpath("//a/@href")]
    assert set(named) <= set(ids)


@each_form
def test_heads_of_a_value_are_its_printed_labels(form: Form) -> None:
    """A screen reader says every label above and beside a number, and none of another block's."""
    root = tree(page_bytes(report(form)))
    texts = {head.get("id"): head.text_content() for head in root.iter("th")}
    values = root.xpath("//td[@data-code]")
    assert [cell.get("data-code") for cell in values]
    assert {cell.get("data-code") for cell in values} == set(form.items)
    for cell in values:
        item = form.items[cell.get("data-code")]
        block = next(b for b in form.table(item.table).blocks if b.name == item.block)
        labels = {texts[name] for name in cell.get("headers").split()}
        assert labels == {*by_code(form, item.code), *([block.title] if block.title else [])}


@each_form
def test_heads_have_scopes_and_groups_fit(form: Form) -> None:
    made = report(form)
    root = tree(page_bytes(made))
    for table, printed in zip(root.iter("table"), made.tables, strict=True):
        assert table.find("caption") is not None and table.find("tbody") is not None
        assert {head.get("scope") for head in table.iter("th")} <= {
            "col", "row", "colgroup", "rowgroup"
        }  # fmt: skip
        assert len(list(table.iter("col"))) == printed.width
        blocks = form.table(printed.name).blocks
        assert len(table.findall("tbody")) == len(blocks)
        assert (table.find("thead") is not None) == (len(blocks) == 1)


@each_form
@each_maker
def test_nothing_is_fetched_and_nothing_runs(form: Form, make: Callable[[Form], Any]) -> None:
    root = tree(page_bytes(make(form)))
    assert [script.get("type") for script in root.iter("script")] == ["application/json"]
    for element in root.iter():
        assert not [name for name in element.attrib if name in FETCHING or name.startswith("on")]
        assert element.tag not in ("link", "iframe", "object", "embed", "base", "img")
    assert "url(" not in root.findtext(".//style") and "@import" not in root.findtext(".//style")
    assert root.get("lang") == "zh-CN"


@each_form
def test_the_outline_is_the_title_and_the_sections(form: Form) -> None:
    made = report(form)
    root = tree(page_bytes(made))
    heads = [(h.tag, h.text_content()) for h in root.iter("h1", "h2", "h3", "h4")]
    assert heads == [("h1", made.title), *(("h2", section.title) for section in made.sections)]
    assert root.findtext(".//title") == made.title


def test_the_same_report_gives_the_same_bytes() -> None:
    made = report(FORMS[1])
    shuffled = replace(made, values=dict(reversed(made.values.items())))
    assert page_bytes(made) == page_bytes(report(FORMS[1]))
    assert len(page_bytes(shuffled)) == len(page_bytes(made))


def test_drafts_and_gaps_are_told_on_the_page() -> None:
    root = tree(page_bytes(drafted(FORMS[1])))
    notices = [notice.text_content() for notice in root.find_class("notice")]
    assert len(notices) == 2 and "一、总体情况" in notices[0] and "五、" in notices[1]
    assert not tree(page_bytes(report(FORMS[1]))).find_class("notice")
    assert root.xpath("//p[@class='drafted']/data/@data-code")


# ---------------------------------------------------------------------- values
@each_form
def test_pandas_reads_every_cell(form: Form) -> None:
    made = report(form)
    text = page_bytes(made).decode("utf-8")
    for number, table in zip(_ids(text), made.tables, strict=True):
        [frame] = pd.read_html(io.StringIO(text), attrs={"id": number}, keep_default_na=False,
                               converters=dict.fromkeys(range(table.width), str))  # fmt: skip
        above = table.height - len(frame)
        for cell in table.cells:
            if cell.code:
                assert frame.iat[cell.row - above, cell.column] == cell.text, cell.code
        assert {cell.text for cell in table.cells if cell.code} != {""}


def _ids(text: str) -> list[str]:
    return re.findall(r'<table id="([^"]+)"', text)


@each_form
def test_our_intake_reads_the_page_back(form: Form, tmp_path: Path) -> None:
    one = filled(form)
    read = read_one(write_page(tmp_path, report(form)))
    assert read.values == one.values
    assert read.edition == form.id
    assert read.narrative == one.narrative
    assert not [finding for finding in read.structure if finding.rule == RULE]
    if form.id != "foia":
        assert (read.unit, read.year) == (one.unit, one.year)
        assert read.notes == read.structure == ()


@each_form
def test_the_data_inside_are_the_values(form: Form) -> None:
    made = report(form)
    [block] = tree(page_bytes(made)).xpath("//script[@id='gouji-data']")
    body = json.loads(block.text, parse_float=Decimal)
    assert body["values"] == dict(made.values)
    assert (body["unit"], body["year"], body["edition"]) == (made.unit, made.year, form.id)
    assert body["basis"] == form.basis and body["schema_version"] == "1.0"


def test_blank_zero_and_text_stay_what_they_are(tmp_path: Path) -> None:
    form = FORMS[1]
    codes = list(form.items)[:3] + [code for code in form.items if code.endswith(".person")][:2]
    values = filled(form).values | dict(
        zip(codes, (None, 0, "减4", "/", Decimal("12.50")), strict=True)
    )
    path = write_page(tmp_path, report(form, values=values))
    read = read_one(path)
    assert [read.values[code] for code in codes] == [None, 0, "减4", "/", Decimal("12.5")]
    assert not [finding for finding in read.structure if finding.rule == RULE]


# ---------------------------------------------------------------------- altered by hand
def altered(path: Path, old: str, new: str) -> list[str]:
    """What our intake says when one place of the page is changed."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    other = path.with_name("altered.html")
    other.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [found.message for found in read_one(other).structure if found.rule == RULE]


def test_a_page_altered_by_hand_is_found(tmp_path: Path) -> None:
    form = FORMS[1]
    code = next(c for c, value in filled(form).values.items() if value and c not in form.totals)
    path = write_page(tmp_path, report(form))
    text = path.read_text(encoding="utf-8")
    [cell] = re.findall(rf'data-code="{code}"(?: colspan="\d+")?>[^<]*</td>', text)
    [told] = altered(path, cell, cell.replace("</td>", "1</td>"))
    assert form.items[code].full_label in told
    assert len(altered(path, "全年公开信息 12 条", "全年公开信息 13 条")) == 1
    assert len(altered(path, '"year": 2021', '"year": 2022')) == 1
    assert len(altered(path, '"unit": "云澜区"', '"unit": "青山县"')) == 1
    assert len(altered(path, '"edition": "2021"', '"edition": "2019"')) == 1
    assert len(altered(path, '"edition": "2021"', '"edition": 7')) == 1
    assert len(altered(path, '"values": {', '"values": {,')) == 1


def test_compare_tells_of_it(tmp_path: Path, run: Run) -> None:
    form = FORMS[1]
    one = filled(form)
    write_template(form, tmp_path / "表.xlsx", submission=one)
    path = write_page(tmp_path, report(form))
    assert run("compare", path, tmp_path / "表.xlsx")[0] == 0
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("12 条。</p>", "15 条。</p>", 1), encoding="utf-8")
    status, out, _ = run("compare", path, tmp_path / "表.xlsx")
    assert status == 1 and "一、总体情况" in out
    told = json.loads(run("compare", path, tmp_path / "表.xlsx", "--json")[1])
    assert len(told["altered"]) == 1 and told["narrative"]


def test_a_title_inside_the_text_makes_no_false_alarm(tmp_path: Path) -> None:
    form = FORMS[1]
    texts = {"1": "公开 3 条。\n五、存在的主要问题及改进情况\n没有。", "5": "无。", "6": "无。"}
    path = write_page(tmp_path, report(form, narrative=texts))
    assert not [found for found in read_one(path).structure if found.rule == RULE]


# ---------------------------------------------------------------------- hostile
@each_form
def test_markup_in_text_stays_text(form: Form) -> None:
    made = hostile(form)
    root = tree(page_bytes(made))
    assert root.findtext(".//title") == made.title and NASTY in made.title
    paragraphs = [p.text_content() for p in root.xpath("//section/p")]
    assert paragraphs.count(NASTY) == 2 * sum(not s.table for s in form.sections)
    assert not root.xpath("//img | //td//b | //script[not(@type)]")
    assert NASTY in [cell.text_content() for cell in root.iter("td")]
    [block] = root.xpath("//script[@id='gouji-data']")
    assert "<" not in block.text
    assert json.loads(block.text)["unit"] == made.unit


def test_letters_no_page_may_hold_are_left_out(tmp_path: Path) -> None:
    form = FORMS[1]
    code = next(iter(form.items))
    values = filled(form).values | {code: "约\x0112\ud800"}
    made = report(form, values=values, narrative={"1": "水\x00利\x0e。", "5": "无", "6": "无"})
    read = read_one(write_page(tmp_path, made))
    assert (read.values[code], read.narrative["1"]) == ("约12", "水利。")


# ---------------------------------------------------------------------- the command
@each_form
def test_report_writes_the_page(form: Form, tmp_path: Path, run: Run) -> None:
    one = filled(form)
    write_template(form, tmp_path / "表.xlsx", submission=one)
    status, out, err = run("report", tmp_path / "表.xlsx", "-o", tmp_path / "页.html")
    assert (status, err) == (0, "") and "页.html" in out
    assert read_one(tmp_path / "页.html").values == one.values
    assert run("compare", tmp_path / "页.html", tmp_path / "表.xlsx")[0] == 0
    before = (tmp_path / "页.html").read_bytes()
    run("report", tmp_path / "表.xlsx", "-o", tmp_path / "页.html")
    assert (tmp_path / "页.html").read_bytes() == before


def test_a_page_that_says_something_else_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    import gouji.report_web.page as page
    from gouji.reporting.checking import WrongReport

    def wrong(table: PrintedTable, caption: str, id: str) -> Any:
        cells = [replace(c, text="9876") if c.code else c for c in table.cells]
        return web_table(replace(table, cells=tuple(cells)), caption, id)

    monkeypatch.setattr(page, "web_table", wrong)
    with pytest.raises(WrongReport):
        written(report(FORMS[1]))

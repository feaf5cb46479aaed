"""Web pages as they are found, what is saved of them, and tables as text."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from document_files import AFTER, BEFORE, TITLE, check, html_table, is_whole, page, read, texts
from gouji.documents.encoding import decode
from gouji.documents.html import read_html
from gouji.documents.model import Document
from gouji.gate import Reason, Refused

CHARSETS = ["utf-8", "utf-8-sig", "gbk", "gb2312", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]


def html(text: str) -> Document:
    return read_html(text.encode())


def grid_of(text: str) -> list[list[str]]:
    (grid,) = html(text).grids
    assert is_whole(grid)
    return texts(grid)


# ---------------------------------------------------------------------- encodings
@pytest.mark.parametrize("declared", ["", "utf-8", "gb2312", "iso-8859-1", "big5", "nonsense"])
@pytest.mark.parametrize("charset", CHARSETS)
def test_the_encoding_is_found_whatever_the_page_says(
    charset: str, declared: str, tmp_path: Path
) -> None:
    path = tmp_path / "报告.xls"
    path.write_bytes(page(declared).encode(charset))
    document = read(path)
    check(document)
    assert (document.kind, document.title) == ("html", TITLE)


def test_a_wrong_declaration_is_noted() -> None:
    (note,) = read_html(page("utf-8").encode("gbk")).notes
    assert "utf-8" in note
    assert "GB18030" in note
    assert not read_html(page("gb2312").encode("gbk")).notes
    assert not read_html(page("utf-8").encode()).notes


def test_characters_beyond_gbk_and_traditional_ones() -> None:
    assert decode("𠮷野家㐀机关".encode("gb18030"), "gb2312").text == "𠮷野家㐀机关"
    text = "政府資訊公開工作年度報告，本年新收申請數量"
    assert decode(text.encode("big5"), "big5").text == text
    assert decode(text.encode("big5")).text == text


def test_a_page_cut_off_or_with_one_wrong_byte_is_still_read() -> None:
    data = page("gbk").encode("gbk")
    assert html_table_of(data[: len(data) - 121])
    start = data.index(b"<body>") + 6
    broken = data[:start] + b"<p>\xff" + BEFORE[0].encode("gbk") * 60 + data[start:]
    assert html_table_of(broken)


def html_table_of(data: bytes) -> bool:
    return bool(read_html(data).grids)


def test_bytes_of_no_encoding_are_refused() -> None:
    with pytest.raises(Refused) as caught:
        decode(bytes(range(128, 256)) * 20)
    assert caught.value.reason is Reason.DAMAGED
    assert "编码" in caught.value.message


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=40))
@settings(max_examples=40, deadline=None)
def test_any_chinese_text_comes_back(text: str) -> None:
    for charset in ("utf-8", "utf-16", "gb18030"):
        assert decode(text.encode(charset), charset).text == text


# ---------------------------------------------------------------------- tables
def test_spans_are_as_a_browser_draws_them() -> None:
    assert grid_of("<table><tr><td rowspan=2>a<td colspan='2'>b<tr><td>c<td>d</table>") == [
        ["a", "b", "b"], ["a", "c", "d"]
    ]  # fmt: skip
    assert grid_of("<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>") == [
        ["a", "b"], ["a", "c"], ["a", "d"]
    ]  # fmt: skip
    assert grid_of("<table><tr><td rowspan=9>a<td>b<tr><td>c</table>") == [["a", "b"], ["a", "c"]]


@pytest.mark.parametrize("span", ["1000000", "-1", "1e9", "999999999999999999999", "2;x"])
def test_spans_that_are_nonsense(span: str) -> None:
    rows = grid_of(f"<table><tr><td colspan={span} rowspan={span}>a<td>b<tr><td>c<td>d</table>")
    assert rows[0][0] == "a"
    assert len(rows[0]) <= 4


def test_rows_too_short_are_filled() -> None:
    assert grid_of("<table><tr><td>a<td>b<td>c<tr><td>d</table>") == [
        ["a", "b", "c"], ["d", "", ""]
    ]  # fmt: skip


def test_line_breaks_and_spaces_in_cells() -> None:
    (grid,) = html(
        "<table><tr><td>本年新<br/>制作数量</td><td>\n &nbsp;0　 </td>"
        "<td><p>一</p><p>二</p></td><td> 1\n 2 </td></tr></table>"
    ).grids
    values = [cell.value for cell in grid.rows[0]]
    assert values == ["本年新\n制作数量", "\u00a00　", "一\n二", "1 2"]


def test_places_are_counted_as_seen() -> None:
    (first, second) = html(f"{html_table()}<table><tr><td>a<td>b</table>").grids
    assert first.rows[4][2].place == "表1 第5行第3格"
    assert second.rows[0][1].place == "表2 第1行第2格"


def test_layout_tables_dissolve_in_reading_order() -> None:
    text = (
        f"<table><tr><td>左栏</td><td><p>{BEFORE[0]}</p>"
        f"<table><tr><td><table><tr><td>{BEFORE[1]}</td></tr></table></td></tr>"
        f"<tr><td>{html_table()}</td></tr></table>{AFTER[0]}</td></tr>"
        f"<tr><td colspan=2>{AFTER[1]}</td></tr></table>"
    )
    blocks = html(text).blocks
    (grid,) = html(text).grids
    assert [block for block in blocks if isinstance(block, str)] == [
        "左栏", BEFORE[0], BEFORE[1], *AFTER
    ]  # fmt: skip
    assert blocks.index(grid) == 3


def test_a_box_around_a_cell_s_text_leaves_the_table_whole() -> None:
    inner = "<table><tr><td>甲</td></tr></table>"
    assert grid_of(f"<table><tr><td>{inner}</td><td>1</td></tr></table>") == [["甲", "1"]]


def test_what_nobody_sees_is_left_out() -> None:
    text = (
        "<p>一<!-- 注 --><script>alert('脚本')</script><style>p{}</style>"
        "<span style='display : none'>隐</span><b hidden>藏</b><noscript>无</noscript>二</p>"
        "<table><tr><td>甲<td><input value='5'><input type=hidden value=9></td></tr>"
        "<tr style='display:none'><td>旧<td>旧</tr></table>三"
    )
    document = html(text)
    assert document.blocks[0] == "一二"
    assert document.blocks[-1] == "三"
    assert texts(document.grids[0]) == [["甲", "5"]]


def test_the_title() -> None:
    assert html("<title> 甲\n 乙 </title><h1>丙</h1>").title == "甲 乙"
    assert html("<p>x<h2>丙<b>丁</b></h2>").title == "丙丁"
    assert html("<p>x").title == ""


def test_a_page_of_xhtml_with_an_xml_declaration() -> None:
    text = '<?xml version="1.0" encoding="gb2312"?><html xmlns="http://www.w3.org/1999/xhtml">'
    document = read_html((text + page("gb2312")[6:]).encode("gbk"))
    check(document)


@pytest.mark.parametrize("text", ["<p></p>", "<html></html>", "<table></table>", "<!-- <p> -->"])
def test_an_empty_page(text: str) -> None:
    assert html(text).blocks == ()


# ---------------------------------------------------------------------- hostile pages
def test_ten_levels_of_tables() -> None:
    depth = 10
    text = "<table><tr><td>x<td>" * depth + "深" + "</table>" * depth
    document = html(text)
    assert texts(document.grids[0]) == [["x", "深"]]
    assert [block for block in document.blocks if block == "x"] == ["x"] * (depth - 1)


def test_a_page_too_deep_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        html("<div>" * 100_000 + "深")
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_table_too_wide_is_refused() -> None:
    row = "<tr>" + "<td colspan=1000>a<td>b" * 20
    with pytest.raises(Refused) as caught:
        html("<table>" + row * 60 + "</table>")
    assert caught.value.reason is Reason.TOO_LARGE
    assert "请" in caught.value.message


def test_entities_of_a_page_are_not_fetched_or_multiplied(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密")
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    text = (
        f'<!DOCTYPE html [<!ENTITY a0 "x">{bomb}<!ENTITY f SYSTEM "{secret.as_uri()}">]>'
        "<p>&a29;&f;</p>"
    )
    assert "机密" not in str(html(text).blocks)
    assert len(str(html(text).blocks)) < 10_000


# ---------------------------------------------------------------------- saved with a page
def mhtml(*pages: tuple[str, str]) -> bytes:
    parts = "".join(
        f"--=_x\r\nContent-Location: {name}\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f'Content-Type: text/html; charset="gb2312"\r\n\r\n'
        f"{quopri.encodestring(text.encode('gbk')).decode()}\r\n"
        for name, text in pages
    )
    picture = base64.b64encode(b"\x89PNG" * 50).decode()
    return (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="=_x"\r\n\r\n'
        f"{parts}--=_x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{picture}\r\n--=_x--\r\n"
    ).encode()


def test_a_page_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "报告.doc"
    path.write_bytes(mhtml(("a.htm", page("gb2312"))))
    document = read(path)
    check(document)
    assert (document.kind, document.title, document.notes) == ("html", TITLE, ())


def test_a_workbook_in_one_file_has_a_page_for_each_sheet(tmp_path: Path) -> None:
    path = tmp_path / "报告.xls"
    sheet = "<html><body><table><tr><td>{}<td>1</table></body></html>"
    data = mhtml(("b.htm", "<html><frameset><frame src=1></frameset></html>"),
                 ("1.htm", sheet.format("甲")), ("2.htm", sheet.format("乙")))  # fmt: skip
    path.write_bytes(b"From: <x>\r\nSubject: =?gb2312?Q?a?=\r\n" + data)
    assert [(grid.name, texts(grid)) for grid in read(path).grids] == [
        ("表1", [["甲", "1"]]), ("表2", [["乙", "1"]])
    ]  # fmt: skip


def test_a_file_of_no_pages_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "报告.mht"
    path.write_bytes(b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x")
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.reason is Reason.DAMAGED


# ---------------------------------------------------------------------- tables as text
@pytest.mark.parametrize("charset", ["gbk", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_fields_with_marks_between(charset: str, mark: str, tmp_path: Path) -> None:
    rows = [["项目", "自然人", "总计"], ["一、新收", "1", '"=2+3"'], ['"甲\n乙"', "", "0"]]
    path = tmp_path / "表.xls"
    path.write_bytes("\r\n".join(mark.join(row) for row in rows).encode(charset))
    document = read(path)
    (grid,) = document.grids
    assert (document.kind, grid.rows[1][2].place) == ("csv", "C2")
    assert [[cell.value for cell in row] for row in grid.rows] == [
        ["项目", "自然人", "总计"], ["一、新收", "1", "=2+3"], ["甲\n乙", None, "0"]
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["一、总体情况\n公开信息5条, 其中1条, 另有2条\n无\n", "只有一行"])
def test_a_letter_is_no_such_table(text: str, tmp_path: Path) -> None:
    path = tmp_path / "报告.txt"
    path.write_text(text, encoding="utf-8")
    document = read(path)
    assert document.kind == "text"
    assert text.split("\n")[0] in document.blocks

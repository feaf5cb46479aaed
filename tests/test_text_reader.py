"""Plain text: encodings, the four ways of writing a table, and what is no text."""

from __future__ import annotations

import pytest

from gouji.documents.model import Document, Grid
from gouji.documents.text import MAX_TEXT, read_text
from gouji.gate import Reason, Refused

DUMP = """某局报告

二、表格
\t信息内容
\t本年新
制作数量

\t规章
\t0\u3000

\t
\t\xa0
第二段
[bookmark: _GoBack]一、总体情况
[image: ][image: ]


\t另一张表
\t5
"""


def shape(document: Document) -> list[str | list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in block.rows] if isinstance(block, Grid) else block
        for block in document.blocks
    ]


def read(text: str) -> list[str | list[list[str]]]:
    return shape(read_text(text.encode()))


def test_cells_on_lines_of_their_own() -> None:
    document = read_text(DUMP.encode())
    assert shape(document) == [
        "某局报告", "二、表格",
        [["信息内容", "本年新\n制作数量"], ["规章", "0"], ["", "第二段\n一、总体情况"]],
        [["另一张表", "5"]],
    ]  # fmt: skip
    first = document.grids[0]
    assert first.counted
    assert first.rows[1][1].place == "表1 第2行第2格"
    assert first.rows[1][1].value == "0\u3000"
    assert first.rows[2][0].value is None
    assert (document.kind, document.title, document.notes) == ("text", "", ())


def test_a_line_after_an_empty_one_is_a_paragraph() -> None:
    assert read("\t甲\n\t1\n\n正文。\n\t乙\n\t2\n") == [[["甲", "1"]], "正文。", [["乙", "2"]]]


@pytest.mark.parametrize(
    ("data", "used"),
    [("一、总体情况".encode("utf-8-sig"), ""), ("一、总体情况".encode("utf-16"), "utf-16-le"),
     ("一、总体情况".encode("gb18030"), "gb18030")],
)  # fmt: skip
def test_encodings(data: bytes, used: str) -> None:
    document = read_text(data)
    assert document.blocks == ("一、总体情况",)
    notes = (f"文本的编码不是 UTF-8，已按 {used} 读取",) if used else ()
    assert document.notes == notes


def test_bytes_of_no_text() -> None:
    with pytest.raises(Refused) as refused:
        read_text(b"\x81\xff" * 50)
    assert refused.value.reason is Reason.DAMAGED


def test_a_text_that_is_too_large() -> None:
    with pytest.raises(Refused) as refused:
        read_text(b"a" * (MAX_TEXT + 1))
    assert refused.value.reason is Reason.TOO_LARGE


def test_rows_with_tabs() -> None:
    text = "标题\n\t自然人\t总计\n一、新收\t1\t1\n\t\t\n二、结转\t\t0\n完。\n"
    assert read(text) == [
        "标题",
        [["", "自然人", "总计"], ["一、新收", "1", "1"], ["", "", ""], ["二、结转", "", "0"]],
        "完。",
    ]  # fmt: skip


def test_rows_with_bars() -> None:
    framed = "| 项目 | 数 |\n|:---|---:|\n| 许可 | 5 |\n|  | 6 |\n"
    assert read(framed) == [[["项目", "数"], ["许可", "5"], ["", "6"]]]
    bare = "项目 | 数 | 计\n--- | --- | ---\n | 5 | 5\n许可 | 5 |\n"
    assert read(bare) == [[["项目", "数", "计"], ["", "5", "5"], ["许可", "5", ""]]]


def test_rows_with_gaps() -> None:
    text = (
        "信息内容    本年制发件数   现行有效件数\n规章   0     0\n\n发布日期：1月5日  来源：本局\n"
    )
    assert read(text) == [
        [["信息内容", "本年制发件数", "现行有效件数"], ["规章", "0", "0"]],
        "发布日期：1月5日  来源：本局",
    ]  # fmt: skip


def test_an_indented_paragraph_is_no_row() -> None:
    text = "\u3000\u30002020年，我局公开 5 条。\n\u3000\u3000下一步，继续公开。\n"
    assert read(text) == ["2020年，我局公开 5 条。", "下一步，继续公开。"]

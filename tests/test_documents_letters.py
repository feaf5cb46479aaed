"""Word's documents of every kind, and PDF files."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from document_files import (
    AFTER,
    BEFORE,
    LETTERS,
    LONG,
    TITLE,
    check,
    is_whole,
    lock_pdf,
    read,
    save_letter,
    spans,
    texts,
    write_docx,
)
from gouji.documents import office as office_module
from gouji.documents.model import Document
from gouji.gate import Reason, Refused
from office import Office
from workbook_edits import rewrite


@pytest.fixture(scope="module")
def saved(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One document over several pages, in every format LibreOffice writes."""
    path = write_docx(tmp_path_factory.mktemp("saved") / "报告 =1.docx", LONG)
    return {"docx": path} | {ending: save_letter(office, path, ending) for ending in LETTERS}


def refused(path: Path, reason: Reason) -> str:
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.reason is reason
    assert "请" in caught.value.message
    return caught.value.message


def letter(path: Path, fill: Any) -> Document:
    document: Any = docx.Document()
    fill(document)
    document.save(path)
    return read(path)


def raw(document: Any, xml: str) -> None:
    """Put XML before the end of the body."""
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(xml))


W = nsdecls("w")


# ---------------------------------------------------------------------- .docx
def test_a_word_report(tmp_path: Path) -> None:
    document = read(write_docx(tmp_path / "报告.xls"))
    grid = check(document)
    assert (document.kind, document.title, document.notes) == ("docx", TITLE, ())
    assert grid.rows[4][2].place == "表1 第5行第3格"
    assert grid.rows[4][3].value == "3"  # Word holds text


def test_content_controls_are_read(tmp_path: Path) -> None:
    table = (
        "<w:tbl><w:tr><w:sdt><w:sdtContent><w:tc>{}</w:tc></w:sdtContent></w:sdt>"
        "<w:tc>{}</w:tc></w:tr></w:tbl>"
    )
    paragraph = (
        "<w:p><w:sdt><w:sdtPr><w:alias w:val='不是内容'/></w:sdtPr><w:sdtContent>"
        "<w:r><w:t>{}</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    cells = table.format(paragraph.format("甲"), paragraph.format("1"))
    xml = f"<w:sdt {W}><w:sdtContent>{paragraph.format('段落')}{cells}</w:sdtContent></w:sdt>"
    document = letter(tmp_path / "控.docx", lambda document: raw(document, xml))
    assert document.blocks[0] == "段落"
    assert texts(document.grids[0]) == [["甲", "1"]]


def test_tracked_changes_count_as_they_will_be(tmp_path: Path) -> None:
    xml = (
        f"<w:p {W}><w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>件</w:t></w:r></w:moveTo>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
        "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>。</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
    deleted = row.format("<w:trPr><w:del/></w:trPr>", "删")
    table = f"<w:tbl {W}>{row.format('', '留')}{deleted}</w:tbl>"

    def fill(document: Any) -> None:
        raw(document, xml)
        raw(document, table)

    document = letter(tmp_path / "改.docx", fill)
    assert document.blocks[0] == "共5件。"
    assert texts(document.grids[0]) == [["留", ""]]


def test_text_boxes_once_and_pictures_noted(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框中</w:t></w:r></w:p></w:txbxContent>"
    xml = (
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><w:r><mc:AlternateContent>'
        f"<mc:Choice><w:drawing>{box}<a:blip/></w:drawing></mc:Choice><mc:Fallback><w:pict>{box}"
        "<v:imagedata/></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>"
    )
    document = letter(tmp_path / "框.docx", lambda document: raw(document, xml))
    assert document.blocks == ("框中", "后")
    assert "1 张图片" in document.notes[0]


def test_lines_and_signs_in_a_cell(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        cells = document.add_table(rows=1, cols=2).rows[0].cells
        cells[0].paragraphs[0].add_run("本年新").add_break()
        cells[0].paragraphs[0].add_run("制作数量")
        cells[1].paragraphs[0].add_run("1\t2").add_text("　")
        cells[1].add_paragraph("二")

    document = letter(tmp_path / "行.docx", fill)
    assert [cell.value for cell in document.grids[0].rows[0]] == ["本年新\n制作数量", "1\t2　\n二"]


def test_tables_in_tables_and_columns_left_free(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        outer = document.add_table(rows=1, cols=2)
        outer.cell(0, 0).text = "左"
        inner = outer.cell(0, 1).add_table(2, 2)
        for n, cell in enumerate(cell for row in inner.rows for cell in row.cells):
            cell.text = str(n)
        table = document.add_table(rows=2, cols=3)
        for cell in table._cells:
            cell.text = "x"
        line = table.rows[1]._tr
        line.remove(line.tc_lst[0])
        before = OxmlElement("w:gridBefore")
        before.set(qn("w:val"), "1")
        line.get_or_add_trPr().append(before)

    document = letter(tmp_path / "套.docx", fill)
    first, second = document.grids
    assert document.blocks[0] == "左"
    assert texts(first) == [["0", "1"], ["2", "3"]]
    assert texts(second) == [["x", "x", "x"], ["", "x", "x"]]


def test_edges_that_miss_each_other_make_no_columns(tmp_path: Path) -> None:
    cell = (
        "<w:tc><w:tcPr><w:gridSpan w:val='{}'/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    )
    rows = "".join(
        "<w:tr>" + "".join(cell.format(span, text) for span, text in row) + "</w:tr>"
        for row in ([(1, "a"), (2, "b"), (1, "c")], [(2, "d"), (1, "e"), (1, "f")])
    )
    grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in (1200, 20, 1180, 1200))
    xml = f"<w:tbl {W}><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    document = letter(tmp_path / "毫.docx", lambda document: raw(document, xml))
    assert texts(document.grids[0]) == [["a", "b", "c"], ["d", "e", "f"]]
    assert not spans(document.grids[0])


@pytest.mark.parametrize("span", ["1000000", "-3", "x", "99999999999999"])
def test_spans_that_are_nonsense(span: str, tmp_path: Path) -> None:
    path = write_docx(tmp_path / "宽.docx")

    def change(data: bytes) -> bytes:
        return re.sub(rb'gridSpan w:val="\d+"', f'gridSpan w:val="{span}"'.encode(), data)

    grid = read(rewrite(path, {"word/document.xml": change})).grids[0]
    assert is_whole(grid)
    assert len(grid.rows[0]) < 40


# ---------------------------------------------------------------------- hostile .docx
def test_document_types_are_refused(tmp_path: Path) -> None:
    for number, kind in enumerate(("<!ENTITY f SYSTEM 'file:///etc/passwd'>", "<!ENTITY a 'b'>")):
        path = write_docx(tmp_path / f"{number}.docx")

        def change(data: bytes, kind: str = kind) -> bytes:
            return data.replace(b"<w:document", f"<!DOCTYPE w [{kind}]><w:document".encode(), 1)

        rewrite(path, {"word/document.xml": change})
        with pytest.raises(Refused) as caught:
            read(path)
        assert caught.value.reason is Reason.DANGEROUS_ARCHIVE


@pytest.mark.parametrize("member", ["word/document.xml", "content.xml"])
def test_bombs_are_refused_by_their_directory(member: str, tmp_path: Path) -> None:
    path = tmp_path / "炸弹.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b" " * (40 << 20))
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.reason is Reason.DANGEROUS_ARCHIVE


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    import random

    path = tmp_path / "大.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/document.xml", random.Random(1).randbytes(33 << 20))
    refused(path, Reason.TOO_LARGE)


def test_a_document_with_a_password(tmp_path: Path) -> None:
    ooxml = pytest.importorskip("msoffcrypto.format.ooxml")
    path = write_docx(tmp_path / "明.docx")
    locked = tmp_path / "密.docx"
    with path.open("rb") as plain, locked.open("wb") as out:
        ooxml.OOXMLFile(plain).encrypt("密码", out)
    refused(locked, Reason.ENCRYPTED)


# ---------------------------------------------------------------------- through LibreOffice
@pytest.mark.office
@pytest.mark.parametrize("ending", ["doc", "rtf", "odt"])
class TestThroughLibreOffice:
    def test_it_reads_like_the_docx(self, ending: str, saved: dict[str, Path]) -> None:
        document = read(saved[ending])
        check(document, LONG)
        assert (document.kind, document.title) == ("doc", TITLE)

    def test_without_it_the_remedy_is_told(
        self, ending: str, saved: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(office_module, "office_program", lambda: None)
        assert ".docx" in refused(saved[ending], Reason.NO_OFFICE)


@pytest.mark.office
class TestSavedByLibreOffice:
    def test_its_web_page(self, saved: dict[str, Path]) -> None:
        check(read(saved["html"]), LONG)

    def test_a_word_document_with_a_password(self, saved: dict[str, Path], tmp_path: Path) -> None:
        data = bytearray(saved["doc"].read_bytes())
        data[data.index(b"\xec\xa5") + 11] |= 1  # fEncrypted
        path = tmp_path / "密.doc"
        path.write_bytes(data)
        refused(path, Reason.ENCRYPTED)

    def test_a_broken_word_document(self, saved: dict[str, Path], tmp_path: Path) -> None:
        data = saved["doc"].read_bytes()
        path = tmp_path / "断.doc"
        path.write_bytes(data[: len(data) // 2])
        refused(path, Reason.DAMAGED)

    def test_an_office_that_hangs_is_ended(
        self, saved: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(office_module, "SECONDS", 0.05)
        refused(saved["rtf"], Reason.TOO_LARGE)

    # ------------------------------------------------------------------ PDF
    def test_a_pdf_reads_like_the_docx(self, saved: dict[str, Path]) -> None:
        """Its table stands on several pages."""
        document = read(saved["pdf"])
        check(document, LONG)
        assert (document.kind, document.title) == ("pdf", TITLE)

    def test_a_head_printed_on_every_page_stands_once(self, tmp_path: Path, office: Office) -> None:
        path = write_docx(tmp_path / "头.docx", LONG)
        document: Any = docx.Document(str(path))
        for row in document.tables[0].rows[:3]:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        document.save(path)
        check(read(save_letter(office, path, "pdf")), LONG)

    def test_long_paragraphs_are_one(self, tmp_path: Path, office: Office) -> None:
        long = "我局严格按照条例要求公开信息，" * 12 + "取得成效。"
        path = tmp_path / "长.docx"
        letter(path, lambda document: [document.add_paragraph(t) for t in (long, "无", long)])
        assert read(save_letter(office, path, "pdf")).blocks == (long, "无", long)

    def test_a_pdf_with_a_password(self, office: Office, tmp_path: Path) -> None:
        refused(lock_pdf(write_docx(tmp_path / "密.docx")), Reason.ENCRYPTED)

    def test_a_scan_has_no_text(self, tmp_path: Path, office: Office) -> None:
        path = tmp_path / "扫描.docx"
        letter(path, lambda document: document.add_paragraph())
        assert "扫描" in refused(save_letter(office, path, "pdf"), Reason.SCANNED)

    def test_a_pdf_of_many_pages(self, tmp_path: Path, office: Office) -> None:
        path = tmp_path / "厚.docx"
        letter(path, lambda document: [document.add_page_break() for _ in range(61)])
        assert "60" in refused(save_letter(office, path, "pdf"), Reason.TOO_LARGE)

    def test_without_pdfplumber_the_remedy_is_told(
        self, saved: dict[str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gouji.documents.pdf.find_spec", lambda name: None)
        assert "gouji[pdf]" in refused(saved["pdf"], Reason.NO_PDF)


@pytest.mark.parametrize("data", [b"%PDF-1.7\n%\xe2\xe3", b"%PDF-", b"%PDF-1.4\n" + b"\0" * 999])
@pytest.mark.skipif(not importlib.util.find_spec("pdfplumber"), reason="pdfplumber")
def test_a_pdf_that_is_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "坏.pdf"
    path.write_bytes(data)
    refused(path, Reason.DAMAGED)


def test_paragraphs_before_and_after(tmp_path: Path) -> None:
    blocks = read(write_docx(tmp_path / "序.docx")).blocks
    assert [block if isinstance(block, str) else "表" for block in blocks] == [
        TITLE, *BEFORE, "表", *AFTER
    ]  # fmt: skip

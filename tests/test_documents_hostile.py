"""Whatever comes in, it ends as a Document or as a refusal with a reason: nothing else."""

from __future__ import annotations

import struct
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from document_files import page, read, save_letter, texts, write_docx
from filled_forms import FORM, busy
from gouji.documents import biff, confined
from gouji.documents.model import Document
from gouji.documents.read import read_document
from gouji.gate import Content, Reason, Refused
from gouji.reading import read_content
from gouji.template import write_template
from office import Office
from workbook_edits import rewrite

BOF = b"\x09\x08\x10\x00\x00\x06\x05\x00"  #: where Excel 97's globals begin


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that need no office to be made."""
    folder = tmp_path_factory.mktemp("files")
    write_template(FORM, folder / "表.xlsx", submission=busy(FORM))
    write_docx(folder / "报告.docx")
    (folder / "报告.html").write_bytes(page("gbk").encode("gbk"))
    return {path.suffix[1:]: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def saved(files: dict[str, Path], office: Office) -> dict[str, Path]:
    """And those an office saved."""
    form = files["xlsx"]
    books = {kind: office.convert(form, form.with_suffix(f".{kind}")) for kind in ("xls", "ods")}
    return files | books | {"pdf": save_letter(office, files["docx"], "pdf")}


def outcome(data: bytes) -> Document | Reason:
    """What reading ends with; any other exception fails the test."""
    try:
        return read_document(Content("表", data, ""))
    except Refused as refused:
        assert refused.message
        assert "\n" not in refused.message
        return refused.reason


def refused(path: Path, reason: Reason) -> str:
    with pytest.raises(Refused) as caught:
        read(path)
    assert caught.value.reason is reason
    assert "请" in caught.value.message
    return caught.value.message


# ---------------------------------------------------------------------- cut off, altered
def cut_off(path: Path, step: int) -> set[Reason | None]:
    """Why it was refused at each size; None where something was read."""
    data = path.read_bytes()
    found = [outcome(data[:size]) for size in range(1024 * step, len(data), 1024 * step)]
    return {each if isinstance(each, Reason) else None for each in found}


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html"])
def test_cut_off_at_any_kilobyte(kind: str, files: dict[str, Path]) -> None:
    assert cut_off(files[kind], 1) == {None if kind == "html" else Reason.DAMAGED}


@pytest.mark.office
@pytest.mark.parametrize(("kind", "step"), [("ods", 1), ("xls", 6), ("pdf", 6)])
def test_what_an_office_saved_cut_off(kind: str, step: int, saved: dict[str, Path]) -> None:
    found = cut_off(saved[kind], step)
    assert found == {Reason.DAMAGED} or kind == "pdf"


def alter(path: Path, data: st.DataObject) -> None:
    body = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=30)):
        body[place] = data.draw(st.integers(0, 255))
    outcome(bytes(body))


@pytest.mark.parametrize("kind", ["xlsx", "docx", "html"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_altered_bytes(kind: str, files: dict[str, Path], data: st.DataObject) -> None:
    alter(files[kind], data)


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "pdf"])
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_altered_bytes_of_an_office(kind: str, saved: dict[str, Path], data: st.DataObject) -> None:
    alter(saved[kind], data)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes(data: bytes) -> None:
    starts = [b"", b"<html>", b"<?xml ?>", b"PK\x03\x04", b"MIME-Version: 1.0\n\n", b"\xff\xfe"]
    for start in starts:
        outcome(start + data)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_page(text: str) -> None:
    outcome(f"<table><tr><td>{text}</table>".encode("utf-8", "replace"))


BROKEN = [b"", b"<", b"\xff\xfe\xfd", b"<a>", b"<sheetData><row><c t='?'><v>x</v></c></row>",
          b"<mergeCells><mergeCell ref='B2:A1'/><mergeCell ref='?'/></mergeCells>"]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("member", ["xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"])
def test_members_that_break_off_in_a_sound_archive(
    member: str, broken: bytes, files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "坏.xlsx"
    for share in (0.0, 0.4):
        path.write_bytes(files["xlsx"].read_bytes())
        rewrite(path, {member: lambda data, s=share: data[: int(len(data) * s)] + broken})
        assert outcome(path.read_bytes()) in (Reason.DAMAGED, Reason.DANGEROUS_ARCHIVE)


# ---------------------------------------------------------------------- spreadsheets
@pytest.mark.office
class TestSpreadsheets:
    def changed(self, saved: dict[str, Path], tmp_path: Path, member: str, change: Any) -> Path:
        path = tmp_path / "改.ods"
        path.write_bytes(saved["ods"].read_bytes())
        return rewrite(path, {member: change})

    def test_an_ods_with_a_password(self, saved: dict[str, Path], tmp_path: Path) -> None:
        mark = b"<manifest:encryption-data/></manifest:manifest>"
        path = self.changed(saved, tmp_path, "META-INF/manifest.xml",
                            lambda data: data.replace(b"</manifest:manifest>", mark))  # fmt: skip
        refused(path, Reason.ENCRYPTED)

    @pytest.mark.parametrize(
        "attribute",
        [b'table:number-columns-repeated="999999"', b'table:number-rows-repeated="99999999"'],
    )
    def test_a_cell_repeated_without_end(
        self, attribute: bytes, saved: dict[str, Path], tmp_path: Path
    ) -> None:
        where = b"<table:table-row " if b"rows" in attribute else b"<table:table-cell "

        def change(data: bytes) -> bytes:
            return data.replace(where, where + attribute + b" x:y=''", 1).replace(
                b"<office:document-content ", b"<office:document-content xmlns:x='x' "
            )

        path = self.changed(saved, tmp_path, "content.xml", change)
        assert outcome(path.read_bytes()) in (Reason.TOO_LARGE, Reason.DAMAGED)

    def test_document_types(self, saved: dict[str, Path], tmp_path: Path) -> None:
        path = self.changed(
            saved, tmp_path, "content.xml",
            lambda data: data.replace(b"<office:document-content",
                                      b"<!DOCTYPE x [<!ENTITY a 'b'>]><office:document-content", 1),
        )  # fmt: skip
        refused(path, Reason.DANGEROUS_ARCHIVE)

    def test_an_xls_with_a_password(self, saved: dict[str, Path], tmp_path: Path) -> None:
        data = bytearray(saved["xls"].read_bytes())
        at = data.index(BOF) + 4 + struct.unpack_from("<H", data, data.index(BOF) + 2)[0]
        data[at : at + 2] = b"\x2f\x00"  # FILEPASS
        path = tmp_path / "密.xls"
        path.write_bytes(data)
        refused(path, Reason.ENCRYPTED)

    def test_a_cell_of_an_xls_at_the_far_corner(
        self, saved: dict[str, Path], tmp_path: Path
    ) -> None:
        """A reader that allots the whole grid would take gigabytes."""
        data = bytearray(saved["xls"].read_bytes())
        at = data.rindex(b"\xfd\x00\x0a\x00")  # LABELSST
        data[at + 4 : at + 8] = struct.pack("<HH", 65535, 255)
        path = tmp_path / "远.xls"
        path.write_bytes(data)
        refused(path, Reason.TOO_LARGE)

    def test_nothing_is_fetched(self, tmp_path: Path, web: tuple[int, list[str]]) -> None:
        port, asked = web
        there = f"http://127.0.0.1:{port}"
        path = tmp_path / "外.rtf"
        path.write_text(
            r"{\rtf1\ansi 1{\*\template " + there + r"/a.dotm}{\field{\*\fldinst INCLUDEPICTURE "
            rf'"{there}/b.png" \\d}}{{\fldrslt x}}}}{{\field{{\*\fldinst INCLUDETEXT "{there}/c"}}'
            r"{\fldrslt y}}}"
        )
        assert read(path).blocks
        htm = page(body=f"<img src='{there}/d'><link rel=stylesheet href='{there}/e'>")
        outcome(htm.encode())
        assert not asked

    def test_an_open_workbook_from_elsewhere_follows_no_link(
        self, tmp_path: Path, office: Office
    ) -> None:
        import xlsxwriter

        book = xlsxwriter.Workbook(str(tmp_path / "链.xlsx"))
        book.add_worksheet("链").write_formula(0, 0, "='[别处.xlsx]表'!A1", None, 7)
        book.close()
        assert texts(read(tmp_path / "链.xlsx").grids[0]) == [["7"]]


@pytest.fixture
def web() -> Iterator[tuple[int, list[str]]]:
    """A web server of our own: its port and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


# ---------------------------------------------------------------------- records and workers
def test_records_cut_off_are_no_workbook() -> None:
    for stream in (b"", BOF, BOF + b"\0" * 8 + b"\x85\x00\xff\x00"):
        with pytest.raises(biff.NotBiff):
            biff.is_encrypted(stream)
    endless = BOF + b"\0" * 12 + struct.pack("<HHIHB", 0x85, 7, 0, 0, 0) + b"\x0a\0\0\0"
    biff.extents(endless)  # a sheet that says it begins at the globals: read once, no loop


def test_a_worker_that_hangs_is_ended(files: dict[str, Path]) -> None:
    with pytest.raises(Refused) as caught:
        confined.run("pdf_worker", b"%PDF-1.4", seconds=0.01)
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_worker_takes_no_module_from_the_folder_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    (tmp_path / "olefile.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused) as caught:
        confined.run("xls_worker", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert caught.value.reason is Reason.DAMAGED
    assert caught.value.__cause__ is None  # its own answer, not its end


def test_an_archive_of_documents_is_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "包.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("报告.docx", "x")
    assert "解压" in refused(path, Reason.NOT_WORKBOOK)


def test_what_cannot_be_read_is_refused_by_reading_too() -> None:
    with pytest.raises(Refused) as caught:
        read_content(Content("图.xlsx", b"\x89PNG\r\n\x1a\n\0\0", ""), "图.xlsx")
    assert caught.value.reason is Reason.NOT_WORKBOOK

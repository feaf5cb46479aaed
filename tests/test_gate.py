"""What cannot be used is refused with its reason and one clear line; nothing hangs or breaks."""

from __future__ import annotations

import io
import pickle
import zipfile
import zlib
from pathlib import Path

import pytest
import xlsxwriter

from gouji import editions, gate, sheet_xml
from gouji.gate import Reason, Refused
from gouji.layout import layout_of, stamp_of
from gouji.model import Form
from gouji.reading import read_file
from gouji.template import write_template
from gouji.wording import say
from workbook_edits import (
    drop_sheets,
    edit_sheet,
    rename_sheet,
    rewrite,
    set_cell,
    set_text,
    sheet_member,
)

FORM = editions.load("2021")
LAYOUT = layout_of(FORM)
COVER = say("sheet.cover")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "报送 表=1.xlsx"
    write_template(FORM, path)
    return path


def refused(path: Path, reason: Reason) -> str:
    """Assert the refusal; its message, which is one line that says what to do."""
    with pytest.raises(Refused) as caught:
        read_file(path)
    assert caught.value.reason is reason
    message = str(caught.value)
    assert message == caught.value.message
    assert message
    assert "\n" not in message
    assert "请" in message or reason is Reason.DANGEROUS_ARCHIVE
    return message


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_missing(tmp_path: Path) -> None:
    refused(tmp_path / "没有.xlsx", Reason.MISSING)


@pytest.mark.parametrize("data", [b"", b"  \r\n "])
def test_empty(tmp_path: Path, data: bytes) -> None:
    refused(written(tmp_path / "空.xlsx", data), Reason.EMPTY)


def test_folder(tmp_path: Path) -> None:
    refused(tmp_path, Reason.FOLDER)


def test_permission(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)  # root, as in CI, may open every file
    refused(book, Reason.PERMISSION)


def test_too_large(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_FILE", 1000)
    refused(book, Reason.TOO_LARGE)


# ---------------------------------------------------------------------- other kinds of file
@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("表.xls", "<html><table><tr><td>政府信息公开</td></tr></table></html>".encode(), "网页"),
        ("表.xls", b"\xef\xbb\xbf\n <!DOCTYPE HTML PUBLIC>\n<p>1", "网页"),
        ("表.xls", b'<?xml version="1.0"?><html xmlns="x"><body/></html>', "网页"),
        ("表.xlsx", "单位,件数\n科技局,3\n".encode(), "文本"),
        ("表.xlsx", "单位\t件数".encode("gb18030"), "文本"),
        ("表.xlsx", "单位".encode("utf-16"), "文本"),
        ("表.xlsx", b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        ("表.xlsx", b"\x89PNG\r\n\x1a\n\0\0", "图片"),
        ("表.xlsx", b"Rar!\x1a\x07\x01\0", "压缩包"),
        ("表.xlsx", b"{\\rtf1\\ansi", "Word"),
        ("表.xls", OLE + b"\0" * 500 + "Workbook".encode("utf-16-le"), ".xls"),
        ("表.xlsx", OLE + b"\0" * 500 + "WordDocument".encode("utf-16-le"), "Word"),
        ("表.xlsx", bytes(range(256)), "认不出"),
    ],
)
def test_not_a_workbook(tmp_path: Path, name: str, data: bytes, word: str) -> None:
    """Where only an .xlsx will do."""
    with pytest.raises(Refused) as caught:
        gate.open_package(gate.take(written(tmp_path / name, data)))
    assert caught.value.reason is Reason.NOT_WORKBOOK
    assert word in str(caught.value)
    assert "请" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"\x89PNG\r\n\x1a\n\0\0", "图片"), (b"\xff\xd8\xff\xe0" + b"\0" * 99, "图片"),
     (b"Rar!\x1a\x07\x01\0", "压缩包"), (b"7z\xbc\xaf\x27\x1c\0", "压缩包"),
     (bytes(range(256)), "认不出"), (b'<?xml version="1.0"?><a/>', "XML")],
)  # fmt: skip
def test_nothing_to_read(tmp_path: Path, data: bytes, word: str) -> None:
    assert word in refused(written(tmp_path / "表.xlsx", data), Reason.NOT_WORKBOOK)


@pytest.mark.parametrize(
    "data",
    ["<html><table><tr><td>政府信息公开</td></tr></table></html>".encode(),
     b"\xef\xbb\xbf\n <!DOCTYPE HTML PUBLIC>\n<p>1", "单位,件数\n科技局,3\n".encode(),
     "单位\t件数".encode("gb18030"), "单位".encode("utf-16")],
)  # fmt: skip
def test_no_report_in_it(tmp_path: Path, data: bytes) -> None:
    refused(written(tmp_path / "表.xls", data), Reason.NO_TABLES)


@pytest.mark.parametrize("stream", ["Workbook", "WordDocument", ""])
def test_a_container_without_its_streams(tmp_path: Path, stream: str) -> None:
    data = OLE + b"\0" * 500 + stream.encode("utf-16-le")
    message = refused(written(tmp_path / "表.xls", data), Reason.DAMAGED)
    assert "损坏" in message


def test_encrypted(tmp_path: Path) -> None:
    data = OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 900
    assert "加密" in refused(written(tmp_path / "密.xlsx", data), Reason.ENCRYPTED)


@pytest.mark.parametrize(
    ("member", "word"),
    [("word/document.xml", "Word"), ("xl/workbook.bin", ".xlsb"), ("content.xml", ".ods"),
     ("报表.xlsx", "压缩包")],
)  # fmt: skip
def test_other_archives(tmp_path: Path, member: str, word: str) -> None:
    path = tmp_path / "表.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(Refused) as caught:
        gate.open_package(gate.take(path))
    assert caught.value.reason is Reason.NOT_WORKBOOK
    assert word in str(caught.value)


@pytest.mark.parametrize("member", ["word/document.xml", "content.xml"])
def test_archives_that_only_look_like_a_document(tmp_path: Path, member: str) -> None:
    path = tmp_path / "表.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    refused(path, Reason.DAMAGED)


# ---------------------------------------------------------------------- damaged
@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.6, 0.95, 0.999])
def test_truncated(book: Path, share: float) -> None:
    data = book.read_bytes()
    refused(written(book, data[: max(5, int(len(data) * share))]), Reason.DAMAGED)


def test_one_flipped_byte_in_a_member(book: Path) -> None:
    member = sheet_member(book, LAYOUT.sheets[2])
    with zipfile.ZipFile(book) as archive:
        info = archive.getinfo(member)
    data = bytearray(book.read_bytes())
    data[info.header_offset + 60 + info.compress_size // 2] ^= 0xFF
    refused(written(book, bytes(data)), Reason.DAMAGED)


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("broken", [b"<workbook><sheets", b"", b"\0\0\0", b"not xml"])
def test_bad_xml(book: Path, member: str, broken: bytes) -> None:
    refused(rewrite(book, {member: lambda _: broken}), Reason.DAMAGED)


@pytest.mark.parametrize(
    "member", ["xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/sharedStrings.xml"]
)
def test_a_needed_member_is_gone(book: Path, member: str) -> None:
    with pytest.raises(Refused):
        read_file(rewrite(book, {member: None}))


def test_entities_are_not_expanded(book: Path) -> None:
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

    def change(data: bytes) -> bytes:
        return data.replace(b"<workbook", bomb + b"<workbook", 1)

    refused(rewrite(book, {"xl/workbook.xml": change}), Reason.DANGEROUS_ARCHIVE)


# ---------------------------------------------------------------------- bombs
def test_a_bomb_is_refused_by_its_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "炸弹.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (40 << 20))

    def unpack(*_: object) -> bytes:
        raise AssertionError("unpacked before it was judged")

    monkeypatch.setattr(gate, "_inflated", unpack)
    refused(path, Reason.DANGEROUS_ARCHIVE)


def test_too_many_members(tmp_path: Path) -> None:
    path = tmp_path / "多.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(gate.MAX_MEMBERS + 1):
            archive.writestr(f"xl/{n}", "")
    refused(path, Reason.DANGEROUS_ARCHIVE)


def test_a_directory_that_understates_sizes(book: Path) -> None:
    """The declared size is what is unpacked at most, even where the checksum agrees with it."""
    member, content = sheet_member(book, LAYOUT.sheets[1]), b"<worksheet/>" + b" " * (6 << 20)
    rewrite(book, {member: lambda _: content})
    told = content[:500]
    data = book.read_bytes()
    for old, new in (
        (zlib.crc32(content).to_bytes(4, "little"), zlib.crc32(told).to_bytes(4, "little")),
        (len(content).to_bytes(4, "little"), len(told).to_bytes(4, "little")),
    ):
        assert data.count(old) == 2  # in the member's head and in the directory
        data = data.replace(old, new)
    refused(written(book, data), Reason.DAMAGED)


def test_overlapping_members(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        infos = archive.infolist()
    start = infos[-1].header_offset
    data = book.read_bytes()
    for info in infos:  # every member now claims the same bytes, more than there are
        size = info.compress_size.to_bytes(4, "little")
        data = data.replace(size, (len(data) // 2).to_bytes(4, "little"))
    assert start
    with pytest.raises(Refused) as caught:
        read_file(written(book, data))
    assert caught.value.reason in (Reason.DANGEROUS_ARCHIVE, Reason.DAMAGED)


@pytest.mark.parametrize("address", ["XFD1048576", "XFD1048576x"])
def test_a_cell_at_the_far_corner(book: Path, address: str) -> None:
    """A reader that allots the whole grid would end the process."""
    far = f'<row r="1048576"><c r="{address}"><v>1</v></c></row></sheetData>'
    edit_sheet(book, LAYOUT.sheets[1], lambda xml: xml.replace("</sheetData>", far))
    with pytest.raises(Refused) as caught:
        read_file(book)
    assert caught.value.reason in (Reason.TOO_LARGE, Reason.DAMAGED)


@pytest.mark.parametrize(
    "cell",
    ["<c r='XFD1048576'><v>1</v></c>", '<c\tr="XFD1048576"><v>1</v></c>',
     '<c s="0" r="XFD1048576"><v>1</v></c>', '<c r="xfd1048576"><v>1</v></c>',
     '<!-- --><c r="XFD1048576"><v>1</v></c>'],
)  # fmt: skip
def test_a_far_cell_in_another_spelling(book: Path, cell: str) -> None:
    far = f'<row r="1048576">{cell}</row></sheetData>'
    edit_sheet(book, LAYOUT.sheets[1], lambda xml: xml.replace("</sheetData>", far))
    refused(book, Reason.TOO_LARGE)


def test_formats_that_reach_far_do_no_harm(book: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    edit_sheet(book, LAYOUT.sheets[1], lambda xml: xml.replace("</sheetData>", far))
    assert read_file(book).edition == FORM.id


# ---------------------------------------------------------------------- other or altered forms
def test_another_workbook(tmp_path: Path) -> None:
    path = tmp_path / "别的.xlsx"
    other = xlsxwriter.Workbook(str(path))
    other.add_worksheet(COVER).write("A1", "名单")
    other.close()
    refused(path, Reason.NO_TABLES)


def stamped(book: Path, stamp: str) -> Path:
    return set_text(book, COVER, LAYOUT.cover["stamp"].a1, stamp)


def test_unknown_edition(book: Path) -> None:
    assert "2031" in refused(stamped(book, "gouji/2031/1"), Reason.UNKNOWN_EDITION)


@pytest.mark.parametrize("edition", ["..", "2021.toml", "C:x"])
def test_an_edition_is_a_name_not_a_path(book: Path, edition: str) -> None:
    refused(stamped(book, f"gouji/{edition}/1"), Reason.UNKNOWN_EDITION)


def test_older_and_newer_template(book: Path) -> None:
    refused(stamped(book, f"gouji/{FORM.id}/{FORM.version + 1}"), Reason.NEWER_TEMPLATE)
    refused(stamped(book, f"gouji/{FORM.id}/{FORM.version - 1}"), Reason.OLDER_TEMPLATE)


def test_the_stamp_is_gone(book: Path) -> None:
    """Then it is a workbook like any other: its labels say what it is."""
    read = read_file(set_cell(book, COVER, LAYOUT.cover["stamp"].a1, ""))
    assert (read.edition, read.medium) == (FORM.id, "xlsx")


def test_sheets_missing_are_named(book: Path) -> None:
    gone = LAYOUT.sheets[1:3]
    message = refused(drop_sheets(book, *gone), Reason.SHEETS_MISSING)
    assert all(name in message for name in gone)


@pytest.mark.parametrize("copy_name", ["封面 (2)", "Sheet1"])
def test_two_covers(book: Path, copy_name: str) -> None:
    from openpyxl import load_workbook

    both = load_workbook(book)
    both.copy_worksheet(both[COVER]).title = copy_name
    both.save(book)
    message = refused(book, Reason.TWO_COVERS)
    assert COVER in message
    assert copy_name in message


def test_the_cover_may_be_renamed(book: Path) -> None:
    assert read_file(rename_sheet(book, COVER, "Sheet1")).edition == FORM.id


def test_the_wrong_edition_for_the_year_is_not_refused(tmp_path: Path) -> None:
    form: Form = editions.load("2019")
    path = tmp_path / "旧.xlsx"
    write_template(form, path)
    set_cell(path, COVER, layout_of(form).cover["year"].a1, "<v>2023</v>")
    read = read_file(path)
    assert (read.edition, read.year) == ("2019", 2023)


def test_every_reason_has_words_and_survives_a_worker() -> None:
    for reason in Reason:
        given = Refused(reason, "请重报")
        back = pickle.loads(pickle.dumps(given))
        assert (back.reason, back.message, str(back)) == (reason, "请重报", "请重报")


def test_one_bad_sheet_scan_is_a_refusal_not_a_fault(book: Path) -> None:
    edit_sheet(book, LAYOUT.sheets[1], lambda xml: xml.replace('<c r="B', '<c r="?', 1))
    with pytest.raises(Refused):
        read_file(book)


def test_stored_archive_reads_like_the_original(book: Path) -> None:
    package = gate.open_package(gate.take(book))
    names = list(package.members)
    with zipfile.ZipFile(io.BytesIO(package.extract(names))) as copy:
        assert copy.testzip() is None
        assert copy.namelist() == names
        assert all(copy.read(name) == package.read(name) for name in names)
    assert list(sheet_xml.sheet_parts(package)) == list(LAYOUT.sheets)
    assert stamp_of(FORM).startswith("gouji/")

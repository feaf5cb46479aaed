"""What holds other files is opened, bounded; every file comes out once or says why not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gouji import editions, gate
from gouji.gate import Reason
from gouji.mail.model import Attachment
from gouji.mail.unpack import Leaf, leaves
from gouji.template import write_template
from mail_cases import archive, bare_zip, letter, mixed, part, raw, tnef

FILE = b"%PDF-1.7 content"
A, B = "甲镇.pdf", "乙街道.pdf"


def opened(data: bytes, name: str = "来件") -> list[Leaf]:
    return list(leaves(name, data))


def paths(data: bytes, name: str = "来件") -> list[tuple[str, ...]]:
    found = opened(data, name)
    assert all(leaf.refused is None for leaf in found)
    return [leaf.path for leaf in found]


def only(data: bytes, name: str = "来件") -> Leaf:
    (leaf,) = opened(data, name)
    return leaf


def reason(data: bytes, name: str = "来件") -> tuple[Reason, str]:
    leaf = only(data, name)
    assert leaf.refused is not None
    return leaf.refused.reason, leaf.refused.message


# ---------------------------------------------------------------------- what is opened
def test_a_plain_file_is_its_own_leaf() -> None:
    assert only(FILE, "../报/a.pdf") == Leaf(("a.pdf",), FILE)
    assert only(FILE, "").path == ("未命名附件1",)


def test_documents_that_are_archives_are_files(tmp_path: Path) -> None:
    book = io.BytesIO()
    Workbook().save(book)
    write_template(editions.load("2021"), tmp_path / "表.xlsx")
    ods = archive(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}
    )
    ofd = archive({"OFD.xml": b"<x/>"})
    for data in (book.getvalue(), (tmp_path / "表.xlsx").read_bytes(), ods, ofd):
        assert only(data, "x.zip") == Leaf(("x.zip",), data)


@pytest.mark.parametrize("name", ["报.zip", "报.rar", "报.xlsx", "报"])
def test_archives_by_content(name: str) -> None:
    packed = archive({f"年报/{A}": FILE, B: FILE})
    assert paths(packed, name) == [(name, A), (name, B)]
    assert opened(packed)[0].data == FILE


def test_messages_by_content() -> None:
    mail = letter(Attachment(A, FILE), Attachment("报.zip", archive({B: FILE})))
    found = opened(mail, "信.txt")
    assert [leaf.path for leaf in found] == [("信.txt", A), ("信.txt", "报.zip", B)]
    assert {leaf.message.subject for leaf in found if leaf.message} == {"报送年报"}


def test_the_innermost_message_is_named() -> None:
    inner = letter(Attachment(A, FILE), subject="原邮件")
    (leaf,) = opened(letter(Attachment("转.eml", inner), subject="转发"))
    assert leaf.message is not None and leaf.message.subject == "原邮件"
    assert leaf.path == ("来件", "转.eml", A)


def test_what_was_fetched_from_a_mailbox_is_a_message_whatever_it_looks_like() -> None:
    bare = b"X-Odd: 1\r\n" + mixed(part(f"Content-Disposition: attachment; filename={'a.pdf'}"))
    assert only(bare).path == ("来件",)
    (leaf,) = leaves("来件", bare, is_mail=True)
    assert leaf.path == ("来件", "a.pdf")


@pytest.mark.parametrize(
    "text",
    [
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: file:///x\r\nSubject: y\r\n"
        b"Date: Mon, 20 Jan 2025 08:30:00 +0800\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n\r\n<html>\r\n--b--',
        "单位：云澜区\r\n年度: 2025\r\n".encode(), b"Note: no mail\r\nTo: whom it may concern\r\n",
        b"<html><body>From: a To: b Subject: c</body></html>",
    ],
)  # fmt: skip
def test_texts_and_saved_pages_are_no_messages(text: bytes) -> None:
    assert only(text) == Leaf(("来件",), text)


def test_three_containers_and_no_more() -> None:
    inner = archive({A: FILE})
    assert len(paths(letter(Attachment("1.zip", archive({"2.zip": inner}))))[0]) == 4
    assert (
        len(paths(letter(Attachment("1", letter(Attachment("2", letter(Attachment(A, FILE))))))))
        == 1
    )
    for deep in (
        archive({"1.zip": archive({"2.zip": inner})}),
        letter(Attachment("1", letter(Attachment("2", letter(Attachment("3", inner)))))),
    ):
        found, why = reason(deep)
        assert found is Reason.DANGEROUS_ARCHIVE and "太多层" in why


# ---------------------------------------------------------------------- nothing inside
def test_the_empty_are_told() -> None:
    assert reason(letter()) == (Reason.EMPTY, "这封邮件没有附件，请填报单位补发表格")
    assert "没有文件" in reason(archive({}))[1]
    assert "没有文件" in reason(archive({"空/": b""}))[1]
    assert "winmail.dat" in reason(tnef({}))[1]
    assert reason(b" \r\n")[0] is Reason.EMPTY
    leaf = only(archive({A: b""}))
    assert leaf.path == ("来件", A) and leaf.refused and leaf.refused.reason is Reason.EMPTY


def test_a_message_with_only_pictures_says_so_besides() -> None:
    logo = part("Content-Type: image/png; name=logo.png", "Content-ID: <1>")
    mail = raw("From: a@b.cn", "To: c@d.cn", "Subject: x")[:-2] + mixed(logo, kind="related")
    picture, why = opened(mail)
    assert picture.inline and picture.path == ("来件", "logo.png")
    assert why.path == ("来件",) and why.refused and why.refused.reason is Reason.EMPTY
    assert why.message and why.message.subject == "x"


# ---------------------------------------------------------------------- names
UNICODE_PATH = struct.pack("<HHB", 0x7075, 5 + len(A.encode()), 1)
SUM = struct.pack("<L", zlib.crc32(b"?.pdf"))
NAMES = {
    "gbk": (A.encode("gbk"), 0, b""),
    "utf-8 with its flag": (A.encode(), 0x800, b""),
    "utf-8 without its flag, as on a Mac": (A.encode(), 0, b""),
    "utf-8 beside": (b"?.pdf", 0, UNICODE_PATH + SUM + A.encode()),
    "a folder with a backslash": (f"年报\\{A}".encode("gbk"), 0, b""),
    "climbing": (f"../../../etc/{A}".encode(), 0x800, b""),
    "absolute": (f"C:\\Windows\\{A}".encode(), 0x800, b""),
    "right to left": (f"\u202e{A}\u200f".encode(), 0x800, b""),
    "not a folder, for it has bytes": (f"{A}/".encode(), 0x800, b""),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_names_in_archives(case: str) -> None:
    name, flags, extra = NAMES[case]
    assert paths(bare_zip([(name, FILE)], flags=flags, extra=extra)) == [("来件", A)]


def test_a_name_that_was_renamed_after_its_extra_field_is_not_believed() -> None:
    extra = UNICODE_PATH + struct.pack("<L", zlib.crc32(b"other")) + "丁镇.pdf".encode()
    assert paths(bare_zip([(A.encode("gbk"), FILE)], extra=extra)) == [("来件", A)]


def test_nameless_members_get_a_number() -> None:
    assert paths(bare_zip([(b"..", FILE), (b"\x01", FILE)])) == [
        ("来件", "未命名附件1"), ("来件", "未命名附件2")]  # fmt: skip


def test_what_systems_leave_behind_is_passed_over() -> None:
    junk = ("__MACOSX/._a.pdf", ".DS_Store", "x/Thumbs.db", "desktop.ini", "~$表.xlsx", "._b")
    assert paths(archive(dict.fromkeys(junk, b"x") | {A: FILE})) == [("来件", A)]


# ---------------------------------------------------------------------- refused
@pytest.mark.parametrize(
    ("data", "told"),
    [(b"Rar!\x1a\x07\x01\x00", "RAR"), (b"7z\xbc\xaf\x27\x1c\0", "7z"), (b"\x1f\x8b\x08x", "gzip"),
     (bytes(257) + b"ustar\0", "tar"), (b"PK\x07\x08PK\x03\x04", "分卷")],
)  # fmt: skip
def test_other_archives(data: bytes, told: str) -> None:
    found, why = reason(data, "报.xlsx")
    assert found is Reason.OTHER_ARCHIVE and told in why and "解压" in why
    (leaf,) = opened(letter(Attachment("报.rar", data)))
    assert leaf.path == ("来件", "报.rar") and leaf.refused and leaf.refused.reason is found


def test_members_with_a_password_are_refused_one_by_one() -> None:
    packed = archive({A: FILE, B: FILE}, zipfile.ZIP_STORED)
    at = packed.index(b"PK\x01\x02") + 8  # the flags of the first member in the directory
    first, second = opened(packed[:at] + b"\x01" + packed[at + 1 :])
    assert first.path == ("来件", A) and first.data == b""
    assert (
        first.refused
        and first.refused.reason is Reason.ENCRYPTED
        and "密码" in first.refused.message
    )
    assert (second.refused, second.data) == (None, FILE)


def test_rare_methods_and_wrong_sums() -> None:
    bzip2 = archive({A: FILE}, zipfile.ZIP_BZIP2)
    assert reason(bzip2)[0] is Reason.OTHER_ARCHIVE and "压缩方法" in reason(bzip2)[1]
    packed = archive({A: FILE}, zipfile.ZIP_STORED)
    wrong = packed.replace(FILE, FILE[:-1] + b"?")
    assert reason(wrong)[0] is Reason.DAMAGED


def test_a_damaged_winmail_says_what_to_do() -> None:
    found, why = reason(tnef({A: FILE})[:-4], "winmail.dat")
    assert found is Reason.DAMAGED and "纯文本" in why


def bomb(size: int = 20 << 20) -> bytes:
    return archive({"bomb": bytes(size)})


def test_bombs_are_not_unpacked() -> None:
    for data in (
        bomb(),
        bare_zip([(b"%02d" % n, FILE * 100) for n in range(20)], shared=True),
        bare_zip([(f"{n}".encode(), b"") for n in range(gate.MAX_MEMBERS + 1)]),
        bare_zip([(b"same", FILE), (b"same", FILE)]),
        bare_zip([(b"huge", FILE)], size=gate.MAX_MEMBER + 1),
    ):
        assert reason(data)[0] is Reason.DANGEROUS_ARCHIVE


def test_a_directory_is_not_read_before_its_size_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    crowded = bare_zip([(f"{n:060}".encode(), b"") for n in range(100_000)])
    monkeypatch.setattr(zipfile.ZipInfo, "__init__", lambda *_: pytest.fail("read"))
    assert reason(crowded)[0] is Reason.DANGEROUS_ARCHIVE


def test_a_count_that_is_claimed_is_not_believed() -> None:
    assert paths(bare_zip([(b"a.pdf", FILE)], claimed=65_535)) == [("来件", "a.pdf")]


def test_nested_bombs_share_one_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_TOTAL", 10_000)
    inner = archive({"a.pdf": FILE * 200})
    found = opened(archive({f"{n}.zip": inner for n in range(10)}))
    good = [leaf for leaf in found if not leaf.refused]
    assert 0 < len(good) < 5 and len(found) == 10
    bad = [leaf.refused.reason for leaf in found if leaf.refused]
    assert set(bad) == {Reason.DANGEROUS_ARCHIVE}


def test_large_members_are_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_FILE", 100_000)
    packed = archive({A: bytes(100_001), B: FILE})
    first, second = opened(packed)
    assert first.refused and first.refused.reason is Reason.TOO_LARGE and not second.refused


def test_a_cut_container_never_breaks_anything() -> None:
    noise = b"".join(zlib.crc32(n.to_bytes(4, "big")).to_bytes(4, "big") for n in range(3_000))
    inner = archive({A: noise, B: noise})
    for whole in (inner, letter(Attachment("报.zip", inner)), tnef({A: noise})):
        for size in range(0, len(whole), 1024):
            for leaf in opened(whole[:size]):
                assert leaf.path[0] == "来件"


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([archive({A: FILE, "b/c.zip": archive({B: FILE})}), tnef({A: FILE})]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
)
def test_altered_bytes_never_break_anything(whole: bytes, changes: list[tuple[int, int]]) -> None:
    altered = bytearray(whole)
    for at, byte in changes:
        altered[at % len(whole)] = byte
    assert all(leaf.path[0] == "来件" for leaf in opened(bytes(altered)))

"""The archive: original bytes under their digest, receipts beside them, nothing overwritten."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.gate import Reason, Refused
from gouji.ledger import lines
from gouji.ledger.archive import RECEIPTS, Archive, safe_suffix
from gouji.ledger.receipts import Receipt, from_json, to_json


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def receipt(data: bytes, key: str = "1", **fields: object) -> Receipt:
    return Receipt(
        digest(data), "2026-01-15T08:00:00+00:00", "box", key, "imap", "a.xlsx", **fields
    )  # type: ignore[arg-type]


# ------------------------------------------------------------------ blobs
def test_bytes_stand_under_their_digest_and_come_back(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "档案")
    path = archive.put(b"abc", digest(b"abc"), "报 表.XLSX")
    assert path == tmp_path / "档案" / digest(b"abc")[:2] / f"{digest(b'abc')}.xlsx"
    assert archive.read(digest(b"abc")) == b"abc" and archive.find(digest(b"abc")) == path
    assert archive.verify() == ()


def test_the_same_bytes_twice_are_one_blob_whatever_they_are_called(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = archive.put(b"abc", digest(b"abc"), "a.xlsx")
    then = first.stat().st_mtime_ns
    assert archive.put(b"abc", digest(b"abc"), "b.docx") == first
    assert first.stat().st_mtime_ns == then
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [first]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.xlsx", ".xlsx"), ("A.XLS", ".xls"), ("a", ""), (".x", ".x"), ("a.", ""),
        ("a.toolong", ""), ("a.x/y", ""), ("a.表", ""), ("a.x\x00", ""), ("..\\..\\x.exe", ".exe"),
        ("a.\u202excod", ""), ("a.jsonl", ".jsonl"),
    ],
)  # fmt: skip
def test_only_a_plain_suffix_is_kept(name: str, suffix: str) -> None:
    assert safe_suffix(name) == suffix


@given(st.text(), st.binary(max_size=20))
def test_no_name_leads_out_of_the_archive(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("a")
    path = Archive(folder).put(data, digest(data), name)
    assert path.resolve().parent.parent == folder.resolve() and path.read_bytes() == data


def test_a_suffix_like_the_receipts_own_does_not_clash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(b"x", digest(b"x"), "x.jsonl")
    archive.add_receipt(receipt(b"x"))
    assert archive.read(digest(b"x")) == b"x" and len(list(archive.receipts())) == 1


# ------------------------------------------------------------------ damage
def test_altered_and_lost_blobs_are_found(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for data in (b"good", b"bad", b"gone"):
        archive.put(data, digest(data), "a.xlsx")
        archive.add_receipt(receipt(data))
    altered, gone = archive.find(digest(b"bad")), archive.find(digest(b"gone"))
    assert altered and gone
    altered.chmod(0o644)
    altered.write_bytes(b"BAD")
    gone.unlink()
    found = {(each.sha256, each.kind) for each in archive.verify()}
    assert found == {(digest(b"bad"), "altered"), (digest(b"gone"), "missing")}
    with pytest.raises(Refused) as refused:
        archive.read(digest(b"bad"))
    assert refused.value.reason is Reason.DAMAGED
    with pytest.raises(Refused) as refused:
        archive.read(digest(b"gone"))
    assert refused.value.reason is Reason.MISSING


def test_a_blob_cut_short_is_set_aside_and_written_anew(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    path = archive.put(b"whole", digest(b"whole"), "a.xlsx")
    path.chmod(0o644)
    path.write_bytes(b"who")
    assert archive.put(b"whole", digest(b"whole"), "a.xlsx").read_bytes() == b"whole"
    aside = [p for p in path.parent.iterdir() if p.name.startswith("damaged-")]
    assert [p.read_bytes() for p in aside] == [b"who"] and archive.verify() == ()


def test_an_unknown_digest_is_no_path(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    archive = Archive(tmp_path / "a")
    assert archive.find("../secret") is None and archive.find("") is None
    assert archive.find("0" * 64) is None and archive.empty


def test_what_a_kill_left_behind_is_swept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    path = archive.put(b"x", digest(b"x"), "a.xlsx")
    (path.parent / ".gouji-0123.xlsx").write_bytes(b"half")
    archive.sweep()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


# ------------------------------------------------------------------ receipts
def test_a_receipt_is_written_once_and_survives_a_cut_off_line(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(b"x", digest(b"x"), "a.xlsx")
    one, other = receipt(b"x", path=("甲.zip", "1:a.xlsx")), receipt(b"x", key="2")
    archive.add_receipt(one)
    archive.add_receipt(one)
    file = next(tmp_path.rglob(f"*{RECEIPTS}"))
    with file.open("ab") as open_file:
        open_file.write(b'{"at": "2026')
    archive.add_receipt(other)
    assert archive.receipts_of(digest(b"x")) == (one, other) == tuple(archive.receipts())


_TEXT = st.text(max_size=30)


@given(_TEXT, _TEXT, st.lists(_TEXT, max_size=3), st.booleans())
def test_a_receipt_survives_its_line(
    tmp_path_factory: pytest.TempPathFactory, name: str, subject: str, path: list[str], inline: bool
) -> None:
    made = receipt(b"x", path=tuple(path), subject=subject, inline=inline, why=name)
    file = tmp_path_factory.mktemp("r") / "r.jsonl"
    lines.append_lines(file, [to_json(made)])
    assert [from_json(line) for line in lines.read_lines(file)] == [made]


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b'\xff\xfe\n[1]\nnull\n{"a": "\\udcff"}\n\n{"b": 1')
    assert lines.read_lines(file) == [{"a": "\udcff"}]
    assert lines.read_lines(tmp_path / "none") == [] and from_json({"at": "x"}) is None


# ------------------------------------------------------------------ names
@given(st.text())
def test_a_shown_name_is_one_bounded_line_and_no_path(text: str) -> None:
    shown = lines.display_name(text)
    assert len(shown) <= 200 and not set(shown) & set("/\n\r\x00\u202e\u200f\ud800")
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\报表.xlsx", "报表.xlsx"),
        ("年报\u202exslx.exe", "年报xslx.exe"),
        ("CON", "CON"),
        ("a\udcffb.xlsx", "a\\xdcffb.xlsx"),
    ],
)
def test_hostile_names_are_shown_plainly(name: str, shown: str) -> None:
    assert lines.display_name(name) == shown


def test_a_long_name_keeps_its_end() -> None:
    shown = lines.display_name("长" * 300 + ".xlsx")
    assert len(shown) == 200 and shown.endswith(".xlsx")

"""Folders and Maildirs: what is new comes once, nothing is touched."""

from __future__ import annotations

import mailbox
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gouji import gate
from gouji.mail.model import Attachment, Parcel
from gouji.mail.settings import MailError
from gouji.mail.sources import EmlFolder, Maildir, Source
from mail_cases import letter

ONE, TWO = letter(subject="甲"), letter(Attachment("a.xlsx", b"x"), subject="乙")


def fresh(source: Source) -> list[Parcel]:
    return list(source.new(lambda key: False))


def later(source: Source, parcels: list[Parcel]) -> list[Parcel]:
    return list(source.new({parcel.key for parcel in parcels}.__contains__))


def test_saved_messages_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "转来").mkdir()
    (tmp_path / "转来" / "更深").mkdir()
    for name in ("甲.eml", "转来/乙.EML", "表.xlsx", ".隐.eml", "~$丙.eml", "转来/更深/丁.eml"):
        (tmp_path / name).write_bytes(TWO if "乙" in name else ONE)
    os.utime(tmp_path / "甲.eml", (1737340200, 1737340200))
    source = EmlFolder(tmp_path, "邮件")
    found = fresh(source)
    assert [(one.name, one.data) for one in found] == [("甲.eml", ONE), ("转来/乙.EML", TWO)]
    assert {(one.source, one.via) for one in found} == {("邮件", "eml")}
    assert found[0].received == datetime.fromtimestamp(1737340200, UTC)
    assert later(source, found) == []
    (tmp_path / "甲.eml").rename(tmp_path / "改名.eml")
    assert later(source, found) == []  # moved, but the same
    (tmp_path / "转来" / "乙.EML").write_bytes(letter(subject="丙"))
    assert [one.name for one in later(source, found)] == ["转来/乙.EML"]  # replaced


def test_the_same_message_twice_in_a_folder_is_one(tmp_path: Path) -> None:
    for name in ("1.eml", "2.eml"):
        (tmp_path / name).write_bytes(ONE)
    assert [one.name for one in fresh(EmlFolder(tmp_path))] == ["1.eml"]


def test_links_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside.eml"
    outside.write_bytes(ONE)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.eml").symlink_to(outside)
    (inbox / "around").symlink_to(tmp_path)
    assert fresh(EmlFolder(inbox)) == []


def test_what_cannot_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_FILE", 1 << 20)
    (tmp_path / "大.eml").write_bytes(bytes(1 << 21))
    (tmp_path / "空.eml").write_bytes(b"")
    source = EmlFolder(tmp_path)
    found = fresh(source)
    assert all(one.data == b"" and one.key for one in found)
    assert "大.eml（没有取下：文件超过 1 MB" in found[0].name and "空的" in found[1].name
    assert later(source, found) == []


def test_a_maildir(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    read = mailbox.MaildirMessage(ONE)
    read.set_subdir("cur")
    read.add_flag("S")
    box.add(read)
    box.add(TWO)
    before = sorted(path for path in (tmp_path / "box").rglob("*"))
    source = Maildir(tmp_path / "box")
    found = fresh(source)
    assert sorted(one.name for one in found) == ["乙.eml", "甲.eml"]
    assert {one.via for one in found} == {"maildir"}
    assert not any(":" in one.key for one in found)
    assert sorted(path for path in (tmp_path / "box").rglob("*")) == before
    for key in list(box.keys()):  # another program reads them: flags change, keys do not
        message = box[key]
        message.set_subdir("cur")
        message.add_flag("RS")
        box[key] = message
    assert later(source, found) == []


def test_what_is_no_mailbox(tmp_path: Path) -> None:
    with pytest.raises(MailError, match="不是 Maildir"):
        fresh(Maildir(tmp_path))
    with pytest.raises(MailError, match="无法打开"):
        fresh(EmlFolder(tmp_path / "none"))

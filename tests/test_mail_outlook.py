"""Outlook's .msg: texts in old and new encodings, files, nested messages, damage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.gate import Reason, Refused
from gouji.mail import outlook
from gouji.mail.messages import parse
from gouji.mail.model import Attachment
from gouji.mail.unpack import leaves
from mail_cases import XLSX, word
from mail_msg import Msg, written

NAME = "云澜区科学技术局年报.xlsx"
SUBJECT, BODY, PAGE, HEADERS, ID = 0x0037, 0x1000, 0x1013, 0x007D, 0x1035
ADDRESS, SMTP, SENDER = 0x0C1F, 0x5D01, 0x0C1A
LONG_NAME, SHORT_NAME, DATA, FLAGS = 0x3707, 0x3704, 0x3701, 0x3714
MOMENT = datetime(2025, 1, 20, 0, 30, tzinfo=UTC)
TEXTS = {SUBJECT: "报送年报\0", BODY: "您好：\r\n请查收", SENDER: "镕科", ADDRESS: "/O=EX/CN=A",
         SMTP: "a@b.cn", ID: "<1@b.cn>"}  # fmt: skip
FILE = {LONG_NAME: NAME, SHORT_NAME: "YUNLAN~1.XLS", DATA: XLSX}


@pytest.mark.parametrize(
    ("charset", "numbers"),
    [("", {}), ("gbk", {0x3FFD: 936}), ("gbk", {}), ("utf-8", {0x3FDE: 65001}),
     ("gb18030", {0x3FFD: 54936}), ("gbk", {0x3FFD: 99999})],
)  # fmt: skip
def test_texts_in_their_encodings(charset: str, numbers: dict[int, int]) -> None:
    data = written(Msg(TEXTS, [FILE], numbers, charset, MOMENT))
    assert outlook.is_msg(data)
    message = parse(data)
    assert message.attachments == (Attachment(NAME, XLSX),)
    assert (message.subject, message.text) == ("报送年报", "您好：\n请查收")
    assert (message.sender, message.sender_name) == ("a@b.cn", "镕科")
    assert (message.sent, message.message_id) == (MOMENT, "<1@b.cn>")


def test_the_internet_headers_know_better() -> None:
    headers = f"From: {word('区府办')} <c@d.cn>\r\nMessage-ID: <2@d.cn>\r\n"
    message = parse(written(Msg(TEXTS | {HEADERS: headers})))
    assert (message.sender, message.sender_name) == ("c@d.cn", "区府办")
    assert message.message_id == "<2@d.cn>"


def test_a_page_without_plain_text() -> None:
    page = "<html><meta charset=gb2312><body><p>请查收</p></body></html>"
    for texts in ({PAGE: page}, {PAGE: page.encode("gbk")}):
        assert parse(written(Msg(texts))).text == "请查收"
    assert parse(written(Msg({}))).text == ""


def test_names_and_pictures() -> None:
    short = {SHORT_NAME: "../a.xlsx", DATA: XLSX}
    logo = {LONG_NAME: "logo.PNG", DATA: b"\x89PNG", FLAGS: b"\x04" + bytes(7)}
    link = {LONG_NAME: "only-a-link.xlsx"}
    message = parse(written(Msg(TEXTS, [short, logo, link])))
    assert message.attachments == (
        Attachment("a.xlsx", XLSX), Attachment("logo.PNG", b"\x89PNG", True),
        Attachment("only-a-link.xlsx", b""),
    )  # fmt: skip


def test_an_embedded_message_is_opened_too() -> None:
    inner = Msg(TEXTS | {SUBJECT: "原邮件"}, [FILE], {}, "", MOMENT)
    data = written(Msg({SUBJECT: "转发"}, [inner]))
    (attachment,) = parse(data).attachments
    assert attachment.name == "原邮件.eml"
    assert parse(attachment.data) == parse(written(inner))
    (leaf,) = leaves("转发.msg", data)
    assert (leaf.path, leaf.data) == (("转发.msg", "原邮件.eml", NAME), XLSX)


def reason(data: bytes) -> Reason:
    with pytest.raises(Refused) as raised:
        parse(data)
    return raised.value.reason


def test_too_deep() -> None:
    message = Msg(TEXTS)
    for _ in range(11):
        message = Msg({}, [message])
    assert reason(written(message)) is Reason.DANGEROUS_ARCHIVE


def test_streams_that_share_bytes_are_a_bomb() -> None:
    data = bytearray(written(Msg(TEXTS, [{LONG_NAME: "a", DATA: bytes(100_000)}])))
    wide = f"__substg1.0_{SUBJECT:04X}001F".encode("utf-16-le")
    at = data.index(wide) + 120  # the size in that stream's directory entry
    data[at : at + 4] = (1 << 30).to_bytes(4, "little")
    assert reason(bytes(data)) is Reason.DANGEROUS_ARCHIVE


def test_a_cut_msg_is_damaged() -> None:
    whole = written(Msg(TEXTS, [FILE | {DATA: bytes(range(256)) * 100}]))
    for size in range(1024, len(whole) - 1024, 1024):
        found = list(leaves("a.msg", whole[:size]))
        assert [leaf.path[0] for leaf in found] == ["a.msg"] * len(found)
        if outlook.is_msg(whole[:size]):
            assert reason(whole[:size]) in (Reason.DAMAGED, Reason.DANGEROUS_ARCHIVE)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_altered_bytes_never_break_anything(changes: list[tuple[int, int]]) -> None:
    whole = bytearray(WHOLE)
    for at, byte in changes:
        whole[at % len(whole)] = byte
    assert all(leaf.path[0] == "a.msg" for leaf in leaves("a.msg", bytes(whole)))


WHOLE = written(Msg(TEXTS, [FILE, Msg(TEXTS, [FILE])], {0x3FFD: 936}, "gbk", MOMENT))

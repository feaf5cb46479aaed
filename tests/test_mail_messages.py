"""Messages as they come: encodings, names, parts, and what is broken about them."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gouji.gate import MAX_FILE, Reason, Refused
from gouji.mail import text
from gouji.mail.messages import parse, title_of
from gouji.mail.model import Attachment, Message
from mail_cases import XLSX, letter, mixed, part, raw, tnef, word

UNIT = "云澜区科学技术局"
NAME = f"{UNIT}年报.xlsx"
DISPOSITION = "Content-Disposition: attachment; "


# ---------------------------------------------------------------------- subjects
def cut_words(words: str, charset: str, at: int) -> str:
    """Encoded words cut inside a character."""
    packed = words.encode(charset)
    pieces = [packed[start : start + at] for start in range(0, len(packed), at)]
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(one).decode()}?=" for one in pieces)


SUBJECTS = {
    "utf-8 word": (word("2025年度报告"), "2025年度报告"),
    "gb2312 that is gbk": (word("朱镕基", "gbk", "gb2312"), "朱镕基"),
    "gb18030": (word("㐀䶮镕", "gb18030"), "㐀䶮镕"),
    "big5 declared": (word("年度報告", "big5"), "年度報告"),
    "x-gbk": (word("报告", "gbk", "x-gbk"), "报告"),
    "cut inside characters": (cut_words(f"{UNIT}年度报告", "gbk", 5), f"{UNIT}年度报告"),
    "cut inside characters, utf-8": (cut_words(UNIT, "utf-8", 7), UNIT),
    "quoted-printable": ("=?GB2312?Q?=B1=A8=B8=E6_2025?=", "报告 2025"),
    "no padding": (word("报告1").replace("=?=", "?="), "报告1"),
    "words among plain": (f"Re: {word('报告')} (2)", "Re: 报告 (2)"),
    "two charsets": (f"{word('报', 'gbk')} {word('告')}", "报告"),
    "raw utf-8": ("报送年度报告", "报送年度报告"),
    "raw gbk": ("报送年度报告".encode("gbk"), "报送年度报告"),
    "raw gbk, uncommon": ("朱镕基的报告".encode("gbk"), "朱镕基的报告"),
    "raw big5": ("政府資訊公開年度報告".encode("big5"), "政府資訊公開年度報告"),
    "latin said, gbk meant": (word("年度报告", "gbk", "iso-8859-1"), "年度报告"),
    "really latin": (word("café crème", "latin-1", "iso-8859-1"), "café crème"),
    "unknown charset": (word("报告", "gbk", "x-none-such"), "报告"),
    "a codec that is no charset": ("=?zlib?B?YWJj?=", "abc"),
    "unreadable word": ("=?utf-8?B?A?= 报告", "=?utf-8?B?A?= 报告"),
    "folded": ("报\r\n 告", "报 告"),
    "control and direction marks": (word("报\u202exslx\x00\r\n告"), "报xslx 告"),
    "hz": (word("年报", "hz", "hz-gb-2312"), "年报"),
    "empty": ("", ""),
}


@pytest.mark.parametrize("case", SUBJECTS)
def test_subjects(case: str) -> None:
    told, meant = SUBJECTS[case]
    line = b"Subject: " + (told if isinstance(told, bytes) else told.encode())
    assert parse(raw(b"From: a@b.cn", line)).subject == meant
    assert title_of(raw(line)) == meant


SENDERS = {
    "plain": ("a@b.cn", ("a@b.cn", "")),
    "named": (f'"{UNIT}" <a@b.cn>', ("a@b.cn", UNIT)),
    "encoded": (f"{word(UNIT, 'gbk', 'gb2312')} <a@b.cn>", ("a@b.cn", UNIT)),
    "encoded in quotes": (f'"{word(UNIT)}" <a@b.cn>', ("a@b.cn", UNIT)),
    "all encoded": (word(f'"{UNIT}" <a@b.cn>'), ("a@b.cn", UNIT)),
    "raw gbk with a backslash in it": ("乗 <a@b.cn>".encode("gbk"), ("a@b.cn", "乗")),
    "a name that pretends": ('"boss@x.cn" <a@b.cn>', ("a@b.cn", "boss@x.cn")),
    "an encoded name that pretends": (f"{word('<boss@x.cn>')} <a@b.cn>", ("a@b.cn", "<boss@x.cn>")),
    "a comma not quoted": ("区府办, 张三 <a@b.cn>", ("a@b.cn", "区府办, 张三")),
    "nobody": ("区府办", ("", "区府办")),
    "missing": ("", ("", "")),
}


@pytest.mark.parametrize("case", SENDERS)
def test_senders(case: str) -> None:
    told, meant = SENDERS[case]
    line = b"From: " + (told if isinstance(told, bytes) else told.encode())
    message = parse(raw(line, "Subject: x"))
    assert (message.sender, message.sender_name) == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("Mon, 20 Jan 2025 08:30:00 +0800",
         datetime(2025, 1, 20, 8, 30, tzinfo=timezone(timedelta(hours=8)))),
        ("20 Jan 2025 08:30:00 -0000", datetime(2025, 1, 20, 8, 30, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Mon, 20 Jan 2125 08:30:00 +0000", datetime(2125, 1, 20, 8, 30, tzinfo=UTC)),
        ("2025年1月20日", None), ("", None), ("Mon, 99 Foo 2025 08:30:00", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None), ("1 Jan 2025 00:00:00 +9999999999", None),
    ],
)  # fmt: skip
def test_dates(told: str, meant: datetime | None) -> None:
    assert parse(raw(f"Date: {told}", "Subject: x")).sent == meant


# ---------------------------------------------------------------------- names of attachments
def named(*headers: str | bytes) -> str:
    message = parse(raw("Subject: x")[:-2] + mixed(part(*headers)))
    (attachment,) = message.attachments
    assert attachment.data == XLSX
    return attachment.name


QUOTED = "'".join(["utf-8", "", ""])
GBK = "".join(f"%{byte:02X}" for byte in NAME.encode("gbk"))
UTF = "".join(f"%{byte:02X}" for byte in NAME.encode())
NAMES = {
    "RFC 2231": f"{DISPOSITION}filename*=utf-8''{UTF}",
    "RFC 2231, gbk called gb2312": f"{DISPOSITION}filename*=gb2312''{GBK}",
    "RFC 2231 in pieces": f"{DISPOSITION}filename*0*=utf-8''{UTF[:48]};\r\n filename*1*={UTF[48:]}",
    "encoded word": f'{DISPOSITION}filename="{word(NAME, "gbk", "gb2312")}"',
    "encoded word, not quoted": f"{DISPOSITION}filename={word(NAME)}",
    "encoded words, folded": f'{DISPOSITION}filename="{cut_words(NAME, "gbk", 11)}"',
    "raw utf-8": f'{DISPOSITION}filename="{NAME}"',
    "raw gbk": f'{DISPOSITION}filename="{NAME}"'.encode("gbk"),
    "percent without a star": f'{DISPOSITION}filename="{UTF}"',
    "plain fallback beside": f"{DISPOSITION}filename=\"x.xlsx\"; filename*=utf-8''{UTF}",
    "name of the type": f'Content-Type: application/x; name="{word(NAME)}"',
    "a Windows path": f'{DISPOSITION}filename="C:\\\\报送\\\\{NAME}"',
    "a Windows path, not escaped": f'{DISPOSITION}filename="C:\\报送\\{NAME}"',
    "climbing": f'{DISPOSITION}filename="../../etc/{NAME}"',
    "decomposed": f'{DISPOSITION}filename="{NAME}"',
    "right to left": f'{DISPOSITION}filename="\u202e{NAME}\u200b"',
}


@pytest.mark.parametrize("case", NAMES)
def test_names_of_attachments(case: str) -> None:
    assert named(NAMES[case]) == NAME


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        (f"{DISPOSITION}filename=100%.xlsx", "100%.xlsx"),
        (f"{DISPOSITION}filename=..", ""),
        ("Content-Disposition: attachment", ""),
        (f"{DISPOSITION}filename*9999999999999=a; filename*=b; filename*0=c", ""),
        (f"{DISPOSITION}filename*{'9' * 5000}*=a", ""),
        (f'{DISPOSITION}filename="CON.xlsx"', "CON.xlsx"),
    ],
)
def test_odd_names(header: str, meant: str) -> None:
    assert named(header) == meant


def test_a_long_name_keeps_its_ending() -> None:
    name = named(f'{DISPOSITION}filename="{"长" * 300}.xlsx"')
    assert len(name) == text.LONGEST_NAME and name.endswith("长.xlsx")


# ---------------------------------------------------------------------- bodies
PAGE = (
    "<html><head><title>t</title><style>p{}</style></head><body><p>您好：</p>"
    "<table><tr><td>甲</td><td>1</td></tr></table><script>alert(1)</script>请 <b>查</b>收</body>"
)


def test_bodies_in_their_encodings() -> None:
    said = "您好，年报已报送。"
    for charset, cte, data in (
        ("gb2312", "8bit", said.encode("gbk")),
        ("gbk", "base64", base64.encodebytes(said.encode("gbk"))),
        ("utf-8", "quoted-printable", binascii.b2a_qp(said.encode())),
        ("", "8bit", said.encode("gb18030")),
        ("us-ascii", "7bit", said.encode()),
        ("utf-8", "x-uuencode", b"begin 644 a\n" + binascii.b2a_uu(said.encode()) + b"`\nend\n"),
        ("utf-8", "base64", base64.encodebytes(said.encode()).rstrip(b"=\n") + b"\r\n-- \r\n"),
    ):
        kind = f"Content-Type: text/plain; charset={charset}" if charset else "X-A: b"
        message = parse(raw(kind, f"Content-Transfer-Encoding: {cte}", body=data))
        assert message.text.startswith(said.rstrip("。")), (charset, cte)


def test_a_page_counts_only_without_plain_text() -> None:
    plain = raw("Content-Type: text/plain; charset=utf-8", body="纯文本".encode())
    page = raw("Content-Type: text/html; charset=gb2312", body=PAGE.encode("gbk"))
    assert parse(raw("A: b")[:-2] + mixed(plain, page, kind="alternative")).text == "纯文本"
    alone = parse(raw("A: b")[:-2] + mixed(page))
    assert alone.text == "您好：\n甲\t1\n请 查收"
    assert not alone.attachments


def test_pictures_in_the_text_are_inline() -> None:
    page = raw("Content-Type: text/html", body=b'<img src="cid:1"><p>x')
    logo = part('Content-Type: image/png; name="logo.png"', "Content-ID: <1>", data=b"\x89PNG")
    sent = part("Content-Type: image/png", f"{DISPOSITION}filename=scan.png", data=b"\x89PNG2")
    inner = mixed(page, logo, kind="related", boundary="b2")
    message = parse(b"Subject: x\r\n" + mixed(inner, sent))
    assert [(one.name, one.inline) for one in message.attachments] == [
        ("logo.png", True), ("scan.png", False)]  # fmt: skip


def test_a_file_is_a_file_whatever_its_type() -> None:
    """A report in HTML, attached; and Apple's way of attaching, inline with a name."""
    page = part("Content-Type: text/html", f"{DISPOSITION}filename=a.html", data=PAGE.encode())
    apple = part("Content-Type: application/x", "Content-Disposition: inline; filename=b.xlsx")
    message = parse(b"Subject: x\r\n" + mixed(page, apple))
    assert [(one.name, one.inline) for one in message.attachments] == [
        ("a.html", False), ("b.xlsx", False)]  # fmt: skip
    assert message.text == ""


def test_a_forwarded_message_is_an_attachment() -> None:
    inner = letter(Attachment(NAME, XLSX), subject="原/邮件")
    forwarded = raw("Content-Type: message/rfc822", body=inner)
    (attachment,) = parse(b"Subject: Fw\r\n" + mixed(forwarded)).attachments
    assert attachment.name == "原_邮件.eml"
    assert parse(attachment.data) == parse(inner)


def test_bounces_and_signatures_are_no_files() -> None:
    status = raw("Content-Type: message/delivery-status", body=b"Status: 5.1.1")
    signature = part('Content-Type: application/pkcs7-signature; name="smime.p7s"')
    message = parse(b"Subject: x\r\n" + mixed(raw("A: b", body=b"hi"), status, signature))
    assert [one.inline for one in message.attachments] == [True, True]
    assert message.text == "hi"


# ---------------------------------------------------------------------- broken and hostile
def test_damage_loses_as_little_as_can_be() -> None:
    whole = letter(Attachment(NAME, XLSX * 50))
    edge = whole.index(b'boundary="') + 10
    for damaged in (
        b"\xef\xbb\xbf" + whole,
        b"\r\n\n" + whole,
        b"From a@b Mon Jan 20 2025\n" + whole,
        whole.replace(b"MIME-Version", b"a line that is no header\r\nMIME-Version"),
        whole.replace(b"\r\n", b"\n"),
        whole[: whole.rindex(b"--=_")],  # the last boundary is missing
        whole[:edge] + b"lost" + whole[edge + 4 :],  # the declared boundary is another
    ):
        message = parse(damaged)
        assert message.subject == "报送年报"
        assert [(one.name, one.data) for one in message.attachments] == [(NAME, XLSX * 50)]


def test_a_multipart_without_boundaries_is_text() -> None:
    assert parse(raw("Content-Type: multipart/mixed", body=b"hello")).text == "hello"


def test_winmail_is_unpacked() -> None:
    for packed in (tnef({NAME: XLSX}), tnef({NAME: XLSX}, long_names=True)):
        sent = part("Content-Type: application/ms-tnef; name=winmail.dat", data=packed)
        (attachment,) = parse(b"Subject: x\r\n" + mixed(sent)).attachments
        assert attachment == Attachment(NAME, XLSX)


@pytest.mark.parametrize(("packed", "inline"), [(tnef({}), True), (tnef({NAME: XLSX})[:-5], False)])
def test_a_winmail_without_files_is_told_from_a_damaged_one(packed: bytes, inline: bool) -> None:
    sent = part("Content-Type: application/ms-tnef; name=winmail.dat", data=packed)
    message = parse(b"Subject: x\r\n" + mixed(sent))
    assert message.attachments == (Attachment("winmail.dat", packed, inline),)


def refused(data: bytes) -> Refused:
    with pytest.raises(Refused) as raised:
        parse(data)
    return raised.value


def test_bounds() -> None:
    nested = raw("A: b", body=b"x")
    for level in range(12):
        nested = mixed(nested, boundary=f"n{level}")
    assert refused(b"Subject: x\r\n" + nested).reason is Reason.DANGEROUS_ARCHIVE
    assert "10 层" in refused(b"Subject: x\r\n" + nested).message
    many = refused(b"Subject: x\r\n" + mixed(*[raw("A: b")] * 501))
    assert many.reason is Reason.DANGEROUS_ARCHIVE and "500" in many.message
    assert refused(bytes(MAX_FILE + 1)).reason is Reason.TOO_LARGE


def test_headers_without_end_are_read_quickly() -> None:
    parse(b"A: " + b'";' * 4_000_000)
    parse(b"Content-Type: multipart/mixed; " + b'a="b;' * 100_000)
    assert parse(b"a:b\r\n" * 1_000_000).attachments == ()
    for deep in (b"(" * 8_000, b"a:" * 4_000, b"<" * 8_000):
        parse(b"From: " + deep)


WORDS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40)
LINES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([
        b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--", b"", b"Subject: =?gbk?B?",
        b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64", b"From: <@,",
        b"Content-Disposition: attachment; filename*0*=utf-8''%E6; filename*1=\"", b" folded",
        b"Content-Transfer-Encoding: x-uuencode", b"begin 644 x", b"Date: 1 Jan 1 +99", b"YWJj=",
        b"Content-Type: text/html; charset=idna", b"<p><!--", b"x\x9f\x3e\x22\x01\0\x02",
    ]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.lists(LINES, max_size=30).map(b"\r\n".join)))
@example(b"From: \xff\xfe")
@example(b"Content-Type: text/html\r\n\r\n<")
def test_any_bytes_are_a_message(data: bytes) -> None:
    message = parse(data)
    assert isinstance(message, Message)
    told = [
        message.subject,
        message.sender_name,
        message.text,
        *[a.name for a in message.attachments],
    ]
    "".join(told).encode("utf-8")  # no half characters
    assert not any("\n" in one or "/" in one for one in told[3:])

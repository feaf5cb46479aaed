"""Drafts: the same bytes for the same content, names every program reads, nothing let in."""

from __future__ import annotations

import email
from email.header import decode_header, make_header
from email.policy import compat32, default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.mail.addresses import addresses
from gouji.mail.drafts import draft
from gouji.mail.messages import parse
from gouji.mail.model import Attachment
from gouji.mail.settings import MailError
from gouji.mail.text import line, name_of_path

NAME = "云澜区科学技术局（本级）_2025.xlsx"
TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=80)
NAMES = st.one_of(TEXT, st.text(alphabet="报告 a.%=*'\"\\;_é𠮷", max_size=250))


def made(**changes: object) -> bytes:
    content = {"to": ["a@b.cn"], "subject": "退回", "body": "您好", "attachments": []} | changes
    return draft(**content)  # type: ignore[arg-type]


def test_the_same_content_gives_the_same_bytes() -> None:
    files = [Attachment(NAME, b"x")]
    assert made(attachments=files) == made(attachments=files)
    assert made(attachments=files) != made(attachments=[Attachment(NAME, b"y")])
    raw = made(attachments=files)
    raw.decode("ascii")
    assert b"\nDate:" not in raw and b"Message-ID" not in raw
    assert raw.startswith(b"X-Unsent: 1\r\n") and raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


AWKWARD = [NAME, "plain.xlsx", 'quo"te\\.xlsx', "长" * 195 + ".xlsx", "100%25.pdf", "㐀𠮷.xlsx"]


@pytest.mark.parametrize("name", AWKWARD)
def test_names_stand_in_both_ways(name: str) -> None:
    """RFC 2231 for newer programs, encoded words in the type for Outlook and Foxmail."""
    raw = made(attachments=[Attachment(name, b"data")])
    shown = name_of_path(name)
    (part,) = email.message_from_bytes(raw, policy=default).iter_attachments()  # type: ignore
    assert part.get_filename() == shown and part.get_content() == b"data"
    old = email.message_from_bytes(raw, policy=compat32).get_payload()[1]  # type: ignore
    assert str(make_header(decode_header(old.get_param("name")))) == shown
    assert [one.name for one in parse(raw).attachments] == [shown]


def test_other_programs_read_what_is_written() -> None:
    raw = made(
        to=["a@b.cn", "c@d.cn"], sender="me@x.cn", reply_to="office@x.cn", subject="长" * 100,
        body="第一行\n第二行", in_reply_to="<1.2@b.cn>",
    )  # fmt: skip
    read = email.message_from_bytes(raw, policy=default)
    assert [one.addr_spec for one in read["To"].addresses] == ["a@b.cn", "c@d.cn"]
    assert (read["From"], read["Reply-To"]) == ("me@x.cn", "office@x.cn")
    assert (read["In-Reply-To"], read["References"]) == ("<1.2@b.cn>", "<1.2@b.cn>")
    assert read["Subject"] == "长" * 100
    assert read.get_body().get_content().splitlines() == ["第一行", "第二行"]  # type: ignore


def test_nothing_gets_into_the_headers() -> None:
    evil = "x\r\nBcc: spy@x.cn\r\n\r\nbody"
    raw = made(subject=evil, body=evil, in_reply_to=f"<{evil}@b.cn>",
               attachments=[Attachment(evil, b""), Attachment(f"a{evil}.xlsx", b"")])  # fmt: skip
    read = email.message_from_bytes(raw, policy=default)
    assert read["Bcc"] is None and read["In-Reply-To"] is None
    assert read["Subject"] == "x Bcc: spy@x.cn body"
    assert set(read.keys()) == {"X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"}
    for place in ("to", "sender", "reply_to"):
        for address in ("a@b.cn\r\nBcc: c@d.cn", "a@b", "张三@b.cn", "<a@b.cn>", "a@b.cn,c@d.cn"):
            with pytest.raises(MailError, match="不是有效的邮箱地址"):
                made(**{place: [address] if place == "to" else address})


@pytest.mark.parametrize(
    ("text", "found"),
    [("a@b.cn；c.d+e@f-g.gov.cn", ["a@b.cn", "c.d+e@f-g.gov.cn"]), ("a..b@c.cn", []),
     ("a@-b.cn", []), ("a@b..cn", []), ("x" * 250 + "@b.cn", []), ("a@b.cn、无", ["a@b.cn"])],
)  # fmt: skip
def test_addresses(text: str, found: list[str]) -> None:
    assert addresses(text) == found


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, st.lists(st.tuples(NAMES, st.binary(max_size=60)), max_size=4))
def test_what_is_written_is_read_back(
    subject: str, body: str, files: list[tuple[str, bytes]]
) -> None:
    raw = made(subject=subject, body=body, attachments=[Attachment(*file) for file in files])
    message = parse(raw)
    assert message.subject == line(subject)
    read = [(one.name, one.data) for one in message.attachments]
    assert read == [(name_of_path(name), data) for name, data in files]
    assert not any(one.inline for one in message.attachments)

"""A mailbox read from a real Dovecot: everything once, nothing changed, whatever the line does."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from imap_tools.imap_utf7 import utf7_encode

from gouji import gate
from gouji.mail import imap, imap_session
from gouji.mail.imap import ImapMailbox
from gouji.mail.model import Attachment, Parcel
from gouji.mail.settings import MailboxSettings, MailError
from gouji.mail.unpack import leaves
from mail_cases import letter
from mail_server import HOST, PASSWORD, USER, Dovecot, Scripted, bad_line, certificate


def settings(server: Dovecot | Scripted, **others: object) -> MailboxSettings:
    return replace(MailboxSettings(HOST, USER, port=server.port), **others)  # type: ignore[arg-type]


def fetched(settings: MailboxSettings, known: Callable[[str], bool] = lambda key: False,
            tries: int = 3) -> list[Parcel]:  # fmt: skip
    mailbox = ImapMailbox(settings, tries=tries, timeout=20, wait=lambda seconds: None)
    return list(mailbox.new(known))


def mail(number: int, size: int = 100) -> bytes:
    return letter(Attachment("表.xlsx", b"%d " % number + bytes(size)), subject=f"第{number}封")


def refusal(settings: MailboxSettings) -> str:
    with pytest.raises(MailError) as raised:
        fetched(settings)
    assert "\n" not in str(raised.value) and PASSWORD not in str(raised.value)
    return str(raised.value)


# ---------------------------------------------------------------------- fetching
def test_messages_come_whole_and_once(dovecot: Dovecot) -> None:
    for number in (1, 2):
        dovecot.put(mail(number), f"{number}.a")
    first, second = fetched(settings(dovecot))
    assert [first.data, second.data] == [mail(1), mail(2)]
    assert (first.via, first.name) == ("imap", "第1封.eml")
    assert first.source == f"{USER}@{HOST}/INBOX"
    assert first.received is not None and first.received.tzinfo is not None
    validity, uid = first.key.split("/")
    assert validity.isdigit() and uid == "1"
    known = {first.key, second.key}
    assert fetched(settings(dovecot), known.__contains__) == []
    dovecot.put(mail(3), "3.a")
    assert [parcel.data for parcel in fetched(settings(dovecot), known.__contains__)] == [mail(3)]
    # One that was left behind is fetched, however many came after it.
    assert [parcel.key for parcel in fetched(settings(dovecot), {second.key}.__contains__)] == [
        first.key, f"{validity}/3"]  # fmt: skip
    (leaf,) = leaves(first.name, first.data, is_mail=True)
    assert leaf.path == ("第1封.eml", "表.xlsx")


def test_nothing_is_changed_on_the_server(dovecot: Dovecot) -> None:
    for number in range(3):
        dovecot.put(mail(number), f"{number}.a")
    before = dovecot.names()
    assert len(fetched(settings(dovecot))) == 3
    assert dovecot.names() == before
    assert not [name for name in before if ":2," in name]


def test_many_messages_are_asked_for_in_turns(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "_WINDOW", 2)
    monkeypatch.setattr(imap, "_AT_ONCE", 2)
    for number in range(5):
        dovecot.put(mail(number), f"{number}.a")
    assert sorted(parcel.data for parcel in fetched(settings(dovecot))) == sorted(
        map(mail, range(5))
    )


def test_an_empty_mailbox(dovecot: Dovecot) -> None:
    assert fetched(settings(dovecot)) == []


def test_a_folder_with_a_chinese_name(dovecot: Dovecot) -> None:
    name = "年报 & 报送"
    dovecot.put(mail(1), "1.a", f".{utf7_encode(name).decode()}")
    assert [parcel.data for parcel in fetched(settings(dovecot, folder=name))] == [mail(1)]
    why = refusal(settings(dovecot, folder="年度报告"))
    assert "年度报告" in why and name in why and "INBOX" in why


def test_only_what_arrived_since_a_day(dovecot: Dovecot) -> None:
    for number, moment in ((1, 1704067200), (2, 1737340200)):  # 2024-01-01, 2025-01-20
        dovecot.put(mail(number), f"{number}.a", moment=moment)
    parcels = fetched(settings(dovecot, since=date(2025, 1, 1)))
    assert [parcel.data for parcel in parcels] == [mail(2)]
    assert parcels[0].received is not None and parcels[0].received.timestamp() == 1737340200


def test_a_mailbox_made_anew_has_new_keys(dovecot: Dovecot) -> None:
    dovecot.put(mail(1), "1.a")
    (old,) = fetched(settings(dovecot))
    dovecot.clear()
    dovecot.put(mail(1), "1.a")
    (new,) = fetched(settings(dovecot), {old.key}.__contains__)
    assert new.data == old.data and new.key != old.key


def test_a_message_above_the_limit_is_named_only(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MAX_FILE", 1 << 20)
    dovecot.put(mail(1, 2 << 20), "1.a")
    dovecot.put(mail(2), "2.a")
    large, small = fetched(settings(dovecot))
    assert large.data == b"" and "第1封.eml" in large.name and "1 MB" in large.name
    assert small.data == mail(2)


# ---------------------------------------------------------------------- bad lines
def test_a_broken_connection_is_taken_up_where_it_was(dovecot: Dovecot) -> None:
    for number in range(6):
        dovecot.put(mail(number, 40_000), f"{number}.a")
    with bad_line(dovecot.port, lambda n: 130_000 if n < 4 else 1 << 30) as line:
        waits: list[float] = []
        mailbox = ImapMailbox(replace(settings(dovecot), port=line.port), wait=waits.append)
        parcels = list(mailbox.new(lambda key: False))
    assert sorted(parcel.data for parcel in parcels) == sorted(mail(n, 40_000) for n in range(6))
    assert line.connections > 2 and len(waits) == line.connections - 1


def test_what_was_brought_before_giving_up_stands(dovecot: Dovecot) -> None:
    dovecot.put(mail(1), "1.a")
    dovecot.put(mail(2, 300_000), "2.a")
    with bad_line(dovecot.port, lambda n: 100_000) as line:
        waits: list[float] = []
        mailbox = ImapMailbox(replace(settings(dovecot), port=line.port), tries=3,
                              wait=waits.append)  # fmt: skip
        got: list[Parcel] = []
        with pytest.raises(MailError, match="3 次都没有成功（连接中断），本次已取 1 封"):
            got.extend(mailbox.new(lambda key: False))
    assert [parcel.data for parcel in got] == [mail(1)]
    assert waits == [1.0, 2.0]


def test_nobody_there(dovecot: Dovecot) -> None:
    with bad_line(dovecot.port, lambda n: 0) as line:
        port = line.port
    assert "端口没有开放" in refusal(replace(settings(dovecot), port=port))
    missing = replace(settings(dovecot), host="no-such-host.invalid")
    assert "找不到这个服务器" in refusal(missing)


# ---------------------------------------------------------------------- who may
def test_a_wrong_password_is_told_at_once(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("wrong", "错误的密码", 'quo"ted\\'):
        monkeypatch.setenv("GOUJI_MAIL_PASSWORD", wrong)
        why = refusal(settings(dovecot))
        assert USER in why and "授权码" in why and "AUTHENTICATIONFAILED" in why


def test_a_wrong_certificate_ends_it(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(settings(dovecot), host="127.0.0.1")  # the certificate is for the name
    assert "证书不可信" in refusal(other) and "GOUJI_MAIL_CA" in refusal(other)
    monkeypatch.delenv("GOUJI_MAIL_CA")
    assert "证书不可信（self" in refusal(settings(dovecot))
    monkeypatch.setenv("GOUJI_MAIL_CA", "/nowhere/ca.pem")
    assert "/nowhere/ca.pem" in refusal(settings(dovecot))


# ---------------------------------------------------------------------- servers with a mind
@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def scripted(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Scripted]]:
    monkeypatch.setenv("GOUJI_MAIL_CA", str(files[0]))
    monkeypatch.setenv("GOUJI_MAIL_TOKEN", "t0ken")
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", PASSWORD)
    servers: list[Scripted] = []

    def start(**answers: bytes | list[bytes]) -> Scripted:
        """Answers by the command's word, ``data`` for a line of data; one of several each time.

        ``tag`` in an answer stands for the command's tag.
        """
        told = {"tag": "", **USUAL, **answers}

        def answer(line: str) -> bytes:
            tag, _, rest = line.partition(" ")
            words = rest.removeprefix("UID ").split(" ")
            told["tag"] = tag if rest else told["tag"]
            found = told.get(words[0] or "data", b"tag OK done\r\n")
            said = found.pop(0) if isinstance(found, list) else found
            return said.replace(b"tag", told["tag"].encode())

        servers.append(Scripted(files, b"* OK ready\r\n", answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


USUAL = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 ID\r\ntag OK done\r\n",
    "LOGOUT": b"* BYE\r\ntag OK done\r\n",
    "EXAMINE": b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\ntag OK [READ-ONLY] done\r\n",
    "SEARCH": b"* SEARCH 5 9\r\ntag OK done\r\n",
}


def test_the_servers_that_want_to_know_who_asks_are_told(scripted: Callable[..., Scripted]) -> None:
    server = scripted(EXAMINE=b"* 0 EXISTS\r\ntag OK done\r\n")
    assert fetched(settings(server)) == []
    commands = [line.split(" ")[1] for line in server.heard]
    assert commands == ["CAPABILITY", "LOGIN", "ID", "EXAMINE", "LOGOUT"]
    for refused in (b"tag BAD what\r\n", b"tag NO not here\r\n"):
        server = scripted(ID=refused, EXAMINE=b"* 0 EXISTS\r\ntag OK done\r\n")
        assert fetched(settings(server)) == []


def test_a_folder_refused_for_safety_shows_the_servers_words(
    scripted: Callable[..., Scripted],
) -> None:
    server = scripted(EXAMINE=b"tag NO Unsafe Login. Please contact kefu@188.com\r\n",
                      LIST=b'* LIST () "/" "INBOX"\r\ntag OK done\r\n')  # fmt: skip
    assert "Unsafe Login" in refusal(settings(server))


def test_a_token_instead_of_a_password(scripted: Callable[..., Scripted]) -> None:
    server = scripted(AUTHENTICATE=b"+ \r\n", EXAMINE=b"* 0 EXISTS\r\ntag OK done\r\n")
    assert fetched(settings(server, auth="oauth")) == []
    assert server.heard[1].endswith("AUTHENTICATE XOAUTH2")
    assert base64.b64decode(server.heard[2]) == f"user={USER}\1auth=Bearer t0ken\1\1".encode()
    expired = [b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n", b"tag NO AUTHENTICATE failed\r\n"]
    server = scripted(AUTHENTICATE=b"+ \r\n", data=expired)
    assert "访问令牌可能已过期" in refusal(settings(server, auth="oauth"))
    assert server.heard[3] == ""


def test_a_message_the_server_does_not_hand_out_is_named(
    scripted: Callable[..., Scripted],
) -> None:
    facts = b"* 1 FETCH (UID 5 RFC822.SIZE 3)\r\ntag OK done\r\n"
    head = b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (SUBJECT)] {12}\r\nSubject: x\r\n)\r\ntag OK .\r\n"
    gone = b"tag OK done\r\n"
    server = scripted(FETCH=[facts, b"tag NO disk error\r\n", head, gone])
    (parcel,) = fetched(settings(server))
    assert parcel.data == b"" and parcel.name == "x.eml（没有取下：disk error）"


def test_flags_of_others_between_the_lines_are_passed_over(
    scripted: Callable[..., Scripted],
) -> None:
    literal = (b"* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 9 BODY[] {3}\r\na:b)\r\n"
               b"tag OK done\r\n")  # fmt: skip
    server = scripted(FETCH=literal, SEARCH=b"* SEARCH 9\r\ntag OK done\r\n")
    (parcel,) = fetched(settings(server))
    assert (parcel.key, parcel.data, parcel.name) == ("7/9", b"a:b", "9.eml")


def test_a_size_without_end_is_not_read(scripted: Callable[..., Scripted]) -> None:
    server = scripted(FETCH=b"* 1 FETCH (UID 5 BODY[] {99999999999}\r\n")
    assert "连接中断" in refusal(settings(server))

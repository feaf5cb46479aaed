"""Drafts go out once, to real servers over TLS, after they were confirmed."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.handlers import Sink as Plain
from aiosmtpd.smtp import SMTP

from gouji.mail.drafts import draft
from gouji.mail.model import Attachment
from gouji.mail.outgoing import Outgoing
from gouji.mail.sending import Sent, State, send
from gouji.mail.settings import MailError, SmtpSettings
from mail_server import HOST, PASSWORD, USER, certificate
from mail_sink import TOKEN, Served, Sink

#: The sink that is encrypted from its first byte does not know that it is.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
SENDER = "qufuban@example.gov.cn"
FILE = Attachment("甲镇_2025.xlsx", bytes(range(256)) * 300)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def trusted(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_MAIL_CA", str(files[0]))
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", PASSWORD)


@pytest.fixture(params=["tls", "starttls"])
def both(files: tuple[Path, Path], request: pytest.FixtureRequest) -> Iterator[Sink]:
    server = Sink(files, starttls=request.param == "starttls")
    server.security = request.param  # type: ignore[attr-defined]
    yield server
    server.close()


@pytest.fixture
def sink(files: tuple[Path, Path]) -> Iterator[Sink]:
    server = Sink(files)
    yield server
    server.close()


@pytest.fixture
def drafts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.eml" for name in ("甲", "乙", "丙")]
    for number, path in enumerate(paths):
        body = f"您好：\n.点开头的行\n{'.' * number}\n"
        path.write_bytes(draft([f"u{number}@x.cn"], f"退回第{number}封", body, [FILE], SENDER))
    return paths


class Journal:
    """What a caller keeps: what was sent, by key."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.shown: list[tuple[Outgoing, ...]] = []
        self.answer: object = True

    def confirm(self, listed: tuple[Outgoing, ...]) -> bool:
        self.shown.append(listed)
        return self.answer  # type: ignore[return-value]

    def done(self, sent: Sent) -> None:
        self.sent[sent.outgoing.key] = sent


def settings(sink: Sink) -> SmtpSettings:
    return SmtpSettings(HOST, USER, SENDER, sink.port, security=getattr(sink, "security", "tls"))


def run(sink: Sink, drafts: Sequence[Path], journal: Journal, dry_run: bool = False) -> list[State]:
    results = send(
        drafts, settings(sink), confirm=journal.confirm, already=journal.sent.__contains__,
        done=journal.done, dry_run=dry_run, timeout=20,
    )  # fmt: skip
    assert [result.outgoing.draft for result in results] == list(drafts)
    journal.results = results  # type: ignore[attr-defined]
    return [result.state for result in results]


def told(journal: Journal) -> list[str]:
    return [result.message for result in journal.results]  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- what arrives
def test_the_draft_arrives_as_it_was_written(both: Sink, drafts: list[Path]) -> None:
    journal = Journal()
    assert run(both, drafts, journal) == [State.SENT] * 3
    for number, (path, got) in enumerate(zip(drafts, both.got, strict=True)):
        added, rest = [], got
        for name in (b"Date", b"Message-ID"):
            line, _, rest = rest.partition(b"\r\n")
            added.append(line)
            assert line.startswith(name + b": ")
        assert rest == path.read_bytes().replace(b"X-Unsent: 1\r\n", b"")
        assert both.to[number] == [f"u{number}@x.cn"]
        read = email.message_from_bytes(got, policy=default)
        assert read["Message-ID"].endswith("@example.gov.cn>") and read["Date"].datetime
    ids = {sent.message_id for sent in journal.sent.values()}
    assert len(ids) == 3


def test_the_list_is_shown_before_anything_goes_out(sink: Sink, drafts: list[Path]) -> None:
    journal = Journal()
    for answer in (False, None, "yes", 1):
        journal.answer = answer
        assert run(sink, drafts, journal) == [State.DECLINED] * 3
    assert not sink.got and not sink.commands
    (first, *_) = journal.shown[0]
    assert (first.to, first.subject) == (("u0@x.cn",), "退回第0封")
    assert first.attachments == ("甲镇_2025.xlsx",)
    assert first.size == drafts[0].stat().st_size


def test_a_dry_run_tries_the_login_alone(
    sink: Sink, drafts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal()
    assert run(sink, drafts, journal, dry_run=True) == [State.LISTED] * 3
    assert sink.commands == ["NOOP"] and not sink.got and not journal.shown and not journal.sent
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", "wrong")
    with pytest.raises(MailError, match=r"授权码.*535"):
        run(sink, drafts, journal, dry_run=True)


# ---------------------------------------------------------------------- once
def test_what_was_sent_is_not_sent_again(sink: Sink, drafts: list[Path]) -> None:
    journal = Journal()
    run(sink, drafts[:2], journal)
    assert run(sink, drafts, journal) == [State.ALREADY, State.ALREADY, State.SENT]
    assert [one.draft for one in journal.shown[-1]] == [drafts[2]]
    assert len(sink.got) == 3


def test_the_same_draft_twice_is_one_message(sink: Sink, drafts: list[Path]) -> None:
    copy = drafts[0].with_name("又.eml")
    copy.write_bytes(drafts[0].read_bytes())
    assert run(sink, [drafts[0], copy], Journal()) == [State.SENT, State.ALREADY]


def test_a_run_that_was_broken_off_is_taken_up(sink: Sink, drafts: list[Path]) -> None:
    journal = Journal()

    def killed(sent: Sent) -> None:
        journal.sent[sent.outgoing.key] = sent
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(drafts, settings(sink), confirm=journal.confirm, already=lambda key: False,
             done=killed)  # fmt: skip
    assert run(sink, drafts, journal) == [State.ALREADY, State.SENT, State.SENT]
    assert len(sink.got) == 3


def breaks_once(step: str) -> Callable[[str], bool]:
    left = [step]
    return lambda now: now in left and not left.remove(now)  # type: ignore[func-returns-value]


def test_broken_before_the_end_is_tried_again(sink: Sink, drafts: list[Path]) -> None:
    sink.breaks = breaks_once("MAIL")
    assert run(sink, drafts, Journal()) == [State.SENT] * 3
    assert len(sink.got) == 3


def test_broken_at_the_very_end_is_left_to_a_person(sink: Sink, drafts: list[Path]) -> None:
    sink.breaks = breaks_once("DATA")
    journal = Journal()
    assert run(sink, drafts, journal) == [State.UNCERTAIN, State.SENT, State.SENT]
    assert "不能确定是否发出" in told(journal)[0]
    assert run(sink, drafts, journal) == [State.ALREADY] * 3
    assert len(sink.got) == 3


# ---------------------------------------------------------------------- one by one
def test_a_recipient_who_is_refused_holds_up_nobody_else(sink: Sink, drafts: list[Path]) -> None:
    sink.unknown = {"u1@x.cn"}
    journal = Journal()
    assert run(sink, drafts, journal) == [State.SENT, State.FAILED, State.SENT]
    assert "u1@x.cn" in told(journal)[1] and "no such user" in told(journal)[1]
    assert len(sink.got) == 2 and len(journal.sent) == 2


def test_a_message_the_server_refuses(sink: Sink, drafts: list[Path]) -> None:
    sink.refusal = "552 too much mail"
    journal = Journal()
    assert run(sink, drafts, journal) == [State.FAILED] * 3
    assert "552 too much mail" in told(journal)[0] and not journal.sent


def test_drafts_that_cannot_go(sink: Sink, drafts: list[Path], tmp_path: Path) -> None:
    bad = {
        "nobody": draft([], "s", "b", []),
        "address": draft(["a@b.cn"], "s", "b", []).replace(b"a@b.cn", b"a@b, c"),
        "eight": draft(["a@b.cn"], "s", "b", []).replace(b"Subject: s", "Subject: 报".encode()),
        "empty": b"",
    }
    paths = [tmp_path / f"{name}.eml" for name in (*bad, "missing")]
    for path, data in zip(paths, bad.values(), strict=False):
        path.write_bytes(data)
    journal = Journal()
    assert run(sink, [*paths, drafts[0]], journal) == [State.FAILED] * 5 + [State.SENT]
    says = ["没有收件人", "不是有效的邮箱地址", "编码", "文件是空的", "找不到"]
    assert all(why in message for why, message in zip(says, told(journal), strict=False))
    assert [bool(one.problem) for one in journal.shown[0]] == [True] * 5 + [False]


def test_a_draft_changed_after_the_list_is_not_sent(sink: Sink, drafts: list[Path]) -> None:
    journal = Journal()
    journal.confirm = lambda listed: bool(drafts[0].write_bytes(b"X: y\r\n\r\n"))  # type: ignore
    assert run(sink, drafts[:1], journal) == [State.FAILED]
    assert "重新确认" in told(journal)[0] and not sink.got


def test_copies_and_blind_copies(sink: Sink, tmp_path: Path) -> None:
    path = tmp_path / "x.eml"
    head = b'Cc: "=?utf-8?B?5byg?=" <c@x.cn>\r\nBcc: b@x.cn,\r\n a@x.cn\r\nDate: x\r\nX-Unsent: 1'
    path.write_bytes(draft(["a@x.cn"], "s", "b", []).replace(b"X-Unsent: 1", head))
    assert run(sink, [path], Journal()) == [State.SENT]
    assert sink.to == [["a@x.cn", "c@x.cn", "b@x.cn"]]
    read = email.message_from_bytes(sink.got[0], policy=default)
    assert read["Bcc"] is None and read["From"] == SENDER and len(read.get_all("Date")) == 1


# ---------------------------------------------------------------------- servers that will not do
def test_nothing_is_said_without_tls(
    files: tuple[Path, Path], drafts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Served(lambda: SMTP(Plain()))
    try:
        for security, why in (("starttls", "不支持加密"), ("tls", "不是加密端口")):
            wanted = SmtpSettings(HOST, USER, SENDER, server.port, security=security)
            with pytest.raises(MailError, match=why):
                send(drafts, wanted, confirm=lambda _: True, already=lambda _: False,
                     done=lambda _: None)  # fmt: skip
    finally:
        server.close()


def test_a_server_that_cannot_be_trusted(
    sink: Sink, drafts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOUJI_MAIL_CA")
    with pytest.raises(MailError, match="证书不可信"):
        run(sink, drafts, Journal())
    assert not sink.commands


def test_a_server_that_went_away(sink: Sink, drafts: list[Path]) -> None:
    journal = Journal()
    port = sink.port
    sink.close()
    with pytest.raises(MailError, match="端口没有开放"):
        run(sink, drafts, journal)
    assert port and not journal.sent


def test_a_token_instead_of_a_password(
    sink: Sink, drafts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = replace(settings(sink), auth="oauth")
    ask = {"confirm": lambda _: True, "already": lambda _: False, "done": lambda _: None}
    monkeypatch.setenv("GOUJI_MAIL_TOKEN", "old")
    with pytest.raises(MailError, match="令牌可能已过期"):
        send(drafts, wanted, **ask)  # type: ignore[arg-type]
    assert not sink.got
    monkeypatch.setenv("GOUJI_MAIL_TOKEN", TOKEN)
    assert {sent.state for sent in send(drafts, wanted, **ask)} == {State.SENT}  # type: ignore

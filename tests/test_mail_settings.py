"""Settings name the key that is wrong; secrets come from anywhere but a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError

from gouji.commands import Unusable
from gouji.mail.settings import (
    MailboxSettings,
    MailError,
    SmtpSettings,
    keep_secret,
    mailbox_settings,
    secret_of,
    smtp_settings,
)
from gouji.round import Post, Round
from gouji.secret_commands import keep_passwords

BOX = {"host": "imap.example.gov.cn", "user": "a@b.cn"}
SMTP = {"host": "smtp.example.gov.cn", "user": "a@b.cn"}


def test_what_is_not_stated_is_usual() -> None:
    assert mailbox_settings(BOX) == MailboxSettings("imap.example.gov.cn", "a@b.cn")
    assert smtp_settings(SMTP) == SmtpSettings("smtp.example.gov.cn", "a@b.cn", "a@b.cn")
    assert smtp_settings(SMTP | {"port": 587}).security == "starttls"
    assert smtp_settings(SMTP | {"port": 2525, "security": "starttls"}).security == "starttls"


def test_everything_stated() -> None:
    table = BOX | {"folder": "年报", "port": 1993, "auth": "oauth", "since": date(2026, 1, 1)}
    assert mailbox_settings(table) == MailboxSettings(
        "imap.example.gov.cn", "a@b.cn", "年报", 1993, "oauth", date(2026, 1, 1)
    )


@pytest.mark.parametrize(
    ("change", "key", "why"),
    [
        ({"host": None}, "host", "缺失"), ({"host": "imaps://x"}, "host", "服务器名称"),
        ({"host": "a b"}, "host", "服务器名称"), ({"user": ""}, "user", "用户名"),
        ({"user": 'a"\r\nb'}, "user", "用户名"), ({"user": 5}, "user", "用户名"),
        ({"folder": "a\nb"}, "folder", "文件夹"), ({"port": "993"}, "port", "整数"),
        ({"port": True}, "port", "整数"), ({"port": 0}, "port", "整数"),
        ({"auth": "none"}, "auth", "oauth、password"), ({"since": "2026"}, "since", "日期"),
        ({"since": datetime(2026, 1, 1)}, "since", "日期"), ({"hots": "x"}, "hots", "拼写"),
        ({"password": "x"}, "password", "GOUJI_MAIL_PASSWORD"),
        ({"access_token": "x"}, "access_token", "钥匙串"), ({"PassWord": 1}, "PassWord", "钥匙串"),
        ({"authcode": "x"}, "authcode", "钥匙串"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(change: dict[str, Any], key: str, why: str) -> None:
    table = {name: value for name, value in (BOX | change).items() if value is not None}
    with pytest.raises(MailError) as raised:
        mailbox_settings(table)
    told = str(raised.value)
    assert f"[mailbox] 的“{key}”" in told and why in told and "\n" not in told


def test_what_is_wrong_with_a_sender() -> None:
    with pytest.raises(MailError, match=r"\[smtp\] 的“sender”.*“admin”不是有效的邮箱地址"):
        smtp_settings({"host": "x.cn", "user": "admin"})
    with pytest.raises(MailError, match="security"):
        smtp_settings(SMTP | {"security": "none"})


# ---------------------------------------------------------------------- secrets
class Kept(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class Missing(Kept):
    def get_password(self, service: str, username: str) -> str | None:
        raise NoKeyringError

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NoKeyringError


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOUJI_MAIL_PASSWORD", "GOUJI_MAIL_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Kept:
    backend = Kept()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    return backend


def test_the_environment_goes_first(ring: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    box = mailbox_settings(BOX)
    keep_secret(box, "kept")
    assert ring.kept == {("gouji", "a@b.cn@imap.example.gov.cn"): "kept"}
    assert secret_of(box) == "kept"
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", "told")
    assert secret_of(box) == "told"
    monkeypatch.setenv("GOUJI_MAIL_TOKEN", "token")
    assert secret_of(mailbox_settings(BOX | {"auth": "oauth"})) == "token"
    assert secret_of(smtp_settings(SMTP | {"auth": "oauth"})) == "token"


def test_the_command_asks_once_for_each_account_and_shows_nothing(ring: Kept) -> None:
    same = Post(mailbox_settings(BOX), smtp_settings(SMTP | {"host": BOX["host"]}))
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return " secret " if len(asked) == 1 else ""

    round_ = Round(Path("轮次"), 2025, "云溪区", "district", "2021", post=same)
    assert keep_passwords(round_, answer) == ["a@b.cn@imap.example.gov.cn"]
    assert ring.kept == {("gouji", "a@b.cn@imap.example.gov.cn"): "secret"}
    assert len(asked) == 1 and "授权码" in asked[0] and "secret" not in asked[0]
    both = replace(round_, post=Post(mailbox_settings(BOX), smtp_settings(SMTP)))
    assert keep_passwords(both, answer) == [], "no answer: passed over"
    with pytest.raises(Unusable, match=r"\[mailbox\]"):
        keep_passwords(replace(round_, post=Post()), answer)


def test_no_secret_says_where_to_put_it(ring: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MailError, match=r"a@b\.cn.*GOUJI_MAIL_PASSWORD.*授权码"):
        secret_of(mailbox_settings(BOX))
    monkeypatch.setattr(keyring.core, "_keyring_backend", Missing())
    with pytest.raises(MailError, match=r"访问令牌.*GOUJI_MAIL_TOKEN"):
        secret_of(smtp_settings(SMTP | {"auth": "oauth"}))
    with pytest.raises(MailError, match=r"没有可用的系统钥匙串.*GOUJI_MAIL_PASSWORD"):
        keep_secret(mailbox_settings(BOX), "x")


def test_a_secret_cannot_give_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", "x\r\nA1 DELETE INBOX")
    with pytest.raises(MailError, match="不能使用的字符"):
        secret_of(mailbox_settings(BOX))

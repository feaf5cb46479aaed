"""Which mailbox and which server, as stated in a round's facts; the secret is never in a file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gouji.mail.addresses import is_address
from gouji.wording import say

SERVICE = "gouji"  #: under which the system's keyring keeps secrets, for ``user@host``
AUTHS = ("password", "oauth")
SECURITIES = ("tls", "starttls")
_VARIABLES = {"password": "GOUJI_MAIL_PASSWORD", "oauth": "GOUJI_MAIL_TOKEN"}
_SECRET = re.compile(r"pass|pwd|token|secret|auth_?code|credential", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:]{2,39}\]?")
_USER = re.compile(r"[^\s\x00-\x1f\x7f\"\\]{1,254}")
_FOLDER = re.compile(r"[^\x00-\x1f\x7f]{1,500}")
_STARTTLS_PORT = 587


class MailError(ValueError):
    """Mail that cannot be fetched or sent; one clear Chinese line says why and what to do."""


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """A mailbox read over IMAP with TLS. ``since``: nothing older, by the day of arrival."""

    host: str
    user: str
    folder: str = "INBOX"
    port: int = 993
    auth: str = "password"
    since: date | None = None


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A server that sends. ``security`` is ``tls`` from the first byte or ``starttls``."""

    host: str
    user: str
    sender: str
    port: int = 465
    auth: str = "password"
    security: str = "tls"


def mailbox_settings(table: Mapping[str, Any], name: str = "mailbox") -> MailboxSettings:
    """Read the table ``[mailbox]``. Raises MailError naming the key."""
    facts = _Facts(table, name, {"host", "user", "folder", "port", "auth", "since"})
    since = table.get("since")
    if since is not None and type(since) is not date:
        raise facts.wrong("since", say("mail.needs_date"))
    return MailboxSettings(
        host=facts.matching("host", _HOST),
        user=facts.matching("user", _USER),
        folder=facts.matching("folder", _FOLDER, "INBOX"),
        port=facts.port(993),
        auth=facts.one_of("auth", AUTHS),
        since=since,
    )


def smtp_settings(table: Mapping[str, Any], name: str = "smtp") -> SmtpSettings:
    """Read the table ``[smtp]``; ``sender`` is the user unless stated. Raises MailError."""
    facts = _Facts(table, name, {"host", "user", "sender", "port", "auth", "security"})
    user = facts.matching("user", _USER)
    sender = facts.matching("sender", _USER, user)
    if not is_address(sender):
        raise facts.wrong("sender", say("mail.bad_address", address=sender))
    port = facts.port(465)
    usual = SECURITIES if port != _STARTTLS_PORT else SECURITIES[::-1]
    return SmtpSettings(
        host=facts.matching("host", _HOST),
        user=user,
        sender=sender,
        port=port,
        auth=facts.one_of("auth", AUTHS),
        security=facts.one_of("security", usual),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """A table whose keys are judged one by one."""

    table: Mapping[str, Any]
    name: str
    known: frozenset[str] | set[str]

    def __post_init__(self) -> None:
        for key in sorted(map(str, self.table)):
            if _SECRET.search(key):
                variables = say("message.joint").join(_VARIABLES.values())
                raise self.wrong(key, say("mail.no_secret_here", variables=variables))
            if key not in self.known:
                raise self.wrong(key, say("mail.unknown_key"))

    def wrong(self, key: str, why: str) -> MailError:
        return MailError(say("mail.bad_setting", table=self.name, setting=key, why=why))

    def matching(self, key: str, shape: re.Pattern[str], default: str | None = None) -> str:
        value = self.table.get(key, default)
        if value is None:
            raise self.wrong(key, say("mail.missing_setting"))
        if not isinstance(value, str) or not shape.fullmatch(value.strip()):
            raise self.wrong(key, say(f"mail.needs_{key}"))
        return value.strip()

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """The first one allowed where nothing is stated."""
        value = self.table.get(key, allowed[0])
        if value not in allowed:
            words = say("message.joint").join(sorted(allowed))
            raise self.wrong(key, say("mail.needs_one_of", words=words))
        return str(value)

    def port(self, default: int) -> int:
        value = self.table.get("port", default)
        if type(value) is not int or value not in range(1, 65536):
            raise self.wrong("port", say("mail.needs_port"))
        return value


# ---------------------------------------------------------------------- the secret
def secret_of(settings: MailboxSettings | SmtpSettings) -> str:
    """Password or token: the environment's, else the system keyring's. Raises MailError."""
    variable = _VARIABLES[settings.auth]
    secret = os.environ.get(variable, "") or _kept(account_of(settings))
    if not secret:
        places = {"user": settings.user, "host": settings.host, "variable": variable}
        raise MailError(say(f"mail.no_{settings.auth}", **places))
    if not secret.isprintable():
        raise MailError(say("mail.bad_secret"))
    return secret


def keep_secret(settings: MailboxSettings | SmtpSettings, secret: str) -> None:
    """Hand the secret to the system's keyring. Raises MailError where there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, account_of(settings), secret)
    except KeyringError as error:
        raise MailError(say("mail.no_keyring", variable=_VARIABLES[settings.auth])) from error


def account_of(settings: MailboxSettings | SmtpSettings) -> str:
    """The secret's name in the keyring."""
    return f"{settings.user}@{settings.host}"


def _kept(account: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, account) or ""
    except KeyringError:
        return ""  # no keyring on this machine: the caller says what to do

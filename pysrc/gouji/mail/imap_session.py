"""One connection to an IMAP server: what gouji asks, and what comes back in its own terms."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

from gouji import gate
from gouji.mail.connect import reason_of, said, tls, untrusted
from gouji.mail.settings import MailboxSettings, MailError
from gouji.wording import say

#: The servers of 163.com and 126.com open no folder to a program that does not say who it is.
_OWN_ID = '("name" "gouji" "version" "1" "vendor" "gouji")'
_WINDOW = 50_000  #: messages searched at once; an answer is one line, and lines are bounded
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST_WORD = re.compile(rb'(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*$')
_MOST_FOLDERS = 20  #: named in a message


class Broken(Exception):
    """The connection did not hold; trying again may help. Its text says why."""


class _Client(imaplib.IMAP4_SSL):
    def read(self, size: int) -> bytes:
        """What a server announces is bounded, whatever it announces."""
        if size > 2 * gate.MAX_FILE:
            raise self.abort("literal too large")
        return super().read(size)


class Session:
    """A connection with a user logged in. Raises Broken; MailError where trying again is no use."""

    def __init__(self, settings: MailboxSettings, secret: str, timeout: float) -> None:
        context = tls()
        self._host = settings.host
        with self._asking():
            self._client = _Client(
                settings.host, settings.port, ssl_context=context, timeout=timeout
            )
        try:
            self._log_in(settings, secret)
        except (Broken, MailError):
            self.close()
            raise

    def close(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error, ValueError):
            self._client.logout()
        with suppress(OSError):
            self._client.shutdown()

    def examine(self, folder: str) -> tuple[str, int]:
        """Open a folder to look only: its UIDVALIDITY and how many messages it has."""
        escaped = utf7_encode(folder).decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
        with self._asking():
            status, answer = self._client.select(f'"{escaped}"', readonly=True)
            if status != "OK":
                raise self._no_folder(folder, answer)
            validity = self._client.response("UIDVALIDITY")[1][0]
            count = int(answer[0] or 0)
        return (validity or b"0").decode("ascii", "replace"), count

    def uids(self, count: int, since: date | None) -> Iterator[int]:
        """The UIDs of the folder's ``count`` messages, of those since a day where one is given."""
        day = f"{since.day:02}-{_MONTHS[since.month - 1]}-{since.year:04}" if since else ""
        for start in range(1, count + 1, _WINDOW):
            window = f"{start}:{min(start + _WINDOW - 1, count)}"
            for line in self._uid("SEARCH", f"{window} SINCE {day}" if day else window):
                if isinstance(line, bytes):
                    yield from (int(word) for word in line.split() if word.isdigit())

    def facts(self, uids: list[int]) -> list[bytes]:
        """A line for each message with its UID, RFC822.SIZE and INTERNALDATE."""
        numbers = ",".join(map(str, uids))
        lines = self._uid("FETCH", numbers, "(UID RFC822.SIZE INTERNALDATE)")
        return [line for line in lines if isinstance(line, bytes)]

    def message(self, uid: int) -> tuple[bytes, str]:
        """The message whole, or nothing and why the server does not give it."""
        with self._asking():
            status, answer = self._client.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
            if status != "OK":
                return b"", said(answer[0])
            return _literal(answer), ""

    def head(self, uid: int) -> bytes:
        """The subject's header alone; empty where the server does not give it."""
        with self._asking():
            wanted = "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])"
            status, answer = self._client.uid("FETCH", str(uid), wanted)
            return _literal(answer) if status == "OK" else b""

    # ------------------------------------------------------------------ inside
    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise untrusted(error, self._host) from error
        except MailError:
            raise
        except (OSError, EOFError, imaplib.IMAP4.abort, ValueError) as error:
            raise Broken(reason_of(error)) from error
        except imaplib.IMAP4.error as error:
            raise MailError(
                say("mail.server_refuses", host=self._host, why=reason_of(error))
            ) from error

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        with self._asking():
            status, answer = self._client.uid(command, *arguments)
            if status != "OK":
                why = said(answer[0])
                raise MailError(say("mail.server_refuses", host=self._host, why=why))
            return [line for line in answer if line is not None]

    def _log_in(self, settings: MailboxSettings, secret: str) -> None:
        user = settings.user
        with self._asking():
            try:
                if settings.auth == "oauth":
                    # A refusal comes as a second challenge, to be answered with nothing.
                    answers = iter([f"user={user}\1auth=Bearer {secret}\1\1".encode()])
                    self._client.authenticate("XOAUTH2", lambda _: next(answers, b""))
                elif (user + secret).isascii():
                    self._client.login(user, secret)
                else:  # only this way carries other characters
                    plain = f"\0{user}\0{secret}".encode()
                    self._client.authenticate("PLAIN", lambda _: plain)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                places = {"user": user, "host": settings.host, "why": reason_of(error)}
                raise MailError(say(f"mail.login_{settings.auth}", **places)) from error
            with _may_be_refused():
                self._client.xatom("ID", _OWN_ID)

    def _no_folder(self, folder: str, answer: list[Any]) -> MailError:
        names = [name for line in self._client.list()[1] if (name := _folder_name(line))]
        if folder in names or not names:
            return MailError(say("mail.server_refuses", host=self._host, why=said(answer[0])))
        listed = say("message.joint").join(names[:_MOST_FOLDERS])
        return MailError(say("mail.no_mail_folder", folder=folder, folders=listed))


@contextmanager
def _may_be_refused() -> Iterator[None]:
    """For what a server may refuse without harm; a broken connection is something else."""
    try:
        yield
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return


def _literal(answer: list[Any]) -> bytes:
    """The bytes of the first message in an answer; other clients' flags may stand around it."""
    for item in answer:
        if isinstance(item, tuple) and b"BODY[" in item[0].upper():
            return bytes(item[1])
    return b""


def _folder_name(line: object) -> str:
    raw = b"".join(line[1:2]) if isinstance(line, tuple) else line
    found = _LAST_WORD.search(raw) if isinstance(raw, bytes) else None
    if not found:
        return ""
    try:
        name = utf7_decode((found[1] or found[2]).replace(b'\\"', b'"').replace(b"\\\\", b"\\"))
    except ValueError:
        return ""
    return said(name)

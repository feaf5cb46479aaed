"""One connection to a server that sends: encrypted before a word is said."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from gouji.mail.connect import reason_of, said, tls, untrusted
from gouji.mail.settings import MailError, SmtpSettings
from gouji.wording import say

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_GO_ON = 354


class Failed(Exception):
    """This message was refused; the connection serves the next one. Its text says why."""


class Broken(Exception):
    """The connection broke before the message was whole: it was not sent. Its text says why."""


class Uncertain(Exception):
    """The connection broke after the message was whole: nobody knows. Its text says why."""


class Session:
    """A connection with a user logged in. Raises MailError when it cannot be had."""

    def __init__(self, settings: SmtpSettings, secret: str, timeout: float) -> None:
        context = tls()
        self._host = settings.host
        try:
            self._server = _connected(settings, context, timeout)
        except ssl.SSLCertVerificationError as error:
            raise untrusted(error, settings.host) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailError(say("mail.no_starttls", host=settings.host)) from error
        except (OSError, ValueError) as error:  # every error of smtplib is an OSError
            raise self._unusable(error) from error
        try:
            self._log_in(settings, secret)
        except MailError:
            self.close()
            raise

    def close(self) -> None:
        with suppress(OSError):
            self._server.quit()
        self._server.close()

    def noop(self) -> None:
        try:
            self._server.noop()
        except OSError as error:
            raise self._unusable(error) from error

    def deliver(self, sender: str, to: Sequence[str], data: bytes) -> None:
        """Hand over one message with CRLF lines to all of ``to``, or to nobody.

        Raises Failed, Broken, Uncertain.
        """
        stuffed = _LEADING_DOT.sub(b"..", data)
        end = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        with self._speaking():
            self._expect(self._server.mail(sender))
            for address in to:
                self._expect(self._server.rcpt(address), address)
            self._expect(self._server.docmd("DATA"), good=(_GO_ON,))
            self._server.send(stuffed)
        try:
            self._server.send(end)
            answer = self._server.getreply()
        except OSError as error:
            raise Uncertain(reason_of(error)) from error
        self._expect(answer)

    # ------------------------------------------------------------------ inside
    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Broken(reason_of(error)) from error

    def _expect(
        self, answer: tuple[int, bytes], address: str = "", good: tuple[int, ...] = (250, 251)
    ) -> None:
        code, words = answer
        if code in good:
            return
        with self._speaking():
            self._server.rset()
        told = f"{code} {said(words)}"
        if address:
            raise Failed(say("mail.recipient_refused", address=address, why=told))
        raise Failed(say("mail.message_refused", why=told))

    def _log_in(self, settings: SmtpSettings, secret: str) -> None:
        token = f"user={settings.user}\1auth=Bearer {secret}\1\1"
        try:
            if settings.auth == "oauth":
                # A refusal comes as a second challenge, to be answered with nothing.
                answers = iter([token])
                self._server.ehlo_or_helo_if_needed()
                self._server.auth("XOAUTH2", lambda _=None: next(answers, ""))
            else:
                self._server.login(settings.user, secret)
        except smtplib.SMTPAuthenticationError as error:
            why = f"{error.smtp_code} {said(error.smtp_error)}"
            places = {"user": settings.user, "host": settings.host, "why": why}
            raise MailError(say(f"mail.login_{settings.auth}", **places)) from error
        except UnicodeEncodeError as error:
            raise MailError(say("mail.bad_secret")) from error
        except (OSError, ValueError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> MailError:
        why = reason_of(error)
        if isinstance(error, smtplib.SMTPResponseException):
            why = f"{error.smtp_code} {said(error.smtp_error)}"
        elif isinstance(error, smtplib.SMTPException) and not isinstance(
            error, smtplib.SMTPServerDisconnected
        ):
            why = said(error.args[0] if error.args else "")
        return MailError(say("mail.no_smtp", host=self._host, why=why))


def _connected(
    settings: SmtpSettings, context: ssl.SSLContext, timeout: float
) -> smtplib.SMTP | smtplib.SMTP_SSL:
    """Encrypted from here on. This computer's own name is not told."""
    own = "[127.0.0.1]"
    if settings.security == "tls":
        return smtplib.SMTP_SSL(
            settings.host, settings.port, local_hostname=own, timeout=timeout, context=context
        )
    server = smtplib.SMTP(settings.host, settings.port, local_hostname=own, timeout=timeout)
    try:
        server.starttls(context=context)
    except (OSError, ValueError):
        server.close()
        raise
    return server

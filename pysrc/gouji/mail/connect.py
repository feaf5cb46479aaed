"""Connections to mail servers: TLS always, time limits always, one clear line when they fail."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
from imaplib import IMAP4

from gouji.mail import text
from gouji.mail.settings import MailError
from gouji.wording import say

TIMEOUT = 60.0  #: seconds without an answer
CA_VARIABLE = "GOUJI_MAIL_CA"  #: a file with the certificates of an office's own authority


def tls() -> ssl.SSLContext:
    """The system's trusted authorities, and the office's own where one is named.

    Raises MailError when its file cannot be read.
    """
    context = ssl.create_default_context()
    if file := os.environ.get(CA_VARIABLE, ""):
        try:
            context.load_verify_locations(cafile=file)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise MailError(say("mail.bad_ca", variable=CA_VARIABLE, file=file)) from error
    return context


def untrusted(error: ssl.SSLCertVerificationError, host: str) -> MailError:
    """A server that is not, or cannot show that it is, the one it should be."""
    why = text.line(error.verify_message or str(error), 200)
    return MailError(say("mail.untrusted", host=host, why=why, variable=CA_VARIABLE))


def reason_of(error: Exception) -> str:
    """What went wrong, in few words; a server's own words are cut to one short line."""
    if isinstance(error, socket.gaierror):
        return say("mail.why_no_host")
    if isinstance(error, TimeoutError):
        return say("mail.why_timeout")
    if isinstance(error, ConnectionRefusedError):
        return say("mail.why_closed")
    if isinstance(error, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(error):
        return say("mail.why_no_tls")
    if isinstance(error, IMAP4.abort | smtplib.SMTPServerDisconnected | EOFError | OSError):
        return say("mail.why_broken")
    return said(error.args[0] if error.args else "")


def said(answer: object) -> str:
    """A server's answer as one short line."""
    words = text.decoded(answer) if isinstance(answer, bytes) else str(answer)
    return text.line(words, 200)

"""A draft about to be sent: whom it goes to, what it carries, and its bytes made ready."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path

from gouji import gate
from gouji.gate import Refused
from gouji.mail import messages, mime
from gouji.mail.addresses import is_address
from gouji.mail.drafts import UNSENT
from gouji.mail.headers import header
from gouji.wording import say

_BREAK = re.compile(rb"\r\n|\r|\n")
_HEADER = re.compile(rb"^([^:\r\n]+):.*?\r\n(?![ \t])", re.MULTILINE | re.DOTALL)
#: Made anew for sending, or seen by nobody.
_LEFT_OUT = frozenset({UNSENT.lower().encode(), b"date", b"message-id", b"bcc"})
_LONGEST_LINE = 998


class Changed(Exception):
    """The draft is no longer the one that was listed."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a list to confirm shows. ``key`` is the draft's SHA-256, empty where it is unreadable.

    ``to`` are all who get it; ``size`` is in bytes; ``problem`` is a Chinese line saying why it
    cannot be sent, empty where it can.
    """

    draft: Path
    key: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    attachments: tuple[str, ...] = ()
    size: int = 0
    problem: str = ""


def outgoing(path: Path) -> Outgoing:
    """Look into a draft; what is wrong with it is said, not raised."""
    try:
        content = gate.take(path)
        message = messages.parse(content.data)
    except Refused as refused:
        return Outgoing(path, problem=refused.message)
    to = _recipients(content.data)
    return Outgoing(
        path,
        key=content.sha256,
        to=to,
        subject=message.subject,
        attachments=tuple(attachment.name for attachment in message.attachments),
        size=len(content.data),
        problem=_problem(to, content.data),
    )


def ready(one: Outgoing, sender: str, date: str) -> tuple[str, bytes]:
    """Message-ID and bytes to send: the draft with its date and id, and no mark of being unsent.

    Raises Changed when the file is not the one that was listed any more.
    """
    try:
        content = gate.take(one.draft)
    except Refused as refused:
        raise Changed(refused.message) from refused
    if content.sha256 != one.key:
        raise Changed(say("mail.draft_changed"))
    head, blank, body = _BREAK.sub(b"\r\n", content.data).partition(b"\r\n\r\n")
    kept: list[bytes] = []
    names: set[bytes] = set()
    for match in _HEADER.finditer(head + b"\r\n"):
        names.add(name := match[1].strip().lower())
        kept += [] if name in _LEFT_OUT else [match[0]]
    message_id = f"<{one.key[:40]}@{sender.rpartition('@')[2]}>"
    added = f"Date: {date}\r\nMessage-ID: {message_id}\r\n"
    added += "" if b"from" in names else f"From: {sender}\r\n"
    return message_id, b"".join([added.encode("ascii"), *kept, blank[2:], body])


def _recipients(data: bytes) -> tuple[str, ...]:
    headers, _ = mime.split(messages.bare(data))
    told = [header(headers, name) for name in ("to", "cc", "bcc")]
    try:
        pairs = getaddresses([one for one in told if one])
    except RecursionError:  # comments in comments in comments
        return ()
    return tuple(dict.fromkeys(address or name for name, address in pairs if name or address))


def _problem(to: tuple[str, ...], data: bytes) -> str:
    if not to:
        return say("mail.nobody")
    if wrong := [address for address in to if not is_address(address)]:
        return say("mail.bad_address", address=wrong[0])
    if not data.isascii() or max(map(len, _BREAK.split(data))) > _LONGEST_LINE:
        return say("mail.not_sendable")
    return ""

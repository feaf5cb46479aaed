"""Who, when and what about: the headers of a message that gouji uses."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import Message as Headers
from email.utils import parseaddr, parsedate_to_datetime

from gouji.mail import text

_ADDRESS = re.compile(r"[^\s<>()\"',;:@\\\[\]]+@[^\s<>()\"',;:@\\\[\]]+")
_ANGLES = re.compile(r"<\s*([^\s<>]+@[^\s<>]+)\s*>")


def header(headers: Headers, name: str) -> str:
    """The header's text as it stands, encoded words not read; empty when it is missing."""
    return str(headers.get(name, ""))


def subject_of(headers: Headers) -> str:
    """The subject, one line."""
    return text.line(text.words(header(headers, "subject")))


def sender_of(headers: Headers) -> tuple[str, str]:
    """Address and name.

    The address is taken before encoded words are read, so that a name cannot pretend to be one;
    only where the whole header was encoded it is read from the words.
    """
    raw = header(headers, "from") or header(headers, "sender")
    for told in (raw, text.words(raw)):
        name, address = _pair(told)
        if not _ADDRESS.fullmatch(address):
            found = _ANGLES.findall(told) or _ADDRESS.findall(told)
            address = found[-1] if found else ""
            name = told.replace(f"<{address}>", "").replace(address, "")
        if address:
            return text.line(address, 254), text.line(text.words(name).strip(" \"'"), 200)
    return "", text.line(text.words(raw), 200)


def _pair(told: str) -> tuple[str, str]:
    """Name and address; nothing where comments in comments are too deep for the parser."""
    try:
        return parseaddr(told)
    except RecursionError:
        return "", ""


def sent_of(headers: Headers) -> datetime | None:
    """As stated, even when it cannot be true; a zone that is not stated counts as UTC."""
    try:
        stated = parsedate_to_datetime(header(headers, "date"))
        aware = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # the first and the last day of all time have no other zone
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return aware


def message_id_of(headers: Headers) -> str:
    """With its angle brackets where it has them; empty when there is none."""
    raw = text.line(header(headers, "message-id"), 250)
    found = re.search(r"<[^<>\s]+>", raw)
    return found[0] if found else raw

"""What came in by mail or lay in a folder, whatever the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a message or archive. ``name`` is decoded, never a path; may be empty.

    ``inline`` marks what a mail program shows inside the text (a signature's logo).
    """

    name: str
    data: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed e-mail. ``sent`` is aware, None when the message does not say."""

    sender: str
    sender_name: str
    subject: str
    sent: datetime | None
    message_id: str
    text: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing a source brought: the raw bytes of a message, or of a file put into a folder.

    ``key`` names it within its source, the same on every later run. ``via`` is ``folder``,
    ``eml``, ``maildir`` or ``imap``. ``received`` is aware: when the server or the folder got it.
    """

    source: str
    key: str
    via: str
    name: str
    data: bytes
    received: datetime | None = None

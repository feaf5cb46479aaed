"""Outlook's .msg: an OLE file whose streams are the properties of a message ([MS-OXMSG]).

python-oxmsg reads the storages; the texts are decoded here, for it takes every text that names no
code page for Western European, and GBK for the smaller GB2312.
"""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from gouji.documents.kinds import OLE, Kind, kind_of_bytes
from gouji.gate import Reason, refusal
from gouji.mail import bodies, eml, mime, text
from gouji.mail.headers import message_id_of, sender_of
from gouji.mail.model import Attachment, Message

if TYPE_CHECKING:
    from oxmsg.storage import Storage

MAX_DEPTH = 10
MAX_ENTRIES = 8_000  #: streams and storages; a message of 300 recipients has about 6,000
_MARKS = tuple(name.encode("utf-16-le") for name in ("__properties_version1.0", "__substg1.0_"))
_ROOT, _EMBEDDED, _ATTACHED = 32, 24, 8  #: bytes before the fixed properties
_WIDE, _NARROW, _BINARY, _OBJECT = 0x1F, 0x1E, 0x102, 0x0D
#: Property ids, see [MS-OXPROPS].
_SUBJECT, _BODY, _PAGE, _TRANSPORT, _MESSAGE_ID = 0x0037, 0x1000, 0x1013, 0x007D, 0x1035
_ADDRESSES = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_SENDER_NAMES = (0x0C1A, 0x0042)
_TIMES = (0x0039, 0x0E06)
_CODEPAGES = (0x3FFD, 0x3FDE)
_FILE_NAMES = (0x3707, 0x3704, 0x3001)
_FILE, _FILE_FLAGS, _HIDDEN, _FILE_TYPE = 0x3701, 0x3714, 0x7FFE, 0x370E
_IN_PAGE = 4  #: the page shows the attachment
#: What olefile and python-oxmsg raise over a damaged file.
_BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
           AssertionError, RecursionError, MemoryError, EOFError, struct.error)  # fmt: skip


def is_msg(data: bytes) -> bool:
    """True for a .msg by its content, damaged or not; a document that holds one is none."""
    if not data.startswith(OLE) or not any(mark in data for mark in _MARKS):
        return False
    return kind_of_bytes(data) is Kind.OTHER


def read(data: bytes) -> Message:
    """The message of a .msg. Raises Refused (damaged, dangerous_archive)."""
    import olefile
    from oxmsg.storage import Storage

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            entries = [entry for entry in file.direntries if entry]
            # Streams that share their bytes would be unpacked many times.
            if len(entries) > MAX_ENTRIES or sum(entry.size for entry in entries) > len(data):
                raise refusal(Reason.DANGEROUS_ARCHIVE)
            return _Reader(Storage.from_ole(file), _ROOT).message(1)
    except _BROKEN as error:
        raise refusal(Reason.DAMAGED) from error


class _Reader:
    """One message's storage; ``before`` are the bytes before its fixed properties."""

    def __init__(self, storage: Storage, before: int, codepage: str = "") -> None:
        self.storage = storage
        self.fixed = _fixed(storage, before)
        told = next((self.fixed[one] for one in _CODEPAGES if one in self.fixed), b"")
        self.codepage = f"cp{struct.unpack_from('<L', told)[0]}" if told else codepage

    def message(self, depth: int) -> Message:
        if depth > MAX_DEPTH:
            raise refusal(Reason.DANGEROUS_ARCHIVE, "depth", most=MAX_DEPTH)
        headers, _ = mime.split(self.text(_TRANSPORT).encode("utf-8", "replace"))
        sender, sender_name = sender_of(headers)
        addresses = [one for one in map(self.text, _ADDRESSES) if "@" in one]
        names = [one for one in map(self.text, _SENDER_NAMES) if one]
        return Message(
            sender=sender or text.line("".join(addresses[:1]), 254),
            sender_name=sender_name or text.line("".join(names[:1]), 200),
            subject=text.line(self.text(_SUBJECT)),
            sent=self.sent(),
            message_id=message_id_of(headers) or text.line(self.text(_MESSAGE_ID), 250),
            text=self.body(),
            attachments=tuple(
                _Reader(one, _ATTACHED, self.codepage).attachment(depth)
                for one in self.storage.iter_attachment_storages()
            ),
        )

    def text(self, name: int) -> str:
        """A text property; empty when it is missing."""
        if raw := self.stream(name, _WIDE):
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        return text.decoded(self.stream(name, _NARROW), self.codepage).rstrip("\0")

    def stream(self, name: int, kind: int) -> bytes:
        """A property's bytes; empty when it is missing."""
        try:
            return bytes(self.storage.property_stream_bytes(name, kind))
        except KeyError:
            return b""

    def body(self) -> str:
        if said := self.text(_BODY):
            return bodies.plain(said.encode("utf-8", "replace"), "utf-8")
        if raw := self.stream(_PAGE, _BINARY):
            return bodies.page(raw, self.codepage)
        return bodies.text_of_page(self.text(_PAGE)) if self.text(_PAGE) else ""

    def sent(self) -> datetime | None:
        for name in _TIMES:
            ticks = int.from_bytes(self.fixed.get(name, b""), "little")
            if ticks:
                try:
                    return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
                except OverflowError:
                    return None
        return None

    def attachment(self, depth: int) -> Attachment:
        name = next((one for one in map(self.text, _FILE_NAMES) if one), "")
        embedded = f"__substg1.0_{_FILE:04X}{_OBJECT:04X}"
        inner = next((one for one in self.storage.storages if one.name == embedded), None)
        if inner is not None and any("__properties" in one.name for one in inner.streams):
            message = _Reader(inner, _EMBEDDED, self.codepage).message(depth + 1)
            name = (name or message.subject).removesuffix(".msg")
            return Attachment(text.name_of_path(f"{name}.eml"), eml.written(message))
        return Attachment(
            text.name_of_path(name), self.stream(_FILE, _BINARY), self._is_inline(name)
        )

    def _is_inline(self, name: str) -> bool:
        shown = self.fixed.get(_FILE_FLAGS, b"\0")[0] & _IN_PAGE or any(
            self.fixed.get(_HIDDEN, b"")
        )
        picture = name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".bmp"))
        return bool(shown) and (picture or self.text(_FILE_TYPE).startswith("image/"))


def _fixed(storage: Storage, before: int) -> dict[int, bytes]:
    """The properties of fixed size: id → eight bytes."""
    raw = storage.properties_stream_bytes[before:]
    return {
        int.from_bytes(raw[at + 2 : at + 4], "little"): raw[at + 8 : at + 16]
        for at in range(0, len(raw) - 15, 16)
    }

"""Outlook's .msg files, written with the OLE writer of pyOpenVBA: only for the tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pyopenvba.cfb import CFB

_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
EMBEDDED = 0x3701000D


@dataclass(frozen=True)
class Msg:
    """Texts by property id; with a ``codepage`` they are narrow, as older Outlooks wrote them."""

    texts: Mapping[int, str]
    files: Sequence[Mapping[int, str | bytes] | Msg] = ()
    numbers: Mapping[int, int] = field(default_factory=dict)
    charset: str = ""  #: of narrow texts
    sent: datetime | None = None


def written(message: Msg) -> bytes:
    ole = CFB.from_bytes(_empty())
    _message(ole, (), message, 32)
    return bytes(ole.to_bytes())


def _message(ole: CFB, path: tuple[str, ...], message: Msg, before: int) -> None:
    fixed = bytearray(before)
    if message.sent:
        ticks = int((message.sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
        fixed += struct.pack("<HHLQ", 0x40, 0x0039, 6, ticks)
    for name, number in message.numbers.items():
        fixed += struct.pack("<HHLQ", 3, name, 6, number)
    for name, text in message.texts.items():
        _value(ole, path, fixed, name, text, message.charset)
    ole.add_stream_at(path, "__properties_version1.0", bytes(fixed))
    for number, file in enumerate(message.files):
        own = f"__attach_version1.0_#{number:08X}"
        ole.add_substorage_at(path, own)
        _file(ole, (*path, own), file, message.charset)


def _file(
    ole: CFB, path: tuple[str, ...], file: Mapping[int, str | bytes] | Msg, charset: str
) -> None:
    fixed = bytearray(8)
    if isinstance(file, Msg):
        own = f"__substg1.0_{EMBEDDED:08X}"
        ole.add_substorage_at(path, own)
        _message(ole, (*path, own), file, 24)
    else:
        for name, value in file.items():
            if name == 0x3714:
                fixed += struct.pack("<HHL8s", 3, name, 6, value)
            else:
                _value(ole, path, fixed, name, value, charset)
    ole.add_stream_at(path, "__properties_version1.0", bytes(fixed))


def _value(
    ole: CFB, path: tuple[str, ...], fixed: bytearray, name: int, value: str | bytes, charset: str
) -> None:
    if isinstance(value, bytes):
        kind, raw = 0x102, value
    elif charset:
        kind, raw = 0x1E, value.encode(charset)
    else:
        kind, raw = 0x1F, value.encode("utf-16-le")
    fixed += struct.pack("<HHLQ", kind, name, 6, len(raw))
    ole.add_stream_at(path, f"__substg1.0_{name:04X}{kind:04X}", raw)


def _empty() -> bytes:
    """An OLE file with nothing in it: a header, its allocation table, its root."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0
    )
    head += struct.pack("<109L", 0, *[_FREE] * 108)
    table = struct.pack("<128L", 0xFFFFFFFD, _END, *[_FREE] * 126)
    root = "Root Entry".encode("utf-16-le").ljust(64, b"\0")
    root += struct.pack("<HBBLLL16xL16xLQ", 22, 5, 1, _FREE, _FREE, _FREE, 0, _END, 0)
    free = bytes(66) + struct.pack("<BBLLL", 0, 0, _FREE, _FREE, _FREE) + bytes(48)
    return head + table + root + free * 3

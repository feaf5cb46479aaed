"""Raw messages, as the mail programs used in Chinese offices write them, and archives of files."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from gouji.mail import eml
from gouji.mail.model import Attachment

XLSX = b"PK\x03\x04 not really"


def raw(*headers: str | bytes, body: bytes = b"") -> bytes:
    """A message of those header lines; text is UTF-8."""
    lines = [line.encode() if isinstance(line, str) else line for line in headers]
    return b"\r\n".join([*lines, b"", body])


def word(text: str, charset: str = "utf-8", label: str = "") -> str:
    packed = base64.b64encode(text.encode(charset)).decode()
    return f"=?{label or charset}?B?{packed}?="


def mixed(*parts: bytes, kind: str = "mixed", boundary: str = "b1") -> bytes:
    """Headers and body of a multipart, to be put behind other headers."""
    edge = f"--{boundary}".encode()
    body = b"".join(edge + b"\r\n" + part + b"\r\n" for part in parts) + edge + b"--\r\n"
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body


def part(*headers: str | bytes, data: bytes = XLSX) -> bytes:
    """A part with its content in base64."""
    return raw(*headers, "Content-Transfer-Encoding: base64", body=base64.encodebytes(data))


def letter(*attachments: Attachment, subject: str = "报送年报", body: str = "您好") -> bytes:
    """A plain message with attachments."""
    headers = [("From", "a@b.cn"), ("To", "c@d.cn"), ("Subject", eml.subject(subject)),
               ("Message-ID", "<1@b.cn>")]  # fmt: skip
    return eml.message(headers, body, attachments)


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP as Python writes it: UTF-8 names with their flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def bare_zip(
    members: Sequence[tuple[bytes, bytes]], *, flags: int = 0, extra: bytes = b"",
    claimed: int | None = None, size: int | None = None, shared: bool = False,
) -> bytes:  # fmt: skip
    """A stored ZIP with names as bytes, and what else Python would not write.

    ``claimed`` members at the end, ``size`` bytes of each unpacked; ``shared``: all the same bytes.
    """
    body, index = bytearray(), bytearray()
    for name, data in members:
        plain = len(data) if size is None else size
        common = struct.pack("<HHHHHLLLHH", 20, flags, 0, 0, 33, zlib.crc32(data),
                             len(data), plain, len(name), len(extra))  # fmt: skip
        at = 0 if shared else len(body)
        index += b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHLL", 0, 0, 0, 0, at)
        index += name + extra
        if at == len(body):
            body += b"PK\x03\x04" + common + name + extra + data
    count = min(len(members) if claimed is None else claimed, 65535)
    return bytes(body + index) + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count,
                                             len(index), len(body), 0)  # fmt: skip


def tnef(files: Mapping[str, bytes], codepage: int = 936, long_names: bool = False) -> bytes:
    """A winmail.dat as Outlook packs it."""

    def attribute(level: int, name: int, value: bytes) -> bytes:
        head = struct.pack("<BLL", level, name, len(value))
        return head + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x00069007, struct.pack("<LL", codepage, 0))
    for name, data in files.items():
        out += attribute(2, 0x00069002, bytes(14))
        title = b"LONG~1.XLS" if long_names else name.encode("gbk")
        out += attribute(2, 0x00018010, title + b"\0") + attribute(2, 0x0006800F, data)
        wide = (name + "\0").encode("utf-16-le")
        properties = struct.pack("<L", 1) + b"\x1f\x00\x07\x37" + struct.pack("<LL", 1, len(wide))
        out += attribute(2, 0x00069005, properties + wide) if long_names else b""
    return out

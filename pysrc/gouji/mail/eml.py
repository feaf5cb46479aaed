"""Messages as bytes: pure ASCII, the same bytes for the same content.

Written here, for the standard library cannot say a file's name in both of the ways that mail
programs read: ``filename*=`` (RFC 2231) and, in ``name=``, encoded words.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256
from pathlib import PurePath
from urllib.parse import quote

from gouji.mail import text
from gouji.mail.model import Attachment, Message

LINE = "\r\n"
_LONGEST = 700  #: characters of an encoded name in one line; a line may have 998
_VND = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    ".xlsx": f"{_VND}.spreadsheetml.sheet", ".docx": f"{_VND}.wordprocessingml.document",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12", ".pdf": "application/pdf",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet", ".zip": "application/zip",
}  # fmt: skip
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,248}>")


def message(
    headers: Sequence[tuple[str, str]], body: str, attachments: Sequence[Attachment]
) -> bytes:
    """A message with CRLF lines. Header values are ASCII already; see ``subject``, ``is_id``."""
    text_part = _part(
        ['Content-Type: text/plain; charset="utf-8"'],
        LINE.join(body.splitlines()).encode("utf-8", "replace"),
    )
    parts = [text_part, *map(_file, attachments)]
    head = [f"{name}: {value}" for name, value in headers]
    boundary = f"=_{_hash(head, parts)}"  # never in base64, which has no underscore
    head += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', "", ""]
    pieces = [LINE.join(head).encode("ascii")]
    for part in parts:
        pieces += [f"--{boundary}{LINE}".encode(), part]
    return b"".join([*pieces, f"--{boundary}--{LINE}".encode()])


def written(parsed: Message) -> bytes:
    """A parsed message as bytes again: what another format held becomes plain mail."""
    headers = [("Subject", subject(parsed.subject))]
    if parsed.sender.isascii() and parsed.sender:
        name = f"{_encoded(parsed.sender_name)} " if parsed.sender_name else ""
        headers.insert(0, ("From", f"{name}<{parsed.sender}>"))
    if parsed.sent:
        headers.append(("Date", format_datetime(parsed.sent)))
    if is_id(parsed.message_id):
        headers.append(("Message-ID", parsed.message_id))
    return message(headers, parsed.text, parsed.attachments)


def subject(words: str) -> str:
    """One line for a header, encoded and folded where it needs to be."""
    plain = text.line(words)
    if plain.isascii() and "=?" not in plain and len(plain) < 60:
        return plain
    return _encoded(plain)


def _encoded(words: str) -> str:
    return Header(text.line(words), "utf-8", header_name="Subject").encode(linesep=LINE)


def is_id(words: str) -> bool:
    """Whether this is a message's id that may stand in a header."""
    return _ID.fullmatch(words) is not None


def _hash(head: list[str], parts: list[bytes]) -> str:
    content = sha256("\n".join(head).encode())
    for part in parts:
        content.update(part)
    return content.hexdigest()[:32]


def _part(headers: list[str], content: bytes) -> bytes:
    lines = [*headers, "Content-Transfer-Encoding: base64", "", ""]
    packed = base64.encodebytes(content).replace(b"\n", LINE.encode())
    return LINE.join(lines).encode("ascii") + packed


def _file(attachment: Attachment) -> bytes:
    name = text.name_of_path(attachment.name)
    kind = _TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    folded = f";{LINE} "
    headers = [
        f"Content-Type: {kind}{folded}name={_words(name)}",
        folded.join(["Content-Disposition: attachment", *_extended(name)]),
    ]
    if not name:
        headers = [f"Content-Type: {kind}", "Content-Disposition: attachment"]
    return _part(headers, attachment.data)


def _words(name: str) -> str:
    """For programs that do not know RFC 2231; encoded words in quotes, as they write it too."""
    return f'"{_quoted(name) if _is_plain(name) else _encoded(name)}"'


def _extended(name: str) -> list[str]:
    if _is_plain(name):
        return [f'filename="{_quoted(name)}"']
    pieces = [""]
    for char in name:
        told = quote(char.encode("utf-8", "replace"), safe="")
        if len(pieces[-1]) + len(told) > _LONGEST:
            pieces.append("")
        pieces[-1] += told
    if len(pieces) == 1:
        return [f"filename*=utf-8''{pieces[0]}"]
    first, *others = pieces
    return [f"filename*0*=utf-8''{first}",
            *(f"filename*{n}*={piece}" for n, piece in enumerate(others, start=1))]  # fmt: skip


def _is_plain(name: str) -> bool:
    """An encoded word or an escape would be read as one."""
    return name.isascii() and "=?" not in name and "%" not in name


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')

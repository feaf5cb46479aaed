"""The parts of a message, bounded: headers that break no rule by breaking, bodies as bytes.

The standard library's parser is not used for the tree: it has no bound on nesting, and a line that
is no header ends the headers for it. It does read parameters and transfer encodings.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Headers
from itertools import count

from gouji.gate import Reason, refusal
from gouji.mail import text

MAX_PARTS = 500
MAX_DEPTH = 10
MAX_HEAD = 256 * 1024  #: bytes of one part's headers
MAX_HEADERS = 1_000
MAX_VALUE = 8 * 1024  #: bytes of one header; reading parameters takes quadratic time
_BLANK = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_DASHES = re.compile(rb"^--(\S[^\r\n]{0,199}?)[ \t]*\r?$", re.MULTILINE)
_NOT_BASE64 = bytes(
    byte for byte in range(256) if not (chr(byte).isalnum() and byte < 128) and byte not in b"+/="
)
#: What the standard library may raise over parameters that make no sense.
_ODD = (ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is no multipart. ``holders`` are the multiparts around it, outermost first."""

    headers: Headers
    body: bytes
    holders: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.headers.get_content_type()

    @property
    def disposition(self) -> str:
        return str(self.headers.get("content-disposition", "")).partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        return parameter(self.headers, "content-type", "charset")

    def content(self) -> bytes:
        """The body without its transfer encoding."""
        how = str(self.headers.get("content-transfer-encoding", "")).strip().lower()
        if how == "base64":
            return _base64(self.body)
        if how == "quoted-printable":
            return binascii.a2b_qp(self.body)
        if how in ("x-uuencode", "uuencode", "uue", "x-uue"):
            return _uuencoded(self.body)
        return self.body


def split(data: bytes) -> tuple[Headers, bytes]:
    """Headers, their 8-bit characters read, and the body behind the first blank line."""
    if data.startswith((b"\r\n", b"\n")):
        return Headers(), data[1 + data.startswith(b"\r") :]
    blank = _BLANK.search(data)
    head, body = (data[: blank.start()], data[blank.end() :]) if blank else (data, b"")
    return _headers(head[:MAX_HEAD]), body


def parts(data: bytes) -> Iterator[Part]:
    """Every part that is no multipart, in order. Raises Refused (dangerous_archive)."""
    yield from _walk(data, (), "text/plain", count(1))


def parameter(headers: Headers, header: str, name: str) -> str:
    """A parameter's text, RFC 2231 read; empty when there is none or it makes no sense."""
    try:
        params = headers.get_params([], header)
    except _ODD:
        return ""
    values = [value for key, value in params or () if key.lower() == name]
    # The extended form (filename*=) says more than the plain one beside it.
    value = next((one for one in values if isinstance(one, tuple)), "".join(map(str, values[:1])))
    if not isinstance(value, tuple):
        return value
    charset, _, found = value
    try:
        raw = found.encode("latin-1")  # the standard library leaves the bytes as Latin-1
    except UnicodeEncodeError:
        return str(found)
    return text.decoded(raw, charset or "")


def _headers(head: bytes) -> Headers:
    """Lines that are no headers are passed over."""
    headers = Headers()
    big5 = "big5" if re.search(rb"(?i)charset\s*=\s*\"?\s*(?:x-)?(?:chinese)?big5", head) else ""
    lines = re.split(rb"\r?\n", _FOLD.sub(b"", head))
    for line in lines[:MAX_HEADERS]:
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            told = text.decoded(value[:MAX_VALUE].strip(), big5).replace("\r", " ")
            headers[name.strip()[:100].decode("ascii", "replace")] = told
    return headers


def _walk(
    data: bytes, holders: tuple[str, ...], default: str, tally: Iterator[int]
) -> Iterator[Part]:
    if next(tally) > MAX_PARTS:
        raise refusal(Reason.DANGEROUS_ARCHIVE, "parts", most=MAX_PARTS)
    headers, body = split(data)
    headers.set_default_type(default)
    kind = headers.get_content_type()
    boundary = _boundary(headers, body) if headers.get_content_maintype() == "multipart" else b""
    if not boundary:
        yield Part(headers, body, holders)
        return
    if len(holders) >= MAX_DEPTH:
        raise refusal(Reason.DANGEROUS_ARCHIVE, "depth", most=MAX_DEPTH)
    inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    for piece in _pieces(body, boundary):
        yield from _walk(piece, (*holders, kind), inner, tally)


def _boundary(headers: Headers, body: bytes) -> bytes:
    """The declared boundary; where it is lost, the first line that looks like one."""
    declared = parameter(headers, "content-type", "boundary").strip()
    if declared.isascii() and declared and f"--{declared}".encode() in body:
        return declared.encode()
    found = _DASHES.search(body[:MAX_VALUE])
    return found[1] if found else b""


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundaries; a lost end ends with the message."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    start = -1
    for match in line.finditer(body):
        if start >= 0:
            yield _after_break(body[start : match.start()])
        start = -1 if match[1] else match.end()
        if match[1]:
            return
    if start >= 0:
        yield _after_break(body[start:])


def _after_break(piece: bytes) -> bytes:
    return piece.removeprefix(b"\r").removeprefix(b"\n")


# ---------------------------------------------------------------------- transfer encodings
def _base64(body: bytes) -> bytes:
    """What can be read of it: foreign characters skipped, a cut end left off."""
    kept = body.translate(None, _NOT_BASE64).partition(b"=")[0]
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _uuencoded(body: bytes) -> bytes:
    carrier = Headers()
    carrier["Content-Transfer-Encoding"] = "x-uuencode"
    carrier.set_payload(body.decode("ascii", "surrogateescape"))
    plain = carrier.get_payload(decode=True)
    return plain if isinstance(plain, bytes) else body

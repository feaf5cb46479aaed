"""winmail.dat: the attachments Outlook packed into its own format (TNEF, [MS-OXTNEF])."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from gouji.gate import Reason, refusal
from gouji.mail import text
from gouji.mail.model import Attachment

SIGNATURE = b"\x78\x9f\x3e\x22"
_SMALLEST = 16  #: bytes: the head and one attribute
_MOST = 500  #: attachments
_ATTACHMENT_BEGINS = 0x00069002  # attAttachRenddata
_TITLE = 0x00018010
_DATA = 0x0006800F
_PROPERTIES = 0x00069005
_CODEPAGE = 0x00069007
#: PidTagAttachLongFilename among the MAPI properties: wide or narrow, one value, its length.
_LONG_NAME = re.compile(rb"([\x1e\x1f])\x00\x07\x37\x01\x00\x00\x00(....)", re.DOTALL)


def is_tnef(data: bytes) -> bool:
    return data.startswith(SIGNATURE) and len(data) > _SMALLEST


def attachments(data: bytes) -> tuple[Attachment, ...]:
    """The files in a winmail.dat; none where it only holds formatting. Raises Refused (damaged).

    A message embedded by Outlook has no data attribute and comes out as an empty attachment.
    """
    found: list[dict[int, bytes]] = []
    charset = ""
    for name, value in _attributes(data):
        if name == _CODEPAGE and len(value) >= 4:
            charset = f"cp{struct.unpack_from('<L', value)[0]}"
        elif name == _ATTACHMENT_BEGINS:
            found.append({})
        elif found and name in (_TITLE, _DATA, _PROPERTIES):
            found[-1][name] = value
        if len(found) > _MOST:
            raise refusal(Reason.DANGEROUS_ARCHIVE, "parts", most=_MOST)
    return tuple(Attachment(_name(one, charset), one.get(_DATA, b"")) for one in found)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Id and value: a level, an id, a length, the value and a sum of its bytes, one by one."""
    at = 6
    while at < len(data):
        if at + 9 > len(data):
            raise refusal(Reason.DAMAGED, "tnef")
        name, length = struct.unpack_from("<LL", data, at + 1)
        at += 9
        if at + length + 2 > len(data):
            raise refusal(Reason.DAMAGED, "tnef")
        yield name, data[at : at + length]
        at += length + 2


def _name(one: dict[int, bytes], charset: str) -> str:
    """The long name of the MAPI properties, else the title."""
    properties = one.get(_PROPERTIES, b"")
    for kind, size in _LONG_NAME.findall(properties):
        start = properties.index(kind + b"\x00\x07\x37\x01\x00\x00\x00" + size) + 12
        raw = properties[start : start + min(struct.unpack("<L", size)[0], 2_000)]
        wide = raw.decode("utf-16-le", "replace") if kind == b"\x1f" else text.decoded(raw, charset)
        if name := text.name_of_path(wide.rstrip("\0")):
            return name
    title = one.get(_TITLE, b"").partition(b"\0")[0]
    return text.name_of_path(text.decoded(title, charset))

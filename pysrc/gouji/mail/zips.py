"""ZIP archives of any files: judged by their directory, named as Windows programs name in China."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gouji.documents.kinds import ZIP_STARTS, Kind, kind_of_members
from gouji.gate import Content, Package, Reason, refusal
from gouji.mail import text

_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_UNICODE_PATH = 0x7075  #: an extra field of Info-ZIP, WinRAR and others: the name in UTF-8
#: Root members of documents that are ZIPs: Office, OpenDocument, and OFD, the official layout.
_DOCUMENT_MARKS = frozenset({"[content_types].xml", "mimetype", "ofd.xml"})
_JUNK = re.compile(r"(?i)__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini|\._.*|~\$.*|\.~lock\..*#")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. ``name`` is to be shown, never a path."""

    name: str
    size: int
    _info: zipfile.ZipInfo
    _archive: bytes

    def read(self) -> bytes:
        """The member's bytes. Raises Refused (encrypted, damaged, other_archive)."""
        info = self._info
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise refusal(Reason.ENCRYPTED, "archive")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refusal(Reason.OTHER_ARCHIVE, "method")
        content = Content(self.name, self._archive, "")
        return Package(content, {info.filename: info}).read(info.filename)


def is_zip(data: bytes) -> bool:
    return data.startswith(ZIP_STARTS)


def is_document(infos: Collection[zipfile.ZipInfo]) -> bool:
    """True for a file that only happens to be a ZIP, as .xlsx and .ods are."""
    names = {info.filename for info in infos}
    if not _DOCUMENT_MARKS.isdisjoint(name.lower() for name in names):
        return True
    return kind_of_members(names) is not Kind.ARCHIVE


def members(data: bytes, infos: Collection[zipfile.ZipInfo]) -> Iterator[Member]:
    """The files inside; folders and what systems leave behind are passed over."""
    for info in infos:
        path = _path(info)
        parts = [part for part in re.split(r"[/\\]", path) if part]
        is_folder = path.endswith(("/", "\\")) and not info.file_size
        if not is_folder and not any(_JUNK.fullmatch(part) for part in parts):
            yield Member(text.name_of_path(path), info.file_size, info, data)


def _path(info: zipfile.ZipInfo) -> str:
    """The member's path: UTF-8 where it says so, else whatever its bytes are."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")  # as zipfile read it; every byte has a character
    except UnicodeEncodeError:
        return info.filename
    return _unicode_path(info.extra, raw) or text.decoded(raw)


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in the extra field, when it was written for this very name."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        value, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and value[:5] == b"\x01" + zlib.crc32(raw).to_bytes(4, "little"):
            return value[5:].decode("utf-8", "replace")
    return ""

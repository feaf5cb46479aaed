"""The intake gate: a file is taken in once, or refused with one clear line.

Nothing is unpacked before the archive's own directory has been judged, and what is unpacked is
bounded by what the directory declared. ``Refused.message`` says what is wrong and what to do; the
caller puts the file's name before it.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gouji.documents.kinds import ZIP_STARTS, Kind, kind_of_bytes, kind_of_members
from gouji.wording import say

MEGABYTE = 1 << 20
MAX_FILE = 64 * MEGABYTE
MAX_MEMBERS = 2_000
MAX_MEMBER = 256 * MEGABYTE
MAX_TOTAL = 512 * MEGABYTE
#: Spreadsheet XML shrinks 5 to 60 times; small members may be odd, they do no harm.
MAX_RATIO = 250
RATIO_FREE = 8 * MEGABYTE
#: A directory of as many members as allowed, with names and extras of usual length.
MAX_DIRECTORY = MAX_MEMBERS * 1024

#: A tree in memory takes many times its text: XML and web pages read as trees are held below this.
MAX_TREE = 32 * MEGABYTE
_WORKBOOK = "xl/workbook.xml"
_MIMETYPE = "mimetype"


class Reason(StrEnum):
    """Why a file cannot be used; wording under ``refused.<reason>``."""

    MISSING = "missing"
    EMPTY = "empty"
    NOT_WORKBOOK = "not_workbook"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    OTHER_FORM = "other_form"
    UNKNOWN_EDITION = "unknown_edition"
    OLDER_TEMPLATE = "older_template"
    NEWER_TEMPLATE = "newer_template"
    SHEETS_MISSING = "sheets_missing"
    TWO_COVERS = "two_covers"
    MOVED = "moved"
    TOO_LARGE = "too_large"
    DANGEROUS_ARCHIVE = "dangerous_archive"
    FOLDER = "folder"
    PERMISSION = "permission"
    BAD_VALUES = "bad_values"
    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    AMBIGUOUS_UNIT = "ambiguous_unit"
    OTHER_YEAR = "other_year"
    OTHER_EDITION = "other_edition"
    LAST_YEAR_AGAIN = "last_year_again"
    NO_ATTACHMENT = "no_attachment"
    NOT_A_REPORT = "not_a_report"
    NO_OFFICE = "no_office"
    NO_PDF = "no_pdf"
    SCANNED = "scanned"
    OTHER_ARCHIVE = "other_archive"
    NO_TABLES = "no_tables"
    EDITION_UNCLEAR = "edition_unclear"
    TABLE_TWICE = "table_twice"
    LABELS_UNCLEAR = "labels_unclear"


class Refused(Exception):
    """A file that cannot be used: ``reason`` for programs, ``message`` for the clerk.

    ``unit`` is who sent it, where the file says so all the same.
    """

    def __init__(self, reason: Reason, message: str, unit: str = "") -> None:
        super().__init__(reason, message, unit)  # all, so that it survives pickling to a worker
        self.reason = reason
        self.message = message
        self.unit = unit

    def __str__(self) -> str:
        return self.message


def refusal(reason: Reason, kind: str = "", **places: object) -> Refused:
    """The refusal worded by ``refused.<reason>`` or ``refused.<reason>_<kind>``."""
    return Refused(reason, say(f"refused.{reason}{'_' if kind else ''}{kind}", **places))


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes, read once, and their SHA-256 in hex."""

    name: str
    data: bytes
    sha256: str


def take(path: Path) -> Content:
    """Read a file once. Raises Refused (missing, folder, permission, empty, too_large)."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError as error:
        raise refusal(Reason.MISSING) from error
    except IsADirectoryError as error:
        raise refusal(Reason.FOLDER) from error
    except PermissionError as error:
        # Windows reports a folder as a file that may not be opened.
        raise refusal(Reason.FOLDER if path.is_dir() else Reason.PERMISSION) from error
    except (OSError, ValueError) as error:
        raise refusal(Reason.PERMISSION) from error
    if not data.strip():
        raise refusal(Reason.EMPTY)
    if len(data) > MAX_FILE:
        raise refusal(Reason.TOO_LARGE, size=MAX_FILE // MEGABYTE)
    return Content(path.name, data, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Package:
    """A workbook's archive whose directory has been judged; members are unpacked on demand."""

    content: Content
    members: dict[str, zipfile.ZipInfo]
    _unpacked: dict[str, bytes] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.members

    def read(self, name: str) -> bytes:
        """A member's bytes, never more than its declared size. Raises Refused (damaged, …)."""
        if name not in self._unpacked:
            self._unpacked[name] = _inflated(self.content.data, self.members[name])
        return self._unpacked[name]

    def extract(self, names: list[str]) -> bytes:
        """A plain archive of those members, stored: readers see only what was bounded here."""
        return _stored({name: self.read(name) for name in names if self.has(name)})


def kind_of(content: Content) -> Kind:
    """What the file is, by its content. Raises Refused for an archive that may not be opened."""
    if not is_archive(content):
        return kind_of_bytes(content.data)
    return kind_of_package(open_archive(content))


def is_archive(content: Content) -> bool:
    """True for anything in a ZIP: .xlsx, .docx, .ods and packed folders."""
    return content.data.startswith(ZIP_STARTS)


def kind_of_package(package: Package) -> Kind:
    """What the archive is, by its members. Raises Refused (damaged)."""
    packed = package.members.get(_MIMETYPE)
    told = package.read(_MIMETYPE) if packed and packed.file_size < RATIO_FREE else b""
    return kind_of_members(package.members, told[:200].decode("ascii", "replace"))


def open_package(content: Content) -> Package:
    """A workbook's archive: its kind and its directory are judged. Raises Refused."""
    if not is_archive(content):
        raise not_a_workbook(kind_of_bytes(content.data))
    package = open_archive(content)
    if not package.has(_WORKBOOK):
        raise _other_archive(package)
    return package


def open_archive(content: Content) -> Package:
    """Any archive whose directory may be trusted. Raises Refused."""
    infos = directory(content.data)
    if any(info.flag_bits & 1 for info in infos):
        raise refusal(Reason.ENCRYPTED)
    return Package(content, {info.filename: info for info in infos})


def directory(data: bytes) -> list[zipfile.ZipInfo]:
    """Any archive's directory, judged. Raises Refused (damaged, dangerous_archive)."""
    try:
        with zipfile.ZipFile(_Bounded(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise refusal(Reason.DAMAGED) from error
    _judge_members(infos, len(data))
    return infos


class _Bounded(io.BytesIO):
    """Gives no directory beyond what is allowed, wherever ``zipfile`` believes its size stands."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY:
            raise refusal(Reason.DANGEROUS_ARCHIVE)
        return super().read(size)


def _judge_members(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse bombs and doubled members by the directory alone. Raises Refused."""
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if (
        len(infos) > MAX_MEMBERS
        or total > MAX_TOTAL
        or any(info.file_size > MAX_MEMBER for info in infos)
        or packed > size  # overlapping members: the same bytes unpacked many times
        or any(_swollen(info.file_size, info.compress_size) for info in infos)
        or _swollen(total, packed)
        or len({info.filename.lower() for info in infos}) < len(infos)
    ):
        raise refusal(Reason.DANGEROUS_ARCHIVE)


def _swollen(size: int, packed: int) -> bool:
    return size > RATIO_FREE and size > MAX_RATIO * max(packed, 1)


def _inflated(data: bytes, info: zipfile.ZipInfo) -> bytes:
    try:
        head = struct.unpack_from("<4s2B4HL2L2H", data, info.header_offset)
    except struct.error as error:
        raise refusal(Reason.DAMAGED) from error
    start = info.header_offset + 30 + head[-2] + head[-1]
    packed = memoryview(data)[start : start + info.compress_size]
    if head[0] != b"PK\x03\x04" or len(packed) < info.compress_size:
        raise refusal(Reason.DAMAGED)
    if info.compress_type == zipfile.ZIP_STORED:
        plain = bytes(packed)
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        plain = _deflated(packed, info.file_size)
    else:
        raise refusal(Reason.DAMAGED)
    if len(plain) != info.file_size or zlib.crc32(plain) != info.CRC:
        raise refusal(Reason.DAMAGED)
    return plain


def _deflated(packed: memoryview, size: int) -> bytes:
    """At most one byte more than declared: whoever declared too little is found out by it."""
    try:
        return zlib.decompressobj(-15).decompress(packed, size + 1)
    except zlib.error as error:
        raise refusal(Reason.DAMAGED) from error


def _stored(members: dict[str, bytes]) -> bytes:
    """A minimal ZIP of stored members (sizes far below 4 GB, names of a package are ASCII)."""
    body, directory, offset = [], [], 0
    for name, plain in members.items():
        raw = name.encode()
        common = struct.pack(
            "<HHHHHLLLHH", 20, 0x800, 0, 0, 33, zlib.crc32(plain), len(plain), len(plain),
            len(raw), 0,
        )  # fmt: skip
        directory.append(
            b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHLL", 0, 0, 0, 0, offset) + raw
        )
        body += [b"PK\x03\x04" + common + raw, plain]
        offset += 30 + len(raw) + len(plain)
    index = b"".join(directory)
    count = len(members)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(index), offset, 0)
    return b"".join([*body, index, end])


def not_a_workbook(kind: Kind) -> Refused:
    """The refusal for a file that is no .xlsx, where only that will do."""
    if kind in (Kind.ENCRYPTED, Kind.DAMAGED):
        return refusal(Reason(kind))
    return refusal(Reason.NOT_WORKBOOK, _TOLD.get(kind, kind))


#: Kinds that are told by the words of another.
_TOLD = {Kind.DOCX: Kind.WORD, Kind.MHTML: Kind.HTML, Kind.SHEET_XML: Kind.XML}


def _other_archive(package: Package) -> Refused:
    kind = kind_of_package(package)
    if kind is Kind.ARCHIVE and any(name.startswith("xl/") for name in package.members):
        return refusal(Reason.DAMAGED)
    return not_a_workbook(kind)

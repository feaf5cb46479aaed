"""What kind of file the bytes are, by their content; a name's extension says nothing."""

from __future__ import annotations

import re
from collections.abc import Container
from enum import StrEnum

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


class Kind(StrEnum):
    """Kinds told apart; the values are part of message keys (``not_workbook_<kind>``)."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    ODS = "ods"
    XLS = "xls"  #: Excel 97 and before, also WPS's .et
    SHEET_XML = "sheet_xml"  #: the single XML file of Excel 2003
    DOCX = "docx"
    WORD = "word"  #: Word 97, WPS's .wps, RTF, ODT, Word 2003 XML: an office must open it
    HTML = "html"
    MHTML = "mhtml"
    PDF = "pdf"
    XML = "xml"
    TEXT = "text"
    PICTURE = "picture"
    ARCHIVE = "archive"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    OTHER = "other"


#: How a file begins (lower case) → its kind.
_STARTS = (
    (b"<!doctype html", Kind.HTML), (b"<html", Kind.HTML), (b"<table", Kind.HTML),
    (b"<head", Kind.HTML), (b"<meta", Kind.HTML), (b"<body", Kind.HTML), (b"<?xml", Kind.XML),
    (b"%pdf", Kind.PDF), (b"mime-version:", Kind.MHTML), (b"rar!", Kind.ARCHIVE),
    (b"7z\xbc\xaf", Kind.ARCHIVE), (b"\x1f\x8b", Kind.ARCHIVE), (b"{\\rtf", Kind.WORD),
    (b"\x89png", Kind.PICTURE), (b"\xff\xd8\xff", Kind.PICTURE), (b"gif8", Kind.PICTURE),
    (b"ii*\0", Kind.PICTURE), (b"mm\0*", Kind.PICTURE),
)  # fmt: skip
#: Streams at the root of an OLE file → kind.
_STREAMS = (
    ("EncryptedPackage", Kind.ENCRYPTED), ("WordDocument", Kind.WORD), ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
)  # fmt: skip
#: Members of an archive → kind.
_MEMBERS = (
    ("xl/workbook.xml", Kind.XLSX), ("word/document.xml", Kind.DOCX),
    ("xl/workbook.bin", Kind.XLSB), ("ppt/presentation.xml", Kind.OTHER),
)  # fmt: skip
_MHTML_HEAD = re.compile(rb"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*mime-version:", re.IGNORECASE)
_TAGS = re.compile(rb"<(?:html|table|body|tr|td)[\s>]", re.IGNORECASE)
_LOOKED_AT = 4096


def kind_of_bytes(data: bytes) -> Kind:
    """The kind of anything that is not a ZIP archive. Never raises."""
    if data.startswith(OLE):
        return _of_ole(data)
    start = _narrow(data[:_LOOKED_AT]).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, kind in _STARTS:
        if start.startswith(mark):
            return _of_xml(start) if kind is Kind.XML else kind
    if _MHTML_HEAD.match(start):
        return Kind.MHTML
    if not _is_text(data[:_LOOKED_AT]):
        return Kind.OTHER
    return Kind.HTML if _TAGS.search(start) else Kind.TEXT


def kind_of_members(names: Container[str], mimetype: str = "") -> Kind:
    """The kind of a ZIP archive with these members; ``mimetype`` is that of an ODF file."""
    if "content.xml" in names:
        texts = "opendocument.text" in mimetype
        return Kind.WORD if texts else Kind.ODS
    return next((kind for name, kind in _MEMBERS if name in names), Kind.ARCHIVE)


def _of_ole(data: bytes) -> Kind:
    names = _root_streams(data)
    if not names:  # damaged: a stream it once named may still tell what it was
        named = (kind for name, kind in _STREAMS if name.encode("utf-16-le") in data)
        return next(named, Kind.DAMAGED)
    return next((kind for name, kind in _STREAMS if name.lower() in names), Kind.OTHER)


def _root_streams(data: bytes) -> set[str] | None:
    """Names of the streams at the root, lower case; None when the file is damaged."""
    import io

    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            return {path[0].lower() for path in file.listdir() if len(path) == 1}
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, MemoryError):
        return None


def _of_xml(start: bytes) -> Kind:
    if b"<html" in start:
        return Kind.HTML
    if b'progid="excel.sheet"' in start or b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return Kind.SHEET_XML
    if b'progid="word.document"' in start:
        return Kind.WORD
    return Kind.HTML if _TAGS.search(start) else Kind.XML


def _narrow(start: bytes) -> bytes:
    """UTF-16 without its zero bytes: enough to see the tags it begins with."""
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or start[:200].count(0) > 40
    return start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"") if (
        wide and not start.startswith(OLE)
    ) else start  # fmt: skip


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if (start[:1] == b"<" and start[1:2] == b"\0") or start[:2] == b"\0<":
        return True  # a page in UTF-16 without its mark
    return not any(byte < 32 and byte not in (9, 10, 12, 13) for byte in start)

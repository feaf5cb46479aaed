"""Any file a unit may send → a Document, by its content and never by its name's ending."""

from __future__ import annotations

from gouji.documents.kinds import Kind
from gouji.documents.model import Document
from gouji.documents.own_book import own_book, xlsx_document
from gouji.gate import (
    MAX_TREE,
    MEGABYTE,
    Content,
    Reason,
    kind_of,
    not_a_workbook,
    open_archive,
    open_package,
    refusal,
)


def read_document(content: Content) -> Document:
    """What stands in the file.

    Raises Refused: not_workbook (a picture, an archive, …), encrypted, damaged, too_large,
    dangerous_archive, no_office, no_pdf, scanned.
    """
    kind = kind_of(content)
    if kind is Kind.XLSX:
        return xlsx_document(open_package(content))
    if (book := own_book(content)) is not None:
        return book.document()
    if kind is Kind.HTML or kind is Kind.MHTML:
        return _page(content, kind)
    if kind is Kind.TEXT:
        return _text(content.data)
    if kind is Kind.PDF:
        from gouji.documents.pdf import read_pdf

        return read_pdf(content.data)
    if kind is Kind.DOCX or kind is Kind.WORD:
        return _letter(content, kind)
    raise not_a_workbook(kind)


def _page(content: Content, kind: Kind) -> Document:
    from gouji.documents.html import read_html
    from gouji.documents.mhtml import read_mhtml

    return (read_html if kind is Kind.HTML else read_mhtml)(content.data)


def _letter(content: Content, kind: Kind) -> Document:
    from gouji.documents.word import read_docx

    if kind is Kind.DOCX:
        return read_docx(open_archive(content))
    from gouji.documents.office import as_docx

    return read_docx(open_archive(as_docx(content)), "doc")


def _text(data: bytes) -> Document:
    from gouji.documents.csv_table import as_table
    from gouji.documents.encoding import decode
    from gouji.documents.text import read_text

    if len(data) > MAX_TREE:
        raise refusal(Reason.TOO_LARGE, size=MAX_TREE // MEGABYTE)
    table = as_table(decode(data).text)
    return table if table is not None else read_text(data)

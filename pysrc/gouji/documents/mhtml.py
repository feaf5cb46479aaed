"""Pages saved with all that belongs to them in one file (MHTML), by browsers, Word and Excel."""

from __future__ import annotations

import email
from email.message import Message
from email.policy import compat32

from gouji.documents.flow import Flow
from gouji.documents.html import decode_page, encoding_notes, tell_page
from gouji.documents.model import Document
from gouji.gate import MAX_TREE, MEGABYTE, Reason, refusal

#: A workbook saved this way has a page for each sheet.
MAX_PAGES = 200


def read_mhtml(data: bytes) -> Document:
    """All pages of the file, one after the other. Raises Refused (damaged, too_large)."""
    if len(data) > MAX_TREE:
        raise refusal(Reason.TOO_LARGE, size=MAX_TREE // MEGABYTE)
    pages = _pages(data)
    if not pages:
        raise refusal(Reason.DAMAGED)
    flow, title, embedded = Flow(), "", ""
    notes: list[str] = []
    for payload, charset in pages:
        decoded = decode_page(payload, charset)
        head = tell_page(decoded.text, flow)
        title, embedded = title or head.title, embedded or head.data
        notes += encoding_notes(decoded)
    return Document("html", flow.finish(), title, tuple(dict.fromkeys(notes)), embedded)


def _pages(data: bytes) -> list[tuple[bytes, str]]:
    """Content and charset of each HTML part."""
    try:
        message: Message = email.message_from_bytes(data, policy=compat32)
        parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
        found = []
        for part in parts[:MAX_PAGES]:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload.strip():
                found.append((payload, part.get_param("charset", "")))
    except (ValueError, LookupError, RecursionError, TypeError) as error:
        raise refusal(Reason.DAMAGED) from error
    return [(payload, charset if isinstance(charset, str) else "") for payload, charset in found]

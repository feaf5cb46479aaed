"""What a message says: its text, out of plain text or a page."""

from __future__ import annotations

import re

from lxml import etree, html

from gouji.mail import text

MAX_TEXT = 1_000_000  #: characters of a message's text
_MAX_RAW = 4 << 20  #: bytes of a body that are looked at
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "blockquote"})
_CELLS = frozenset({"td", "th"})
_UNSEEN = ("script", "style", "head", "title")


def plain(raw: bytes, charset: str = "") -> str:
    """The words of a plain body."""
    return _tidy(text.decoded(raw[:_MAX_RAW], charset))


def page(raw: bytes, charset: str = "") -> str:
    """The words of a page in bytes, in its own encoding unless ``charset`` says which."""
    meta = _META.search(raw[:4096])
    if not text.codec_of(charset) and meta:
        charset = meta[1].decode("ascii", "replace")
    return text_of_page(text.decoded(raw[:_MAX_RAW], charset))


def text_of_page(markup: str) -> str:
    """The words of a page, a line for each block, a tab behind each cell."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    out: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            out += ["\n" if tag in _BLOCKS else "", _BLANKS.sub(" ", element.text or "")]
        else:
            out.append("\n" if tag in _BLOCKS else "\t" if tag in _CELLS else "")
            out.append(_BLANKS.sub(" ", element.tail or ""))
    lines = (piece.strip() for piece in "".join(out).split("\n"))
    return _tidy("\n".join(piece for piece in lines if piece))


def _tidy(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\0", "")[:MAX_TEXT].strip()

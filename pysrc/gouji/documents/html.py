"""Web pages, and what web systems export as ``.xls`` or ``.doc``: HTML as it is found."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lxml import etree

from gouji.documents.encoding import Decoded, decode
from gouji.documents.flow import Flow
from gouji.documents.model import Document
from gouji.gate import MAX_TREE, MEGABYTE, Reason, refusal
from gouji.wording import say

#: ``charset=`` of a meta element or of an XML declaration, where pages say it.
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.I)
_SAID_WITHIN = 4096
#: Elements nobody sees, or whose content is no text of the page.
_UNSEEN = frozenset((
    "script", "style", "head", "title", "noscript", "template", "iframe", "object", "embed",
    "applet", "footer", "svg", "math", "audio", "video", "canvas", "map", "select", "datalist",
    "button",
))  # fmt: skip
#: Elements that stand on lines of their own.
_LINES = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "form", "frameset",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu",
    "nav", "ol", "p", "pre", "section", "summary", "ul", "br",
))  # fmt: skip
#: Of the element in which our own pages carry their numbers.
DATA_ID = "gouji-data"
_HEADINGS = ("h1", "h2", "h3")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_TYPED_INPUTS = ("", "text", "number")
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: Characters that no reader shows.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufeff\u200b-\u200d\u2060\u00ad]")


def read_html(data: bytes, charset: str = "") -> Document:
    """A page's bytes as a Document. ``charset`` is what a mail header says of it.

    Raises Refused (damaged, too_large).
    """
    decoded = decode_page(data, charset)
    flow = Flow()
    head = tell_page(decoded.text, flow)
    return Document("html", flow.finish(), head.title, encoding_notes(decoded), head.data)


def decode_page(data: bytes, charset: str = "") -> Decoded:
    """The page's text. Raises Refused (damaged, too_large)."""
    if len(data) > MAX_TREE:
        raise refusal(Reason.TOO_LARGE, size=MAX_TREE // MEGABYTE)
    said = _CHARSET.search(data[:_SAID_WITHIN].replace(b"\0", b""))
    return decode(data, charset or (said[1].decode("ascii") if said else ""))


def encoding_notes(decoded: Decoded) -> tuple[str, ...]:
    """The sentence about an encoding that is not the declared one, if so."""
    if not decoded.lied:
        return ()
    return (say("documents.encoding", declared=decoded.declared, used=decoded.used.upper()),)


class Head(NamedTuple):
    """A page's title, and the data it carries for programs if it is one of ours."""

    title: str = ""
    data: str = ""


def tell_page(text: str, flow: Flow) -> Head:
    """Tell ``flow`` what stands on the page. Raises Refused (damaged, too_large)."""
    root = _parsed(_CONTROLS.sub("", text))
    if root is None:
        return Head()
    page = _Page(flow)
    page.read(root)
    blocks = root.xpath("//script[@type='application/json'][@id=$id]", id=DATA_ID)
    return Head(page.title(root), "\n".join(block.text or "" for block in blocks))


def _parsed(text: str) -> Any:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True, huge_tree=True,
        recover=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise refusal(Reason.DAMAGED) from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise refusal(Reason.TOO_LARGE, "document")  # the rest was left out by the parser
    return root


class _Page:
    """Walks a page once, without recursion, and tells a Flow what it sees."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._heading = ""
        self._depth = 0  #: open tables

    def title(self, root: Any) -> str:
        """The <title>, else the first heading."""
        found = root.find(".//title")
        told = "" if found is None else _SPACES.sub(" ", "".join(found.itertext())).strip()
        return told or self._heading

    def read(self, root: Any) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "end":
                self._end(tag, element)
            elif _is_unseen(tag, element):
                walker.skip_subtree()
            else:
                self._start(tag, element)

    def _start(self, tag: str, element: Any) -> None:
        flow = self.flow
        if tag in _LINES:
            flow.line_break()
        if tag == "table":
            flow.start_table()
            self._depth += 1
        elif tag == "tr" and self._depth:
            flow.start_row()
        elif tag in ("td", "th") and self._depth:
            flow.start_cell(_span(element, "rowspan"), _span(element, "colspan"))
        elif tag == "input" and element.get("type", "").lower() in _TYPED_INPUTS:
            flow.text(_spaced(element.get("value", "")))
        elif tag in _HEADINGS and not self._heading:
            self._heading = _spaced("".join(element.itertext())).strip()
        flow.text(_spaced(element.text))

    def _end(self, tag: str, element: Any) -> None:
        flow = self.flow
        if _is_unseen(tag, element):
            flow.text(_spaced(element.tail))
            return
        if tag in _LINES:
            flow.line_break()
        if tag == "table":
            flow.end_table()
            self._depth -= 1
        elif tag in ("td", "th") and self._depth:
            flow.end_cell()
        flow.text(_spaced(element.tail))


def _spaced(text: str | None) -> str:
    """Spaces and line ends of the source as one space; no-break and full-width ones stay."""
    return _SPACES.sub(" ", text) if text else ""


def _is_unseen(tag: str, element: Any) -> bool:
    return tag in _UNSEEN or _is_hidden(element) or (tag == "figure" and _is_picture(element))


def _is_picture(figure: Any) -> bool:
    """A picture with its caption, which is no text of the report; editors put tables in figures."""
    return figure.find(".//table") is None and (
        figure.find(".//svg") is not None or figure.find(".//img") is not None
    )


def _is_hidden(element: Any) -> bool:
    return (
        element.get("hidden") is not None
        or bool(_HIDDEN.search(element.get("style", "")))
        or element.get("type", "").lower() == "hidden"
    )


def _span(element: Any, name: str) -> int:
    """The span as a browser takes it: 1 for nonsense, 0 only for rows."""
    digits = re.match(r"\s*(\d{1,9})", element.get(name, ""))
    span = int(digits[1]) if digits else 1
    return span if span or name == "rowspan" else 1

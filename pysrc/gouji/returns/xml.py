"""XML of a package's parts: read without document types and entities, written the same each time.

The only place of ``returns`` that imports lxml; an ``Element`` is one of its elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from gouji.gate import Reason, refusal

Element = Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
VML, OFFICE, EXCEL = (
    f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office", "office:excel")
)
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


#: Letters that XML cannot hold.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """The text with a mark in place of every letter XML cannot hold."""
    return _UNFIT.sub("\ufffd", text)


def parse(data: bytes, *, lenient: bool = False) -> Element:
    """The root of a part. Raises Refused (damaged; dangerous_archive for a document type).

    ``lenient`` mends what is not well formed: VML as some programs write it.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=lenient
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal(Reason.DAMAGED) from error
    if root is None:
        raise refusal(Reason.DAMAGED)
    if root.getroottree().docinfo.doctype:
        raise refusal(Reason.DANGEROUS_ARCHIVE)
    return root


def written(root: Element) -> bytes:
    """The part's bytes."""
    return _DECLARATION + bytes(etree.tostring(root, encoding="UTF-8"))


def local(element: Element) -> str:
    """An element's name without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def tag(element: Element, name: str) -> str:
    """``name`` in the namespace of ``element``."""
    space = element.tag.rpartition("}")[0]
    return f"{space}}}{name}" if space else name


def every(root: Element, *names: str) -> Iterator[Element]:
    """All elements of these local names, in order; a list, so that they may be taken out."""
    return iter([each for each in root.iter() if local(each) in names])


def child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next((each for each in element if local(each) == name), None)


def need(element: Element, name: str) -> Element:
    """The first child of that local name, which must be there. Raises Refused (damaged)."""
    found = child(element, name)
    if found is None:
        raise refusal(Reason.DAMAGED)
    return found


def add(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """A new last child in the parent's own namespace."""
    made = etree.SubElement(parent, tag(parent, name), attributes)
    made.text = text
    return made


def new(name: str, spaces: dict[str | None, str]) -> Element:
    """A new root in the default namespace; ``spaces`` are the prefixes it declares."""
    own = spaces.get(None, "")
    return etree.Element(f"{{{own}}}{name}" if own else name, nsmap=spaces)


def put(parent: Element, made: Element, order: tuple[str, ...]) -> None:
    """Insert a child before the first of those that ``order`` lists behind it, else last."""
    behind = {*order[order.index(local(made)) + 1 :], "AlternateContent"}
    for index, each in enumerate(parent):
        if local(each) in behind:
            parent.insert(index, made)
            return
    parent.append(made)


def take_out(element: Element) -> None:
    """Remove an element and keep the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)

"""Word's ``.docx``: the body's paragraphs and tables in order, as a reader sees them.

The XML is walked itself, since content controls, text boxes and tracked changes stand around what
a library's lists of paragraphs and tables would show. Inserted text counts, deleted text does not.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from gouji.documents.flow import Flow
from gouji.documents.model import Document
from gouji.documents.trees import member_tree
from gouji.gate import Package
from gouji.wording import say

_BODY, _STYLES = "word/document.xml", "word/styles.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: The same elements as an ISO-strict document names them.
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
#: Subtrees without text a reader sees: deleted, moved away, field codes, properties.
_PASSED_OVER = frozenset((
    "del", "moveFrom", "delText", "instrText", "sdtPr", "sdtEndPr", "pPr", "rPr", "tblPr",
    "tblGrid", "tblPrEx", "trPr", "tcPr", "sectPr", "footnoteReference", "endnoteReference",
    "commentReference", "rt",
))  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_OFF = ("0", "false", "off", "none")
_PICTURES = ("blip", "imagedata")
#: Columns narrower than a millimetre (in twentieths of a point) are no columns: edges that were
#: dragged, or rounded by a program, miss each other.
_SLIVER = 57
_FAR = 1 << 20


def read_docx(package: Package, kind: str = "docx") -> Document:
    """The document's Document. Raises Refused (damaged, too_large, dangerous_archive)."""
    letter = _Letter(_styles(package, "title"), _styles(package, "caption"))
    letter.read(member_tree(package, _BODY))
    blocks = letter.flow.finish()
    first = next((block for block in blocks if isinstance(block, str)), "")
    notes = (say("documents.pictures", n=letter.pictures),) if letter.pictures else ()
    return Document(kind, blocks, letter.title or first, notes)


def _styles(package: Package, wanted: str) -> frozenset[str]:
    """Ids of the styles made for a document's title, or for what stands under its pictures."""
    if not package.has(_STYLES):
        return frozenset()
    found = set()
    for style in member_tree(package, _STYLES).iter(f"{_W}style", f"{_STRICT}style"):
        name = _child(style, "name")
        if name is not None and _value(name).lower() == wanted:
            found.add(_attribute(style, "styleId"))
    return frozenset(found)


class _Letter:
    """Walks the body once, without recursion, and tells a Flow what it sees."""

    def __init__(self, title_styles: frozenset[str], caption_styles: frozenset[str]) -> None:
        self.flow = Flow()
        self.title = ""
        self.pictures = 0
        self._title_styles, self._caption_styles = title_styles, caption_styles
        self._columns: list[_Columns] = []  #: of the tables that are open

    def read(self, root: Any) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            name = etree.QName(element).localname
            if _is_passed_over(element, name) or (name == "p" and self._is_caption(element)):
                if event == "start":
                    walker.skip_subtree()
            elif event == "start":
                self._start(name, element)
            else:
                self._end(name)

    def _start(self, name: str, element: Any) -> None:
        flow = self.flow
        if name == "t":
            flow.text(element.text or "")
        elif name in _SIGNS:
            flow.text(_SIGNS[name])
        elif name in ("p", "br", "cr", "txbxContent"):
            flow.line_break()
            if name == "p" and not self.title:
                self._entitle(element)
        elif name == "tbl":
            flow.start_table()
            self._columns.append(_Columns(_child(element, "tblGrid")))
        elif name == "tr" and self._columns:
            self._columns[-1].at = 0
            flow.start_row()
            if before := _number(_child(element, "trPr"), "gridBefore", 0):
                flow.start_cell(columns=self._columns[-1].taken(before))
                flow.end_cell()
        elif name == "tc" and self._columns:
            properties = _child(element, "tcPr")
            columns = self._columns[-1].taken(_number(properties, "gridSpan", 1))
            flow.start_cell(columns=columns, continues=_continues(properties))
        elif name in _PICTURES:
            self.pictures += 1

    def _end(self, name: str) -> None:
        if name in ("p", "txbxContent"):
            self.flow.line_break()
        elif name == "tbl":
            self.flow.end_table()
            self._columns.pop()
        elif name == "tc" and self._columns:
            self.flow.end_cell()

    def _is_caption(self, paragraph: Any) -> bool:
        """It belongs to a picture, not to the text."""
        style = _child(_child(paragraph, "pPr"), "pStyle")
        return style is not None and _value(style) in self._caption_styles

    def _entitle(self, paragraph: Any) -> None:
        style = _child(_child(paragraph, "pPr"), "pStyle")
        if style is not None and _value(style) in self._title_styles:
            texts = paragraph.iter(f"{_W}t", f"{_STRICT}t")
            self.title = "".join(text.text or "" for text in texts).strip()


class _Columns:
    """A table's columns as its grid draws them, without slivers; ``at`` is where a row has come."""

    def __init__(self, grid: Any) -> None:
        widths = [] if grid is None else [_width(column) for column in grid]
        self.at = 0
        self._edges = [0]
        for width in widths:
            self._edges.append(self._edges[-1] + (width == 0 or width > _SLIVER))

    def taken(self, span: int) -> int:
        """How many columns the next cell, of that span in the file, takes."""
        first, self.at = self.at, min(self.at + span, _FAR)
        return max(1, self._edge(self.at) - self._edge(first))

    def _edge(self, column: int) -> int:
        beyond = max(0, column - len(self._edges) + 1)
        return self._edges[column - beyond] + beyond


def _width(column: Any) -> int:
    text = _attribute(column, "w")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _is_passed_over(element: Any, name: str) -> bool:
    if name in _PASSED_OVER:
        return True
    if name == "r":
        vanish = _child(_child(element, "rPr"), "vanish")
        return vanish is not None and _value(vanish) not in _OFF
    if name == "tr":
        return _child(_child(element, "trPr"), "del") is not None
    # The same drawing a second time, for programs that do not know the first way.
    return name == "Fallback" and element.getprevious() is not None


def _child(element: Any, name: str) -> Any:
    if element is None:
        return None
    found = element.find(f"{_W}{name}")
    return element.find(f"{_STRICT}{name}") if found is None else found


def _attribute(element: Any, name: str) -> str:
    return str(element.get(f"{_W}{name}") or element.get(f"{_STRICT}{name}") or "")


def _value(element: Any) -> str:
    return _attribute(element, "val")


def _number(properties: Any, name: str, default: int) -> int:
    found = _child(properties, name)
    text = "" if found is None else _value(found)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default


def _continues(properties: Any) -> bool:
    """The cell belongs to the one above."""
    merge = _child(properties, "vMerge")
    return merge is not None and _value(merge) != "restart"

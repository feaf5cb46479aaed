"""Worksheets written as no spreadsheet program writes them are refused: readers disagree on them.

A number in pieces (``<v>1<!-- -->2</v>``), a value twice, elements of another namespace, a cell
written twice: one reader takes the first, another the last, and a wrong number would pass in
silence. What common programs write is told by one regular expression; the rest is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from gouji.gate import Package, Reason, refusal

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_ROOT = re.compile(
    rb'<worksheet\s[^<>]*?\bxmlns="(?:%s)"' % b"|".join(re.escape(each.encode()) for each in _MAIN)
)
#: Rows and cells as Excel, WPS, LibreOffice, openpyxl and XlsxWriter write them.
_USUAL = re.compile(
    rb"<sheetData>\s*+(?:<row(?: [^<>]*+)?>(?:(?<=/>)|\s*+(?:"
    rb'<c r="[A-Z]++[1-9][0-9]*+"(?: s="[0-9]++")?(?:'
    rb'/>|(?: t="(?:n|s|b|e|str)")?(?:/>|>\s*+'
    rb"(?:<f(?: [^<>]*+)?>(?:(?<=/>)|[^<]*+</f>)\s*+)?(?:<v>[^<&]*+</v>|<v ?/>)?\s*+</c>)"
    rb'| t="inlineStr"><is>\s*+<t(?: xml:space="preserve")?>[^<]*+</t>\s*+</is>\s*+</c>)\s*+'
    rb")*+</row>)\s*+)*+<"
)
_ADDRESSES = re.compile(rb'<c r="([A-Z]+[0-9]+)"')
_ADDRESS = re.compile(r"[A-Z]+[1-9][0-9]*")  #: ``D07`` and ``D7`` would be one cell twice
_DEPTH = {"worksheet": 0, "sheetData": 1, "row": 2, "c": 3}
_HELD = frozenset({"v", "f", "is", "extLst"})
_UNIQUE = re.compile(rb'<[^<>]*?\suniqueCount\s*=\s*["\']\s*([0-9]+)')
_STRINGS, _SHORTEST = "xl/sharedStrings.xml", len("<si/>")


def judge_sheet(data: bytes) -> None:
    """Refuse a worksheet's XML that readers may take differently. Raises Refused (damaged, …)."""
    start = data.find(b"<sheetData")
    cells = data[start : data.rfind(b"</sheetData>") + 1]
    if start < 0 or not _is_usual(data[:start], cells):
        _Strict(data).run()
        return
    addresses = _ADDRESSES.findall(cells)
    if len(set(addresses)) < len(addresses):
        raise refusal(Reason.DAMAGED)


def _is_usual(head: bytes, cells: bytes) -> bool:
    root = _ROOT.search(head)
    if root is None or b"xmlns" in head[head.find(b">", root.end()) :] or b"<!" in head:
        return False
    return b"xmlns" not in cells and _USUAL.fullmatch(cells) is not None


def _parse(parser: expat.XMLParserType, data: bytes) -> None:
    def doctype(*_: object) -> None:
        raise refusal(Reason.DANGEROUS_ARCHIVE)

    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refusal(Reason.DAMAGED) from error


class _Strict:
    """One pass over a worksheet that is out of the ordinary."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._path: list[str] = []
        self._places: set[str] = set()
        self._inside: list[str] = []  #: what the present cell holds
        self._kind = ""
        self._sheets = 0  #: how many <sheetData> there were
        self._value_from = -1
        self._parser = expat.ParserCreate(namespace_separator=" ")

    def run(self) -> None:
        """Raises Refused (damaged, dangerous_archive)."""
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        broken: Callable[..., None] = self._in_pieces
        parser.CommentHandler = parser.ProcessingInstructionHandler = broken
        parser.StartCdataSectionHandler = broken
        _parse(parser, self._data)

    @property
    def _in_cell(self) -> bool:
        return self._path[:4] == ["worksheet", "sheetData", "row", "c"]

    def _in_pieces(self, *_: object) -> None:
        """A comment, an instruction or a CDATA section: harmless but inside a value."""
        if self._in_cell and len(self._path) > 4:
            raise refusal(Reason.DAMAGED)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        depth = len(self._path)
        self._path.append(name)
        if name in ("sheetData", "row", "c") or self._in_cell or depth == 0:
            self._judge(space, name, depth, attributes)

    def _judge(self, space: str, name: str, depth: int, attributes: dict[str, str]) -> None:
        if self._path[4:5] == ["extLst"]:
            return
        if _DEPTH.get(name, depth) != depth or space not in _MAIN:
            raise refusal(Reason.DAMAGED)
        self._sheets += name == "sheetData"
        if name == "c" and depth == 3:
            self._begin_cell(attributes)
        elif depth == 4:
            self._inside.append(name)
            self._value_from = self._parser.CurrentByteIndex if name == "v" else -1
        if self._sheets > 1 or (depth > 4 and self._path[4] != "is"):
            raise refusal(Reason.DAMAGED)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r", "").upper()
        if place and (place in self._places or not _ADDRESS.fullmatch(place)):
            raise refusal(Reason.DAMAGED)
        self._places.add(place)
        self._inside, self._kind = [], attributes.get("t", "")

    def _end(self, tag: str) -> None:
        if self._in_cell and len(self._path) == 5 and self._path[4] == "v":
            raw = self._data[self._value_from : self._parser.CurrentByteIndex]
            if b"&" in raw and self._kind != "str":  # readers drop what is written as &#49;
                raise refusal(Reason.DAMAGED)
        elif self._in_cell and len(self._path) == 4:
            held = [name for name in self._inside if name != "extLst"]
            mixed = self._kind == "inlineStr" and "v" in held
            if len(set(held)) < len(held) or not set(held) <= _HELD or mixed:
                raise refusal(Reason.DAMAGED)
        self._path.pop()


def judge_strings(package: Package, target: str | None) -> None:
    """Refuse shared texts that readers would look for elsewhere or make room for without bound.

    ``target`` is the member the workbook names, None for none. Raises Refused (damaged).
    """
    if not package.has(_STRINGS):
        if target is None or not package.has(target):
            return
        raise refusal(Reason.DAMAGED)
    data = package.read(_STRINGS)
    _parse(expat.ParserCreate(), data)
    claimed = _UNIQUE.search(data)
    if target != _STRINGS or (claimed and int(claimed[1][:12]) > len(data) // _SHORTEST):
        raise refusal(Reason.DAMAGED)

"""Comments on cells: ours beside or below what stands there already, and taken away again.

What we write begins with a fixed head, so that it is known again whatever program saved the file
in between. A conversation (threaded comment) is left as it is.
"""

from __future__ import annotations

import re

from gouji.layout import a1
from gouji.returns.parts import Parts
from gouji.returns.xml import (
    EXCEL,
    LINKS,
    MAIN,
    OFFICE,
    VML,
    Element,
    add,
    child,
    every,
    fit,
    local,
    need,
    new,
    parse,
    put,
    tag,
    take_out,
)
from gouji.sheet_xml import Place, place_of
from gouji.wording import say

MOST_LETTERS = 1000  #: of one note: what a person will read
_BLOCK = 1024  #: shape numbers of one drawing
_SHAPE = re.compile(r"_x0000_s(\d+)")
_WIDTH, _LINE, _LETTERS_A_LINE = 240, 13.5, 19  #: of a note's box, in points
_BEHIND_DRAWING = ("legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
                   "controls", "webPublishItems", "tableParts", "extLst")  # fmt: skip


class Notes:
    """The comments of one sheet, ours and others."""

    def __init__(self, parts: Parts, sheet: str) -> None:
        self._parts, self._sheet = parts, sheet
        self._number = 0
        self._threads = {
            each.get("ref", "")
            for relation in parts.of(sheet, "threadedComment")
            for each in every(parse(parts.data[relation.target]), "threadedComment")
        }

    # ------------------------------------------------------------------ ours
    def write(self, place: Place, text: str) -> bool:
        """Put our text into the cell's comment; False where a conversation stands."""
        if a1(*place) in self._threads:
            return False
        body = f"{say('returns.note_head')}\n{text[:MOST_LETTERS]}"
        found = self._find(place)
        if found is None:
            root = self._comments()
            made = add(need(root, "commentList"), "comment", ref=a1(*place))
            made.set("authorId", str(self._author(root)))
            _run(add(made, "text"), body)
            self._sort(root)
            self._draw(place, body)
        else:
            words = need(found, "text")
            before = _plain(words)
            _run(words, f"\n{body}" if before.strip() else body)
        return True

    def clear(self) -> None:
        """Take our texts out of all comments, and the comments that held nothing else."""
        path = self._parts.one(self._sheet, "comments")
        for each in every(self._parts.tree(path), "comment") if path else ():
            words = child(each, "text")
            if each.get("ref") in self._threads or words is None:
                continue
            theirs, head, _ = _plain(words).partition(say("returns.note_head"))
            if head and theirs.strip():
                _cut(words, len(theirs.rstrip("\n")))
            elif head:
                take_out(each)
                shape = self._shape(place_of(each.get("ref", "A1")))
                if shape is not None:
                    take_out(shape)

    # ------------------------------------------------------------------ the comments part
    def _find(self, place: Place) -> Element | None:
        path = self._parts.one(self._sheet, "comments")
        if not path:
            return None
        return next(
            (
                each
                for each in every(self._parts.tree(path), "comment")
                if each.get("ref") and place_of(each.get("ref")) == place
            ),
            None,
        )

    def _comments(self) -> Element:
        path = self._parts.one(self._sheet, "comments")
        if not path:
            root = new("comments", {None: MAIN})
            add(root, "authors")
            add(root, "commentList")
            path = self._parts.add("xl/comments{}.xml", "comments", root)
            self._parts.relate(self._sheet, "comments", path)
        return self._parts.tree(path)

    def _author(self, root: Element) -> int:
        authors = need(root, "authors")
        name = say("returns.author")
        for index, each in enumerate(authors):
            if each.text == name:
                return index
        add(authors, "author", name)
        return len(authors) - 1

    def _sort(self, root: Element) -> None:
        """By row and column, as every program writes them."""
        held = need(root, "commentList")
        held[:] = sorted(held, key=lambda each: place_of(each.get("ref", "A1")))

    # ------------------------------------------------------------------ its box
    def _draw(self, place: Place, text: str) -> None:
        root = self._drawing()
        if all(each.get("id") != "_x0000_t202" for each in every(root, "shapetype")):
            _box_type(root)
        _box(root, place, self._next_number(root), text)

    def _drawing(self) -> Element:
        path = self._parts.one(self._sheet, "vmlDrawing") and self._legacy()
        if not path:
            spaces: dict[str | None, str] = {"v": VML, "o": OFFICE, "x": EXCEL}
            root = new("xml", spaces)
            path = self._parts.add("xl/drawings/vmlDrawing{}.vml", "vmlDrawing", root)
            sheet = self._parts.tree(self._sheet)
            link = {f"{{{LINKS}}}id": self._parts.relate(self._sheet, "vmlDrawing", path)}
            put(sheet, sheet.makeelement(tag(sheet, "legacyDrawing"), link), _BEHIND_DRAWING)
        return self._parts.tree(path)

    def _legacy(self) -> str:
        """The drawing of comments and buttons; another one holds the pictures of page heads."""
        pointer = child(self._parts.tree(self._sheet), "legacyDrawing")
        if pointer is None:
            return ""
        wanted = next((v for k, v in pointer.attrib.items() if k.endswith("}id")), "")
        own = self._parts.of(self._sheet, "vmlDrawing")
        return next((each.target for each in own if each.id == wanted), "")

    def _shape(self, place: Place) -> Element | None:
        path = self._legacy()
        for data in every(self._parts.tree(path), "ClientData") if path else ():
            row, column = (child(data, name) for name in ("Row", "Column"))
            if data.get("ObjectType") == "Note" and row is not None and column is not None:
                spot = [(each.text or "").strip() for each in (row, column)]
                if spot == [str(place[0]), str(place[1])]:
                    return data.getparent()
        return None

    def _next_number(self, root: Element) -> int:
        """A shape number no other shape of the workbook has: ours stand in a block of their own."""
        if self._number % _BLOCK == 0:
            taken = [
                int(found[1])
                for path, kind in self._parts.kinds.items()
                if kind == "vmlDrawing"
                for each in every(self._parts.tree(path), "shape")
                if (found := _SHAPE.fullmatch(each.get("id") or ""))
            ]
            block = max(taken, default=0) // _BLOCK + 1
            _reserve(root, block)
            self._number = block * _BLOCK
        self._number += 1
        return self._number


def _plain(words: Element) -> str:
    return "".join(each.text or "" for each in every(words, "t"))


def _run(words: Element, text: str) -> None:
    """Add a run of text; a plain text becomes a run first, for both cannot stand together."""
    for each in list(words):
        if local(each) == "t":
            text_before = each.text or ""
            take_out(each)
            _run(words, text_before)
    made = add(words, "r")
    look = add(made, "rPr")
    add(look, "sz", val="9")
    add(look, "rFont", val=say("returns.note_font"))
    add(look, "charset", val="134")
    words_of = add(made, "t", fit(text))
    words_of.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _cut(words: Element, length: int) -> None:
    """Keep the first ``length`` letters."""
    for each in every(words, "t"):
        text = each.text or ""
        each.text = text[:length]
        length = max(length - len(text), 0)
        holder = each.getparent()
        if not each.text and holder is not words:
            take_out(holder)


def _reserve(root: Element, block: int) -> None:
    """Say that the drawing uses this block of shape numbers."""
    found = next(every(root, "idmap"), None)
    if found is None:
        layout = root.makeelement(f"{{{OFFICE}}}shapelayout", {f"{{{VML}}}ext": "edit"})
        root.insert(0, layout)
        found = add(layout, "idmap")
        found.set(f"{{{VML}}}ext", "edit")
    blocks = [each for each in found.get("data", "").split(",") if each.strip()]
    found.set("data", ",".join([*blocks, str(block)]))


def _vml(parent: Element, name: str, space: str = VML, /, **attributes: str) -> Element:
    made = parent.makeelement(f"{{{space}}}{name}" if space else name, attributes)
    parent.append(made)
    return made


def _box_type(root: Element) -> None:
    made = _vml(root, "shapetype", id="_x0000_t202", coordsize="21600,21600",
                path="m,l,21600r21600,l21600,xe")  # fmt: skip
    made.set(f"{{{OFFICE}}}spt", "202")
    _vml(made, "stroke", joinstyle="miter")
    _vml(made, "path", gradientshapeok="t").set(f"{{{OFFICE}}}connecttype", "rect")


def _box(root: Element, place: Place, number: int, text: str) -> Element:
    """The box that opens when the pointer rests on the cell, high enough for its text."""
    lines = sum(1 + len(line) // _LETTERS_A_LINE for line in text.split("\n"))
    height = round((lines + 1) * _LINE)
    row, column = place
    made = _vml(root, "shape", id=f"_x0000_s{number}", type="#_x0000_t202", fillcolor="#ffffe1",
                style=f"position:absolute;width:{_WIDTH}pt;height:{height}pt;z-index:{number};"
                "visibility:hidden")  # fmt: skip
    made.set(f"{{{OFFICE}}}insetmode", "auto")
    _vml(made, "fill", color2="#ffffe1")
    _vml(made, "shadow", on="t", color="black", obscured="t")
    _vml(made, "path").set(f"{{{OFFICE}}}connecttype", "none")
    _vml(_vml(made, "textbox", style="mso-direction-alt:auto"), "div", "", style="text-align:left")
    data = _vml(made, "ClientData", EXCEL, ObjectType="Note")
    _vml(data, "MoveWithCells", EXCEL)
    _vml(data, "SizeWithCells", EXCEL)
    rows = round(height / 15) + 1
    anchor = (column + 1, 15, max(row - 1, 0), 10, column + 5, 15, max(row - 1, 0) + rows, 4)
    for name, value in (("Anchor", ", ".join(map(str, anchor))), ("AutoFill", "False"),
                        ("Row", str(row)), ("Column", str(column))):  # fmt: skip
        _vml(data, name, EXCEL).text = value
    return made

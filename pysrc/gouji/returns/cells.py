"""One sheet's cells by place, and their formats: the same as before but for the fill."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping

from gouji.gate import Reason, refusal
from gouji.layout import a1
from gouji.returns.parts import Parts, main_part
from gouji.returns.xml import Element, add, child, local, need, put, tag
from gouji.sheet_xml import Place, place_of

_STYLES = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip
#: Attributes of a colour as written into a record and taken back from one.
_COLOUR = re.compile(r"(rgb|theme|tint|indexed|auto)=(-?[0-9A-Fa-f.eE+-]{1,24})")
_PATTERN = re.compile(r"[A-Za-z0-9]{1,20}")

#: A fill as text: empty for none, else JSON of pattern and colours.
FillText = str


class Sheet:
    """Cells of a worksheet part found by place; those missing are made where needed."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._data = need(root, "sheetData")
        self._rows: dict[int, Element] = {}
        self._cells: dict[Place, Element] = {}
        row_at = -1
        for row in self._data:
            if local(row) != "row":
                continue
            row_at = int(row.get("r", row_at + 2)) - 1
            self._rows[row_at] = row
            column = -1
            for cell in row:
                if local(cell) == "c":
                    column = place_of(cell.get("r"))[1] if cell.get("r") else column + 1
                    self._cells[row_at, column] = cell

    def style(self, place: Place) -> int:
        """Index of the cell's format: its own, its row's or its column's."""
        if place in self._cells:
            return int(self._cells[place].get("s", "0"))
        row = self._rows.get(place[0])
        if row is not None and row.get("customFormat", "") in ("1", "true"):
            return int(row.get("s", "0"))
        columns = child(self.root, "cols")
        for each in columns if columns is not None else ():
            if int(each.get("min", "0")) <= place[1] + 1 <= int(each.get("max", "0")):
                return int(each.get("style", "0"))
        return 0

    def set_style(self, place: Place, style: int) -> None:
        self._cell(place).set("s", str(style))

    def _cell(self, place: Place) -> Element:
        if place not in self._cells:
            row = self._row(place[0])
            made = add(row, "c", r=a1(*place))
            later = [at for at in self._cells if at[0] == place[0] and at[1] > place[1]]
            if later:
                row.insert(row.index(self._cells[min(later)]), made)
            row.attrib.pop("spans", None)  # only a hint, now perhaps too narrow
            self._cells[place] = made
        return self._cells[place]

    def _row(self, at: int) -> Element:
        if at not in self._rows:
            made = add(self._data, "row", r=str(at + 1))
            later = [row for row in self._rows if row > at]
            if later:
                self._data.insert(self._data.index(self._rows[min(later)]), made)
            self._rows[at] = made
        return self._rows[at]


class Formats:
    """The styles part: formats may be added, none is changed. Raises Refused (damaged)."""

    def __init__(self, parts: Parts) -> None:
        path = parts.one(main_part(parts), "styles")
        if not path:
            raise refusal(Reason.DAMAGED)
        self.root = parts.tree(path)
        self._made: dict[tuple[int, FillText], int] = {}
        self._fills: dict[FillText, int] = {}

    def list(self, name: str) -> Element:
        """``fonts``, ``fills``, ``borders``, ``cellXfs``; made when missing."""
        found = child(self.root, name)
        if found is None:
            found = self.root.makeelement(tag(self.root, name), {"count": "0"})
            put(self.root, found, _STYLES)
        return found

    def append(self, name: str, made: Element) -> int:
        """Add an element to one of the lists; its index."""
        held = self.list(name)
        held.append(made)
        held.set("count", str(len(held)))
        return len(held) - 1

    def fill_text(self, style: int) -> FillText:
        """The fill of a format as text."""
        fills = self.list("fills")
        at = int(self._format(style).get("fillId", "0"))
        pattern = child(fills[at], "patternFill") if at < len(fills) else None
        if pattern is None or pattern.get("patternType", "none") == "none":
            return ""
        colours = {
            name: "&".join(f"{key}={value}" for key, value in each.attrib.items())
            for name in ("fgColor", "bgColor")
            if (each := child(pattern, name)) is not None
        }
        return json.dumps({"pattern": pattern.get("patternType"), **colours}, sort_keys=True)

    def filled(self, style: int, fill: FillText) -> int:
        """The format equal to ``style`` in everything but its fill."""
        key = (style, fill)
        if key not in self._made:
            made = copy.deepcopy(self._format(style))
            made.set("fillId", str(self.fill(fill)))
            made.set("applyFill", "1")
            self._made[key] = self.append("cellXfs", made)
        return self._made[key]

    def _format(self, style: int) -> Element:
        formats = self.list("cellXfs")
        return formats[style if style < len(formats) else 0]

    def fill(self, fill: FillText) -> int:
        if not fill:
            return 0  # the first fill of every workbook is none
        if fill not in self._fills:
            facts = json.loads(fill)
            made = self.root.makeelement(tag(self.root, "fill"))
            pattern = add(made, "patternFill", patternType=facts["pattern"])
            for name in ("fgColor", "bgColor"):
                if name in facts:
                    add(pattern, name, **dict(_COLOUR.findall(facts[name])))
            self._fills[fill] = self.append("fills", made)
        return self._fills[fill]


def solid(rgb: str) -> FillText:
    """A plain fill of one colour, ``RRGGBB``."""
    facts = {"pattern": "solid", "fgColor": f"rgb=FF{rgb}", "bgColor": "indexed=64"}
    return json.dumps(facts, sort_keys=True)


def is_fill(text: str) -> bool:
    """True when a text that came back from outside is a fill as ``fill_text`` writes it."""
    if not text:
        return True
    try:
        facts = json.loads(text)
    except ValueError:
        return False
    return (
        isinstance(facts, Mapping)
        and facts.keys() <= {"pattern", "fgColor", "bgColor"}
        and _PATTERN.fullmatch(str(facts.get("pattern"))) is not None
        and all(
            _COLOUR.fullmatch(pair)
            for name in ("fgColor", "bgColor")
            for pair in str(facts.get(name, "auto=1")).split("&")
        )
    )

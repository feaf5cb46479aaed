"""A statutory table as Word draws it: merged heads as printed, no row torn over two pages."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from gouji.printed import Printed, PrintedTable
from gouji.returns.xml import fit
from gouji.wording import say

TEXT_WIDTH = 8844  #: twips between the margins of an official page
WIDE = 8  #: a table of more columns is set in small type
_LABEL_LETTERS = 16  #: of a row's label on one line
_FEWEST = 4  #: letters of a label on one line, where it runs down beside many rows


class Type:
    """Sizes of a table in points: letters, lines, the least height of a row."""

    def __init__(self, table: PrintedTable) -> None:
        wide = table.width > WIDE
        self.letter, self.line, self.row = (9.0, 12.0, 14.5) if wide else (12.0, 18.0, 24.0)
        self.margin = 40 if wide else 110  #: twips inside a cell, left and right

    def letters(self, count: float) -> int:
        """Width of so many Chinese letters in a cell, in twips."""
        return round(count * self.letter * 20) + 2 * self.margin + 20


def table_element(table: PrintedTable) -> Any:
    """The ``w:tbl``."""
    size = Type(table)
    widths = column_widths(table, size)
    element = OxmlElement("w:tbl")
    element.append(_properties(table))
    grid = _added(element, "w:tblGrid")
    for width in widths:
        _added(grid, "w:gridCol", w=width)
    heads = head_rows(table)
    rows = _by_row(table)
    for at, row in enumerate(rows):
        line = _added(element, "w:tr")
        properties = _added(line, "w:trPr")
        _added(properties, "w:cantSplit")
        _added(properties, "w:trHeight", val=round(size.row * 20), hRule="atLeast")
        if at < heads:
            _added(properties, "w:tblHeader")
        for cell in row:
            width = sum(widths[cell.column : cell.column + cell.columns])
            line.append(_cell(cell, cell.row == at, width, size, keep=at + 1 < len(rows)))
    return element


def head_rows(table: PrintedTable) -> int:
    """The rows above the first value: the head of the table, or of its first block."""
    return min((cell.row for cell in table.cells if cell.code), default=0)


def _by_row(table: PrintedTable) -> list[list[Printed]]:
    """The cells that stand in each row, those that reach down from above among them."""
    rows: list[list[Printed]] = [[] for _ in range(table.height)]
    for cell in table.cells:
        for at in range(cell.row, cell.row + cell.rows):
            rows[at].append(cell)
    return [sorted(row, key=lambda cell: cell.column) for row in rows]


# ---------------------------------------------------------------------- widths
def column_widths(table: PrintedTable, size: Type) -> list[int]:
    """In twips, together the width of the text.

    Columns of labels take what their labels need, columns of values share the rest; long numbers
    take from the last column of labels.
    """
    labels = min((cell.column for cell in table.cells if cell.code), default=0)
    widths = [_label_width(table, column, labels, size) for column in range(labels)]
    values = table.width - labels
    needed = max([_number_width(cell, size) for cell in table.cells if cell.code], default=0)
    share = (TEXT_WIDTH - sum(widths)) // max(values, 1)
    if widths and share < needed:
        spare = widths[-1] - size.letters(_FEWEST)
        widths[-1] -= max(0, min(spare, (needed - share) * values))
        share = (TEXT_WIDTH - sum(widths)) // max(values, 1)
    widths += [share] * values
    widths[-1] += TEXT_WIDTH - sum(widths)
    return widths


def _label_width(table: PrintedTable, column: int, labels: int, size: Type) -> int:
    texts = [cell for cell in table.cells
             if cell.column == column and cell.columns == 1 and cell.role == "row"]  # fmt: skip
    if column + 1 < labels:
        lines = [-(-len(cell.text) // cell.rows) for cell in texts]
        return size.letters(max(_FEWEST, *lines, 0))
    longest = max((len(cell.text) for cell in texts), default=_FEWEST)
    return size.letters(min(longest, _LABEL_LETTERS))


def _number_width(cell: Printed, size: Type) -> int:
    """A value on one line, as far as it is a number."""
    digits = len(cell.text) if cell.text.isascii() else _FEWEST
    return (size.letters(min(digits, 24) / 2) + 20) // cell.columns


# ---------------------------------------------------------------------- elements
def _properties(table: PrintedTable) -> Any:
    properties = OxmlElement("w:tblPr")
    _added(properties, "w:tblW", w=TEXT_WIDTH, type="dxa")
    _added(properties, "w:jc", val="center")
    borders = _added(properties, "w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _added(borders, f"w:{side}", val="single", sz=4, space=0, color="000000")
    _added(properties, "w:tblLayout", type="fixed")
    margins = _added(properties, "w:tblCellMar")
    for side in ("left", "right"):
        _added(margins, f"w:{side}", w=Type(table).margin, type="dxa")
    _added(properties, "w:tblLook", val="0620", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0,
           noHBand=1, noVBand=1)  # fmt: skip
    _added(properties, "w:tblCaption", val=fit(table.title))
    return properties


def _cell(cell: Printed, first: bool, width: int, size: Type, *, keep: bool) -> Any:
    element = OxmlElement("w:tc")
    properties = _added(element, "w:tcPr")
    _added(properties, "w:tcW", w=width, type="dxa")
    if cell.columns > 1:
        _added(properties, "w:gridSpan", val=cell.columns)
    if cell.rows > 1:
        _added(properties, "w:vMerge", val="restart" if first else "continue")
    _added(properties, "w:vAlign", val="center")
    paragraph = _added(element, "w:p")
    layout = _added(paragraph, "w:pPr")
    if keep:
        _added(layout, "w:keepNext")
    _added(layout, "w:spacing", before=0, after=0, line=round(size.line * 20), lineRule="exact")
    left = cell.role in ("row", "corner") and not _is_side(cell)
    _added(layout, "w:jc", val="left" if left else "center")
    if first and cell.text:
        _write(paragraph, cell.text, size)
    return element


def _is_side(cell: Printed) -> bool:
    """A short label, or one running down beside several rows: it stands in the middle."""
    return cell.rows > 1 or (cell.role == "corner" and len(cell.text) <= _LABEL_LETTERS)


def _write(paragraph: Any, text: str, size: Type) -> None:
    lines = fit(text).splitlines()
    for at, line in enumerate(lines):
        run = _added(paragraph, "w:r")
        properties = _added(run, "w:rPr")
        fonts = _added(properties, "w:rFonts")
        for kind in ("ascii", "hAnsi"):
            fonts.set(qn(f"w:{kind}"), say("letter.font.latin"))
        fonts.set(qn("w:eastAsia"), say("letter.font.page"))
        for name in ("w:sz", "w:szCs"):
            _added(properties, name, val=round(size.letter * 2))
        if at:
            _added(run, "w:br")
        letters = _added(run, "w:t")
        letters.text = line
        letters.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _added(parent: Any, name: str, **attributes: object) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    parent.append(element)
    return element

"""The change note (更正说明) in Word: what is corrected, why, and every altered item in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from gouji.messages import show
from gouji.model import Number
from gouji.official_word import (
    BOTTOM,
    HEIGHT,
    LEFT,
    LINE_POINTS,
    RIGHT,
    SECOND,
    THIRD,
    TOP,
    WIDTH,
    document_bytes,
    indent,
    official_document,
    space,
    write,
)
from gouji.publishing.changes import Altered, Changes, UnitChange
from gouji.returns.letter_text import shown
from gouji.wording import say

CELL_POINTS, CODE_POINTS, CELL_LINE = 9, 7.5, 13  #: 小五; codes are for machines
CELL_MARGIN = 57  #: twentieths of a point left and right of a cell's text: 1 mm
RIGHT_CHARACTERS = 4
MOST_ITEMS = 300  #: rows of the table; the list in Excel has all of them
#: Columns and their widths in millimetres, for a page laid across.
COLUMNS = {
    "number": 9, "unit": 28, "label": 52, "before": 20, "after": 20, "difference": 18,
    "total_before": 23, "total_after": 23, "reason": 42,
}  # fmt: skip
_TEXT = ("unit", "label", "reason")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the note is about. ``reason`` is the coordinator's own word on the whole."""

    district: str
    year: int
    form: str
    office: str
    number: int
    before: int
    day: date
    day_before: date
    reason: str = ""


def note_bytes(heading: Heading, changes: Changes) -> bytes:
    """The note as a .docx file, the same bytes for the same note."""
    places = {"district": heading.district, "year": heading.year, "form": heading.form}
    title = say("publish.note.title", **places)
    document = official_document("".join(title.splitlines()), heading.day)
    _title(document, title)
    for text in _opening(heading, changes):
        _body(document, text)
    _body(document, say("publish.note.units_head"), font="head")
    for number, unit in enumerate(changes.units, 1):
        _body(document, _unit_line(number, unit))
    for name, kind in changes.reports.items():
        _body(document, say(f"publish.note.report_{kind}", file=name))
    # A signature never stands alone on a page.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _signature(document, heading)
    if changes.items:
        _items(document, changes.items)
    return document_bytes(document)


# ---------------------------------------------------------------- text
def _opening(heading: Heading, changes: Changes) -> Iterator[str]:
    places = {
        "district": heading.district, "year": heading.year, "form": heading.form,
        "before": heading.before, "day_before": shown(heading.day_before),
        "number": heading.number, "day": shown(heading.day), "items": len(changes.items),
        "units": len(changes.units), "totals": changes.totals,
    }  # fmt: skip
    yield say("publish.note.opening" if changes.items else "publish.note.no_numbers", **places)
    if heading.reason:
        yield say("publish.note.reason", reason=heading.reason)


def _unit_line(number: int, unit: UnitChange) -> str:
    line = say(
        f"publish.note.{unit.kind}", number=number, unit=unit.unit, n=unit.items,
        before=unit.file_before, file=unit.file,
        came=say("publish.note.came", came=unit.came) if unit.came else "",
    )  # fmt: skip
    return line + (say("publish.note.because", reason=unit.reason) if unit.reason else "")


def _title(document: Document, text: str) -> None:
    paragraph = document.add_paragraph()
    space(paragraph)
    layout = paragraph.paragraph_format
    layout.alignment, layout.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    layout.space_after, layout.line_spacing = Pt(LINE_POINTS), Pt(LINE_POINTS + 6)
    write(paragraph, text, "title", SECOND)


def _body(document: Document, text: str, font: str = "body") -> Paragraph:
    paragraph = document.add_paragraph()
    space(paragraph)
    paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.keep_with_next = font == "head"
    indent(paragraph, "firstLine", 2, THIRD)
    write(paragraph, text, font, THIRD)
    return paragraph


def _signature(document: Document, heading: Heading) -> None:
    _body(document, "").paragraph_format.keep_with_next = True
    for text in (heading.office, shown(heading.day)):
        paragraph = document.add_paragraph()
        space(paragraph)
        paragraph.paragraph_format.keep_with_next = text == heading.office
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        indent(paragraph, "right", RIGHT_CHARACTERS, THIRD)
        write(paragraph, text, "body", THIRD)


# ---------------------------------------------------------------- table
def _items(document: Document, items: Sequence[Altered]) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(HEIGHT), Mm(WIDTH)
    # The binding edge stays where it is when the sheet is turned.
    section.top_margin, section.bottom_margin = Mm(LEFT), Mm(RIGHT)
    section.left_margin, section.right_margin = Mm(BOTTOM), Mm(TOP - 10)
    head = _body(document, say("publish.note.items_head"), font="head")
    head.paragraph_format.space_after = Pt(6)
    shown_items = items[:MOST_ITEMS]
    table = document.add_table(1 + len(shown_items), len(COLUMNS))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    _set_widths(table)
    rows = list(table.rows)  # asked once: python-docx counts anew each time
    _fill(rows[0], {key: say(f"publish.head.{key}") for key in COLUMNS}, head=True)
    for number, (row, each) in enumerate(zip(rows[1:], shown_items, strict=True), 1):
        _fill(row, _texts(number, each))
    if len(items) > MOST_ITEMS:
        rest = say("publish.note.more", n=len(items) - MOST_ITEMS, file=say("publish.path.list"))
        _body(document, rest)


def _texts(number: int, each: Altered) -> dict[str, str]:
    source = say("publish.note.source", file=each.file) if each.file else ""
    return {
        "number": str(number), "unit": each.unit, "label": each.label, "code": each.code,
        "before": _number(each.before), "after": _number(each.after),
        "difference": _signed(each.difference), "total_before": _number(each.total_before),
        "total_after": _number(each.total_after),
        "reason": "\n".join(filter(None, (each.reason, source))),
    }  # fmt: skip


def _number(number: Number | None) -> str:
    return say("publish.note.none") if number is None else show(number)


def _signed(number: Number) -> str:
    return f"+{show(number)}" if number > 0 else show(number)


def _set_widths(table: Table) -> None:
    for column, width in zip(table.columns, COLUMNS.values(), strict=True):
        column.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(CELL_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _fill(row: _Row, texts: dict[str, str], head: bool = False) -> None:
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(name))
    for cell, (key, width) in zip(row.cells, COLUMNS.items(), strict=True):
        cell.width = Mm(width)
        paragraph = _fill_cell(cell, texts[key], left=key in _TEXT and not head, head=head)
        if key == "label" and "code" in texts:
            write(paragraph, f"\n{texts['code']}", "body", CODE_POINTS)


def _fill_cell(cell: _Cell, text: str, left: bool, head: bool) -> Paragraph:
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    cell._tc.get_or_add_tcPr().append(middle)
    paragraph: Paragraph = cell.paragraphs[0]
    space(paragraph, CELL_LINE)
    paragraph.paragraph_format.alignment = (
        WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    )
    write(paragraph, text, "head" if head else "body", CELL_POINTS)
    return paragraph

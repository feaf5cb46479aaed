"""An annual report → a .docx in the look of official documents; the same bytes again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from gouji.official_word import (
    FOURTH,
    LINE_POINTS,
    SECOND,
    THIRD,
    document_bytes,
    indent,
    official_document,
    space,
    write,
)
from gouji.printed import PrintedTable
from gouji.report_word.marks import (
    ASKED,
    CHANGE,
    CHANGED,
    DRAFTED,
    NUMBER,
    PICTURE,
    SIGNED,
    TOLD,
    Marker,
    digest,
)
from gouji.report_word.tables import table_element
from gouji.reporting.content import AnnualReport, Paragraph, Picture, Section
from gouji.returns.xml import fit
from gouji.wording import say

PICTURE_WIDTH = 150  #: millimetres
_TITLE = 20  #: letters of the title on one line
_SIGNED = 4  #: letters between the published line and the right margin


def report_bytes(report: AnnualReport, pictures: Sequence[bytes]) -> bytes:
    """The report as a Word file. ``pictures`` are the PNGs of ``report.pictures``, in order; none
    at all leaves them out."""
    return _Writer(report, list(pictures)).written()


class _Writer:
    """One document being put together from top to bottom."""

    def __init__(self, report: AnnualReport, pictures: list[bytes]) -> None:
        self._report, self._pictures = report, pictures
        self._document: Document = official_document(report.title, None)
        self._marker = Marker()
        self._drawn = 0
        self._remarked = False
        for name in ("Title", "Heading 1", "Caption"):
            _plain_style(self._document, name)

    def written(self) -> bytes:
        self._title()
        for section in self._report.sections:
            self._section(section)
        self._signature()
        if self._remarked:
            _plain_comments(self._document)
        return document_bytes(self._document)

    def _title(self) -> None:
        paragraph = self._document.add_paragraph(style="Title")
        space(paragraph, LINE_POINTS + 6)
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(LINE_POINTS)
        title, unit = self._report.title, self._report.unit
        if len(title) > _TITLE and unit and title.startswith(unit):  # rather than within a word
            write(paragraph, unit, "title", SECOND).add_break()
            title = title.removeprefix(unit).lstrip()
        write(paragraph, title, "title", SECOND)

    def _section(self, section: Section) -> None:
        head = self._document.add_paragraph(style="Heading 1")
        space(head)
        head.paragraph_format.keep_with_next = True
        indent(head, "firstLine", 2, THIRD)
        write(head, section.title, "head", THIRD)
        told_draft = False
        for block in section.blocks:
            if isinstance(block, Paragraph):
                paragraph = self._paragraph(block)
                if block.drafted and not told_draft:
                    self._remark(paragraph)
                    told_draft = True
            elif isinstance(block, PrintedTable):
                self._table(block)
            elif self._pictures:
                self._picture(block)

    def _paragraph(self, block: Paragraph) -> WordParagraph:
        paragraph = self._body()
        runs = [write(paragraph, run.text, "body", THIRD) for run in block.runs]
        for made, run in zip(runs, block.runs, strict=True):
            if block.asked:
                made.font.highlight_color = WD_COLOR_INDEX.YELLOW
            if run.figure:
                kind = CHANGE if run.figure.endswith(CHANGED) else NUMBER
                self._marker.enclose([made._r], kind, run.figure.removesuffix(CHANGED))
        if block.kept:
            return paragraph
        kind = DRAFTED if block.drafted else ASKED if block.asked else TOLD
        inside = [each for each in paragraph._p if each.tag != qn("w:pPr")]
        self._marker.enclose(inside, kind, digest(fit(block.text)), block.place)
        return paragraph

    def _body(self) -> WordParagraph:
        paragraph = self._document.add_paragraph()
        space(paragraph)
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        indent(paragraph, "firstLine", 2, THIRD)
        return paragraph

    def _remark(self, paragraph: WordParagraph) -> None:
        """A comment beside the text: it is a draft, and what to do with it."""
        self._remarked = True
        # On the first words only: at the end of a line its mark pushes LibreOffice's last stop out.
        self._document.add_comment(
            paragraph.runs[:1], say("report.draft_remark"), author=say("report.author"), initials=""
        )

    def _table(self, table: PrintedTable) -> None:
        body = self._document.element.body
        body.sectPr.addprevious(table_element(table))
        # A table must not touch the next one or the end; a thin line lets a full page stay full.
        space(self._document.add_paragraph(), 10)

    def _picture(self, picture: Picture) -> None:
        data = self._pictures[self._drawn]
        self._drawn += 1
        place = self._document.add_paragraph()
        layout = place.paragraph_format
        layout.line_spacing_rule = WD_LINE_SPACING.SINGLE  # a fixed height would cut it off
        layout.space_before, layout.space_after = Pt(6), Pt(0)
        layout.alignment, layout.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
        shape = place.add_run().add_picture(io.BytesIO(data), width=Mm(PICTURE_WIDTH))
        for properties in shape._inline.iter(qn("wp:docPr"), qn("pic:cNvPr")):
            properties.set("name", picture.name)
            properties.set("descr", fit(picture.alt))
        caption = self._document.add_paragraph(style="Caption")
        space(caption, LINE_POINTS)
        caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        places = {"number": self._drawn, "title": picture.title, "unit": picture.unit}
        key = "report.caption" if picture.unit else "report.caption_bare"
        run = write(caption, say(key, **places), "body", FOURTH)
        self._marker.enclose([run._r], PICTURE, picture.name)

    def _signature(self) -> None:
        for at, line in enumerate(self._report.published.splitlines()):
            if at == 0:
                space(self._document.add_paragraph())
            paragraph = self._document.add_paragraph()
            space(paragraph)
            paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            indent(paragraph, "right", _SIGNED, THIRD)
            run = write(paragraph, line.strip(), "body", THIRD)
            self._marker.enclose([run._r], SIGNED, digest(fit(line)))


def _plain_style(document: Document, name: str) -> None:
    """The style for navigation and screen readers; its looks are those of the paragraphs."""
    style: Any = document.styles[name]
    outline = style.element.xpath("./w:pPr/w:outlineLvl")
    for child in style.element.xpath("./w:pPr | ./w:rPr"):
        style.element.remove(child)
    if outline:
        style.element.get_or_add_pPr().append(outline[0])
    properties = style.element.get_or_add_rPr()
    color = OxmlElement("w:color")
    color.set(qn("w:val"), "000000")
    properties.append(color)


def _plain_comments(document: Document) -> None:
    """Comments without the time of day they were made at, and without a style we do not have."""
    for comment in document.comments:
        comment._comment_elm.attrib.pop(qn("w:date"), None)
    for root in (document.element, document.part._comments_part.element):
        for style in root.xpath(".//w:rStyle[@w:val='CommentReference']"):
            style.getparent().remove(style)

"""Word documents as official ones look (GB/T 9704): page, fonts, numbers; the same bytes again.

python-docx writes; what a document says is the affair of its writers.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from gouji.returns.xml import fit
from gouji.wording import say

#: A4; margins in millimetres as the standard for official documents has them.
WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 210, 297, 37, 35, 28, 26
LINE_POINTS = 28
SECOND, THIRD, FOURTH = 22, 16, 14  #: 二号, 三号, 四号 in points
_STAMP = (1980, 1, 1, 0, 0, 0)
#: What the library's blank document brings besides: a second set of styles for Word 2007, a
#: thumbnail, who made it, a bibliography.
_NOT_OURS = ("stylesWithEffects", "thumbnail", "extended-properties", "customXml")


def official_document(title: str, day: date | None) -> DocumentType:
    """An empty document with page, body font, page numbers and properties.

    No user, no machine, no clock: only the document's own title and day.
    """
    document = Document()
    for part in (document.part, document.part.package):
        relations = part.rels
        for id_ in [key for key, each in relations.items() if each.reltype.endswith(_NOT_OURS)]:
            relations.pop(id_)
    _set_page(document)
    _name_fonts(document)
    _number_pages(document)
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.title, core.revision, core.language = fit(title), 1, "zh-CN"
    if day is None:
        for name in ("dcterms:created", "dcterms:modified"):
            for element in core._element.findall(qn(name)):
                core._element.remove(element)
    else:
        core.created = core.modified = datetime.combine(day, time())
    return document


def document_bytes(document: DocumentType) -> bytes:
    """The document as a file, without the time of day it was written at."""
    out = io.BytesIO()
    document.save(out)
    stamped = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(
        stamped, "w", zipfile.ZIP_DEFLATED
    ) as target:  # fmt: skip
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(info, source.read(name))
    return stamped.getvalue()


def _set_page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(WIDTH), Mm(HEIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    normal = document.styles["Normal"]
    normal.font.size = Pt(THIRD)
    normal.font.name = say("letter.font.latin")
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), say("letter.font.body"))
    language = OxmlElement("w:lang")
    for key, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        language.set(qn(f"w:{key}"), value)
    properties.append(language)
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # or Word opens it as a file of an older Word
    for theme in document.settings.element.findall(qn("w:themeFontLang")):
        theme.set(qn("w:eastAsia"), "zh-CN")


def _name_fonts(document: DocumentType) -> None:
    """What to take where an official font is not installed, as Word looks it up."""
    [part] = [each.target_part for each in document.part.rels.values()
              if each.reltype.endswith("/fontTable")]  # fmt: skip
    table: Any = parse_xml(part.blob)
    for name in ("title", "body", "head", "page"):
        font, others = OxmlElement("w:font"), OxmlElement("w:altName")
        font.set(qn("w:name"), say(f"letter.font.{name}"))
        others.set(qn("w:val"), say(f"letter.font_instead.{name}"))
        font.append(others)
        table.append(font)
    part._blob = serialize_part_xml(table)


def write(paragraph: Paragraph, text: str, font: str, size: float) -> Run:
    """Text in one of the official fonts: ``title``, ``head``, ``body``, ``page``."""
    run = paragraph.add_run(fit(text))
    run.font.size = Pt(size)
    run.font.name = say("letter.font.latin")
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), say(f"letter.font.{font}"))
    return run


def space(paragraph: Paragraph, points: float = LINE_POINTS) -> None:
    """Lines of a fixed height, nothing between paragraphs."""
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    layout.space_before = layout.space_after = Pt(0)


def indent(paragraph: Paragraph, side: str, characters: int, size: int) -> None:
    """An indent counted in characters, with its length for programs that do not count them."""
    element = paragraph._p.get_or_add_pPr().get_or_add_ind()
    element.set(qn(f"w:{side}Chars"), str(characters * 100))
    element.set(qn(f"w:{side}"), str(characters * size * 20))


def _number_pages(document: DocumentType) -> None:
    """``— 1 —`` in the middle below."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    dash = say("letter.page")
    write(paragraph, f"{dash} ", "page", FOURTH)
    field = write(paragraph, "", "page", FOURTH)
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("", "1"), ("end", "")):
        if kind:
            made = OxmlElement("w:fldChar")
            made.set(qn("w:fldCharType"), kind)
        else:
            made = OxmlElement("w:instrText" if text == "PAGE" else "w:t")
            made.text = text
        field._element.append(made)
    write(paragraph, f" {dash}", "page", FOURTH)

"""Letters in Word, as official documents look; the same bytes for the same letter."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from gouji.returns.letter_text import Letter, Role
from gouji.returns.xml import fit
from gouji.round import replace_file
from gouji.wording import say

#: A4; margins in millimetres as the standard for official documents has them.
WIDTH, HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 210, 297, 37, 35, 28, 26
LINE_POINTS = 28
SECOND, THIRD, FOURTH = 22, 16, 14  #: 二号, 三号, 四号 in points
RIGHT_CHARACTERS = 4  #: how far the date stands from the right margin
_OLD_STYLES = "stylesWithEffects"
_STAMP = (1980, 1, 1, 0, 0, 0)
_FONTS = {Role.TITLE: "title", Role.HEAD: "head"}


def write_letter(path: Path, letter: Letter) -> None:
    """Write the letter; complete before it takes its name. Raises OSError."""
    replace_file(path, letter_bytes(letter))


def letter_bytes(letter: Letter) -> bytes:
    """The letter as a .docx file."""
    document = Document()
    _drop_old_styles(document)
    _set_page(document)
    _set_properties(document, letter)
    _number_pages(document)
    signed = False
    for role, text in letter.paragraphs:
        if (role is Role.SIGNATURE and not signed) or role is Role.ATTACHMENT:
            _paragraph(document, Role.BODY, "")
            signed = role is Role.SIGNATURE
        _paragraph(document, role, text)
    out = io.BytesIO()
    document.save(out)
    return _stamped(out.getvalue())


# ---------------------------------------------------------------------- page and fonts
def _drop_old_styles(document: DocumentType) -> None:
    """The library's blank document has a second set of styles for Word 2007: ours are not in it."""
    relations = document.part.rels
    for id_ in [key for key, each in relations.items() if each.reltype.endswith(_OLD_STYLES)]:
        relations.pop(id_)


def _set_page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(WIDTH), Mm(HEIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    normal = document.styles["Normal"]
    normal.font.size = Pt(THIRD)
    normal.font.name = say("letter.font.latin")
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), say("letter.font.body"))
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    language.set(qn("w:val"), "en-US")
    normal.element.get_or_add_rPr().append(language)


def _set_properties(document: DocumentType, letter: Letter) -> None:
    """No user, no machine, no clock: only the letter's own title and day."""
    core = document.core_properties
    day = datetime.combine(letter.day, time())
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.title, core.created, core.modified, core.revision = fit(letter.title), day, day, 1


def _run(paragraph: Paragraph, text: str, font: str, size: int) -> Run:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.name = say("letter.font.latin")
    run._element.get_or_add_rPr().get_or_add_rFonts().set(
        qn("w:eastAsia"), say(f"letter.font.{font}")
    )
    return run


# ---------------------------------------------------------------------- paragraphs
def _paragraph(document: DocumentType, role: Role, text: str) -> None:
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_POINTS)
    layout.space_before = layout.space_after = Pt(0)
    size = SECOND if role is Role.TITLE else THIRD
    if role is Role.TITLE:
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
        layout.space_after, layout.line_spacing = Pt(LINE_POINTS), Pt(LINE_POINTS + 6)
        layout.keep_with_next = True
    elif role is Role.SIGNATURE:
        layout.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        layout.keep_together = True
        _indent(paragraph, "right", RIGHT_CHARACTERS, size)
    elif role is not Role.ADDRESSEE:
        layout.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        layout.keep_with_next = role is Role.HEAD
        _indent(paragraph, "firstLine", 2, size)
    _run(paragraph, fit(text), _FONTS.get(role, "body"), size)


def _indent(paragraph: Paragraph, side: str, characters: int, size: int) -> None:
    """An indent counted in characters, with its length for programs that do not count them."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn(f"w:{side}Chars"), str(characters * 100))
    indent.set(qn(f"w:{side}"), str(characters * size * 20))


def _number_pages(document: DocumentType) -> None:
    """``— 1 —`` in the middle below."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    dash = say("letter.page")
    _run(paragraph, f"{dash} ", "page", FOURTH)
    field = _run(paragraph, "", "page", FOURTH)
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("", "1"), ("end", "")):
        if kind:
            made = OxmlElement("w:fldChar")
            made.set(qn("w:fldCharType"), kind)
        else:
            made = OxmlElement("w:instrText" if text == "PAGE" else "w:t")
            made.text = text
        field._element.append(made)
    _run(paragraph, f" {dash}", "page", FOURTH)


def _stamped(data: bytes) -> bytes:
    """The same archive without the time of day it was written at."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(
        out, "w", zipfile.ZIP_DEFLATED
    ) as target:  # fmt: skip
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(info, source.read(name))
    return out.getvalue()

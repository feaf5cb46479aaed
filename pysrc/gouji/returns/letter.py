"""Letters in Word, as official documents look; the same bytes for the same letter."""

from __future__ import annotations

from pathlib import Path

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from gouji.official_word import (
    LINE_POINTS,
    SECOND,
    THIRD,
    document_bytes,
    indent,
    official_document,
    space,
    write,
)
from gouji.returns.letter_text import Letter, Role
from gouji.round import replace_file

RIGHT_CHARACTERS = 4  #: how far the date stands from the right margin
_FONTS = {Role.TITLE: "title", Role.HEAD: "head"}


def write_letter(path: Path, letter: Letter) -> None:
    """Write the letter; complete before it takes its name. Raises OSError."""
    replace_file(path, letter_bytes(letter))


def letter_bytes(letter: Letter) -> bytes:
    """The letter as a .docx file."""
    document = official_document(letter.title, letter.day)
    signed = False
    for role, text in letter.paragraphs:
        if (role is Role.SIGNATURE and not signed) or role is Role.ATTACHMENT:
            _paragraph(document, Role.BODY, "")
            signed = role is Role.SIGNATURE
        _paragraph(document, role, text)
    return document_bytes(document)


# ---------------------------------------------------------------------- paragraphs
def _paragraph(document: Document, role: Role, text: str) -> None:
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    space(paragraph)
    size = SECOND if role is Role.TITLE else THIRD
    if role is Role.TITLE:
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
        layout.space_after, layout.line_spacing = Pt(LINE_POINTS), Pt(LINE_POINTS + 6)
        layout.keep_with_next = True
    elif role is Role.SIGNATURE:
        layout.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        layout.keep_together = True
        indent(paragraph, "right", RIGHT_CHARACTERS, size)
    elif role is not Role.ADDRESSEE:
        layout.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        layout.keep_with_next = role is Role.HEAD
        indent(paragraph, "firstLine", 2, size)
    write(paragraph, text, _FONTS.get(role, "body"), size)

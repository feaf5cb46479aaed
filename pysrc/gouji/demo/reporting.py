"""The end of a demonstration: the district's report, written, worked on, made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document

from gouji.official_word import document_bytes
from gouji.report_making import Made, make, make_for_round, order_of_round, report_name
from gouji.reporting.content import Paragraph
from gouji.round import Round, replace_file
from gouji.wording import say


def publish(place: Round) -> list[Made]:
    """The report in every format; what it asks for is written into the Word file between two runs,
    as a coordinator would, and stays. Raises UnusableCall, OSError."""
    order = order_of_round(place)
    file = place.output / report_name(order.submission.unit, order.submission.year)
    first = make(order, file)
    if first.asked:
        _fill_in(first, file)
    return make_for_round(place)


def _fill_in(made: Made, file: Path) -> None:
    """Write the demonstration's words in place of each request for some."""
    document: Any = Document(str(file))
    there = {paragraph.text: paragraph for paragraph in document.paragraphs}
    for section in made.report.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph) and block.asked:
                paragraph = there[block.text]
                run, *rest = paragraph.runs
                run.text = say(f"demo.narrative.{section.key}")
                run.font.highlight_color = None
                for other in rest:
                    other._r.getparent().remove(other._r)
    replace_file(file, document_bytes(document))

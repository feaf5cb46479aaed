"""Hidden bookmarks that tell our own paragraphs and numbers from what a person wrote.

They survive Word, WPS and LibreOffice, and go with the text when it is moved. Names, at most 40
letters, digits and ``_``:

* ``_gjd2_1f3a…`` a drafted paragraph, second of its section, with the digest of its text;
  ``_gjt1_…`` one taken over from the form, ``_gja1_…`` a request to write something;
* ``_gjn17_received`` a number, ``_gjc17_received`` a comparison with last year: the 17th mark;
* ``_gjp1_outcomes`` the caption under a picture; ``_gjs1_…`` a line of the signature.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from gouji.documents.trees import member_tree
from gouji.gate import Content, open_archive
from gouji.model import Number
from gouji.reporting.checking import content_of, figure_value
from gouji.reporting.content import AnnualReport, shown

DRAFTED, TOLD, ASKED, NUMBER, CHANGE, PICTURE, SIGNED = "d", "t", "a", "n", "c", "p", "s"
CHANGED = ".change"  #: how the name of a comparison ends
_NAME = re.compile(r"_gj([dtancps])(\d+)_(\w+)", re.ASCII)
_PROPERTIES = "docProps/core.xml"
_SPACES = re.compile(r"\s+")


def digest(text: str) -> str:
    """Of the letters alone: a program may break lines and spaces in another way."""
    return hashlib.sha256(_SPACES.sub("", text).encode("utf-8", "replace")).hexdigest()[:16]


@dataclass
class Marker:
    """Sets bookmarks; every one has a number of its own in the document."""

    last: int = 0

    def enclose(self, elements: list[Any], kind: str, name: str, number: int = 0) -> None:
        """A bookmark around neighbouring elements of one paragraph."""
        self.last += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(self.last))
        start.set(qn("w:name"), f"_gj{kind}{number or self.last}_{name}")
        elements[0].addprevious(start)
        elements[-1].addnext(end)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark of ours as it was found again, with the text it encloses now and where in the
    paragraph that begins."""

    kind: str
    number: int
    name: str
    text: str
    at: int = 0

    @property
    def figure(self) -> str:
        """Of a number, as a Run names it."""
        return self.name + (CHANGED if self.kind == CHANGE else "")


@dataclass
class Marked:
    """One paragraph of a document with our marks in it."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)

    def unchanged(self, kind: str) -> Mark | None:
        """The mark of that kind that encloses the very text it was made for."""
        return next((mark for mark in self.marks
                     if mark.kind == kind and mark.name == digest(self.text)), None)  # fmt: skip


def body_of(content: Content) -> Any:
    """The document's text as a tree. Raises Refused."""
    return member_tree(open_archive(content), "word/document.xml")


def title_of(content: Content) -> str:
    """The title among the document's properties; empty without one. Raises Refused."""
    package = open_archive(content)
    if not package.has(_PROPERTIES):
        return ""
    found = member_tree(package, _PROPERTIES).findtext(qn("dc:title"))
    return (found or "").strip()


def figures_in(paragraph: Marked, report: AnnualReport) -> Iterator[tuple[Mark, Number]]:
    """The numbers of a paragraph that have a mark, each with what it should be now."""
    for mark in paragraph.marks:
        if mark.kind in (NUMBER, CHANGE):
            due = figure_value(report, mark.name, change=mark.kind == CHANGE)
            if due is not None:
                yield mark, due


def wrong_figures(report: AnnualReport, data: bytes) -> list[str]:
    """Numbers of drafted sentences in a written document that differ from the workbook."""
    return [
        f"{mark.name}: {mark.text} for {shown(due)}"
        for paragraph in marked_paragraphs(body_of(content_of(data)))
        if any(mark.kind == DRAFTED for mark in paragraph.marks)  # a kept one may be at odds
        for mark, due in figures_in(paragraph, report)
        if mark.text != shown(due)
    ]


def marked_paragraphs(body: Any) -> Iterator[Marked]:
    """Every paragraph in which a bookmark of ours begins. Deleted text does not count."""
    for paragraph in body.iter(qn("w:p")):
        if any(_NAME.fullmatch(start.get(qn("w:name"), ""))
               for start in paragraph.iter(qn("w:bookmarkStart"))):  # fmt: skip
            yield _marked(paragraph)


def _marked(paragraph: Any) -> Marked:
    found = Marked()
    began: dict[str, tuple[str, int]] = {}
    for element in paragraph.iter(qn("w:t"), qn("w:bookmarkStart"), qn("w:bookmarkEnd")):
        if element.tag == qn("w:t"):
            found.text += element.text or ""
        elif element.tag == qn("w:bookmarkStart"):
            began[element.get(qn("w:id"))] = (element.get(qn("w:name"), ""), len(found.text))
        elif element.get(qn("w:id")) in began:
            name, at = began.pop(element.get(qn("w:id")))
            if match := _NAME.fullmatch(name):
                kind, number, rest = match.groups()
                found.marks.append(Mark(kind, int(number), rest, found.text[at:], at))
    for name, at in began.values():  # ends in another paragraph
        if match := _NAME.fullmatch(name):
            found.marks.append(Mark(match[1], int(match[2]), match[3], found.text[at:], at))
    return found

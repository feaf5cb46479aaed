"""A report made again over one that a person has edited: their text stays, ours is renewed.

What we wrote and nobody touched is known by its marks; every other line of a narrative section is
theirs. A kept sentence that no longer agrees with the workbook becomes a query, quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn

from gouji import editions
from gouji.documents.read import read_document
from gouji.gate import Content, take
from gouji.hygiene import interpret
from gouji.layout import layout_of
from gouji.model import Form, Item, Kind, Number, Submission
from gouji.narrative import narrative_findings
from gouji.printed import PrintedTable
from gouji.reading import read_content
from gouji.report_word.marks import (
    ASKED,
    CHANGE,
    DRAFTED,
    NUMBER,
    PICTURE,
    SIGNED,
    TOLD,
    Mark,
    Marked,
    body_of,
    digest,
    figures_in,
    marked_paragraphs,
    title_of,
)
from gouji.reporting.content import AnnualReport, Block, Paragraph, Run, Section, shown
from gouji.returns.xml import fit
from gouji.roster import normalised
from gouji.wording import say

_SIGNED = 4  #: lines of a signature, at most
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?")


class NotThisReport(ValueError):
    """The earlier document reports on another unit or year; the text is its title."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The report with a person's text in it; ``queries`` and ``notes`` are Chinese lines."""

    report: AnnualReport
    sections: tuple[str, ...] = ()  #: titles of those with kept text
    queries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def kept(report: AnnualReport, former: Path) -> Kept:
    """``report`` with the narrative that ``former``, an earlier one, holds.

    Raises Refused, NotThisReport.
    """
    content = take(former)
    body, old = body_of(content), read_content(content)
    title = title_of(content)
    same = normalised(old.unit) == normalised(report.unit) and old.year == report.year
    if not same and title != fit(report.title):
        raise NotThisReport(title or old.unit)
    marked = list(marked_paragraphs(body))
    ours = _Ours(marked)
    sections = [_section(section, old, ours, report.form) for section in report.sections]
    changed = [new for new, before in zip(sections, report.sections, strict=True)
               if _has_kept(new) and new != before]  # fmt: skip
    published = report.published or _signature(content, old, ours)
    made = replace(report, sections=tuple(sections), published=published)
    queries = [*_figure_queries(made, marked, changed), *_told_queries(made, old, changed, marked)]
    titles = tuple(section.title for section in changed)
    return Kept(made, titles, tuple(dict.fromkeys(queries)), tuple(_left_behind(body, report)))


def _signature(content: Content, old: Submission, ours: _Ours) -> str:
    """The lines below the last section's text: who signed and when, ours or a person's."""
    told = {line.strip() for text in old.narrative.values() for line in text.splitlines()}
    told |= {section.title for section in editions.load(old.edition).sections}
    lines: list[str] = []
    for block in reversed(read_document(content).blocks):
        if not isinstance(block, str) or len(lines) == _SIGNED:
            break
        if block.strip() in told and digest(block) not in ours.apart:
            break
        lines.insert(0, block.strip())
    return "\n".join(line for line in lines if line)


class _Ours:
    """What of a document we wrote ourselves and nobody changed."""

    def __init__(self, marked: Iterable[Marked]) -> None:
        self._lines: dict[str, Mark] = {}
        self._numbers: dict[str, Marked] = {}
        self.apart: set[str] = set()  #: captions, also edited ones, and the signature
        for paragraph in marked:
            for kind in (DRAFTED, TOLD, ASKED):
                if mark := paragraph.unchanged(kind):
                    self._lines[mark.name] = mark
            if any(mark.kind in (PICTURE, SIGNED) for mark in paragraph.marks):
                self.apart.add(digest(paragraph.text))
            self._numbers[paragraph.text.strip()] = paragraph

    def mark(self, line: str) -> Mark | None:
        return self._lines.get(digest(line))

    def runs(self, line: str) -> tuple[Run, ...]:
        """The line with the numbers in it that were ours, to be looked at again next time."""
        paragraph = self._numbers.get(line)
        if paragraph is None:
            return (Run(line),)
        indent = len(paragraph.text) - len(paragraph.text.lstrip())
        runs, done = [], 0
        for mark in sorted(paragraph.marks, key=lambda each: each.at):
            at = mark.at - indent
            if mark.kind in (NUMBER, CHANGE) and at >= done and mark.text:
                runs += [Run(line[done:at]), Run(mark.text, figure=mark.figure)]
                done = at + len(mark.text)
        return tuple(run for run in (*runs, Run(line[done:])) if run.text)


def _section(section: Section, old: Submission, ours: _Ours, form: Form) -> Section:
    """The section with the text of the old document where a person has a part in it."""
    narrative = any(each.key == section.key and not each.table for each in form.sections)
    lines = [line.strip() for line in old.narrative.get(section.key, "").splitlines()]
    lines = [line for line in lines if line and digest(line) not in ours.apart]
    if not narrative or not lines:
        return section
    marks = [ours.mark(line) for line in lines]
    new = {block.place: block for block in section.blocks if isinstance(block, Paragraph)}
    if all(marks):
        drafted = {mark.number for mark in marks if mark and mark.kind == DRAFTED}
        if not drafted or not any(block.drafted for block in new.values()):
            return section
        # A drafted paragraph that was taken out stays out.
        return _with(section, [new[at] for at in sorted(drafted) if at in new])
    return _with(section, list(_mixed(lines, ours, new)))


def _mixed(lines: list[str], ours: _Ours, new: Mapping[int, Paragraph]) -> Iterator[Paragraph]:
    for at, line in enumerate(lines, 1):
        mark = ours.mark(line)
        if mark is None:
            yield Paragraph(ours.runs(line), kept=True, place=at)
        elif mark.kind == TOLD:
            yield Paragraph((Run(line),), place=mark.number)
        elif mark.kind == DRAFTED and mark.number in new and new[mark.number].drafted:
            yield new[mark.number]


def _with(section: Section, paragraphs: list[Paragraph]) -> Section:
    rest: list[Block] = [block for block in section.blocks if not isinstance(block, Paragraph)]
    return replace(section, blocks=(*paragraphs, *rest))


def _has_kept(section: Section) -> bool:
    return any(isinstance(block, Paragraph) and block.kept for block in section.blocks)


# ---------------------------------------------------------------------- what no longer agrees
def _figure_queries(
    report: AnnualReport, marked: Iterable[Marked], changed: Iterable[Section]
) -> Iterator[str]:
    """Kept sentences with a number of ours that has changed since, or was typed over."""
    texts = {digest(text): section for section in changed for text in _kept_lines(section)}
    for paragraph in marked:
        section = texts.get(digest(paragraph.text))
        if section is None:
            continue
        for mark, due in figures_in(paragraph, report):
            if _read(mark.text) != due:
                key = "report.query_change" if mark.kind == CHANGE else "report.query"
                sentence = _sentence(paragraph.text, mark.at)
                yield say(key, section=section.title, quote=sentence, said=mark.text,
                          due=shown(due))  # fmt: skip


def _told_queries(
    report: AnnualReport, old: Submission, changed: Iterable[Section], marked: Iterable[Marked]
) -> Iterator[str]:
    """What the kept words say of the tables, by the edition's claims; not what is told already."""
    told = {_read(mark.text) for paragraph in marked
            for mark, due in figures_in(paragraph, report) if _read(mark.text) != due}  # fmt: skip
    texts = {section.key: "\n".join(_kept_lines(section)) for section in changed}
    submission = replace(old, unit=report.unit, year=report.year, edition=report.form.id,
                         values=report.values, narrative=texts)  # fmt: skip
    for finding in narrative_findings(report.form, submission, layout_of(report.form).place):
        if finding.left not in told:
            yield finding.message


def _kept_lines(section: Section) -> list[str]:
    return [block.text for block in section.blocks
            if isinstance(block, Paragraph) and not block.drafted and not block.asked]  # fmt: skip


def _read(text: str) -> Number | None:
    return interpret(text, _ANY).number


#: A number of whatever kind, for reading it in a sentence.
_ANY = Item("", "", "", "", "", (), (), Kind.AMOUNT, 6, "")


def _sentence(text: str, at: int) -> str:
    """The sentence in which that letter stands."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text) if match.end() > at)
    return next(found, text)


# ---------------------------------------------------------------------- what cannot go with it
def _left_behind(body: Any, report: AnnualReport) -> Iterator[str]:
    """Pictures and tables that a person put into the document; text is all that is carried over."""
    names = {picture.name for picture in report.pictures}
    names |= {each.name for each in (report.form.draft.pictures if report.form.draft else ())}
    pictures = [
        element for element in body.iter(qn("wp:docPr")) if element.get("name") not in names
    ]
    printed = sum(isinstance(block, PrintedTable) for block in report.blocks)
    tables = len(list(body.iter(qn("w:tbl")))) - printed
    if pictures:
        yield say("report.left_pictures", n=len(pictures))
    if tables > 0:
        yield say("report.left_tables", n=tables)

"""The numbers of a published page as data inside it, written and checked against its tables.

The block holds values JSON: ``unit``, ``year``, ``edition``, ``values`` by item code, ``narrative``
by section. A page altered by hand shows in the difference between the block and what people read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from gouji import editions
from gouji.documents.html import DATA_ID
from gouji.gate import Content, Refused
from gouji.hygiene import Kindness, interpret
from gouji.locating import soft
from gouji.model import Finding, Form, Item, Number, Submission, Value
from gouji.plain_text import without_controls
from gouji.reporting.content import AnnualReport, Paragraph
from gouji.roster import normalised
from gouji.values_json import parse_values, to_text
from gouji.wording import say

VERSION = "1.0"
#: Name of the findings about a page whose data say something else.
RULE = "T7"
#: Differences told one by one.
_SHOWN = 40


def block(report: AnnualReport, without: Collection[str] = ()) -> str:
    """The text of the script element: JSON in which nothing can end the element.

    ``without`` are sections whose text stays out of it.
    """
    body: dict[str, Any] = {
        "schema_version": VERSION,
        "title": _fit(report.title),
        "unit": _fit(report.unit),
        "year": report.year,
        "edition": report.form.id,
        "basis": report.form.basis,
        "values": {code: _fit(value) for code, value in report.values.items()},
        "narrative": {
            key: _fit(text) for key, text in narrative_of(report).items() if key not in without
        },
    }
    text = to_text(body)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _fit(value: Value) -> Value:
    """Text as the page can hold it."""
    return without_controls(value) if isinstance(value, str) else value


def narrative_of(report: AnnualReport) -> dict[str, str]:
    """Narrative sections as they stand on the page."""
    titled = {section.key for section in report.form.sections if not section.table}
    texts = {
        section.key: "\n".join(each.text for each in section.blocks if isinstance(each, Paragraph))
        for section in report.sections
        if section.key in titled
    }
    return {key: text for key, text in texts.items() if text}


def unread_sections(report: AnnualReport, read: Submission) -> frozenset[str]:
    """Narrative sections of the report in which ``read`` has another text."""
    told = narrative_of(report)
    keys = told.keys() | read.narrative.keys()
    return frozenset(
        key for key in keys if _bare(told.get(key, "")) != _bare(read.narrative.get(key, ""))
    )


def findings(text: str, read: Submission) -> tuple[Finding, ...]:
    """Where the data in a page differ from what was ``read`` from its tables and text."""
    try:
        said = parse_values(Content(DATA_ID, text.encode("utf-8", "replace"), ""))
    except Refused as refused:
        return (soft(RULE, say("page.data.unreadable", why=refused)),)
    if said.edition != read.edition:
        bases = [editions.load(one.edition).basis for one in (said, read)]
        return (soft(RULE, say("page.data.edition", said=bases[0], shown=bases[1])),)
    form = editions.load(read.edition)
    found = [*_head(said, read), *_items(form, said.values, read.values), *_texts(form, said, read)]
    if len(found) <= _SHOWN:
        return tuple(found)
    return (*found[:_SHOWN], soft(RULE, say("page.data.more", n=len(found) - _SHOWN)))


def _head(said: Submission, read: Submission) -> Iterator[Finding]:
    one, other = normalised(_bare(said.unit)), normalised(_bare(read.unit))
    # A title may name the unit shorter or longer; so much of it is what reading found.
    if one and other and one not in other and other not in one:
        yield soft(RULE, say("page.data.unit", said=said.unit, shown=read.unit))
    if None not in (said.year, read.year) and said.year != read.year:
        yield soft(RULE, say("page.data.year", said=said.year, shown=read.year))


def _items(form: Form, said: Mapping[str, Value], read: Mapping[str, Value]) -> Iterator[Finding]:
    for code, item in form.items.items():
        if _meaning(said[code], item) != _meaning(read[code], item):
            message = say("page.data.item", label=item.full_label, said=_told(said[code]),
                          shown=_told(read[code]))  # fmt: skip
            yield soft(RULE, message, [code])


def _meaning(value: Value, item: Item) -> Number | str | None:
    meaning = interpret(value, item)
    if meaning.kind is Kindness.BLANK:
        return None
    return _bare(str(value)) if meaning.number is None else meaning.number


def _told(value: Value) -> str:
    return say("page.data.blank") if value is None else str(value)


def _texts(form: Form, said: Submission, read: Submission) -> Iterator[Finding]:
    for section in form.sections:
        if section.key not in said.narrative:
            continue
        if _bare(said.narrative[section.key]) != _bare(read.narrative.get(section.key, "")):
            yield soft(RULE, say("page.data.text", title=section.title))


def _bare(text: str) -> str:
    """What a reader sees: spaces, line ends and control characters apart."""
    return "".join(mark for mark in text if mark.isprintable() and not mark.isspace())

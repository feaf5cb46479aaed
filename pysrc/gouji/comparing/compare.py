"""Two reports item by item, by what their cells mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from gouji import editions, page_data
from gouji.actions import read_one
from gouji.carry import counterparts
from gouji.comparing.comparison import Comparison, HeadDifference, ItemDifference, TextDifference
from gouji.hygiene import Kindness, interpret
from gouji.layout import layout_of
from gouji.model import Form, Item, Number, Submission, Value
from gouji.roster import normalised
from gouji.unusable import UnusableCall
from gouji.wording import say

#: Characters shown before and after the first difference of two texts.
_BEFORE, _AFTER = 6, 20
_BLANK = (Kindness.BLANK, Kindness.PLACEHOLDER)


def compare(report: Path, file: Path) -> Comparison:
    """The published ``report`` beside the submitted ``file``.

    Raises UnusableCall when one cannot be read or they are not of the same form.
    """
    published, submitted = read_one(report), read_one(file)
    return compare_submissions(published, submitted, str(report), str(file))


def compare_submissions(
    published: Submission, submitted: Submission, report: str = "", file: str = ""
) -> Comparison:
    """Two submissions that have been read. Raises UnusableCall."""
    form, other = editions.load(submitted.edition), editions.load(published.edition)
    codes = _comparable(form, other)
    if not codes:
        bases = {"published": other.basis, "submitted": form.basis}
        raise UnusableCall(say("compare.no_common", **bases))
    place = layout_of(form).place
    items: list[ItemDifference] = []
    blanks: list[ItemDifference] = []
    for code in codes:
        found = _item(form.items[code], published.values[code], submitted.values[code], place)
        if found is not None:
            (blanks if _is_blank_zero(found, form.items[code]) else items).append(found)
    return Comparison(
        report, file, len(codes) - len(items) - len(blanks), tuple(items), tuple(blanks),
        tuple(_head(published, submitted)), tuple(_narrative(form, published, submitted)),
        tuple(_notes(published, submitted)), tuple(_altered(published, submitted)),
    )  # fmt: skip


def _comparable(form: Form, other: Form) -> list[str]:
    """Items both editions have with the same meaning."""
    if form.id == other.id:
        return list(form.items)
    newer, older = (form, other) if form.first_year > other.first_year else (other, form)
    steps = counterparts(newer, older)
    return [code for code in form.items if code in steps and steps[code].is_plain(code)]


# ---------------------------------------------------------------------- items
def _meaning(value: Value, item: Item) -> Number | str | None:
    """A number however it is written, None for nothing, else the text."""
    meaning = interpret(value, item)
    if meaning.kind in _BLANK:
        return None
    return normalised(str(value)) if meaning.number is None else meaning.number


def _item(
    item: Item, published: Value, submitted: Value, place: Callable[[str], str]
) -> ItemDifference | None:
    if _meaning(published, item) == _meaning(submitted, item):
        return None
    return ItemDifference(item.code, item.full_label, published, submitted, place(item.code))


def _is_blank_zero(found: ItemDifference, item: Item) -> bool:
    return {_meaning(found.published, item), _meaning(found.submitted, item)} == {None, 0}


# ---------------------------------------------------------------------- head and text
def _head(published: Submission, submitted: Submission) -> Iterator[HeadDifference]:
    one, other = normalised(published.unit), normalised(submitted.unit)
    # A title often names the unit shorter or longer than the roster: 科技局, 鹿城区科技局.
    if one and other and one not in other and other not in one:
        yield HeadDifference("unit", published.unit, submitted.unit)
    years = published.year, submitted.year
    if None not in years and years[0] != years[1]:
        yield HeadDifference("year", str(published.year), str(submitted.year))
    if published.edition != submitted.edition:
        yield HeadDifference("edition", published.edition, submitted.edition)


def _narrative(
    form: Form, published: Submission, submitted: Submission
) -> Iterator[TextDifference]:
    if published.children or submitted.children:
        return  # a district workbook holds no text
    for section in form.sections:
        pair = [each.narrative.get(section.key, "") for each in (published, submitted)]
        one, other = ("".join(text.split()) for text in pair)
        if one == other or section.table:
            continue
        if not one or not other:
            yield TextDifference(section.key, section.title, 0, one[:_AFTER], other[:_AFTER])
            continue
        at = next(n for n, (a, b) in enumerate(zip_longest(one, other)) if a != b)
        start, end = max(0, at - _BEFORE), at + _AFTER
        yield TextDifference(section.key, section.title, at + 1, one[start:end], other[start:end])


def _notes(published: Submission, submitted: Submission) -> Iterator[str]:
    if not (published.unit and submitted.unit):
        yield say("compare.unsaid_unit")
    if None in (published.year, submitted.year):
        yield say("compare.unsaid_year")
    for each in (published, submitted):
        if each.medium != "form":
            yield from each.notes
            yield from (f.message for f in each.structure if f.rule != page_data.RULE)


def _altered(*read: Submission) -> Iterator[str]:
    for each in read:
        yield from (f.message for f in each.structure if f.rule == page_data.RULE)

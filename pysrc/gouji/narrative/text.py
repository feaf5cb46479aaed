"""A narrative cut into paragraphs, sentences and clauses, with its counts in place.

Positions are the same in the folded text and in the original, so that a quote is always what the
unit wrote.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gouji.hygiene import DIGITS, STEPS, interpret
from gouji.model import Item, Kind
from gouji.narrative.language import Language

#: Full-width ASCII → ASCII, but for the comma: between digits it would read as a separator.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C}
_FOLD |= {0x3000: 0x20, 0xA0: 0x20, 0x09: 0x20, 0x0D: 0x20, 0x2212: ord("-")}
#: A shorter line without a full stop is a heading, a longer one was wrapped.
_HEADING = 30
#: A narrative is pages at most; what is longer is read up to here. Nobody can follow a sentence
#: longer than the second number; nor is it followed here, for time grows with its square.
_LONGEST = 50_000
_LONGEST_SENTENCE = 2_000
_WHOLE = Item("", "", "", "", "", (), (), Kind.COUNT, 0, "")
#: Longer numbers are none that a table could hold.
_DIGITS = 15
_WHOLE_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+", re.ASCII)
#: How far before a number the words reach that make it no exact count.
_LEAD = 5
#: A quote may begin behind one of these.
_CLAUSE_MARKS = "，,、；;。：:！!？?\n"


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its counter; ``value`` is None when the words say “about” or “more than”."""

    start: int
    end: int
    value: int | None
    counter: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """``first`` is True when a paragraph begins here."""

    start: int
    end: int
    first: bool


def fold(text: str) -> str:
    """The text with full-width forms as ASCII, of the same length."""
    return text[:_LONGEST].translate(_FOLD)


def masked(text: str, language: Language) -> str:
    """The text with spaces where something looks like a count and is none."""
    return language.masks.sub(lambda match: " " * len(match.group()), text)


def blanked(text: str, language: Language) -> tuple[str, list[tuple[int, int]]]:
    """The text with its bracketed asides blank, and where those stood."""
    spans = [match.span() for match in language.aside.finditer(text)]
    return language.aside.sub(lambda match: " " * len(match.group()), text), spans


def spans_between(
    spans: Sequence[tuple[int, int]], start: int, end: int
) -> Sequence[tuple[int, int]]:
    """Those of the spans, which are in order, that lie between two positions."""
    first = bisect_left(spans, start, key=lambda span: span[0])
    return spans[first : bisect_right(spans, end, key=lambda span: span[1])]


def sentences(text: str, language: Language) -> Iterator[Sentence]:
    """Sentences of folded text. A wrapped line goes on; a heading stands by itself."""
    first = True
    for start, end, heading in _paragraphs(text, language):
        for left, right in _cut(text, start, end, language.sentence):
            if text[left:right].strip() and right - left <= _LONGEST_SENTENCE:
                yield Sentence(left, right, first)
                first = False
        # What a heading speaks of holds for the paragraph below it.
        first = not heading


def _paragraphs(text: str, language: Language) -> Iterator[tuple[int, int, bool]]:
    """Start, end, and whether it is a heading."""
    start = at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        at += len(line)
        stopped = not bare or bare[-1] in language.full_stop
        if stopped or len(bare) <= _HEADING:
            yield start, at, bool(bare) and not stopped
            start = at
    if start < at:
        yield start, at, False


def clauses(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    """Clauses of a sentence; a list mark ends one only after a count."""
    for left, right in _cut(text, start, end, language.clause):
        at, mark = left, text.find(language.list_mark, left, right)
        while mark >= 0:
            if language.count.search(text, at, mark):
                yield at, mark
                at = mark + 1
            mark = text.find(language.list_mark, mark + 1, right)
        yield at, right


def _cut(text: str, start: int, end: int, marks: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for match in marks.finditer(text, start, end):
        yield at, match.start()
        at = match.end()
    yield at, end


def counts(text: str, language: Language) -> list[Count]:
    """Every number with a counter, in order."""
    found = []
    for match in language.count.finditer(text):
        before = text[max(match.start() - _LEAD, 0) : match.start()]
        if not language.no_count.search(before):
            value = None if language.lead.search(before) else _value(match)
            found.append(Count(match.start(), match.end(), value, match["counter"]))
    return found


def between(found: Sequence[Count], start: int, end: int) -> list[Count]:
    """Those of the counts that stand between two positions."""
    first = bisect_left(found, start, key=lambda count: count.start)
    last = bisect_right(found, end, key=lambda count: count.end)
    return list(found[first:last])


def _value(match: re.Match[str]) -> int | None:
    if match["more"] or match["so"]:
        return None
    number = match["number"]
    if number.isascii():
        exact = _WHOLE_NUMBER.fullmatch(number) and len(number) <= _DIGITS
        return int(number.replace(",", "")) if exact else None
    if len(number) == 1 and number in DIGITS:
        return DIGITS[number]
    # “二三件” is two or three; a numeral of several digits has its tens or hundreds.
    worded = interpret(number, _WHOLE).number if STEPS.keys() & set(number) else None
    return worded if isinstance(worded, int) else None


def quote(text: str, start: int, end: int, longest: int = 60) -> str:
    """The original words around a span, at most ``longest`` characters of them.

    They begin with a clause and end with the paragraph, if there is room.
    """
    if end - start >= longest:
        return _one_line(text[start : start + longest])
    room = longest - (end - start)
    left = max(start - room * 2 // 3, _begin(text, "。！？!?\n", 0, start))
    if left > 0 and text[left - 1] not in _CLAUSE_MARKS:
        left = next((at + 1 for at in range(left, start) if text[at] in _CLAUSE_MARKS), left)
    right = min(left + longest, len(text))
    line_end = text.find("\n", end)
    return _one_line(text[left : right if line_end < 0 else min(right, line_end)])


def _begin(text: str, marks: str, start: int, end: int) -> int:
    """Behind the last of the marks between two positions."""
    return max(text.rfind(mark, start, end) for mark in marks) + 1


def _one_line(text: str) -> str:
    return " ".join(text.split())

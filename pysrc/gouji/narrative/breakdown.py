"""Breakdowns inside a sentence: “其中…” and its parts against the total before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gouji.narrative.language import Language, language
from gouji.narrative.text import Count, between, blanked, counts, sentences, spans_between

#: A label longer than this is no label of a part any more.
_LABEL = 24


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A total and the parts that follow it; positions are those of the text."""

    start: int
    total_end: int
    end: int
    total: int
    parts: tuple[int, ...]

    @property
    def sum(self) -> int:
        return sum(self.parts)


def broken_down(text: str, least: int, percent: int) -> Iterator[Breakdown]:
    """Breakdowns of folded and masked text whose parts do not make the total.

    Only where an enumeration of at least ``least`` parts follows its total directly, and the
    gap is at most ``percent`` of the total: a larger one is a list of examples, or parts that
    overlap.
    """
    words = language()
    if not words.openers.search(text):
        return
    bare, asides = blanked(text, words)
    everywhere = counts(text, words)
    outside = [count for count in everywhere if not bare[count.start].isspace()]
    for sentence in sentences(text, words):
        spans = [(bare, between(outside, sentence.start, sentence.end), sentence.end)]
        for left, right in spans_between(asides, sentence.start, sentence.end):
            if words.openers.search(text, left, right):
                inside = bare[:left] + " " + text[left + 1 : right - 1]
                before = between(outside, sentence.start, left)[-1:]
                spans.append((inside, before + between(everywhere, left, right), right - 1))
        told = set()
        for source, here, end in spans:
            for found in _in_sentence(source, here, end, least, words):
                if found.start not in told and not _adds_up(found, percent):
                    told.add(found.start)
                    yield found


def _in_sentence(
    text: str, found: Sequence[Count], end: int, least: int, words: Language
) -> Iterator[Breakdown]:
    for index, total in enumerate(found[:-1]):
        opener = words.openers.search(text, total.end, found[index + 1].start)
        if opener is None or not total.value:
            continue
        parts = _parts(text, opener.end(), found[index + 1 :], total.counter, words)
        rest = found[index + 1 + len(parts) :]
        values = tuple(part.value for part in parts if part.value is not None)
        if len(parts) < least or len(values) < len(parts):
            continue
        last = parts[-1].end
        open_end = words.partial.match(text, last) or words.openers.search(text, last, end)
        if open_end or any(count.counter == total.counter for count in rest):
            continue
        if sum(values) > total.value and words.overlapping.search(text, opener.end(), last):
            continue
        yield Breakdown(total.start, total.end, last, total.value, values)


def _parts(
    text: str, at: int, found: Sequence[Count], counter: str, words: Language
) -> list[Count]:
    """The counts of an enumeration: a joiner, a label and a number with the same counter each."""
    parts: list[Count] = []
    marks: set[str] = set()
    for count in found:
        gap = text[at : count.start]
        label = words.joiners.sub("", gap, count=1).strip()
        if parts:
            joiner = words.joiners.match(gap)
            marks |= {joiner[1]} - {""} if joiner else set()
            if label == gap.strip() or len(marks) > 1:  # nothing joins it to the part before
                break
        if not label or len(label) > _LABEL or words.stops.search(label):
            break
        if count.counter != counter or words.passing.search(label) or words.openers.search(label):
            break
        parts.append(count)
        at = count.end
    return parts


def _adds_up(found: Breakdown, percent: int) -> bool:
    """True when the parts make the total, or when they were never meant to."""
    total, added = found.total, 0
    for part in found.parts:
        added += part
        if added == total:  # what follows divides the same things another way
            return True
    return added % total == 0 or abs(added - total) * 100 > percent * total

"""What a narrative says of the tables: counts beside declared words, statements of nothing.

A count is taken only where every word around it is known; an unknown word may change what is
counted, and a false alarm is worse than a miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gouji.narrative.language import Language, any_of, language
from gouji.narrative.text import (
    Count,
    Sentence,
    between,
    blanked,
    clauses,
    counts,
    sentences,
    spans_between,
)
from gouji.rule_model import Claim, Claims

_NOTHING_LEFT = re.compile(r"[\W_]*")
#: A unit's name may be shortened from the left, to no less than this.
_SHORTEST_NAME = 3
#: How far before its clause an anchor may begin.
_ANCHOR = 80


@dataclass(frozen=True, slots=True)
class Said:
    """What the words between two positions say: ``value`` of one of the claims."""

    start: int
    end: int
    value: int
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Vocabulary:
    """A form's claims, compiled."""

    topics: Mapping[str, re.Pattern[str]]
    by_word: Mapping[str, tuple[Claim, ...]]
    words: re.Pattern[str]
    known: re.Pattern[str]
    foreign: re.Pattern[str]
    zeros: Sequence[tuple[Claim, re.Pattern[str], re.Pattern[str]]]
    telling: re.Pattern[str]  #: anchors and the words of statements


_vocabularies: dict[tuple[int, bool], tuple[Claims, Vocabulary]] = {}


def vocabulary(claims: Claims, wide: bool) -> Vocabulary:
    """Built once; ``wide`` when the unit may speak of all units below it."""
    key = id(claims), wide
    if key not in _vocabularies:
        _vocabularies[key] = (claims, _compiled(claims, wide, language()))
    return _vocabularies[key][1]


def _compiled(claims: Claims, wide: bool, words: Language) -> Vocabulary:
    by_word: dict[str, tuple[Claim, ...]] = {}
    for claim in claims.claims:
        for word in () if claim.zero else claim.words:
            by_word[word] = (*by_word.get(word, ()), claim)
    known = [*by_word, *claims.fillers, *words.fillers, *(words.wider if wide else ())]
    zeros = [claim for claim in claims.claims if claim.zero]
    nouns = [word for claim in zeros if claim.leads for word in claim.words]
    plain = [*claims.fillers, *words.fillers, *claims.foreign, *nouns]
    statements = [
        # Before “nothing of the kind”, a word that is counted elsewhere narrows the kind down.
        (
            claim,
            _statement(claim),
            any_of([*(plain if claim.leads else known), *claim.leads, *claim.words]),
        )
        for claim in zeros
    ]
    return Vocabulary(
        topics={name: re.compile(anchor, re.DOTALL) for name, anchor in claims.topics.items()},
        by_word=by_word,
        words=any_of(by_word),
        known=any_of(known),
        foreign=any_of(claims.foreign),
        zeros=statements,
        telling=re.compile(
            "|".join([*claims.topics.values(), *(any_of(claim.words).pattern for claim in zeros)]),
            re.DOTALL,
        ),
    )


def _statement(claim: Claim) -> re.Pattern[str]:
    words = any_of(claim.words).pattern
    leads = rf"(?:{any_of(claim.leads).pattern}).*?" if claim.leads else ""
    return re.compile(rf"{leads}(?:{words})", re.DOTALL)


@dataclass
class _Listener:
    """Goes through a text clause by clause, remembering what it speaks of."""

    text: str
    year: int | None
    words: Vocabulary
    language: Language
    topics: set[str] = field(default_factory=set)
    other_year: bool = False
    vague: bool = False

    def listen(self) -> Iterator[Said]:
        bare, asides = blanked(self.text, self.language)
        everywhere = counts(self.text, self.language)
        outside = [count for count in everywhere if not bare[count.start].isspace()]
        for sentence in sentences(self.text, self.language):
            self.vague = False
            if sentence.first:
                self.topics, self.other_year = set(), False
            if not self._concerns(sentence, everywhere):
                continue
            here = spans_between(asides, sentence.start, sentence.end)
            for start, end in clauses(bare, sentence.start, sentence.end, self.language):
                yield from self._clause(bare, start, end, sentence, between(outside, start, end))
                for left, right in spans_between(here, start, end):
                    yield from self._aside(left + 1, right - 1, sentence, everywhere)

    def _concerns(self, sentence: Sentence, found: Sequence[Count]) -> bool:
        """False when nothing in the sentence could be about the tables: a quick look."""
        here = self.text[sentence.start : sentence.end]
        if self.words.telling.search(here):
            return True
        self._note_years(here)
        if between(found, sentence.start, sentence.end):
            return True
        if not self.language.passing.search(here):
            self.topics = set()
        return False

    def _aside(
        self, start: int, end: int, sentence: Sentence, found: Sequence[Count]
    ) -> Iterator[Said]:
        for left, right in clauses(self.text, start, end, self.language):
            yield from self._clause(self.text, left, right, sentence, between(found, left, right))

    def _clause(
        self, text: str, start: int, end: int, sentence: Sentence, found: Sequence[Count]
    ) -> Iterator[Said]:
        body = text[start:end]
        anchored = self._anchored(text, start, end, sentence)
        self.topics |= anchored
        self._note_years(body)
        if self.language.vague.search(self.words.words.sub("", body)):
            self.vague = True
        if self.language.passing.search(body):
            return
        if not (self.other_year or self.vague):
            whole = self.text[sentence.start : sentence.end]
            yield from self._numbers(text, start, end, found, whole)
            yield from self._statements(body, start, found, whole)
        if self.topics and self._leaves(body, start, found, bool(anchored)):
            self.topics = set()

    def _leaves(self, body: str, start: int, found: Sequence[Count], anchored: bool) -> bool:
        """True when the clause speaks of something else: the topic ends.

        The clause that names the topic may say what it likes of it, unless it counts.
        """
        if self.words.foreign.search(body):
            return True
        if anchored and not found:
            return False
        return not self._is_known(_without(body, found, start), self.words.known)

    def _anchored(self, text: str, start: int, end: int, sentence: Sentence) -> set[str]:
        begin = max(sentence.start, start - _ANCHOR)
        return {
            name
            for name, anchor in self.words.topics.items()
            if any(match.end() > start for match in anchor.finditer(text, begin, end))
        }

    def _note_years(self, body: str) -> None:
        """Whether the words are about another year than the report's."""
        for match in self.language.year.finditer(body):
            stated = match[1]
            self.other_year = not stated.isdigit() or int(stated) != self.year
        if self.language.years.search(body):
            self.other_year = True

    def _numbers(
        self, text: str, start: int, end: int, found: Sequence[Count], sentence: str
    ) -> Iterator[Said]:
        at = start
        for count in found:
            after = text[count.end : end] if count is found[-1] else ""
            claims = self._claims(text[at : count.start], after, sentence)
            if count.value is not None and claims:
                yield Said(count.start, count.end, count.value, claims)
            at = count.end

    def _claims(self, before: str, after: str, sentence: str) -> tuple[Claim, ...]:
        """The claims the words beside a count may belong to, the nearest word first."""
        words = self.words.words.findall(_dense(before)) or self.words.words.findall(_dense(after))
        if not words or not all(self._is_known(part, self.words.known) for part in (before, after)):
            return ()
        named = {
            claim.name: claim for word in reversed(words) for claim in self.words.by_word[word]
        }
        topic = next(iter(named.values())).topic
        if topic and topic not in self.topics:
            return ()
        if any(word in sentence for claim in named.values() for word in claim.unless):
            return ()
        return tuple(claim for claim in named.values() if claim.topic == topic)

    def _statements(
        self, body: str, start: int, found: Sequence[Count], sentence: str
    ) -> Iterator[Said]:
        for claim, pattern, known in self.words.zeros:
            match = pattern.search(body)
            if match is None or (claim.topic and claim.topic not in self.topics):
                continue
            if any(word in sentence for word in claim.unless) or (claim.leads and found):
                continue
            if self._is_known(_without(body, found, start), known):
                yield Said(start + match.start(), start + match.end(), 0, (claim,))

    def _is_known(self, text: str, known: re.Pattern[str]) -> bool:
        """True when nothing but known words and the year stands there."""
        rest = known.sub("", _dense(self.language.year.sub("", text)))
        return _NOTHING_LEFT.fullmatch(rest) is not None


def _dense(text: str) -> str:
    return "".join(text.split())


def _without(body: str, found: Sequence[Count], start: int) -> str:
    """The clause that begins at ``start`` with its counts blank."""
    pieces, at = [], 0
    for count in found:
        pieces.append(body[at : count.start - start])
        at = count.end - start
    return " ".join([*pieces, body[at:]])


def statements(
    text: str, year: int | None, unit: str, claims: Claims, wide: bool
) -> Iterator[Said]:
    """Everything folded and masked text says of the tables, in its order.

    ``unit`` is the name of the unit that writes: it is no unknown word.
    """
    names = [unit[at:] for at in range(len(unit) - _SHORTEST_NAME + 1)]
    text = any_of(names).sub(lambda match: " " * len(match.group()), text)
    return _Listener(text, year, vocabulary(claims, wide), language()).listen()

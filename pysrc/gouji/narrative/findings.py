"""The findings of a report's text: soft, with the sentence quoted and the cells it belies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import combinations, takewhile

from gouji.domain import Cells, read_cells
from gouji.formula import evaluate
from gouji.messages import difference, places, show
from gouji.model import (
    LEVELS,
    Finding,
    Form,
    Number,
    Section,
    Severity,
    SoftRule,
    Status,
    Submission,
    Term,
)
from gouji.narrative.breakdown import Breakdown, broken_down
from gouji.narrative.language import language
from gouji.narrative.speech import Said, statements
from gouji.narrative.text import fold, masked, quote
from gouji.rule_model import Claim
from gouji.wording import say

Place = Callable[[str], str]
#: How many findings of one rule are told one by one.
_SHOWN = 3
#: How long a quote may be.
_QUOTED = 60
#: Units from here up speak of all units below them.
_GOVERNMENTS = LEVELS[:3]


@dataclass(frozen=True, slots=True)
class _Story:
    """One narrative section beside the tables."""

    form: Form
    section: Section
    text: str  #: as written
    plain: str  #: folded and masked, position by position the same
    said: tuple[Said, ...]
    numbers: Mapping[str, Number]
    blanks: AbstractSet[str]
    place: Place


def narrative_findings(
    form: Form, submission: Submission, place: Place, cells: Cells | None = None
) -> list[Finding]:
    """Where the text says something else than the tables or than itself.

    ``cells`` are the submission's cells if they have been read already.
    """
    rules = {rule.kind: rule for rule in form.soft.values() if rule.serves(submission.year)}
    texts = submission.told
    if not texts or not rules.keys() & _TELLERS.keys():
        return []
    cells = cells or read_cells(form, submission)
    stories = [
        _story(form, section, texts[section.key], submission, cells, place)
        for section in form.sections
        if section.key in texts
    ]
    found: list[Finding] = []
    for kind, tell in _TELLERS.items():
        if kind in rules:
            told = {f.message: f for story in stories for f in tell(story, rules[kind])}
            found += _capped(list(told.values()))
    return found


def _story(
    form: Form, section: Section, text: str, submission: Submission, cells: Cells, place: Place
) -> _Story:
    plain = masked(fold(text), language())
    wide = bool(submission.children) or submission.level in _GOVERNMENTS
    said: tuple[Said, ...] = ()
    if form.claims:
        said = tuple(statements(plain, submission.year, submission.unit, form.claims, wide))
    return _Story(form, section, text, plain, said, cells.numbers, cells.blanks, place)


def _capped(found: list[Finding]) -> list[Finding]:
    """The first few; the last of them says how many more there are."""
    if len(found) > _SHOWN:
        last = found[_SHOWN - 1]
        more = say("narrative.rest", n=len(found) - _SHOWN)
        found = [*found[: _SHOWN - 1], replace(last, message=last.message + more)]
    return found


def _counts(story: _Story, rule: SoftRule) -> Iterator[Finding]:
    told: set[tuple[str, int]] = set()
    for said in story.said:
        if said.claims[0].zero:
            continue
        readings = _readings(story, said.claims)
        values = [value for _, value in readings]
        key = said.claims[0].name, said.value
        if key in told or None in values or said.value in {*values, *_sums(story, said.claims)}:
            continue
        told.add(key)
        yield _finding(story, rule, "narrative.count", said, readings)


def _zeros(story: _Story, rule: SoftRule) -> Iterator[Finding]:
    told: set[tuple[int, int]] = set()
    for said in story.said:
        span = said.start, said.end
        if not said.claims[0].zero or span in told:
            continue
        readings = _readings(story, said.claims)
        if all(value for _, value in readings):
            told.add(span)
            yield _finding(story, rule, "narrative.zero", said, readings)


Readings = list[tuple[tuple[Term, ...], Number | None]]


def _readings(story: _Story, claims: Sequence[Claim]) -> Readings:
    """Every sum the words may mean, with its value; None where the tables do not say."""
    terms = dict.fromkeys(reading for claim in claims for reading in claim.readings)
    return [(reading, _value(story, reading)) for reading in terms]


def _value(story: _Story, reading: tuple[Term, ...]) -> Number | None:
    if all(term.code in story.blanks for term in reading):
        return None
    return evaluate(reading, story.numbers)


def _sums(story: _Story, claims: Sequence[Claim]) -> Iterator[Number]:
    """One number for two things said together: 行政复议、行政诉讼共 3 件."""
    for one, other in combinations([claim.readings[0] for claim in claims], 2):
        values = _value(story, one), _value(story, other)
        if values[0] is not None and values[1] is not None:
            yield values[0] + values[1]


def _finding(story: _Story, rule: SoftRule, key: str, said: Said, readings: Readings) -> Finding:
    shown = _worth_telling(readings, said.value)
    codes = dict.fromkeys(term.code for terms, _ in shown for term in terms)
    message = say(
        key,
        section=story.section.title,
        quote=quote(story.text, said.start, said.end),
        said=story.text[said.start : said.end].strip(),
        readings=say("narrative.or").join(_told(story, terms, value) for terms, value in shown),
        difference=difference(said.value, shown[0][1]),
        says=rule.says,
        remedy=rule.remedy,
    )
    return Finding(
        f"{rule.name}.{said.claims[0].name}", Severity.SOFT, Status.FAILED, message,
        tuple(codes), tuple(map(story.place, codes)), said.value, shown[0][1],
    )  # fmt: skip


def _worth_telling(readings: Readings, said: Number) -> list[tuple[tuple[Term, ...], Number]]:
    """The reading nearest to what was said and the plainest one; differences are hard to follow."""
    plain = [
        (terms, value)
        for terms, value in readings
        if value is not None and all(term.coefficient > 0 for term in terms)
    ]
    plain = plain or [(terms, value) for terms, value in readings if value is not None]
    nearest = min(plain, key=lambda reading: max(reading[1] - said, said - reading[1]))
    return [nearest] if nearest[1] == plain[0][1] else [nearest, plain[0]]


def _told(story: _Story, terms: Sequence[Term], value: Number) -> str:
    codes = [term.code for term in terms]
    key = "narrative.reading" if len(codes) == 1 else "narrative.readings"
    return say(
        key, place=places(codes, story.place), label=_label(story.form, codes), value=show(value)
    )


def _label(form: Form, codes: Sequence[str]) -> str:
    """One item's label; of several the heading they share, else their own labels."""
    items = [form.items[code] for code in codes]
    printed = [item.row_labels or item.column_labels for item in items]
    if len(items) == 1:
        return items[0].label if items[0].row_labels else items[0].full_label
    columns = takewhile(lambda labels: len(set(labels)) == 1, zip(*printed, strict=False))
    shared: list[str] = [labels[0] for labels in columns]
    if shared:
        return shared[-1]
    return say("narrative.plus").join(dict.fromkeys(labels[-1] for labels in printed))


def _parts(story: _Story, rule: SoftRule) -> Iterator[Finding]:
    for found in broken_down(story.plain, int(rule.floor), rule.factor):
        message = say(
            "narrative.parts",
            section=story.section.title,
            quote=_quoted(story, found),
            parts=say("narrative.plus").join(map(str, found.parts)),
            sum=found.sum,
            total=found.total,
            difference=difference(found.sum, found.total),
            says=rule.says,
            remedy=rule.remedy,
        )
        name = f"{rule.name}.{story.section.key}"
        yield Finding(
            name, Severity.SOFT, Status.FAILED, message, (), (story.place(story.section.key),),
            found.sum, found.total,
        )  # fmt: skip


def _quoted(story: _Story, found: Breakdown) -> str:
    """The total and its parts; of a long enumeration its beginning is what is left out."""
    if found.end - found.start <= _QUOTED:
        return quote(story.text, found.start, found.end, _QUOTED)
    head = quote(story.text, found.start, found.total_end, _QUOTED // 3)
    tail = story.text[found.end - _QUOTED * 2 // 3 : found.end]
    # From a whole part on, if one begins soon.
    tail = tail[tail.find(language().list_mark, 0, _QUOTED // 3) + 1 :]
    return head + say("narrative.ellipsis") + " ".join(tail.split())


_TELLERS: Mapping[str, Callable[[_Story, SoftRule], Iterator[Finding]]] = {
    "told_counts": _counts,
    "told_parts": _parts,
    "told_zeros": _zeros,
}

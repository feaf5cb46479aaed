"""What a soft rule may look at, and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from gouji.carry import Earlier, EarlierYear, earlier_year
from gouji.domain import Cells, read_cells
from gouji.messages import places, show
from gouji.model import Finding, Form, Item, Number, SoftRule, Status, Submission, Term
from gouji.model import Severity as _Severity
from gouji.wording import say

#: How a message names a cell, as in ``gouji.edits``.
Place = Callable[[str], str]
#: Numbers beyond this are a matter of rule kind ``domain``, nothing to compare with.
_LARGEST = 10**30
#: How many places one finding spells out.
SHOWN = 3
_leaves: dict[int, tuple[Form, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Facts:
    """One submission made ready: this year's and last year's numbers by item code.

    ``before`` has no value where last year is missing, unreadable or without a counterpart, and
    none whose meaning changed between the editions. ``earlier`` is False without a last year.
    """

    form: Form
    submission: Submission
    now: Mapping[str, Number]
    before: Mapping[str, Number]
    blanks: AbstractSet[str]
    earlier: bool
    place: Place

    @classmethod
    def of(
        cls, form: Form, submission: Submission, earlier: Submission | None, place: Place
    ) -> Facts:
        last = earlier_year(form, earlier) if earlier else None
        return cls.made(form, submission, read_cells(form, submission), last, place)

    @classmethod
    def made(
        cls, form: Form, submission: Submission, cells: Cells, earlier: EarlierYear | None,
        place: Place,
    ) -> Facts:  # fmt: skip
        """From what the confrontation with the hard rules has read already."""
        values: Mapping[str, Earlier] = earlier.values if earlier else {}
        before = {code: old.number for code, old in values.items() if not old.redefined}
        return cls(
            form, submission, comparable(cells.numbers), comparable(before), cells.blanks,
            earlier is not None, place,
        )  # fmt: skip

    def leaves(self) -> tuple[str, ...]:
        """Codes a respondent types, in the form's order."""
        if id(self.form) not in _leaves:
            codes = tuple(code for code in self.form.items if code not in self.form.totals)
            _leaves[id(self.form)] = self.form, codes
        return _leaves[id(self.form)][1]


def comparable(numbers: Mapping[str, Number]) -> Mapping[str, Number]:
    """The numbers without those that are absurdly large or not finite."""
    if all(type(number) is int and -_LARGEST < number < _LARGEST for number in numbers.values()):
        return numbers
    return {code: number for code, number in numbers.items() if is_comparable(number)}


def size(number: Number) -> Number:
    """How large a number is, whatever its sign."""
    return number if number >= 0 else -number


def is_comparable(number: Number) -> bool:
    if isinstance(number, Decimal) and not (number.is_finite() and number.adjusted() < 30):
        return False
    return -_LARGEST < number < _LARGEST


def finding(
    rule: SoftRule, codes: Sequence[str], place: Place, entries: Sequence[str],
    left: Number | None = None, right: Number | None = None,
) -> Finding:  # fmt: skip
    """The one finding of a rule; of many entries the first are spelled out."""
    rest = len(entries) - SHOWN
    message = say(
        "soft.message",
        entries=say("soft.joint").join(entries[:SHOWN]),
        rest=say("soft.rest", n=rest) if rest > 0 else "",
        says=rule.says,
        remedy=rule.remedy,
    )
    named = tuple(dict.fromkeys(codes))
    return Finding(
        rule.name, _Severity.SOFT, Status.FAILED, message, named,
        tuple(place(code) for code in named), left, right,
    )  # fmt: skip


def entry(codes: Sequence[str], what: str, found: str, place: Place) -> str:
    """``二、主动公开!D6（行政许可）：…``"""
    return say(
        "soft.entry",
        place=places(codes, place),
        what=say("message.what", what=what) if what else "",
        found=found,
    )


def label_of(item: Item) -> str:
    """A cell's label; in a table of one row every head above it."""
    return item.label if item.row_labels else item.full_label


def shared_label(items: Sequence[Item]) -> str:
    """What the printed labels of several cells have in common: their row or their column."""
    for labels in ([item.row_labels for item in items], [item.column_labels for item in items]):
        if labels[0] and all(each == labels[0] for each in labels):
            return labels[0][-1]
    groups = {item.column_labels[:-1] for item in items}
    group = next(iter(groups)) if len(groups) == 1 else ()
    return group[-1] if group else ""


def spell(facts: Facts, terms: Sequence[Term], total: Number, label: Callable[[Item], str]) -> str:
    """``“上一年项目数量”6 － “…”2 ＝ 4``; a single term stands alone."""
    pieces = []
    for index, term in enumerate(terms):
        number = (facts.before if term.last_year else facts.now)[term.code]
        text = say("soft.term", label=label(facts.form.items[term.code]), value=show(number))
        sign = say("soft.minus") if term.coefficient < 0 else say("soft.plus")
        pieces.append(text if index == 0 and term.coefficient > 0 else sign + text)
    if len(terms) == 1:
        return pieces[0]
    return say("soft.total", terms="".join(pieces), total=show(total))


def leaf_label(items: Sequence[Item]) -> Callable[[Item], str]:
    """How to tell one of these cells from another."""
    if len({item.row_labels for item in items}) == 1:
        return lambda item: item.column_labels[-1] if item.column_labels else item.label
    if len({item.column_labels for item in items}) == 1:
        return lambda item: item.row_labels[-1] if item.row_labels else item.label
    return lambda item: item.label

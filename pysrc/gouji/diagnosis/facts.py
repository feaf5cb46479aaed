"""One submission made ready for the search: which rules speak, by how much each is out.

Numbers are whole: an amount is counted in its smallest decimal place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gouji.carry import Earlier, earlier_year
from gouji.diagnosis.freedom import Bound
from gouji.domain import Cells, read_cells
from gouji.model import EditRule, Form, Kind, Number, Severity, Submission, Term
from gouji.rollup_sums import places_of, tidy
from gouji.system import LIMIT, System, system_of

#: What an overwritten or unknown total is read from: our own form. Documents have typed totals.
OWN_FORM = "form"
#: What a total has from its parts when it follows them.
_BY_PARTS = ("negative", "fraction")


@dataclass(frozen=True)
class Outline:
    """What only depends on the form."""

    form: Form
    system: System
    codes: tuple[str, ...]
    position: Mapping[str, int]
    bound_by_rules: frozenset[int]  #: positions of cells some rule speaks of
    plain: frozenset[int]  #: hard rules that speak whatever the unit and the year
    conditional: tuple[int, ...]  #: hard rules that depend on last year or on the unit's level
    total_rules: Mapping[str, tuple[int, ...]]  #: every rule that states what a total adds up to
    places: int  #: decimals of the finest item some rule speaks of
    totals: frozenset[str]

    @cached_property
    def lines(self) -> Mapping[str, tuple[int, ...]]:
        """Cell → the rules of totals it is in, as a part or as the total."""
        found: dict[str, list[int]] = {}
        for total, numbers in self.total_rules.items():
            for number in numbers:
                for code in (total, *(term.code for term in self.form.rules[number].right)):
                    found.setdefault(code, []).append(number)
        return {code: tuple(numbers) for code, numbers in found.items()}

    def is_rule(self, name: str) -> bool:
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(rule.name for rule in self.form.rules)

    @cached_property
    def seen_by(self) -> Mapping[str, tuple[int, ...]]:
        """Cell → every rule this year's value of it is in."""
        found: dict[str, list[int]] = {}
        for number, rule in enumerate(self.form.rules):
            for code in rule.codes:
                found.setdefault(code, []).append(number)
        return {code: tuple(numbers) for code, numbers in found.items()}

    @cached_property
    def sums(self) -> Mapping[str, tuple[frozenset[str], tuple[Term, ...]]]:
        """Total → its parts, parts that are totals themselves first."""
        terms = {code: self.form.totals[code].right for code in self.form.totals_in_order}
        return {code: (frozenset(term.code for term in each), each) for code, each in terms.items()}


_outlines: dict[int, Outline] = {}


def outline_of(form: Form) -> Outline:
    """Built once for each form object."""
    if id(form) not in _outlines:
        _outlines[id(form)] = _outline(form)
    return _outlines[id(form)]


def _outline(form: Form) -> Outline:
    hard = [n for n, rule in enumerate(form.rules) if rule.severity is Severity.HARD]
    conditional = tuple(
        n for n in hard if form.rules[n].unless_levels or form.rules[n].needs_last_year
    )
    totals: dict[str, tuple[int, ...]] = {}
    for number, rule in enumerate(form.rules):
        if rule.total:
            totals[rule.total] = (*totals.get(rule.total, ()), number)
    spoken = {code for rule in form.rules for code in rule.codes}
    position = {code: place for place, code in enumerate(form.items)}
    amounts = [form.items[code].decimals for code in spoken
               if form.items[code].kind is Kind.AMOUNT]  # fmt: skip
    return Outline(
        form, system_of(form), tuple(form.items), position,
        frozenset(place for code, place in position.items() if code in spoken),
        frozenset(hard) - set(conditional), conditional, totals, max(amounts, default=0),
        frozenset(form.totals),
    )  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What the rules see of a submission.

    ``gaps`` maps each speaking rule that is out to its difference, ``must`` each cell that has no
    value worth keeping to the reason (key of a wording). ``values`` and ``gaps`` are whole
    numbers, ``10**places`` of them to one.
    """

    outline: Outline
    submission: Submission
    cells: Cells
    before: Mapping[str, Earlier]
    speaking: tuple[int, ...]
    live: frozenset[str]
    gaps: Mapping[int, int]
    values: list[int]
    places: int
    must: Mapping[str, str]

    def number(self, value: int) -> Number:
        """A scaled whole number as people write it."""
        return tidy(Decimal(value).scaleb(-self.places)) if self.places else value

    def bound(self, place: int) -> Bound:
        code = self.outline.codes[place]
        item = self.outline.form.items[code]
        decimals = min(item.decimals, self.places) if item.kind is Kind.AMOUNT else 0
        step = int(10 ** (self.places - decimals))
        return Bound(self.values[place], item.kind is Kind.SIGNED, step, code in self.must)


def facts_of(form: Form, submission: Submission, earlier: Submission | None) -> Facts:
    """Everything the search needs to know of one submission."""
    outline = outline_of(form)
    cells = read_cells(form, submission)
    before = earlier_year(form, earlier).values if earlier else {}
    must = _must(outline, cells)
    places, values, old = _scaled(outline, cells, before)
    out = _differences(outline.system, values, old)
    spoken = outline.plain.union(_conditional(outline, submission, before))
    live = frozenset[str]()
    if submission.medium == OWN_FORM:
        live = frozenset(
            code
            for code in form.totals
            if code not in submission.typed
            and must.get(code, _BY_PARTS[0]) in _BY_PARTS
            and outline.total_rules[code][0] not in out
        )
        must = {code: why for code, why in must.items() if code not in live}
    if cells.blanks and (hollow := _unfilled(outline, cells, live)):
        spoken, live = spoken - hollow, live - {form.rules[n].total for n in hollow}
    gaps = {number: gap for number, gap in out.items() if number in spoken}
    return Facts(
        outline, submission, cells, before, tuple(sorted(spoken)), live, gaps, values, places, must
    )  # fmt: skip


# ------------------------------------------------------------------ numbers
def _scaled(
    outline: Outline, cells: Cells, before: Mapping[str, Earlier]
) -> tuple[int, list[int], list[int]]:
    """Decimal places, this year's and last year's numbers as whole ones in the form's order."""
    numbers = cells.numbers
    values = [numbers.get(code, 0) for code in outline.codes]
    old: list[Number] = [0] * len(values)
    for code, earlier in before.items():
        old[outline.position[code]] = earlier.number
    if {*map(type, values), *map(type, old)} != {int}:
        for row in (values, old):
            for place, value in enumerate(row):
                if type(value) is not int and not _counts(outline, place, value):
                    row[place] = 0
    if not outline.places and {*map(type, values), *map(type, old)} == {int}:
        return 0, values, old  # type: ignore[return-value]
    places = max(outline.places, *map(places_of, values), *map(places_of, old))
    now, before_ = ([_whole(value, places) for value in row] for row in (values, old))
    return places, now, before_


def _counts(outline: Outline, place: int, value: Number) -> bool:
    """Whether a decimal number means anything to a rule."""
    return place in outline.bound_by_rules and isinstance(value, Decimal) and value.is_finite()


def _whole(value: Number, places: int) -> int:
    if isinstance(value, int):
        return value * int(10**places)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits))) * int(10 ** (exponent + places))
    return -number if sign else number


def _differences(system: System, values: list[int], old: list[int]) -> dict[int, int]:
    """Rule → left minus right, where that is not 0."""
    if not len(system.starts):
        return {}
    row = values + old
    # Beyond 64 bits the same sums are made of Python's own whole numbers.
    small = max(row) < LIMIT and min(row) > -LIMIT
    numbers: npt.NDArray[Any] = np.array(row, np.int64 if small else object)
    sums = np.add.reduceat(numbers[system.columns] * system.coefficients, system.starts)
    return {int(number): int(sums[number]) for number in np.flatnonzero(sums)}


# ------------------------------------------------------------------ which rules speak
def _conditional(
    outline: Outline, submission: Submission, before: Mapping[str, Earlier]
) -> Iterable[int]:
    for number in outline.conditional:
        rule = outline.form.rules[number]
        old = [before.get(term.code) for term in rule.terms if term.last_year]
        if binds(rule, submission) and all(each and not each.redefined for each in old):
            yield number


def binds(rule: EditRule, submission: Submission) -> bool:
    """Whether the rule is known to bind a unit of that level."""
    if not rule.unless_levels:
        return True
    if submission.level:
        return submission.level not in rule.unless_levels
    return bool(rule.bound_names) and submission.unit.strip().endswith(rule.bound_names)


def _unfilled(outline: Outline, cells: Cells, live: frozenset[str]) -> set[int]:
    """Sums over lines nobody filled in at all: they say that parts are missing, not which cell.

    The parts of such a sum are blank, and so is everything else in the lines they stand in.
    Where one such total was typed, the zeros beside it are no sums either.
    """
    rules, blanks = outline.form.rules, cells.blanks

    def bare(code: str) -> bool:
        if code in blanks:
            return True
        return code in live and all(bare(term.code) for term in outline.form.totals[code].right)

    def hollow(number: int) -> bool:
        return all(bare(term.code) for term in rules[number].right)

    found = set()
    for numbers in outline.total_rules.values():
        for number in numbers:
            parts = rules[number].right
            beside = {n for term in parts for n in outline.lines[term.code]} - {number}
            alone = len(parts) > 1 and bool(beside) and hollow(number)
            if alone and all(hollow(n) and bare(rules[n].total) for n in beside):
                found.add(number)
    typed = {rules[n].total for n in found} - live - blanks
    return found if typed else set()


# ------------------------------------------------------------------ cells without a value
def _must(outline: Outline, cells: Cells) -> dict[str, str]:
    """Cells that have to change whatever else is wrong."""
    form, must = outline.form, dict[str, str]()
    for code, value in cells.numbers.items():
        if type(value) is int and value >= 0:  # nearly every cell
            continue
        if problem := _problem(value, form.items[code].kind):
            must[code] = problem
    for code, meaning in cells.odd.items():
        if meaning.number is None:
            must[code] = "unread"
    for code in cells.blanks & outline.totals:
        parts = {term.code for n in outline.total_rules[code] for term in form.rules[n].right}
        if not cells.blanks.issuperset(parts):
            must[code] = "blank_total"
    return {code: must[code] for code in sorted(must, key=outline.position.__getitem__)}


def _problem(value: Number, kind: Kind) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            return "unread"
        if kind is not Kind.AMOUNT and value != value.to_integral_value():
            return "fraction"
    return "negative" if value < 0 and kind is not Kind.SIGNED else ""

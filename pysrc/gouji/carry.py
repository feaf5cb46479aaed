"""Last year's values as this year's edition names them (rules E5, E6; prefilled templates)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gouji import editions
from gouji.hygiene import Kindness, interpret
from gouji.model import Form, Number, Predecessor, Submission
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Earlier:
    """One value of last year; ``redefined`` when the two editions do not mean quite the same."""

    number: Number
    redefined: bool = False
    why: str = ""


_NOTHING = Earlier(0)


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """Last year under this year's codes; ``gaps`` says why a code has no value."""

    values: Mapping[str, Earlier]
    gaps: Mapping[str, str]


def earlier_year(form: Form, earlier: Submission) -> EarlierYear:
    """Every value of ``earlier`` that has a counterpart in ``form``; a blank counts as 0."""
    old = editions.load(earlier.edition)
    values: dict[str, Earlier] = {}
    gaps: dict[str, str] = {}
    typed = earlier.values
    for code, step in counterparts(form, old).items():
        plain = len(step.codes) == 1 and not (step.redefined or step.why)
        if plain and typed.get(step.codes[0], 0) in (None, 0):
            values[code] = _NOTHING  # most cells of most reports
            continue
        parts = [number_of(old, one, earlier) for one in step.codes]
        numbers = [number for number in parts if number is not None]
        if not parts:
            gaps[code] = step.why
        elif len(numbers) < len(parts):
            gaps[code] = ""
        else:
            values[code] = Earlier(sum(numbers), step.redefined, step.why)
    return EarlierYear(values, gaps)


def restated(form: Form, earlier: Submission) -> dict[str, Number | None]:
    """Every item of ``form`` with the number of an earlier year, None where there is none.

    A code that ``earlier`` leaves blank is unknown here, not 0: stored totals hold every item.
    """
    old = editions.load(earlier.edition)
    found: dict[str, Number | None] = {}
    for code, step in counterparts(form, old).items():
        given = [earlier.values.get(one) for one in step.codes]
        numbers = [each for each in given if isinstance(each, int | Decimal)]
        found[code] = sum(numbers) if numbers and len(numbers) == len(given) else None
    return found


_counterparts: dict[tuple[int, int], tuple[Form, Form, Mapping[str, Predecessor]]] = {}


def counterparts(form: Form, old: Form) -> Mapping[str, Predecessor]:
    """Where the value of each item of ``form`` stands in ``old``, over editions between if need be.

    Nothing is assumed: without a declared way from one to the other no item has a counterpart.
    Worked out once for each pair of forms.
    """
    key = id(form), id(old)
    if key not in _counterparts:
        found = _steps(form, old)
        if found is None:
            none = Predecessor((), why=say("carry.no_mapping", old=old.id))
            found = dict.fromkeys(form.items, none)
        _counterparts[key] = form, old, found
    return _counterparts[key][2]


def _steps(form: Form, old: Form) -> Mapping[str, Predecessor] | None:
    if form.id == old.id:
        return {code: Predecessor((code,)) for code in form.items}
    for edition, steps in form.predecessors.items():
        if edition == old.id:
            return steps
        further = _steps(editions.load(edition), old)
        if further is not None:
            return {code: _onward(step, further) for code, step in steps.items()}
    return None


def _onward(step: Predecessor, further: Mapping[str, Predecessor]) -> Predecessor:
    """A step and those that follow it as one; one part without counterpart leaves none."""
    rest = [further[code] for code in step.codes]
    whys = dict.fromkeys(each.why for each in (step, *rest) if each.why)
    why = say("message.joint").join(whys)
    if not all(each.codes for each in rest):
        return Predecessor((), why=why)
    codes = tuple(code for each in rest for code in each.codes)
    return Predecessor(codes, step.redefined or any(each.redefined for each in rest), why)


def number_of(form: Form, code: str, submission: Submission) -> Number | None:
    """The number a cell counts as: a blank or placeholder is 0, unreadable text is None."""
    value = submission.values.get(code)
    if value is None:
        return 0
    if not isinstance(value, str):
        return value
    meaning = interpret(value, form.items[code])
    return 0 if meaning.kind in (Kindness.BLANK, Kindness.PLACEHOLDER) else meaning.number

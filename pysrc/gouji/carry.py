"""Last year's values as this year's edition names them (rules E5, E6; prefilled templates)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gouji import editions
from gouji.hygiene import Kindness, interpret
from gouji.model import Form, Number, Predecessor, Submission


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
    changed = form.predecessors.get(old.id, {}) if old.id != form.id else {}
    values: dict[str, Earlier] = {}
    gaps: dict[str, str] = {}
    typed, items = earlier.values, old.items
    for code in form.items:
        if code not in changed and code in items and typed.get(code, 0) in (None, 0):
            values[code] = _NOTHING  # most cells of most reports
            continue
        step = changed.get(code, Predecessor(code))
        if step.code not in old.items:
            gaps[code] = step.why
            continue
        number = number_of(old, step.code, earlier)
        if number is None:
            gaps[code] = ""
        else:
            values[code] = Earlier(number, step.redefined, step.why)
    return EarlierYear(values, gaps)


def number_of(form: Form, code: str, submission: Submission) -> Number | None:
    """The number a cell counts as: a blank or placeholder is 0, unreadable text is None."""
    value = submission.values.get(code)
    if value is None:
        return 0
    if not isinstance(value, str):
        return value
    meaning = interpret(value, form.items[code])
    return 0 if meaning.kind in (Kindness.BLANK, Kindness.PLACEHOLDER) else meaning.number

"""What stands in each cell of a form: typed, computed by a formula, or brought in from last year.

``plan`` decides it once, exactly; the sheets only write it down, and the cached value beside every
formula is computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from gouji.layout import FormLayout
from gouji.model import EditRule, Form, Number, Submission, Value
from gouji.wording import say

TEXT_LIMIT = 32767  #: characters a cell can hold
DIGITS_LIMIT = 15  #: significant digits a spreadsheet keeps of a number


class How(StrEnum):
    INPUT = "input"  #: an unlocked cell, filled or blank
    BROUGHT = "brought"  #: last year's number, locked
    FORMULA = "formula"  #: the form's own total, blank over blank parts
    PLAIN = "plain"  #: the same total, showing the 0 the respondent stated over blank parts
    TYPED = "typed"  #: a total that was overwritten


@dataclass(frozen=True, slots=True)
class Filled:
    how: How
    value: Value


@dataclass(frozen=True, slots=True)
class Facts:
    """What the formulas of a workbook see when it is opened; numbers as shown in the cells.

    ``values`` maps item codes to what their cells show, ``earlier`` last year's codes to what the
    last-year cells show. ``level`` is a key of ``model.LEVELS`` or empty.
    """

    unit: str = ""
    level: str = ""
    year: int | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    earlier: Mapping[str, Number] = field(default_factory=dict)

    def number(self, code: str, last_year: bool = False) -> Number | None:
        """The cell as a SUM sees it: None for a blank or text."""
        value = (self.earlier if last_year else self.values).get(code)
        return None if isinstance(value, str) else value


def plan(
    form: Form, submission: Submission | None, earlier: Mapping[str, Number], year: int | None
) -> dict[str, Filled]:
    """Item code → how its cell is written. Raises ValueError for what no cell can hold."""
    given: Mapping[str, Value] = submission.values if submission else {}
    if unknown := sorted(set(given) - set(form.items)):
        raise ValueError(f"not items of edition {form.id}: {', '.join(unknown)}")
    given = {code: None if value == "" else value for code, value in given.items()}
    for code, value in given.items():
        verify_fits(value, code)
    brought = _brought_forward(form, given, earlier, year)
    filled: dict[str, Filled] = {}
    for code in form.items:
        _decide(form, code, given, brought, filled)
    return filled


class DoesNotFit(ValueError):
    """A value that no spreadsheet cell can hold as it is; the text is a Chinese sentence."""


def verify_fits(value: Value, place: str) -> None:
    """Raise DoesNotFit when a spreadsheet cell cannot hold the value as it is."""
    if isinstance(value, str):
        if len(value) > TEXT_LIMIT:
            raise DoesNotFit(say("template.too_long", place=place, n=len(value)))
    elif value is not None:
        digits = "".join(map(str, Decimal(value).normalize().as_tuple().digits))
        if not Decimal(value).is_finite() or len(digits) > DIGITS_LIMIT:
            raise DoesNotFit(say("template.too_precise", code=place, value=value))


def is_softened(form: Form, rule: EditRule) -> bool:
    """True when the rule compares with an item that an earlier edition defined otherwise.

    In the first year of this edition such a rule asks for an explanation and no more.
    """
    last = [term.code for term in rule.terms if term.last_year]
    return any(
        code in changes and changes[code].redefined
        for changes in form.predecessors.values()
        for code in last
    )


def shown_last_year(layout: FormLayout, earlier: Mapping[str, Number]) -> dict[str, Number]:
    """What the last-year cells show; totals among them follow their parts unless given."""
    shown = {code: earlier[code] for code in layout.last_year if code in earlier}
    for code in layout.last_year:
        parts = last_year_parts(layout, code)
        numbers = [shown[part] for part in parts if part in shown]
        if code not in shown and numbers:
            shown[code] = sum(numbers)
    return shown


def last_year_parts(layout: FormLayout, code: str) -> list[str]:
    """Parts of a last-year total that all have last-year cells, else nothing."""
    rule = layout.form.totals.get(code)
    parts = [term.code for term in rule.right] if rule else []
    return parts if all(part in layout.last_year for part in parts) else []


def _brought_forward(
    form: Form, given: Mapping[str, Value], earlier: Mapping[str, Number], year: int | None
) -> dict[str, Number]:
    """Items that a rule says are last year's numbers (``X = last_year(Y)``) and nobody filled."""
    brought: dict[str, Number] = {}
    for rule in form.rules:
        if len(rule.left) != 1 or len(rule.right) != 1 or rule.total:
            continue
        item, source = rule.left[0], rule.right[0]
        plain = item.coefficient == source.coefficient == 1 and not item.last_year
        if not plain or not source.last_year or item.code in form.totals:
            continue
        if year == form.first_year and is_softened(form, rule):
            continue
        if given.get(item.code) is None and source.code in earlier:
            brought[item.code] = earlier[source.code]
    return brought


def _decide(
    form: Form, code: str, given: Mapping[str, Value], brought: Mapping[str, Number],
    filled: dict[str, Filled],
) -> Filled:  # fmt: skip
    """Decide one cell after its parts; a declaration has no circular totals."""
    if code in filled:
        return filled[code]
    if code in form.totals:
        parts = [term.code for term in form.totals[code].right]
        now = [_decide(form, part, given, brought, filled).value for part in parts]
        filled[code] = _total(given.get(code), [given.get(part) for part in parts], now)
    elif code in brought:
        filled[code] = Filled(How.BROUGHT, brought[code])
    else:
        filled[code] = Filled(How.INPUT, given.get(code))
    return filled[code]


def _total(stated: Value, parts: list[Value], now: list[Value]) -> Filled:
    """A total beside its parts as given (``parts``) and as they will stand (``now``)."""
    numbers = [part for part in parts if isinstance(part, int | Decimal)]
    standing = [part for part in now if isinstance(part, int | Decimal)]
    if stated is None and all(part is None for part in parts):
        return Filled(How.FORMULA, sum(standing) if standing else None)
    if isinstance(stated, int | Decimal) and stated == sum(numbers):
        return Filled(How.FORMULA if standing else How.PLAIN, sum(standing))
    return Filled(How.TYPED, stated)

"""Every rule as one live row of the check sheet: both sides, the difference, the verdict.

Each expression comes with the value it has for given ``Facts``, so a workbook that no spreadsheet
program ever calculated already shows what it would show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from gouji import excel
from gouji.filled import Facts, is_softened
from gouji.layout import Area, FormLayout, reference
from gouji.live_text import quoted, spoken
from gouji.model import (
    LEVELS,
    EditRule,
    Form,
    FormRule,
    Item,
    Kind,
    Number,
    Severity,
    Term,
    Value,
)
from gouji.rectangles import absolute, rectangles
from gouji.wording import say

LEFT, RIGHT, DIFFERENCE, VERDICT = 5, 6, 7, 8  #: columns of the check sheet
PASS, FAIL, QUERY, OPEN = "✓", "✗", "○", "—"  #: first character of every verdict
PLACES = 6  #: decimals kept in a difference of amounts


@dataclass(frozen=True, slots=True)
class Live:
    """An Excel expression without ``=`` and what it shows."""

    formula: str
    value: Number | str
    array: bool = False


@dataclass(frozen=True, slots=True)
class CheckRow:
    name: str
    severity: Severity
    says: str
    place: tuple[str, Area]  #: sheet and cell the row is about
    table: str  #: name of that cell's table, empty for the cover
    left: Live
    right: Live
    difference: Live
    verdict: Live

    @property
    def family(self) -> str:
        """The rule as a clerk knows it: ``E1``; which place it is about stands beside it."""
        return self.name.partition(".")[0]

    @property
    def mark(self) -> str:
        return str(self.verdict.value)[:1]


def check_rows(layout: FormLayout, facts: Facts) -> dict[str, CheckRow]:
    """Rule name → its row, in the order of the check sheet."""
    form = layout.form
    rows = {rule.name: _edit_row(layout, facts, rule) for rule in form.rules}
    for rule in form.form_rules.values():
        if rule.kind == "edition_year":
            rows[rule.name] = _year_row(layout, facts, rule)
        elif rule.kind in ("domain", "blank"):
            for table in form.tables:
                name = f"{rule.name}.{table.name}"
                rows[name] = _cells_row(layout, facts, rule, name, table.name)
    return {name: rows[name] for name in layout.check_rows}


def check_cell(layout: FormLayout, name: str, column: int) -> str:
    """Absolute reference to a cell of the rule's row, without the sheet."""
    row = layout.check_rows[name]
    return absolute(Area(row, column, row, column))


def years_text(form: Form) -> str:
    """The report years the edition serves, in words."""
    if form.last_year is None:
        return say("template.years_open", first=form.first_year)
    if form.last_year == form.first_year:
        return say("template.year_only", first=form.first_year)
    return say("template.years_range", first=form.first_year, last=form.last_year)


# ---------------------------------------------------------------------- balance edits
def _edit_row(layout: FormLayout, facts: Facts, rule: EditRule) -> CheckRow:
    sheet = say("sheet.check")
    form = layout.form
    sides = [_side(facts, side) for side in (rule.left, rule.right)]
    left, right = (
        Live(excel.side_formula(layout, side, sheet), value)
        for side, value in zip((rule.left, rule.right), sides, strict=True)
    )
    gap = difference_of(facts, rule)
    here = f"{check_cell(layout, rule.name, LEFT)}-{check_cell(layout, rule.name, RIGHT)}"
    difference = Live(f"ROUND({here},{PLACES})", gap)
    code = rule.total or rule.codes[0]
    return CheckRow(
        rule.name, rule.severity, _what(form, rule), (layout.sheet_of[code], layout.cell(code)),
        form.items[code].table, left, right, difference, _edit_verdict(layout, facts, rule, gap),
    )  # fmt: skip


def difference_of(facts: Facts, rule: EditRule) -> Number:
    """Left minus right side, rounded as the live formula rounds it against binary noise."""
    gap = _side(facts, rule.left) - _side(facts, rule.right)
    if isinstance(gap, int):
        return gap
    return gap.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)


def _side(facts: Facts, terms: tuple[Term, ...]) -> Number:
    numbers = [(term.coefficient, facts.number(term.code, term.last_year)) for term in terms]
    return sum((times * number for times, number in numbers if number is not None), start=0)


def _what(form: Form, rule: EditRule) -> str:
    """The rule's sentence and the row or column it is applied to."""
    items = [form.items[code] for code in rule.codes]
    where = _shared_label(items)
    return say("checksheet.what", says=rule.says, where=where)


def _shared_label(items: list[Item]) -> str:
    """Leaf label of the column, else the row, all items share; else the first item's label."""
    first = items[0]
    for labels in ("column_labels", "row_labels"):
        shared: tuple[str, ...] = getattr(first, labels)
        if shared and all(getattr(item, labels) == shared for item in items[1:]):
            return first.label if len(items) == 1 else shared[-1]
    groups = [label for label in first.column_labels if _all_under(items, label)]
    return groups[-1] if groups else first.label


def _all_under(items: list[Item], label: str) -> bool:
    return all(label in item.column_labels for item in items)


def _edit_verdict(layout: FormLayout, facts: Facts, rule: EditRule, gap: Number) -> Live:
    """The verdict as nested IFs, asked in the order of ``steps``; the first that holds speaks."""
    sheet = say("sheet.check")
    cell = check_cell(layout, rule.name, DIFFERENCE)
    filled = excel.cell_references(layout, rule.codes, sheet)
    steps = [
        _step(f"ISERROR({cell})", "fail_error", False),
        _step(f"COUNT({filled})=0", "open_blank", _count(facts, rule.codes) == 0),
    ]
    if rule.needs_last_year:
        last = [term.code for term in rule.terms if term.last_year]
        cells = excel.last_year_references(layout, rule, sheet)
        missing = any(facts.number(code, last_year=True) is None for code in last)
        steps.append(_step(f"COUNT({cells})<{len(last)}", "open_last", missing))
    if rule.total:
        cells = excel.cell_references(layout, [rule.total], sheet)
        steps.append(_step(f"COUNT({cells})=0", "fail_blank", _count(facts, [rule.total]) == 0))
    steps.append(_step(f"{cell}=0", "pass", gap == 0))
    steps += _level_steps(layout, facts, rule)
    if rule.severity is Severity.HARD and not rule.unless_levels and is_softened(layout.form, rule):
        year = reference(say("sheet.cover"), layout.cover["year"])
        first = layout.form.first_year
        steps.append((f"{year}={first}", _off("query", cell, gap), facts.year == first))
    last_word = "fail" if rule.severity is Severity.HARD else "query"
    return _chain(steps, _off(last_word, cell, gap))


_Step = tuple[str, Live, bool]  #: condition, what is said, whether it holds now


def _step(condition: str, key: str, holds: bool) -> _Step:
    return condition, _say(key), holds


def _say(key: str) -> Live:
    return Live(quoted(say(f"checksheet.{key}")), say(f"checksheet.{key}"))


def _chain(steps: list[_Step], otherwise: Live) -> Live:
    formula, value = otherwise.formula, otherwise.value
    for condition, live, holds in reversed(steps):
        formula = f"IF({condition},{live.formula},{formula})"
        value = live.value if holds else value
    return Live(formula, value)


def _off(key: str, cell: str, gap: Number) -> Live:
    """By how much, and on which side."""
    more, less = f"checksheet.{key}_more", f"checksheet.{key}_less"
    amount, size = f"ABS({cell})", -gap if gap < 0 else gap
    formula = f"IF({cell}>0,{spoken(more, amount=amount)},{spoken(less, amount=amount)})"
    return Live(formula, say(more if gap > 0 else less, amount=number_text(size)))


def number_text(number: Number) -> str:
    """A number as a spreadsheet shows it when joined to a text."""
    return str(number) if isinstance(number, int) else f"{float(number):.15g}".upper()


def _count(facts: Facts, codes: tuple[str, ...] | list[str]) -> int:
    return sum(facts.number(code) is not None for code in codes)


def _level_steps(layout: FormLayout, facts: Facts, rule: EditRule) -> list[_Step]:
    """A rule that binds some levels only: exempt, unknown, or bound by the unit's name."""
    if not rule.unless_levels:
        return []
    level = reference(say("sheet.cover"), layout.cover["level"])
    exempt = _is_one(level, rule.unless_levels)
    named, by_name = _bound_by_name(layout, facts, rule)
    bound = [name for name in LEVELS if name not in rule.unless_levels]
    unknown = f"NOT(OR({_is_one(level, bound)},{named}))"
    return [
        _step(exempt, "pass", facts.level in rule.unless_levels),
        _step(unknown, "open_level", facts.level not in bound and not by_name),
    ]


def _is_one(cell: str, levels: tuple[str, ...] | list[str]) -> str:
    words = [quoted(say(f"level.{level}")) for level in levels]
    return f"OR({','.join(f'{cell}={word}' for word in words)})"


def _bound_by_name(layout: FormLayout, facts: Facts, rule: EditRule) -> tuple[str, bool]:
    unit = f"TRIM({reference(say('sheet.cover'), layout.cover['unit'])})"
    ends = [f"RIGHT({unit},{len(name)})={quoted(name)}" for name in rule.bound_names]
    holds = facts.unit.strip(" ").endswith(rule.bound_names) if rule.bound_names else False
    return f"OR({','.join(ends)})" if ends else "FALSE", holds


# ---------------------------------------------------------------------- whole-form rules
def _year_row(layout: FormLayout, facts: Facts, rule: FormRule) -> CheckRow:
    form, place = layout.form, (say("sheet.cover"), layout.cover["year"])
    year = reference(*place)
    serves = f"{year}>={form.first_year}"
    if form.last_year is not None:
        serves = f"AND({serves},{year}<={form.last_year})"
    verdict = _chain(
        [
            _step(f"NOT(ISNUMBER({year}))", "open_year", facts.year is None),
            _step(serves, "pass", facts.year is not None and form.serves(facts.year)),
        ],
        _say("fail_year"),
    )
    words = say("checksheet.serves", years=years_text(form))
    left = Live(f'IF({year}="","",{year})', "" if facts.year is None else facts.year)
    right = Live(quoted(words), words)
    return CheckRow(
        rule.name, rule.severity, rule.says, place, "", left, right, Live('""', ""), verdict
    )


def _cells_row(layout: FormLayout, facts: Facts, rule: FormRule, name: str, table: str) -> CheckRow:
    """How many cells of a table are no valid numbers (``domain``) or blank (``blank``)."""
    grid = layout.tables[table]
    codes = [code for code, item in layout.form.items.items() if item.table == table]
    if rule.kind == "blank":
        codes = [code for code in codes if code not in layout.form.totals]
        key, left, first = "blank_cells", _blank_cells(layout, facts, codes), codes[0]
    else:
        key, left, first = "bad_cells", _bad_cells(layout, facts, codes), codes[0]
    cell = check_cell(layout, name, LEFT)
    hard = rule.severity is Severity.HARD
    says = spoken(f"checksheet.{'fail_cells' if hard else 'query_cells'}_{rule.kind}", n=cell)
    word = say(f"checksheet.{'fail_cells' if hard else 'query_cells'}_{rule.kind}", n=left.value)
    verdict = _chain([_step(f"{cell}=0", "pass", left.value == 0)], Live(says, word))
    return CheckRow(
        name, rule.severity, say(f"checksheet.{key}", says=rule.says, sheet=grid.sheet),
        (grid.sheet, layout.cell(first)), table, left, Live("0", 0), Live(cell, left.value),
        verdict,
    )  # fmt: skip


def _blank_cells(layout: FormLayout, facts: Facts, codes: list[str]) -> Live:
    spots = _spots(layout, codes)
    count = sum(facts.values.get(code) is None for code in codes)
    return Live("+".join(f"COUNTBLANK({spot})" for spot in spots), count)


def _bad_cells(layout: FormLayout, facts: Facts, codes: list[str]) -> Live:
    """Texts, errors, negatives, fractions; one array formula, for INT of a text is an error."""
    pieces = []
    for kind in Kind:
        of_kind = [code for code in codes if layout.form.items[code].kind is kind]
        pieces += [_bad_in(spot, kind) for spot in _spots(layout, of_kind)]
    items = layout.form.items
    count = sum(_is_bad(facts.values.get(code), items[code].kind) for code in codes)
    return Live("+".join(pieces), count, array=True)


def _bad_in(spot: str, kind: Kind) -> str:
    number = f"IF(ISNUMBER({spot}),{_odd(spot, kind)},IF(LEN({spot})>0,1,0))"
    return f"SUM(IF(ISERROR({spot}),1,{number}))"


def _odd(spot: str, kind: Kind) -> str:
    fraction, negative = f"({spot}<>INT({spot}))", f"({spot}<0)"
    if kind is Kind.COUNT:
        return f"IF({fraction}+{negative}>0,1,0)"
    return f"IF({fraction if kind is Kind.SIGNED else negative},1,0)"


def _is_bad(value: Value, kind: Kind) -> bool:
    if value is None or isinstance(value, str):
        return bool(value)
    fraction = kind is not Kind.AMOUNT and value != int(value)
    return fraction or (kind is not Kind.SIGNED and value < 0)


def _spots(layout: FormLayout, codes: list[str]) -> list[str]:
    """Rectangles of the items' cells, as seen from the check sheet."""
    areas = rectangles(layout.cell(code) for code in codes)
    sheet = layout.sheet_of[codes[0]] if codes else ""
    return [absolute(area, sheet) for area in areas]


def tables_filled(layout: FormLayout, facts: Facts, tables: Mapping[str, object]) -> Live:
    """How many number cells of these tables hold a number."""
    codes = {name: [c for c, i in layout.form.items.items() if i.table == name] for name in tables}
    spots = [spot for group in codes.values() for spot in _spots(layout, group)]
    count = sum(_count(facts, group) for group in codes.values())
    # COUNT takes 30 arguments in the oldest programs, so it is asked area by area.
    return Live("+".join(f"COUNT({spot})" for spot in spots), count)

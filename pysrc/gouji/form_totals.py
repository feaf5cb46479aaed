"""Total cells as read: summed again by us, exactly, whatever the workbook has stored.

A total with a formula is what its parts give, as the form itself would show it (text adds
nothing there); a total without one stands as typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from gouji.book_cells import Sheet
from gouji.excel import plain_total_formula, total_formula
from gouji.hygiene import interpret
from gouji.layout import FormLayout, a1
from gouji.locating import soft
from gouji.model import Finding, Form, Number, Repair, Value
from gouji.sheet_xml import UNKNOWN_FORMULA, Mark, Place
from gouji.wording import say

#: Stored results are binary floats; a difference below this is their noise, not a stale sum.
NOISE = Decimal("1e-9")
_STRINGS = re.compile(r'("[^"]*")')
_NOISE_WORDS = re.compile(r"_XLFN\.|_XLWS\.|[\s$']")
_REFERENCE = re.compile(r"[A-Z]{1,3}\d")


@dataclass(frozen=True, slots=True)
class _Total:
    code: str
    terms: tuple[tuple[int, str], ...]  #: coefficient and code of each part
    formula: str  #: normalised; blank over blank parts
    plain: str  #: normalised; 0 over blank parts
    shown: str  #: as the issuer wrote it


@dataclass
class Settled:
    """What reading the totals adds to the values, which are changed in place."""

    typed: set[str] = field(default_factory=set)
    repairs: list[Repair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@lru_cache(maxsize=1 << 14)
def normal_formula(text: str) -> str:
    """A formula without what re-saving changes: spaces, ``$``, quotes, case, prefixes."""
    pieces = _STRINGS.split(text.removeprefix("="))
    return "".join(
        piece if piece.startswith('"') else _NOISE_WORDS.sub("", piece.upper()) for piece in pieces
    )


_plans: dict[int, tuple[FormLayout, tuple[_Total, ...]]] = {}  # by identity, layout kept alive


def total_plan(layout: FormLayout) -> tuple[_Total, ...]:
    """The totals of a declared layout, parts before the totals made of them."""
    if id(layout) not in _plans:
        _plans[id(layout)] = (layout, _build(layout))
    return _plans[id(layout)][1]


def _build(layout: FormLayout) -> tuple[_Total, ...]:
    totals = layout.form.totals
    plan = []
    for code in layout.form.totals_in_order:
        shown, plain = (make(layout, totals[code]) for make in (total_formula, plain_total_formula))
        terms = tuple(
            (term.coefficient, term.code) for term in totals[code].right if not term.last_year
        )
        plan.append(_Total(code, terms, normal_formula(shown), normal_formula(plain), shown))
    return tuple(plan)


def settle_totals(
    layout: FormLayout,
    sheets: Mapping[str, Sheet],
    places: Mapping[str, Place],
    moved: frozenset[str],
    values: dict[str, Value],
) -> Settled:
    """Sum the totals into ``values``, where their stored results stand until now.

    ``sheets`` maps table name → sheet, ``places`` code → cell; in tables of ``moved`` formulas are
    not compared, since inserting rows rewrites them.
    """
    settled = Settled()
    has_text = any(isinstance(value, str) for value in values.values())
    for total in total_plan(layout):
        table = layout.form.items[total.code].table
        sheet, place = sheets[table], places[total.code]
        mark = sheet.marks.get(place)
        if mark is None or not mark.formula or _is_constant(mark.formula):
            settled.typed.add(total.code)
            continue
        found = normal_formula(mark.formula)
        same = (
            found in (total.formula, total.plain)
            or table in moved
            or mark.formula == UNKNOWN_FORMULA
        )
        own = _sum(total.terms, values)
        stored = values[total.code]
        if own is None and found != total.formula and isinstance(stored, int | Decimal):
            own = 0
        values[total.code] = own
        if same and stored == own and not has_text:
            continue
        cell = f"{sheet.name}!{a1(*place)}"
        if not same:
            message = say("structure.formula", cell=cell, expected=total.shown, found=mark.formula)
            settled.findings.append(soft("T2", message, [total.code], [cell]))
        _compare(settled, layout.form, total, mark, cell, stored, own, same)
        _note_excluded(settled, layout.form, total, cell, own, values)
    return settled


def _is_constant(formula: str) -> bool:
    return formula != UNKNOWN_FORMULA and not _REFERENCE.search(formula.upper())


def _sum(terms: tuple[tuple[int, str], ...], values: Mapping[str, Value]) -> Number | None:
    total: Number = 0
    blank = True
    for coefficient, code in terms:
        value = values[code]
        if value is not None and not isinstance(value, str):
            total += coefficient * value
            blank = False
    return None if blank else total


def _compare(
    settled: Settled, form: Form, total: _Total, mark: Mark, cell: str, stored: Value,
    own: Number | None, same: bool,
) -> None:  # fmt: skip
    """Note a result that was never calculated, or that is not the sum of the parts as they are."""
    if own is None and stored is None:
        return
    if stored is None and not mark.cached:
        why = say("repair.uncalculated")
        settled.repairs.append(Repair(total.code, cell, mark.formula, own, why))
        return
    if stored == own:
        return
    if isinstance(stored, int | Decimal) and own is not None and _equal(stored, own):
        return
    key = "structure.stale" if same else "structure.stale_formula"
    blank = say("structure.blank")
    message = say(
        key,
        cell=cell,
        shown=blank if stored is None else stored,
        own=blank if own is None else own,
    )
    finding = soft("T1", message, [total.code], [cell])
    left = None if isinstance(stored, str) else stored
    settled.findings.append(
        Finding(
            finding.rule, finding.severity, finding.status, message, finding.items, finding.cells,
            left, own,
        )
    )  # fmt: skip


def _equal(stored: int | Decimal, own: int | Decimal) -> bool:
    difference = abs(Decimal(stored) - Decimal(own))
    return difference <= NOISE * max(Decimal(1), abs(Decimal(own)))


def _note_excluded(
    settled: Settled, form: Form, total: _Total, cell: str, own: Number | None,
    values: Mapping[str, Value],
) -> None:  # fmt: skip
    """The form adds no text: say what the total would be with the numbers written as text."""
    missed = [
        coefficient * number
        for coefficient, code in total.terms
        if isinstance(values[code], str)
        and (number := interpret(values[code], form.items[code]).number)
    ]
    if missed:
        number = (own or 0) + sum(missed)
        shown = "" if own is None else str(own)
        why = say("repair.excluded", number=number)
        settled.repairs.append(Repair(total.code, cell, shown, number, why))

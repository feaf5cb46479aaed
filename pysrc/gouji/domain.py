"""What single cells may hold: rule kinds ``domain`` (E9) and ``blank`` (S1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from gouji import messages
from gouji.formula import evaluate
from gouji.hygiene import Kindness, Meaning, interpret
from gouji.model import (
    Finding,
    Form,
    FormRule,
    Item,
    Kind,
    Number,
    Severity,
    Status,
    Submission,
    Suspect,
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A submission's cells as numbers.

    ``numbers`` has every readable cell (a blank or placeholder counts as 0, unreadable text is
    absent, a total follows parts that were text); ``blanks`` names the blank and placeholder
    cells, ``odd`` the text in number cells.
    """

    numbers: Mapping[str, Number]
    blanks: frozenset[str]
    odd: Mapping[str, Meaning]


def read_cells(form: Form, submission: Submission) -> Cells:
    """Interpret every cell once; text is read only where it plainly says a number."""
    numbers: dict[str, Number] = {}
    blanks: list[str] = []
    odd: dict[str, Meaning] = {}
    values = submission.values
    for code, item in form.items.items():
        value = values.get(code)
        if type(value) is int:  # nearly every cell
            numbers[code] = value
        elif value is None:
            numbers[code] = 0
            blanks.append(code)
        elif isinstance(value, str):
            meaning = interpret(value, item)
            if meaning.kind in (Kindness.BLANK, Kindness.PLACEHOLDER):
                numbers[code] = 0
                blanks.append(code)
                continue
            odd[code] = meaning
            if meaning.number is not None:
                numbers[code] = meaning.number
        else:
            numbers[code] = value
    cells = Cells(numbers, frozenset(blanks), odd)
    if odd or not form.totals.keys().isdisjoint(blanks):
        _follow(form, submission, cells, numbers)
    return cells


def _follow(form: Form, submission: Submission, cells: Cells, numbers: dict[str, Number]) -> None:
    """Let totals follow their parts where the form itself could not.

    Excel's SUM passes over text, so the total beside “２３” lacks it; a blank total says nothing.
    Both are told as findings of their own; the other rules see the sum the clerk meant.
    """
    shown = {code: 0 if code in cells.odd else number for code, number in numbers.items()}
    moved = {code for code, meaning in cells.odd.items() if meaning.number is not None}
    for code in form.totals_in_order:
        terms = form.totals[code].right
        parts = [term.code for term in terms]
        if code in cells.odd or not numbers.keys() >= set(parts):
            continue
        if code in cells.blanks:
            follows = not cells.blanks.issuperset(parts)
        else:
            live = code not in submission.typed and not moved.isdisjoint(parts)
            follows = live and shown[code] == evaluate(terms, shown)
        if follows:
            numbers[code] = evaluate(terms, numbers) or 0
            moved.add(code)


def cell_findings(
    form: Form, submission: Submission, cells: Cells, rule: FormRule, place: Callable[[str], str]
) -> tuple[list[Finding], int]:
    """Findings of a ``domain`` or ``blank`` rule, and how many of its instances passed."""
    if rule.kind == "domain":
        found = list(_domain(form, submission, cells, rule, place))
        return found, len(form.items) - len(found)
    found = list(_blank(form, submission, cells, rule, place))
    return found, len(form.tables) - len(found)


def _domain(
    form: Form, submission: Submission, cells: Cells, rule: FormRule, place: Callable[[str], str]
) -> Iterator[Finding]:
    for code, value in cells.numbers.items():
        # Whole and not negative is right for every kind; nearly all cells end here.
        if type(value) is int and value >= 0 and code not in cells.odd:
            continue
        if code in cells.odd or code in cells.blanks:
            continue
        item = form.items[code]
        if problem := _problem(value, item):
            message = messages.out_of_domain(form, rule, code, value, problem, place)
            severity = Severity.SOFT if problem == "decimals" else rule.severity
            yield _cell(rule, code, severity, message)
    for code, meaning in cells.odd.items():
        text = str(submission.values[code])
        message = messages.text_in_cell(form, rule, code, text, meaning, place)
        severity = Severity.SOFT if meaning.kind is Kindness.TIDIED else rule.severity
        problem = "" if meaning.number is None else _problem(meaning.number, form.items[code])
        suspects: tuple[Suspect, ...] = ()
        if meaning.number is not None:
            suspects = (Suspect({code: meaning.number}, meaning.why),)
            severity = rule.severity if problem not in ("", "decimals") else severity
        yield _cell(rule, code, severity, message, suspects)


def _problem(value: Number, item: Item) -> str:
    """Why a number does not belong in the item's cell: key of a wording, empty when it does."""
    if value < 0 and item.kind is not Kind.SIGNED:
        return "negative"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return "fraction"
        fraction = value != value.to_integral_value()
        if fraction and item.kind is not Kind.AMOUNT:
            return "fraction"
        exponent = value.normalize().as_tuple().exponent
        if fraction and isinstance(exponent, int) and -exponent > item.decimals:
            return "decimals"
    return ""


def _blank(
    form: Form, submission: Submission, cells: Cells, rule: FormRule, place: Callable[[str], str]
) -> Iterator[Finding]:
    """One finding a table that lists its blanks: forty findings for one habit help nobody."""
    if not cells.blanks:
        return
    told = {code for code in cells.blanks if _told_by_its_rule(form, code, cells)}
    for table in form.tables:
        codes = [code for code in form.items if code in cells.blanks - told]
        codes = [code for code in codes if form.items[code].table == table.name]
        if codes:
            size = sum(item.table == table.name for item in form.items.values())
            written = [code for code in codes if submission.values.get(code) is not None]
            message = messages.blanks(form, rule, table, codes, written, size, submission, place)
            name = f"{rule.name}.{table.name}"
            yield Finding(name, rule.severity, Status.FAILED, message, tuple(codes))


def _told_by_its_rule(form: Form, code: str, cells: Cells) -> bool:
    """A blank total beside filled parts: its own sum fails, and says so."""
    rule = form.totals.get(code)
    return rule is not None and any(term.code not in cells.blanks for term in rule.right)


def _cell(
    rule: FormRule, code: str, severity: Severity, message: str, suspects: tuple[Suspect, ...] = ()
) -> Finding:
    return Finding(
        f"{rule.name}.{code}", severity, Status.FAILED, message, (code,), suspects=suspects
    )

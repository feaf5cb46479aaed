"""A coordinator's own formula: cells as messages name them, or item codes, in one relation.

``三、申请!J6 = 三、申请!D6 + 2 * 三、申请!E6``, ``requests.received.total >= last_year(…)``.
Full-width signs are as good as others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gouji.formula import FormulaError, Name, bind, parse
from gouji.model import Form, Term
from gouji.wording import say

_SIGNS = str.maketrans("＝＋－−×＊（）！≥≤＞＜", "=+--**()!≥≤><")
_RELATION = re.compile(r"≥|≤|>=|<=|=")
#: ``2*name``: the star belongs to the number.
_TIMES = re.compile(r"(?<![\w!$.])(\d+)\s*\*\s*")
_ADDRESS = r"\$?([A-Za-z]{1,3})\$?(\d{1,4})"


class BadFormula(ValueError):
    """What is wrong with a formula and what to do, in one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``left`` equals ``right``, or with ``at_least`` is no less."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    at_least: bool = False


def read_formula(text: str, form: Form, place: Callable[[str], str]) -> Relation:
    """The relation a formula states; ``place`` names an item's cell. Raises BadFormula."""
    plain = text.translate(_SIGNS).strip().lstrip("=").strip()
    plain = _TIMES.sub(r"\1 * ", plain)
    found = _RELATION.findall(plain)
    if len(found) != 1:
        raise BadFormula(say("rule_sheet.one_relation", formula=text))
    named = _with_codes(plain, form, place)
    try:
        left, right = parse(_RELATION.sub("=", named))
        sides = [bind(side, lambda name: _codes(name, form, place)) for side in (left, right)]
    except FormulaError as error:
        raise BadFormula(say("rule_sheet.not_read", formula=text)) from error
    if found[0] in ("≤", "<="):
        sides.reverse()
    if _cancels(sides[0], sides[1]):
        raise BadFormula(say("rule_sheet.always_true", formula=text))
    return Relation(sides[0], sides[1], at_least=found[0] != "=")


def example(form: Form, place: Callable[[str], str]) -> str:
    """A formula to copy: one of the form's own balances, in cells."""
    rule = next((r for r in form.rules if len(r.terms) > 1 and not r.needs_last_year), None)
    if rule is None:
        return ""
    sides = (" + ".join(place(term.code) for term in side[:2]) for side in (rule.left, rule.right))
    return " = ".join(sides)


def _with_codes(text: str, form: Form, place: Callable[[str], str]) -> str:
    """Cells replaced by the items that stand there."""
    cells = {place(code): code for code in form.items}
    for table in form.tables:
        sheet = re.escape(table.sheet)

        def code(match: re.Match[str], sheet: str = table.sheet) -> str:
            named = f"{sheet}!{match[1].upper()}{match[2]}"
            if named not in cells:
                raise BadFormula(say("rule_sheet.no_cell", cell=named))
            return cells[named]

        text = re.sub(rf"'?{sheet}'?\s*!\s*{_ADDRESS}(?![\d:])", code, text)
    if "!" in text:
        sheets = say("message.joint").join(table.sheet for table in form.tables)
        raise BadFormula(say("rule_sheet.no_sheet", formula=text, sheets=sheets))
    return text


def _codes(name: Name, form: Form, place: Callable[[str], str]) -> list[str]:
    found = [name.path] if name.path in form.items else []
    if name.group:
        found = [code for code in form.items if fnmatchcase(code, name.path)]
    if not found:
        some = place(next(iter(form.items)))
        raise BadFormula(say("rule_sheet.no_item", item=name.path, example=some))
    return found


def _cancels(left: tuple[Term, ...], right: tuple[Term, ...]) -> bool:
    """True when both sides are the same, so that nothing could ever be wrong."""
    count: dict[tuple[str, bool], int] = {}
    for sign, side in ((1, left), (-1, right)):
        for term in side:
            key = term.code, term.last_year
            count[key] = count.get(key, 0) + sign * term.coefficient
    return not any(count.values())

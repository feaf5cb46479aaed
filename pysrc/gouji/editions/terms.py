"""Names in the formulas of soft rules and claims → terms with full item codes."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from gouji.editions.mistakes import near
from gouji.editions.problem import Place
from gouji.formula import FormulaError, Name, bind, parse
from gouji.model import Item, Term
from gouji.wording import say

Sides = tuple[tuple[Term, ...], tuple[Term, ...]]


def sum_of(text: str, table: str, items: Mapping[str, Item], place: Place) -> tuple[Term, ...]:
    """The terms of one sum, e.g. ``received.total + sum(result.denied.*.total)``.

    ``*`` inside ``sum()`` stands for any part of a code. Raises EditionError.
    """
    return _sides(f"{text} = 0", table, "", items, place)[0]


def comparison(
    text: str, operator: str, table: str, stem: str, items: Mapping[str, Item], place: Place
) -> Sides:
    """Both sides of ``left OPERATOR right`` with ``stem`` for ``*``. Raises EditionError."""
    if text.count(operator) != 1:
        raise place.wrong(say("declared.one_comparison", text=text, operator=operator))
    return _sides(text.replace(operator, "="), table, stem, items, place)


def codes_like(pattern: str, items: Mapping[str, Item], place: Place) -> list[str]:
    """Codes of the items a pattern fits. Raises EditionError when it fits none."""
    found = [code for code in items if fnmatchcase(code, pattern)]
    if not found:
        raise place.lost(pattern, say("declared.fits_none", pattern=pattern))
    return found


def no_item(code: str, items: Mapping[str, Item]) -> str:
    """The sentence for a code that is no item's, with the one that was probably meant."""
    meant = near(code, set(items))
    if meant:
        return say("declared.no_item_but", code=code, meant=meant)
    return say("declared.no_item", code=code)


def _sides(text: str, table: str, stem: str, items: Mapping[str, Item], place: Place) -> Sides:
    try:
        left, right = parse(text)
    except FormulaError as error:
        raise place.wrong(str(error)) from error

    def resolve(name: Name) -> list[str]:
        path = ".".join(filter(None, (table, name.path)))
        if name.group:
            return codes_like(path, items, place)
        code = path.replace("*", stem)
        if code not in items:
            raise place.lost(code, no_item(code, items))
        return [code]

    return bind(left, resolve), bind(right, resolve)

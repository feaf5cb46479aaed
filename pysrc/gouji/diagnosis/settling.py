"""What the rules say of a form once a change is applied to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gouji.diagnosis.balances import Balances
from gouji.diagnosis.facts import Facts
from gouji.diagnosis.search import Change


@dataclass(frozen=True, slots=True)
class Effect:
    """Rules by name: those a change settles by itself and those it only brings nearer.

    A sum over several causes, and a sum whose total is blank, hold only when everything in them is
    mended. ``sound`` is False when the change puts a rule out of balance that held before.
    """

    settles: tuple[str, ...]
    eases: tuple[str, ...]
    sound: bool


def effect_of(facts: Facts, balances: Balances, change: Change) -> Effect:
    """Every rule the change touches, evaluated anew; whole numbers, so exact."""
    codes, gaps, rules = facts.outline.codes, facts.gaps, facts.outline.form.rules
    filled = {codes[unknown] for unknown in change if _blank(facts, codes[unknown])}
    touched = balances.effect(change)
    asked = {number for code in filled for number in facts.outline.total_rules[code]}
    settles, eases, sound = [], [], True
    for number in sorted(asked.union(touched)):
        total = rules[number].total
        left = gaps.get(number, 0) + touched.get(number, 0)
        if number not in gaps and number not in asked:
            sound = sound and not left
        elif left or (total not in filled and _blank(facts, total)):
            eases += [rules[number].name] if touched.get(number) or number in asked else []
        else:
            settles.append(rules[number].name)
    cells = [name for unknown in sorted(change) for name in cell_rules(facts, codes[unknown])]
    return Effect((*settles, *cells), tuple(eases), sound)


def cell_rules(facts: Facts, code: str) -> Iterator[str]:
    """Names of the findings about a cell that holds no usable number."""
    if code in facts.must and not _blank(facts, code):
        for rule in facts.outline.form.form_rules.values():
            if rule.kind == "domain":
                yield f"{rule.name}.{code}"


def _blank(facts: Facts, code: str) -> bool:
    return facts.must.get(code) == "blank_total"

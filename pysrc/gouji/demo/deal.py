"""Dealing out numbers so that every rule of a form holds: the arithmetic behind the demonstration.

Knows any declared form: which leaves a total is made of, and which balances pair what comes in
(origins) with what becomes of it (outcomes). Everything is exact and drawn from a given
``random.Random``, so the same seed deals the same cards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from gouji.model import Form, Number, Term, Value


@dataclass(frozen=True, slots=True)
class Column:
    """One balance over leaves: every piece has one origin and one outcome."""

    origins: tuple[str, ...]
    outcomes: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return self.origins + self.outcomes


def columns(form: Form) -> list[Column]:
    """The form's balances of one year, down to leaves, none of which overlaps another.

    What is brought forward from last year stands on the side of the origins.
    """
    found = []
    brought = set(carried(form))
    for rule in form.rules:
        if rule.total or rule.needs_last_year:
            continue
        plus = (*_signed(rule.left, 1), *_signed(rule.right, -1))
        minus = (*_signed(rule.left, -1), *_signed(rule.right, 1))
        if plus and minus:
            sides = leaves(form, plus), leaves(form, minus)
            found.append(Column(*sides if brought.intersection(sides[0]) else sides[::-1]))
    chosen: list[Column] = []
    taken: set[str] = set()
    for column in sorted(found, key=lambda each: len(each.codes)):
        if not taken.intersection(column.codes):
            chosen.append(column)
            taken.update(column.codes)
    return chosen


def _signed(terms: tuple[Term, ...], sign: int) -> tuple[str, ...]:
    return tuple(term.code for term in terms if term.coefficient == sign)


def leaves(form: Form, codes: Sequence[str]) -> tuple[str, ...]:
    """The items behind ``codes`` that no rule computes, each once."""
    found: dict[str, None] = {}
    for code in codes:
        rule = form.totals.get(code)
        parts = leaves(form, [term.code for term in rule.right]) if rule else (code,)
        found.update(dict.fromkeys(parts))
    return tuple(found)


def carried(form: Form) -> dict[str, str]:
    """This year's leaf → the leaf of last year it must equal (``X = last_year(Y)`` rules)."""
    pairs = {}
    for rule in form.rules:
        if len(rule.left) == len(rule.right) == 1 and rule.right[0].last_year:
            here, before = rule.left[0].code, rule.right[0].code
            if here not in form.totals and before not in form.totals:
                pairs[here] = before
    return pairs


def complete(form: Form, given: Mapping[str, Value]) -> dict[str, Value]:
    """Every item of the form: leaves as given, totals as the form's own formulas show them.

    Text adds nothing to a total; a total over nothing but blanks and text is blank.
    """
    values: dict[str, Value] = {code: given.get(code) for code in form.items}
    done: set[str] = set()

    def total(code: str) -> Value:
        rule = form.totals.get(code)
        if rule and code not in done:
            done.add(code)
            parts = [(term.coefficient, total(term.code)) for term in rule.right]
            numbers = [times * part for times, part in parts if isinstance(part, int | Decimal)]
            values[code] = sum(numbers) if numbers else None
        return values[code]

    return {code: total(code) for code in form.items}


def share(total: Number, weights: Sequence[int], rng: Random) -> list[Number]:
    """``total`` in parts roughly by weight, exact to its last decimal; weight 0 gets nothing."""
    if not any(weights):
        raise ValueError("at least one weight must be above 0")
    exponent = Decimal(total).as_tuple().exponent
    assert isinstance(exponent, int)
    quantum = Decimal(1).scaleb(min(exponent, 0))
    whole = int(total / quantum)
    shaken = [weight * rng.randint(600, 1400) for weight in weights]
    parts = [whole * weight // sum(shaken) for weight in shaken]
    for place in rng.choices(range(len(weights)), shaken, k=whole - sum(parts)):
        parts[place] += 1
    return [part if isinstance(total, int) else part * quantum for part in parts]


def pair(
    column: Column, counts: Mapping[str, int], carry: Mapping[str, str], rng: Random
) -> list[tuple[str, str]]:
    """One (origin, outcome) for every piece; what was brought forward is not carried on again.

    Raises ValueError when the counts do not balance.
    """
    origins = _expanded(column.origins, counts, rng)
    outcomes = _expanded(column.outcomes, counts, rng)
    if len(origins) != len(outcomes):
        raise ValueError(f"{len(origins)} pieces come in, {len(outcomes)} have an outcome")
    origins.sort(key=lambda code: code not in carry)
    outcomes.sort(key=lambda code: code in carry.values())
    return list(zip(origins, outcomes, strict=True))


def _expanded(codes: Sequence[str], counts: Mapping[str, int], rng: Random) -> list[str]:
    pieces = [code for code in codes for _ in range(counts.get(code, 0))]
    rng.shuffle(pieces)
    return pieces

"""Soft rules that need no other year: coincidences, slips of unit, results left out."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from gouji.formula import evaluate
from gouji.messages import difference, places, show
from gouji.model import EditRule, Finding, Number, SoftRule
from gouji.soft.facts import Facts, entry, finding, label_of, leaf_label, shared_label, size, spell
from gouji.wording import say


def differs(facts: Facts, rule: SoftRule) -> Finding | None:
    """Sides that should differ are equal: a column was most probably misread.

    One equality counts when it is a true sum with a term of at least ``floor``; mere copies and
    small sums are coincidences unless there are two of them.
    """
    equal = [each for each in rule.relations if _equal_and_filled(facts, each)]
    telling = [each for each in equal if _is_telling(facts, each, rule.floor)]
    if not telling and len(equal) < 2:
        return None
    entries = [_equality(facts, each) for each in equal]
    return finding(rule, [c for each in equal for c in each.codes], facts.place, entries)


def _equal_and_filled(facts: Facts, relation: EditRule) -> bool:
    left, right = (evaluate(side, facts.now) for side in (relation.left, relation.right))
    return left is not None and left == right and left != 0


def _is_telling(facts: Facts, relation: EditRule, floor: Number) -> bool:
    parts = [facts.now[term.code] for term in relation.right]
    return all(parts) and max(map(size, parts)) >= floor


def _equality(facts: Facts, relation: EditRule) -> str:
    items = [facts.form.items[code] for code in relation.codes]
    total = evaluate(relation.left, facts.now) or 0
    left, right = (
        spell(facts, side, total, leaf_label(items)) for side in (relation.left, relation.right)
    )
    found = say("soft.differs", left=left, right=right)
    return entry(relation.codes, shared_label(items), found, facts.place)


def covers(facts: Facts, rule: SoftRule) -> Finding | None:
    """A left side below the right one, which must be at least ``floor`` to be asked for."""
    entries: list[str] = []
    codes: list[str] = []
    for relation in rule.relations:
        left = evaluate(relation.left, facts.now, facts.before)
        right = evaluate(relation.right, facts.now, facts.before)
        if left is None or right is None or right < rule.floor or left >= right:
            continue
        items = [facts.form.items[term.code] for term in relation.terms]
        label = leaf_label(items)
        found = say(
            "soft.covers" if relation.needs_last_year else "soft.less",
            left=spell(facts, relation.left, left, label),
            right=spell(facts, relation.right, right, label),
            difference=difference(left, right),
        )
        entries.append(entry(relation.codes, shared_label(items), found, facts.place))
        codes += relation.codes
    return finding(rule, codes, facts.place, entries) if entries else None


def per_piece(facts: Facts, rule: SoftRule) -> Finding | None:
    """An amount so small for its number of pieces that its unit must be another one."""
    pieces = sum((facts.now.get(code, 0) for code in rule.against), start=0)
    entries: list[str] = []
    codes: list[str] = []
    for code, floor in rule.floors.items():
        amount = facts.now.get(code, 0)
        if pieces <= 0 or amount <= 0 or amount >= pieces * floor:
            continue
        item = facts.form.items[code]
        found = say(
            "soft.per_piece",
            amount=show(amount), pieces=show(pieces), each=_about(amount, pieces),
            floor=floor, unit=item.unit,
        )  # fmt: skip
        entries.append(entry([code], label_of(item), found, facts.place))
        codes += [code, *rule.against]
    return finding(rule, codes, facts.place, entries) if entries else None


def _about(amount: Number, pieces: Number) -> str:
    with localcontext() as context:
        context.prec = 40
        each = Decimal(amount) / Decimal(pieces)
        return show(each.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))


def nothing_done(facts: Facts, rule: SoftRule) -> Finding | None:
    """Something came in and nothing at all was done with it."""
    codes = list(rule.floors)
    if not facts.now.keys() >= {*codes, *rule.against}:
        return None
    came = sum((facts.now[code] for code in codes), start=0)
    if came < rule.floor or any(facts.now[code] for code in rule.against):
        return None
    items = facts.form.items
    found = say(
        "soft.nothing",
        n=show(came),
        place=places(rule.against, facts.place),
        what=shared_label([items[code] for code in rule.against]),
    )
    what = shared_label([items[code] for code in codes])
    entries = [entry(codes, what, found, facts.place)]
    return finding(rule, [*codes, *rule.against], facts.place, entries, came, 0)


def opposite(facts: Facts, rule: SoftRule) -> Finding | None:
    """Exactly two places of a balance fail, by equal and opposite amounts: one case misfiled."""
    off: list[tuple[EditRule, Number]] = []
    for balance in facts.form.rules:
        if balance.family != rule.balance:
            continue
        left, right = (
            evaluate(side, facts.now, facts.before) for side in (balance.left, balance.right)
        )
        if left is None or right is None:
            return None
        if left != right:
            off.append((balance, left - right))
    if len(off) != 2 or off[0][1] != -off[1][1] or size(off[0][1]) < rule.floor:
        return None
    sides = [_side(facts, balance) for balance, _ in off]
    gaps = [difference(gap, 0) for _, gap in off]
    found = say(
        "soft.opposite",
        says=off[0][0].says,
        one=sides[0],
        one_gap=gaps[0],
        other=sides[1],
        other_gap=gaps[1],
    )
    codes = [code for balance, _ in off for code in balance.codes]
    return finding(rule, codes, facts.place, [found], off[0][1], off[1][1])


def _side(facts: Facts, balance: EditRule) -> str:
    items = [facts.form.items[code] for code in balance.codes]
    one_column = len({item.column_labels for item in items}) == 1
    what = items[0].column_labels[-1] if one_column else shared_label(items)
    return say("soft.side", place=places(balance.codes, facts.place), what=what)

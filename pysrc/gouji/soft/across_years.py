"""Soft rules that compare with last year's report of the same unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from gouji.messages import show
from gouji.model import Finding, Number, SoftRule
from gouji.soft.facts import Facts, entry, finding, label_of, size
from gouji.wording import say

#: How far from exactly ``factor`` a slip of unit may lie: amounts also change by themselves.
_LEEWAY = 3
#: How many places besides a whole form's finding names.
_CELLS = 6


def jump(facts: Facts, rule: SoftRule, explained: frozenset[str] = frozenset()) -> Finding | None:
    """Values that became ``factor`` times as large or as small; the larger reaches the floor."""
    jumps: list[tuple[Fraction, str]] = []
    for code, floor in rule.floors.items():
        if code in explained or code not in facts.now or code not in facts.before:
            continue
        small, large = sorted((facts.now[code], facts.before[code]))
        if small >= 0 and large >= floor and large >= rule.factor * small:
            # From 0 there is no ratio; the floor itself is then the measure.
            times = Fraction(large) / Fraction(small or 1)
            jumps.append((times, code))
    jumps.sort(key=lambda each: -each[0])
    entries = [_jump(facts, code, times) for times, code in jumps]
    return finding(rule, [code for _, code in jumps], facts.place, entries) if jumps else None


def _jump(facts: Facts, code: str, times: Fraction) -> str:
    now, before = facts.now[code], facts.before[code]
    if not before:
        found = say("soft.from_zero", now=show(now))
    elif not now:
        found = say("soft.to_zero", before=show(before))
    else:
        key = "soft.up" if now > before else "soft.down"
        found = say(key, now=show(now), before=show(before), times=int(times))
    return entry([code], label_of(facts.form.items[code]), found, facts.place)


def scale(facts: Facts, rule: SoftRule) -> Finding | None:
    """Amounts about ``factor`` times last year's, up or down: most probably the unit slipped."""
    entries: list[str] = []
    codes: list[str] = []
    for code, floor in rule.floors.items():
        now, before = facts.now.get(code, 0), facts.before.get(code, 0)
        small, large = sorted((now, before))
        if small <= 0 or large < floor or not near(large, small, rule.factor):
            continue
        item = facts.form.items[code]
        key = "soft.slip_up" if now > before else "soft.slip_down"
        found = say(
            key,
            now=show(now), before=show(before), unit=item.unit,
            times=int(Fraction(large) / Fraction(small)),
            right=show(moved_point(now, rule.factor, down=now > before)),
        )  # fmt: skip
        entries.append(entry([code], label_of(item), found, facts.place))
        codes.append(code)
    return finding(rule, codes, facts.place, entries) if entries else None


def near(large: Number, small: Number, factor: int) -> bool:
    """True when ``large`` is about ``factor`` times ``small``."""
    return large * _LEEWAY >= factor * small and large <= factor * _LEEWAY * small


def moved_point(number: Number, factor: int, down: bool) -> Number:
    """The number in the other unit."""
    exact = Fraction(number) / factor if down else Fraction(number) * factor
    if exact.denominator == 1:
        return int(exact)
    shifted = Decimal(exact.numerator) / Decimal(exact.denominator)
    return shifted.normalize()


def repeat(facts: Facts, rule: SoftRule) -> Finding | None:
    """Every value equals last year's: last year's file was sent again.

    ``against`` names stocks, which may well stay the same; without them at least two cells that
    hold something, together ``floor`` or more, must be left to say so.
    """
    now, before = facts.now, facts.before
    if any(code in before and now.get(code) != before[code] for code in facts.leaves()):
        return None
    leaves = [code for code in facts.leaves() if code in before]
    if len(leaves) * 2 < len(facts.leaves()):  # a form holds but a few of last year's numbers
        return None
    steady = set(rule.against)
    moving = [code for code in leaves if facts.now[code] and code not in steady]
    total = sum((size(facts.now[code]) for code in moving), start=0)
    if len(moving) < 2 or total < rule.floor:
        return None
    filled = [code for code in leaves if facts.now[code]]
    found = say("soft.repeat", n=len(filled), total=show(sum(facts.now[c] for c in filled)))
    return _whole(facts, rule, filled, found)


def emptied(facts: Facts, rule: SoftRule) -> Finding | None:
    """Nothing but zeros where something stood last year; blanks have a rule of their own."""
    leaves = facts.leaves()
    if any(facts.now.get(code, 1) for code in leaves) or facts.blanks >= set(leaves):
        return None
    filled = [code for code in leaves if facts.before.get(code)]
    total = sum((size(facts.before[code]) for code in filled), start=0)
    if len(filled) < 2 or total < rule.floor:
        return None
    return _whole(facts, rule, filled, say("soft.emptied", n=len(filled), total=show(total)))


def _whole(facts: Facts, rule: SoftRule, filled: Sequence[str], found: str) -> Finding:
    return finding(rule, filled[:_CELLS], facts.place, [entry(filled, "", found, facts.place)])


def moved(facts: Facts, rule: SoftRule) -> Finding | None:
    """What stood in one column last year stands in another now: a column was shifted.

    Both years must reach ``floor``, and all but one part in ``factor`` stand in one column.
    """
    codes = [code for code in rule.floors if code in facts.now and code in facts.before]
    if len(codes) != len(rule.floors):
        return None
    was = _main(codes, [facts.before[code] for code in codes], rule)
    is_now = _main(codes, [facts.now[code] for code in codes], rule)
    if not was or not is_now or was == is_now:
        return None
    entries = [
        entry(
            [code], facts.form.items[code].column_labels[-1],
            say("soft.left_col", before=show(facts.before[code]), now=show(facts.now[code])),
            facts.place,
        )
        for code in (was, is_now)
    ]  # fmt: skip
    return finding(rule, [was, is_now], facts.place, entries)


def _main(codes: Sequence[str], values: Sequence[Number], rule: SoftRule) -> str:
    """The code that holds nearly everything, or nothing."""
    total = sum(values, start=0)
    top = max(values)
    if min(values) < 0 or total < rule.floor or (total - top) * rule.factor > total:
        return ""
    return codes[values.index(top)]

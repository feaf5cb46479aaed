"""Which findings a repair settles by itself, and which only together with other repairs."""

from __future__ import annotations

from collections.abc import Iterator

from gouji.diagnosis.facts import Facts
from gouji.diagnosis.localise import Located
from gouji.diagnosis.search import Change


def settled(
    facts: Facts, located: Located, rules: tuple[int, ...], change: Change
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the rules a change settles, and of those it brings nearer.

    ``rules`` are the ones of its cause. A sum over several causes, and a sum whose total is
    blank, hold only when everything in them is mended.
    """
    codes, gaps = facts.outline.codes, facts.gaps
    alone: list[int] = []
    shared: list[int] = []
    for number in (number for number in rules if number not in located.implied):
        total = facts.outline.form.rules[number].total
        waits = _blank(facts, total) and facts.outline.position[total] not in change
        (shared if waits else alone).append(number)
    for number, more in _implied(facts, located, change):
        (shared if gaps[number] + more else alone).append(number)
    for unknown in sorted(change):
        for number in _own_sums(facts, codes[unknown], rules):
            (shared if number in gaps else alone).append(number)
    names = facts.outline.form.rules
    cells = [name for unknown in sorted(change) for name in cell_rules(facts, codes[unknown])]
    return (
        (*(names[number].name for number in alone), *cells),
        tuple(names[number].name for number in shared),
    )


def cell_rules(facts: Facts, code: str) -> Iterator[str]:
    """Names of the findings about a cell that holds no usable number."""
    if code in facts.must and not _blank(facts, code):
        for rule in facts.outline.form.form_rules.values():
            if rule.kind == "domain":
                yield f"{rule.name}.{code}"


def _blank(facts: Facts, code: str) -> bool:
    return facts.must.get(code) == "blank_total"


def _own_sums(facts: Facts, code: str, rules: tuple[int, ...]) -> Iterator[int]:
    """What a blank total adds up, besides the rules of its cause."""
    if _blank(facts, code):
        yield from (number for number in facts.outline.total_rules[code] if number not in rules)


def _implied(facts: Facts, located: Located, change: Change) -> Iterator[tuple[int, int]]:
    """What the change adds to rules out of balance that follow from several causes."""
    for number in located.implied:
        row = located.rows[number]
        if more := sum(row.get(unknown, 0) * moved for unknown, moved in change.items()):
            yield number, more

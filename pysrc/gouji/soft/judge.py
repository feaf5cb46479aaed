"""The soft rules of one submission, one finding for each root cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gouji.model import Finding, Form, SoftRule, Submission
from gouji.soft import across_years, within
from gouji.soft.facts import Facts, Place

Check = Callable[[Facts, SoftRule], Finding | None]
_WITHIN: Mapping[str, Check] = {
    "differs": within.differs,
    "covers": within.covers,
    "per_piece": within.per_piece,
    "nothing_done": within.nothing_done,
    "opposite": within.opposite,
}
#: Each explains the whole difference between two years; nothing else is said of it then.
_WHOLE: Mapping[str, Check] = {"repeat": across_years.repeat, "emptied": across_years.emptied}
_ACROSS: Mapping[str, Check] = {"scale": across_years.scale, "moved": across_years.moved}


def compares_years(rule: SoftRule) -> bool:
    """True when the rule asks for last year's report."""
    across = {*_WHOLE, *_ACROSS, "jump"}
    return rule.kind in across or any(each.needs_last_year for each in rule.relations)


def soft_findings(
    form: Form, submission: Submission, earlier: Submission | None, place: Place
) -> list[Finding]:
    """What looks unlikely in one submission, in the order the rules are declared.

    ``earlier`` is the same unit's last-year submission; without it nothing is said across years.
    """
    if not form.soft:
        return []
    return plausibility(Facts.of(form, submission, earlier, place))


def plausibility(facts: Facts) -> list[Finding]:
    """The same, from facts the caller has made already."""
    found = dict(_all(facts))
    return [found[name] for name in facts.form.soft if name in found]


def _all(facts: Facts) -> Iterator[tuple[str, Finding]]:
    year = facts.submission.year
    rules = [rule for rule in facts.form.soft.values() if rule.serves(year)]
    whole = dict(_found(facts, rules, _WHOLE)) if facts.earlier else {}
    yield from whole.items()
    for name, finding in _found(facts, rules, _WITHIN):
        across = any(relation.needs_last_year for relation in facts.form.soft[name].relations)
        if not (whole and across):
            yield name, finding
    if not facts.earlier or whole:
        return
    told = dict(_found(facts, rules, _ACROSS))
    yield from told.items()
    explained = frozenset(code for finding in told.values() for code in finding.items)
    for rule in rules:
        if rule.kind == "jump" and (jumped := across_years.jump(facts, rule, explained)):
            yield rule.name, jumped


def _found(
    facts: Facts, rules: list[SoftRule], checks: Mapping[str, Check]
) -> Iterator[tuple[str, Finding]]:
    for rule in rules:
        check = checks.get(rule.kind)
        if check and (finding := check(facts, rule)):
            yield rule.name, finding

"""A district's own rules: what a round switches off, to soft or to hard, and what it adds.

The form stays as it is (its layout, its templates); ``RuleBook.form`` gives the same form with the
rules that are in force for one unit, to confront with.

What may be switched, and why not all of it: rules that every roll-up rests on (``domain``,
``rollup``, ``edition_year``) stay as they are; a total may become soft but not vanish, for wrong
sums would go into the district unseen; plausibility and narrative are never more than soft.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from gouji.model import EditRule, Finding, Form, Severity, SoftRule, Submission
from gouji.roster import Roster, normalised

#: Rules of the whole form that may be switched at all.
_FREE_KINDS = ("blank",)


class To(StrEnum):
    """What a rule is switched to."""

    OFF = "off"
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Switch:
    """``pattern`` as it was written; ``rules`` the names it fits. Without ``units`` for all."""

    pattern: str
    to: To
    why: str
    rules: tuple[str, ...]
    units: tuple[str, ...] = ()

    def binds(self, unit: str) -> bool:
        return not self.units or normalised(unit) in {normalised(each) for each in self.units}


@dataclass(frozen=True)
class RuleBook:
    """The rules of one round. ``edition`` is the form that ``own`` speaks of."""

    edition: str = ""
    switches: tuple[Switch, ...] = ()
    own: tuple[EditRule | SoftRule, ...] = ()
    roster: Roster | None = None
    _forms: dict[tuple[int, tuple[int, ...]], tuple[Form, Form]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def empty(self) -> bool:
        return not (self.switches or self.own)

    def named(self, submission: Submission) -> str:
        """The roster's name of a submission's unit, else what it calls itself."""
        unit = self.roster.find(submission.unit, submission.code) if self.roster else None
        return unit.name.strip() if unit else submission.unit

    def form(self, base: Form, unit: str) -> Form:
        """The form with the rules in force for that unit; the same object for the same rules."""
        binding = tuple(n for n, switch in enumerate(self.switches) if switch.binds(unit))
        if not binding and not self.own:
            return base
        key = id(base), binding
        if key not in self._forms:
            switches = [self.switches[index] for index in binding]
            own = self.own if base.id == self.edition else ()
            self._forms[key] = base, _in_force(base, switches, own)
        return self._forms[key][1]

    def of(self, base: Form, submission: Submission) -> Form:
        return base if self.empty else self.form(base, self.named(submission))

    def touching(self, unit: str, findings: Sequence[Finding] = ()) -> tuple[Switch, ...]:
        """The switches a unit should know of: those that name it, or changed a rule it breaks."""
        broken = {name for finding in findings for name in (finding.rule, finding.family)}
        return tuple(
            switch
            for switch in self.switches
            if switch.binds(unit) and (switch.units or not broken.isdisjoint(switch.rules))
        )


#: Nothing switched, nothing added.
AS_DECLARED = RuleBook()


def fitting(form: Form, pattern: str) -> tuple[str, ...]:
    """Names of the rules a pattern fits: a name, a family, or with ``*``."""
    names = {rule.name: rule.family for rule in form.rules}
    names |= {name: name for name in (*form.form_rules, *form.soft)}
    wanted = pattern.casefold()
    return tuple(
        name
        for name, family in names.items()
        if wanted == family.casefold() or fnmatchcase(name.casefold(), wanted)
    )


def refusal(form: Form, name: str, to: To) -> str:
    """Why a rule cannot be switched so: key of a wording, empty when it can."""
    if name in form.form_rules:
        return "" if form.form_rules[name].kind in _FREE_KINDS else "fixed"
    if name in form.soft:
        return "never_hard" if to is To.HARD else ""
    total = any(rule.name == name and rule.total for rule in form.rules)
    return "total" if total and to is To.OFF else ""


def changes(form: Form, name: str, to: To) -> bool:
    """False when the rule already is what it is switched to."""
    return to is To.OFF or severity_of(form, name) != to.value


def severity_of(form: Form, name: str) -> Severity:
    if name in form.form_rules:
        return form.form_rules[name].severity
    edits = {rule.name: rule.severity for rule in form.rules}
    return edits.get(name, Severity.SOFT)


def _in_force(form: Form, switches: Sequence[Switch], own: Sequence[EditRule | SoftRule]) -> Form:
    state: dict[str, To] = {}
    for switch in switches:  # what stands further down on the sheet counts
        state |= dict.fromkeys(switch.rules, switch.to)
    form_rules = {
        name: replace(rule, severity=_severity(state.get(name), rule.severity))
        for name, rule in form.form_rules.items()
        if state.get(name) is not To.OFF
    }
    soft = {name: rule for name, rule in form.soft.items() if state.get(name) is not To.OFF}
    soft |= {rule.name: rule for rule in own if isinstance(rule, SoftRule)}
    return replace(
        form, rules=tuple(_edits(form, state, own)), form_rules=form_rules, soft=soft
    )  # fmt: skip


def _edits(
    form: Form, state: Mapping[str, To], own: Sequence[EditRule | SoftRule]
) -> Iterator[EditRule]:
    for rule in form.rules:
        if state.get(rule.name) is not To.OFF:
            yield replace(rule, severity=_severity(state.get(rule.name), rule.severity))
    for added in own:
        if isinstance(added, EditRule):
            yield added


def _severity(to: To | None, declared: Severity) -> Severity:
    return declared if to is None or to is To.OFF else Severity(to.value)

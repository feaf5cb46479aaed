"""Confront submissions with the rules of their form: all findings at once, three-valued.

A rule passes, fails, or is undecided because an input is missing (no last year, unreadable text,
level unknown). Undecided is counted and listed, never passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from gouji import messages
from gouji.carry import Earlier, EarlierYear, earlier_year
from gouji.domain import Cells, cell_findings, read_cells
from gouji.formula import evaluate
from gouji.model import (
    EditRule,
    Finding,
    Form,
    FormRule,
    Number,
    Severity,
    Status,
    Submission,
    Verdict,
)
from gouji.soft.facts import Facts
from gouji.soft.judge import plausibility

#: How a message names a cell, or a narrative section by its key; the caller that knows the layout
#: passes ``layout.place``.
Place = Callable[[str], str]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Confrontation:
    """What the rules say of one submission. ``findings`` holds failed and undecided rules.

    ``notes`` are sentences about the whole, such as that too much is wrong to name the cells.
    """

    findings: tuple[Finding, ...]
    passed: int
    failed: int
    undecided: int
    notes: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What failed, the hard ones first, else in the rules' order."""
        failed = (finding for finding in self.findings if finding.status is Status.FAILED)
        return tuple(sorted(failed, key=lambda finding: finding.severity is Severity.SOFT))

    @property
    def verdict(self) -> Verdict:
        failed = {f.severity for f in self.findings if f.status is Status.FAILED}
        if Severity.HARD in failed:
            return Verdict.ERRORS
        return Verdict.QUERIES if failed else Verdict.CLEAN

    def also(self, more: Sequence[Finding]) -> Confrontation:
        """The same with more findings, all of them failed."""
        if not more:
            return self
        return replace(self, findings=(*self.findings, *more), failed=self.failed + len(more))


def confront(
    form: Form,
    submission: Submission,
    earlier: Submission | None = None,
    place: Place | None = None,
) -> Confrontation:
    """One submission against every rule; ``earlier`` is the same unit's last-year submission."""
    return confront_all(form, [submission], [earlier], place)[0]


def confront_all(
    form: Form,
    submissions: Sequence[Submission],
    earlier: Sequence[Submission | None],
    place: Place | None = None,
) -> list[Confrontation]:
    """Many submissions of one edition in one sparse integer product; order is kept."""
    where = place or partial(_label, form)
    results: list[Confrontation] = []
    shared: dict[str, Finding] = {}
    for start in range(0, len(submissions), _CHUNK):
        batch = submissions[start : start + _CHUNK]
        before = earlier[start : start + _CHUNK]
        results += _confront_batch(form, batch, before, where, shared)
    return results


def _label(form: Form, code: str) -> str:
    """What is printed at the cell; of a narrative section its title."""
    if code in form.items:
        return form.items[code].full_label
    return next(section.title for section in form.sections if section.key == code)


@dataclass(frozen=True)
class _Case:
    """One submission made ready: its numbers, last year's, and how to name cells."""

    form: Form
    submission: Submission
    cells: Cells
    earlier: EarlierYear | None
    place: Place
    shared: dict[str, Finding] = field(default_factory=dict)  # “no last year”, alike for all

    @property
    def before(self) -> Mapping[str, Earlier]:
        return self.earlier.values if self.earlier else {}

    @cached_property
    def numbers_before(self) -> dict[str, Number]:
        return {code: old.number for code, old in self.before.items()}


def _confront_batch(
    form: Form,
    batch: Sequence[Submission],
    earlier: Sequence[Submission | None],
    place: Place,
    shared: dict[str, Finding],
) -> list[Confrontation]:
    cases = [
        _Case(
            form,
            submission,
            read_cells(form, submission),
            earlier_year(form, last) if last else None,
            place,
            shared,
        )
        for submission, last in zip(batch, earlier, strict=True)
    ]
    before = [case.numbers_before for case in cases]
    zero = _plainly_zero(form, [case.cells.numbers for case in cases], before)
    return [_result(case, each) for case, each in zip(cases, zero, strict=True)]


def _plainly_zero(
    form: Form, now: Sequence[Mapping[str, Number]], before: Sequence[Mapping[str, Number]]
) -> list[list[bool]]:
    """For each submission, which rules come out zero in one product; the others need a look.

    A form alone is looked at rule by rule: behind a button, loading numpy would take far longer.
    """
    if len(now) == 1:
        return [[False] * len(form.rules)]
    from gouji.system import system_of

    residuals, exact = system_of(form).residuals(now, before)
    return (exact & (residuals == 0)).T.tolist()  # type: ignore[no-any-return]


def _result(case: _Case, zero: list[bool]) -> Confrontation:
    findings = list(case.submission.structure)
    passed = 0
    blank_totals = case.cells.blanks & case.form.totals.keys() if case.cells.blanks else frozenset()
    for rule, balanced in zip(case.form.rules, zero, strict=True):
        if balanced and not (rule.total in blank_totals and _parts_filled(case, rule)):
            passed += 1
        elif finding := _balance(case, rule):
            findings.append(finding)
        else:
            passed += 1
    for form_rule in case.form.form_rules.values():
        more, well = _form_rule(case, form_rule)
        findings += more
        passed += well
    findings += _unlikely(case)
    failed = sum(finding.status is Status.FAILED for finding in findings)
    findings = [_with_cells(case, finding) for finding in findings]
    return Confrontation(tuple(findings), passed, failed, len(findings) - failed)


def _unlikely(case: _Case) -> list[Finding]:
    """What is allowed but looks unlikely, in the numbers and in the words beside them.

    Nothing is counted as passed: that nothing looked unlikely says little.
    """
    form, submission = case.form, case.submission
    if not form.soft:
        return []
    found = plausibility(Facts.made(form, submission, case.cells, case.earlier, case.place))
    if submission.told:
        from gouji.narrative import narrative_findings  # its language costs a form without text

        found += narrative_findings(form, submission, case.place, case.cells)
    return found


def _with_cells(case: _Case, finding: Finding) -> Finding:
    """The finding with the name of every cell it touches."""
    if finding.cells or not finding.items:
        return finding
    return replace(finding, cells=tuple(case.place(code) for code in finding.items))


def _parts_filled(case: _Case, rule: EditRule) -> bool:
    return any(term.code not in case.cells.blanks for term in rule.right)


def _balance(case: _Case, rule: EditRule) -> Finding | None:
    """The finding of one balance edit that did not plainly come out zero, or None."""
    now = case.cells.numbers
    if case.earlier is None and rule.needs_last_year and now.keys() >= set(rule.codes):
        if rule.name not in case.shared:
            message = messages.no_last_year(case.form, rule, case.place)
            finding = _finding(case, rule, Status.UNDECIDED, None, None, message)
            case.shared[rule.name] = _with_cells(case, finding)
        return case.shared[rule.name]
    before = case.numbers_before
    left, right = evaluate(rule.left, now, before), evaluate(rule.right, now, before)
    if left is None or right is None:
        return _finding(case, rule, Status.UNDECIDED, left, right, _missing(case, rule))
    blank_total = rule.total in case.cells.blanks and _parts_filled(case, rule)
    if left == right and not blank_total:
        return None
    bound = _binds(rule, case.submission)
    if bound is False:
        return None
    if bound is None:
        message = messages.level_unknown(case.form, rule, case.place)
        return _finding(case, rule, Status.UNDECIDED, left, right, message)
    message = messages.balance(
        case.form, rule, now, case.before, case.cells.blanks, case.place, left, right
    )
    return _finding(case, rule, Status.FAILED, None if blank_total else left, right, message)


def _binds(rule: EditRule, submission: Submission) -> bool | None:
    """Whether the rule binds a unit of that level; None when the level is not known (E7)."""
    if not rule.unless_levels:
        return True
    if submission.level:
        return submission.level not in rule.unless_levels
    name = submission.unit.strip()
    return True if rule.bound_names and name.endswith(rule.bound_names) else None


def _missing(case: _Case, rule: EditRule) -> str:
    unread = [code for code in rule.codes if code not in case.cells.numbers]
    if unread:
        return messages.unread_input(case.form, rule, unread, case.place)
    gaps = case.earlier.gaps if case.earlier else {}
    codes = [term.code for term in rule.terms if term.last_year]
    why = next((gaps[code] for code in codes if code in gaps), "")
    return messages.no_counterpart(case.form, rule, why, case.place)


def _finding(
    case: _Case, rule: EditRule, status: Status,
    left: Number | None, right: Number | None, message: str,
) -> Finding:  # fmt: skip
    severity = rule.severity
    redefined = [
        term.code
        for term in rule.terms
        if term.last_year and term.code in case.before and case.before[term.code].redefined
    ]
    if redefined and status is Status.FAILED:
        severity = Severity.SOFT
        message = messages.redefined(message, case.before[redefined[0]].why)
    return Finding(rule.name, severity, status, message, rule.codes, (), left, right)


def _form_rule(case: _Case, rule: FormRule) -> tuple[list[Finding], int]:
    """Findings of a whole-form rule and how many of its instances passed."""
    if rule.kind == "edition_year":
        finding = _edition_year(case, rule)
        return ([finding], 0) if finding else ([], 1)
    if rule.kind == "rollup":
        if not case.submission.children:
            return [], 0
        found = list(_rollup(case, rule))
        return found, len(case.form.items) - len(found)
    return cell_findings(case.form, case.submission, case.cells, rule, case.place)


def _edition_year(case: _Case, rule: FormRule) -> Finding | None:
    form, year = case.form, case.submission.year
    if year is not None and form.serves(year):
        return None
    status = Status.UNDECIDED if year is None else Status.FAILED
    return Finding(rule.name, rule.severity, status, messages.edition_year(form, rule, year))


def _rollup(case: _Case, rule: FormRule) -> Iterator[Finding]:
    """E10: every cell of a district workbook against the sum of the units listed in it."""
    parts = [read_cells(case.form, child).numbers for child in case.submission.children]
    for code in case.form.items:
        total = case.cells.numbers.get(code)
        units = sum((part.get(code, 0) for part in parts), start=0)
        if total != units:
            message = messages.rollup(case.form, rule, code, total, units, case.place)
            yield Finding(
                f"{rule.name}.{code}", rule.severity, Status.FAILED, message, (code,), (),
                total, units,
            )  # fmt: skip

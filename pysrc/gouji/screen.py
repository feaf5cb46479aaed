"""Results as people read them in a terminal, and as the JSON other programs rely on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gouji import editions
from gouji.layout import layout_of
from gouji.messages import show, suspected
from gouji.model import Finding, Form, Severity, SoftRule, Status, Submission, Verdict
from gouji.wording import say

if TYPE_CHECKING:
    from gouji.actions import Checked
    from gouji.rollup import RollUp
    from gouji.rule_book import Switch

#: Findings shown for one file before the rest is only counted: a flood hides what matters.
_SHOWN = 30


def checked_json(one: Checked) -> dict[str, Any]:
    """One object of the check array (DESIGN, Commands)."""
    if one.submission is None or one.confrontation is None:
        return {
            "file": str(one.file), "unit": None, "year": None, "edition": None,
            "verdict": Verdict.UNREADABLE.value,
            "counts": {"passed": 0, "failed": 0, "undecided": 0},
            "findings": [], "reason": one.refusal,
        }  # fmt: skip
    result = one.confrontation
    return {
        "file": str(one.file),
        "unit": one.submission.unit,
        "year": one.submission.year,
        "edition": one.submission.edition,
        "verdict": result.verdict.value,
        "counts": {
            "passed": result.passed,
            "failed": result.failed,
            "undecided": result.undecided,
        },
        "findings": [finding_json(finding) for finding in result.findings],
        # Of each rule how many changes would settle it beside those listed, and what else is said.
        "diagnosis": {
            "more_suspects": {each.rule: each.more for each in result.findings if each.more},
            "notes": list(result.notes),
        },
    } | ({"switched": [switch_json(each) for each in one.switched]} if one.switched else {})


def switch_json(switch: Switch) -> dict[str, Any]:
    """What a round switched; ``units`` is empty when it is for all."""
    return {
        "pattern": switch.pattern, "rules": list(switch.rules), "to": switch.to.value,
        "why": switch.why, "units": list(switch.units),
    }  # fmt: skip


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "status": finding.status.value,
        "items": list(finding.items),
        "cells": list(finding.cells),
        "left": finding.left,
        "right": finding.right,
        "message": finding.message,
        "suspects": [
            {"change": dict(suspect.change), "why": suspect.why} for suspect in finding.suspects
        ],
    }


def checked(one: Checked) -> Iterator[str]:
    """One file's verdict, then what must be mended, what to verify, what is undecided."""
    if one.submission is None or one.confrontation is None:
        return  # told on its own, among the errors
    result, submission = one.confrontation, one.submission
    yield say(
        "screen.file",
        unit=submission.unit or say("screen.no_unit"),
        year=submission.year or say("screen.no_year"),
        basis=editions.load(submission.edition).basis,
        file=one.file.name,
    )
    yield "  " + say(
        f"screen.verdict.{result.verdict.value}",
        passed=result.passed, failed=result.failed, undecided=result.undecided,
    )  # fmt: skip
    failed = result.failures
    for finding in failed[:_SHOWN]:
        yield "  " + say(
            "screen.finding",
            severity=say(f"severity.{finding.severity.value}"),
            rule=finding.family, message=finding.message,
        )  # fmt: skip
        yield from (f"      {line}" for line in suspected(finding))
    if len(failed) > _SHOWN:
        yield "  " + say("screen.more_findings", n=len(failed) - _SHOWN)
    yield from ("  " + say("screen.note", note=note) for note in result.notes)
    yield from _undecided(result.findings)
    for switch in one.switched:
        yield "  " + switched(switch)


def switched(switch: Switch) -> str:
    """``规则调整：E5 核实（民政局），理由：…``"""
    units = say("message.joint").join(switch.units) or say("rule_sheet.all_units")
    word = say(f"rule_sheet.to.{switch.to}")
    return say(
        "rule_sheet.line", pattern=switch.pattern, word=word, units=units, why=switch.why
    )  # fmt: skip


def _undecided(findings: Sequence[Finding]) -> Iterator[str]:
    """Undecided rules by family: seven columns without last year are one line."""
    waiting = [finding for finding in findings if finding.status is Status.UNDECIDED]
    families: dict[str, list[Finding]] = {}
    for finding in waiting:
        families.setdefault(finding.family, []).append(finding)
    for family, members in families.items():
        yield "  " + say(
            "screen.undecided", rule=family, n=len(members), message=members[0].message
        )


def check_summary(results: Sequence[Checked]) -> Iterator[str]:
    count = Counter(one.verdict for one in results)
    yield say(
        "screen.summary", n=len(results),
        clean=count[Verdict.CLEAN], queries=count[Verdict.QUERIES],
        errors=count[Verdict.ERRORS], unreadable=count[Verdict.UNREADABLE],
    )  # fmt: skip


def reading(submission: Submission, differences: Sequence[Finding]) -> Iterator[str]:
    """What was read, what was repaired, and where the form's structure differs."""
    form = editions.load(submission.edition)
    place = layout_of(form).place
    yield say(
        "screen.file",
        unit=submission.unit or say("screen.no_unit"),
        year=submission.year or say("screen.no_year"),
        basis=form.basis, file=Path(submission.file).name,
    )  # fmt: skip
    filled = {code: value for code, value in submission.values.items() if value is not None}
    yield "  " + say(
        "screen.read", n=len(form.items), filled=len(filled), blank=len(form.items) - len(filled)
    )
    for code, value in filled.items():
        if value != 0:
            shown = value if isinstance(value, str) else show(value)
            label = form.items[code].full_label
            yield "    " + say("screen.value", place=place(code), label=label, value=shown)
    if submission.typed:
        codes = [code for code in form.items if code in submission.typed]
        cells = say("message.joint").join(place(code) for code in codes)
        yield "  " + say("screen.typed", n=len(codes), cells=cells)
    for repair in submission.repairs:
        yield "  " + say(
            "screen.repair", cell=repair.cell, text=repair.text, why=repair.why,
            means=show(repair.means),
        )  # fmt: skip
    for finding in (*submission.structure, *differences):
        yield "  " + say("screen.structure", message=finding.message)
    yield from ("  " + say("screen.note", note=note) for note in submission.notes)


def reading_json(submission: Submission, differences: Sequence[Finding]) -> dict[str, Any]:
    """What ``read --json`` prints beyond the values JSON."""
    place = layout_of(editions.load(submission.edition)).place
    return {
        "file": submission.file,
        "sha256": submission.sha256,
        "medium": submission.medium,
        "notes": list(submission.notes),
        "typed_totals": [
            {"item": code, "cell": place(code)}
            for code in submission.values
            if code in submission.typed
        ],
        "repairs": [
            {
                "item": repair.code,
                "cell": repair.cell,
                "text": repair.text,
                "means": repair.means,
                "why": repair.why,
            }
            for repair in submission.repairs
        ],
        "structure": [finding_json(finding) for finding in (*submission.structure, *differences)],
    }


def compiled(rolled: RollUp, output: Path) -> Iterator[str]:
    """What went in, what did not and why, the proof, and where the workbook is."""
    yield say("screen.compiled", district=rolled.district, year=rolled.year, file=output)
    for entry in rolled.entries:
        if not entry.counts or entry.why:
            yield "  " + say(
                "screen.entry", status=say(f"rollup.standing.{entry.standing.value}"),
                unit=entry.unit or say("screen.no_unit"),
                file=Path(entry.submission.file).name, why=entry.why,
            )  # fmt: skip
    for refused in rolled.unreadable:
        yield "  " + say("screen.refused", file=Path(refused.file).name, why=refused.why)
    if rolled.missing:
        names = say("message.joint").join(unit.name for unit in rolled.missing)
        yield "  " + say("screen.missing", n=len(rolled.missing), names=names)
    for name in rolled.unused_names:
        yield "  " + say("screen.unused_name", name=name)
    for finding in rolled.own.findings if rolled.own else ():
        if finding.status is Status.FAILED:
            severity = say(f"severity.{finding.severity.value}")
            yield "  " + say(
                "screen.finding", severity=severity, rule=finding.family, message=finding.message
            )
    files = len(rolled.entries) + len(rolled.unreadable)
    yield "  " + say(
        "screen.proof", cells=rolled.proof.cells, agree=rolled.proof.agree,
        counted=len(rolled.counted), files=files,
    )  # fmt: skip


def own_json(rolled: RollUp) -> dict[str, Any]:
    """What the rules say of the district's own sums."""
    if rolled.own is None:
        return {}
    return {
        "verdict": rolled.own.verdict.value,
        "findings": [finding_json(finding) for finding in rolled.own.findings],
    }


def rules_json(form: Form, uncovered: Sequence[str]) -> dict[str, Any]:
    return {
        "edition": form.id,
        "basis": form.basis,
        "rules": [
            {
                "rule": rule.name, "severity": rule.severity.value, "says": rule.says,
                "basis": rule.basis, "remedy": rule.remedy, "items": list(rule.codes),
            }
            for rule in form.rules
        ]
        + [
            {
                "rule": rule.name, "severity": rule.severity.value, "says": rule.says,
                "basis": rule.basis, "remedy": rule.remedy, "items": [],
            }
            for rule in form.form_rules.values()
        ]
        + [_soft_json(rule) for rule in form.soft.values()],
        "uncovered": list(uncovered),
    }  # fmt: skip


def _soft_json(rule: SoftRule) -> dict[str, Any]:
    codes = [*rule.floors, *rule.against, *(c for each in rule.relations for c in each.codes)]
    return {
        "rule": rule.name, "severity": Severity.SOFT.value, "kind": rule.kind, "says": rule.says,
        "basis": rule.basis, "remedy": rule.remedy, "items": list(dict.fromkeys(codes)),
        "first_year": rule.first_year, "last_year": rule.last_year,
    }  # fmt: skip


def rules(form: Form, uncovered: Sequence[str]) -> Iterator[str]:
    """The rules family by family, then the cells that no rule watches."""
    last = form.last_year or say("screen.onward")
    yield say("screen.edition", basis=form.basis, id=form.id, first=form.first_year, last=last)
    families: dict[str, list[Any]] = {}
    for rule in form.rules:
        families.setdefault(rule.family, []).append(rule)
    for name, whole in form.form_rules.items():
        families.setdefault(name, []).append(whole)
    for name, members in families.items():
        first = members[0]
        yield "  " + say(
            "screen.rule", rule=name, severity=say(f"severity.{first.severity.value}"),
            says=first.says, n=len(members),
        )  # fmt: skip
        yield "      " + say("screen.basis", basis=first.basis)
    for soft in form.soft.values():
        severity = say(f"severity.{Severity.SOFT}")
        yield "  " + say("screen.soft", rule=soft.name, severity=severity, says=soft.says)
        yield "      " + say("screen.basis", basis=soft.basis)
    place = layout_of(form).place
    if uncovered:
        yield "  " + say("screen.uncovered", n=len(uncovered))
    for code in uncovered:
        label = form.items[code].full_label
        yield "    " + say("screen.value", place=place(code), label=label, value=code)

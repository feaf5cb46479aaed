"""Round folders for tests: few units, last year known, one file of each kind in the inbox."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders
from gouji import editions
from gouji.model import Form, Unit
from gouji.roster_file import write_roster
from gouji.round import Round
from gouji.round_actions import new_round, planned
from gouji.template import write_template
from gouji.wording import say

NEW = editions.load("2021")
YEAR = 2025
SOUND, QUERIED, BROKEN, SILENT = "教育局", "民政局", "=审计局", "财政局"
UNITS = (
    Unit(SOUND, "A01", "department", aliases=("区教育局",), email="a@example.org"),
    Unit(QUERIED, "A02", "department"),
    Unit(BROKEN, "A03", "department"),
    Unit(SILENT, "A04", "department"),
)


def addressed() -> Iterator[Unit]:
    """The units, each with an address."""
    for unit in UNITS:
        yield replace(unit, email=f"{unit.code.lower()}@example.org")


def carried(form: Form = NEW) -> tuple[str, str]:
    """An item brought forward and the last-year item it must equal, whichever rule says so."""
    for rule in form.rules:
        if rule.needs_last_year and len(rule.left) == len(rule.right) == 1:
            return rule.left[0].code, rule.right[0].code
    raise LookupError("no rule carries a value over")


def last_year_values(number: int) -> dict[str, Any]:
    """Last year's form with one number carried forward into this year, otherwise balanced."""
    _, code = carried()
    return builders.close(NEW, {code: number})


def this_year_values(number: int) -> dict[str, Any]:
    code, _ = carried()
    return builders.close(NEW, {code: number})


def write_form(path: Path, unit: str, values: dict[str, Any], year: int = YEAR) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(NEW, path, submission=builders.as_submission(
        NEW, unit, values, year=year, level="department"))  # fmt: skip
    return path


def roster(folder: Path, units: tuple[Unit, ...] = UNITS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "各单位.xlsx"
    write_roster(path, units)
    return path


def last_year_reports(folder: Path) -> Path:
    """Reports of single units: the first carries 3 forward, the second 5 under its old name."""
    write_form(folder / "甲.xlsx", "区教育局", last_year_values(3), YEAR - 1)
    write_form(folder / "乙.xlsx", QUERIED, last_year_values(5), YEAR - 1)
    return folder


def begun(folder: Path, **options: Any) -> Round:
    """A round of the four units, last year known for two; nothing has come in."""
    units = options.pop("units", UNITS)
    wanted = planned(folder / "轮次 =1&'号", year=YEAR, district="云溪区")
    last = last_year_reports(folder / "旧")
    return new_round(wanted, roster(folder, units), last, **options)


def filled(folder: Path, **options: Any) -> Round:
    """The same with an inbox: a sound file, one with a query, a broken one, and a stray."""
    made = begun(folder, **options)
    inbox = made.inbox
    write_form(inbox / "教育局 报.xlsx", "区教育局", this_year_values(3))
    blank_one = dict(this_year_values(5))
    leaf = next(c for c in builders.leaves(NEW) if blank_one[c] == 0)
    blank_one[leaf] = None
    write_form(inbox / "民政局#1.xlsx", QUERIED, blank_one)
    write_form(inbox / "审计局.xlsx", BROKEN, broken_values())
    (inbox / "说明.docx").write_bytes(b"not a workbook")
    return made


def broken_values() -> dict[str, Any]:
    """Balanced but for one input of a balance edit, raised by one."""
    values = this_year_values(0)
    rule = next(r for r in NEW.rules
                if not r.total and not r.needs_last_year and len(r.left) > 1)  # fmt: skip
    code = next(t.code for t in rule.left if t.code not in NEW.totals)
    values[code] += 1
    for total in NEW.totals_in_order:
        values[total] = sum(t.coefficient * values[t.code] for t in NEW.totals[total].right)
    return values


def seen_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of every file in a folder, to prove that nobody touched it."""
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}


def age(path: Path) -> None:
    """Make a file an hour old, so that writing it anew would show."""
    then = time.time() - 3600
    os.utime(path, (then, then))


STATE = {key: say(f"round.state.{key}") for key in ("missing", "received", "returned", "passed")}

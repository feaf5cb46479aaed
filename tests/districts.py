"""District workbooks for tests, with files of every standing, and how to look into them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from builders import as_submission, close, leaves, sparse_submission, submission
from gouji import editions
from gouji.carry import Earlier, EarlierYear
from gouji.district_book import write_district_book
from gouji.district_plan import LogLine
from gouji.edits import confront, confront_all
from gouji.layout import (
    a1,
    layout_of,
)
from gouji.model import Form, Kind, Number, Submission, Unit
from gouji.rollup import RollUp, Unreadable, roll_up
from gouji.roster import Roster
from gouji.template import write_template
from gouji.wording import say

FORMS = [editions.load(name) for name in ("2019", "2021")]
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
MATRIX, LONG = say("sheet.matrix"), say("sheet.long")
UNITS, FINDINGS, PROOF = say("sheet.units"), say("sheet.findings"), say("sheet.proof")
RULES = say("sheet.rules")
COVER, CHECK = say("sheet.cover"), say("sheet.check")
CHARTS, YEARS, TRACE, LOG = (say(f"sheet.{key}") for key in ("charts", "years", "trace", "log"))
HOSTILE = ("=1+1", "+2", "@x", "-3", "‮局生卫", "很长" * 300, "<b>&\"'")
Book = tuple[Form, RollUp, Path]


def rolled(form: Form, submissions: list[Submission], **options: Any) -> RollUp:
    defaults: dict[str, Any] = {
        "roster": None, "district": "云溪区", "year": form.first_year, "level": "district",
    }  # fmt: skip
    confrontations = confront_all(
        form, submissions, [None] * len(submissions), layout_of(form).place
    )
    return roll_up(form, submissions, confrontations, **(defaults | options))


def amount_or_count(form: Form) -> str:
    """A leaf with decimals, where the form has one."""
    return max(leaves(form), key=lambda code: form.items[code].kind is Kind.AMOUNT)


def plain_count(form: Form) -> str:
    return [code for code in leaves(form) if form.items[code].kind is Kind.COUNT][-1]


def a_round(form: Form, folder: Path) -> RollUp:
    """Units of every standing, with real files beside the workbook."""
    random, code = Random(7), plain_count(form)
    names = [f"单位{n}" for n in range(6)]
    files = [sparse_submission(form, name, random) for name in names]
    files[0] = as_submission(
        form, names[0], files[0].values | {amount_or_count(form): Decimal("0.1")}
    )
    files[1] = as_submission(form, names[1], files[1].values | {code: "见附件"})
    files += [
        as_submission(form, names[4], close(form, {code: 77}), file="二稿.xlsx"),
        replace(files[5], file="再发 #1 'a' 100%25.xlsx"),
        submission(form, "=1+1", file="外来.xlsx"),
    ]
    files = [replace(one, file=str(folder / one.file)) for one in files]
    for one in files:
        write_template(form, Path(one.file), submission=one)
    roster = Roster(tuple(Unit(name) for name in [*names, "缺报局"]))
    return rolled(form, files, roster=roster, let_in=["单位1"],
                  unreadable=[Unreadable("坏.xlsx", "打不开")])  # fmt: skip


def make_book(form: Form, folder: Path) -> Book:
    """A district workbook in ``folder``, with the roll-up it was written from."""
    rollup = a_round(form, folder)
    path = folder / "云溪区 汇总.xlsx"
    own = confront(form, rollup.as_submission(), None, layout_of(form).place)
    write_district_book(
        rollup, path, form=form, own=own, earlier=a_year_before(form, rollup), log=a_log(),
        history=a_history(form, rollup),
    )  # fmt: skip
    return form, rollup, path


def a_year_before(form: Form, rollup: RollUp) -> EarlierYear:
    """Last year's totals: equal, doubled, zero and one; every seventh without a counterpart."""
    numbers: dict[str, Earlier] = {}
    for n, (code, total) in enumerate(rollup.totals.items()):
        if n % 7:
            number = (total, 2 * total + 1, 0, 1)[n % 4]
            numbers[code] = Earlier(number, n % 5 == 0, "口径 <a>")
    gaps = {code: "=没有" if n % 2 else "" for n, code in enumerate(form.items)
            if code not in numbers}  # fmt: skip
    return EarlierYear(numbers, gaps)


def a_history(form: Form, rollup: RollUp) -> dict[int, dict[str, Number]]:
    """Six earlier years, one of them without most items."""
    years = {rollup.year - n: {code: n + total for code, total in rollup.totals.items()}
             for n in range(2, 8)}  # fmt: skip
    years[rollup.year - 3] = {next(iter(form.items)): 5}
    return years


def a_log() -> list[LogLine]:
    moment = datetime(2021, 1, 19, 8, 30)
    return [LogLine(moment, "收到", name, name, name, name, "0" * 64) for name in HOSTILE]


def cached(path: Path) -> dict[str, dict[str, Any]]:
    """Sheet → address → stored value, without blanks."""
    workbook = CalamineWorkbook.from_path(str(path))
    sheets = {}
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        sheets[name] = {
            a1(row, column): value
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value != ""
        }
    return sheets


def same(left: Any, right: Any) -> bool:
    """Equal values of two readers; a moment is the same as its serial number."""
    left, right = map(_plain, (left, right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return abs(left - right) <= 1e-9 * max(1, abs(left))
    return bool(left == right)


def _plain(value: Any) -> Any:
    moment = isinstance(value, datetime)
    return (value - datetime(1899, 12, 30)) / timedelta(days=1) if moment else value


def differences(left: dict[str, Any], right: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    keys = {key for key in left.keys() | right.keys() if left.get(key, "") or right.get(key, "")}
    pairs = {key: (left.get(key, ""), right.get(key, "")) for key in sorted(keys)}
    return {key: pair for key, pair in pairs.items() if not same(*pair)}


def official(form: Form, sheets: dict[str, dict[str, Any]]) -> dict[str, Any]:
    layout = layout_of(form)
    return {code: sheets[layout.sheet_of[code]][layout.cell(code).a1] for code in form.items}


def matrix_row(book_: Book, unit: str) -> int:
    """Row number, from 1, of a unit in the unit × item sheet."""
    for address, value in cached(book_[2])[MATRIX].items():
        if value == unit and address.startswith("B"):
            return int(address[1:])
    raise AssertionError(unit)

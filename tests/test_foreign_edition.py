"""A foreign form goes the whole way by its declaration alone: no code knows anything of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from gouji import editions
from gouji.actions import check_files
from gouji.compiling import compile_files
from gouji.demo.deal import complete
from gouji.edits import confront
from gouji.layout import layout_of
from gouji.model import Form, Status, Submission, Value, Verdict
from gouji.reading import read_file
from gouji.template import write_template

AGENCIES = ("Bureau of Tides", "Office of Maps", "Lighthouse Service")
YEAR = 2024


@pytest.fixture(scope="module")
def form() -> Form:
    """The foreign form, registered by name for the whole run."""
    return editions.load("foia")


def leaves(size: int, brought: tuple[int, int]) -> dict[str, Value]:
    """A balanced agency: ``size`` scales it, ``brought`` is pending from last year."""
    values: dict[str, Value] = {}
    for place, pending in zip(("headquarters", "field"), brought, strict=True):
        results = {"granted": 3 * size, "partial": size, "denied.exempt": 2,
                   "denied.records": size // 2, "denied.rest": 0}  # fmt: skip
        values |= {f"dispositions.{place}.{name}": count for name, count in results.items()}
        processed = sum(results.values())
        values |= {
            f"requests.{place}.pending_start": pending,
            f"requests.{place}.received": processed - pending + size,
            f"requests.{place}.processed": processed,
            f"requests.{place}.pending_end": size,
        }
    costs = {"staff": Decimal("1.25") * size, "processing": Decimal("1000.10") * size,
             "litigation": Decimal("0.2")}  # fmt: skip
    return values | {f"costs.{name}": amount for name, amount in costs.items()}


def agency(form: Form, name: str, year: int, size: int, brought: tuple[int, int]) -> Submission:
    values = complete(form, leaves(size, brought))
    return Submission(name, year, form.id, values, level="department", narrative={"I": "None."})


@pytest.fixture(scope="module")
def this_year(form: Form) -> list[Submission]:
    return [agency(form, name, YEAR, 10 + n, (4 + n, 4 + n)) for n, name in enumerate(AGENCIES)]


@pytest.fixture(scope="module")
def last_year(form: Form) -> list[Submission]:
    return [agency(form, name, YEAR - 1, 4 + n, (1, 2)) for n, name in enumerate(AGENCIES)]


def write(form: Form, folder: Path, submissions: list[Submission]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{submission.unit} {submission.year}.xlsx" for submission in submissions]
    for path, submission in zip(paths, submissions, strict=True):
        write_template(form, path, submission=submission)
    return paths


def test_the_template_shows_the_foreign_tables(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    write_template(form, path)
    book = CalamineWorkbook.from_path(str(path))
    for table in form.tables:
        rows = book.get_sheet_by_name(table.sheet).to_python(skip_empty_area=False)
        shown = {str(cell) for row in rows for cell in row}
        labels = {label.text for label in layout_of(form).tables[table.name].labels}
        assert labels <= shown


def test_fill_then_read_is_the_identity(
    form: Form, tmp_path: Path, this_year: list[Submission]
) -> None:
    odd = replace(this_year[0], values={**this_year[0].values, "requests.field.received": "12 req"})
    bare = replace(this_year[0], unit="", year=None, values=dict.fromkeys(form.items))
    for submission in (*this_year, odd, bare):
        path = tmp_path / "filled.xlsx"
        write_template(form, path, submission=submission)
        read = read_file(path)
        assert read.values == submission.values
        assert (read.unit, read.year, read.edition, read.level) == (
            submission.unit, submission.year, submission.edition, submission.level
        )  # fmt: skip
        assert read.narrative["I"] == "None."


def test_rules_hold_and_break(
    form: Form, this_year: list[Submission], last_year: list[Submission]
) -> None:
    sound, earlier = this_year[0], last_year[0]
    assert confront(form, sound, earlier).verdict is Verdict.CLEAN
    undecided = {f.rule for f in confront(form, sound).findings if f.status is Status.UNDECIDED}
    assert undecided == {rule.name for rule in form.rules if rule.needs_last_year}
    for code in form.items:
        value = sound.values[code]
        assert isinstance(value, int | Decimal)
        changed = replace(sound, values={**sound.values, code: value + 1})
        findings = confront(form, changed, earlier).findings
        failed = [finding for finding in findings if finding.status is Status.FAILED]
        covered = any(code in rule.codes for rule in form.rules)
        assert bool(failed) == covered, code


def test_check_and_compile(
    form: Form, tmp_path: Path, this_year: list[Submission], last_year: list[Submission]
) -> None:
    before = tmp_path / "department 2023.xlsx"
    compile_files(write(form, tmp_path / "before", last_year), output=before, district="Department")
    files = write(form, tmp_path / "now", this_year)
    assert {one.verdict for one in check_files(files, before)} == {Verdict.CLEAN}

    book = tmp_path / "department 2024.xlsx"
    rolled = compile_files(files, output=book, last_year=before, district="Department")
    assert (rolled.edition, rolled.year, len(rolled.counted)) == (form.id, YEAR, 3)
    assert rolled.proof.agree == rolled.proof.cells == len(form.items)
    for code in form.items:
        assert rolled.totals[code] == sum(s.values[code] for s in this_year)  # type: ignore[misc]

    read = read_file(book)
    assert read.values == rolled.totals
    assert [child.unit for child in read.children] == sorted(AGENCIES)
    assert read.unit == "Department"
    again = compile_files([book], district="Government", level="province")
    assert again.totals == rolled.totals


def test_a_slip_is_returned_with_its_cell(
    form: Form, tmp_path: Path, this_year: list[Submission]
) -> None:
    wrong = dict(leaves(10, (4, 4)))
    wrong["requests.field.pending_end"] = 999
    bad = replace(this_year[0], values=complete(form, wrong))
    [path] = write(form, tmp_path / "bad", [bad])
    [checked] = check_files([path])
    assert checked.verdict is Verdict.ERRORS and checked.confrontation
    cells = {cell for f in checked.confrontation.findings for cell in f.cells}
    assert layout_of(form).place("requests.field.pending_end") in cells

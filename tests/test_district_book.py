"""The district workbook: what it shows, its links, its readers, its limits."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from random import Random

import openpyxl
import pytest

from builders import as_submission, close, sparse_submission, submission
from districts import (
    CHARTS,
    CHECK,
    COVER,
    FINDINGS,
    FORMS,
    HOSTILE,
    LOG,
    LONG,
    MATRIX,
    PROOF,
    RULES,
    TRACE,
    UNITS,
    YEARS,
    Book,
    cached,
    differences,
    each_form,
    make_book,
    matrix_row,
    official,
    plain_count,
    rolled,
    same,
)
from gouji.compiling import compile_files
from gouji.district_book import write_district_book
from gouji.district_plan import LONG_COLUMNS, LONG_FIRST_ROW, LONG_HEAD_ROW, MANY_UNITS
from gouji.district_proof import FIRST_ROW as PROOF_FIRST_ROW
from gouji.district_trace import SHOWN_OF_MANY
from gouji.layout import (
    MATRIX_CODE_ROW,
    MATRIX_FIELDS,
    MATRIX_FIRST_COLUMN,
    MATRIX_FIRST_ROW,
    a1,
    layout_of,
    stamp_of,
)
from gouji.model import Form, Submission, Unit
from gouji.rollup import Standing
from gouji.roster import Roster
from gouji.template import write_template
from gouji.wording import say


@pytest.fixture(scope="module", params=FORMS, ids=lambda form: form.id)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(request.param, tmp_path_factory.mktemp("district"))


# ------------------------------------------------------------------ contents
def test_sheets_stand_in_their_order(book: Book) -> None:
    form, _, path = book
    tables = [grid.sheet for grid in layout_of(form).tables.values()]
    lists = [YEARS, TRACE, MATRIX, LONG, UNITS, FINDINGS, PROOF, RULES, LOG]
    assert list(cached(path)) == [COVER, CHARTS, *tables, CHECK, *lists]


def test_every_official_cell_is_the_exact_sum(book: Book) -> None:
    form, rollup, path = book
    shown = official(form, cached(path))
    assert all(same(shown[code], float(total)) for code, total in rollup.totals.items())


def test_the_cover_says_what_it_is(book: Book) -> None:
    form, rollup, path = book
    cover, cells = layout_of(form).cover, cached(path)[COVER]
    assert cells[cover["unit"].a1] == rollup.district
    assert cells[cover["year"].a1] == rollup.year
    assert cells[cover["stamp"].a1] == stamp_of(form, district=True)
    assert cells[cover["level"].a1] == say("level.district")


def test_the_matrix_lists_who_counts_and_who_could(book: Book) -> None:
    form, rollup, path = book
    cells = cached(path)[MATRIX]
    listed = {
        (cells[f"B{row}"], cells[f"A{row}"])
        for row in range(MATRIX_FIRST_ROW + 1, 1000)
        if f"B{row}" in cells
    }
    expected = {(e.unit, say("district.yes" if e.counts else "district.no"))
                for e in rollup.entries if e.listed}  # fmt: skip
    assert listed == expected
    codes = [cells[a1(MATRIX_CODE_ROW, MATRIX_FIRST_COLUMN + n)] for n in range(len(form.items))]
    assert codes == list(form.items)
    fields = [cells[a1(MATRIX_CODE_ROW, n)] for n in range(len(MATRIX_FIELDS))]
    assert fields == list(MATRIX_FIELDS)


def test_text_without_a_number_stays_text_and_adds_nothing(book: Book) -> None:
    form, rollup, path = book
    code = plain_count(form)
    column = MATRIX_FIRST_COLUMN + list(form.items).index(code)
    row = matrix_row(book, "单位1")
    assert cached(path)[MATRIX][a1(row - 1, column)] == "见附件"
    assert [(cell.unit, cell.code) for cell in rollup.unread] == [("单位1", code)]


def test_the_units_list_names_every_file_and_every_missing_unit(book: Book) -> None:
    _, rollup, path = book
    words = set(cached(path)[UNITS].values())
    for entry in rollup.entries:
        assert {entry.unit, say(f"rollup.standing.{entry.standing}")} <= words
        assert Path(entry.submission.file).name in words
    assert {"缺报局", "坏.xlsx", "打不开", say("rollup.standing.missing")} <= words
    standings = {entry.standing for entry in rollup.entries}
    assert {Standing.LET_IN, Standing.CONFLICT, Standing.DUPLICATE, Standing.UNKNOWN} <= standings


def test_every_failed_finding_is_listed_with_its_message(book: Book) -> None:
    _, rollup, path = book
    words = set(cached(path)[FINDINGS].values())
    messages = {
        finding.message
        for entry in rollup.entries
        for finding in entry.confrontation.findings
        if finding.status == "failed"
    }
    assert messages and messages <= words


def test_the_long_sheet_holds_every_number_once_and_no_merged_cell(book: Book) -> None:
    form, rollup, path = book
    sheet = openpyxl.load_workbook(path)[LONG]
    assert not sheet.merged_cells.ranges
    heads = [cell.value for cell in sheet[LONG_HEAD_ROW + 1]]
    assert heads == [say(f"district.{key}") for key in LONG_COLUMNS]
    rows = [
        (row[1], row[2], row[5], row[7])
        for row in sheet.iter_rows(min_row=LONG_FIRST_ROW + 1, values_only=True)
    ]
    place = layout_of(form).place
    expected = [
        (entry.unit, code, float(value), place(code))
        for entry in rollup.entries
        if entry.listed
        for code, value in entry.submission.values.items()
        if value and not isinstance(value, str)
    ]
    assert sorted(rows) == sorted(expected)


def test_the_proof_agrees_for_every_item(book: Book) -> None:
    form, _, path = book
    cells = cached(path)[PROOF]
    marks = [cells[f"G{PROOF_FIRST_ROW + 1 + n}"] for n in range(len(form.items))]
    assert set(marks) == {"✓"}
    assert cells["A2"] == say("district.agreement", n=len(form.items), all=len(form.items))


def test_a_wrong_total_is_told_by_the_proof(tmp_path: Path) -> None:
    form = FORMS[1]
    code = plain_count(form)
    rollup = rolled(form, [submission(form, "教育局", {code: 3})])
    forged = replace(rollup, totals=dict(rollup.totals) | {code: 4})
    write_district_book(forged, tmp_path / "d.xlsx", form=form)
    cells = cached(tmp_path / "d.xlsx")[PROOF]
    assert [value for value in cells.values() if value == "✗"] == ["✗"]
    assert cells["A2"] == say("district.agreement", n=len(form.items) - 1, all=len(form.items))


# ------------------------------------------------------------------ readers, bytes
def test_two_readers_see_the_same_values(book: Book) -> None:
    _, _, path = book
    workbook = openpyxl.load_workbook(path, data_only=True)
    for name, cells in cached(path).items():
        seen = {
            cell.coordinate: cell.value
            for row in workbook[name].iter_rows()
            for cell in row
            if cell.value not in (None, "")
        }
        assert not differences(cells, seen), name


def test_text_from_outside_never_becomes_a_formula(tmp_path: Path) -> None:
    """Units named as hostile as can be: text wherever they stand."""
    form = FORMS[1]
    units = [submission(form, name, {plain_count(form): 3}) for name in HOSTILE]
    rollup = rolled(form, units, district="=1+1")
    path = tmp_path / "d.xlsx"
    write_district_book(rollup, path, form=form)
    found: dict[str, set[str]] = {}
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in HOSTILE:
                    found.setdefault(sheet.title, set()).add(cell.data_type)
    assert set.union(*found.values()) == {"s"}
    assert {COVER, TRACE, MATRIX, LONG, UNITS, LOG} <= found.keys()


def test_a_finding_stands_with_what_is_probably_wrong(tmp_path: Path) -> None:
    form, sent = FORMS[1], tmp_path / "民政局.xlsx"
    write_template(form, sent, submission=a_blank_total(form))
    compile_files([sent], output=tmp_path / "d.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "d.xlsx")[FINDINGS].iter_rows(values_only=True))
    column = rows[2].index(say("district.likely"))
    assert [row[column] for row in rows[3:] if row[column]]


def a_blank_total(form: Form) -> Submission:
    """A unit whose total cell was emptied: what belongs there is plain."""
    rule = next(rule for rule in form.rules if rule.total)
    values = close(form, {rule.right[0].code: 7})
    return as_submission(form, "民政局", values | {rule.total: None})


@pytest.mark.parametrize("name", ["a\x00\x0bb", "\ud800", "甲" * 40_000, "<&\"'>", "+1", "@x"])
def test_no_text_breaks_the_workbook(name: str, tmp_path: Path) -> None:
    form = FORMS[1]
    one = as_submission(form, f"单位{name}", dict.fromkeys(form.items, 0), file=f"{name[:9]}.xlsx",
                        code=name, sha256="0" * 64)  # fmt: skip
    rollup = rolled(form, [one], district=f"区{name}")
    write_district_book(rollup, tmp_path / "d.xlsx", form=form)
    assert len(cached(tmp_path / "d.xlsx")) == len(openpyxl.load_workbook(tmp_path / "d.xlsx"
                                                                         ).sheetnames)  # fmt: skip


@each_form
def test_the_same_roll_up_gives_the_same_bytes_and_leaves_no_draft(
    form: Form, tmp_path: Path
) -> None:
    rollup = rolled(form, [sparse_submission(form, f"单位{n}", Random(n)) for n in range(3)])
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_district_book(rollup, path, form=form)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths


@each_form
def test_nothing_of_the_machine_is_in_the_bytes(form: Form, tmp_path: Path) -> None:
    """The same files in another folder make the same workbook, links and sizes included."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    books = [make_book(form, tmp_path / name)[2] for name in ("a", "b")]
    assert books[0].read_bytes() == books[1].read_bytes()


@each_form
def test_a_district_without_units_is_still_a_workbook(form: Form, tmp_path: Path) -> None:
    rollup = rolled(form, [], roster=Roster((Unit("教育局"),)))
    write_district_book(rollup, tmp_path / "d.xlsx", form=form)
    assert set(official(form, cached(tmp_path / "d.xlsx")).values()) == {0}


def test_a_district_of_many_units_says_what_it_leaves_out(tmp_path: Path) -> None:
    form = FORMS[1]
    files = [sparse_submission(form, f"单位{n:04d}", Random(n)) for n in range(MANY_UNITS + 1)]
    rollup = rolled(form, files)
    path = tmp_path / "d.xlsx"
    write_district_book(rollup, path, form=form)
    sheets = cached(path)
    assert say("district.matrix_many") in sheets[MATRIX]["A2"]
    assert say("district.long_many") in sheets[LONG]["A2"]
    said = say("district.made_many", units=MANY_UNITS + 1, n=SHOWN_OF_MANY)
    assert said in sheets[COVER].values()
    ranks = [value for cell, value in sheets[TRACE].items() if cell[0] == "A" and cell > "A3"]
    assert max(value for value in ranks if isinstance(value, float)) == SHOWN_OF_MANY
    assert not [cell for cell in openpyxl.load_workbook(path)[TRACE]["E"] if cell.data_type == "f"]
    shown = official(form, sheets)
    assert all(same(shown[code], float(total)) for code, total in rollup.totals.items())
    assert sheets[PROOF]["A2"] == say("district.agreement", n=len(form.items), all=len(form.items))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None

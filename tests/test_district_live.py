"""The district workbook in a spreadsheet program, and on its way to the next tier."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from builders import as_submission, close, sparse_submission, submission
from districts import (
    CHARTS,
    CHECK,
    COVER,
    FORMS,
    MATRIX,
    PROOF,
    TRACE,
    YEARS,
    Book,
    cached,
    differences,
    each_form,
    make_book,
    official,
    plain_count,
    rolled,
    same,
)
from gouji.carry import earlier_year
from gouji.district_book import write_district_book
from gouji.layout import (
    MATRIX_FIELDS,
    MATRIX_FIRST_ROW,
    layout_of,
)
from gouji.model import Form
from gouji.wording import say
from office import Office, Sheets


@pytest.fixture(scope="module", params=FORMS, ids=lambda form: form.id)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(request.param, tmp_path_factory.mktemp("district"))


# ------------------------------------------------------------------ a spreadsheet program
@pytest.mark.office
def test_recalculation_equals_every_cached_value(book: Book, office: Office) -> None:
    _, _, path = book
    live, stored = office.recalculate(path), cached(path)
    for name in stored:
        assert not differences(stored[name], live[name]), name


@pytest.mark.office
def test_switching_a_unit_moves_sums_checks_and_proof(book: Book, office: Office) -> None:
    form, rollup, path = book
    out = next(entry for entry in rollup.counted if entry.unit == "单位2")
    back = next(e for e in rollup.entries if e.submission.file.endswith("二稿.xlsx"))
    rows = _rows(path)
    live = office.edit(path, {
        (MATRIX, f"A{rows[Path(out.submission.file).name]}"): say("district.no"),
        (MATRIX, f"A{rows[Path(back.submission.file).name]}"): say("district.yes"),
    })  # fmt: skip
    shown = official(form, live)
    for code, total in rollup.totals.items():
        expected = total - out.submission.values[code] + back.submission.values[code]  # type: ignore[operator]
        assert same(shown[code], float(expected)), code
    assert live[PROOF]["A2"] == say("district.agreement", n=len(form.items), all=len(form.items))
    _follow(book, live, out.unit)


def _follow(book: Book, live: Sheets, out: str) -> None:
    """Front page, charts, comparison and trace show the sums as they now are."""
    form = book[0]
    totals, layout = official(form, live), layout_of(form)
    figures = {live[COVER].get(f"D{row}"): live[COVER].get(f"E{row}") for row in range(4, 20)}
    parts = {live[CHARTS].get(f"A{row}"): live[CHARTS].get(f"B{row}") for row in range(1, 80)}
    drawn = {label: terms for chart in form.charts if chart.kind == "bars"
             for label, terms in chart.parts.items()}  # fmt: skip
    for shown, expected in ((figures, form.headline), (parts, drawn)):
        for label in expected.keys() & shown.keys():
            now = sum(term.coefficient * totals[term.code] for term in expected[label])
            assert same(shown[label], now), label
    for row, code in enumerate(form.items, start=4):
        cells = {column: live[YEARS].get(f"{column}{row}", "") for column in "FGHI"}
        assert same(cells["G"], totals[code])
        assert cells["F"] == say("district.no_number") or same(
            cells["H"], totals[code] - cells["F"]
        )
    trace, block = live[TRACE], ""
    for row in range(4, 10_000):
        named = str(trace.get(f"A{row}", ""))
        block = named if "!" in named else block
        if "!" in named:
            code = next(code for code in form.items if layout.place(code) == named)
            assert same(trace[f"C{row}"], totals[code])
        if trace.get(f"B{row}") == out:
            assert trace[f"E{row}"] == say("district.no") and not trace.get(f"D{row}")


def _rows(path: Path) -> dict[str, int]:
    """File name → its row of the unit × item sheet, from 1."""
    cells, column = cached(path)[MATRIX], "ABCDEFG"[MATRIX_FIELDS.index("file")]
    rows = range(MATRIX_FIRST_ROW + 1, MATRIX_FIRST_ROW + 1000)
    return {cells[f"{column}{row}"]: row for row in rows if f"{column}{row}" in cells}


@pytest.mark.office
@each_form
def test_an_unbalanced_unit_switched_in_lights_the_check_sheet(
    form: Form, tmp_path: Path, office: Office
) -> None:
    rule = next(rule for rule in form.rules if len(rule.terms) > 1 and not rule.needs_last_year)
    values = close(form, {plain_count(form): 3})
    values[rule.left[0].code] += 1
    good = submission(form, "教育局", {plain_count(form): 5})
    bad = as_submission(form, "民政局", values)
    path = tmp_path / "d.xlsx"
    last_year = dict.fromkeys(layout_of(form).last_year, 0)
    write_district_book(rolled(form, [good, bad]), path, form=form, earlier=last_year)
    row = layout_of(form).check_rows[rule.name] + 1
    assert cached(path)[CHECK][f"I{row}"] == say("checksheet.pass")
    line = _rows(path)["民政局.xlsx"]
    live = office.edit(path, {(MATRIX, f"A{line}"): say("district.yes")})
    assert live[CHECK][f"I{row}"].startswith("✗")
    assert live[COVER]["A3"].startswith("✗")


# ------------------------------------------------------------------ on to the next tier
@each_form
def test_a_district_workbook_is_read_as_a_submission(form: Form, tmp_path: Path) -> None:
    from gouji.reading import read_file

    halves = [
        [sparse_submission(form, f"{name}单位{n}", Random(name + str(n))) for n in range(3)]
        for name in ("东", "西")
    ]
    districts = []
    for name, half in zip(("东区", "西区"), halves, strict=True):
        path = tmp_path / f"{name}.xlsx"
        write_district_book(rolled(form, half, district=name), path, form=form)
        districts.append(read_file(path))
    assert [child.unit for child in districts[0].children] == [one.unit for one in halves[0]]
    city = rolled(form, districts, district="云溪市", level="city")
    assert city.totals == rolled(form, [*halves[0], *halves[1]]).totals
    assert earlier_year(form, districts[0])

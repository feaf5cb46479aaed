"""What the district workbook tells besides its sums: front page, charts, years before, run log."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.styles.colors import COLOR_INDEX

from builders import submission
from districts import (
    CHARTS,
    COVER,
    FORMS,
    HOSTILE,
    LOG,
    MATRIX,
    TRACE,
    YEARS,
    Book,
    a_history,
    cached,
    each_form,
    make_book,
    plain_count,
    rolled,
)
from gouji import editions
from gouji.district_book import write_district_book
from gouji.district_front import LEFT_OUT_SHOWN
from gouji.district_plan import YEARS_SHOWN
from gouji.model import Form, Unit
from gouji.roster import Roster
from gouji.wording import say


@pytest.fixture(scope="module", params=FORMS, ids=lambda form: form.id)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(request.param, tmp_path_factory.mktemp("district"))


def rows(path: Path, sheet: str) -> list[tuple[object, ...]]:
    workbook = openpyxl.load_workbook(path, data_only=True)
    return list(workbook[sheet].iter_rows(values_only=True))


# ------------------------------------------------------------------ front page
def test_the_front_page_shows_the_declared_figures(book: Book) -> None:
    form, rollup, path = book
    shown = {row[3]: row[4] for row in rows(path, COVER)}
    assert form.headline
    for label, terms in form.headline.items():
        assert shown[label] == sum(term.coefficient * rollup.totals[term.code] for term in terms)


def test_the_front_page_and_the_chart_count_the_same_units(book: Book) -> None:
    _, rollup, path = book
    front = {row[0]: row[1] for row in reversed(rows(path, COVER))}  # the first of a name
    drawn = {row[0]: row[1] for row in rows(path, CHARTS)}
    assert front[say("district.count_roster")] == 7
    assert drawn[say("district.group_let_in")] == front[say("district.count_let_in")] == 1
    counted = drawn[say("district.group_counted")] + drawn[say("district.group_let_in")]  # type: ignore[operator]
    assert front[say("district.count_counted")] == counted == len(rollup.counted)
    assert drawn[say("district.group_missing")] == front[say("district.count_missing")] == 1
    returned = {e.unit for e in rollup.entries if e.standing == "returned"}
    assert front[say("district.count_returned")] == len(returned)
    out = [entry for entry in rollup.entries if not entry.counts]
    others = len(out) + len(rollup.unreadable) - len(returned)
    assert front[say("district.count_excluded")] == others


def test_the_contents_name_every_sheet_with_a_line(book: Book) -> None:
    _, _, path = book
    lines = {row[0]: row[1] for row in rows(path, COVER)}
    for name in list(cached(path))[1:]:
        assert lines[name]


def test_the_front_page_names_no_moment_unless_it_is_told_one(tmp_path: Path) -> None:
    form = FORMS[1]
    rollup = rolled(form, [submission(form, "教育局", {plain_count(form): 3})])
    moment = datetime(2022, 1, 31, 9, 5)
    plain, dated, known = (tmp_path / f"{n}.xlsx" for n in range(3))
    write_district_book(rollup, plain, form=form)
    write_district_book(rollup, dated, form=form, made=moment)
    write_district_book(rollup, known, form=form, received={"x": moment})
    texts = [set(cached(path)[COVER].values()) for path in (plain, dated, known)]
    made, as_of = (
        say(f"district.{key}", moment="2022-01-31 09:05") for key in ("made_at", "as_of")
    )
    assert [(made in text, as_of in text) for text in texts] == [
        (False, False), (True, False), (False, True)
    ]  # fmt: skip
    assert all(say("district.no_last_year") in text for text in texts)


def test_more_units_left_out_than_fit_lead_to_the_list(tmp_path: Path) -> None:
    form = FORMS[1]
    roster = Roster(tuple(Unit(f"缺报{n:02d}") for n in range(LEFT_OUT_SHOWN + 4)))
    write_district_book(rolled(form, [], roster=roster), tmp_path / "d.xlsx", form=form)
    values = list(cached(tmp_path / "d.xlsx")[COVER].values())
    assert sum(str(value).startswith("缺报") for value in values) == LEFT_OUT_SHOWN
    assert say("district.more_left_out", n=4, sheet=say("sheet.units")) in values


# ------------------------------------------------------------------ years before
def test_every_item_stands_beside_last_year_with_its_change(book: Book) -> None:
    form, rollup, path = book
    listed = rows(path, YEARS)
    heads = list(listed[2])
    assert heads.count(None) == 0 and len(heads) == 2 + YEARS_SHOWN + 4
    last = {code: n for n, code in enumerate(form.items)}
    for code, n in last.items():
        row = dict(zip(heads, listed[3 + n], strict=True))
        now, before = row[year(rollup.year)], row[year(rollup.year - 1)]
        assert now == float(rollup.totals[code])
        if n % 7 == 0:  # without a counterpart
            assert before == say("district.no_number")
            assert row[say("district.mark")] == say("district.mark_none")
            assert row[say("district.remark")]
        else:
            assert abs(float(str(row[say("district.change")])) - (float(now) - float(str(before)))
                       ) < 1e-9  # fmt: skip
            redefined = say("district.redefined", why="口径 <a>")
            assert (row[say("district.remark")] == redefined) == (n % 5 == 0)


def year(number: int) -> str:
    return say("district.year", year=number)


def test_large_changes_are_marked(tmp_path: Path) -> None:
    form, code = FORMS[1], plain_count(FORMS[1])
    rollup = rolled(form, [submission(form, "教育局", {code: 6})])
    marks = {}
    for before in (0, 3, 4, 6, 7, 12):
        write_district_book(rollup, tmp_path / "d.xlsx", form=form, earlier={code: before})
        listed = rows(tmp_path / "d.xlsx", YEARS)
        marks[before] = listed[3 + list(form.items).index(code)][6]
    keys = ("from_zero", "doubled", "more", "same", "less", "halved")
    assert list(marks.values()) == [say(f"district.mark_{key}") for key in keys]


def test_without_last_year_there_is_no_comparison(tmp_path: Path) -> None:
    form = FORMS[1]
    rollup = rolled(form, [submission(form, "教育局", {plain_count(form): 3})])
    write_district_book(rollup, tmp_path / "d.xlsx", form=form)
    assert YEARS not in cached(tmp_path / "d.xlsx")
    history = a_history(form, rollup)
    write_district_book(rollup, tmp_path / "d.xlsx", form=form, history=history)
    assert YEARS not in cached(tmp_path / "d.xlsx")  # years before, but not the last one
    history[rollup.year - 1] = history[rollup.year - 2]
    write_district_book(rollup, tmp_path / "d.xlsx", form=form, history=history)
    assert YEARS in cached(tmp_path / "d.xlsx")


# ------------------------------------------------------------------ charts
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def charts(path: Path) -> list[str]:
    """Alt texts of all charts."""
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
        return [
            element.get("descr", "")
            for part in parts
            for element in ElementTree.fromstring(archive.read(part)).iter(f"{_DRAWING}cNvPr")
        ]


def test_every_chart_has_an_alt_text_with_its_numbers(book: Book) -> None:
    form, rollup, path = book
    told = charts(path)
    bars = [chart for chart in form.charts if chart.kind == "bars"]
    lines = [chart for chart in form.charts if chart.kind == "lines"]
    assert len(told) == 1 + len(bars) + sum(len(chart.parts) for chart in lines)
    outcomes = next(text for text in told if bars[0].title in text)
    for label, terms in bars[0].parts.items():
        number = sum(rollup.totals[term.code] for term in terms)
        assert (f"{label} {number}" in outcomes) == (number > 0)


def test_what_is_0_is_neither_drawn_nor_listed(tmp_path: Path) -> None:
    form = FORMS[1]
    chart = next(chart for chart in form.charts if chart.kind == "bars")
    label, terms = next(iter(chart.parts.items()))
    rollup = rolled(form, [submission(form, "教育局")])
    rollup = replace(rollup, totals=dict(rollup.totals) | {terms[0].code: 4})
    write_district_book(rollup, tmp_path / "d.xlsx", form=form)
    words = set(cached(tmp_path / "d.xlsx")[CHARTS].values())
    assert label in words and not words & (chart.parts.keys() - {label})
    assert len(charts(tmp_path / "d.xlsx")) == 2  # of the units, and this one


def test_a_foreign_form_draws_what_it_declares_and_nothing_else(tmp_path: Path) -> None:
    plain = editions.load("foia")
    source = Path(__file__).parent / "editions" / "foia.toml"
    declared = tmp_path / "foia.toml"
    declared.write_text(source.read_text(encoding="utf-8") + """
[headline]
"requests.overall.received" = "Received"
[charts.grants]
title = "Dispositions"
kind = "bars"
[charts.grants.parts]
"dispositions.overall.granted" = "Full"
"sum(dispositions.overall.denied.*)" = "Denied"
""", encoding="utf-8")  # fmt: skip
    for form, expected in ((plain, 1), (editions.load(declared), 2)):
        values = {code: 3 for code in form.items if form.items[code].kind == "count"}
        rollup = rolled(
            form, [submission(form, "Bureau of Tides", values)], let_in=["Bureau of Tides"]
        )
        write_district_book(rollup, tmp_path / "d.xlsx", form=form)
        assert len(charts(tmp_path / "d.xlsx")) == expected


# ------------------------------------------------------------------ run log
def test_the_run_log_tells_the_ledger_and_every_file(book: Book) -> None:
    _, rollup, path = book
    listed = rows(path, LOG)[3:]
    told = [row for row in listed if row[2] == "收到"]
    assert [row[3] for row in told] == list(HOSTILE)
    read = {(row[3], row[4]): row for row in listed if row[2] == say("district.read_in")}
    for entry in rollup.entries:
        file = Path(entry.submission.file)
        assert read[entry.unit, file.name][5] == file.stat().st_size
    assert [row[7] for row in listed if row[4] == "坏.xlsx"] == ["打不开"]


def test_hostile_text_stays_text(book: Book) -> None:
    workbook = openpyxl.load_workbook(book[2])
    found = {
        cell.value: cell.data_type
        for name in (LOG, YEARS, MATRIX, TRACE, COVER)
        for row in workbook[name].iter_rows()
        for cell in row
        if cell.value in (*HOSTILE, "=没有")
    }
    assert set(found) == {*HOSTILE, "=没有"} and set(found.values()) == {"s"}


# ------------------------------------------------------------------ how it looks
@each_form
def test_every_text_stands_out_from_its_ground(form: Form, tmp_path: Path) -> None:
    """WCAG: contrast of at least 4.5 to 1, in every cell and every conditional format."""
    path = make_book(form, tmp_path)[2]
    workbook = openpyxl.load_workbook(path)
    pairs = {
        (_colour(cell.font.color, "000000"), _ground(cell.fill))
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    for style in workbook._differential_styles.styles:
        font = style.font.color if style.font else None
        ground = style.fill.bgColor if style.fill else None
        pairs.add((_colour(font, "000000"), _colour(ground, "FFFFFF")))
    assert len(pairs) > 5
    assert not [pair for pair in pairs if _contrast(*pair) < 4.5]


def _ground(fill: openpyxl.styles.PatternFill) -> str:
    return _colour(fill.fgColor, "FFFFFF") if fill.fill_type == "solid" else "FFFFFF"


def _colour(colour: openpyxl.styles.colors.Color | None, default: str) -> str:
    if colour is None or colour.type == "theme":
        return default
    if colour.type == "indexed":
        return str(COLOR_INDEX[colour.indexed])[-6:] if colour.indexed < 64 else default
    return str(colour.rgb)[-6:]


def _contrast(left: str, right: str) -> float:
    bright, dark = sorted((_luminance(left), _luminance(right)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_sheet_is_titled_set_up_for_paper_and_its_lists_are_unmerged(book: Book) -> None:
    form, _, path = book
    workbook = openpyxl.load_workbook(path)
    official = {table.sheet for table in form.tables}
    for sheet in workbook:
        assert sheet["A1"].value, sheet.title
        assert sheet.page_setup.paperSize == 9 and "&P" in str(sheet.oddFooter.center.text)
        if sheet.title not in official | {COVER, CHARTS}:
            assert sheet.freeze_panes and sheet.print_title_rows, sheet.title
            lowest = max((area.max_row for area in sheet.merged_cells.ranges), default=0)
            assert lowest <= 5, sheet.title  # heads at most


def test_the_tables_have_names_for_other_workbooks(book: Book) -> None:
    form, _, path = book
    names = openpyxl.load_workbook(path).defined_names
    for table in form.tables:
        assert f"'{table.sheet}'!" in names[f"grid_{table.name}"].attr_text
    assert {"units_items", "long_table"} <= set(names)

"""From every number of the district workbook to what stands behind it: all links land."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from districts import COVER, FORMS, MATRIX, TRACE, UNITS, Book, cached, make_book
from gouji.district_trace import COLUMNS
from gouji.layout import MATRIX_FIRST_COLUMN, MATRIX_FIRST_ROW, a1, layout_of
from gouji.rollup import Entry
from gouji.wording import say
from office import Office

_INSIDE = re.compile(r"'(.+)'!([A-Z]+\d+)(:[A-Z]+\d+)?")


@pytest.fixture(scope="module", params=FORMS, ids=lambda form: form.id)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(request.param, tmp_path_factory.mktemp("district"))


def links(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Sheet, cell, file (empty for this workbook) and place of every link."""
    workbook = openpyxl.load_workbook(path)
    for sheet in workbook:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink:
                    link = cell.hyperlink
                    yield sheet.title, cell.coordinate, link.target or "", link.location or ""


def opened(path: Path, target: str) -> Path:
    """The file a program opens; no link may name a drive, a server or the whole path."""
    assert not re.match(r"[a-z]+:|[/\\]", target, re.IGNORECASE), target
    return (path.parent / unquote(target.replace("\\", "/"))).resolve()


def place(location: str) -> tuple[str, str]:
    found = _INSIDE.fullmatch(location)
    assert found, location
    return found[1], found[2]


def test_every_link_inside_lands_on_a_filled_cell(book: Book) -> None:
    sheets = cached(book[2])
    for sheet, cell, target, location in links(book[2]):
        if not target:
            name, address = place(location)
            assert address in sheets[name], (sheet, cell, location)


def test_every_file_link_lands_on_a_file_and_its_cell(book: Book) -> None:
    _, rollup, path = book
    files = {Path(entry.submission.file).resolve() for entry in rollup.entries}
    found, contents = set(), {file: cached(file) for file in files}
    for sheet, cell, target, location in links(path):
        if target:
            file = opened(path, target)
            found.add(file)
            if location:
                name, address = place(location)
                assert address in contents[file][name], (sheet, cell, location)
    assert found == files


def test_an_official_cell_leads_to_its_units_or_to_its_column(book: Book) -> None:
    form, _, path = book
    layout, codes = layout_of(form), list(form.items)
    led = {(sheet, cell): place(location) for sheet, cell, file, location in links(path)
           if not file}  # fmt: skip
    sheets = cached(path)
    reported = {cell.value for cell in openpyxl.load_workbook(path)[TRACE]["A"]}
    for code in form.items:
        target = led[layout.sheet_of[code], layout.cell(code).a1]
        if layout.place(code) in reported:
            assert target[0] == TRACE and sheets[TRACE][target[1]] == layout.place(code)
        else:
            head = a1(MATRIX_FIRST_ROW, MATRIX_FIRST_COLUMN + codes.index(code))
            assert target == (MATRIX, head)


def blocks(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Place of each item → its rows of the trace sheet, from the one that names it."""
    found: dict[str, list[tuple[object, ...]]] = {}
    name = ""
    for row in openpyxl.load_workbook(path, data_only=True)[TRACE].iter_rows(
        min_row=4, values_only=True
    ):
        name = str(row[0]) if "!" in str(row[0]) else name
        found.setdefault(name, []).append(row)
    return found


def test_the_units_behind_a_cell_stand_largest_first_and_add_up(book: Book) -> None:
    form, rollup, path = book
    yes, shown = say("district.yes"), blocks(path)
    at = {key: n for n, key in enumerate(COLUMNS)}
    for code, total in rollup.totals.items():
        rows = shown.get(layout_of(form).place(code), [])
        expected = {
            (entry.unit, float(number), entry.counts)
            for entry in rollup.entries
            if entry.listed and isinstance(number := _number(entry, code), float) and number
        }
        units = [(r[at["unit"]], r[at["value"]], r[at["counted"]] == yes) for r in rows[1:]]
        assert {(u, float(str(v)), c) for u, v, c in units} == expected, code
        inside = [float(str(row[at["value"]])) for row in rows[1:] if row[at["counted"]] == yes]
        assert inside == sorted(inside, reverse=True)
        assert abs(sum(inside) - float(total)) < 1e-9
        shares = [float(str(row[at["share"]])) for row in rows[1:] if row[at["share"]]]
        assert not shares or abs(sum(shares) - 1) < 1e-9


def _number(entry: Entry, code: str) -> float | None:
    value = entry.submission.values[code]
    return None if value is None or isinstance(value, str) else float(value)


def test_the_front_page_leads_to_whoever_was_left_out(book: Book) -> None:
    _, rollup, path = book
    cells, units = cached(path)[COVER], cached(path)[UNITS]
    led = {cells[cell]: place(location) for sheet, cell, file, location in links(path)
           if sheet == COVER and not file}  # fmt: skip
    assert led["缺报局"][0] == UNITS and units[led["缺报局"][1]] == "缺报局"
    counted = {entry.unit for entry in rollup.counted}
    for entry in rollup.entries:
        if entry.unit not in counted:
            assert led[entry.unit][0] == UNITS and entry.why in cells.values()
    assert "打不开" in cells.values() and "坏.xlsx" in led


@pytest.mark.office
def test_a_spreadsheet_program_keeps_the_file_links(
    book: Book, tmp_path: Path, office: Office
) -> None:
    """Saved by LibreOffice the links still open the same files at the same cells."""
    path = book[2]
    saved = path.with_name("saved.xlsx")
    try:
        office.convert(path, saved)
        before = {(s, c): (opened(path, f), where) for s, c, f, where in links(path) if f}
        after = {}
        for sheet, cell, file, where in links(saved):
            if file:
                name, _, anchor = file.partition("#")
                after[sheet, cell] = (opened(path, name), unquote(where or anchor))
        assert {key: value[0] for key, value in after.items()} == {
            key: value[0] for key, value in before.items()
        }
    finally:
        saved.unlink(missing_ok=True)

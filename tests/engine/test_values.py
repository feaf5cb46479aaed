"""Values written through the engine, judged by programs that do not know it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

pytestmark = pytest.mark.office

ROWS: list[list[Any]] = [
    ["text", "信息公开", "  spaces ", "quote \" and ' here", "<&>", "a\nb"],
    [1, -2.5, 1e15, 0.1, 123456789.25, 1e-9],
    [True, False, None, "", "007", "TRUE"],
    [dt.date(2024, 2, 29), dt.datetime(2023, 12, 31, 23, 59, 58), dt.date(1999, 1, 1), 0, 1, "-"],
    ["=SUM(A2:B2)", '=IF(A3,"是","否")', "=A4+1", "=A2>0", "=1/0", "=NA()"],
]
ERRORS = ["#DIV/0!", "#N/A"]


@pytest.fixture
def saved(book: Any, tmp_path: Path) -> Path:
    """The rows, written by the engine and saved as .xlsx under an awkward name."""
    book.sheets[0]["A1"].value = ROWS
    path = tmp_path / "表 =1.xlsx"
    book.save(path)
    return path


def expected_values() -> list[list[Any]]:
    """What Excel's users would expect to be in the file: None for empty, cached results."""
    cached = [-1.5, "是", dt.date(2024, 3, 1), True, *ERRORS]
    return [*([None if v == "" else v for v in row] for row in ROWS[:4]), cached]


def same(found: Any, expected: Any) -> bool:
    """Equal, and truth only equal to truth; midnight equals its day."""
    if isinstance(expected, dt.date) and not isinstance(expected, dt.datetime):
        expected = dt.datetime.combine(expected, dt.time())
        found = found if isinstance(found, dt.datetime) else dt.datetime.combine(found, dt.time())
    if isinstance(expected, bool) or isinstance(found, bool):
        return found is expected
    if isinstance(expected, float) and isinstance(found, float):
        return found == pytest.approx(expected, rel=1e-14)
    return bool(found == expected)


def test_openpyxl_finds_the_same(saved: Path) -> None:
    sheet = openpyxl.load_workbook(saved, data_only=True).worksheets[0]
    for i, row in enumerate(expected_values()):
        for j, expected in enumerate(row):
            found = sheet.cell(i + 1, j + 1).value
            if i == 4 and j == 2:  # a date format on a formula, chosen by LibreOffice
                found = dt.datetime(2024, 3, 1) if isinstance(found, (int, float)) else found
            assert same(found, expected), (i, j, found, expected)


def test_openpyxl_finds_the_formulas(saved: Path) -> None:
    sheet = openpyxl.load_workbook(saved).worksheets[0]
    found = [sheet.cell(5, j + 1).value for j in range(6)]
    assert [str(f).replace("()", "") for f in found] == [f.replace("()", "") for f in ROWS[4]]


def test_calamine_finds_the_same(saved: Path) -> None:
    rows = CalamineWorkbook.from_path(str(saved)).get_sheet_by_index(0).to_python()
    for i, row in enumerate(expected_values()):
        for j, expected in enumerate(row):
            found = None if rows[i][j] == "" and expected not in ERRORS else rows[i][j]
            if expected in ERRORS:
                assert found in (expected, ""), (i, j, found)
            else:
                assert same(found, expected), (i, j, found, expected)


def test_engine_reads_what_openpyxl_wrote(app: Any, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in ROWS[:4]:
        workbook.active.append(row)
    path = tmp_path / "written.xlsx"
    workbook.save(path)
    with app.books.open(path) as book:
        found = book.sheets[0]["A1:F4"].value
    for row, expected_row in zip(found, expected_values(), strict=False):
        for value, expected in zip(row, expected_row, strict=True):
            assert same(value, expected), (value, expected)


@pytest.mark.parametrize("ending", [".xlsx", ".xlsm", ".ods", ".xls"])
def test_round_trip_through_file(app: Any, book: Any, tmp_path: Path, ending: str) -> None:
    book.sheets[0]["A1"].value = ROWS
    before = book.sheets[0]["A1:F5"].options(err_to_str=True).value
    path = tmp_path / f"trip{ending}"
    book.save(path)
    assert book.name == path.name
    book.close()
    with app.books.open(path) as again:
        assert again.sheets[0]["A1:F5"].options(err_to_str=True).value == before


def test_csv(app: Any, book: Any, tmp_path: Path) -> None:
    book.sheets[0]["A1"].value = [["名称", "数"], ["a,b", 1.5]]
    path = tmp_path / "rows.csv"
    book.save(path)
    assert path.read_text("utf-8").splitlines() == ["名称,数", '"a,b",1.5']
    book.close()
    with app.books.open(path) as again:
        assert again.sheets[0]["A1:B2"].value == [["名称", "数"], ["a,b", 1.5]]


def test_many_values(sheet: Any) -> None:
    rows = [[float(i), f"单位{i}", i % 2 == 0] for i in range(100_000)]
    sheet["A1"].value = rows
    assert sheet["A1:C100000"].value == rows
    assert sheet["A1"].end("down").row == 100_000


def test_many_formulas(sheet: Any) -> None:
    rows = [[i, f"=A{i + 1}*2"] for i in range(2_000)]
    sheet["A1"].value = rows
    assert [row[1] for row in sheet["A1:B2000"].value] == [i * 2.0 for i in range(2_000)]
    assert sheet["B2000"].formula == "=A2000*2"


# XML can carry neither control characters nor half surrogates; an apostrophe or an equals sign
# in front has a meaning of its own, tested elsewhere.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda text: text[0] not in "'="
)
DATES = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
CELLS = st.one_of(
    st.none(), st.booleans(), TEXTS, DATES,
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
BLOCKS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(block=BLOCKS)
def test_values_come_back(scratch: Any, block: list[list[Any]]) -> None:
    scratch.clear()
    cells = scratch["B2"].resize(len(block), len(block[0]))
    cells.value = block
    assert cells.options(ndim=2).value == block


def test_values_that_no_cell_holds(sheet: Any) -> None:
    for value in (object(), {"a"}, dt.timedelta(1), float("inf")):
        with pytest.raises(TypeError):
            sheet["A1"].value = [[value, 1]]


def test_data_frames(sheet: Any) -> None:
    pandas = pytest.importorskip("pandas")
    numpy = pytest.importorskip("numpy")
    frame = pandas.DataFrame({
        "n": numpy.array([1, 2]), "t": ["x", None], "d": pandas.to_datetime(["2024-01-01", None]),
        "b": numpy.array([True, False]), "f": [0.5, numpy.nan],
    })  # fmt: skip
    sheet["A1"].options(index=False).value = frame
    assert sheet["A1:E3"].value == [
        ["n", "t", "d", "b", "f"],
        [1.0, "x", dt.datetime(2024, 1, 1), True, 0.5],
        [2.0, None, None, False, None],
    ]
    back = sheet["A1"].options(pandas.DataFrame, index=False, expand="table").value
    assert list(back.columns) == ["n", "t", "d", "b", "f"]


CHECKERED = 20  #: squares on a side, more than are asked for one by one


def test_formats_are_found_however_they_are_scattered(book: Any) -> None:
    """Dates and truth among plain numbers: in blocks, as results of formulas, on every 2nd cell."""
    sheet = book.sheets[0]
    day, rows = dt.datetime(2024, 2, 29), range(CHECKERED)
    mixed = [[day if (i + j) % 2 else float(i * j) for j in rows] for i in rows]
    sheet["A1"].value = mixed
    sheet["A30"].value = [[1, day, True], ["=A30+1", "=B30+1", "=A30=1"], [0, day, False]]
    sheet["B31"].number_format = "yyyy-mm-dd"
    assert sheet["A1"].resize(CHECKERED, CHECKERED).value == mixed
    later = day + dt.timedelta(days=1)
    expected = [[1.0, day, True], [2.0, later, True], [0.0, day, False]]
    found = sheet["A30:C32"].value
    assert [[(type(v), v) for v in row] for row in found] == [
        [(type(v), v) for v in row] for row in expected
    ]


def test_formulas_name_other_sheets_as_excel_does(book: Any) -> None:
    plain, odd = book.sheets[0], book.sheets.add("二、主动 公开's")
    name = plain.name
    odd["A1"].formula = f"={name}!B2+SUM({name}!$B$2:$C$3)"
    plain["A1"].formula = "=IF('二、主动 公开''s'!$A$1>0,\"a.$b\",'二、主动 公开''s'!A1)"
    assert odd["A1:B1"].formula[0][0] == f"={name}!B2+SUM({name}!$B$2:$C$3)"
    assert plain["A1:B1"].formula[0][0] == (
        "=IF('二、主动 公开''s'!$A$1>0,\"a.$b\",'二、主动 公开''s'!A1)"
    )

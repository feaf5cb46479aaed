"""Offices: private and attached ones, their life and end, macros, alerts, books."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

pytestmark = pytest.mark.office

BASIC = """
Function Add(a, b)
  Add = a + b
End Function
Sub Mark()
  ThisComponent.Sheets.getByIndex(0).getCellRangeByName("A1").Value = 7
End Sub
Function Place(cells)
  Place = cells.AbsoluteName
End Function
"""


def add_module(book: Any, source: str = BASIC) -> None:
    """A Basic module in a book, by LibreOffice's own means."""
    libraries = book.api.BasicLibraries
    if not libraries.hasByName("Standard"):
        libraries.createLibrary("Standard")
    libraries.getByName("Standard").insertByName("Module1", source)


# -- macros


def test_macro(book: Any, sheet: Any) -> None:
    add_module(book)
    assert book.macro("Module1.Add")(1, 2.5) == 3.5
    assert book.macro("add")("x", "y") == "xy"
    assert book.app.macro("Standard.Module1.Add")(1, 1) == 2
    book.macro("Mark")()
    assert sheet["A1"].value == 7
    assert book.macro("Place")(sheet["B2"]) == "$Sheet1.$B$2"


def test_macro_that_is_not_there(book: Any) -> None:
    add_module(book)
    with pytest.raises(xw.XlwingsError, match="Nope"):
        book.macro("Nope")()
    with pytest.raises(xw.XlwingsError, match="Add"):
        book.macro("Module1.Add")(1)


def test_macros_stay_off_unless_asked_for(app: Any, tmp_path: Path) -> None:
    import xlwings_libreoffice

    path = tmp_path / "m.ods"
    book = app.books.add()
    add_module(book)
    book.save(path)
    book.close()
    try:
        with xlwings_libreoffice.start() as careful, careful.books.open(path) as opened:
            with pytest.raises(xw.XlwingsError, match="not allowed"):
                opened.macro("Mark")()
            assert opened.sheets[0]["A1"].value is None
    finally:
        app.activate()


# -- life and end


def office_processes(folder: str) -> list[int]:
    """Processes whose command line names the profile."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and folder.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def gone(folder: str, seconds: float = 15) -> bool:
    """Whether processes and profile disappear."""
    end = time.monotonic() + seconds
    while office_processes(folder) or Path(folder).exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


SCRIPT = """
import sys, xlwings_libreoffice
app = xlwings_libreoffice.start(add_book=True)
app.books[0].sheets[0]["A1"].value = 1
print(app.impl._office._folder, flush=True)
{end}
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_private_office_never_outlives_us(engine_ready: None) -> None:
    """It ends when its Python ends by itself, says so, or is killed."""
    children = {
        end: subprocess.Popen(
            [sys.executable, "-c", SCRIPT.format(end=end)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )
        for end in ("", "app.quit()", "app.kill()", "sys.stdin.read()")
    }  # fmt: skip
    for end, child in children.items():
        assert child.stdout
        folder = child.stdout.readline().strip()
        if "stdin" in end:
            assert office_processes(folder)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        else:
            assert child.wait(60) == 0, end
        assert gone(folder), end
        child.communicate()


@pytest.fixture
def other_office(engine_ready: None) -> Iterator[str]:
    """A second office, as if the user had opened it; gives the pipe it listens at."""
    from xlwings_libreoffice.connect import Connection, PrivateOffice

    office = PrivateOffice(visible=False, macros=False)
    user = Connection(office.address, 90, office.process)
    yield office.address.removeprefix("pipe,name=")
    user.close()
    office.kill()


def test_attach(app: Any, other_office: str, tmp_path: Path) -> None:
    import xlwings_libreoffice

    user = xlwings_libreoffice.attach(pipe=other_office)
    book = user.books.add()
    book.sheets[0]["A1"].value = "mine"
    assert user != app
    assert xw.apps.active == user
    assert book.name in [one.name for one in user.books]
    with pytest.raises(NotImplementedError, match=r"App\.kill"):
        user.kill()
    user.quit()
    again = xlwings_libreoffice.attach(connect=f"uno:pipe,name={other_office};urp;")
    assert again.books[0].sheets[0]["A1"].value == "mine", "quit must leave the user's books"
    again.quit()
    assert xw.apps.active == app


def test_attach_to_nobody(engine_ready: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import xlwings_libreoffice

    monkeypatch.setattr("xlwings_libreoffice.app.ATTACH_SECONDS", 0)
    with pytest.raises(ConnectionError, match="nobody"):
        xlwings_libreoffice.attach(pipe="nobody")
    with pytest.raises(ValueError, match="pipe"):
        xlwings_libreoffice.attach()


# -- app


def test_app(app: Any, book: Any) -> None:
    assert app.engine.name == "libreoffice"
    assert app.version.major >= 7
    assert xw.apps[app.pid] == app
    assert not app.visible
    assert app.calculation == "automatic"
    book.sheets[0]["A1"].value = [1, "=A1"]
    with app.properties(screen_updating=False, calculation="manual", enable_events=False):
        assert (app.calculation, app.screen_updating) == ("manual", False)
        assert book.api.hasControllersLocked()
        book.sheets[0]["A1"].value = 2
        assert book.sheets[0]["B1"].value == 1
        app.calculate()
        assert book.sheets[0]["B1"].value == 2
    assert (app.calculation, app.screen_updating) == ("automatic", True)
    assert not book.api.hasControllersLocked()


def test_status_bar(app: Any, book: Any) -> None:
    assert app.status_bar is False
    app.status_bar = "正在校验…"
    app.status_bar = "2/3"
    assert app.status_bar == "2/3"
    app.status_bar = False
    assert app.status_bar is False


def test_alert_of_a_headless_office(app: Any) -> None:
    import xlwings_libreoffice

    before = len(xlwings_libreoffice.alerts(app))
    assert app.alert("saved") == "ok"
    xlwings_libreoffice.on_alert(app, lambda alert: "no" if "sure" in alert.prompt else None)
    try:
        assert app.alert("sure?", "title", "yes_no_cancel", "critical") == "no"
        assert app.alert("go on?", buttons="yes_no") == "yes"
    finally:
        xlwings_libreoffice.on_alert(app, None)
    seen = xlwings_libreoffice.alerts(app)[before:]
    assert [alert.prompt for alert in seen] == ["saved", "sure?", "go on?"]
    assert (seen[1].title, seen[1].buttons, seen[1].mode) == ("title", "yes_no_cancel", "critical")
    with pytest.raises(ValueError, match="buttons"):
        app.alert("x", buttons="maybe")


def test_selection_and_activate(app: Any, book: Any) -> None:
    other = app.books.add()
    assert app.books.active == other
    names = [one.name for one in app.books]
    assert names.index(book.name) < names.index(other.name), "in the order of opening"
    book.activate()
    assert app.books.active == book
    book.sheets[0]["B2:C3"].select()
    assert app.selection.address == "$B$2:$C$3"
    assert xw.Range("A1").sheet == book.sheets[0]
    other.close()


# -- books


def test_books(app: Any, tmp_path: Path) -> None:
    first = app.books.add()
    first.save(tmp_path / "甲 乙.xlsx")
    assert first.fullname == str(tmp_path / "甲 乙.xlsx")
    assert app.books["甲 乙.xlsx"] == first
    assert "甲 乙.xlsx" in [book.name for book in app.books]
    assert xw.Book(tmp_path / "甲 乙.xlsx") == first, "an open book is found, not opened twice"
    first.sheets[0]["A1"].value = 1
    first.save()
    first.close()
    with pytest.raises(KeyError):
        app.books["甲 乙.xlsx"]
    with app.books.open(tmp_path / "甲 乙.xlsx", read_only=True) as again:
        assert again.sheets[0]["A1"].value == 1
        assert again.api.isReadonly()


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ".xls"])
def test_password(app: Any, book: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"secret{ending}"
    book.sheets[0]["A1"].value = "geheim"
    book.save(path, password="right")
    book.close()
    for wrong in ("wrong", None):
        with pytest.raises(OSError, match="secret"):
            app.books.open(path, password=wrong)
    with app.books.open(path, password="right") as opened:
        assert opened.sheets[0]["A1"].value == "geheim"


def test_book_that_is_none(app: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        app.books.open(tmp_path / "missing.xlsx")
    with pytest.raises(NotImplementedError, match="docx"):
        book = app.books.add()
        try:
            book.save(tmp_path / "x.docx")
        finally:
            book.close()


def test_pdf(book: Any, tmp_path: Path) -> None:
    book.sheets[0]["A1"].value = "x"
    book.sheets.add("# hidden from print")
    for write, name in (
        (lambda p: book.to_pdf(p), "book.pdf"),
        (lambda p: book.save(p), "saved.pdf"),
        (lambda p: book.sheets["Sheet1"].to_pdf(p), "sheet.pdf"),
        (lambda p: book.sheets["Sheet1"]["A1:B2"].to_pdf(p), "range.pdf"),
    ):
        write(tmp_path / name)
        assert (tmp_path / name).read_bytes()[:5] == b"%PDF-"
    assert not book.api.hasLocation(), "a PDF is an export: the book is not saved by it"


def test_copies_between_books(app: Any, book: Any, sheet: Any) -> None:
    other = app.books.add()
    sheet["A1"].value, sheet["A1"].color = 5, (1, 2, 3)
    sheet["A1"].copy(other.sheets[0]["B2"])
    assert (other.sheets[0]["B2"].value, other.sheets[0]["B2"].color) == (5, (1, 2, 3))
    sheet.copy(after=other.sheets[0], name="from there")
    assert other.sheets["from there"]["A1"].value == 5
    other.close()


def test_looks_survive_saving(book: Any, sheet: Any, tmp_path: Path) -> None:
    """What was set through the engine, as openpyxl finds it in the file."""
    cell = sheet["B2"]
    cell.value, cell.number_format, cell.color = 1.5, "#,##0.00", (255, 255, 0)
    cell.font.bold, cell.font.size, cell.font.name = True, 14, "Arial"
    cell.borders.set("outside", line_style="continuous", weight="thin", color="#ff0000")
    cell.borders["edge_bottom"].weight = "medium"
    cell.borders["edge_top"].weight = "thick"
    cell.add_note("why")
    sheet["C3:D3"].merge()
    sheet["E5"].add_hyperlink("https://example.org/a")
    sheet["F:F"].column_width = 20
    sheet["7:7"].row_height = 30
    book.names.add("point", "=Sheet1!$B$2")
    book.save(tmp_path / "looks.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "looks.xlsx")
    found = workbook.worksheets[0]
    b2 = found["B2"]
    assert (b2.value, b2.number_format, b2.fill.fgColor.rgb) == (1.5, "#,##0.00", "FFFFFF00")
    assert (b2.font.b, b2.font.sz, b2.font.name) == (True, 14, "Arial")
    sides = (b2.border.left, b2.border.bottom, b2.border.top)
    assert [side.style for side in sides] == ["thin", "medium", "thick"]
    assert b2.border.left.color.rgb == "FFFF0000"
    assert b2.comment.text == "why"
    assert [str(area) for area in found.merged_cells.ranges] == ["C3:D3"]
    assert found["E5"].hyperlink.target == "https://example.org/a"
    assert found.column_dimensions["F"].width == pytest.approx(20, abs=4), "by its font"
    assert found.row_dimensions[7].height == pytest.approx(30, abs=0.1)
    assert workbook.defined_names["point"].attr_text == "Sheet1!$B$2"

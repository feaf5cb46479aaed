"""Buttons pressed in a real LibreOffice: from the click through VBA to Python and back.

Behind the buttons stands ``stub_buttons``; what the real functions do has its own tests.
"""

from __future__ import annotations

import os
import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import xscreen
from gouji import editions
from gouji.launch import encoded
from gouji.macros import FORM_BUTTONS, vba_texts
from gouji.template import write_template
from gouji.wording import say
from office import why_missing
from press import Pressing, put_python, wait_for
from stub_buttons import CELL

ROOT = Path(__file__).parent.parent
ARTIFACTS = ROOT / "test-artifacts"
CHECK, IMPORT, SUBMIT, CLEAR = (button.caption for button in FORM_BUTTONS)
COVER = say("sheet.cover")
#: Folders that hurt programs which pass paths through shells, code pages or URLs.
FOLDERS = ["plain", "单位 甲", "a='b&c", "a%20b#c;d", 'a"b', "~8868"]

pytestmark = pytest.mark.office


def need(reason: str) -> None:
    if reason and os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def running() -> Iterator[Pressing]:
    need(why_missing())
    office = Pressing()
    yield office
    office.close()


@pytest.fixture
def office(running: Pressing) -> Iterator[Pressing]:
    yield running
    running.reset()


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The form with buttons, by its kind."""
    need(why_missing())
    folder = tmp_path_factory.mktemp("forms")
    excel, ods = folder / "form.xlsm", folder / "form.ods"
    write_template(editions.load("2021"), excel, macros=True)
    runpy.run_path(str(ROOT / "scripts" / "build_workbooks.py"))["write_ods"](excel, ods)
    return {"xlsm": excel, "ods": ods}


@pytest.fixture
def book(forms: dict[str, Path], tmp_path: Path) -> Callable[..., Path]:
    """Puts a form into a folder of that name, with a Python beside it unless told not to."""

    def put(kind: str = "xlsm", folder: str = "单位 甲", python: bool = True) -> Path:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        if python:
            put_python(place / "runtime" / "bin" / "python")
        return Path(shutil.copy(forms[kind], place / f"表 =1.{kind}"))

    return put


Book = Callable[..., Path]
both_kinds = pytest.mark.parametrize("kind", ["xlsm", "ods"])


def pressed(office: Pressing, url: str, text: str = "pressed") -> bool:
    """True as soon as the stub has written to the open workbook."""
    return wait_for(lambda: office.cell(url, COVER, CELL) == text)


# ---------------------------------------------------------------------- the good case
@both_kinds
def test_the_macro_project_compiles(office: Pressing, book: Book, kind: str) -> None:
    url = office.open(book(kind))
    assert office.ask("macro", url=url, name="GoujiRun.Sentinel") == vba_texts()["title"]


@both_kinds
def test_every_sheet_has_the_buttons_bound_to_their_macros(
    office: Pressing, book: Book, kind: str
) -> None:
    found = office.ask("buttons", url=office.open(book(kind)))
    form = editions.load("2021")
    script = "vnd.sun.star.script:VBAProject.GoujiForm.{}?language=Basic&location=document"
    assert found == [
        {"sheet": sheet, "caption": button.caption, "macros": [script.format(button.macro)]}
        for sheet in (COVER, *(table.sheet for table in form.tables))
        for button in FORM_BUTTONS
    ]


@both_kinds
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_click_runs_python_on_the_open_workbook(
    office: Pressing, book: Book, kind: str, folder: str
) -> None:
    url = office.open(book(kind, folder))
    office.press(url, CHECK)
    assert pressed(office, url)
    assert not office.boxes()
    assert not list((office.home / "tmp").glob("*.reply"))


def test_buttons_on_every_sheet_work(office: Pressing, book: Book) -> None:
    url = office.open(book())
    for table in editions.load("2021").tables:
        office.ask("put", url=url, sheet=COVER, address=CELL, text="")
        office.press(url, CHECK, table.sheet)
        assert pressed(office, url), table.sheet


def test_which_python_is_used(office: Pressing, book: Book) -> None:
    """Beside the workbook, recorded, on PATH: the first there is."""
    path = book(python=False)
    url = office.open(path)
    trace = path.parent / "who"
    places = {
        "runtime": path.parent / "runtime" / "bin" / "python",
        "recorded": path.parent / "蟒 蛇's" / "python",
        "python3": office.bin / "python3",
        "python": office.bin / "python",
    }
    for who, program in places.items():
        put_python(program, f"echo {who} >> '{trace}'")
    note = office.config / "python.txt"
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(encoded(str(places["recorded"])) + "\n", encoding="ascii")
    for count, program in enumerate(places.values(), start=1):
        office.ask("put", url=url, sheet=COVER, address=CELL, text="")
        office.press(url, CHECK)
        assert pressed(office, url)
        assert trace.read_text().split() == list(places)[:count]
        program.unlink()


# ---------------------------------------------------------------------- what goes wrong
@both_kinds
def test_no_python(office: Pressing, book: Book, kind: str) -> None:
    url = office.open(book(kind, python=False))
    office.press(url, CHECK)
    assert vba_texts()["no_python"] in office.box()


def test_a_python_without_gouji_is_none(office: Pressing, book: Book) -> None:
    put_python(office.bin / "python3", "exit 1")
    url = office.open(book(python=False))
    office.press(url, CHECK)
    assert vba_texts()["no_python"] in office.box()


@both_kinds
def test_a_workbook_never_saved(office: Pressing, book: Book, kind: str) -> None:
    url = office.open_unsaved(book(kind))
    office.press(url, CHECK)
    assert vba_texts()["not_saved"] in office.box()


def test_a_refusal_is_one_sentence(office: Pressing, book: Book) -> None:
    url = office.open(book())
    office.press(url, IMPORT)
    assert say("launch.refused", button=IMPORT, why="没有选文件。") in office.box()


def test_a_fault_is_one_sentence_and_a_log(office: Pressing, book: Book) -> None:
    url = office.open(book())
    office.press(url, SUBMIT)
    shown = office.box()
    assert say("launch.failed", button=SUBMIT, log=office.config / "gouji.log") in shown
    assert "Traceback" not in shown
    assert "ZeroDivisionError" in office.log


def test_pressing_twice_runs_once(office: Pressing, book: Book) -> None:
    path = book()
    url = office.open(path)
    office.press(url, CLEAR)
    assert wait_for((path.parent / "runs").exists)
    office.press(url, CLEAR)
    assert wait_for(lambda: "second click ignored" in office.log)
    assert not office.boxes()
    office.press(url, CHECK)
    assert say("launch.busy") in office.box()
    office.close_box()
    (path.parent / "go").touch()
    assert pressed(office, url, "done")
    assert (path.parent / "runs").read_text() == "x"
    # The lock falls a moment after the cell is written.
    assert wait_for(lambda: "clear_marks: done" in office.log)
    office.press(url, CHECK)
    assert pressed(office, url)


# ---------------------------------------------------------------------- a real mouse
def test_a_mouse_click_on_a_real_screen(book: Book) -> None:
    need(why_missing() or xscreen.why_missing())
    screen = xscreen.Screen()
    office = Pressing(screen.display)
    sheet = editions.load("2021").tables[1].sheet
    try:
        url = office.open(book())
        office.ask("resize", url=url, width=xscreen.SIZE[0], height=xscreen.SIZE[1])

        def place() -> list[int]:
            return office.ask("place", url=url, caption=IMPORT, sheet=sheet)

        wait_for(lambda: place() == place() and place()[2] > 20)
        x, y, width, height = place()
        assert x + width < xscreen.SIZE[0]
        before = screen.picture(ARTIFACTS / "before-click.png").read_bytes()
        screen.click(x + width // 2, y + height // 2)
        assert say("launch.refused", button=IMPORT, why="没有选文件。") in office.box()
        assert screen.picture(ARTIFACTS / "message-box.png").read_bytes() != before
    finally:
        office.close()
        screen.close()

"""Buttons in a workbook: the compiled VBA project, code names, and the buttons bound to its macros.

The project is compiled beforehand from ``macros/`` by ``scripts/build_macros.py``; a workbook gets
the one with as many sheet modules as it has sheets, so that every code name has its module.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Literal

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gouji.wording import catalogue, say

Kind = Literal["form", "console"]

PROJECTS = "projects.zip"  #: in the package's folder ``vba``; one member for each kind and size
WORKBOOK_NAME = "ThisWorkbook"
#: Sheets a workbook with buttons may have; a project is compiled for each number.
SIZES: Mapping[Kind, range] = {"form": range(3, 11), "console": range(4, 11)}
#: Modules of ``macros/`` in each kind of workbook.
MODULES: Mapping[Kind, tuple[str, ...]] = {
    "form": ("GoujiRun", "GoujiTexts", "GoujiForm"),
    "console": ("GoujiRun", "GoujiTexts", "GoujiConsole"),
}
VBA_TEXTS = "launch.vba."  #: the sentences that VBA itself shows
GAP = 6  #: pixels between buttons


@dataclass(frozen=True, slots=True)
class Button:
    """A button: the macro that a click runs, and the function of ``gouji.buttons`` behind it."""

    macro: str
    target: str

    @property
    def caption(self) -> str:
        return say(f"button.{self.target}")


#: In the order of use.
FORM_BUTTONS = (
    Button("Gouji_Check", "check"),
    Button("Gouji_ImportLastYear", "import_last_year"),
    Button("Gouji_Submit", "submit"),
    Button("Gouji_ClearMarks", "clear_marks"),
)
#: In the order of a round.
CONSOLE_BUTTONS = (
    Button("Gouji_NewRound", "new_round"),
    Button("Gouji_Issue", "issue"),
    Button("Gouji_Collect", "collect"),
    Button("Gouji_CheckAll", "check_all"),
    Button("Gouji_Return", "return_forms"),
    Button("Gouji_Compile", "compile_round"),
    Button("Gouji_Report", "report"),
)


def vba_texts() -> dict[str, str]:
    """Key → sentence of everything VBA shows without Python; compiled into ``GoujiTexts``."""
    return {
        key.removeprefix(VBA_TEXTS): text
        for key, text in catalogue().items()
        if key.startswith(VBA_TEXTS)
    }


def code_names(sheets: int) -> list[str]:
    """Code names of a workbook's sheets, in order; the project has a module for each."""
    return [f"Sheet{number}" for number in range(1, sheets + 1)]


def member_name(kind: Kind, sheets: int) -> str:
    """The compiled project's name inside ``projects.zip``."""
    return f"vbaProject-{kind}-{sheets:02}.bin"


def compiled(kind: Kind, sheets: int) -> bytes:
    """The ``vbaProject.bin`` for a workbook of that many sheets.

    Raises ValueError where none was compiled: enlarge ``SIZES`` and build again.
    """
    if sheets not in SIZES[kind]:
        raise ValueError(f"no {kind} project was compiled for {sheets} sheets; see SIZES")
    shipped = files("gouji").joinpath("vba", PROJECTS).read_bytes()
    with zipfile.ZipFile(BytesIO(shipped)) as projects:
        return projects.read(member_name(kind, sheets))


def add_macros(workbook: Workbook, kind: Kind) -> None:
    """Give a workbook, all of whose sheets exist, its VBA project and code names.

    Its file must be named ``.xlsm``. Raises ValueError for a number of sheets not compiled for.
    """
    sheets = workbook.worksheets()
    workbook.add_vba_project(BytesIO(compiled(kind, len(sheets))), True)
    workbook.set_vba_name(WORKBOOK_NAME)
    for sheet, name in zip(sheets, code_names(len(sheets)), strict=True):
        sheet.set_vba_name(name)


def insert_buttons(
    sheet: Worksheet,
    buttons: Sequence[Button],
    place: tuple[int, int],
    *,
    size: tuple[int, int] = (96, 32),
    across: int = 1,
    offset: tuple[int, int] = (GAP, GAP),
) -> None:
    """Draw buttons from the cell ``place`` (row, column) on, ``across`` in a line.

    ``size`` (width, height) and ``offset`` from the cell's corner are in pixels.
    """
    row, column = place
    width, height = size
    for number, button in enumerate(buttons):
        down, right = divmod(number, across)
        sheet.insert_button(row, column, {
            "macro": button.macro, "caption": button.caption, "description": button.caption,
            "width": width, "height": height,
            "x_offset": offset[0] + right * (width + GAP),
            "y_offset": offset[1] + down * (height + GAP),
        })  # fmt: skip

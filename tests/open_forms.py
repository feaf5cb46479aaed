"""Forms open in a LibreOffice, what the user sees of them, and what a saved copy says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from gouji.model import Form
from gouji.template import write_template
from office import why_missing

#: What ``Opened.saved`` would say of a cell that nobody ever used.
UNTOUCHED = (None, "00000000", True, "General", False, None)


@pytest.fixture(scope="session")
def live_app() -> Iterator[Any]:
    """A private LibreOffice driven by xlwings; skips where there is none."""
    reason = why_missing()
    if not reason:
        try:
            import xlwings_libreoffice
        except ImportError as error:
            reason = str(error)
    if reason:
        if os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with xlwings_libreoffice.start() as app:
        yield app


@dataclass
class Opened:
    """An open form; ``answers`` are given to questions in turn, then the first button."""

    app: Any
    path: Path
    book: Any
    answers: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def press(self, function: Any, *args: Any) -> str:
        """Call a button's function; the last message box."""
        self.told.clear()
        function(self.book, *args)
        return self.told[-1] if self.told else ""

    def answer(self, alert: Any) -> str | None:
        self.told.append(alert.prompt)
        return self.answers.pop(0) if self.answers and alert.buttons == "yes_no" else None

    def put(self, spot: tuple[str, str], value: Any) -> None:
        self.book.sheets[spot[0]].range(spot[1]).value = value

    def cell(self, sheet: str, address: str) -> Any:
        return self.book.sheets[sheet].range(address)

    @property
    def folder(self) -> Path:
        return self.path.parent

    def reopen(self) -> None:
        self.book.save()
        self.book.close()
        self.book = self.app.books.open(self.path)

    def saved(self, name: str = "copy.xlsx") -> dict[str, dict[str, tuple[Any, ...]]]:
        """Everything about every cell, as a copy of the open form says: sheet → address → facts.

        Value or formula, fill, lock, number format, bold, note, row's height.
        """
        from xlwings_libreoffice.bridge import prop, to_url

        target = self.folder / name
        self.book.api.storeToURL(to_url(target), (prop("FilterName", "Calc MS Excel 2007 XML"),))
        book = load_workbook(target)
        target.unlink()
        return {sheet.title: dict(_facts(sheet)) for sheet in book.worksheets}


def _facts(sheet: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "", (sheet.protection.sheet, sheet.protection.formatColumns, sheet.print_area)
    for row in sheet.iter_rows():
        for cell in row:
            note = cell.comment.text if cell.comment else None
            value = getattr(cell.value, "text", cell.value)  # of an array formula
            facts = (value, cell.fill.fgColor.rgb, cell.protection.locked,
                     cell.number_format, cell.font.b, note)  # fmt: skip
            if facts != UNTOUCHED:
                yield cell.coordinate, facts


@pytest.fixture
def open_form(live_app: Any, tmp_path: Path) -> Iterator[Any]:
    """Writes a form and opens it, under a path with everything that paths may have."""
    import xlwings_libreoffice

    opened: list[Opened] = []

    def _open(form: Form, name: str = "表.xlsx", **content: Any) -> Opened:
        path = tmp_path / "报送 =1 & '二'" / name
        path.parent.mkdir(exist_ok=True)
        write_template(form, path, **content)
        one = Opened(live_app, path, live_app.books.open(path))
        xlwings_libreoffice.on_alert(live_app, one.answer)
        opened.append(one)
        return one

    yield _open
    xlwings_libreoffice.on_alert(live_app, None)
    for one in opened:
        one.book.close()
    shutil.rmtree(tmp_path, ignore_errors=True)

"""An open workbook as a ``Desk``, through the public API of xlwings (which is not imported here).

Three things xlwings has no public name for; the small adapter at the end knows them for Excel (on
Windows) and for LibreOffice: protecting a sheet, locking a cell, and how a link names a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from gouji.desk import Grid, Look
from gouji.layout import Area
from gouji.model import Value
from gouji.wording import say

#: No sheet of a form is larger; a stray cell far out must not make us read a million others.
ROWS, COLUMNS = 3000, 100
LIBREOFFICE = "libreoffice"  #: name of the engine


class LiveBook:
    """One open workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._own: _Office = _LibreOffice() if is_libreoffice(book) else _Excel()
        # A look-up by name is a round trip to the office, hence each is made once a click.
        self._sheets: dict[str, Any] = {}
        self._ranges: dict[tuple[str, Area], Any] = {}
        self._notes: dict[str, dict[tuple[int, int], str]] = {}

    @property
    def file(self) -> str:
        return str(self.book.fullname)

    def sheets(self) -> tuple[str, ...]:
        return tuple(sheet.name for sheet in self.book.sheets)

    # ------------------------------------------------------------------ cells
    def values(self, sheet: str, top: int) -> list[list[object]]:
        used = self._used(sheet)
        return [] if used.rows.count <= top else _values(used[top:, :])

    def grid(self, sheet: str) -> Grid:
        used = self._used(sheet)
        formulas = used.formula
        if isinstance(formulas, str):
            formulas = ((formulas,),)
        texts = [[str(text or "") for text in row] for row in formulas]
        return Grid(_values(used), texts)

    def _used(self, sheet: str) -> Any:
        last = self._sheet(sheet).used_range.last_cell
        row, column = min(last.row, ROWS), min(last.column, COLUMNS)
        return self._range(sheet, Area(0, 0, row - 1, column - 1))

    def write(self, sheet: str, row: int, column: int, rows: Sequence[Sequence[Value]]) -> None:
        last = (row + len(rows) - 1, column + max(map(len, rows)) - 1)
        block = [[_as_typed(value) for value in each] for each in rows]
        self._range(sheet, Area(row, column, *last)).value = block

    def clear(self, sheet: str, area: Area) -> None:
        self._range(sheet, area).clear()

    def link(self, sheet: str, area: Area, target: tuple[str, Area], text: str) -> None:
        cell = self._range(sheet, area)
        cell.add_hyperlink(self._own.link(*target), text, text)

    # ------------------------------------------------------------------ looks
    def look(self, sheet: str, area: Area, look: Look) -> None:
        cells = self._range(sheet, area)
        if look.fill is not None:
            cells.color = look.fill or None
        if look.ink is not None:
            cells.font.color = look.ink
        if look.font is not None:
            cells.font.name = look.font
        if look.size is not None:
            cells.font.size = look.size
        if look.bold is not None:
            cells.font.bold = look.bold
        if look.wrap is not None:
            cells.wrap_text = look.wrap
        if look.hidden:
            cells.number_format = ";;;"

    def fill_of(self, sheet: str, area: Area) -> str:
        colour = self._range(sheet, _corner(area)).color
        return "#{:02X}{:02X}{:02X}".format(*colour) if colour else ""

    def font_of(self, sheet: str, area: Area) -> str:
        return str(self._range(sheet, _corner(area)).font.name or "")

    def note(self, sheet: str, area: Area) -> str:
        return self._noted(sheet).get((area.row, area.column), "")

    def set_note(self, sheet: str, area: Area, text: str) -> None:
        notes, place = self._noted(sheet), (area.row, area.column)
        if notes.get(place, "") == text:
            return
        cell = self._range(sheet, _corner(area))
        if place in notes and (note := cell.note):
            note.delete()
            del notes[place]
        if text:
            cell.add_note(text)
            notes[place] = text

    def _noted(self, sheet: str) -> dict[tuple[int, int], str]:
        """Every note of a sheet, by row and column from 0."""
        if sheet not in self._notes:
            self._notes[sheet] = {
                (note.location.row - 1, note.location.column - 1): str(note.text)
                for note in self._sheet(sheet).notes
            }
        return self._notes[sheet]

    def is_locked(self, sheet: str, area: Area) -> bool:
        return self._own.is_locked(self._range(sheet, _corner(area)).api)

    def lock(self, sheet: str, area: Area, locked: bool) -> None:
        self._own.lock(self._range(sheet, area).api, locked)

    def fit_rows(self, sheet: str, first: int, last: int) -> None:
        self._range(sheet, Area(first, 0, last, 0)).rows.autofit()

    def go(self, sheet: str, area: Area) -> None:
        self._sheet(sheet).activate()
        self._range(sheet, _corner(area)).select()

    # ------------------------------------------------------------------ the whole
    @contextmanager
    def opened(self, sheets: Iterable[str]) -> Iterator[None]:
        here = [self._sheet(name) for name in dict.fromkeys(sheets)]
        closed: list[Any] = []
        try:
            for sheet in here:
                if self._own.is_protected(sheet.api):
                    closed.append(sheet.api)
                    self._take_off(sheet)
            yield
        finally:
            for api in closed:
                if not self._own.is_protected(api):
                    self._own.protect(api)

    def _take_off(self, sheet: Any) -> None:
        from gouji.unusable import UnusableCall

        self._own.unprotect(sheet.api)
        if self._own.is_protected(sheet.api):
            raise UnusableCall(say("form_button.password", sheet=sheet.name))

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        app = self.book.app
        updating = app.screen_updating
        app.status_bar = text
        app.screen_updating = False
        try:
            yield
        finally:
            app.screen_updating = updating
            app.status_bar = False

    def tell(self, text: str) -> None:
        self.book.app.alert(text, say("launch.vba.title"))

    def ask(self, text: str) -> bool:
        return bool(self.book.app.alert(text, say("launch.vba.title"), "yes_no") == "yes")

    def _range(self, sheet: str, area: Area) -> Any:
        key = (sheet, area)
        if key not in self._ranges:
            first = (area.row + 1, area.column + 1)
            last = (area.last_row + 1, area.last_column + 1)
            self._ranges[key] = self._sheet(sheet).range(first, last)
        return self._ranges[key]

    def _sheet(self, name: str) -> Any:
        if name not in self._sheets:
            self._sheets[name] = self.book.sheets[name]
        return self._sheets[name]


def _values(cells: Any) -> list[list[object]]:
    return list(cells.options(ndim=2, err_to_str=True).value)


def is_libreoffice(book: Any) -> bool:
    return bool(book.app.engine.name == LIBREOFFICE)


def local_file(name: str) -> Path | None:
    """The workbook's file; None when it was never saved or lies in a cloud only."""
    path = Path(name)
    return path if path.is_absolute() and path.exists() else None


def _corner(area: Area) -> Area:
    return Area(area.row, area.column, area.row, area.column)


def _as_typed(value: Value) -> object:
    """A value as a spreadsheet takes it; the apostrophe keeps a text from being read."""
    if isinstance(value, str):
        return f"'{value}" if value else None
    return value if value is None else float(value)


# ---------------------------------------------------------------------- the two offices
class _Office(Protocol):
    def is_protected(self, sheet: Any) -> bool: ...
    def unprotect(self, sheet: Any) -> None:
        """Take off a protection without a password; with one, nothing happens."""

    def protect(self, sheet: Any) -> None: ...
    def is_locked(self, cell: Any) -> bool: ...
    def lock(self, cells: Any, locked: bool) -> None: ...
    def link(self, sheet: str, area: Area) -> str: ...


class _Excel:
    """Excel for Windows. Written by its reference; not tried in an Excel."""

    #: What the template allows on a protected sheet; Excel forgets it with the protection.
    ALLOWED = ("AllowFormattingColumns", "AllowFormattingRows")

    def is_protected(self, sheet: Any) -> bool:
        return bool(sheet.ProtectContents)

    def unprotect(self, sheet: Any) -> None:
        # Only there can it be imported. Excel answers a password that we do not know by an error.
        refused = import_module("pywintypes").com_error
        with suppress(refused):
            sheet.Unprotect("")

    def protect(self, sheet: Any) -> None:
        sheet.Protect(Password="", DrawingObjects=False, Contents=True, Scenarios=False,
                      **dict.fromkeys(self.ALLOWED, True))  # fmt: skip

    def is_locked(self, cell: Any) -> bool:
        return bool(cell.Locked)

    def lock(self, cells: Any, locked: bool) -> None:
        cells.Locked = locked

    def link(self, sheet: str, area: Area) -> str:
        quoted = sheet.replace("'", "''")
        return f"#'{quoted}'!{area.a1}"


class _LibreOffice:
    """Calc keeps what a protected sheet allows while the protection is off."""

    def is_protected(self, sheet: Any) -> bool:
        return bool(sheet.isProtected())

    def unprotect(self, sheet: Any) -> None:
        refused = import_module("xlwings_libreoffice.bridge").UnoException
        with suppress(refused):  # a password that we do not know
            sheet.unprotect("")

    def protect(self, sheet: Any) -> None:
        sheet.protect("")

    def is_locked(self, cell: Any) -> bool:
        return bool(cell.CellProtection.IsLocked)

    def lock(self, cells: Any, locked: bool) -> None:
        protection = cells.CellProtection
        protection.IsLocked = locked
        cells.CellProtection = protection

    def link(self, sheet: str, area: Area) -> str:
        quoted = sheet.replace("'", "''")
        return f"#'{quoted}'.{area.a1}"

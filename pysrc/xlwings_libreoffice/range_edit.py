"""Editing ranges: clear, insert, delete, copy, sort, find, links, notes, names, groups."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import notes
from .address import MAX_COLUMNS, MAX_ROWS
from .bridge import enum, prop, struct, typed
from .unsupported import refuse

if TYPE_CHECKING:
    from .names import Name
    from .range import Range
    from .tables import Table

# com.sun.star.sheet.CellFlags
CONTENTS = 1 | 2 | 4 | 16
FORMATS = 32 | 64 | 512
ALL = CONTENTS | 8 | FORMATS

_PASTE = {
    None: "A", "all": "A", "all_using_source_theme": "A", "all_merging_conditional_formats": "A",
    "formulas": "SVDF", "values": "SVD", "formats": "T", "comments": "N",
}  # fmt: skip
_OPERATION = {None: 0, "add": 1, "subtract": 2, "multiply": 3, "divide": 4}
_SEARCH_VALUES = 1


class Edit:
    """The part of a range that changes cells and their order."""

    _sheet: Any
    area: Any
    cells: Any
    cell: Any
    arg1_input: str

    # -- clearing, shifting

    def clear_contents(self) -> None:
        if self.area.size:
            self.cells.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        if self.area.size:
            self.cells.clearContents(FORMATS)

    def clear(self) -> None:
        if self.area.size:
            self.cells.clearContents(ALL)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Make room. LibreOffice takes the formats from above or from the left."""
        if copy_origin == "format_from_right_or_below":
            refuse("Range.insert with copy_origin='format_from_right_or_below'")
        mode = {"down": "DOWN", "right": "RIGHT"}[shift or self._natural("down", "right")]
        if self.area.columns == MAX_COLUMNS:
            mode = "ROWS"
        elif self.area.rows == MAX_ROWS:
            mode = "COLUMNS"
        self._sheet.api.insertCells(self.cells.RangeAddress, enum("sheet.CellInsertMode", mode))

    def delete(self, shift: str | None = None) -> None:
        mode = {"up": "UP", "left": "LEFT"}[shift or self._natural("up", "left")]
        if self.area.columns == MAX_COLUMNS:
            mode = "ROWS"
        elif self.area.rows == MAX_ROWS:
            mode = "COLUMNS"
        self._sheet.api.removeRange(self.cells.RangeAddress, enum("sheet.CellDeleteMode", mode))

    def _natural(self, vertical: str, horizontal: str) -> str:
        """Excel's choice where none is given: tall blocks shift sideways."""
        return horizontal if self.area.rows > self.area.columns else vertical

    # -- copying

    def copy(self, destination: Any = None) -> None:
        """To another range (of xlwings, any book of this app), or to the clipboard."""
        if destination is None:
            self._with_selection(".uno:Copy")
            return
        target = destination.impl
        if target._sheet.book.uid == self._sheet.book.uid:
            place = target.cell.CellAddress
            self._sheet.api.copyRange(place, self.cells.RangeAddress)
        else:
            self._with_selection(".uno:Copy")
            target.paste()

    def paste(self, paste: str | None = None, operation: str | None = None,
              skip_blanks: bool = False, transpose: bool = False) -> None:  # fmt: skip
        """From the clipboard; ``paste`` may be all, formulas, values, formats, comments."""
        if paste not in _PASTE:
            refuse(f"Range.paste of {paste!r}")
        self._with_selection(
            ".uno:InsertContents", prop("Flags", _PASTE[paste]),
            prop("FormulaCommand", _OPERATION[operation]), prop("SkipEmptyCells", skip_blanks),
            prop("Transpose", transpose), prop("AsLink", False), prop("MoveMode", 4),
        )  # fmt: skip

    def copy_from(self, source_range: Any, copy_type: str = "all", skip_blanks: bool = False,
                  transpose: bool = False) -> None:  # fmt: skip
        if copy_type not in ("all", "formulas", "values", "formats"):
            refuse(f"Range.copy_from of {copy_type!r}")
        source_range.impl.copy()
        self.paste(copy_type, None, skip_blanks, transpose)

    def move(self, destination: Any) -> None:
        place = destination.impl.cell.CellAddress
        self._sheet.api.moveRange(place, self.cells.RangeAddress)

    def _with_selection(self, command: str, *arguments: Any) -> None:
        """A menu command on these cells; what was selected before is selected again."""
        book = self._sheet.book
        view = book.api.CurrentController
        sheet, selected = view.getActiveSheet(), view.getSelection()
        view.select(self.cells)
        helper = book.app.connection.service("com.sun.star.frame.DispatchHelper")
        helper.executeDispatch(view.Frame, command, "", 0, arguments)
        view.setActiveSheet(sheet)
        view.select(selected)

    # -- order and search

    def sort(self, keys: list[int], ascending: list[bool], has_headers: bool) -> None:
        fields = []
        for key, upwards in zip(keys, ascending, strict=True):
            one = struct("table.TableSortField")
            one.Field, one.IsAscending = key - 1, upwards
            fields.append(one)
        self.cells.sort((
            prop("SortFields", typed("[]com.sun.star.table.TableSortField", tuple(fields))),
            prop("ContainsHeader", has_headers),
        ))  # fmt: skip

    def find(self, text: str, whole: bool, direction: str, order: str, match_case: bool) -> Any:
        """The first cell that shows the text; None if none does."""
        wanted = self.cells.createSearchDescriptor()
        _describe(wanted, text, whole, match_case)
        wanted.SearchType = _SEARCH_VALUES
        wanted.SearchBackwards = direction == "backward"
        wanted.SearchByRow = order == "rows"
        found = self.cells.findFirst(wanted)
        return None if found is None else type(self).of(self._sheet.book, found.RangeAddress)  # type: ignore[attr-defined]

    def replace_all(self, old: str, new: str, whole: bool, match_case: bool) -> None:
        wanted = self.cells.createReplaceDescriptor()
        _describe(wanted, old, whole, match_case)
        wanted.ReplaceString = new
        self.cells.replaceAll(wanted)

    def get_special_cells(self, cell_type: str, value_type: str | None) -> list[Range]:
        """Areas of blanks, constants, formulas or visible cells."""
        found = _special(self.cells, cell_type, value_type)
        of = type(self).of  # type: ignore[attr-defined]
        return [of(self._sheet.book, area) for area in found.getRangeAddresses()]

    # -- links, notes, names, tables, groups

    @property
    def hyperlink(self) -> str:
        fields = self.cell.getTextFields()
        if not fields.getCount():
            raise ValueError("The cell doesn't seem to contain a hyperlink!")
        return str(fields.getByIndex(0).URL)

    def add_hyperlink(self, address: str, text_to_display: str, screen_tip: str) -> None:
        """A link in each cell. LibreOffice has no screen tip of its own for links."""
        for i in range(self.area.rows):
            for j in range(self.area.columns):
                cell = self.cells.getCellByPosition(j, i)
                cell.setString("")
                link = self._sheet.book.api.createInstance("com.sun.star.text.TextField.URL")
                link.URL, link.Representation = _link_target(address), text_to_display
                cell.insertTextContent(cell.createTextCursor(), link, False)

    @property
    def note(self) -> notes.Note | None:
        return notes.Note(self) if notes.exists(self) else None  # type: ignore[arg-type]

    def add_note(self, text: str) -> notes.Note:
        return notes.add(self, text)  # type: ignore[arg-type]

    @property
    def name(self) -> Name | None:
        """The name that stands for just these cells."""
        wanted = f"={self._reference()}"
        for name in self._sheet.book.names:
            if name.refers_to == wanted:
                return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={self._reference()}")

    def _reference(self) -> str:
        from .address import quoted, write

        return f"{quoted(self._sheet.name)}!{write(self.area)}"

    @property
    def table(self) -> Table | None:
        """The table that holds the first cell."""
        for table in self._sheet.tables:
            a = table.range.area
            if a.row <= self.area.row <= a.last_row and (
                a.column <= self.area.column <= a.last_column
            ):
                return table
        return None

    def group(self, by: str) -> None:
        self._sheet.api.group(self.cells.RangeAddress, _orientation(by))

    def ungroup(self, by: str) -> None:
        self._sheet.api.ungroup(self.cells.RangeAddress, _orientation(by))

    def to_pdf(self, path: str, quality: str = "standard") -> None:
        self._sheet.book.export_pdf(Path(path), self.cells, quality)


def _orientation(by: str) -> Any:
    return enum("table.TableOrientation", "ROWS" if by.startswith("row") else "COLUMNS")


def _describe(search: Any, text: str, whole: bool, match_case: bool) -> None:
    search.SearchString = text
    search.SearchWords, search.SearchCaseSensitive = whole, match_case
    search.SearchRegularExpression = search.SearchSimilarity = False


def _special(cells: Any, cell_type: str, value_type: str | None) -> Any:
    if value_type == "logical":
        refuse("Range.get_special_cells of 'logical'", "truth values are numbers there")
    if cell_type == "blanks":
        return cells.queryEmptyCells()
    if cell_type == "visible":
        return cells.queryVisibleCells()
    if cell_type == "formulas":
        kinds = {None: 1 | 2 | 4, "numbers": 1, "text": 2, "errors": 4}
        return cells.queryFormulaCells(kinds[value_type])
    if value_type == "errors":
        refuse("Range.get_special_cells of constant errors", "an error is a formula there")
    return cells.queryContentCells({None: 1 | 2 | 4, "numbers": 1 | 2, "text": 4}[value_type])


def _link_target(address: str) -> str:
    """A file's path as a URL; anything else (also ``#Sheet1.A1``) as it is."""
    if re.match(r"^[A-Za-z][A-Za-z0-9+.-]+:", address) or address.startswith("#"):
        return address
    path = Path(address)
    return path.as_uri() if path.is_absolute() else address

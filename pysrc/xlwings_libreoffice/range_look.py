"""The look of ranges: colour, font, number format, borders, size, alignment, merging."""

from __future__ import annotations

from typing import Any

from .borders import Borders
from .bridge import common, enum
from .fonts import Font
from .units import from_chars, from_points, from_rgb, to_chars, to_points, to_rgb
from .unsupported import refuse

_HORIZONTAL = {
    "general": ("STANDARD", 0), "left": ("LEFT", 0), "center": ("CENTER", 0), "right": ("RIGHT", 0),
    "justify": ("BLOCK", 0), "fill": ("REPEAT", 0), "distributed": ("BLOCK", 1),
}  # fmt: skip
_VERTICAL = {"top": (1, 0), "center": (2, 0), "bottom": (3, 0), "justify": (4, 0),
             "distributed": (4, 1)}  # fmt: skip
_VERTICAL_STANDARD = 0


class Look:
    """The part of a range that is about its looks. Mixed values read as None, as in Excel."""

    _sheet: Any
    area: Any
    cells: Any
    cell: Any
    merge_area: Any

    # -- colour, font, borders, number format

    @property
    def color(self) -> tuple[int, int, int] | None:
        return to_rgb(common(self.cells, "CellBackColor")) if self.area.size else None

    @color.setter
    def color(self, value: Any) -> None:
        if self.area.size:
            self.cells.CellBackColor = from_rgb(value)

    def set_colors(self, colors: list[list[Any]]) -> None:
        """One colour per cell; ``...`` leaves a cell as it is."""
        for i, row in enumerate(colors):
            for j, color in enumerate(row):
                if color is not ...:
                    self.cells.getCellByPosition(j, i).CellBackColor = from_rgb(color)

    @property
    def font(self) -> Font:
        return Font(self.cells)

    @property
    def borders(self) -> Borders:
        return Borders(self)  # type: ignore[arg-type]

    @property
    def number_format(self) -> str | None:
        key = common(self.cells, "NumberFormat") if self.area.size else None
        return None if key is None else str(self._sheet.book.kept.formats.code(key))

    @number_format.setter
    def number_format(self, value: str) -> None:
        if self.area.size:
            self.cells.NumberFormat = self._sheet.book.kept.formats.key(value)

    # -- alignment

    @property
    def wrap_text(self) -> bool | None:
        value = common(self.cells, "IsTextWrapped")
        return None if value is None else bool(value)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.cells.IsTextWrapped = bool(value)

    @property
    def horizontal_alignment(self) -> str | None:
        found, method = common(self.cells, "HoriJustify"), common(self.cells, "HoriJustifyMethod")
        if found is None or method is None:
            return None
        return next((k for k, v in _HORIZONTAL.items() if v == (found.value, method)), None)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        if value not in _HORIZONTAL:
            refuse(f"Range.horizontal_alignment = {value!r}")
        name, method = _HORIZONTAL[value]
        self.cells.HoriJustify = enum("table.CellHoriJustify", name)
        self.cells.HoriJustifyMethod = method

    @property
    def vertical_alignment(self) -> str | None:
        found, method = common(self.cells, "VertJustify"), common(self.cells, "VertJustifyMethod")
        if found == _VERTICAL_STANDARD:
            return "bottom"
        return next((k for k, v in _VERTICAL.items() if v == (found, method)), None)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self.cells.VertJustify, self.cells.VertJustifyMethod = _VERTICAL[value]

    def adjust_indent(self, amount: int) -> None:
        for _ in range(abs(amount)):
            self.cells.incrementIndent() if amount > 0 else self.cells.decrementIndent()

    # -- place and size, in points; column width in characters

    left = property(lambda self: to_points(self.cells.Position.X) if self.area.size else 0)
    top = property(lambda self: to_points(self.cells.Position.Y) if self.area.size else 0)
    width = property(lambda self: to_points(self.cells.Size.Width) if self.area.size else 0)
    height = property(lambda self: to_points(self.cells.Size.Height) if self.area.size else 0)

    @property
    def column_width(self) -> float | None:
        """Characters of Excel's default font; None if the columns differ."""
        return _uniform(self.cells.Columns, "Width", to_chars) if self.area.size else 0

    @column_width.setter
    def column_width(self, value: float) -> None:
        if self.area.size:
            self.cells.Columns.Width = from_chars(value)

    @property
    def row_height(self) -> float | None:
        """Points; None if the rows differ."""
        return _uniform(self.cells.Rows, "Height", to_points) if self.area.size else 0

    @row_height.setter
    def row_height(self, value: float) -> None:
        if self.area.size:
            self.cells.Rows.Height = from_points(value)

    @property
    def row_hidden(self) -> bool | None:
        return _uniform(self.cells.Rows, "IsVisible", lambda shown: not shown)

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.cells.Rows.IsVisible = not value

    @property
    def column_hidden(self) -> bool | None:
        return _uniform(self.cells.Columns, "IsVisible", lambda shown: not shown)

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.cells.Columns.IsVisible = not value

    def autofit(self, axis: str | None = None) -> None:
        if not self.area.size:
            return
        if axis in (None, "c", "columns"):
            self.cells.Columns.OptimalWidth = True
        if axis in (None, "r", "rows"):
            self.cells.Rows.OptimalHeight = True

    # -- merging

    def merge(self, across: bool = False) -> None:
        """Make one cell of many, or one per row. Only the first value stays, as in Excel."""
        height = 1 if across else self.area.rows
        for top in range(0, self.area.rows, height):
            last_row, last_column = top + height - 1, self.area.columns - 1
            if last_row > top:
                self.cells.getCellRangeByPosition(0, top + 1, last_column, last_row).clearContents(
                    _CONTENTS_AND_NOTES
                )
            if last_column:
                self.cells.getCellRangeByPosition(1, top, last_column, top).clearContents(
                    _CONTENTS_AND_NOTES
                )
            self.cells.getCellRangeByPosition(0, top, last_column, last_row).merge(True)

    def unmerge(self) -> None:
        self.merge_area.cells.merge(False)
        self.cells.merge(False)

    @property
    def merge_cells(self) -> bool | None:
        """Whether all cells are merged; None if some are."""
        first = self.merge_area.area
        if first.size > 1 and first.last_row >= self.area.last_row and (
            first.last_column >= self.area.last_column
        ):  # fmt: skip
            return True
        found = {
            self(i + 1).merge_area.area.size > 1  # type: ignore[operator]
            for i in range(self.area.size)
        }
        return found.pop() if len(found) == 1 else None


_CONTENTS_AND_NOTES = 1 | 2 | 4 | 8 | 16


def _uniform(lines: Any, name: str, convert: Any) -> Any:
    """The value that all rows or columns share; None if they differ."""
    count = lines.getCount()
    first = getattr(lines.getByIndex(0), name)
    for index in range(1, count):
        if getattr(lines.getByIndex(index), name) != first:
            return None
    return convert(first)

"""Borders of ranges, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .bridge import struct
from .units import from_rgb, to_rgb
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .range import Range

_UNSET = base_classes._UNSET

_LINES = {
    "edge_top": "TopLine", "edge_bottom": "BottomLine", "edge_left": "LeftLine",
    "edge_right": "RightLine", "inside_vertical": "VerticalLine",
    "inside_horizontal": "HorizontalLine",
}  # fmt: skip
_DIAGONALS = {"diagonal_down": "DiagonalTLBR2", "diagonal_up": "DiagonalBLTR2"}

#: com.sun.star.table.BorderLineStyle
_STYLES = {"continuous": 0, "dot": 1, "dash": 2, "double": 3, "dash_dot": 16, "dash_dot_dot": 17}
_STYLE_NAMES = {number: name for name, number in _STYLES.items()} | {14: "dash"}

#: 1/100 mm; a line is of the heaviest weight it reaches.
_WEIGHTS = {"thick": 88, "medium": 61, "thin": 26, "hairline": 0}
_WIDTHS = {"thick": 89, "medium": 62, "thin": 27, "hairline": 2}


def _line(style: str, weight: str, color: int) -> Any:
    line = struct("table.BorderLine2")
    line.Color, line.LineStyle, line.LineWidth = color, _STYLES[style], _WIDTHS[weight]
    line.OuterLineWidth = _WIDTHS[weight]
    if style == "double":
        line.LineWidth = 3 * _WIDTHS["thin"]
        line.OuterLineWidth = line.InnerLineWidth = line.LineDistance = _WIDTHS["thin"]
    return line


@names_the_rest(of=base_classes.Border)
class Border(base_classes.Border):
    """One side of a range."""

    def __init__(self, cells: Range, side: str) -> None:
        self._range, self._side = cells, side

    @property
    def api(self) -> Any:
        """The BorderLine2, or None where cells differ."""
        cells = self._range.cells
        if self._side in _DIAGONALS:
            return cells.getPropertyValue(_DIAGONALS[self._side])
        table = cells.TableBorder2
        name = _LINES[self._side]
        return getattr(table, name) if getattr(table, f"Is{name}Valid") else None

    def _drawn(self) -> bool:
        line = self.api
        return line is not None and (line.OuterLineWidth or line.LineWidth) > 0

    @property
    def line_style(self) -> str | None:
        if self.api is None:
            return None
        return _STYLE_NAMES.get(self.api.LineStyle) if self._drawn() else "none"

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        self.set(line_style=value)

    @property
    def weight(self) -> str | None:
        if not self._drawn():
            return None
        line = self.api
        if line.LineStyle == _STYLES["double"]:
            return "thick"
        width = max(line.LineWidth, line.OuterLineWidth)
        return next(name for name, least in _WEIGHTS.items() if width >= least)

    @weight.setter
    def weight(self, value: str) -> None:
        self.set(weight=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        return to_rgb(self.api.Color) if self._drawn() else None

    @color.setter
    def color(self, value: Any) -> None:
        self.set(color=value)

    def set(self, line_style: Any = _UNSET, weight: Any = _UNSET, color: Any = _UNSET) -> None:
        """Change what is given; a new line is thin, continuous and black."""
        if line_style is None:
            self._put(struct("table.BorderLine2"))
            return
        drawn = self._drawn()
        if line_style is _UNSET:
            line_style = self.line_style if drawn else "continuous"
        if line_style not in _STYLES:
            refuse(f"Border.line_style = {line_style!r}")
        if weight is _UNSET:
            weight = self.weight if drawn else "thin"
        number = (self.api.Color if drawn else 0) if color is _UNSET else from_rgb(color)
        self._put(_line(line_style, weight, number))

    def _put(self, line: Any) -> None:
        cells = self._range.cells
        if self._side in _DIAGONALS:
            cells.setPropertyValue(_DIAGONALS[self._side], line)
            return
        table = struct("table.TableBorder2")
        setattr(table, _LINES[self._side], line)
        setattr(table, f"Is{_LINES[self._side]}Valid", True)
        cells.TableBorder2 = table


@names_the_rest(of=base_classes.Borders)
class Borders(base_classes.Borders):
    """All sides of a range; a value that the sides do not share reads as None."""

    def __init__(self, cells: Range) -> None:
        self.parent = cells

    api = property(lambda self: self.parent.cells.TableBorder2)

    def _grid_sides(self) -> tuple[str, ...]:
        rows, columns = self.parent.shape
        return tuple(
            side for side in _LINES
            if (side != "inside_vertical" or columns > 1)
            and (side != "inside_horizontal" or rows > 1)
        )  # fmt: skip

    def __getitem__(self, key: str) -> Border:
        return Border(self.parent, key)

    def _common(self, name: str) -> Any:
        found = {getattr(self[side], name) for side in self._grid_sides()}
        return found.pop() if len(found) == 1 else None

    @property
    def line_style(self) -> str | None:
        return self._common("line_style")

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        self.set(list(_LINES), line_style=value)

    @property
    def weight(self) -> str | None:
        return self._common("weight")

    @weight.setter
    def weight(self, value: str) -> None:
        self.set(list(_LINES), weight=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        return self._common("color")

    @color.setter
    def color(self, value: Any) -> None:
        self.set(list(_LINES), color=value)

    def set(self, which: Any = "all", *, line_style: Any = _UNSET, weight: Any = _UNSET,
            color: Any = _UNSET) -> None:  # fmt: skip
        for side in list(_LINES) if which == "all" else which:
            self[side].set(line_style, weight, color)

    def clear(self, which: Any = "everything") -> None:
        self.set([*_LINES, *_DIAGONALS] if which == "everything" else which, line_style=None)

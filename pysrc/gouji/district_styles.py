"""Cell formats that only the district workbook needs."""

from __future__ import annotations

from functools import cached_property

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from gouji.rollup import Standing
from gouji.styles import (
    AMBER,
    FAINT,
    GREEN,
    HEAD_FILL,
    HEAD_FONT,
    INK,
    INPUT_FILL,
    LINE,
    LINK,
    RED,
    Styles,
)

#: Of the bars that stand for groups of units; every bar bears its word.
GROUP_COLOURS = {
    "counted": GREEN, "let_in": "#4F7942", "returned": RED, "missing": "#6B1F2A", "open": AMBER,
}  # fmt: skip
_SMALL, _TINY = 10, 8
_THIN = {"border": 1, "border_color": "#C3CAD1"}
_CENTRE = {"align": "center"}
_LEFT = {"align": "left"}


class DistrictStyles(Styles):
    """The shared formats and those of the lists behind a district's sums."""

    def __init__(self, workbook: Workbook) -> None:
        super().__init__(workbook)
        self._standing: dict[str, Format] = {}

    @cached_property
    def matrix_band(self) -> Format:
        return self.text(font_name=HEAD_FONT, bg_color=HEAD_FILL, indent=1, **_LEFT, **_THIN)

    @cached_property
    def matrix_head(self) -> Format:
        return self.text(font_name=HEAD_FONT, bg_color=HEAD_FILL, **_CENTRE, **_THIN)

    @cached_property
    def matrix_label(self) -> Format:
        return self.text(font_size=9, bg_color=HEAD_FILL, **_CENTRE, **_THIN)

    @cached_property
    def matrix_code(self) -> Format:
        """Item codes: for programs and careful readers, small and grey."""
        return self.text(
            font_name="Consolas", font_charset=0, font_size=7, font_color="#5B6770",
            valign="top", **_CENTRE, **_THIN,
        )  # fmt: skip

    @cached_property
    def matrix_text(self) -> Format:
        return self.text(font_size=_SMALL, text_wrap=False, **_LEFT, **_THIN)

    @cached_property
    def matrix_link(self) -> Format:
        return self.text(font_size=_SMALL, font_color=LINK, text_wrap=False, **_LEFT, **_THIN)

    @cached_property
    def matrix_number(self) -> Format:
        return self.number(font_size=_SMALL, **_THIN)

    @cached_property
    def matrix_repaired(self) -> Format:
        """A number found in a text."""
        return self.number(font_size=_SMALL, font_color=AMBER, italic=True, **_THIN)

    @cached_property
    def matrix_unread(self) -> Format:
        """Text in which no number could be found; it adds nothing."""
        return self.text(font_size=_SMALL, font_color=RED, text_wrap=False, **_CENTRE, **_THIN)

    @cached_property
    def switch(self) -> Format:
        return self.text(
            font_size=_SMALL, bg_color=INPUT_FILL, locked=False, **_CENTRE, **_THIN
        )  # fmt: skip

    def standing(self, standing: str) -> Format:
        """The word for what became of a file; the colour only supports it."""
        if standing not in self._standing:
            good = standing in (Standing.COUNTED, Standing.LET_IN)
            bad = standing in (Standing.RETURNED, "missing", "unreadable")
            colour = GREEN if good else RED if bad else AMBER
            self._standing[standing] = self.text(
                font_size=_SMALL, font_color=colour, text_wrap=False, **_CENTRE, **_THIN
            )
        return self._standing[standing]

    @cached_property
    def list_head(self) -> Format:
        return self.text(
            font_name=HEAD_FONT, font_size=_SMALL, bg_color=HEAD_FILL, **_CENTRE, **_THIN
        )

    @cached_property
    def line(self) -> Format:
        """A cell of a list that may take several lines."""
        return self.text(font_size=_SMALL, **_LEFT, **_THIN)

    @cached_property
    def line_centre(self) -> Format:
        return self.text(font_size=_SMALL, **_CENTRE, **_THIN)

    @cached_property
    def line_link(self) -> Format:
        return self.text(font_size=_SMALL, font_color=LINK, **_LEFT, **_THIN)

    @cached_property
    def line_number(self) -> Format:
        return self.number(font_size=_SMALL, **_THIN)

    @cached_property
    def line_date(self) -> Format:
        return self.number(font_size=_SMALL, num_format="yyyy-mm-dd hh:mm", **_THIN)

    @cached_property
    def digest(self) -> Format:
        return self.text(
            font_name="Consolas", font_charset=0, font_size=_TINY, font_color="#5B6770",
            text_wrap=False, **_LEFT, **_THIN,
        )  # fmt: skip

    @cached_property
    def share(self) -> Format:
        return self.number(font_size=_SMALL, num_format="0.0%", **_THIN)

    @cached_property
    def change(self) -> Format:
        return self.number(font_size=_SMALL, num_format="+0.######;-0.######;0", **_THIN)

    @cached_property
    def percent(self) -> Format:
        return self.number(font_size=_SMALL, num_format="+0.0%;-0.0%;0.0%", **_THIN)

    @cached_property
    def block_text(self) -> Format:
        """The head of an item's units."""
        return self.text(
            font_name=HEAD_FONT, font_size=_SMALL, bg_color=HEAD_FILL, **_LEFT, **_THIN
        )

    @cached_property
    def block_link(self) -> Format:
        return self.text(
            font_name=HEAD_FONT, font_size=_SMALL, font_color=LINK, bg_color=HEAD_FILL,
            text_wrap=False, **_LEFT, **_THIN,
        )  # fmt: skip

    @cached_property
    def block_number(self) -> Format:
        return self.number(font_size=_SMALL, bold=True, bg_color=HEAD_FILL, **_THIN)

    @cached_property
    def official(self) -> Format:
        """A sum over the units; it leads to its column, so a touch of blue, no underline."""
        return self.number(font_color=LINK)

    @cached_property
    def out(self) -> Format:
        """A row that is switched out."""
        return self.workbook.add_format({"font_color": FAINT, "bg_color": "#F1F3F5"})

    @cached_property
    def bar_label(self) -> Format:
        return self.text(font_size=_SMALL, indent=1, **_LEFT, **_THIN)

    @cached_property
    def field_plain(self) -> Format:
        """What a figure of the front page is."""
        return self.text(align="left", indent=1, border=1, border_color=LINE)

    @cached_property
    def figure(self) -> Format:
        return self.number(font_size=12, bold=True)

    @cached_property
    def count_change(self) -> Format:
        return self.number(num_format="+0.######;-0.######;0")

    @cached_property
    def count(self) -> Format:
        return self.number(font_color=INK)

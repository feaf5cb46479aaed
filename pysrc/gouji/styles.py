"""How our workbooks look: fonts, colours and every cell format, declared once.

Formats are made when first asked for and shared by all cells, so that a workbook holds few of
them and writing stays fast. Fonts are the official ones; where a machine lacks them, Excel, WPS
and LibreOffice fall back by the character set given with them.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋"
NUMBER_FONT = "Times New Roman"
CHINESE_CHARSET = 134  #: GB 2312: lets a program choose a Chinese stand-in for a missing font
INK, LINE, FAINT = "#1F2933", "#5B6770", "#4A5560"
INPUT_FILL = "#FFF8D6"  #: light yellow: to be filled in
TOTAL_FILL = "#E9ECEF"  #: grey: computed, locked
BROUGHT_FILL = "#E3EEF9"  #: light blue: brought in from last year, locked
HEAD_FILL = "#F4F5F7"
RED, RED_FILL = "#B00020", "#F8D7DA"
AMBER, AMBER_FILL = "#7A4B00", "#FFE8C2"
GREEN, GREEN_FILL = "#1B5E20", "#E3F3E5"
LINK = "#1F4E79"
BODY_SIZE = 11
LINE_POINTS = 16.0  #: height of one line of body text
FOOTER_FONT = '&"仿宋,常规"&10'

_Options = dict[str, Any]
_BORDER: _Options = {"border": 1, "border_color": LINE}
_CENTRE: _Options = {"align": "center"}
_LEFT: _Options = {"align": "left", "indent": 1}


class Styles:
    """Every format of one workbook, by name. Formats are locked unless named as input."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook

    def text(self, **options: Any) -> Format:
        """A format for Chinese text: 仿宋, wrapped, vertically centred."""
        return self.workbook.add_format(
            {
                "font_name": BODY_FONT,
                "font_size": BODY_SIZE,
                "font_charset": CHINESE_CHARSET,
                "font_color": INK,
                "valign": "vcenter",
                "text_wrap": True,
            }
            | options
        )

    def number(self, **options: Any) -> Format:
        """A bordered, centred format for numbers in Times New Roman."""
        return self.workbook.add_format(
            {
                "font_name": NUMBER_FONT,
                "font_size": BODY_SIZE,
                "font_color": INK,
                "valign": "vcenter",
            }
            | _CENTRE
            | _BORDER
            | options
        )

    # ------------------------------------------------------------------ official tables
    @cached_property
    def title(self) -> Format:
        return self.text(font_name=TITLE_FONT, font_size=18, text_wrap=False, **_CENTRE)

    @cached_property
    def info_left(self) -> Format:
        return self.text(text_wrap=False, align="left")

    @cached_property
    def info_right(self) -> Format:
        return self.text(text_wrap=False, align="right")

    @cached_property
    def band(self) -> Format:
        """A head: of a column, or of a block across the table."""
        return self.text(font_name=HEAD_FONT, bg_color=HEAD_FILL, **_CENTRE, **_BORDER)

    @cached_property
    def corner(self) -> Format:
        return self.text(bg_color=HEAD_FILL, **_CENTRE, **_BORDER)

    @cached_property
    def row(self) -> Format:
        """A row label."""
        return self.text(**_LEFT, **_BORDER)

    @cached_property
    def group(self) -> Format:
        """A row label over several rows."""
        return self.text(**_CENTRE, **_BORDER)

    @cached_property
    def note(self) -> Format:
        """A printed note under a table."""
        return self.text(font_size=10, font_color=FAINT, align="left")

    # ------------------------------------------------------------------ cells of numbers
    @cached_property
    def input(self) -> Format:
        """An unlocked number cell; shows exactly what was typed."""
        return self.number(bg_color=INPUT_FILL, locked=False)

    @cached_property
    def total(self) -> Format:
        return self.number(bg_color=TOTAL_FILL, bold=True)

    @cached_property
    def brought_in(self) -> Format:
        """A number taken from last year's report, locked."""
        return self.number(bg_color=BROUGHT_FILL)

    # ------------------------------------------------------------------ helpers
    @cached_property
    def helper_head(self) -> Format:
        return self.text(font_size=10, font_color=FAINT, align="right")

    @cached_property
    def helper_head_centre(self) -> Format:
        return self.text(font_size=10, font_color=FAINT, **_CENTRE)

    @cached_property
    def difference(self) -> Format:
        return self.number(
            font_color=GREEN, border_color="#AAB2B9", border=4, num_format="+0.######;-0.######;0"
        )

    @cached_property
    def last_year(self) -> Format:
        """A last-year cell the respondent may fill."""
        return self.number(bg_color=INPUT_FILL, border_color="#AAB2B9", border=4, locked=False)

    @cached_property
    def last_year_locked(self) -> Format:
        return self.number(bg_color=BROUGHT_FILL, border_color="#AAB2B9", border=4)

    @cached_property
    def status(self) -> Format:
        """A live ✓/✗ text beside a table."""
        return self.text(font_size=10, font_color=GREEN, align="left", indent=1, text_wrap=False)

    @cached_property
    def status_link(self) -> Format:
        return self.text(
            font_size=10, font_color=GREEN, align="left", indent=1, text_wrap=False, underline=1
        )

    # ------------------------------------------------------------------ cover, lists
    @cached_property
    def cover_title(self) -> Format:
        return self.text(font_name=TITLE_FONT, font_size=22, text_wrap=False, **_CENTRE)

    @cached_property
    def subtitle(self) -> Format:
        return self.text(text_wrap=False, **_CENTRE)

    @cached_property
    def field(self) -> Format:
        """A field's name on the cover."""
        return self.text(font_name=HEAD_FONT, bg_color=HEAD_FILL, **_CENTRE, **_BORDER)

    @cached_property
    def field_input(self) -> Format:
        return self.text(bg_color=INPUT_FILL, locked=False, **_LEFT, **_BORDER)

    @cached_property
    def field_text_input(self) -> Format:
        """As field_input, for digits that are no number (code, phone)."""
        return self.text(bg_color=INPUT_FILL, locked=False, num_format="@", **_LEFT, **_BORDER)

    @cached_property
    def field_fixed(self) -> Format:
        return self.text(bg_color=TOTAL_FILL, **_LEFT, **_BORDER)

    @cached_property
    def hint(self) -> Format:
        return self.text(font_size=10, font_color=FAINT, **_LEFT)

    @cached_property
    def heading(self) -> Format:
        """A heading inside a sheet."""
        return self.text(font_name=HEAD_FONT, font_size=13, text_wrap=False, align="left")

    @cached_property
    def plain(self) -> Format:
        return self.text(align="left")

    @cached_property
    def link(self) -> Format:
        return self.text(font_color=LINK, underline=1, text_wrap=False, align="left", indent=1)

    @cached_property
    def light(self) -> Format:
        """The overall light: one line that says whether the form is in order."""
        return self.text(font_name=HEAD_FONT, font_size=13, **_LEFT, **_BORDER)

    @cached_property
    def list_text(self) -> Format:
        return self.text(font_size=10, **_LEFT, **_BORDER)

    @cached_property
    def list_centre(self) -> Format:
        return self.text(font_size=10, **_CENTRE, **_BORDER)

    @cached_property
    def list_number(self) -> Format:
        return self.number(font_size=10)

    @cached_property
    def list_link(self) -> Format:
        return self.text(font_size=10, font_color=LINK, underline=1, **_CENTRE, **_BORDER)

    @cached_property
    def verdict(self) -> Format:
        return self.text(font_size=10, **_LEFT, **_BORDER)

    @cached_property
    def narrative(self) -> Format:
        """Free text, unlocked, from the top."""
        return self.text(
            bg_color=INPUT_FILL, locked=False, font_size=12, align="left", **_BORDER, valign="top"
        )

    @cached_property
    def heading_wrapped(self) -> Format:
        return self.text(font_name=HEAD_FONT, font_size=13, align="left")

    @cached_property
    def small(self) -> Format:
        """Small faint text."""
        return self.text(font_size=10, font_color=FAINT, align="left")

    @cached_property
    def unseen(self) -> Format:
        """Text for the program, not for the reader."""
        return self.text(num_format=";;;", text_wrap=False)

    def counter(self, mark: str) -> Format:
        """A count shown behind its mark: ``✗ 3``."""
        return self.number(num_format=f'"{mark} "0', font_size=10, bold=True)

    def swatch(self, fill: str) -> Format:
        """A sample of a fill colour."""
        return self.workbook.add_format({"bg_color": fill} | _BORDER)

    # ------------------------------------------------------------------ conditional formats
    @cached_property
    def fail(self) -> Format:
        return self.workbook.add_format({"font_color": RED, "bg_color": RED_FILL, "bold": True})

    @cached_property
    def query(self) -> Format:
        return self.workbook.add_format({"font_color": AMBER, "bg_color": AMBER_FILL})

    @cached_property
    def good(self) -> Format:
        return self.workbook.add_format({"font_color": GREEN, "bg_color": GREEN_FILL})

    @cached_property
    def faint(self) -> Format:
        return self.workbook.add_format({"font_color": FAINT})

    @cached_property
    def good_text(self) -> Format:
        return self.workbook.add_format({"font_color": GREEN})

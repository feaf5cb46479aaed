"""The sheet “退回问题” of a marked workbook, drawn straight into the package.

Beside the list stand, unseen, what reading it again needs: each finding's rule and whole message,
and how every marked cell was filled before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gouji.layout import a1
from gouji.returns.cells import FillText, Formats, solid
from gouji.returns.problems import Problem, ProblemSheet
from gouji.returns.xml import LINKS, MAIN, Element, add, fit, new
from gouji.sheet_xml import Place
from gouji.styles import (
    AMBER,
    BODY_FONT,
    CHINESE_CHARSET,
    HEAD_FILL,
    HEAD_FONT,
    INK,
    INPUT_FILL,
    LINE,
    LINE_POINTS,
    LINK,
    RED,
    TITLE_FONT,
)
from gouji.table_sheet import lines_needed
from gouji.wording import say

#: Columns of the list; the last ones are hidden.
NUMBER, SEVERITY, PLACE, WRONG, TODO, EXPLANATION, RULE, MESSAGE = range(8)
RECORD = MESSAGE + 1  #: sheet, cell and former fill of each mark
RECORD_COLUMNS = 3
HEADS = {
    NUMBER: "checksheet.number", SEVERITY: "checksheet.severity", PLACE: "checksheet.place",
    WRONG: "form_button.message", TODO: "returns.todo", EXPLANATION: "form_button.explanation",
}  # fmt: skip
_WIDTHS = (6.0, 8.0, 19.0, 62.0, 40.0, 36.0)
_TEXT_LIMIT = 32767
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Record:
    """How a marked cell was filled before."""

    sheet: str
    place: Place
    fill: FillText


class _Looks:
    """The formats of the sheet, added to the workbook's own."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        thin = formats.list("borders").makeelement(f"{{{MAIN}}}border")
        for side in ("left", "right", "top", "bottom"):
            add(add(thin, side, style="thin"), "color", rgb=_argb(LINE))
        add(thin, "diagonal")
        self._border = formats.append("borders", thin)
        self.title = self._look(TITLE_FONT, 18, border=False)
        self.line = self._look(BODY_FONT, 11, border=False, align="left")
        self.head = self._look(HEAD_FONT, 11, fill=HEAD_FILL)
        self.centre = self._look(BODY_FONT, 11)
        self.text = self._look(BODY_FONT, 11, align="left")
        self.hard = self._look(HEAD_FONT, 11, RED)
        self.soft = self._look(HEAD_FONT, 11, AMBER)
        self.link = self._look(BODY_FONT, 11, LINK, underlined=True)
        self.open = self._look(BODY_FONT, 11, fill=INPUT_FILL, align="left", locked=False)

    def _look(
        self, font: str, size: int, ink: str = INK, *, fill: str = "", border: bool = True,
        align: str = "center", underlined: bool = False, locked: bool = True,
    ) -> int:  # fmt: skip
        formats = self._formats
        made = formats.root.makeelement(f"{{{MAIN}}}font")
        if underlined:
            add(made, "u")
        add(made, "sz", val=str(size))
        add(made, "color", rgb=_argb(ink))
        add(made, "name", val=font)
        add(made, "charset", val=str(CHINESE_CHARSET))
        facts = {"numFmtId": "0", "fontId": str(formats.append("fonts", made)), "applyFont": "1",
                 "fillId": str(formats.fill(solid(fill.lstrip("#")) if fill else "")),
                 "applyFill": "1", "borderId": str(self._border if border else 0),
                 "applyBorder": "1", "xfId": "0", "applyAlignment": "1",
                 "applyProtection": "1"}  # fmt: skip
        xf = formats.root.makeelement(f"{{{MAIN}}}xf", facts)
        indent = {"indent": "1"} if align == "left" and border else {}
        add(xf, "alignment", horizontal=align, vertical="center", wrapText="1", **indent)
        add(xf, "protection", locked=str(int(locked)))
        return formats.append("cellXfs", xf)


def _argb(colour: str) -> str:
    return f"FF{colour.lstrip('#')}"


# ---------------------------------------------------------------------- drawing
class _Drawing:
    """The rows of the sheet as they are written, from the top down."""

    def __init__(self, data: Element, looks: _Looks) -> None:
        self._data, self.looks = data, looks
        self.merged: list[str] = []
        self.links: list[Mapping[str, str]] = []
        self.at = 0

    def row(self, cells: Mapping[int, tuple[str | int, int | None]], lines: int = 1) -> None:
        """One row; cells are text or number with a format. ``lines`` of text make its height."""
        height = max(lines * LINE_POINTS + 6, 22.0)
        row = add(self._data, "row", r=str(self.at + 1), ht=f"{min(height, 409):g}",
                  customHeight="1")  # fmt: skip
        for column, (value, style) in cells.items():
            made = add(row, "c", r=a1(self.at, column))
            if style is not None:
                made.set("s", str(style))
            if isinstance(value, int):
                add(made, "v", str(value))
            elif value:
                made.set("t", "inlineStr")
                text = add(add(made, "is"), "t", _cell_text(value))
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        self.at += 1

    def across(self, text: str, style: int, lines: int = 1) -> None:
        """A text over the whole width of the list."""
        self.merged.append(f"{a1(self.at, 0)}:{a1(self.at, EXPLANATION)}")
        self.row({0: (text, style)} | dict.fromkeys(range(1, EXPLANATION + 1), ("", style)), lines)


def _cell_text(text: str) -> str:
    """What a cell can hold, so that programs read back the very same letters."""
    return _ESCAPE.sub("_x005F_", fit(text))[:_TEXT_LIMIT]


def problem_sheet(
    problems: ProblemSheet, formats: Formats, record: Sequence[Record], notes: Sequence[str]
) -> tuple[Element, int]:
    """The worksheet part and the row of its heads.

    ``notes`` are what was not copied on from the unit's file.
    """
    spaces: dict[str | None, str] = {None: MAIN, "r": LINKS}
    root = new("worksheet", spaces)
    add(add(root, "sheetPr"), "pageSetUpPr", fitToPage="1")
    view = add(add(root, "sheetViews"), "sheetView", showGridLines="0", tabSelected="1",
               workbookViewId="0")  # fmt: skip
    add(root, "sheetFormatPr", defaultRowHeight="15")
    _columns(add(root, "cols"))
    drawing = _Drawing(add(root, "sheetData"), _Looks(formats))
    _top(drawing, problems, notes)
    below = drawing.at
    _list(drawing, problems, record)
    _freeze(view, below)
    _finish(root, drawing)
    return root, below - 1


def _columns(cols: Element) -> None:
    for index, width in enumerate(_WIDTHS, 1):
        add(cols, "col", min=str(index), max=str(index), width=f"{width:g}", customWidth="1")
    first, last = RULE + 1, RECORD + RECORD_COLUMNS
    add(cols, "col", min=str(first), max=str(last), width="9", hidden="1", customWidth="1")


def _top(drawing: _Drawing, problems: ProblemSheet, notes: Sequence[str]) -> None:
    looks, width = drawing.looks, sum(_WIDTHS)
    drawing.across(say("returns.sheet_title"), looks.title, 2)
    day = say("returns.day", year=problems.day.year, month=problems.day.month,
              day=problems.day.day) if problems.day else ""  # fmt: skip
    drawing.across(
        say("returns.facts", unit=problems.unit, year=problems.year or "", day=day),
        looks.line,
    )
    counts = (("hard", problems.hard), ("soft", problems.soft))
    told = [say(f"returns.count_{kind}", n=n) for kind, n in counts if n]
    told.append(say("returns.where"))
    for text in ("".join(told), *problems.lines, *notes):
        drawing.across(text, looks.line, lines_needed(text, width))
    drawing.row({column: (say(key), looks.head) for column, key in HEADS.items()})


def _list(drawing: _Drawing, problems: ProblemSheet, record: Sequence[Record]) -> None:
    rows: list[dict[int, Any]] = []
    for number, problem in enumerate(problems.problems, 1):
        rows.append(_cells(drawing.looks, number, problem))
        if problem.spots:
            sheet, area = problem.spots[0]
            place = a1(drawing.at + number - 1, PLACE)
            quoted = sheet.replace("'", "''")
            drawing.links.append({"ref": place, "location": f"'{quoted}'!{area.a1}",
                                  "display": problem.place})  # fmt: skip
    for index, mark in enumerate(record):
        if index == len(rows):
            rows.append({})
        texts = (mark.sheet, a1(*mark.place), mark.fill)
        rows[index] |= {RECORD + at: (text, None) for at, text in enumerate(texts)}
    more = say("returns.more", n=problems.more) if problems.more else ""
    for index, cells in enumerate(rows):
        if index == len(problems.problems) and more:
            cells[WRONG], more = (more, drawing.looks.line), ""
        wide = [c for c in (PLACE, WRONG, TODO, EXPLANATION) if c in cells]
        lines = (lines_needed(str(cells[c][0]), _WIDTHS[c] - 2) for c in wide)
        drawing.row(cells, max(lines, default=1))
    if more:
        drawing.row({WRONG: (more, drawing.looks.line)})


def _cells(looks: _Looks, number: int, problem: Problem) -> dict[int, tuple[str | int, int | None]]:
    hard = problem.hard
    explanation = say("form_button.must_mend") if hard else problem.explanation
    return {
        NUMBER: (number, looks.centre),
        SEVERITY: (say(f"severity.{problem.finding.severity}"), looks.hard if hard else looks.soft),
        PLACE: (problem.place, looks.link if problem.spots else looks.centre),
        WRONG: (problem.wrong, looks.text),
        TODO: (problem.todo or say(f"returns.todo_{problem.finding.severity}"), looks.text),
        EXPLANATION: (explanation, looks.centre if hard else looks.open),
        RULE: (problem.finding.rule, None),
        MESSAGE: (problem.finding.message, None),
    }


def _freeze(view: Element, head: int) -> None:
    below = a1(head, 0)
    add(view, "pane", ySplit=str(head), topLeftCell=below, activePane="bottomLeft",
        state="frozen")  # fmt: skip
    first = a1(head, EXPLANATION)
    add(view, "selection", pane="bottomLeft", activeCell=first, sqref=first)


def _finish(root: Element, drawing: _Drawing) -> None:
    add(root, "sheetProtection", sheet="1", objects="1", scenarios="1", formatColumns="0",
        formatRows="0")  # fmt: skip
    merges = add(root, "mergeCells", count=str(len(drawing.merged)))
    for area in drawing.merged:
        add(merges, "mergeCell", ref=area)
    if drawing.links:
        links = add(root, "hyperlinks")
        for each in drawing.links:
            add(links, "hyperlink", **each)
    add(root, "printOptions", horizontalCentered="1")
    add(root, "pageMargins", left="0.4", right="0.4", top="0.6", bottom="0.6", header="0.3",
        footer="0.3")  # fmt: skip
    add(root, "pageSetup", paperSize="9", orientation="landscape", fitToHeight="0")
    add(add(root, "headerFooter"), "oddFooter", say("returns.footer"))

"""Marks on the open form: red cells with notes, and the list of findings on the check sheet.

Every mark is recorded beside the list before it is made, in the workbook itself; so it can be
undone exactly, also after the file was closed and opened again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gouji.desk import Desk, Look
from gouji.findings_list import (
    EXPLANATION,
    HEADS,
    MESSAGE,
    NAME,
    NUMBER,
    PLACE,
    RECORD,
    RECORD_COLUMNS,
    SEVERITY,
    Key,
    Line,
    Spot,
    first_row,
    line_row,
)
from gouji.layout import CHECK_FIRST_ROW, Area, FormLayout
from gouji.live_form import LiveForm, cell_named
from gouji.model import Value
from gouji.wording import say

MARK_FILL = "#F4A6AC"  #: of a cell that must be mended; stronger than the form's own red
HEAD_FILL, INPUT_FILL, HARD_INK, LINK_INK = "#F4F5F7", "#FFF8D6", "#B00020", "#1F4E79"
HEAD_SIZE, LIST_SIZE = 11.0, 10.0
#: What a note can hold and a person will read.
NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked cell, and how it was before."""

    sheet: str
    cells: str  #: ``D6`` or ``D6:E7``
    fill: str
    note: str


# ---------------------------------------------------------------------- reading the list
@dataclass(frozen=True, slots=True)
class Standing:
    """The list as it stands on the check sheet before anything is changed."""

    layout: FormLayout
    explanations: Mapping[Key, str]  #: what the clerk wrote beside the findings
    marks: Sequence[Mark]  #: of sheets that are still there
    last_row: int  #: last row of the check sheet that holds anything

    @property
    def sheets(self) -> list[str]:
        """Sheets that hold the list or a mark."""
        return [say("sheet.check"), *(mark.sheet for mark in self.marks)]


def standing(desk: Desk, layout: FormLayout) -> Standing:
    """Read the list. Raises KeyError when there is no check sheet."""
    top = first_row(layout)
    rows = desk.values(say("sheet.check"), top)
    known = set(desk.sheets())
    made = (_mark(row) for row in rows)
    return Standing(
        layout,
        _explanations(rows[line_row(layout, 0) - top :]),
        [mark for mark in made if mark and mark.sheet in known],
        top + len(rows) - 1,
    )


def _explanations(rows: Sequence[Sequence[object]]) -> dict[Key, str]:
    found = {}
    for row in rows:
        text = _text(row[EXPLANATION]) if len(row) > NAME else ""
        if text and text != say("form_button.must_mend"):
            found[_text(row[NAME]), _text(row[PLACE])] = text
    return found


def _mark(row: Sequence[object]) -> Mark | None:
    """The record in one row of the list."""
    record = [str(cell or "") for cell in row[RECORD : RECORD + RECORD_COLUMNS]]
    sheet, cells, fill, note = record + [""] * (RECORD_COLUMNS - len(record))
    return Mark(sheet, cells, fill, note) if sheet and cells else None


def _text(cell: object) -> str:
    """A cell as text; an explanation “3” is a text too, though the sheet calls it a number."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


# ---------------------------------------------------------------------- taking marks away
def remove_marks(desk: Desk, before: Standing) -> None:
    """Make every marked cell what it was, and empty the list.

    The sheets of ``before`` must be open for writing.
    """
    for mark in before.marks:
        area = _area_of(mark)
        desk.look(mark.sheet, area, Look(fill=mark.fill))
        desk.set_note(mark.sheet, area, mark.note)
    top, sheet = first_row(before.layout), say("sheet.check")
    if before.last_row >= top:
        desk.clear(sheet, Area(top, 0, before.last_row, RECORD + RECORD_COLUMNS - 1))
        desk.fit_rows(sheet, top, before.last_row)


def _area_of(mark: Mark) -> Area:
    first, _, last = mark.cells.partition(":")
    corners = [cell_named(f"{mark.sheet}!{corner}") for corner in (first, last or first)]
    (_, start), (_, end) = (corner for corner in corners if corner)
    return Area(start.row, start.column, end.row, end.column)


# ---------------------------------------------------------------------- making marks
def make_marks(desk: Desk, live: LiveForm, found: Sequence[Line], sentence: str) -> None:
    """Colour what must be mended, and write the list. Marks made before must be gone."""
    notes = _notes(live, found)
    record = [
        Mark(sheet, area.range, desk.fill_of(sheet, area), desk.note(sheet, area))
        for sheet, area in notes
    ]
    _write_record(desk, live.layout, record)
    for ((sheet, area), texts), mark in zip(notes.items(), record, strict=True):
        desk.look(sheet, area, Look(fill=MARK_FILL))
        if texts:
            text = "\n".join([*texts, *filter(None, [mark.note])])
            desk.set_note(sheet, area, text[:NOTE_LENGTH])
    _write_list(desk, live.layout, found, sentence)


def _notes(live: LiveForm, found: Iterable[Line]) -> dict[Spot, list[str]]:
    """Cells to be coloured; the one a finding leads to carries its message."""
    notes: dict[Spot, list[str]] = {}
    for line in found:
        if line.hard:
            for code in line.finding.items:
                notes.setdefault(live.spots[code], [])
            if line.spot:
                notes.setdefault(line.spot, []).append(line.told)
    return notes


def _write_record(desk: Desk, layout: FormLayout, record: Sequence[Mark]) -> None:
    if record:
        sheet, top = say("sheet.check"), first_row(layout)
        rows = [(mark.sheet, mark.cells, mark.fill, mark.note) for mark in record]
        last = RECORD + RECORD_COLUMNS - 1
        desk.look(sheet, Area(top, RECORD, top + len(rows) - 1, last), Look(hidden=True))
        desk.write(sheet, top, RECORD, rows)


def _write_list(desk: Desk, layout: FormLayout, found: Sequence[Line], sentence: str) -> None:
    sheet, top = say("sheet.check"), first_row(layout)
    desk.write(sheet, top, NUMBER, [[sentence]])
    font = desk.font_of(sheet, Area(CHECK_FIRST_ROW, MESSAGE, CHECK_FIRST_ROW, MESSAGE))
    last = line_row(layout, len(found) - 1) if found else top
    desk.look(sheet, Area(top, 0, last, EXPLANATION), Look(font=font, size=LIST_SIZE))
    desk.look(sheet, Area(top, 0, top, 0), Look(size=HEAD_SIZE, bold=True))
    if not found:
        return
    heads = [say(HEADS[column]) for column in range(EXPLANATION + 1)]
    desk.write(sheet, top + 1, 0, [heads])
    desk.look(sheet, Area(top + 1, 0, top + 1, EXPLANATION), Look(fill=HEAD_FILL, bold=True))
    first = line_row(layout, 0)
    desk.write(sheet, first, 0, [_cells(number, line) for number, line in enumerate(found, 1)])
    for column in (MESSAGE, EXPLANATION):
        desk.look(sheet, Area(first, column, last, column), Look(wrap=True))
    desk.look(sheet, Area(first, NAME, last, NAME), Look(hidden=True))
    for index, line in enumerate(found):
        _finish_line(desk, sheet, first + index, line)
    desk.fit_rows(sheet, first, last)


def _cells(number: int, line: Line) -> list[Value]:
    finding = line.finding
    cells: list[Value] = [number, finding.family, say(f"severity.{finding.severity}"), line.place]
    cells += [line.told, finding.left, finding.right, line.difference]
    explanation = say("form_button.must_mend") if line.hard else line.explanation
    return [*cells, explanation, finding.rule]


def _finish_line(desk: Desk, sheet: str, row: int, line: Line) -> None:
    """The link of a finding, its colour if hard, its open cell for the explanation if soft."""
    if line.spot:
        place = Area(row, PLACE, row, PLACE)
        desk.link(sheet, place, line.spot, line.place)
        desk.look(sheet, place, Look(ink=LINK_INK))
    if line.hard:
        desk.look(sheet, Area(row, SEVERITY, row, SEVERITY), Look(ink=HARD_INK, bold=True))
    else:
        explanation = Area(row, EXPLANATION, row, EXPLANATION)
        desk.look(sheet, explanation, Look(fill=INPUT_FILL))
        desk.lock(sheet, explanation, False)

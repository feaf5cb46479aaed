"""The run log: what happened to the files before this roll-up, then every file as it was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from gouji import editions
from gouji.district_links import size_of
from gouji.district_plan import ROW_LIMIT, LogLine, Plan, clean, file_name, put
from gouji.district_styles import DistrictStyles
from gouji.model import Repair, Submission
from gouji.rollup import Entry
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page
from gouji.wording import say

HEAD_ROW, FIRST_ROW = 2, 3
WIDTHS = {
    "number": 6, "at": 17, "what": 12, "unit": 26, "file": 56, "size": 11, "form": 20,
    "told": 70, "by": 12, "sha256": 16,
}  # fmt: skip
SMALLER = 1.13
REPAIRS_SHOWN = 6  #: of one file; the rest are counted
_LONG = 400  #: characters of one line's text


@dataclass(frozen=True, slots=True)
class _Row:
    line: LogLine
    size: int | None = None
    form: str = ""


def draw_log(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    """Rows strictly from top to bottom, so that a long log can be streamed."""
    for column, width in enumerate(WIDTHS.values()):
        sheet.set_column(column, column, width)
    rows = list(_rows(plan))
    sheet.set_row(0, 30)
    title = say("district.log_title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.write_string(0, 0, clean(title), styles.heading)
    note = say(
        "district.log_note", n=len(plan.sources.log), files=len(rows) - len(plan.sources.log)
    )
    if len(rows) > ROW_LIMIT:
        note += say("district.cut", rows=ROW_LIMIT, all=len(rows))
    sheet.write_string(1, 0, note, styles.info_left)
    sheet.set_row(HEAD_ROW, 22)
    for column, key in enumerate(WIDTHS):
        sheet.write_string(HEAD_ROW, column, say(f"district.{key}"), styles.list_head)
    last = FIRST_ROW
    for last, row in enumerate(rows[:ROW_LIMIT], start=FIRST_ROW):
        _draw_row(sheet, styles, last, row)
    sheet.autofilter(HEAD_ROW, 0, last, len(WIDTHS) - 1)
    sheet.freeze_panes(FIRST_ROW, 3)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, last, len(WIDTHS) - 2)  # a digest is not for reading on paper
    set_page(sheet, landscape=True)


def _draw_row(sheet: Worksheet, styles: DistrictStyles, at: int, row: _Row) -> None:
    line = row.line
    told = line.told if len(line.told) <= _LONG else line.told[:_LONG] + say("district.dots")
    needed = max(
        lines_needed(text, WIDTHS[key] * SMALLER)
        for key, text in (("told", told), ("file", line.file), ("unit", line.unit))
    )
    sheet.set_row(at, min(400, max(20, needed * (LINE_POINTS - 2) + 6)))
    put(sheet, at, 0, at - HEAD_ROW, styles.line_centre)
    if line.at:
        sheet.write_datetime(at, 1, line.at, styles.line_date)
    else:
        put(sheet, at, 1, None, styles.line_date)
    texts = (line.what, line.unit, line.file)
    for column, text in enumerate(texts, start=2):
        put(sheet, at, column, text, styles.line)
    put(sheet, at, 5, row.size, styles.line_number)
    put(sheet, at, 6, row.form, styles.line)
    put(sheet, at, 7, told, styles.line)
    put(sheet, at, 8, line.by, styles.line)
    put(sheet, at, 9, line.sha256, styles.digest)


def _rows(plan: Plan) -> Iterator[_Row]:
    for line in plan.sources.log:
        yield _Row(line)
    for entry in plan.entries:
        yield _read(plan, entry)
    for refused in plan.rollup.unreadable:
        line = LogLine(plan.received.get(refused.file), say("rollup.standing.unreadable"),
                       file=file_name(refused.file), told=refused.why)  # fmt: skip
        yield _Row(line, size_of(refused.file))


def _read(plan: Plan, entry: Entry) -> _Row:
    """One file as it was read: which form it is, and what had to be turned into numbers."""
    submission = entry.submission
    line = LogLine(
        plan.received.get(submission.file), say("district.read_in"), entry.unit,
        file_name(submission.file), "\n".join(_told(submission)), sha256=submission.sha256,
    )  # fmt: skip
    return _Row(line, size_of(submission.file), _form(submission))


def _told(submission: Submission) -> Iterator[str]:
    for repair in submission.repairs[:REPAIRS_SHOWN]:
        yield _repair(repair)
    if len(submission.repairs) > REPAIRS_SHOWN:
        yield say("district.more_repairs", n=len(submission.repairs) - REPAIRS_SHOWN)
    yield from submission.notes


def _repair(repair: Repair) -> str:
    key = "district.repair" if repair.means is not None else "district.no_repair"
    places = {"cell": repair.cell, "text": repair.text, "means": repair.means, "why": repair.why}
    return say(key, **places)


def _form(submission: Submission) -> str:
    if submission.edition not in editions.available():
        return submission.edition
    form = editions.load(submission.edition)
    key = "district.own_form" if submission.medium == "form" else "district.other_medium"
    return say(key, edition=form.id, version=form.version, medium=submission.medium)

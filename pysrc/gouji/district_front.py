"""Parts of the front page that lead on: who was left out, the contents, how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from xlsxwriter.worksheet import Worksheet

import gouji
from gouji.district_links import inside
from gouji.district_lists import unit_rows
from gouji.district_plan import Plan, clean, file_name
from gouji.district_standing import LeftOut, left_out
from gouji.district_styles import DistrictStyles
from gouji.district_trace import SHOWN_OF_MANY
from gouji.district_years import has_years
from gouji.layout import Area, a1
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, write_area
from gouji.wording import say

LEFT_OUT_SHOWN = 15
_WHY = Area(0, 3, 0, 6)  #: columns of the reason
_WHY_WIDTH, _UNIT_WIDTH, _ALL_WIDTH = 66, 45, 129
_PRINT = 16  #: characters of a fingerprint


def draw_left_out(sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int) -> int:
    """Units and files without a number in the sums, each with why; nothing where all are in."""
    lines = list(left_out(plan))
    if not lines:
        return row
    places = unit_rows(plan)
    sheet.write_string(row, 0, say("district.left_out"), styles.heading)
    sheet.set_row(row, 24)
    for line in lines[:LEFT_OUT_SHOWN]:
        row += 1
        _draw_line(sheet, styles, line, row, places[line.unit, line.file])
    if len(lines) > LEFT_OUT_SHOWN:
        row += 1
        text = say(
            "district.more_left_out", n=len(lines) - LEFT_OUT_SHOWN, sheet=say("sheet.units")
        )
        sheet.write_url(row, 0, inside(say("sheet.units"), "A1"), styles.link, text)
        sheet.set_row(row, 20)
    return row + 2


def _draw_line(
    sheet: Worksheet, styles: DistrictStyles, line: LeftOut, row: int, place: int
) -> None:
    why = clean(line.why or say("district.nothing_came"))
    name = clean(line.unit or file_name(line.file))
    sheet.write_string(
        row, 0, say(f"rollup.standing.{line.standing}"), styles.standing(line.standing)
    )
    sheet.write_url(
        row, 1, inside(say("sheet.units"), a1(place, 1 if line.unit else 3)), styles.line_link, name
    )
    write_area(sheet, Area(row, _WHY.column, row, _WHY.last_column), why, styles.hint)
    lines = max(lines_needed(why, _WHY_WIDTH * 1.1), lines_needed(name, _UNIT_WIDTH * 1.1))
    sheet.set_row(row, max(20, lines * (LINE_POINTS - 1) + 6))


def draw_contents(
    sheet: Worksheet, styles: DistrictStyles, row: int, contents: list[tuple[str, str]]
) -> int:
    """Links to the sheets, each with what it holds; returns the row behind them."""
    sheet.write_string(row, 0, say("template.contents"), styles.heading)
    sheet.set_row(row, 24)
    for name, about in contents:
        row += 1
        sheet.write_url(row, 0, inside(name, "A1"), styles.link, name)
        sheet.write_string(row, 1, about, styles.info_left)
        sheet.set_row(row, 20)
    return row + 1


def draw_made(sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int) -> int:
    """When and from what the workbook was made, and what it leaves out; no clock is asked."""
    sheet.write_string(row, 0, say("district.made_title"), styles.heading)
    sheet.set_row(row, 24)
    for line in _made(plan):
        row += 1
        write_area(sheet, Area(row, 0, row, _WHY.last_column), line, styles.plain)
        sheet.set_row(row, lines_needed(line, _ALL_WIDTH) * LINE_POINTS + 5)
    return row + 1


def _made(plan: Plan) -> Iterator[str]:
    rollup, form = plan.rollup, plan.form
    files = len(rollup.entries) + len(rollup.unreadable)
    places = {"files": files, "counted": len(rollup.counted), "sum": fingerprint(plan)}
    yield say("district.made_from", **places)
    if moment := _as_of(plan):
        yield say("district.as_of", moment=format(moment, "%Y-%m-%d %H:%M"))
    if plan.sources.made:
        yield say("district.made_at", moment=format(plan.sources.made, "%Y-%m-%d %H:%M"))
    places = {"program": gouji.__version__, "edition": form.id, "version": form.version}
    yield say("district.made_by", **places)
    if not has_years(plan):
        yield say("district.no_last_year")
    if plan.many:
        yield say("district.made_many", units=len(plan.listed), n=SHOWN_OF_MANY)


def _as_of(plan: Plan) -> datetime | None:
    """The last moment of which the workbook knows."""
    moments = [line.at for line in plan.sources.log if line.at]
    return max([*moments, *plan.received.values()], default=None)


def fingerprint(plan: Plan) -> str:
    """Of the files that count: two workbooks with the same one add up the same files."""
    digests = sorted(entry.submission.sha256 for entry in plan.rollup.counted)
    return sha256("\n".join(digests).encode()).hexdigest()[:_PRINT]

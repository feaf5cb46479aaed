"""Year on year: every item beside last year's number, the change, and the years before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from gouji.district_links import inside
from gouji.district_plan import Plan, clean, item_label, put
from gouji.district_styles import DistrictStyles
from gouji.helper_cells import excel_number
from gouji.layout import Area, a1, column_name, reference
from gouji.live_text import quoted
from gouji.model import Item, Kind, Number
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page
from gouji.wording import say

HEAD_ROW, FIRST_ROW = 2, 3
_LABEL_WIDTHS = {"place": 19, "label": 56}
_TAIL_WIDTHS = {"change": 12, "percent": 11, "mark": 19, "remark": 46}
YEAR_WIDTH = 14
SMALLER = 1.13


@dataclass(frozen=True, slots=True)
class Step:
    """One mark: when it holds, the same as a formula, and the key of its word (empty: none).

    ``rate``: it compares sizes, which says nothing of an item that may be negative.
    """

    holds: Callable[[Number, Number], bool]
    live: str
    key: str
    rate: bool = False


#: The first that holds counts: this year's number against last year's.
_STEPS = (
    Step(lambda now, last: now == last == 0, "AND({now}=0,{last}=0)", ""),
    Step(lambda now, last: now == last, "{now}={last}", "same"),
    Step(lambda now, last: last == 0, "{last}=0", "from_zero", rate=True),
    Step(lambda now, last: now == 0, "{now}=0", "to_zero", rate=True),
    Step(lambda now, last: now >= 2 * last, "{now}>=2*{last}", "doubled", rate=True),
    Step(lambda now, last: 2 * now <= last, "2*{now}<={last}", "halved", rate=True),
    Step(lambda now, last: now > last, "{now}>{last}", "more"),
    Step(lambda now, last: True, "TRUE", "less"),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand; ``years`` are the earlier ones, the last of them last year."""

    years: tuple[int, ...]

    @property
    def now(self) -> int:
        return len(_LABEL_WIDTHS) + len(self.years)

    @property
    def last(self) -> int:
        return self.now - 1

    def tail(self, key: str) -> int:
        return self.now + 1 + list(_TAIL_WIDTHS).index(key)


def has_years(plan: Plan) -> bool:
    """True when there is last year to compare with."""
    return plan.rollup.year - 1 in plan.past


def draw_years(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    """One row an item; this year's numbers, changes and marks are live."""
    columns = Columns(tuple(plan.past))
    _draw_heads(sheet, styles, plan, columns)
    row = FIRST_ROW
    for row, (code, item) in enumerate(plan.form.items.items(), start=FIRST_ROW):
        where, area = plan.layout.sheet_of[code], plan.layout.cell(code)
        place = plan.layout.place(code)
        sheet.write_url(row, 0, inside(where, area.a1), styles.matrix_link, place)
        sheet.write_string(row, 1, item_label(item), styles.line)
        for at, numbers in enumerate(plan.past.values(), start=len(_LABEL_WIDTHS)):
            _draw_past(sheet, styles, row, at, numbers.get(code))
        total = excel_number(plan.rollup.totals[code])
        formula = f"={reference(where, area)}"
        sheet.write_formula(row, columns.now, formula, styles.line_number, total)
        _draw_change(sheet, styles, plan, columns, row, item)
    marks = Area(FIRST_ROW, columns.tail("mark"), row, columns.tail("mark"))
    _colour(sheet, styles, marks)
    last = columns.tail("remark")
    sheet.autofilter(HEAD_ROW, 0, row, last)
    sheet.freeze_panes(FIRST_ROW, len(_LABEL_WIDTHS))
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, row, last)
    set_page(sheet, landscape=True)


def _draw_heads(sheet: Worksheet, styles: DistrictStyles, plan: Plan, columns: Columns) -> None:
    title = say("district.years_title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.write_string(0, 0, clean(title), styles.heading)
    sheet.write_string(1, 0, say("district.years_note"), styles.info_left)
    sheet.set_row(0, 30)
    sheet.set_row(HEAD_ROW, 22)
    years = (*columns.years, plan.rollup.year)
    heads = [(say(f"district.{key}"), width) for key, width in _LABEL_WIDTHS.items()]
    heads += [(say("district.year", year=year), YEAR_WIDTH) for year in years]
    heads += [(say(f"district.{key}"), width) for key, width in _TAIL_WIDTHS.items()]
    for column, (text, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, text, styles.list_head)


def _draw_past(
    sheet: Worksheet, styles: DistrictStyles, row: int, column: int, number: Number | None
) -> None:
    """A number of an earlier year; a dash where that year has none."""
    if number is None:
        sheet.write_string(row, column, say("district.no_number"), styles.line_centre)
    else:
        put(sheet, row, column, number, styles.line_number)


def _draw_change(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, columns: Columns, row: int, item: Item
) -> None:
    now, last = (f"{column_name(at)}{row + 1}" for at in (columns.now, columns.last))
    total, before = plan.rollup.totals[item.code], plan.past[plan.rollup.year - 1].get(item.code)
    change, percent = columns.tail("change"), columns.tail("percent")
    remark = _remark(plan, item, before)
    formula = plan.rounded(item.code, f"{now}-{last}").removeprefix("=")
    shown = excel_number(total - before) if before is not None else ""
    live = f'=IF(ISNUMBER({last}),{formula},"")'
    sheet.write_formula(row, change, live, styles.change, shown)
    rate: float | str = float(total - before) / float(before) if before and before > 0 else ""
    at = a1(row, change)
    live = f'=IF(ISNUMBER({last}),IF({last}>0,{at}/{last},""),"")'
    sheet.write_formula(row, percent, live, styles.percent, rate)
    signed = item.kind is Kind.SIGNED
    word = _mark(total, before, signed) if before is not None else say("district.mark_none")
    mark = columns.tail("mark")
    sheet.write_formula(row, mark, f"={_live_mark(now, last, signed)}", styles.line, word)
    put(sheet, row, columns.tail("remark"), remark, styles.line)
    needed = max(
        lines_needed(remark, _TAIL_WIDTHS["remark"] * SMALLER),
        lines_needed(item_label(item), _LABEL_WIDTHS["label"] * SMALLER),
    )
    sheet.set_row(row, max(20, needed * (LINE_POINTS - 2) + 6))


def _remark(plan: Plan, item: Item, before: Number | None) -> str:
    if before is None:
        return plan.gaps.get(item.code) or say("district.no_counterpart")
    if item.code in plan.redefined:
        return say("district.redefined", why=plan.redefined[item.code])
    return ""


def _steps(signed: bool) -> tuple[Step, ...]:
    return tuple(step for step in _STEPS if not (signed and step.rate))


def _mark(now: Number, last: Number, signed: bool) -> str:
    """What ``_live_mark`` shows."""
    key = next(step.key for step in _steps(signed) if step.holds(now, last))
    return say(f"district.mark_{key}") if key else ""


def _live_mark(now: str, last: str, signed: bool) -> str:
    """The first step that holds, as a formula."""
    formula = '""'
    for step in reversed(_steps(signed)):
        word = quoted(say(f"district.mark_{step.key}")) if step.key else '""'
        formula = f"IF({step.live.format(now=now, last=last)},{word},{formula})"
    return f"IF(ISNUMBER({last}),{formula},{quoted(say('district.mark_none'))})"


def _colour(sheet: Worksheet, styles: DistrictStyles, area: Area) -> None:
    """Large changes stand out; the words say the same."""
    first = area.a1
    for key in ("doubled", "halved", "from_zero", "to_zero"):
        condition = f"={first}={quoted(say(f'district.mark_{key}'))}"
        options = {"type": "formula", "criteria": condition, "format": styles.query}
        sheet.conditional_format(area.row, area.column, area.last_row, area.column, options)

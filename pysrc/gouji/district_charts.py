"""Native charts of what people would rather look at, each beside the live numbers it draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart as Drawn
from xlsxwriter.worksheet import Worksheet

from gouji import excel
from gouji.district_plan import Plan, clean, put
from gouji.district_standing import unit_groups
from gouji.district_styles import GROUP_COLOURS, DistrictStyles
from gouji.helper_cells import excel_number
from gouji.layout import Area, a1
from gouji.model import Number, Term
from gouji.picture import Chart, ChartKind
from gouji.rectangles import absolute
from gouji.styles import HEAD_FONT, INK, LINE, LINK
from gouji.table_sheet import set_page
from gouji.wording import say

WIDTHS = (22, 13, 13, 13, 13, 13, 13, 13, 13)
CHART_COLUMN = 3  #: charts stand from here, the numbers left of them
CHART_SIZE = (552, 290)  #: pixels
ROW_POINTS, ROW_PIXELS = 20, 26.67
LINES_ACROSS = 3  #: small charts of one series each, beside each other
LINE_SIZE = (303, 225)
LINE_PLOT = {"x": 0.06, "y": 0.3, "width": 0.88, "height": 0.52}  #: room for labels above
_LINE_ROWS = 9
_FIRST_ROW = 3


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: Number
    formula: str = ""
    colour: str = LINK


def draw_charts(workbook: Workbook, sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    """The status of the units, then what the edition declares, one under the other."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    title = say("district.charts_title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, clean(title), styles.heading)
    sheet.write_string(1, 0, say("district.charts_note"), styles.info_left)
    drawer = _Drawer(workbook, sheet, styles, plan)
    row = drawer.bars(_FIRST_ROW, say("district.chart_units"), _units(plan))
    for chart in plan.form.charts:
        if chart.kind is ChartKind.BARS:
            row = drawer.bars(row, chart.title, _parts(plan, chart), chart.unit)
        elif plan.past:
            row = drawer.lines(row, chart)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, row - 2, len(WIDTHS) - 1)
    set_page(sheet, landscape=False)


def _units(plan: Plan) -> Iterator[Bar]:
    for group, names in unit_groups(plan).items():
        yield Bar(say(f"district.group_{group}"), len(names), colour=GROUP_COLOURS[group])


def _parts(plan: Plan, chart: Chart) -> Iterator[Bar]:
    for label, terms in chart.parts.items():
        value = total_of(plan.rollup.totals, terms) or 0
        yield Bar(label, value, live_sum(plan, terms))


def total_of(numbers: Mapping[str, Number], terms: tuple[Term, ...]) -> Number | None:
    """The sum, None where one of its numbers is not known."""
    if any(term.code not in numbers for term in terms):
        return None
    return sum(term.coefficient * numbers[term.code] for term in terms)


def live_sum(plan: Plan, terms: tuple[Term, ...]) -> str:
    """The same as a formula over the official tables."""
    return f"={excel.side_formula(plan.layout, terms, '')}"


class _Drawer:
    """Draws one chart after the other down the sheet; every method returns the next free row."""

    def __init__(
        self, workbook: Workbook, sheet: Worksheet, styles: DistrictStyles, plan: Plan
    ) -> None:
        self.workbook, self.sheet, self.styles, self.plan = workbook, sheet, styles, plan
        self.name = say("sheet.charts")

    def bars(self, row: int, title: str, bars: Iterator[Bar], unit: str = "") -> int:
        """Horizontal bars in the given order; what is 0 is left out."""
        shown = [bar for bar in bars if bar.value]
        if not shown:
            return row
        named = say("district.chart_unit", title=title, unit=unit) if unit else title
        self._heads(row, title, ("part", "number_of", "share"))
        first, last = row + 1, row + len(shown)
        whole = sum(bar.value for bar in shown)
        column = absolute(Area(first, 1, last, 1))
        for at, bar in enumerate(shown, start=first):
            self._bar(at, bar, column, whole)
        chart = self._bar_chart(named, shown, first, last)
        words = say("rollup.listed").join(f"{bar.label} {bar.value}" for bar in shown)
        self._insert(row, CHART_COLUMN, chart, say("district.alt", title=named, numbers=words))
        height = max(len(shown) + 1, round(CHART_SIZE[1] / ROW_PIXELS))
        return self._rows(row, height)

    def _bar(self, row: int, bar: Bar, column: str, whole: Number) -> None:
        sheet, styles = self.sheet, self.styles
        sheet.write_string(row, 0, bar.label, styles.bar_label)
        value = excel_number(bar.value)
        if bar.formula:
            sheet.write_formula(row, 1, bar.formula, styles.line_number, value)
        else:
            sheet.write_number(row, 1, value, styles.line_number)
        live = f'=IF(SUM({column})=0,"",{a1(row, 1)}/SUM({column}))'
        share = float(bar.value) / float(whole) if whole else ""
        sheet.write_formula(row, 2, live, styles.share, share)

    def _bar_chart(self, title: str, bars: list[Bar], first: int, last: int) -> Drawn:
        chart = self.workbook.add_chart({"type": "bar"})
        chart.add_series({
            "name": title,
            "categories": [self.name, first, 0, last, 0],
            "values": [self.name, first, 1, last, 1],
            "fill": {"color": LINK},
            "points": [{"fill": {"color": bar.colour}} for bar in bars],
            "gap": 45,
            "data_labels": {"value": True, "font": _font(10)},
        })  # fmt: skip
        chart.set_y_axis({"reverse": True, "num_font": _font(10), "line": {"none": True},
                          "major_tick_mark": "none"})  # fmt: skip
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        return self._dressed(chart, title, CHART_SIZE)

    def lines(self, row: int, chart: Chart) -> int:
        """One small chart for each part over the years, the numbers above them."""
        plan, sheet, styles = self.plan, self.sheet, self.styles
        years = (*plan.past, plan.rollup.year)
        heads = [chart.title, *chart.parts]
        for column, text in enumerate(heads):
            sheet.write_string(row, column, text, styles.list_head)
        for at, year in enumerate(years, start=row + 1):
            sheet.write_string(at, 0, say("district.year", year=year), styles.line_centre)
            numbers = plan.past.get(year)
            for column, terms in enumerate(chart.parts.values(), start=1):
                self._point(at, column, terms, numbers)
        self._rows(row, len(years) + 1)
        sheet.set_row(row, 2 * ROW_POINTS)
        row += len(years) + 2
        for n, label in enumerate(chart.parts):
            told = self._line_chart(chart, label, n + 1, (row - len(years) - 1, row - 2))
            down, across = divmod(n, LINES_ACROSS)
            self._insert(row + down * _LINE_ROWS, 0, *told, offset=across * (LINE_SIZE[0] + 5))
        return self._rows(row, _LINE_ROWS * -(-len(chart.parts) // LINES_ACROSS))

    def _point(
        self, row: int, column: int, terms: tuple[Term, ...], numbers: Mapping[str, Number] | None
    ) -> None:
        """``numbers`` of an earlier year, None for this one."""
        style = self.styles.line_number
        if numbers is None:
            value = excel_number(total_of(self.plan.rollup.totals, terms) or 0)
            self.sheet.write_formula(row, column, live_sum(self.plan, terms), style, value)
        else:
            put(self.sheet, row, column, total_of(numbers, terms), style)

    def _line_chart(
        self, chart: Chart, label: str, column: int, rows: tuple[int, int]
    ) -> tuple[Drawn, str]:
        drawn = self.workbook.add_chart({"type": "line"})
        (first, last), fill = rows, {"color": LINK}
        drawn.add_series({
            "name": label,
            "categories": [self.name, first, 0, last, 0],
            "values": [self.name, first, column, last, column],
            "line": {"color": LINK, "width": 2},
            "marker": {"type": "circle", "size": 6, "fill": fill, "border": fill},
            "data_labels": {"value": True, "position": "above", "font": _font(9)},
        })  # fmt: skip
        drawn.set_x_axis({"num_font": _font(9), "line": {"color": LINE}})
        drawn.set_plotarea({"layout": LINE_PLOT})
        drawn.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        named = say("district.chart_unit", title=label, unit=chart.unit) if chart.unit else label
        numbers = [total_of(each, chart.parts[label]) for each in self._years().values()]
        words = say("rollup.listed").join(
            f"{say('district.year', year=year)} {number}"
            for year, number in zip(self._years(), numbers, strict=True)
            if number is not None
        )
        told = say("district.alt", title=f"{chart.title} {named}", numbers=words)
        return self._dressed(drawn, named, LINE_SIZE), told

    def _years(self) -> dict[int, Mapping[str, Number]]:
        return {**self.plan.past, self.plan.rollup.year: self.plan.rollup.totals}

    def _heads(self, row: int, title: str, keys: tuple[str, ...]) -> None:
        self.sheet.write_string(row, 0, title, self.styles.list_head)
        for column, key in enumerate(keys[1:], start=1):
            self.sheet.write_string(row, column, say(f"district.{key}"), self.styles.list_head)

    def _rows(self, row: int, height: int) -> int:
        for at in range(row, row + height):
            self.sheet.set_row(at, ROW_POINTS)
        return row + height + 1

    def _dressed(self, chart: Drawn, title: str, size: tuple[int, int]) -> Drawn:
        chart.set_title({"name": title, "name_font": _font(12), "overlay": False})
        chart.set_legend({"none": True})
        chart.set_size({"width": size[0], "height": size[1]})
        chart.set_chartarea({"border": {"color": "#C3CAD1"}})
        return chart

    def _insert(self, row: int, column: int, chart: Drawn, told: str, offset: int = 12) -> None:
        options = {"description": told, "object_position": 2, "x_offset": offset}
        self.sheet.insert_chart(row, column, chart, options)


def _font(size: int) -> dict[str, object]:
    return {"name": HEAD_FONT, "size": size, "color": INK, "bold": False}


__all__ = ["draw_charts", "live_sum", "total_of"]

"""The long sheet: one row for each number that adds something, without merged cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from gouji.district_plan import (
    LONG_COLUMNS,
    LONG_FIRST_ROW,
    LONG_HEAD_ROW,
    ROW_LIMIT,
    Plan,
    clean,
    file_name,
    item_label,
    put,
)
from gouji.district_styles import DistrictStyles
from gouji.layout import MATRIX_FIRST_ROW, Area, reference
from gouji.rectangles import absolute
from gouji.rollup_sums import long_table
from gouji.table_sheet import set_page
from gouji.wording import say

if TYPE_CHECKING:
    from pandas import DataFrame

WIDTHS = (7, 24, 34, 16, 48, 13, 28, 16, 16)


def long_frame(plan: Plan) -> DataFrame:
    """Every listed file's numbers with labels and origin; ``row`` counts within ``plan.listed``."""
    frame = long_table(plan.form, [entry.submission for entry in plan.listed])
    items, entries, row = plan.form.items, plan.listed, frame["row"]
    titles = {code: plan.layout.sheet_of[code] for code in items}
    return frame.assign(
        counted=row.map([entry.counts for entry in entries].__getitem__),
        unit=row.map([entry.unit for entry in entries].__getitem__),
        table=frame["code"].map(titles),
        label=frame["code"].map({code: item_label(item) for code, item in items.items()}),
        file=row.map([file_name(entry.submission.file) for entry in entries].__getitem__),
        cell=frame["code"].map({code: plan.layout.place(code) for code in items}),
        sha256=row.map([entry.submission.sha256 for entry in entries].__getitem__),
    )


def draw_long(sheet: Worksheet, styles: DistrictStyles, plan: Plan, frame: DataFrame) -> None:
    """Rows strictly from top to bottom: a large sheet is streamed to disk while it is written."""
    shown = frame.head(ROW_LIMIT)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    title = say("district.long_title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.write_string(0, 0, clean(title), styles.heading)
    for row, note in enumerate(_notes(plan, len(frame)), start=1):
        sheet.write_string(row, 0, note, styles.info_left)
    sheet.set_row(LONG_HEAD_ROW, 22)
    for column, key in enumerate(LONG_COLUMNS):
        sheet.write_string(LONG_HEAD_ROW, column, say(f"district.{key}"), styles.list_head)
    _draw_rows(sheet, styles, plan, shown)
    last = LONG_FIRST_ROW + max(len(shown), 1) - 1
    sheet.autofilter(LONG_HEAD_ROW, 0, last, len(LONG_COLUMNS) - 1)
    sheet.freeze_panes(LONG_FIRST_ROW, 2)
    sheet.repeat_rows(LONG_HEAD_ROW)
    sheet.print_area(0, 0, last, len(LONG_COLUMNS) - 2)  # a digest is not for reading on paper
    sheet.hide_gridlines(2)
    set_page(sheet, landscape=True)


def _notes(plan: Plan, rows: int) -> Iterator[str]:
    note = say("district.long_note", rows=rows)
    if plan.many:
        note += say("district.long_many")
    if rows > ROW_LIMIT:
        note += say("district.cut", rows=ROW_LIMIT, all=rows)
    yield note


def _draw_rows(sheet: Worksheet, styles: DistrictStyles, plan: Plan, frame: DataFrame) -> None:
    switch = _switch_writer(sheet, styles, plan)
    text, number, digest = styles.matrix_text, styles.matrix_number, styles.digest
    columns = ("unit", "code", "table", "label", "value", "file", "cell", "sha256")
    rows = zip(frame["row"], *(frame[name] for name in columns), strict=True)
    for at, (position, unit, code, table, label, value, file, cell, sha) in enumerate(
        rows, start=LONG_FIRST_ROW
    ):
        switch(at, position)
        for column, word in enumerate((unit, code, table, label), start=1):
            put(sheet, at, column, word, text)
        put(sheet, at, 5, value, number)
        put(sheet, at, 6, file, text)
        put(sheet, at, 7, cell, text)
        put(sheet, at, 8, sha, digest)


def _switch_writer(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan
) -> Callable[[int, int], None]:
    """Writes whether a row's unit is switched in: looked up in the unit × item sheet."""
    words = [say("district.yes" if entry.counts else "district.no") for entry in plan.listed]
    style = styles.line_centre
    if plan.many:
        return lambda at, position: _ignore(sheet.write_string(at, 0, words[position], style))
    formula = _lookup(plan)
    return lambda at, position: _ignore(
        sheet.write_formula(at, 0, formula(at, position), style, words[position])
    )


def _ignore(_: object) -> None:
    return None


def _lookup(plan: Plan) -> Callable[[int, int], str]:
    """By digest where every row has its own, so that a sorted sheet stays right; else by place."""
    digests = [entry.submission.sha256 for entry in plan.listed]
    if all(digests) and len(set(digests)) == len(digests):
        counted, keys = plan.matrix_field("counted"), plan.matrix_field("sha256")
        key = "I"  # the digest's column of this sheet
        return lambda at, position: f"=INDEX({counted},MATCH({key}{at + 1},{keys},0))"
    matrix = say("sheet.matrix")
    return lambda at, position: f"={reference(matrix, _spot(MATRIX_FIRST_ROW + position, 0))}"


def _spot(row: int, column: int) -> Area:
    return Area(row, column, row, column)


def long_range(rows: int, key: str) -> str:
    """All rows of one column of the long sheet, as a formula on another sheet names it."""
    column = LONG_COLUMNS.index(key)
    last = LONG_FIRST_ROW + max(min(rows, ROW_LIMIT), 1) - 1
    return absolute(Area(LONG_FIRST_ROW, column, last, column), say("sheet.long"))


def long_area(rows: int) -> str:
    """The whole long table with its heads."""
    last = LONG_FIRST_ROW + max(min(rows, ROW_LIMIT), 1) - 1
    area = Area(LONG_HEAD_ROW, 0, last, len(LONG_COLUMNS) - 1)
    return absolute(area, say("sheet.long"))


def counted_rows(frame: DataFrame) -> DataFrame:
    """The rows of the units that are switched in when the workbook is written."""
    return frame[frame["counted"].astype(bool)]


__all__: Sequence[str] = (
    "counted_rows", "draw_long", "long_area", "long_frame", "long_range",
)  # fmt: skip

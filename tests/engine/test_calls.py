"""What users of xlwings call, and what they then see: values, formulas, places, looks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from engine_calls import Call, Calls

pytestmark = pytest.mark.office

call = Calls()


def put(sheet: Any, address: str, value: Any) -> Any:
    """Write a value and give the range that xlwings reads back there."""
    sheet[address].value = value
    return sheet[address].value


# -- values

VALUES = {
    "text": ("a", "a"),
    "chinese": ("信息公开", "信息公开"),
    "newline": ("a\nb", "a\nb"),
    "number": (3, 3.0),
    "float": (0.1, 0.1),
    "text that looks like a number": ("007", "007"),
    "true": (True, True),
    "false": (False, False),
    "none": (None, None),
    "empty text": ("", None),
    "nan": (float("nan"), None),
    "date": (dt.date(2024, 2, 29), dt.datetime(2024, 2, 29)),
    "datetime": (dt.datetime(2024, 2, 29, 13, 14, 15), dt.datetime(2024, 2, 29, 13, 14, 15)),
    "aware": (dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, 8)),
    "time is a fraction of a day": (dt.time(12), 0.5),
    "formula": ("=1+2", 3.0),
    "text formula": ('="x"&"y"', "xy"),
    "truth formula": ("=1>0", True),
    "error": ("=1/0", None),
    "escaped formula": ("'=x", "=x"),
    "only an equals sign": ("=", "="),
    "row": ([1, "b", True], 1.0),
}


@pytest.mark.parametrize("name", VALUES)
def test_value(scratch: Any, name: str) -> None:
    written, read = VALUES[name]
    got = put(scratch, "B2", written)
    assert got == read
    assert type(got) is type(read)


@call("two dimensions", [[1.0, "x"], [None, True]])
def _(s: Any) -> Any:
    s["B2"].value = [[1, "x"], [None, True]]
    return s["B2:C3"].value


@call("column", [1.0, 2.0])
def _(s: Any) -> Any:
    s["A1"].options(transpose=True).value = [1, 2]
    return s["A1:A2"].value


@call("scalar fills a range", [[7.0, 7.0], [7.0, 7.0]])
def _(s: Any) -> Any:
    return put(s, "A1:B2", 7)


@call("None empties a range", [[None, None], [None, None]])
def _(s: Any) -> Any:
    put(s, "A1:B2", 7)
    return put(s, "A1:B2", None)


@call("err_to_str", ["#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#REF!"])
def _(s: Any) -> Any:
    s["A1"].value = ["=1/0", "=NA()", "=nosuch(1)", '="a"*2', "=A9"]
    s["A9"].delete("up")
    s["9:9"].delete()
    return s["A1:E1"].options(err_to_str=True).value


@call("number over a truth value is a number", 5.0)
def _(s: Any) -> Any:
    put(s, "A1", True)
    return put(s, "A1", 5)


@call("one over a truth value is a number", 1.0)
def _(s: Any) -> Any:
    put(s, "A1:A2", True)
    return put(s, "A1", 1)


@call("date keeps a number format that was chosen", "0.00")
def _(s: Any) -> Any:
    s["A1"].number_format = "0.00"
    put(s, "A1", dt.date(2024, 1, 1))
    return s["A1"].number_format


@call("options", [[1, dt.date(2024, 1, 1), "-"]])
def _(s: Any) -> Any:
    s["A1"].value = [1.2, dt.date(2024, 1, 1), None]
    return s["A1:C1"].options(ndim=2, numbers=int, dates=dt.date, empty="-").value


@call("options expand", [[1.0, 2.0], [3.0, 4.0]])
def _(s: Any) -> Any:
    s["A1"].value = [[1, 2], [3, 4]]
    return s["A1"].options(expand="table").value


@call("raw", ((1.0, ""),))
def _(s: Any) -> Any:
    s["A1"].value = 1
    return tuple(tuple(row) for row in s["A1:B1"].raw_value)


# -- formulas


@call("formula", "=SUM(A1,B1)")
def _(s: Any) -> Any:
    s["C1"].formula = "=SUM(A1,B1)"
    return s["C1"].formula


@call("formula moves along in a block", (("=$A1*B$1", "=$A1*C$1"), ("=$A2*B$1", "=$A2*C$1")))
def _(s: Any) -> Any:
    s["C1:D2"].formula = "=$A1*B$1"
    return s["C1:D2"].formula


@call("formula to another sheet", "='my sheet'!A1+Other!B$2")
def _(s: Any) -> Any:
    s.book.sheets.add("my sheet")
    s.book.sheets.add("Other")
    s["A1"].formula = "='my sheet'!A1+Other!B$2"
    return s["A1"].formula


@call("younger function", ["=STDEV.S(A1,B1)", 0.0])
def _(s: Any) -> Any:
    s["A1"].value = [2, 2, "=STDEV.S(A1,B1)"]
    return [s["C1"].formula, s["C1"].value]


@call("array constant and text with separators", ['=IF({1,0},"a,;b","c")', "a,;b"])
def _(s: Any) -> Any:
    s["A1"].formula = '=IF({1,0},"a,;b","c")'
    return [s["A1"].formula, s["A1"].value]


@call("formulas among values", (("1", "=A1+1", "x"),))
def _(s: Any) -> Any:
    s["A1"].value = [1, "=A1+1", "x"]
    return s["A1:C1"].formula


@call("formula_array", ["=A1:A2*2", True, [2.0, 4.0]])
def _(s: Any) -> Any:
    s["A1"].options(transpose=True).value = [1, 2]
    s["B1:B2"].formula_array = "=A1:A2*2"
    return [s["B1:B2"].formula_array, s["B1"].has_array, s["B1:B2"].value]


@call("formula of text that looks like one", "=x")
def _(s: Any) -> Any:
    s["A1"].value = "'=x"
    return s["A1"].formula


# -- addresses and ways

ADDRESSES = {
    "A1": "$A$1", "$B$2:C3": "$B$2:$C$3", "C3:B2": "$B$2:$C$3", "A:B": "$A:$B", "2:3": "$2:$3",
    "XFD1048576": "$XFD$1048576",
}  # fmt: skip


@pytest.mark.parametrize("text", ADDRESSES)
def test_address(scratch: Any, text: str) -> None:
    assert scratch[text].address == ADDRESSES[text]


@call("get_address", ["A$1", "'Sheet1'!$A$1", "'my sheet'!$A$1"])
def _(s: Any) -> Any:
    book = s.book
    other = book.sheets.add("my sheet")
    return [
        s["A1"].get_address(True, False),
        s["A1"].get_address(include_sheetname=True),
        other["A1"].get_address(include_sheetname=True),
    ]


@call("tuples, corners, slices", ["$B$1", "$A$1:$B$3", "$B$2:$C$3", "$C$5", "$A$1:$B$2"])
def _(s: Any) -> Any:
    return [
        s.range((1, 2)).address, s.range((1, 1), (3, 2)).address, s[1:3, 1:3].address,
        s["A1:C5"].last_cell.address, s.range(s["B2"], s["A1"]).address,
    ]  # fmt: skip


@call("offset, resize, shape, size", ["$C$3", "$A$1:$C$2", (2, 3), 6])
def _(s: Any) -> Any:
    block = s["A1"].resize(2, 3)
    return [s["A1"].offset(2, 2).address, block.address, block.shape, block.size]


@call("expand", ["$A$1:$B$3", "$A$1:$A$3", "$A$1:$B$1", "$D$4"])
def _(s: Any) -> Any:
    s["A1"].value = [[1, 2], [3, 4], [5, 6]]
    ways = [s["A1"].expand(mode).address for mode in ("table", "down", "right")]
    return [*ways, s["D4"].expand().address]


@call("end", ["$A$3", "$A$6", "$A$1048576", "$A$1", "$C$1", "$XFD$1", "$A$3"])
def _(s: Any) -> Any:
    s["A1"].options(transpose=True).value = [1, 2, 3, None, None, 6]
    s["B1"].value = ["=1=2", '=""']
    cells = [("A1", "down"), ("A3", "down"), ("A6", "down"), ("A3", "up"), ("A1", "right"),
             ("C1", "right"), ("A5", "up")]  # fmt: skip
    return [s[cell].end(direction).address for cell, direction in cells]


@call("current_region, used_range", ["$B$2:$C$3", "$B$2:$E$5", "$A$1"])
def _(s: Any) -> Any:
    empty = s.book.sheets.add("empty").used_range.address
    s["B2"].value = [[1, 2], [3, None]]
    s["E5"].value = 1
    return [s["B2"].current_region.address, s.used_range.address, empty]


@call("rows and columns", [2, 3, "$A$2:$C$2", "$B$1:$B$2"])
def _(s: Any) -> Any:
    block = s["A1:C2"]
    return [len(block.rows), len(block.columns), block.rows[1].address, block.columns[1].address]


# -- looks


@call("color", [(255, 0, 1), None, (0, 128, 255), None])
def _(s: Any) -> Any:
    s["A1"].color = (255, 0, 1)
    s["A2"].color = "#0080ff"
    return [s["A1"].color, s["B1"].color, s["A2"].color, s["A1:A2"].color]


@call("set_colors", [(1, 2, 3), None])
def _(s: Any) -> Any:
    s["A1:B1"].set_colors([[(1, 2, 3), None]])
    return [s["A1"].color, s["B1"].color]


@call("font", ["Arial", 14.0, True, True, (255, 0, 0), None])
def _(s: Any) -> Any:
    font = s["A1"].font
    font.name, font.size, font.bold, font.italic, font.color = "Arial", 14, True, True, "#ff0000"
    return [font.name, font.size, font.bold, font.italic, font.color, s["A1:A2"].font.bold]


FORMATS = [
    "General", "0.00", "#,##0", "0%", "@", "yyyy-mm-dd", "m/d/yyyy", "hh:mm:ss", "[h]:mm",
    '0.0"KG"', "#,##0;[Red]-#,##0", "¥#,##0",
]  # fmt: skip


@pytest.mark.parametrize("code", FORMATS)
def test_number_format(scratch: Any, code: str) -> None:
    scratch["A1"].number_format = code
    assert scratch["A1"].number_format == code


@call("mixed number format", None)
def _(s: Any) -> Any:
    s["A1"].number_format = "0.00"
    return s["A1:A2"].number_format


@call("alignment and wrap", ["center", "top", True, "general", "bottom", False])
def _(s: Any) -> Any:
    cell = s["A1"]
    cell.horizontal_alignment, cell.vertical_alignment, cell.wrap_text = "center", "top", True
    looks = [(c.horizontal_alignment, c.vertical_alignment, c.wrap_text) for c in (cell, s["B1"])]
    return [*looks[0], *looks[1]]


@call("borders", ["continuous", "thin", (0, 0, 0), "thick", (255, 0, 0), "double", "none"])
def _(s: Any) -> Any:
    box = s["B2:D4"].borders
    box.set("all", line_style="continuous")
    box["edge_bottom"].weight = "thick"
    box["edge_bottom"].color = "#ff0000"
    box["edge_top"].line_style = "double"
    inner = s["C3"].borders["edge_top"]
    return [inner.line_style, inner.weight, inner.color, s["B4"].borders["edge_bottom"].weight,
            s["C4"].borders["edge_bottom"].color, s["B2"].borders["edge_top"].line_style,
            s["B2"].borders["diagonal_up"].line_style]  # fmt: skip


@call("borders of all sides", ["dash", "medium", None, "none"])
def _(s: Any) -> Any:
    s["B2:C3"].borders.set("all", line_style="dash", weight="medium")
    first = [s["B2:C3"].borders.line_style, s["B2:C3"].borders.weight]
    s["B2:C3"].borders["edge_left"].line_style = "dot"
    mixed = s["B2:C3"].borders.line_style
    s["B2:C3"].borders.clear()
    return [*first, mixed, s["B2:C3"].borders.line_style]


@call("sizes", [20.0, 30.0, None, True])
def _(s: Any) -> Any:
    s["B:B"].column_width = 20
    s["2:2"].row_height = 30
    right_of = s["C1"].left == pytest.approx(s["A1"].width + s["B1"].width, abs=0.1)
    return [s["B1"].column_width, s["B2"].row_height, s["A1:B1"].column_width, right_of]


@call("autofit", True)
def _(s: Any) -> Any:
    before = s["A1"].width
    s["A1"].value = "a rather long text in this cell"
    s["A1"].columns.autofit()
    return s["A1"].width > before


@call("hidden", [True, False, None])
def _(s: Any) -> Any:
    s["2:3"].rows.hidden = True
    return [s["2:2"].rows.hidden, s["1:1"].rows.hidden, s["1:2"].rows.hidden]


@call("merge", [True, "$A$1:$B$2", True, None, False, [[1.0, None], [None, None]]])
def _(s: Any) -> Any:
    s["A1"].value = [[1, 2], [3, 4]]
    s["A1:B2"].merge()
    return [s["A1:B2"].merge_cells, s["B2"].merge_area.address, s["B1"].merge_cells,
            s["A1:C2"].merge_cells, s["D4"].merge_cells, s["A1:B2"].value]  # fmt: skip


@call("merge across, unmerge", ["$A$1:$B$1", "$A$2:$B$2", False])
def _(s: Any) -> Any:
    s["A1:B2"].merge(across=True)
    areas = [s["A1"].merge_area.address, s["B2"].merge_area.address]
    s["A1:B2"].unmerge()
    return [*areas, s["A1:B2"].merge_cells]


@pytest.mark.parametrize(("function", "expected"), call.params)
def test_call(sheet: Any, function: Call, expected: Any) -> None:
    assert function(sheet) == expected

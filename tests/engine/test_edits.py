"""What users of xlwings call, and what they then see: editing, names, sheets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from engine_calls import Call, Calls

pytestmark = pytest.mark.office

call = Calls()


# -- editing


@call("clear_contents keeps looks", [None, (1, 2, 3)])
def _(s: Any) -> Any:
    s["A1"].value, s["A1"].color = 1, (1, 2, 3)
    s["A1"].clear_contents()
    return [s["A1"].value, s["A1"].color]


@call("clear_formats keeps values", [1.0, None])
def _(s: Any) -> Any:
    s["A1"].value, s["A1"].color = 1, (1, 2, 3)
    s["A1"].clear_formats()
    return [s["A1"].value, s["A1"].color]


@call("clear, of range and sheet", [None, None, None])
def _(s: Any) -> Any:
    s["A1:B2"].value, s["A1:B2"].color = 1, (1, 2, 3)
    s["A1"].clear()
    one = [s["A1"].value, s["A1"].color]
    s.clear()
    return [*one, s["B2"].value]


@call("insert and delete", [[None, 1.0, 2.0], [2.0, None], "=A3"])
def _(s: Any) -> Any:
    s["A1"].options(transpose=True).value = [1, 2]
    s["C1"].formula = "=A2"
    s["A1"].insert("down")
    moved = s["A1:A3"].value
    formula = s["C1"].formula
    s["1:2"].delete()
    return [moved, s["A1:A2"].value, formula]


@call("a range is a place, not its cells", [None, "$A$1"])
def _(s: Any) -> Any:
    cell = s["A1"]
    cell.value = "x"
    s["1:1"].insert("down")
    return [cell.value, cell.address]


@call("copy to a destination", [1.0, (1, 2, 3), "=C3"])
def _(s: Any) -> Any:
    s["A1"].value, s["A1"].color, s["B1"].formula = 1, (1, 2, 3), "=A1"
    s["A1:B1"].copy(s["C3"])
    return [s["C3"].value, s["C3"].color, s["D3"].formula]


@call("copy and paste values", ["3", None, "=1+2"])
def _(s: Any) -> Any:
    s["A1"].formula, s["A1"].color = "=1+2", (1, 2, 3)
    s["A1"].copy()
    s["B1"].paste("values")
    return [s["B1"].formula, s["B1"].color, s["A1"].formula]


@call("copy_from", [[1.0, 2.0], (1, 2, 3)])
def _(s: Any) -> Any:
    s["A1"].options(transpose=True).value = [1, 2]
    s["A1"].color = (1, 2, 3)
    s["C1"].copy_from(s["A1:A2"], transpose=True)
    return [s["C1:D1"].value, s["C1"].color]


@call("move", [None, 1.0])
def _(s: Any) -> Any:
    s["A1"].value = 1
    s["A1"].move(s["B5"])
    return [s["A1"].value, s["B5"].value]


@call("sort", [["h", None], ["c", 3.0], ["b", 2.0], ["a", 1.0]])
def _(s: Any) -> Any:
    s["A1"].value = [["h", None], ["b", 2], ["c", 3], ["a", 1]]
    s["A1:B4"].sort(2, ascending=False, has_headers=True)
    return s["A1:B4"].value


@call("find and replace", ["$B$1", None, "yb"])
def _(s: Any) -> Any:
    s["A1"].value = ["a", "xb"]
    found = [s["A1:B1"].find("xb").address, s["A1:B1"].find("q")]
    s["A1:B1"].replace_all("x", "y")
    return [*found, s["B1"].value]


@call("special cells", [["$A$1"], ["$B$1"], ["$C$1"]])
def _(s: Any) -> Any:
    s["A1"].value = [1, "=A1"]
    kinds = ("constants", "formulas", "blanks")
    return [[a.address for a in s["A1:C1"].get_special_cells(kind)] for kind in kinds]


@call("hyperlink", ["http://example.org/", "here", "https://a.b/"])
def _(s: Any) -> Any:
    s["A1"].add_hyperlink("http://example.org/", "here")
    s["A2"].formula = '=HYPERLINK("https://a.b/","x")'
    return [s["A1"].hyperlink, s["A1"].value, s["A2"].hyperlink]


@call("note", ["one", "two", 1, "$A$1", None])
def _(s: Any) -> Any:
    note = s["A1"].add_note("one")
    first = note.text
    s["A1"].note.text = "two"
    listed = [len(s.notes), s.notes[0].location.address]
    second = s["A1"].note.text
    s["A1"].note.delete()
    return [first, second, *listed, s["A1"].note]


@call("group", [[True, False, False, True], True])
def _(s: Any) -> Any:
    s["2:3"].group()
    s.api.hideDetail(s["2:3"].api.RangeAddress)
    shown = [s.api.Rows.getByIndex(i).IsVisible for i in range(4)]
    s["2:3"].ungroup()
    s["1:4"].rows.hidden = False
    s.api.hideDetail(s["2:3"].api.RangeAddress)
    return [shown, s.api.Rows.getByIndex(1).IsVisible]


# -- names


@call("names", ["=Sheet1!$A$1:$B$2", "$A$1:$B$2", True, 7.0, 1, "block", False])
def _(s: Any) -> Any:
    names = s.book.names
    names.add("block", "=Sheet1!$A$1:$B$2")
    s["block"].value = 7
    name = names["block"]
    seen = [name.refers_to, name.refers_to_range.address, "block" in names, s["B2"].value,
            len(names), s["A1:B2"].name.name]  # fmt: skip
    name.delete()
    return [*seen, "block" in names]


@call("name by range, of a sheet, changed", ["$C$3", "Sheet1!local", "=Sheet1!$D$4", "renamed"])
def _(s: Any) -> Any:
    s["C3"].name = "point"
    local = s.names.add("local", "=Sheet1!$D$4")
    seen = [s["point"].address, local.name, local.refers_to]
    s.book.names["point"].name = "renamed"
    return [*seen, s["C3"].name.name]


# -- sheets and book


@call("sheets", [["a", "Sheet1", "b"], "b", True, 3, ["a", "b"]])
def _(s: Any) -> Any:
    sheets = s.book.sheets
    sheets.add("a", before=s)
    sheets.add("b", after=s)
    names = s.book.sheet_names
    active = sheets.active.name
    found = "A" in sheets
    index = sheets["B"].index
    s.delete()
    return [names, active, found, index, s.book.sheet_names]


@call("sheet copy, move, rename", [["Sheet1", "copy", "x"], ["x", "Sheet1", "copy"], 5.0])
def _(s: Any) -> Any:
    s["A1"].value = 5
    s.book.sheets.add("x", after=s)
    s.copy(after=s, name="copy")
    before = s.book.sheet_names
    s.book.sheets["x"].move(before=s)
    return [before, s.book.sheet_names, s.book.sheets["copy"]["A1"].value]


@call("sheet visible, gridlines, active", [False, False, "Sheet1"])
def _(s: Any) -> Any:
    other = s.book.sheets.add("other")
    other.show_gridlines = False
    s.activate()
    other.visible = False
    return [other.visible, other.show_gridlines, s.book.sheets.active.name]


@call("missing things", ["KeyError", "NoSuchObjectError", "KeyError", "KeyError"])
def _(s: Any) -> Any:
    def error(action: Callable[[], Any]) -> str:
        try:
            action()
        except Exception as raised:  # noqa: BLE001 - its type is what we ask for
            return type(raised).__name__
        return "none"

    return [error(lambda: s.book.sheets["nope"]), error(lambda: s["no_such_name"]),
            error(lambda: s.book.names["nope"]), error(lambda: s.shapes["nope"])]  # fmt: skip


@call("print area", [None, "$A$1:$B$2", None])
def _(s: Any) -> Any:
    before = s.page_setup.print_area
    s.page_setup.print_area = "A1:B2"
    during = s.page_setup.print_area
    s.page_setup.print_area = None
    return [before, during, s.page_setup.print_area]


@call("freeze panes", [(True, 0, 2), (True, 1, 0), (True, 2, 3), False])
def _(s: Any) -> Any:
    def state() -> Any:
        view = s.book.api.CurrentController
        return view.hasFrozenPanes(), view.SplitColumn, view.SplitRow

    seen = []
    for area in ("1:2", "A:A", "A1:B3"):
        s.freeze_panes.freeze_at(area)
        seen.append(state())
        s.freeze_panes.unfreeze()
    return [*seen, state()[0]]


@call("protected cells refuse values", ["PermissionError", None])
def _(s: Any) -> Any:
    s.api.protect("")
    try:
        s["A1"].value = 1
    except PermissionError as raised:
        return [type(raised).__name__, s["A1"].value]
    return ["none", s["A1"].value]


@pytest.mark.parametrize(("function", "expected"), call.params)
def test_call(sheet: Any, function: Call, expected: Any) -> None:
    assert function(sheet) == expected

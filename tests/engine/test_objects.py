"""Shapes, buttons, pictures, charts, tables: made, read, saved, and found by openpyxl."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

pytestmark = pytest.mark.office


def png(path: Path, width: int = 40, height: int = 20) -> Path:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


def add_button(sheet: Any, caption: str) -> None:
    """A form button, by LibreOffice's own means: xlwings has none."""
    document = sheet.book.api
    button = document.createInstance("com.sun.star.form.component.CommandButton")
    button.Name, button.Label = "button1", caption
    shape = document.createInstance("com.sun.star.drawing.ControlShape")
    shape.Control = button
    sheet.api.DrawPage.add(shape)


def test_button(sheet: Any) -> None:
    add_button(sheet, "校验")
    shape = sheet.shapes["button1"]
    assert (shape.type, shape.text, len(sheet.shapes)) == ("form_control", "校验", 1)
    shape.left, shape.top, shape.width, shape.height = 30, 60, 90, 24
    assert (shape.left, shape.top, shape.width, shape.height) == (30, 60, 90, 24)
    shape.text, shape.name = "上报", "report"
    assert sheet.shapes["report"].text == "上报"
    shape.activate()
    shape.delete()
    assert len(sheet.shapes) == 0


def test_picture(sheet: Any, tmp_path: Path) -> None:
    picture = sheet.pictures.add(png(tmp_path / "a.png"), name="logo", left=15, top=30)
    assert (picture.left, picture.top, sheet.pictures.count) == (15, 30, 1)
    ratio = picture.width / picture.height
    assert ratio == pytest.approx(2, rel=0.01)
    picture.width = 60
    assert picture.height == pytest.approx(30, abs=0.1)
    sheet.pictures["logo"].update(png(tmp_path / "b.png", 10, 10))
    assert (sheet.pictures["logo"].width, sheet.shapes["logo"].type) == (60, "picture")
    scaled = sheet.pictures.add(tmp_path / "a.png", anchor=sheet["C5"], scale=0.5)
    assert scaled.name == "Picture 1"
    assert scaled.left == pytest.approx(sheet["C5"].left, abs=0.1)
    with pytest.raises(xw.ShapeAlreadyExists):
        sheet.pictures.add(tmp_path / "a.png", name="logo")
    scaled.delete()
    assert [one.name for one in sheet.pictures] == ["logo"]


def test_picture_is_in_the_file(book: Any, tmp_path: Path) -> None:
    book.sheets[0].pictures.add(png(tmp_path / "a.png"))
    book.save(tmp_path / "p.xlsx")
    with zipfile.ZipFile(tmp_path / "p.xlsx") as saved:
        assert len([name for name in saved.namelist() if name.startswith("xl/media/")]) == 1


@pytest.fixture
def charted(sheet: Any) -> Any:
    """A chart over three months and two series."""
    sheet["A1"].value = [["", "x", "y"], ["a", 1, 2], ["b", 3, 4], ["c", 5, 7]]
    return sheet.charts.add(
        100, 50, 300, 200, chart_type="line", source=sheet["A1:C4"], name="status"
    )


def test_chart(sheet: Any, charted: Any) -> None:
    chart = sheet.charts["status"]
    assert (chart.chart_type, chart.plot_by, chart.title) == ("line", "columns", None)
    assert [series.name for series in chart.series] == ["x", "y"]
    assert [cells.address for cells in chart.impl.source] == ["$A$1:$C$4"]
    assert (chart.left, chart.top, chart.width, chart.height) == pytest.approx(
        (100, 50, 300, 200), abs=0.2
    )
    chart.title, chart.legend.position = "各单位", "top"
    assert (chart.title, chart.legend.visible, chart.legend.position) == ("各单位", True, "top")
    chart.set_source_data(sheet["A1:B4"])
    assert [series.name for series in chart.series] == ["x"]
    chart.plot_by = "rows"
    assert [series.name for series in chart.series] == ["a", "b", "c"]
    assert sheet.shapes["status"].type == "chart"
    chart.left, chart.width = 10, 120
    assert (chart.left, chart.width) == pytest.approx((10, 120), abs=0.2)
    chart.delete()
    assert sheet.charts.count == 0


@pytest.mark.parametrize(
    "kind",
    [
        "column_clustered", "column_stacked", "column_stacked_100", "bar_clustered", "bar_stacked",
        "line", "line_markers", "area", "area_stacked", "pie", "doughnut", "radar", "radar_filled",
        "xy_scatter", "xy_scatter_lines_no_markers", "3d_column_clustered", "3d_pie",
    ],
)  # fmt: skip
def test_chart_type(charted: Any, kind: str) -> None:
    charted.chart_type = kind
    assert charted.chart_type == kind


def test_chart_type_that_calc_lacks(charted: Any) -> None:
    with pytest.raises(NotImplementedError, match="surface"):
        charted.chart_type = "surface"


def test_chart_axis(charted: Any) -> None:
    charted.value_axis.set(title="数", minimum_scale=0, maximum_scale=10, major_unit=5)
    axis = charted.value_axis
    found = (axis.title, axis.minimum_scale, axis.maximum_scale, axis.major_unit)
    assert found == ("数", 0, 10, 5)
    assert charted.category_axis.visible
    charted.category_axis.visible = False
    assert not charted.category_axis.visible


def test_chart_as_picture_and_file(book: Any, charted: Any, tmp_path: Path) -> None:
    charted.to_png(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes()[:4] == b"\x89PNG"
    charted.to_pdf(tmp_path / "chart.pdf")
    assert (tmp_path / "chart.pdf").read_bytes()[:4] == b"%PDF"
    book.save(tmp_path / "c.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "c.xlsx").worksheets[0]._charts) == 1


def test_table(sheet: Any) -> None:
    sheet["B2"].value = [["n", "v"], ["a", 2], ["b", 1]]
    table = sheet.tables.add(sheet["B2:C4"], name="units")
    assert [one.name for one in sheet.tables] == ["units"]
    assert table.range.address == "$B$2:$C$4"
    assert table.header_row_range.value == ["n", "v"]
    assert table.data_body_range.value == [["a", 2.0], ["b", 1.0]]
    assert (table.show_headers, table.show_autofilter, table.show_totals) == (True, True, False)
    assert [column.name for column in table.columns] == ["n", "v"]
    assert table.columns["v"].data_body_range.value == [2.0, 1.0]
    assert table.rows[1].range.value == ["b", 1.0]
    assert sheet["C3"].table == table
    assert sheet["A1"].table is None
    table.sort(2)
    assert table.data_body_range.value == [["b", 1.0], ["a", 2.0]]
    table.resize(sheet["B2:C5"])
    assert (len(table.rows), sheet["units"].address) == (3, "$B$2:$C$5")
    assert sheet.tables.add(sheet["F1:G2"]).name == "Table1"


def test_table_takes_a_data_frame(sheet: Any) -> None:
    pandas = pytest.importorskip("pandas")
    sheet["A1"].value = [["n", "v"], ["a", 2]]
    table = sheet.tables.add(sheet["A1:B2"], name="t")
    table.update(pandas.DataFrame({"n": ["x", "y"], "v": [1, 2]}), index=False)
    assert sheet["t"].value == [["n", "v"], ["x", 1.0], ["y", 2.0]]

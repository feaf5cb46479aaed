"""Charts: make them, read and change type, source, title, legend and axes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .address import MAX_COLUMNS, MAX_ROWS
from .bridge import enum, prop, struct, to_url
from .chart_parts import ChartAxis, ChartLegend, ChartSeriesCollection
from .chart_types import apply, read
from .shapes import Collected, Placed
from .units import from_points
from .unsupported import names_the_rest

if TYPE_CHECKING:
    from .range import Range
    from .sheet import Sheet


@names_the_rest(of=base_classes.Chart)
class Chart(Placed, base_classes.Chart):
    """A chart on a sheet. ``api`` is (table chart, chart document), as Excel's has two objects."""

    @property
    def table_chart(self) -> Any:
        return self._sheet.api.Charts.getByName(self.shape.PersistName)

    @property
    def document(self) -> Any:
        return self.table_chart.EmbeddedObject

    @property
    def api(self) -> tuple[Any, Any]:
        chart = self.table_chart
        return chart, chart.EmbeddedObject

    legend = property(lambda self: ChartLegend(self))
    category_axis = property(lambda self: ChartAxis(self, "X"))
    value_axis = property(lambda self: ChartAxis(self, "Y"))
    secondary_category_axis = property(lambda self: ChartAxis(self, "SecondaryX"))
    secondary_value_axis = property(lambda self: ChartAxis(self, "SecondaryY"))
    series = property(lambda self: ChartSeriesCollection(self))

    # -- what it shows

    @property
    def chart_type(self) -> str:
        return read(self.document)

    @chart_type.setter
    def chart_type(self, chart_type: str) -> None:
        apply(self.document, chart_type)

    @property
    def source(self) -> list[Range]:
        """The cells it shows."""
        from .range import Range

        return [Range.of(self._sheet.book, area) for area in self.table_chart.Ranges]

    def set_source_data(self, rng: Range, plot_by: str | None = None) -> None:
        """Names are taken from the first row and column if these are no numbers."""
        chart, kind = self.table_chart, self.chart_type
        chart.Ranges = (rng.cells.RangeAddress,)
        chart.HasColumnHeaders, chart.HasRowHeaders = _headers(rng)
        self.plot_by = plot_by or ("columns" if rng.shape[0] >= rng.shape[1] else "rows")
        if kind.startswith("xy_"):
            self.chart_type = kind  # new series begin with lines

    @property
    def plot_by(self) -> str:
        return str(self.document.Diagram.DataRowSource.value).lower()

    @plot_by.setter
    def plot_by(self, value: str) -> None:
        self.document.Diagram.DataRowSource = enum("chart.ChartDataRowSource", value.upper())

    @property
    def title(self) -> str | None:
        document = self.document
        return str(document.Title.String) if document.HasMainTitle else None

    @title.setter
    def title(self, value: str | None) -> None:
        document = self.document
        document.HasMainTitle = value is not None
        if value is not None:
            document.Title.String = value

    # -- out of the book

    def delete(self) -> None:
        self._sheet.api.Charts.removeByName(self.shape.PersistName)

    def to_png(self, path: str) -> None:
        exporter = self._sheet.book.app.connection.service(
            "com.sun.star.drawing.GraphicExportFilter"
        )
        exporter.setSourceDocument(self.shape)
        exporter.filter((prop("URL", to_url(path)), prop("MediaType", "image/png")))
        if not Path(path).is_file():
            raise OSError(f"LibreOffice cannot write {path}")

    def to_pdf(self, path: str, quality: str = "standard") -> None:
        selected = self._sheet.book.app.connection.service("com.sun.star.drawing.ShapeCollection")
        selected.add(self.shape)
        self._sheet.book.export_pdf(Path(path), selected, quality)


def _headers(rng: Range) -> tuple[bool, bool]:
    """(the first row, the first column) hold names, not numbers."""
    data = rng.cells.getDataArray()
    corner_is_text = not isinstance(data[0][0], float)
    row = any(isinstance(value, str) and value for value in data[0][1:]) or (
        len(data[0]) == 1 and corner_is_text
    )
    column = any(isinstance(line[0], str) and line[0] for line in data[1:])
    return row, column


@names_the_rest(of=base_classes.Charts)
class Charts(Collected, base_classes.Charts):
    """The charts of a sheet."""

    kind = "chart"
    item = Chart

    def add(self, left: float, top: float, width: float, height: float,
            chart_type: str | None = None, source: Range | None = None,
            plot_by: str | None = None, name: str | None = None, anchor: Any = None,
            style: int | None = None) -> Chart:  # fmt: skip
        """A chart of columns unless told. Excel's ``style`` numbers mean nothing here."""
        if anchor is not None:
            left, top = anchor.left, anchor.top
        place = struct("awt.Rectangle", *(from_points(p) for p in (left, top, width, height)))
        charts = self._sheet.api.Charts
        label = self.free_name("Chart")
        internal = label
        while charts.hasByName(internal):
            internal += "_"
        # A chart that begins without cells never takes any: the sheet's last one holds the place.
        cells = source.cells if source is not None else _last_cell(self._sheet)
        charts.addNewByName(internal, place, (cells.RangeAddress,), False, False)
        made = next(chart for chart in self if chart.shape.PersistName == internal)
        made.name = name or label
        made.chart_type = chart_type or "column_clustered"
        if source is not None:
            made.set_source_data(source, plot_by)
        return made


def _last_cell(sheet: Sheet) -> Any:
    return sheet.api.getCellRangeByPosition(*(2 * (MAX_COLUMNS - 1, MAX_ROWS - 1)))

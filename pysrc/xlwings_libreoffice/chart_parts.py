"""The parts of a chart: axes, legend, series."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .bridge import enum
from .chart_types import all_series
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .charts import Chart

_UNSET = base_classes._UNSET
_POSITIONS = {"TOP": "top", "BOTTOM": "bottom", "LEFT": "left", "RIGHT": "right"}
_CROSSES = {"ZERO": "automatic", "START": "minimum", "END": "maximum", "VALUE": "custom"}


@names_the_rest(of=base_classes.ChartLegend)
class ChartLegend(base_classes.ChartLegend):
    """The legend of a chart."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    @property
    def api(self) -> Any:
        document = self._chart.document
        return document.Legend if document.HasLegend else None

    @property
    def visible(self) -> bool:
        return bool(self._chart.document.HasLegend)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._chart.document.HasLegend = bool(value)

    @property
    def position(self) -> str | None:
        legend = self.api
        return None if legend is None else _POSITIONS.get(legend.Alignment.value)

    @position.setter
    def position(self, value: str) -> None:
        if value not in _POSITIONS.values():
            refuse(f"ChartLegend.position = {value!r}")
        self.visible = True
        self.api.Alignment = enum("chart.ChartLegendPosition", value.upper())


@names_the_rest(of=base_classes.ChartAxis)
class ChartAxis(base_classes.ChartAxis):
    """One axis; ``which`` is LibreOffice's name: X, Y, SecondaryX, SecondaryY."""

    def __init__(self, chart: Chart, which: str) -> None:
        self._chart, self._which = chart, which

    @property
    def _diagram(self) -> Any:
        return self._chart.document.Diagram

    @property
    def api(self) -> Any:
        return getattr(self._diagram, f"{self._which}Axis")

    @property
    def visible(self) -> bool:
        return bool(getattr(self._diagram, f"Has{self._which}Axis"))

    @property
    def title(self) -> str | None:
        diagram = self._diagram
        shown = getattr(diagram, f"Has{self._which}AxisTitle")
        return str(getattr(diagram, f"{self._which}AxisTitle").String) if shown else None

    @property
    def minimum_scale(self) -> float:
        return float(self.api.Min)

    @property
    def maximum_scale(self) -> float:
        return float(self.api.Max)

    @property
    def major_unit(self) -> float:
        return float(self.api.StepMain)

    @property
    def number_format(self) -> str:
        formats = self._chart.parent.book.kept.formats
        return str(formats.code(self.api.NumberFormat))

    @property
    def reverse_order(self) -> bool:
        return bool(self.api.ReverseDirection)

    @property
    def crosses(self) -> str:
        return _CROSSES[self.api.CrossoverPosition.value]

    def set(self, *, title: Any = _UNSET, minimum_scale: Any = _UNSET, maximum_scale: Any = _UNSET,
            major_unit: Any = _UNSET, number_format: Any = _UNSET, visible: Any = _UNSET,
            reverse_order: Any = _UNSET, crosses: Any = _UNSET) -> None:  # fmt: skip
        """Change what is given; None makes a scale automatic again, and hides a title."""
        if visible is not _UNSET:
            setattr(self._diagram, f"Has{self._which}Axis", visible)
        if title is not _UNSET:
            self._set_title(title)
        for value, name in ((minimum_scale, "Min"), (maximum_scale, "Max"),
                            (major_unit, "StepMain")):  # fmt: skip
            if value is not _UNSET:
                self._set_scale(name, value)
        if number_format is not _UNSET:
            refuse("ChartAxis.number_format =", "set the number format of the cells")
        if reverse_order is not _UNSET:
            self.api.ReverseDirection = reverse_order
        if crosses is not _UNSET:
            name = next(key for key, word in _CROSSES.items() if word == crosses)
            self.api.CrossoverPosition = enum("chart.ChartAxisPosition", name)

    def _set_title(self, title: str | None) -> None:
        diagram = self._diagram
        setattr(diagram, f"Has{self._which}AxisTitle", title is not None)
        if title is not None:
            getattr(diagram, f"{self._which}AxisTitle").String = title

    def _set_scale(self, name: str, value: float | None) -> None:
        axis = self.api
        if value is None:
            setattr(axis, f"Auto{name}", True)
        else:
            setattr(axis, name, float(value))


@names_the_rest(of=base_classes.ChartSeries)
class ChartSeries(base_classes.ChartSeries):
    """One series: its name and where its values are can be read."""

    api: Any = None

    def __init__(self, api: Any) -> None:
        self.api = api

    def _sequence(self) -> Any:
        return self.api.getDataSequences()[0]

    @property
    def name(self) -> str | None:
        label = self._sequence().getLabel()
        parts = label.getData() if label else ()
        return " ".join(str(part) for part in parts) or None

    @property
    def values_address(self) -> str:
        """LibreOffice's address of the values."""
        return str(self._sequence().getValues().getSourceRangeRepresentation())


@names_the_rest(of=base_classes.ChartSeriesCollection)
class ChartSeriesCollection(base_classes.ChartSeriesCollection):
    """The series of a chart, by 1-based index."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    api = property(lambda self: self._chart.document.getFirstDiagram())
    parent = property(lambda self: self._chart)

    def __iter__(self) -> Iterator[ChartSeries]:
        for series in all_series(self._chart.document):
            yield ChartSeries(series)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, key: int) -> ChartSeries:
        found = list(self)
        if isinstance(key, numbers.Integral) and 1 <= int(key) <= len(found):
            return found[int(key) - 1]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(series.name == key for series in self)

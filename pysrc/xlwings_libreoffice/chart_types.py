"""xlwings' names of chart types and LibreOffice's diagrams with their switches."""

from __future__ import annotations

from typing import Any

from .bridge import enum
from .unsupported import refuse

_DIAGRAM = "com.sun.star.chart.{}Diagram"
_SWITCHES = ("Vertical", "Stacked", "Percent", "Dim3D", "Lines", "SymbolType", "SplineType")

_NO_SYMBOL, _AUTO_SYMBOL = -3, -1


def _family(stem: str, diagram: str, **switches: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """The plain, the stacked and the percent form of a type."""
    return {
        stem: (diagram, switches),
        f"{stem}_stacked": (diagram, switches | {"Stacked": True}),
        f"{stem}_stacked_100": (diagram, switches | {"Percent": True}),
    }


#: In LibreOffice, ``Vertical`` bars are those that lie down.
TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    **_family("column", "Bar"),
    **_family("bar", "Bar", Vertical=True),
    **_family("3d_column", "Bar", Dim3D=True),
    **_family("3d_bar", "Bar", Dim3D=True, Vertical=True),
    **_family("area", "Area"),
    **_family("3d_area", "Area", Dim3D=True),
    **_family("line", "Line", SymbolType=_NO_SYMBOL),
    **_family("line_markers", "Line", SymbolType=_AUTO_SYMBOL),
    "3d_line": ("Line", {"Dim3D": True, "SymbolType": _NO_SYMBOL}),
    "pie": ("Pie", {}),
    "3d_pie": ("Pie", {"Dim3D": True}),
    "doughnut": ("Donut", {}),
    "radar": ("Net", {"SymbolType": _NO_SYMBOL}),
    "radar_markers": ("Net", {"SymbolType": _AUTO_SYMBOL}),
    "radar_filled": ("FilledNet", {}),
    "xy_scatter": ("XY", {"Lines": False, "SymbolType": _AUTO_SYMBOL}),
    "xy_scatter_lines": ("XY", {"Lines": True, "SymbolType": _AUTO_SYMBOL}),
    "xy_scatter_lines_no_markers": ("XY", {"Lines": True, "SymbolType": _NO_SYMBOL}),
    "xy_scatter_smooth": ("XY", {"Lines": True, "SymbolType": _AUTO_SYMBOL, "SplineType": 1}),
    "xy_scatter_smooth_no_markers": (
        "XY",
        {"Lines": True, "SymbolType": _NO_SYMBOL, "SplineType": 1},
    ),
}
for _stem in ("column", "bar", "3d_column", "3d_bar"):
    TYPES[f"{_stem}_clustered"] = TYPES.pop(_stem)


def apply(document: Any, chart_type: str) -> None:
    """Give a chart its type. Raises NotImplementedError by name for what LibreOffice lacks."""
    if chart_type not in TYPES:
        refuse(f"Chart.chart_type = {chart_type!r}")
    diagram, switches = TYPES[chart_type]
    document.Diagram = document.createInstance(_DIAGRAM.format(diagram))
    for name in _SWITCHES:
        value = switches.get(name, False)
        if name in switches or (name in ("Vertical", "Stacked", "Percent", "Dim3D") and value):
            setattr(document.Diagram, name, value)
    if diagram == "XY":
        style = enum("drawing.LineStyle", "SOLID" if switches["Lines"] else "NONE")
        for series in all_series(document):
            series.LineStyle = style  # the diagram's own switch for lines does nothing


def all_series(document: Any) -> list[Any]:
    """The series of a chart; none of a chart without cells."""
    diagram = document.getFirstDiagram()
    systems = diagram.getCoordinateSystems() if diagram else ()
    kinds = [kind for system in systems for kind in system.getChartTypes()]
    return [series for kind in kinds for series in kind.getDataSeries()]


def read(document: Any) -> str:
    """The type of a chart. Raises NotImplementedError for one that xlwings has no name for."""
    diagram = document.Diagram
    kind = diagram.DiagramType.rpartition(".")[2].removesuffix("Diagram")
    found = {name: getattr(diagram, name, False) for name in _SWITCHES}
    if kind == "XY":
        found["Lines"] = any(s.LineStyle.value != "NONE" for s in all_series(document))
    if found["Percent"]:
        found["Stacked"] = False
    for name, (family, switches) in TYPES.items():
        if family == kind and _agrees(kind, switches, found):
            return name
    return refuse(f"Chart.chart_type of a {diagram.DiagramType}")


def _agrees(kind: str, switches: dict[str, Any], found: dict[str, Any]) -> bool:
    relevant = ["Dim3D"]
    if kind in ("Bar", "Area", "Line"):
        relevant += ["Stacked", "Percent"]
    if kind == "Bar":
        relevant.append("Vertical")
    if kind == "XY":
        relevant.append("Lines")
        if bool(found["SplineType"]) != bool(switches.get("SplineType")):
            return False
    if "SymbolType" in switches and not switches.get("Dim3D"):
        shows = found["SymbolType"] != _NO_SYMBOL
        if shows != (switches["SymbolType"] != _NO_SYMBOL):
            return False
    return all(bool(found[name]) == bool(switches.get(name, False)) for name in relevant)

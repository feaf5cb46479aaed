"""Charts of a report as PNG or SVG: dark bars with their values, readable in black and white.

matplotlib is optional (``pip install gouji[report]``). The bytes depend on nothing but the picture
and the versions of matplotlib and of the font: no clock, no path, no random names.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from gouji.reporting.content import AnnualReport, Picture, shown
from gouji.wording import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Sans faces with Chinese letters, the better first: Windows, macOS, free ones.
FONTS = (
    "Microsoft YaHei", "DengXian", "SimHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP",
)  # fmt: skip
WIDTH, BAR, MARGIN = 5.9, 0.2, 0.15  #: inches; the width is that of an official page's text
INK, PALE = "#1a1a1a", "#ffffff"
FILLS = (("#1f4e79", ""), (PALE, "////"))  #: this year solid, last year hatched
_DPI = 200
_LETTERS = 12  #: of a label on one line


class NoPictures(Exception):
    """No chart can be drawn here; one Chinese line says why and what to do."""


def draw(picture: Picture, format: Literal["png", "svg"] = "png") -> bytes:
    """The chart as a file. Raises NoPictures."""
    font = font_name()
    from matplotlib import rc_context

    settings: Any = {
        "font.family": [font], "font.size": 10, "text.parse_math": False, "svg.fonttype": "path",
        "svg.hashsalt": picture.name, "axes.unicode_minus": False, "hatch.linewidth": 0.8,
        "hatch.color": INK, "text.color": INK,
    }  # fmt: skip
    out = io.BytesIO()
    with rc_context(settings):
        figure = _figure(picture)
        nothing = {"Software": None} if format == "png" else {"Date": None, "Creator": None}
        figure.savefig(out, format=format, dpi=_DPI, metadata=nothing)
    return out.getvalue()


def drawn(
    report: AnnualReport, format: Literal["png", "svg"] = "png"
) -> tuple[list[bytes], tuple[str, ...]]:
    """Every chart of a report in order; none and a line why, where none can be drawn."""
    try:
        return [draw(picture, format) for picture in report.pictures], ()
    except NoPictures as reason:
        return [], (str(reason),)


@lru_cache(maxsize=1)
def font_name() -> str:
    """The face to draw with. Raises NoPictures without matplotlib or a Chinese font."""
    if find_spec("matplotlib") is None:
        raise NoPictures(say("report.no_matplotlib"))
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    for name in FONTS:
        if name in there:
            return name
    raise NoPictures(say("report.no_font", fonts=say("message.joint").join(FONTS[:8:3])))


def _figure(picture: Picture) -> Figure:
    from matplotlib.figure import Figure

    several = len(picture.series) > 1
    labels = [_wrapped(point.label) for point in picture.series[0].points]
    step = BAR * (len(picture.series) + 0.5) if several else BAR * 1.5
    height = len(labels) * step + 2 * MARGIN + (0.35 if several else 0)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    for at, series in enumerate(picture.series):
        _bars(axes, picture, at, len(picture.series), [float(p.value) for p in series.points])
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.margins(x=0.16, y=0.02)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    if several:
        figure.legend(loc="outside upper center", ncols=len(picture.series), frameon=False)
    return figure


def _bars(axes: Axes, picture: Picture, at: int, series: int, values: list[float]) -> None:
    thick = 0.8 / series if series > 1 else 0.62
    fill, hatch = FILLS[at % len(FILLS)]
    places = [row + (at - (series - 1) / 2) * thick for row in range(len(values))]
    bars: Any = axes.barh(
        places, values, height=thick * 0.92, color=fill, hatch=hatch, edgecolor=INK, linewidth=0.8,
        label=picture.series[at].name or None,
    )  # fmt: skip
    told = [shown(point.value) for point in picture.series[at].points]
    axes.bar_label(bars, labels=told, padding=4, color=INK)


def _wrapped(label: str) -> str:
    """A long label on several lines."""
    return "\n".join(label[at : at + _LETTERS] for at in range(0, len(label), _LETTERS))

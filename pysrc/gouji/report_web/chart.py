"""A picture as bars of an inline SVG: real text, no fixed width, readable in black and white.

Bars are measured in per cent of the drawing and text in the page's own size, so that nothing
shrinks on a phone; colours come from the page and follow light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gouji.model import Number
from gouji.reporting.content import Picture, shown

LABEL, BAR, GAP = 26, 20, 10  #: heights in pixels: a label's line, a bar, between two categories
LONGEST = 8000  #: hundredths of a per cent; the rest is for the number behind the bar


@dataclass(frozen=True, slots=True)
class Bar:
    """``width`` is per cent of the drawing, ``middle`` where the number's middle stands."""

    top: int
    height: int
    middle: int
    width: str
    text: str
    series: int
    code: str


@dataclass(frozen=True, slots=True)
class Category:
    label: str
    base: int  #: of the label's letters
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """``legend`` is empty when there is one series."""

    id: str
    title: str
    alt: str
    height: int
    categories: tuple[Category, ...]
    legend: tuple[str, ...]


def web_chart(picture: Picture, id: str) -> Chart:
    """The picture's categories from top to bottom, a bar for each series; ``id`` is its own."""
    step = LABEL + BAR * len(picture.series) + GAP
    largest = max((point.value for each in picture.series for point in each.points), default=0)
    categories = tuple(
        Category(point.label, at * step + LABEL - 8, tuple(_bars(picture, at, step, largest)))
        for at, point in enumerate(picture.series[0].points)
    )
    names = tuple(series.name for series in picture.series)
    legend = names if len(names) > 1 else ()
    return Chart(id, picture.title, picture.alt, len(categories) * step,
                 categories, legend)  # fmt: skip


def _bars(picture: Picture, at: int, step: int, largest: Number) -> Iterator[Bar]:
    for number, series in enumerate(picture.series):
        point = series.points[at]
        top = at * step + LABEL + number * BAR
        yield Bar(
            top, BAR - 3, top + BAR // 2 - 1, _width(point.value, largest),
            shown(point.value) + picture.unit, number, point.code,
        )  # fmt: skip


def _width(value: Number, largest: Number) -> str:
    """Exact, so that every machine writes the same."""
    part = int(max(value, 0) * LONGEST // largest) if largest > 0 else 0
    return f"{part // 100}.{part % 100:02d}%"

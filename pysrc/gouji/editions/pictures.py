"""``[figures]`` and ``[charts]`` of a declaration: sums that matter most, how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gouji.editions.problem import Place
from gouji.editions.terms import sum_of
from gouji.model import Item, Term
from gouji.picture import Chart, ChartKind

Sums = dict[str, tuple[Term, ...]]


def read_figures(body: Any, items: Mapping[str, Item], place: Place) -> Sums:
    """Label → sum. Raises EditionError."""
    return _sums(body, items, place.at("figures"))


def read_charts(body: Any, items: Mapping[str, Item], place: Place) -> tuple[Chart, ...]:
    """The charts in declared order. Raises EditionError."""
    charts = []
    for name, each in body.items():
        here = place.at("charts", name)
        here.only(each, {"title", "kind", "unit", "parts"})
        charts.append(
            Chart(
                name=name,
                kind=ChartKind(here.one_of(each, "kind", tuple(ChartKind))),
                title=here.text(each, "title"),
                unit=here.text(each, "unit", default=""),
                parts=_sums(here.mapping(each, "parts"), items, here.at("parts")),
            )
        )
    return tuple(charts)


def _sums(body: Any, items: Mapping[str, Item], place: Place) -> Sums:
    if not isinstance(body, dict) or not body:
        raise place.wrong("must be a table of labels with their sums")
    return {label: sum_of(place.text(body, label), "", items, place.at(label)) for label in body}

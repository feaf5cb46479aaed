"""``[headline]`` and ``[charts]``: the sums that matter most, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gouji.drafting import Draft
from gouji.editions.problem import EditionError, Place
from gouji.editions.terms import sum_of
from gouji.model import Item, Term
from gouji.picture import Chart, ChartKind
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Sums:
    """Reads tables ``figure = "label"``: a figure is one of the draft's, or a sum of items.

    Every method raises EditionError naming file and key.
    """

    items: Mapping[str, Item]
    draft: Draft | None
    #: Names of the draft's figures as written, the wrong ones too; None when they are not known.
    figures: frozenset[str] | None
    place: Place

    def headline(self, body: Any) -> dict[str, tuple[Term, ...]]:
        """Label → sum."""
        return self._labelled(body, self.place.at("headline"))

    def charts(self, body: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The charts in declared order."""
        found = (self.place.attempt(self._chart, name, each) for name, each in body.items())
        return tuple(chart for chart in found if chart is not None)

    def _chart(self, name: str, body: Any) -> Chart:
        here = self.place.at("charts", name)
        here.only(body, {"title", "kind", "unit", "parts"})
        kind = ChartKind(here.one_of(body, "kind", tuple(ChartKind)))
        given = here.mapping(body, "parts")
        parts = self._labelled(given, here.at("parts"))
        if not given:
            raise here.at("parts").wrong(say("declared.empty"))
        unit = here.text(body, "unit", default="")
        return Chart(name, kind, here.text(body, "title"), unit, parts)

    def _labelled(self, body: Mapping[str, Any], place: Place) -> dict[str, tuple[Term, ...]]:
        labels = [place.text(body, figure) for figure in body]
        place.unique(labels, "", say("declared.labels"))
        terms = [place.attempt(self._terms, figure, place) for figure in body]
        return {label: each for label, each in zip(labels, terms, strict=True) if each}

    def _terms(self, figure: str, place: Place) -> tuple[Term, ...]:
        if self.draft and figure in self.draft.figures:
            return self.draft.figures[figure].terms
        if figure.isidentifier() if self.figures is None else figure in self.figures:
            raise EditionError()  # what is wrong with it is told where it stands
        return sum_of(figure, "", self.items, place.at(figure))

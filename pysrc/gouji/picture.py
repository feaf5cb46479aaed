"""What an edition declares worth drawing of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gouji.model import Term


class ChartKind(StrEnum):
    BARS = "bars"  #: parts of one year beside each other
    LINES = "lines"  #: a few numbers over the years


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of the form's numbers; ``parts``: label → the sum it shows, in order."""

    name: str
    kind: ChartKind
    title: str
    unit: str
    parts: Mapping[str, tuple[Term, ...]]

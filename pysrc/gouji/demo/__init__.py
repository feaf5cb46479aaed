"""A whole round with a made-up district: what lies before the office on the last day.

``make_submissions`` is pure and the same on every run; ``run`` plays it into a folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gouji.demo import round2020, round2025
from gouji.demo.cast import DemoRound, Note

__all__ = ["EDITIONS", "DemoRound", "Note", "make_submissions", "run"]

_ROUNDS = {"2019": round2020.make, "2021": round2025.make}
#: Editions there is a demonstration for, the usual one first.
EDITIONS = tuple(_ROUNDS)


def make_submissions(edition: str) -> DemoRound:
    """The demonstration's round of that edition. Raises KeyError for an edition without one."""
    return _ROUNDS[edition]()


def run(folder: Path, edition: str, tell: Callable[[str], None]) -> dict[str, Any]:
    """Play the round of that edition into ``folder``, telling each step; the compile JSON.

    Raises KeyError for an edition without a round, UnusableCall for a folder that holds other
    files.
    """
    from gouji.demo.stage import play  # late: dealing numbers needs no workbook libraries

    return play(folder, make_submissions(edition), tell)

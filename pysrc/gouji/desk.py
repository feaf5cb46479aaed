"""What the buttons ask of an open workbook: a small protocol, so that no rule knows xlwings.

Rows and columns count from 0, as in ``layout``. ``live_book.LiveBook`` is the real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from gouji.layout import Area
from gouji.model import Value


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet from A1 on: ``values`` as the office gives them, ``formulas`` as texts.

    Both have the same shape; a constant's formula is its text, an empty cell's is ``""``.
    """

    values: Sequence[Sequence[object]]
    formulas: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Look:
    """What is changed of a block's look; None leaves it as it is."""

    fill: str | None = None  #: ``#RRGGBB``, ``""`` for none
    ink: str | None = None
    font: str | None = None
    size: float | None = None
    bold: bool | None = None
    wrap: bool | None = None
    hidden: bool = False  #: its texts do not show


class Desk(Protocol):
    """An open workbook. Sheets are named; a sheet that is not there raises KeyError."""

    @property
    def file(self) -> str:
        """Full path; only a name when the workbook was never saved."""

    def sheets(self) -> tuple[str, ...]: ...

    def values(self, sheet: str, top: int) -> Sequence[Sequence[object]]:
        """All cells from column A of row ``top`` on, None for an empty one."""

    def grid(self, sheet: str) -> Grid: ...

    def write(self, sheet: str, row: int, column: int, rows: Sequence[Sequence[Value]]) -> None:
        """Fill a block; texts stay texts, whatever they look like."""

    def clear(self, sheet: str, area: Area) -> None:
        """Contents and looks: as if never touched."""

    def look(self, sheet: str, area: Area, look: Look) -> None: ...

    def fill_of(self, sheet: str, area: Area) -> str:
        """``#RRGGBB``, ``""`` for none."""

    def font_of(self, sheet: str, area: Area) -> str: ...

    def note(self, sheet: str, area: Area) -> str:
        """The note on a cell, ``""`` for none."""

    def set_note(self, sheet: str, area: Area, text: str) -> None:
        """Put a note on a cell in place of any other; ``""`` takes it away."""

    def link(self, sheet: str, area: Area, target: tuple[str, Area], text: str) -> None:
        """Make a cell lead to another cell of the workbook."""

    def is_locked(self, sheet: str, area: Area) -> bool: ...

    def lock(self, sheet: str, area: Area, locked: bool) -> None: ...

    def fit_rows(self, sheet: str, first: int, last: int) -> None:
        """Give rows the height their texts need."""

    def go(self, sheet: str, area: Area) -> None:
        """Show a cell to the user."""

    def opened(self, sheets: Iterable[str]) -> AbstractContextManager[None]:
        """Take the protection off for a while. Raises UnusableCall for one with a password."""

    def working(self, text: str) -> AbstractContextManager[None]:
        """Say in the status bar what is being done, and hold the screen still."""

    def tell(self, text: str) -> None:
        """One sentence in a message box."""

    def ask(self, text: str) -> bool:
        """A question in a message box: yes or no."""

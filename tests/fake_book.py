"""A workbook in memory with the few names of xlwings' Range API that the console uses.

It takes values as Excel does: a leading apostrophe marks text, ``=…`` is a formula, digits alone
become a number, so that a text which is not guarded is seen to change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from python_calamine import CalamineWorkbook

Spot = tuple[int, int]


@dataclass
class FakeSheet:
    cells: dict[Spot, Any] = field(default_factory=dict)
    formulas: dict[Spot, str] = field(default_factory=dict)
    links: dict[Spot, str] = field(default_factory=dict)
    on_read: Callable[[Spot], None] | None = None

    def range(self, first: Spot, last: Spot | None = None) -> FakeRange:
        return FakeRange(self, first, last or first)

    @property
    def used_range(self) -> Any:
        rows = [row for row, _ in self.cells] or [1]
        return SimpleNamespace(last_cell=SimpleNamespace(row=max(rows)))


@dataclass
class FakeRange:
    sheet: FakeSheet
    first: Spot
    last: Spot
    ndim: int = 0

    @property
    def rows(self) -> Any:
        return SimpleNamespace(autofit=lambda: None)

    def options(self, ndim: int) -> FakeRange:
        return FakeRange(self.sheet, self.first, self.last, ndim)

    @property
    def value(self) -> Any:
        if self.sheet.on_read:
            self.sheet.on_read(self.first)
        block = [[self.sheet.cells.get((r, c)) for c in self._columns] for r in self._rows]
        return block[0][0] if self.first == self.last and self.ndim != 2 else block

    @value.setter
    def value(self, given: Any) -> None:
        block = given if isinstance(given, list) else [[given]]
        assert len(block) == len(self._rows) and len(block[0]) == len(self._columns)
        for r, line in zip(self._rows, block, strict=True):
            for c, value in zip(self._columns, line, strict=True):
                self._put((r, c), value)

    def clear_contents(self) -> None:
        for r in self._rows:
            for c in self._columns:
                for kept in (self.sheet.cells, self.sheet.formulas, self.sheet.links):
                    kept.pop((r, c), None)

    def add_hyperlink(self, address: str, text_to_display: str, screen_tip: str) -> None:
        assert self.first == self.last and screen_tip
        self.sheet.links[self.first] = address
        self.sheet.cells[self.first] = text_to_display

    @property
    def _rows(self) -> range:
        return range(self.first[0], self.last[0] + 1)

    @property
    def _columns(self) -> range:
        return range(self.first[1], self.last[1] + 1)

    def _put(self, spot: Spot, value: Any) -> None:
        self.sheet.formulas.pop(spot, None)
        self.sheet.links.pop(spot, None)
        if isinstance(value, str) and value.startswith("'"):
            value = value[1:]
        elif isinstance(value, str) and value.startswith(("=", "+", "-", "@")):
            self.sheet.formulas[spot] = value
        elif (isinstance(value, str) and value.isdigit()) or (
            isinstance(value, int) and not isinstance(value, bool)
        ):
            value = float(value)
        if value is None or value == "":
            self.sheet.cells.pop(spot, None)
        else:
            self.sheet.cells[spot] = value


class FakeApp:
    def __init__(self) -> None:
        self.alerts: list[str] = []
        self.status: list[Any] = []

    def alert(self, prompt: str, title: str | None = None) -> None:
        self.alerts.append(prompt)

    @property
    def status_bar(self) -> Any:
        return self.status[-1] if self.status else False

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self.status.append(value)


class FakeBook:
    """The workbook of a file, its values read with calamine."""

    def __init__(self, file: Path) -> None:
        self.fullname = str(file)
        self.app = FakeApp()
        self.sheets: dict[str, FakeSheet] = {}
        book = CalamineWorkbook.from_path(file)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            self.sheets[name] = FakeSheet({
                (r, c): value
                for r, row in enumerate(rows, start=1)
                for c, value in enumerate(row, start=1)
                if value != ""
            })  # fmt: skip

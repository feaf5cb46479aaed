"""A workbook's file as a ``Desk`` that can only be read: what the open form would hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from gouji.desk import Grid


class FileDesk:
    """Cells as a spreadsheet program gives them: every number a float, formulas as texts."""

    def __init__(self, path: Path) -> None:
        self.file = str(path)
        self.values, self.formulas = (load_workbook(path, data_only=only) for only in (True, False))

    def sheets(self) -> tuple[str, ...]:
        return tuple(self.values.sheetnames)

    def grid(self, sheet: str) -> Grid:
        shown = [[_shown(v) for v in row] for row in self.values[sheet].values]
        texts = [[str(v or "") for v in row] for row in self.formulas[sheet].values]
        return Grid(shown, texts)


def _shown(value: Any) -> Any:
    number = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if number else value

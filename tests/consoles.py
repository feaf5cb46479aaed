"""Looking at a console, be it in an office or in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from gouji import console_buttons
from gouji.console_book import (
    FIRST_ROW,
    column,
    run_cell,
    sheet_name,
)
from gouji.macros import CONSOLE_BUTTONS
from gouji.wording import say
from rounds import BROKEN, QUERIED, SILENT, SOUND

FRONT, LIST, FINDINGS, FILES, LOG = (
    sheet_name(key) for key in ("front", "units", "findings", "files", "log")
)
CALLS = {button.target: getattr(console_buttons, button.target) for button in CONSOLE_BUTTONS}
#: What becomes of the units of ``rounds.filled``.
STANDING = {
    SOUND: "通过", QUERIED: "已报", BROKEN: "退回", SILENT: "未报",
    say("screen.no_unit"): "待认领",
}  # fmt: skip


def folder_of(book: Any) -> Path:
    return Path(book.fullname).parent


def at(book: Any, sheet: str, row: int, place: int) -> Any:
    return book.sheets[sheet].range((row + 1, place + 1)).value


def outcome(book: Any) -> str:
    return str(at(book, FRONT, *run_cell("outcome")))


def listed(book: Any, sheet: str, *keys: str) -> list[tuple[Any, ...]]:
    """Rows of a list down to the first without a number, the given columns only."""
    key = {LIST: "units", FINDINGS: "findings", FILES: "files", LOG: "log"}[sheet]
    rows, row = [], FIRST_ROW
    while at(book, sheet, row, 0) is not None:
        rows.append(tuple(at(book, sheet, row, column(key, one)) for one in keys))
        row += 1
    return rows


def states(book: Any) -> dict[str, str]:
    return dict(cast(list[tuple[str, str]], listed(book, LIST, "unit", "state")))

"""What people typed on the console's lists: explanations, words for yes and no, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from gouji.console_book import FIRST_ROW, column, sheet_name
from gouji.explaining import Key, Typed
from gouji.wording import say

Rows = Sequence[Sequence[object]]


def read_typed(consoles: Iterable[Path]) -> dict[Key, Typed]:
    """Unit, rule and message → what is typed beside it, from saved consoles; the first one's.

    Raises OSError when one cannot be read.
    """
    found: dict[Key, Typed] = {}
    for path in consoles:
        for key, typed in _read_typed(path).items():
            found.setdefault(key, typed)
    return found


def _read_typed(path: Path) -> dict[Key, Typed]:
    try:
        book = CalamineWorkbook.from_path(path)
        if sheet_name("findings") not in book.sheet_names:
            return {}
        rows = book.get_sheet_by_name(sheet_name("findings")).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise OSError(0, str(error), str(path)) from error
    return typed_in(rows[FIRST_ROW:])


def typed_in(rows: Rows) -> dict[Key, Typed]:
    """The same from the rows of the list of findings, wherever they were read."""
    keys = ("unit", "rule", "message", "explanation", "accepted")
    found: dict[Key, Typed] = {}
    for unit, rule, message, text, accepted in _texts("findings", keys, rows):
        if text or accepted:
            found[unit, rule, message] = Typed(text, _yes_or_no(accepted))
    return found


def _yes_or_no(text: str) -> bool | None:
    return {say("district.yes"): True, say("district.no"): False}.get(text)


def decisions_in(rows: Rows) -> list[tuple[str, str, str]]:
    """Digest, word of the decision, and unit to give the file to, of the rows that hold one."""
    keys = ("digest", "decision", "assign")
    return [
        (digest, word, unit)
        for digest, word, unit in _texts("files", keys, rows)
        if digest and (word or unit)
    ]


def _texts(sheet: str, keys: Sequence[str], rows: Rows) -> Iterable[list[str]]:
    places = [column(sheet, key) for key in keys]
    for row in rows:
        yield [_text(row[place]) if place < len(row) else "" for place in places]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()

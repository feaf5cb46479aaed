"""Tables as text with commas or tabs between the fields, as systems export them."""

from __future__ import annotations

import csv
import io
from collections import Counter

from gouji.documents.flow import MAX_PLACES
from gouji.documents.model import Cell, Document, Grid
from gouji.gate import Reason, refusal
from gouji.layout import a1
from gouji.wording import say

_DELIMITERS = (",", "\t", ";")
#: A text is a table when so many of its records have the same number of fields, and enough.
_FIELDS, _RECORDS, _SHARE = 3, 3, 0.8
_LONGEST_FIELD = 200_000


def as_table(text: str, notes: tuple[str, ...] = ()) -> Document | None:
    """The text's one table; None when it is no such table. Raises Refused (too_large)."""
    for delimiter in _DELIMITERS:
        records = _records(text, delimiter)
        if _is_table(records):
            grid = Grid(say("documents.table", n=1), _rows(records))
            return Document("csv", (grid,), notes=notes)
    return None


def _records(text: str, delimiter: str) -> list[list[str]]:
    if text.count(delimiter) < _RECORDS:
        return []
    csv.field_size_limit(_LONGEST_FIELD)
    records, places = [], 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append(record)
            places += len(record)
            if places > MAX_PLACES:
                raise refusal(Reason.TOO_LARGE, "document")
    except csv.Error:
        return []
    return records


def _is_table(records: list[list[str]]) -> bool:
    filled = [record for record in records if any(field.strip() for field in record)]
    if len(filled) < _RECORDS:
        return False
    width, count = Counter(len(record) for record in filled).most_common(1)[0]
    return width >= _FIELDS and count >= _SHARE * len(filled)


def _rows(records: list[list[str]]) -> tuple[tuple[Cell, ...], ...]:
    """Every field is text as typed; what is merged in a sheet stands once and leaves blanks."""
    width = max(map(len, records))
    if width * len(records) > MAX_PLACES:
        raise refusal(Reason.TOO_LARGE, "document")
    return tuple(
        tuple(
            Cell(record[column] or None if column < len(record) else None, a1(row, column))
            for column in range(width)
        )
        for row, record in enumerate(records)
    )

"""What stands in the cells that were found: values as typed, and what had to be repaired.

In documents made of text digits are the number, and the spaces around them are layout. In
spreadsheets, which hold numbers of their own, text stays the text it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gouji.documents.model import Cell
from gouji.hygiene import Kindness, interpret
from gouji.locating import soft
from gouji.model import Finding, Form, Item, Repair, Value
from gouji.recognising.tables import Found, Tables
from gouji.wording import say

#: Kinds of documents whose cells hold numbers.
SPREADSHEETS = frozenset(["xlsx", "xls", "ods"])
_PLAIN = re.compile(r"[+-]?\d{1,60}(?:\.\d{1,60})?", re.ASCII)
_NOTED = (Kindness.TIDIED, Kindness.WORDED)


@dataclass
class Read:
    """``values`` holds every item of the form. ``places`` only those that were found."""

    values: dict[str, Value]
    places: dict[str, str] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_values(tables: Tables, kind: str) -> Read:
    """The values of the cells found; ``kind`` is the document's."""
    form = tables.axes.form
    read = Read(dict.fromkeys(form.items))
    merged = _merged(tables.found)
    for code, found in tables.found.items():
        if found.cell is None:
            continue
        read.places[code] = found.cell.place
        if id(found.cell) in merged:
            continue
        value, repair = cell_value(found.cell, found.item, kind)
        read.values[code] = value
        if repair is not None:
            read.repairs.append(repair)
    read.findings += _not_shared_out(merged)
    return read


def cell_value(cell: Cell, item: Item, kind: str) -> tuple[Value, Repair | None]:
    """The value as it is kept, and the repair to be told, if any."""
    value = cell.value
    if not isinstance(value, str):
        return value, None
    if not value.strip():
        return None, None
    is_text = kind not in SPREADSHEETS
    if is_text and _PLAIN.fullmatch(value.strip()):
        return _number(value.strip()), None
    meaning = interpret(value, item)
    kept: Value = value.strip() if is_text else value
    if meaning.kind not in _NOTED:
        return kept, None
    if is_text and meaning.kind is Kindness.TIDIED:
        kept = meaning.number
    return kept, Repair(item.code, cell.place, value.strip(), meaning.number, meaning.why)


def _number(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _merged(found: Mapping[str, Found]) -> dict[int, list[Found]]:
    """Filled cells that cover several items: nobody knows which of them is meant."""
    cells: dict[int, list[Found]] = {}
    for each in found.values():
        if each.cell is not None and each.cell.text:
            cells.setdefault(id(each.cell), []).append(each)
    return {key: group for key, group in cells.items() if len(group) > 1}


def _not_shared_out(merged: Mapping[int, list[Found]]) -> Iterator[Finding]:
    for group in merged.values():
        cell = group[0].cell
        assert cell is not None
        message = say(
            "recognising.merged", place=cell.place, n=len(group), text=cell.text,
            first=group[0].item.label, last=group[-1].item.label,
        )  # fmt: skip
        yield soft("T6", message, [each.item.code for each in group], [cell.place])


def typed_totals(form: Form, values: Mapping[str, Value]) -> frozenset[str]:
    """Totals that do not simply follow their parts: another number, or blank beside filled ones."""
    return frozenset(code for code in form.totals if _is_typed(form, code, values))


def _is_typed(form: Form, code: str, values: Mapping[str, Value]) -> bool:
    terms = [term for term in form.totals[code].right if not term.last_year]
    stated, parts = values[code], [values[term.code] for term in terms]
    if stated is None:
        return any(part is not None for part in parts)
    if isinstance(stated, str):
        return True
    own = sum(
        term.coefficient * part
        for term, part in zip(terms, parts, strict=True)
        if part is not None and not isinstance(part, str)
    )
    return stated != own

"""The roster as an Excel workbook: read with clear complaints, written for people to fill."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook

from gouji.gate import Refused, open_package, take
from gouji.model import LEVELS, Unit
from gouji.roster import Roster, normalised
from gouji.wording import say

#: Columns in the order we write them; a person may have them in any order.
FIELDS = ("name", "code", "level", "aliases", "contact", "email", "former", "merged", "split")
_LISTS = ("aliases", "former", "merged", "split")
_HEAD_SEARCH = 20  #: the head row is looked for in the first rows only
_SEPARATORS = re.compile(r"[、，,;；\n]+")
_WIDTHS = {"name": 30, "code": 16, "level": 18, "aliases": 36, "contact": 14, "email": 28,
           "former": 24, "merged": 24, "split": 24}  # fmt: skip


class RosterError(ValueError):
    """A roster that cannot be used; ``problems`` holds one clear line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_roster(path: Path) -> Roster:
    """The roster in the first sheet of ``path`` that has a head row. Raises RosterError."""
    for sheet in _sheets(path):
        head = _find_head(sheet)
        if head is not None:
            return _roster(path.name, sheet, *head)
    needed = _heads("name")[0]
    raise RosterError([say("roster.no_head", file=path.name, head=needed)])


def _sheets(path: Path) -> list[list[list[Any]]]:
    try:
        package = open_package(take(path))
        book = CalamineWorkbook.from_filelike(BytesIO(package.extract(list(package.members))))
        return [
            book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        ]
    except Refused as refused:
        raise RosterError([f"{path.name}：{refused}"]) from refused
    except (CalamineError, BadZipFile) as error:
        raise RosterError([say("roster.not_workbook", file=path.name)]) from error


def _heads(field: str) -> list[str]:
    return say(f"roster.heads.{field}").split("、")


def _find_head(sheet: list[list[Any]]) -> tuple[int, dict[str, list[int]]] | None:
    """Row of the head and the columns of each known field; None without a column of names."""
    fields = {normalised(word): field for field in FIELDS for word in _heads(field)}
    for number, row in enumerate(sheet[:_HEAD_SEARCH]):
        columns: dict[str, list[int]] = {}
        for column, value in enumerate(row):
            field = fields.get(normalised(_text(value)))
            if field:
                columns.setdefault(field, []).append(column)
        if "name" in columns:
            return number, columns
    return None


def _roster(file: str, sheet: list[list[Any]], head: int, columns: dict[str, list[int]]) -> Roster:
    rows: list[int] = []
    units: list[Unit] = []
    for number in range(head + 1, len(sheet)):
        unit = _unit(sheet[number], columns)
        if unit != Unit(""):
            rows.append(number + 1)
            units.append(unit)
    complaints = [
        say("roster.repeated_head", file=file, head=_heads(field)[0])
        for field, places in columns.items()
        if len(places) > 1 and field not in _LISTS
    ]
    roster = Roster(tuple(units))
    for problem in roster.problems():
        where = "、".join(str(rows[row]) for row in dict.fromkeys(problem.rows))
        complaints.append(say("roster.at_row", file=file, row=where, what=problem.message))
    if not units:
        complaints.append(say("roster.empty", file=file))
    if complaints:
        raise RosterError(complaints)
    return roster


def _unit(row: list[Any], columns: dict[str, list[int]]) -> Unit:
    texts = {
        field: "、".join(filter(None, (_text(row[c]) for c in places if c < len(row))))
        for field, places in columns.items()
    }
    lists = {field: _parts(texts.pop(field, "")) for field in _LISTS}
    return Unit(
        name=texts.get("name", ""), code=texts.get("code", ""), contact=texts.get("contact", ""),
        email=texts.get("email", ""), level=_level(texts.get("level", "")), **lists,
    )  # fmt: skip


def _parts(text: str) -> tuple[str, ...]:
    """The names in a cell, each once."""
    parts = (part.strip() for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(filter(None, parts)))


def _level(word: str) -> str:
    """The level's key; a word that is none stays as it is, for the complaint about it."""
    for level in LEVELS:
        known = [level, say(f"level.{level}"), *say(f"roster.levels.{level}").split("、")]
        if normalised(word) in map(normalised, known):
            return level
    return word


def _text(value: Any) -> str:
    """A cell as text; a code that Excel made a number loses its ``.0``."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def write_roster(path: Path, units: Iterable[Unit] = ()) -> None:
    """Write a roster workbook with these units, or an empty one to fill. Overwrites ``path``."""
    handle, name = tempfile.mkstemp(suffix=".xlsx", dir=path.parent)
    os.close(handle)
    try:
        _write(name, list(units))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _write(name: str, units: list[Unit]) -> None:
    import xlsxwriter  # reading a roster need not wait for the writer

    book = xlsxwriter.Workbook(name, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(say("roster.sheet"))
    title = book.add_format({"font_name": "方正小标宋简体", "font_size": 18, "valign": "vcenter"})
    note = book.add_format({"font_name": "仿宋", "font_size": 11, "font_color": "#5B6770"})
    body = {"font_name": "仿宋", "font_size": 12, "border": 1, "border_color": "#9AA5B1"}
    head = book.add_format(
        body | {"font_name": "黑体", "bg_color": "#F2F4F6", "align": "center", "valign": "vcenter"}
    )
    cell = book.add_format(body | {"num_format": "@", "valign": "vcenter", "text_wrap": True})
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, say("roster.title"), title)
    sheet.write_string(1, 0, say("roster.guide"), note)
    sheet.set_row(2, 24)
    for column, field in enumerate(FIELDS):
        sheet.set_column(column, column, _WIDTHS[field])
        sheet.write_string(2, column, _heads(field)[0], head)
    for row, unit in enumerate(units, start=3):
        for column, text in enumerate(_texts(unit)):
            sheet.write_string(row, column, text[:32767], cell)
    for row in range(3 + len(units), max(3 + len(units) + 10, 60)):
        for column in range(len(FIELDS)):
            sheet.write_blank(row, column, None, cell)
    last = max(len(units) + 200, 500)
    sheet.data_validation(
        3, 2, last, 2, {"validate": "list", "source": [say(f"level.{x}") for x in LEVELS]}
    )
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(say("roster.footer"))
    book.close()


def _texts(unit: Unit) -> tuple[str, ...]:
    level = say(f"level.{unit.level}") if unit.level in LEVELS else unit.level
    lists = {field: "、".join(getattr(unit, field)) for field in _LISTS}
    known = {"name": unit.name, "code": unit.code, "level": level, "contact": unit.contact,
             "email": unit.email, **lists}  # fmt: skip
    return tuple(known[field] for field in FIELDS)

"""``datapackage.json``: what the files are, column by column, as Frictionless Data has it (v1)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from gouji.open_data.dataset import Dataset
from gouji.open_data.fields import SHEETS, VERSION, Field, Sheet
from gouji.wording import say

FILE = "datapackage.json"


def package(data: Dataset, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The descriptor of ``files`` (name → content): sizes and digests too, so that a copy that
    was altered can be told."""
    resources = [_table(sheet, files[sheet.file]) for sheet in SHEETS]
    resources.append({
        "name": "data-json", "title": say("open_data.json.title"),
        "description": say("open_data.json.about"), "profile": "data-resource",
        "mediatype": "application/json", "format": "json",
        **_content("data.json", files["data.json"]),
    })  # fmt: skip
    return {
        "profile": "data-package",
        "name": _name(f"gouji-{data.form.id}-{data.year}"),
        "version": VERSION,
        "title": title_of(data),
        "description": say("open_data.about", basis=data.form.basis),
        "sources": [{"title": data.form.basis}],
        "contributors": [{"title": publisher(data), "role": "publisher"}],
        "resources": resources,
    }


def title_of(data: Dataset) -> str:
    return say("open_data.title", who=publisher(data), year=data.year, title=data.form.title)


def publisher(data: Dataset) -> str:
    """The district; without one, the unit itself."""
    return data.district or say("message.joint").join(unit.name for unit in data.units)


def _name(text: str) -> str:
    """Lower case letters, digits, ``-``: all the standard takes."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower())


def _content(path: str, content: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest()
    return {"path": path, "encoding": "utf-8", "bytes": len(content), "hash": f"sha256:{digest}"}


def _table(sheet: Sheet, content: bytes) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": described(sheet),
        "missingValues": [""],
        "primaryKey": list(sheet.key),
    }
    if sheet.refers:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": table, "fields": [column]}}
            for column, table in sheet.refers.items()
        ]
    return {
        "name": sheet.name, "title": say(f"open_data.{sheet.name}.title"),
        "description": say(f"open_data.{sheet.name}.about"), "profile": "tabular-data-resource",
        "mediatype": "text/csv", "format": "csv", **_content(sheet.file, content),
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"',
                    "doubleQuote": True, "header": True},
        "schema": schema,
    }  # fmt: skip


def described(sheet: Sheet) -> list[dict[str, Any]]:
    """The columns of a table as the standard describes them."""
    return [_field(sheet, column) for column in sheet.fields]


def _field(sheet: Sheet, column: Field) -> dict[str, Any]:
    rules: dict[str, Any] = {} if column.may_be_blank else {"required": True}
    if column.among:
        rules["enum"] = list(column.among)
    return {
        "name": column.name, "type": column.kind,
        "title": say(f"open_data.column.{column.name}.title"),
        "description": _about(sheet, column), "constraints": rules,
    }  # fmt: skip


def _about(sheet: Sheet, column: Field) -> str:
    """The same column of two tables may mean two things; the table's own text goes before."""
    text = say(f"open_data.column.{column.name}.about")
    if column.name == "value":
        text = say(f"open_data.value_of.{sheet.name}")
    meanings = [
        say("open_data.meaning", word=word, means=say(f"{_words(column)}.{word}"))
        for word in column.among
    ]
    return text + say("open_data.semicolon").join(meanings)


def _words(column: Field) -> str:
    """Where the catalogue says what the values of an enumerated column mean."""
    known = {"unit_level": "level", "severity": "severity"}
    return known.get(column.name, f"open_data.word.{column.name}")

"""``data.json``: everything in one file, numbers exact; ``data.schema.json`` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from gouji.open_data.dataset import Dataset
from gouji.open_data.fields import DICTIONARY, RULES, VERSION, Sheet
from gouji.open_data.rows import rows_of
from gouji.values_json import to_text


def as_json(data: Dataset) -> bytes:
    """The file's bytes, UTF-8 without a mark as RFC 8259 wants it."""
    return (to_text(body(data)) + "\n").encode("utf-8")


def body(data: Dataset) -> dict[str, Any]:
    """The object; rows of ``figures`` hold what differs from row to row."""
    form = data.form
    return {
        "schema_version": VERSION,
        "title": form.title,
        "edition": form.id,
        "year": data.year,
        "district": data.district or None,
        "level": data.level or None,
        "provenance": {
            "generator": "gouji",
            "basis": form.basis,
            "units": len(data.units),
            "missing": list(data.missing),
            "left_out": [{"unit": unit, "status": str(why)} for unit, why in data.left_out],
            "proof": {"cells": data.proof.cells, "agree": data.proof.agree},
        },
        "units": [
            {
                "unit": unit.name, "unit_code": unit.code or None,
                "unit_level": unit.level or None, "sha256": unit.sha256 or None,
                "let_in": unit.let_in,
            }
            for unit in data.units
        ],
        "totals": data.totals,
        "figures": list(_figures(data)),
        "dictionary": _listed(DICTIONARY, data),
        "rules": _listed(RULES, data),
    }  # fmt: skip


def _figures(data: Dataset) -> Iterator[dict[str, Any]]:
    for unit in data.units:
        for figure in unit.figures:
            yield {"unit": unit.name, "code": figure.code, "value": figure.value,
                   "status": figure.status.value}  # fmt: skip


def _listed(sheet: Sheet, data: Dataset) -> list[dict[str, Any]]:
    return [dict(zip(sheet.columns, row, strict=True)) for row in rows_of(sheet, data)]


def schema() -> Mapping[str, Any]:
    """The JSON Schema of ``data.json``."""
    text = files("gouji").joinpath("open_data", "data.schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found

"""The rows of every table, values as they are: int, Decimal, text, truth, None."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gouji.district_plan import item_label
from gouji.model import EditRule, Form, FormRule, Item, Number
from gouji.open_data.dataset import Dataset
from gouji.open_data.fields import DATA, DICTIONARY, RULES, TOTALS, Sheet

Cell = Number | str | bool | None
Row = tuple[Cell, ...]


def rows_of(sheet: Sheet, data: Dataset) -> Iterator[Row]:
    """The table's rows, cells in the order of its columns."""
    made = {
        DATA.name: _data,
        TOTALS.name: _totals,
        DICTIONARY.name: _dictionary,
        RULES.name: _rules,
    }
    for found in made[sheet.name](data):
        yield tuple(None if found[name] == "" else found[name] for name in sheet.columns)


def _data(data: Dataset) -> Iterator[Mapping[str, Cell]]:
    common = _common(data)
    for unit in data.units:
        for figure in unit.figures:
            yield common | _of_item(data.form.items[figure.code]) | {
                "unit": unit.name, "unit_code": unit.code, "unit_level": unit.level,
                "value": figure.value, "status": figure.status.value,
            }  # fmt: skip


def _totals(data: Dataset) -> Iterator[Mapping[str, Cell]]:
    for code, item in data.form.items.items():
        yield _common(data) | _of_item(item) | {"value": data.totals[code]}


def _common(data: Dataset) -> dict[str, Cell]:
    return {"year": data.year, "edition": data.form.id, "district": data.district}


def _of_item(item: Item) -> dict[str, Cell]:
    return {"code": item.code, "label": item.full_label, "measure": item.unit}


def _dictionary(data: Dataset) -> Iterator[Mapping[str, Cell]]:
    form = data.form
    families = _families(form)
    for code, item in form.items.items():
        yield _of_item(item) | {
            "edition": form.id, "basis": form.basis, "table": item.table,
            "table_title": form.table(item.table).title, "row": item.row, "column": item.column,
            "short_label": item_label(item), "kind": item.kind.value, "decimals": item.decimals,
            "total": code in form.totals, "rules": " ".join(families.get(code, ())),
        }  # fmt: skip


def _families(form: Form) -> dict[str, dict[str, None]]:
    """Item code → the names of the rules it stands in, each once."""
    found: dict[str, dict[str, None]] = {}
    for rule in form.rules:
        for term in rule.terms:
            found.setdefault(term.code, {})[rule.family] = None
    return found


def _rules(data: Dataset) -> Iterator[Mapping[str, Cell]]:
    """Each family once, then the rules about the whole form."""
    form = data.form
    told: dict[str, Mapping[str, Cell]] = {}
    rules: list[EditRule | FormRule] = [*form.rules, *form.form_rules.values()]
    for rule in rules:
        name = rule.name.partition(".")[0]
        told.setdefault(name, {
            "edition": form.id, "rule": name, "severity": rule.severity.value,
            "statement": rule.says, "basis": rule.basis,
        })  # fmt: skip
    yield from told.values()

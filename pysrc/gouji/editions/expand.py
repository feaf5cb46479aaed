"""Rules as written → one EditRule for each place, with full item codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from gouji.editions.problem import EditionError, Place
from gouji.formula import FormulaError, Name, bind, parse
from gouji.model import LEVELS, EditRule, Item, Severity, Table

_KEYS = {
    "table", "each", "check", "severity", "total", "says", "basis", "remedy", "unless_levels",
    "bound_names",
}  # fmt: skip


def expand_rules(
    data: Mapping[str, Any], tables: tuple[Table, ...], items: Mapping[str, Item], place: Place
) -> tuple[EditRule, ...]:
    """Every rule for every place it is repeated along, in declared order. Raises EditionError."""
    by_name = {table.name: table for table in tables}
    rules: list[EditRule] = []
    for family, body in data.items():
        here = place.at("rules", family)
        here.only(body, _KEYS)
        table = here.text(body, "table", default="")
        if table and table not in by_name:
            raise here.at("table").wrong(f"there is no table '{table}'")
        try:
            sides = parse(here.text(body, "check"))
        except FormulaError as error:
            raise here.at("check").wrong(str(error)) from error
        axis = body.get("each", "")
        totals = _totals_along(rules, axis)
        for stem in _stems(axis, by_name.get(table), here):
            rule = _rule(family, stem, body, table, items, sides, totals, here)
            _keeps_to_one_line(rule, items, here)
            rules.append(rule)
    return tuple(rules)


def _keeps_to_one_line(rule: EditRule, items: Mapping[str, Item], place: Place) -> None:
    """Last year's value is shown beside the cells it is compared with: they need one place."""
    cells = [items[code] for code in rule.codes]
    rows = {(item.table, item.block, item.row) for item in cells}
    columns = {(item.table, item.column) for item in cells}
    if rule.needs_last_year and len(rows) > 1 and len(columns) > 1:
        raise place.at("check").wrong(
            "a rule with last_year() must keep to one row or one column of one table"
        )


def _totals_along(rules: list[EditRule], axis: Any) -> frozenset[str]:
    """Subtotals that a ``sum`` along rows must not count again (none along columns yet)."""
    if axis != "column":
        return frozenset()
    tails = {}
    for rule in rules:
        if (
            rule.total
            and "." in rule.name
            and rule.total.endswith("." + rule.name.split(".", 1)[1])
        ):
            tails[rule.total] = rule
    return frozenset(tails)


def _stems(axis: Any, table: Table | None, place: Place) -> list[str]:
    """What ``*`` stands for, one after the other; a single empty stem when nothing repeats."""
    if axis == "":
        return [""]
    if isinstance(axis, list) and axis and all(isinstance(stem, str) for stem in axis):
        return list(axis)
    if table is None or axis not in ("row", "column"):
        raise place.at("each").wrong("must be 'row', 'column' (with a table) or a list of names")
    lines = [
        line.path
        for block in table.blocks
        for line in (block.rows if axis == "row" else block.columns)
    ]
    return list(dict.fromkeys(lines))


def _rule(
    family: str, stem: str, body: Mapping[str, Any], table: str, items: Mapping[str, Item],
    sides: tuple[tuple[Name, ...], tuple[Name, ...]], totals: frozenset[str], place: Place,
) -> EditRule:  # fmt: skip
    owner = _own_total(body, table, stem, items, sides, place)
    resolve = partial(
        _codes, table=table, stem=stem, items=items, skip=totals | {owner}, place=place
    )
    left, right = (bind(side, resolve) for side in sides)
    severity = place.one_of(body, "severity", tuple(Severity), default="hard")
    unless = tuple(place.texts(body, "unless_levels"))
    for level in unless:
        if level not in LEVELS:
            raise place.at("unless_levels").wrong(
                f"no level '{level}'; there are {', '.join(LEVELS)}"
            )
    return EditRule(
        name=f"{family}.{stem}" if stem else family,
        family=family,
        severity=Severity(severity),
        left=left,
        right=right,
        says=place.text(body, "says"),
        basis=place.text(body, "basis"),
        remedy=place.text(body, "remedy"),
        total=owner,
        unless_levels=unless,
        bound_names=tuple(place.texts(body, "bound_names")),
    )


def _own_total(
    body: Mapping[str, Any], table: str, stem: str, items: Mapping[str, Item],
    sides: tuple[tuple[Name, ...], tuple[Name, ...]], place: Place,
) -> str:  # fmt: skip
    """The item a ``total = true`` rule computes: the only name of its left side."""
    if not body.get("total", False):
        return ""
    left = sides[0]
    if len(left) != 1 or left[0].coefficient != 1 or left[0].last_year or left[0].group:
        raise place.at("check").wrong("with total = true the left side must be one single name")
    return _codes(left[0], table=table, stem=stem, items=items, skip=frozenset(), place=place)[0]


def _codes(
    name: Name, *, table: str, stem: str, items: Mapping[str, Item],
    skip: frozenset[str], place: Place,
) -> list[str]:  # fmt: skip
    prefix = f"{table}." if table else ""
    if name.group:
        return _group(name, prefix, stem, items, skip, place)
    code = prefix + name.path.replace("*", stem)
    if code not in items:
        raise place.at("check").wrong(f"there is no item '{code}'")
    return [code]


def _group(
    name: Name, prefix: str, stem: str, items: Mapping[str, Item],
    skip: frozenset[str], place: Place,
) -> list[str]:  # fmt: skip
    """All items under ``group`` that end with the stem (``sum(result.*)``), without subtotals."""
    group, _, star = name.path.partition(".*")
    start, end = f"{prefix}{group}.", f".{stem}" if stem else ""
    if star or (stem and not name.path.endswith(".*")):
        raise place.at("check").wrong("sum() takes one group, as in sum(result.*)")
    codes = [
        code for code in items if code.startswith(start) and code.endswith(end) and code not in skip
    ]
    if not codes:
        raise place.at("check").wrong(f"sum({name.path}) finds no item for '{stem}'")
    return codes


__all__ = ["EditionError", "expand_rules"]

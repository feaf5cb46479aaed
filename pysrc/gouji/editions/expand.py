"""Rules as written → one EditRule for each place, with full item codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from gouji.editions.problem import EditionError, Place
from gouji.editions.terms import no_item
from gouji.formula import FormulaError, Name, bind, parse
from gouji.model import LEVELS, EditRule, Item, Severity, Table
from gouji.wording import say

_Sides = tuple[tuple[Name, ...], tuple[Name, ...]]

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
        here.attempt(_expand, rules, family, body, by_name, items, here)
    return tuple(rules)


def _expand(
    rules: list[EditRule], family: str, body: Any, by_name: Mapping[str, Table],
    items: Mapping[str, Item], here: Place,
) -> None:  # fmt: skip
    """Add one rule for each of its places to those before it."""
    here.only(body, _KEYS)
    table = here.text(body, "table", default="")
    if table and table not in by_name:
        here.at("table").attempt(_no_table, table, here.at("table"))
    check = here.text(body, "check")
    sides = here.at("check").attempt(_parsed, check, here.at("check"))
    axis = body.get("each", "")
    totals = _totals_along(rules, axis)
    for stem in here.attempt(_stems, axis, by_name.get(table), here) or [""]:
        rule = here.attempt(_rule, family, stem, body, table, items, sides, totals, here)
        if rule is not None:
            here.attempt(_keeps_to_one_line, rule, items, here)
            rules.append(rule)


def _no_table(table: str, place: Place) -> None:
    raise place.lost(f"{table}.", say("declared.no_table", table=table))


def _parsed(check: str, place: Place) -> _Sides:
    try:
        return parse(check)
    except FormulaError as error:
        raise place.wrong(str(error)) from error


def _keeps_to_one_line(rule: EditRule, items: Mapping[str, Item], place: Place) -> None:
    """Last year's value is shown beside the cells it is compared with: they need one place."""
    cells = [items[code] for code in rule.codes]
    rows = {(item.table, item.block, item.row) for item in cells}
    columns = {(item.table, item.column) for item in cells}
    if rule.needs_last_year and len(rows) > 1 and len(columns) > 1:
        raise place.at("check").wrong(say("declared.not_one_line"))


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
    if axis not in ("row", "column"):
        raise place.at("each").wrong(say("declared.no_axis"))
    if table is None:
        place.needs("table")
        if place.told.broken:
            raise EditionError()  # the table may be one that could not be read
        raise place.at("each").wrong(say("declared.axis_needs_table"))
    lines = [
        line.path
        for block in table.blocks
        for line in (block.rows if axis == "row" else block.columns)
    ]
    return list(dict.fromkeys(lines))


def _rule(
    family: str, stem: str, body: Mapping[str, Any], table: str, items: Mapping[str, Item],
    sides: _Sides | None, totals: frozenset[str], place: Place,
) -> EditRule:  # fmt: skip
    severity = place.one_of(body, "severity", tuple(Severity), default="hard")
    says, basis, remedy = (place.text(body, key) for key in ("says", "basis", "remedy"))
    unless, bound = (tuple(place.texts(body, key)) for key in ("unless_levels", "bound_names"))
    for level in unless:
        if level not in LEVELS:
            known = say("message.joint").join(LEVELS)
            place.at("unless_levels").tell(say("declared.not_one_of", given=level, known=known))
    for key in ("table", "each", "check"):
        place.needs(key)
    if sides is None:
        raise EditionError()
    owner = _own_total(body, table, stem, items, sides, place)
    resolve = partial(
        _codes, table=table, stem=stem, items=items, skip=totals | {owner}, place=place
    )
    left, right = (bind(side, resolve) for side in sides)
    return EditRule(
        name=f"{family}.{stem}" if stem else family,
        family=family,
        severity=Severity(severity),
        left=left,
        right=right,
        says=says,
        basis=basis,
        remedy=remedy,
        total=owner,
        unless_levels=unless,
        bound_names=bound,
    )


def _own_total(
    body: Mapping[str, Any], table: str, stem: str, items: Mapping[str, Item],
    sides: _Sides, place: Place,
) -> str:  # fmt: skip
    """The item a ``total = true`` rule computes: the only name of its left side."""
    if not place.flag(body, "total"):
        return ""
    left = sides[0]
    if len(left) != 1 or left[0].coefficient != 1 or left[0].last_year or left[0].group:
        raise place.at("check").wrong(say("declared.total_side"))
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
        raise place.at("check").lost(code, no_item(code, items))
    return [code]


def _group(
    name: Name, prefix: str, stem: str, items: Mapping[str, Item],
    skip: frozenset[str], place: Place,
) -> list[str]:  # fmt: skip
    """All items under ``group`` that end with the stem (``sum(result.*)``), without subtotals."""
    group, _, star = name.path.partition(".*")
    start, end = f"{prefix}{group}.", f".{stem}" if stem else ""
    if star or (stem and not name.path.endswith(".*")):
        raise place.at("check").wrong(say("declared.sum_group"))
    codes = [
        code for code in items if code.startswith(start) and code.endswith(end) and code not in skip
    ]
    if not codes:
        text = say("declared.sum_none", group=name.path, stem=stem or name.path)
        raise place.at("check").lost(start, text)
    return codes


__all__ = ["EditionError", "expand_rules"]

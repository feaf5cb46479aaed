"""``[soft.NAME]`` of a declaration → one SoftRule; every mistake is told with file and key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gouji.editions.problem import Place
from gouji.editions.terms import codes_like, comparison
from gouji.model import EditRule, Item, Kind, Number, Severity, SoftRule, Table
from gouji.wording import say

_COMMON = {"kind", "says", "basis", "remedy", "first_year", "last_year"}
#: What a rule of each kind must say besides, and what it may say.
_KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    kind: (frozenset(needs.split()), frozenset(may.split()))
    for kind, needs, may in (
        ("differs", "check floor", "table each"),
        ("covers", "check floor", "table each"),
        ("jump", "items factor", ""),
        ("scale", "items factor", "peers"),
        ("per_piece", "items against", ""),
        ("nothing_done", "items against floor", ""),
        ("repeat", "floor", "against"),
        ("emptied", "floor", ""),
        ("opposite", "balance", "floor"),
        ("moved", "items floor factor", ""),
        ("stock", "items factor peers", ""),
        ("told_counts", "", ""),
        ("told_zeros", "", ""),
        ("told_parts", "floor factor", ""),
    )
}
_OPERATORS = {"differs": "!=", "covers": ">="}


def soft_rules(
    data: Mapping[str, Any], tables: tuple[Table, ...], items: Mapping[str, Item],
    families: frozenset[str], taken: frozenset[str], place: Place,
) -> dict[str, SoftRule]:  # fmt: skip
    """The soft rules in declared order; ``families`` are those of the hard rules, ``taken`` the
    names other rules have. Raises EditionError."""
    found = {}
    for name, body in data.items():
        here = place.at("soft", name)
        if name in taken:
            here.tell(say("declared.name_taken", name=name))
            continue
        rule = here.attempt(_rule, name, body, tables, items, families, here)
        if rule is not None:
            found[name] = rule
    return found


def _rule(
    name: str, body: Any, tables: tuple[Table, ...], items: Mapping[str, Item],
    families: frozenset[str], place: Place,
) -> SoftRule:  # fmt: skip
    if not isinstance(body, dict):
        raise place.wrong(say("declared.needs.table"))
    kind = place.one_of(body, "kind", tuple(_KINDS))
    says, basis, remedy = (place.text(body, key) for key in ("says", "basis", "remedy"))
    place.needs("kind")
    needs, may = _KINDS[kind]
    place.only(body, _COMMON | needs | may)
    for key in sorted(needs - body.keys()):
        if place.at(key).key not in place.told.meant:
            place.at(key).tell(say("declared.missing"))
    balance = place.text(body, "balance", default="")
    if balance and balance not in families:
        place.at("balance").tell(say("declared.no_rule", rule=balance))
    floors = place.attempt(_floors, body, items, place) or {}
    if kind == "scale" and any(items[code].kind is not Kind.AMOUNT for code in floors):
        place.at("items").tell(say("declared.scale_amounts"))
    return SoftRule(
        name=name,
        kind=kind,
        says=says,
        basis=basis,
        remedy=remedy,
        floors=floors,
        against=place.attempt(_against, body, items, place) or (),
        relations=place.attempt(_relations, name, kind, body, tables, items, place) or (),
        balance=balance,
        floor=_positive(body, "floor", place),
        factor=_positive(body, "factor", place),
        peers=_positive(body, "peers", place),
        first_year=place.whole(body, "first_year") if "first_year" in body else None,
        last_year=place.whole(body, "last_year") if "last_year" in body else None,
    )


def _positive(body: Mapping[str, Any], key: str, place: Place) -> int:
    value = place.whole(body, key, default=0)
    if key in body and value < 1:
        place.at(key).tell(say("declared.needs.positive"))
    return value


def _floors(body: Mapping[str, Any], items: Mapping[str, Item], place: Place) -> dict[str, Number]:
    """``items``: a list of patterns, or patterns with a floor of their own."""
    given = body.get("items", {})
    if isinstance(given, list):
        given = dict.fromkeys(place.texts(body, "items"), 1)
    here = place.at("items")
    floors: dict[str, Number] = {}
    for pattern, floor in place.mapping({"items": given}, "items").items():
        if not isinstance(floor, int) or isinstance(floor, bool) or floor < 1:
            here.at(pattern).tell(say("declared.needs.positive"))
            continue
        floors |= dict.fromkeys(codes_like(pattern, items, here), floor)
    return floors


def _against(body: Mapping[str, Any], items: Mapping[str, Item], place: Place) -> tuple[str, ...]:
    here = place.at("against")
    patterns = place.texts(body, "against")
    return tuple(code for pattern in patterns for code in codes_like(pattern, items, here))


def _relations(
    name: str, kind: str, body: Mapping[str, Any], tables: tuple[Table, ...],
    items: Mapping[str, Item], place: Place,
) -> tuple[EditRule, ...]:  # fmt: skip
    if kind not in _OPERATORS:
        return ()
    table = place.text(body, "table", default="")
    if table and table not in {each.name for each in tables}:
        raise place.at("table").lost(f"{table}.", say("declared.no_table", table=table))
    found = []
    place.needs("check")
    for stem in place.texts(body, "each") or [""]:
        left, right = comparison(
            place.text(body, "check"), _OPERATORS[kind], table, stem, items, place.at("check")
        )
        found.append(
            EditRule(
                name=f"{name}.{stem}" if stem else name,
                family=name,
                severity=Severity.SOFT,
                left=left,
                right=right,
                says=place.text(body, "says"),
                basis=place.text(body, "basis"),
                remedy=place.text(body, "remedy"),
            )
        )
    return tuple(found)

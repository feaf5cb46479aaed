"""One TOML declaration → one Form; every mistake is told with file and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from gouji.editions.claims import read_claims
from gouji.editions.draft import read_draft
from gouji.editions.expand import expand_rules
from gouji.editions.mapping import Earlier, Mappings, read_mappings
from gouji.editions.mistakes import EditionError
from gouji.editions.parsing import parsed
from gouji.editions.pictures import Sums
from gouji.editions.problem import Place
from gouji.editions.soft_rules import soft_rules
from gouji.model import Block, Form, FormRule, Item, Kind, Line, Section, Severity, Table
from gouji.wording import catalogue, say

__all__ = ["EditionError", "read_declaration"]

T = TypeVar("T")
_FORM_RULE_KINDS = ("edition_year", "domain", "rollup", "blank")
_TOP = {
    "id", "title", "basis", "version", "first_year", "last_year", "guide", "sections",
    "narrative", "tables", "rules", "form_rules", "was", "gone", "soft", "claims", "draft",
    "headline", "charts",
}  # fmt: skip


def read_declaration(path: Path, earlier: Earlier) -> Form:
    """The form declared in ``path``. Raises EditionError with every mistake, file and key.

    ``earlier`` gives the forms of the editions it comes from.
    """
    place, data = parsed(path)
    form = place.attempt(_form, data, place, earlier)
    if form and form.id != path.stem and not place.told.beneath("id"):
        place.at("id").tell(say("declared.id_not_file", given=form.id, file=path.name))
    place.told.check()
    assert form is not None, "a form is missing only where a mistake was told"
    return form


def _form(data: dict[str, Any], place: Place, earlier: Earlier) -> Form:
    place.only(data, _TOP)
    id_, first_year = place.text(data, "id"), place.whole(data, "first_year")
    if id_ and not re.fullmatch(r"[\w-]{1,40}", id_):
        place.at("id").tell(say("declared.no_id"))
    tables = _tables(data, place)
    items = _items(tables, data["tables"], place)
    read = _Parts(data, place)
    rules = expand_rules(read.table("rules"), tables, items, place)
    form_rules = _form_rules(read.table("form_rules"), place)
    families = frozenset(read.table("rules"))
    mappings = place.attempt(read_mappings, data, items, first_year, earlier, place) or Mappings()
    sections = _sections(read.table("sections"), data["tables"], place)
    keys = tuple(read.table("sections"))
    draft = read.one("draft", lambda body: read_draft(body, items, keys, place))
    sums = Sums(items, draft, _figures(data), place)
    soft = soft_rules(
        read.table("soft"), tables, items, families, families | form_rules.keys(), place
    )
    return Form(
        id=id_,
        title=place.text(data, "title"),
        basis=place.text(data, "basis"),
        version=place.whole(data, "version"),
        first_year=first_year,
        last_year=place.whole(data, "last_year") if "last_year" in data else None,
        tables=tables,
        sections=sections,
        narrative_sheet=_narrative(read.table("narrative"), place.at("narrative")),
        guide=tuple(place.texts(data, "guide")),
        items=items,
        rules=rules,
        form_rules=form_rules,
        predecessors=mappings.predecessors,
        gone=mappings.gone,
        soft=soft,
        claims=read.one("claims", lambda body: read_claims(body, items, place)),
        draft=draft,
        headline=place.attempt(sums.headline, read.table("headline")) or {},
        charts=sums.charts(read.table("charts")),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts of a declaration that may be left out; one that is wrong counts as left out."""

    data: dict[str, Any]
    place: Place

    def table(self, key: str) -> dict[str, Any]:
        return self.place.attempt(self.place.mapping, self.data, key, {}) or {}

    def one(self, key: str, read: Callable[[Any], T]) -> T | None:
        return self.place.attempt(read, self.data[key]) if key in self.data else None


def _narrative(body: dict[str, Any], place: Place) -> str:
    place.attempt(place.only, body, {"sheet"})
    return place.sheet_name(body, "sheet") if "sheet" in body else ""


def _figures(data: Mapping[str, Any]) -> frozenset[str] | None:
    """Names of the draft's figures as written, the wrong ones too; None when unreadable."""
    draft = data.get("draft", {})
    figures = draft.get("figures", {}) if isinstance(draft, dict) else None
    return frozenset(figures) if isinstance(figures, dict) else None


def _tables(data: dict[str, Any], place: Place) -> tuple[Table, ...]:
    bodies = place.mapping(data, "tables")
    if not bodies:
        place.at("tables").tell(say("declared.empty"))
    found = []
    for name, body in bodies.items():
        table = place.attempt(_table, name, place.at("tables", name), body)
        if table is None:
            place.told.broken.add(name)
        else:
            found.append(table)
    narrative = data.get("narrative", {})
    own = [text for key, text in catalogue().items() if key.startswith("sheet.")]
    if isinstance(narrative, dict):
        own.append(str(narrative.get("sheet", "")))
    place.unique([*own, *(table.sheet for table in found)], "tables", say("declared.sheets"))
    return tuple(found)


def _sections(
    bodies: Mapping[str, Any], tables: Mapping[str, Any], place: Place
) -> tuple[Section, ...]:
    found = (
        place.attempt(_section, key, body, tables, place.at("sections", key))
        for key, body in bodies.items()
    )
    return tuple(section for section in found if section is not None)


def _section(key: str, body: Any, tables: Mapping[str, Any], place: Place) -> Section:
    place.only(body, {"title", "table", "guide"})
    table = place.text(body, "table", default="")
    if table and table not in tables:
        place.at("table").tell(say("declared.no_table", table=table))
    return Section(key, place.text(body, "title"), table, place.text(body, "guide", default=""))


def _table(name: str, place: Place, body: Any) -> Table:
    place.only(
        body,
        {"title", "sheet", "corner", "rows", "columns", "blocks", "kinds", "notes", "unit_note"},
    )
    if "blocks" in body:
        blocks = tuple(
            _block(key, place.at("blocks", key), block)
            for key, block in place.mapping(body, "blocks").items()
        )
    else:
        grid = {key: body[key] for key in ("corner", "rows", "columns") if key in body}
        blocks = (_block("", place, grid),)
    title = place.text(body, "title")
    return Table(
        name=name,
        title=title,
        sheet=place.sheet_name(body, "sheet"),
        section=title,
        unit_note=place.text(body, "unit_note", default=""),
        blocks=blocks,
        notes=tuple(place.texts(body, "notes")),
    )


def _block(name: str, place: Place, body: Any) -> Block:
    place.only(body, {"title", "corner", "rows", "columns"})
    columns = _lines(place, body, "columns")
    rows = _lines(place, body, "rows") if "rows" in body else (Line("", ()),)
    return Block(
        name,
        place.text(body, "title", default=""),
        place.text(body, "corner", default=""),
        rows,
        columns,
    )


def _lines(place: Place, body: Mapping[str, Any], key: str) -> tuple[Line, ...]:
    """Flatten nested keys into dotted paths, in the order they are written."""
    lines: list[Line] = []

    table = place.key.split(".")[1]

    def walk(node: Mapping[str, Any], path: tuple[str, ...]) -> None:
        for part, value in node.items():
            here = place.at(key, *path, part)
            if isinstance(value, dict):
                walk(value, (*path, part))
                continue
            labels = [value] if isinstance(value, str) else value
            if not (
                isinstance(labels, list)
                and labels
                and all(isinstance(x, str) and x.strip() for x in labels)
            ):
                here.tell(say("declared.needs.labels"))
                labels = [part]  # the line is there: what speaks of it is not wrong too
                place.told.unsure |= {(table, ".".join(each)) for each in (path, (*path, part))}
            lines.append(Line(".".join((*path, part)), tuple(labels)))

    walk(place.mapping(body, key), ())
    if not lines:
        raise place.at(key).wrong(say("declared.empty"))
    return tuple(lines)


def _items(tables: tuple[Table, ...], data: Mapping[str, Any], place: Place) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for table in tables:
        here = place.at("tables", table.name)
        kinds = here.attempt(here.mapping, data[table.name], "kinds", {}) or {}
        used: set[str] = set()
        for block in table.blocks:
            for row in block.rows:
                for column in block.columns:
                    item = _item(table, block, row, column, kinds, used, here)
                    if item.code in items:
                        here.tell(say("declared.item_twice", code=item.code))
                    items[item.code] = item
        for pattern in kinds:
            if pattern not in used:
                here.at("kinds", pattern).tell(say("declared.fits_none", pattern=pattern))
    return items


def _item(
    table: Table, block: Block, row: Line, column: Line,
    kinds: Mapping[str, Any], used: set[str], place: Place,
) -> Item:  # fmt: skip
    tail = ".".join(filter(None, (row.path, column.path)))
    body: Mapping[str, Any] = {}
    said = tail
    for pattern, candidate in kinds.items():
        if pattern == tail or (pattern.startswith("*.") and tail.endswith(pattern[1:])):
            body = candidate
            said = pattern
            used.add(pattern)
    here = place.at("kinds", said)
    here.attempt(here.only, body, {"kind", "decimals", "unit"})
    if not isinstance(body, dict):
        body = {}
    return Item(
        code=f"{table.name}.{tail}",
        table=table.name,
        block=block.name,
        row=row.path,
        column=column.path,
        row_labels=row.labels,
        column_labels=column.labels,
        kind=Kind(here.one_of(body, "kind", tuple(Kind), default=Kind.COUNT)),
        decimals=here.whole(body, "decimals", default=0),
        unit=here.text(body, "unit", default=""),
    )


def _form_rules(data: Mapping[str, Any], place: Place) -> dict[str, FormRule]:
    rules = {}
    for name, body in data.items():
        here = place.at("form_rules", name)
        rule = here.attempt(_form_rule, name, body, here)
        if rule is not None:
            rules[name] = rule
    return rules


def _form_rule(name: str, body: Any, place: Place) -> FormRule:
    place.only(body, {"kind", "severity", "says", "basis", "remedy"})
    return FormRule(
        name=name,
        kind=place.one_of(body, "kind", _FORM_RULE_KINDS),
        severity=Severity(place.one_of(body, "severity", tuple(Severity), default="hard")),
        says=place.text(body, "says"),
        basis=place.text(body, "basis"),
        remedy=place.text(body, "remedy"),
    )

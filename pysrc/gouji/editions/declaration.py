"""One TOML declaration → one Form; every mistake is told with file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gouji.editions.claims import read_claims
from gouji.editions.draft import read_draft
from gouji.editions.expand import expand_rules
from gouji.editions.mapping import Earlier, read_mappings
from gouji.editions.pictures import Sums
from gouji.editions.problem import EditionError, Place
from gouji.editions.soft_rules import soft_rules
from gouji.model import Block, Form, FormRule, Item, Kind, Line, Section, Severity, Table

__all__ = ["EditionError", "read_declaration"]

_FORM_RULE_KINDS = ("edition_year", "domain", "rollup", "blank")
_TOP = {
    "id", "title", "basis", "version", "first_year", "last_year", "guide", "sections",
    "narrative", "tables", "rules", "form_rules", "was", "gone", "soft", "claims", "draft",
    "headline", "charts",
}  # fmt: skip


def read_declaration(path: Path, earlier: Earlier) -> Form:
    """The form declared in ``path``. Raises EditionError naming file and key.

    ``earlier`` gives the forms of the editions it comes from.
    """
    place = Place(path.name)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EditionError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EditionError(f"{path.name}: not valid TOML: {error}") from error
    place.only(data, _TOP)
    tables = tuple(
        _table(name, place.at("tables", name), body)
        for name, body in place.mapping(data, "tables").items()
    )
    place.unique([table.sheet for table in tables], "tables", "sheet names")
    items = _items(tables, data["tables"], place)
    rules = expand_rules(place.mapping(data, "rules", default={}), tables, items, place)
    form_rules = _form_rules(place.mapping(data, "form_rules", default={}), place)
    families = frozenset(rule.family for rule in rules)
    first_year = place.whole(data, "first_year")
    mappings = read_mappings(data, items, first_year, earlier, place)
    sections = _sections(data, place, tables)
    draft = read_draft(data["draft"], items, sections, place) if "draft" in data else None
    sums = Sums(items, draft, place)
    form = Form(
        id=place.text(data, "id"),
        title=place.text(data, "title"),
        basis=place.text(data, "basis"),
        version=place.whole(data, "version"),
        first_year=first_year,
        last_year=place.whole(data, "last_year") if "last_year" in data else None,
        tables=tables,
        sections=sections,
        narrative_sheet=place.text(data.get("narrative", {}), "sheet", default="", at="narrative"),
        guide=tuple(place.texts(data, "guide")),
        items=items,
        rules=rules,
        form_rules=form_rules,
        predecessors=mappings.predecessors,
        gone=mappings.gone,
        soft=soft_rules(
            place.mapping(data, "soft", default={}),
            tables,
            items,
            families,
            families | form_rules.keys(),
            place,
        ),
        claims=read_claims(data["claims"], items, place) if "claims" in data else None,
        draft=draft,
        headline=sums.headline(place.mapping(data, "headline", default={})),
        charts=sums.charts(place.mapping(data, "charts", default={})),
    )
    if form.id != path.stem:
        raise place.at("id").wrong(f"is '{form.id}', but the file is named {path.name}")
    return form


def _sections(
    data: Mapping[str, Any], place: Place, tables: tuple[Table, ...]
) -> tuple[Section, ...]:
    sections = []
    names = {table.name for table in tables}
    for key, body in place.mapping(data, "sections", default={}).items():
        here = place.at("sections", key)
        here.only(body, {"title", "table", "guide"})
        table = here.text(body, "table", default="")
        if table and table not in names:
            raise here.at("table").wrong(f"there is no table '{table}'")
        sections.append(
            Section(key, here.text(body, "title"), table, here.text(body, "guide", default=""))
        )
    return tuple(sections)


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
                raise here.wrong("must be a label or a list of labels")
            lines.append(Line(".".join((*path, part)), tuple(labels)))

    walk(place.mapping(body, key), ())
    if not lines:
        raise place.at(key).wrong("is empty")
    return tuple(lines)


def _items(tables: tuple[Table, ...], data: Mapping[str, Any], place: Place) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for table in tables:
        here = place.at("tables", table.name)
        kinds = here.mapping(data[table.name], "kinds", default={})
        used: set[str] = set()
        for block in table.blocks:
            for row in block.rows:
                for column in block.columns:
                    item = _item(table, block, row, column, kinds, used, here)
                    if item.code in items:
                        raise here.wrong(f"the item code '{item.code}' occurs twice")
                    items[item.code] = item
        for pattern in kinds:
            if pattern not in used:
                raise here.at("kinds", pattern).wrong("fits no item of the table")
    return items


def _item(
    table: Table, block: Block, row: Line, column: Line,
    kinds: Mapping[str, Any], used: set[str], place: Place,
) -> Item:  # fmt: skip
    tail = ".".join(filter(None, (row.path, column.path)))
    body: Mapping[str, Any] = {}
    for pattern, candidate in kinds.items():
        if pattern == tail or (pattern.startswith("*.") and tail.endswith(pattern[1:])):
            body = candidate
            used.add(pattern)
    here = place.at("kinds", tail)
    here.only(body, {"kind", "decimals", "unit"})
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
        here.only(body, {"kind", "severity", "says", "basis", "remedy"})
        rules[name] = FormRule(
            name=name,
            kind=here.one_of(body, "kind", _FORM_RULE_KINDS),
            severity=Severity(here.one_of(body, "severity", tuple(Severity), default="hard")),
            says=here.text(body, "says"),
            basis=here.text(body, "basis"),
            remedy=here.text(body, "remedy"),
        )
    return rules

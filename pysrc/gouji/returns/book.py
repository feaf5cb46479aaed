"""The workbook part: which sheets there are, in which order, and what counts them by position."""

from __future__ import annotations

from collections.abc import Collection

from gouji.returns.parts import Parts, main_part
from gouji.returns.xml import LINKS, Element, add, child, every, need, put, tag, take_out

_R_ID = f"{{{LINKS}}}id"
_BEHIND_NAMES = ("definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches",
                 "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
                 "webPublishObjects", "extLst")  # fmt: skip


def sheet_parts(parts: Parts) -> dict[str, str]:
    """Sheet name → path of its part, in order."""
    main = main_part(parts)
    targets = {each.id: each.target for each in parts.relations.get(main, [])}
    return {
        each.get("name", ""): targets[_id(each)]
        for each in every(parts.tree(main), "sheet")
        if _id(each) in targets
    }


def _id(sheet: Element) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def kept_sheets(root: Element, gone: Collection[str]) -> list[int | None]:
    """For each sheet in order its new position, None for those whose relation goes."""
    order: list[int | None] = []
    kept = 0
    for each in every(root, "sheet"):
        stays = _id(each) not in gone
        order.append(kept if stays else None)
        kept += stays
    return order


def renumber(root: Element, order: list[int | None]) -> None:
    """Names and views that count sheets by position; ``order`` as ``kept_sheets`` gives it."""
    for name in every(root, "definedName"):
        if "localSheetId" in name.attrib:
            now = _now(order, name.get("localSheetId"))
            if now is None:
                take_out(name)
            else:
                name.set("localSheetId", str(now))
    for view in every(root, "workbookView"):
        for attribute in ("activeTab", "firstSheet"):
            if attribute in view.attrib:
                view.set(attribute, str(_now(order, view.get(attribute)) or 0))


def _now(order: list[int | None], position: str) -> int | None:
    at = int(position) if position.isdigit() else -1
    return order[at] if 0 <= at < len(order) else None


def remove_sheet(parts: Parts, name: str) -> None:
    """Take a sheet out of the workbook, with everything only it used."""
    main, path = main_part(parts), sheet_parts(parts)[name]
    root = parts.tree(main)
    ids = [each.id for each in parts.relations[main] if each.target == path]
    renumber(root, kept_sheets(root, ids))
    for each in every(root, "sheet"):
        if _id(each) in ids:
            take_out(each)
    parts.unrelate(main, path)
    _forget_order_of_sums(parts)


def insert_first(parts: Parts, name: str, path: str, head_row: int) -> None:
    """Put a new sheet before all others and show it when the workbook is opened.

    ``head_row`` (from 0) is repeated on every printed page.
    """
    main = main_part(parts)
    root = parts.tree(main)
    sheets = need(root, "sheets")
    count = len(list(every(root, "sheet")))
    renumber(root, [index + 1 for index in range(count)])
    numbers = [int(each.get("sheetId", "0")) for each in every(root, "sheet")]
    made = add(sheets, "sheet", name=name, sheetId=str(max(numbers, default=0) + 1))
    made.set(_R_ID, parts.relate(main, "worksheet", path))
    sheets.insert(0, made)
    quoted = name.replace("'", "''")
    _define(root, "_xlnm.Print_Titles", f"'{quoted}'!${head_row + 1}:${head_row + 1}")
    _show_first(parts, root, path)


def _define(root: Element, name: str, target: str) -> None:
    """A name of the first sheet."""
    names = child(root, "definedNames")
    if names is None:
        names = root.makeelement(tag(root, "definedNames"))
        put(root, names, _BEHIND_NAMES)
    made = add(names, "definedName", target, name=name, localSheetId="0")
    names.insert(0, made)


def _show_first(parts: Parts, root: Element, path: str) -> None:
    """Only the first sheet is selected: selected together, sheets would be changed together."""
    views = list(every(root, "workbookView"))
    if not views:
        holder = add(root, "bookViews")
        root.remove(holder)
        put(root, holder, ("bookViews", "sheets"))
        views = [add(holder, "workbookView")]
    for view in views:
        view.set("activeTab", "0")
        view.set("firstSheet", "0")
    for other in sheet_parts(parts).values():
        if other != path:
            for view in every(parts.tree(other), "sheetView"):
                if view.get("tabSelected"):
                    view.attrib.pop("tabSelected")


def _forget_order_of_sums(parts: Parts) -> None:
    """The order of calculation names cells of every sheet; programs make it again."""
    main = main_part(parts)
    if chain := parts.one(main, "calcChain"):
        parts.unrelate(main, chain)

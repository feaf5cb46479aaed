"""Compare a filled form with the form as issued, cell by cell; on demand, not while collecting.

The reference is written afresh from the declaration, so the file itself carries no fingerprint.
What re-saving by Excel, WPS or LibreOffice changes (styles, order, names, cached values) is not
looked at.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from gouji.book_cells import Book
from gouji.cover import find_stamp
from gouji.documents.kinds import Kind
from gouji.excel import plain_total_formula
from gouji.findings_list import code_area, list_area
from gouji.form_totals import normal_formula
from gouji.gate import Content, Reason, Refused, kind_of, open_package, take
from gouji.layout import Area, FormLayout, a1, layout_of
from gouji.locating import normal, soft
from gouji.model import Finding, Form
from gouji.reading import NEVER_READ
from gouji.sheet_xml import Place
from gouji.values_json import looks_like_json
from gouji.wording import say

#: Differences told one by one on each sheet; a shifted sheet would give hundreds.
TOLD = 12
#: What openpyxl raises on workbooks it does not understand.
_NOT_UNDERSTOOD = (ValueError, TypeError, KeyError, AttributeError, IndexError, zipfile.BadZipFile)
#: Validation types that restrict nothing; programs drop or add them freely.
_FREE = ("none", "any", "", None)
#: Formats our form may come back in, in which its structure is not compared.
_OTHER_BOOKS = (Kind.XLS, Kind.ODS, Kind.SHEET_XML)


@dataclass(frozen=True, slots=True)
class _Difference:
    place: Place
    key: str
    places: dict[str, str]


def deep_differences(path: Path, form: Form) -> tuple[Finding, ...]:
    """Every way in which the form in ``path`` differs from the one issued, by cell.

    Empty for values JSON, a district workbook and a document. Raises Refused as ``read_file`` does.
    """
    content = take(path)
    if looks_like_json(content.data):
        return ()
    kind = kind_of(content)
    if kind is not Kind.XLSX:  # a document has no cells of ours, another format no structure
        return (soft("T2", say("structure.not_compared")),) if kind in _OTHER_BOOKS else ()
    if _is_no_form(content):
        return ()
    try:
        found = load_workbook(io.BytesIO(content.data))
    except _NOT_UNDERSTOOD:
        return (soft("T2", say("structure.not_compared")),)
    layout = layout_of(form)
    issued = _issued(form)
    return tuple(
        finding
        for name in layout.sheets
        if name in found.sheetnames
        for finding in _sheet_findings(layout, name, issued[name], found[name])
    )


def _is_no_form(content: Content) -> bool:
    """A district workbook, or a workbook that is not ours."""
    never = [say(f"sheet.{name}") for name in NEVER_READ]
    try:
        return find_stamp(Book(open_package(content), never), never).district
    except Refused as refused:
        if refused.reason is not Reason.OTHER_FORM:
            raise
        return True


def _issued(form: Form) -> Workbook:
    from gouji.template import write_template

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "issued.xlsx"
        write_template(form, path)
        return load_workbook(io.BytesIO(path.read_bytes()))


def _sheet_findings(
    layout: FormLayout, name: str, issued: Worksheet, found: Worksheet
) -> Iterator[Finding]:
    if issued.protection.sheet and not found.protection.sheet:
        yield soft("T2", say("structure.unprotected", sheet=name))
    free = _free_places(layout, name)
    plain = _plain_totals(layout, name)
    differences = [
        *_cell_differences(issued, found, free, plain),
        *_merge_differences(issued, found),
        *_validation_differences(issued, found, free - _last_year_places(layout, name)),
    ]
    differences.sort(key=lambda each: each.place)
    for each in differences[:TOLD]:
        cell = f"{name}!{a1(*each.place)}"
        yield soft("T2", say(f"structure.{each.key}", cell=cell, **each.places), cells=[cell])
    if len(differences) > TOLD:
        yield soft("T2", say("structure.more", sheet=name, n=len(differences) - TOLD))


def _free_places(layout: FormLayout, name: str) -> set[Place]:
    """Cells a respondent, the issuer or a button may fill: inputs, cover, texts, findings."""
    totals = layout.form.totals
    areas: list[Area] = []
    for grid in layout.tables.values():
        if grid.sheet == name:
            areas += [area for code, area in grid.cells.items() if code not in totals]
            areas += [helper.area for helper in grid.helpers if helper.code]
    if name == say("sheet.cover"):
        areas += [*layout.cover.values(), code_area(layout)]
    if name == say("sheet.check"):
        areas.append(list_area(layout))
    if name == layout.form.narrative_sheet:
        areas += layout.narrative.values()
    return {place for area in areas for place in area.cells()}


def _last_year_places(layout: FormLayout, name: str) -> set[Place]:
    """Open cells in a fresh form, locked numbers in a form issued with last year's values."""
    return {
        place
        for sheet, area in layout.last_year.values()
        if sheet == name
        for place in area.cells()
    }


def _plain_totals(layout: FormLayout, name: str) -> dict[Place, str]:
    """Total cell → its other allowed formula, normalised."""
    found = {}
    for code, rule in layout.form.totals.items():
        if layout.sheet_of[code] == name:
            area = layout.cell(code)
            found[area.row, area.column] = normal_formula(plain_total_formula(layout, rule))
    return found


def _cells(sheet: Worksheet) -> dict[Place, Cell]:
    return {
        (cell.row - 1, cell.column - 1): cell
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell)
    }


def _content(cell: Cell | None) -> str:
    value = None if cell is None else getattr(cell.value, "text", cell.value)
    return "" if value is None else str(value)


def _cell_differences(
    issued: Worksheet, found: Worksheet, free: set[Place], plain: dict[Place, str]
) -> Iterator[_Difference]:
    """Labels, formulas and locks of every cell that is not there to be filled."""
    before, now = _cells(issued), _cells(found)
    for place in sorted({*before, *now} - free):
        old, new = _content(before.get(place)), _content(now.get(place))
        if place in plain and not new.startswith("="):
            continue  # an overwritten total: the reading itself lists it as typed
        if key := _content_key(old, new, plain.get(place, "")):
            yield _Difference(place, key, {"expected": old, "found": new or say("structure.blank")})
        elif old and _is_locked(before[place]) and not _is_locked(now[place]):
            yield _Difference(place, "unlocked", {})


def _is_locked(cell: Cell) -> bool:
    return cell.protection is None or bool(cell.protection.locked)


def _content_key(old: str, new: str, plain: str) -> str:
    """Which wording tells how the content differs; empty when it does not."""
    if old.startswith("="):
        if not new.startswith("="):
            return "formula_gone"
        same = normal_formula(new) in (normal_formula(old), plain)
        return "" if same else "formula_other"
    if normal(old) == normal(new):
        return ""
    return "label" if old else "outside"


def _merge_differences(issued: Worksheet, found: Worksheet) -> Iterator[_Difference]:
    before, now = _merged(issued), _merged(found)
    for key, ranges in (("merge_gone", before - now), ("merge_new", now - before)):
        for row, column, last_row, last_column in ranges:
            area = Area(row, column, last_row, last_column)
            yield _Difference((row, column), key, {"range": area.range})


def _merged(sheet: Worksheet) -> set[tuple[int, int, int, int]]:
    return {
        (each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1)
        for each in sheet.merged_cells.ranges
    }


def _validation_differences(
    issued: Worksheet, found: Worksheet, free: set[Place]
) -> Iterator[_Difference]:
    before, now = _validated(issued, free), _validated(found, free)
    for place, kind in before.items():
        if now.get(place) != kind:
            yield _Difference(place, "validation", {})


def _validated(sheet: Worksheet, wanted: Iterable[Place]) -> dict[Place, str]:
    """Place → type of the validation that restricts it."""
    kinds: dict[Place, str] = {}
    places = set(wanted)
    for rule in sheet.data_validations.dataValidation:
        if rule.type in _FREE:
            continue
        for area in rule.sqref.ranges:
            kinds |= {
                (row, column): str(rule.type)
                for row, column in places
                if area.min_row - 1 <= row < area.max_row
                and area.min_col - 1 <= column < area.max_col
            }
    return kinds

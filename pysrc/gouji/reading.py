"""A file as it came → a Submission, or a refusal with its reason. Never a guess.

Values are kept as typed; what was repaired, what was summed again and what is odd about the
workbook travels with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from gouji.book_cells import Book, Sheet, exact
from gouji.cover import Cover, Stamp, find_stamp, read_cover
from gouji.documents.model import Document
from gouji.explanations import explanations_in, read_explanations
from gouji.form_totals import settle_totals
from gouji.gate import Content, Reason, Refused, open_package, refusal, take
from gouji.hygiene import Kindness, interpret
from gouji.layout import FormLayout, TableLayout, a1, layout_of
from gouji.locating import Located, disagreeing, locate, normal, soft
from gouji.matrix import read_children, summed
from gouji.model import Finding, Repair, Submission, Value
from gouji.sheet_xml import Place
from gouji.values_json import looks_like_json, parse_values
from gouji.wording import say

#: Sheets of ours that hold nothing to read: large ones are never unpacked.
NEVER_READ = (
    "check", "long", "units", "findings", "proof", "contents", "returned", "charts", "years",
    "trace", "log",
)  # fmt: skip
_NOTED = (Kindness.TIDIED, Kindness.WORDED)


def read_file(path: Path) -> Submission:
    """A unit's form, a district workbook, values JSON, or a report in any other format.

    Raises Refused.
    """
    return read_content(take(path), str(path))


def read_content(content: Content, file: str = "") -> Submission:
    """The submission in a file's bytes, by what they are. Raises Refused."""
    if looks_like_json(content.data):
        return parse_values(content, file)
    try:
        return read_workbook(content, file)
    except Refused as refused:
        if refused.reason not in (Reason.NOT_WORKBOOK, Reason.OTHER_FORM):
            raise
    return _read_other(content, file)


def _read_other(content: Content, file: str) -> Submission:
    """Our own form in another format of workbooks, or a document with the official tables."""
    from gouji.documents.own_book import own_book
    from gouji.documents.read import read_document

    book = own_book(content)
    if book is None:
        return _recognised(read_document(content), content, file)
    try:
        submission = read_book(book, file, content.sha256)
    except Refused as refused:
        if refused.reason is not Reason.OTHER_FORM:
            raise
        return _recognised(book.document(), content, file)
    note = say("documents.resaved", kind=f".{book.kind}")
    explained = read_explanations(book)
    return replace(submission, notes=(note, *submission.notes), explanations=explained)


def _recognised(document: Document, content: Content, file: str) -> Submission:
    from gouji.recognising import recognise

    return recognise(document, file, content.sha256)


def read_workbook(content: Content, file: str = "") -> Submission:
    """The submission in a workbook's bytes. Raises Refused."""
    package = open_package(content)
    submission = read_book(Book(package, never_read()), file, content.sha256)
    return replace(submission, explanations=explanations_in(package))


def read_book(book: Book, file: str = "", sha256: str = "") -> Submission:
    """The submission in a workbook, whoever read its cells. Raises Refused."""
    stamp, sheets, notes = table_sheets(book)
    cover = read_cover(book.sheet(stamp.sheet), stamp.form)
    layout = layout_of(stamp.form)
    read = _read_district if stamp.district else _read_unit
    return read(book, layout, sheets, cover, [*cover.findings, *notes], (file, sha256))


def never_read() -> list[str]:
    """Names of the sheets that hold nothing to read."""
    return [say(f"sheet.{name}") for name in NEVER_READ]


def table_sheets(book: Book) -> tuple[Stamp, dict[str, Sheet], list[Finding]]:
    """What the workbook is, table name → sheet, and what is odd about them. Raises Refused."""
    never = never_read()
    stamp = _stamp(book, never)
    sheets, notes = _table_sheets(book, layout_of(stamp.form), stamp, never)
    return stamp, sheets, notes


def _stamp(book: Book, never: list[str]) -> Stamp:
    # The usual case first: table sheets are not searched for a cover.
    cover = say("sheet.cover")
    if cover in book.names:
        others = [name for name in book.names if name != cover]
        try:
            stamp = find_stamp(book, others)
        except Refused as refused:
            if refused.reason is not Reason.OTHER_FORM:
                raise
        else:
            own = {*layout_of(stamp.form).sheets, say("sheet.matrix"), *never} - {cover}
            return stamp if set(others) <= own else find_stamp(book, own)
    return find_stamp(book, never)


def _table_sheets(
    book: Book, layout: FormLayout, stamp: Stamp, never: list[str]
) -> tuple[dict[str, Sheet], list[Finding]]:
    """Table name → its sheet, found by name, else by its labels. Raises Refused."""
    form = layout.form
    spare = [
        name
        for name in book.names
        if name not in layout.sheets and name not in never and name != stamp.sheet
    ]
    sheets, notes, missing = {}, [], []
    for name, grid in layout.tables.items():
        found = grid.sheet if grid.sheet in book.names else _renamed(book, spare, grid)
        if not found:
            missing.append(grid.sheet)
            continue
        sheets[name] = book.sheet(found)
        if found != grid.sheet:
            spare.remove(found)
            notes.append(_note("sheet_renamed", expected=grid.sheet, found=found))
    if layout.narrative and form.narrative_sheet not in book.names and not stamp.district:
        missing.append(form.narrative_sheet)
    if missing:
        raise refusal(Reason.SHEETS_MISSING, sheets="、".join(missing))
    if not stamp.district:
        if say("sheet.check") not in book.names:
            notes.append(_note("sheet_gone", sheet=say("sheet.check")))
        if spare:
            notes.append(_note("sheet_extra", sheets="、".join(spare)))
    return sheets, notes


def _renamed(book: Book, spare: list[str], grid: TableLayout) -> str:
    """The one spare sheet that bears the table's labels, or empty."""
    fitting = []
    for name in spare:
        sheet = book.sheet(name)
        if len(disagreeing(sheet, grid)) * 4 > len(grid.labels):
            try:
                locate(sheet, grid)
            except Refused:
                continue
        fitting.append(name)
    return fitting[0] if len(fitting) == 1 else ""


def _note(key: str, **places: object) -> Finding:
    return soft("T2", say(f"structure.{key}", **places))


# ---------------------------------------------------------------------- a unit's own form
def _read_unit(
    book: Book, layout: FormLayout, sheets: Mapping[str, Sheet], cover: Cover,
    findings: list[Finding], source: tuple[str, str],
) -> Submission:  # fmt: skip
    form = layout.form
    located = {name: locate(sheet, layout.tables[name]) for name, sheet in sheets.items()}
    for each in located.values():
        findings += each.findings
    places, values = _values(layout, sheets, located)
    moved = frozenset(name for name, each in located.items() if each.moved)
    totals = settle_totals(layout, sheets, places, moved, values)
    repairs = _repairs(layout, sheets, places, values)
    findings += _overwritten(layout, sheets, moved)
    narrative, notes = _narrative(book, layout)
    return Submission(
        unit=cover.unit, year=cover.year, edition=form.id, values=values, level=cover.level,
        code=cover.code, narrative=narrative, typed=frozenset(totals.typed),
        repairs=(*repairs, *totals.repairs), structure=(*findings, *totals.findings, *notes),
        file=source[0], sha256=source[1],
    )  # fmt: skip


def _values(
    layout: FormLayout, sheets: Mapping[str, Sheet], located: Mapping[str, Located]
) -> tuple[dict[str, Place], dict[str, Value]]:
    """Place and stored value of every item, in the order of the form."""
    places: dict[str, Place] = {}
    values: dict[str, Value] = {}
    for name, each in located.items():
        places |= each.cells
        values |= sheets[name].values(each.cells)
    return places, {code: values[code] for code in layout.form.items}


def _repairs(
    layout: FormLayout, sheets: Mapping[str, Sheet], places: Mapping[str, Place],
    values: dict[str, Value],
) -> list[Repair]:  # fmt: skip
    """Text that means a number, and formulas in input cells; the latter may change ``values``."""
    items, totals = layout.form.items, layout.form.totals
    marks = {name: sheet.marks for name, sheet in sheets.items() if sheet.marks}
    repairs = []
    for code, value in values.items():
        if not isinstance(value, str) and (
            code in totals or places[code] not in marks.get(items[code].table, ())
        ):
            continue
        sheet, place = sheets[items[code].table], places[code]
        formula = "" if code in totals else sheet.mark(*place).formula
        if formula:
            repairs.append(_formula_repair(sheet, place, code, formula, values))
        elif isinstance(value, str):
            meaning = interpret(value, items[code])
            if meaning.kind in _NOTED:
                cell = f"{sheet.name}!{a1(*place)}"
                repairs.append(Repair(code, cell, value, meaning.number, meaning.why))
    return repairs


def _formula_repair(
    sheet: Sheet, place: Place, code: str, formula: str, values: dict[str, Value]
) -> Repair:
    cell, value = f"{sheet.name}!{a1(*place)}", values[code]
    if isinstance(value, int | Decimal):
        return Repair(code, cell, formula, value, say("repair.formula"))
    if value is None and not sheet.mark(*place).cached:
        values[code] = formula  # nobody calculated it: it stands as the text it is
        return Repair(code, cell, formula, None, say("hygiene.formula", text=formula))
    return Repair(code, cell, formula, None, say("repair.formula"))


def _overwritten(
    layout: FormLayout, sheets: Mapping[str, Sheet], moved: frozenset[str]
) -> list[Finding]:
    """Difference cells that hold something typed instead of their formula."""
    notes = []
    for name, grid in layout.tables.items():
        sheet = sheets[name]
        for helper in grid.helpers if name not in moved else ():
            row, column = helper.area.row, helper.area.column
            if not helper.code and (row, column) not in sheet.marks:
                found = sheet.text(row, column)
                if found:
                    cell = f"{sheet.name}!{helper.area.a1}"
                    message = say("structure.overwritten", cell=cell, found=found)
                    notes.append(soft("T2", message, cells=[cell]))
    return notes


def _narrative(book: Book, layout: FormLayout) -> tuple[dict[str, str], list[Finding]]:
    """Section key → its text, found under its title."""
    if not layout.narrative:
        return {}, []
    sheet = book.sheet(layout.form.narrative_sheet)
    titles = {section.key: section.title for section in layout.form.sections}
    texts, notes = {}, []
    for key, area in layout.narrative.items():
        shift, note = _title_shift(sheet, titles[key], area.row - 1, area.column)
        notes += note
        pieces = [
            str(exact(raw))
            for cells in sheet.rows[area.row + shift : area.last_row + shift + 1]
            for raw in cells[area.column : area.last_column + 1]
            if raw != ""
        ]
        if pieces:
            texts[key] = "\n".join(pieces)
    return texts, notes


def _title_shift(sheet: Sheet, title: str, row: int, column: int) -> tuple[int, list[Finding]]:
    if normal(str(sheet.raw(row, column))) == normal(title):
        return 0, []
    found = [
        at for at in range(len(sheet.rows)) if normal(str(sheet.raw(at, column))) == normal(title)
    ]
    cell = a1(row, column)
    if len(found) != 1:
        return 0, [_note("title_gone", cell=f"{sheet.name}!{cell}", title=title)]
    now = a1(found[0], column)
    note = _note("title_moved", sheet=sheet.name, title=title, was=cell, now=now)
    return found[0] - row, [note]


# ---------------------------------------------------------------------- a district workbook
def _read_district(
    book: Book, layout: FormLayout, sheets: Mapping[str, Sheet], cover: Cover,
    findings: list[Finding], source: tuple[str, str],
) -> Submission:  # fmt: skip
    form, matrix = layout.form, say("sheet.matrix")
    if matrix not in book.names:
        raise refusal(Reason.SHEETS_MISSING, sheets=matrix)
    children = read_children(book.sheet(matrix), form, cover.year)
    located = {name: locate(sheet, layout.tables[name]) for name, sheet in sheets.items()}
    for each in located.values():
        findings += each.findings
    places, values = _values(layout, sheets, located)
    uncached = [
        code
        for code in form.items
        if values[code] is None
        and (mark := sheets[form.items[code].table].mark(*places[code])).formula
        and not mark.cached
    ]
    values |= summed(children, uncached)
    return Submission(
        unit=cover.unit, year=cover.year, edition=form.id, values=values, level=cover.level,
        code=cover.code, structure=tuple(findings), children=children, file=source[0],
        sha256=source[1],
    )  # fmt: skip

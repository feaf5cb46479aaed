"""A unit's own workbook, marked: failing cells coloured and annotated, a problem sheet in front.

The original archive is changed part by part; whatever is not marked stays as the unit left it.
Marks of an earlier return are taken away first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gouji.book_cells import Book
from gouji.gate import Content, Package, Reason, open_package, refusal
from gouji.macros import SIZES, WORKBOOK_NAME, code_names, compiled
from gouji.messages import suspected
from gouji.model import Severity
from gouji.returns.book import insert_first, remove_sheet, sheet_parts
from gouji.returns.cells import FillText, Formats, Sheet, is_fill, solid
from gouji.returns.inert import code_name, has_own_buttons, taken_over
from gouji.returns.notes import Notes
from gouji.returns.parts import Parts, main_part, read_relations
from gouji.returns.problem_sheet import RECORD, Record, problem_sheet
from gouji.returns.problems import Problem, ProblemSheet
from gouji.returns.xml import MAIN, Element, child, need, put, tag
from gouji.sheet_xml import Place, place_of
from gouji.sheet_xml import sheet_parts as stated_sheets
from gouji.wording import say

#: How a marked cell is filled: stronger than the form's own red and amber.
FILLS = {Severity.HARD: solid("F4A6AC"), Severity.SOFT: solid("FFD48A")}
#: What a part may raise that is not what the file says it is.
_NOT_UNDERSTOOD = (ValueError, KeyError, IndexError)
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_SHOWN = re.compile(r'"fgColor": "rgb=(\w{8})"')
_VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to be marked; without ``text`` it is coloured and has no comment."""

    sheet: str
    place: Place
    severity: Severity
    text: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """``suffix`` is ``.xlsx`` or ``.xlsm``; ``notes`` say what was not copied on."""

    data: bytes
    suffix: str
    notes: tuple[str, ...] = ()


def marks_of(problems: Iterable[Problem]) -> list[Mark]:
    """Every cell of the problems once, the hard colour first; the leading cell has the text."""
    texts: dict[tuple[str, Place], list[str]] = {}
    hard: set[tuple[str, Place]] = set()
    for problem in problems:
        for index, (sheet, area) in enumerate(problem.spots):
            key = (sheet, (area.row, area.column))
            told = texts.setdefault(key, [])
            if index == 0:
                word = say(f"severity.{problem.finding.severity}")
                told.append(say("returns.note", severity=word, message=problem.finding.message))
                told += suspected(problem.finding)
            if problem.hard:
                hard.add(key)
    return [
        Mark(sheet, place, Severity.HARD if (sheet, place) in hard else Severity.SOFT,
             "\n".join(told))
        for (sheet, place), told in texts.items()
    ]  # fmt: skip


def mark_workbook(data: bytes, marks: Sequence[Mark], problems: ProblemSheet) -> Marked:
    """Mark the workbook in ``data`` and put the problem sheet in front.

    The same arguments give the same bytes. Raises Refused (damaged, dangerous_archive, …) for an
    archive that cannot be changed safely.
    """
    package = open_package(Content("", data, ""))
    try:
        return _marked(package, marks, problems)
    except _NOT_UNDERSTOOD as error:
        raise refusal(Reason.DAMAGED) from error


def _marked(package: Package, marks: Sequence[Mark], problems: ProblemSheet) -> Marked:
    parts, keys = taken_over(package)
    if not parts.tree(main_part(parts)).tag.startswith(f"{{{MAIN}}}"):
        raise refusal(Reason.DAMAGED)  # the strict dialect, which we do not write
    formats = Formats(parts)
    _unmark(package, parts, formats)
    record = list(_mark_all(parts, formats, marks))
    macros = _with_macros(package, parts)
    if macros is not None:
        keys = [key for key in keys if key != "macros"] + ([] if macros else ["macros_renewed"])
    notes = tuple(say(f"returns.left_out.{key}") for key in keys)
    root, head = problem_sheet(problems, formats, record, notes)
    if macros is not None:
        need(root, "sheetPr").set("codeName", code_names(len(sheet_parts(parts)) + 1)[-1])
    path = parts.add("xl/worksheets/returned{}.xml", "worksheet", root)
    insert_first(parts, say("sheet.returned"), path, head)
    return Marked(parts.written(macros is not None), ".xlsx" if macros is None else ".xlsm", notes)


# ---------------------------------------------------------------------- marks
def _mark_all(parts: Parts, formats: Formats, marks: Sequence[Mark]) -> Iterator[Record]:
    paths = sheet_parts(parts)
    for name in dict.fromkeys(mark.sheet for mark in marks):
        if name not in paths:
            continue
        sheet, notes = Sheet(parts.tree(paths[name])), Notes(parts, paths[name])
        for mark in (each for each in marks if each.sheet == name):
            style = sheet.style(mark.place)
            sheet.set_style(mark.place, formats.filled(style, FILLS[mark.severity]))
            if mark.text:
                notes.write(mark.place, mark.text)
            yield Record(name, mark.place, formats.fill_text(style))


def _unmark(package: Package, parts: Parts, formats: Formats) -> None:
    """Take away what an earlier return left in the file."""
    name, paths = say("sheet.returned"), sheet_parts(parts)
    if name not in paths:
        return
    ours = {_colour(fill) for fill in FILLS.values()}
    for mark in _recorded(package, name):
        if mark.sheet in paths and mark.sheet != name:
            sheet = Sheet(parts.tree(paths[mark.sheet]))
            style = sheet.style(mark.place)
            if _colour(formats.fill_text(style)) in ours:
                sheet.set_style(mark.place, formats.filled(style, mark.fill))
    for path in paths.values():
        Notes(parts, path).clear()
    remove_sheet(parts, name)


def _colour(fill: FillText) -> str:
    """The colour that shows; programs add others behind it."""
    found = _SHOWN.search(fill)
    return found[1].upper() if found else ""


def _recorded(package: Package, name: str) -> Iterator[Record]:
    """The record of the earlier return; lines that are none are passed over."""
    others = [each for each in stated_sheets(package) if each != name]
    for row in Book(package, others).sheet(name).rows:
        sheet, cell, fill = ([str(raw) for raw in row[RECORD : RECORD + 3]] + [""] * 3)[:3]
        if sheet and _ADDRESS.fullmatch(cell) and is_fill(fill):
            yield Record(sheet, place_of(cell), fill)


# ---------------------------------------------------------------------- macros
def _with_macros(package: Package, parts: Parts) -> bool | None:
    """Give a form with our buttons our own project, compiled for one sheet more.

    True when the file carried ours, False when it carried another one (a program that saved the
    file, or a person, changed it), None for a workbook that goes back without macros. Not one byte
    of the file's own project is copied on.
    """
    main = main_part(parts)
    found = [each for each in read_relations(package, main) if each.kind == "vbaProject"]
    if not found or not package.has(found[0].target) or not has_own_buttons(parts):
        return None
    paths = list(sheet_parts(parts).values())
    names = [code_name(parts.tree(path), "sheetPr") for path in paths]
    count = len(paths)
    if sorted(names) != sorted(code_names(count)) or count + 1 not in SIZES["form"]:
        return None
    _name_workbook(parts.tree(main))
    vba = parts.add("xl/vbaProject.bin", "vbaProject", compiled("form", count + 1))
    parts.relate(main, "vbaProject", vba, _VBA)
    given = package.read(found[0].target)
    return any(given == compiled("form", size) for size in (count, count + 1))


def _name_workbook(root: Element) -> None:
    facts = child(root, "workbookPr")
    if facts is None:
        facts = root.makeelement(tag(root, "workbookPr"))
        put(root, facts, ("workbookPr", "workbookProtection", "bookViews", "sheets"))
    facts.set("codeName", WORKBOOK_NAME)

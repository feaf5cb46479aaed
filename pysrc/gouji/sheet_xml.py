"""What cell readers do not tell: formulas, missing results, error texts and the sheet's extent.

Works on the bytes of one worksheet member. A regular expression does the common case; anything
out of the ordinary (prefixes, comments, cells without an address) goes through a real parser.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from gouji.gate import Package, Reason, refusal

_ROOT = "_rels/.rels"
Place = tuple[int, int]  #: row and column, counted from 0

#: A formula whose text the file's format does not tell; that there is one is known.
UNKNOWN_FORMULA = "=?"
#: A reader allots every cell up to the last one: more than this is refused.
MAX_CELLS = 4_000_000
#: A cell not begun as common writers do, or far out; a comment or CDATA section.
_ODD = re.compile(rb'<(?:c(?! r="[A-Z]{1,2}\d{1,4}")|!)')
#: The same for a sheet with many rows or columns.
_STRANGE = re.compile(rb'<(?:c(?! r="[A-Z]{1,3}\d{1,7}")|!)')
#: Head of a cell: address, then attributes in any order.
_CELL = re.compile(
    rb'<c r="([A-Z]+\d+)"([^>]*)>\s*'
    rb"(?:<f\b([^>]*?)(?:/>|>([^<]*)</f\s*>)\s*)?"
    rb"(?:<v\b[^>]*?(?:/>|>([^<]*)</v\s*>))?"
)
_FORMULA_CELL = re.compile(
    rb'<c r="([A-Z]+\d+)"([^>]*)>\s*<f\b([^>]*?)(?:/>|>([^<]*)</f\s*>)\s*'
    rb"(?:<v\b[^>]*?(?:/>|>([^<]*)</v\s*>))?"
)
_TYPE = re.compile(rb"""\st\s*=\s*["'](\w+)""")
_SHARED = re.compile(rb"""\ssi\s*=\s*["'](\w+)""")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands behind one cell."""

    formula: str = ""  #: with its leading ``=``, empty for a typed value
    cached: bool = True  #: False when no program ever calculated the formula
    error: str = ""  #: ``#REF!`` …


def sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name → member path, in the workbook's order. Raises Refused (damaged)."""
    members = ("xl/_rels/workbook.xml.rels", "xl/workbook.xml")
    if not all(package.has(member) for member in members):
        raise refusal(Reason.DAMAGED)
    if package.has(_ROOT) and _main_parts(package.read(_ROOT)) != {members[1]}:
        raise refusal(Reason.DAMAGED)  # another workbook inside, which other programs would open
    named = _targets(*(package.read(member) for member in members))
    parts = {name: target for name, target in named.items() if package.has(target)}
    if not parts:
        raise refusal(Reason.DAMAGED)
    return parts


@lru_cache(maxsize=16)
def _main_parts(relations: bytes) -> set[str]:
    """Members that the package names as its document."""
    return {
        posixpath.normpath("/" + each.get("Target", "")).lstrip("/")
        for each in _elements(relations, "Relationship")
        if each.get("Type", "").endswith("/officeDocument")
    }


def strings_part(package: Package) -> str | None:
    """The member of shared texts that the workbook names. Raises Refused (damaged)."""
    relations = _elements(package.read("xl/_rels/workbook.xml.rels"), "Relationship")
    named = [_member(each.get("Target", "")) for each in relations
             if each.get("Type", "").endswith("/sharedStrings")]  # fmt: skip
    if len(set(named)) > 1:
        raise refusal(Reason.DAMAGED)
    return named[0] if named else None


@lru_cache(maxsize=16)
def _targets(relations: bytes, workbook: bytes) -> dict[str, str]:
    """Sheet name → member path; workbooks of one template share these two members.

    Raises Refused (damaged).
    """
    related = [each for each in _elements(relations, "Relationship") if "Id" in each]
    targets = {
        each["Id"]: "" if each.get("TargetMode") == "External" else _member(each.get("Target", ""))
        for each in related
    }
    sheets = _elements(workbook, "sheet")
    names = {sheet.get("name", "").casefold() for sheet in sheets}
    if len(targets) < len(related) or len(names) < len(sheets):
        raise refusal(Reason.DAMAGED)  # readers take the first one or the last
    return {
        sheet.get("name", ""): targets.get(
            next((value for key, value in sheet.items() if key.endswith(":id")), ""), ""
        )
        for sheet in sheets
    }


def _member(target: str) -> str:
    path = target if target.startswith("/") else f"/xl/{target}"
    return posixpath.normpath(path).lstrip("/")


def _elements(data: bytes, name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)

    _parse(data, start)
    return found


@dataclass(frozen=True, slots=True)
class Survey:
    """``rows`` and ``columns`` up to the last filled cell (0 where plainly few), and the marks."""

    rows: int
    columns: int
    marks: Mapping[Place, Mark]


def survey(data: bytes) -> Survey:
    """Look over one worksheet's XML. Raises Refused (damaged, dangerous_archive)."""
    start = data.find(b"<sheetData")
    cells = data[start : data.rfind(b"</sheetData>") + 1]
    if start < 0 or data.find(b"\x00") >= 0:
        return _parsed_survey(data)
    if not _ODD.search(cells):
        return Survey(0, 0, _marked(_scanned_cells(cells)))
    if _STRANGE.search(cells):
        return _parsed_survey(data)
    refs = re.findall(rb'<c r="([A-Z]+)(\d+)"', cells)
    rows = max((int(row) for _, row in refs), default=0)
    columns = max((place_of(f"{c.decode()}1")[1] + 1 for c in {c for c, _ in refs}), default=0)
    if rows * columns > MAX_CELLS:  # perhaps only formats reach that far
        return _parsed_survey(data)
    return Survey(rows, columns, _marked(_scanned_cells(cells)))


def _parsed_survey(data: bytes) -> Survey:
    cells = _parsed_cells(data)
    filled = [cell.place for cell in cells if cell.value is not None]
    rows = max((row for row, _ in filled), default=-1) + 1
    columns = max((column for _, column in filled), default=-1) + 1
    return Survey(rows, columns, _marked(cells))


class _Cell(NamedTuple):
    place: Place
    kind: str
    formula: str | None  #: None when there is no <f>
    shared: str
    value: str | None  #: None when there is no <v>


def _scanned_cells(data: bytes) -> list[_Cell]:
    """Formula and error cells by regular expression, of a plain sheet."""
    errors = b't="e"' in data or b"'e'" in data
    if not errors and b"<f" not in data:
        return []
    pattern = _CELL if errors else _FORMULA_CELL
    cells = []
    for address, head, f_head, formula, value in pattern.findall(data):
        if head[-1:] == b"/":
            continue
        has_formula = bool(f_head or formula) or pattern is _FORMULA_CELL
        place, kind, text, group = _head(address, head, f_head, formula if has_formula else None)
        if has_formula or kind == "e":
            cells.append(_Cell(place, kind, text, group, _text(value) if value else None))
    return cells


@lru_cache(maxsize=1 << 13)
def _head(
    address: bytes, head: bytes, f_head: bytes, formula: bytes | None
) -> tuple[Place, str, str | None, str]:
    """Place, type, formula and shared group of a cell; the same in every copy of a form."""
    kind = _TYPE.search(head)
    group = _SHARED.search(f_head)
    return (
        place_of(address.decode()),
        kind[1].decode() if kind else "",
        None if formula is None else _text(formula),
        group[1].decode() if group else "",
    )


@lru_cache(maxsize=1 << 12)
def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text


def _marked(cells: list[_Cell]) -> dict[Place, Mark]:
    shared: dict[str, _Cell] = {}
    found = {}
    for cell in cells:
        formula = cell.formula
        if formula is not None and cell.shared:
            if formula:
                shared[cell.shared] = cell
            elif cell.shared in shared:
                master = shared[cell.shared]
                formula = shifted(master.formula or "", master.place, cell.place)
        error = (cell.value or "") if cell.kind == "e" else ""
        # A formula that gives "" has an empty result of type str; no result has no type.
        cached = bool(cell.value) or cell.kind == "str"
        if formula is not None or error:
            found[cell.place] = _mark(formula, cached, error)
    return found


@lru_cache(maxsize=1 << 12)
def _mark(formula: str | None, cached: bool, error: str) -> Mark:
    return Mark("" if formula is None else f"={formula}", cached, error)


@lru_cache(maxsize=1 << 16)
def place_of(address: str) -> Place:
    """``D6`` → (5, 3). Raises Refused (damaged) for anything else."""
    match = _ADDRESS.fullmatch(address)
    if not match or not int(match[2][:8]):
        raise refusal(Reason.DAMAGED)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2][:8]) - 1, column - 1


_REFERENCE = re.compile(r"""("[^"]*"|'[^']*'!?)|(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\w(.])""")


def shifted(formula: str, origin: Place, target: Place) -> str:
    """A shared formula as it stands in another cell of its group."""
    down, right = target[0] - origin[0], target[1] - origin[1]

    def move(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        row, column = place_of(match[3] + match[5])
        letters = match[3] if match[2] else _letters(column + right)
        number = match[5] if match[4] else str(row + 1 + down)
        return f"{match[2]}{letters}{match[4]}{number}"

    return _REFERENCE.sub(move, formula)


def _letters(column: int) -> str:
    name, column = "", max(column, 0) + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _parsed_cells(data: bytes) -> list[_Cell]:
    """Cells by a real XML parser, with the address counted where it is not written."""
    cells: list[_Cell] = []
    row, column = -1, -1
    kind, shared, place = "", "", (0, 0)
    formula: list[str] | None = None
    value: list[str] | None = None
    into: list[str] | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, shared, place, formula, value, into
        name = tag.rpartition(":")[2]
        if name == "row":
            row, column = int(attributes["r"]) - 1 if "r" in attributes else row + 1, -1
        elif name == "c":
            place = place_of(attributes["r"]) if "r" in attributes else (row, column + 1)
            row, column = place
            kind, shared, formula, value = attributes.get("t", ""), "", None, None
        elif name == "f":
            formula = into = []
            shared = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        elif name in ("v", "is"):
            value = into = []

    def end(tag: str) -> None:
        nonlocal into
        name = tag.rpartition(":")[2]
        if name == "c":
            texts = [None if part is None else "".join(part) for part in (formula, value)]
            if any(text is not None for text in texts):
                cells.append(_Cell(place, kind, texts[0], shared, texts[1]))
        elif name in ("f", "v", "is"):
            into = None

    def text(data: str) -> None:
        if into is not None:
            into.append(data)

    _parse(data, start, end, text)
    return cells


def _parse(data: bytes, start: object, end: object = None, text: object = None) -> None:
    """Run expat without document types. Raises Refused (damaged, dangerous_archive)."""
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise refusal(Reason.DANGEROUS_ARCHIVE)

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = text  # type: ignore[assignment]
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refusal(Reason.DAMAGED) from error

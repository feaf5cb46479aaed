"""Find a table's cells: by declared address, verified by label; moved cells again by label.

Whoever inserts a row moves everything below it. As long as every label is found exactly once in
an order that fits, the cells are read where they stand now, and the shift is reported; otherwise
the file is refused.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from gouji.book_cells import Sheet
from gouji.gate import Reason, refusal
from gouji.layout import Label, TableLayout, a1
from gouji.model import Finding, Severity, Status
from gouji.sheet_xml import Place
from gouji.wording import say

#: Of the labels in place, this part may be reworded before the sheet counts as another one.
RELABELLED_SHARE = 4
#: How far below its heads a row without labels is looked for.
SEARCH_ROWS = 6
NAMED = 3  #: differing cells named in a refusal


@dataclass(frozen=True, slots=True)
class Located:
    """Where a table's items stand on its sheet, and what was odd about it."""

    cells: Mapping[str, Place]
    findings: tuple[Finding, ...] = ()
    moved: bool = False


@lru_cache(maxsize=1 << 14)
def normal(text: str) -> str:
    """A label without what typing and re-saving change: widths, spaces, line breaks, case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def soft(rule: str, message: str, codes: Iterable[str] = (), cells: Iterable[str] = ()) -> Finding:
    """A finding about the file itself (T1 stale sums, T2 structure)."""
    return Finding(rule, Severity.SOFT, Status.FAILED, message, tuple(codes), tuple(cells))


def locate(sheet: Sheet, grid: TableLayout) -> Located:
    """Where the items of ``grid`` stand on ``sheet``. Raises Refused (moved)."""
    wrong = disagreeing(sheet, grid)
    if not wrong:
        return _settled(sheet, grid, _grid(grid)[0], ())
    texts = _texts(sheet)
    if not _found_elsewhere(wrong, grid, texts):
        if len(wrong) * RELABELLED_SHARE > len(grid.labels):
            raise _moved(sheet, wrong)
        return _settled(sheet, grid, _grid(grid)[0], tuple(_relabelled(sheet, wrong)))
    return _again(sheet, grid, wrong, texts)


def disagreeing(sheet: Sheet, grid: TableLayout) -> list[Label]:
    """Labels that do not stand where they are declared."""
    return [
        label
        for label in grid.labels
        if (found := sheet.raw(label.area.row, label.area.column)) != label.text
        and normal(str(found)) != normal(label.text)
    ]


_known: dict[int, tuple[TableLayout, dict[str, Place], list[list[str]]]] = {}


def _grid(grid: TableLayout) -> tuple[dict[str, Place], list[list[str]]]:
    """Declared places, and the items of each row without a label; kept for each layout."""
    if id(grid) not in _known:
        declared = {code: (area.row, area.column) for code, area in grid.cells.items()}
        rows: dict[int, list[str]] = {}
        for code, (row, _) in declared.items():
            rows.setdefault(row, []).append(code)
        bare = [codes for row, codes in rows.items() if not _has_label(grid, row)]
        _known[id(grid)] = (grid, declared, bare)
    return _known[id(grid)][1:]


def _texts(sheet: Sheet) -> dict[str, list[Place]]:
    """Normalised text → every place where it stands."""
    places: dict[str, list[Place]] = {}
    for row, cells in enumerate(sheet.rows):
        for column, raw in enumerate(cells):
            if isinstance(raw, str) and raw:
                places.setdefault(normal(raw), []).append((row, column))
    return places


def _found_elsewhere(
    wrong: list[Label], grid: TableLayout, texts: Mapping[str, list[Place]]
) -> bool:
    absent = {id(label) for label in wrong}
    taken = {(each.area.row, each.area.column) for each in grid.labels if id(each) not in absent}
    return any(set(texts.get(normal(label.text), ())) - taken for label in wrong)


def _relabelled(sheet: Sheet, wrong: list[Label]) -> Iterable[Finding]:
    for label in wrong:
        row, column = label.area.row, label.area.column
        cell = f"{sheet.name}!{a1(row, column)}"
        found = sheet.text(row, column)
        key = "structure.relabelled" if found else "structure.label_gone"
        yield soft("T2", say(key, cell=cell, expected=label.text, found=found), cells=[cell])


def _moved(sheet: Sheet, wrong: list[Label]) -> Exception:
    places = "；".join(
        say(
            "refused.moved_place",
            cell=label.area.a1,
            expected=label.text,
            found=sheet.text(label.area.row, label.area.column)[:20],
        )
        for label in sorted(wrong, key=lambda each: (each.area.row, each.area.column))[:NAMED]
    )
    return refusal(Reason.MOVED, sheet=sheet.name, places=places)


# ---------------------------------------------------------------------- found again by label
class _Unclear(Exception):
    """The labels do not say where a row or column went."""


def _again(
    sheet: Sheet, grid: TableLayout, wrong: list[Label], texts: Mapping[str, list[Place]]
) -> Located:
    search = _Search(grid, texts)
    try:
        search.run()
        cells = {
            code: (search.row(area.row), search.column(area.column))
            for code, area in grid.cells.items()
        }
    except _Unclear:
        raise _moved(sheet, wrong) from None
    notes = []
    for label, (row, column) in search.renamed:
        cell = f"{sheet.name}!{a1(row, column)}"
        found = sheet.text(row, column)
        key = "structure.relabelled" if found else "structure.label_gone"
        notes.append(soft("T2", say(key, cell=cell, expected=label.text, found=found), (), [cell]))
    if len(search.renamed) * RELABELLED_SHARE > len(grid.labels):
        raise _moved(sheet, wrong)
    return _settled(sheet, grid, cells, tuple(notes))


class _Search:
    """Row and column of each label as they are now; labels of one row stay in one row."""

    def __init__(self, grid: TableLayout, texts: Mapping[str, list[Place]]) -> None:
        self._texts = texts
        self._open = list(grid.labels)
        self._rows: dict[int, int] = {}
        self._columns: dict[int, int] = {}
        self._taken: set[Place] = set()
        self.renamed: list[tuple[Label, Place]] = []

    def run(self) -> None:
        """Settle every label. Raises _Unclear."""
        while self._open:
            before = len(self._open)
            self._open = [label for label in self._open if not self._settle(label)]
            if len(self._open) == before and not self._settle_by_order():
                raise _Unclear
        for line in (self._rows, self._columns):
            now = [line[key] for key in sorted(line)]
            if any(a >= b for a, b in pairwise(now)):
                raise _Unclear

    def row(self, declared: int) -> int:
        return self._carried(self._rows, declared)

    def column(self, declared: int) -> int:
        return self._carried(self._columns, declared)

    @staticmethod
    def _carried(line: Mapping[int, int], declared: int) -> int:
        """A line without labels keeps its distance from the labelled one before it."""
        before = [key for key in line if key <= declared]
        if not before:
            raise _Unclear
        return line[max(before)] + declared - max(before)

    def _candidates(self, label: Label) -> list[Place]:
        area = label.area
        low_row, high_row = _bounds(self._rows, area.row)
        low_column, high_column = _bounds(self._columns, area.column)
        return [
            (row, column)
            for row, column in self._texts.get(normal(label.text), ())
            if low_row <= row <= high_row
            and low_column <= column <= high_column
            and (row, column) not in self._taken
        ]

    def _settle(self, label: Label) -> bool:
        found = self._candidates(label)
        twins = sum(normal(other.text) == normal(label.text) for other in self._open)
        known = label.area.row in self._rows and label.area.column in self._columns
        if len(found) == 1 and (twins == 1 or known):
            self._take(label, found[0])
            return True
        if known and not found:
            place = (self._rows[label.area.row], self._columns[label.area.column])
            self.renamed.append((label, place))
            return True
        return False

    def _settle_by_order(self) -> bool:
        """Equal labels of one row (or column) whose places are as many, taken in order."""
        for label in self._open:
            for across in (True, False):
                group = [
                    other
                    for other in self._open
                    if normal(other.text) == normal(label.text)
                    and _line(other, across) == _line(label, across)
                ]
                places = sorted({place for other in group for place in self._candidates(other)})
                if len(places) == len(group) and len({place[not across] for place in places}) == 1:
                    group.sort(key=lambda other: (other.area.row, other.area.column))
                    for other, place in zip(group, places, strict=True):
                        self._take(other, place)
                    self._open = [other for other in self._open if other not in group]
                    return True
        return False

    def _take(self, label: Label, place: Place) -> None:
        area = label.area
        if (
            self._rows.setdefault(area.row, place[0]) != place[0]
            or self._columns.setdefault(area.column, place[1]) != place[1]
        ):
            raise _Unclear
        self._taken.add(place)


def _line(label: Label, across: bool) -> int:
    return label.area.row if across else label.area.column


def _bounds(line: Mapping[int, int], declared: int) -> tuple[int, int]:
    """Least and greatest line now possible for a declared one, order being kept."""
    if declared in line:
        return line[declared], line[declared]
    keys = sorted(line)
    at = bisect_left(keys, declared)
    low = line[keys[at - 1]] + 1 if at else 0
    high = line[keys[at]] - 1 if at < len(keys) else 1 << 20
    return low, high


def _shifts(sheet: Sheet, grid: TableLayout, cells: Mapping[str, Place]) -> Iterable[Finding]:
    """One finding for each group of cells that moved alike."""
    groups: dict[Place, list[str]] = {}
    for code, (row, column) in cells.items():
        area = grid.cells[code]
        if (row, column) != (area.row, area.column):
            groups.setdefault((row - area.row, column - area.column), []).append(code)
    for codes in groups.values():
        now = [a1(*cells[code]) for code in codes]
        was = [grid.cells[code].a1 for code in codes]
        message = say(
            "structure.moved" if len(codes) == 1 else "structure.moved_many",
            sheet=sheet.name, n=len(codes), was=was[0], now=now[0], was_last=was[-1],
            now_last=now[-1],
        )  # fmt: skip
        yield soft("T2", message, codes, [f"{sheet.name}!{cell}" for cell in now])


# ---------------------------------------------------------------------- rows without a label
def _settled(
    sheet: Sheet, grid: TableLayout, cells: Mapping[str, Place], findings: tuple[Finding, ...]
) -> Located:
    """Labels say nothing of a row that has none: it is where its first content stands."""
    declared, bare = _grid(grid)
    for codes in bare:
        if shift := _slipped(sheet, [cells[code] for code in codes]):
            now = {code: (cells[code][0] + shift, cells[code][1]) for code in codes}
            cells = {**cells, **now}
    if cells is declared:
        return Located(cells, findings)
    shifts = tuple(_shifts(sheet, grid, cells))
    return Located(cells, (*shifts, *findings), bool(shifts))


def _has_label(grid: TableLayout, row: int) -> bool:
    return any(
        label.role == "row" and label.area.row <= row <= label.area.last_row
        for label in grid.labels
    )


def _slipped(sheet: Sheet, places: list[Place]) -> int:
    """How far below a wholly blank row its content stands; 0 when it did not move."""
    for shift in range(SEARCH_ROWS):
        filled = sum(
            sheet.raw(row + shift, column) != "" or (row + shift, column) in sheet.marks
            for row, column in places
        )
        if filled and shift == 0:
            return 0
        if filled * 2 >= len(places):
            return shift
    return 0

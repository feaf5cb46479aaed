"""Workbooks of other formats than .xlsx in the shape our own form is read from.

A respondent's program may have saved the issued form as ``.xls``, ``.et`` or ``.ods``; its cells
stand where they stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from python_calamine import CalamineError, SheetVisibleEnum

from gouji.book_cells import Book, Sheet
from gouji.documents import confined
from gouji.documents.kinds import Kind
from gouji.documents.model import Document
from gouji.documents.sheets import Merge, RawSheet, grids
from gouji.gate import Content, Package, Reason, kind_of, open_archive, refusal
from gouji.sheet_xml import UNKNOWN_FORMULA, Mark, Place


class OwnBook(Book):
    """The sheets of a workbook that is no .xlsx; ``kind`` is the document's: ``xls``, ``ods``."""

    def __init__(self, kind: str, sheets: Sequence[RawSheet]) -> None:
        self.kind = kind
        self._raw = {raw.sheet.name: raw for raw in sheets}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._raw)

    def sheet(self, name: str) -> Sheet:
        return self._raw[name].sheet

    def document(self) -> Document:
        """The same cells for whoever looks for tables in them. Raises Refused (too_large)."""
        return Document(self.kind, grids(tuple(self._raw.values())))


def own_book(content: Content) -> OwnBook | None:
    """The workbook in another format than .xlsx; None for anything else. Raises Refused."""
    kind = kind_of(content)
    if kind is Kind.XLS:
        return OwnBook("xls", _from_worker(confined.run("xls_worker", content.data)))
    if kind is Kind.ODS:
        from gouji.documents.ods import read_ods

        return OwnBook("ods", read_ods(open_archive(content)))
    if kind is Kind.SHEET_XML:
        from gouji.documents.spreadsheet_ml import read_spreadsheet_ml

        return OwnBook("xls", read_spreadsheet_ml(content.data))
    return None


def xlsx_document(package: Package) -> Document:
    """A workbook that is not our form. Raises Refused (damaged, too_large)."""
    book = _MergedBook(package)
    return Document("xlsx", grids(book.raw_sheets()))


class _MergedBook(Book):
    """A package's sheets with their merged areas."""

    def raw_sheets(self) -> list[RawSheet]:
        """Every worksheet; charts on sheets of their own hold no cells. Raises Refused."""
        told = {each.name: each for each in self._reader.sheets_metadata}
        sheets = []
        for name in self.names:
            if name in told:
                hidden = told[name].visible is not SheetVisibleEnum.Visible
                sheets.append(RawSheet(self.sheet(name), self._merges(name), hidden))
        return sheets

    def _merges(self, name: str) -> tuple[Merge, ...]:
        try:
            merges = self._reader.get_sheet_by_name(name).merged_cell_ranges or []
        except CalamineError as error:
            raise refusal(Reason.DAMAGED) from error
        return tuple((*first, *last) for first, last in merges)


def _from_worker(answer: Mapping[str, Any]) -> list[RawSheet]:
    sheets = []
    for told in answer["sheets"]:
        marks: dict[Place, Mark] = {
            (row, column): Mark(UNKNOWN_FORMULA, True, error)
            for row, column, error in told["formulas"]
        } | {(row, column): Mark("", True, error) for row, column, error in told["errors"]}
        merges = tuple((a, b, c, d) for a, b, c, d in told["merges"])
        sheets.append(RawSheet(Sheet(told["name"], told["rows"], marks), merges, told["hidden"]))
    return sheets

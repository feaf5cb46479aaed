"""Change a real workbook the way people and programs do, part by part, for tests."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

from gouji.layout import column_name
from gouji.sheet_xml import place_of


def sheet_member(path: Path, sheet: str) -> str:
    """Path of a sheet inside the archive (XlsxWriter numbers them in order)."""
    names = load_workbook(path, read_only=True).sheetnames
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def rewrite(path: Path, changes: dict[str, Callable[[bytes], bytes] | None]) -> Path:
    """Rewrite members of the archive; None takes a member out."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            change = changes.get(name, lambda data: data)
            if change is not None:
                archive.writestr(name, change(data))
    return path


def edit_sheet(path: Path, sheet: str, change: Callable[[str], str]) -> Path:
    """Rewrite one sheet's XML as text."""
    return rewrite(path, {sheet_member(path, sheet): lambda data: change(data.decode()).encode()})


def set_cell(path: Path, sheet: str, address: str, inner: str, kind: str = "") -> Path:
    """Put ``inner`` (``<v>…</v>``, ``<f>…</f>``) into a cell, keeping its format."""

    def change(xml: str) -> str:
        pattern = re.compile(rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)')
        assert pattern.search(xml), f"no cell {address}"
        attribute = f' t="{kind}"' if kind else ""
        return pattern.sub(
            lambda m: f'<c r="{address}"{m[1] or ""}{attribute}>{inner}</c>', xml, count=1
        )

    return edit_sheet(path, sheet, change)


def set_text(path: Path, sheet: str, address: str, text: str) -> Path:
    """Type a text over a cell."""
    return set_cell(path, sheet, address, f"<is><t>{text}</t></is>", "inlineStr")


def insert_row(path: Path, sheet: str, row: int) -> Path:
    """Push row number ``row`` (from 1) and everything below it one down."""
    return _shift(path, sheet, lambda r, c: (r + 1, c) if r >= row - 1 else (r, c))


def delete_row(path: Path, sheet: str, row: int) -> Path:
    """Take row number ``row`` (from 1) away and draw up everything below it."""

    def change(xml: str) -> str:
        return re.sub(rf'<row r="{row}"[^>]*?(?:/>|>.*?</row>)', "", xml)

    edit_sheet(path, sheet, change)
    return _shift(path, sheet, lambda r, c: (r - 1, c) if r >= row else (r, c))


def insert_column(path: Path, sheet: str, column: int) -> Path:
    """Push the column (from 0) and everything right of it one to the right."""
    return _shift(path, sheet, lambda r, c: (r, c + 1) if c >= column else (r, c))


def _shift(path: Path, sheet: str, move: Callable[[int, int], tuple[int, int]]) -> Path:
    def cell(match: re.Match[str]) -> str:
        row, column = move(*place_of(match[1]))
        return f'<c r="{column_name(column)}{row + 1}"'

    def line(match: re.Match[str]) -> str:
        return f'<row r="{move(int(match[1]) - 1, 0)[0] + 1}"'

    def change(xml: str) -> str:
        xml = re.sub(r' spans="[^"]*"', "", xml)
        xml = re.sub(r'<c r="([A-Z]+\d+)"', cell, xml)
        xml = re.sub(r'<row r="(\d+)"', line, xml)
        return re.sub(r"<mergeCells.*?</mergeCells>", "", xml)

    return edit_sheet(path, sheet, change)


def drop_results(path: Path) -> Path:
    """Take the stored result away from every formula, as if no program ever calculated it."""

    def change(data: bytes) -> bytes:
        data = re.sub(rb"(<c r=\"[A-Z]+\d+\"[^>]*?) t=\"str\"([^>]*><f)", rb"\1\2", data)
        return re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)

    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    return rewrite(path, dict.fromkeys(sheets, change))


def rename_sheet(path: Path, old: str, new: str) -> Path:
    """Rename a sheet in the workbook part only."""

    def change(data: bytes) -> bytes:
        return data.replace(f'name="{old}"'.encode(), f'name="{new}"'.encode())

    return rewrite(path, {"xl/workbook.xml": change})


def drop_sheets(path: Path, *names: str) -> Path:
    """Delete sheets and save with openpyxl, as a clerk would with another program."""
    book = load_workbook(path)
    for name in names:
        del book[name]
    book.save(path)
    return path

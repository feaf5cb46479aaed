"""The measured parts, each run in a process of its own: ``python bench/parts.py PART ARGUMENT…``.

A part prints one JSON object with its seconds.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path


def plain_pandas(folder: str, count: str) -> dict[str, float]:
    """The plain script: every sheet of every file as a data frame, nothing else."""
    import pandas

    start = time.perf_counter()
    for path in sorted(Path(folder).glob("*.xlsx"))[: int(count)]:
        pandas.read_excel(path, sheet_name=None, engine="openpyxl")
    return {"seconds": time.perf_counter() - start}


def reading(folder: str, count: str) -> dict[str, float]:
    """Bare calamine over the sheets we read, then reading + checking + rolling up."""
    from python_calamine import CalamineWorkbook

    from gouji import editions
    from gouji.edits import confront_all
    from gouji.layout import layout_of
    from gouji.reading import read_file
    from gouji.rollup import roll_up

    paths = sorted(Path(folder).glob("*.xlsx"))[: int(count)]
    first = read_file(paths[0])
    form = editions.load(first.edition)
    sheets = [name for name in layout_of(form).sheets if name in _data_sheets(paths[0])]

    def bare() -> None:
        for path in paths:
            book = CalamineWorkbook.from_path(str(path))
            for name in sheets:
                book.get_sheet_by_name(name).to_python()

    def ours() -> None:
        read = [read_file(path) for path in paths]
        confronted = confront_all(form, read, [None] * len(read))
        roll_up(form, read, confronted, roster=None, district="", year=first.year or 0,
                level="district")  # fmt: skip

    return {"bare": _median(bare, 3), "ours": _median(ours, 3), "sheets": len(sheets)}


def _data_sheets(path: Path) -> set[str]:
    """The sheets a reader of values needs: all that are visible but the check sheet."""
    from python_calamine import CalamineWorkbook

    from gouji.wording import say

    return set(CalamineWorkbook.from_path(str(path)).sheet_names) - {say("sheet.check")}


def writing(edition: str) -> dict[str, float]:
    """A filled template against as many formatted cells written by bare XlsxWriter."""
    import generate

    from gouji import editions
    from gouji.template import write_template

    form = editions.load(edition)
    [filled] = generate.submissions(edition, 7, 8)
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Path(folder) / "ours.xlsx", Path(folder) / "bare.xlsx"

        def template() -> None:
            write_template(form, ours, submission=filled)

        template()
        sheets = _cells(ours)

        def plain() -> None:
            _write_bare(bare, sheets)

        cells = sum(len(kinds) for kinds in sheets)
        return {"ours": _median(template, 25), "bare": _median(plain, 25), "cells": cells}


def _cells(path: Path) -> list[list[str]]:
    """The kinds of a workbook's cells, sheet by sheet: formula, text, number, blank."""
    kinds = {b"<f": "formula", b't="s': "text", b"<v": "number"}
    with zipfile.ZipFile(path) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        cells = [re.findall(rb"<c (?:[^>]*/>|.*?</c>)", book.read(name)) for name in names]
    return [
        [next((kind for mark, kind in kinds.items() if mark in cell), "blank") for cell in sheet]
        for sheet in cells
    ]


def _write_bare(path: Path, sheets: list[list[str]]) -> None:
    """As many formatted cells of the same kinds, ten a row, and nothing else."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        colours = ("#FFFFFF", "#FFF9E0", "#EEEEEE")
        looks = [book.add_format({"border": 1, "bg_color": colour}) for colour in colours]
        for number, kinds in enumerate(sheets):
            sheet = book.add_worksheet(f"S{number}")
            write = {
                "formula": lambda row, column, look, sheet=sheet: sheet.write_formula(
                    row, column, "=SUM(A1:A2)", look, 0
                ),
                "text": lambda row, column, look, sheet=sheet: sheet.write_string(
                    row, column, f"text {row} {column}", look
                ),
                "number": lambda row, column, look, sheet=sheet: sheet.write_number(
                    row, column, row, look
                ),
                "blank": lambda row, column, look, sheet=sheet: sheet.write_blank(
                    row, column, None, look
                ),
            }
            for cell, kind in enumerate(kinds):
                write[kind](*divmod(cell, 10), looks[cell % 3])


def _median(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


PARTS = {"plain_pandas": plain_pandas, "reading": reading, "writing": writing}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))

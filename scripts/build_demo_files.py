"""Make the demonstration's files that another program saved: ``pysrc/gouji/demo/data/saved/``.

A real LibreOffice opens the filled form, does what the plan says a clerk did, and saves it. The
bytes differ from run to run (LibreOffice notes the time), the values do not; a test compares them
with the plan. Run it again when the template's cells have moved.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import xlwings_libreoffice
from gouji import editions
from gouji.demo import make_submissions
from gouji.demo.sending import Sent, plan, saved_file
from gouji.demo.stage import Stage
from gouji.layout import layout_of

EDITION = "2019"


def main() -> None:
    round_ = make_submissions(EDITION)
    ways = {way["units"][0]: way for way in round_.ways if way["as"] == "saved"}
    sent = [each for each in plan(round_.ways, round_.submissions, round_.roster)
            if each.kind == "saved"]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), round_, print)
        app = xlwings_libreoffice.start()
        try:
            for each in sent:
                print(_save(app, stage, each, ways[each.submissions[0].code]))
        finally:
            app.quit()


def _save(app: Any, stage: Stage, sent: Sent, way: dict[str, Any]) -> Path:
    target = saved_file(sent)
    target.parent.mkdir(exist_ok=True)
    filled = stage.folder / "form.xlsx"
    filled.write_bytes(stage.filled(sent.submissions[0]))
    book = app.books.open(str(filled))
    if "insert" in way:
        _insert_row(book, **way["insert"])
    book.save(str(target))
    book.close()
    return target


def _insert_row(book: Any, above: str, text: str) -> None:
    """What a clerk does who wants a line of their own: unprotect, insert, write."""
    layout = layout_of(editions.load(EDITION))
    area = layout.cell(above)
    sheet = book.sheets[layout.sheet_of[above]]
    sheet.api.unprotect("")
    row = area.row + 1
    sheet.range(f"{row}:{row}").insert("down")
    sheet.range((row, 1)).value = text
    sheet.range((row, area.column + 1)).value = 1


if __name__ == "__main__":
    sys.exit(main())

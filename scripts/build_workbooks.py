"""Build the forms a clerk opens: ``workbook/填报表-<edition>.xlsx`` for each shipped edition."""

from __future__ import annotations

import sys
from pathlib import Path

from gouji import editions
from gouji.template import write_template

FOLDER = Path(__file__).parent.parent / "workbook"


def build(folder: Path = FOLDER) -> list[Path]:
    """Write a blank form for every edition into ``folder``; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for edition in editions.shipped():
        path = folder / f"填报表-{edition}.xlsx"
        write_template(editions.load(edition), path)
        written.append(path)
    return written


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)

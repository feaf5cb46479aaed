"""Compile ``macros/*.bas`` into the VBA projects that ``gouji.macros`` puts into workbooks.

First ``macros/GoujiTexts.bas`` is written anew from the catalogue: VBA source is ASCII, so the
Chinese sentences that VBA shows without Python stand in it in the same escapes that GoujiRun uses
for paths. Hidden cells would do too, but every form would then carry a sheet more, which a re-save,
a locked structure or a clerk can lose just when a message is needed.

The same sources give the same projects, byte for byte.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import get_args

from pyopenvba import ExcelFile
from xlsxwriter import Workbook

from gouji.launch import encoded
from gouji.macros import MODULES, PROJECTS, SIZES, Kind, member_name, vba_texts

ROOT = Path(__file__).parent.parent
MACROS = ROOT / "macros"
SHIPPED = ROOT / "pysrc" / "gouji" / "vba" / PROJECTS
TEXTS = "GoujiTexts"
PIECE = 80  #: escaped characters in a line of VBA; a line may have 1,023
STAMP = (1980, 1, 1, 0, 0, 0)


def texts_module() -> str:
    """The source of ``GoujiTexts.bas``."""
    lines = [
        "Option Explicit",
        "' Written by scripts/build_macros.py from the catalogue of sentences; do not edit.",
        "",
        "Public Function GoujiText(ByVal Key As String) As String",
        "    Dim Word As String",
        "    Select Case Key",
    ]
    for key, text in vba_texts().items():
        word = encoded(text)
        lines.append(f'    Case "{key}"')
        lines += [
            f'        Word = Word & "{word[start : start + PIECE]}"'
            for start in range(0, len(word), PIECE)
        ]
    lines += ["    End Select", "    GoujiText = Decoded(Word)", "End Function", ""]
    return "\n".join(lines)


def sources(kind: Kind, folder: Path = MACROS) -> dict[str, str]:
    """Module → source of one kind of workbook. Raises ValueError unless it is ASCII."""
    found = {name: (folder / f"{name}.bas").read_text(encoding="utf-8") for name in MODULES[kind]}
    for name, text in found.items():
        if not text.isascii():
            raise ValueError(f"{name}.bas is not ASCII")
    return found


def compile_project(modules: dict[str, str], sheets: int) -> bytes:
    """A ``vbaProject.bin`` with these modules, a workbook module and that many sheet modules."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        with Workbook(str(path)) as book:
            for _ in range(sheets):
                book.add_worksheet()
        with ExcelFile(path) as file:
            file.add_vba_project()
            for name, text in modules.items():
                source = f'Attribute VB_Name = "{name}"\n{text}'.replace("\n", "\r\n")
                file.vba_project().add_module(name, source)
            file.save()
        with zipfile.ZipFile(path) as saved:
            return saved.read("xl/vbaProject.bin")


def build(shipped: Path = SHIPPED, macros: Path = MACROS) -> Path:
    """Write ``GoujiTexts.bas`` and all compiled projects; the file they are shipped in."""
    (macros / f"{TEXTS}.bas").write_text(texts_module(), encoding="ascii", newline="\n")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as projects:
        for kind in get_args(Kind):
            modules = sources(kind, macros)
            for sheets in SIZES[kind]:
                member = zipfile.ZipInfo(member_name(kind, sheets), STAMP)
                member.compress_type = zipfile.ZIP_DEFLATED
                projects.writestr(member, compile_project(modules, sheets))
    shipped.parent.mkdir(parents=True, exist_ok=True)
    shipped.write_bytes(packed.getvalue())
    return shipped


if __name__ == "__main__":
    print(build(*map(Path, sys.argv[1:])))

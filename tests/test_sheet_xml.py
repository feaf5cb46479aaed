"""What the scanner sees behind the cells of a sheet."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from filled_forms import book
from gouji.sheet_xml import _parsed_survey, shifted, survey

__all__ = ["book"]


def sheet_xml(cells: str, prefix: str = "") -> bytes:
    p = f"{prefix}:" if prefix else ""
    ns = f"xmlns{':' + prefix if prefix else ''}"
    body = cells.replace("<", "<" + p).replace("<" + p + "/", "</" + p)
    return (
        f'<{p}worksheet {ns}="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<{p}sheetData><{p}row r="2">{body}</{p}row></{p}sheetData></{p}worksheet>'
    ).encode()


@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize(
    ("cell", "formula", "cached", "error"),
    [
        ('<c r="B2"><f>A1+1</f><v>3</v></c>', "=A1+1", True, ""),
        ('<c r="B2"><f>A1+1</f></c>', "=A1+1", False, ""),
        ('<c r="B2"><f>A1+1</f><v/></c>', "=A1+1", False, ""),
        ('<c r="B2" t="str"><f>A1&amp;"x"</f><v></v></c>', '=A1&"x"', True, ""),
        ('<c t="str" s="3" r="B2"><f ca="1">A1</f><v>x</v></c>', "=A1", True, ""),
        ("<c r='B2' t='e'><f>A1</f><v>#N/A</v></c>", "=A1", True, "#N/A"),
        ('<c r="B2" s="1" t="e"><v>#REF!</v></c>', "", True, "#REF!"),
        ('<c r="B2">\n <f>A1</f>\n <v>1</v>\n</c>', "=A1", True, ""),
    ],
)
def test_the_scanner_sees_what_is_behind_a_cell(
    prefix: str, cell: str, formula: str, cached: bool, error: str
) -> None:
    found = survey(sheet_xml(f'<c r="A2"><v>1</v></c>{cell}<c r="C2" s="1"/>', prefix)).marks
    assert list(found) == [(1, 1)]
    mark = found[1, 1]
    assert (mark.formula, mark.cached, mark.error) == (formula, cached, error)


@pytest.mark.parametrize("prefix", ["", "x"])
def test_shared_formulas_are_written_out(prefix: str) -> None:
    cells = (
        '<c r="B2"><f t="shared" ref="B2:D2" si="0">SUM(A1:$A2,"A1")</f><v>1</v></c>'
        '<c r="C2"><f t="shared" si="0"/><v>1</v></c>'
    )
    found = survey(sheet_xml(cells, prefix)).marks
    assert found[1, 2].formula == '=SUM(B1:$A2,"A1")'


def test_cells_without_addresses_are_counted() -> None:
    found = survey(sheet_xml('<c><v>1</v></c><c><f>A1</f><v>1</v></c><c r="F2"/><c><f>B1</f></c>'))
    assert list(found.marks) == [(1, 1), (1, 6)]


def test_shifting_keeps_quotes_functions_and_dollars() -> None:
    text = "LOG10(A1)+'表 A1'!$B$2+\"A1\"+B$3+$C4"
    assert shifted(text, (0, 0), (2, 1)) == "LOG10(B3)+'表 A1'!$B$2+\"A1\"+C$3+$C6"


def test_scanner_and_parser_agree_on_our_own_sheets(book: Path) -> None:

    with zipfile.ZipFile(io.BytesIO(book.read_bytes())) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                data = archive.read(name)
                assert survey(data).marks == _parsed_survey(data).marks

"""A report's table and text in every format, made by the programs that make them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from gouji.documents.model import Document, Grid
from gouji.documents.read import read_document
from gouji.gate import take
from office import Office

#: text, row, column, rows, columns: a head of three levels, a merged label over many rows.
Box = tuple[str, int, int, int, int]
TITLE = "云溪区科技局2025年政府信息公开工作年度报告"
BEFORE = ["一、总体情况", "全年受理申请3件。"]
AFTER = ["五、存在的主要问题及改进情况", "无"]
WIDTH, LONG = 7, 44


def boxes(rows: int = 8) -> list[Box]:
    """The table, ``rows`` rows of data below its head."""
    head = [
        ("（本列数据的勾稽关系为：第一项加第二项之和）", 0, 0, 3, 2), ("申请人情况", 0, 2, 1, 5),
        ("自然人", 1, 2, 2, 1), ("法人或其他组织", 1, 3, 1, 3), ("总计", 1, 6, 2, 1),
        ("商业企业", 2, 3, 1, 1), ("科研机构", 2, 4, 1, 1), ("其他", 2, 5, 1, 1),
        ("一、本年新收", 3, 0, 1, 2), ("三、办理结果", 4, 0, rows - 1, 1),
    ]  # fmt: skip
    labels = [(f"{n}.第{n}项", 3 + n, 1, 1, 1) for n in range(1, rows)]
    numbers = [
        (str(row * column) if (row + column) % 3 else "", 3 + row, column, 1, 1)
        for row in range(rows)
        for column in range(2, WIDTH)
    ]
    return head + labels + numbers


def expected(made: Sequence[Box]) -> list[list[str]]:
    """Texts by position, a merged cell's at every one of its places."""
    height = max(row + rows for _, row, _, rows, _ in made)
    texts = [[""] * WIDTH for _ in range(height)]
    for text, row, column, rows, columns in made:
        for down in range(rows):
            for across in range(columns):
                texts[row + down][column + across] = text
    return texts


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def spans(grid: Grid) -> set[tuple[str, int, int]]:
    """Text, rows and columns of every merged cell."""
    return {
        (cell.text, cell.rows, cell.columns)
        for row in grid.rows
        for cell in row
        if cell.rows * cell.columns > 1
    }


def merged(made: Sequence[Box]) -> set[tuple[str, int, int]]:
    return {(text, rows, columns) for text, _, _, rows, columns in made if rows * columns > 1}


def is_whole(grid: Grid) -> bool:
    """Rows are of one length, and a merged cell is one object at all of its places."""
    if len({len(row) for row in grid.rows}) > 1:
        return False
    places: dict[int, list[tuple[int, int]]] = {}
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            places.setdefault(id(cell), []).append((row, column))
    cell_of = {id(cell): cell for row in grid.rows for cell in row}
    return all(len(at) == cell_of[key].rows * cell_of[key].columns for key, at in places.items())


def read(path: Path) -> Document:
    return read_document(take(path))


def write_docx(path: Path, rows: int = 8) -> Path:
    import docx

    document: Any = docx.Document()
    document.add_paragraph(TITLE, style="Title")
    for text in BEFORE:
        document.add_paragraph(text)
    made = boxes(rows)
    table = document.add_table(rows=3 + rows, cols=WIDTH, style="Table Grid")
    for text, row, column, height, width in made:
        cell = table.cell(row, column)
        if height * width > 1:
            cell = cell.merge(table.cell(row + height - 1, column + width - 1))
        cell.paragraphs[0].text = text
    for text in AFTER:
        document.add_paragraph(text)
    document.save(path)
    return path


def html_table(rows: int = 8) -> str:
    made = boxes(rows)
    lines = []
    for number in range(3 + rows):
        cells = "".join(
            f'<td rowspan="{height}" colspan={width}>{escape(text)}</td>'
            for text, row, _, height, width in sorted(made, key=lambda box: box[2])
            if row == number
        )
        lines.append(f"<tr>{cells}</tr>")
    return "<table border=1>" + "\n".join(lines) + "</table>"


def page(charset: str = "utf-8", body: str = "") -> str:
    before = "".join(f"<p>{text}</p>" for text in BEFORE)
    after = "".join(f"<p>{text}</p>" for text in AFTER)
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        f"<title>{TITLE}</title></head><body>{before}{body or html_table()}{after}</body></html>"
    )


#: Ending → LibreOffice's name of the format a letter is saved in.
LETTERS = {"doc": "MS Word 97", "rtf": "Rich Text Format", "odt": "writer8",
           "html": "HTML (StarWriter)", "pdf": "writer_pdf_Export"}  # fmt: skip


def save_letter(office: Office, path: Path, ending: str) -> Path:
    """A Word document saved by LibreOffice in another format."""
    return office.convert(path, path.with_suffix(f".{ending}"), LETTERS[ending])


def lock_pdf(path: Path) -> Path:
    """The document as a PDF that opens only with a password."""
    options = (
        'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},'
        '"DocumentOpenPassword":{"type":"string","value":"x"}}'
    )
    with tempfile.TemporaryDirectory(prefix="gouji-test-") as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", "--headless",
             "--convert-to", options, "--outdir", str(path.parent), str(path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    return path.with_suffix(".pdf")


def check(document: Document, rows: int = 8) -> Grid:
    """Assert that the document holds the report's table and text; its grid."""
    (grid,) = document.grids
    made = boxes(rows)
    assert texts(grid) == expected(made)
    assert spans(grid) == merged(made)
    assert is_whole(grid)
    paragraphs = [block for block in document.blocks if isinstance(block, str)]
    assert [text for text in paragraphs if text != TITLE] == BEFORE + AFTER
    at = document.blocks.index(grid)
    assert document.blocks[at - 1] == BEFORE[-1]
    return grid

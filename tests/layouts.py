"""Reports as other people lay them out: tables as boxes, written as page, letter, sheet, text.

A ``Board`` is a table as boxes with spans. ``official`` draws a block of a form with its printed
head; others are made of it. Nothing here knows a table of a form.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import openpyxl
from docx import Document as Letter

from gouji.documents.model import Cell, Document, Grid
from gouji.model import Block, Form, Line, Table, Value

Values = Mapping[str, Value]
#: What is done to a label before it is written.
Relabel = Callable[[str], str]


@dataclass(frozen=True)
class Box:
    """A cell: its text, where it begins, how far it spans."""

    text: Value
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Board:
    boxes: tuple[Box, ...]

    @property
    def height(self) -> int:
        return max(box.row + box.rows for box in self.boxes)

    @property
    def width(self) -> int:
        return max(box.column + box.columns for box in self.boxes)

    def moved(self, down: int = 0, right: int = 0) -> Board:
        return Board(
            tuple(replace(b, row=b.row + down, column=b.column + right) for b in self.boxes)
        )

    def turned(self) -> Board:
        """Rows as columns."""
        return Board(tuple(Box(b.text, b.column, b.row, b.columns, b.rows) for b in self.boxes))

    def without_spans(self) -> Board:
        """As a format that does not keep merged cells has it: text once, blanks after it."""
        boxes = []
        for box in self.boxes:
            for row in range(box.row, box.row + box.rows):
                for column in range(box.column, box.column + box.columns):
                    first = (row, column) == (box.row, box.column)
                    boxes.append(Box(box.text if first else None, row, column))
        return Board(tuple(boxes))

    def rows(self) -> list[list[Box]]:
        """For each row the boxes that begin in it, left to right."""
        lines: list[list[Box]] = [[] for _ in range(self.height)]
        for box in sorted(self.boxes, key=lambda box: (box.row, box.column)):
            lines[box.row].append(box)
        return lines


def stacked(boards: Iterable[Board], gap: int = 0) -> Board:
    """Boards below each other as one."""
    boxes: list[Box] = []
    down = 0
    for board in boards:
        boxes += board.moved(down).boxes
        down += board.height + gap
    return Board(tuple(boxes))


def one_width(boards: Sequence[Board]) -> Board:
    """Boards below each other in one table: the last column of a narrow one is merged wide."""
    width = max((board.width for board in boards), default=0)
    return stacked(
        Board(tuple(
            replace(box, columns=box.columns + width - board.width)
            if box.column + box.columns == board.width else box
            for box in board.boxes
        ))
        for board in boards
    )  # fmt: skip


def band(text: str, width: int) -> Board:
    return Board((Box(text, 0, 0, 1, width),))


# ---------------------------------------------------------------------- the printed table
def official(
    table: Table, block: Block, values: Values, relabel: Relabel = str, titled: bool = True
) -> Board:
    """A block as printed: nested heads, its title as a band above."""
    deep = max(len(line.labels) for line in block.columns)
    wide = max((len(line.labels) for line in block.rows), default=0)
    boxes = [replace(box, column=box.column + wide) for box in _nested(block.columns, relabel)]
    if wide:
        boxes.append(Box(relabel(block.corner) if block.corner else None, 0, 0, deep, wide))
        turned = _nested(block.rows, relabel)
        boxes += [Box(b.text, b.column + deep, b.row, b.columns, b.rows) for b in turned]
    for down, row in enumerate(block.rows):
        for across, column in enumerate(block.columns):
            code = ".".join(filter(None, (table.name, row.path, column.path)))
            boxes.append(Box(values[code], deep + down, wide + across))
    board = Board(tuple(boxes))
    if titled and block.title:
        return stacked([band(relabel(block.title), board.width), board])
    return board


def flat(table: Table, block: Block, values: Values, relabel: Relabel = str) -> Board:
    """One head row and one column of labels; what is nested is written into one cell if need be."""
    rows = [_single(block.rows, line, relabel) for line in block.rows]
    columns = [_single(block.columns, line, relabel) for line in block.columns]
    wide = 1 if any(rows) else 0
    boxes = [Box(label, 0, wide + across) for across, label in enumerate(columns)]
    if wide:
        boxes.append(Box(block.corner or None, 0, 0))
        boxes += [Box(label, 1 + down, 0) for down, label in enumerate(rows)]
    for down, row in enumerate(block.rows):
        for across, column in enumerate(block.columns):
            code = ".".join(filter(None, (table.name, row.path, column.path)))
            boxes.append(Box(values[code], 1 + down, wide + across))
    return Board(tuple(boxes))


def _single(lines: Sequence[Line], line: Line, relabel: Relabel) -> str:
    if not line.labels:
        return ""
    twins = [other for other in lines if other.labels[-1:] == line.labels[-1:]]
    labels = line.labels if len(twins) > 1 else line.labels[-1:]
    return "-".join(map(relabel, labels))


def _nested(lines: Sequence[Line], relabel: Relabel) -> list[Box]:
    """A head from the outside in: equal neighbours merged, a short label down to the last level."""
    deep = max((len(line.labels) for line in lines), default=0)
    boxes = []
    for level in range(deep):
        start = 0
        while start < len(lines):
            labels = lines[start].labels
            end = start + 1
            while end < len(lines) and lines[end].labels[: level + 1] == labels[: level + 1]:
                end += 1
            if level < len(labels):
                down = deep - level if level == len(labels) - 1 else 1
                boxes.append(Box(relabel(labels[level]), level, start, down, end - start))
            start = end
    return boxes


def boards(form: Form, values: Values, relabel: Relabel = str) -> dict[str, list[Board]]:
    """Table name → its blocks as printed."""
    return {
        table.name: [official(table, block, values, relabel) for block in table.blocks]
        for table in form.tables
    }


def flat_boards(form: Form, values: Values, relabel: Relabel = str) -> dict[str, list[Board]]:
    return {
        table.name: [flat(table, block, values, relabel) for block in table.blocks]
        for table in form.tables
    }


# ---------------------------------------------------------------------- a whole report
Part = str | Board


def report(
    form: Form, tables: Mapping[str, list[Board]], title: str = "", narrative: str = "无",
    apart: bool = False,
) -> list[Part]:  # fmt: skip
    """Title, sections, tables; blocks of a table in one grid, or each in its own (``apart``)."""
    parts: list[Part] = [title] if title else []
    for section in form.sections:
        parts.append(section.title)
        if not section.table:
            parts += narrative.splitlines()
            continue
        blocks = tables[section.table]
        if apart:
            parts += blocks
        else:
            parts.append(one_width(blocks))
    return parts


def as_document(parts: Sequence[Part], kind: str = "html") -> Document:
    """As a reader gives it that knows spans; numbers are numbers in a spreadsheet only."""
    blocks: list[str | Grid] = []
    for part in parts:
        name, raw = f"表{sum(isinstance(each, Grid) for each in blocks) + 1}", kind == "xlsx"
        blocks.append(part if isinstance(part, str) else as_grid(part, name, raw))
    return Document(kind, tuple(blocks))


def as_grid(board: Board, name: str = "表1", raw: bool = False) -> Grid:
    cells: dict[tuple[int, int], Cell] = {}
    for box in board.boxes:
        text = box.text if raw or box.text is None else str(box.text)
        place = f"{name} 第{box.row + 1}行第{box.column + 1}格"
        cell = Cell(text, place, box.rows, box.columns)
        for row in range(box.row, box.row + box.rows):
            for column in range(box.column, box.column + box.columns):
                cells[row, column] = cell
    rows = [
        tuple(cells.get((row, column)) or Cell(None, name) for column in range(board.width))
        for row in range(board.height)
    ]
    return Grid(name, tuple(rows))


def as_html(parts: Sequence[Part], title: str = "", before: str = "") -> bytes:
    """A web page."""
    body = []
    for part in parts:
        if isinstance(part, str):
            body.append(f"<p>{html.escape(part)}</p>")
            continue
        rows = (
            "".join(
                f"<td rowspan={box.rows} colspan={box.columns}>{_shown(box.text, '&nbsp;')}</td>"
                for box in row
            )
            for row in part.rows()
        )
        body.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    page = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"</head><body>{before}{''.join(body)}</body></html>"
    )
    return page.encode()


def _shown(text: Value, blank: str = "") -> str:
    return blank if text is None else html.escape(str(text))


def as_docx(parts: Sequence[Part]) -> bytes:
    """A Word letter."""
    letter = Letter()
    for part in parts:
        if isinstance(part, str):
            letter.add_paragraph(part)
            continue
        table = letter.add_table(part.height, part.width, "Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for box in part.boxes:
            cell = grid[box.row][box.column]
            if box.rows * box.columns > 1:
                last = grid[box.row + box.rows - 1][box.column + box.columns - 1]
                cell = cell.merge(last)
            cell.text = "" if box.text is None else str(box.text)
    file = BytesIO()
    letter.save(file)
    return file.getvalue()


def as_xlsx(parts: Sequence[Part], sheets: bool = False) -> bytes:
    """A workbook: everything on one sheet, or a sheet for each table; numbers are numbers."""
    book = openpyxl.Workbook()
    sheet, down = book.active, 1
    for part in parts:
        if isinstance(part, str):
            sheet.cell(down, 1, part)
            down += 1
            continue
        for box in part.boxes:
            row, column = down + box.row, 1 + box.column
            sheet.cell(row, column, box.text)
            if box.rows * box.columns > 1:
                sheet.merge_cells(start_row=row, end_row=row + box.rows - 1, start_column=column,
                                  end_column=column + box.columns - 1)  # fmt: skip
        down += part.height + 1
        if sheets:
            sheet, down = book.create_sheet(), 1
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def as_dump(parts: Sequence[Part]) -> str:
    """Plain text as programs make it of a letter: a cell a line, merged cells once."""
    lines = []
    for part in parts:
        if isinstance(part, str):
            lines += [part, ""]
            continue
        for row in _counted(part):
            lines += [f"\t{_plain(text)}" for text in row]
            lines.append("")
        lines.append("")
    return "\n".join(lines)


def as_rows(parts: Sequence[Part], parted: str = "\t", edge: str = "") -> str:
    """Plain text with one row a line, merged cells once and blanks for the rest of them."""
    lines = []
    for part in parts:
        if isinstance(part, str):
            lines += [part, ""]
            continue
        for row in part.without_spans().rows():
            cells = parted.join(_plain(box.text).replace("\n", "") for box in row)
            lines.append(f"{edge}{cells}{edge}")
        lines.append("")
    return "\n".join(lines)


def _plain(text: Value) -> str:
    return "" if text is None else str(text).strip("\n")


def _counted(board: Board) -> list[list[Value]]:
    """Each row as counted out: a cell merged across once, one merged down leaves blanks."""
    lines: list[list[tuple[int, Value]]] = [[] for _ in range(board.height)]
    for box in board.boxes:
        for row in range(box.row, box.row + box.rows):
            lines[row].append((box.column, box.text if row == box.row else None))
    return [[text for _, text in sorted(line, key=lambda pair: pair[0])] for line in lines]

"""Where everything stands in our workbooks: the only place that knows addresses.

Rows and columns count from 0 inside the program; ``a1`` gives the name a person reads. The
statutory grid is derived from the declaration: nested labels become merged heads exactly as
printed, equal neighbours joined, a leaf stretched over the levels below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gouji.model import Block, EditRule, Form, Item, Line, Table
from gouji.wording import say

TITLE_ROW, INFO_ROW, TABLE_ROW = 0, 1, 2
#: Fields of the cover, one a row in column B, labels in column A.
COVER_FIELDS = ("unit", "code", "level", "year", "contact", "phone", "email", "send_to", "edition",
                "stamp")  # fmt: skip
COVER_FIRST_ROW = 3
COVER_VALUE_COLUMN = 1
#: Fields the respondent fills; the others are locked.
COVER_INPUTS = ("unit", "code", "level", "year", "contact", "phone", "email", "send_to")
#: Fields without which a cover is no cover of ours.
COVER_NEEDED = tuple(field for field in COVER_FIELDS if field != "send_to")
CHECK_FIRST_ROW = 5
NARRATIVE_FIRST_ROW = 2
NARRATIVE_HEIGHT = 12  #: rows merged for one narrative section
NARRATIVE_COLUMNS = 8


#: The district workbook's unit × item sheet: heads down to the row of item codes, then units.
MATRIX_LABEL_ROWS = (2, 3)  #: table title, item label
MATRIX_CODE_ROW = 4
MATRIX_FIRST_ROW = 5
MATRIX_FIELDS = ("counted", "unit", "code", "level", "status", "file", "sha256")
MATRIX_FIRST_COLUMN = len(MATRIX_FIELDS)  #: items follow in the order of ``form.items``


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, inclusive, counted from 0."""

    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def is_cell(self) -> bool:
        return self.row == self.last_row and self.column == self.last_column

    @property
    def a1(self) -> str:
        """Address of the top left cell, e.g. ``D6``."""
        return a1(self.row, self.column)

    @property
    def range(self) -> str:
        return self.a1 if self.is_cell else f"{self.a1}:{a1(self.last_row, self.last_column)}"

    def cells(self) -> Iterator[tuple[int, int]]:
        for row in range(self.row, self.last_row + 1):
            for column in range(self.column, self.last_column + 1):
                yield row, column


@dataclass(frozen=True, slots=True)
class Label:
    """A printed text; ``role`` is ``band``, ``corner``, ``head`` or ``row``."""

    area: Area
    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Helper:
    """A live helper cell outside the print area: last year's value or a rule's difference."""

    area: Area
    rule: str
    code: str  #: last year's item code, empty for a difference
    below: bool  #: under the table (one a column) or beside it (one a row)


@dataclass(frozen=True, slots=True)
class TableLayout:
    table: Table
    cells: Mapping[str, Area]  #: item code → its (possibly merged) cell
    labels: tuple[Label, ...]
    helpers: tuple[Helper, ...]
    last_row: int
    last_column: int
    first_data: tuple[int, int]  #: where to freeze panes
    head_rows: tuple[int, int]  #: rows repeated in print

    @property
    def sheet(self) -> str:
        return self.table.sheet


@dataclass(frozen=True, slots=True)
class FormLayout:
    form: Form
    tables: Mapping[str, TableLayout]
    sheet_of: Mapping[str, str]  #: item code → sheet name
    last_year: Mapping[str, tuple[str, Area]]  #: last year's code → sheet and cell
    differences: Mapping[str, tuple[str, Area]]  #: rule name → sheet and cell
    cover: Mapping[str, Area]
    narrative: Mapping[str, Area]
    check_rows: Mapping[str, int]  #: rule name → row of the check sheet

    def cell(self, code: str) -> Area:
        return self.tables[self.form.items[code].table].cells[code]

    def place(self, code: str) -> str:
        """What a message calls the cell of an item, or of a section by its key: ``三、申请!D6``."""
        if code not in self.sheet_of:
            return f"{self.form.narrative_sheet}!{self.narrative[code].a1}"
        return f"{self.sheet_of[code]}!{self.cell(code).a1}"

    @property
    def sheets(self) -> tuple[str, ...]:
        """Visible sheets in order."""
        middle = [layout.sheet for layout in self.tables.values()]
        narrative = [self.form.narrative_sheet] if self.narrative else []
        return (say("sheet.cover"), *middle, *narrative, say("sheet.check"))


def stamp_of(form: Form, district: bool = False) -> str:
    """What the cover says of itself: ``gouji/2021/1`` (form, edition, template version)."""
    return f"{'gouji-district' if district else 'gouji'}/{form.id}/{form.version}"


def around(areas: Iterable[Area]) -> Area:
    """The rectangle around all areas; there is at least one."""
    found = list(areas)
    return Area(
        min(area.row for area in found),
        min(area.column for area in found),
        max(area.last_row for area in found),
        max(area.last_column for area in found),
    )


def column_name(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def a1(row: int, column: int) -> str:
    return f"{column_name(column)}{row + 1}"


def reference(sheet: str, area: Area) -> str:
    """A formula's absolute reference to one cell: ``'三、申请'!$D$6``."""
    return f"'{sheet}'!${column_name(area.column)}${area.row + 1}"


_layouts: dict[int, FormLayout] = {}  # keyed by identity; the layout keeps its form alive


def layout_of(form: Form) -> FormLayout:
    """Where every item of the form stands; computed once for each form object."""
    if id(form) not in _layouts:
        _layouts[id(form)] = _build(form)
    return _layouts[id(form)]


def _build(form: Form) -> FormLayout:
    tables = {table.name: _table_layout(table, form) for table in form.tables}
    helpers = [(layout.sheet, helper) for layout in tables.values() for helper in layout.helpers]
    sections = [section for section in form.sections if not section.table]
    step = NARRATIVE_HEIGHT + 2
    return FormLayout(
        form=form,
        tables=tables,
        sheet_of={code: tables[item.table].sheet for code, item in form.items.items()},
        last_year={helper.code: (sheet, helper.area) for sheet, helper in helpers if helper.code},
        differences={
            helper.rule: (sheet, helper.area) for sheet, helper in helpers if not helper.code
        },
        cover={
            field: _cell(COVER_FIRST_ROW + index, COVER_VALUE_COLUMN)
            for index, field in enumerate(COVER_FIELDS)
        },
        narrative={
            section.key: Area(
                NARRATIVE_FIRST_ROW + index * step,
                0,
                NARRATIVE_FIRST_ROW + index * step + NARRATIVE_HEIGHT - 1,
                NARRATIVE_COLUMNS - 1,
            )
            for index, section in enumerate(sections)
        },
        check_rows={name: CHECK_FIRST_ROW + n for n, name in enumerate(check_names(form))},
    )


def check_names(form: Form) -> list[str]:
    """Rows of the check sheet: every rule, then the whole-form rules (table by table)."""
    names = [rule.name for rule in form.rules]
    for rule in form.form_rules.values():
        if rule.kind == "edition_year":
            names.append(rule.name)
        elif rule.kind in ("domain", "blank"):
            names += [f"{rule.name}.{table.name}" for table in form.tables]
    return names


def _cell(row: int, column: int) -> Area:
    return Area(row, column, row, column)


def _table_layout(table: Table, form: Form) -> TableLayout:
    depth = max(len(line.labels) for block in table.blocks for line in block.rows)
    width = max(len(block.columns) for block in table.blocks)
    cells: dict[str, Area] = {}
    labels: list[Label] = []
    row = TABLE_ROW
    first_data, head_rows = (TABLE_ROW, depth), (TABLE_ROW, TABLE_ROW)
    for block in table.blocks:
        start = row
        row = _place_block(table.name, block, row, depth, width, cells, labels)
        if block is table.blocks[0] and len(table.blocks) == 1:
            data = row - len(block.rows)
            first_data, head_rows = (data, depth), (start, data - 1)
    last_row, last_column = row - 1, depth + width - 1
    items = [item for item in form.items.values() if item.table == table.name]
    helpers = tuple(_helpers(table, form, cells, items, last_row, last_column))
    return TableLayout(
        table, cells, tuple(labels), helpers, last_row, last_column, first_data, head_rows
    )


def _place_block(
    table: str, block: Block, row: int, depth: int, width: int,
    cells: dict[str, Area], labels: list[Label],
) -> int:  # fmt: skip
    """Place one block from ``row`` down; returns the row behind it."""
    last = depth + width - 1
    if block.title:
        labels.append(Label(Area(row, 0, row, last), block.title, "band"))
        row += 1
    spans = _column_spans(len(block.columns), depth, last)
    levels = max(len(column.labels) for column in block.columns)
    for (top, first, bottom, end), text in _heads(block.columns, levels):
        area = Area(row + top, spans[first][0], row + bottom, spans[end][1])
        labels.append(Label(area, text, "head"))
    if depth:
        labels.append(Label(Area(row, 0, row + levels - 1, depth - 1), block.corner, "corner"))
    row += levels
    for (first_level, top, last_level, bottom), text in _heads(block.rows, depth):
        area = Area(row + top, first_level, row + bottom, last_level)
        labels.append(Label(area, text, "row"))
    for offset, line in enumerate(block.rows):
        for column, (left, right) in zip(block.columns, spans, strict=True):
            code = ".".join(filter(None, (table, line.path, column.path)))
            cells[code] = Area(row + offset, left, row + offset, right)
    return row + len(block.rows)


def _column_spans(count: int, first: int, last: int) -> list[tuple[int, int]]:
    """Grid columns of each printed column; the last one takes what is left, as printed."""
    spans = [(first + index, first + index) for index in range(count)]
    spans[-1] = (spans[-1][0], last)
    return spans


def _heads(lines: tuple[Line, ...], levels: int) -> Iterator[tuple[tuple[int, int, int, int], str]]:
    """Nested labels as areas (level, index, last level, last index): equal neighbours joined."""
    for level in range(levels):
        index = 0
        while index < len(lines):
            labels = lines[index].labels
            if level >= len(labels):
                index += 1
                continue
            end = index
            leaf = level == len(labels) - 1
            while not leaf and end + 1 < len(lines) and _joined(lines[end + 1], labels, level):
                end += 1
            yield (level, index, levels - 1 if leaf else level, end), labels[level]
            index = end + 1


def _joined(line: Line, labels: tuple[str, ...], level: int) -> bool:
    return len(line.labels) > level + 1 and line.labels[: level + 1] == labels[: level + 1]


def _helpers(
    table: Table, form: Form, cells: Mapping[str, Area], items: Iterable[Item],
    last_row: int, last_column: int,
) -> Iterator[Helper]:  # fmt: skip
    """Difference and last-year cells of the balances, under or beside the table."""
    own = {item.code for item in items}
    below, beside = last_row, last_column
    families: dict[str, list[EditRule]] = {}
    for rule in form.rules:
        if not rule.total and len(rule.terms) > 1 and set(rule.codes) <= own:
            families.setdefault(rule.family, []).append(rule)
    for rules in families.values():
        under = _apart([{cells[code].column for code in rule.codes} for rule in rules])
        across = _apart([{cells[code].row for code in rule.codes} for rule in rules])
        if not under and not across:
            continue  # neither in one column nor in one row: the check sheet alone shows it
        steps = 0
        for rule in rules:
            placed = list(_rule_helpers(rule, cells, below + 1, beside + 1, under))
            steps = max(steps, len(placed))
            yield from placed
        below, beside = (below + steps, beside) if under else (below, beside + steps)


def _apart(lines: list[set[int]]) -> bool:
    """True when every rule keeps to one row (column), and each to another one."""
    return all(len(line) == 1 for line in lines) and len(set.union(*lines)) == len(lines)


def _rule_helpers(
    rule: EditRule, cells: Mapping[str, Area], row: int, column: int, under: bool
) -> Iterator[Helper]:
    anchor = cells[rule.codes[0]]
    earlier = [term.code for term in rule.terms if term.last_year]
    for offset, code in enumerate([*earlier, ""]):
        spot = (row + offset, anchor.column) if under else (anchor.row, column + offset)
        yield Helper(_cell(*spot), rule.name, code, under)

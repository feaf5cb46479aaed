"""The form as it stands open in front of the clerk, read like any file: exact, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji import editions
from gouji.book_cells import Book, Sheet
from gouji.carry import counterparts
from gouji.cover import cover_places
from gouji.desk import Desk, Grid
from gouji.edits import Confrontation, confront
from gouji.filled import last_year_parts
from gouji.gate import Reason, refusal
from gouji.layout import Area, FormLayout, layout_of
from gouji.locating import locate, normal
from gouji.model import Finding, Form, Number, Severity, Status, Submission, Value, Verdict
from gouji.reading import read_book, table_sheets
from gouji.sheet_xml import Mark, Place
from gouji.wording import say

#: Rule of the finding that the cover names no unit; the command line calls it the same.
NO_UNIT = "T5"


@dataclass(frozen=True)
class LiveForm:
    """What is in the open form, and where on it."""

    layout: FormLayout
    submission: Submission
    spots: Mapping[str, tuple[str, Area]]  #: item code → sheet and cell as they are now
    cover: Mapping[str, tuple[str, Area]]  #: field of the cover → sheet and cell
    fields: Mapping[str, str]  #: field of the cover → its text
    last_year: Mapping[str, Number]  #: last year's numbers that stand on the form, by item code
    last_year_sheets: Mapping[str, str]  #: declared sheet name → the name it has now
    send_to: str  #: where the form says it is to be sent; empty when it does not say

    @property
    def form(self) -> Form:
        return self.layout.form

    def place(self, code: str) -> str:
        """``三、申请!D6``, where the item stands now; of a section's key where its text stands."""
        if code in self.layout.narrative:
            return self.layout.place(code)
        sheet, area = self.spots[code]
        return f"{sheet}!{area.a1}"

    def last_year_spot(self, code: str) -> tuple[str, Area]:
        """Sheet and cell of a last-year number."""
        sheet, area = self.layout.last_year[code]
        return self.last_year_sheets[sheet], area


class LiveBook(Book):
    """An open workbook's cells in the shape that reading expects; each sheet is read once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._names = desk.sheets()
        self._read: dict[str, Sheet] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    def sheet(self, name: str) -> Sheet:
        if name not in self._read:
            self._read[name] = as_sheet(name, self._desk.grid(name))
        return self._read[name]


def as_sheet(name: str, grid: Grid) -> Sheet:
    """A sheet's cells as the file readers give them: nothing is ``""``, formulas are marks."""
    rows = [[_raw(value) for value in row] for row in grid.values]
    marks: dict[Place, Mark] = {}
    for row, texts in enumerate(grid.formulas):
        for column, text in enumerate(texts):
            # A text that begins with “=” is its own formula text; a formula never shows itself.
            if text.startswith("=") and len(text) > 1 and text != rows[row][column]:
                marks[row, column] = Mark(formula=text)
    return Sheet(name, rows, marks)


def _raw(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    # Excel hands over cells in a currency format as decimals of four places.
    return float(value) if isinstance(value, Decimal) else value


def read_form(desk: Desk) -> LiveForm:
    """The open form. Raises Refused when it is no unit's form, or was altered beyond reading."""
    book = LiveBook(desk)
    stamp, sheets, _ = table_sheets(book)
    if stamp.district:
        raise refusal(Reason.OTHER_FORM)
    layout = layout_of(stamp.form)
    submission = read_book(book, desk.file)
    cover = book.sheet(stamp.sheet)
    places = cover_places(cover, stamp.form)
    located = {name: locate(sheet, layout.tables[name]) for name, sheet in sheets.items()}
    standing = {name: sheet for name, sheet in sheets.items() if not located[name].moved}
    return LiveForm(
        layout=layout,
        submission=submission,
        spots={
            code: (sheets[name].name, _moved(layout.cell(code), place))
            for name, each in located.items()
            for code, place in each.cells.items()
        },
        cover={field: (stamp.sheet, Area(*place, *place)) for field, place in places.items()},
        fields={field: cover.text(*place) for field, place in places.items()},
        last_year=_last_year(layout, standing),
        last_year_sheets={layout.tables[name].sheet: sheet.name for name, sheet in sheets.items()},
        send_to=_beside(cover, say("cover.send_to")),
    )


def _moved(area: Area, to: Place) -> Area:
    row, column = to
    down, across = area.last_row - area.row, area.last_column - area.column
    return Area(row, column, row + down, column + across)


def _last_year(layout: FormLayout, sheets: Mapping[str, Sheet]) -> dict[str, Number]:
    """Last year's numbers as they stand beside the tables; text there is no number."""
    by_sheet = {layout.tables[name].sheet: sheet for name, sheet in sheets.items()}
    found: dict[str, Number] = {}
    for code, (declared, area) in layout.last_year.items():
        sheet = by_sheet.get(declared)  # in a table with rows put in the cell is no longer there
        value = sheet.value(area.row, area.column) if sheet else None
        if isinstance(value, int | Decimal):
            found[code] = value
    return found


def _beside(sheet: Sheet, label: str) -> str:
    """The text to the right of a label, empty when the sheet has no such label."""
    for row, cells in enumerate(sheet.rows):
        for column, raw in enumerate(cells):
            if isinstance(raw, str) and normal(raw).rstrip(":") == normal(label):
                return sheet.text(row, column + 1)
    return ""


# ---------------------------------------------------------------------- the rules
def confront_live(live: LiveForm) -> Confrontation:
    """Every rule, the cross-year ones with the last-year numbers that stand on the form.

    Beside what must be mended stands what is probably wrong.
    """
    submission = replace(
        live.submission, structure=(*live.submission.structure, *_cover_findings(live))
    )
    earlier = _earlier(live)
    result = confront(live.form, submission, earlier, live.place)
    if result.verdict is not Verdict.ERRORS:
        return result
    from gouji.diagnosis import with_suspects  # not needed by a form that is right

    return with_suspects(live.form, submission, result, earlier, live.place)


def _cover_findings(live: LiveForm) -> list[Finding]:
    if live.submission.unit:
        return []
    sheet, area = live.cover["unit"]
    cells = (f"{sheet}!{area.a1}",)
    message = say("action.no_unit")
    return [Finding(NO_UNIT, Severity.SOFT, Status.FAILED, message, cells=cells)]


def _earlier(live: LiveForm) -> Submission | None:
    """The numbers of the last-year cells as the submission they came from.

    In the first year of an edition that was the edition before, whose meanings may differ. A cell
    that nobody filled is not 0: it is given as text, which decides no rule.
    """
    if not live.last_year:
        return None
    form, year = live.form, live.submission.year
    before = editions.for_year(year - 1, like=form) if year and not form.serves(year - 1) else None
    old = before if before and before.id in form.predecessors else form
    steps = counterparts(form, old)
    values: dict[str, Value] = dict.fromkeys(old.items, say("form_button.not_known"))
    for code, number in live.last_year.items():
        # Of several codes that were added up only their sum is known: it stands in the first.
        for place, old_code in enumerate(steps[code].codes):
            values[old_code] = 0 if place else number
    return Submission(live.submission.unit, year and year - 1, old.id, values)


# ---------------------------------------------------------------------- last year's own cells
def typed_last_year(layout: FormLayout) -> list[str]:
    """Codes whose last-year cell holds a number, not a sum of others."""
    return [code for code in layout.last_year if not last_year_parts(layout, code)]


def first_cell(live: LiveForm, finding: Finding) -> tuple[str, Area] | None:
    """Where a finding leads: its first input cell, else its first cell, else the cover."""
    codes = [code for code in finding.items if code in live.spots]
    inputs = [code for code in codes if code not in live.form.totals]
    if codes:
        return live.spots[(inputs or codes)[0]]
    if finding.cells:
        return cell_named(finding.cells[0])
    rule = live.form.form_rules.get(finding.rule)
    return live.cover["year"] if rule and rule.kind == "edition_year" else None


def cell_named(place: str) -> tuple[str, Area] | None:
    """``三、申请!D6`` → sheet and cell."""
    sheet, _, address = place.rpartition("!")
    letters = address.rstrip("0123456789")
    if not sheet or not letters.isascii() or not letters.isalpha() or letters == address:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    row = int(address[len(letters) :]) - 1
    return (sheet, Area(row, column - 1, row, column - 1))


def named(spot: tuple[str, Area]) -> str:
    """How a person calls a cell: ``三、申请!D6``."""
    return f"{spot[0]}!{spot[1].a1}"

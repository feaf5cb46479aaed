"""What is published: every item of every counted unit, and the sums.

Nothing of a person goes in: no contact, no address, no file name, no text typed into a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gouji import editions
from gouji.district_plan import clean
from gouji.domain import Cells, read_cells
from gouji.hygiene import Kindness
from gouji.model import Form, Number, Submission
from gouji.rollup import Entry, RollUp, Standing
from gouji.rollup_sums import Proof, exact_totals, proved, tidy


class Reported(StrEnum):
    """How a number was reported. Only where it says so is ``value`` null; null adds nothing."""

    REPORTED = "reported"  #: typed as this number
    READ = "read"  #: typed as text that plainly says this number
    DERIVED = "derived"  #: a total that follows its parts where the form itself could not
    BLANK = "blank"  #: null: blank, or a sign for “nothing”
    UNREADABLE = "unreadable"  #: null: text in which no number could be found


@dataclass(frozen=True, slots=True)
class Figure:
    code: str
    value: Number | None
    status: Reported


@dataclass(frozen=True, slots=True)
class UnitData:
    """One unit with every item of the form, in its order. ``let_in``: counts by decision."""

    name: str
    code: str
    level: str
    sha256: str
    let_in: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One year of one district, or of one unit (``district`` is then empty).

    ``missing`` are names of units that did not report, ``left_out`` names and standings of those
    whose files do not count.
    """

    form: Form
    year: int
    district: str
    level: str
    units: tuple[UnitData, ...]
    totals: dict[str, Number]
    proof: Proof
    missing: tuple[str, ...] = ()
    left_out: tuple[tuple[str, Standing], ...] = ()


def of_rollup(rollup: RollUp) -> Dataset:
    """The counted units in the roster's order."""
    form = editions.load(rollup.edition)
    listed = rollup.roster.units if rollup.roster else ()
    order = {unit.name.strip(): n for n, unit in enumerate(listed)}
    entries = sorted(rollup.counted, key=lambda e: (order.get(e.unit, len(order)), e.unit))
    return Dataset(
        form, rollup.year, clean(rollup.district), rollup.level,
        tuple(_of_entry(form, entry, rollup) for entry in entries), dict(rollup.totals),
        rollup.proof, tuple(clean(unit.name) for unit in rollup.missing),
        tuple(_left_out(rollup)),
    )  # fmt: skip


def of_submission(submission: Submission, year: int) -> Dataset:
    """A district workbook with its units, or one unit's own form."""
    form = editions.load(submission.edition)
    parts = submission.children or (submission,)
    totals = exact_totals(form, parts)
    return Dataset(
        form, year, clean(submission.unit) if submission.children else "", submission.level,
        tuple(_unit(form, part, part.unit) for part in parts), totals,
        proved(form, parts, totals),
    )  # fmt: skip


def figures_of(form: Form, submission: Submission) -> Iterator[Figure]:
    """Every item as it counts in the sums."""
    cells = read_cells(form, submission)
    for code in form.items:
        status = _status(code, submission, cells)
        null = status in (Reported.BLANK, Reported.UNREADABLE)
        yield Figure(code, None if null else tidy(cells.numbers[code]), status)


def _status(code: str, submission: Submission, cells: Cells) -> Reported:
    typed, number = submission.values.get(code), cells.numbers.get(code)
    if code in cells.odd:
        unread = number is None or cells.odd[code].kind is Kindness.UNREADABLE
        return Reported.UNREADABLE if unread else Reported.READ
    if code in cells.blanks:
        # A blank total beside filled parts counts as their sum.
        return Reported.DERIVED if number else Reported.BLANK
    return Reported.REPORTED if number == typed else Reported.DERIVED


def _of_entry(form: Form, entry: Entry, rollup: RollUp) -> UnitData:
    known = rollup.roster.find(entry.unit) if rollup.roster else None
    unit = _unit(form, entry.submission, entry.unit, entry.standing is Standing.LET_IN)
    if known is None:
        return unit
    return UnitData(unit.name, known.code or unit.code, known.level or unit.level, unit.sha256,
                    unit.let_in, unit.figures)  # fmt: skip


def _unit(form: Form, submission: Submission, name: str, let_in: bool = False) -> UnitData:
    return UnitData(
        clean(name), clean(submission.code), submission.level, submission.sha256, let_in,
        tuple(figures_of(form, submission)),
    )  # fmt: skip


def _left_out(rollup: RollUp) -> Iterator[tuple[str, Standing]]:
    """Each unit once of which a file came and none counts."""
    counted = {entry.unit for entry in rollup.counted}
    found: dict[str, Standing] = {}
    for entry in rollup.entries:
        if entry.unit and entry.unit not in counted and not _strange(entry):
            found.setdefault(clean(entry.unit), entry.standing)
    yield from found.items()


def _strange(entry: Entry) -> bool:
    """Its unit's name is only what the file says of itself."""
    return entry.standing in (Standing.UNKNOWN, Standing.NO_UNIT)

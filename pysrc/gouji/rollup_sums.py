"""The sums of a district, twice: exactly by column, and again from the tidy long table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from typing import TYPE_CHECKING

from gouji.domain import read_cells
from gouji.hygiene import Kindness, interpret
from gouji.model import Form, Number, Submission

if TYPE_CHECKING:
    from pandas import DataFrame

# Wide enough for every sum of spreadsheet numbers; a rounded sum would raise, not pass.
_EXACT = Context(prec=400, traps=[Inexact])
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class UnreadCell:
    """A cell that adds nothing because no number could be found in its text."""

    unit: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An item whose two sums do not agree."""

    code: str
    first: Number
    second: Number


@dataclass(frozen=True, slots=True)
class Proof:
    """How many cells were summed a second, independent way, and where the two ways differ."""

    cells: int
    differences: tuple[Difference, ...] = ()

    @property
    def agree(self) -> int:
        return self.cells - len(self.differences)


def figures(form: Form, submission: Submission) -> Iterator[tuple[str, Number]]:
    """Code and number of every cell that adds something; blanks, zeros and bare text do not."""
    for code, number in read_cells(form, submission).numbers.items():
        if number:
            yield code, number


def unread_cells(form: Form, submissions: Iterable[tuple[str, Submission]]) -> Iterator[UnreadCell]:
    for unit, submission in submissions:
        for code, value in submission.values.items():
            if isinstance(value, str):
                meaning = interpret(value, form.items[code])
                if meaning.kind is Kindness.UNREADABLE:
                    yield UnreadCell(unit, code, value)


def fingerprint(form: Form, submission: Submission) -> frozenset[tuple[str, Number | str]]:
    """What two submissions have in common when they add the same and say the same."""
    unread = ((cell.code, cell.text.strip()) for cell in unread_cells(form, [("", submission)]))
    return frozenset([*figures(form, submission), *unread])


def exact_totals(form: Form, submissions: Iterable[Submission]) -> dict[str, Number]:
    """Every item's sum over the submissions; 0 where nothing was reported."""
    totals: dict[str, Number] = dict.fromkeys(form.items, 0)
    with localcontext(_EXACT):
        for submission in submissions:
            for code, number in figures(form, submission):
                totals[code] += number
        return {code: tidy(number) for code, number in totals.items()}


def tidy(number: Number) -> Number:
    """The same number in its shortest form: 12 for 12.00, 0.5 for 0.50."""
    if isinstance(number, int):
        return number
    if number == number.to_integral_value():
        return int(number)
    with localcontext(_EXACT):
        return number.normalize()


# ------------------------------------------------------------------ the second way
def long_table(form: Form, submissions: Sequence[Submission]) -> DataFrame:
    """The tidy long table: one row for each cell that adds something.

    Columns ``row`` (position in ``submissions``), ``code`` and ``value`` (int or Decimal, exact).
    """
    import pandas as pd  # slow to import: only where the table is wanted

    cells = [
        (row, code, number)
        for row, submission in enumerate(submissions)
        for code, number in figures(form, submission)
    ]
    rows, codes, values = zip(*cells, strict=True) if cells else ((), (), ())
    return pd.DataFrame(
        {
            "row": pd.Series(rows, dtype="int64"),
            "code": pd.Series(codes, dtype="object"),
            "value": pd.Series(values, dtype="object"),
        }
    )


def proved(form: Form, submissions: Sequence[Submission], totals: dict[str, Number]) -> Proof:
    """Sum the long table by item code with pandas and compare every cell with ``totals``."""
    second = long_sums(long_table(form, submissions))
    differences = tuple(
        Difference(code, number, second.get(code, 0))
        for code, number in totals.items()
        if number != second.get(code, 0)
    )
    return Proof(len(form.items), differences)


def long_sums(table: DataFrame) -> dict[str, Number]:
    """Exact sums of a long table by item code: as scaled integers, 64 bits wide where they fit."""
    import pandas as pd

    values = table["value"].tolist()
    places = max((places_of(value) for value in values), default=0)
    scaled = [_scaled(value, places) for value in values]
    kind = "int64" if sum(map(abs, scaled)) < _INT64 else "object"
    numbers = pd.Series(scaled, index=table["code"], dtype=kind)
    sums = numbers.groupby(level=0, sort=False).sum()
    with localcontext(_EXACT):
        return {
            str(code): tidy(Decimal(int(number)).scaleb(-places)) if places else int(number)
            for code, number in sums.items()
        }


def places_of(value: Number) -> int:
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _scaled(value: Number, places: int) -> int:
    if isinstance(value, int):
        return value * int(10**places)
    with localcontext(_EXACT):
        return int(value.scaleb(places))

"""A small made-up department in the foreign edition, and the golden folder of its open data.

Run as a program it writes the golden folder anew (``make update-golden``).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from gouji import editions
from gouji.edits import confront_all
from gouji.model import Form, Submission, Unit, Value
from gouji.open_data import Dataset, of_rollup
from gouji.open_data.write import contents
from gouji.rollup import RollUp, roll_up
from gouji.roster import Roster

GOLDEN = Path(__file__).parent / "data" / "open_data"
EDITIONS = Path(__file__).parent / "editions"
#: What must never be published: of the roster, of a file's name, of a cell.
PERSONAL = ("Ms Whitby", "whitby@example.org", "555-0123", "call Mr Cole")


def rolled(form: Form, submissions: list[Submission], units: tuple[Unit, ...] = ()) -> RollUp:
    """The roll-up of submissions as ``gouji compile`` makes it, everybody let in."""
    return roll_up(
        form, submissions, confront_all(form, submissions, [None] * len(submissions)),
        roster=Roster(units) if units else None, let_in=[each.unit for each in submissions],
        district="Department of the Coast", year=submissions[0].year or 0, level="city",
    )  # fmt: skip


def golden_rollup() -> RollUp:
    """Two agencies: amounts, a blank, a slash, text that says a number, text that says none."""
    from builders import as_submission, close

    form = editions.load("foia")
    typed = close(form, {
        "requests.headquarters.received": 12, "dispositions.headquarters.granted": 9,
        "costs.processing": Decimal("1000.10"), "costs.litigation": Decimal("0.2"),
    })  # fmt: skip
    odd: dict[str, Value] = dict(typed) | {
        "requests.field.received": None, "requests.field.processed": "/", "costs.staff": "２.５",
        "dispositions.field.granted": "555-0123 call Mr Cole",
    }  # fmt: skip
    sheets = [
        as_submission(form, "Bureau of Tides", typed, year=2024),
        as_submission(form, "=Office of Maps", odd, year=2024, level="", file="Ms Whitby.xlsx"),
    ]
    units = (
        Unit("=Office of Maps", "M", "department", email="whitby@example.org", contact="Ms Whitby"),
        Unit("Bureau of Tides", "T", "department"),
        Unit("Lighthouse Service", "L", "department"),
    )
    return rolled(form, [replace(sheet, code="") for sheet in sheets], units)


def golden() -> Dataset:
    return of_rollup(golden_rollup())


def main() -> None:
    editions.register(EDITIONS)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, content in contents(golden()).items():
        (GOLDEN / name).write_bytes(content)
        print(GOLDEN / name)


if __name__ == "__main__":
    main()

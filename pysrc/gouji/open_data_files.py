"""The use case opendata: from one file, several, or a round, to the folder that is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from gouji.actions import Progress, confront_read, read_one
from gouji.compiling import compile_files
from gouji.model import Finding, Severity, Status
from gouji.open_data import Dataset, Written, of_rollup, of_submission, write_open_data
from gouji.rollup import RollUp
from gouji.round import Round
from gouji.round_compiling import roll_round
from gouji.unusable import UnusableCall
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Published:
    """What was written, and what should be settled before it is published.

    ``altered`` are the items in which the round's district workbook ``book`` differs; ``findings``
    the hard rules that the sums, or a single file, fail.
    """

    data: Dataset
    written: Written
    findings: tuple[Finding, ...] = ()
    complete: bool = True  #: nobody is missing or left out
    book: Path | None = None
    altered: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        return self.complete and not self.findings and not self.altered


def publish_files(
    files: Sequence[Path], folder: Path, *, roster: Path | None = None,
    let_in: Collection[str] = (), district: str = "", year: int | None = None, level: str = "",
    progress: Progress | None = None,
) -> Published:  # fmt: skip
    """One file as it is, a unit's form or a district workbook; several are rolled up first.

    Raises UnusableCall, RosterError, OSError.
    """
    if len(files) == 1 and not (roster or let_in or district or level):
        return _publish_one(files[0], folder, year)
    rolled = compile_files(
        files, roster=roster, let_in=let_in, district=district, year=year, level=level,
        progress=progress,
    )  # fmt: skip
    return _publish(rolled, folder)


def publish_round(
    round_: Round, folder: Path | None, progress: Progress | None = None
) -> Published:
    """What the round's roll-up counts now, beside its district workbook if there is one.

    Raises UnusableCall, RosterError, RoundError, OSError.
    """
    rolled = roll_round(round_, progress=progress)
    book = round_.book if round_.book.is_file() else None
    altered: tuple[str, ...] = ()
    if book:
        shown = read_one(book).values
        altered = tuple(code for code, total in rolled.totals.items() if shown.get(code) != total)
    target = folder or round_.output / say("cli.opendata.folder")
    return _publish(rolled, target, book, altered)


def _publish_one(file: Path, folder: Path, year: int | None) -> Published:
    submission = read_one(file)
    year = year or submission.year
    if year is None:
        raise UnusableCall(say("action.no_year"))
    data = of_submission(submission, year)
    hard = _hard(confront_read(submission, None, None).findings)
    return Published(data, write_open_data(data, folder), hard)


def _publish(
    rolled: RollUp, folder: Path, book: Path | None = None, altered: tuple[str, ...] = ()
) -> Published:
    data = of_rollup(rolled)
    hard = _hard(rolled.own.findings) if rolled.own else ()
    written = write_open_data(data, folder)
    return Published(data, written, hard, rolled.complete, book, altered)


def _hard(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.HARD and finding.status is Status.FAILED
    )

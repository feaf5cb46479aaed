"""The use case report: from a file or a round to a written report, the former one kept aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from gouji import editions
from gouji.actions import LastYear, confront_read, read_last_year, read_one
from gouji.gate import Refused
from gouji.model import Severity, Status, Submission
from gouji.report_word.keeping import Kept, NotThisReport, kept
from gouji.reporting.checking import Written
from gouji.reporting.content import AnnualReport, report_of
from gouji.roster import normalised
from gouji.roster_file import read_roster
from gouji.round import Round, copy_file, replace_file, safe_name
from gouji.round_last_year import last_year_of
from gouji.unusable import UnusableCall
from gouji.wording import say

WORD = ".docx"
#: Ending → the package whose ``written(report)`` makes such a file.
WRITERS = {
    WORD: "gouji.report_word",
    ".html": "gouji.report_web",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be reported: values and text of a unit or district, last year's if known."""

    submission: Submission
    earlier: Submission | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A written report. ``former`` is where the one before it is kept, None when there was none
    or nothing has changed. ``drafted`` and ``asked`` are titles of sections to be looked at."""

    file: Path
    report: AnnualReport
    outcome: str  #: ``written``, ``renewed``, ``current``
    former: Path | None
    drafted: tuple[str, ...]
    asked: tuple[str, ...]
    kept: tuple[str, ...]
    queries: tuple[str, ...]
    notes: tuple[str, ...]


# ---------------------------------------------------------------------- what to report
def order_of_file(file: Path, unit: str = "", last_year: Path | None = None) -> Order:
    """A filled form, a district workbook or any other report. Raises UnusableCall."""
    whole = read_one(file)
    submission = _one_of(whole, whole.children, unit, file) if unit else whole
    last = read_last_year(last_year)
    if last:
        last.refuse_wrong_year(submission.year)
    return _order(submission, last, [])


def order_of_round(round_: Round, unit: str = "", last_year: Path | None = None) -> Order:
    """The district's report from its workbook, or a unit's. Raises UnusableCall, RosterError."""
    if not round_.book.is_file():
        raise UnusableCall(say("report.no_book", folder=round_.folder))
    whole = read_one(round_.book)
    roster = read_roster(round_.roster_file)
    last, notes = (read_last_year(last_year), ()) if last_year else last_year_of(round_, roster)
    told = [say("survey.note", note=note) for note in notes]
    if not unit:
        units = len(roster.units)
        if len(whole.children) < units:
            told.append(say("report.not_all", counted=len(whole.children), units=units))
        return _order(whole, last, told)
    match = roster.match(unit)
    name = match.unit.name if match.unit else unit
    return _order(_with_text(round_, _one_of(whole, whole.children, name, round_.book)), last, told)


def _one_of(whole: Submission, units: Sequence[Submission], name: str, file: Path) -> Submission:
    for each in (whole, *units):
        if normalised(each.unit) == normalised(name):
            return each
    raise UnusableCall(say("report.no_unit", unit=name, file=file.name))


def _with_text(round_: Round, unit: Submission) -> Submission:
    """The unit of a district workbook with the narrative of the file it came from."""
    from gouji.round_files import files_of

    files = files_of(round_).submissions
    found = (each.narrative for each in files if each.sha256 == unit.sha256)
    return replace(unit, narrative=next(found, {}))


def _order(submission: Submission, last: LastYear | None, notes: list[str]) -> Order:
    if submission.year is None:
        raise UnusableCall(say("report.undated", unit=submission.unit))
    if not submission.unit.strip():
        raise UnusableCall(say("report.unnamed"))
    found = confront_read(submission, None, None).findings
    wrong = sum(f.severity is Severity.HARD and f.status is Status.FAILED for f in found)
    if wrong:
        notes.append(say("report.wrong", n=wrong))
    return Order(submission, last.of(submission) if last else None, tuple(notes))


# ---------------------------------------------------------------------- making it
def make_for_round(round_: Round) -> list[Made]:
    """The district's report in every format there is, in the round's output folder.

    Raises UnusableCall, RosterError, OSError.
    """
    order = order_of_round(round_)
    name = report_name(order.submission.unit, order.submission.year, "")
    return [make(order, round_.output / f"{name}{suffix}") for suffix in WRITERS]


def report_name(unit: str, year: int | None, suffix: str = WORD) -> str:
    """File name of a report, without an ending when ``suffix`` is empty."""
    return say("report.file", unit=safe_name(unit), year=year) + suffix


def make(order: Order, output: Path, signature: str = "") -> Made:
    """Write the report, checked against the workbook; what a person wrote in the former one stays.

    A page takes the text of the Word report beside it. Raises UnusableCall, OSError; WrongReport
    when the written report says something else than the workbook, then nothing is written.
    """
    suffix = output.suffix.lower()
    if suffix not in WRITERS:
        known = say("message.joint").join(WRITERS)
        raise UnusableCall(say("report.suffix", file=output.name, known=known))
    form = editions.load(order.submission.edition)
    report = report_of(order.submission, form, earlier=order.earlier, published=signature)
    text = _kept(report, output.with_suffix(WORD) if suffix != WORD else output)
    written: Written = import_module(WRITERS[suffix]).written(text.report)
    outcome, former = _put(output, written.data)
    sections = text.report.sections
    return Made(
        output, text.report, outcome, former,
        drafted=tuple(s.title for s in sections if s.drafted),
        asked=tuple(s.title for s in sections if s.asked),
        kept=text.sections, queries=text.queries,
        notes=(*order.notes, *written.notes, *text.notes),
    )  # fmt: skip


def _kept(report: AnnualReport, former: Path) -> Kept:
    if not former.is_file():
        return Kept(report)
    try:
        return kept(report, former)
    except NotThisReport as other:
        raise UnusableCall(say("report.other_report", file=former.name, other=other)) from other
    except Refused as refused:
        raise UnusableCall(say("report.former", file=former.name, why=refused)) from refused


def _put(output: Path, data: bytes) -> tuple[str, Path | None]:
    """Write the file; one that is there and differs gets a number of its own first."""
    if not output.exists():
        replace_file(output, data)
        return "written", None
    if output.read_bytes() == data:
        return "current", None
    number = 1
    while (former := _older(output, number)).exists():
        number += 1
    copy_file(output, former)
    replace_file(output, data)
    return "renewed", former


def _older(output: Path, number: int) -> Path:
    return output.with_name(say("report.older", name=output.stem, n=number) + output.suffix)


def told(made: Made) -> Iterator[str]:
    """What a person must know about a written report."""
    yield say(f"report.done.{made.outcome}", title=made.report.title, file=made.file)
    if made.former:
        yield say("report.former_kept", file=made.former.name)
    for kind, sections in (("drafted", made.drafted), ("to_write", made.asked),
                           ("kept", made.kept)):  # fmt: skip
        if sections:
            yield say(f"report.told.{kind}", sections=say("message.joint").join(sections))
    yield from (say("report.told.query", text=text) for text in made.queries)
    yield from (say("report.told.note", text=text) for text in made.notes)

"""A written report read back by our own intake and compared with the workbook it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from gouji.formula import evaluate
from gouji.gate import Content
from gouji.hygiene import interpret
from gouji.model import Number, Value
from gouji.reading import read_content
from gouji.reporting.content import AnnualReport, shown
from gouji.reporting.draft import last_year_of


class WrongReport(RuntimeError):
    """A report says something else than the workbook: a fault of ours, nothing was written."""


@dataclass(frozen=True, slots=True)
class Written:
    """A report as a file, and what a person must know about it."""

    data: bytes
    notes: tuple[str, ...] = ()

    def checked(self, differences: Sequence[str]) -> Written:
        """The same when there is no difference. Raises WrongReport."""
        if differences:
            raise WrongReport("; ".join(differences[:10]))
        return self


def content_of(data: bytes) -> Content:
    return Content("report", data, hashlib.sha256(data).hexdigest())


def wrong_values(report: AnnualReport, data: bytes) -> list[str]:
    """Cells of a written report in which our intake finds another value. Raises Refused."""
    read = read_content(content_of(data))
    if read.edition != report.form.id:
        return [f"edition {read.edition} for {report.form.id}"]
    return [
        f"{code}: {read.values.get(code)!r} for {value!r}"
        for code, value in report.values.items()
        if not _same(report, code, read.values.get(code), value)
    ]


def _same(report: AnnualReport, code: str, found: Value, due: Value) -> bool:
    """Equal as printed; text that means a number may be read as the number."""
    if _bare(found) == _bare(due):
        return True
    item = report.form.items[code]
    meant = interpret(due, item).number
    return meant is not None and interpret(found, item).number == meant


def _bare(value: Value) -> str:
    """What a reader sees: spaces and control characters apart."""
    return "".join(mark for mark in shown(value) if mark.isprintable() and not mark.isspace())


def figure_value(report: AnnualReport, figure: str, *, change: bool = False) -> Number | None:
    """What a figure of the edition's draft is now, or how far it is from last year's; None when
    the edition has no such figure or a number is not known."""
    draft = report.form.draft
    if draft is None or figure not in draft.figures:
        return None
    terms = draft.figures[figure].terms
    value = evaluate(terms, report.numbers, report.earlier)
    if value is None or not change:
        return value
    before = evaluate(last_year_of(terms), {}, report.earlier)
    return None if before is None else max(value - before, before - value)

"""Reports for tests, and a Word document looked at by python-docx alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

import builders
from gouji import editions
from gouji.model import Form, Submission, Value
from gouji.report_word import written
from gouji.reporting.content import AnnualReport, report_of
from gouji.values_json import read_values

DATA = Path(__file__).parent / "data"
OLD, NEW, FOREIGN = (editions.load(name) for name in ("2019", "2021", "foia"))
EDITIONS = (OLD, NEW, FOREIGN)
YEARS = {"2019": 2020, "2021": 2025, "foia": 2024}
SIGNED = "云澜区人民政府\n2026年3月20日"


def submitted(form: Form, values: dict[str, Value], **more: object) -> Submission:
    """What 云澜区 reports: these values, zeros elsewhere."""
    whole = dict.fromkeys(form.items, 0) | values
    return builders.as_submission(form, "云澜区", whole, year=YEARS[form.id], **more)


def numbered(form: Form) -> Submission:
    """A different number in every cell, so that none can be taken for another."""
    values: dict[str, Value] = {code: at for at, code in enumerate(form.items, 101)}
    return submitted(form, values)


def county() -> Submission:
    """A county's published year, its name as a unit writes it."""
    found = read_values(DATA / "reports" / "08.json")
    return replace(found, unit="沭阳县", narrative={})


def before(now: Submission) -> Submission:
    """The year before: a tenth less of everything."""
    values = {code: value - value // 10 if isinstance(value, int) else value
              for code, value in now.values.items()}  # fmt: skip
    return replace(now, year=(now.year or 0) - 1, values=values)


def report(now: Submission, **options: Any) -> AnnualReport:
    return report_of(now, editions.load(now.edition), **options)


def word(now: Submission, **options: Any) -> bytes:
    return written(report(now, **options)).data


def opened(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def rows_of(document: Any) -> Iterator[list[str]]:
    """Every row of every table as the file has it: merged to the right once, below blank."""
    for row in document.element.body.iter(qn("w:tr")):
        yield ["".join(text.text or "" for text in cell.iter(qn("w:t")))
               for cell in row.iter(qn("w:tc"))]  # fmt: skip

"""Annual reports for tests of the web page, of every edition, and pages written of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

from builders import sparse_submission
from gouji import editions
from gouji.model import Form, Submission, Value
from gouji.report_web import written
from gouji.reporting.content import AnnualReport, report_of

FORMS = [editions.load(name) for name in ("2019", "2021", "foia")]
TEXT = "主动公开方面，全年公开信息 12 条。\n依申请公开方面，均按时办结。"
NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&“” \" ' <!-- ]]> {{ 7*7 }}"


def filled(form: Form, unit: str = "云澜区", **fields: object) -> Submission:
    """A balanced submission with a few busy cells and text in every narrative section; with
    ``values`` those instead."""
    texts = {section.key: TEXT for section in form.sections if not section.table}
    one = sparse_submission(form, unit, Random(11), level="district")
    return replace(one, **({"narrative": texts} | fields))  # type: ignore[arg-type]


def report(form: Form, **fields: object) -> AnnualReport:
    """The report of ``filled``, last year known, its pictures drawn."""
    earlier = sparse_submission(form, "云澜区", Random(5), year=form.first_year - 1)
    return report_of(filled(form, **fields), form, earlier=earlier, published="2026年1月20日")


def drafted(form: Form) -> AnnualReport:
    """A report nobody has written text for: drafts and places to fill."""
    return report(form, narrative={})


def hostile(form: Form) -> AnnualReport:
    """Markup in the unit's name, the text and two cells."""
    one = filled(form, unit=f"乙局{NASTY}", narrative={
        section.key: f"{NASTY}\n{NASTY}" for section in form.sections if not section.table
    })  # fmt: skip
    first, *_, last = form.items
    values: dict[str, Value] = dict(one.values) | {first: NASTY, last: "</td><b>7"}
    one = replace(one, values=values)
    return report_of(one, form, published=NASTY)


def write_page(folder: Path, made: AnnualReport, name: str = "page.html") -> Path:
    path = folder / name
    path.write_bytes(written(made).data)
    return path

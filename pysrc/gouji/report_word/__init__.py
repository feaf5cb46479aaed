"""The annual report as a Word document, and what a coordinator has made of it read back."""

from __future__ import annotations

from gouji.report_word.document import report_bytes
from gouji.report_word.marks import wrong_figures
from gouji.reporting.checking import Written, wrong_values
from gouji.reporting.content import AnnualReport
from gouji.reporting.pictures import drawn

__all__ = ["written"]


def written(report: AnnualReport) -> Written:
    """The report as a .docx file, read back and compared. Raises WrongReport, a fault of ours."""
    pictures, notes = drawn(report)
    data = report_bytes(report, pictures)
    return Written(data, notes).checked([*wrong_values(report, data), *wrong_figures(report, data)])

"""The annual report as one web page: semantic tables, no script, its numbers as data inside."""

from __future__ import annotations

from gouji.page_data import RULE, unread_sections
from gouji.reading import read_content
from gouji.report_web.page import page_bytes
from gouji.reporting.checking import Written, content_of, wrong_values
from gouji.reporting.content import AnnualReport

__all__ = ["page_bytes", "written"]


def written(report: AnnualReport) -> Written:
    """The report as an .html file, read back and compared. Raises WrongReport, a fault of ours.

    Text that our intake takes for something else (a line that is a section's title) is not among
    the data, lest every later reading of the page told of a difference that is none.
    """
    data = page_bytes(report)
    if unread := unread_sections(report, read_content(content_of(data))):
        data = page_bytes(report, unread)
    read = read_content(content_of(data))
    own = [found.message for found in read.structure if found.rule == RULE]
    return Written(data).checked([*wrong_values(report, data), *own])

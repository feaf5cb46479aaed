"""The annual report as one web page: semantic tables, no script, its numbers as data inside."""

from gouji.report_web.page import page_bytes

__all__ = ["page_bytes"]

"""An annual report → one HTML file that needs nothing else: no script, no font, no request."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from gouji.documents.html import DATA_ID
from gouji.page_data import block
from gouji.plain_text import without_controls
from gouji.printed import PrintedTable
from gouji.report_web.chart import Chart, web_chart
from gouji.report_web.grid import WebTable, web_table
from gouji.reporting.content import AnnualReport, Block, Paragraph, Section
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class WebSection:
    id: str
    title: str
    blocks: tuple[tuple[str, Paragraph | WebTable | Chart], ...]  #: kind and block


def page_bytes(report: AnnualReport, without: Collection[str] = ()) -> bytes:
    """The page in UTF-8; the same report gives the same bytes. ``without`` as in ``block``."""
    sections = [_section(report, at, each) for at, each in enumerate(report.sections, 1)]
    style = _style(sections)
    text = _template().render(
        report=report, sections=sections, say=say, notices=list(_notices(report)),
        style=Markup(style), policy=_policy(style), data=Markup(block(report, without)),
        data_id=DATA_ID,
    )  # fmt: skip
    return text.encode("utf-8", "replace")


def _section(report: AnnualReport, at: int, section: Section) -> WebSection:
    blocks = (_block(report, each, f"s{at}-{n}") for n, each in enumerate(section.blocks, 1))
    return WebSection(f"s{at}", section.title, tuple(blocks))


def _block(report: AnnualReport, each: Block, id: str) -> tuple[str, Paragraph | WebTable | Chart]:
    if isinstance(each, Paragraph):
        return "paragraph", each
    if isinstance(each, PrintedTable):
        year = say("page.no_year") if report.year is None else str(report.year)
        return "table", web_table(each, say("page.caption", title=each.title, year=year), id)
    return "chart", web_chart(each, id)


def _notices(report: AnnualReport) -> Iterator[str]:
    """What has to be done before the page is published."""
    for key in ("drafted", "asked"):
        titles = [section.title for section in report.sections if getattr(section, key)]
        if titles:
            yield say(f"page.{key}", titles=say("message.joint").join(titles))


def _style(sections: Iterable[WebSection]) -> str:
    """The style sheet with its one sentence, and how wide the columns of each table are."""
    hint = say("page.scroll").replace("\\", "").replace('"', "")
    widths = "".join(
        f"#{block.id} .number {{ width: {block.share}; }}\n"
        for section in sections
        for _, block in section.blocks
        if isinstance(block, WebTable)
    )
    return _resource("page.css").replace("SCROLL-HINT", hint).replace("/* WIDTHS */\n", widths)


def _policy(style: str) -> str:
    """Content security: nothing is loaded, nothing runs, only this style sheet counts."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def _template() -> Template:
    environment: Any = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, finalize=_fit,
    )  # fmt: skip
    template: Template = environment.from_string(_resource("page.html"))
    return template


def _fit(value: Any) -> Any:
    """Text without characters that no page may hold."""
    return without_controls(value) if type(value) is str else value


def _resource(name: str) -> str:
    return files("gouji").joinpath("report_web", name).read_text(encoding="utf-8")

"""Real reports in the layouts people use: every one is read back to the same values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from gouji import editions
from gouji.documents.model import Document
from gouji.documents.read import read_document
from gouji.documents.text import read_text
from gouji.gate import Content
from gouji.model import Form, Submission, Value
from gouji.recognising import recognise
from layouts import (
    Part,
    as_document,
    as_docx,
    as_dump,
    as_html,
    as_rows,
    as_xlsx,
    boards,
    flat_boards,
    report,
    stacked,
)

DATA = Path(__file__).parent / "data"
REPORTS = sorted((DATA / "reports").glob("*.json"))
NARRATIVE = "本年主动公开信息 5 条。\n均已按时公开。"


def load(path: Path) -> tuple[Form, dict[str, Value], str, int]:
    """Form, values (None where the report was not seen), unit and year of a real report."""
    data = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    form = editions.load(data["edition"])
    values: dict[str, Value] = dict.fromkeys(form.items)
    return form, values | data["values"], data["unit"], data["year"] or form.first_year


def content(data: bytes) -> Content:
    return Content("报告", data, hashlib.sha256(data).hexdigest())


def read(data: bytes) -> Document:
    return read_document(content(data))


def _spanless(form: Form, values: dict[str, Value]) -> dict[str, list]:
    return {
        name: [board.without_spans() for board in blocks]
        for name, blocks in boards(form, values).items()
    }


def _one_grid(parts: list[Part]) -> list[Part]:
    """All tables below each other in one."""
    return [stacked([part for part in parts if not isinstance(part, str)], gap=1)]


Layout = Callable[[Form, dict[str, Value], str], Document]
LAYOUTS: dict[str, Layout] = {
    "page": lambda f, v, t: read(as_html(report(f, boards(f, v), t, NARRATIVE), t + "-某某政府网")),
    "page, a table a block": lambda f, v, t: read(
        as_html(report(f, boards(f, v), t, NARRATIVE, apart=True))
    ),
    "flat heads": lambda f, v, t: as_document(report(f, flat_boards(f, v), t, NARRATIVE)),
    "no spans": lambda f, v, t: as_document(report(f, _spanless(f, v), t, NARRATIVE)),
    "letter": lambda f, v, t: read(as_docx(report(f, boards(f, v), t, NARRATIVE))),
    "sheet": lambda f, v, t: read(as_xlsx(report(f, boards(f, v), t, NARRATIVE))),
    "sheets": lambda f, v, t: read(as_xlsx(report(f, boards(f, v), t, NARRATIVE), sheets=True)),
    "one grid": lambda f, v, t: as_document([t, *_one_grid(report(f, boards(f, v)))]),
    "cells on lines": lambda f, v, t: read_text(
        as_dump(report(f, boards(f, v), t, NARRATIVE)).encode()
    ),
    "rows with tabs": lambda f, v, t: read_text(
        as_rows(report(f, boards(f, v), t, NARRATIVE)).encode("gb18030")
    ),
    "rows with bars": lambda f, v, t: read_text(
        as_rows(report(f, boards(f, v), t, NARRATIVE), " | ", "|").encode("utf-16")
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_real_report_in_any_layout_reads_the_same(path: Path, layout: str) -> None:
    form, values, unit, year = load(path)
    document = LAYOUTS[layout](form, values, f"{unit}{year}年政府信息公开工作年度报告")
    found = recognise(document, "报告", "ab12")
    assert found.values == values
    assert (found.unit, found.year, found.edition) == (unit, year, form.id)
    assert found.medium == document.kind
    assert (found.file, found.sha256) == ("报告", "ab12")
    # A sheet ends with its last filled cell: a row of blanks at its end is not there.
    assert [finding.message for finding in found.structure if layout != "sheets"] == []
    if layout != "one grid":
        assert found.narrative == dict.fromkeys(("1", "5", "6"), NARRATIVE)


def test_the_seed_reads_completely() -> None:
    document = read_text((DATA / "seed.txt").read_bytes())
    found = recognise(document)
    _, values, _, _ = load(DATA / "reports" / "01.json")
    assert len(found.values) == 198
    assert found.values == values
    assert (found.unit, found.year, found.edition) == ("鹿城区科技局", 2020, "2019")
    assert found.medium == "text"
    assert not found.structure and not found.repairs and not found.typed and not found.notes
    assert sorted(found.narrative) == ["1", "5", "6"]
    assert found.narrative["1"].startswith("2020年，区科技局严格按照")
    assert found.narrative["1"].endswith("稳步推进。") and "image" not in found.narrative["1"]
    assert found.narrative["5"].count("\n") == 1
    assert found.narrative["6"] == "无"


def test_a_foreign_form_is_recognised_too(foia: Form) -> None:
    values: dict[str, Value] = {code: at for at, code in enumerate(foia.items)}
    for parts in (report(foia, boards(foia, values)), report(foia, flat_boards(foia, values))):
        found = recognise(as_document(parts))
        assert (found.edition, found.values) == ("foia", values)
    narrative = report(foia, boards(foia, values), narrative="Ask the FOIA officer.")
    assert recognise(as_document(narrative)).narrative == {"I": "Ask the FOIA officer."}


@pytest.fixture
def foia() -> Form:
    return editions.load("foia")


def read_back(form: Form, values: dict[str, Value]) -> Submission:
    """The values through a page and back."""
    return recognise(as_document(report(form, boards(form, values))))


def test_totals_stand_as_typed_only_where_they_differ(tmp_path: Path) -> None:
    """As a form filled with the same values has them."""
    from gouji.reading import read_file
    from gouji.template import write_template

    form, values, unit, year = load(DATA / "reports" / "10.json")
    values |= {"review.reconsideration.total": 3, "review.direct_suit.upheld": 2}
    values |= {"requests.received.business": "２件"}
    form_file = tmp_path / "form.xlsx"
    found = read_back(form, values)
    write_template(form, form_file, submission=Submission(unit, year, form.id, values))
    assert found.typed == read_file(form_file).typed
    assert "review.direct_suit.total" in found.typed and "requests.received.total" in found.typed

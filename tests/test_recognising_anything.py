"""Whatever a file holds, it is read or refused: nothing breaks, nothing is made up."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import close
from gouji import editions
from gouji.documents.model import Cell, Document, Grid
from gouji.documents.text import read_text
from gouji.gate import Refused
from gouji.model import Form, Value
from gouji.recognising import recognise
from layouts import as_dump, as_rows, boards, report

FORMS = {name: editions.load(name) for name in ("2019", "2021")}


def labels(form: Form) -> list[str]:
    blocks = [block for table in form.tables for block in table.blocks]
    lines = [line for block in blocks for line in (*block.rows, *block.columns)]
    titles = [section.title for section in form.sections]
    return [*titles, *(label for line in lines for label in line.labels)]


TEXTS = st.one_of(
    st.sampled_from([text for form in FORMS.values() for text in labels(form)]),
    st.sampled_from(
        ["", "0", "12", "减4", "2020年政府信息公开工作年度报告", "（", "1、1、1、", "\t|"]
    ),
    st.integers(-5, 99).map(str),
    st.text(max_size=6),
)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    rows = draw(st.lists(st.lists(TEXTS, max_size=9), min_size=1, max_size=9))
    cells = [
        [Cell(text or None, f"{row}.{at}") for at, text in enumerate(texts)]
        for row, texts in enumerate(rows)
    ]
    for row in cells:  # some cells merged with the one on the left
        for at in range(1, len(row)):
            if draw(st.integers(0, 5)) == 0:
                merged = Cell(row[at - 1].value, row[at - 1].place, 1, 2)
                row[at - 1] = row[at] = merged
    return Grid("表1", tuple(map(tuple, cells)), draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(
    blocks=st.lists(st.one_of(TEXTS, grids()), max_size=6), kind=st.sampled_from(["html", "xls"])
)
def test_any_document_is_read_or_refused(blocks: list[str | Grid], kind: str) -> None:
    try:
        found = recognise(Document(kind, tuple(blocks)))
    except Refused as refused:
        assert refused.message
        return
    assert set(found.values) == set(editions.load(found.edition).items)


@settings(max_examples=30, deadline=None)
@given(
    text=st.text(alphabet="\t\n |0一规章（）-\xa0", max_size=120), data=st.binary(max_size=60),
)  # fmt: skip
def test_any_text_is_read(text: str, data: bytes) -> None:
    assert read_text(text.encode()).kind == "text"
    try:
        read_text(data)
    except Refused as refused:
        assert refused.message


@settings(max_examples=20, deadline=None)
@given(data=st.data(), name=st.sampled_from(sorted(FORMS)), lines=st.booleans())
def test_a_text_with_a_line_lost_never_gives_another_s_value(
    data: st.DataObject, name: str, lines: bool
) -> None:
    """Each cell holds a number of its own: what is read is right, missing and told, or refused."""
    form = FORMS[name]
    values: dict[str, Value] = close(form, {}) | {c: 1000 + n for n, c in enumerate(form.items)}
    parts = report(form, boards(form, values))
    rows = (as_dump(parts) if lines else as_rows(parts)).split("\n")
    lost = data.draw(st.integers(0, len(rows) - 1))
    try:
        found = recognise(read_text("\n".join(rows[:lost] + rows[lost + 1 :]).encode()))
    except Refused:
        return
    wrong = {code for code, value in found.values.items() if value not in (None, values[code])}
    assert not wrong
    assert found.structure or None not in found.values.values()


def test_head_rows_that_ran_together_are_not_counted_out_wrongly() -> None:
    form = FORMS["2019"]
    values: dict[str, Value] = {code: 1000 + at for at, code in enumerate(form.items)}
    text = as_dump(report(form, boards(form, values)))
    found = recognise(read_text(text.replace("\t行政诉讼\n\n", "\t行政诉讼\n").encode()))
    assert all(found.values[code] is None for code in form.items if code.startswith("review."))
    (finding,) = found.structure
    assert finding.message.startswith("没有找到“四、政府信息公开行政复议、行政诉讼情况”的表格")

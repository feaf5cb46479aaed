"""A document that is not our form → a Submission, by the labels of the official tables.

The edition is decided by what agrees; where two agree alike, or lines cannot be told apart, the
document is refused. Values stay as typed, and everything accepted, passed over or missing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gouji import editions, page_data
from gouji.documents.model import Document, Grid
from gouji.gate import Reason, Refused, refusal
from gouji.model import Finding, Submission
from gouji.recognising import remarks
from gouji.recognising.lines import TextLine, text_lines
from gouji.recognising.narrative import Narrative, read_narrative
from gouji.recognising.regions import FormAxes, axes_of, is_known_text
from gouji.recognising.tables import Tables, find_forms
from gouji.recognising.titles import Heading, read_heading
from gouji.recognising.values import Read, read_values, typed_totals
from gouji.wording import say

#: By so many cells one edition must agree better than the next.
MARGIN = 1.0


def recognise(document: Document, file: str = "", sha256: str = "") -> Submission:
    """What the document reports.

    Raises Refused: no official table (no_tables), more than one edition fits (edition_unclear),
    a table twice with different values (table_twice), lines that cannot be told apart
    (labels_unclear).
    """
    grids = [(number, block) for number, block in enumerate(document.blocks)
             if isinstance(block, Grid) and block.rows]  # fmt: skip
    try:
        tables = _sound_tables(grids)
    except Refused as refused:
        raise Refused(refused.reason, refused.message, _named_in(document)) from None
    form = tables.axes.form
    lines = text_lines(document, tables.used, tables.axes.bands)
    narrative = read_narrative(form, lines)
    opening = next(iter(narrative.texts.values()), "")
    heading = read_heading(form, document.title, lines, narrative.start, opening)
    read = read_values(tables, document.kind)
    submission = Submission(
        unit=heading.unit, year=heading.year, edition=form.id, values=read.values,
        level=heading.level, narrative=narrative.texts, typed=typed_totals(form, read.values),
        repairs=tuple(read.repairs), structure=tuple(_findings(tables, read)),
        medium=document.kind, notes=tuple(_notes(document, tables, heading, narrative, lines)),
        file=file, sha256=sha256,
    )  # fmt: skip
    if not document.data:
        return submission
    altered = page_data.findings(document.data, submission)
    return replace(submission, structure=(*submission.structure, *altered))


def _sound_tables(grids: Sequence[tuple[int, Grid]]) -> Tables:
    """The official tables among the grids. Raises Refused."""
    tables = choose([axes_of(editions.load(name)) for name in editions.available()], grids)
    if tables.trouble:
        raise tables.trouble[0]
    if refused := remarks.twice(tables):
        raise refused
    return tables


def _named_in(document: Document) -> str:
    """The unit that the title of a report without usable tables names; empty when none does."""
    lines = text_lines(document, {}, ())
    headings = (
        read_heading(editions.load(name), document.title, lines, len(lines), "")
        for name in editions.available()
    )
    return next((heading.unit for heading in headings if heading.unit), "")


def choose(forms: Sequence[FormAxes], grids: Sequence[tuple[int, Grid]]) -> Tables:
    """The tables of the edition that agrees best. Raises Refused."""
    found = [tables for tables in find_forms(forms, grids) if _worth_reading(tables)]
    if not found:
        raise refusal(Reason.NO_TABLES) if grids else refusal(Reason.NO_TABLES, "at_all")
    best, *others = found
    rivals = [other for other in others if best.score - other.score < MARGIN]
    if rivals:
        names = say("recognising.joint").join(tables.axes.form.basis for tables in (best, *rivals))
        raise refusal(Reason.EDITION_UNCLEAR, editions=names)
    return best


def _worth_reading(tables: Tables) -> bool:
    """One official table at least is there by half."""
    sizes: dict[str, int] = {}
    for item in tables.axes.form.items.values():
        sizes[item.table] = sizes.get(item.table, 0) + 1
    there: dict[str, int] = {}
    for found in tables.found.values():
        there[found.item.table] = there.get(found.item.table, 0) + 1
    return any(2 * there.get(table, 0) >= size for table, size in sizes.items())


def _findings(tables: Tables, read: Read) -> Iterator[Finding]:
    yield from remarks.missing_lines(tables)
    yield from remarks.extra_lines(tables)
    yield from remarks.other_units(tables.found.values(), read.values)
    yield from read.findings


def _notes(
    document: Document, tables: Tables, heading: Heading, narrative: Narrative,
    lines: Sequence[TextLine],
) -> Iterator[str]:  # fmt: skip
    yield from document.notes
    yield from remarks.notes(tables)
    yield from heading.notes
    used = tables.used
    other = [block.name for number, block in enumerate(document.blocks)
             if isinstance(block, Grid) and number not in used
             and any(line.cells for line in lines if line.block == number)]  # fmt: skip
    if other:
        yield say("recognising.other_grids", names=remarks.joined(other), n=len(other))
    passed = [text for text in narrative.passed if not is_known_text(text, tables.axes)]
    if passed:
        yield say("recognising.passed", n=len(passed), texts=remarks.joined(passed))

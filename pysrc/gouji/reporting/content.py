"""What an annual report says: the sections in order, with paragraphs, statutory tables, pictures.

Writers of every format draw from it, so that a document and a page say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gouji.model import Form, Number, Submission, Value
from gouji.printed import PrintedTable, printed_tables
from gouji.wording import say


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph. A number of a drafted sentence carries the items it comes from.

    ``code`` is one item code or a sum of them in the language of edit rules:
    ``requests.received.total - last_year(requests.received.total)``. ``figure`` is the number's
    name in the edition's draft, ``received`` or ``received.change``.
    """

    text: str
    code: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``drafted``: made from the numbers, nobody has approved it. ``asked``: nothing is known,
    the text says what has to be written here. ``kept``: a person's own words out of
    an earlier document. ``place`` counts a section's paragraphs as declared or told, from 1."""

    runs: tuple[Run, ...]
    drafted: bool = False
    asked: bool = False
    kept: bool = False
    place: int = 1

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Point:
    """One bar; ``code`` as in a Run."""

    label: str
    value: Number
    code: str


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one colour; all series of a picture have the same labels in the same order.

    ``last_year`` marks values of the year before. ``name`` is empty when there is one series.
    """

    name: str
    points: tuple[Point, ...]
    last_year: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart. ``kind`` is ``bars``; ``unit`` is what the values count (``件``).

    No category of it is 0 in every series.
    """

    name: str
    title: str
    alt: str
    kind: str
    series: tuple[Series, ...]
    unit: str = ""


Block = Paragraph | PrintedTable | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """One section; ``key`` is the edition's. A narrative section has no table."""

    key: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def drafted(self) -> bool:
        """Some of its text was made from the numbers and waits for approval."""
        return any(isinstance(block, Paragraph) and block.drafted for block in self.blocks)

    @property
    def asked(self) -> bool:
        """Some of its text has still to be written."""
        return any(isinstance(block, Paragraph) and block.asked for block in self.blocks)


@dataclass(frozen=True)
class AnnualReport:
    """A report of one unit or district for one year.

    ``values`` are those of its tables by item code, as they stand in the submission;
    ``numbers`` what they count as, ``earlier`` last year's that mean the same, under this year's
    codes. ``published`` are the lines
    under the text (who, when), empty when none are wanted.
    """

    title: str
    unit: str
    year: int | None
    form: Form
    values: Mapping[str, Value]
    sections: tuple[Section, ...]
    published: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    earlier: Mapping[str, Number] = field(default_factory=dict)

    @property
    def blocks(self) -> Iterator[Block]:
        for section in self.sections:
            yield from section.blocks

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Picture))

    @property
    def tables(self) -> tuple[PrintedTable, ...]:
        return tuple(block for block in self.blocks if isinstance(block, PrintedTable))


def report_of(
    submission: Submission, form: Form, *, earlier: Submission | None = None,
    narrative: Mapping[str, str] | None = None, published: str = "",
) -> AnnualReport:  # fmt: skip
    """The report of a submission.

    ``narrative`` (section key → text) goes before the submission's own. A narrative section with
    neither starts from the edition's draft, else it asks for what its guide says. ``earlier`` is
    last year's submission of the same unit, for comparisons; the edition may be another one.
    """
    from gouji.reporting.draft import Drafter  # it makes the nouns of this module

    drafter = Drafter(form, submission, earlier)
    texts = {**submission.narrative, **(narrative or {})}
    tables = {table.name: table for table in printed_tables(form, submission.values, shown)}
    sections = [
        Section(section.key, section.title, (
            *_paragraphs(section.guide, texts.get(section.key, ""), not section.table,
                         drafter.paragraphs(section.key)),
            *drafter.pictures(section.key),
            *([tables.pop(section.table)] if section.table in tables else []),
        ))
        for section in form.sections
    ]  # fmt: skip
    # A table that no section of the edition names stands behind them.
    sections += [Section(table.name, table.title, (table,)) for table in tables.values()]
    return AnnualReport(
        title=drafter.title(), unit=submission.unit, year=submission.year, form=form,
        values=dict(submission.values), sections=tuple(sections), published=published.strip(),
        numbers=drafter.now, earlier=drafter.before,
    )  # fmt: skip


def shown(value: Value) -> str:
    """A value as the report prints it: digits, never an exponent; text as typed."""
    if value is None or isinstance(value, str):
        return value or ""
    return str(value) if isinstance(value, int) else f"{value:f}"


def _paragraphs(
    guide: str, text: str, narrative: bool, drafted: tuple[Paragraph, ...]
) -> tuple[Paragraph, ...]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines:
        return tuple(Paragraph((Run(line),), place=at) for at, line in enumerate(lines, 1))
    if drafted or not narrative:
        return drafted
    asked = say("report.asked", guide=guide) if guide else say("report.asked_bare")
    return (Paragraph((Run(asked),), asked=True),)

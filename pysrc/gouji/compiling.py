"""The use case compile: many submissions added up into one district workbook with its proof."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gouji import editions
from gouji.actions import (
    LastYear,
    Progress,
    confront_many,
    diagnosed,
    read_all,
    read_last_year,
)
from gouji.carry import earlier_year
from gouji.edits import Confrontation, confront
from gouji.explaining import told_of
from gouji.layout import layout_of
from gouji.model import Form, Number, Submission
from gouji.rollup import Entry, RollUp, Standing, Unreadable, roll_up
from gouji.roster import Roster
from gouji.rule_book import AS_DECLARED, RuleBook
from gouji.soft import compares_years
from gouji.unusable import UnusableCall
from gouji.wording import say

if TYPE_CHECKING:
    from gouji.district_plan import LogLine

T = TypeVar("T")
DIAGNOSED = 100  #: files of a roll-up of which a cause is sought
#: Unit, rule and message of a finding → the explanation that stands for it.
Explained = Mapping[tuple[str, str, str], str]


def compile_files(
    files: Sequence[Path], *, output: Path | None = None, roster: Path | None = None,
    last_year: Path | LastYear | None = None, let_in: Collection[str] = (), district: str = "",
    year: int | None = None, level: str = "", progress: Progress | None = None,
    made: datetime | None = None,
) -> RollUp:  # fmt: skip
    """Add many submissions up into one district workbook with proof.

    ``district``, ``year`` and ``level`` are taken from the files when not given; ``made`` is shown
    as the time of the roll-up, if given. Raises RosterError, and UnusableCall when no file or not
    the last-year file can be read, or no year can be told.
    """
    from gouji.roster_file import read_roster

    if not files:
        raise UnusableCall(say("action.no_files"))
    submissions: list[Submission] = []
    unreadable: list[Unreadable] = []
    for file, submission, refusal in read_all(files, progress):
        if submission is None:
            unreadable.append(Unreadable(str(file), refusal))
        else:
            submissions.append(submission)
    return compile_read(
        Received(tuple(submissions), tuple(unreadable), made=made),
        output=output, roster=read_roster(roster) if roster else None,
        last=read_last_year(last_year), let_in=let_in, district=district, year=year, level=level,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """What came in, read; ``order`` and ``held`` as ``rollup.roll_up`` takes them.

    ``log``, ``history`` and ``made`` as ``district_book.write_district_book`` does.
    """

    submissions: tuple[Submission, ...]
    unreadable: tuple[Unreadable, ...] = ()
    order: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    explained: Explained = field(default_factory=dict)
    received: Mapping[str, datetime] = field(default_factory=dict)  #: file → when it came in
    log: tuple[LogLine, ...] = ()
    history: Mapping[int, Mapping[str, Number | None]] = field(default_factory=dict)
    made: datetime | None = None


def compile_read(
    got: Received, *, output: Path | None, roster: Roster | None, last: LastYear | None,
    let_in: Collection[str] = (), district: str = "", year: int | None = None, level: str = "",
    rules: RuleBook = AS_DECLARED,
) -> RollUp:  # fmt: skip
    """The same for what has been read, by its round's ``rules``. Raises UnusableCall, OSError."""
    submissions, unreadable = got.submissions, got.unreadable
    if not submissions:
        if not unreadable:
            raise UnusableCall(say("action.no_files"))
        why = say("action.refused", file=Path(unreadable[0].file).name, why=unreadable[0].why)
        raise UnusableCall(say("action.nothing_to_compile", n=len(unreadable), why=why))
    year = year or _common([s.year for s in submissions if s.year is not None])
    if year is None:
        raise UnusableCall(say("action.no_year"))
    if last:
        last.refuse_wrong_year(year)
    form = _form_of_year(submissions, year)
    level = level or ("city" if any(s.children for s in submissions) else "district")
    rolled = roll_up(
        form, submissions, confront_many(form, submissions, roster, last, rules),
        roster=roster, let_in=let_in, district=district or say("action.district"),
        year=year, level=level, unreadable=unreadable, order=got.order, held=got.held,
    )  # fmt: skip
    rolled = replace(rolled, entries=tuple(_explained(e, got.explained) for e in rolled.entries))
    earlier = last.source if last and last.whole else None
    # What is switched for single units says nothing of the district's sums.
    in_force = rules.form(form, rolled.district)
    own = confront(in_force, rolled.as_submission(), earlier, layout_of(form).place)
    if not rolled.complete:
        own = _provisional(in_force, own)
    rolled = replace(rolled, own=own, rules=rules)
    if output:
        from gouji.district_book import write_district_book

        told = replace(rolled, entries=tuple(_diagnosed(rolled.entries, last, rules)))
        write_district_book(
            told, output, form=form,
            own=own, received=got.received, log=got.log, history=got.history, made=got.made,
            earlier=earlier_year(form, earlier) if earlier else None,
        )  # fmt: skip
    return rolled


def _diagnosed(entries: Sequence[Entry], last: LastYear | None, rules: RuleBook) -> Iterator[Entry]:
    """The same; those that go back with what is probably wrong, the first ``DIAGNOSED`` of them."""
    left = DIAGNOSED
    for entry in entries:
        if left and entry.standing is Standing.RETURNED:
            left -= 1
            submission = entry.submission
            usable = last is not None and last.precedes(submission.year)
            earlier = last.of(submission) if last and usable else None
            form = editions.load(submission.edition)
            here, place = rules.of(form, submission), layout_of(form).place
            found = diagnosed(here, submission, entry.confrontation, earlier, place)
            entry = replace(entry, confrontation=found)
        yield entry


def _explained(entry: Entry, texts: Explained) -> Entry:
    """The entry with the explanations that stand for its findings."""
    own = {
        (finding.rule, finding.message): text
        for finding in entry.confrontation.findings
        if (text := told_of(finding, entry.unit, texts))
    }
    return replace(entry, explained=own) if own else entry


def _provisional(form: Form, own: Confrontation) -> Confrontation:
    """While units are missing, a district's difference to last year says little.

    All that fails across years has one cause then: it is one finding, and says so.
    """
    names = {rule.name for rule in form.rules if rule.needs_last_year}
    families = {rule.family for rule in form.rules if rule.needs_last_year}
    names |= {rule.name for rule in form.soft.values()
              if compares_years(rule) or rule.balance in families}  # fmt: skip
    across = [finding for finding in own.failures if finding.rule in names]
    if not across:
        return own
    rest = dict.fromkeys(finding.family for finding in across[1:])
    message = say("action.partial_year", message=across[0].message)
    if rest:
        rules = say("message.joint").join(rest)
        message += say("action.partial_rest", n=len(across) - 1, rules=rules)
    one = replace(
        across[0], message=message,
        items=tuple(dict.fromkeys(code for each in across for code in each.items)),
        cells=tuple(dict.fromkeys(cell for each in across for cell in each.cells)),
    )  # fmt: skip
    kept = (one if each is across[0] else each for each in own.findings if each not in across[1:])
    return replace(own, findings=tuple(kept), failed=own.failed - len(across) + 1)


def _form_of_year(submissions: Sequence[Submission], year: int) -> Form:
    """The edition most files use among those that serve the year; the others are left out."""
    used = [s.edition for s in submissions]
    fitting = [edition for edition in used if editions.load(edition).serves(year)]
    return editions.load(_common(fitting or used) or used[0])


def _common(values: Sequence[T]) -> T | None:
    """The value that occurs most often; the smallest of several."""
    return min(values, key=lambda value: (-values.count(value), str(value)), default=None)

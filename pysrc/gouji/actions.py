"""The use cases: fill, read, check. The faces (command line, buttons) call these.

Writers are imported where they are used: checking one file need not wait for them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gouji import editions
from gouji.carry import earlier_year
from gouji.edits import Confrontation, Place, confront, confront_all
from gouji.gate import Refused
from gouji.layout import layout_of
from gouji.model import Finding, Form, Number, Severity, Status, Submission, Unit, Verdict
from gouji.reading import read_file
from gouji.roster import Roster, normalised
from gouji.rule_book import AS_DECLARED, RuleBook, Switch
from gouji.soft import peer_findings
from gouji.unusable import UnusableCall
from gouji.wording import say

#: Called with each file as it is done, for a progress bar.
Progress = Callable[[Path], None]


def read_one(file: Path) -> Submission:
    """The submission in ``file``. Raises UnusableCall with its name and the reason."""
    try:
        return read_file(file)
    except Refused as refused:
        raise UnusableCall(say("action.refused", file=file.name, why=refused)) from refused


@dataclass(frozen=True, slots=True)
class Checked:
    """One file confronted with the rules; ``refusal`` when it could not be read.

    ``switched`` are the round's switches that the unit should know of.
    """

    file: Path
    submission: Submission | None
    confrontation: Confrontation | None
    refusal: str = ""
    switched: tuple[Switch, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return self.confrontation.verdict if self.confrontation else Verdict.UNREADABLE


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's file: one unit's submission, or a district workbook with its units."""

    source: Submission
    units: Mapping[str, Submission]
    whole: bool = True  #: False when ``source`` is but one of several files, no district's sums
    anybody: bool = True  #: a single unit's file speaks for whoever is checked with it

    @classmethod
    def read(cls, file: Path) -> LastYear:
        source = read_one(file)
        return cls(source, {normalised(child.unit): child for child in source.children})

    def of(self, submission: Submission) -> Submission | None:
        """The same unit's submission of last year, None when the file does not hold it."""
        if not self.units and self.anybody:
            return self.source
        if normalised(submission.unit) == normalised(self.source.unit):
            return self.source
        return self.units.get(normalised(submission.unit))

    def precedes(self, year: int | None) -> bool:
        """True when the file is of the year before ``year``, or one of the two is not known."""
        return year is None or self.source.year in (None, year - 1)

    def refuse_wrong_year(self, year: int | None) -> None:
        """Raise UnusableCall unless the file is of the year before ``year``."""
        if not self.precedes(year):
            raise UnusableCall(self.wrong_year(year))

    def wrong_year(self, year: int | None) -> str:
        due = (year or 0) - 1
        return say("action.wrong_last_year", given=self.source.year, year=year, due=due)


def read_last_year(given: Path | LastYear | None) -> LastYear | None:
    """Last year from its file; what has been read already stays as it is."""
    return LastYear.read(given) if isinstance(given, Path) else given


def fill(
    values: Path, output: Path, *, edition: str = "", last_year: Path | None = None
) -> Submission:
    """Write values JSON into a fresh template. Raises UnusableCall."""
    from gouji.filled import DoesNotFit
    from gouji.template import write_template

    submission = read_one(values)
    if edition and edition != submission.edition:
        raise UnusableCall(say("action.other_edition", asked=edition, given=submission.edition))
    form = editions.load(submission.edition)
    earlier = _prefill(form, submission, last_year)
    try:
        source = last_year.name if last_year else ""
        write_template(form, output, submission=submission, earlier=earlier, source=source)
    except DoesNotFit as problem:
        raise UnusableCall(str(problem)) from problem
    return submission


def blank(
    edition: str, output: Path, *, unit: Unit | None = None, year: int | None = None,
    earlier: Submission | None = None, source: str = "", send_to: str = "",
) -> None:  # fmt: skip
    """Write an empty template, named for a unit and addressed to its office when given.

    ``source`` says in words where last year's numbers come from.
    """
    from gouji.template import write_template

    form = editions.load(edition)
    empty = Submission(
        unit=unit.name if unit else "",
        year=year,
        edition=form.id,
        values=dict.fromkeys(form.items),
        level=unit.level if unit else "",
        code=unit.code if unit else "",
    )
    numbers = last_year_numbers(form, earlier) if earlier else None
    write_template(form, output, submission=empty, earlier=numbers, source=source, send_to=send_to)


def _prefill(
    form: Form, submission: Submission, last_year: Path | None
) -> Mapping[str, Number] | None:
    last = read_last_year(last_year)
    if last is None:
        return None
    last.refuse_wrong_year(submission.year)
    earlier = last.of(submission)
    return last_year_numbers(form, earlier) if earlier else None


def last_year_numbers(form: Form, earlier: Submission) -> dict[str, Number]:
    return {code: old.number for code, old in earlier_year(form, earlier).values.items()}


def check_files(
    files: Sequence[Path], last_year: Path | LastYear | None = None,
    progress: Progress | None = None, roster: Roster | None = None, fixed: Sequence[str] = (),
) -> list[Checked]:  # fmt: skip
    """Confront every file with the rules; a file that cannot be read does not stop the rest.

    ``fixed`` names cells of a single file that its clerk has confirmed, by item code or as
    ``三、申请!D6``; they are never suspects. Raises UnusableCall when the last-year file cannot be
    read or fits none of the files' years, and for cells that are not there; a single file of
    another year gets a finding instead.
    """
    if fixed and len(files) != 1:
        raise UnusableCall(say("cli.check.fixed_one"))
    last = read_last_year(last_year)
    read = list(read_all(files, progress))
    years = {submission.year for _, submission, _ in read if submission and submission.year}
    if last and years and not any(last.precedes(year) for year in years):
        last.refuse_wrong_year(min(years))
    held = [submission for _, submission, _ in read if submission]
    confronted = iter(confront_each(held, last, roster, fixed=fixed))
    return [
        Checked(file, submission, next(confronted) if submission else None, refusal)
        for file, submission, refusal in read
    ]


def confront_each(
    submissions: Sequence[Submission], last: LastYear | None, roster: Roster | None,
    rules: RuleBook = AS_DECLARED, fixed: Sequence[str] = (),
) -> list[Confrontation]:  # fmt: skip
    """Each as ``confront_read`` has it, and beside the others."""
    alone = [confront_read(submission, last, roster, rules, fixed) for submission in submissions]
    return _beside_peers(submissions, alone, rules)


def confront_read(
    submission: Submission, last: LastYear | None, roster: Roster | None,
    rules: RuleBook = AS_DECLARED, fixed: Sequence[str] = (),
) -> Confrontation:  # fmt: skip
    """One submission against the rules, with notes about what does not fit together."""
    form = editions.load(submission.edition)
    place, in_force = layout_of(form).place, rules.of(form, submission)
    submission = _with_level(submission, roster)
    notes: list[Finding] = []
    if not submission.unit:
        notes.append(_note("T5", say("action.no_unit")))
    if last and not last.precedes(submission.year):
        notes.append(_note("T4", last.wrong_year(submission.year)))
        last = None
    earlier = last.of(submission) if last else None
    if earlier and submission.unit and normalised(earlier.unit) != normalised(submission.unit):
        places = {"unit": submission.unit, "earlier": earlier.unit}
        notes.append(_note("T3", say("action.other_unit", **places)))
    submission = replace(submission, structure=(*submission.structure, *notes))
    codes = _confirmed(form, fixed) if fixed else []
    result = confront(in_force, submission, earlier, place)
    return diagnosed(in_force, submission, result, earlier, place, codes)


def _confirmed(form: Form, cells: Sequence[str]) -> list[str]:
    """Item codes of cells named by code or as printed, full-width letters and marks too."""
    place = layout_of(form).place
    known = {_plain(name): code for code in form.items for name in (code, place(code))}
    for cell in cells:
        if _plain(cell) not in known:
            example = place(next(iter(form.items)))
            raise UnusableCall(say("cli.check.fixed_unknown", cell=cell, example=example))
    return [known[_plain(cell)] for cell in cells]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def diagnosed(
    form: Form, submission: Submission, result: Confrontation, earlier: Submission | None,
    place: Place, fixed: Sequence[str] = (),
) -> Confrontation:  # fmt: skip
    """The same with what is probably wrong beside each failed balance."""
    if result.verdict is not Verdict.ERRORS:
        return result
    from gouji.diagnosis import with_suspects

    return with_suspects(form, submission, result, earlier, place, fixed=fixed)


def _note(rule: str, message: str) -> Finding:
    return Finding(rule, Severity.SOFT, Status.FAILED, message)


def gather(paths: Sequence[Path], without: Path | None = None) -> list[Path]:
    """Files behind files, folders and patterns (a Windows shell leaves ``*`` to us), each once.

    A folder stands for every file in it but hidden ones and Office's own lock files. ``without``
    (the output) is never taken as an input.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _behind(path):
            found.setdefault(file.resolve(), file)
    if without:
        found.pop(without.resolve(), None)
    return list(found.values())


def _behind(path: Path) -> list[Path]:
    if path.is_dir():
        inside = path.iterdir()
    elif not path.exists() and set("*?[") & set(path.name):
        inside = path.parent.glob(path.name)
    else:
        return [path]
    files = [file for file in inside if file.is_file() and not file.name.startswith((".", "~$"))]
    # An empty pattern stays as it is, to be reported as a file that is not there.
    return sorted(files) or ([] if path.is_dir() else [path])


def read_all(
    files: Iterable[Path], progress: Progress | None = None
) -> Iterator[tuple[Path, Submission | None, str]]:
    """Each file with its submission, or with the reason why it was refused."""
    for file in files:
        try:
            yield file, read_file(file), ""
        except Refused as refused:
            yield file, None, str(refused)
        if progress:
            progress(file)


def confront_many(
    form: Form, submissions: Sequence[Submission], roster: Roster | None, last: LastYear | None,
    rules: RuleBook = AS_DECLARED,
) -> list[Confrontation]:  # fmt: skip
    """In the order of ``submissions``, each against the rules of its own edition.

    ``rules`` say what the round switched and added.
    """
    results: dict[int, Confrontation] = {}
    for base, in_force, own in _alike(submissions, rules):
        batch = [_with_level(submissions[i], roster) for i in own]
        earlier = [
            last.of(submission) if last and last.precedes(submission.year) else None
            for submission in batch
        ]
        done = confront_all(in_force, batch, earlier, layout_of(base).place)
        results |= dict(zip(own, done, strict=True))
    alone = [results[i] for i in range(len(submissions))]
    return _beside_peers(submissions, alone, rules)


def _alike(
    submissions: Sequence[Submission], rules: RuleBook
) -> Iterator[tuple[Form, Form, list[int]]]:
    """Positions of those of one edition with the same rules in force: edition, rules, positions."""
    groups: dict[int, tuple[Form, Form, list[int]]] = {}
    for index, submission in enumerate(submissions):
        base = editions.load(submission.edition)
        in_force = rules.of(base, submission)
        groups.setdefault(id(in_force), (base, in_force, []))[2].append(index)
    yield from sorted(groups.values(), key=lambda group: (group[0].id, group[2]))


def _beside_peers(
    submissions: Sequence[Submission], alone: Sequence[Confrontation], rules: RuleBook
) -> list[Confrontation]:
    """The same with what looks unlikely beside the other units.

    Peers fill the same form for the same year, and a district's sums are no unit's peer.
    """
    groups: dict[tuple[str, int | None, bool], list[int]] = {}
    for index, each in enumerate(submissions):
        groups.setdefault((each.edition, each.year, bool(each.children)), []).append(index)
    results = list(alone)
    for (edition, _, _), members in groups.items():
        form = editions.load(edition)
        if len(members) > min((rule.peers for rule in form.soft.values() if rule.peers), default=0):
            batch = [submissions[index] for index in members]
            found = peer_findings(form, batch, layout_of(form).place)
            for index, more in zip(members, found, strict=True):
                in_force = rules.of(form, submissions[index]).soft if more else {}
                kept = [finding for finding in more if finding.rule in in_force]
                results[index] = results[index].also(kept)
    return results


def _with_level(submission: Submission, roster: Roster | None) -> Submission:
    """The roster says the level of a unit whose form does not (rule E7)."""
    if submission.level or roster is None:
        return submission
    unit = roster.find(submission.unit, submission.code)
    return replace(submission, level=unit.level) if unit and unit.level else submission

"""Playing a demonstration round into a folder, step by step, as an office would live it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gouji import editions
from gouji.carry import earlier_year
from gouji.compiling import compile_files
from gouji.demo.cast import DemoRound
from gouji.demo.sending import content, notes, plan
from gouji.ledger.records import archive_folder, ledger_file
from gouji.model import Finding, Form, Number, Severity, Status, Submission, Verdict
from gouji.report_making import report_name
from gouji.rollup import Entry, RollUp, Standing, to_json
from gouji.roster import Roster
from gouji.roster_file import write_roster
from gouji.round import SIDE, Round, book_name, make_folders, write_round
from gouji.round_actions import ISSUED_LIST, ensure_console, ensure_rule_sheet, issue
from gouji.round_compiling import compile_round
from gouji.rule_sheet import rules_file
from gouji.template import write_template
from gouji.unusable import UnusableCall
from gouji.wording import say

Tell = Callable[[str], None]


def play(folder: Path, round_: DemoRound, tell: Tell) -> dict[str, Any]:
    """Write the whole round under ``folder`` and tell each step; returns the compile JSON.

    A former run of the same round is written over; a folder that holds anything else is refused
    with UnusableCall. With published totals, ``published`` in the result counts agreeing cells.
    """
    stage = Stage(folder, round_, tell)
    stage.prepare()
    stage.roster()
    stage.last_year()
    stage.begin()
    stage.issue()
    stage.receive()
    rolled = stage.compile()
    compared = stage.compare(rolled)
    stage.publish()
    stage.look(rolled)
    return to_json(rolled) | compared


class Stage:
    """One run: where its files go and what has been told."""

    def __init__(self, folder: Path, round_: DemoRound, tell: Tell) -> None:
        self.folder, self.round, self.tell = folder, round_, tell
        self.form: Form = editions.load(round_.edition)
        self.before: Mapping[str, Submission] = {s.unit: s for s in round_.last_year}
        self.place = Round(folder, round_.year, round_.district, round_.level, round_.edition,
                           book_name(round_.district, round_.year - 1))  # fmt: skip
        self.sent = plan(round_.ways, round_.submissions, round_.roster)
        self.notes = (*round_.notes, *notes(round_.ways, self.sent))
        self.step = 0

    def _step(self, key: str, **places: object) -> None:
        self.step += 1
        self.tell(say("demo.step", n=self.step, text=say(f"demo.{key}", **places)))

    @property
    def _last_book(self) -> Path:
        return self.place.earlier / self.place.last_year

    def prepare(self) -> None:
        """Make the folders; refuse one that holds something that is not this demonstration's."""
        place = self.place
        expected = {place.inbox / sent.name for sent in self.sent}
        expected |= {place.inbox / name for name in self.round.others}
        expected |= {archive_folder(place), ledger_file(place), *_afterwards(place)}
        expected |= {place.roster_file, place.earlier, place.issued, place.inbox, place.output,
                     place.facts_file, rules_file(place.folder), place.console,
                     place.libreoffice_console, place.folder / ISSUED_LIST}  # fmt: skip
        there = [*self.folder.glob("*"), *place.inbox.glob("*")] if self.folder.exists() else []
        strange = [path for path in there if path not in expected and not _is_lock(path)]
        if strange:
            example = strange[0].relative_to(self.folder)
            raise UnusableCall(say("demo.not_empty", folder=self.folder, example=example))
        for former in (archive_folder(place), *_afterwards(place)):
            shutil.rmtree(former, ignore_errors=True)
        ledger_file(place).unlink(missing_ok=True)
        make_folders(place)
        self.tell(say("demo.intro", district=self.round.district, year=self.round.year,
                      basis=self.form.basis))  # fmt: skip
        self.tell(self.round.source)

    def roster(self) -> None:
        write_roster(self.place.roster_file, self.round.roster)
        file = self._shown(self.place.roster_file)
        self._step("roster", n=len(self.round.roster), file=file)

    def last_year(self) -> None:
        """Last year's reports and the district workbook made of them."""
        folder = self.place.earlier / say("demo.path.reports")
        folder.mkdir(exist_ok=True)
        files = [self._write(folder, s, None) for s in self.round.last_year]
        year = self.round.year - 1
        book = self._last_book
        compile_files(files, output=book, district=self.round.district, year=year,
                      level=self.round.level)  # fmt: skip
        self._step("last_year", n=len(files), year=year, file=self._shown(book))

    def begin(self) -> None:
        """The facts of the round, and the console with its buttons."""
        write_round(self.place)
        for there in (*self.place.consoles, rules_file(self.place.folder)):
            there.unlink(missing_ok=True)  # of a former run
        ensure_rule_sheet(self.place)
        ensure_console(self.place, Roster(tuple(self.round.roster)))
        self._step("console", file=self._shown(self._console))

    @property
    def _console(self) -> Path:
        """The one to open here: LibreOffice's where it was written."""
        there = self.place.libreoffice_console
        return there if there.exists() else self.place.console

    def issue(self) -> None:
        """A named template for each unit, what was carried forward already in it."""
        done = issue(self.place)
        self._step("issued", n=len(done.forms), folder=self._shown(self.place.issued))

    def receive(self) -> None:
        """The files as the units sent them, mistakes and all."""
        for sent in self.sent:
            data = content(sent, self.form, self.filled)
            (self.place.inbox / sent.name).write_bytes(data)
        for name, data in self.round.others.items():
            (self.place.inbox / name).write_bytes(data)
        n = len(self.sent) + len(self.round.others)
        self._step("received", n=n, folder=self._shown(self.place.inbox))
        if self.notes:
            self.tell(say("demo.planted", n=len(self.notes)))
        for note in self.notes:
            self.tell(say("demo.note", unit=note.unit, text=note.text))

    def filled(self, submission: Submission, macros: bool = False, named: str = "") -> bytes:
        """The form as bytes; ``named`` as the unit calls itself, which then leaves out its code."""
        with TemporaryDirectory() as folder:
            earlier = self.before.get(submission.unit)
            if named:
                submission = replace(submission, unit=named, code="")
            return self._write(Path(folder), submission, earlier, macros).read_bytes()

    def _write(
        self, folder: Path, submission: Submission, earlier: Submission | None,
        macros: bool = False,
    ) -> Path:  # fmt: skip
        path = folder / submission.file
        path = path.with_suffix(".xlsm") if macros else path
        numbers: dict[str, Number] | None = None
        if earlier and submission.year == self.round.year:
            found = earlier_year(self.form, earlier).values
            numbers = {code: each.number for code, each in found.items()}
        write_template(self.form, path, submission=submission, earlier=numbers, macros=macros)
        return path

    def compile(self) -> RollUp:
        """Check everything that came in and add up what counts."""
        rolled = compile_round(self.place)
        self._step("checked", n=len(rolled.entries) + len(rolled.unreadable))
        if len(rolled.counted) == len(self.round.roster):
            self.tell(say("demo.all_counted"))
        for entry in rolled.entries:
            for line in () if entry.counts else _left_out(self.form, entry):
                self.tell(line)
        for refused in rolled.unreadable:
            self.tell(say("demo.unreadable", file=Path(refused.file).name, why=refused.why))
        queries = [e.unit for e in rolled.counted if e.confrontation.verdict is Verdict.QUERIES]
        if queries:
            names = say("message.joint").join(queries)
            self.tell(say("demo.queries", n=len(queries), names=names))
        if rolled.missing:
            names = say("message.joint").join(unit.name for unit in rolled.missing)
            self.tell(say("demo.missing", n=len(rolled.missing), names=names))
        self._step("compiled", n=len(rolled.counted), cells=rolled.proof.cells,
                   agree=rolled.proof.agree, file=self._shown(self.place.book))  # fmt: skip
        return rolled

    def compare(self, rolled: RollUp) -> dict[str, Any]:
        """The sums against the published totals, cell by cell, where there are any."""
        if self.round.published is None:
            return {}
        published = self.round.published
        differing = [code for code in published if published[code] != rolled.totals.get(code)]
        agree = len(published) - len(differing)
        self.tell(say("demo.compared", cells=len(published), agree=agree))
        return {"published": {"cells": len(published), "agree": agree, "differing": differing}}

    def publish(self) -> None:
        """The annual report of the district, as it would be published."""
        from gouji.demo.reporting import publish  # late: it draws charts

        for made in publish(self.place):
            self._step("published", file=self._shown(made.file))
            for note in made.notes:
                self.tell(say("demo.report_note", text=note))

    def look(self, rolled: RollUp) -> None:
        """Where to look, and what to try next."""
        first = next((e for e in rolled.entries if not e.counts), rolled.entries[0])
        self.tell(
            say(
                "demo.look",
                trace=say("sheet.trace"),
                matrix=say("sheet.matrix"),
                findings=say("sheet.findings"),
                proof=say("sheet.proof"),
                check=say("sheet.check"),
                book=self.place.book,
                console=self._console,
                report=self.place.output / report_name(self.place.district, self.place.year),
                sample=first.submission.file,
                last_year=self._last_book,
                template=min(self.place.issued.iterdir()),
            )
        )

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.folder))


def _left_out(form: Form, entry: Entry) -> Iterator[str]:
    """A file that does not count: its unit, its standing and why, and what must be mended first."""
    standing = say(f"rollup.standing.{entry.standing}")
    yield say("demo.left_out", unit=entry.unit, standing=standing, why=entry.why)
    if entry.standing is Standing.RETURNED:
        yield say("demo.finding", message=_first(form, entry).message)


def _first(form: Form, entry: Entry) -> Finding:
    """The hard finding nearest to the cause: unreadable cells, then sums, then balances."""
    rules = {rule.name: rule for rule in form.rules}

    def distance(finding: Finding) -> int:
        rule = rules.get(finding.rule)
        return 0 if rule is None else 1 if rule.total else 2

    hard = (
        finding
        for finding in entry.confrontation.findings
        if finding.severity is Severity.HARD and finding.status is Status.FAILED
    )
    return min(hard, key=distance)


def _afterwards(place: Round) -> list[Path]:
    """Folders that the buttons make when somebody plays on with a demonstration."""
    return [place.folder / say(key) for key in
            ("round.path.sorted", "returned.folder", "returned.reminders")]  # fmt: skip


def _is_lock(path: Path) -> bool:
    """What an office leaves beside a workbook that is open, and a collection or list of ours."""
    return path.name.startswith(("~$", ".~lock", SIDE)) or path.name.startswith(
        f"{say('round.path.ledger')}-"
    )

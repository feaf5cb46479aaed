"""The use case publish: freeze what is in now, or publish what was corrected since.

Killed at any moment, a version is whole or not there: it is written aside and renamed, and the
ledger is told last; what it was not told is entered next time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gouji import editions, explaining
from gouji.actions import Progress
from gouji.collecting import standing
from gouji.ledger.lock import collecting_lock
from gouji.ledger.records import in_order, opened
from gouji.publishing.changes import Changes, changes
from gouji.publishing.figures import Figures, figures_of, to_bytes
from gouji.publishing.reasons import Reasons, given_reasons
from gouji.publishing.reports import contradicting, report_files
from gouji.publishing.versions import (
    FORMAT,
    Version,
    digest_of,
    enter,
    enter_missing,
    figures_in,
    figures_name,
    list_name,
    manifest_name,
    note_name,
    published_folder,
    put_in_place,
    sweep,
    verify,
    versions,
)
from gouji.returns.letter_text import office_of
from gouji.rollup import RollUp
from gouji.roster_file import read_roster
from gouji.round import Round, side
from gouji.round_compiling import compile_round
from gouji.unusable import UnusableCall
from gouji.values_json import to_text
from gouji.wording import say

LOCK = ".gouji-publish.lock"


@dataclass(frozen=True, slots=True)
class Published:
    """``version`` is the one that was made, None when there was nothing to publish or ``hindered``
    says why not. ``before`` is the version until now."""

    version: Version | None
    before: Version | None
    changes: Changes | None
    rolled: RollUp
    hindered: tuple[str, ...] = ()


def publish(
    round_: Round, day: date, *, reasons: Sequence[str] = (), incomplete: bool = False,
    dry_run: bool = False,
    typed: Mapping[explaining.Key, explaining.Typed] | None = None,
    progress: Progress | None = None,
) -> Published:  # fmt: skip
    """Publish the round as it is now, if it is complete and differs from the version before.

    ``incomplete`` publishes although units or files are open; ``dry_run`` only says what would be
    corrected. Raises UnusableCall, RosterError, RoundError, OSError.
    """
    with collecting_lock(round_.folder, LOCK, "publish.locked"):
        sweep(round_)
        with opened(round_) as records:
            enter_missing(round_, records)
        known = versions(round_)
        for each in known:
            verify(each)
        before = known[-1] if known else None
        return _Job(round_, day, tuple(reasons), dict(typed or {}), before).run(
            incomplete, dry_run, progress
        )


@dataclass(frozen=True)
class _Job:
    """One publication on its way."""

    round: Round
    day: date
    reasons: tuple[str, ...]
    typed: dict[explaining.Key, explaining.Typed]
    before: Version | None

    def run(self, incomplete: bool, dry_run: bool, progress: Progress | None) -> Published:
        rolled = compile_round(self.round, typed=self.typed, progress=progress)
        open_ends = () if incomplete or rolled.complete else tuple(_open_ends(rolled))
        if open_ends:
            return Published(None, self.before, None, rolled, open_ends)
        if wrong := tuple(contradicting(self.round, rolled)):
            return Published(None, self.before, None, rolled, wrong)
        now = figures_of(rolled)
        found = self._changes(now, rolled)
        if dry_run or (found is not None and not found):
            return Published(None, self.before, found, rolled)
        version = self._write(now, found)
        return Published(version, self.before, found, rolled)

    def _changes(self, now: Figures, rolled: RollUp) -> Changes | None:
        """What differs from the version before, with reasons; None for the first version."""
        given = given_reasons(self.reasons, read_roster(self.round.roster_file))
        if self.before is None:
            return None
        old = figures_in(self.before)
        if old.edition != now.edition:
            places = {"before": old.edition, "now": now.edition}
            raise UnusableCall(say("publish.other_edition", **places))
        digests = {name: digest_of(path) for name, path in report_files(self.round).items()}
        found = changes(old, now, self.before.reports, digests)
        with opened(self.round) as records:
            decisions = tuple(in_order(records.ledger.decisions()))
        return Reasons(given, rolled, standing(self.round), decisions).told(found)

    # ------------------------------------------------------------ writing
    def _write(self, now: Figures, found: Changes | None) -> Version:
        number = self.before.number + 1 if self.before else 1
        folder = published_folder(self.round)
        folder.mkdir(exist_ok=True)
        draft = side(folder / "version")
        try:
            draft.mkdir()
            self._fill(draft, number, now, found)
            version = put_in_place(self.round, draft, number)
        finally:
            if draft.exists():
                shutil.rmtree(draft)
        with opened(self.round) as records:
            enter(records, version)
        return version

    def _fill(self, draft: Path, number: int, now: Figures, found: Changes | None) -> None:
        # Written here, not copied: its links to the units' files start from this folder.
        book = draft / self.round.book.name
        if figures_of(compile_round(self.round, output=book, typed=self.typed)) != now:
            raise UnusableCall(say("publish.moved"))
        for name, path in report_files(self.round).items():
            target = draft / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        (draft / figures_name()).write_bytes(to_bytes(now))
        if found is not None and self.before is not None:
            self._correct(draft, number, self.before, found)
        files = {
            path.relative_to(draft).as_posix(): digest_of(path)
            for path in sorted(draft.rglob("*")) if path.is_file()
        }  # fmt: skip
        body = {
            "format": FORMAT, "version": number, "day": self.day.isoformat(), "year": now.year,
            "district": now.district, "edition": now.edition, "book": book.name, "files": files,
            "reasons": list(self.reasons), "changes": list(_changes_json(found)),
        }  # fmt: skip
        (draft / manifest_name()).write_bytes(f"{to_text(body)}\n".encode())

    def _correct(self, draft: Path, number: int, before: Version, found: Changes) -> None:
        """The change note and the list; their writers are needed by nobody else."""
        from gouji.publishing.listing import write_list
        from gouji.publishing.note import Heading, note_bytes

        round_ = self.round
        office = round_.post.office.get("name") or office_of(round_.district, round_.level).name
        given = given_reasons(self.reasons, read_roster(round_.roster_file))
        heading = Heading(
            round_.district, round_.year, editions.load(round_.edition).title, office, number,
            before.number, self.day, before.day, given.whole,
        )  # fmt: skip
        (draft / note_name()).write_bytes(note_bytes(heading, found))
        title = say("publish.list_title", district=round_.district, year=round_.year,
                    number=number, before=before.number)  # fmt: skip
        write_list(draft / list_name(), found, title)


def _open_ends(rolled: RollUp) -> Iterator[str]:
    """Why the round is not complete."""
    if rolled.missing:
        names = say("message.joint").join(unit.name for unit in rolled.missing)
        yield say("publish.open.missing", n=len(rolled.missing), units=names)
    open_entries = [entry for entry in rolled.entries if not entry.settled]
    for entry in open_entries:
        yield say("publish.open.entry", unit=entry.unit or entry.shown, why=entry.why)
    for refused in rolled.unreadable:
        yield say("publish.open.unreadable", file=Path(refused.file).name, why=refused.why)
    if not rolled.missing and not open_entries and not rolled.unreadable:
        yield say("publish.open.own")


def _changes_json(found: Changes | None) -> Iterator[dict[str, object]]:
    for each in found.items if found else ():
        yield {
            "unit": each.unit, "item": each.code, "before": each.before, "after": each.after,
            "total_before": each.total_before, "total_after": each.total_after,
            "file": each.file, "reason": each.reason,
        }  # fmt: skip

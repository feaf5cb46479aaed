"""Published versions: folders that are written aside, renamed once whole, and never touched again.

``公布/第1版/`` holds the workbook, the reports, the figures and a list of all of them with their
digests; the ledger knows the digest of that list. What was whole before the ledger knew of it is
entered later.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gouji.gate import Refused, take
from gouji.ledger.events import Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.records import Records, ledger_file
from gouji.publishing.figures import BrokenFigures, Figures, from_bytes
from gouji.round import SIDE, Round
from gouji.unusable import UnusableCall
from gouji.values_json import load_object
from gouji.wording import say

FORMAT = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Version:
    """One version. ``files``: name in the folder → digest; ``sha256`` is that of their list."""

    number: int
    folder: Path
    day: date
    files: Mapping[str, str]
    book: str
    items: int  #: how many items it corrects
    sha256: str

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def book_file(self) -> Path:
        return self.folder / self.book

    @property
    def reports(self) -> dict[str, str]:
        """The report files that were published beside the workbook, and their digests."""
        own = {self.book, figures_name(), note_name(), list_name()}
        return {name: digest for name, digest in self.files.items() if name not in own}


def published_folder(round_: Round) -> Path:
    return round_.folder / say("publish.path.folder")


def version_folder(round_: Round, number: int) -> Path:
    return published_folder(round_) / say("publish.path.version", n=number)


def figures_name() -> str:
    return say("publish.path.figures")


def manifest_name() -> str:
    return say("publish.path.manifest")


def note_name() -> str:
    return say("publish.path.note")


def list_name() -> str:
    return say("publish.path.list")


# ---------------------------------------------------------------- what is there
def versions(round_: Round) -> tuple[Version, ...]:
    """Every version, the first one first, as folders and ledger have them.

    Raises UnusableCall when one is missing or its list of files is not the one that was published.
    """
    known = {int(event.detail["version"]): event for event in _events(round_)}
    numbers = sorted({*known, *_numbers(round_)})
    return tuple(_read(round_, number, known.get(number)) for number in numbers)


def latest_version(round_: Round) -> Version | None:
    """The version that holds now, None when nothing was published. Raises UnusableCall."""
    return next(reversed(versions(round_)), None)


def version_of(round_: Round, number: int = 0) -> Version:
    """That version, or the latest, every file of it as published. Raises UnusableCall."""
    found = versions(round_)
    chosen = [version for version in found if not number or version.number == number]
    if not chosen:
        known = say("message.joint").join(version.name for version in found)
        key = "publish.no_version" if found else "publish.never"
        raise UnusableCall(say(key, n=number, known=known, folder=round_.folder))
    verify(chosen[-1])
    return chosen[-1]


def verify(version: Version) -> None:
    """Raise UnusableCall unless every file is what was published."""
    for name, digest in version.files.items():
        file = version.folder / name
        if not file.is_file() or digest_of(file) != digest:
            raise UnusableCall(say("publish.altered", file=file))


def figures_in(version: Version) -> Figures:
    """The figures that were published. Raises UnusableCall."""
    file = version.folder / figures_name()
    data = _bytes(file)
    if hashlib.sha256(data).hexdigest() != version.files.get(figures_name()):
        raise UnusableCall(say("publish.altered", file=file))
    try:
        return from_bytes(data)
    except BrokenFigures as problem:
        raise UnusableCall(say("publish.broken", file=file, why=problem)) from problem


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _events(round_: Round) -> list[Event]:
    if not ledger_file(round_).exists():
        return []
    with Ledger(ledger_file(round_)) as ledger:
        return list(ledger.events(Kind.PUBLISHED))


def _numbers(round_: Round) -> Iterator[int]:
    folder = published_folder(round_)
    for path in folder.iterdir() if folder.is_dir() else ():
        found = re.search(r"\d{1,6}", path.name)
        number = int(found[0]) if found else 0
        if number and path == version_folder(round_, number):
            yield number


def _read(round_: Round, number: int, event: Event | None) -> Version:
    folder = version_folder(round_, number)
    file = folder / manifest_name()
    data = _bytes(file)
    digest = hashlib.sha256(data).hexdigest()
    if event is not None and event.detail["manifest"] != digest:
        raise UnusableCall(say("publish.altered", file=file))
    try:
        return _version(load_object(data), folder, number, digest)
    except (Refused, KeyError, TypeError, ValueError) as problem:
        why = problem.message if isinstance(problem, Refused) else say("publish.other_format")
        raise UnusableCall(say("publish.broken", file=file, why=why)) from problem


def _bytes(file: Path) -> bytes:
    try:
        return take(file).data
    except Refused as refused:
        raise UnusableCall(say("publish.broken", file=file, why=refused)) from refused


def _version(body: Mapping[str, Any], folder: Path, number: int, digest: str) -> Version:
    files = dict(body["files"])
    plain = all(_inside(name) and _DIGEST.fullmatch(each) for name, each in files.items())
    named = {figures_name(), body["book"]} <= files.keys()
    if body["format"] != FORMAT or body["version"] != number or not plain or not named:
        raise ValueError
    return Version(
        number, folder, date.fromisoformat(body["day"]), files, body["book"], len(body["changes"]),
        digest,
    )  # fmt: skip


def _inside(name: str) -> bool:
    """True for a name below the folder; a list from outside must not lead anywhere else."""
    path = Path(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


# ---------------------------------------------------------------- writing
def enter_missing(round_: Round, records: Records) -> None:
    """Enter what was written whole just before a kill. Raises UnusableCall, RoundError, OSError."""
    # What stands in the journal only is entered by the next collection.
    entered = [*records.ledger.events(Kind.PUBLISHED), *records.missing_decisions()]
    known = {int(e.detail["version"]) for e in entered if e.kind is Kind.PUBLISHED}
    for version in versions(round_):
        if version.number not in known:
            verify(version)
            enter(records, version)


def enter(records: Records, version: Version) -> None:
    """Say in the ledger that the version was published. Raises RoundError, OSError."""
    detail = {"version": version.number, "day": version.day.isoformat(), "items": version.items,
              "manifest": version.sha256}  # fmt: skip
    records.decide(Kind.PUBLISHED, detail=detail)


def sweep(round_: Round) -> None:
    """Remove what a killed process had not finished. Raises OSError."""
    folder = published_folder(round_)
    for draft in folder.glob(f"{SIDE}*") if folder.is_dir() else ():
        shutil.rmtree(draft)


def put_in_place(round_: Round, draft: Path, number: int) -> Version:
    """Give a whole version its name. Raises OSError when there is one already."""
    for file in draft.rglob("*"):
        if file.is_file():
            with suppress(OSError):  # a share may not know it; it only guards against slips
                file.chmod(_READ_ONLY)
    target = version_folder(round_, number)
    if target.exists():
        raise FileExistsError(None, say("publish.there"), str(target))
    draft.rename(target)
    return _read(round_, number, None)

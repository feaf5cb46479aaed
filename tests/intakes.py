"""Things that come in: forms as bytes, messages around them, and a source that hands them over."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import builders
import rounds
from gouji.collecting import FileState, State, standing
from gouji.ledger import ledger as ledger_module
from gouji.ledger.archive import Archive
from gouji.ledger.events import Kind
from gouji.ledger.records import Records, archive_folder, ledger_file, opened
from gouji.mail.model import Parcel
from gouji.round import Round

NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)


def at(minutes: float) -> datetime:
    """Minutes before the present of the tests."""
    return NOW - timedelta(minutes=minutes)


@cache
def _workshop() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="gouji-intakes-")


@cache
def _made(kind: str) -> Round:
    """A round that tests copy: making one takes longer than copying it."""
    folder = Path(_workshop().name) / kind
    make = {"begun": rounds.begun, "filled": rounds.filled}[kind]
    return make(folder, console=False)


def _copied(kind: str, folder: Path) -> Round:
    made = _made(kind)
    there = folder / made.folder.name
    shutil.copytree(made.folder, there)
    return replace(made, folder=there)


def begun(folder: Path) -> Round:
    """As ``rounds.begun``: four units, last year known for two, an empty inbox."""
    return _copied("begun", folder)


def filled(folder: Path) -> Round:
    """As ``rounds.filled``: three forms and a stray in the inbox."""
    return _copied("filled", folder)


def form(unit: str, number: int = 0, year: int = rounds.YEAR, values: Any = None) -> bytes:
    """A sound form; ``number`` stands in one item, last year's is 3 and 5."""
    found = values or values_of(number)
    return _form(unit, year, tuple(found.items()))


@cache
def _form(unit: str, year: int, values: tuple[tuple[str, Any], ...]) -> bytes:
    path = Path(_workshop().name) / "表.xlsx"
    return rounds.write_form(path, unit, dict(values), year).read_bytes()


def put(round_: Round, name: str, data: bytes, minutes: float = 30) -> Path:
    """A file in the inbox, as old as that."""
    path = round_.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = at(minutes).timestamp()
    os.utime(path, (moment, moment))
    return path


def values_of(number: int) -> dict[str, Any]:
    """Balanced values that differ in an item, and in what follows from it."""
    now, later = rounds.carried()
    return builders.close(rounds.NEW, {now: 1, later: number})


def busy_values() -> dict[str, Any]:
    """Balanced values of a unit with much to report: two years alike would be odd."""
    now, later = rounds.carried()
    codes = [code for code in builders.leaves(rounds.NEW) if code not in (now, later)]
    return builders.close(rounds.NEW, dict.fromkeys(codes[-14:], 2))


def message(
    *files: tuple[str, bytes], sender: str = "x@example.org", sent: datetime | None = None,
    subject: str = "年度报告", inline: tuple[bytes, ...] = (),
) -> bytes:  # fmt: skip
    """An e-mail with these attachments."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "qu@example.org", subject
    if sent:
        mail["Date"] = format_datetime(sent)
    mail["Message-ID"] = f"<{abs(hash((subject, sender, files, sent)))}@example.org>"
    mail.set_content("请查收。")
    for picture in inline:
        mail.add_attachment(picture, "image", "png", disposition="inline", cid="<logo>",
                            filename="logo.png")  # fmt: skip
    for name, data in files:
        mail.add_attachment(data, *XLSX, filename=name)
    return mail.as_bytes()


def packed(*files: tuple[str, bytes]) -> bytes:
    """A ZIP archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass
class Box:
    """A source of parcels, each given once."""

    name: str = "box"
    via: str = "imap"
    held: list[Parcel] = field(default_factory=list)
    asked: int = 0

    def put(self, data: bytes, received: datetime | None = None, name: str = "信.eml") -> Box:
        key = f"{len(self.held)}"
        self.held.append(Parcel(self.name, key, self.via, name, data, received))
        return self

    def new(self, known: Callable[[str], bool]) -> Iterator[Parcel]:
        self.asked += 1
        yield from (parcel for parcel in self.held if not known(parcel.key))


def records(round_: Round) -> Any:
    """The open records, for a ``with`` block."""
    return opened(round_)


def decide(round_: Round, kind: Kind, **what: Any) -> None:
    with opened(round_) as held:
        assert isinstance(held, Records)
        held.decide(kind, **what)


def kinds(round_: Round) -> list[str]:
    """The kinds of all events, in order."""
    with ledger_module.Ledger(ledger_file(round_)) as ledger:
        return [str(event.kind) for event in ledger.events()]


def by_name(round_: Round) -> dict[str, FileState]:
    """Every file's state by the name it came under first."""
    return {state.name: state for state in standing(round_)}


def states(round_: Round) -> dict[str, State]:
    return {name: state.state for name, state in by_name(round_).items()}


def archive_of(round_: Round) -> Archive:
    return Archive(archive_folder(round_))

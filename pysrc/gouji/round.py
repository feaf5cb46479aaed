"""The round folder: one year's collection, its facts in ``round.toml`` and where its files stand.

Everything is written beside its place and renamed: killed at any moment, a round stays usable.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from gouji import editions
from gouji.mail.settings import (
    MailboxSettings,
    MailError,
    SmtpSettings,
    mailbox_settings,
    smtp_settings,
)
from gouji.model import LEVELS, Unit
from gouji.round_editions import FACTS, register_editions
from gouji.wording import say

ROUND_LEVELS = LEVELS[:3]  #: levels that collect from others
YEARS = range(1990, 2201)
SIDE = ".gouji-"  #: how files begin that are not complete yet
_NAME_BYTES = 150  #: of a file's name; file systems take 255, endings and years come on top
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class RoundError(ValueError):
    """A folder that is no usable round; one clear Chinese line says why and what to do."""


@dataclass(frozen=True, slots=True)
class Post:
    """How the office writes and is written to; every part may be missing.

    ``maildir`` is a folder in which a mail program keeps messages, ``office`` who signs letters:
    ``name``, ``contact``, ``phone``, ``email``.
    """

    mailbox: MailboxSettings | None = None
    smtp: SmtpSettings | None = None
    maildir: str = ""
    office: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """One year's collection. ``last_year`` is a file's name inside ``earlier``, empty for all."""

    folder: Path
    year: int
    district: str
    level: str
    edition: str
    last_year: str = ""
    deadline: date | None = None
    post: Post = field(default_factory=Post)

    @property
    def facts_file(self) -> Path:
        return self.folder / FACTS

    @property
    def roster_file(self) -> Path:
        return self.folder / say("round.path.roster")

    @property
    def issued(self) -> Path:
        """Forms as they go out to the units."""
        return self.folder / say("round.path.issued")

    @property
    def inbox(self) -> Path:
        """What came in; never altered."""
        return self.folder / say("round.path.inbox")

    @property
    def output(self) -> Path:
        return self.folder / say("round.path.output")

    @property
    def earlier(self) -> Path:
        """Last year's files."""
        return self.folder / say("round.path.earlier")

    @property
    def console(self) -> Path:
        return self.folder / say("round.path.console")

    @property
    def libreoffice_console(self) -> Path:
        """The same for LibreOffice, which keeps buttons in its own format only."""
        return self.console.with_suffix(".ods")

    @property
    def consoles(self) -> list[Path]:
        """The consoles that are there, the one saved last first."""
        there = [file for file in (self.console, self.libreoffice_console) if file.is_file()]
        return sorted(there, key=lambda file: -file.stat().st_mtime_ns)

    @property
    def book(self) -> Path:
        """The district workbook."""
        return self.output / book_name(self.district, self.year)

    def form_name(self, unit: Unit) -> str:
        """File name of the form issued to a unit."""
        return say("round.path.form", unit=safe_name(unit.name), year=self.year)


def book_name(district: str, year: int) -> str:
    """File name of a district workbook."""
    return say("round.path.book", district=safe_name(district), year=year)


def safe_name(text: str) -> str:
    """The text as a part of a file name that every system takes; never empty."""
    name = _FORBIDDEN.sub("_", text.strip()).strip(". ")
    while len(name.encode("utf-8", "replace")) > _NAME_BYTES:
        name = name[:-1]
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


def is_round(folder: Path) -> bool:
    return (folder / FACTS).is_file()


# ---------------------------------------------------------------- facts
def read_round(folder: Path) -> Round:
    """The round in ``folder``. Raises RoundError."""
    file = folder / FACTS
    register_editions(folder)
    try:
        facts = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise RoundError(say("round.none", folder=folder)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RoundError(say("round.broken", file=file, why=error)) from error
    known = {"year", "district", "level", "edition", "last_year", "deadline", *_POST}
    if strange := sorted(facts.keys() - known):
        _refuse(file, strange[0], say("round.unknown_key"))
    return Round(
        folder,
        year=_year(file, facts),
        district=_text(file, facts, "district"),
        level=_one_of(file, facts, "level", ROUND_LEVELS),
        edition=_edition(file, facts),
        last_year=_file_name(file, facts),
        deadline=_deadline(file, facts),
        post=_post(file, facts),
    )


def write_round(round_: Round) -> None:
    """Write the facts. Raises OSError."""
    facts: dict[str, str] = {
        "year": str(round_.year),
        "district": _quoted(round_.district),
        "level": _quoted(round_.level),
        "edition": _quoted(round_.edition),
    }
    if round_.last_year:
        facts["last_year"] = _quoted(round_.last_year)
    if round_.deadline:
        facts["deadline"] = round_.deadline.isoformat()
    if round_.post.maildir:
        facts["maildir"] = _quoted(round_.post.maildir)
    lines = [f"# {line}" for line in say("round.comment").splitlines()]
    lines += [f"{key} = {value}" for key, value in facts.items()]
    lines += _post_lines(round_.post)
    replace_file(round_.facts_file, ("\n".join(lines) + "\n").encode())


def _post_lines(post: Post) -> Iterator[str]:
    """The sections of mail and office; settings never hold a secret."""
    tables = {"mailbox": post.mailbox, "smtp": post.smtp}
    bodies = {name: asdict(each) for name, each in tables.items() if each is not None}
    for name, body in (bodies | ({"office": post.office} if post.office else {})).items():
        yield f"[{name}]"
        yield from (f"{key} = {_toml(value)}" for key, value in body.items() if value is not None)


def _toml(value: str | int | date) -> str:
    return _quoted(value) if isinstance(value, str) else str(value)  # ISO, as TOML writes dates


def _quoted(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON, and DEL wants one too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _refuse(file: Path, key: str, why: str) -> None:
    raise RoundError(say("round.bad_fact", file=file, fact=key, why=why))


def _text(file: Path, facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key, "")
    if not isinstance(value, str) or not value.strip():
        _refuse(file, key, say("round.needs_text"))
    return str(value).strip()


def _one_of(file: Path, facts: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = _text(file, facts, key)
    if value not in allowed:
        words = say("message.joint").join(allowed)
        _refuse(file, key, say("round.needs_one_of", given=value, words=words))
    return value


def _year(file: Path, facts: Mapping[str, Any]) -> int:
    value = facts.get("year")
    if not isinstance(value, int) or value not in YEARS:
        _refuse(file, "year", say("round.needs_year"))
    return int(value or 0)


def _edition(file: Path, facts: Mapping[str, Any]) -> str:
    edition = _one_of(file, facts, "edition", editions.available())
    year = _year(file, facts)
    if not editions.load(edition).serves(year):
        _refuse(file, "edition", say("round.wrong_edition", edition=edition, year=year))
    return edition


def _file_name(file: Path, facts: Mapping[str, Any]) -> str:
    value = facts.get("last_year", "")
    if not isinstance(value, str) or (value and Path(value).name != value):
        _refuse(file, "last_year", say("round.needs_name", folder=say("round.path.earlier")))
    return str(value)


def _deadline(file: Path, facts: Mapping[str, Any]) -> date | None:
    value = facts.get("deadline")
    if value is not None and type(value) is not date:
        _refuse(file, "deadline", say("round.needs_date"))
    return value


_POST = ("mailbox", "smtp", "maildir", "office")
_OFFICE = ("name", "contact", "phone", "email")


def _post(file: Path, facts: Mapping[str, Any]) -> Post:
    try:
        mailbox, smtp = _table(file, facts, "mailbox"), _table(file, facts, "smtp")
        boxes = mailbox_settings(mailbox) if mailbox is not None else None
        server = smtp_settings(smtp) if smtp is not None else None
    except MailError as problem:
        raise RoundError(say("round.broken", file=file, why=problem)) from problem
    maildir = _text(file, facts, "maildir") if "maildir" in facts else ""
    office = _table(file, facts, "office") or {}
    for key, value in office.items():
        if key not in _OFFICE:
            _refuse(file, f"office.{key}", say("round.unknown_key"))
        if not isinstance(value, str):
            _refuse(file, f"office.{key}", say("round.needs_text"))
    return Post(boxes, server, maildir, office)


def _table(file: Path, facts: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    value = facts.get(key)
    if value is not None and not isinstance(value, dict):
        _refuse(file, key, say("round.needs_table"))
    return value


# ---------------------------------------------------------------- files
def make_folders(round_: Round) -> None:
    """The round's folders, those missing. Raises OSError."""
    for folder in (round_.earlier, round_.issued, round_.inbox, round_.output):
        folder.mkdir(parents=True, exist_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a whole file, or leave what was there. Raises OSError."""
    draft = side(path)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file whole, its time too, or leave what was there. Raises OSError."""
    draft = side(target)
    try:
        shutil.copy2(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def side(path: Path) -> Path:
    """Where a file is written before it takes its name."""
    return path.with_name(f"{SIDE}{uuid4().hex}{path.suffix}")


def same_content(one: Path, other: Path) -> bool:
    """True when both files are there and hold the same bytes. Raises OSError."""
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()

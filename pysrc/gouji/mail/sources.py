"""Where mail comes from: saved messages in a folder, a Maildir. See ``imap`` for a mailbox.

A source gives only what is not known yet, and changes nothing where it reads. What cannot be
fetched (too large, no permission) is a parcel too: its ``data`` is empty and its ``name`` says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from gouji import gate
from gouji.gate import Refused
from gouji.mail import messages, text
from gouji.mail.model import Parcel
from gouji.mail.settings import MailError
from gouji.wording import say

Known = Callable[[str], bool]
_MAIL_ENDINGS = (".eml", ".msg")
_NOT_YET = (".", "~$")  #: how files begin that are hidden or being written
_FLAGS = re.compile(r"[:;!]2,[A-Za-z]*$")


class Source(Protocol):
    """Something that brings parcels. ``known`` is asked with a parcel's key."""

    @property
    def name(self) -> str: ...

    def new(self, known: Known) -> Iterator[Parcel]: ...


class EmlFolder:
    """The .eml and .msg files of a folder and of the folders in it.

    A parcel's key is the SHA-256 of its content, so that a file that was moved is known and one
    that was replaced is not; of a file that cannot be read it is the path and the time.
    """

    def __init__(self, path: Path, name: str = "") -> None:
        self.path = path
        self.name = name or str(path)

    def new(self, known: Known) -> Iterator[Parcel]:
        """Raises MailError when the folder cannot be listed."""
        given: set[str] = set()
        for file in _files(self.path, deep=True):
            if not file.name.lower().endswith(_MAIL_ENDINGS):
                continue
            name = file.relative_to(self.path).as_posix()
            parcel = _parcel(self.name, "eml", file, name, key="")
            if parcel.key not in given and not known(parcel.key):
                given.add(parcel.key)
                yield parcel


class Maildir:
    """The messages in ``cur`` and ``new`` of a Maildir; no flag is set and nothing is moved.

    A parcel's key is the message's unique name without its flags.
    """

    def __init__(self, path: Path, name: str = "") -> None:
        self.path = path
        self.name = name or str(path)

    def new(self, known: Known) -> Iterator[Parcel]:
        """Raises MailError when the folder is no Maildir or cannot be listed."""
        folders = [self.path / "new", self.path / "cur"]
        if not all(folder.is_dir() for folder in folders):
            raise MailError(say("mail.no_maildir", folder=self.path))
        given: set[str] = set()
        for file in sorted((file for folder in folders for file in _files(folder)), key=_unique):
            key = _unique(file)
            if key not in given and not known(key):
                given.add(key)
                yield _parcel(self.name, "maildir", file, "", key)


def mail_name(data: bytes, otherwise: str) -> str:
    """What a message without a file name is called: its subject, or ``otherwise``."""
    return messages.mail_name(messages.title_of(data)) or f"{otherwise}.eml"


def _unique(file: Path) -> str:
    return _FLAGS.sub("", file.name)


def _files(folder: Path, *, deep: bool = False) -> list[Path]:
    """Plain files in order of their names; links are left alone."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise MailError(say("mail.no_folder", folder=folder)) from error
    found: list[Path] = []
    for entry in entries:
        if entry.name.startswith(_NOT_YET) or entry.is_symlink():
            continue
        if entry.is_file():
            found.append(entry)
        elif deep and entry.is_dir():
            found += _files(entry)
    return found


def _parcel(source: str, via: str, file: Path, name: str, key: str) -> Parcel:
    """A file as a parcel; one that the gate refuses has no data and says so in its name."""
    moment = _time(file)
    shown = name or text.name_of_path(_unique(file))
    try:
        content = gate.take(file)
    except Refused as refused:
        told = say("mail.not_fetched", name=shown, why=refused.message)
        return Parcel(source, key or f"{shown}@{moment}", via, told, b"", moment)
    if not name:
        shown = mail_name(content.data, shown)
    return Parcel(source, key or content.sha256, via, shown, content.data, moment)


def _time(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None

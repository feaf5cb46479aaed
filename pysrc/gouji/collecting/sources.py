"""Where files come from: anything that hands over parcels, first of all the round's own inbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from gouji.gate import MAX_FILE, MEGABYTE, Reason, refusal
from gouji.ledger.lines import display_name
from gouji.mail.model import Parcel
from gouji.wording import say


class Source(Protocol):
    """A mailbox, a folder of messages, …"""

    @property
    def name(self) -> str:
        """The same on every run; keys are unique within it."""

    def new(self, known: Callable[[str], bool]) -> Iterator[Parcel]:
        """What it holds that is not known by its key yet."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left where it is. ``matters``: somebody should look after it."""

    name: str
    why: str
    matters: bool = False


#: Office's and systems' own files, and downloads that are not complete.
_OWN_STARTS = (".", "~$", "~wrl", "~rf", "thumbs.db", "desktop.ini")
_OWN_ENDS = (".tmp", ".part", ".partial", ".crdownload", ".download", ".lnk")


class Inbox:
    """The round's inbox and the folders in it, one level deep. Nothing in it is ever changed.

    ``skipped`` lists what the last call of ``new`` left out.
    """

    name = "inbox"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.skipped: list[Skipped] = []

    def new(self, known: Callable[[str], bool]) -> Iterator[Parcel]:
        """Every file that is new, or was changed since, in order of its name."""
        self.skipped = []
        for entry, place in self._files(self.folder, ""):
            parcel = self._parcel(entry, place, known)
            if parcel is not None:
                yield parcel

    def _files(self, folder: Path, inside: str) -> Iterator[tuple[os.DirEntry[str], str]]:
        """Plain files with their names inside the inbox; whatever else there is is noted."""
        for entry in _entries(folder):
            place = f"{inside}{entry.name}"
            if entry.is_symlink():
                self._skip(place, "link")
            elif entry.name.lower().startswith(_OWN_STARTS) or (
                entry.name.lower().endswith(_OWN_ENDS)
            ):
                self._skip(place, "own")
            elif entry.is_dir():
                if inside:
                    self._skip(place, "deep", matters=True)
                else:
                    yield from self._files(Path(entry.path), f"{place}/")
            elif entry.is_file():
                yield entry, place

    def _skip(self, place: str, why: str, matters: bool = False) -> None:
        self.skipped.append(Skipped(display(place), say(f"collecting.skipped.{why}"), matters))

    def _parcel(
        self, entry: os.DirEntry[str], place: str, known: Callable[[str], bool]
    ) -> Parcel | None:
        try:
            stat = entry.stat(follow_symlinks=False)
            key = f"{place}|{stat.st_size}|{stat.st_mtime_ns}"
            if known(key):
                return None
            if stat.st_size == 0:
                self._skip(place, "empty")
                return None
            if stat.st_size > MAX_FILE:
                why = refusal(Reason.TOO_LARGE, size=MAX_FILE // MEGABYTE).message
                self.skipped.append(Skipped(display(place), why, matters=True))
                return None
            data = Path(entry.path).read_bytes()
        except OSError:  # locked by another program, or gone in the meantime
            why = refusal(Reason.PERMISSION).message
            self.skipped.append(Skipped(display(place), why, matters=True))
            return None
        if len(data) != stat.st_size:
            self._skip(place, "growing")
            return None
        received = _moment(stat.st_mtime)
        return Parcel(self.name, key, "folder", entry.name, data, received)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:  # an inbox that somebody removed is an empty one
        return []


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def display(place: str) -> str:
    """A place inside the inbox as it may be shown."""
    return "/".join(display_name(part) for part in place.split("/"))

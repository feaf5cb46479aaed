"""One run at a time for a workbook, by a lock file that says who holds it.

The operating system holds the lock and drops it when the process ends, however it ends; so a file
left behind by a crash is recognised as stale by the mere fact that it can be locked.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from hashlib import sha256
from pathlib import Path

FAR = 1 << 20  #: the byte that is locked; a locked byte cannot be read on Windows


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds the lock, and since when."""

    pid: int
    target: str
    since: float  #: seconds since 1970

    @property
    def age(self) -> float:
        return time.time() - self.since


def lock_path(book: str) -> Path:
    """The lock file of a workbook, for this user."""
    key = sha256(os.path.normcase(book).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    owner = sha256(getuser().encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"gouji-{owner}-{key}.lock"


@contextmanager
def run_lock(book: str, target: str) -> Iterator[Held | None]:
    """Hold the workbook's lock in the ``with`` block; or tell who holds it.

    Raises OSError when the temp folder cannot be written.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    file = os.open(lock_path(book), flags, 0o600)
    try:
        if not _locked(file):
            yield _read(file)
            return
        _write(file, Held(os.getpid(), target, time.time()))
        try:
            yield None
        finally:
            os.ftruncate(file, 0)
    finally:
        os.close(file)  # gives the lock back


def _read(file: int) -> Held:
    """The holder; one just about to write its name is given as unknown and new."""
    os.lseek(file, 0, os.SEEK_SET)
    try:
        found = json.loads(os.read(file, 4096))
        return Held(int(found["pid"]), str(found["target"]), float(found["since"]))
    except (ValueError, KeyError, TypeError):
        return Held(0, "", time.time())


def _write(file: int, held: Held) -> None:
    text = json.dumps({"pid": held.pid, "target": held.target, "since": held.since})
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, text.encode("ascii"))


if sys.platform == "win32":
    import msvcrt

    def _locked(file: int) -> bool:
        os.lseek(file, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

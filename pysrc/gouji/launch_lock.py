"""One run at a time for a workbook, by a lock file that says who holds it.

The operating system holds the lock and drops it when the process ends, however it ends; so a file
left behind by a crash is recognised as stale by the mere fact that it can be locked.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from hashlib import sha256
from pathlib import Path
from typing import Any

from gouji.file_lock import read_holder, try_lock, write_holder


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
        if not try_lock(file):
            yield _read(file)
            return
        held = {"pid": os.getpid(), "target": target, "since": time.time()}
        write_holder(file, held)
        try:
            yield None
        finally:
            os.ftruncate(file, 0)
    finally:
        os.close(file)  # gives the lock back


def _read(file: int) -> Held:
    """The holder; one just about to write its name is given as unknown and new."""
    try:
        found: Any = read_holder(file)
        return Held(int(found["pid"]), str(found["target"]), float(found["since"]))
    except (ValueError, KeyError, TypeError):
        return Held(0, "", time.time())

"""One collection at a time in a round, by a lock file in its folder that says who holds it.

The operating system holds the lock and drops it when the process ends, however it ends. A holder
that came to its end empties the file; one that was killed leaves its name behind.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from getpass import getuser
from pathlib import Path
from socket import gethostname

from gouji.round import RoundError
from gouji.wording import say

NAME = ".gouji-collect.lock"
FAR = 1 << 20  #: the byte that is locked; a locked byte cannot be read on Windows


@contextmanager
def collecting_lock(folder: Path) -> Iterator[bool]:
    """Hold the round's lock; gives True when the holder before was killed at its work.

    Raises RoundError saying who holds it, OSError when the folder cannot be written.
    """
    file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        if not _locked(file):
            raise RoundError(say("ledger.locked", **_holder(file)))
        broken_off = os.fstat(file).st_size > 0
        _write(file)
        yield broken_off
        os.ftruncate(file, 0)  # not after a fault: what it left undone is looked for next time
    finally:
        os.close(file)  # gives the lock back


def _write(file: int) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    held = {"who": f"{_user()}@{gethostname()}", "pid": os.getpid(), "since": now}
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, json.dumps(held).encode("ascii"))


def _user() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # a service without a user
        return "?"


def _holder(file: int) -> dict[str, object]:
    """What the holder wrote; one just about to write is not known yet."""
    try:
        found = json.loads(os.read(file, 4096))
        return {key: str(found[key]) for key in ("who", "pid", "since")}
    except (ValueError, KeyError, TypeError, OSError):
        return dict.fromkeys(("who", "pid", "since"), "?")


if sys.platform == "win32":
    import msvcrt

    def _locked(file: int) -> bool:
        os.lseek(file, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(file, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _locked(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

"""One collection at a time in a round, by a lock file in its folder that says who holds it.

The operating system holds the lock and drops it when the process ends, however it ends. A holder
that came to its end empties the file; one that was killed leaves its name behind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from getpass import getuser
from pathlib import Path
from socket import gethostname
from typing import Any

from gouji.file_lock import read_holder, try_lock, write_holder
from gouji.round import RoundError
from gouji.wording import say

NAME = ".gouji-collect.lock"


@contextmanager
def collecting_lock(folder: Path, name: str = NAME, busy: str = "ledger.locked") -> Iterator[bool]:
    """Hold the round's lock; gives True when the holder before was killed at its work.

    ``name`` is the lock's file, ``busy`` the sentence that says who holds it.

    Raises RoundError saying who holds it, OSError when the folder cannot be written.
    """
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        if not try_lock(file):
            raise RoundError(say(busy, **_holder(file)))
        broken_off = os.fstat(file).st_size > 0
        write_holder(file, _myself())
        yield broken_off
        os.ftruncate(file, 0)  # not after a fault: what it left undone is looked for next time
    finally:
        os.close(file)  # gives the lock back


def _myself() -> dict[str, object]:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"who": f"{_user()}@{gethostname()}", "pid": os.getpid(), "since": now}


def _user() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # a service without a user
        return "?"


def _holder(file: int) -> dict[str, object]:
    """What the holder wrote; one just about to write is not known yet."""
    try:
        found: Any = read_holder(file)
        return {key: str(found[key]) for key in ("who", "pid", "since")}
    except (ValueError, KeyError, TypeError, OSError):
        return dict.fromkeys(("who", "pid", "since"), "?")

"""A lock on an open file that the operating system drops when its holder ends, however it ends.

The file also says, as one JSON object, who holds the lock.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

FAR = 1 << 20  #: the byte that is locked; a locked byte cannot be read on Windows
_LONGEST = 4096  #: bytes of what a holder says of itself


def write_holder(file: int, held: Mapping[str, object]) -> None:
    """Say who holds the lock. Raises OSError."""
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, json.dumps(held).encode("ascii"))


def read_holder(file: int) -> object:
    """What the holder wrote. Raises ValueError where it has not yet, OSError."""
    os.lseek(file, 0, os.SEEK_SET)
    return json.loads(os.read(file, _LONGEST))


if sys.platform == "win32":
    import msvcrt

    def try_lock(file: int) -> bool:
        """Take the lock; False when another process holds it."""
        os.lseek(file, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Take the lock; False when another process holds it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

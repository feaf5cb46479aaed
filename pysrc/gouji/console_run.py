"""Long work behind a button: done in a second thread, while the first tells how far it is.

Only the first thread touches the office. The work reports through ``Job`` and is stopped there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Event
from typing import TypeVar

from gouji.console_desk import Desk
from gouji.gate import Refused
from gouji.roster_file import RosterError
from gouji.round import RoundError
from gouji.unusable import UnusableCall
from gouji.wording import say

T = TypeVar("T")
BEAT = 0.25  #: seconds between two signs of life


class Stopped(Exception):
    """Somebody asked the work to stop."""


class Job:
    """What the work sees of the office: it tells, and learns here that it shall stop."""

    def __init__(self, files: int = 0) -> None:
        self.files = files  #: how many there will be, 0 when not known
        self.done = 0
        self.at = ""
        self.news: Queue[str] = Queue()
        self._stop = Event()

    def log(self, text: str) -> None:
        self.news.put(text)

    def doing(self, text: str) -> None:
        """Say what is being done that has no files to count. Raises Stopped."""
        self.files, self.done, self.at = 0, 0, text
        self.log(text)
        self._look()

    def file(self, file: Path) -> None:
        """Another file is done. Raises Stopped."""
        self.done += 1
        self.at = file.name
        self._look()

    def stop(self) -> None:
        self._stop.set()

    def _look(self) -> None:
        if self._stop.is_set():
            raise Stopped


def carry_out(desk: Desk, work: Callable[[Job], T]) -> T:
    """Run ``work`` to its end while the status bar moves and lines appear in the log.

    Raises what the work raises, Stopped among it.
    """
    job, since = Job(), time.monotonic()
    with ThreadPoolExecutor(1, "gouji") as pool:
        future = pool.submit(work, job)
        try:
            while not future.done():
                _tell(desk, job, time.monotonic() - since)
            _drain(desk, job)
        finally:
            job.stop()  # should the office go away, the work must not go on behind it
    return future.result()


def _tell(desk: Desk, job: Job, seconds: float) -> None:
    with suppress(Empty):  # nothing new, but the clock goes on
        desk.log(job.news.get(timeout=BEAT))
    desk.status(_progress(desk.button, job, seconds))
    if desk.stop_asked():
        desk.status(say("console.stopping", button=desk.button))
        job.stop()


def _drain(desk: Desk, job: Job) -> None:
    while not job.news.empty():
        desk.log(job.news.get())


def _progress(button: str, job: Job, seconds: float) -> str:
    places = {"button": button, "at": job.at, "seconds": int(seconds)}
    if job.files:
        return say("console.file_of", n=job.done, all=job.files, **places)
    return say("console.at_work", **places)


def reason(problem: Exception) -> str:
    """The sentence of a failure that is the user's to mend."""
    if isinstance(problem, OSError):
        places = {"file": problem.filename or "", "why": problem.strerror or problem}
        return say("cli.os_error", **places)
    return str(problem)


#: Failures a user can mend; any other is ours and goes on to the log of ``launch``.
MENDABLE = (UnusableCall, RosterError, RoundError, Refused, OSError)

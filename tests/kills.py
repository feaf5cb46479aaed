"""A process of its own that is killed after a while, to see what it leaves behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from gouji.round import Round


def run_and_kill(work: Callable[[Round, Any], None], made: Round, delay: float) -> float:
    """Run ``work(made, pipe)``, killed ``delay`` seconds after it sent word; seconds it took."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=work, args=(made, theirs))
    child.start()
    ours.recv()
    since = time.perf_counter()
    child.join(delay)
    if child.is_alive():
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    return time.perf_counter() - since

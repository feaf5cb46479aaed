"""Readers of formats that may break or grow without bound run in a process of their own.

A worker reads the file's bytes from standard input and writes JSON: what it read, or
``{"refused": [reason, kind, places]}``. One that breaks, hangs or wants too much memory has met a
damaged or hostile file.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from gouji.gate import MEGABYTE, Reason, refusal

SECONDS = 120
MEMORY = 2048 * MEGABYTE


def run(module: str, data: bytes, seconds: float = SECONDS) -> Mapping[str, Any]:
    """What the worker ``gouji.documents.<module>`` makes of the bytes.

    Raises Refused with the worker's own reason, or damaged, or too_large when time runs out.
    """
    try:
        # -P: no module is ever taken from the folder we happen to stand in.
        done = subprocess.run(
            [sys.executable, "-P", "-m", f"gouji.documents.{module}"], input=data,
            capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise refusal(Reason.TOO_LARGE, "document") from error
    if done.returncode:
        raise refusal(Reason.DAMAGED) from WorkerEnded(
            done.stderr[-2000:].decode("utf-8", "replace")
        )
    answer: Mapping[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        reason, kind, places = answer["refused"]
        raise refusal(Reason(reason), kind, **places)
    return answer


class WorkerEnded(RuntimeError):
    """Why a worker ended, in its own words; for our own eyes."""


# ---------------------------------------------------------------------- inside the worker
def limit() -> None:
    """Bound this process's memory and time, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def taken() -> bytes:
    """The file's bytes."""
    return sys.stdin.buffer.read()


def give(answer: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


def refuse(reason: Reason, kind: str = "", **places: Any) -> Mapping[str, Any]:
    """The answer of a worker that refuses the file."""
    return {"refused": [reason, kind, places]}

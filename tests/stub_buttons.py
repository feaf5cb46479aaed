"""Stands in for ``gouji.buttons`` behind pressed buttons: each target does one tell-tale thing.

It writes to the live workbook through the connection it was given, as the real ones do, but with
the tests' own worker instead of xlwings. Loaded under the name ``gouji.buttons``.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from gouji.unusable import UnusableCall

SYSTEM_PYTHON = "/usr/bin/python3"
WORKER = Path(__file__).with_name("press_worker.py")
CELL = "AB1"


def run(target: str, book: str, connection: str) -> None:
    globals()[target](book, connection)


def tell(text: str, book: str, connection: str) -> None:
    _office(connection, do="message", url=Path(book).as_uri(), title="勾稽", text=text)


def check(book: str, connection: str) -> None:
    _put(book, connection, "pressed")


def import_last_year(book: str, connection: str) -> None:
    raise UnusableCall("没有选文件。")


def submit(book: str, connection: str) -> None:
    raise ZeroDivisionError("a slip of ours")


def clear_marks(book: str, connection: str) -> None:
    """Goes on until a file ``go`` stands beside the workbook; counts its runs in a file."""
    folder = Path(book).parent
    with (folder / "runs").open("a") as runs:
        runs.write("x")
    while not (folder / "go").exists():
        time.sleep(0.02)
    _put(book, connection, "done")


def _put(book: str, connection: str, text: str) -> None:
    if not connection:  # no office runs: asked as Excel would
        return
    url = Path(book).as_uri()
    _office(connection, do="put", url=url, sheet="封面", address=CELL, text=text)


def _office(connection: str, **job: str) -> None:
    pipe = connection.removeprefix("pipe:")
    subprocess.run([SYSTEM_PYTHON, str(WORKER), pipe, json.dumps(job)], check=True)

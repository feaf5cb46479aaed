"""A LibreOffice of one's own in which tests open workbooks and press their buttons.

Its surroundings are the tests': programs on PATH (no Python, unless a test puts one there), the
user's config folder and the temp folder. Driven through the system's Python, like ``office.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar, cast
from uuid import uuid4

from office import SYSTEM_PYTHON, OfficeError

HERE = Path(__file__).parent
WORKER = HERE / "press_worker.py"
STUB = HERE / "stub_launch.py"
SECONDS = 30.0  #: how long a test waits for what must come

T = TypeVar("T")


def wait_for(ask: Callable[[], T], seconds: float = SECONDS) -> T:
    """Ask until the answer is true-ish; the last answer in any case."""
    deadline = time.monotonic() + seconds
    while not (found := ask()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def put_python(program: Path, first: str = "") -> Path:
    """A Python whose ``-E -P -m gouji.launch REQUEST`` runs the launcher with the stub buttons.

    ``first`` is a shell command run before, for instance to leave a trace, or to ``exit``.
    """
    program.parent.mkdir(parents=True, exist_ok=True)
    start = f'exec \'{sys.executable}\' "$1" "$2" \'{STUB}\' "$5"'
    program.write_text(f"#!/bin/sh\n{first}\n{start}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


class Pressing:
    """A running LibreOffice with macros allowed; ``close`` ends it and removes its folder.

    Without a display it draws into memory. That is not its ``--headless`` mode, which would answer
    every message box by itself before a test could read it.
    """

    def __init__(self, display: str = "") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="gouji-press-"))
        self.bin = self._programs()
        pipe = f"press{uuid4().hex}"
        self._program = subprocess.Popen(
            [
                str(Path(cast(str, shutil.which("soffice"))).resolve()),
                "--norestore", "--nologo", "--nodefault",
                f"-env:UserInstallation={(self.home / 'profile').as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            env=self._environment(display), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._worker = subprocess.Popen(
            [str(SYSTEM_PYTHON), str(WORKER), pipe],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if not self._answer().get("ready"):
            self.close()
            raise OfficeError("LibreOffice did not start")

    @property
    def config(self) -> Path:
        return self.home / "config" / "gouji"

    @property
    def log(self) -> str:
        file = self.config / "gouji.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def open(self, path: Path) -> str:
        """Open a workbook; the URL that names it in other calls."""
        url = path.resolve().as_uri()
        self.ask("open", url=url)
        return url

    def open_unsaved(self, path: Path) -> str:
        """Open a new workbook made after this one, which has no name yet."""
        self.ask("open", url=path.resolve().as_uri(), as_new=True)
        return ""

    def press(self, url: str, caption: str, sheet: str = "") -> None:
        """Press the button with that caption, on any sheet unless one is given."""
        self.ask("press", url=url, caption=caption, sheet=sheet)

    def cell(self, url: str, sheet: str, address: str) -> Any:
        return self.ask("cells", url=url)[sheet].get(address)

    def box(self) -> str:
        """The text of the message box that comes up; empty when none does in time."""
        return "\n".join(text for box in self.ask("wait_box", seconds=SECONDS) for text in box)

    def boxes(self) -> list[list[str]]:
        return cast(list[list[str]], self.ask("boxes"))

    def close_box(self) -> None:
        """Press the box's button and wait until it is gone."""
        self.ask("answer", label="")
        wait_for(lambda: not self.boxes())

    def ask(self, do: str, **job: Any) -> Any:
        print(json.dumps({"do": do} | job), file=cast(IO[str], self._worker.stdin), flush=True)
        answer = self._answer()
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer["result"]

    def reset(self) -> None:
        """Close every box and workbook, forget programs and the recorded Python."""
        while self.boxes():
            self.close_box()
        self.ask("close_all")
        for file in (self.bin / "python3", self.bin / "python", self.config / "python.txt"):
            file.unlink(missing_ok=True)

    def close(self) -> None:
        """End everything at once: asked politely, an office may wait for an answer to a box."""
        self._worker.kill()
        with suppress(ProcessLookupError):
            os.killpg(self._program.pid, signal.SIGKILL)
        for process in (self._worker, self._program):
            process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def _answer(self) -> dict[str, Any]:
        line = cast(IO[str], self._worker.stdout).readline()
        return json.loads(line) if line else {"error": "the LibreOffice worker ended"}

    def _environment(self, display: str) -> Mapping[str, str]:
        folders = {name: self.home / name for name in ("config", "tmp")}
        for folder in folders.values():
            folder.mkdir()
        return os.environ | {
            "PATH": str(self.bin), "XDG_CONFIG_HOME": str(folders["config"]),
            "TMPDIR": str(folders["tmp"]), "DISPLAY": display,
            "SAL_USE_VCLPLUGIN": "gen" if display else "svp",
            # What some LibreOffice hands to its children; fatal to a Python that listens.
            "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere",
        }  # fmt: skip

    def _programs(self) -> Path:
        """A folder with every program of the system but Python."""
        folder = self.home / "bin"
        folder.mkdir()
        for place in ("/usr/bin", "/bin"):
            for program in Path(place).iterdir():
                link = folder / program.name
                if not program.name.startswith("python") and not link.is_symlink():
                    link.symlink_to(program)
        return folder

"""One headless LibreOffice for a test session: the independent judge of our formulas.

The product computes every cached value itself; LibreOffice computes them again, and edits cells as
a clerk would. It is driven through the system's Python with uno, in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

SYSTEM_PYTHON = Path("/usr/bin/python3")
WORKER = Path(__file__).with_name("office_worker.py")
FILTERS = {".pdf": "calc_pdf_Export", ".xlsx": "Calc MS Excel 2007 XML", ".xls": "MS Excel 97",
           ".ods": "calc8"}  # fmt: skip

#: Sheet → address → value: None-free; errors as Excel names them, e.g. ``#VALUE!``.
Sheets = dict[str, dict[str, Any]]


class OfficeError(RuntimeError):
    """LibreOffice could not do what it was asked."""


def why_missing() -> str:
    """Why there is no LibreOffice to test with; empty when there is one."""
    if not shutil.which("soffice"):
        return "no LibreOffice (soffice) on this machine"
    if not SYSTEM_PYTHON.exists():
        return f"no {SYSTEM_PYTHON} to drive LibreOffice with"
    probe = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return "" if probe.returncode == 0 else f"{SYSTEM_PYTHON} has no uno (python3-uno)"


class Office:
    """A running LibreOffice; ``close`` ends it and removes its profile."""

    def __init__(self) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="gouji-office-"))
        pipe = f"gouji{uuid4().hex}"
        self._program = subprocess.Popen(
            [
                "soffice", "--headless", "--norestore", "--nologo", "--nodefault",
                f"-env:UserInstallation={self._profile.as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._worker = subprocess.Popen(
            [str(SYSTEM_PYTHON), str(WORKER), pipe],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if not self._answer().get("ready"):
            self.close()
            raise OfficeError("LibreOffice did not start")

    def recalculate(self, path: Path) -> Sheets:
        """Values of all non-empty cells after a hard recalculation; the file stays as it is."""
        return self.edit(path, {})

    def edit(
        self, path: Path, changes: Mapping[tuple[str, str], Any], save_as: Path | None = None
    ) -> Sheets:
        """Type into cells (None clears, ``=…`` is a formula), recalculate, perhaps save a copy.

        Sheet protection is lifted while typing and put back: the tests' own affair.
        """
        listed = [(sheet, address, value) for (sheet, address), value in changes.items()]
        out = save_as.resolve().as_uri() if save_as else ""
        job = {"do": "edit", "url": path.resolve().as_uri(), "changes": listed, "out": out}
        return cast(Sheets, self._ask(job))

    def convert(self, path: Path, out: Path, export: str = "") -> Path:
        """Save the file in another format, chosen by the ending of ``out`` unless given."""
        name = export or FILTERS[out.suffix]
        self._ask({"do": "convert", "url": path.resolve().as_uri(),
                   "out": out.resolve().as_uri(), "filter": name})  # fmt: skip
        return out

    def to_pdf(self, path: Path, out: Path) -> Path:
        return self.convert(path, out, FILTERS[".pdf"])

    def close(self) -> None:
        """End both processes. LibreOffice's launcher has a child, hence the process group."""
        if self._worker.stdin:
            self._worker.stdin.close()
        for process in (self._worker, self._program):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        _end_group(self._program.pid)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _ask(self, job: Mapping[str, Any]) -> Any:
        print(json.dumps(job), file=cast(IO[str], self._worker.stdin), flush=True)
        answer = self._answer()
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer["result"]

    def _answer(self) -> dict[str, Any]:
        line = cast(IO[str], self._worker.stdout).readline()
        return json.loads(line) if line else {"error": "the LibreOffice worker ended"}


def _end_group(group: int) -> None:
    """Kill what is left of our own process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return

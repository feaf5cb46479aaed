"""The commands ``install`` and ``doctor``: each check with ✓ or ✗, and what to do."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from gouji import install
from gouji.commands import print_json, say_lines
from gouji.install import Check
from gouji.wording import say

MARKS = {True: "✓", False: "✗", None: "—"}


def _install(options: argparse.Namespace) -> int:
    file = install.install()
    if not options.json:
        print(say("install.noted", file=file))
    return _doctor(options)


def _doctor(options: argparse.Namespace) -> int:
    folder = (options.folder or Path.cwd()).resolve()
    found = install.checks(folder)
    ready = install.ready(found)
    if options.json:
        print_json({"ready": ready, "folder": str(folder), "checks": [_json(c) for c in found]})
    else:
        say_lines(line for check in found for line in _lines(check))
        print(say("install.ready" if ready else "install.not_ready"))
    return 0 if ready else 1


def _lines(check: Check) -> Iterator[str]:
    yield say("install.line", mark=MARKS[check.ok], title=check.title, found=check.found)
    if check.ok is False and check.remedy:
        yield say("install.remedy", remedy=check.remedy)


def _json(check: Check) -> dict[str, object]:
    remedy = check.remedy if check.ok is False else ""
    return {"check": check.name, "ok": check.ok, "found": check.found, "remedy": remedy}


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"install": _install, "doctor": _doctor}

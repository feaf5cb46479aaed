"""The walk-through of a new form, typed from the page: files, commands, what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "new-edition.md"
BLOCK = re.compile(r"^```(\w+)(?: ([^\n(]+?)(?: \(continued\))?)?\n(.*?)^```$", re.M | re.S)
END = "<<end>>"


@dataclass(frozen=True)
class Typed:
    """One command of the page and what the page shows of its output."""

    command: str
    shown: tuple[str, ...]


def blocks(folder: Path) -> Iterator[Typed]:
    """Writes the page's files as they come and gives its commands in between."""
    for kind, name, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "console":
            yield from commands(body)
        else:
            assert name, f"a {kind} block without the name of its file"
            new = f"```{kind} {name} (continued)\n{body}" not in PAGE.read_text(encoding="utf-8")
            yield Typed(f"cat {'>' if new else '>>'} {name} <<'{END}'\n{body}\n{END}", ())


def commands(body: str) -> Iterator[Typed]:
    for each in re.split(r"^\$ ", body, flags=re.M)[1:]:
        command, *shown = each.rstrip("\n").split("\n")
        yield Typed(command, tuple(shown))


def typed(steps: list[Typed], folder: Path) -> list[str]:
    """What a shell prints for each step, all typed into the same one."""
    bin_ = folder / "bin"
    bin_.mkdir()
    gouji = bin_ / "gouji"
    gouji.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gouji "$@"\n', encoding="utf-8")
    gouji.chmod(0o755)
    there = folder / "desk"
    there.mkdir()
    # The mark keeps the exit status, so that the page can ask for it.
    script = "".join(f"{step.command}\n(s=$?; echo '{END}'; exit $s)\n" for step in steps)
    done = subprocess.run(
        ["bash"], input=script, cwd=there, text=True, encoding="utf-8", timeout=280, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"PATH": f"{bin_}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "pysrc"),
             "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.stdout.split(f"{END}\n")


def test_the_page_typed(tmp_path: Path) -> None:
    steps = list(blocks(tmp_path))
    assert sum(step.command.startswith("gouji ") for step in steps) > 9
    printed = typed(steps, tmp_path)
    assert len(printed) == len(steps) + 1
    for step, output in zip(steps, printed, strict=False):
        lines, shown = output.splitlines(), list(step.shown)
        if shown and shown[-1] == "…":
            shown.pop()
            assert len(lines) > len(shown), f"$ {step.command}: nothing is left out"
            lines = lines[: len(shown)]
        assert lines == shown, f"$ {step.command}"
    desk = tmp_path / "desk"
    totals = CalamineWorkbook.from_path(desk / "汇总.xlsx").get_sheet_by_name("一、藏量")
    assert any(5655 in row for row in totals.to_python())
    assert (desk / "blank" / "空表-library.xlsx").is_file()


def test_the_page_shows_what_it_promises() -> None:
    """Two tables, a sum each way, a year before; a failing check, a passing one, a roll-up."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("[tables.") - text.count(".kinds]") == 2
    assert 'each   = "row"' in text and 'each   = "column"' in text and "last_year(*.end)" in text
    for part in ("gouji edition new", "须改正", "通过：44", "gouji compile"):
        assert part in text

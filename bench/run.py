"""Speed and memory of the main job as ratios against baselines measured in the same run.

    python bench/run.py            1,000 files (about five minutes)
    python bench/run.py --files 100
    python bench/run.py --full     also 100 → 10,000 files: linearity and peak memory

Nothing here is asserted in a test: a ratio says more on a quiet machine than on a busy one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import generate

EDITION = "2021"
HERE = Path(__file__).parent
CACHE = HERE.parent / "build" / "bench"


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``measured`` and ``target`` in the unit that ``what`` names."""

    what: str
    baseline: str
    ours: str
    measured: float
    target: float
    at_least: bool = False

    @property
    def fine(self) -> bool:
        return self.measured >= self.target if self.at_least else self.measured <= self.target


@dataclass(frozen=True)
class Run:
    seconds: float
    megabytes: float
    output: str


def child(*command: str, accept: tuple[int, ...] = (0,)) -> Run:
    """Run a program to its end: wall time, its own peak memory, what it printed."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = os.posix_spawn(
            command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        )
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - start
        out.seek(0)
        text = out.read().decode()
    code = os.waitstatus_to_exitcode(status)
    if code not in accept:
        raise SystemExit(f"{' '.join(command)[:200]} ended with {code}")
    scale = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB here
    return Run(seconds, usage.ru_maxrss * scale / 2**20, text)


def part(name: str, *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(
        child(sys.executable, str(HERE / "parts.py"), name, *arguments).output
    )
    return result


def median(runs: int, *command: str, accept: tuple[int, ...] = (0,)) -> float:
    return statistics.median(child(*command, accept=accept).seconds for _ in range(runs))


def compile_command(paths: list[Path], output: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "gouji.cli", "compile", *map(str, paths), "-o", str(output))


def whole_process(folder: Path, paths: list[Path]) -> Figure:
    command = compile_command(paths, CACHE / "district.xlsx")
    ours = median(3, *command, accept=(0, 1))
    plain = part("plain_pandas", str(folder), str(len(paths)))["seconds"]  # one run: it is slow
    return Figure(
        f"compile {len(paths)} files, whole process, times faster",
        f"pandas+openpyxl {plain:.1f} s", f"{ours:.2f} s", plain / ours, 5, at_least=True,
    )  # fmt: skip


def reading(folder: Path, count: int) -> Figure:
    times = part("reading", str(folder), str(count))
    return Figure(
        "read + check + roll up, times bare calamine",
        f"calamine, {times['sheets']} sheets {times['bare']:.2f} s",
        f"{times['ours']:.2f} s", times["ours"] / times["bare"], 3,
    )  # fmt: skip


def writing() -> Figure:
    times = part("writing", EDITION)
    return Figure(
        "write a template, times bare XlsxWriter",
        f"{times['cells']} cells {times['bare'] * 1000:.1f} ms",
        f"{times['ours'] * 1000:.1f} ms", times["ours"] / times["bare"], 2.5,
    )  # fmt: skip


def checking(path: Path) -> Figure:
    base = median(7, sys.executable, "-c", "import python_calamine, numpy")
    ours = median(7, sys.executable, "-m", "gouji.cli", "check", str(path), accept=(0, 1))
    return Figure(
        "check one file, seconds (target 1.5 × imports + 0.3 s)",
        f"imports {base:.2f} s", f"{ours:.2f} s", ours, 1.5 * base + 0.3,
    )  # fmt: skip


def clicking() -> list[Figure]:
    """「校验」 pressed in LibreOffice, and what the module behind it adds to importing xlwings."""
    import_xlwings = (sys.executable, "-c", "import xlwings")
    base = median(7, *import_xlwings)
    buttons = median(7, sys.executable, "-c", "import gouji.buttons")
    figures = [Figure("import gouji.buttons, ms more than import xlwings", f"{base * 1000:.0f} ms",
                      f"{buttons * 1000:.0f} ms", (buttons - base) * 1000, 60)]  # fmt: skip
    form = CACHE / "form.xlsm"
    generate.form_with_a_slip(EDITION, form)
    clicks = json.loads(child(sys.executable, str(HERE / "clicks.py"), str(form), "9").output)
    if why := clicks.get("missing"):
        print(f"no click was measured: {why}")
        return figures
    ours = statistics.median(clicks["seconds"])
    return [*figures, Figure("click to result of 「校验」, seconds (1.5 × imports + 0.3 s)",
            f"import xlwings {base:.2f} s", f"{ours:.2f} s", ours, 1.5 * base + 0.3)]  # fmt: skip


def collecting(folder: Path, count: int) -> list[Figure]:
    """Messages from a Maildir with a form each, and the same again with nothing new."""
    command = (sys.executable, str(HERE / "collecting.py"), str(CACHE / "maildir"), str(folder))
    times = json.loads(child(*command, str(count)).output)
    bare, first, second = (times[name] for name in ("bare", "first", "second"))
    return [
        Figure(f"collect {count} messages, times parsing and bare calamine", f"{bare:.2f} s",
               f"{first:.2f} s", first / bare, 4),
        Figure("collect again with nothing new, part of the first", f"{first:.2f} s",
               f"{second:.2f} s", second / first, 0.1),
    ]  # fmt: skip


def growth(folder: Path) -> list[Figure]:
    """100 → 10,000 files: cost of one file, and the peak memory of the largest."""
    runs = {}
    for count in (100, 1000, 10_000):
        paths = generate.files(folder, EDITION, count)
        runs[count] = child(*compile_command(paths, CACHE / "district.xlsx"), accept=(0, 1))
        print(f"  {count:>6} files: {runs[count].seconds:7.2f} s, "
              f"{1000 * runs[count].seconds / count:6.2f} ms a file, "
              f"peak {runs[count].megabytes:5.0f} MB")  # fmt: skip
    small, large = (runs[count].seconds / count for count in (1000, 10_000))
    return [
        Figure("cost of a file at 10,000 against 1,000", f"{small * 1000:.2f} ms",
               f"{large * 1000:.2f} ms", large / small, 1.25),
        Figure("peak memory at 10,000 files, MB", "", f"{runs[10_000].megabytes:.0f} MB",
               runs[10_000].megabytes, 600),
    ]  # fmt: skip


def table(figures: list[Figure]) -> str:
    lines = [f"{'what':<54} {'baseline':<30} {'ours':>10} {'measured':>9} {'target':>8}  ok"]
    for figure in figures:
        sign, fine = "≥" if figure.at_least else "≤", "yes" if figure.fine else "NO"
        lines.append(
            f"{figure.what:<54} {figure.baseline:<30} {figure.ours:>10} "
            f"{figure.measured:>9.2f} {sign} {figure.target:>6.2f}  {fine}"
        )
    return "\n".join(lines)


def machine() -> str:
    packages = ("xlsxwriter", "python-calamine", "openpyxl", "pandas", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (f"{platform.platform()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
            f"Python {platform.python_version()}, {versions}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000, help="how many submissions")
    parser.add_argument("--full", action="store_true", help="also 100 to 10,000 files")
    options = parser.parse_args()
    print(machine())
    folder = CACHE / f"units-{EDITION}-{generate.key(EDITION)}"
    paths = generate.files(folder, EDITION, options.files)
    figures = [whole_process(folder, paths), reading(folder, len(paths)), writing(),
               checking(paths[0]), *clicking(), *collecting(folder, len(paths))]  # fmt: skip
    if options.full:
        figures += growth(folder)
    print(table(figures))


if __name__ == "__main__":
    main()

"""Which file is last year's: the one in the folder beside the form, else the one a person picks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.desk import Desk
from gouji.live_book import local_file
from gouji.model import Submission
from gouji.roster import normalised
from gouji.unusable import UnusableCall
from gouji.wording import say

if TYPE_CHECKING:
    from gouji.actions import LastYear

ENDINGS = (".xlsx", ".xlsm", ".json")

#: Asks a person for a file, starting in a folder; None when the person gave up.
Pick = Callable[[Path], "Path | None"]


class NoDialog(OSError):
    """No file dialog can be shown here."""


def find(desk: Desk, now: Submission, pick: Pick) -> tuple[Path, Submission] | None:
    """Last year's file and what this unit reported in it; None when the person gave up.

    Raises UnusableCall when there is no file, or not the right one.
    """
    form = local_file(desk.file)
    if form is None:
        raise UnusableCall(say("form_button.not_local"))
    folder = form.parent / say("form_button.last_year_folder")
    refusal = ""
    for file in _newest_first(folder):
        try:
            earlier = fitting(file, now)
        except UnusableCall as problem:
            refusal = refusal or str(problem)
            continue
        if desk.ask(say("form_button.use_this", file=file.name, year=earlier.year)):
            return file, earlier
        break
    return _picked(pick, folder if folder.is_dir() else form.parent, now, refusal)


def _picked(
    pick: Pick, folder: Path, now: Submission, refusal: str
) -> tuple[Path, Submission] | None:
    try:
        file = pick(folder)
    except NoDialog:
        place = say("form_button.last_year_folder")
        raise UnusableCall(refusal or say("form_button.no_last_year", folder=place)) from None
    return (file, fitting(file, now)) if file else None


def _newest_first(folder: Path) -> list[Path]:
    files = [
        file
        for file in (folder.iterdir() if folder.is_dir() else ())
        if file.suffix.lower() in ENDINGS and not file.name.startswith((".", "~$"))
    ]
    return sorted(files, key=lambda file: (-file.stat().st_mtime, file.name))


def fitting(file: Path, now: Submission) -> Submission:
    """The same unit's submission of the year before. Raises UnusableCall."""
    from gouji.actions import read_last_year

    last = read_last_year(file)
    assert last is not None
    if last.source.year is None:
        raise UnusableCall(say("form_button.last_year_undated", file=file.name))
    if last.source.year + 1 != now.year:
        years = {"given": last.source.year, "year": now.year, "due": (now.year or 0) - 1}
        raise UnusableCall(say("form_button.wrong_year", file=file.name, **years))
    earlier = _same_unit(last, now)
    if earlier is None:
        key = "form_button.unit_not_in" if last.units else "form_button.other_unit"
        places = {"earlier": last.source.unit, "unit": now.unit}
        raise UnusableCall(say(key, file=file.name, **places))
    return earlier


def _same_unit(last: LastYear, now: Submission) -> Submission | None:
    """By name, else by code: a unit that was renamed keeps its code."""
    candidates = [last.source, *last.source.children]
    for one in candidates:
        if normalised(one.unit) == normalised(now.unit):
            return one
    same = [one for one in candidates if one.code and one.code == now.code]
    return same[0] if len(same) == 1 else None


def dialog(folder: Path) -> Path | None:
    """The system's file dialog. Raises NoDialog where none can be shown."""
    shown = sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if not shown or not find_spec("tkinter") or not find_spec("_tkinter"):
        raise NoDialog("no display, or a Python without tkinter")
    from tkinter import TclError, Tk, filedialog

    try:
        root = Tk()
    except TclError as problem:
        raise NoDialog(str(problem)) from problem
    root.withdraw()
    root.attributes("-topmost", True)  # else it opens behind the office
    kinds = [(say("form_button.workbooks"), " ".join(f"*{ending}" for ending in ENDINGS))]
    title = say("form_button.pick_title")
    chosen = filedialog.askopenfilename(
        parent=root, title=title, initialdir=str(folder), filetypes=kinds
    )
    root.destroy()
    return Path(chosen) if chosen else None

"""The report files beside the workbook: which are published, and whether they say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gouji import editions
from gouji.comparing.compare import compare_submissions
from gouji.gate import Refused
from gouji.model import Submission
from gouji.open_data import of_rollup
from gouji.open_data.write import contents
from gouji.reading import read_file
from gouji.rollup import RollUp
from gouji.round import Round
from gouji.wording import say

#: Endings of files that may hold the statutory tables for people.
READ = (".docx", ".html", ".htm", ".pdf")
_HIDDEN = (".", "~$")


def report_files(round_: Round) -> dict[str, Path]:
    """Name below the output folder → file, of everything that is published beside the workbook."""
    own = {round_.book, round_.output / say("round.path.exported")}
    files = [
        path for path in sorted(round_.output.rglob("*"))
        if path.is_file() and path not in own
        and not any(part.startswith(_HIDDEN) for part in path.relative_to(round_.output).parts)
    ]  # fmt: skip
    kept = [path for path in files if not _is_former(path)]
    return {path.relative_to(round_.output).as_posix(): path for path in kept}


def _is_former(path: Path) -> bool:
    """True for a draft that ``gouji report`` kept beside the one that follows it."""
    pattern = re.escape(say("report.older", name="\0", n="\1"))
    pattern = pattern.replace(re.escape("\0"), "(.+)").replace(re.escape("\1"), r"\d+")
    found = re.fullmatch(pattern, path.stem)
    return bool(found) and path.with_name(f"{found[1] if found else ''}{path.suffix}").is_file()


def contradicting(round_: Round, rolled: RollUp) -> Iterator[str]:
    """A sentence on each report, and on the open data, with other figures than the roll-up."""
    whole = rolled.as_submission()
    yield from _old_data(round_, rolled)
    for name, path in report_files(round_).items():
        if path.suffix.lower() not in READ:
            continue
        try:
            report = read_file(path)
        except Refused:
            continue  # no report: whatever it is, it is published as it is
        if not _is_of(report, whole):
            continue
        found = compare_submissions(report, whole)
        if found.items:
            first = found.items[0]
            yield say("publish.contradicts", file=name, n=len(found.items), label=first.label)


def _old_data(round_: Round, rolled: RollUp) -> Iterator[str]:
    """Open data are made by the machine alone: they are the same to the byte, or old."""
    folder = round_.output / say("cli.opendata.folder")
    if not folder.is_dir():
        return
    for name, content in contents(of_rollup(rolled)).items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != content:
            yield say("publish.old_data", folder=folder.name, file=name)
            return


def _is_of(report: Submission, whole: Submission) -> bool:
    """True for a report of the district in the same form and year, as far as it says."""
    one, other = report.unit.strip(), whole.unit.strip()
    same_unit = not one or one in other or other in one
    same_form = editions.load(report.edition).title == editions.load(whole.edition).title
    return same_unit and same_form and report.year in (None, whole.year)

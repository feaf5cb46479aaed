"""The command ``opendata``: a year's numbers as CSV and JSON with their dictionary."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from gouji import actions
from gouji.commands import Unusable, print_json, progress, round_of, say_lines
from gouji.open_data import VERSION
from gouji.open_data.package import publisher
from gouji.open_data_files import Published, publish_files, publish_round
from gouji.round_actions import open_round, received
from gouji.screen import finding_json
from gouji.wording import say

#: Findings and item codes shown before the rest is only counted.
_SHOWN = 10
_OWN = ("roster", "let_in", "district", "year", "level")


def run(options: argparse.Namespace) -> int:
    """Write the open data; 0 when nothing is left to settle, else 1. Raises Unusable."""
    done = _of_round(options) if round_of(options.files) else _of_files(options)
    if options.json:
        print_json(published_json(done))
    else:
        say_lines(lines(done))
    return 0 if done.settled else 1


def _of_round(options: argparse.Namespace) -> Published:
    for option in _OWN:
        if getattr(options, option):
            raise Unusable(say("cli.round_own", option="--" + option.replace("_", "-")))
    round_ = open_round(options.files[0])
    return publish_round(round_, options.output, progress(received(round_)))


def _of_files(options: argparse.Namespace) -> Published:
    if options.output is None:
        raise Unusable(say("cli.opendata.no_output"))
    files = actions.gather(options.files)
    return publish_files(
        files, options.output, roster=options.roster, let_in=options.let_in,
        district=options.district, year=options.year, level=options.level,
        progress=progress(files),
    )  # fmt: skip


def published_json(done: Published) -> dict[str, Any]:
    """What was written and what is left to settle; numbers exact."""
    data = done.data
    return {
        "folder": str(done.written.folder),
        "files": [file.name for file in done.written.files],
        "schema_version": VERSION,
        "edition": data.form.id,
        "year": data.year,
        "district": data.district,
        "units": len(data.units),
        "rows": sum(len(unit.figures) for unit in data.units),
        "totals": data.totals,
        "missing": list(data.missing),
        "left_out": [{"unit": unit, "status": str(why)} for unit, why in data.left_out],
        "complete": done.complete,
        "findings": [finding_json(finding) for finding in done.findings],
        "book": str(done.book) if done.book else None,
        "altered": list(done.altered),
    }


def lines(done: Published) -> Iterator[str]:
    """The same as text."""
    data = done.data
    yield say(
        "cli.opendata.done", folder=done.written.folder, who=publisher(data), year=data.year,
        basis=data.form.basis, units=len(data.units),
        rows=sum(len(unit.figures) for unit in data.units),
    )  # fmt: skip
    yield from (say("cli.opendata.file", file=file.name) for file in done.written.files)
    joint = say("message.joint")
    if data.missing:
        yield say("cli.opendata.missing", n=len(data.missing), names=joint.join(data.missing))
    for unit, why in data.left_out:
        yield say("cli.opendata.left_out", unit=unit, why=say(f"rollup.standing.{why}"))
    if done.altered and done.book:
        codes = joint.join(done.altered[:_SHOWN])
        yield say("cli.opendata.altered", file=done.book, n=len(done.altered), codes=codes)
    for finding in done.findings[:_SHOWN]:
        yield say("cli.opendata.hard", rule=finding.family, message=finding.message)
    if len(done.findings) > _SHOWN:
        yield say("cli.opendata.more", n=len(done.findings) - _SHOWN)


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"opendata": run}

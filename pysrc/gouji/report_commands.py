"""The command ``report``: the annual report of a file or of a round."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gouji.commands import Unusable, print_json, say_lines
from gouji.report_making import Made, make, order_of_file, order_of_round, report_name, told
from gouji.round import is_round
from gouji.round_actions import open_round
from gouji.wording import say


def _report(options: argparse.Namespace) -> int:
    output: Path | None = options.output
    if is_round(options.source):
        round_ = open_round(options.source)
        order = order_of_round(round_, options.unit, options.last_year)
        name = report_name(order.submission.unit, order.submission.year)
        output = output or round_.output / name
    else:
        if output is None:
            raise Unusable(say("cli.report.no_output"))
        order = order_of_file(options.source, options.unit, options.last_year)
    made = make(order, output, "\n".join(options.signature))
    if options.json:
        print_json(to_json(made))
    else:
        say_lines(told(made))
    return 0


def to_json(made: Made) -> dict[str, Any]:
    report = made.report
    return {
        "file": str(made.file), "outcome": made.outcome,
        "former": str(made.former) if made.former else None, "unit": report.unit,
        "year": report.year, "edition": report.form.id, "title": report.title,
        "sections": {
            "drafted": list(made.drafted), "to_write": list(made.asked), "kept": list(made.kept),
        },
        "queries": list(made.queries), "notes": list(made.notes),
    }  # fmt: skip


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"report": _report}

"""``gouji scrub``: a copy of a round that may be given away with a report of a fault."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from gouji import round_actions, scrubbing
from gouji.commands import Unusable, print_json, say_lines
from gouji.wording import say


def _scrub(options: argparse.Namespace) -> int:
    if options.output.suffix.lower() != ".zip":
        raise Unusable(say("cli.scrub.needs_zip"))
    done = scrubbing.scrub(round_actions.open_round(options.folder), options.output)
    told = asdict(done) | {"file": str(done.file)}
    if options.json:
        print_json(told)
    else:
        say_lines([say("cli.scrub.done", **told)])
    return 0


ACTIONS = {"scrub": _scrub}

"""The command that sends back and reminds: writes the files of a round and says what it wrote."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from gouji import round_actions, round_survey
from gouji.commands import Unusable, print_json, progress, say_lines
from gouji.console_typed import read_typed
from gouji.mail.sending import Sent as Mailed
from gouji.returning import Returned, Sent
from gouji.round import Round
from gouji.round_post import record_explanations, return_and_record
from gouji.sending_commands import as_json, failed, results, send_drafts
from gouji.wording import say


def return_(options: argparse.Namespace) -> int:
    """``return DIR``: 0 when there is nothing to return or remind, else 1. Raises Unusable, …"""
    round_ = round_actions.open_round(options.folder)
    typed = read_typed(round_.consoles)
    files = round_actions.received(round_)
    seen = round_survey.survey(round_, typed, progress(files))
    record_explanations(seen)
    done = return_and_record(seen, _today(options.today), remind_only=options.remind_only)
    mailed: tuple[Mailed, ...] = ()
    if not options.json:
        say_lines(_told(round_, done))
    if options.send or options.dry_run:
        files = [file for one in done.sent for file in one.files]
        mailed = send_drafts(round_, files, dry_run=options.dry_run, sure=options.yes)
    if options.json:
        print_json({"folder": str(round_.folder), "year": round_.year,
                    "sent": [_as_json(each) for each in done.sent],
                    "mailed": as_json(mailed)})  # fmt: skip
    else:
        say_lines(results(mailed))
    return 1 if done.sent or failed(mailed) else 0


def _today(given: str) -> date:
    try:
        return date.fromisoformat(given) if given else date.today()
    except ValueError as error:
        raise Unusable(say("returned.bad_today", given=given)) from error


def _as_json(one: Sent) -> dict[str, Any]:
    """Addresses are not told: what is printed may go on to others."""
    return {
        "unit": one.unit.name.strip(), "code": one.unit.code, "kind": one.kind,
        "outcome": one.outcome, "version": one.version, "hard": one.hard, "soft": one.soft,
        "addressed": bool(one.to), "files": [str(file) for file in one.files],
        "notes": list(one.notes), "source": one.source,
    }  # fmt: skip


def _told(round_: Round, done: Returned) -> Iterator[str]:
    if not done.sent:
        yield say("returned.nothing")
        return
    yield say("returned.head", district=round_.district, year=round_.year)
    for one in done.sent:
        yield from _line(one)
    counts = {kind: len(done.of(kind)) for kind in ("returned", "refused", "reminded", "held")}
    yield say("returned.summary", **counts)


def _line(one: Sent) -> Iterator[str]:
    places: dict[str, object] = {
        "kind": say(f"returned.kind.{one.kind}"), "unit": one.unit.name.strip(),
        "hard": one.hard, "soft": one.soft, "n": len(one.files),
    }  # fmt: skip
    if one.kind == "held":
        yield say("returned.held", note="；".join(one.notes), **places)
        return
    places |= {"outcome": say(f"returned.outcome.{one.outcome}"), "folder": one.files[0].parent}
    yield say("returned.line" if one.kind == "returned" else "returned.short", **places)
    for note in one.notes:
        yield say("returned.noted", note=note)


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"return": return_}

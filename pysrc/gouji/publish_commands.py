"""The command ``publish``: a version of what is in now, and what it corrects."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from gouji.commands import Unusable, print_json, progress, say_lines
from gouji.console_typed import read_typed
from gouji.messages import show
from gouji.publishing import Altered, Changes, Publication, Published, Version, publish
from gouji.round_actions import open_round, received
from gouji.wording import say

_SHOWN = 40  #: corrections shown before the rest is only counted


def _publish(options: argparse.Namespace) -> int:
    round_ = open_round(options.folder)
    done = publish(
        round_, _date(options.date), reasons=options.reason, incomplete=options.incomplete,
        dry_run=options.dry_run,
        typed=read_typed(round_.consoles), progress=progress(received(round_)),
    )  # fmt: skip
    if options.json:
        print_json(to_json(done))
    else:
        say_lines(told(done))
    return 1 if done.hindered else 0


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise Unusable(say("publish.bad_day", given=text)) from error


def told(done: Published) -> Iterator[str]:
    """What was published, or why nothing was."""
    if done.hindered:
        yield say("cli.publish.hindered")
        yield from (f"  {line}" for line in done.hindered)
        if not done.rolled.complete:
            yield say("cli.publish.even_so")
    elif done.before is None or done.changes is None:
        yield _first(done)
    elif not done.changes:
        yield say("cli.publish.same", before=done.before.name, day=done.before.day.isoformat())
    else:
        yield _amended(done.version, done.before, done.changes)
        yield from _corrections(done.changes)
        if done.version is None:
            yield from _unexplained(done.changes)


def _first(done: Published) -> str:
    n = len(done.rolled.counted)
    if done.version is None:
        return say("cli.publish.would_first", n=n)
    return say("cli.publish.first", n=n, **_places(done.version))


def _amended(version: Version | None, before: Version, found: Changes) -> str:
    places = {"before": before.name, "items": len(found.items), "totals": found.totals}
    if version is None:
        return say("cli.publish.would", **places)
    return say("cli.publish.amended", **places, **_places(version))


def _places(version: Version) -> dict[str, object]:
    return {"name": version.name, "day": version.day.isoformat(), "folder": version.folder}


def _unexplained(found: Changes) -> Iterator[str]:
    units = [each.unit for each in found.units if not each.reason]
    if units:
        yield say("cli.publish.no_reason", units=say("message.joint").join(units))


def _corrections(found: Changes) -> Iterator[str]:
    for unit in found.units:
        kind = say(f"publish.unit.{unit.kind}")
        words = say("message.clause").join(filter(None, (unit.reason, unit.came)))
        reason = say("mapping.why", why=words) if words else ""
        line = say("cli.publish.unit", kind=kind, unit=unit.unit, n=unit.items, reason=reason)
        yield f"  {line}"
    yield from (f"  {_item(each)}" for each in found.items[:_SHOWN])
    if len(found.items) > _SHOWN:
        yield "  " + say("cli.publish.more", n=len(found.items) - _SHOWN)
    for name, kind in found.reports.items():
        word = say(f"cli.publish.report_kind.{kind}")
        yield "  " + say("cli.publish.report", kind=word, file=name)


def _item(each: Altered) -> str:
    numbers = {
        key: "—" if (number := getattr(each, key)) is None else show(number)
        for key in ("before", "after", "difference", "total_before", "total_after")
    }
    return say("cli.publish.item", unit=each.unit, label=each.label, **numbers)


def to_json(done: Published) -> dict[str, Any]:
    """``{version, before, hindered, units, items, reports}``, numbers exact."""
    found = done.changes
    return {
        "version": _version_json(done.version),
        "before": _version_json(done.before),
        "hindered": list(done.hindered),
        "units": [asdict(each) for each in found.units] if found else [],
        "items": [asdict(each) | {"difference": each.difference} for each in found.items]
        if found else [],
        "reports": dict(found.reports) if found else {},
    }  # fmt: skip


def _version_json(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "number": version.number, "folder": str(version.folder), "day": version.day.isoformat(),
        "files": dict(version.files), "sha256": version.sha256,
    }  # fmt: skip


def publication_json(found: Publication | None) -> dict[str, Any] | None:
    """What ``status --json`` says of the publication."""
    if found is None:
        return None
    return {
        "version": found.version.number, "day": found.version.day.isoformat(),
        "current": found.current, "changed": list(found.changed), "resent": list(found.resent),
        "items": found.altered,
    }  # fmt: skip


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"publish": _publish}

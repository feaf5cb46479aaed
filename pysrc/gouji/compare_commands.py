"""The command ``compare``: what differs between the published report and the workbook."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from gouji.commands import Unusable, print_json, say_lines
from gouji.comparing import Comparison, HeadDifference, ItemDifference, TextDifference, compare
from gouji.messages import show
from gouji.model import Value
from gouji.round import is_round
from gouji.round_actions import open_round
from gouji.wording import say

#: Differences shown before the rest is only counted.
_SHOWN = 40


def run(options: argparse.Namespace) -> int:
    """Compare ``options.report`` with ``options.file``; 0 the same, 1 different."""
    file = options.file
    if is_round(file):
        from gouji.publishing import version_of

        file = version_of(open_round(file), options.version).book_file
    elif options.version:
        raise Unusable(say("compare.no_round", file=file))
    found = compare(options.report, file)
    if options.json:
        print_json(comparison_json(found))
    else:
        say_lines(lines(found))
    return 1 if found.differs(options.strict) else 0


def comparison_json(found: Comparison) -> dict[str, Any]:
    """``{report, file, same, items, blank_zero, head, narrative, altered, notes}``, all exact."""
    return {
        "report": found.report,
        "file": found.file,
        "same": found.same,
        "items": [asdict(item) for item in found.items],
        "blank_zero": [asdict(item) for item in found.blank_zero],
        "head": [asdict(item) for item in found.head],
        "narrative": [asdict(item) for item in found.narrative],
        "altered": list(found.altered),
        "notes": list(found.notes),
    }


def lines(found: Comparison) -> Iterator[str]:
    """The comparison as text, the most important first."""
    yield say("compare.head", report=found.report, file=found.file)
    if not found.differs(strict=True):
        yield say("compare.same", same=found.same)
    else:
        yield say(
            "compare.counts", same=found.same, items=len(found.items),
            blanks=len(found.blank_zero), narrative=len(found.narrative),
        )  # fmt: skip
    yield from (_head(item, found) for item in found.head)
    yield from _items("compare.item", found.items)
    yield from map(_text, found.narrative)
    yield from found.altered
    if found.blank_zero:
        yield say("compare.blanks")
        yield from ("  " + line for line in _items("compare.blank_item", found.blank_zero))
    yield from (say("compare.note", note=note) for note in found.notes)


def _items(key: str, items: Sequence[ItemDifference]) -> Iterator[str]:
    for item in items[:_SHOWN]:
        yield say(
            key, place=item.place, label=item.label, published=_value(item.published),
            submitted=_value(item.submitted),
        )  # fmt: skip
    if len(items) > _SHOWN:
        yield say("compare.more", n=len(items) - _SHOWN)


def _value(value: Value) -> str:
    if value is None:
        return say("compare.blank")
    return say("compare.text", text=value.strip()) if isinstance(value, str) else show(value)


def _head(item: HeadDifference, found: Comparison) -> str:
    n = found.same + len(found.items) + len(found.blank_zero)
    return say(f"compare.{item.key}", published=item.published, submitted=item.submitted, n=n)


def _text(item: TextDifference) -> str:
    if not item.at:
        return say(
            "compare.only_published" if item.published else "compare.only_submitted",
            title=item.title,
        )
    return say(
        "compare.narrative", title=item.title, at=item.at, published=item.published,
        submitted=item.submitted,
    )  # fmt: skip


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"compare": run}

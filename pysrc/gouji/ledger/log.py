"""The ledger's events as lines of a district workbook's run log."""

from __future__ import annotations

from collections.abc import Iterable

from gouji.district_plan import LogLine
from gouji.ledger.events import DECISIONS, Event, Kind
from gouji.ledger.excel import local_moment, via_of, what_of
from gouji.wording import say

#: Kinds that say nothing of which file counts.
_ELSEWHERE = (Kind.LAST_YEAR, Kind.COLLECTED, Kind.REMINDED, Kind.SENT)


def log_lines(events: Iterable[Event]) -> list[LogLine]:
    """What came when, how it was graded, what people decided, in the order given."""
    known = list(events)
    names = {
        event.sha256: str(event.detail.get("name", ""))
        for event in reversed(known)
        if event.kind is Kind.RECEIVED
    }
    return [_line(event, names) for event in known if event.kind not in _ELSEWHERE]


def let_in_line(name: str) -> LogLine:
    """A unit or file that is let in by name now; the ledger knows it afterwards."""
    return LogLine(None, say(f"ledger.kind.{Kind.LET_IN}"), told=name)


def _line(event: Event, names: dict[str, str]) -> LogLine:
    told = [*what_of(event)]
    if event.kind is Kind.RECEIVED:
        # Whose address it came from stays in the ledger: the district workbook goes out.
        told[:0] = filter(None, (via_of(event),))
    return LogLine(
        at=local_moment(event.moment),
        what=say(f"ledger.kind.{event.kind}"),
        unit=event.unit,
        file=names.get(event.sha256, ""),
        told=say("district.told_joint").join(told),
        by=str(event.detail.get("by", "")) if event.kind in DECISIONS else "",
        sha256=event.sha256,
    )

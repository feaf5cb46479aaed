"""The ledger as an Excel workbook for people: one row an event, in words, filtered as they like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gouji.district_plan import ROW_LIMIT, clean, put
from gouji.ledger.events import Event, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.receipts import PARCEL
from gouji.roster import Roster
from gouji.styles import Styles
from gouji.table_sheet import set_page
from gouji.template import CREATED, write_whole
from gouji.wording import say

HEAD_ROW, FIRST_ROW = 2, 3
WIDTHS = {
    "number": 7, "at": 19, "kind": 11, "unit": 24, "code": 11, "file": 34, "sender": 28,
    "via": 12, "what": 70, "sha256": 16,
}  # fmt: skip
_VIAS = ("folder", "eml", "maildir", "imap")
_SHOWN = 12  #: characters of a digest: enough to tell files apart
_NOT_SHOWN = ("id", "by")  #: of a decision's detail


def write_ledger(ledger: Ledger, roster: Roster, path: Path) -> None:
    """Write every event to ``path``, in order. Raises RoundError, OSError."""
    events = list(ledger.events())[-ROW_LIMIT:]
    book = _Book(events, {unit.name.strip(): unit.code for unit in roster.units})
    write_whole(path, book.draw)


class _Book:
    def __init__(self, events: list[Event], codes: Mapping[str, str]) -> None:
        self.events = events
        self.codes = codes
        received = [event for event in events if event.kind is Kind.RECEIVED]
        self.names = {event.sha256: event.detail.get("name", "") for event in reversed(received)}

    def draw(self, workbook: Workbook) -> None:
        styles = Styles(workbook)
        workbook.set_properties({"title": say("ledger.title"), "created": CREATED})
        sheet = workbook.add_worksheet(say("ledger.sheet"))
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, say("ledger.title"), styles.heading)
        sheet.write_string(1, 0, say("ledger.note", n=len(self.events)), styles.info_left)
        sheet.set_row(HEAD_ROW, 22)
        for column, (key, width) in enumerate(WIDTHS.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(HEAD_ROW, column, say(f"ledger.head.{key}"), styles.band)
        date = styles.text(font_size=10, border=1, num_format="yyyy-mm-dd hh:mm:ss")
        for row, event in enumerate(self.events, start=FIRST_ROW):
            self._draw_event(sheet, styles, date, row, event)
        last = max(HEAD_ROW + len(self.events), FIRST_ROW)
        sheet.autofilter(HEAD_ROW, 0, last, len(WIDTHS) - 1)
        sheet.freeze_panes(FIRST_ROW, 3)
        sheet.repeat_rows(HEAD_ROW)
        sheet.hide_gridlines(2)
        set_page(sheet, landscape=True)

    def _draw_event(
        self, sheet: Worksheet, styles: Styles, date: Format, row: int, event: Event
    ) -> None:
        put(sheet, row, 0, event.id, styles.list_number)
        sheet.write_datetime(row, 1, local_moment(event.moment), date)
        put(sheet, row, 2, say(f"ledger.kind.{event.kind}"), styles.list_centre)
        texts = (
            event.unit, self.codes.get(event.unit, ""), self.names.get(event.sha256, ""),
            event.detail.get("sender", ""), via_of(event), "\n".join(what_of(event)),
            event.sha256[:_SHOWN],
        )  # fmt: skip
        for column, text in enumerate(texts, start=3):
            put(sheet, row, column, clean(str(text)), styles.list_text)


def local_moment(moment: datetime) -> datetime:
    """Local time as a cell holds it: to the second, without a zone."""
    return moment.astimezone().replace(tzinfo=None, microsecond=0)


def via_of(event: Event) -> str:
    """How the file came, in a word; empty for an event that is no arrival."""
    via = str(event.detail.get("via", ""))
    return say(f"ledger.via.{via}") if via in _VIAS else via


def what_of(event: Event) -> Iterator[str]:
    """Sentences that say what happened."""
    detail = event.detail
    if event.kind is Kind.RECEIVED:
        yield from [say("ledger.what.parcel")] if detail.get("role") == PARCEL else []
        yield from filter(None, (detail.get("subject"), detail.get("why")))
    elif event.kind is Kind.GRADED:
        yield say(f"collecting.grade.{detail['grade']}")
        yield from filter(None, (detail["sentence"], *detail["remarks"]))
    elif event.kind in (Kind.SUPERSEDED, Kind.CONFLICTED):
        places = {"version": detail["version"], "n": len(detail["changes"])}
        yield say(f"ledger.what.{event.kind}", **places)
    elif event.kind is Kind.COLLECTED:
        yield say("ledger.what.collected", n=detail["parcels"])
    elif event.kind is Kind.PUBLISHED:
        places = {key: detail[key] for key in ("version", "day", "items")}
        yield say("ledger.what.published", **places)
    elif event.kind is not Kind.LAST_YEAR:
        yield from (
            str(value)
            for key, value in detail.items()
            if key not in _NOT_SHOWN and isinstance(value, str | int) and value != ""
        )
        if by := detail.get("by"):
            yield say("ledger.what.by", by=by)

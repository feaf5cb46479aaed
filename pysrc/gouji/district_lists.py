"""The lists of a district workbook: its units and what became of each file, and all findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from xlsxwriter.worksheet import Worksheet

from gouji.district_links import put_file_link
from gouji.district_plan import (
    LINK_LIMIT,
    ROW_LIMIT,
    Plan,
    clean,
    file_name,
    put,
)
from gouji.district_standing import why_missing
from gouji.district_styles import DistrictStyles
from gouji.edits import Confrontation
from gouji.messages import suspected
from gouji.model import Finding, Severity, Status, Unit
from gouji.rollup import Entry
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page
from gouji.wording import say

HEAD_ROW, FIRST_ROW = 2, 3
UNIT_WIDTHS = {
    "number": 6, "unit": 26, "status": 11, "file": 66, "received": 17, "verdict": 10,
    "hard": 8, "soft": 8, "undecided": 8, "why": 60,
}  # fmt: skip
FINDING_WIDTHS = {
    "number": 6, "unit": 24, "rule": 8, "severity": 7, "outcome": 9, "cells": 26, "message": 68,
    "likely": 52, "explanation": 30,
}  # fmt: skip


# ------------------------------------------------------------------ units
@dataclass(frozen=True, slots=True)
class _UnitLine:
    unit: str
    standing: str
    file: str = ""
    why: str = ""
    confrontation: Confrontation | None = None


SMALLER = 1.18  #: how much more of the lists' smaller text fits in a width
#: Cells of one finding that are named one by one; a hundred blanks help nobody.
CELLS_SHOWN = 8


def draw_units(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    """Roster order; one line a file, the missing units among them, refused files at the end."""
    widths = dict(UNIT_WIDTHS)
    if not plan.received:
        del widths["received"]
    title = say("district.units_title", district=plan.rollup.district, year=plan.rollup.year)
    _draw_heads(sheet, styles, title, say("district.units_note"), widths)
    row = HEAD_ROW
    for row, line in enumerate(_unit_lines(plan), start=FIRST_ROW):
        linked = row < LINK_LIMIT
        _draw_unit(sheet, styles, plan, row, line, list(widths), linked)
        needed = max(
            lines_needed(line.why, widths["why"] * 1.2),
            lines_needed(file_name(line.file), widths["file"] * 1.2),
        )
        sheet.set_row(row, max(20, needed * (LINE_POINTS - 2) + 6))
    _finish(sheet, row, len(widths))


def unit_rows(plan: Plan) -> dict[tuple[str, str], int]:
    """Unit and file → row of the list of units; the file is empty for a unit that is missing."""
    lines = enumerate(_unit_lines(plan), start=FIRST_ROW)
    return {(line.unit, line.file): row for row, line in lines}


def _unit_lines(plan: Plan) -> Iterator[_UnitLine]:
    missing = why_missing(plan)
    roster = plan.rollup.roster
    waiting = list(roster.units) if roster else []
    for name, entries in groupby(plan.entries, key=lambda entry: entry.unit):
        if any(unit.name.strip() == name for unit in waiting):
            while waiting and waiting[0].name.strip() != name:
                yield from _missing_line(waiting.pop(0), missing)
            waiting = waiting[1:]
        elif waiting:  # units outside the roster come last
            for unit in waiting:
                yield from _missing_line(unit, missing)
            waiting = []
        yield from map(_entry_line, entries)
    for unit in waiting:
        yield from _missing_line(unit, missing)
    for refused in plan.rollup.unreadable:
        yield _UnitLine("", "unreadable", refused.file, refused.why)


def _missing_line(unit: Unit, missing: Mapping[str, str]) -> Iterator[_UnitLine]:
    if unit.name in missing:
        yield _UnitLine(unit.name, "missing", why=missing[unit.name])


def _entry_line(entry: Entry) -> _UnitLine:
    return _UnitLine(
        entry.unit, str(entry.standing), entry.submission.file, entry.why, entry.confrontation
    )


def _draw_unit(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int, line: _UnitLine,
    columns: list[str], linked: bool,
) -> None:  # fmt: skip
    at = {key: column for column, key in enumerate(columns)}
    put(sheet, row, at["number"], row - HEAD_ROW, styles.line_centre)
    put(sheet, row, at["unit"], line.unit, styles.line)
    word = say(f"rollup.standing.{line.standing}")
    put(sheet, row, at["status"], word, styles.standing(line.standing))
    place = (row, at["file"])
    file = line.file if linked else ""
    put_file_link(sheet, place, file_name(line.file), file, plan, (styles.line_link, styles.line))
    if "received" in at:
        moment = plan.received.get(line.file)
        if moment:
            sheet.write_datetime(row, at["received"], moment, styles.line_date)
        else:
            put(sheet, row, at["received"], None, styles.line_date)
    _draw_counts(sheet, styles, row, at, line.confrontation)
    put(sheet, row, at["why"], line.why, styles.line)


def _draw_counts(
    sheet: Worksheet, styles: DistrictStyles, row: int, at: dict[str, int],
    confrontation: Confrontation | None,
) -> None:  # fmt: skip
    word, counts = "", dict.fromkeys(("hard", "soft", "undecided"))
    if confrontation:
        word = say(f"district.verdict_{confrontation.verdict}")
        counts = _counts(confrontation)
    put(sheet, row, at["verdict"], word, styles.line_centre)
    for key, count in counts.items():
        put(sheet, row, at[key], count, styles.line_number)


def _counts(confrontation: Confrontation) -> dict[str, int | None]:
    failed = confrontation.failures
    hard = sum(finding.severity is Severity.HARD for finding in failed)
    return {"hard": hard, "soft": len(failed) - hard, "undecided": confrontation.undecided}


# ------------------------------------------------------------------ findings
@dataclass(frozen=True, slots=True)
class _FindingLine:
    unit: str
    file: str
    finding: Finding
    own: bool = False
    explanation: str = ""  #: of the unit or the office, accepted


def draw_findings(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, own: Confrontation | None
) -> None:
    """The district's own findings first, then unit by unit, the hard ones before the soft."""
    title = say("district.findings_title", district=plan.rollup.district, year=plan.rollup.year)
    lines = list(_finding_lines(plan, own))
    note = say("district.findings_note", n=len(lines))
    if len(lines) > ROW_LIMIT:
        note += say("district.cut", rows=ROW_LIMIT, all=len(lines))
    _draw_heads(sheet, styles, title, note, FINDING_WIDTHS)
    row = HEAD_ROW
    for row, line in enumerate(lines[:ROW_LIMIT], start=FIRST_ROW):
        _draw_finding(sheet, styles, plan, row, line)
    if not lines:
        row = FIRST_ROW
        sheet.write_string(row, 1, say("district.no_findings"), styles.info_left)
    _finish(sheet, row, len(FINDING_WIDTHS))


def _finding_lines(plan: Plan, own: Confrontation | None) -> Iterator[_FindingLine]:
    if own:
        for finding in own.failures:
            yield _FindingLine(plan.rollup.district, "", finding, own=True)
    for entry in plan.entries:
        for finding in entry.confrontation.failures:
            told = entry.explained.get((finding.rule, finding.message), "")
            yield _FindingLine(entry.unit, entry.submission.file, finding, explanation=told)
    sources = [(plan.rollup.district, own)] if own else []
    yield from _open_lines([*sources, *((e.unit, e.confrontation) for e in plan.entries)])


def _open_lines(sources: list[tuple[str, Confrontation]]) -> Iterator[_FindingLine]:
    """What could not be decided, one line for all units and places of one rule that say the same.

    Without last year's files that is every unit: line by line it would bury the real findings.
    """
    groups: dict[tuple[str, str], dict[str, list[Finding]]] = {}
    for unit, confrontation in sources:
        families: dict[str, list[Finding]] = {}
        for finding in confrontation.findings:
            if finding.status is not Status.FAILED:
                families.setdefault(finding.family, []).append(finding)
        for family, found in families.items():
            groups.setdefault((family, found[0].message), {}).setdefault(unit, []).extend(found)
    for (family, message), units in groups.items():
        findings = [finding for found in units.values() for finding in found]
        names = list(units)
        shown = names[0] if len(names) == 1 else say("district.several", n=len(names))
        yield _FindingLine(shown, "", _gathered(family, message, findings))


def _gathered(family: str, message: str, findings: list[Finding]) -> Finding:
    first, n = findings[0], len(findings)
    return Finding(
        rule=first.rule if n == 1 else family,
        severity=first.severity,
        status=first.status,
        message=message if n == 1 else say("district.gathered", n=n, message=message),
        cells=tuple(dict.fromkeys(cell for finding in findings for cell in finding.cells)),
    )


def _cells_text(cells: tuple[str, ...]) -> str:
    """``三、申请!D6、E6``: the sheet is named once for its cells; of many only the first."""
    sheets: dict[str, list[str]] = {}
    for cell in cells:
        sheet, _, address = cell.rpartition("!")
        sheets.setdefault(sheet, []).append(address)
    comma = say("rollup.listed")
    lines = []
    for sheet, found in sheets.items():
        text = comma.join(found[:CELLS_SHOWN])
        if len(found) > CELLS_SHOWN:
            text = say("message.and_more", text=text, n=len(found))
        lines.append(f"{sheet}!{text}" if sheet else text)
    return "\n".join(lines)


def _draw_finding(
    sheet: Worksheet, styles: DistrictStyles, plan: Plan, row: int, line: _FindingLine
) -> None:
    finding = line.finding
    put(sheet, row, 0, row - HEAD_ROW, styles.line_centre)
    # Two links a line at most; past the limit the names alone.
    file = line.file if row < LINK_LIMIT // 2 and not plan.many else ""
    put_file_link(sheet, (row, 1), line.unit, file, plan, (styles.line_link, styles.line))
    put(sheet, row, 2, finding.family, styles.line_centre)
    put(sheet, row, 3, say(f"severity.{finding.severity}"), styles.line_centre)
    failed = finding.status is Status.FAILED
    style = styles.standing("returned" if failed and _is_hard(finding) else "conflict")
    put(sheet, row, 4, say(f"district.{finding.status}"), style)
    shown = _cells_text(finding.cells)
    if line.own and finding.items and row < LINK_LIMIT // 2:
        code = finding.items[0]
        link = f"internal:'{plan.layout.sheet_of[code]}'!{plan.layout.cell(code).a1}"
        sheet.write_url(row, 5, link, styles.line_link, clean(shown))
    else:
        put(sheet, row, 5, shown, styles.line)
    put(sheet, row, 6, finding.message, styles.line)
    likely = "\n".join(suspected(finding))
    put(sheet, row, 7, likely, styles.line)
    put(sheet, row, 8, line.explanation, styles.line)
    told = {"cells": shown, "message": finding.message, "likely": likely,
            "explanation": line.explanation}  # fmt: skip
    needed = max(lines_needed(text, FINDING_WIDTHS[key] * SMALLER) for key, text in told.items())
    sheet.set_row(row, min(400, max(20, needed * (LINE_POINTS - 2) + 6)))


def _is_hard(finding: Finding) -> bool:
    return finding.severity is Severity.HARD


# ------------------------------------------------------------------ both
def _draw_heads(
    sheet: Worksheet, styles: DistrictStyles, title: str, note: str, widths: dict[str, int]
) -> None:
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, clean(title), styles.heading)
    sheet.write_string(1, 0, note, styles.info_left)
    sheet.set_row(HEAD_ROW, 22)
    for column, (key, width) in enumerate(widths.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, say(f"district.{key}"), styles.list_head)


def _finish(sheet: Worksheet, last: int, columns: int) -> None:
    sheet.autofilter(HEAD_ROW, 0, max(last, FIRST_ROW), columns - 1)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, max(last, FIRST_ROW), columns - 1)
    set_page(sheet, landscape=True)

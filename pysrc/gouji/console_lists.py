"""The lists of the console from a survey: units, findings, files; rows with links."""

from __future__ import annotations

from collections.abc import Iterator

from gouji.collecting import Difference, FileState
from gouji.console_book import FIRST_ROW, column
from gouji.console_desk import Cell, Desk, Link, link_to, row_of
from gouji.messages import suspected
from gouji.model import Finding, Severity
from gouji.rollup import Entry
from gouji.round_files import local
from gouji.round_survey import Line, Survey
from gouji.wording import say

CHANGES_SHOWN = 8
_DIGEST = 12  #: characters of a digest; enough to tell any files apart


def show_units(desk: Desk, seen: Survey) -> None:
    rows: list[list[Cell]] = []
    links: list[Link] = []
    for row, line in enumerate(seen.lines, start=FIRST_ROW):
        name = _file_name(seen, line)
        known = line.confrontation is not None
        rows.append(row_of("units", {
            "number": row - FIRST_ROW + 1, "unit": line.unit or say("screen.no_unit"),
            "state": say(f"round.state.{line.state}"), "file": name,
            "version": line.version or None,
            "hard": line.count(Severity.HARD) if known else None,
            "soft": line.count(Severity.SOFT) if known else None,
            "received": line.received,
            "late": say("console.days_late", days=line.late) if line.late else None,
            "why": line.why,
        }))  # fmt: skip
        if name:
            links.append((row, column("units", "file"), link_to(line.file), name))
    desk.show_list("units", rows, links)


def _file_name(seen: Survey, line: Line) -> str:
    state = seen.files.by_digest.get(line.sha256)
    return state.name if state else ""


def show_findings(desk: Desk, seen: Survey) -> tuple[int, int]:
    """Write the list of findings with their explanations; how many are hard, how many soft."""
    rows: list[list[Cell]] = []
    links: list[Link] = []
    found = list(_findings(seen))
    for row, (line, finding) in enumerate(found, start=FIRST_ROW):
        place = finding.cells[0] if finding.cells else ""
        shown = place or _file_name(seen, line)
        if len(finding.cells) > 1:
            shown = say("message.and_more", text=shown, n=len(finding.cells))
        explanation = line.explained.get((finding.rule, finding.message))
        rows.append(row_of("findings", {
            "number": row - FIRST_ROW + 1, "unit": line.unit,
            "severity": say(f"severity.{finding.severity}"), "rule": finding.rule,
            "place": shown, "message": _told(finding),
            "explanation": explanation.text if explanation else None,
            "accepted": _yes_or_no(explanation.accepted) if explanation else None,
        }))  # fmt: skip
        if line.file:
            links.append((row, column("findings", "place"), link_to(line.file, place), shown))
    desk.show_list("findings", rows, links)
    hard = sum(finding.severity is Severity.HARD for _, finding in found)
    return hard, len(found) - hard


def _told(finding: Finding) -> str:
    """The message; below it what is probably wrong, the likeliest first."""
    return "\n".join([finding.message, *suspected(finding)])


def _yes_or_no(accepted: bool | None) -> str | None:
    return None if accepted is None else say("district.yes" if accepted else "district.no")


def _findings(seen: Survey) -> Iterator[tuple[Line, Finding]]:
    for line in seen.lines:
        for finding in line.failed:
            yield line, finding


def show_files(desk: Desk, seen: Survey) -> None:
    """Every file that came in, each in exactly one state with its reason."""
    rows: list[list[Cell]] = []
    links: list[Link] = []
    for row, state in enumerate(seen.files.states, start=FIRST_ROW):
        rows.append(_file_row(row - FIRST_ROW + 1, state, seen.entries.get(state.sha256)))
        path = seen.files.paths[state.sha256]
        if path.exists():
            links.append((row, column("files", "file"), link_to(str(path)), state.name))
    desk.show_list("files", rows, links)


def _file_row(number: int, state: FileState, entry: Entry | None) -> list[Cell]:
    """What became of a file: the roll-up's word where it came that far, else the ledger's."""
    word = say(f"collecting.state.{state.state}")
    why = state.why
    if entry:
        word, why = say(f"rollup.standing.{entry.standing}"), entry.why or why
    sentences = [why, *state.notes]
    if state.repairs:
        sentences.append(say("collecting.told.repairs", n=len(state.repairs)))
    return row_of("files", {
        "number": number, "file": state.name, "unit": state.unit or say("screen.no_unit"),
        "version": state.version or None, "state": word,
        "received": local(state.when) if state.when else None, "sender": state.sender,
        "via": say(f"ledger.via.{state.via}"), "why": "\n".join(filter(None, sentences)),
        "difference": "\n".join(_changes(state.difference)) if state.difference else None,
        "digest": state.sha256[:_DIGEST],
    })  # fmt: skip


def _changes(found: Difference) -> Iterator[str]:
    """What the version changed, cell by cell; of many the first."""
    blank = say("structure.blank")
    for change in found.changes[:CHANGES_SHOWN]:
        old, new = (blank if value is None else value for value in (change.old, change.new))
        yield say("collecting.told.change", label=change.label, old=old, new=new)
    if len(found.changes) > CHANGES_SHOWN:
        yield say("console.more_changes", n=len(found.changes))
    if found.sections:
        yield say("collecting.told.sections", titles=say("message.joint").join(found.sections))

"""How the files of the demonstration come in: as reports, in archives, by mail, twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from gouji.demo import papers
from gouji.demo.cast import Note
from gouji.model import Form, Submission, Unit
from gouji.wording import say

#: Makes the bytes of the filled form, with buttons or without.
Fill = Callable[[Submission, bool], bytes]


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that came in: its name in the inbox, and the submissions in it.

    ``kind`` is ``form``, ``zip``, ``mail``, or the ending of a report in another format.
    """

    name: str
    kind: str
    submissions: tuple[Submission, ...]
    sender: str = ""
    hours: int = 0


def plan(
    ways: Sequence[Mapping[str, Any]], submissions: Sequence[Submission], roster: Sequence[Unit]
) -> tuple[Sent, ...]:
    """Everything that came in: as the plan says, else the form itself."""
    units = {unit.code: unit for unit in roster}
    found: list[Sent] = []
    special: set[str] = set()
    for way in ways:
        names = [units[code].name for code in way["units"]]
        own = [each for each in submissions if each.unit in names]
        special.update(each.unit for each in own)
        found += _sent(way, own, units[way["units"][0]])
    plain = (each for each in submissions if each.unit not in special)
    found += [Sent(each.file, "form", (each,)) for each in plain]
    return tuple(found)


def _sent(way: Mapping[str, Any], own: Sequence[Submission], unit: Unit) -> Iterator[Sent]:
    kind = way["as"]
    if kind == "zip":
        yield Sent(way["name"], kind, tuple(own))
    elif kind == "mail":
        for submission, hours in zip(own, way["hours"], strict=True):
            for later in filter(None, (hours, way.get("again"))):
                name = f"{PurePath(submission.file).stem}-{later}.eml"
                yield Sent(name, kind, (submission,), unit.email, later)
    else:
        for submission in own:
            name = str(PurePath(submission.file).with_suffix(kind))
            yield Sent(name, kind, (submission,))


def notes(ways: Sequence[Mapping[str, Any]], sent: Sequence[Sent]) -> Iterator[Note]:
    """What is worth knowing of the ways."""
    for way in ways:
        mine = [each for each in sent if each.submissions[0].code == way["units"][0]]
        if way["note"]:
            yield Note(mine[0].submissions[0].unit, mine[0].name, way["note"])


def content(sent: Sent, form: Form, fill: Fill) -> bytes:
    """The bytes that lie in the inbox."""
    if sent.kind in papers.REPORTS:
        return papers.REPORTS[sent.kind](form, sent.submissions[0])
    if sent.kind in ("form", ".xlsm"):
        return fill(sent.submissions[0], sent.kind == ".xlsm")
    files = {each.file: fill(each, False) for each in sent.submissions}
    if sent.kind == "zip":
        return papers.archive(files)
    subject = papers.report_title(sent.submissions[0])
    text = say("demo.mail_text", unit=sent.submissions[0].unit)
    return papers.message(sent.sender, subject, text, files, sent.hours)


def versions(
    ways: Sequence[Mapping[str, Any]],
    submissions: Sequence[Submission],
    change: Callable[[Submission, Mapping[str, int]], Submission],
) -> Iterator[Submission]:
    """The submissions, with the first version of a unit that sent a sound one and corrected it."""
    firsts = {way["units"][0]: way["first_version"] for way in ways if "first_version" in way}
    for submission in submissions:
        if submission.code in firsts:
            first = change(submission, firsts[submission.code])
            name = PurePath(first.file)
            yield replace(first, file=f"{name.stem}{say('demo.first_file')}{name.suffix}")
        yield submission

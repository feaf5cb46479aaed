"""How the files of the demonstration come in: as reports, in archives, by mail, twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path, PurePath
from typing import Any

from gouji.demo import papers
from gouji.demo.cast import Note
from gouji.model import Form, Submission, Unit
from gouji.wording import say

#: Makes the bytes of the filled form: with buttons or without, under another name if one is given.
Fill = Callable[[Submission, bool, str], bytes]


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that came in: its name in the inbox, and the submissions in it.

    ``kind`` is ``form``, ``saved`` (the form after another program saved it, laid by in the data),
    ``zip``, ``mail``, or the ending of a report in another format. ``named`` is what the unit calls
    itself on the cover, where that is not its name.
    """

    name: str
    kind: str
    submissions: tuple[Submission, ...]
    sender: str = ""
    hours: int = 0
    named: str = ""


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
    elif kind == "form":
        for submission in own:
            yield Sent(submission.file, kind, (submission,), named=way["named"])
    elif kind == "saved":
        for submission in own:
            yield Sent(
                str(PurePath(submission.file).with_suffix(way["ending"])), kind, (submission,)
            )
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
    if sent.kind == "saved":
        return saved_file(sent).read_bytes()
    if sent.kind in ("form", ".xlsm"):
        return fill(sent.submissions[0], sent.kind == ".xlsm", sent.named)
    forms = {each.file: fill(each, False, "") for each in sent.submissions}
    if sent.kind == "zip":
        return papers.archive(forms)
    subject = papers.report_title(sent.submissions[0])
    text = say("demo.mail_text", unit=sent.submissions[0].unit)
    return papers.message(sent.sender, subject, text, forms, sent.hours)


def saved_file(sent: Sent) -> Path:
    """Where the data hold a form that another program saved; ``make demo-files`` makes them."""
    folder = Path(str(files("gouji.demo").joinpath("data", "saved")))
    return folder / f"{sent.submissions[0].code}{PurePath(sent.name).suffix}"


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

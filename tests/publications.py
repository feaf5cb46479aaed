"""Rounds to be published in tests, and whether their versions are whole."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import builders
from gouji import editions
from gouji.ledger.events import Kind
from gouji.ledger.records import opened
from gouji.model import Unit
from gouji.publishing import versions
from gouji.publishing.versions import digest_of, manifest_name
from gouji.roster_file import write_roster
from gouji.round import SIDE, Round
from gouji.round_actions import new_round, planned
from gouji.template import write_template
from rounds import carried

FORM = editions.load("2021")
BROUGHT, CARRIED = carried(FORM)
ONE, TWO, EVIL = "云溪区教育局", "云溪区民政局", "=cmd|' /C calc'!A0"
FIRST, SECOND = date(2022, 3, 20), date(2022, 5, 8)


def send(made: Round, unit: str, number: int, name: str, hour: int) -> Path:
    """A form of the unit with that many cases carried forward, come in at that hour."""
    path = made.inbox / name
    values = builders.close(FORM, {CARRIED: number})
    sent = builders.as_submission(FORM, unit, values, year=2021, level="department")
    write_template(FORM, path, submission=sent)
    moment = 1_640_000_000 + hour * 3600
    os.utime(path, (moment, moment))
    return path


def begun(folder: Path, units: tuple[str, ...] = (ONE, TWO, EVIL)) -> Round:
    """Every unit in: 1, 2, 3 … cases carried forward."""
    folder.mkdir(parents=True, exist_ok=True)
    write_roster(folder / "名.xlsx", [Unit(name, f"C{n}", "department")
                                     for n, name in enumerate(units)])  # fmt: skip
    made = new_round(planned(folder / "2021 年度", year=2021, district="云溪区"),
                     folder / "名.xlsx", console=False)  # fmt: skip
    for n, unit in enumerate(units):
        send(made, unit, n + 1, f"{n}.xlsx", 0)
    return made


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def events(made: Round) -> list[int]:
    with opened(made) as records:
        return [e.detail["version"] for e in records.ledger.events(Kind.PUBLISHED)]


def is_whole(made: Round, numbers: list[int]) -> None:
    """Those versions, each complete and in the ledger once; nothing half done lies about."""
    found = versions(made)
    assert [version.number for version in found] == numbers == events(made)
    for version in found:
        there = {name for name in content(version.folder) if name != manifest_name()}
        assert there == version.files.keys()
        assert all(digest_of(version.folder / n) == d for n, d in version.files.items())
    assert not list(made.folder.rglob(f"{SIDE}version*"))
    assert not [p for p in (made.folder / "公布").iterdir() if p.name.startswith(".")]

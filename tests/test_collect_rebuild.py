"""The ledger made anew from the archive says the same as the one that was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import intakes
from gouji.collecting import State, collect, rebuild, standing
from gouji.ledger.events import Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.records import ledger_file
from gouji.roster_file import write_roster
from gouji.round import Round
from intakes import NOW, Box, at, filled, form, message, packed
from rounds import BROKEN, QUERIED, SILENT, SOUND, UNITS, YEAR


def eventful(tmp_path: Path) -> Round:
    """A round with versions, a conflict, duplicates, strays, refusals and decisions."""
    made = filled(tmp_path)
    collect(made, now=at(400))
    box = Box()
    for n in (21, 22):
        box.put(message((f"{n}.xlsx", form(SILENT, n)), sender="s@example.org", sent=at(300 - n)))
    box.put(message(("c.xlsx", form(BROKEN, 31)), ("d.xlsx", form(BROKEN, 32)), sent=at(90)))
    box.put(
        message(("z.zip", packed(("e.xlsx", form("某某办", 41)), ("f.txt", b"text"))), sent=at(80))
    )
    box.put(message(("g.xlsx", form(SOUND, year=YEAR - 1)), inline=(intakes.PICTURE,)), at(70))
    box.put(message(("h.xlsx", form(SILENT, 22) + b"\0"), sent=at(60)))
    box.put(message(), received=None)
    collect(made, [box], now=at(50))
    by = intakes.by_name(made)
    intakes.decide(made, Kind.CHOSEN, sha256=by["c.xlsx"].sha256, unit=BROKEN, at=at(40))
    intakes.decide(made, Kind.ASSIGNED, sha256=by["e.xlsx"].sha256, unit=QUERIED, at=at(39))
    intakes.decide(made, Kind.EXCLUDED, sha256=by["f.txt"].sha256, at=at(38))
    intakes.decide(made, Kind.EXPLAINED, unit=QUERIED, detail={"rule": "S1", "text": "确无"},
                   at=at(37))  # fmt: skip
    box.put(message(("i.xlsx", form(QUERIED, 51)), sender="m@example.org"), at(20))
    collect(made, [box], now=at(10))
    return made


def test_the_same_standing_from_the_archive_alone(tmp_path: Path) -> None:
    made = eventful(tmp_path)
    before = standing(made)
    assert {f.state for f in before} >= {
        State.LATEST, State.SUPERSEDED, State.DUPLICATE, State.EXCLUDED, State.REFUSED, State.ASIDE,
    }  # fmt: skip
    with Ledger(ledger_file(made)) as ledger:
        decisions = [(e.kind, e.at, e.unit, e.sha256, e.detail) for e in ledger.decisions()]
        arrivals = sorted((e.sha256, e.at, str(e.detail)) for e in ledger.events(Kind.RECEIVED))
    with rebuild(made, now=NOW) as anew:
        assert [(e.kind, e.at, e.unit, e.sha256, e.detail) for e in anew.decisions()] == decisions
        assert sorted((e.sha256, e.at, str(e.detail)) for e in anew.events(Kind.RECEIVED)) == (
            arrivals
        )
    assert standing(made) == before
    assert [f.difference for f in before if f.difference], "differences are told anew too"
    assert collect(made, now=NOW).parcels == 0


@pytest.mark.parametrize("content", [b"", b"rubbish" * 1000, None])
def test_whatever_became_of_the_old_ledger(tmp_path: Path, content: bytes | None) -> None:
    made = eventful(tmp_path)
    before = standing(made)
    file = ledger_file(made)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    rebuild(made).close()
    assert standing(made) == before
    old = made.folder / "台账（旧）.sqlite"
    assert (old.read_bytes() if old.exists() else None) == content
    rebuild(made).close()
    assert standing(made) == before


def test_a_lost_ledger_is_made_anew_by_the_next_collection(tmp_path: Path) -> None:
    made = eventful(tmp_path)
    before = standing(made)
    ledger_file(made).unlink()
    done = collect(made, [Box()], now=NOW)
    assert standing(made) == before and done.parcels == 0


def test_without_an_archive_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    made = filled(tmp_path)
    with rebuild(made) as ledger:
        assert list(ledger.events()) == []
    assert len(collect(made).files) == 4


def test_a_damaged_blob_is_told_as_damaged(tmp_path: Path) -> None:
    made = eventful(tmp_path)
    state = intakes.by_name(made)["c.xlsx"]
    blob = intakes.archive_of(made).find(state.sha256)
    assert blob is not None
    blob.chmod(0o644)
    blob.write_bytes(bytes(100))
    rebuild(made).close()
    now = intakes.by_name(made)["c.xlsx"]
    assert (now.state, now.reason) == (State.REFUSED, "damaged")
    (damage,) = intakes.archive_of(made).verify()
    assert damage.sha256 == state.sha256


def test_a_rebuild_judges_by_the_roster_of_today(tmp_path: Path) -> None:
    made = eventful(tmp_path)
    write_roster(made.roster_file, UNITS[1:])
    rebuild(made).close()
    stray = intakes.by_name(made)["教育局 报.xlsx"]
    assert stray.state is State.STRAY
    assert all(f.state is not State.LATEST for f in standing(made) if f.unit == SOUND)

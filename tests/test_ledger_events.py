"""The ledger: events are only ever added; damage, foreign and newer files are told plainly."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.ledger import ledger as module
from gouji.ledger.archive import Archive
from gouji.ledger.events import DECISIONS, DERIVED, Event, Kind
from gouji.ledger.ledger import VERSION, Ledger
from gouji.ledger.records import Records
from gouji.round import RoundError
from gouji.wording import say

AT = "2026-01-15T08:00:00+00:00"
EVENT = Event(Kind.RECEIVED, AT, "ab", "", {"source": "box", "key": "1"})


def ledger_in(folder: Path) -> Ledger:
    return Ledger(folder / "台账.sqlite")


# ------------------------------------------------------------------ only ever added
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET unit = 'x'",
        "DELETE FROM event",
        "DELETE FROM event WHERE id = 1",
        "INSERT OR REPLACE INTO event (id, at, kind, sha256, unit, detail) "
        "VALUES (1, 'x', 'received', '', '', '{}')",
        "INSERT INTO event (at, kind, sha256, unit, detail) VALUES ('x', '', '', '', '{}')",
        "INSERT INTO event (at, kind, sha256, unit, detail) VALUES ('x', 'received', '', '', '{')",
    ],
)
def test_no_program_can_change_an_event(tmp_path: Path, statement: str) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.add([EVENT])
    db = sqlite3.connect(tmp_path / "台账.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(statement)
    db.close()
    with ledger_in(tmp_path) as ledger:
        assert [event.sha256 for event in ledger.events()] == ["ab"]


def test_events_come_back_in_order_and_whole(tmp_path: Path) -> None:
    made = [Event(kind, AT, f"{n:02}", f"单位{n % 2}", {"n": n}) for n, kind in enumerate(Kind)]
    with ledger_in(tmp_path) as ledger:
        ledger.add(made[:5])
        ledger.add(made[5:])
        found = list(ledger.events())
        assert [(e.kind, e.sha256, e.unit, dict(e.detail)) for e in found] == [
            (e.kind, e.sha256, e.unit, dict(e.detail)) for e in made
        ]
        assert [event.id for event in found] == list(range(1, len(made) + 1))
        assert ledger.last() == found[-1] and ledger.last(Kind.GRADED) == found[1]
        assert ledger.of_unit("单位1") == tuple(found[1::2])
        assert ledger.decisions("单位0") == tuple(
            event for event in found[::2] if event.kind in DECISIONS
        )
        assert set(DECISIONS) | DERIVED == set(Kind)


def test_all_events_of_a_call_or_none(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        broken: Any = Event("", AT)  # type: ignore[arg-type]
        with pytest.raises(sqlite3.IntegrityError):
            ledger.add([EVENT, broken])
        assert list(ledger.events()) == [] and ledger.last() is None


def test_keys_receipts_and_latest_grades(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.add([
            EVENT,
            Event(Kind.RECEIVED, AT, "ab", "", {"source": "other", "key": "2"}),
            Event(Kind.GRADED, AT, "ab", "甲", {"n": 1}),
            Event(Kind.GRADED, AT, "cd", "乙", {"n": 2}),
            Event(Kind.GRADED, AT, "ab", "丙", {"n": 3}),
        ])  # fmt: skip
        assert ledger.keys("box") == {"1"} and ledger.keys("none") == frozenset()
        assert ledger.seen("box", "1") and not ledger.seen("box", "2")
        assert [event.detail["source"] for event in ledger.receipts("ab")] == ["box", "other"]
        assert {sha: event.unit for sha, event in ledger.grades().items()} == {
            "ab": "丙", "cd": "乙",
        }  # fmt: skip


def test_the_index_answers_whether_a_key_is_known(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.add([EVENT])
    db = sqlite3.connect(tmp_path / "台账.sqlite")
    for compared in ("= ?", ">= ?"):
        asked = f"EXPLAIN QUERY PLAN SELECT 1 FROM event WHERE {module._OF_KEY.format(compared)}"
        assert "event_of_key" in str(db.execute(asked, ("box", "1")).fetchall())
    db.close()


@settings(max_examples=40)
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, key: str, text: str) -> None:
    with Ledger(tmp_path_factory.mktemp("l") / "l.sqlite") as ledger:
        detail = {"source": "box", "key": module.storable(key), "text": text}
        ledger.add([Event(Kind.RECEIVED, AT, "ab", text, detail)])
        (found,) = ledger.events()
        assert found.detail["text"] == text and ledger.seen("box", key)
        assert ledger.keys("box") == {module.storable(key)}
        assert ledger.of_unit(text) == (found,)


# ------------------------------------------------------------------ files that cannot be used
def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    ledger_in(tmp_path).close()
    file = tmp_path / "台账.sqlite"
    db = sqlite3.connect(file)
    db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    before = file.read_bytes()
    with pytest.raises(RoundError, match="升级") as problem:
        ledger_in(tmp_path)
    assert "\n" not in str(problem.value) and file.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_ledger_names_the_way_out(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "台账.sqlite"
    file.write_bytes(content)
    with pytest.raises(RoundError, match="--rebuild") as problem:
        ledger_in(tmp_path)
    assert str(tmp_path) in str(problem.value) and "\n" not in str(problem.value)
    assert file.read_bytes() == content


def test_damage_inside_is_told_when_it_is_met(tmp_path: Path) -> None:
    file = tmp_path / "台账.sqlite"
    with ledger_in(tmp_path) as ledger:
        ledger.add(Event(Kind.EXPLAINED, AT, "", "甲", {"text": "x" * 500}) for _ in range(200))
    content = bytearray(file.read_bytes())
    content[8192:-8192] = bytes(len(content) - 16384)
    file.write_bytes(content)
    with pytest.raises(RoundError, match="--rebuild"), ledger_in(tmp_path) as ledger:
        ledger.check()
        list(ledger.events())


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "台账.sqlite"
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE event (id)")
    db.commit()
    db.close()
    with pytest.raises(RoundError, match="重建"):
        ledger_in(tmp_path)


def test_a_ledger_in_use_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITS", 0.05)
    with ledger_in(tmp_path) as ledger:
        db = sqlite3.connect(tmp_path / "台账.sqlite")
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(RoundError, match="正被其他程序使用"):
            ledger.add([EVENT])
        db.close()
        ledger.add([EVENT])
        assert ledger.last() is not None


def test_where_memory_cannot_be_shared_the_plain_journal_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Share(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            if "WAL" in statement:
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(statement, *values)

    real = sqlite3.connect
    monkeypatch.setattr(module.sqlite3, "connect", lambda *a, **k: real(*a, factory=Share, **k))
    with ledger_in(tmp_path) as ledger:
        ledger.add([EVENT])
        (mode,) = ledger._db.execute("PRAGMA journal_mode").fetchone()
        assert mode == "delete" and ledger.seen("box", "1")


def test_reading_goes_on_while_another_thread_writes(tmp_path: Path) -> None:
    ledger_in(tmp_path).close()

    def write() -> None:
        with ledger_in(tmp_path) as other:
            for _ in range(20):
                other.add([EVENT] * 5)

    thread = threading.Thread(target=write)
    thread.start()
    with ledger_in(tmp_path) as ledger:
        while thread.is_alive():
            assert len(list(ledger.events())) % 5 == 0, "a transaction is seen whole or not at all"
        thread.join()
        assert len(list(ledger.events())) == 100


# ------------------------------------------------------------------ decisions
def test_a_decision_stands_in_the_journal_and_in_the_ledger(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "档案")
    with ledger_in(tmp_path) as ledger:
        held = Records(archive, ledger)
        made = held.decide(Kind.EXPLAINED, unit="教育局", sha256="ab", by="李\udcff",
                           detail={"rule": "E1", "text": "=确\n无"})  # fmt: skip
        assert ledger.decisions("教育局")[0].detail == made.detail
        assert held.missing_decisions() == []
        with pytest.raises(ValueError, match="graded"):
            held.decide(Kind.GRADED)
    with Ledger(tmp_path / "新.sqlite") as fresh:
        (lost,) = Records(archive, fresh).missing_decisions()
        assert (lost.kind, lost.unit, lost.sha256, lost.detail, lost.at) == (
            made.kind, made.unit, made.sha256, made.detail, made.at,
        )  # fmt: skip


def test_a_journal_somebody_edited_does_not_stop_anything(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.decisions.write_text(
        '{"kind": "graded", "at": "2026-01-01T00:00:00+00:00", "detail": {"id": "1"}}\n'
        '{"kind": "excluded", "at": "gestern", "detail": {"id": "2"}}\n'
        '{"kind": "excluded"}\n{"kind": "none", "at": "", "detail": {}}\n',
        encoding="utf-8",
    )
    with ledger_in(tmp_path) as ledger:
        assert Records(archive, ledger).missing_decisions() == []


def test_every_kind_has_its_word() -> None:
    assert all(say(f"ledger.kind.{kind}") for kind in Kind)

"""Collecting from the inbox: archived, graded, attributed, entered once; nothing is touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

import pytest

import intakes
import rounds
from gouji import editions
from gouji.collecting import Grade, State, collect, standing
from gouji.collecting import grading as grading_module
from gouji.gate import Reason
from gouji.ledger.events import Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.records import ledger_file
from gouji.round import Round, RoundError
from gouji.round_actions import new_round, planned
from intakes import NOW, begun, by_name, filled, form, kinds, put, states
from rounds import BROKEN, NEW, QUERIED, SILENT, SOUND, YEAR


# ------------------------------------------------------------------ what comes in
def test_everything_in_the_inbox_is_archived_graded_and_attributed(tmp_path: Path) -> None:
    made = filled(tmp_path)
    before = rounds.seen_in(made.inbox)
    done = collect(made)
    assert {f.name: (f.state, f.unit, f.version, f.grade) for f in done.files} == {
        "教育局 报.xlsx": (State.LATEST, SOUND, 1, Grade.READ),
        "民政局#1.xlsx": (State.LATEST, QUERIED, 1, Grade.READ),
        "审计局.xlsx": (State.LATEST, BROKEN, 1, Grade.READ),
        "说明.docx": (State.REFUSED, "", 0, Grade.REFUSED),
    }
    assert rounds.seen_in(made.inbox) == before, "the inbox is never altered"
    archive = intakes.archive_of(made)
    for name, (data, mtime) in before.items():
        state = by_name(made)[name]
        assert archive.read(hashlib.sha256(data).hexdigest()) == data
        assert state.via == "folder" and state.when is not None
        assert abs(state.when.timestamp() - mtime / 1e9) < 1e-3
    assert archive.verify() == () and standing(made) == done.files
    assert by_name(made)["教育局 报.xlsx"].code == "A01" and done.parcels == 4


def test_a_second_collection_enters_nothing_and_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(tmp_path)
    collect(made)
    before = kinds(made)

    def read(*_: object) -> None:
        raise AssertionError("nothing is read when nothing is new")

    monkeypatch.setattr(Path, "read_text", read)
    monkeypatch.setattr(grading_module, "read_roster", read)
    monkeypatch.setattr(grading_module, "facts_of", read)
    done = collect(made)
    assert (done.files, done.parcels, done.again) == ((), 0, 0) and kinds(made) == before


def test_an_empty_round_stays_empty(tmp_path: Path) -> None:
    made = begun(tmp_path)
    assert standing(made) == () and not ledger_file(made).exists()
    done = collect(made)
    assert done.files == () and kinds(made) == []
    made.inbox.rmdir()
    assert collect(made).files == ()


def test_the_same_bytes_again_are_one_entry_with_two_arrivals(tmp_path: Path) -> None:
    made = begun(tmp_path)
    data = form(SOUND)
    put(made, "a.xlsx", data, 50)
    collect(made)
    put(made, "甲/b.xlsx", data, 20)
    done = collect(made)
    (state,) = standing(made)
    assert state.names == ("a.xlsx", "b.xlsx") and state.when == intakes.at(50)
    assert (state.state, state.version, len(state.receipts)) == (State.LATEST, 1, 2)
    assert done.again == 1 and done.files == (state,)


def test_the_same_values_in_other_bytes_are_a_duplicate(tmp_path: Path) -> None:
    made = begun(tmp_path)
    data = form(SOUND)
    put(made, "a.xlsx", data, 50)
    put(made, "b.xlsx", data + b"\0", 20)
    collect(made)
    assert states(made) == {"a.xlsx": State.LATEST, "b.xlsx": State.DUPLICATE}
    duplicate = by_name(made)["b.xlsx"]
    assert duplicate.version == 1 and duplicate.beside == (by_name(made)["a.xlsx"].sha256,)
    assert "a.xlsx" in duplicate.why


def test_a_file_of_a_subfolder_is_taken_one_level_deep(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "街道/a.xlsx", form(SOUND))
    put(made, "街道/更深/b.xlsx", form(QUERIED))
    done = collect(made)
    assert [f.unit for f in done.files] == [SOUND]
    assert [(s.name, s.matters) for s in done.skipped] == [("街道/更深", True)]


@pytest.mark.parametrize(
    ("name", "data", "matters"),
    [
        ("~$报表.xlsx", b"x", False),
        (".DS_Store", b"x", False),
        ("Thumbs.db", b"x", False),
        ("报表.xlsx.crdownload", b"x", False),
        ("~WRL0001.tmp", b"x", False),
        ("正在复制.xlsx", b"", False),
    ],
)
def test_files_of_programs_and_empty_ones_are_left_with_a_note(
    tmp_path: Path, name: str, data: bytes, matters: bool
) -> None:
    made = begun(tmp_path)
    put(made, name, data)
    done = collect(made)
    assert done.files == () and [(s.name, s.matters) for s in done.skipped] == [(name, matters)]
    assert done.skipped[0].why and (made.inbox / name).read_bytes() == data


def test_an_empty_file_is_taken_once_it_is_complete(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", b"")
    collect(made)
    put(made, "a.xlsx", form(SOUND))
    assert [f.state for f in collect(made).files] == [State.LATEST]


def test_a_file_too_large_stays_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(tmp_path)
    path = put(made, "大.xlsx", b"x")
    with path.open("r+b") as file:
        file.truncate((64 << 20) + 1)
    done = collect(made)
    assert [(s.name, s.matters) for s in done.skipped] == [("大.xlsx", True)]
    assert "64 MB" in done.skipped[0].why and done.files == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    made = begun(tmp_path)
    secret = tmp_path / "秘密.xlsx"
    secret.write_bytes(form(SOUND))
    (made.inbox / "a.xlsx").symlink_to(secret)
    (made.inbox / "夹").symlink_to(tmp_path)
    done = collect(made)
    assert done.files == () and len(done.skipped) == 2


# ------------------------------------------------------------------ grades
def test_reasons_of_refusal(tmp_path: Path) -> None:
    made = begun(tmp_path)
    old = editions.load("2019")
    put(made, "去年.xlsx", form(SOUND, year=YEAR - 1))
    rounds.write_form(made.earlier / "甲.xlsx", "区教育局", intakes.busy_values(), YEAR - 1)
    put(made, "再报.xlsx", form(SOUND, values=intakes.busy_values()))
    put(made, "外单位.xlsx", form("外区某某局"))
    put(made, "无名.xlsx", form(""))
    other = tmp_path / "旧格式.xlsx"
    rounds.write_template(old, other, submission=rounds.builders.as_submission(
        old, QUERIED, rounds.builders.close(old, {}), year=2020))  # fmt: skip
    put(made, "旧格式.xlsx", other.read_bytes())
    put(made, "坏.xlsx", form(SILENT)[:3000])
    put(made, "空白.xlsx", b"   \n")
    collect(made)
    found = {name: (state.state, state.reason) for name, state in by_name(made).items()}
    assert found == {
        "去年.xlsx": (State.REFUSED, Reason.OTHER_YEAR),
        "再报.xlsx": (State.REFUSED, Reason.LAST_YEAR_AGAIN),
        "外单位.xlsx": (State.STRAY, Reason.UNKNOWN_UNIT),
        "无名.xlsx": (State.STRAY, Reason.NO_UNIT),
        "旧格式.xlsx": (State.REFUSED, Reason.OTHER_EDITION),
        "坏.xlsx": (State.REFUSED, Reason.DAMAGED),
        "空白.xlsx": (State.REFUSED, Reason.EMPTY),
    }
    by = by_name(made)
    assert by["去年.xlsx"].unit == SOUND and str(YEAR - 1) in by["去年.xlsx"].why
    assert by["再报.xlsx"].unit == SOUND and str(YEAR - 1) in by["再报.xlsx"].why
    assert all(state.why and "\n" not in state.why for state in by.values())


def test_a_repaired_file_lists_its_repairs(tmp_path: Path) -> None:
    made = begun(tmp_path)
    values = intakes.values_of(3)
    code = rounds.carried()[1]
    put(made, "a.xlsx", form(SOUND, values=values | {code: "３ 件"}))
    (state,) = collect(made).files
    assert state.grade is Grade.REPAIRED and state.state is State.LATEST
    assert [(r.code, r.text, r.means) for r in state.repairs] == [(code, "３ 件", 3)]
    assert standing(made) == (state,)


def test_all_zero_like_last_year_is_no_file_sent_again(tmp_path: Path) -> None:
    made = begun(tmp_path)
    zero = rounds.builders.close(NEW, {})
    rounds.write_form(made.earlier / "零.xlsx", SILENT, zero, YEAR - 1)
    put(made, "a.xlsx", form(SILENT, values=zero))
    assert [f.state for f in collect(made).files] == [State.LATEST]


def test_readmitted_a_file_like_last_years_counts(tmp_path: Path) -> None:
    made = begun(tmp_path)
    rounds.write_form(made.earlier / "甲.xlsx", "区教育局", intakes.busy_values(), YEAR - 1)
    put(made, "再报.xlsx", form(SOUND, values=intakes.busy_values()))
    (state,) = collect(made).files
    intakes.decide(made, Kind.READMITTED, sha256=state.sha256)
    (now,) = collect(made).files
    assert (now.state, now.unit, now.version) == (State.LATEST, SOUND, 1)


def test_a_foreign_edition_is_collected_too(tmp_path: Path) -> None:
    names = set(editions.available()) - set(editions.shipped())
    foreign = editions.load(min(names))
    wanted = planned(tmp_path / "r", year=foreign.first_year, district="D", edition=foreign.id)
    made = new_round(wanted, rounds.roster(tmp_path))
    rounds.write_template(foreign, made.inbox / "a.xlsx", submission=rounds.builders.as_submission(
        foreign, SOUND, rounds.builders.close(foreign, {}), year=foreign.first_year))  # fmt: skip
    assert [(f.state, f.unit) for f in collect(made).files] == [(State.LATEST, SOUND)]


# ------------------------------------------------------------------ all kinds of trouble
@pytest.mark.parametrize(
    "name",
    [
        "=1+1.xlsx",
        "a\u202excod.xlsx",
        "CON .xlsx",
        "\u200f报.xlsx",
        "长" * 80 + ".xlsx",
        "甲 & ' .xlsx",
    ],
)
def test_hostile_names_in_the_inbox(tmp_path: Path, name: str) -> None:
    made = begun(tmp_path)
    put(made, name, form(SOUND))
    (state,) = collect(made).files
    assert state.state is State.LATEST and "\u202e" not in state.name
    assert collect(made).files == () and standing(made) == (state,)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes such a name")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    made = begun(tmp_path)
    path = os.fsencode(made.inbox) + b"/\xff\xfe.xlsx"
    Path(os.fsdecode(path)).write_bytes(form(SOUND))
    (state,) = collect(made).files
    assert state.name == "\\xdcff\\xdcfe.xlsx" and collect(made).parcels == 0


def test_stopped_on_the_way_the_rest_is_taken_next_time(tmp_path: Path) -> None:
    made = filled(tmp_path)
    seen: list[str] = []

    class Stopped(Exception):
        pass

    def stop(file: Path) -> None:
        seen.append(file.name)
        if len(seen) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        collect(made, progress=stop)
    assert kinds(made).count("received") == 2
    done = collect(made, progress=lambda file: seen.append(file.name))
    assert len(seen) == 4 and done.parcels == 2 and len(standing(made)) == 4
    assert {f.name for f in done.files} >= set(seen[2:])


def test_a_damaged_ledger_is_rebuilt_only_when_asked(tmp_path: Path) -> None:
    made = filled(tmp_path)
    collect(made)
    ledger_file(made).write_bytes(b"broken" * 100)
    for call in (collect, standing):
        with pytest.raises(RoundError, match="--rebuild"):
            call(made)


def test_a_round_that_was_moved_goes_on(tmp_path: Path) -> None:
    made = filled(tmp_path)
    before = collect(made).files
    there = Path(shutil.move(made.folder, tmp_path / "搬走"))
    moved = Round(there, made.year, made.district, made.level, made.edition)
    assert standing(moved) == before and collect(moved).parcels == 0
    with Ledger(ledger_file(moved)) as ledger:
        ledger.check()


def test_moments_are_bounded_by_the_present(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND), minutes=-90)
    assert collect(made, now=NOW).files[0].when == NOW

"""Files are judged again when the roster, last year or the coordinator say something new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import intakes
import rounds
from gouji.collecting import State, collect
from gouji.collecting import grading as grading_module
from gouji.collecting.facts import Facts
from gouji.gate import Content, Reason
from gouji.ledger.events import Kind
from gouji.roster_file import RosterError, write_roster
from intakes import begun, by_name, filled, form, kinds, put, states
from rounds import NEW, SILENT, SOUND, YEAR


# ------------------------------------------------------------------ the roster changes
def test_a_changed_roster_judges_again_without_reading_a_blob(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form("新成立局"))
    put(made, "b.xlsx", form(SOUND))
    collect(made)
    assert states(made) == {"a.xlsx": State.STRAY, "b.xlsx": State.LATEST}
    write_roster(made.roster_file, [rounds.Unit("新成立局", "N1"), *rounds.UNITS[1:]])
    monkeypatch.setattr(grading_module, "facts_of", None)
    done = collect(made)
    assert {f.name: (f.state, f.unit) for f in done.files} == {
        "a.xlsx": (State.LATEST, "新成立局"), "b.xlsx": (State.STRAY, ""),
    }  # fmt: skip
    assert collect(made).files == ()


def test_last_years_files_that_come_later_judge_again(tmp_path: Path) -> None:
    made = begun(tmp_path)
    values = intakes.busy_values()
    put(made, "a.xlsx", form(SILENT, values=values))
    assert collect(made).files[0].state is State.LATEST
    rounds.write_form(made.earlier / "补.xlsx", SILENT, values, YEAR - 1)
    assert collect(made).files[0].reason == Reason.LAST_YEAR_AGAIN
    (made.earlier / "补.xlsx").unlink()
    assert collect(made).files[0].state is State.LATEST


def test_a_newer_program_reads_refused_files_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filled(tmp_path)
    collect(made)
    read: list[str] = []
    real = grading_module.facts_of

    def facts_of(content: Content) -> Facts:
        read.append(content.name)
        return replace(real(content), reason="", unit=SILENT, year=YEAR, edition=NEW.id)

    monkeypatch.setattr(grading_module, "facts_of", facts_of)
    assert collect(made).files == () and read == []
    monkeypatch.setattr(grading_module, "__version__", "99")
    assert [(f.name, f.state, f.unit) for f in collect(made).files] == [
        ("说明.docx", State.LATEST, SILENT)
    ]
    assert read == ["说明.docx"] and collect(made).files == ()


def test_odd_files_of_last_year_do_not_stop_what_comes_in(tmp_path: Path) -> None:
    made = filled(tmp_path)
    (made.earlier / "一.xlsx").write_bytes(b"no workbook")
    done = collect(made)
    assert any("一.xlsx" in note for note in done.notes)
    assert by_name(made)["教育局 报.xlsx"].state is State.LATEST
    put(made, "新.docx", b"new")
    lost = replace(made, last_year="没有.xlsx")
    assert any("没有.xlsx" in note for note in collect(lost).notes)


def test_a_lost_roster_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    made = begun(tmp_path)
    kept = made.roster_file.read_bytes()
    made.roster_file.unlink()
    put(made, "a.xlsx", form(SOUND))
    with pytest.raises(RosterError):
        collect(made)
    made.roster_file.write_bytes(kept)
    assert [f.unit for f in collect(made).files] == [SOUND]
    assert kinds(made).count("received") == 1


# ------------------------------------------------------------------ decisions
def test_excluded_and_readmitted(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND, 1), 50)
    put(made, "b.xlsx", form(SOUND, 2), 20)
    put(made, "c.docx", b"not a workbook", 20)
    collect(made)
    by = by_name(made)
    for name in ("b.xlsx", "c.docx"):
        intakes.decide(made, Kind.EXCLUDED, sha256=by[name].sha256, unit=by[name].unit)
    assert states(made) == {
        "a.xlsx": State.LATEST, "b.xlsx": State.EXCLUDED, "c.docx": State.EXCLUDED,
    }  # fmt: skip
    intakes.decide(made, Kind.READMITTED, sha256=by["b.xlsx"].sha256)
    assert states(made)["b.xlsx"] is State.LATEST
    intakes.decide(made, Kind.WITHDRAWN, sha256=by["b.xlsx"].sha256)
    state = by_name(made)["b.xlsx"]
    assert state.state is State.EXCLUDED and "撤回" in state.why and state.version == 2


def test_a_stray_is_assigned_to_its_unit(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form("某某办"))
    (state,) = collect(made).files
    intakes.decide(made, Kind.ASSIGNED, sha256=state.sha256, unit=SILENT)
    (now,) = collect(made).files
    assert (now.state, now.unit, now.version) == (State.LATEST, SILENT, 1)
    assert "某某办" in now.notes[0] and SILENT in now.notes[0]

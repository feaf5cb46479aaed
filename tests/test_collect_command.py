"""The command: what it prints, as text and as JSON, and its exit status."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

import intakes
import rounds
from gouji import collect_commands
from gouji.collecting import State
from gouji.collecting.judging import Grade
from gouji.ledger.archive import RECEIPTS
from gouji.ledger.records import archive_folder, ledger_file
from gouji.round import RoundError
from gouji.unusable import UnusableCall
from gouji.wording import say
from intakes import Box, at, begun, filled, form, message
from rounds import SILENT, SOUND

Run = Callable[..., tuple[int, str, str]]


def call(folder: Path, *sources: Box, **options: object) -> int:
    usual = {"folder": folder, "json": False, "rebuild": False, "inbox_only": False,
             "maildir": [], "eml": [], "keep_password": False}  # fmt: skip
    given = Namespace(**(usual | options))
    return collect_commands.collect(given, sources)


def test_each_new_file_and_the_sums_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = filled(tmp_path)
    assert call(made.folder) == 1
    out = capsys.readouterr().out
    for word in ("教育局 报.xlsx", "民政局#1.xlsx", "=审计局", "说明.docx", "有效 3", "不能用 1"):
        assert word in out
    assert call(made.folder) == 1, "a refused file wants care until somebody settles it"
    assert "说明.docx" not in capsys.readouterr().out


def test_all_good_is_zero_and_a_new_version_shows_its_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND, 11)), sender="a@example.org", sent=at(90)))
    assert call(made.folder, box) == 0
    assert "来自 a@example.org" in capsys.readouterr().out
    assert call(made.folder, box.put(message(("a.xlsx", form(SOUND, 12)), sent=at(30)))) == 0
    out = capsys.readouterr().out
    label = rounds.NEW.items[rounds.carried()[1]].full_label
    assert "第 2 版" in out and f"{label}：11 → 12" in out and "旧版 1" in out


def test_json_holds_every_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = filled(tmp_path)
    values = intakes.values_of(3) | {rounds.carried()[1]: "３件"}
    (made.inbox / "财政局.xlsx").write_bytes(form(SILENT, values=values))
    (made.inbox / "~$锁.xlsx").write_bytes(b"x")
    assert call(made.folder, json=True) == 1
    told = json.loads(capsys.readouterr().out)
    by = {one["file"]: one for one in told["files"]}
    assert (
        by["财政局.xlsx"]["grade"] == "repaired" and by["财政局.xlsx"]["repairs"][0]["means"] == 3
    )
    assert by["说明.docx"]["state"] == "refused" and by["说明.docx"]["why"]
    assert by["教育局 报.xlsx"] | {"sha256": "", "received": ""} == {
        "file": "教育局 报.xlsx", "names": ["教育局 报.xlsx"], "sha256": "", "state": "latest",
        "unit": SOUND, "code": "A01", "year": rounds.YEAR, "version": 1, "grade": "read",
        "reason": "", "why": "", "notes": [], "received": "", "sender": "", "via": "folder",
        "arrivals": 1, "beside": [], "repairs": [], "difference": None,
    }  # fmt: skip
    assert told["counts"]["latest"] == 4 and told["parcels"] == 5
    assert [skipped["file"] for skipped in told["skipped"]] == ["~$锁.xlsx"]
    assert call(made.folder, json=True) == 1
    assert json.loads(capsys.readouterr().out)["files"] == []


def test_rebuild_and_a_ledger_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = begun(tmp_path)
    box = Box().put(message(("a.xlsx", form(SOUND)), sent=at(90)))
    call(made.folder, box)
    ledger_file(made).write_bytes(b"broken" * 200)
    with pytest.raises(RoundError, match="--rebuild"):
        call(made.folder)
    capsys.readouterr()
    assert call(made.folder, rebuild=True) == 0
    assert "重建" in capsys.readouterr().out
    assert intakes.states(made) == {"a.xlsx": State.LATEST}


def test_the_archive_is_verified_file_by_file(tmp_path: Path, run: Run) -> None:
    made = filled(tmp_path)
    run("collect", made.folder)
    status, out, _ = run("ledger", made.folder, "--verify")
    assert (status, out.strip()) == (0, say("cli.ledger.whole"))
    [blob, other, *_] = sorted(
        file for file in archive_folder(made).glob("??/*") if not file.name.endswith(RECEIPTS)
    )
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes() + b" ")
    other.unlink()
    status, out, _ = run("ledger", made.folder, "--verify")
    lines = out.splitlines()
    assert status == 1 and len(lines) == 2
    assert str(blob) in lines[0] and "改动" in lines[0]
    assert "不见了" in lines[1]
    status, out, _ = run("ledger", made.folder, "--verify", "--json")
    assert {(d["sha256"], d["kind"]) for d in json.loads(out)["damaged"]} == {
        (blob.name[:64], "altered"), (other.name[:64], "missing"),
    }  # fmt: skip


def test_a_folder_that_is_no_round(tmp_path: Path) -> None:
    with pytest.raises(UnusableCall, match="没有"):
        call(tmp_path / "没有")


def test_every_state_and_grade_has_its_word() -> None:
    assert all(say(f"collecting.state.{state}") for state in State)
    assert all(say(f"collecting.grade.{grade}") for grade in Grade)

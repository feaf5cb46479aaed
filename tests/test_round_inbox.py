"""What came in to a round: where each unit stands, checked, compiled, from the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

import rounds
from gouji import editions
from gouji.explaining import Typed
from gouji.reading import read_file
from gouji.round_actions import issue, new_round, open_round, planned
from gouji.round_survey import survey
from gouji.wording import say
from rounds import BROKEN, NEW, QUERIED, SILENT, SOUND, UNITS, YEAR, begun, filled

Run = Callable[..., tuple[int, str, str]]


# ------------------------------------------------------------------ what came in
def test_status_says_where_each_unit_stands(run: Run, tmp_path: Path) -> None:
    made = filled(tmp_path)
    status, out, _ = run("status", made.folder, "--json")
    told = json.loads(out)
    assert status == 1
    stands = {unit["unit"]: unit["status"] for unit in told["units"]}
    assert stands == {SOUND: "passed", QUERIED: "received", BROKEN: "returned", SILENT: "missing"}
    by_name = {unit["unit"]: unit for unit in told["units"]}
    assert by_name[BROKEN]["hard"] > 0 and by_name[QUERIED]["soft"] > 0
    assert by_name[SILENT]["file"] == "" and by_name[SOUND]["received"]
    assert [Path(stray["file"]).name for stray in told["strays"]] == ["说明.docx"]
    assert told["counts"] == {"missing": 1, "received": 1, "returned": 1, "passed": 1, "late": 0}
    status, text, _ = run("status", made.folder)
    assert status == 1 and all(f"[{word}]" in text for word in rounds.STATE.values())


def test_status_of_an_empty_inbox_and_of_a_complete_round(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path, units=UNITS[:1])
    status, out, _ = run("status", made.folder, "--json")
    assert (status, json.loads(out)["counts"]["missing"]) == (1, 1)
    rounds.write_form(made.inbox / "a.xlsx", SOUND, rounds.this_year_values(3))
    assert run("status", made.folder)[0] == 0


def test_two_different_files_of_a_unit_are_a_return_and_a_mended_one_replaces_the_broken(
    tmp_path: Path,
) -> None:
    made = begun(tmp_path, units=UNITS[:1])
    rounds.write_form(made.inbox / "a.xlsx", SOUND, rounds.broken_values())
    assert survey(made).units[0].state == "returned"
    rounds.write_form(made.inbox / "b.xlsx", SOUND, rounds.this_year_values(3))
    line = survey(made).units[0]
    assert (line.state, Path(line.file).name) == ("passed", "b.xlsx") and "a.xlsx" in line.why
    now, later = rounds.carried()
    closed = rounds.builders.close(NEW, {now: 3, later: 5})
    rounds.write_form(made.inbox / "c.xlsx", SOUND, closed)
    assert survey(made).units[0].state == "returned"


def test_an_explained_query_passes(tmp_path: Path) -> None:
    made = filled(tmp_path)
    line = survey(made).units[1]
    keys = {(line.unit, finding.rule, finding.message): Typed("确无") for finding in line.failed}
    assert line.state == "received" and keys
    assert survey(made, keys).units[1].state == "passed"
    assert survey(made, dict.fromkeys(keys, Typed("  "))).units[1].state == "received"


def test_check_and_compile_take_a_round_folder(run: Run, tmp_path: Path) -> None:
    made = filled(tmp_path)
    before = rounds.seen_in(made.inbox)
    status, out, _ = run("check", made.folder, "--json")
    told = {Path(one["file"]).name: one for one in json.loads(out)}
    assert status == 2 and told["说明.docx"]["verdict"] == "unreadable"
    assert told["教育局 报.xlsx"]["verdict"] == "clean"
    # Last year's numbers are used: nothing of a unit known there is undecided.
    assert told["教育局 报.xlsx"]["counts"]["undecided"] == 0
    status, out, _ = run("compile", made.folder, "--json")
    told = json.loads(out)
    assert status == 1 and told["missing"] == [SILENT] and told["district"] == "云溪区"
    counted = {u["unit"] for u in told["units"] if u["status"] == "counted"}
    assert counted == {SOUND, QUERIED}
    district = read_file(made.book)
    assert (district.unit, district.year, len(district.children)) == ("云溪区", YEAR, 2)
    run("status", made.folder)
    run("issue", made.folder)
    assert rounds.seen_in(made.inbox) == before, "the inbox is never altered"


def test_compile_of_a_round_takes_names_and_another_output(run: Run, tmp_path: Path) -> None:
    made = filled(tmp_path)
    output = tmp_path / "别处.xlsx"
    _, out, _ = run("compile", made.folder, "-o", output, "--let-in", BROKEN, "--json")
    assert {u["status"] for u in json.loads(out)["units"]} == {"counted", "let_in"}
    assert output.is_file() and not made.book.exists()
    log = load_workbook(output)[say("sheet.log")]
    told = [(row[2], row[3], row[7]) for row in log.iter_rows(min_row=4, values_only=True)]
    kinds = {what for what, _, _ in told}
    words = {say(f"ledger.kind.{kind}") for kind in ("received", "graded")}
    assert words | {say("district.read_in")} <= kinds
    assert (say("ledger.kind.let_in"), None, BROKEN) in told
    run("compile", made.folder, "-o", output)  # now the ledger itself knows who was let in
    rows = load_workbook(output)[say("sheet.log")].iter_rows(min_row=4, values_only=True)
    [again] = [row for row in rows if row[2] == say("ledger.kind.let_in")]
    assert again[1] and again[7] == BROKEN


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        (["--roster", "x.xlsx"], "--roster"),
        (["--year", "2024"], "--year"),
        (["又一个.xlsx"], "年度文件夹"),
        (["-o", "INBOX/x.xlsx"], "收件"),
    ],
)
def test_a_call_that_contradicts_the_round(
    run: Run, tmp_path: Path, extra: list[str], word: str
) -> None:
    made = filled(tmp_path)
    words = [each.replace("INBOX", str(made.inbox)) for each in extra]
    status, _, err = run("compile", made.folder, *words)
    assert status == 2 and word in err and err.count("\n") == 1


@pytest.mark.parametrize("command", ["issue", "status"])
def test_a_folder_that_is_no_round(run: Run, tmp_path: Path, command: str) -> None:
    status, out, err = run(command, tmp_path / "没有")
    assert (status, out) == (2, "") and "没有" in err and err.count("\n") == 1


def test_compile_without_output_still_wants_one(run: Run, tmp_path: Path) -> None:
    form = rounds.write_form(tmp_path / "a.xlsx", SOUND, rounds.this_year_values(0))
    status, _, err = run("compile", form)
    assert status == 2 and "-o" in err


def test_a_lost_roster_is_said(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    made.roster_file.unlink()
    for command in ("issue", "status", "check", "compile"):
        status, _, err = run(command, made.folder)
        assert status == 2 and "名录.xlsx" in err


def test_a_round_can_be_moved(tmp_path: Path) -> None:
    made = filled(tmp_path)
    there = Path(shutil.move(made.folder, tmp_path / "搬走"))
    assert survey(open_round(there)).counts["passed"] == 1


def test_a_foreign_edition_makes_a_round(tmp_path: Path) -> None:
    """No line of code knows the official form."""
    names = set(editions.available()) - set(editions.shipped())
    form = editions.load(min(names))
    wanted = planned(tmp_path / "r", year=form.first_year, district="Dept", edition=form.id)
    made = new_round(wanted, rounds.roster(tmp_path))
    assert [form.outcome for form in issue(made).forms] == ["written"] * 4
    assert survey(made).counts["missing"] == 4

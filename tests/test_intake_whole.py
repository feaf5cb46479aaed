"""The whole way of what departments really send: the demonstration's inbox, and the seed report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gouji.collecting import State
from gouji.demo import make_submissions
from gouji.demo import run as play
from gouji.demo.sending import plan
from gouji.reading import read_file
from gouji.round import read_round
from gouji.round_survey import Survey, survey
from gouji.wording import say

Run = Callable[..., tuple[int, str, str]]
DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("demo") / "round"
    play(folder, "2019", lambda line: None)
    return survey(read_round(folder))


def test_the_inbox_comes_in_many_formats(seen: Survey) -> None:
    endings = {path.suffix for path in seen.round.inbox.iterdir()}
    assert endings == {".xlsx", ".xlsm", ".docx", ".html", ".xls", ".ods", ".txt", ".zip", ".eml"}
    assert len(seen.units) == 40


def test_every_file_is_in_exactly_one_state_with_a_reason(seen: Survey) -> None:
    digests = [state.sha256 for state in seen.files.states]
    assert len(set(digests)) == len(digests)
    arrivals = {receipt.key for state in seen.files.states for receipt in state.receipts}
    brought = {key.split("|")[0] for key in arrivals}
    assert brought == {path.name for path in seen.round.inbox.iterdir()}, "nothing is lost"
    for state in seen.files.states:
        entry = seen.entries.get(state.sha256)
        assert state.unit or state.why, state.name
        if state.state is not State.LATEST:
            assert state.why, state.name
        if entry and not entry.counts:
            assert entry.why, state.name


def test_what_another_program_saved_is_read_whole(seen: Survey) -> None:
    """The files laid by hold what the plan says, also the one with a row put in."""
    played = make_submissions("2019")
    sent = [each for each in plan(played.ways, played.submissions, played.roster)
            if each.kind == "saved"]  # fmt: skip
    assert {Path(each.name).suffix for each in sent} == {".xls", ".ods", ".xlsx"}
    read = {entry.unit: entry for entry in seen.entries.values()}
    for each in sent:
        [planned] = each.submissions
        entry = read[planned.unit]
        assert dict(entry.submission.values) == dict(planned.values), each.name
        assert dict(entry.submission.narrative) == dict(planned.narrative), each.name
        assert entry.counts, each.name
    moved = read[next(e for e in sent if e.name.endswith(".xlsx")).submissions[0].unit]
    assert any("插入" in finding.message for finding in moved.confrontation.failures)


def test_a_unit_that_writes_its_short_name_is_known(seen: Survey) -> None:
    played = make_submissions("2019")
    sent = plan(played.ways, played.submissions, played.roster)
    [short] = [each for each in sent if each.named]
    assert read_file(seen.round.inbox / short.name).unit == short.named
    [entry] = [e for e in seen.entries.values() if e.unit == short.submissions[0].unit]
    assert entry.counts and Path(entry.submission.file).name == short.name


def test_the_district_workbook_tells_a_unit_that_sent_nothing_from_one_that_cannot_be_read(
    seen: Survey,
) -> None:
    book = load_workbook(seen.round.book, read_only=True)
    rows = book[say("sheet.cover")].iter_rows(values_only=True)
    said = {row[1]: next(filter(None, row[2:])) for row in rows
            if row[0] == say("rollup.standing.missing") and isinstance(row[1], str)}  # fmt: skip
    assert said.pop("云澜区统计局") == say("district.nothing_came")
    [(unit, why)] = said.items()
    assert unit == "云澜区商务局" and "区商务局（定稿）.xls" in str(why)


def test_documents_count_like_forms(seen: Survey) -> None:
    kinds = {Path(entry.submission.file).suffix: entry for entry in seen.entries.values()
             if entry.submission.medium != "form"}  # fmt: skip
    assert kinds.keys() == {".docx", ".html", ".xls", ".txt"}
    assert all(entry.counts for entry in kinds.values())
    assert {entry.submission.medium for entry in kinds.values()} == {"docx", "html", "text"}


def test_versions_by_mail_have_an_order_and_a_difference(seen: Survey) -> None:
    mailed = [s for s in seen.files.states if s.version == 2]
    assert len(mailed) == 2 and all(s.state is State.LATEST for s in mailed)
    changes = {len(state.difference.changes) for state in mailed if state.difference}
    assert 1 in changes, "one of them was corrected in one cell"
    assert sum(s.state is State.SUPERSEDED for s in seen.files.states) == 2
    twice = [s for s in seen.files.states if len(s.receipts) == 2 and s.version]
    assert len(twice) == 1, "the same mail sent again is one file"


def test_the_seed_is_read_and_what_reading_did_is_said(run: Run) -> None:
    status, out, _ = run("read", DATA / "seed.txt", "--json")
    told = json.loads(out)
    expected = json.loads((DATA / "reports" / "01.json").read_text(encoding="utf-8"))
    assert status == 0 and told["medium"] == "text" and told["values"] == expected["values"]
    assert (told["unit"], told["year"], told["edition"]) == ("鹿城区科技局", 2020, "2019")
    assert told["narrative"].keys() == {"1", "5", "6"}
    _, out, _ = run("read", DATA / "seed.txt")
    assert all(f"[说明] {note}" in out for note in told["notes"])


def test_a_published_report_is_compared_with_the_workbook(run: Run, tmp_path: Path) -> None:
    form = tmp_path / "科技局.xlsx"
    run("fill", "--values", DATA / "reports" / "01.json", "-o", form)
    status, out, _ = run("compare", DATA / "seed.txt", form, "--json")
    told = json.loads(out)
    assert told["items"] == [] and told["same"] + len(told["blank_zero"]) == 198
    values = json.loads((DATA / "reports" / "01.json").read_text(encoding="utf-8"))
    values["values"]["proactive.normative.made"] = 3
    (tmp_path / "v.json").write_text(json.dumps(values), encoding="utf-8")
    run("fill", "--values", tmp_path / "v.json", "-o", form)
    status, out, _ = run("compare", DATA / "seed.txt", form)
    assert status == 1 and "2" in out and "3" in out
    status, _, err = run("compare", tmp_path / "没有.html", form)
    assert status == 2 and len(err.strip().splitlines()) == 1

"""A round's returns: packs for each unit, reminders, and nothing written twice."""

from __future__ import annotations

import email
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

import builders
import rounds
from gouji import round_survey
from gouji.edits import confront
from gouji.explaining import Typed
from gouji.layout import layout_of
from gouji.model import Submission, Unit
from gouji.reading import read_file
from gouji.returning import Returned, Sent, return_round
from gouji.returning.filing import LIST
from gouji.returns.letter_text import Matter, Office
from gouji.returns.pack import RefusedCase, ReturnCase, correction_pack
from gouji.roster_file import write_roster
from gouji.round import Round, read_round, write_round
from gouji.unusable import UnusableCall
from gouji.wording import say
from returned import PROBLEMS
from rounds import BROKEN, NEW, QUERIED, SILENT, SOUND, YEAR

TODAY = date(2026, 1, 22)
BACK, REMIND = say("returned.folder"), say("returned.reminders")
ADDRESS = "b@example.org"


def units() -> tuple[Unit, ...]:
    return tuple(replace(u, email=ADDRESS) if u.name == BROKEN else u for u in rounds.UNITS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Round:
    return rounds.filled(tmp_path_factory.mktemp("轮"), units=units(), console=False)


@pytest.fixture
def folder(made: Round, tmp_path: Path) -> Round:
    """A round's folder of its own for each test."""
    return read_round(shutil.copytree(made.folder, tmp_path / "轮次 =1&'号"))


def go(round_: Round, today: date = TODAY, **options: Any) -> Returned:
    seen = round_survey.survey(round_, options.pop("explained", None))
    return return_round(round_, seen, today=today, **options)


def snapshot(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def by_unit(done: Returned) -> dict[str, Sent]:
    return {one.unit.name: one for one in done.sent}


def mail(path: Path) -> Any:
    return email.message_from_bytes(path.read_bytes(), policy=default)


def file(one: Sent, ending: str) -> Path:
    (found,) = [path for path in one.files if path.suffix == ending]
    return found


# ---------------------------------------------------------------------- what is written
def test_each_unit_gets_what_it_needs(folder: Round) -> None:
    inbox = snapshot(folder.inbox)
    sent = by_unit(go(folder))
    assert {name: one.kind for name, one in sent.items()} == {
        QUERIED: "returned", BROKEN: "returned", SILENT: "reminded"}  # fmt: skip
    assert SOUND not in sent
    assert (sent[QUERIED].hard, sent[QUERIED].soft) == (0, 1)
    assert sent[BROKEN].hard > 0 and sent[BROKEN].outcome == "written"
    assert {path.parent for path in sent[BROKEN].files} == {folder.folder / BACK / "=审计局"}
    assert {path.parent for path in sent[SILENT].files} == {folder.folder / REMIND}
    assert {path.suffix for path in sent[BROKEN].files} == {".xlsx", ".docx", ".eml"}
    assert {path.suffix for path in sent[SILENT].files} == {".docx", ".eml"}
    assert snapshot(folder.inbox) == inbox


def test_the_workbook_is_the_units_own(folder: Round) -> None:
    one = by_unit(go(folder))[BROKEN]
    book = file(one, ".xlsx")
    assert book.stem == say("returned.name", unit=BROKEN, year=YEAR)
    sent = read_file(folder.inbox / "审计局.xlsx")
    assert read_file(book).values == sent.values and one.source == sent.sha256
    sheet = load_workbook(book)[PROBLEMS]
    assert BROKEN in sheet["A2"].value and str(YEAR) in sheet["A2"].value
    assert len([r for r in sheet.iter_rows() if isinstance(r[0].value, int)]) == one.hard + one.soft


def test_the_draft_carries_workbook_and_letter(folder: Round) -> None:
    sent = by_unit(go(folder))
    message = mail(file(sent[BROKEN], ".eml"))
    assert message["X-Unsent"] == "1" and BROKEN in message["Subject"]
    assert [str(each) for each in message["To"].addresses] == [ADDRESS]
    carried = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    files = [path for path in sent[BROKEN].files if path.suffix != ".eml"]
    assert carried == {path.name: path.read_bytes() for path in files}
    assert sent[BROKEN].to == (ADDRESS,) and sent[BROKEN].notes == ()
    nobody = mail(file(sent[QUERIED], ".eml"))
    assert nobody["To"] is None and sent[QUERIED].notes == (say("returned.no_address"),)


def test_the_letter_names_the_file_and_the_deadline(folder: Round) -> None:
    round_ = replace(folder, deadline=date(2026, 1, 31))
    write_round(round_)
    sent = by_unit(go(round_))
    text = "\n".join(p.text for p in Document(str(file(sent[BROKEN], ".docx"))).paragraphs)
    for words in (
        BROKEN,
        "审计局.xlsx",
        "2026年1月31日",
        "2026年1月22日",
        file(sent[BROKEN], ".xlsx").name,
    ):
        assert words in text
    reminder = "\n".join(p.text for p in Document(str(file(sent[SILENT], ".docx"))).paragraphs)
    assert SILENT in reminder and "2026年1月31日" in reminder


# ---------------------------------------------------------------------- again and again
@pytest.mark.parametrize("days", [0, 1])
def test_a_second_run_changes_nothing(folder: Round, days: int) -> None:
    go(folder)
    before = snapshot(folder.folder / BACK)
    again = go(folder, TODAY + timedelta(days=days))
    assert snapshot(folder.folder / BACK) == before
    assert {one.outcome for one in again.of("returned")} == {"current"}
    assert {one.outcome for one in again.of("reminded")} == {"renewed" if days else "current"}
    assert not list(folder.folder.rglob("*.tmp"))


def test_a_new_version_of_the_unit_gets_a_new_pack(folder: Round) -> None:
    first = by_unit(go(folder))[BROKEN]
    before = snapshot(folder.folder / BACK / "=审计局")
    values = rounds.broken_values()
    values[next(c for c in builders.leaves(NEW) if not values[c])] = "3件"
    rounds.write_form(folder.inbox / "审计局.xlsx", BROKEN, values)
    second = by_unit(go(folder))[BROKEN]
    assert (second.outcome, second.version) == ("written", 2)
    assert file(second, ".xlsx").stem == say(
        "returned.name_again", unit=BROKEN, year=YEAR, version=2
    )
    now = snapshot(folder.folder / BACK / "=审计局")
    assert all(now[path] == old for path, old in before.items() if path.name != LIST)
    assert not {*first.files} & {*second.files}
    rounds.write_form(folder.inbox / "审计局.xlsx", BROKEN, rounds.this_year_values(0))
    assert BROKEN not in by_unit(go(folder))
    assert snapshot(folder.folder / BACK / "=审计局") == now  # passed: nothing is deleted


def test_other_findings_of_the_same_file_replace_the_pack(folder: Round) -> None:
    go(folder)
    moved = replace(folder, deadline=date(2026, 1, 30))
    write_round(moved)
    one = by_unit(go(moved))[BROKEN]
    assert (one.outcome, one.version) == ("renewed", 1)
    assert len(list((folder.folder / BACK / "=审计局").glob("*.docx"))) == 1


def test_what_somebody_edited_is_kept(folder: Round) -> None:
    letter = file(by_unit(go(folder))[BROKEN], ".docx")
    letter.write_bytes(b"edited")
    again = by_unit(go(folder))[BROKEN]
    assert again.outcome == "kept" and letter.read_bytes() == b"edited"
    moved = replace(folder, deadline=date(2026, 1, 30))
    write_round(moved)
    other = by_unit(go(moved))[BROKEN]
    assert other.version == 2 and letter.read_bytes() == b"edited"


def test_what_somebody_deleted_is_written_again(folder: Round) -> None:
    book = file(by_unit(go(folder))[BROKEN], ".xlsx")
    before = book.read_bytes()
    book.unlink()
    again = by_unit(go(folder, TODAY + timedelta(days=5)))[BROKEN]
    assert again.outcome == "renewed" and book.read_bytes() == before


@pytest.mark.parametrize("listed", ["", "[]", '{"": [{"version": 1}]}', '{"": 3}', "\xff"])
def test_a_lost_list_overwrites_nothing(folder: Round, listed: str) -> None:
    first = by_unit(go(folder))[BROKEN]
    before = {path: path.read_bytes() for path in first.files}
    (first.files[0].parent / LIST).write_text(listed, encoding="latin-1")
    second = by_unit(go(folder))[BROKEN]
    assert second.version == 2 and {p: p.read_bytes() for p in before} == before


# ---------------------------------------------------------------------- explained, refused, held
def test_what_is_explained_is_not_returned(folder: Round) -> None:
    seen = round_survey.survey(folder)
    line = next(line for line in seen.units if line.unit == QUERIED)
    explained = {(QUERIED, f.rule, f.message): Typed("确无") for f in line.failed}
    assert QUERIED not in by_unit(go(folder, explained=explained))


def test_what_the_unit_explained_is_not_returned(folder: Round) -> None:
    book = file(by_unit(go(folder))[QUERIED], ".xlsx")
    opened = load_workbook(book)
    for row in opened[PROBLEMS].iter_rows():
        if isinstance(row[0].value, int):
            row[5].value = "本年确无此项"
    opened.save(folder.inbox / "民政局#1.xlsx")
    assert QUERIED not in by_unit(go(folder))


def test_refused_files_of_known_units_get_a_letter(folder: Round) -> None:
    unit = next(u for u in units() if u.name == SILENT)
    case = RefusedCase(unit, "说明.docx", "这是一份说明，不是报表。", "ab12")
    sent = [one for one in go(folder, refused=[case]).sent if one.kind == "refused"]
    (one,) = sent
    assert one.source == "ab12" and {p.suffix for p in one.files} == {".docx", ".eml"}
    text = "\n".join(p.text for p in Document(str(file(one, ".docx"))).paragraphs)
    assert "说明.docx" in text and case.why in text
    assert mail(file(one, ".eml"))["Subject"] == say(
        "return_mail.refused_subject", unit=SILENT, year=YEAR, form=NEW.title
    )
    assert go(folder, refused=[case]).of("refused")[0].outcome == "current"
    stranger = RefusedCase(Unit("外单位"), "x.docx", "不认识")
    held = go(folder, refused=[stranger]).of("held")
    assert held[0].notes == (say("returned.unlisted"),) and not held[0].files


def test_two_versions_are_left_to_the_coordinator(folder: Round) -> None:
    for number, name in enumerate(("一", "二")):
        rounds.write_form(folder.inbox / f"{name}.xlsx", SILENT, rounds.this_year_values(number))
    sent = by_unit(go(folder))
    assert sent[SILENT].kind == "held" and sent[SILENT].notes[0] and not sent[SILENT].files


def test_only_reminders(folder: Round) -> None:
    done = go(folder, remind_only=True)
    assert {one.kind for one in done.sent} == {"reminded"}
    assert not (folder.folder / BACK).exists()


def test_units_that_would_share_a_folder(folder: Round) -> None:
    write_roster(folder.roster_file, [Unit("甲/局", "1"), Unit("甲:局", "2")])
    with pytest.raises(UnusableCall):
        go(folder)


# ---------------------------------------------------------------------- what is not our form
@pytest.mark.parametrize("medium", ["docx", "html", "pdf", "form", "rtf"])
def test_a_foreign_file_comes_back_as_a_fresh_form(tmp_path: Path, medium: str) -> None:
    sent = builders.as_submission(NEW, "甲局", rounds.broken_values(), year=YEAR, medium=medium,
                                  narrative={"1": "总体情况"})  # fmt: skip
    found = confront(NEW, sent, None, layout_of(NEW).place)
    case = ReturnCase(Unit("甲局"), "报告.docx", b"not a workbook", sent, found, {})
    pack = correction_pack(case, Matter(NEW.title, YEAR, Office("办"), TODAY))
    (name,) = [name for name in pack.files if name.endswith(".xlsx")]
    path = tmp_path / name
    path.write_bytes(pack.files[name])
    read = read_file(path)
    assert read.values == sent.values and read.narrative == sent.narrative
    assert not read.structure and pack.hard > 0
    assert say("returned.rebuilt") in pack.notes
    (letter,) = [data for name, data in pack.files.items() if name.endswith(".docx")]
    text = "\n".join(p.text for p in Document(io.BytesIO(letter)).paragraphs)
    word = say(f"letter.medium.{'other' if medium == 'rtf' else medium}")
    assert say("letter.rebuilt", medium=word) in text


def test_what_no_cell_can_hold_goes_back_with_a_letter_alone() -> None:
    values = dict(rounds.broken_values())
    values[builders.leaves(NEW)[0]] = "长" * 40_000
    sent: Submission = builders.as_submission(NEW, "甲局", values, year=YEAR, medium="docx")
    found = confront(NEW, sent, None, layout_of(NEW).place)
    case = ReturnCase(Unit("甲局"), "报告.docx", b"", sent, found, {})
    pack = correction_pack(case, Matter(NEW.title, YEAR, Office("办"), TODAY))
    assert not [name for name in pack.files if name.endswith(".xlsx")]
    (raw,) = [data for name, data in pack.files.items() if name.endswith(".eml")]
    body = email.message_from_bytes(raw, policy=default).get_body().get_content()  # type: ignore[union-attr]
    assert "附件的通知" in body


# ---------------------------------------------------------------------- the command
Run = Callable[..., tuple[int, str, str]]


def test_the_command_says_what_it_wrote_without_addresses(folder: Round, run: Run) -> None:
    status, out, _ = run("return", folder.folder, "--today", TODAY)
    assert status == 1
    for words in (BROKEN, QUERIED, SILENT, say("returned.no_address"), str(folder.folder / BACK)):
        assert words in out
    assert say("returned.summary", returned=2, refused=0, reminded=1, held=0) in out
    assert ADDRESS not in out
    again = run("return", folder.folder, "--today", TODAY)[1]
    assert again.count(say("returned.outcome.current")) == 3


def test_the_command_speaks_json(folder: Round, run: Run) -> None:
    status, out, _ = run("return", folder.folder, "--json", "--today", TODAY)
    told = json.loads(out)
    assert status == 1 and told["year"] == YEAR
    sent = {one["unit"]: one for one in told["sent"]}
    assert sent[BROKEN]["kind"] == "returned" and sent[BROKEN]["addressed"] is True
    assert all(Path(name).is_file() for one in told["sent"] for name in one["files"])
    assert ADDRESS not in out
    only = run("return", folder.folder, "--json", "--remind-only", "--today", TODAY)[1]
    assert [one["kind"] for one in json.loads(only)["sent"]] == ["reminded"]


def test_nothing_to_return(tmp_path: Path, run: Run) -> None:
    made = rounds.begun(tmp_path, units=rounds.UNITS[:1], console=False)
    rounds.write_form(made.inbox / "教.xlsx", SOUND, rounds.this_year_values(3))
    assert run("return", made.folder)[:2] == (0, say("returned.nothing") + "\n")
    assert run("return", made.folder, "--json")[0] == 0


def test_unusable_calls(folder: Round, run: Run, tmp_path: Path) -> None:
    status, out, err = run("return", folder.folder, "--today", "明天")
    assert (status, out) == (2, "") and say("returned.bad_today", given="明天") in err
    assert run("return", tmp_path / "没有")[0] == 2

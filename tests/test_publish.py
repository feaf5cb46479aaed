"""What was published stays; what is corrected later is a version with every altered item told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from gouji.ledger.records import ledger_file
from gouji.model import Unit
from gouji.publishing import publish, version_of, versions
from gouji.publishing.versions import figures_in, list_name, note_name
from gouji.reading import read_file
from gouji.roster_file import write_roster
from gouji.round import Round
from gouji.round_compiling import compile_round
from gouji.round_next import next_round
from gouji.template import write_template
from office import Office
from publications import (
    CARRIED,
    EVIL,
    FIRST,
    FORM,
    ONE,
    SECOND,
    TWO,
    begun,
    content,
    events,
    is_whole,
    send,
)

Run = Callable[..., tuple[int, str, str]]


# ------------------------------------------------------------------ first version
def test_the_first_version_is_what_is_in(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    (made.output / "附件").mkdir()
    (made.output / "附件" / "说明.txt").write_text("网站说明", encoding="utf-8")
    status, out, err = run("publish", made.folder, "--date", "2022-03-20")
    assert (status, err) == (0, "") and "第1版" in out and "3 个单位" in out
    is_whole(made, [1])
    (version,) = versions(made)
    assert version.day == FIRST and "附件/说明.txt" in version.files
    whole = read_file(version.book_file)
    assert whole.values == read_file(made.book).values and len(whole.children) == 3
    assert figures_in(version).totals == whole.values
    assert whole.values[CARRIED] == 6


def test_publishing_without_a_change_makes_nothing(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    publish(made, FIRST)
    before = content(made.folder / "公布")
    status, out, err = run("publish", made.folder)
    assert (status, err) == (0, "") and "没有新的版本" in out
    assert content(made.folder / "公布") == before and events(made) == [1]


def test_an_incomplete_round_is_not_published_unless_asked_for(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    (made.inbox / "2.xlsx").unlink()
    write_roster(made.roster_file, [Unit(ONE), Unit(TWO), Unit("财政局")])
    status, out, _ = run("publish", made.folder)
    assert status == 1 and "财政局" in out and "--incomplete" in out
    assert not (made.folder / "公布").exists() and events(made) == []
    status, out, _ = run("publish", made.folder, "--incomplete")
    assert status == 0 and "2 个单位" in out
    is_whole(made, [1])


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    status, out, _ = run("publish", made.folder, "--dry-run")
    assert status == 0 and "3 个单位" in out and not (made.folder / "公布").exists()
    publish(made, FIRST)
    send(made, ONE, 5, "新.xlsx", 9)
    status, out, _ = run("publish", made.folder, "--dry-run")
    assert status == 0 and ONE in out and "--reason" in out
    is_whole(made, [1])


@pytest.mark.parametrize(
    ("options", "word"),
    [(["--date", "明天"], "明天"), (["--reason", "税务局=漏报"], "税务局"),
     (["--reason", f"{TWO}=漏报"], "民政局")],
)  # fmt: skip
def test_a_wrong_call_is_one_line(run: Run, tmp_path: Path, options: list[str], word: str) -> None:
    made = begun(tmp_path)
    publish(made, FIRST)
    send(made, ONE, 5, "新.xlsx", 9)
    status, out, err = run("publish", made.folder, *options)
    assert (status, out) == (2, "") and word in err and err.count("\n") == 1
    is_whole(made, [1])


# ------------------------------------------------------------------ corrected
@pytest.fixture
def amended(tmp_path: Path, run: Run) -> tuple[Round, dict[str, bytes], dict[str, Any]]:
    """Published, one unit corrected, published again: round, first version, what was told."""
    made = begun(tmp_path)
    publish(made, FIRST)
    first = content(made.folder / "公布" / "第1版")
    send(made, ONE, 5, "更正.xlsx", 9)
    status, out, err = run("publish", made.folder, "--date", "2022-05-08", "--reason",
                           "教育局=漏报4件 =1+1", "--reason", "自查发现", "--json")  # fmt: skip
    assert (status, err) == (0, "")
    return made, first, json.loads(out)


Amended = tuple[Round, dict[str, bytes], dict[str, Any]]


def test_a_correction_is_a_version_and_the_old_one_stays(amended: Amended) -> None:
    made, first, told = amended
    is_whole(made, [1, 2])
    assert content(made.folder / "公布" / "第1版") == first
    assert told["version"]["number"] == 2 and told["before"]["number"] == 1
    by_code = {each["code"]: each for each in told["items"]}
    item = by_code[CARRIED]
    assert (item["unit"], item["before"], item["after"], item["difference"]) == (ONE, 1, 5, 4)
    assert (item["total_before"], item["total_after"]) == (6, 10)
    assert item["file"] == "更正.xlsx" and "漏报4件" in item["reason"]
    before, after = (read_file(version.book_file).values for version in versions(made))
    differing = {code for code in FORM.items if before[code] != after[code]}
    assert differing == by_code.keys(), "every altered item, and no other"
    for code, each in by_code.items():
        assert (each["total_before"], each["total_after"]) == (before[code], after[code])


def test_the_note_lists_every_altered_item(amended: Amended) -> None:
    made, _, told = amended
    document = Document(str(version_of(made).folder / note_name()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for word in ("云溪区", "2021年度", "第1版", "2022年3月20日", "第2版", "2022年5月8日",
                 "自查发现", ONE, "0.xlsx", "更正.xlsx", "漏报4件"):  # fmt: skip
        assert word in text
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert len(rows) == len(told["items"])
    for row, each in zip(rows, told["items"], strict=True):
        label = f"{FORM.items[each['code']].full_label}\n{each['code']}"
        numbers = [str(each[key]) for key in ("before", "after")]
        assert row[1:5] == [ONE, label, *numbers]
        assert row[5] == f"+{each['difference']}"
        assert row[6:8] == [str(each["total_before"]), str(each["total_after"])]
        assert "漏报4件" in row[8] and "更正.xlsx" in row[8]


def test_the_list_says_the_same(amended: Amended) -> None:
    made, _, told = amended
    book = CalamineWorkbook.from_path(version_of(made).folder / list_name())
    rows = book.get_sheet_by_index(0).to_python()[3:]
    keys = ("unit", "label", "code", "before", "after", "difference", "total_before",
            "total_after", "reason", "file")  # fmt: skip
    assert [row[1:] for row in rows] == [[each[key] for key in keys] for each in told["items"]]
    units = book.get_sheet_by_index(1).to_python()[3:]
    assert [row[1] for row in units] == [ONE] and units[0][4:6] == ["0.xlsx", "更正.xlsx"]


@pytest.mark.office
def test_an_office_opens_note_and_list(amended: Amended, office: Office, tmp_path: Path) -> None:
    made, _, told = amended
    folder = version_of(made).folder
    sheets = office.recalculate(folder / list_name())
    cells = next(iter(sheets.values()))
    assert office.to_pdf(folder / note_name(), tmp_path / "n.pdf").stat().st_size > 1000
    assert str(told["items"][0]["unit"]) in str(cells)


def test_a_second_run_gives_the_same_bytes(amended: Amended, tmp_path: Path) -> None:
    made, _, _ = amended
    again = begun(tmp_path / "再")
    publish(again, FIRST)
    send(again, ONE, 5, "更正.xlsx", 9)
    publish(again, SECOND, reasons=("教育局=漏报4件 =1+1", "自查发现"))
    for name in (note_name(), list_name()):
        one, other = (version_of(each).folder / name for each in (made, again))
        assert one.read_bytes() == other.read_bytes()


def test_units_that_join_leave_or_send_again(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    (made.inbox / "2.xlsx").unlink()
    publish(made, FIRST, incomplete=True)
    send(made, EVIL, 7, "=后来.xlsx", 5)
    run("collect", made.folder)
    assert run("decide", made.folder, "1.xlsx", "--exclude")[0] == 0
    done = publish(made, SECOND, incomplete=True)
    kinds = {each.unit: str(each.kind) for each in done.changes.units}
    assert kinds == {EVIL: "joined", TWO: "left"}
    left = next(each for each in done.changes.units if each.unit == TWO)
    assert "排除" in left.reason and left.file == "" and left.file_before == "1.xlsx"
    joined = [each for each in done.changes.items if each.unit == EVIL]
    assert all(each.before is None for each in joined)
    assert {each.code: each.after for each in joined}[CARRIED] == 7
    rows = CalamineWorkbook.from_path(done.version.folder / list_name()).get_sheet_by_index(
        0
    ).to_python()[3:]  # fmt: skip
    assert EVIL in {row[1] for row in rows} and "=后来.xlsx" in {row[10] for row in rows}


def test_another_file_with_the_same_figures(tmp_path: Path) -> None:
    """The one that came later counts; no number changes, but the source does."""
    made = begun(tmp_path)
    publish(made, FIRST)
    read = read_file(made.inbox / "0.xlsx")
    write_template(FORM, made.inbox / "再报.xlsx",
                   submission=replace(read, narrative={"1": "改了一句话。"}))  # fmt: skip
    done = publish(made, SECOND)
    assert [str(each.kind) for each in done.changes.units] == ["resent"]
    assert done.changes.items == ()


# ------------------------------------------------------------------ told elsewhere
def test_status_says_what_happened_since(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    assert "公布" not in run("status", made.folder)[1]
    assert json.loads(run("status", made.folder, "--json")[1])["published"] is None
    publish(made, FIRST)
    assert "已公布第1版（2022-03-20），之后没有变动" in run("status", made.folder)[1]
    send(made, ONE, 5, "更正.xlsx", 9)
    out = run("status", made.folder)[1]
    assert f"已公布第1版（2022-03-20），之后有更正：{ONE}" in out
    told = json.loads(run("status", made.folder, "--json")[1])["published"]
    assert (told["version"], told["current"], told["changed"]) == (1, False, [ONE])
    publish(made, SECOND)
    assert "已公布第2版（2022-05-08），之后没有变动" in run("status", made.folder)[1]


def test_a_page_is_compared_with_a_version(run: Run, amended: Amended) -> None:
    made, _, told = amended
    page = made.folder / "公布" / "第1版" / made.book.name
    assert run("compare", page, made.folder, "--version", 1)[0] == 0
    status, out, _ = run("compare", page, made.folder, "--json")
    assert status == 1
    assert {item["code"] for item in json.loads(out)["items"]} == {
        each["code"] for each in told["items"]
    }
    status, _, err = run("compare", page, made.folder, "--version", 7)
    assert status == 2 and "第1版、第2版" in err
    status, _, err = run("compare", page, page, "--version", 1)
    assert status == 2 and "--version" in err


def test_the_ledger_tells_it_and_older_programs_do_not_pass_it_over(
    run: Run, tmp_path: Path
) -> None:
    import sqlite3

    made = begun(tmp_path)
    compile_round(made)

    def known() -> int:
        with sqlite3.connect(ledger_file(made)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])

    assert known() == 1
    publish(made, FIRST)
    assert known() == 2
    ledger_file(made).unlink()
    assert run("collect", made.folder, "--rebuild")[0] in (0, 1)
    assert events(made) == [1]
    run("ledger", made.folder, "-o", tmp_path / "台账.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "台账.xlsx").get_sheet_by_index(0).to_python()
    assert any("第 1 版，2022-03-20" in str(cell) for row in rows for cell in row)


def test_next_year_takes_what_was_published(tmp_path: Path) -> None:
    made = begun(tmp_path)
    publish(made, FIRST)
    send(made, ONE, 5, "更正.xlsx", 9)
    compile_round(made)
    found = next_round(tmp_path / "2022", made, console=False)
    assert read_file(found.round.earlier / made.book.name).values[CARRIED] == 6
    assert any("第1版" in note for note in found.notes)
    publish(made, SECOND)
    again = next_round(tmp_path / "2022 新", made, console=False)
    assert read_file(again.round.earlier / made.book.name).values[CARRIED] == 10
    assert not any("第1版" in note or "还没有公布" in note for note in again.notes)

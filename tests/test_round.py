"""The round folder: begun and issued, from the command line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import rounds
from gouji import round_actions, template
from gouji.layout import layout_of
from gouji.model import Unit
from gouji.reading import read_file
from gouji.round import Round, RoundError, is_round, read_round, safe_name, write_round
from gouji.round_actions import ISSUED_LIST, issue, new_round, open_round, planned
from gouji.round_compiling import compile_round
from gouji.unusable import UnusableCall
from gouji.wording import say
from rounds import BROKEN, NEW, QUERIED, SILENT, SOUND, UNITS, YEAR, begun

Run = Callable[..., tuple[int, str, str]]


# ------------------------------------------------------------------ facts
@given(
    st.text(min_size=1).filter(str.strip),
    st.sampled_from(["", "汇总=1.xlsx", 'a"b.xlsx']),
    st.none() | st.dates(min_value=date(1990, 1, 1)),
)
def test_facts_survive_the_file(
    tmp_path_factory: pytest.TempPathFactory, district: str, last: str, deadline: date | None
) -> None:
    folder = tmp_path_factory.mktemp("round")
    made = Round(folder, YEAR, district.strip(), "district", "2021", last, deadline)
    write_round(made)
    assert read_round(folder) == made


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("year = 25", "year"),
        ('year = "2025"', "year"),
        ('district = ""', "district"),
        ("district = 3", "district"),
        ('level = "town"', "level"),
        ('edition = "1999"', "edition"),
        ('edition = "2019"', "edition"),
        ('last_year = "../x.xlsx"', "last_year"),
        ('deadline = "soon"', "deadline"),
        ("surprise = 1", "surprise"),
        ("year = = 3", "round.toml"),
    ],
)
def test_a_wrong_fact_is_named_in_one_line(tmp_path: Path, line: str, named: str) -> None:
    facts = {"year": "2025", "district": '"云溪区"', "level": '"district"', "edition": '"2021"'}
    key, _, value = line.partition(" = ")
    facts[key] = value
    text = "\n".join(f"{k} = {v}" for k, v in facts.items())
    (tmp_path / "round.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RoundError) as problem:
        read_round(tmp_path)
    assert named in str(problem.value) and "round.toml" in str(problem.value)


@given(st.text())
def test_any_name_becomes_a_file_name(text: str) -> None:
    name = safe_name(text)
    assert name and not set(name) & set('\\/:*?"<>|\0\n')
    assert len(name.encode("utf-8", "replace")) <= 200 and name.strip(". ") == name


# ------------------------------------------------------------------ new
def test_new_makes_a_whole_round(run: Run, tmp_path: Path) -> None:
    roster, last = rounds.roster(tmp_path), rounds.last_year_reports(tmp_path / "旧")
    folder = tmp_path / "2025 年度"
    status, out, err = run("new", folder, "--year", YEAR, "--district", "云溪区", "--roster",
                           roster, "--last-year", last, "--deadline", "2026-01-20")  # fmt: skip
    assert (status, err) == (0, "") and "云溪区" in out
    made = read_round(folder)
    assert (made.year, made.edition, made.deadline) == (YEAR, "2021", date(2026, 1, 20))
    assert made.roster_file.read_bytes() == roster.read_bytes()
    assert {p.name for p in made.earlier.iterdir()} == {"甲.xlsx", "乙.xlsx"}
    assert made.console.is_file() and made.inbox.is_dir() and made.output.is_dir()
    facts = tomllib.loads((folder / "round.toml").read_text(encoding="utf-8"))
    assert facts["district"] == "云溪区"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"--year": "25"}, "25"),
        ({"--year": "1999"}, "1999"),
        ({"--edition": "2019"}, "2025"),
        ({"--district": " "}, "地区"),
        ({"--roster": "没有.xlsx"}, "没有.xlsx"),
        ({"--last-year": "没有.xlsx"}, "没有.xlsx"),
        ({"--deadline": "明天"}, "明天"),
    ],
)
def test_new_refuses_in_one_line(
    run: Run, tmp_path: Path, options: dict[str, str], word: str
) -> None:
    given = {"--year": "2025", "--district": "云溪区", "--roster": str(rounds.roster(tmp_path))}
    words = [part for pair in (given | options).items() for part in pair]
    status, out, err = run("new", tmp_path / "新", *words)
    assert (status, out) == (2, "") and word in err and err.count("\n") == 1
    assert not (tmp_path / "新").exists()


def test_new_refuses_last_year_of_another_year(run: Run, tmp_path: Path) -> None:
    old = rounds.write_form(tmp_path / "旧.xlsx", SOUND, rounds.last_year_values(1), YEAR - 2)
    status, _, err = run("new", tmp_path / "新", "--year", YEAR, "--district", "云溪区",
                         "--roster", rounds.roster(tmp_path), "--last-year", old)  # fmt: skip
    assert status == 2 and str(YEAR - 2) in err and not (tmp_path / "新").exists()


def test_new_again_completes_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    made = begun(tmp_path)
    written = (made.roster_file, made.console, made.facts_file)
    before = {path: path.stat().st_mtime_ns for path in written}
    made.output.rmdir()
    again = begun(tmp_path)
    assert again == read_round(made.folder) and made.output.is_dir()
    assert {path: path.stat().st_mtime_ns for path in written} == before


def test_new_never_turns_one_round_into_another(tmp_path: Path) -> None:
    made = begun(tmp_path)
    with pytest.raises(UnusableCall, match="district"):
        new_round(replace(made, district="别区"))
    other = rounds.roster(tmp_path / "别", UNITS[:2])
    content = made.roster_file.read_bytes()
    with pytest.raises(UnusableCall, match="名录"):
        new_round(made, other)
    assert made.roster_file.read_bytes() == content


def test_broken_off_before_the_facts_it_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(round_: Round) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(round_actions, "write_round", killed)
        with pytest.raises(KeyboardInterrupt):
            begun(tmp_path)
    folder = next(tmp_path.glob("轮次*"))
    assert not is_round(folder)
    made = begun(tmp_path)
    assert open_round(made.folder) == made and made.console.is_file()


# ------------------------------------------------------------------ issue
def test_issue_writes_a_named_form_for_each_unit(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    status, out, err = run("issue", made.folder, "--json")
    told = json.loads(out)
    assert (status, err) == (0, "")
    assert [(f["unit"], f["outcome"], f["prefilled"]) for f in told["forms"]] == [
        (SOUND, "written", True), (QUERIED, "written", True),
        (BROKEN, "written", False), (SILENT, "written", False),
    ]  # fmt: skip
    now, _ = rounds.carried()
    for form, unit in zip(told["forms"], UNITS, strict=True):
        read = read_file(Path(form["file"]))
        assert (read.unit, read.code, read.level, read.year) == (
            unit.name, unit.code, unit.level, YEAR,
        )  # fmt: skip
        expected = {SOUND: 3, QUERIED: 5}.get(unit.name)
        assert read.values[now] == expected


def test_an_issued_form_says_where_it_is_to_be_sent(tmp_path: Path) -> None:
    made = begun(tmp_path)
    with made.facts_file.open("a", encoding="utf-8") as facts:
        facts.write('\n[office]\nemail = "zwgk@example.gov.cn"\n')
    first = issue(open_round(made.folder)).forms[0].file
    area = layout_of(NEW).cover["send_to"]
    book = CalamineWorkbook.from_path(str(first))
    cover = book.get_sheet_by_name(say("sheet.cover")).to_python(skip_empty_area=False)
    assert cover[area.row][area.column] == "zwgk@example.gov.cn"


def test_issue_takes_last_year_from_a_district_workbook(tmp_path: Path) -> None:
    old = begun(tmp_path)
    now, before = rounds.carried()
    values = rounds.builders.close(NEW, {now: 3, before: 7})
    rounds.write_form(old.inbox / "a.xlsx", SOUND, values)
    compile_round(old)
    wanted = planned(tmp_path / "下年", year=YEAR + 1, district="云溪区")
    made = new_round(wanted, old.roster_file, old.book)
    assert made.last_year == old.book.name
    done = issue(made)
    assert [form.prefilled for form in done.forms] == [True, False, False, False]
    assert read_file(done.forms[0].file).values[now] == values[before]


def test_a_form_somebody_changed_is_kept(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    first, second = [form.file for form in issue(made).forms[:2]]
    rounds.write_form(first, SOUND, rounds.this_year_values(9))
    mine = first.read_bytes()
    rounds.age(second)
    old = second.stat().st_mtime_ns
    status, out, _ = run("issue", made.folder)
    assert status == 0 and first.name in out
    assert first.read_bytes() == mine
    assert second.stat().st_mtime_ns == old, "a form that would be the same is left alone"


def test_an_unchanged_form_is_renewed_when_the_roster_changes(tmp_path: Path) -> None:
    made = begun(tmp_path)
    issue(made)
    rounds.write_roster(made.roster_file, [replace(UNITS[0], code="B77"), *UNITS[1:]])
    done = issue(made)
    assert [form.outcome for form in done.forms] == ["renewed", *["current"] * 3]
    assert read_file(done.forms[0].file).code == "B77"


def test_killed_while_issuing_the_rest_is_issued_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(tmp_path)
    calls = []

    def killed(form: Any, path: Path, **options: Any) -> None:
        calls.append(path)
        if len(calls) == 3:
            path.write_bytes(b"half a wor")
            raise KeyboardInterrupt
        write(form, path, **options)

    write = template.write_template
    with monkeypatch.context() as patch:
        patch.setattr(template, "write_template", killed)
        with pytest.raises(KeyboardInterrupt):
            issue(made)
    (made.folder / ISSUED_LIST).unlink()  # a real kill would not even leave the list
    leftover = made.issued / ".gouji-0.xlsx"
    leftover.write_bytes(b"half a wor")
    done = issue(made)
    assert [form.outcome for form in done.forms] == ["current", "current", "written", "written"]
    assert {p.name for p in made.issued.iterdir()} == {form.file.name for form in done.forms}


def test_two_units_that_would_share_a_file_are_named(tmp_path: Path) -> None:
    made = begun(tmp_path, units=(Unit("一/二"), Unit("一:二")))
    with pytest.raises(UnusableCall, match="一:二"):
        issue(made)


def test_last_year_files_that_cannot_be_used_are_told(run: Run, tmp_path: Path) -> None:
    made = begun(tmp_path)
    (made.earlier / "坏.xlsx").write_bytes(b"no workbook")
    rounds.write_form(made.earlier / "早.xlsx", SILENT, rounds.last_year_values(1), YEAR - 3)
    rounds.write_form(made.earlier / "外.xlsx", "外区某局", rounds.last_year_values(1), YEAR - 1)
    status, _, err = run("issue", made.folder)
    assert status == 0
    assert all(word in err for word in ("坏.xlsx", "早.xlsx", "外区某局"))

"""Next year's round out of this year's: what goes on, what changes, and what nobody may guess."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import builders
from gouji import editions
from gouji.layout import layout_of
from gouji.mail.settings import MailboxSettings, SmtpSettings
from gouji.model import Unit
from gouji.reading import read_file
from gouji.roster_file import read_roster, write_roster
from gouji.roster_heirs import Change
from gouji.round import Post, Round, read_round, write_round
from gouji.round_actions import Issued, issue, new_round, planned
from gouji.round_compiling import check_round, compile_round
from gouji.round_history import history_of
from gouji.round_last_year import last_year_of
from gouji.round_next import NextRound, next_round
from gouji.rule_sheet import rules_file, rules_of
from gouji.template import write_template
from gouji.unusable import UnusableCall
from rounds import carried
from test_rule_sheet import own, put

Run = Callable[..., tuple[int, str, str]]
OLD, NEW = editions.load("2019"), editions.load("2021")
BROUGHT, _ = carried(NEW)
_, CARRIED = carried(OLD)
NAMES = ("甲局", "乙局", "丙局", "丁局")


def units(*names: str, **changed: Any) -> list[Unit]:
    return [Unit(name, f"C{n}", "department", **changed) for n, name in enumerate(names)]


def old_round(folder: Path, names: Iterable[str] = NAMES, **post: Any) -> Round:
    """2020, edition 2019: the n-th unit carries n + 1 cases forward; compiled."""
    folder.mkdir(parents=True, exist_ok=True)
    write_roster(folder / "单位.xlsx", units(*names))
    made = new_round(planned(folder / "2020", year=2020, district="云溪区"), folder / "单位.xlsx",
                     console=False)  # fmt: skip
    if post:
        made = replace(made, post=Post(**post))
        write_round(made)
    for n, name in enumerate(names):
        values = builders.close(OLD, {CARRIED: n + 1})
        sent = builders.as_submission(OLD, name, values, year=2020, level="department")
        write_template(OLD, made.inbox / f"{name}.xlsx", submission=sent)
    compile_round(made)
    return made


def follow(before: Round, *roster: Unit, **options: Any) -> NextRound:
    path = None
    if roster:
        path = before.folder.parent / "新名录.xlsx"
        write_roster(path, roster)
    folder = before.folder.parent / "2021"
    return next_round(folder, before, roster=path, console=False, **options)


def brought(done: Issued) -> dict[str, Any]:
    """Unit → what its issued form has in the brought-forward cell."""
    return {form.unit.name: read_file(form.file).values[BROUGHT] for form in done.forms}


# ---------------------------------------------------------------- taken over
def test_everything_goes_on(tmp_path: Path) -> None:
    mailbox = MailboxSettings(
        "imap.example.org", "zwgk@example.org", "年报", since=date(2020, 1, 1)
    )
    before = old_round(
        tmp_path, mailbox=mailbox, maildir="../邮件",
        smtp=SmtpSettings("smtp.example.org", "zwgk@example.org", "zwgk@example.org"),
        office={"name": "云溪区政府办", "phone": "0577-1"},
    )  # fmt: skip
    found = follow(before)
    made = read_round(found.round.folder)
    assert (made.year, made.district, made.level, made.edition) == (
        2021,
        "云溪区",
        "district",
        "2021",
    )
    assert made.roster_file.read_bytes() == before.roster_file.read_bytes()
    assert made.post.mailbox == replace(mailbox, since=date(2021, 12, 1)), "no mail of last year"
    assert (made.post.smtp, made.post.office) == (before.post.smtp, before.post.office)
    assert (made.folder / made.post.maildir).resolve() == (tmp_path / "邮件").resolve()
    assert (made.earlier / before.book.name).read_bytes() == before.book.read_bytes()
    assert {step.change for step in found.steps} == {Change.KEPT}
    assert found.earlier == OLD and found.years == (2020,)
    done = issue(made)
    assert brought(done) == {name: n + 1 for n, name in enumerate(NAMES)}
    assert history_of(made)[2020][carried(NEW)[1]] == 10
    assert history_of(made)[2020]["requests.result.other.rest.total"] is None


def test_made_in_another_place_the_mail_folder_is_still_found(tmp_path: Path) -> None:
    before = old_round(tmp_path / "a", maildir="../邮件")
    found = next_round(tmp_path / "b" / "c" / "2021", before, console=False)
    there = (found.round.folder / found.round.post.maildir).resolve()
    assert there == (tmp_path / "a" / "邮件").resolve()


def test_a_third_year_knows_the_first(tmp_path: Path) -> None:
    before = old_round(tmp_path)
    second = follow(before).round
    sent = builders.as_submission(NEW, NAMES[0], builders.close(NEW, {BROUGHT: 1}), year=2021,
                                  level="department")  # fmt: skip
    write_template(NEW, second.inbox / "a.xlsx", submission=sent)
    compile_round(second)
    third = next_round(tmp_path / "2022", second, console=False).round
    assert list(history_of(third)) == [2020, 2021]
    assert history_of(third)[2020][carried(NEW)[1]] == 10
    assert history_of(third)[2021][BROUGHT] == 1


def test_broken_off_and_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = old_round(tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("gouji.round_next.keep_years", killed)
        with pytest.raises(KeyboardInterrupt):
            follow(before)
    found = follow(before)
    assert found.years == (2020,) and list(history_of(found.round)) == [2020]
    # The roster may have been corrected in the new folder: it is not put back.
    write_roster(found.round.roster_file, units(*NAMES, "戊局"))
    again = follow(before)
    assert len(read_roster(again.round.roster_file).units) == 5
    assert [step.unit for step in again.steps if step.change is Change.NEW] == ["戊局"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"year": 2022}, "2022"),
        ({"year": 2020}, "2020"),
        ({"edition": "2019"}, "2021"),
    ],
)
def test_only_the_next_year_follows(tmp_path: Path, options: dict[str, Any], word: str) -> None:
    before = old_round(tmp_path, NAMES[:1])
    with pytest.raises(UnusableCall, match=word):
        follow(before, **options)
    assert not (tmp_path / "2021").exists()


def test_without_a_workbook_nothing_is_begun(tmp_path: Path, run: Run) -> None:
    before = old_round(tmp_path, NAMES[:1])
    before.book.unlink()
    status, out, err = run("new", tmp_path / "2021", "--from", before.folder)
    assert (status, out) == (2, "") and before.book.name in err and err.count("\n") == 1
    sent = builders.as_submission(OLD, "甲局", builders.close(OLD, {}), year=2020)
    write_template(OLD, before.book, submission=sent)
    status, _, err = run("new", tmp_path / "2021", "--from", before.folder)
    assert status == 2 and "汇总" in err and not (tmp_path / "2021").exists()


# ---------------------------------------------------------------- units that change
def test_a_renamed_unit_has_its_predecessors_figures(tmp_path: Path) -> None:
    before = old_round(tmp_path)
    renamed = Unit("甲委员会", "N1", "department", former=("甲局",))
    found = follow(before, renamed, *units(*NAMES)[1:])
    assert [(s.change, s.unit, s.others) for s in found.steps[:1]] == [
        (Change.RENAMED, "甲委员会", ("甲局",))
    ]
    done = issue(found.round)
    assert brought(done)["甲委员会"] == 1 and done.notes == ()
    assert "原“甲局”" in prompt_at(done.forms[0].file)


def prompt_at(file: Path) -> str:
    """What is shown when the brought-forward cell is selected."""
    place = layout_of(NEW).place(BROUGHT)
    sheet, _, cell = place.rpartition("!")
    book = load_workbook(file)
    assert book[sheet][cell].protection.locked and book[sheet].protection.sheet
    (rule,) = [each for each in book[sheet].data_validations.dataValidation if cell in each.sqref]
    return str(rule.prompt)


def test_the_source_is_shown_at_the_cell(tmp_path: Path) -> None:
    before = old_round(tmp_path)
    done = issue(follow(before).round)
    assert before.book.name in prompt_at(done.forms[0].file)


def test_a_merged_unit_has_the_sum(tmp_path: Path) -> None:
    before = old_round(tmp_path)
    one = Unit("甲乙局", "N1", "department", merged=("甲局", "乙局"))
    grown = Unit("丙局", "C2", "department", merged=("丁局",))
    found = follow(before, one, grown)
    assert [(s.change, s.others) for s in found.steps] == [
        (Change.MERGED, ("甲局", "乙局")), (Change.MERGED, ("丙局", "丁局"))
    ]  # fmt: skip
    done = issue(found.round)
    assert brought(done) == {"甲乙局": 3, "丙局": 7} and done.notes == ()
    assert "甲局、乙局" in prompt_at(done.forms[0].file)


def test_of_a_merger_that_is_known_in_part_only_nothing_is_brought_in(tmp_path: Path) -> None:
    before = old_round(tmp_path)
    found = follow(before, Unit("甲庚局", "N1", "department", merged=("甲局", "庚局")))
    done = issue(found.round)
    assert brought(done) == {"甲庚局": None}
    assert any("庚局" in note and "甲庚局" in note for note in done.notes)


def test_a_divided_unit_is_not_guessed(tmp_path: Path) -> None:
    before = old_round(tmp_path)
    part = Unit("己局", "N9", "department", split=("甲局",))
    found = follow(before, *units(*NAMES), part)
    by_unit = {step.unit: step for step in found.steps}
    assert by_unit["甲局"].change is Change.REDUCED and by_unit["己局"].change is Change.SPLIT
    done = issue(found.round)
    assert brought(done) == {"甲局": None, "乙局": 2, "丙局": 3, "丁局": 4, "己局": None}
    assert any("甲局" in note and "己局" in note for note in done.notes)
    # Both may fill what they agreed on: no rule says it is wrong.
    for name, number in (("甲局", 0), ("己局", 1)):
        sent = builders.as_submission(NEW, name, builders.close(NEW, {BROUGHT: number}), year=2021,
                                      level="department")  # fmt: skip
        write_template(NEW, found.round.inbox / f"{name}.xlsx", submission=sent)
    checked, _ = check_round(found.round)
    assert {one.verdict for one in checked} == {"clean"}


def test_a_declaration_is_spent_a_year_later(tmp_path: Path) -> None:
    """The roster is copied on: in 2022 the merger and the division are of the past."""
    before = old_round(tmp_path)
    merged = Unit("甲乙局", "N1", "department", merged=("甲局", "乙局"))
    part = Unit("己局", "N9", "department", split=("丙局",))
    roster = (merged, *units(*NAMES)[2:], part)
    second = follow(before, *roster).round
    _, now_carried = carried(NEW)
    for n, unit in enumerate(roster):
        values = builders.close(NEW, {now_carried: 20 + n, BROUGHT: 3 if n == 0 else 0})
        sent = builders.as_submission(NEW, unit.name, values, year=2021, level="department")
        write_template(NEW, second.inbox / f"{n}.xlsx", submission=sent)
    compile_round(second, let_in=[unit.name for unit in roster])
    found = next_round(tmp_path / "2022", second, console=False)
    assert {step.change for step in found.steps} == {Change.KEPT}
    done = issue(found.round)
    assert brought(done) == {"甲乙局": 20, "丙局": 21, "丁局": 22, "己局": 23}
    assert done.notes == ()


def test_new_and_gone_units_are_told_and_a_code_that_stayed_is_pointed_out(
    tmp_path: Path, run: Run
) -> None:
    before = old_round(tmp_path)
    roster = tmp_path / "新.xlsx"
    write_roster(roster, [Unit("甲办", "C0", "department"), *units(*NAMES)[2:], Unit("辛局")])
    folder = tmp_path / "2021"
    status, out, err = run("new", folder, "--from", before.folder, "--roster", roster)
    assert (status, err) == (0, "")
    for line in (
        "新设：甲办（与上年“甲局”的代码相同",
        "新设：辛局\n",
        "撤销：甲局\n",
        "撤销：乙局\n",
    ):
        assert line in out
    assert "2 个照旧，4 个有变动" in out and "171 格沿用" in out
    done = issue(read_round(folder))
    assert brought(done)["甲办"] is None, "pointed out, not followed"
    status, out, _ = run("new", folder, "--from", before.folder, "--roster", roster, "--json")
    told = json.loads(out)
    assert told["changes"][0] == {
        "change": "new", "unit": "甲办", "others": [], "perhaps": "甲局"
    }  # fmt: skip
    assert told["years"] == [2020] and told["edition_before"] == "2019"


def test_two_heirs_of_one_unit_are_a_mistake_of_the_roster(tmp_path: Path, run: Run) -> None:
    before = old_round(tmp_path)
    roster = tmp_path / "新.xlsx"
    write_roster(roster, [Unit("子局", former=("甲局",)), Unit("丑局", merged=("甲局", "乙局"))])
    status, _, err = run("new", tmp_path / "2021", "--from", before.folder, "--roster", roster)
    assert status == 2 and "子局" in err and "丑局" in err and "分设" in err
    assert not (tmp_path / "2021").exists()


def test_a_former_name_on_this_years_form_is_understood_unless_somebody_has_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "名录.xlsx"
    write_roster(
        path, [Unit("子局", former=("甲局",)), Unit("寅局", former=("乙局",)), Unit("乙局")]
    )
    roster = read_roster(path)
    assert [unit.former for unit in roster.units] == [("甲局",), ("乙局",), ()]
    assert roster.find("甲局").name == "子局" and roster.find("乙局").name == "乙局"


# ---------------------------------------------------------------- last year's files
def test_a_unit_without_file_of_last_year_is_not_compared_with_anothers(tmp_path: Path) -> None:
    """One unlisted file in the folder speaks for nobody."""
    before = old_round(tmp_path, NAMES[:1])
    made = new_round(planned(tmp_path / "新", year=2021, district="云溪区"), before.roster_file,
                     console=False)  # fmt: skip
    sent = builders.as_submission(OLD, "别区某局", builders.close(OLD, {CARRIED: 9}), year=2020)
    write_template(OLD, made.earlier / "别.xlsx", submission=sent)
    last, notes = last_year_of(made, read_roster(made.roster_file))
    assert last is not None and last.of(replace(sent, unit="甲局")) is None
    assert "别区某局" in notes[0]


# ---------------------------------------------------------------- the command line
def test_new_says_what_it_needs(run: Run, tmp_path: Path) -> None:
    for options, word in ((["--year", 2021], "--district"), (["--district", "区"], "--year")):
        status, out, err = run("new", tmp_path / "x", *options)
        assert (status, out) == (2, "") and word in err and "--from" in err
    before = old_round(tmp_path, NAMES[:1])
    status, _, err = run("new", tmp_path / "x", "--from", before.folder, "--last-year", before.book)
    assert status == 2 and "--last-year" in err and not (tmp_path / "x").exists()


def test_earlier_years_are_added_and_shown(run: Run, tmp_path: Path) -> None:
    before = old_round(tmp_path)
    made = follow(before).round
    whole = builders.as_submission(OLD, "云溪区", builders.close(OLD, {CARRIED: 77}), year=2019)
    write_template(OLD, tmp_path / "2019.xlsx", submission=whole)
    status, out, err = run("history", made.folder, "--add", tmp_path / "2019.xlsx")
    assert (status, err) == (0, "") and "2019：77　2020：10" in out
    status, out, _ = run("history", made.folder, "--json")
    assert status == 0 and list(json.loads(out)["years"]) == ["2019", "2020"]
    status, _, err = run("history", made.folder, "--add", made.folder / "没有.xlsx")
    assert status == 2 and "没有.xlsx" in err
    late = builders.as_submission(NEW, "云溪区", builders.close(NEW, {}), year=2023)
    write_template(NEW, tmp_path / "2023.xlsx", submission=late)
    status, _, err = run("history", made.folder, "--add", tmp_path / "2023.xlsx")
    assert status == 2 and "2023" in err and err.count("\n") == 1


def test_the_mapping_is_listed_with_printed_labels(run: Run) -> None:
    status, out, err = run("rules", "--edition", "2021", "--mapping")
    assert (status, err) == (0, "")
    assert "现行有效件数　←　行政规范性文件" not in out
    assert "行政规范性文件／现行有效件数　←　规范性文件／对外公开总数量" in out
    assert "政府集中采购（2 格）：不再统计" in out and "（六）其他处理（7 格）" in out
    status, out, _ = run("rules", "--mapping", "--json")
    (told,) = json.loads(out)
    assert (told["edition"], told["before"]) == ("2021", "2019")
    assert {each["item"] for each in told["items"]} == set(NEW.items)
    carried_on = {code for each in told["items"] for code in each["was"]}
    assert carried_on | {each["item"] for each in told["gone"]} == set(OLD.items)
    status, out, _ = run("rules", "--edition", "2019", "--mapping")
    assert status == 0 and "没有上一版" in out


def test_what_does_not_go_on_is_said(tmp_path: Path) -> None:
    before = old_round(tmp_path, NAMES[:1])
    write_round(replace(before, deadline=date(2021, 1, 20)))
    one, other = (layout_of(OLD).place(f"requests.{row}.total") for row in
                  ("received", "carried_forward"))  # fmt: skip
    put(rules_file(before.folder), added=[own(f"{one} = 2 * {other}", name="QX1")])
    found = follow(read_round(before.folder))
    made = found.round
    assert made.deadline is None
    assert rules_of(made, read_roster(made.roster_file), NEW).empty
    told = "\n".join(found.notes)
    assert "截止日期" in told and "规则.xlsx" in told and "还没有公布" in told

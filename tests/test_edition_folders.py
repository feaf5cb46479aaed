"""Forms of one's own: from ``GOUJI_EDITIONS`` or a round's ``格式``, found by every command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import rounds
from consoles import states
from fake_book import FakeBook
from gouji import console_buttons, editions
from gouji.edition_commands import skeleton

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test registers is not there in the next."""
    monkeypatch.setattr(editions, "_folders", list(editions._folders))
    monkeypatch.delenv(editions.VARIABLE, raising=False)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a form of one's own."""
    folder = tmp_path / "我的格式"
    folder.mkdir()
    (folder / "培训.toml").write_text(skeleton("培训"), encoding="utf-8")
    return folder


def test_the_environment_names_folders(
    run: Run, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = tmp_path / "空.xlsx"
    status, _, err = run("fill", "--edition", "培训", "--year", 2025, "-o", blank)
    assert status == 2 and "培训" in err
    monkeypatch.setenv(editions.VARIABLE, str(own))
    assert run("fill", "--edition", "培训", "--year", 2025, "-o", blank)[0] == 0
    status, out, _ = run("read", blank, "--json")
    assert status == 0 and json.loads(out)["edition"] == "培训"
    assert "R4" in run("rules", "--edition", "培训")[1]


def test_a_folder_that_is_not_there_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(editions.VARIABLE, str(tmp_path / "没有"))
    status, out, err = run("rules")
    assert (status, out) == (2, "") and editions.VARIABLE in err and len(err.splitlines()) == 1


def test_a_round_keeps_the_form_it_uses(
    run: Run, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun with the variable, the round goes on without it, in a process that knows nothing."""
    folder, roster = tmp_path / "年度", rounds.roster(tmp_path / "名录")
    monkeypatch.setenv(editions.VARIABLE, str(own))
    status, _, err = run("new", folder, "--year", 2025, "--district", "云澜区", "--edition",
                         "培训", "--roster", roster)  # fmt: skip
    assert (status, err) == (0, "")
    monkeypatch.delenv(editions.VARIABLE)
    assert (folder / "格式" / "培训.toml").read_bytes() == (own / "培训.toml").read_bytes()
    assert run("issue", folder)[0] == 0
    issued = sorted((folder / "发放").glob("*.xlsx"))
    assert len(issued) == len(rounds.UNITS)
    monkeypatch.setattr(editions, "_folders", editions._folders[:2])
    assert "培训" not in editions.available()
    # A file inside the round is enough to find its form.
    status, out, _ = run("check", issued[0], "--json")
    assert status == 0 and json.loads(out)[0]["edition"] == "培训"


def test_forms_laid_into_the_folder_first(run: Run, own: Path, tmp_path: Path) -> None:
    folder, roster = tmp_path / "年度", rounds.roster(tmp_path / "名录")
    folder.mkdir()
    own.rename(folder / "格式")
    status, _, err = run("new", folder, "--year", 2025, "--district", "云澜区", "--edition",
                         "培训", "--roster", roster)  # fmt: skip
    assert (status, err) == (0, "")
    assert run("status", folder)[0] == 1  # nobody has reported


def test_a_shipped_edition_wins(own: Path, tmp_path: Path) -> None:
    text = skeleton("2021")
    (own / "2021.toml").write_text(text, encoding="utf-8")
    editions.register(own)
    assert editions.load("2021").title != "培训工作统计表"


def test_two_different_files_of_one_name(own: Path, tmp_path: Path) -> None:
    other = tmp_path / "别处"
    other.mkdir()
    (other / "培训.toml").write_bytes((own / "培训.toml").read_bytes())
    editions.register(own)
    editions.register(other)
    assert editions.load("培训").id == "培训"
    (other / "培训.toml").write_text(skeleton("培训") + "# 改", encoding="utf-8")
    editions.register(tmp_path)  # asks anew
    with pytest.raises(editions.EditionError, match="另有一份不同的"):
        editions.load("培训")


@pytest.mark.parametrize(
    "name", ["../我的格式/培训", "我的格式/培训", ".培训", "培训.toml", "C:培训"]
)
def test_a_name_from_outside_is_never_a_path(own: Path, name: str, tmp_path: Path) -> None:
    editions.register(own)
    editions.register(tmp_path)
    with pytest.raises(editions.EditionError, match="没有"):
        editions.load(name)


def test_a_wrong_form_is_one_line_for_every_command(
    run: Run, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = skeleton("培训").replace('title      = "', 'titel = "').replace("domain", "domian")
    (own / "培训.toml").write_text(wrong, encoding="utf-8")
    monkeypatch.setenv(editions.VARIABLE, str(own))
    for call in (["rules"], ["rules", "--edition", "培训"],
                 ["fill", "--edition", "培训", "-o", tmp_path / "a.xlsx"]):  # fmt: skip
        status, _, err = run(*call)
        assert status == 2 and len(err.splitlines()) == 1
        assert "培训.toml: titel" in err and "gouji edition check" in err


def test_the_official_form_stays_the_default(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form of one's own whose name sorts first does not take the year over."""
    (tmp_path / "0.toml").write_text(skeleton("0"), encoding="utf-8")
    monkeypatch.setenv(editions.VARIABLE, str(tmp_path))
    assert "0" in editions.available()
    form = editions.for_year(2025)
    assert form is not None and form.id == "2021"


def test_the_button_of_a_form_in_a_round(own: Path, tmp_path: Path) -> None:
    from gouji.round_editions import register_near

    (tmp_path / "round.toml").write_text("", encoding="utf-8")
    own.rename(tmp_path / "格式")
    (tmp_path / "收件").mkdir()
    register_near(tmp_path / "收件" / "表.xlsm")
    assert "培训" in editions.available()


# ---------------------------------------------------------------- a round of it
@pytest.fixture
def round_(run: Run, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A round of the own form in which every unit has sent its form as it got it.

    Nothing but the round itself knows the form.
    """
    folder, roster = tmp_path / "2025年度", rounds.roster(tmp_path / "名录")
    known = list(editions._folders)
    monkeypatch.setenv(editions.VARIABLE, str(own))
    assert run("new", folder, "--year", 2025, "--district", "云澜区", "--edition", "培训",
               "--roster", roster)[0] == 0  # fmt: skip
    monkeypatch.delenv(editions.VARIABLE)
    assert run("issue", folder)[0] == 0
    for form in (folder / "发放").glob("*.xlsx"):
        shutil.copy(form, folder / "收件")
    monkeypatch.setattr(editions, "_folders", known)
    assert "培训" not in editions.available()
    return folder


def test_the_console_knows_the_form_of_its_round(round_: Path) -> None:
    book = FakeBook(round_ / "控制台.xlsm")
    console_buttons.collect(book)
    assert book.app.alerts == []
    assert set(states(book).values()) == {"已报"}, "blank cells are to be verified"
    console_buttons.compile_round(book)
    assert book.app.alerts == [] and list((round_ / "输出").glob("*汇总表.xlsx"))


def test_the_next_year_goes_on_with_the_form(run: Run, round_: Path, tmp_path: Path) -> None:
    """Not with the official form that serves the year too; its declaration goes along."""
    assert run("compile", round_)[0] == 0
    status, out, err = run("new", tmp_path / "2026年度", "--from", round_)
    assert (status, err) == (0, "") and "培训" in out
    assert (tmp_path / "2026年度" / "格式" / "培训.toml").is_file()
    assert 'edition = "培训"' in (tmp_path / "2026年度" / "round.toml").read_text(encoding="utf-8")
    assert run("report", round_)[0] == 0

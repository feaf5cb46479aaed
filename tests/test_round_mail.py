"""A round that lives by mail: fetched from a real mailbox, sent back through a real server."""

from __future__ import annotations

import email
import json
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest

import rounds
from gouji.demo import papers
from gouji.round import Round
from gouji.wording import say
from mail_server import HOST, PASSWORD, USER, Dovecot, certificate
from mail_sink import Sink
from rounds import BROKEN, QUERIED, SILENT, SOUND

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    files = certificate(tmp_path)
    monkeypatch.setenv("GOUJI_MAIL_CA", str(files[0]))
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", PASSWORD)
    server = Sink(files)
    yield server
    server.close()


def add_facts(round_: Round, text: str) -> None:
    with round_.facts_file.open("a", encoding="utf-8") as file:
        file.write(text)


def form(folder: Path, unit: str, number: int) -> bytes:
    return rounds.write_form(
        folder / "form.xlsx", unit, rounds.this_year_values(number)
    ).read_bytes()


def letter(unit: str, data: bytes, hours: int) -> bytes:
    return papers.message("a@example.org", f"{unit}年报", "请查收", {f"{unit}.xlsx": data}, hours)


def test_the_mailbox_is_collected_once_and_left_as_it_was(
    run: Run, dovecot: Dovecot, tmp_path: Path
) -> None:
    round_ = rounds.begun(tmp_path)
    add_facts(round_, f'\n[mailbox]\nhost = "{HOST}"\nuser = "{USER}"\nport = {dovecot.port}\n')
    dovecot.put(letter(SOUND, form(tmp_path, "区教育局", 3), 1), "1.a")
    first = form(tmp_path, QUERIED, 5)
    dovecot.put(letter(QUERIED, first, 2), "2.a")
    dovecot.put(letter(QUERIED, form(tmp_path, QUERIED, 6), 9), "3.a")
    dovecot.put(letter(QUERIED, first, 3), "4.a")
    before = sorted(path.name for path in (dovecot.home / "Maildir").rglob("*.a*"))
    status, out, _ = run("collect", round_.folder, "--json")
    told = json.loads(out)
    states = {(file["unit"], file["version"]): file["state"] for file in told["files"] if
              file["version"]}  # fmt: skip
    assert states == {(SOUND, 1): "latest", (QUERIED, 1): "superseded", (QUERIED, 2): "latest"}
    assert (status, told["parcels"], told["again"]) == (0, 4, 4), "one form and three logos again"
    newest = next(f for f in told["files"] if (f["unit"], f["version"]) == (QUERIED, 2))
    changed = {change["item"]: (change["old"], change["new"]) for change in
               newest["difference"]["changes"]}  # fmt: skip
    assert changed[rounds.carried()[0]] == (5, 6)
    assert sorted(path.name for path in (dovecot.home / "Maildir").rglob("*.a*")) == before
    status, out, _ = run("collect", round_.folder, "--json")
    assert json.loads(out)["parcels"] == 0 and status == 0
    _, out, _ = run("status", round_.folder, "--json")
    units = {unit["unit"]: unit["status"] for unit in json.loads(out)["units"]}
    assert units[SOUND] == "passed" and units[SILENT] == "missing"


def test_a_wrong_password_is_one_line(
    run: Run, dovecot: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = rounds.filled(tmp_path)
    add_facts(round_, f'\n[mailbox]\nhost = "{HOST}"\nuser = "{USER}"\nport = {dovecot.port}\n')
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", "wrong")
    status, _, err = run("collect", round_.folder)
    assert status == 2 and len(err.strip().splitlines()) == 1 and "密码" in err
    status, _, _ = run("collect", round_.folder, "--inbox-only")
    assert status == 1, "the inbox is taken all the same"


def test_a_password_in_the_facts_is_refused(run: Run, tmp_path: Path) -> None:
    round_ = rounds.begun(tmp_path)
    add_facts(round_, f'\n[mailbox]\nhost = "{HOST}"\nuser = "{USER}"\npassword = "x"\n')
    status, _, err = run("status", round_.folder)
    assert status == 2 and "钥匙串" in err and len(err.strip().splitlines()) == 1


def test_what_goes_back_is_sent_once_and_only_when_asked(
    run: Run, sink: Sink, tmp_path: Path
) -> None:
    round_ = rounds.filled(tmp_path, units=tuple(rounds.addressed()))
    add_facts(round_, f'\n[smtp]\nhost = "{HOST}"\nuser = "{USER}"\n'
                      f'sender = "office@example.org"\nport = {sink.port}\n')  # fmt: skip
    run("return", round_.folder, "--today", "2026-01-10")
    assert not sink.got, "drafts only"
    status, out, _ = run("return", round_.folder, "--today", "2026-01-10", "--dry-run")
    assert not sink.got and say("sending.state.listed") in out and status == 1
    _, out, err = run("return", round_.folder, "--today", "2026-01-10", "--send", "--yes")
    assert {to for each in sink.to for to in each} == {
        f"{unit.code.lower()}@example.org" for unit in rounds.addressed() if unit.name != SOUND
    }
    assert err.count("→") == len(sink.got) == 3, "the list comes first"
    subjects = [email.message_from_bytes(data, policy=default)["Subject"] for data in sink.got]
    assert any("催报" in subject or "报送" in subject for subject in subjects)
    run("return", round_.folder, "--today", "2026-01-10", "--send", "--yes")
    assert len(sink.got) == 3, "sent once"
    _, out, _ = run("ledger", round_.folder, "-o", tmp_path / "台账.xlsx", "--json")
    assert Path(json.loads(out)["output"]).is_file()


def test_without_an_answer_nothing_is_sent(
    run: Run, sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = rounds.filled(tmp_path, units=tuple(rounds.addressed()))
    add_facts(round_, f'\n[smtp]\nhost = "{HOST}"\nuser = "{USER}"\n'
                      f'sender = "office@example.org"\nport = {sink.port}\n')  # fmt: skip
    monkeypatch.setattr("builtins.input", lambda prompt: "不")
    _, out, _ = run("return", round_.folder, "--send")
    assert not sink.got and say("sending.state.declined") in out


def test_without_a_server_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    status, _, err = run("return", rounds.filled(tmp_path).folder, "--send")
    assert status == 2 and "[smtp]" in err


def test_decisions_by_command(run: Run, tmp_path: Path) -> None:
    round_ = rounds.filled(tmp_path)
    run("collect", round_.folder)
    assert run("decide", round_.folder, "审计局.xlsx")[0] == 2, "nothing was decided"
    status, _, err = run("decide", round_.folder, "没有.xlsx", "--exclude")
    assert status == 2 and "没有.xlsx" in err
    status, out, _ = run("decide", round_.folder, "审计局.xlsx", "--let-in")
    assert status == 0 and "点名计入" in out
    run("decide", round_.folder, "教育局 报.xlsx", "--exclude")
    run("decide", round_.folder, "民政局#1.xlsx", "--unit", SILENT)
    _, out, _ = run("status", round_.folder, "--json")
    units = {unit["unit"]: unit["status"] for unit in json.loads(out)["units"]}
    assert units[SOUND] == "missing" and units[QUERIED] == "missing"
    assert units[BROKEN] != "returned" and units[SILENT] != "missing"
    status, _, err = run("decide", round_.folder, "民政局#1.xlsx", "--unit", "无此局")
    assert status == 2 and "无此局" in err

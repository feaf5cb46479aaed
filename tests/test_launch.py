"""The launcher by itself: requests, the lock, answers to Excel, the log; no office needed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gouji import launch
from gouji.launch import encoded, parse, record_python, recorded_python
from gouji.launch_lock import run_lock
from gouji.wording import say

STUB = Path(__file__).with_name("stub_launch.py")
BOOKS = [r"\\服务器\共享 盘\表='&%TEMP%.xlsm", "/单位 甲/表 =1.xlsm", "https://d.example/表.xlsm"]


def request(target: str, book: object, reply: object, office: str = "excel") -> str:
    parts = (office, f"gouji.buttons.{target}", str(book), str(reply))
    return ",".join(encoded(part) for part in parts)


@pytest.fixture
def reply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an answer is expected; the user's own folders are the test's."""
    for name in ("XDG_CONFIG_HOME", "APPDATA", "TMPDIR", "TEMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path / "gouji-1.reply"


def serve(target: str, book: Path, reply: Path) -> str:
    """What Excel would read after the launcher, with the stub buttons, has ended."""
    words = [sys.executable, "-E", "-P", str(STUB), request(target, book, reply)]
    subprocess.run(words, check=True, timeout=60)
    word = reply.read_text(encoding="ascii").strip()
    return launch.decoded(word[1:]) if word.startswith("!") else word


def log(reply: Path) -> str:
    return (reply.parent / "gouji" / "gouji.log").read_text(encoding="utf-8")


# ---------------------------------------------------------------------- requests
@pytest.mark.parametrize("book", BOOKS)
def test_a_request_is_one_word_whatever_the_path(book: str) -> None:
    word = request("check", book, "/tmp/gouji-1.reply")
    assert word.isascii()
    assert not set(word) & set(" \"'&=%;|<>()$*?!^`#")
    found = parse(word)
    assert (found.book, found.name, found.waits) == (book, "check", True)
    assert found.caption == say("button.check")


@pytest.mark.parametrize(
    "word",
    [
        "", "excel", "excel,gouji.buttons.check,a.xlsm", "wps,gouji.buttons.check,a,gouji-1.reply",
        "excel,os.system,a,gouji-1.reply", "excel,gouji.buttons.,a,gouji-1.reply",
        "excel,gouji.buttons.check,a,/etc/passwd", "excel,gouji.buttons.check,~,gouji-1.reply",
        "excel,gouji.buttons.os.system,a,gouji-1.reply,b",
    ],
)  # fmt: skip
def test_anything_else_is_refused(word: str, reply: Path) -> None:
    assert launch.main([word]) == 2
    assert not reply.exists()
    assert "bad request" in log(reply)


# ---------------------------------------------------------------------- targets
@pytest.mark.parametrize("target", ["run", "tell", "_office", "json", "UnusableCall", "nothing"])
def test_only_public_functions_of_buttons_can_be_asked_for(
    target: str, reply: Path, tmp_path: Path
) -> None:
    expected = say("launch.no_target", name=target)
    assert serve(target, tmp_path / "a.xlsm", reply) == expected


def test_a_refusal_is_told_in_its_own_words(reply: Path, tmp_path: Path) -> None:
    told = serve("import_last_year", tmp_path / "a.xlsm", reply)
    assert told == say("launch.refused", button=say("button.import_last_year"), why="没有选文件。")
    assert "Traceback" not in log(reply)


def test_our_own_fault_is_one_sentence_and_a_log(reply: Path, tmp_path: Path) -> None:
    told = serve("submit", tmp_path / "a.xlsm", reply)
    logged = tmp_path / "gouji" / "gouji.log"
    assert told == say("launch.failed", button=say("button.submit"), log=logged)
    assert "ZeroDivisionError: a slip of ours" in log(reply)


def test_a_run_that_ends_well_says_so(reply: Path, tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    assert serve("clear_marks", tmp_path / "a.xlsm", reply) == "+done"
    assert (tmp_path / "runs").read_text() == "x"


# ---------------------------------------------------------------------- one run at a time
def test_the_lock_tells_who_holds_it(reply: Path, tmp_path: Path) -> None:
    with run_lock("a.xlsm", "gouji.buttons.check") as first:
        assert first is None
        with run_lock("a.xlsm", "gouji.buttons.submit") as second:
            assert second is not None
            assert (second.pid, second.target) == (os.getpid(), "gouji.buttons.check")
        with run_lock("b.xlsm", "gouji.buttons.check") as other:
            assert other is None
    with run_lock("a.xlsm", "gouji.buttons.check") as again:
        assert again is None


def test_a_lock_of_a_killed_run_is_stale(reply: Path, tmp_path: Path) -> None:
    script = (
        "import time\nfrom gouji.launch_lock import run_lock\n"
        "with run_lock('a.xlsm', 'gouji.buttons.check'):\n    print(1, flush=True)\n"
        "    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert holder.stdout and holder.stdout.readline()
    with run_lock("a.xlsm", "gouji.buttons.check") as held:
        assert held is not None and held.pid == holder.pid
    holder.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    holder.wait()
    with run_lock("a.xlsm", "gouji.buttons.check") as free:
        assert free is None


def test_a_second_click_is_ignored_and_another_button_is_told_to_wait(
    reply: Path, tmp_path: Path
) -> None:
    book = tmp_path / "a.xlsm"
    with run_lock(str(book), "gouji.buttons.clear_marks"):
        assert serve("clear_marks", book, reply) == "+busy"
        assert serve("check", book, reply) == say("launch.busy")
    assert not (tmp_path / "runs").exists()


# ---------------------------------------------------------------------- the recorded Python
@pytest.mark.parametrize(
    "program", ["/usr/bin/python3", r"C:\用户 甲\python.exe", "/家/蟒 蛇/python"]
)
def test_the_recorded_python_survives_any_path(program: str, reply: Path) -> None:
    assert recorded_python() == ""
    assert record_python(program).read_bytes().isascii()
    assert recorded_python() == program


def test_a_click_loads_nothing_heavy() -> None:
    """What the form's buttons need is loaded; frames, arrays and drawing are not."""
    check = (
        "import sys; from gouji import launch; launch._buttons(); import gouji.form_buttons; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert {"xlwings", "gouji"} <= loaded
    assert not loaded & {"numpy", "pandas", "matplotlib", "openpyxl", "xlsxwriter", "lxml"}

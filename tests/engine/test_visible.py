"""A LibreOffice with windows, on a screen of its own: real message boxes, a real status bar."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.office

TOOLS = ("Xvfb", "xdotool")


@pytest.fixture(scope="module")
def pixels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file in which the virtual screen keeps its pixels."""
    return tmp_path_factory.mktemp("screen") / "Xvfb_screen0"


@pytest.fixture(scope="module")
def screen(engine_ready: None, pixels: Path) -> Iterator[str]:
    """A virtual screen; gives its name."""
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        if os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
            pytest.fail(f"missing: {missing}")
        pytest.skip(f"missing: {missing}")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        # without -noreset the server forgets all when the launcher's first client leaves
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-noreset",
         "-nolisten", "tcp", "-fbdir", str(pixels.parent)],
        pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as pipe:
        yield f":{pipe.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def visible(screen: str) -> Iterator[Any]:
    """An app with windows on that screen."""
    import xlwings as xw

    import xlwings_libreoffice

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", screen)
        xlwings_libreoffice.register()
        before = xw.apps.active
        with xlwings_libreoffice.start(visible=True, add_book=True) as app:
            yield app
        if before:
            before.activate()


def windows(screen: str) -> list[str]:
    """Titles of the windows that can be seen."""
    environment = {**os.environ, "DISPLAY": screen}
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return found.stdout.splitlines()


def press(screen: str, title: str, *keys: str) -> None:
    """Keys into the window with that title."""
    subprocess.run(
        ["xdotool", "search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync",
         "sleep", "0.6", "key", "--delay", "300", *keys],
        env={**os.environ, "DISPLAY": screen}, check=True, timeout=30, capture_output=True,
    )  # fmt: skip


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize(
    ("buttons", "keys", "answer"),
    [
        ("ok", ["Return"], "ok"),
        ("yes_no", ["Tab", "Return"], "no"),
        ("ok_cancel", ["Escape"], "cancel"),
        ("yes_no_cancel", ["Return"], "yes"),
    ],
)
def test_alert_waits_for_the_user(
    visible: Any, screen: str, buttons: str, keys: list[str], answer: str
) -> None:
    answers: list[str] = []
    title = f"title of {buttons}"
    asking = threading.Thread(
        target=lambda: answers.append(visible.alert("is all right?", title, buttons, "info")),
        daemon=True,
    )
    asking.start()
    assert wait_for(lambda: title in windows(screen)), windows(screen)
    assert not answers
    press(screen, title, *keys)
    for _ in range(5):  # a box that is still being drawn may miss the last key
        asking.join(4)
        if not asking.is_alive():
            break
        press(screen, title, keys[-1])
    asking.join(20)
    assert answers == [answer]


def test_alerts_can_be_switched_off(visible: Any) -> None:
    with visible.properties(display_alerts=False):
        assert visible.alert("nobody sees this", buttons="yes_no") == "yes"


def status_line(pixels: Path) -> bytes:
    """The lowest 20 rows of the screen: LibreOffice's status bar (an X window dump)."""
    return pixels.read_bytes()[-20 * 1280 * 4 :]


def test_status_bar_shows_the_text(visible: Any, pixels: Path) -> None:
    visible.status_bar = False
    assert wait_for(lambda: len(set(status_line(pixels))) > 2), "the window is drawn"
    time.sleep(1)
    free = status_line(pixels)
    visible.status_bar = "正在校验"
    assert wait_for(lambda: status_line(pixels) != free)
    visible.status_bar = False
    assert wait_for(lambda: status_line(pixels) == free)


def test_windows_hide_and_show(visible: Any, screen: str) -> None:
    title = visible.books.active.name
    assert wait_for(lambda: any(title in name for name in windows(screen)))
    visible.visible = False
    assert wait_for(lambda: not any(title in name for name in windows(screen)))
    visible.visible = True
    assert wait_for(lambda: any(title in name for name in windows(screen)))
    assert visible.visible

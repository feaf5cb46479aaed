"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import Browser, opened, why_no_browser
from gouji import editions
from gouji.cli import main
from gouji.model import Form
from gouji.template import write_template
from mail_server import dovecot, running_dovecot
from office import Office, why_missing
from open_forms import live_app, open_form

__all__ = [
    "browser", "dovecot", "live_app", "office", "open_form", "run", "running_dovecot", "write",
]  # fmt: skip

# A foreign form beside the official ones, for every test of the run.
editions.register(Path(__file__).parent / "editions")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Calls the command line; gives exit status, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a form's template, with what is given, under an awkward name."""

    def _write(form: Form, **content: Any) -> Path:
        path = tmp_path / "表 =1.xlsx"
        write_template(form, path, **content)
        return path

    return _write


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """A running LibreOffice; skips where there is none, unless GOUJI_REQUIRE_OFFICE is 1."""
    if reason := why_missing():
        if os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    running = Office()
    yield running
    running.close()


@pytest.fixture(scope="module")  # its loop would be in the way of others in the same thread
def browser() -> Iterator[Browser]:
    """A running headless Chromium; skips without one, unless GOUJI_REQUIRE_BROWSER is 1."""
    if reason := why_no_browser():
        if os.environ.get("GOUJI_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with opened() as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A real office with real windows may miss a key or a click on a busy machine: ask again."""
    for item in items:
        if item.get_closest_marker("office"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=1))

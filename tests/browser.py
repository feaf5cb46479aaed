"""One headless Chromium for a test session: the independent judge of our web pages.

Playwright drives the system's own Chromium (Debian's package), never a browser it would fetch.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["Browser", "Seen", "look", "opened", "why_no_browser"]

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: As a container wants it: no sandbox for root, no small shared memory, no asking home.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking")


def _program() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def why_no_browser() -> str:
    """Why there is no browser to test with; empty when there is one."""
    return "" if _program() else f"no Chromium on this machine ({', '.join(NAMES)})"


@contextmanager
def opened() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_program(), args=list(ARGUMENTS))
        yield running
        running.close()


@dataclass
class Seen:
    """A page that is open, and everything it asked for, complained of or popped up."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)


@contextmanager
def look(browser: Browser, file: Path, width: int = 1280, **options: Any) -> Iterator[Seen]:
    """The page of a file in a window of that width."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    page = context.new_page()
    seen = Seen(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (seen.complaints.append(dialog.message), dialog.dismiss()))
    page.goto(file.resolve().as_uri())
    yield seen
    context.close()

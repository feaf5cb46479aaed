"""One private LibreOffice for all tests of the xlwings engine, and a fresh book for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


def why_missing() -> str:
    """Why there is nothing to test with; empty when there is."""
    if not (shutil.which("soffice") or os.environ.get("SOFFICE")):
        return "no LibreOffice (soffice) on this machine"
    try:
        import xlwings_libreoffice  # noqa: F401
    except ImportError as error:
        return str(error)
    return ""


@pytest.fixture(scope="session")
def engine_ready() -> None:
    """Skips where there is no LibreOffice, unless GOUJI_REQUIRE_OFFICE is 1."""
    if reason := why_missing():
        if os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def app(engine_ready: None) -> Iterator[Any]:
    """A private headless LibreOffice that runs macros."""
    import xlwings_libreoffice

    with xlwings_libreoffice.start(macros=True) as running:
        yield running


@pytest.fixture
def book(app: Any) -> Iterator[Any]:
    """A new book, closed without saving."""
    opened = app.books.add()
    yield opened
    if opened.impl.uid in [impl.uid for impl in app.impl.books]:
        opened.close()


@pytest.fixture
def sheet(book: Any) -> Any:
    return book.sheets[0]


@pytest.fixture(scope="session")
def shared_book(app: Any) -> Any:
    """A book for tests that need no more than a sheet: a new book takes a while."""
    return app.books.add()


@pytest.fixture
def scratch(shared_book: Any) -> Iterator[Any]:
    """An empty sheet of the shared book."""
    added = shared_book.sheets.add(after=shared_book.sheets[-1])
    yield added
    added.delete()

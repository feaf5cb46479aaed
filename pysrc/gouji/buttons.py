"""The functions behind the buttons: the one module that imports xlwings, and thin.

Each takes the open workbook, or without one the workbook that called Python
(``xlwings.Book.caller()``), so they also run from xlwings' own add-in. Only xlwings' public,
BSD-licensed API is used. Everything heavy is imported when a button needs it: importing this
module must cost next to nothing beyond xlwings itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import xlwings as xw

if TYPE_CHECKING:
    from gouji.desk import Desk

PIPE = "pipe:"


# ---------------------------------------------------------------- the form
def check(book: xw.Book | None = None) -> None:
    """校验: confront the form with every rule, mark what fails, list the findings in words."""
    from gouji import form_buttons

    form_buttons.check(_desk(book))


def import_last_year(book: xw.Book | None = None) -> None:
    """导入上年: bring last year's numbers in and lock them."""
    from gouji import form_buttons

    form_buttons.import_last_year(_desk(book))


def submit(book: xw.Book | None = None) -> None:
    """上报: check, then save a named copy and open an e-mail draft with it."""
    from gouji import form_buttons

    form_buttons.submit(_desk(book))


def clear_marks(book: xw.Book | None = None) -> None:
    """清空标记: undo what the check has marked."""
    from gouji import form_buttons

    form_buttons.clear_marks(_desk(book))


# ---------------------------------------------------------------- the coordinator's console
def new_round(book: xw.Book | None = None) -> None:
    """新建年度: make the round that the console's front sheet describes."""
    from gouji import console_buttons

    console_buttons.new_round(_book(book))


def issue(book: xw.Book | None = None) -> None:
    """发表: a named form for each unit of the roster."""
    from gouji import console_buttons

    console_buttons.issue(_book(book))


def collect(book: xw.Book | None = None) -> None:
    """收表: read the inbox and say which units have reported."""
    from gouji import console_buttons

    console_buttons.collect(_book(book))


def check_all(book: xw.Book | None = None) -> None:
    """校验: confront every file of the round with the rules."""
    from gouji import console_buttons

    console_buttons.check_all(_book(book))


def return_forms(book: xw.Book | None = None) -> None:
    """退回与催报: the units to be written to."""
    from gouji import console_buttons

    console_buttons.return_forms(_book(book))


def compile_round(book: xw.Book | None = None) -> None:
    """汇总: the district workbook of the round."""
    from gouji import console_buttons

    console_buttons.compile_round(_book(book))


def report(book: xw.Book | None = None) -> None:
    """出报告: the district's annual report."""
    from gouji import console_buttons

    console_buttons.report(_book(book))


# ---------------------------------------------------------------- the launcher's way in
def run(target: str, book: str, connection: str) -> None:
    """Call the button's function with the open workbook of that full path.

    ``connection`` is empty for Excel, ``pipe:NAME`` for a LibreOffice that listens there. Raises
    KeyError when the workbook is not open, AttributeError for a target that is none.
    """
    from pathlib import Path

    from gouji.round_editions import register_near

    function = globals()[target]
    register_near(Path(book))
    with _open_book(book, connection) as found:
        found.set_mock_caller()
        function(found)


def tell(text: str, book: str, connection: str) -> None:
    """Show one sentence in a message box of the office."""
    from gouji.live_book import LiveBook

    with _open_book(book, connection) as found:
        LiveBook(found).tell(text)


@contextmanager
def _open_book(path: str, connection: str) -> Iterator[xw.Book]:
    if not connection:
        yield _among(path, xw.apps)
        return
    import xlwings_libreoffice

    app = xlwings_libreoffice.attach(pipe=connection.removeprefix(PIPE))
    try:
        yield _among(path, [app])
    finally:
        app.quit()  # leaves the user's office, and all its books, as they are


def _among(path: str, apps: Iterable[xw.App]) -> xw.Book:
    """The open workbook of that full path; in Excel a cloud's address is known by its name."""
    books: list[xw.Book] = [book for app in apps for book in app.books]
    wanted = os.path.normcase(path)
    for book in books:
        if os.path.normcase(book.fullname) == wanted:
            return book
    name = wanted.replace("\\", "/").rpartition("/")[2]
    same = [book for book in books if os.path.normcase(book.name) == name]
    if len(same) != 1:
        raise KeyError(f"not open: {path}")
    return same[0]


def _desk(book: xw.Book | None) -> Desk:
    from gouji.live_book import LiveBook

    return LiveBook(_book(book))


def _book(book: xw.Book | None) -> xw.Book:
    return book if book is not None else xw.Book.caller()

"""Books: opening, naming, saving, closing."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .bridge import UnoException, prop, struct, to_path, to_url, typed
from .names import Names
from .sheet import Sheets
from .unsupported import names_the_rest, refuse

if TYPE_CHECKING:
    from .app import App

NEVER_EXECUTE, USE_CONFIG, ALWAYS_EXECUTE = 0, 3, 4
"""``com.sun.star.document.MacroExecMode``."""

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xltx": "Calc MS Excel 2007 XML Template", ".xls": "MS Excel 97",
    ".xlt": "MS Excel 97 Vorlage/Template", ".ods": "calc8", ".ots": "calc8_template",
    ".fods": "OpenDocument Spreadsheet Flat XML", ".csv": "Text - txt - csv (StarCalc)",
    ".html": "HTML (StarCalc)", ".pdf": "calc_pdf_Export",
}  # fmt: skip

EXPORT_ONLY = (".pdf",)
"""Written, but the book does not become that file."""

OOXML_ENCRYPTION = (".xlsx", ".xlsm", ".xltx")

CSV = "{delimiter},34,76,1,,0,false,true,false,false"
"""Field separator, quotation mark, UTF-8, from line 1; recognise special numbers."""


@names_the_rest(of=base_classes.Books)
class Books(base_classes.Books):
    """The spreadsheets that are open in an office."""

    def __init__(self, app: App) -> None:
        self.app = app

    api = property(lambda self: self.app.connection.desktop.getComponents())

    def __iter__(self) -> Iterator[Book]:
        """In the order of opening, as in Excel; LibreOffice lists the newest first."""
        books, components = [], self.api.createEnumeration()
        while components.hasMoreElements():
            component = components.nextElement()
            if _is_spreadsheet(component):
                books.append(Book(self.app, component))
        return iter(sorted(books, key=lambda book: int(book.uid)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: int | str) -> Book:
        if isinstance(name_or_index, numbers.Number):
            books = list(self)
            if 1 <= int(name_or_index) <= len(books):
                return books[int(name_or_index) - 1]
            raise KeyError(name_or_index)
        wanted = str(name_or_index).lower()
        for book in self:
            if wanted in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(name_or_index)

    def __contains__(self, key: object) -> bool:
        return any(str(key).lower() == book.name.lower() for book in self)

    @property
    def active(self) -> Book | None:
        """The book in front; where nothing is seen, the one last opened or activated here."""
        if self.app.visible:
            current = self.app.connection.desktop.getCurrentComponent()
            if _is_spreadsheet(current):
                return Book(self.app, current)
        books = list(self)
        for book in books:
            if book.uid == self.app.last_active:
                return book
        return books[-1] if books else None

    def add(self) -> Book:
        return self._load("private:factory/scalc", ())

    def open(self, fullname: str, update_links: bool | None = None, read_only: bool | None = None,
             format: Any = None, password: str | None = None, write_res_password: Any = None,
             ignore_read_only_recommended: Any = None, origin: Any = None,
             delimiter: str | None = None, editable: Any = None, notify: Any = None,
             converter: Any = None, add_to_mru: Any = None, local: Any = None,
             corrupt_load: Any = None) -> Book:  # fmt: skip
        """Open a file. Raises OSError if LibreOffice cannot, e.g. for a wrong password."""
        # 1: QUIET_UPDATE, 0: NO_UPDATE of links to other files, never a question
        given = [prop("UpdateDocMode", 1 if update_links else 0)]
        if read_only:
            given.append(prop("ReadOnly", True))
        if password:
            given.append(prop("Password", password))
        if Path(fullname).suffix.lower() in (".csv", ".txt"):
            options = CSV.format(delimiter=ord(delimiter or ","))
            given += [prop("FilterName", FILTERS[".csv"]), prop("FilterOptions", options)]
        return self._load(to_url(fullname), tuple(given))

    def _load(self, url: str, given: tuple[Any, ...]) -> Book:
        desktop = self.app.connection.desktop
        hidden = prop("Hidden", self.app.hides_windows)
        mode = prop("MacroExecutionMode", _macro_mode(self.app))
        try:
            document = desktop.loadComponentFromURL(url, "_blank", 0, (hidden, mode, *given))
        except UnoException as error:
            raise OSError(f"LibreOffice cannot open {to_path(url)}: {error.Message}") from error
        if document is None:
            raise OSError(f"LibreOffice cannot open {to_path(url)} (password?)")
        if not _is_spreadsheet(document):
            document.close(True)
            raise OSError(f"{to_path(url)} is not a spreadsheet")
        self.app.settle(document)
        book = Book(self.app, document)
        self.app.last_active = book.uid
        return book


def _is_spreadsheet(component: Any) -> bool:
    return component is not None and component.supportsService(
        "com.sun.star.sheet.SpreadsheetDocument"
    )


def _macro_mode(app: App) -> int:
    if not app.private_office:
        return USE_CONFIG  # the user's own choice
    return ALWAYS_EXECUTE if app.macros else NEVER_EXECUTE


@names_the_rest(of=base_classes.Book)
class Book(base_classes.Book):
    """One spreadsheet. ``api`` is LibreOffice's document."""

    def __init__(self, app: App, document: Any) -> None:
        self._app, self._document = app, document

    api = property(lambda self: self._document)
    app = property(lambda self: self._app)
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))
    uid = property(lambda self: str(self._document.RuntimeUID))
    frame = property(lambda self: self._document.CurrentController.Frame)
    kept = property(lambda self: self._app.document(self._document))

    @property
    def fullname(self) -> str:
        url = str(self._document.getURL())
        return to_path(url) if url else str(self._document.Title)

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    def activate(self) -> None:
        self._app.last_active = self.uid
        self.frame.activate()
        if self._app.visible:
            self.frame.ContainerWindow.toFront()

    def close(self) -> None:
        """Close without saving."""
        self._app.forget(self._document)
        self._document.setModified(False)
        self._document.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save in the format that the ending says. PDF is exported, the book stays what it is."""
        if path is None and self._document.hasLocation() and password is None:
            self._document.store()
            return
        if path is None:
            path = self.fullname if self._document.hasLocation() else f"{self.name}.xlsx"
        target = Path(path).absolute()
        ending = target.suffix.lower()
        if ending not in FILTERS:
            refuse(f"Book.save as {ending or 'a file without ending'}")
        given = [prop("FilterName", FILTERS[ending]), prop("Overwrite", True)]
        if ending == ".csv":
            given.append(prop("FilterOptions", self._csv_options()))
        if password:
            given.append(_encryption(ending, password))
        store = self._document.storeToURL if ending in EXPORT_ONLY else self._document.storeAsURL
        _store(store, target, given)

    def _csv_options(self) -> str:
        """The active sheet, as Excel does."""
        return CSV.format(delimiter=ord(",")) + f",{self.sheets.active.index}"

    def to_pdf(self, path: str, quality: str = "standard") -> None:
        self.export_pdf(Path(path), None, quality)

    def export_pdf(self, path: Path, selection: Any, quality: str) -> None:
        """The whole book, or the cells or shape selected, as PDF."""
        data = [prop("Quality", 90 if quality == "standard" else 50)]
        if selection is not None:
            data.append(prop("Selection", selection))
        filter_data = typed("[]com.sun.star.beans.PropertyValue", tuple(data))
        given = [prop("FilterName", FILTERS[".pdf"]), prop("FilterData", filter_data)]
        _store(self._document.storeToURL, path.absolute(), given)


def _store(store: Any, target: Path, given: list[Any]) -> None:
    try:
        store(to_url(target), tuple(given))
    except UnoException as error:
        raise OSError(f"LibreOffice cannot write {target}: {error.Message}") from error


def _encryption(ending: str, password: str) -> Any:
    """Excel's formats need their own way: the usual property leaves them readable for all."""
    if ending not in OOXML_ENCRYPTION:
        if ending not in (".ods", ".ots", ".xls"):
            refuse(f"Book.save with a password as {ending}")
        return prop("Password", password)
    how = (
        struct("beans.NamedValue", "OOXPassword", password),
        struct("beans.NamedValue", "CryptoType", "StrongEncryptionDataSpace"),
    )
    return prop("EncryptionData", typed("[]com.sun.star.beans.NamedValue", how))

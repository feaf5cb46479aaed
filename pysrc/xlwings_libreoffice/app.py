"""The engine, its apps, and what an app can do: show, calculate, tell, ask, end."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xlwings import XlwingsError, base_classes

from . import macros, messages, values
from .book import Book, Books
from .bridge import UnoException, prop
from .connect import ATTACH_SECONDS, START_SECONDS, Connection, PrivateOffice, has_display
from .formulas import Formulas
from .numberformats import NumberFormats
from .range import Range
from .unsupported import names_the_rest, refuse

#: Keys of offices that were attached to: their process is not ours to know. Negative, hence no pid.
_attached = itertools.count(1)


class Engine:
    """What xlwings asks an engine for. ``macros``: may apps that xlwings starts run macros?"""

    name, type = "libreoffice", "desktop"

    def __init__(self) -> None:
        self.apps = Apps()
        self.macros = False

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        return values.prepare(x)

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        return values.clean(data, datetime_builder, empty_as, number_builder, err_to_str)


@names_the_rest(of=base_classes.Apps)
class Apps(base_classes.Apps):
    """Offices that still answer; the active one first, as xlwings expects."""

    def __init__(self) -> None:
        self._apps: list[App] = []

    def _living(self) -> list[App]:
        self._apps = [app for app in self._apps if app.alive()]
        return list(self._apps)

    def keys(self) -> list[int]:
        return [app.pid for app in self._living()]

    def add(self, spec: str | None = None, add_book: bool | None = None, xl: Any = None,
            visible: bool | None = None, macros: bool | None = None) -> App:  # fmt: skip
        """Start a private office, or attach to the one that listens at ``spec`` (``uno:…``)."""
        allowed = engine.macros if macros is None else macros
        app = App.attached(self, spec) if spec else App.private(self, visible, allowed)
        self._apps.insert(0, app)
        if add_book:
            app.books.add()
        return app

    def first(self, app: App) -> None:
        self.remove(app)
        self._apps.insert(0, app)

    def remove(self, app: App) -> None:
        if app in self._apps:
            self._apps.remove(app)

    @staticmethod
    def cleanup() -> None:
        """Nothing to do: an office that we start ends with us."""

    def __iter__(self) -> Iterator[App]:
        return iter(self._living())

    def __len__(self) -> int:
        return len(self._living())

    def __getitem__(self, pid: int) -> App:
        for app in self._living():
            if app.pid == pid:
                return app
        raise KeyError(pid)


@dataclass
class Document:
    """What is kept of a document from call to call."""

    formats: NumberFormats
    formulas: Formulas
    null: dt.datetime


@names_the_rest(of=base_classes.App)
class App(base_classes.App):
    """One office. Private: started by us, killed with us. Attached: the user's own."""

    pid: int = 0

    def __init__(self, apps: Apps, connection: Connection, office: PrivateOffice | None,
                 windows: bool, shown: bool, macros: bool) -> None:  # fmt: skip
        self._apps, self.connection, self._office = apps, connection, office
        self._windows, self._shown, self.macros = windows, shown, macros
        self.pid = office.process.pid if office else -next(_attached)
        self._screen_updating = self._display_alerts = self._enable_events = True
        self._calculation: str | None = None
        self._status: str | bool = False
        self._indicator: Any = None
        self._documents: dict[str, Document] = {}
        self.last_active: str | None = None
        self.alerts: list[messages.Alert] = []
        self.on_alert: messages.Hook | None = None

    @classmethod
    def private(cls, apps: Apps, visible: bool | None, macros: bool) -> App:
        """``visible`` None: visible where there is a display, else headless."""
        if visible and not has_display():
            raise XlwingsError("no display to show LibreOffice on: use App(visible=False)")
        shown = has_display() if visible is None else visible
        office = PrivateOffice(visible=shown, macros=macros)
        try:
            connection = Connection(office.address, START_SECONDS, office.process)
        except BaseException:
            office.kill()
            raise
        return cls(apps, connection, office, windows=shown, shown=shown, macros=macros)

    @classmethod
    def attached(cls, apps: Apps, address: str) -> App:
        connection = Connection(address, ATTACH_SECONDS)
        return cls(apps, connection, None, windows=True, shown=True, macros=False)

    # -- life

    @property
    def engine(self) -> Engine:
        return engine

    api = property(lambda self: self.connection.desktop)
    private_office = property(lambda self: self._office is not None)

    def alive(self) -> bool:
        return self._office.alive() if self._office else self.connection.alive()

    def quit(self) -> None:
        """End a private office without saving. An attached one is left, with all its books."""
        if self._office is None:
            self._leave()
            return
        with contextlib.suppress(UnoException, XlwingsError):
            for book in self.books:
                book.close()
            self.connection.desktop.terminate()
        self.connection.close()
        self._office.wait(5)
        self.kill()

    def kill(self) -> None:
        """End a private office now. An attached one belongs to the user: that is refused."""
        if self._office is None:
            refuse("App.kill", "this office was attached to, not started here; use quit to leave")
        self._leave()
        self._office.kill()

    def _leave(self) -> None:
        self._apps.remove(self)
        self.connection.close()

    @property
    def version(self) -> str:
        provider = self.connection.service("com.sun.star.configuration.ConfigurationProvider")
        node = provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess",
            (prop("nodepath", "/org.openoffice.Setup/Product"),),
        )
        return str(node.getByName("ooSetupVersion"))

    @property
    def path(self) -> str:
        """Folder of the program."""
        substitution = self.connection.service("com.sun.star.util.PathSubstitution")
        return str(substitution.substituteVariables("$(prog)", True)).removeprefix("file://")

    hwnd = property(lambda self: None)

    # -- window

    @property
    def visible(self) -> bool:
        return self._shown

    @visible.setter
    def visible(self, value: bool) -> None:
        """Show or hide the windows. A headless office has none to show: that is ignored."""
        if self._windows:
            self._shown = bool(value)
            for book in self.books:
                book.frame.ContainerWindow.setVisible(self._shown)

    @property
    def hides_windows(self) -> bool:
        """Windows there are, but nobody is to see them."""
        return self._windows and not self._shown

    def activate(self, steal_focus: bool = False) -> None:
        self._apps.first(self)
        if steal_focus and self._windows and (book := self.books.active):
            book.frame.ContainerWindow.toFront()

    @property
    def screen_updating(self) -> bool:
        return self._screen_updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self._screen_updating = bool(value)
        for book in self.books:
            locked = book.api.hasControllersLocked()
            if not value and not locked:
                book.api.lockControllers()
                book.api.addActionLock()
            elif value and locked:
                book.api.removeActionLock()
                book.api.unlockControllers()

    @property
    def display_alerts(self) -> bool:
        return self._display_alerts

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        """Kept for the caller. The engine never makes LibreOffice ask anything anyway."""
        self._display_alerts = bool(value)

    @property
    def enable_events(self) -> bool:
        return self._enable_events

    @enable_events.setter
    def enable_events(self, value: bool) -> None:
        """Kept for the caller. LibreOffice has no switch for all its events."""
        self._enable_events = bool(value)

    # -- telling and asking

    @property
    def status_bar(self) -> str | bool:
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        """Text in the status bar of the active book's window; False gives it back."""
        text = value if isinstance(value, str) else None
        with contextlib.suppress(UnoException, XlwingsError):  # the window may be gone
            if text is None:
                self._end_status()
            elif self._indicator is None:
                self._start_status(text)
            else:
                self._indicator.setText(text)
        self._status = False if text is None else text

    def _start_status(self, text: str) -> None:
        if book := self.books.active:
            self._indicator = book.frame.createStatusIndicator()
            self._indicator.start(text, 100)

    def _end_status(self) -> None:
        indicator, self._indicator = self._indicator, None
        if indicator is not None:
            indicator.end()

    def alert(self, prompt: Any, title: Any, buttons: str | None, mode: str | None,
              callback: Any) -> str:  # fmt: skip
        """The button pressed. Unseen (headless) or with alerts off: the hook's, or the first."""
        alert = messages.make(prompt, title, buttons, mode)
        self.alerts.append(alert)
        if self.on_alert is not None and (answer := self.on_alert(alert)) is not None:
            return answer
        if not (self._shown and self._display_alerts):
            return alert.first_button
        book = self.books.active
        window = book.frame.ContainerWindow if book else None
        return messages.show(alert, self.connection.service("com.sun.star.awt.Toolkit"), window)

    # -- calculating

    @property
    def calculation(self) -> str:
        book = self.books.active
        automatic = book is None or book.api.isAutomaticCalculationEnabled()
        return "automatic" if automatic else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value == "semiautomatic":
            refuse("App.calculation = 'semiautomatic'")
        if value not in ("automatic", "manual"):
            raise ValueError(f"calculation must be 'automatic' or 'manual', not {value!r}")
        self._calculation = value
        for book in self.books:
            self.settle(book.api)

    def settle(self, document: Any) -> None:
        """A document takes over the app's settings."""
        if self._calculation is not None:
            document.enableAutomaticCalculation(self._calculation == "automatic")

    def calculate(self) -> None:
        """Recalculate all cells of all books."""
        for book in self.books:
            book.api.calculateAll()

    # -- books

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Any:
        """Selected cells of the active book; None where a shape or nothing is selected."""
        book = self.books.active
        if book is None:
            return None
        chosen = book.api.CurrentController.getSelection()
        if chosen and chosen.supportsService("com.sun.star.sheet.SheetCellRanges"):
            chosen = chosen.getByIndex(0) if chosen.getCount() else None
        if not chosen or not chosen.supportsService("com.sun.star.sheet.SheetCellRange"):
            return None
        return Range.of(book, chosen.RangeAddress)

    def run(self, macro: str, args: Any) -> Any:
        return macros.run(self, macro, tuple(args))

    def document(self, api: Any) -> Document:
        """What is kept of a document."""
        uid = str(api.RuntimeUID)
        if uid not in self._documents:
            zero = api.NullDate
            null = dt.datetime(zero.Year, zero.Month, zero.Day)
            self._documents[uid] = Document(NumberFormats(api), Formulas(api), null)
        return self._documents[uid]

    def forget(self, api: Any) -> None:
        """A document is about to close."""
        self._documents.pop(str(api.RuntimeUID), None)
        self._end_status()
        self._status = False


engine = Engine()

__all__ = ["App", "Apps", "Book", "Engine", "engine"]

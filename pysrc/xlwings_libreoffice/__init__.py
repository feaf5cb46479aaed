"""An engine for xlwings that drives LibreOffice Calc.

    import xlwings as xw
    import xlwings_libreoffice

    xlwings_libreoffice.register()
    with xw.App(visible=False) as app:
        app.books.add().sheets[0]["A1"].value = [[1, 2], [3, 4]]

It uses the BSD-licensed part of xlwings only. What LibreOffice cannot do raises
``NotImplementedError`` with the feature's name.
"""

from __future__ import annotations

import warnings

import xlwings

from .app import App as _App
from .app import Engine, engine
from .connect import address_of
from .messages import Alert, Hook

__all__ = ["Alert", "Hook", "alerts", "attach", "engine", "on_alert", "register", "start"]

#: The engine interface is internal to xlwings and moves with each minor version.
TESTED_XLWINGS = "0.37"


def register(macros: bool = False) -> xlwings.main.Engine:
    """Make ``libreoffice`` the active engine of xlwings.

    ``macros``: may books that are opened in offices of our own run their macros?
    """
    if not xlwings.__version__.startswith(f"{TESTED_XLWINGS}."):
        warnings.warn(
            f"xlwings_libreoffice is tested with xlwings {TESTED_XLWINGS}, "
            f"this is {xlwings.__version__}",
            stacklevel=2,
        )
    engine.macros = macros
    if Engine.name not in [known.name for known in xlwings.engines]:
        xlwings.engines.add(xlwings.Engine(impl=engine))
    made = xlwings.engines[Engine.name]
    made.activate()
    return made


def start(visible: bool = False, macros: bool = False, add_book: bool = False) -> xlwings.App:
    """A private LibreOffice with its own profile, ended with this process at the latest.

    Raises FileNotFoundError if there is none, XlwingsError if visible without a display.
    """
    register(engine.macros)
    return xlwings.App(impl=engine.apps.add(visible=visible, add_book=add_book, macros=macros))


def attach(pipe: str | None = None, host: str | None = None, port: int = 0,
           connect: str | None = None) -> xlwings.App:  # fmt: skip
    """The LibreOffice that the user has open and that listens, e.g. started with
    ``soffice "--accept=pipe,name=NAME;urp;"``.

    ``connect`` is a whole ``uno:…`` string. Its ``quit`` leaves it running with all its books.
    Raises ConnectionError if nobody listens there.
    """
    register(engine.macros)
    return xlwings.App(impl=engine.apps.add(spec=address_of(connect, pipe, host, port)))


def on_alert(app: xlwings.App, hook: Hook | None) -> None:
    """Let a function answer ``app.alert``; its None means: show it, or press the first button."""
    _impl(app).on_alert = hook


def alerts(app: xlwings.App) -> list[Alert]:
    """All alerts of this app so far."""
    return list(_impl(app).alerts)


def _impl(app: xlwings.App) -> _App:
    if not isinstance(app.impl, _App):
        raise TypeError(f"not an app of LibreOffice: {app!r}")
    return app.impl

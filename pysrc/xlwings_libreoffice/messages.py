"""Message boxes: shown where somebody can see them, answered by a hook where nobody can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .bridge import enum

_BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}
_FIRST = {"ok": "ok", "ok_cancel": "ok", "yes_no": "yes", "yes_no_cancel": "yes"}
_DEFAULT = {"ok": 0x10000, "yes": 0x40000}  # com.sun.star.awt.MessageBoxButtons
_BOX = {None: "MESSAGEBOX", "info": "INFOBOX", "critical": "ERRORBOX"}
_ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}


@dataclass(frozen=True)
class Alert:
    """A message box: ``buttons`` and ``mode`` as in ``xlwings.App.alert``."""

    prompt: str
    title: str
    buttons: str
    mode: str | None

    @property
    def first_button(self) -> str:
        return _FIRST[self.buttons]


#: Answers an alert with the name of a button, or with None: show it, or take the first button.
Hook = Callable[[Alert], "str | None"]


def make(prompt: Any, title: Any, buttons: str | None, mode: str | None) -> Alert:
    """Raises ValueError for buttons or a mode that xlwings does not know."""
    buttons = buttons or "ok"
    if buttons not in _BUTTONS:
        raise ValueError(f"buttons must be one of {', '.join(_BUTTONS)}, not {buttons!r}")
    if mode not in _BOX:
        raise ValueError(f"mode must be 'info' or 'critical', not {mode!r}")
    return Alert(str(prompt or ""), str(title or ""), buttons, mode)


def show(alert: Alert, toolkit: Any, window: Any) -> str:
    """Show the box over a window, wait for the user, say which button it was."""
    kind = _BOX[alert.mode]
    if kind == "INFOBOX" and alert.buttons != "ok":
        kind = "QUERYBOX"  # an information box of LibreOffice has the one button only
    buttons = _BUTTONS[alert.buttons] | _DEFAULT[alert.first_button]
    of_kind = enum("awt.MessageBoxType", kind)
    box = toolkit.createMessageBox(window, of_kind, buttons, alert.title, alert.prompt)
    try:
        return _ANSWERS[box.execute()]
    finally:
        box.dispose()  # else it stays among the office's windows

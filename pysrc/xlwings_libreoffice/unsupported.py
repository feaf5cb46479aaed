"""The engine's manners towards xlwings.

What it cannot do says so by name, instead of with an empty ``NotImplementedError``. What
LibreOffice refuses comes as ``XlwingsError``: UNO's exceptions break Python's context managers.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from xlwings import XlwingsError

from .bridge import UnoException

_C = TypeVar("_C", bound=type)

_ABSENT = object()

WHY: dict[str, str] = {
    "App.xl": "use App.api, LibreOffice's desktop",
    "App.interactive": "LibreOffice cannot block its user's input",
    "App.startup_path": "there is no XLSTART folder",
    "App.cut_copy_mode": "LibreOffice does not tell whether something is cut or copied",
    "Range.formula2": "formulas do not spill in LibreOffice; use formula_array",
    "Range.copy_picture": "LibreOffice puts no picture of cells on the clipboard",
    "Range.comment": "LibreOffice has no threaded comments; use note",
    "Range.add_comment": "LibreOffice has no threaded comments; use add_note",
    "Sheet.comments": "LibreOffice has no threaded comments; use notes",
    "Table.table_style": "a database range has no style",
}


def refuse(feature: str, why: str | None = None) -> NoReturn:
    """Raise ``NotImplementedError`` that names the feature, e.g. ``Range.to_png``."""
    reason = why or WHY.get(feature, "")
    raise NotImplementedError(
        f"{feature} is not available on LibreOffice" + (f": {reason}" if reason else "")
    )


def _method(feature: str) -> Callable[..., NoReturn]:
    def refuses(*_: Any, **__: Any) -> NoReturn:
        refuse(feature)

    return refuses


def names_the_rest(*, of: type) -> Callable[[_C], _C]:
    """Class decorator: each member of the abstract class that is still abstract raises by name.

    Half a property counts too: where only the getter is written, the setter raises by name.
    """

    def decorate(cls: _C) -> _C:
        for name, member in vars(of).items():
            if name.startswith("__") and name not in ("__call__", "__getitem__", "__iter__"):
                continue
            own = _own(cls, of, name)
            feature = f"{of.__name__}.{name}"
            if isinstance(member, property):
                setattr(cls, name, _property(feature, member, own))
            elif own is _ABSENT and (
                inspect.isfunction(member) or isinstance(member, staticmethod)
            ):
                setattr(cls, name, _method(feature))
        _guard_members(cls)
        return cls

    return decorate


def _guard_members(cls: type) -> None:
    """Translate the exceptions of all members of our own, those of our base classes too."""
    done: set[str] = set()
    for parent in cls.__mro__:
        if parent is object or parent.__module__ == "xlwings.base_classes":
            continue
        for name, member in list(vars(parent).items()):
            if name in done:
                continue
            done.add(name)
            feature = f"{cls.__name__}.{name}"
            if isinstance(member, property):
                getter, setter = (f and _guarded(f, feature) for f in (member.fget, member.fset))
                setattr(cls, name, property(getter, setter, doc=member.__doc__))
            elif inspect.isfunction(member):
                setattr(cls, name, _guarded(member, feature))


def _guarded(function: Callable[..., Any], feature: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except UnoException as error:
            said = getattr(error, "Message", "") or type(error).__name__
            raise XlwingsError(f"{feature}: LibreOffice refuses: {said}") from error

    return guarded


def _own(cls: type, base: type, name: str) -> Any:
    """The class's own member; _ABSENT if it would come from xlwings' abstract class."""
    for parent in cls.__mro__:
        if parent is base or parent.__module__ == "xlwings.base_classes":
            continue
        if name in vars(parent):
            return vars(parent)[name]
    return _ABSENT


def _property(feature: str, abstract: property, own: Any) -> Any:
    if own is _ABSENT:
        return property(_method(feature), _method(feature))
    if isinstance(own, property) and own.fset is None and abstract.fset is not None:
        return property(own.fget, _method(feature), doc=own.__doc__)
    return own

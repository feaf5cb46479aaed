"""Running a Basic or VBA procedure of a book, or of the user's own library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import XlwingsError

from .bridge import UnoException

if TYPE_CHECKING:
    from .app import App
    from .book import Book

_URI = "vnd.sun.star.script:{library}.{module}.{name}?language=Basic&location={location}"


def run(app: App, macro: str, args: tuple[Any, ...]) -> Any:
    """The procedure's return value.

    ``macro`` is ``Name``, ``Module.Name`` or ``Library.Module.Name``, after ``'book'!`` if it
    belongs to a certain book; else the active book is searched, then the user's own macros.
    Raises XlwingsError if there is no such macro, if macros are not allowed, or if it fails.
    """
    book_name, mark, name = macro.rpartition("!")
    book = app.books(book_name.strip("'").replace("''", "'")) if mark else app.books.active
    if not re.fullmatch(r"[\w.]+", name):
        raise XlwingsError(f"not the name of a macro: {name!r}")
    script = _find(app, book, name.split("."), only_book=bool(mark))
    if script is None:
        raise XlwingsError(f"no macro {name!r} in {book.name if book else 'LibreOffice'}")
    try:
        result, _, _ = script.invoke(args, (), ())
    except UnoException as error:
        raise XlwingsError(f"macro {name!r} failed: {error.Message}") from error
    return result


def _find(app: App, book: Book | None, parts: list[str], only_book: bool) -> Any:
    if book is not None:
        places = list(_places(book.api.BasicLibraries, parts))
        if places and not book.api.AllowMacroExecution:
            raise XlwingsError(f"macros of {book.name} are not allowed to run (see macros=True)")
        for library, module, name in places:
            provider = book.api.getScriptProvider()
            uri = _URI.format(library=library, module=module, name=name, location="document")
            return provider.getScript(uri)
    return None if only_book else _find_own(app, parts)


def _find_own(app: App, parts: list[str]) -> Any:
    """A macro that is kept with the office, not with a book."""
    libraries = app.connection.service("com.sun.star.script.ApplicationScriptLibraryContainer")
    factory = app.connection.context.getValueByName(
        "/singletons/com.sun.star.script.provider.theMasterScriptProviderFactory"
    )
    for library, module, name in _places(libraries, parts):
        uri = _URI.format(library=library, module=module, name=name, location="application")
        return factory.createScriptProvider("").getScript(uri)
    return None


def _places(libraries: Any, parts: list[str]) -> Iterator[tuple[str, str, str]]:
    """Where the procedure is defined: (library, module, name), spelt as in the source."""
    name = re.escape(parts[-1])
    defines = re.compile(rf"^\s*(?:(?:Public|Private|Static)\s+)*(?:Sub|Function)\s+({name})\b",
                         re.IGNORECASE | re.MULTILINE)  # fmt: skip
    for library in libraries.ElementNames:
        if len(parts) > 2 and library.lower() != parts[-3].lower():
            continue
        if not libraries.isLibraryLoaded(library):
            libraries.loadLibrary(library)
        modules = libraries.getByName(library)
        for module in modules.ElementNames:
            if len(parts) > 1 and module.lower() != parts[-2].lower():
                continue
            if found := defines.search(str(modules.getByName(module))):
                yield library, module, found[1]

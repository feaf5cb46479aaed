"""Finding Python's bridge to LibreOffice (``uno``), and the few helpers all modules share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

HELP = (
    "Python {version} cannot import 'uno', LibreOffice's bridge to Python. "
    "Debian/Ubuntu: apt install python3-uno libreoffice-calc; Fedora: dnf install "
    "libreoffice-pyuno. Windows and macOS: install LibreOffice and run the Python inside its "
    "program folder, or a Python of the same version. Searched: {searched}"
)


def candidates() -> Iterator[Path]:
    """Folders in which a system or a LibreOffice keeps ``uno.py``, likeliest first."""
    if given := os.environ.get("UNO_PATH"):
        yield Path(given)
    yield Path("/usr/lib/python3/dist-packages")
    yield from Path("/usr/lib").glob(f"python3.{sys.version_info.minor}/site-packages")
    yield from Path("/usr/lib64").glob(f"python3.{sys.version_info.minor}/site-packages")
    if found := shutil.which("soffice"):
        yield Path(found).resolve().parent
    for base in ("/usr/lib/libreoffice", "/usr/lib64/libreoffice"):
        yield Path(base) / "program"
    yield from sorted(Path("/opt").glob("libreoffice*/program"), reverse=True)
    yield Path("/Applications/LibreOffice.app/Contents/Resources")
    for variable in ("ProgramFiles", "ProgramFiles(x86)"):
        if root := os.environ.get(variable):
            yield Path(root) / "LibreOffice" / "program"


def _import_uno(folders: Iterable[Path]) -> Any:
    """The module ``uno``; the folder it came from does not stay on ``sys.path``."""
    searched = ["sys.path"]
    reason: ImportError | None = None
    for folder in (None, *folders):
        if folder is not None:
            if not (folder / "uno.py").is_file():
                continue
            searched.append(str(folder))
            sys.path.append(str(folder))
        try:
            import_module("unohelper")
            return import_module("uno")
        except ImportError as error:
            reason = error
            for name in ("uno", "unohelper", "pyuno"):
                sys.modules.pop(name, None)
        finally:
            if folder is not None:
                sys.path.remove(str(folder))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    message = HELP.format(version=version, searched=", ".join(searched))
    raise ImportError(f"{message} ({reason})") from reason


uno: Any = _import_uno(candidates())

#: The root of every exception that LibreOffice sends.
UnoException: Any = uno.getClass("com.sun.star.uno.Exception")


def struct(name: str, *values: Any) -> Any:
    """A UNO struct, e.g. ``struct("awt.Point", 1, 2)``; the ``com.sun.star.`` is understood."""
    return uno.createUnoStruct(f"com.sun.star.{name}", *values)


def enum(name: str, value: str) -> Any:
    """A UNO enum value, e.g. ``enum("table.CellContentType", "TEXT")``."""
    return uno.Enum(f"com.sun.star.{name}", value)


def prop(name: str, value: Any) -> Any:
    """A ``PropertyValue``, the way LibreOffice takes named arguments."""
    made = struct("beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


def typed(type_name: str, value: Any) -> Any:
    """A value with its UNO type said, where LibreOffice cannot guess it."""
    return uno.Any(type_name, value)


def to_url(path: str | os.PathLike[str]) -> str:
    """File URL of a path in the file system."""
    return str(uno.systemPathToFileUrl(str(Path(path).absolute())))


def to_path(url: str) -> str:
    """Path of a file URL; any other URL comes back as it is."""
    return str(uno.fileUrlToSystemPath(url)) if url.startswith("file:") else url


def common(thing: Any, name: str) -> Any:
    """A property that all cells of a range share; None where they differ."""
    if thing.getPropertyState(name).value == "AMBIGUOUS_VALUE":
        return None
    return thing.getPropertyValue(name)

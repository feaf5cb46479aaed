"""What Excel on Windows allows macros to do, read from the registry. Not tried on Windows yet."""

from __future__ import annotations

import ntpath
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: VBAWarnings: 1 all macros run, 2 Excel asks (as shipped), 3 only signed ones, 4 none.
ASKS = (1, 2)


@dataclass(frozen=True, slots=True)
class ExcelSettings:
    """Version, how macros are treated, and trusted folders with whether their folders count."""

    version: str
    warnings: int
    trusted: tuple[tuple[str, bool], ...]

    @property
    def asks(self) -> bool:
        """True when the user is asked, or nothing is asked at all."""
        return self.warnings in ASKS

    def trusts(self, folder: Path) -> bool:
        wanted = _folded(str(folder))
        for place, deep in self.trusted:
            trusted = _folded(place)
            if wanted == trusted or (deep and wanted.startswith(trusted)):
                return True
        return False


def _folded(path: str) -> str:
    return ntpath.normcase(ntpath.expandvars(path)).rstrip("\\") + "\\"


def excel() -> ExcelSettings | None:
    """The settings of the Excel that is registered here; None where there is none."""
    if sys.platform != "win32":
        return None
    import winreg

    current = _read(winreg.HKEY_CLASSES_ROOT, r"Excel.Application\CurVer", "")
    if not isinstance(current, str):
        return None
    version = current.rpartition(".")[2] + ".0"
    office = rf"Microsoft\Office\{version}\Excel\Security"
    warnings = _read(winreg.HKEY_CURRENT_USER, rf"Software\Policies\{office}", "VBAWarnings")
    if warnings is None:  # no policy of the organisation: the user's own choice
        warnings = _read(winreg.HKEY_CURRENT_USER, rf"Software\{office}", "VBAWarnings")
    level = warnings if isinstance(warnings, int) and 1 <= warnings <= 4 else 2
    places = tuple(_places(rf"Software\{office}\Trusted Locations"))
    return ExcelSettings(version, level, places)


def _places(key: str) -> Iterator[tuple[str, bool]]:
    if sys.platform != "win32":
        return
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            names = [winreg.EnumKey(opened, n) for n in range(winreg.QueryInfoKey(opened)[0])]
    except OSError:
        return
    for name in names:
        path = _read(winreg.HKEY_CURRENT_USER, rf"{key}\{name}", "Path")
        if isinstance(path, str) and path:
            deep = _read(winreg.HKEY_CURRENT_USER, rf"{key}\{name}", "AllowSubfolders")
            yield path, deep == 1


def _read(root: int, key: str, name: str) -> object:
    """A value of the registry, None where there is none."""
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(root, key) as opened:
            found: object = winreg.QueryValueEx(opened, name)[0]
            return found
    except OSError:
        return None

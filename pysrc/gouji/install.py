"""What the buttons need of this computer: every check with what was found and its remedy.

Windows' own settings are read with ``winreg``; that part has not been tried on Windows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from gouji import __version__, install_windows, launch
from gouji.wording import say

PACKAGES = ("xlwings", "xlsxwriter", "python-calamine", "openpyxl", "pandas", "numpy")
PROBE_SECONDS = 60
#: What a Python must be able to do to serve a click.
BUTTONS_PROBE = "import gouji.launch, xlwings"
BRIDGE_PROBE = "import xlwings_libreoffice"
#: LibreOffice's levels: 0 low, 1 medium (asks), 2 high (trusted places only), 3 very high.
ASKS = 1
SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_OOR = "{http://openoffice.org/2001/registry}"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``ok`` is None where it does not apply here. ``remedy`` only when it failed."""

    name: str
    ok: bool | None
    found: str
    remedy: str = ""

    @property
    def title(self) -> str:
        return say(f"install.check.{self.name}")


def install() -> Path:
    """Note this Python for the buttons; the file it stands in. Raises OSError."""
    return launch.record_python(sys.executable)


def checks(folder: Path) -> list[Check]:
    """Every check, for workbooks in ``folder``."""
    return [*_python(), *_excel(folder), *_libreoffice(folder)]


def ready(found: list[Check]) -> bool:
    """True when buttons work here: Python is in order, and so is one of the two offices."""
    failed = {check.name for check in found if check.ok is False}
    there = {check.name for check in found if check.ok}
    python = not failed & {"python", "packages", "recorded", "log"}
    excel = "excel" in there and not failed & {"excel_macros", "excel_place"}
    libreoffice = "libreoffice" in there and not failed & {"bridge", "libreoffice_macros"}
    return python and (excel or libreoffice)


# ---------------------------------------------------------------- Python
def _python() -> Iterator[Check]:
    shown = ".".join(map(str, sys.version_info[:3]))
    found = say("install.python", program=sys.executable, version=shown, gouji=__version__)
    yield Check("python", sys.version_info >= (3, 11), found, say("install.old_python"))
    yield _packages()
    yield _recorded()
    yield _log()


def _packages() -> Check:
    there: dict[str, str] = {}
    for name in PACKAGES:
        try:
            there[name] = version(name)
        except PackageNotFoundError:
            there[name] = ""
    joint = say("message.joint")
    lacking = joint.join(name for name, found in there.items() if not found)
    shown = joint.join(f"{name} {found}" for name, found in there.items() if found)
    remedy = say("install.lacking", names=lacking, program=sys.executable) if lacking else ""
    return Check("packages", not lacking, shown, remedy)


def _recorded() -> Check:
    """The Python that buttons look up: noted, there, and able to serve them."""
    try:
        program = launch.recorded_python()
    except (ValueError, OSError):
        return Check("recorded", False, say("install.bad_record"), say("install.run_install"))
    if not program:
        return Check("recorded", False, say("install.no_record"), say("install.run_install"))
    if not Path(program).is_file():
        found = say("install.gone", program=program)
        return Check("recorded", False, found, say("install.run_install"))
    if problem := _probe(program, BUTTONS_PROBE):
        found = say("install.cannot", program=program, why=problem)
        return Check("recorded", False, found, say("install.run_install"))
    return Check("recorded", True, program)


def _log() -> Check:
    """The folder for the log can be written to."""
    folder = launch.config_folder()
    trial = folder / f".gouji-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_text("", encoding="ascii")
        trial.unlink()
    except OSError as problem:
        why = problem.strerror or str(problem)
        return Check("log", False, f"{folder}：{why}", say("install.no_log"))
    return Check("log", True, str(launch.log_file()))


def _probe(program: str, statement: str) -> str:
    """The last line of what went wrong when that Python runs the statement; empty if nothing."""
    try:
        done = subprocess.run(
            [program, "-c", statement], env=launch.free_of_office(), capture_output=True,
            text=True, errors="replace", timeout=PROBE_SECONDS, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else say("install.exit", status=done.returncode)


# ---------------------------------------------------------------- Excel
def _excel(folder: Path) -> Iterator[Check]:
    if sys.platform != "win32":
        yield Check("excel", None, say("install.only_windows"))
        return
    settings = install_windows.excel()
    if settings is None:
        yield Check("excel", False, say("install.no_excel"), say("install.get_excel"))
        return
    yield Check("excel", True, say("install.excel", version=settings.version))
    trusted = settings.trusts(folder)
    remedy = say("install.trust_excel", folder=folder)
    found = say("install.trusted" if trusted else "install.not_trusted", folder=folder)
    yield Check("excel_place", trusted or settings.asks, found, remedy)
    word = say(f"install.excel_level.{settings.warnings}")
    yield Check("excel_macros", trusted or settings.asks, word, say("install.allow_excel"))


# ---------------------------------------------------------------- LibreOffice
def _libreoffice(folder: Path) -> Iterator[Check]:
    program = soffice()
    if program is None:
        # Where Excel is meant to be used, nothing is missing.
        ok = None if sys.platform == "win32" else False
        yield Check(
            "libreoffice", ok, say("install.no_libreoffice"), say("install.get_libreoffice")
        )
        return
    yield Check("libreoffice", True, f"{program}　{_version(program)}")
    yield _bridge()
    yield _macro_level(folder)


def soffice() -> Path | None:
    """LibreOffice's program, on the path or where installers put it."""
    if found := shutil.which("soffice"):
        return Path(found)
    roots = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)")]
    places = [Path(root) / "LibreOffice" / "program" / "soffice.exe" for root in roots if root]
    places.append(Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"))
    places += sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)
    return next((place for place in places if place.is_file()), None)


def _version(program: Path) -> str:
    """``LibreOffice 7.4.7.2``, as the program says it; empty when it does not answer."""
    if sys.platform == "win32":  # there soffice.exe answers to a window, not to us
        return ""
    try:
        done = subprocess.run(
            [program, "--version"], env=launch.free_of_office(), capture_output=True, text=True,
            errors="replace", timeout=PROBE_SECONDS, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join(done.stdout.split()[:2])


def _bridge() -> Check:
    """The Python of the buttons can speak with LibreOffice."""
    try:
        program = launch.recorded_python()
    except (ValueError, OSError):
        program = ""
    program = program if program and Path(program).is_file() else sys.executable
    if find_spec("xlwings_libreoffice") is None:
        return Check("bridge", False, say("install.no_engine"), say("install.reinstall"))
    problem = _probe(program, BRIDGE_PROBE)
    found = say("install.no_bridge", why=problem[:200]) if problem else program
    return Check("bridge", not problem, found, say("install.get_bridge") if problem else "")


def profile() -> Path:
    """The user's LibreOffice settings."""
    if sys.platform == "win32":
        base = launch.config_folder().parent / "LibreOffice"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support" / "LibreOffice"
    else:
        base = launch.config_folder().parent / "libreoffice"
    return base / "4" / "user" / "registrymodifications.xcu"


@dataclass(frozen=True, slots=True)
class MacroSecurity:
    """LibreOffice's macro settings; what nobody changed is as LibreOffice ships it."""

    level: int = 2
    disabled: bool = False
    trusted: tuple[str, ...] = ()  #: URLs of folders whose documents may run macros

    def trusts(self, folder: Path) -> bool:
        address = folder.resolve().as_uri().rstrip("/") + "/"
        return any(address.startswith(url.rstrip("/") + "/") for url in self.trusted)


def macro_security(settings: Path) -> MacroSecurity:
    """The settings in a ``registrymodifications.xcu``. Raises OSError, ValueError."""
    try:
        root = ElementTree.fromstring(settings.read_bytes())
    except ElementTree.ParseError as problem:
        raise ValueError(str(problem)) from problem
    found: dict[str, ElementTree.Element] = {}
    for item in root.iter("item"):
        if item.get(f"{_OOR}path") == SCRIPTING:
            found |= {prop.get(f"{_OOR}name", ""): prop for prop in item.iter("prop")}
    level = _value(found.get("MacroSecurityLevel"))
    urls = found["SecureURL"].iter("it") if "SecureURL" in found else ()
    return MacroSecurity(
        int(level) if level.isdigit() else MacroSecurity().level,
        _value(found.get("DisableMacrosExecution")) == "true",
        tuple(_plain(url.text or "") for url in urls),
    )


def _value(prop: ElementTree.Element | None) -> str:
    found = prop.find("value") if prop is not None else None
    return (found.text or "").strip() if found is not None else ""


def _plain(url: str) -> str:
    """A folder's URL as ``Path.as_uri`` writes it; LibreOffice's variables filled in."""
    home = Path.home().as_uri()
    return re.sub(r"^\$\(home\)", home, url.strip())


def _macro_level(folder: Path) -> Check:
    file = profile()
    try:
        security = macro_security(file) if file.exists() else MacroSecurity()
    except (OSError, ValueError) as problem:
        found = say("install.profile_unread", file=file, why=problem)
        return Check("libreoffice_macros", False, found, say("install.start_once"))
    trusted = security.trusts(folder)
    ok = not security.disabled and (trusted or security.level <= ASKS)
    level = min(max(security.level, 0), 3)
    found = say("install.disabled") if security.disabled else say(f"install.level.{level}")
    if trusted:
        found += say("install.trusted", folder=folder)
    remedy = say("install.allow_macros", folder=folder) if not ok else ""
    return Check("libreoffice_macros", ok, found, remedy)

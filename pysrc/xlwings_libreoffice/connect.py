"""A LibreOffice to talk to: a private one that dies with us, or one that is open already."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from .bridge import UnoException, candidates, uno

START_SECONDS = 90
"""How long a starting office may take before we give up; a cold disk needs many seconds."""

ATTACH_SECONDS = 5

_SETTING = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
_REGISTRY = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items '
    'xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
)

# Ends the office and its profile when its standard input closes, that is when we die, however.
_WATCHDOG = 'cat >/dev/null; kill -s KILL -- "-$1" 2>/dev/null; sleep 1; rm -rf -- "$2"'


class Connection:
    """One bridge to one office. ``desktop`` is its root object."""

    def __init__(self, address: str, seconds: float, process: Any = None) -> None:
        try:
            self._connect(address, seconds, process)
        except UnoException as error:
            raise ConnectionError(f"LibreOffice went away: {error.Message}") from error

    def _connect(self, address: str, seconds: float, process: Any) -> None:
        local = uno.getComponentContext()
        manager = local.ServiceManager
        connector = manager.createInstanceWithContext("com.sun.star.connection.Connector", local)
        pipe = _patiently(connector, _connection_part(address), seconds, process)
        factory = manager.createInstanceWithContext("com.sun.star.bridge.BridgeFactory", local)
        self._bridge = factory.createBridge("", "urp", pipe, None)
        self.context = self._bridge.getInstance("StarOffice.ComponentContext")
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name: str) -> Any:
        """A service of the office."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def alive(self) -> bool:
        """Whether the office still answers."""
        try:
            return self.desktop.ImplementationName is not None
        except UnoException:
            return False

    def close(self) -> None:
        """Leave the office. Without this the interpreter may crash at its end."""
        with contextlib.suppress(UnoException):
            self._bridge.dispose()


def _connection_part(address: str) -> str:
    """``pipe,name=x`` of ``uno:pipe,name=x;urp;StarOffice.ComponentContext``."""
    return address.removeprefix("uno:").split(";")[0]


def _patiently(connector: Any, part: str, seconds: float, process: Any) -> Any:
    """The connection, tried again until the office listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            return connector.connect(part)
        except UnoException as error:
            if process is not None and process.poll() not in (None, 81):  # 81: it restarts itself
                raise ConnectionError(f"LibreOffice ended: exit code {process.poll()}") from error
            if time.monotonic() > end:
                raise ConnectionError(f"no LibreOffice listens at {part!r}") from error
            time.sleep(0.05)


def find_soffice() -> str:
    """The program to start: $SOFFICE, PATH, or beside LibreOffice's own ``uno``."""
    if given := os.environ.get("SOFFICE"):
        return given
    if found := shutil.which("soffice"):
        return found
    for folder in (*candidates(), Path("/Applications/LibreOffice.app/Contents/MacOS")):
        for name in ("soffice", "soffice.exe"):
            if (folder / name).is_file():
                return str(folder / name)
    raise FileNotFoundError("no LibreOffice found: install it or set SOFFICE to its program")


def has_display() -> bool:
    """Whether a window could be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class PrivateOffice:
    """An office of our own with a profile of its own in a temporary folder.

    It ends at ``kill``, at the end of this process, and even when this process is killed.
    """

    def __init__(self, *, visible: bool, macros: bool) -> None:
        self._owner = os.getpid()
        self._folder = tempfile.mkdtemp(prefix="xlwings-libreoffice-")
        _write_settings(Path(self._folder), macros)
        pipe = f"xlwings{uuid.uuid4().hex}"
        self.address = f"pipe,name={pipe}"
        command = [
            find_soffice(), *([] if visible else ["--headless"]),
            f"-env:UserInstallation={Path(self._folder).as_uri()}", f"--accept={self.address};urp;",
            "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck",
        ]  # fmt: skip
        # Settings of our Python would mislead the one that LibreOffice carries.
        clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
        self.process = subprocess.Popen(
            command, env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._watchdog = _watch(self.process.pid, self._folder)
        atexit.register(self.kill)

    def alive(self) -> bool:
        return self.process.poll() is None

    def wait(self, seconds: float) -> None:
        """Give it time to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def kill(self) -> None:
        """End it now, with its children, and remove its profile. Harmless when repeated."""
        if os.getpid() != self._owner:
            return  # a forked child must not end its parent's office
        atexit.unregister(self.kill)
        if self._watchdog is not None:
            self._watchdog.kill()
            self._watchdog.communicate()
            self._watchdog = None
        _kill_tree(self.process)
        _remove(self._folder)


def _watch(group: int, folder: str) -> subprocess.Popen[bytes] | None:
    if os.name != "posix":
        return None  # Windows: the end of the interpreter is all we get
    return subprocess.Popen(
        ["/bin/sh", "-c", _WATCHDOG, "xlwings-libreoffice", str(group), folder],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """soffice is a launcher: oosplash and soffice.bin are its children, in its group."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False
        )
    process.wait()


def _remove(folder: str, tries: int = 30) -> None:
    """Remove a profile whose office may write to it with its last breath."""
    for _ in range(tries):
        shutil.rmtree(folder, ignore_errors=True)
        if not Path(folder).exists():
            return
        time.sleep(0.1)


def _write_settings(profile: Path, macros: bool) -> None:
    """No lock files, no tips, no Java; macros only where they were asked for."""
    settings = [
        ("Office.Common/Misc", "UseLocking", "false"),
        ("Office.Common/Misc", "ShowTipOfTheDay", "false"),
        ("Office.Common/Misc", "FirstRun", "false"),
        ("Office.Java/VirtualMachine", "Enable", "false"),
        ("Office.Recovery/AutoSave", "Enabled", "false"),
        ("Office.Common/Security/Scripting", "MacroSecurityLevel", "0" if macros else "3"),
        (
            "Office.Common/Security/Scripting",
            "DisableMacrosExecution",
            "false" if macros else "true",
        ),
    ]
    items = "".join(_SETTING.format(path=p, name=n, value=v) for p, n, v in settings)
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(
        _REGISTRY.format(items=items), encoding="utf-8"
    )


def address_of(
    connect: str | None = None, pipe: str | None = None, host: str | None = None, port: int = 0
) -> str:
    """Where a running office listens, from a ``uno:`` string, a pipe's name or host and port."""
    if connect:
        return _connection_part(connect)
    if pipe:
        if not re.fullmatch(r"[\w.-]+", pipe):
            raise ValueError(f"not the name of a pipe: {pipe!r}")
        return f"pipe,name={pipe}"
    if port:
        return f"socket,host={host or 'localhost'},port={int(port)},tcpNoDelay=1"
    raise ValueError("say where LibreOffice listens: pipe=, port= (and host=), or connect=")

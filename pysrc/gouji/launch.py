"""The process behind a click: ``python -m gouji.launch REQUEST``, started by ``macros/GoujiRun``.

``REQUEST`` is one ASCII word, ``office,target,workbook,reply``, each part escaped by ``encoded``;
so no shell, quoting rule or code page can harm a path. Early and late news go back through the
file ``reply``: ``+started`` or ``+done`` when all is well, ``!`` and an escaped sentence otherwise.
Excel waits for this process and shows the sentence itself; LibreOffice only waits for the first
word, what comes later is shown through the connection (``tell``).

This module stays light and knows neither xlwings nor any function behind a button: the module
``gouji.buttons`` does, see ``Buttons``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from types import FunctionType, ModuleType
from typing import Literal, Protocol, cast

from gouji.launch_lock import Held, run_lock
from gouji.wording import catalogue, say

BUTTONS = "gouji.buttons"  #: whose public functions, and no others, may be asked for
OWN = ("run", "tell")  #: functions of it that are no button's target
NEEDED = ("xlwings",)  #: without these no button works
#: What xlwings loads where it is installed, and what no button asks of xlwings.
UNUSED = ("pandas", "polars", "numpy", "matplotlib", "plotly", "PIL", "cryptography")
OFFICES = ("excel", "libreoffice")
PLAIN = re.compile(r"[A-Za-z0-9._/\\:-]")
REPLY_NAME = re.compile(r"gouji-\d+\.reply")
#: What LibreOffice sets for itself and its children, and what would break our own Python or its.
LEAKED = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "URE_BOOTSTRAP")
OFFICE_SECONDS = 30.0
DOUBLE_CLICK_SECONDS = 3.0
LOG_BYTES = 500_000


class Buttons(Protocol):
    """What this module asks of ``gouji.buttons`` besides the targets themselves."""

    def run(self, target: str, book: str, connection: str) -> None:
        """Attach to the office, find the open workbook by its full path, call the target with it.

        ``connection`` is empty for Excel, ``pipe:NAME`` for a running LibreOffice.
        """

    def tell(self, text: str, book: str, connection: str) -> None:
        """Show one sentence to the user in a message box of the office."""


# ---------------------------------------------------------------- words
def encoded(text: str) -> str:
    """Any text as one ASCII word: letters, digits and ``. _ / \\ : -`` as they are, else ``~XXXX``.

    The four digits are a UTF-16 unit, as VBA counts characters.
    """
    return "".join(letter if PLAIN.match(letter) else _escaped(letter) for letter in text)


def decoded(word: str) -> str:
    """The text that ``encoded`` made the word of. Raises ValueError for a broken escape."""
    units = re.split(r"~(.{0,4})", word, flags=re.DOTALL)
    # Odd places hold the digits, even ones plain text between escapes.
    text = "".join(chr(_unit(piece)) if place % 2 else piece for place, piece in enumerate(units))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _escaped(letter: str) -> str:
    pair = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"~{pair[i]:02X}{pair[i + 1]:02X}" for i in range(0, len(pair), 2))


def _unit(digits: str) -> int:
    if not re.fullmatch(r"[0-9A-F]{4}", digits):
        raise ValueError(f"not an escape: ~{digits}")
    return int(digits, 16)


@dataclass(frozen=True, slots=True)
class Request:
    """What a click asks for."""

    office: Literal["excel", "libreoffice"]
    target: str  #: dotted name, ``gouji.buttons.check``
    book: str  #: full path, or the address of a workbook in the cloud
    reply: Path

    @property
    def name(self) -> str:
        return self.target.rpartition(".")[2]

    @property
    def caption(self) -> str:
        """What stands on the button."""
        return catalogue().get(f"button.{self.name}", self.name)

    @property
    def waits(self) -> bool:
        """True when the office waits for this process to end."""
        return self.office == "excel"


def parse(word: str) -> Request:
    """The request in a word. Raises ValueError when it is none of ours."""
    parts = [decoded(part) for part in word.split(",")]
    if len(parts) != 4 or parts[0] not in OFFICES:
        raise ValueError("expected: excel or libreoffice, target, workbook, reply")
    office, target, book, reply = parts
    if not target.startswith(f"{BUTTONS}.") or not target.rpartition(".")[2].isidentifier():
        raise ValueError(f"not a button's target: {target}")
    if not REPLY_NAME.fullmatch(Path(reply).name):
        raise ValueError(f"not a reply file: {reply}")
    return Request(cast(Literal["excel", "libreoffice"], office), target, book, Path(reply))


# ---------------------------------------------------------------- the user's own files
def config_folder() -> Path:
    """Where gouji keeps its log and the path of its Python."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "gouji"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "gouji"


def record_python(program: str = sys.executable) -> Path:
    """Note the Python that buttons shall use; the file VBA reads it from."""
    file = config_folder() / "python.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(encoded(program) + "\n", encoding="ascii")
    return file


def recorded_python() -> str:
    """The Python noted by ``record_python``; empty when none was, ValueError when unreadable."""
    file = config_folder() / "python.txt"
    return decoded(file.read_text(encoding="ascii").strip()) if file.exists() else ""


def log_file() -> Path:
    return config_folder() / "gouji.log"


def log(text: str) -> None:
    """Add to the log, which is begun anew when it grows large. Never fails: it is the last help."""
    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > LOG_BYTES:
            file.replace(file.with_suffix(".log.1"))
        with file.open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} [{os.getpid()}] {text}\n")
    except OSError:
        return


def answer(reply: Path, word: str) -> None:
    """Leave a word where VBA looks for it, whole or not at all."""
    draft = reply.with_suffix(f".{os.getpid()}")
    try:
        with draft.open("x", encoding="ascii") as stream:
            stream.write(word + "\n")
        draft.replace(reply)
    except OSError as problem:
        log(f"no answer could be left: {problem}")


# ---------------------------------------------------------------- the office
def free_of_office() -> dict[str, str]:
    """This process's environment without what LibreOffice set for itself."""
    return {name: value for name, value in os.environ.items() if name not in LEAKED}


def office_command() -> list[str]:
    """The program, and profile, of the LibreOffice that started us; empty when there is none."""
    folder = os.environ.get("URE_BOOTSTRAP", "").partition(":")[2]
    beside = Path(folder).parent / ("soffice.exe" if sys.platform == "win32" else "soffice")
    program = str(beside) if folder and beside.exists() else which("soffice")
    if not program:
        return []
    return [program, *(word for word in _parent_words() if word.startswith("-env:User"))]


def _parent_words() -> list[str]:
    """The words of our parent's command line, where the system shows it."""
    shown = Path(f"/proc/{os.getppid()}/cmdline")
    try:
        if shown.exists():
            return shown.read_bytes().decode(errors="surrogateescape").split("\0")
        if sys.platform != "win32":
            ps = ["ps", "-o", "args=", "-p", str(os.getppid())]
            return subprocess.run(ps, capture_output=True, text=True, check=False).stdout.split()
    except OSError as problem:
        log(f"parent unknown: {problem}")
    return []


class NoOffice(ConnectionError):
    """The LibreOffice that started us cannot be asked for a connection."""


@contextmanager
def private_pipe(command: Sequence[str]) -> Iterator[str]:
    """Ask a running LibreOffice to listen on a pipe of our own; its name. Raises NoOffice."""
    name = f"gouji{os.urandom(16).hex()}"
    door = f"pipe,name={name};urp;StarOffice.ComponentContext"
    process = _call_office(command, f"--accept={door}")
    try:
        process.wait(OFFICE_SECONDS)
    except subprocess.TimeoutExpired as problem:
        process.kill()
        raise NoOffice("soffice --accept did not return") from problem
    try:
        yield name
    finally:
        _call_office(command, f"--unaccept={door}")


def _call_office(command: Sequence[str], word: str) -> subprocess.Popen[bytes]:
    """A second soffice hands its arguments to the first and ends."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        [*command, word, "--norestore", "--nologo", "--nodefault"],
        env=free_of_office(), stdin=nothing, stdout=nothing, stderr=nothing,
    )  # fmt: skip


# ---------------------------------------------------------------- the run
def main(argv: Sequence[str] | None = None) -> int:
    """Serve the request in the last argument; 2 when it is none of ours, else 0."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        request = parse(words[-1] if words else "")
    except ValueError as problem:
        log(f"bad request {words!r}: {problem}")
        return 2
    if lacking := [name for name in NEEDED if not find_spec(name)]:
        _say_no(request, say("launch.no_package", name=lacking[0]))
        return 0
    command = [] if request.waits else office_command()
    if not request.waits and not command:
        _say_no(request, say("launch.no_office"))
        return 0
    for name in LEAKED:
        os.environ.pop(name, None)
    with run_lock(request.book, request.target) as other:
        if other:
            _turn_away(request, other)
        else:
            answer(request.reply, "+started")
            _serve(request, command)
    return 0


def _turn_away(request: Request, other: Held) -> None:
    """A second click of a double click is no news; any other click is told to wait."""
    if other.target == request.target and other.age < DOUBLE_CLICK_SECONDS:
        log(f"{request.target}: second click ignored, {other.pid} is at it")
        answer(request.reply, "+busy")
    else:
        _say_no(request, say("launch.busy"))


def _say_no(request: Request, sentence: str) -> None:
    log(f"{request.target}: {sentence}")
    answer(request.reply, "!" + encoded(sentence))


def _serve(request: Request, command: Sequence[str]) -> None:
    log(f"{request.target}: {request.book}")
    if request.waits:
        sentence = _outcome(request, "")
        answer(request.reply, "!" + encoded(sentence) if sentence else "+done")
        return
    try:
        with private_pipe(command) as pipe:
            connection = f"pipe:{pipe}"
            if sentence := _outcome(request, connection):
                _buttons().tell(sentence, request.book, connection)
    except NoOffice as problem:
        # VBA no longer listens and there is no way to a message box: the log must do.
        log(f"{request.target}: {say('launch.no_office')} ({problem})")


def _outcome(request: Request, connection: str) -> str:
    """Run the target; a sentence for the user if it failed, else empty."""
    try:
        buttons = _buttons()
        if not _is_target(buttons, request.name):
            log(f"{request.target}: no such function")
            return say("launch.no_target", name=request.caption)
        buttons.run(request.name, request.book, connection)
    except Exception as problem:  # noqa: BLE001 - the last frame before the user
        return _told(request, problem)
    log(f"{request.target}: done")
    return ""


def _buttons() -> Buttons:
    with _without(*UNUSED):
        return cast(Buttons, import_module(BUTTONS))


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Let an import pass over modules that it can do without, and that nobody has loaded yet.

    xlwings loads what is there for frames, arrays and figures. No button hands over any; a click
    would wait for them. What a button itself imports later is not touched.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = cast(ModuleType, None)  # as Python marks what cannot be imported
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def _is_target(buttons: object, name: str) -> bool:
    """True for a public function that ``gouji.buttons`` defines itself."""
    found = getattr(buttons, name, None)
    public = not name.startswith("_") and name not in OWN
    return public and isinstance(found, FunctionType) and found.__module__ == BUTTONS


def _told(request: Request, problem: Exception) -> str:
    """What the user is told of a failure; one that is our fault is logged in full."""
    from gouji.gate import Refused
    from gouji.unusable import UnusableCall

    if isinstance(problem, (UnusableCall, Refused)):  # made for users: their text is the reason
        log(f"{request.target}: {problem}")
        return say("launch.refused", button=request.caption, why=problem)
    from traceback import format_exception

    log(f"{request.target}: failed\n{''.join(format_exception(problem))}")
    return say("launch.failed", button=request.caption, log=log_file())


if __name__ == "__main__":
    sys.exit(main())

"""Real mail servers on the loopback, for the tests of mail: Dovecot, an SMTP sink, a bad line."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "qufuban", "very secret"
HOST = "localhost"

_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/Maildir
auth_mechanisms = plain login xoauth2
auth_cache_size = 0
auth_failure_delay = 0
service auth {{
  user = {internal}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
namespace inbox {{
  inbox = yes
}}
"""


def why_missing() -> str:
    """Why there is no mail server to test with; empty when there is one."""
    if not DOVECOT:
        return "no Dovecot (dovecot-imapd) on this machine"
    told = subprocess.run([DOVECOT, "--version"], capture_output=True, text=True, check=False)
    if not told.stdout.startswith("2.3."):
        return f"the tests' configuration is for Dovecot 2.3, here is {told.stdout.strip()}"
    return "" if shutil.which("openssl") else "no openssl to make a certificate with"


@pytest.fixture(scope="session")
def running_dovecot() -> Iterator[Dovecot]:
    """A Dovecot; skips where there is none, unless GOUJI_REQUIRE_MAIL is 1."""
    if reason := why_missing():
        if os.environ.get("GOUJI_REQUIRE_MAIL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    server = Dovecot()
    yield server
    server.close()


@pytest.fixture
def dovecot(running_dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """The same with empty mailboxes; its certificate is trusted and the password is known."""
    monkeypatch.setenv("GOUJI_MAIL_CA", str(running_dovecot.certificate))
    monkeypatch.setenv("GOUJI_MAIL_PASSWORD", PASSWORD)
    running_dovecot.clear()
    return running_dovecot


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A self-signed certificate for ``host`` and its key."""
    certificate, key = folder / f"{host}.pem", folder / f"{host}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", f"/CN={host}",
         "-addext", f"subjectAltName=DNS:{host}"],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


class Dovecot:
    """A running Dovecot with one user and his Maildir. As root it serves as an ordinary user."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="gouji-mail-"))
        self.certificate, key = certificate(self.home)
        self.port = free_port()
        for folder in ("cur", "new", "tmp"):
            (self.home / "Maildir" / folder).mkdir(parents=True)
        (self.home / "users").write_text(f"{USER}:{PASSWORD}\n")
        names, uid, gid = _accounts()
        config = self.home / "dovecot.conf"
        config.write_text(
            _CONFIG.format(home=self.home, certificate=self.certificate, key=key, port=self.port,
                           uid=uid, gid=gid, **names)
        )  # fmt: skip
        self._owner = (uid, gid)
        self._validity = 1_000
        self.own()
        self._program = subprocess.Popen([str(DOVECOT), "-F", "-c", str(config)])
        _await(self.port)

    def own(self) -> None:
        """The mail belongs to the user who is served."""
        self.home.chmod(0o755)
        mail = self.home / "Maildir"
        for path in [mail, *mail.rglob("*"), self.home / "users"] if os.getuid() == 0 else ():
            os.chown(path, *self._owner)

    def put(self, data: bytes, name: str, folder: str = "", moment: float | None = None) -> None:
        """Deliver a message, at another moment too; ``folder`` is its name on disk, ``.&…-``."""
        place = self.home / "Maildir" / folder
        for part in ("cur", "new", "tmp"):
            (place / part).mkdir(parents=True, exist_ok=True)
        (place / "tmp" / name).write_bytes(data)
        if moment is not None:
            os.utime(place / "tmp" / name, (moment, moment))
        (place / "tmp" / name).rename(place / "new" / name)
        self.own()

    def names(self, folder: str = "") -> list[str]:
        """The messages' files; a flag that was set would stand in the name."""
        place = self.home / "Maildir" / folder
        return sorted(file.name for part in ("cur", "new") for file in (place / part).iterdir())

    def clear(self) -> None:
        """An empty mailbox, and another one to the server: its UIDVALIDITY differs."""
        shutil.rmtree(self.home / "Maildir")
        for part in ("cur", "new", "tmp"):
            (self.home / "Maildir" / part).mkdir(parents=True)
        self._validity += 1
        (self.home / "Maildir" / "dovecot-uidlist").write_text(f"3 V{self._validity} N1\n")
        self.own()

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def close(self) -> None:
        self._program.terminate()
        try:
            self._program.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def _accounts() -> tuple[dict[str, str], int, int]:
    """Names for Dovecot's own processes, and who owns the mail: never root."""
    if os.getuid():
        own, group = getpass.getuser(), _group(os.getgid())
        names = {"internal": own, "internal_group": group, "login": own}
        return names, os.getuid(), os.getgid()
    nobody = pwd.getpwnam("dovecot")
    names = {"internal": "dovecot", "internal_group": "dovecot", "login": "dovenull"}
    return names, nobody.pw_uid, nobody.pw_gid


def _group(number: int) -> str:
    import grp

    return grp.getgrgid(number).gr_name


def _await(port: int) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"no server came up on port {port}")


class BadLine:
    """A TCP proxy that cuts each connection after so many bytes from the server."""

    def __init__(self, port: int, cut_after: Callable[[int], int]) -> None:
        self._target = port
        self._cut_after = cut_after  #: number of the connection, from 0 → bytes let through
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                left = self._cut_after(self.connections)
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self._target))
                ends = (client, server)
                threading.Thread(target=_pipe, args=(*ends, 1 << 40), daemon=True).start()
                threading.Thread(target=_pipe, args=(*ends[::-1], left), daemon=True).start()


def _pipe(source: socket.socket, target: socket.socket, left: int) -> None:
    with suppress(OSError):
        while left > 0 and (data := source.recv(min(left, 4096))):
            target.sendall(data)
            left -= len(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def bad_line(port: int, cut_after: Callable[[int], int]) -> Iterator[BadLine]:
    line = BadLine(port, cut_after)
    try:
        yield line
    finally:
        line.close()


class Scripted:
    """A server over TLS that says what a test wants: one line in, some lines out.

    ``answer`` gets a line without its end; None ends the connection. ``heard`` keeps the lines.
    """

    def __init__(
        self, files: tuple[Path, Path], greeting: bytes, answer: Callable[[str], bytes | None]
    ) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*files)
        self._greeting, self._answer = greeting, answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.heard: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._server.accept()
                threading.Thread(target=self._talk, args=(plain,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        with suppress(OSError), self._context.wrap_socket(plain, server_side=True) as line:
            line.sendall(self._greeting)
            for raw in line.makefile("rb"):
                self.heard.append(raw.decode().rstrip("\r\n"))
                answer = self._answer(self.heard[-1])
                if answer is None:
                    return
                line.sendall(answer)

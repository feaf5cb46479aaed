"""A real SMTP server on the loopback that keeps what it gets, and misbehaves where it is told."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mail_server import HOST, PASSWORD, USER

TOKEN = "t0ken"


class Served:
    """An asyncio server in a thread of its own, on a free port."""

    def __init__(self, protocol: Callable[[], SMTP], context: ssl.SSLContext | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        start = self._loop.create_server(protocol, "127.0.0.1", 0, ssl=context)
        self._server = asyncio.run_coroutine_threadsafe(self._started(start), self._loop).result(10)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @staticmethod
    async def _started(start: Any) -> asyncio.Server:
        """``SMTP`` wants a running loop when it is made."""
        server = await start
        assert isinstance(server, asyncio.Server)
        return server


class Sink:
    """Accepts mail from USER; ``got`` are the messages' bytes, ``to`` their recipients.

    ``breaks`` is asked before a step (``MAIL``, ``DATA``): True ends the connection.
    """

    def __init__(self, files: tuple[Path, Path], *, starttls: bool = False) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        self.got: list[bytes] = []
        self.to: list[list[str]] = []
        self.unknown: set[str] = set()
        self.refusal = ""
        self.breaks: Callable[[str], bool] = lambda step: False
        self.commands: list[str] = []
        tls = {"tls_context": context, "require_starttls": True}
        how = tls if starttls else {"auth_require_tls": False}  # it is encrypted from the start
        how |= {"authenticator": self._authenticate, "auth_required": True}
        self._server = Served(
            lambda: SMTP(self, hostname=HOST, **how), None if starttls else context
        )
        self.port = self._server.port

    def close(self) -> None:
        self._server.close()

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(), PASSWORD.encode())  # fmt: skip
        return AuthResult(success=good, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, words: list[bytes]) -> AuthResult:
        told = base64.b64decode(words[1])
        if told == f"user={USER}\1auth=Bearer {TOKEN}\1\1".encode():
            return AuthResult(success=True)
        await server.challenge_auth(b'{"status":"400"}')
        return AuthResult(success=False, handled=False)

    async def handle_NOOP(self, server: SMTP, *_: object) -> str:
        self.commands.append("NOOP")
        return "250 OK"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.commands.append("MAIL")
        if self.breaks("MAIL"):
            assert server.transport is not None
            server.transport.abort()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        self.got.append(envelope.content)
        self.to.append(list(envelope.rcpt_tos))
        if self.breaks("DATA"):
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"

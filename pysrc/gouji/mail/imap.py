"""A mailbox over IMAP with TLS, read without leaving a trace.

The folder is examined, never selected, and messages are peeked at: nothing is marked as read. The
numbers of all messages are asked for anew on every run, which is cheap, and ``known`` alone decides
what is fetched: so none is missed, whatever was fetched in whatever order before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime

from gouji import gate
from gouji.mail.connect import TIMEOUT
from gouji.mail.imap_session import Broken, Session
from gouji.mail.model import Parcel
from gouji.mail.settings import MailboxSettings, MailError, secret_of
from gouji.mail.sources import Known, mail_name
from gouji.wording import say

_TRIES = 5  #: connections without a single new message before giving up
_LONGEST_WAIT = 30.0  #: seconds
_AT_ONCE = 50  #: messages whose sizes are asked for together
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b", re.IGNORECASE)
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"', re.IGNORECASE)


class ImapMailbox:
    """The messages of one folder. A parcel's key is ``uidvalidity/uid``.

    A message above the gate's limit is not fetched: its parcel has no data and its name says so,
    as with one that the server does not hand out. ``tries``: connections in a row that bring
    nothing before MailError is raised; what was brought until then stands.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        tries: int = _TRIES,
        timeout: float = TIMEOUT,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.name = f"{settings.user}@{settings.host}/{settings.folder}"
        self._tries = tries
        self._timeout = timeout
        self._wait = wait

    def new(self, known: Known) -> Iterator[Parcel]:
        """Raises MailError: no secret, refused, not trusted, or broken off too often."""
        secret = secret_of(self.settings)
        given: set[str] = set()
        failures = 0
        while True:
            try:
                with self._session(secret) as session:
                    for parcel in self._parcels(session, lambda key: key in given or known(key)):
                        given.add(parcel.key)
                        failures = 0
                        yield parcel
                return
            except Broken as broken:
                failures += 1
                if failures >= self._tries:
                    places = {"host": self.settings.host, "tries": failures, "why": broken}
                    raise MailError(say("mail.broken", n=len(given), **places)) from broken
            self._wait(min(2.0 ** (failures - 1), _LONGEST_WAIT))

    @contextmanager
    def _session(self, secret: str) -> Iterator[Session]:
        session = Session(self.settings, secret, self._timeout)
        try:
            yield session
        finally:
            session.close()

    def _parcels(self, session: Session, known: Known) -> Iterator[Parcel]:
        validity, count = session.examine(self.settings.folder)
        keys = {uid: f"{validity}/{uid}" for uid in session.uids(count, self.settings.since)}
        wanted = [uid for uid, key in sorted(keys.items()) if not known(key)]
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            facts = _facts(session.facts(some))
            for uid in some:
                size, arrived = facts.get(uid, (0, None))
                if parcel := self._parcel(session, uid, keys[uid], size, arrived):
                    yield parcel

    def _parcel(
        self, session: Session, uid: int, key: str, size: int, arrived: datetime | None
    ) -> Parcel | None:
        """None for a message that went away meanwhile."""
        data, why = b"", ""
        if size <= gate.MAX_FILE:
            data, why = session.message(uid)
            if not data and not why:
                return None
        if max(size, len(data)) > gate.MAX_FILE:
            data, why = b"", say("refused.too_large", size=gate.MAX_FILE // gate.MEGABYTE)
        if data:
            return Parcel(self.name, key, "imap", mail_name(data, str(uid)), data, arrived)
        subject = mail_name(session.head(uid), str(uid))
        told = say("mail.not_fetched", name=subject, why=why)
        return Parcel(self.name, key, "imap", told, b"", arrived)


def _facts(lines: list[bytes]) -> dict[int, tuple[int, datetime | None]]:
    """UID → size in bytes and time of arrival."""
    found: dict[int, tuple[int, datetime | None]] = {}
    for line in lines:
        if uid := _UID.search(line):
            size, arrived = _SIZE.search(line), _ARRIVED.search(line)
            when = _moment(arrived[1]) if arrived else None
            found[int(uid[1])] = (int(size[1]) if size else 0, when)
    return found


def _moment(raw: bytes) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw.decode("ascii", "replace").replace("-", " ", 2))
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else None

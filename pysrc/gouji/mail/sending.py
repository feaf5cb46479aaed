"""Sending drafts: shown first, sent once, each with its own result.

Nothing goes out before the caller has confirmed the list. A message's id is made of the draft's
content, so that one sent twice after all is recognised as the same by those who get it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path

from gouji.mail.connect import TIMEOUT
from gouji.mail.outgoing import Changed, Outgoing, outgoing, ready
from gouji.mail.settings import MailError, SmtpSettings, secret_of
from gouji.mail.smtp_session import Broken, Failed, Session, Uncertain
from gouji.wording import say


class State(StrEnum):
    """What became of a draft."""

    SENT = "sent"
    FAILED = "failed"  #: not sent for sure; may be tried again
    UNCERTAIN = "uncertain"  #: broken off at the very end: a person must look before trying again
    ALREADY = "already"  #: sent earlier
    LISTED = "listed"  #: a dry run
    DECLINED = "declined"  #: not confirmed


@dataclass(frozen=True, slots=True)
class Sent:
    """A draft and what became of it; ``message`` is one Chinese line where that is no success."""

    outgoing: Outgoing
    state: State
    message: str = ""
    message_id: str = ""
    moment: datetime | None = None


def send(
    drafts: Sequence[Path],
    settings: SmtpSettings,
    *,
    confirm: Callable[[tuple[Outgoing, ...]], bool],
    already: Callable[[str], bool],
    done: Callable[[Sent], None],
    dry_run: bool = False,
    timeout: float = TIMEOUT,
) -> tuple[Sent, ...]:
    """Send drafts, in order, one result for each.

    ``already`` is asked with a draft's ``key``; ``done`` is told of every message that went out or
    may have (state ``sent`` or ``uncertain``), at once, so that it can be written down before the
    next. ``confirm`` sees what would go out, with the drafts that cannot (``problem``); anything
    but True sends nothing. A dry run asks nobody: it lists, and tries the login alone.
    Raises MailError when the server cannot be used at all.
    """
    listed = [outgoing(path) for path in drafts]
    results = {one.draft: Sent(one, State.ALREADY) for one in listed if already(one.key)}
    open_ones = [one for one in listed if one.draft not in results]
    sendable = [one for one in open_ones if not one.problem]
    for one in open_ones:
        if one.problem:
            results[one.draft] = Sent(one, State.FAILED, one.problem)
    if dry_run:
        _try_login(settings, timeout)
        results |= {one.draft: Sent(one, State.LISTED) for one in sendable}
    elif not sendable or confirm(tuple(open_ones)) is not True:
        results |= {one.draft: Sent(one, State.DECLINED) for one in sendable}
    else:
        results |= _Sending(settings, timeout, done).all(sendable)
    return tuple(results[one.draft] for one in listed)


def _try_login(settings: SmtpSettings, timeout: float) -> None:
    session = Session(settings, secret_of(settings), timeout)
    session.noop()
    session.close()


class _Sending:
    """One run over one connection; one that broke is opened again for the next message."""

    def __init__(
        self, settings: SmtpSettings, timeout: float, done: Callable[[Sent], None]
    ) -> None:
        self._settings, self._timeout, self._done = settings, timeout, done
        self._secret = secret_of(settings)
        self._session: Session | None = Session(settings, self._secret, timeout)
        self._lost = ""  #: why there is no connection any more

    def all(self, messages: Sequence[Outgoing]) -> dict[Path, Sent]:
        results: dict[Path, Sent] = {}
        given: set[str] = set()
        try:
            for one in messages:
                # The same draft twice in one list is one message.
                sent = Sent(one, State.ALREADY) if one.key in given else self._one(one)
                results[one.draft] = sent
                if sent.state in (State.SENT, State.UNCERTAIN):
                    given.add(one.key)
                    self._done(sent)
        finally:
            if self._session:
                self._session.close()
        return results

    def _one(self, one: Outgoing) -> Sent:
        """A message that surely did not go out is tried once more over a new connection."""
        moment = datetime.now(UTC).astimezone()
        try:
            message_id, data = ready(one, self._settings.sender, format_datetime(moment))
            try:
                self._connected().deliver(self._settings.sender, one.to, data)
            except Broken:
                self._drop()
                self._connected().deliver(self._settings.sender, one.to, data)
        except Uncertain as problem:
            self._drop()
            why = say("mail.uncertain", why=problem)
            return Sent(one, State.UNCERTAIN, why, message_id, moment)
        except (Broken, MailError) as problem:
            self._drop()
            return Sent(one, State.FAILED, say("mail.not_sent", why=problem))
        except (Failed, Changed) as problem:
            return Sent(one, State.FAILED, str(problem))
        return Sent(one, State.SENT, "", message_id, moment)

    def _connected(self) -> Session:
        """Raises MailError; a server that could not be reached again is not tried for each one."""
        if self._lost:
            raise MailError(self._lost)
        if self._session is None:
            try:
                self._session = Session(self._settings, self._secret, self._timeout)
            except MailError as problem:
                self._lost = str(problem)
                raise
        return self._session

    def _drop(self) -> None:
        if self._session:
            self._session.close()
            self._session = None

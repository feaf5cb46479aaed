"""Sending what ``return`` wrote: only when asked, the list first, each draft once."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gouji.commands import Unusable
from gouji.ledger.events import Kind
from gouji.ledger.records import Records, opened
from gouji.mail.outgoing import Outgoing
from gouji.mail.sending import Sent, State, send
from gouji.mail.settings import MailError
from gouji.round import Round
from gouji.wording import say

DRAFT = ".eml"


def send_drafts(
    round_: Round, files: Iterable[Path], *, dry_run: bool, sure: bool
) -> tuple[Sent, ...]:
    """Send the drafts among ``files`` through the round's server, after the list was confirmed.

    ``sure`` confirms without asking. What went out is entered in the ledger at once. Raises
    Unusable when the round names no server or the server cannot be used.
    """
    if round_.post.smtp is None:
        raise Unusable(say("sending.no_server", file=round_.facts_file))
    drafts = [file for file in files if file.suffix == DRAFT]
    with opened(round_) as records:
        gone = {str(event.detail.get("draft", "")) for event in records.ledger.events(Kind.SENT)}
        try:
            return send(
                drafts, round_.post.smtp, dry_run=dry_run, already=gone.__contains__,
                confirm=lambda listed: _confirmed(listed, sure),
                done=lambda sent: _remember(records, sent),
            )  # fmt: skip
        except MailError as problem:
            raise Unusable(str(problem)) from problem


def _confirmed(listed: tuple[Outgoing, ...], sure: bool) -> bool:
    for one in listed:
        print(told(one), file=sys.stderr)
    if sure:
        return True
    try:
        answer = input(say("sending.ask", n=sum(not one.problem for one in listed)))
    except EOFError:  # nobody is there to answer
        return False
    return answer.strip().lower() in (say("district.yes"), "y", "yes")


def _remember(records: Records, sent: Sent) -> None:
    detail = {"draft": sent.outgoing.key, "state": str(sent.state),
              "message_id": sent.message_id, "subject": sent.outgoing.subject}  # fmt: skip
    records.decide(Kind.SENT, unit=sent.outgoing.draft.parent.name, detail=detail)


def told(one: Outgoing) -> str:
    """A line of the list: whom it goes to, what it carries, or why it cannot go."""
    if one.problem:
        return say("sending.cannot", file=one.draft.name, why=one.problem)
    joint = say("message.joint")
    return say("sending.line", to=joint.join(one.to), subject=one.subject,
               files=joint.join(one.attachments), size=max(1, one.size // 1024))  # fmt: skip


def results(sent: Iterable[Sent]) -> Iterable[str]:
    """What became of each draft."""
    for one in sent:
        word = say(f"sending.state.{one.state}")
        yield say("sending.result", state=word, file=one.outgoing.draft.name, why=one.message)


def as_json(sent: Iterable[Sent]) -> list[dict[str, Any]]:
    """Addresses are not told: what is printed may go on to others."""
    return [
        {"draft": str(one.outgoing.draft), "state": str(one.state), "why": one.message}
        for one in sent
    ]


def failed(sent: Iterable[Sent]) -> bool:
    return any(one.state in (State.FAILED, State.UNCERTAIN, State.DECLINED) for one in sent)

"""E-mail drafts: unsent messages as files that a mail program opens ready to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from gouji.mail import eml
from gouji.mail.addresses import is_address
from gouji.mail.model import Attachment
from gouji.mail.settings import MailError
from gouji.wording import say

UNSENT = "X-Unsent"  #: what makes mail programs open a file for writing


def draft(
    to: Sequence[str],
    subject: str,
    body: str,
    attachments: Sequence[Attachment],
    sender: str = "",
    reply_to: str = "",
    in_reply_to: str = "",
) -> bytes:
    """An unsent e-mail, pure ASCII, without a date: the same bytes for the same content.

    ``in_reply_to`` is a Message-ID as received; one that could break a header is left out. An
    attachment's name is shown as ``text.name_of_path`` makes it. Raises MailError for an address
    that is none.
    """
    for address in filter(None, (*to, sender, reply_to)):
        if not is_address(address):
            raise MailError(say("mail.bad_address", address=address))
    headers = [(UNSENT, "1")]
    if sender:
        headers.append(("From", sender))
    if to:
        headers.append(("To", f",{eml.LINE} ".join(to)))
    if reply_to:
        headers.append(("Reply-To", reply_to))
    headers.append(("Subject", eml.subject(subject)))
    if eml.is_id(in_reply_to):
        headers += [("In-Reply-To", in_reply_to), ("References", in_reply_to)]
    return eml.message(headers, body, attachments)

"""A message out of its bytes: RFC 822 as Chinese mail programs really write it, Outlook's .msg too.

Text is read; nothing is run, followed or loaded.
"""

from __future__ import annotations

import re

from gouji import gate
from gouji.gate import Reason, Refused, refusal
from gouji.mail import bodies, mime, outlook, text, tnef
from gouji.mail.headers import message_id_of, sender_of, sent_of, subject_of
from gouji.mail.model import Attachment, Message

#: What mail programs use themselves and do not offer as a file.
_THEIR_OWN = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "message/delivery-status", "message/disposition-notification", "text/rfc822-headers",
})  # fmt: skip
_PLAIN, _PAGE, _OTHER_RENDERING, _FILE = range(4)


def parse(data: bytes) -> Message:
    """The message. Damaged headers and bodies are read as far as they go.

    Raises Refused: dangerous_archive and too_large beyond the bounds; damaged for a .msg.
    """
    if len(data) > gate.MAX_FILE:
        raise refusal(Reason.TOO_LARGE, size=gate.MAX_FILE // gate.MEGABYTE)
    if outlook.is_msg(data):
        return outlook.read(data)
    data = bare(data)
    headers, _ = mime.split(data)
    texts: dict[int, list[str]] = {_PLAIN: [], _PAGE: [], _OTHER_RENDERING: []}
    attached: list[Attachment] = []
    for part in mime.parts(data):
        if (role := _role(part)) == _FILE:
            attached += _attachments(part)
        else:
            said = bodies.page if role == _PAGE else bodies.plain
            texts[role].append(said(part.content(), part.charset))
    shown = [one for one in texts[_PLAIN] if one] or texts[_PAGE]
    sender, sender_name = sender_of(headers)
    return Message(
        sender=sender,
        sender_name=sender_name,
        subject=subject_of(headers),
        sent=sent_of(headers),
        message_id=message_id_of(headers),
        text="\n".join(shown)[: bodies.MAX_TEXT],
        attachments=tuple(attached),
    )


def bare(data: bytes) -> bytes:
    """The message without a mark, blank lines or a mailbox's separator before it."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return data.partition(b"\n")[2] if data.startswith(b"From ") else data


def title_of(data: bytes) -> str:
    """The subject alone, empty when there is none."""
    return subject_of(mime.split(bare(data))[0])


def _role(part: mime.Part) -> int:
    """A part without a name that is meant to be seen is text; everything else is a file."""
    if part.disposition == "attachment" or _name(part):
        return _FILE
    if part.kind == "text/html":
        return _PAGE
    if part.kind == "text/plain" or part.kind.startswith("multipart/"):  # its boundary is lost
        return _FILE if tnef.is_tnef(part.body) else _PLAIN
    alternative = part.holders[-1:] == ("multipart/alternative",)
    return _OTHER_RENDERING if alternative and part.kind.startswith("text/") else _FILE


def _attachments(part: mime.Part) -> tuple[Attachment, ...]:
    data, name = part.content(), _name(part)
    if tnef.is_tnef(data):
        return _unpacked(name, data)
    if part.kind == "message/rfc822" and not name:
        name = mail_name(title_of(data))
    return (Attachment(name, data, _is_inline(part)),)


def mail_name(subject: str) -> str:
    """What a message with this subject is called as a file; empty without a subject."""
    name = text.name_of_path(re.sub(r"[/\\]", "_", subject))
    return f"{name}.eml" if name else ""


def _unpacked(name: str, data: bytes) -> tuple[Attachment, ...]:
    """The files of a winmail.dat; itself where it cannot be read, or holds only formatting."""
    try:
        found = tnef.attachments(data)
    except Refused:
        return (Attachment(name, data),)
    return found or (Attachment(name, data, inline=True),)


def _is_inline(part: mime.Part) -> bool:
    if part.kind in _THEIR_OWN:
        return True
    shown = "multipart/related" in part.holders or "content-id" in part.headers
    shown = shown or part.disposition == "inline"
    return part.kind.startswith("image/") and part.disposition != "attachment" and shown


def _name(part: mime.Part) -> str:
    """The file's name as it was meant, from whichever of the two headers gives it whole."""
    told = (
        mime.parameter(part.headers, "content-disposition", "filename"),
        mime.parameter(part.headers, "content-type", "name"),
    )
    names = [text.name_of_path(text.percent(text.words(one.strip()))) for one in told]
    return next((one for one in names if one and "\ufffd" not in one), names[0] or names[1])

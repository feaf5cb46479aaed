"""What a message, an archive or a plain file holds: one leaf for every file, wanted or not.

Messages and archives are opened by their content; names say little. Nothing is written anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from gouji import gate
from gouji.documents.kinds import OLE
from gouji.gate import Reason, Refused, refusal
from gouji.mail import messages, outlook, text, tnef, zips
from gouji.mail.model import Message
from gouji.wording import say

MAX_CONTAINERS = 3  #: around one file
MAX_ZIPS = 2  #: of them

#: Archives that are not opened: how they begin, where, and what to call them.
_OTHER_ARCHIVES = (
    (0, b"Rar!\x1a\x07", "RAR"), (0, b"7z\xbc\xaf\x27\x1c", "7z"), (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"BZh", "bzip2"), (0, b"\xfd7zXZ\0", "xz"), (257, b"ustar", "tar"), (0, b"MSCF", "CAB"),
)  # fmt: skip
_PART_OF_ZIP = (b"PK\x07\x08", b"PK\x01\x02")
_MAIL_HEADERS = frozenset({
    b"from", b"to", b"subject", b"date", b"message-id", b"received", b"mime-version", b"cc",
    b"return-path", b"delivered-to", b"content-type", b"reply-to", b"x-unsent", b"x-mailer",
    b"x-priority", b"dkim-signature", b"content-transfer-encoding", b"sender",
})  # fmt: skip
#: A saved web page (.mht) has the shape of a message, but was never on its way to anybody.
_ON_ITS_WAY = frozenset({b"to", b"received", b"message-id", b"delivered-to", b"x-unsent", b"cc"})
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:", re.MULTILINE)
_ENOUGH = 3  #: headers of a mail that make a text one


class Holder(StrEnum):
    """Kinds of containers."""

    MAIL = "mail"
    ZIP = "zip"
    WINMAIL = "winmail"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file as it came. ``path`` are the names from the outermost container to the file itself.

    ``refused`` says why it cannot be used; ``data`` is then empty where it could not be had.
    ``message`` is the innermost message around it. ``inline``: shown inside the message's text.
    """

    path: tuple[str, ...]
    data: bytes
    refused: Refused | None = None
    message: Message | None = None
    inline: bool = False

    @property
    def name(self) -> str:
        return self.path[-1]


def leaves(name: str, data: bytes, *, is_mail: bool = False) -> Iterator[Leaf]:
    """Everything inside, nothing twice, nothing left out; a plain file is its own single leaf.

    A container without a file gives one refused leaf of its own name; so does a message that has
    nothing but inline pictures, besides them. ``is_mail``: the bytes are a message for sure,
    whatever they look like (they came from a mailbox). Raises nothing for what the bytes are.
    """
    shown = text.name_of_path(name) or say("mail.unnamed", n=1)
    yield from _Opening(is_mail=is_mail).opened(_Found((shown,), data))


@dataclass(frozen=True, slots=True)
class _Found:
    """Something that may hold other things; ``above`` are the containers around it."""

    path: tuple[str, ...]
    data: bytes
    above: tuple[Holder, ...] = ()
    message: Message | None = None
    inline: bool = False

    def leaf(self, refused: Refused | None = None, message: Message | None = None) -> Leaf:
        return Leaf(self.path, self.data, refused, message or self.message, self.inline)


@dataclass
class _Opening:
    """One call's work; what it may still take out is counted over all that is nested."""

    is_mail: bool
    bytes_left: int = field(default_factory=lambda: gate.MAX_TOTAL)
    files_left: int = field(default_factory=lambda: gate.MAX_MEMBERS)
    _open: dict[Holder, Callable[[_Found], Iterator[Leaf]]] = field(init=False)

    def __post_init__(self) -> None:
        self._open = {Holder.MAIL: self._mail, Holder.ZIP: self._zip, Holder.WINMAIL: self._winmail}

    def opened(self, found: _Found) -> Iterator[Leaf]:
        try:
            if not found.data.strip():
                raise refusal(Reason.EMPTY)
            if len(found.data) > gate.MAX_FILE:
                raise refusal(Reason.TOO_LARGE, size=gate.MAX_FILE // gate.MEGABYTE)
            holder = self._holder(found)
            held = self._open[holder](found) if holder else iter([found.leaf()])
            yield from held
        except Refused as refused:
            yield found.leaf(refused)

    def _holder(self, found: _Found) -> Holder | None:
        """What the bytes hold, None for a file. Raises Refused for what is not opened."""
        is_mail = self.is_mail and not found.above
        holder = Holder.MAIL if is_mail else holder_of(found.path[-1], found.data)
        if holder is None:
            return None
        zips_above = found.above.count(Holder.ZIP)
        if len(found.above) >= MAX_CONTAINERS or (holder == Holder.ZIP and zips_above >= MAX_ZIPS):
            raise refusal(Reason.DANGEROUS_ARCHIVE, "nested")
        return holder

    def _mail(self, found: _Found) -> Iterator[Leaf]:
        message = messages.parse(found.data)
        for index, attachment in enumerate(message.attachments, start=1):
            name = attachment.name or say("mail.unnamed", n=index)
            yield from self._inner(found, Holder.MAIL, name, attachment.data, message,
                                   attachment.inline)  # fmt: skip
        if all(attachment.inline for attachment in message.attachments):
            yield found.leaf(refusal(Reason.EMPTY, "mail"), message)

    def _zip(self, found: _Found) -> Iterator[Leaf]:
        count = 0
        for count, member in enumerate(zips.members(found.data, gate.directory(found.data)), 1):
            name = member.name or say("mail.unnamed", n=count)
            if member.size > gate.MAX_FILE:
                refused = refusal(Reason.TOO_LARGE, size=gate.MAX_FILE // gate.MEGABYTE)
                yield Leaf((*found.path, name), b"", refused, found.message)
                continue
            try:
                self._spend(member.size)
                data = member.read()
            except Refused as refused:
                yield Leaf((*found.path, name), b"", refused, found.message)
                continue
            yield from self._inner(found, Holder.ZIP, name, data, found.message)
        if not count:
            yield found.leaf(refusal(Reason.EMPTY, "archive"))

    def _winmail(self, found: _Found) -> Iterator[Leaf]:
        files = tnef.attachments(found.data)
        for index, file in enumerate(files, start=1):
            name = file.name or say("mail.unnamed", n=index)
            yield from self._inner(found, Holder.WINMAIL, name, file.data, found.message)
        if not files:
            yield found.leaf(refusal(Reason.EMPTY, "winmail"))

    def _inner(
        self, found: _Found, holder: Holder, name: str, data: bytes, message: Message | None,
        inline: bool = False,
    ) -> Iterator[Leaf]:  # fmt: skip
        path = (*found.path, name)
        try:
            if holder != Holder.ZIP:  # a member's bytes were counted before they were unpacked
                self._spend(len(data))
        except Refused as refused:
            yield Leaf(path, b"", refused, message, inline)
            return
        yield from self.opened(_Found(path, data, (*found.above, holder), message, inline))

    def _spend(self, size: int) -> None:
        self.bytes_left -= size
        self.files_left -= 1
        if self.bytes_left < 0 or self.files_left < 0:
            raise refusal(Reason.DANGEROUS_ARCHIVE)


def holder_of(name: str, data: bytes) -> Holder | None:
    """What kind of container the bytes are, None for a file.

    Raises Refused: damaged and dangerous_archive for a ZIP that may not be opened, other_archive
    for one that gouji does not open.
    """
    if zips.is_zip(data):
        return None if zips.is_document(gate.directory(data)) else Holder.ZIP
    for at, start, kind in _OTHER_ARCHIVES:
        if data.startswith(start, at):
            raise refusal(Reason.OTHER_ARCHIVE, what=kind)
    if data.startswith(_PART_OF_ZIP):
        raise refusal(Reason.OTHER_ARCHIVE, "part")
    if tnef.is_tnef(data):
        return Holder.WINMAIL
    if data.startswith(OLE):
        return Holder.MAIL if outlook.is_msg(data) else None
    return Holder.MAIL if is_message(name, data) else None


def is_message(name: str, data: bytes) -> bool:
    """Whether a text is a message: by its headers, of which one named .eml needs fewer."""
    head = messages.bare(data[:65536]).replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    first = head.partition(b"\n")[0]
    if not _HEADER.match(first):
        return False
    found = {match[1].lower() for match in _HEADER.finditer(head)} & _MAIL_HEADERS
    if name.lower().endswith(".eml"):
        return bool(found)
    return len(found) >= _ENOUGH and not found.isdisjoint(_ON_ITS_WAY)

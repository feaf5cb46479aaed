"""A parcel → what is in it: the files to be read, and what they came in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from gouji.gate import Reason, refusal
from gouji.ledger.lines import display_name, storable
from gouji.ledger.receipts import FILE, PARCEL, Receipt, clean, stamped
from gouji.mail.model import Message, Parcel
from gouji.mail.unpack import Leaf, leaves
from gouji.wording import say

#: Starts of files that mail programs add by themselves.
_CARDS = (b"begin:vcard", b"begin:vcalendar")
_SIGNATURES = (".p7s", ".asc", ".sig", ".ics", ".vcf")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"<svg")


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes to be archived, with the receipt that says how they came."""

    data: bytes
    receipt: Receipt


def items_of(parcel: Parcel, at: datetime) -> Iterator[Item]:
    """Everything in the parcel, the parcel itself last: its receipt says that all were there.

    ``at`` is when it is archived, aware.
    """
    if not parcel.data and parcel.via != "folder":
        yield _not_fetched(parcel, at)
        return
    whole = hashlib.sha256(parcel.data).hexdigest()
    seen = _Seen()
    for number, leaf in enumerate(leaves(parcel.name, parcel.data, is_mail=parcel.via != "folder")):
        seen.note_message(leaf)
        if len(leaf.path) == 1:
            seen.plain = True
            seen.note_refusal(leaf)
        elif leaf.refused is not None and not leaf.data:
            seen.note_refusal(leaf)
        else:
            item = _leaf_item(parcel, leaf, number, whole, at)
            seen.files += item.receipt.refused != Reason.NOT_A_REPORT
            yield item
    if not (seen.plain or seen.files or seen.refused):
        told = refusal(Reason.NO_ATTACHMENT, "" if seen.message else "archive")
        seen.refused.append((str(told.reason), told.message))
    yield Item(parcel.data, _parcel_receipt(parcel, seen, whole, at))


def _not_fetched(parcel: Parcel, at: datetime) -> Item:
    """A message that its source could not hand over: a note of it is archived in its place."""
    note = "\n".join(map(storable, (parcel.source, parcel.key, parcel.name))).encode()
    digest = hashlib.sha256(note).hexdigest()
    receipt = replace(
        _receipt(parcel, None, at), sha256=digest, parcel=digest, role=FILE,
        name=display_name(parcel.name), refused=str(Reason.MISSING), why=clean(parcel.name),
    )  # fmt: skip
    return Item(note, receipt)


@dataclass
class _Seen:
    """What the leaves of a parcel said about the parcel itself."""

    message: Message | None = None
    depth: int = 0
    plain: bool = False  #: the parcel is a file, or refused as a whole
    files: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def note_message(self, leaf: Leaf) -> None:
        """The outermost message is the one the parcel came as."""
        if leaf.message is not None and (self.message is None or len(leaf.path) < self.depth):
            self.message, self.depth = leaf.message, len(leaf.path)

    def note_refusal(self, leaf: Leaf) -> None:
        if leaf.refused is not None:
            self.refused.append((_reason(leaf), _told(leaf)))


def _parcel_receipt(parcel: Parcel, seen: _Seen, whole: str, at: datetime) -> Receipt:
    return replace(
        _receipt(parcel, seen.message, at),
        sha256=whole,
        parcel=whole,
        name=_parcel_name(parcel, seen.message),
        role=FILE if seen.plain or seen.refused else PARCEL,
        refused=seen.refused[0][0] if seen.refused else "",
        why="\n".join(dict.fromkeys(why for _, why in seen.refused)),
    )


def _leaf_item(parcel: Parcel, leaf: Leaf, number: int, whole: str, at: datetime) -> Item:
    name = display_name(leaf.name) or say("collecting.nameless")
    reason, why = "", ""
    if leaf.refused is not None:
        reason, why = _reason(leaf), leaf.refused.message
    elif _added_by_program(name, leaf.data, leaf.inline):
        told = refusal(Reason.NOT_A_REPORT)
        reason, why = str(told.reason), told.message
    receipt = replace(
        _receipt(parcel, leaf.message, at),
        sha256=hashlib.sha256(leaf.data).hexdigest(),
        parcel=whole,
        name=name,
        # Two attachments may bear one name: the number keeps their receipts apart.
        path=(*(clean(each) for each in leaf.path[1:-1]), f"{number}:{clean(name)}"),
        refused=reason,
        why=why,
        inline=leaf.inline,
    )
    return Item(leaf.data, receipt)


def _receipt(parcel: Parcel, message: Message | None, at: datetime) -> Receipt:
    """From where, from whom and when; of what comes later."""
    return Receipt(
        sha256="",
        at=stamped(at),
        source=storable(parcel.source),
        key=storable(parcel.key),
        via=parcel.via,
        name="",
        time=stamped(_time(parcel, message, at)),
        sender=clean(message.sender, 320) if message else "",
        sender_name=clean(message.sender_name, 200) if message else "",
        subject=clean(message.subject) if message else "",
        message_id=clean(message.message_id) if message else "",
    )


def _time(parcel: Parcel, message: Message | None, at: datetime) -> datetime | None:
    """When it was sent, but not later than it was here; else when it came; else not known."""
    here = at if parcel.received is None else min(parcel.received, at)
    if message is not None and message.sent is not None:
        return min(message.sent, at if parcel.via == "folder" else here)
    return here if parcel.received is not None else None


def _parcel_name(parcel: Parcel, message: Message | None) -> str:
    name = display_name(parcel.name)
    if message is not None and "." not in name[-6:]:
        name = f"{display_name(message.subject.replace('/', ' '))[:80] or name}.eml"
    return name or say("collecting.nameless")


def _reason(leaf: Leaf) -> str:
    """A container without a file is not an empty file."""
    refused = leaf.refused
    if refused is not None and refused.reason is Reason.EMPTY and leaf.data.strip():
        return str(Reason.NO_ATTACHMENT)
    return str(refused.reason) if refused else ""


def _told(leaf: Leaf) -> str:
    if len(leaf.path) == 1:
        return str(leaf.refused)
    return say("action.refused", file=display_name(leaf.name), why=leaf.refused)


def _added_by_program(name: str, data: bytes, inline: bool) -> bool:
    """A logo in a signature, a visiting card, an invitation, a digital signature."""
    if name.lower().endswith(_SIGNATURES) or data[:64].lstrip().lower().startswith(_CARDS):
        return True
    return inline and data.startswith(_PICTURES)

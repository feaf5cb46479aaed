"""A receipt: when and how certain bytes came in, from whom, and under which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from gouji.ledger.lines import storable

PARCEL, FILE = "parcel", "file"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One arrival of a blob.

    ``at`` is when it was archived, ``time`` when it was sent or put there (both ISO, UTC; ``time``
    is empty when nobody knows). ``path`` are the names inside the parcel, empty for the parcel
    itself; ``role`` is ``parcel`` for what only holds files (a message, an archive), ``file`` for
    what is to be read. ``refused`` and ``why`` say that unpacking refused it.
    """

    sha256: str
    at: str
    source: str
    key: str
    via: str
    name: str
    role: str = FILE
    path: tuple[str, ...] = ()
    parcel: str = ""
    time: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    inline: bool = False
    refused: str = ""
    why: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """The same for one arrival, however often it is recorded."""
        return (self.sha256, self.source, self.key, *self.path)

    @property
    def moment(self) -> datetime | None:
        return parsed(self.time)


_NAMES = tuple(field.name for field in fields(Receipt))


def to_json(receipt: Receipt) -> dict[str, Any]:
    """The receipt as plain data; fields that say nothing are left out."""
    data = {name: value for name in _NAMES if (value := getattr(receipt, name))}
    return data | {"path": list(receipt.path)} if receipt.path else data


def from_json(data: Mapping[str, Any]) -> Receipt | None:
    """The receipt behind the data, None when it is no receipt."""
    known = {name: data[name] for name in _NAMES if name in data}
    known["path"] = tuple(map(str, known.get("path", ())))
    try:
        return Receipt(**known)
    except TypeError:
        return None


def stamped(moment: datetime | None) -> str:
    """ISO in UTC, empty for None."""
    return moment.astimezone(UTC).isoformat() if moment else ""


def parsed(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def clean(text: str, most: int = 1_000) -> str:
    """Text from outside, storable and bounded."""
    return storable(text[:most])

"""E-mail addresses that a message may be sent to."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
BETWEEN_ADDRESSES = re.compile(r"[,;，；、\s]+")


def addresses(text: str) -> list[str]:
    """The e-mail addresses in a cell; what is none is left out."""
    return [word for word in BETWEEN_ADDRESSES.split(text) if is_address(word)]


def is_address(text: str) -> bool:
    return ADDRESS.fullmatch(text) is not None

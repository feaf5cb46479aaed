"""Text from outside, as it may stand in a file of ours."""

from __future__ import annotations

import re

_NO_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def without_controls(text: str) -> str:
    """The text without characters that neither a workbook nor a page can hold."""
    return _NO_CHARACTER.sub("", text)

"""On which line of a TOML file a key stands; ``tomllib`` does not tell.

The text must be valid TOML. A key is named as ``Place`` names it: parts joined by dots, the tables
of an array counted from 1. What stands inside a value has the line of the key before it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

_PART = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEYS = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_START = re.compile(
    rf"[ \t]*(?:\[\[[ \t]*(?P<array>{_KEYS})[ \t]*\]\]|\[[ \t]*(?P<table>{_KEYS})[ \t]*\]"
    rf"|(?P<key>{_KEYS})[ \t]*=)"
)
_VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}"
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|(?P<open>[\[{])|(?P<close>[\]}])|(?P<end>\n)""",
    re.DOTALL,
)


class Lines:
    """Dotted key → line, from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        self._arrays: Counter[str] = Counter()
        self._read(text)

    def of(self, key: str) -> int | None:
        """The line of the key, or of the nearest one it belongs to; None when there is none."""
        while key and key not in self._lines:
            key = key.rpartition(".")[0]
        return self._lines.get(key)

    def _read(self, text: str) -> None:
        at, line, head = 0, 1, ""
        while at < len(text):
            found = _START.match(text, at)
            if found and found["key"]:
                self._note(_joined(head, found["key"]), line)
            elif found:
                head = self._head(found["table"], found["array"])
                self._note(head, line)
            end = _end_of_value(text, found.end() if found else at)
            line += text.count("\n", at, end)
            at = end

    def _head(self, table: str | None, array: str | None) -> str:
        head = _joined("", table or array or "")
        parts = head.split(".")
        for size in range(1, len(parts)):  # a table inside the array's last table
            outer = ".".join(parts[:size])
            if self._arrays[outer]:
                head = f"{outer}.{self._arrays[outer]}.{'.'.join(parts[size:])}"
        if array:
            self._arrays[head] += 1
            return f"{head}.{self._arrays[head]}"
        return head

    def _note(self, key: str, line: int) -> None:
        parts = key.split(".")
        for size in range(1, len(parts) + 1):
            self._lines.setdefault(".".join(parts[:size]), line)


def _end_of_value(text: str, at: int) -> int:
    """Behind the newline that ends what begins at ``at``."""
    depth = 0
    for found in _VALUE.finditer(text, at):
        if found["open"]:
            depth += 1
        elif found["close"]:
            depth -= 1
        elif found["end"] and depth <= 0:
            return found.end()
    return len(text)


def key_of(lines: list[str]) -> str:
    """The dotted key that the last of the lines gives a value to; empty when it gives none."""
    found = _START.match(lines[-1]) if lines else None
    if not found or not found["key"]:
        return ""
    heads = (_START.match(line) for line in reversed(lines[:-1]))
    head = next((each for each in heads if each and not each["key"]), None)
    written = (head["table"] or head["array"]) if head else ""
    return _joined(_joined("", written) if written else "", found["key"])


def _joined(head: str, written: str) -> str:
    """The dotted name of a key as written under a head."""
    parts = [head] if head else []
    node: Mapping[str, Any] = tomllib.loads(f"{written} = 0")
    while True:
        name, value = next(iter(node.items()))
        parts.append(name)
        if not isinstance(value, dict):
            return ".".join(parts)
        node = value

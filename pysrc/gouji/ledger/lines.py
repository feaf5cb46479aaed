"""JSON, one object a line, in files that only ever grow; a line cut off by a crash is passed over.

Text from outside may hold characters that no database or file takes; they are kept as escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
#: Marks that turn the direction of writing: ``fdp.exe`` would be shown as ``exe.pdf``.
_DIRECTION = re.compile(r"[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NAME_LENGTH = 200


def storable(text: str) -> str:
    """The text with control characters and lone surrogates written as escapes."""
    return _UNSTORABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def display_name(name: str) -> str:
    """The last part of a name from outside, as it may be shown: never a path, one line, bounded."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = storable(_DIRECTION.sub("", last)).strip()
    return shown if len(shown) <= _NAME_LENGTH else f"{shown[: _NAME_LENGTH - 20]}…{shown[-19:]}"


def to_line(data: Mapping[str, Any]) -> str:
    """Compact JSON on one line; a lone surrogate becomes JSON's own escape."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def append_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Append the records; a line that was cut off before is closed first. Raises OSError."""
    text = "".join(f"{to_line(record)}\n" for record in records)
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                text = f"\n{text}"
        file.write(text.encode("utf-8"))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Every whole record of the file, in order; empty when there is no file. Raises OSError."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    return [record for line in raw.split(b"\n") if (record := _record(line)) is not None]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:  # also what is no UTF-8
        return None
    return found if isinstance(found, dict) else None

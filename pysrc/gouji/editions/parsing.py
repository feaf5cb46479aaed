"""A declaration file → its content; what is no TOML is told line by line where that is sure."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from gouji.editions.lines import Lines, key_of
from gouji.editions.mistakes import EditionError, Mistake, Told
from gouji.editions.problem import Place
from gouji.wording import catalogue, say

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_MOST = 50  #: lines left out before a file is given up


def parsed(path: Path) -> tuple[Place, dict[str, Any]]:
    """The content, and the place whose mistakes it may have. Raises EditionError."""
    told = Told()
    lines = _text(path).splitlines()
    for _ in range(_MOST):
        text = "\n".join(lines) + "\n"
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            _leave_out(lines, error, path.name, told)
        else:
            told.line_of = Lines(text).of
            return Place(path.name, told=told), data
    raise EditionError(*told.mistakes.values())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows' Notepad may write the mark
    except OSError as error:
        why = error.strerror or str(error)
        raise EditionError(Mistake(str(path), "", say("declared.no_file", why=why))) from error
    except UnicodeDecodeError as error:
        raise EditionError(Mistake(path.name, "", say("declared.no_utf8"))) from error


def _leave_out(lines: list[str], error: Exception, file: str, told: Told) -> None:
    """Empty the line that is no TOML and remember its key.

    Raises EditionError where what comes after it might be misread without it.
    """
    found = _AT.search(str(error))
    number = int(found[1]) if found and found[1] else None
    line = lines[number - 1] if number and number <= len(lines) else ""
    key = key_of(lines[: number or 0])
    mistake = Mistake(file, key, say("declared.no_toml", why=_why(str(error))), number)
    told.add(EditionError(mistake))
    whole = all(line.count(a) == line.count(b) for a, b in ("[]", "{}"))
    if number is None or not key or not whole or '"""' in line or "'''" in line:
        raise EditionError(*told.mistakes.values())
    lines[number - 1] = ""
    told.meant.add(key)
    part, _, rest = key.partition(".")
    if part == "tables":
        told.broken.add(rest.partition(".")[0])


def _why(message: str) -> str:
    """``tomllib``'s sentence in Chinese."""
    for known, text in catalogue().items():
        if known.startswith("toml.") and message.startswith(known.removeprefix("toml.")):
            return text
    return say("declared.toml_other")

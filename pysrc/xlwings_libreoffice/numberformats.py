"""The number formats of a document: which key is a date, a boolean, and its code in English."""

from __future__ import annotations

import re
from typing import Any

from .bridge import UnoException, struct

DATE, TIME, LOGICAL = 2, 4, 1024
"""Bits of ``com.sun.star.util.NumberFormat``. A pure time is a number in Excel, too."""

DATE_CODE, DATETIME_CODE, TIME_CODE = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss"
GENERAL = "General"


class NumberFormats:
    """Keys are LibreOffice's numbers of formats; they stay valid as long as the document."""

    def __init__(self, document: Any) -> None:
        self._formats = document.NumberFormats
        self._english = struct("lang.Locale", "en", "US", "")
        self._system = struct("lang.Locale")  # formats of another language carry it into files
        self._types: dict[int, int] = {}
        self._codes: dict[int, str] = {}
        self._keys: dict[str, int] = {}

    def type(self, key: int) -> int:
        if key not in self._types:
            self._types[key] = self._formats.getByKey(key).Type
        return self._types[key]

    def is_date(self, key: int) -> bool:
        return bool(self.type(key) & DATE)

    def is_logical(self, key: int) -> bool:
        return bool(self.type(key) & LOGICAL)

    def code(self, key: int) -> str:
        """The code as Excel has it in English; a boolean is General there."""
        if key not in self._codes:
            self._codes[key] = self._read_code(key)
        return self._codes[key]

    def _read_code(self, key: int) -> str:
        found = self._formats.getByKey(key)
        if found.Type & LOGICAL:
            return GENERAL
        if key == 0:
            return GENERAL
        code = str(found.FormatString)
        if found.Locale.Language != "en":
            english = self._formats.addNewConverted(code, found.Locale, self._english)
            code = str(self._formats.getByKey(english).FormatString)
        return _as_excel_spells(code, bool(found.Type & (DATE | TIME)))

    def key(self, code: str) -> int:
        """The key of a code in English. Raises ValueError for what is none."""
        if code not in self._keys:
            self._keys[code] = self._find(code)
        return self._keys[code]

    def _find(self, code: str) -> int:
        if code == GENERAL:
            return 0
        try:
            return int(self._formats.addNewConverted(code, self._english, self._system))
        except UnoException as error:
            raise ValueError(f"not a number format: {code!r}") from error

    @property
    def boolean(self) -> int:
        """The key of the format that makes 1 and 0 truth values."""
        return int(self._formats.getStandardFormat(LOGICAL, self._system))


_PIECE = re.compile(r'("[^"]*"|\\.)|(\[[A-Za-z]+\])|([^"\[\\]+|.)')


def _as_excel_spells(code: str, is_date: bool) -> str:
    """``[RED]`` → ``[Red]``, ``YYYY`` → ``yyyy``; quoted text stays."""

    def change(match: re.Match[str]) -> str:
        quoted, bracket, rest = match.groups()
        if bracket:
            return str(bracket.lower() if is_date and len(bracket) < 5 else bracket.title())
        if rest and is_date:
            return str(rest.lower().replace("am/pm", "AM/PM").replace("general", GENERAL))
        return str(quoted or rest)

    return _PIECE.sub(change, code)

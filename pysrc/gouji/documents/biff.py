"""Excel 97's workbook stream (BIFF), as far as a cell reader does not tell it.

Says which cells hold formulas and errors, how far each sheet reaches, and whether the stream is
encrypted. It reads records' heads only and never follows what they point to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

Place = tuple[int, int]

_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_OLD_BOFS = (0x0009, 0x0209, 0x0409)
_FORMULAS = (0x0006, 0x0206, 0x0406)
_BOOLERR = 0x0205
#: One cell: blank is none. NUMBER, LABEL, RSTRING, RK, LABELSST, FORMULA …
_CELLS = (0x0203, 0x0204, 0x00D6, 0x027E, 0x00FD, _BOOLERR, *_FORMULAS)
_MULRK = 0x00BD
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
#: A formula's result that is no number: the last two bytes of eight; the first says what it is.
_NO_NUMBER, _ERROR_RESULT = 0xFFFF, 2


class NotBiff(ValueError):
    """The stream is cut off or is no workbook."""


@dataclass
class Extent:
    """``rows`` and ``columns`` up to the last filled cell; ``formulas`` place → error or empty."""

    rows: int = 0
    columns: int = 0
    formulas: dict[Place, str] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)  #: typed ones

    def reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


def is_encrypted(stream: bytes) -> bool:
    """True for a workbook that opens only with a password. Raises NotBiff."""
    for record, _ in _records(stream, 0):
        if record == _FILEPASS:
            return True
        if record in (_BOUNDSHEET, _EOF):
            return False
    raise NotBiff("no end of the workbook's globals")


def extents(stream: bytes) -> list[Extent]:
    """One for each sheet, in the workbook's order. Raises NotBiff."""
    starts = [
        struct.unpack_from("<I", body)[0]
        for record, body in _globals(stream)
        if record == _BOUNDSHEET and len(body) >= 6
    ]
    return [_extent(stream, start) for start in starts]


def _globals(stream: bytes) -> Iterator[tuple[int, memoryview]]:
    for record, body in _records(stream, 0):
        if record == _EOF:
            return
        yield record, body


def _records(stream: bytes, at: int) -> Iterator[tuple[int, memoryview]]:
    """Records from ``at`` on. Raises NotBiff where one is cut off."""
    view = memoryview(stream)
    while at + 4 <= len(view):
        record, length = struct.unpack_from("<HH", view, at)
        if at + 4 + length > len(view):
            raise NotBiff("a record is cut off")
        yield record, view[at + 4 : at + 4 + length]
        at += 4 + length
    raise NotBiff("no end of a sheet")


def _extent(stream: bytes, start: int) -> Extent:
    """One sheet; charts inside it bring their own begin and end."""
    found = Extent()
    depth = 0
    for record, body in _records(stream, start):
        if record == _BOF or record in _OLD_BOFS:
            depth += 1
        elif record == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:
            _read_cell(found, record, body)
    return found


def _read_cell(found: Extent, record: int, body: memoryview) -> None:
    if record == _MULRK and len(body) >= 6:
        row, first = struct.unpack_from("<HH", body)
        found.reach(row, first + (len(body) - 6) // 6 - 1)
    elif record in _CELLS and len(body) >= 8:
        row, column = struct.unpack_from("<HH", body)
        found.reach(row, column)
        if record in _FORMULAS and len(body) >= 14:
            error = body[12] | body[13] << 8 == _NO_NUMBER and body[6] == _ERROR_RESULT
            found.formulas[row, column] = _ERRORS.get(body[8], "#VALUE!") if error else ""
        elif record == _BOOLERR and body[7]:
            found.errors[row, column] = _ERRORS.get(body[6], "#VALUE!")

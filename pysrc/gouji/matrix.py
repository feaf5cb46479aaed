"""The unit × item sheet of a district workbook → one submission for each unit that counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from gouji.book_cells import Sheet
from gouji.gate import Reason, refusal
from gouji.layout import MATRIX_CODE_ROW, MATRIX_FIELDS, MATRIX_FIRST_COLUMN, MATRIX_FIRST_ROW
from gouji.model import LEVELS, Form, Number, Submission, Value
from gouji.wording import say


def read_children(sheet: Sheet, form: Form, year: int | None) -> tuple[Submission, ...]:
    """The counted units in the order of the sheet. Raises Refused (moved)."""
    columns = _item_columns(sheet, form)
    fields = {name: at for at, name in enumerate(MATRIX_FIELDS)}
    levels = level_words()
    children = []
    for row in range(MATRIX_FIRST_ROW, len(sheet.rows)):
        texts = {name: sheet.text(row, at) for name, at in fields.items()}
        if texts["counted"] == say("district.yes") and texts["unit"]:
            values = {code: sheet.value(row, at) for code, at in columns.items()}
            children.append(
                Submission(
                    unit=texts["unit"], year=year, edition=form.id, values=values,
                    level=levels.get(texts["level"], ""), code=texts["code"],
                    file=texts["file"], sha256=texts["sha256"],
                )
            )  # fmt: skip
    return tuple(children)


def level_words() -> dict[str, str]:
    """What a cell may say of a unit's level → its key in ``LEVELS``."""
    return {say(f"level.{level}"): level for level in LEVELS} | {level: level for level in LEVELS}


def _item_columns(sheet: Sheet, form: Form) -> dict[str, int]:
    """Item code → column: where it is declared, else where the row of codes says."""
    columns = {code: MATRIX_FIRST_COLUMN + at for at, code in enumerate(form.items)}
    if all(sheet.raw(MATRIX_CODE_ROW, at) == code for code, at in columns.items()):
        return columns
    width = len(sheet.rows[MATRIX_CODE_ROW]) if len(sheet.rows) > MATRIX_CODE_ROW else 0
    found: dict[str, int] = {}
    for at in range(width):
        code = sheet.text(MATRIX_CODE_ROW, at)
        if code in found:
            raise refusal(Reason.MOVED, "matrix", sheet=sheet.name, code=code)
        if code in columns:
            found[code] = at
    for code in columns:
        if code not in found:
            raise refusal(Reason.MOVED, "matrix", sheet=sheet.name, code=code)
    return found


def summed(children: Iterable[Submission], codes: Iterable[str]) -> Mapping[str, Value]:
    """Exact sums of the numbers in the children's cells; None where all are blank."""
    units = list(children)
    sums: dict[str, Value] = {}
    for code in codes:
        numbers: list[Number] = [
            value for unit in units if isinstance(value := unit.values[code], int | Decimal)
        ]
        sums[code] = sum(numbers) if numbers else None
    return sums

"""Links of a district workbook: to its own cells, and to the units' files beside it."""

from __future__ import annotations

import os
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gouji.district_plan import Plan, clean, put
from gouji.model import Submission
from gouji.wording import say

URL_LIMIT = 2_000  #: characters of a link
#: As Excel writes them in a link's target; the percent sign first.
_ESCAPES = tuple((mark, f"%{ord(mark):02x}") for mark in '%# "<>[]^`{}')
#: Formats in which a cell of our form has an address of its own.
_SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".et")


def inside(sheet: str, address: str) -> str:
    """A link to a cell or range of this workbook."""
    return f"internal:'{sheet}'!{address}"


def put_file_link(
    sheet: Worksheet, place: tuple[int, int], text: str, file: str, plan: Plan,
    styles: tuple[Format, Format], anchor: str = "",
) -> None:  # fmt: skip
    """Text that opens the unit's file where there is one; ``styles``: linked, not linked.

    ``anchor`` is the place in the file, e.g. ``'三、申请'!D6``.
    """
    if file not in plan.links:
        plan.links[file] = _link_to(file, plan.home)
    link = plan.links[file]
    if link:
        target = f"{link}#{anchor}" if anchor else link
        sheet.write_url(*place, target, styles[0], clean(text), say("district.open_file"))
    else:
        put(sheet, *place, text, styles[1])


def anchor_of(plan: Plan, submission: Submission, code: str) -> str:
    """Where the item stands in the unit's file; empty where that is not as in our form."""
    own = submission.medium == "form" and submission.file.lower().endswith(_SHEETS)
    if not own or any(finding.family == "T2" for finding in submission.structure):
        return ""
    return f"'{plan.layout.sheet_of[code]}'!{plan.layout.cell(code).a1}"


def size_of(file: str) -> int | None:
    """Bytes of the file, None where there is none."""
    try:
        path = Path(file)
        return path.stat().st_size if file and path.is_file() else None
    except (OSError, ValueError):  # a name that no file system takes
        return None


def _link_to(file: str, folder: Path) -> str:
    """An external link relative to ``folder``, as it really is; empty if the file is not there."""
    if size_of(file) is None:
        return ""
    try:
        target = os.path.relpath(Path(file).resolve(), folder)
    except ValueError:  # another drive of Windows
        target = str(Path(file).resolve())
    if os.sep == "/" and "\\" in target:  # would be taken for a folder
        return ""
    for mark, escape in _ESCAPES:
        target = target.replace(mark, escape)
    return f"external:{target}" if len(target) < URL_LIMIT else ""

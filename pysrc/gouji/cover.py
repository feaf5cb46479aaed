"""The cover as read: which form this is, who reports, for which year."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from gouji import editions
from gouji.book_cells import Book, Sheet
from gouji.gate import Reason, refusal
from gouji.layout import COVER_NEEDED, FormLayout, a1, layout_of
from gouji.locating import normal, soft
from gouji.matrix import level_words
from gouji.model import Finding, Form
from gouji.wording import say

_STAMP = re.compile(r"gouji(-district)?/([^/\s]{1,40})/(\d{1,6})")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a workbook says of itself."""

    sheet: str  #: the cover's name
    form: Form
    district: bool


@dataclass(frozen=True, slots=True)
class Cover:
    unit: str
    code: str
    level: str
    year: int | None
    findings: tuple[Finding, ...]


def find_stamp(book: Book, never: Collection[str]) -> Stamp:
    """The one cover among the sheets not named in ``never``.

    Raises Refused (other_form, two_covers, unknown_edition, older_template, newer_template).
    """
    found = [
        (name, match)
        for name in book.names
        if name not in never and (match := _stamp_on(book.sheet(name)))
    ]
    if not found:
        raise refusal(Reason.OTHER_FORM)
    if len(found) > 1:
        raise refusal(Reason.TWO_COVERS, sheets="、".join(name for name, _ in found))
    name, match = found[0]
    form = _form(match[2])
    version = int(match[3])
    if version != form.version:
        reason = Reason.OLDER_TEMPLATE if version < form.version else Reason.NEWER_TEMPLATE
        raise refusal(reason, found=version, current=form.version)
    return Stamp(name, form, bool(match[1]))


def _form(edition: str) -> Form:
    try:
        return editions.load(edition)
    except editions.EditionError:
        known = editions.available()
        if edition in known:
            raise  # a declaration of ours is wrong
        listed = "、".join(known)
        raise refusal(Reason.UNKNOWN_EDITION, edition=edition, known=listed) from None


def _stamp_on(sheet: Sheet) -> re.Match[str] | None:
    for cells in sheet.rows:
        for raw in cells:
            if isinstance(raw, str) and raw.startswith("gouji"):
                match = _STAMP.fullmatch(raw.strip())
                if match:
                    return match
    return None


def read_cover(sheet: Sheet, form: Form) -> Cover:
    """The fields of the cover, each verified by its label. Raises Refused (moved)."""
    layout = layout_of(form)
    texts: dict[str, str] = {}
    findings = []
    for field in COVER_NEEDED:
        row, column = _place(sheet, layout, field)
        area = layout.cover[field]
        if (row, column) != (area.row, area.column):
            now = a1(row, column)
            message = say(
                "structure.cover_moved", label=say(f"cover.{field}"), was=area.a1, now=now
            )
            findings.append(soft("T2", message, cells=[f"{sheet.name}!{now}"]))
        texts[field] = sheet.text(row, column)
    return Cover(
        unit=texts["unit"],
        code=texts["code"],
        level=level_words().get(texts["level"], ""),
        year=year_of(texts["year"]),
        findings=tuple(findings),
    )


def cover_places(sheet: Sheet, form: Form) -> dict[str, tuple[int, int]]:
    """Field of the cover → row and column of its value. Raises Refused (moved)."""
    layout = layout_of(form)
    return {field: _place(sheet, layout, field) for field in COVER_NEEDED}


def year_of(text: str) -> int | None:
    """``2020``, ``2020年``, ``２０２０`` → 2020; None for anything else."""
    match = _YEAR.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    return int(match[1]) if match and match[1].isascii() else None


def _place(sheet: Sheet, layout: FormLayout, field: str) -> tuple[int, int]:
    label = normal(say(f"cover.{field}"))
    area = layout.cover[field]
    beside = area.column - 1
    if normal(str(sheet.raw(area.row, beside))).rstrip(":") == label:
        return area.row, area.column
    found = [
        (row, column + 1)
        for row, cells in enumerate(sheet.rows)
        for column, raw in enumerate(cells)
        if isinstance(raw, str) and normal(raw).rstrip(":") == label
    ]
    if len(found) != 1:
        raise refusal(Reason.MOVED, "cover", label=say(f"cover.{field}"))
    return found[0]

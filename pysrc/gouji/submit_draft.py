"""What leaves the house: a named, stamped copy of the form, and an e-mail draft that carries it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.checks import DIFFERENCE, LEFT, RIGHT
from gouji.cover_sheet import DIGITS
from gouji.filled import How, plan
from gouji.findings_list import (
    EXPLANATION,
    HEADS,
    MESSAGE,
    NAME,
    NUMBER,
    PLACE,
    RULE,
    SEVERITY,
    Line,
    code_area,
    first_row,
    line_row,
)
from gouji.live_form import LiveForm
from gouji.mail import drafts
from gouji.mail.addresses import addresses as addresses
from gouji.mail.model import Attachment
from gouji.model import Form, Number, Submission, Value
from gouji.reading import read_file
from gouji.template import write_template
from gouji.wording import say

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from gouji.styles import Styles

FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  #: in a file's name on Windows
LONGEST_NAME = 60  #: characters of the unit's name in a file's name
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)$", re.IGNORECASE)
CODE_GROUPS, CODE_GROUP = 3, 4
PROPERTY = "gouji-code"  #: the code among the copy's document properties


# ---------------------------------------------------------------------- names and codes
def code_of(submission: Submission) -> str:
    """A short code of who reports what: ``3F0A-91C2-77DE``; any changed value changes it.

    Derived from edition, unit, year and all values, so it can be made again from the file.
    """
    values = {code: _canonical(value) for code, value in sorted(submission.values.items())}
    facts = [submission.edition, submission.unit, submission.year, values]
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    digits = sha256(text.encode("utf-8", "surrogatepass")).hexdigest().upper()
    return "-".join(digits[n * CODE_GROUP :][:CODE_GROUP] for n in range(CODE_GROUPS))


def _canonical(value: Value) -> str | None:
    """Equal numbers alike, however they are held; a text never like a number."""
    if value is None or isinstance(value, str):
        return None if value is None else f"'{value}"
    number = Decimal(value)
    return f"{number.normalize():f}" if number else "0"


def safe_name(unit: str) -> str:
    """The unit's name as every system accepts it in a file's name."""
    name = FORBIDDEN.sub("_", unicodedata.normalize("NFC", unit)).strip(" .")[:LONGEST_NAME]
    return f"_{name}" if not name or _RESERVED.match(name) else name.strip(" .")


def next_name(folder: Path, unit: str, year: int) -> str:
    """``单位_年度_版本.xlsx``, the version one above the highest that is there."""
    places = {"unit": safe_name(unit), "year": year}
    mark = "\0"
    before, _, behind = say("form_button.copy_name", version=mark, **places).partition(mark)
    pattern = re.compile(f"{re.escape(before)}(\\d+){re.escape(behind)}", re.IGNORECASE)
    taken = [match for file in folder.iterdir() if (match := pattern.fullmatch(file.stem))]
    version = max((int(match[1]) for match in taken), default=0) + 1
    return f"{before}{version}{behind}.xlsx"


# ---------------------------------------------------------------------- the copy
class CopyDiffers(RuntimeError):
    """The written copy does not say what the form says: our fault."""


def write_copy(live: LiveForm, found: Sequence[Line], sentence: str, path: Path) -> str:
    """Write what the form holds into a fresh template at ``path``; the code it is stamped with.

    Nothing of the open file is taken over but its values and texts, and the copy is read back
    before it is let out. Raises DoesNotFit, OSError; CopyDiffers for a fault of ours.
    """
    submission, earlier = _as_planned(live)
    code = code_of(live.submission)

    def finish(workbook: Workbook, sheets: Mapping[str, Worksheet], styles: Styles) -> None:
        workbook.set_custom_property(PROPERTY, code)
        _finish_cover(sheets[say("sheet.cover")], styles, live, code)
        _draw_list(sheets[say("sheet.check")], styles, live, found, sentence)

    write_template(live.form, path, submission=submission, earlier=earlier, finish=finish)
    if differing := _differences(live.submission, read_file(path)):
        path.unlink()
        raise CopyDiffers(f"{path}: {', '.join(differing)}")
    return code


def _as_planned(live: LiveForm) -> tuple[Submission, dict[str, Number]]:
    """What to hand to the template so that every cell comes out as it is.

    A number that is last year's own is left to the template, which locks it; a cell that was left
    blank beside a known last year must stay blank, so that year is withheld.
    """
    form, now, earlier = live.form, live.submission, dict(live.last_year)
    empty = replace(now, values=dict.fromkeys(form.items))
    brought = {
        code: cell.value
        for code, cell in plan(form, empty, earlier, now.year).items()
        if cell.how is How.BROUGHT
    }
    values = dict(now.values)
    left_out: set[str] = set()
    for code, number in brought.items():
        if values[code] is None:
            rules = [rule for rule in form.rules if code in rule.codes and rule.needs_last_year]
            for term in (term for rule in rules for term in rule.terms if term.last_year):
                earlier.pop(term.code, None)
        elif values[code] == number:
            values[code] = None
            left_out.add(code)
    _sum_again(form, now.typed, values, left_out)
    return replace(now, values=values), earlier


def _sum_again(
    form: Form, typed: Collection[str], values: dict[str, Value], left_out: set[str]
) -> None:
    """Totals over what is left out are stated without it, else they would count as typed."""
    for code in form.totals_in_order:
        parts = [term.code for term in form.totals[code].right]
        if code not in typed and not left_out.isdisjoint(parts):
            numbers = [v for v in map(values.__getitem__, parts) if isinstance(v, int | Decimal)]
            values[code] = sum(numbers) if numbers else None
            left_out.add(code)


def _differences(live: Submission, copy: Submission) -> list[str]:
    facts = ("unit", "year", "level", "code", "edition")
    wrong = [name for name in facts if getattr(live, name) != getattr(copy, name)]
    wrong += [code for code, value in live.values.items() if copy.values[code] != value]
    told, kept = (
        {key: "".join(text.split()) for key, text in one.narrative.items() if text.strip()}
        for one in (live, copy)
    )
    return wrong + (["narrative"] if told != kept else [])


def _finish_cover(sheet: Worksheet, styles: Styles, live: LiveForm, code: str) -> None:
    """Who to ask, which a submission does not hold, and the code beside the stamp."""
    cover, told = live.layout.cover, {**live.fields, "send_to": live.send_to}
    for field in ("contact", "phone", "email", "send_to"):
        style = styles.field_text_input if field in DIGITS else styles.field_input
        if text := told[field]:
            sheet.write_string(cover[field].row, cover[field].column, text, style)
    area, text = code_area(live.layout), say("form_button.code", code=code)
    sheet.write_string(area.row, area.column, text, styles.hint)


def _draw_list(
    sheet: Worksheet, styles: Styles, live: LiveForm, found: Sequence[Line], sentence: str
) -> None:
    """The findings with their explanations, where the open form has them."""
    top = first_row(live.layout)
    sheet.write_string(top, NUMBER, sentence, styles.heading)
    for column in range(EXPLANATION + 1) if found else ():
        sheet.write_string(top + 1, column, say(HEADS[column]), styles.band)
    for index, line in enumerate(found):
        row, finding = line_row(live.layout, index), line.finding
        sheet.write_number(row, NUMBER, index + 1, styles.list_centre)
        sheet.write_string(row, RULE, finding.family, styles.list_centre)
        severity = say(f"severity.{finding.severity}")
        sheet.write_string(row, SEVERITY, severity, styles.list_centre)
        sheet.write_string(row, PLACE, line.place, styles.list_centre)
        sheet.write_string(row, MESSAGE, line.told, styles.list_text)
        for column, number in ((LEFT, finding.left), (RIGHT, finding.right),
                               (DIFFERENCE, line.difference)):  # fmt: skip
            if number is None:
                sheet.write_blank(row, column, None, styles.list_number)
            else:
                sheet.write_number(row, column, float(number), styles.list_number)
        sheet.write_string(row, EXPLANATION, line.explanation, styles.list_text)
        sheet.write_string(row, NAME, finding.rule, styles.unseen)
    last = line_row(live.layout, len(found) - 1) if found else top
    sheet.print_area(0, 0, last, EXPLANATION)


# ---------------------------------------------------------------------- the e-mail
def draft(attachment: Path, *, send_to: str, sender: str, subject: str, body: str) -> bytes:
    """An unsent e-mail as a file: mail programs open it ready to be sent (``X-Unsent``)."""
    file = Attachment(attachment.name, attachment.read_bytes())
    own = "".join(addresses(sender)[:1])
    return drafts.draft(addresses(send_to), subject, body, [file], sender=own)


def open_with_system(file: Path) -> bool:
    """Open a file with the program the user has for it; False where that cannot be done."""
    if sys.platform == "win32":
        try:
            os.startfile(file)
        except OSError:
            return False  # no mail program
        return True
    shown = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get(
        "WAYLAND_DISPLAY"
    )  # fmt: skip
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if not shown or not opener:
        return False
    nothing = subprocess.DEVNULL
    subprocess.Popen([opener, str(file)], stdin=nothing, stdout=nothing, stderr=nothing,
                     start_new_session=True)  # fmt: skip
    return True

"""What a unit wrote to explain its soft findings (出错说明), as it comes back in a workbook.

It stands on the check sheet of a form, where the button lists the findings, and on the problem
sheet of a marked workbook. Lists are found by their heads; nothing is ever evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator

from gouji.book_cells import Book, Sheet
from gouji.findings_list import EXPLANATION as LISTED
from gouji.findings_list import HEADS, NAME
from gouji.findings_list import MESSAGE as LISTED_MESSAGE
from gouji.gate import Package
from gouji.locating import normal
from gouji.sheet_xml import sheet_parts
from gouji.wording import say

#: Rule and message of a finding → the explanation.
Explanations = dict[tuple[str, str], str]
#: Sheets that may hold a list; what stands on the later one counts.
SHEETS = ("check", "returned")
_STRINGS = "xl/sharedStrings.xml"


def explanations_in(package: Package) -> Explanations:
    """The explanations in a workbook's package; empty where it holds no list. Raises Refused."""
    parts = sheet_parts(package)
    names = [name for key in SHEETS if (name := say(f"sheet.{key}")) in parts]
    members = [_STRINGS, *(parts[name] for name in names)]
    heads = [say(HEADS[column]).encode() for column in (LISTED, LISTED_MESSAGE)]
    texts = [package.read(member) for member in members if package.has(member)]
    # Most forms hold no list: the heads are looked for before anything is parsed. Some programs
    # write letters as numbers, and nothing can be said of those.
    if not all(any(head in text or b"&#" in text for text in texts) for head in heads):
        return {}
    return read_explanations(Book(package, [name for name in parts if name not in names]))


def read_explanations(book: Book) -> Explanations:
    """The explanations on the sheets of ``book`` that may hold a list. Raises Refused."""
    found: Explanations = {}
    for key in SHEETS:
        name = say(f"sheet.{key}")
        if name in book.names:
            found |= dict(_listed(book.sheet(name), whole=key == SHEETS[-1]))
    return found


def _listed(sheet: Sheet, whole: bool) -> Iterator[tuple[tuple[str, str], str]]:
    """Every explanation of one sheet, under the heads of a list.

    Unseen beside it stands the rule and, with ``whole``, the whole message.
    """
    message = explanation = -1
    wanted = [normal(say(HEADS[column])) for column in (LISTED_MESSAGE, LISTED)]
    for row, cells in enumerate(sheet.rows):
        heads = [normal(str(raw)) for raw in cells]
        if all(head in heads for head in wanted):
            message, explanation = (heads.index(head) for head in wanted)
            beside = explanation + NAME - LISTED
            message = beside + 1 if whole else message
        elif explanation >= 0:
            rule, said, text = (sheet.text(row, at) for at in (beside, message, explanation))
            if text and rule and text != say("form_button.must_mend"):
                yield (rule, said), text

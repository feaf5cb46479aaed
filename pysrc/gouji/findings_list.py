"""The list of findings under the rules of the check sheet: what stands in which column and row.

Both writers, the live one and the one of the copy that is sent, draw it from here; so does the
reader of the explanations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gouji.checks import DIFFERENCE, LEFT, RIGHT, VERDICT
from gouji.edits import Confrontation
from gouji.layout import Area, FormLayout
from gouji.messages import suspected
from gouji.model import Finding, Number, Severity
from gouji.wording import say

NUMBER, RULE, SEVERITY, PLACE, MESSAGE = range(5)  #: columns, as in the list of rules above
EXPLANATION = VERDICT
#: Heads by column; the words are those of the rules' own heads where they say the same.
HEADS = {
    NUMBER: "checksheet.number", RULE: "checksheet.rule", SEVERITY: "checksheet.severity",
    PLACE: "checksheet.place", MESSAGE: "form_button.message", LEFT: "checksheet.left",
    RIGHT: "checksheet.right", DIFFERENCE: "checksheet.difference",
    EXPLANATION: "form_button.explanation",
}  # fmt: skip
#: The rule's full name, an invisible text: the clerk sees the family, an explanation needs more.
NAME = EXPLANATION + 1
#: The record of the marks: invisible texts beside the list (sheet, cells, fill, note before).
RECORD = EXPLANATION + 2
RECORD_COLUMNS = 4
MOST_ROWS = 1000  #: far more than a form has cells
_SPACE = 2  #: rows between the rules and the list

Spot = tuple[str, Area]
#: What an explanation belongs to: the rule and the place.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as it stands in the list."""

    finding: Finding
    spot: Spot | None
    explanation: str = ""

    @property
    def place(self) -> str:
        return f"{self.spot[0]}!{self.spot[1].a1}" if self.spot else ""

    @property
    def key(self) -> Key:
        return self.finding.rule, self.place

    @property
    def told(self) -> str:
        """The message; below it what is probably wrong, the likeliest first."""
        return "\n".join([self.finding.message, *suspected(self.finding)])

    @property
    def hard(self) -> bool:
        return self.finding.severity is Severity.HARD

    @property
    def difference(self) -> Number | None:
        left, right = self.finding.left, self.finding.right
        return None if left is None or right is None else left - right


def first_row(layout: FormLayout) -> int:
    """Row of the line that says how the check came out; the heads follow, then the findings."""
    return max(layout.check_rows.values()) + 1 + _SPACE


def list_area(layout: FormLayout) -> Area:
    """Where the list and its record may stand."""
    top = first_row(layout)
    return Area(top, 0, top + MOST_ROWS - 1, RECORD + RECORD_COLUMNS - 1)


def code_area(layout: FormLayout) -> Area:
    """The cell of the cover, beside the form's stamp, that shows the code of a sent copy."""
    stamp = layout.cover["stamp"]
    return Area(stamp.row, stamp.column + 1, stamp.row, stamp.column + 1)


def line_row(layout: FormLayout, index: int) -> int:
    """Row of the finding at ``index`` of the list."""
    return first_row(layout) + 2 + index


def lines(
    confrontation: Confrontation,
    spot_of: Callable[[Finding], Spot | None],
    explanations: Mapping[Key, str],
) -> list[Line]:
    """What failed: first what must be mended, then what may be explained."""
    found = [Line(finding, spot_of(finding)) for finding in confrontation.failures]
    return [Line(one.finding, one.spot, explanations.get(one.key, "")) for one in found]


def unexplained(found: Iterable[Line]) -> list[int]:
    """Indexes of the soft findings without an explanation."""
    return [
        index for index, line in enumerate(found) if not line.hard and not line.explanation.strip()
    ]


def verdict_sentence(layout: FormLayout, found: list[Line], undecided: int) -> str:
    """How the check came out and what to do, in one sentence."""
    hard = sum(line.hard for line in found)
    places = {
        "hard": hard, "soft": len(found) - hard, "sheet": say("sheet.check"),
        "row": line_row(layout, 0) + 1,
        "place": next((line.place for line in found if line.place), say("sheet.check")),
        "open": say("form_button.open", n=undecided) if undecided else "",
    }  # fmt: skip
    if hard and hard < len(found):
        return say("form_button.both", **places)
    if hard:
        return say("form_button.hard", **places)
    return say("form_button.soft" if found else "form_button.clean", **places)

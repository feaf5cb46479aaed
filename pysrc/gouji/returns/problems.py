"""What goes back to a unit, as a list: hard findings first, what is wrong and what to do apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gouji.edits import Confrontation
from gouji.findings_list import Spot
from gouji.layout import FormLayout
from gouji.live_form import cell_named
from gouji.messages import show, suspected
from gouji.model import Finding, Form, Severity, Submission, Suspect
from gouji.wording import say

MOST = 200  #: problems listed one by one; the rest is counted
_TERMS_SHOWN = 6  #: of a longer sum only the total and the cells that hold something are marked
#: Rule and message of a finding → what the unit or the office wrote to explain it.
Explained = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding that goes back. ``spots`` are its cells, the first is where it leads to."""

    finding: Finding
    spots: tuple[Spot, ...]
    wrong: str
    todo: str
    explanation: str = ""

    @property
    def hard(self) -> bool:
        return self.finding.severity is Severity.HARD

    @property
    def place(self) -> str:
        """``三、申请!D6``, empty when the finding belongs to no cell."""
        return f"{self.spots[0][0]}!{self.spots[0][1].a1}" if self.spots else ""

    @property
    def open(self) -> bool:
        """True while something is to be done: mended, or explained."""
        return self.hard or not self.explanation.strip()


@dataclass(frozen=True, slots=True)
class ProblemSheet:
    """Everything the problem sheet says. ``lines`` stand under the title (how to send back …)."""

    unit: str
    year: int | None
    problems: tuple[Problem, ...]
    more: int = 0  #: problems beyond those listed
    day: date | None = None
    lines: tuple[str, ...] = ()

    @property
    def hard(self) -> int:
        return sum(each.hard for each in self.problems)

    @property
    def soft(self) -> int:
        return len(self.problems) - self.hard


def problems_of(
    form: Form, submission: Submission, confrontation: Confrontation,
    spots: Mapping[str, Spot], explained: Explained | None = None,
) -> list[Problem]:  # fmt: skip
    """The findings as they go back. ``spots`` says where each item stands in that workbook."""
    remedies = {rule.name: rule.remedy for rule in form.rules}
    remedies |= {rule.name: rule.remedy for rule in form.form_rules.values()}
    remedies |= {rule.name: rule.remedy for rule in form.soft.values()}
    found = []
    for finding in confrontation.failures:
        remedy = remedies.get(finding.rule) or remedies.get(finding.family, "")
        wrong, todo = _apart(finding.message, remedy)
        suspects = finding.suspects if len(finding.suspects) <= _HINTS else ()
        hints = suspected(finding) or [_hint(form, suspect) for suspect in suspects]
        explanation = (explained or {}).get((finding.rule, finding.message), "")
        places = tuple(_spots(form, submission, finding, spots))
        found.append(Problem(finding, places, wrong, "".join([todo, *hints]), explanation))
    return found


#: Readings of one cell's text that are told; of more none is likely.
_HINTS = 2


def _apart(message: str, remedy: str) -> tuple[str, str]:
    """What is wrong, and what to do: a message ends with its rule's remedy and at most a note."""
    wrong, found, behind = message.rpartition(remedy) if remedy else ("", "", message)
    if not found:
        return message, ""
    return f"{wrong.strip()}{behind[1:]}", f"{remedy}{behind[:1]}"


def _hint(form: Form, suspect: Suspect) -> str:
    """What the text of a cell most probably means."""
    changes = say("message.joint").join(
        say("returns.change", item=form.items[code].label if code in form.items else code,
            value=say("structure.blank") if value is None else show(value))
        for code, value in suspect.change.items()
    )  # fmt: skip
    return say("returns.suspect", changes=changes, why=suspect.why)


def _spots(
    form: Form, submission: Submission, finding: Finding, spots: Mapping[str, Spot]
) -> list[Spot]:
    """The finding's cells, first the one it leads to: an input, if it has one."""
    codes = [code for code in finding.items if code in spots]
    if len(codes) > _TERMS_SHOWN and any(rule.name == finding.rule for rule in form.rules):
        held = [c for c in codes if submission.values.get(c) or c in form.totals]
        codes = held or codes
    codes.sort(key=lambda code: code in form.totals)
    if codes:
        return [spots[code] for code in codes]
    named = (cell_named(cell) for cell in finding.cells)
    return [spot for spot in named if spot]


def declared_spots(layout: FormLayout) -> dict[str, Spot]:
    """Where every item stands in a form as issued."""
    return {code: (layout.sheet_of[code], layout.cell(code)) for code in layout.form.items}


def sheet_of(
    unit: str, year: int | None, problems: Sequence[Problem], day: date | None,
    lines: Sequence[str] = (),
) -> ProblemSheet:  # fmt: skip
    """The problem sheet of a unit, capped."""
    more = max(len(problems) - MOST, 0)
    return ProblemSheet(unit, year, tuple(problems[:MOST]), more, day, tuple(lines))

"""Planting mistakes into a drawn round, each with a note of what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gouji.demo.cast import Cast, Note
from gouji.demo.deal import complete
from gouji.demo.draw import Draft
from gouji.model import Form, Submission, Value
from gouji.wording import say

_WIDE = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}


@dataclass(slots=True)
class Round:
    """What came in so far."""

    form: Form
    year: int
    cast: Cast
    names: Mapping[str, str]  #: the codes of what a mistake speaks of: received, brought, …
    submissions: list[Submission] = field(default_factory=list)
    last_year: list[Submission] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    others: dict[str, bytes] = field(default_factory=dict)

    def take(self, draft: Draft, mistake: Mapping[str, Any]) -> None:
        """Everything one unit sent, with its mistake if it has one."""
        _prepare(draft, mistake, self.names)
        earlier = self._report(draft, self.year - 1)
        self.last_year.append(earlier)
        sent = self._sent(draft, earlier, mistake)
        self.submissions += sent
        name = sent[0].file if sent else ""
        if mistake.get("web_page"):
            name = earlier.file.replace(str(self.year - 1), str(self.year)).replace(".xlsx", ".xls")
            self.others[name] = _web_page(earlier.unit, self.year)
        if mistake:
            self.notes.append(Note(earlier.unit, name, mistake["note"]))

    def _report(self, draft: Draft, year: int) -> Submission:
        leaves = draft.now if year == self.year else draft.before
        return self.cast.submission(self.form, year, draft.place, complete(self.form, leaves))

    def _sent(
        self, draft: Draft, earlier: Submission, mistake: Mapping[str, Any]
    ) -> list[Submission]:
        right = self._report(draft, self.year)
        if mistake.get("missing") or mistake.get("web_page"):
            return []
        if mistake.get("last_year_again"):
            return [replace(earlier, file=right.file)]
        if "first_version" in mistake:
            first = dict(draft.now)
            for code, more in mistake["first_version"].items():
                first[code] = _whole(first[code]) + more
            again = right.file.replace(".xlsx", say("demo.mended_file") + ".xlsx")
            return [
                replace(right, values=complete(self.form, first)), replace(right, file=again)
            ]  # fmt: skip
        return [replace(right, values=_mistyped(self.form, draft, right.values, mistake))]


def plant(
    form: Form, year: int, cast: Cast, drafts: Sequence[Draft],
    mistakes: Sequence[Mapping[str, Any]], names: Mapping[str, str],
) -> Round:  # fmt: skip
    """The round with every mistake planted; a mistake of a unit that is not there is our fault."""
    by_unit = {mistake["unit"]: mistake for mistake in mistakes}
    taken = Round(form, year, cast, names)
    for draft in drafts:
        taken.take(draft, by_unit.pop(cast.actors[draft.place].unit.code, {}))
    if by_unit:
        raise KeyError(f"planted for nobody: {', '.join(by_unit)}")
    return taken


def _prepare(draft: Draft, mistake: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """More applications, so that the mistake has something to bite on; the rules still hold."""
    if grow := mistake.get("grow"):
        for name in ("received", "settled"):
            draft.add(f"{names[name]}.{grow['column']}", grow["count"])
    if carry := mistake.get("carry"):
        for name, last_year in (
            ("received", True), ("carried", True), ("brought", False), ("settled", False)
        ):  # fmt: skip
            draft.add(f"{names[name]}.{carry['column']}", carry["count"], last_year)
    if shift := mistake.get("shift"):
        for name in ("brought", "settled"):
            draft.add(f"{names[name]}.{shift['from']}", -shift["count"])
            draft.add(f"{names[name]}.{shift['to']}", shift["count"])


def _mistyped(
    form: Form, draft: Draft, right: Mapping[str, Value], mistake: Mapping[str, Any]
) -> dict[str, Value]:
    """The values as the unit typed them; totals follow unless they were overwritten."""
    leaves = dict(draft.now)
    if move := mistake.get("move"):
        for code, sign in ((move["from"], -1), (move["to"], 1)):
            leaves[code] = _whole(leaves[code]) + sign * move["count"]
    typed = {code: _typed(text, right[code]) for code, text in mistake.get("set", {}).items()}
    values = complete(form, leaves | typed)
    return values | {code: typed[code] for code in typed if code in form.totals}


def _typed(text: Any, right: Value) -> Value:
    """A set value as it stands in the cell: a number, text made from the right one, or blank."""
    if isinstance(text, str):
        return text.format(number=right, wide=str(right).translate(_WIDE)) or None
    return int(text)


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _web_page(unit: str, year: int) -> bytes:
    title = say("demo.web_page", unit=unit, year=year)
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()

"""Findings in words. One fixed layout: place (what): found, expected, by how much. What to do.

Every word comes from the catalogue or from the form's declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gouji import editions
from gouji.carry import Earlier
from gouji.hygiene import Meaning
from gouji.model import EditRule, Finding, Form, FormRule, Number, Submission, Table, Term
from gouji.wording import say

Place = Callable[[str], str]
#: How many cells a message names one by one, and how many summands it spells out.
_CELLS_SHOWN = 6
_TERMS_SHOWN = 4
#: Suspects a person is told of. Of more than these, only such as are likely by themselves and
#: together: measured, the wrong cell is then among them nine times in ten.
_SUSPECTS, _LEAST, _STANDING_OUT = 3, 0.1, 0.8


def show(number: Number | None) -> str:
    """A number as a person writes it; nothing for None."""
    if number is None:
        return ""
    return f"{number:f}" if not isinstance(number, int) else str(number)


def suspected(finding: Finding) -> list[str]:
    """What is probably wrong with a sum, in sentences; none where too much could be.

    A few suspects are all told; of many the leading ones, when they stand out from the rest.
    """
    told = finding.suspects[:_SUSPECTS]
    others = len(finding.suspects) - len(told) + finding.more
    if others:
        told = tuple(each for each in told if each.share >= _LEAST)
        others = len(finding.suspects) - len(told) + finding.more
        if sum(each.share for each in told) < _STANDING_OUT:
            return []
    # Else it is a reason that the message gives already.
    lines = [say("screen.suspect", why=each.why) for each in told if each.why.endswith("。")]
    return [*lines, say("screen.suspects_more", n=others)] if others else lines


def places(codes: Sequence[str], place: Place, shown: int = _CELLS_SHOWN) -> str:
    """``三、申请!D6、D7 等 9 格``: the sheet is named once for its cells."""
    words, sheet = [], None
    for code in codes[:shown]:
        where, _, cell = place(code).rpartition("!")
        words.append(cell if where == sheet else place(code))
        sheet = where
    text = say("message.joint").join(words)
    return say("message.and_more", text=text, n=len(codes)) if len(codes) > shown else text


def balance(
    form: Form, rule: EditRule, now: Mapping[str, Number], before: Mapping[str, Earlier],
    blanks: AbstractSet[str], place: Place, left: Number, right: Number,
) -> str:  # fmt: skip
    """A balance edit that does not balance, or a blank total beside filled parts."""
    shared, label = _labels(form, rule)
    spell = _Speller(form, rule, now, before, blanks, label)
    key = "message.blank_total" if rule.total in blanks else "message.balance"
    return say(
        key,
        place=places(_shown(rule, now), place),
        what=say("message.what", what=shared) if shared else "",
        left=spell.side(rule.left, left),
        right=spell.side(rule.right, right),
        difference=difference(left, right),
        remedy=rule.remedy,
    )


def difference(left: Number, right: Number) -> str:
    """By how much the left side is more or less than the right."""
    gap = left - right
    return say("message.more" if gap > 0 else "message.less", n=show(gap if gap > 0 else -gap))


def _shown(rule: EditRule, now: Mapping[str, Number]) -> list[str]:
    """The cells worth naming: of a long sum only the total and the cells that hold something."""
    if len(rule.codes) <= _CELLS_SHOWN:
        return list(rule.codes)
    filled = [code for code in rule.codes if code == rule.total or now.get(code)]
    return filled or list(rule.codes)


def _labels(form: Form, rule: EditRule) -> tuple[str, Callable[[str], str]]:
    """The label all cells of the rule share, and how to tell one cell from another."""
    items = [form.items[term.code] for term in rule.terms]
    one_row = len({item.row_labels for item in items}) == 1
    one_column = len({item.column_labels for item in items}) == 1
    if one_column and not one_row:
        return items[0].column_labels[-1], lambda code: form.items[code].row_labels[-1]
    groups = {item.column_labels[:-1] for item in items}
    if one_row and not one_column:
        shared = items[0].row_labels or (next(iter(groups)) if len(groups) == 1 else ())
        return (shared[-1] if shared else ""), lambda code: form.items[code].column_labels[-1]
    return "", lambda code: form.items[code].label


class _Speller:
    """Writes one side of a rule: ``a 1 ＋ b 2 ＝ 3``."""

    def __init__(
        self, form: Form, rule: EditRule, now: Mapping[str, Number],
        before: Mapping[str, Earlier], blanks: AbstractSet[str], label: Callable[[str], str],
    ) -> None:  # fmt: skip
        self.form, self.rule, self.now = form, rule, now
        self.before, self.blanks, self.label = before, blanks, label

    def side(self, terms: Sequence[Term], total: Number) -> str:
        if not terms:
            return show(total)
        if len(terms) == 1:
            return self.term(terms[0], first=True)
        told = [term for term in terms if self.value(term)] if len(terms) > _TERMS_SHOWN else terms
        if len(told) == 1 and len(terms) > 1:
            return say("message.only_term", term=self.term(told[0], first=True))
        if len(told) > 2 * _TERMS_SHOWN or not told:
            return say("message.sum_of_parts", n=len(terms), total=show(total))
        pieces = [self.term(term, first=index == 0) for index, term in enumerate(told)]
        rest = say("message.rest_zero") if len(told) < len(terms) else ""
        return say("message.sum", terms="".join(pieces), total=show(total), rest=rest)

    def value(self, term: Term) -> Number | None:
        if term.last_year:
            return self.before[term.code].number if term.code in self.before else None
        return self.now.get(term.code)

    def term(self, term: Term, first: bool) -> str:
        blank = not term.last_year and term.code in self.blanks
        key = "message.last_year_term" if term.last_year else "message.term"
        text = say(
            key,
            label=self.label(term.code),
            value=say("message.blank_value", n=show(self.value(term)))
            if blank
            else show(self.value(term)),
        )
        sign = say("message.minus") if term.coefficient < 0 else say("message.plus")
        times = say("message.times", n=abs(term.coefficient)) if abs(term.coefficient) > 1 else ""
        return times + text if first and term.coefficient > 0 else sign + times + text


def _undecided(form: Form, rule: EditRule, key: str, place: Place, **more: object) -> str:
    shared, _ = _labels(form, rule)
    return say(
        key,
        place=places(list(rule.codes), place),
        what=say("message.what", what=shared) if shared else "",
        says=rule.says,
        **more,
    )


def no_last_year(form: Form, rule: EditRule, place: Place) -> str:
    return _undecided(form, rule, "message.no_last_year", place)


def no_counterpart(form: Form, rule: EditRule, why: str, place: Place) -> str:
    return _undecided(
        form, rule, "message.no_counterpart", place, why=why or say("message.unread_last_year")
    )


def unread_input(form: Form, rule: EditRule, codes: Sequence[str], place: Place) -> str:
    return _undecided(form, rule, "message.unread_input", place, cells=places(codes, place))


def level_unknown(form: Form, rule: EditRule, place: Place) -> str:
    return _undecided(form, rule, "message.level_unknown", place)


def redefined(message: str, why: str) -> str:
    return say("message.redefined", message=message, why=why)


def edition_year(form: Form, rule: FormRule, year: int | None) -> str:
    """E8, with the edition that would be right."""
    if year is None:
        return say("message.year_unknown", says=rule.says, basis=form.basis)
    right = editions.for_year(year, like=form)
    return say(
        "message.edition_year" if right else "message.edition_none",
        basis=form.basis,
        year=year,
        right=right.basis if right else "",
        remedy=rule.remedy,
    )


def rollup(
    form: Form, rule: FormRule, code: str, total: Number | None, units: Number, place: Place
) -> str:
    found = show(total) if total is not None else say("message.blank_value", n=0)
    return say(
        "message.rollup",
        place=place(code),
        what=say("message.what", what=form.items[code].label),
        found=found,
        units=show(units),
        difference=difference(total or 0, units),
        remedy=rule.remedy,
    )


def out_of_domain(
    form: Form, rule: FormRule, code: str, value: Number, problem: str, place: Place
) -> str:
    item = form.items[code]
    return say(
        f"message.domain.{problem}",
        place=place(code),
        what=say("message.what", what=item.label),
        value=show(value),
        decimals=item.decimals,
        remedy=rule.remedy,
    )


def text_in_cell(
    form: Form, rule: FormRule, code: str, text: str, meaning: Meaning, place: Place
) -> str:
    """Text where a number belongs, with what it probably means."""
    key = "message.text_means" if meaning.number is not None else "message.text_unread"
    return say(
        key,
        place=place(code),
        what=say("message.what", what=form.items[code].label),
        text=text if len(text) <= 40 else text[:40] + say("message.cut"),
        means=show(meaning.number),
        why=meaning.why,
        remedy=rule.remedy,
    )


def blanks(
    form: Form, rule: FormRule, table: Table, codes: Sequence[str], written: Sequence[str],
    size: int, submission: Submission, place: Place,
) -> str:  # fmt: skip
    """Blank cells and placeholders of one table in one sentence."""
    key = "message.table_blank" if len(codes) == size and not written else "message.blanks"
    marks = dict.fromkeys(str(submission.values[code]).strip() for code in written)
    return say(
        key,
        place=places(codes, place),
        table=table.title,
        n=len(codes),
        marks=say("message.marks", marks="".join(f"“{mark}”" for mark in marks if mark))
        if any(marks)
        else "",
        remedy=rule.remedy,
    )

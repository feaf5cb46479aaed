"""What the letters say, paragraph by paragraph; how they look is the affair of ``letter``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gouji.returns.problems import Problem
from gouji.wording import say

MOST_ITEMS = 12  #: problems told one by one in a letter
FAR, CLOSE = 7, 3  #: days to the deadline: friendly above the first, firm up to the second


class Role(StrEnum):
    """What a paragraph is, which decides how it looks."""

    TITLE = "title"
    ADDRESSEE = "addressee"
    HEAD = "head"
    BODY = "body"
    ATTACHMENT = "attachment"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to be drawn. ``day`` is the day it is dated."""

    paragraphs: tuple[tuple[Role, str], ...]
    day: date

    @property
    def title(self) -> str:
        """On one line."""
        found = (text for role, text in self.paragraphs if role is Role.TITLE)
        return "".join(next(found, "").splitlines())

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Office:
    """Who sends: the name under the letter, and whom to ask. Blank fields are left out."""

    name: str
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What all letters of a round share. ``form`` is the report's title."""

    form: str
    year: int
    office: Office
    today: date
    deadline: date | None = None

    @property
    def places(self) -> Mapping[str, object]:
        return {"form": self.form, "year": self.year}


def office_of(district: str, level: str) -> Office:
    """The office that speaks for a district, as its level calls it."""
    province = level == "province"
    return Office(say("letter.office_province" if province else "letter.office", district=district))


# ---------------------------------------------------------------------- back for correction
@dataclass(frozen=True, slots=True)
class Correction:
    """What goes back. ``attached`` is the marked workbook's name, empty when there is none.

    ``medium`` is empty when the unit's own workbook was marked, else what it was that came.
    ``more`` counts the problems beyond ``problems``; ``noted`` that the workbook has notes.
    """

    unit: str
    file: str
    problems: Sequence[Problem]
    attached: str = ""
    medium: str = ""
    more: int = 0
    noted: bool = False


def counts(problems: Sequence[Problem]) -> str:
    """``有 2 项必须改正，有 1 项需要核实``, of what is still open."""
    hard = sum(each.hard for each in problems)
    soft = sum(each.open and not each.hard for each in problems)
    told = [("hard", hard), ("soft", soft)]
    return say("letter.and").join(say(f"letter.count_{kind}", n=n) for kind, n in told if n)


def correction(matter: Matter, what: Correction) -> Letter:
    """退回修改通知."""
    return _letter(matter, what.unit, say("letter.title", **matter.places),
                   list(_correction(matter, what)), what.attached)  # fmt: skip


def _correction(matter: Matter, what: Correction) -> Iterator[tuple[Role, str]]:
    yield (
        Role.BODY,
        say("letter.opening", file=what.file, counts=counts(what.problems), **matter.places),
    )
    if what.medium:
        medium = say(f"letter.medium.{what.medium}")
        key = "letter.rebuilt" if what.attached else "letter.not_ours"
        yield Role.BODY, say(key, medium=medium)
    numbers = iter(say("letter.numbers"))
    room = MOST_ITEMS
    for hard in (True, False):
        group = [each for each in what.problems if each.open and each.hard is hard]
        if group:
            yield Role.HEAD, _head(hard, next(numbers))
            shown = group[: max(room, 1)]
            room -= len(shown)
            for number, each in enumerate(shown, 1):
                text = each.finding.message
                yield Role.BODY, say("letter.item", number=number, text=text)
            rest = len(group) - len(shown) + (what.more if not hard else 0)
            if rest:
                yield Role.BODY, say("letter.rest", n=rest, sheet=say("sheet.returned"))
    yield Role.HEAD, say("letter.head_how", number=next(numbers))
    yield from ((Role.BODY, text) for text in _how(matter, what))


def _head(hard: bool, number: str) -> str:
    return say("letter.head_hard") if hard else say("letter.head_soft", number=number)


def _how(matter: Matter, what: Correction) -> Iterator[str]:
    yield say("letter.how_mend") if what.attached else say("letter.bare")
    soft = what.attached and any(each.open and not each.hard for each in what.problems)
    if soft:
        yield say("letter.how_explain", sheet=say("sheet.returned"))
    if what.attached:
        number = say("letter.numbers")[2 if soft else 1]
        yield say("letter.how_send", number=number, due=due(matter), address=_address(matter))
    else:
        yield say("letter.refused.ask", due=due(matter), address=_address(matter))
    if what.noted:
        yield say("letter.altered", sheet=say("sheet.returned"))


# ---------------------------------------------------------------------- not usable, not come
def refused_letter(matter: Matter, unit: str, file: str, why: str) -> Letter:
    """A file of the unit that cannot be used, and why."""
    paragraphs = [
        (Role.BODY, say("letter.refused.opening", file=file, why=why)),
        (Role.BODY, say("letter.refused.ask", due=due(matter), address=_address(matter))),
    ]
    return _letter(matter, unit, say("letter.refused.title", **matter.places), paragraphs)


def grade(matter: Matter) -> str:
    """How a reminder speaks on that day: ``friendly``, ``near``, ``firm``, ``today``, ``overdue``.

    ``undated`` when the round has no deadline.
    """
    if matter.deadline is None:
        return "undated"
    days = (matter.deadline - matter.today).days
    if days < 0:
        return "overdue"
    if days == 0:
        return "today"
    return "friendly" if days > FAR else "near" if days > CLOSE else "firm"


def reminder(matter: Matter, unit: str) -> Letter:
    """催报通知."""
    tone = grade(matter)
    days = abs((matter.deadline - matter.today).days) if matter.deadline else 0
    when = shown(matter.deadline) if matter.deadline else ""
    opening = say(f"letter.remind.opening_{tone}", date=when, days=days, **matter.places)
    paragraphs = [
        (Role.BODY, opening),
        (Role.BODY, say("letter.remind.how", address=_address(matter))),
    ]
    return _letter(matter, unit, say(f"letter.remind.title_{tone}", **matter.places), paragraphs)


# ---------------------------------------------------------------------- shared
def shown(day: date) -> str:
    """``2026年1月31日``."""
    return say("letter.date", year=day.year, month=day.month, day=day.day)


def due(matter: Matter) -> str:
    """Until when, as the beginning of a sentence."""
    if matter.deadline is None:
        return say("letter.due_none")
    days = (matter.deadline - matter.today).days
    kind = "before" if days > 0 else "today" if days == 0 else "over"
    return say(f"letter.due_{kind}", date=shown(matter.deadline))


def _address(matter: Matter) -> str:
    return say("letter.to_address", email=matter.office.email) if matter.office.email else ""


def _letter(
    matter: Matter, unit: str, title: str, body: Sequence[tuple[Role, str]], attached: str = ""
) -> Letter:
    office = matter.office
    paragraphs = [(Role.TITLE, title), (Role.ADDRESSEE, say("letter.addressee", unit=unit)), *body]
    whom = {"contact": office.contact, "phone": office.phone}
    if office.contact and office.phone:
        paragraphs.append((Role.BODY, say("letter.contact", **whom)))
    elif office.contact:
        paragraphs.append((Role.BODY, say("letter.contact_name", **whom)))
    elif office.phone:
        paragraphs.append((Role.BODY, say("letter.contact_phone", **whom)))
    if attached:
        paragraphs.append((Role.ATTACHMENT, say("letter.attachment", file=attached)))
    paragraphs += [(Role.SIGNATURE, office.name), (Role.SIGNATURE, shown(matter.today))]
    return Letter(tuple(paragraphs), matter.today)

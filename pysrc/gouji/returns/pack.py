"""Everything that goes to one unit: the marked workbook, the letter, the e-mail draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gouji import editions
from gouji.edits import Confrontation
from gouji.filled import DoesNotFit
from gouji.findings_list import Spot
from gouji.gate import Refused
from gouji.layout import layout_of
from gouji.mail.addresses import addresses
from gouji.mail.drafts import draft
from gouji.mail.model import Attachment
from gouji.model import Submission, Unit
from gouji.returns.fresh import fresh_form
from gouji.returns.letter import letter_bytes
from gouji.returns.letter_text import (
    Correction,
    Letter,
    Matter,
    correction,
    counts,
    due,
    refused_letter,
    reminder,
    shown,
)
from gouji.returns.marked import Marked, mark_workbook, marks_of
from gouji.returns.problems import Explained, Problem, declared_spots, problems_of, sheet_of
from gouji.returns.spots import spots_in
from gouji.round import safe_name
from gouji.rule_book import AS_DECLARED, RuleBook
from gouji.wording import say

OWN = "form"  #: the medium of our own template
#: Media a letter has a word for.
MEDIA = (OWN, "docx", "doc", "wps", "html", "pdf", "xlsx", "xls", "ods", "text", "csv")


@dataclass(frozen=True, slots=True)
class ReturnCase:
    """A unit's file with what is wrong in it. ``data`` are its bytes, ``file`` its name.

    ``explained`` holds every explanation given so far, by the unit or by the office.
    """

    unit: Unit
    file: str
    data: bytes
    submission: Submission
    confrontation: Confrontation
    explained: Explained
    rules: RuleBook = AS_DECLARED  #: what the round switched and added


@dataclass(frozen=True, slots=True)
class RefusedCase:
    """A file that could not be read, of a unit that is known (by its sender, say), and why."""

    unit: Unit
    file: str
    why: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """What goes to a unit: file name → content; ``to`` are the addresses of the roster."""

    files: Mapping[str, bytes]
    hard: int
    soft: int
    to: tuple[str, ...]
    notes: tuple[str, ...] = ()


def open_problems(case: ReturnCase) -> list[Problem]:
    """What the case must go back for: hard findings and unexplained soft ones."""
    return [each for each in _problems(case, _declared(case.submission)) if each.open]


def correction_pack(case: ReturnCase, matter: Matter, version: int = 1) -> Pack:
    """Workbook, letter and draft for a unit whose file must be mended or explained.

    ``version`` counts the unit's returns and stands in the names from the second one on.
    """
    problems, marked, medium = _marked(case, matter)
    name = _name(case.unit, matter, version)
    book = f"{name}{marked.suffix}" if marked else ""
    files = {book: marked.data} if marked else {}
    noted = bool(marked and marked.notes)
    letter = correction(
        matter,
        Correction(case.unit.name.strip(), case.file, problems, book, medium, noted=noted),
    )
    places = {**matter.places, "counts": counts(problems)}
    key = "return_mail.return_body" if marked else "return_mail.return_bare"
    subject = say("return_mail.return_subject", unit=case.unit.name.strip(), **matter.places)
    files |= _mailed(case.unit, matter, letter, name, subject, say(key, **places), files)
    hard = sum(each.hard for each in problems)
    soft = sum(each.open and not each.hard for each in problems)
    notes = _notes(case.unit, (say("returned.rebuilt"),) if medium and marked else ())
    return Pack(files, hard, soft, addresses_of(case.unit), notes)


def refused_pack(case: RefusedCase, matter: Matter, version: int = 1) -> Pack:
    """A short letter and a draft about a file that cannot be used."""
    unit = case.unit.name.strip()
    letter = refused_letter(matter, unit, case.file, case.why)
    subject = say("return_mail.refused_subject", unit=unit, **matter.places)
    body = _body_of(letter)
    files = _mailed(case.unit, matter, letter, _name(case.unit, matter, version), subject, body, {})
    return Pack(files, 0, 0, addresses_of(case.unit), _notes(case.unit))


def reminder_pack(unit: Unit, matter: Matter, version: int = 1) -> Pack:
    """A reminder and a draft for a unit nothing came from."""
    letter = reminder(matter, unit.name.strip())
    subject = say("return_mail.remind_subject", title=letter.title, unit=unit.name.strip())
    key = "returned.reminder" if version == 1 else "returned.reminder_again"
    name = say(key, unit=safe_name(unit.name), version=version)
    files = _mailed(unit, matter, letter, name, subject, _body_of(letter), {}, plain=True)
    return Pack(files, 0, 0, addresses_of(unit), _notes(unit))


# ---------------------------------------------------------------------- the workbook
def _marked(case: ReturnCase, matter: Matter) -> tuple[list[Problem], Marked | None, str]:
    """The problems, the marked workbook, and what came instead of our form, if it was not ours."""
    submission = case.submission
    if submission.medium == OWN:
        try:
            problems = _problems(case, spots_in(case.data)[1])
            return problems, _mark(case, matter, case.data, problems), ""
        except Refused:
            pass  # values JSON, or an archive that cannot be changed safely
    problems = _problems(case, _declared(submission))
    medium = submission.medium if submission.medium in MEDIA else "other"
    try:
        return problems, _mark(case, matter, fresh_form(submission), problems), medium
    except DoesNotFit:
        return problems, None, medium


def _declared(submission: Submission) -> dict[str, Spot]:
    return declared_spots(layout_of(editions.load(submission.edition)))


def _problems(case: ReturnCase, spots: Mapping[str, Spot]) -> list[Problem]:
    form = case.rules.form(editions.load(case.submission.edition), case.unit.name.strip())
    return problems_of(form, case.submission, case.confrontation, spots, case.explained)


def _mark(case: ReturnCase, matter: Matter, data: bytes, problems: Sequence[Problem]) -> Marked:
    lines = (say("returns.how", due=due(matter)), *_switched(case))
    sheet = sheet_of(case.unit.name.strip(), case.submission.year, problems, matter.today, lines)
    return mark_workbook(data, marks_of(problems), sheet)


def _switched(case: ReturnCase) -> Iterator[str]:
    """What the round asks of this unit otherwise than the form does."""
    for switch in case.rules.touching(case.unit.name.strip(), case.confrontation.failures):
        word = say(f"rule_sheet.to.{switch.to}")
        yield say("rule_sheet.for_unit", rules=switch.pattern, word=word, why=switch.why)


# ---------------------------------------------------------------------- letter and draft
def _name(unit: Unit, matter: Matter, version: int) -> str:
    key = "returned.name" if version == 1 else "returned.name_again"
    return say(key, unit=safe_name(unit.name), year=matter.year, version=version)


def addresses_of(unit: Unit) -> tuple[str, ...]:
    """The unit's addresses in the roster; what is none is left out."""
    return tuple(addresses(unit.email))


def _notes(unit: Unit, others: tuple[str, ...] = ()) -> tuple[str, ...]:
    return others if addresses_of(unit) else (*others, say("returned.no_address"))


def _body_of(letter: Letter) -> str:
    """The letter's own text, without title, addressee and signature."""
    return "\n".join(text for role, text in letter.paragraphs if role.value == "body")


def _mailed(
    unit: Unit, matter: Matter, letter: Letter, name: str, subject: str, body: str,
    attached: Mapping[str, bytes], plain: bool = False,
) -> dict[str, bytes]:  # fmt: skip
    """The letter and the draft that carries it together with what is attached."""
    word = f"{name}.docx" if plain else say("returned.letter", name=name)
    files = {word: letter_bytes(letter)}
    text = "\n\n".join((
        say("return_mail.greeting", unit=unit.name.strip()), body,
        say("return_mail.closing", office=matter.office.name, date=shown(matter.today)),
    ))  # fmt: skip
    parts = [Attachment(Path(one).name, data) for one, data in {**attached, **files}.items()]
    files[f"{name}.eml"] = draft(addresses_of(unit), subject, text + "\n", parts)
    return files

"""The four buttons of a unit's form: check, clear the marks, import last year, submit.

Each takes the open workbook as a ``Desk``. What the user can mend is told in a message box as one
sentence; our own faults go up to the launcher, which logs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gouji import last_year_file, live_marks
from gouji.carry import earlier_year
from gouji.desk import Desk, Look
from gouji.filled import How, plan
from gouji.findings_list import (
    EXPLANATION,
    Line,
    line_row,
    lines,
    unexplained,
    verdict_sentence,
)
from gouji.gate import Refused
from gouji.layout import Area
from gouji.live_book import local_file
from gouji.live_form import (
    LiveForm,
    confront_live,
    first_cell,
    named,
    read_form,
    typed_last_year,
)
from gouji.model import Number, Submission
from gouji.unusable import UnusableCall
from gouji.wording import say

BROUGHT_FILL = "#E3EEF9"  #: as the template shows what was brought in
SHOWN = 6  #: cells or rows named one by one
#: Opens a file for the user; False where that cannot be done.
Open = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Checked:
    """The form as it was read, and what the rules say of it."""

    live: LiveForm
    found: Sequence[Line]
    sentence: str

    @property
    def hard(self) -> int:
        return sum(line.hard for line in self.found)


@contextmanager
def told(desk: Desk) -> Iterator[None]:
    """Tell the user what the user can mend."""
    try:
        yield
    except (UnusableCall, Refused) as problem:
        desk.tell(str(problem))


# ---------------------------------------------------------------------- check
def check(desk: Desk) -> None:
    """Confront the open form with every rule, mark what fails, lead to the first."""
    with told(desk):
        checked = _checked(desk)
        _lead(desk, checked)
        desk.tell(checked.sentence)


def _checked(desk: Desk) -> Checked:
    with desk.working(say("form_button.checking")):
        live = read_form(desk)
        result = confront_live(live)
        before = live_marks.standing(desk, live.layout)
        found = lines(result, lambda finding: first_cell(live, finding), before.explanations)
        sentence = verdict_sentence(live.layout, found, result.undecided)
        with desk.opened([*before.sheets, *_touched(live, found)]):
            live_marks.remove_marks(desk, before)
            now = f"{datetime.now():%Y-%m-%d %H:%M}"
            heading = say("form_button.heading", time=now, sentence=sentence)
            live_marks.make_marks(desk, live, found, heading)
    return Checked(live, found, sentence)


def _touched(live: LiveForm, found: Sequence[Line]) -> Iterator[str]:
    """Sheets on which cells are marked."""
    for line in found:
        if line.hard:
            yield from (live.spots[code][0] for code in line.finding.items)
            yield from [line.spot[0]] if line.spot else []


def _lead(desk: Desk, checked: Checked) -> None:
    for line in checked.found:
        if line.spot and line.spot[0] in desk.sheets():
            desk.go(*line.spot)
            return


# ---------------------------------------------------------------------- clear
def clear_marks(desk: Desk) -> None:
    """Undo the marks exactly; explanations are not thrown away without asking."""
    with told(desk):
        before = live_marks.standing(desk, read_form(desk).layout)
        written = len(before.explanations)
        if written and not desk.ask(say("form_button.lose", n=written)):
            return
        with desk.working(say("form_button.clearing")), desk.opened(before.sheets):
            live_marks.remove_marks(desk, before)
        desk.tell(say("form_button.cleared", n=len(before.marks)))


# ---------------------------------------------------------------------- import last year
def import_last_year(desk: Desk, pick: last_year_file.Pick = last_year_file.dialog) -> None:
    """Bring last year's numbers in, lock them, and say where they came from."""
    with told(desk):
        live = read_form(desk)
        if not live.submission.unit or live.submission.year is None:
            desk.go(*live.cover["unit" if not live.submission.unit else "year"])
            raise UnusableCall(say("form_button.cover_first"))
        chosen = last_year_file.find(desk, live.submission, pick)
        if chosen:
            with desk.working(say("form_button.importing", file=chosen[0].name)):
                sentence = _bring_in(desk, live, *chosen)
            desk.tell(sentence)


def _bring_in(desk: Desk, live: LiveForm, file: Path, earlier: Submission) -> str:
    form = live.form
    numbers = {code: old.number for code, old in earlier_year(form, earlier).values.items()}
    empty = Submission("", live.submission.year, form.id, dict.fromkeys(form.items))
    brought: dict[str, Number] = {
        code: cell.value
        for code, cell in plan(form, empty, numbers, live.submission.year).items()
        if cell.how is How.BROUGHT and cell.value is not None and not isinstance(cell.value, str)
    }
    kept = [code for code in brought if _is_own(desk, live, code, brought[code])]
    put = [(live.last_year_spot(code), numbers[code])
           for code in typed_last_year(live.layout) if code in numbers]  # fmt: skip
    put += [(live.spots[code], brought[code]) for code in brought if code not in kept]
    now = f"{datetime.now():%Y-%m-%d %H:%M}"
    source = say("form_button.source", file=file.name, unit=earlier.unit, year=earlier.year,
                 time=now)  # fmt: skip
    with desk.opened(sheet for (sheet, _), _ in put):
        for (sheet, area), number in put:
            desk.write(sheet, area.row, area.column, [[number]])
            desk.look(sheet, area, Look(fill=BROUGHT_FILL))
            desk.lock(sheet, area, True)
            desk.set_note(sheet, area, source)
    places = {"file": file.name, "n": len(put)}
    if not kept:
        return say("form_button.imported", **places)
    cells = _some([named(live.spots[code]) for code in kept])
    return say("form_button.imported_but", kept=len(kept), cells=cells, **places)


def _is_own(desk: Desk, live: LiveForm, code: str, number: Number) -> bool:
    """True for a number of the clerk's own that is not last year's: it is not overwritten."""
    now = live.submission.values[code]
    return now not in (None, number) and not desk.is_locked(*live.spots[code])


def _some(names: Sequence[str]) -> str:
    text = say("message.joint").join(names[:SHOWN])
    return say("message.and_more", text=text, n=len(names)) if len(names) > SHOWN else text


# ---------------------------------------------------------------------- submit
def submit(desk: Desk, open_draft: Open | None = None) -> None:
    """Check; when clean or explained, save the named copy and open an e-mail draft with it."""
    with told(desk):
        checked = _checked(desk)
        if _stopped(desk, checked):
            return
        with desk.working(say("form_button.writing")):
            sentence = _hand_over(desk, checked, open_draft)
        desk.tell(sentence)


def _stopped(desk: Desk, checked: Checked) -> bool:
    """Tell why the form cannot be sent yet, and lead there."""
    live, layout = checked.live, checked.live.layout
    if checked.hard:
        _lead(desk, checked)
        desk.tell(say("form_button.not_yet", n=checked.hard, why=checked.sentence))
    elif not live.submission.unit or live.submission.year is None:
        desk.go(*live.cover["unit" if not live.submission.unit else "year"])
        desk.tell(say("form_button.cover_first"))
    elif missing := unexplained(checked.found):
        rows = [line_row(layout, index) for index in missing]
        desk.go(say("sheet.check"), Area(rows[0], EXPLANATION, rows[0], EXPLANATION))
        shown = _some([str(row + 1) for row in rows])
        sheet = say("sheet.check")
        desk.tell(say("form_button.explain", n=len(rows), sheet=sheet, rows=shown))
    else:
        return False
    return True


def _hand_over(desk: Desk, checked: Checked, open_draft: Open | None) -> str:
    """Write copy and draft beside the form; what to tell the user."""
    from gouji import submit_draft
    from gouji.filled import DoesNotFit

    live, now = checked.live, checked.live.submission
    file = local_file(desk.file)
    if file is None or now.year is None:
        raise UnusableCall(say("form_button.not_local"))
    try:
        copy = file.with_name(submit_draft.next_name(file.parent, now.unit, now.year))
        code = submit_draft.write_copy(live, checked.found, _heading(checked), copy)
        mail = copy.with_suffix(".eml")
        mail.write_bytes(_draft(checked, copy, code))
    except DoesNotFit as problem:
        raise UnusableCall(str(problem)) from problem
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise UnusableCall(say("form_button.no_write", folder=file.parent, why=why)) from problem
    opened = (open_draft or submit_draft.open_with_system)(mail)
    places = {"copy": copy.name, "code": code, "mail": mail.name}
    known = submit_draft.addresses(live.send_to)
    nobody = "" if known else say("form_button.no_address", label=say("cover.send_to"))
    key = "form_button.submitted" if opened else "form_button.submitted_unopened"
    return say(key, nobody=nobody, **places)


def _heading(checked: Checked) -> str:
    now = f"{datetime.now():%Y-%m-%d %H:%M}"
    return say("form_button.heading", time=now, sentence=checked.sentence)


def _draft(checked: Checked, copy: Path, code: str) -> bytes:
    from gouji import submit_draft

    live, now = checked.live, checked.live.submission
    explained = [
        say("form_button.mail_explained", n=n, place=line.place or line.finding.family,
            message=line.finding.message, explanation=line.explanation)
        for n, line in enumerate(checked.found, start=1)
    ]  # fmt: skip
    places = {"unit": now.unit, "year": now.year, "title": live.form.title, "code": code}
    body = say(
        "form_button.mail_body", copy=copy.name, basis=live.form.basis,
        findings="\n".join(explained) or say("form_button.mail_clean"),
        contact=live.fields["contact"], phone=live.fields["phone"], **places,
    )  # fmt: skip
    subject = say("form_button.mail_subject", **places)
    return submit_draft.draft(
        copy, send_to=live.send_to, sender=live.fields["email"], subject=subject, body=body
    )

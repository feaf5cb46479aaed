"""The form's buttons on real workbooks in a LibreOffice: check, clear, and the way in."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import xlwings as xw

from builders import as_submission, leaves
from filled_forms import FORM, each_form
from form_cases import balanced
from gouji import buttons
from gouji.edits import confront
from gouji.findings_list import EXPLANATION, MESSAGE, PLACE, SEVERITY, first_row, line_row
from gouji.gate import Reason, refusal
from gouji.layout import a1, layout_of
from gouji.live_book import LiveBook
from gouji.live_form import read_form
from gouji.live_marks import MARK_FILL
from gouji.model import EditRule, Finding, Form, Severity, Status, Value
from gouji.reading import read_file
from gouji.wording import say
from open_forms import Opened

pytestmark = pytest.mark.office
CHECK = say("sheet.check")
RED = tuple(int(MARK_FILL[n : n + 2], 16) for n in (1, 3, 5))


def spot(form: Form, code: str) -> tuple[str, str]:
    layout = layout_of(form)
    return layout.sheet_of[code], layout.cell(code).a1


def a_balance(form: Form) -> tuple[EditRule, str]:
    """A hard balance of several cells, and an input among them."""
    for rule in form.rules:
        inputs = [code for code in rule.codes if code not in form.totals]
        if not rule.total and not rule.needs_last_year and len(rule.codes) > 1 and inputs:
            return rule, inputs[0]
    raise AssertionError("no such rule")


def listed(form: Form, opened: Opened) -> list[list[Any]]:
    """The list of findings as it stands on the check sheet."""
    top = line_row(layout_of(form), 0) + 1
    rows = opened.book.sheets[CHECK].range((top, 1), (top + 60, EXPLANATION + 1)).value
    return [row for row in rows if row[0] is not None]


def expected(form: Form, opened: Opened) -> list[Finding]:
    """What the command line would say of the same form, failed findings only."""
    live = read_form(LiveBook(opened.book))
    opened.book.save()
    unknown: dict[str, Value] = dict.fromkeys(form.items, say("form_button.not_known"))
    earlier = as_submission(form, "x", unknown | live.last_year) if live.last_year else None
    found = confront(form, read_file(opened.path), earlier, layout_of(form).place).findings
    failed = [f for f in found if f.status is Status.FAILED]
    return sorted(failed, key=lambda f: f.severity is Severity.SOFT)


def differing(before: Any, after: Any) -> dict[str, Any]:
    """Cells whose facts are not the same: place → before and after."""
    places = {(name, cell) for book in (before, after) for name in book for cell in book[name]}
    pairs = {(n, c): (before[n].get(c), after[n].get(c)) for n, c in places}
    return {f"{n}!{c}": pair for (n, c), pair in pairs.items() if pair[0] != pair[1]}


def protected(opened: Opened) -> bool:
    return all(sheet.api.isProtected() for sheet in opened.book.sheets)


# ---------------------------------------------------------------------- check
@each_form
def test_a_right_form_is_told_so_and_stays_as_it_is(form: Form, open_form: Any) -> None:
    sent, earlier = balanced(form)
    opened = open_form(form, submission=sent, earlier=earlier)
    before = opened.saved()
    told = opened.press(buttons.check)
    assert told == say("form_button.clean", open="")
    heading = a1(first_row(layout_of(form)), 0)
    assert told in opened.cell(CHECK, heading).value
    row = first_row(layout_of(form)) + 1
    changed = differing(before, opened.saved())
    assert {place.rstrip("0123456789")[:-1] for place in changed} == {f"{CHECK}!"}, changed
    assert {int(place[len(CHECK) + 2 :]) for place in changed} == {row}, changed


@each_form
def test_a_slip_is_marked_told_and_led_to(form: Form, open_form: Any) -> None:
    sent, earlier = balanced(form)
    opened = open_form(form, submission=sent, earlier=earlier)
    rule, code = a_balance(form)
    opened.put(spot(form, code), 777)
    told = opened.press(buttons.check)
    findings = expected(form, opened)
    assert rule.name in [f.rule for f in findings]
    hard = [f for f in findings if f.severity is Severity.HARD]
    for item in {item for f in hard for item in f.items}:
        assert opened.cell(*spot(form, item)).color == RED, item
    unmarked = set(form.items) - {item for f in hard for item in f.items}
    assert opened.cell(*spot(form, min(unmarked))).color != RED
    rows = listed(form, opened)
    assert [row[MESSAGE].split("\n")[0] for row in rows] == [f.message for f in findings]
    assert [row[SEVERITY] for row in rows] == [say(f"severity.{f.severity}") for f in findings]
    first = rows[0][PLACE]
    sheet, address = first.rsplit("!", 1)
    assert findings[0].message in opened.cell(sheet, address).note.text
    selected = opened.book.selection
    assert (selected.sheet.name, selected.address.replace("$", "")) == (sheet, address)
    assert first in told and str(len(hard)) in told
    assert protected(opened)


def test_every_place_of_the_list_is_a_link_to_its_cell(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened = open_form(FORM, submission=sent, earlier=earlier)
    for code in leaves(FORM)[:4]:
        opened.put(spot(FORM, code), "六件")
    opened.press(buttons.check)
    rows = listed(FORM, opened)
    assert len(rows) >= 4
    for number, row in enumerate(rows):
        cell = opened.cell(CHECK, a1(line_row(layout_of(FORM), number), PLACE))
        sheet, address = row[PLACE].rsplit("!", 1)
        assert cell.hyperlink.replace("'", "") == f"#{sheet}.{address}"


def test_mending_and_checking_again_takes_the_marks_away(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened = open_form(FORM, submission=sent, earlier=earlier)
    _, code = a_balance(FORM)
    opened.press(buttons.check)
    clean = opened.saved()
    opened.put(spot(FORM, code), 777)
    opened.press(buttons.check)
    opened.put(spot(FORM, code), sent.values[code])
    assert opened.press(buttons.check) == say("form_button.clean", open="")
    heading = f"{CHECK}!{a1(first_row(layout_of(FORM)), 0)}"  # it tells the time
    assert set(differing(clean, opened.saved())) <= {heading}


@each_form
@pytest.mark.parametrize("reopened", [False, True], ids=["at once", "after reopening"])
def test_clearing_undoes_everything(form: Form, reopened: bool, open_form: Any) -> None:
    sent, earlier = balanced(form)
    opened = open_form(form, submission=sent, earlier=earlier)
    rule, code = a_balance(form)
    opened.put(spot(form, code), 777)
    opened.put(spot(form, leaves(form)[-1]), "六件")
    sheet, address = spot(form, rule.codes[0])
    opened.book.sheets[sheet].api.unprotect("")
    opened.cell(sheet, address).add_note("经办人的批注")
    opened.book.sheets[sheet].api.protect("")
    if reopened:
        opened.reopen()
    before = opened.saved()
    opened.press(buttons.check)
    assert opened.saved() != before
    opened.press(buttons.check)
    if reopened:
        opened.reopen()
    told = opened.press(buttons.clear_marks)
    assert differing(before, opened.saved()) == {}
    assert told.startswith(say("form_button.cleared", n=0).split("0")[0])
    assert protected(opened)


def test_explanations_survive_a_check_and_are_not_thrown_away_unasked(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened = open_form(FORM, submission=sent, earlier=earlier)
    opened.cell(*spot(FORM, leaves(FORM)[0])).clear_contents()
    opened.press(buttons.check)
    rows = listed(FORM, opened)
    soft = next(n for n, row in enumerate(rows) if row[SEVERITY] == say("severity.soft"))
    place = a1(line_row(layout_of(FORM), soft), EXPLANATION)
    opened.put((CHECK, place), "本年没有")  # open for writing although the sheet is protected
    with pytest.raises(PermissionError):
        opened.put((CHECK, a1(line_row(layout_of(FORM), soft), MESSAGE)), "改")
    _, code = a_balance(FORM)
    opened.put(spot(FORM, code), 777)
    opened.press(buttons.check)
    kept = {row[MESSAGE]: row[EXPLANATION] for row in listed(FORM, opened)}
    assert kept[rows[soft][MESSAGE]] == "本年没有"
    opened.answers = ["no"]
    opened.press(buttons.clear_marks)
    assert opened.told == [say("form_button.lose", n=1)]
    assert listed(FORM, opened)
    opened.answers = ["yes"]
    opened.press(buttons.clear_marks)
    assert not listed(FORM, opened)


def test_a_password_on_a_sheet_is_told_and_nothing_is_left_open(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened = open_form(FORM, submission=sent, earlier=earlier)
    check = opened.book.sheets[CHECK].api
    check.unprotect("")
    check.protect("secret")
    assert opened.press(buttons.check) == say("form_button.password", sheet=CHECK)
    assert protected(opened)


def test_a_book_that_is_no_form_is_told_so(live_app: Any, open_form: Any) -> None:
    opened = open_form(FORM)
    other = live_app.books.add()
    for button in (buttons.check, buttons.clear_marks, buttons.import_last_year, buttons.submit):
        opened.told.clear()
        button(other)
        assert opened.told == [str(refusal(Reason.OTHER_FORM))]
    other.close()


# ---------------------------------------------------------------------- the way in
def test_the_launcher_reaches_the_open_book_by_its_path(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened = open_form(FORM, submission=sent, earlier=earlier)
    pipe = opened.app.impl._office.address.removeprefix("pipe,name=")
    buttons.run("check", str(opened.path), f"pipe:{pipe}")
    assert opened.cell(CHECK, a1(first_row(layout_of(FORM)), 0)).value
    buttons.tell("好", str(opened.path), f"pipe:{pipe}")
    assert opened.book.name == opened.path.name  # nothing was closed
    with pytest.raises(KeyError):
        buttons.run("check", str(opened.path.with_name("别的.xlsx")), f"pipe:{pipe}")


def test_without_a_book_the_caller_is_meant(open_form: Any) -> None:
    opened = open_form(FORM)
    opened.book.set_mock_caller()
    buttons.check()
    assert opened.told
    assert xw.Book.caller() == opened.book


def test_loading_the_buttons_loads_nothing_heavy() -> None:
    """What a click waits for beyond xlwings: only the module itself."""
    code = (
        "import sys, xlwings; before = set(sys.modules); import gouji.buttons; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"gouji", "gouji.buttons"}

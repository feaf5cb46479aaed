"""The form's buttons that read or write other files: import last year, submit."""

from __future__ import annotations

import email
import os
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from builders import as_submission, leaves
from districts import rolled
from filled_forms import FORM, each_form
from form_cases import balanced
from gouji import buttons
from gouji.district_book import write_district_book
from gouji.findings_list import EXPLANATION, line_row
from gouji.form_buttons import import_last_year, submit
from gouji.last_year_file import NoDialog
from gouji.layout import a1, layout_of
from gouji.live_book import LiveBook
from gouji.model import Form, Number, Submission
from gouji.reading import read_file
from gouji.submit_draft import code_of
from gouji.template import write_template
from gouji.wording import say
from open_forms import Opened

pytestmark = pytest.mark.office

YEAR_FOLDER = say("form_button.last_year_folder")


def spot(form: Form, code: str) -> tuple[str, str]:
    layout = layout_of(form)
    return layout.sheet_of[code], layout.cell(code).a1


def brought_codes(form: Form) -> dict[str, str]:
    """Items that are last year's numbers by a rule → whose."""
    return {
        rule.left[0].code: rule.right[0].code
        for rule in form.rules
        if rule.needs_last_year and len(rule.left) == len(rule.right) == 1
        and rule.left[0].code not in form.totals
    }  # fmt: skip


def without_brought(form: Form) -> tuple[Submission, dict[str, Number]]:
    """A balanced form but for its brought-forward cells, and last year's numbers."""
    sent, earlier = balanced(form)
    values = dict(sent.values) | dict.fromkeys(brought_codes(form))
    for code in form.totals_in_order:
        parts = [values[term.code] for term in form.totals[code].right]
        numbers = [part for part in parts if part is not None]
        values[code] = sum(numbers) if numbers else None
    return as_submission(form, sent.unit, values, year=sent.year), earlier


def put_last_year(
    opened: Opened, form: Form, earlier: dict[str, Number], name: str = "去年.xlsx", **other: Any
) -> Path:
    """Last year's file in the folder beside the form."""
    facts: dict[str, Any] = {"unit": "云溪区科学技术局", "year": form.first_year} | other
    folder = opened.folder / YEAR_FOLDER
    folder.mkdir(exist_ok=True)
    values = dict.fromkeys(form.items, 0) | earlier
    last = as_submission(form, facts.pop("unit"), values, **facts)
    write_template(form, folder / name, submission=last)
    return folder / name


def no_dialog(folder: Path) -> Path | None:
    raise NoDialog


def give_up(folder: Path) -> Path | None:
    return None


def importing(opened: Opened, pick: Any = no_dialog) -> str:
    return opened.press(lambda book: import_last_year(LiveBook(book), pick))


# ---------------------------------------------------------------------- import last year
@each_form
def test_last_years_numbers_come_in_locked_with_their_source(form: Form, open_form: Any) -> None:
    sent, earlier = without_brought(form)
    opened = open_form(form, submission=sent)
    put_last_year(opened, form, earlier)
    told = importing(opened)
    assert opened.told[0] == say("form_button.use_this", file="去年.xlsx", year=form.first_year)
    opened.book.save()
    read = read_file(opened.path)
    facts = opened.saved()
    layout = layout_of(form)
    for code, source in brought_codes(form).items():
        assert read.values[code] == earlier[source]
        sheet, address = spot(form, code)
        *_, locked, _, _, note = facts[sheet][address]
        assert locked and "去年.xlsx" in note and str(form.first_year) in note
    for source, (sheet, area) in layout.last_year.items():
        assert opened.cell(sheet, area.a1).value == float(earlier[source])
        assert facts[sheet][area.a1][2]
    assert "去年.xlsx" in told
    assert opened.press(buttons.check) == say("form_button.clean", open="")


def test_importing_twice_changes_nothing_and_a_newer_file_wins(open_form: Any) -> None:
    sent, earlier = without_brought(FORM)
    opened = open_form(FORM, submission=sent)
    old = put_last_year(opened, FORM, earlier)
    importing(opened)
    once = opened.saved()
    importing(opened)
    for sheet, cells in opened.saved().items():  # notes tell the time
        assert {a: f[:-1] for a, f in cells.items()} == {a: f[:-1] for a, f in once[sheet].items()}
    code, source = next(iter(brought_codes(FORM).items()))
    new = put_last_year(opened, FORM, earlier | {source: 41}, "更正.xlsx")
    os.utime(old, (1, 1))
    importing(opened)
    assert opened.cell(*spot(FORM, code)).value == 41
    assert new.name in opened.told[-1]


def test_a_number_of_ones_own_is_not_overwritten_but_named(open_form: Any) -> None:
    sent, earlier = without_brought(FORM)
    opened = open_form(FORM, submission=sent)
    put_last_year(opened, FORM, earlier)
    code = next(iter(brought_codes(FORM)))
    opened.put(spot(FORM, code), 555)
    told = importing(opened)
    assert opened.cell(*spot(FORM, code)).value == 555
    assert "!".join(spot(FORM, code)) in told
    opened.press(buttons.check)
    assert opened.cell(*spot(FORM, code)).note  # now the cross-year rule speaks


def test_a_unit_finds_itself_in_last_years_district_workbook(
    tmp_path: Path, open_form: Any
) -> None:
    sent, earlier = without_brought(FORM)
    opened = open_form(FORM, submission=sent)
    values = dict.fromkeys(FORM.items, 0) | earlier
    units = [as_submission(FORM, "别的局", dict.fromkeys(FORM.items, 1)),
             as_submission(FORM, sent.unit, values)]  # fmt: skip
    names = [one.unit for one in units]
    rollup = rolled(FORM, units, let_in=names)
    write_district_book(rollup, tmp_path / "区.xlsx", form=FORM, own=None)
    told = importing(opened, lambda folder: tmp_path / "区.xlsx")
    assert "区.xlsx" in told
    code, source = next(iter(brought_codes(FORM).items()))
    assert opened.cell(*spot(FORM, code)).value == float(earlier[source])


@pytest.mark.parametrize(
    ("other", "key"),
    [({"year": FORM.first_year + 1}, "wrong_year"), ({"unit": "别的局"}, "other_unit"),
     ({"year": None}, "last_year_undated")],
)  # fmt: skip
def test_the_wrong_file_is_refused_with_the_reason(
    other: dict[str, Any], key: str, open_form: Any
) -> None:
    sent, earlier = without_brought(FORM)
    opened = open_form(FORM, submission=sent)
    before = opened.saved()
    put_last_year(opened, FORM, earlier, **other)
    told = importing(opened)
    mark = say(f"form_button.{key}").rpartition("}")[2]
    assert told.startswith("去年.xlsx") and told.endswith(mark), told
    assert opened.saved() == before


def test_without_a_file_it_says_where_to_put_one(open_form: Any) -> None:
    opened = open_form(FORM, submission=without_brought(FORM)[0])
    assert importing(opened) == say("form_button.no_last_year", folder=YEAR_FOLDER)
    assert importing(opened, give_up) == ""
    folder = opened.folder / YEAR_FOLDER
    folder.mkdir()
    (folder / "不是.xlsx").write_bytes(b"not a workbook")
    assert "不是.xlsx" in importing(opened)
    empty = open_form(FORM, "空.xlsx")
    assert importing(empty) == say("form_button.cover_first")


# ---------------------------------------------------------------------- submit
class Mail:
    """Stands for the user's mail program."""

    def __init__(self, there: bool = True) -> None:
        self.there, self.opened = there, list[Path]()

    def __call__(self, file: Path) -> bool:
        self.opened.append(file)
        return self.there


def submitting(opened: Opened, mail: Mail) -> str:
    return opened.press(lambda book: submit(LiveBook(book), mail))


def left(opened: Opened) -> set[str]:
    return {file.name for file in opened.folder.iterdir()} - {opened.path.name}


@each_form
def test_a_clean_form_leaves_as_a_copy_with_a_draft(form: Form, open_form: Any) -> None:
    sent, earlier = balanced(form)
    opened, mail = open_form(form, submission=sent, earlier=earlier), Mail()
    told = submitting(opened, mail)
    name = say("form_button.copy_name", unit=sent.unit, year=sent.year, version=1)
    assert left(opened) == {f"{name}.xlsx", f"{name}.eml"}
    copy = read_file(opened.folder / f"{name}.xlsx")
    opened.book.save()
    assert dict(copy.values) == dict(read_file(opened.path).values)
    assert (copy.unit, copy.year, copy.typed) == (sent.unit, sent.year, frozenset())
    assert mail.opened == [opened.folder / f"{name}.eml"]
    letter = email.message_from_bytes(mail.opened[0].read_bytes(), policy=default)
    assert letter["X-Unsent"] == "1" and not letter["To"]
    assert sent.unit in letter["Subject"] and str(sent.year) in letter["Subject"]
    [attached] = letter.iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_filename() == f"{name}.xlsx"
    assert attached.get_content() == (opened.folder / f"{name}.xlsx").read_bytes()
    code = code_of(copy)
    assert code in letter.get_body().get_content() and code in told  # type: ignore[union-attr]
    assert say("cover.send_to") in told  # nobody to send it to is known


def test_the_version_counts_up_and_a_changed_number_changes_the_code(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened = open_form(FORM, submission=sent, earlier=earlier)
    first = submitting(opened, Mail())
    second = submitting(opened, Mail(there=False))
    names = [say("form_button.copy_name", unit=sent.unit, year=sent.year, version=n)
             for n in (1, 2)]  # fmt: skip
    assert left(opened) == {f"{n}{e}" for n in names for e in (".xlsx", ".eml")}
    codes = [code_of(read_file(opened.folder / f"{name}.xlsx")) for name in names]
    assert codes[0] == codes[1] and codes[0] in first and codes[0] in second
    assert f"{names[1]}.eml" in second  # it could not be opened: where it is


def test_a_form_with_mistakes_stays(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened, mail = open_form(FORM, submission=sent, earlier=earlier), Mail()
    opened.put(spot(FORM, leaves(FORM)[0]), -4)
    told = submitting(opened, mail)
    assert told.startswith(say("form_button.not_yet", n=1, why=""))
    assert not left(opened) and not mail.opened
    assert opened.cell(*spot(FORM, leaves(FORM)[0])).note


def test_a_query_leaves_only_with_its_explanation(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened, mail = open_form(FORM, submission=sent, earlier=earlier), Mail()
    zero = next(c for c in leaves(FORM) if sent.values[c] == 0 and c not in brought_codes(FORM))
    opened.cell(*spot(FORM, zero)).clear_contents()
    cover = layout_of(FORM).cover
    for field, text in {"contact": "张三", "phone": "0577", "email": "zs@x.cn"}.items():
        opened.put((say("sheet.cover"), cover[field].a1), f"'{text}")
    told = submitting(opened, mail)
    row = line_row(layout_of(FORM), 0)
    assert f"{row + 1}" in told and not left(opened)
    place = (say("sheet.check"), a1(row, EXPLANATION))
    selected = opened.book.selection
    assert (selected.sheet.name, selected.address.replace("$", "")) == place
    opened.put(place, "本年没有发生")
    assert submitting(opened, mail) and len(left(opened)) == 2
    copy = next(file for file in opened.folder.iterdir() if file.name.startswith(sent.unit)
                and file.suffix == ".xlsx")  # fmt: skip
    letter = email.message_from_bytes(mail.opened[0].read_bytes(), policy=default)
    body = letter.get_body().get_content()  # type: ignore[union-attr]
    assert "本年没有发生" in body and "张三" in body
    assert letter["From"] == "zs@x.cn"
    again = opened.app.books.open(copy)
    assert again.sheets[place[0]].range(place[1]).value == "本年没有发生"
    assert again.sheets[say("sheet.cover")].range(cover["contact"].a1).value == "张三"
    again.close()


def test_a_form_that_nobody_signed_stays(open_form: Any) -> None:
    sent, earlier = balanced(FORM)
    opened, mail = open_form(FORM, submission=sent, earlier=earlier), Mail()
    opened.cell(say("sheet.cover"), layout_of(FORM).cover["unit"].a1).clear_contents()
    assert submitting(opened, mail) == say("form_button.cover_first")
    assert not left(opened)


def test_a_folder_that_takes_no_file_is_told(
    open_form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, earlier = balanced(FORM)
    opened, mail = open_form(FORM, submission=sent, earlier=earlier), Mail()

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gouji.submit_draft.write_template", refuse)
    told = submitting(opened, mail)
    assert str(opened.folder) in told and not left(opened) and not mail.opened

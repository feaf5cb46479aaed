"""The form's buttons pressed for real: click, VBA, launcher, Python, and back to the open form."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builders import as_submission, leaves
from filled_forms import FORM
from form_cases import balanced
from gouji.findings_list import EXPLANATION, MESSAGE, PLACE, first_row, line_row
from gouji.launch import encoded
from gouji.layout import a1, layout_of
from gouji.reading import read_file
from gouji.template import write_template
from gouji.wording import say
from office import why_missing
from press import Pressing, wait_for

pytestmark = pytest.mark.office
CHECK = say("sheet.check")
LAYOUT = layout_of(FORM)
HEADING = a1(first_row(LAYOUT), 0)


@pytest.fixture(scope="module")
def running() -> Iterator[Pressing]:
    if reason := why_missing():
        if os.environ.get("GOUJI_REQUIRE_OFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    office = Pressing()
    yield office
    office.close()


@pytest.fixture
def office(running: Pressing) -> Iterator[Pressing]:
    """With the Python of these tests recorded as ``gouji install`` does."""
    running.config.mkdir(parents=True, exist_ok=True)
    (running.config / "python.txt").write_text(encoded(sys.executable) + "\n", encoding="ascii")
    yield running
    running.reset()


@pytest.fixture
def opened(office: Pressing, tmp_path: Path) -> Callable[..., tuple[str, Path]]:
    """Writes a form with buttons and opens it; its URL and path."""

    def _open(**content: Any) -> tuple[str, Path]:
        folder = tmp_path / "报送 =1 & '二'"
        folder.mkdir()
        path = folder / "表.xlsm"
        write_template(FORM, path, macros=True, **content)
        return office.open(path), path

    return _open


def press(office: Pressing, url: str, button: str) -> str:
    """Press, wait for the message box, close it; its text. The run is over then."""
    done = office.log.count(": done")
    office.press(url, say(f"button.{button}"))
    text = office.box()
    office.close_box()
    wait_for(lambda: office.log.count(": done") > done or office.boxes())
    return text


def test_check_and_clear(office: Pressing, opened: Callable[..., tuple[str, Path]]) -> None:
    sent, earlier = balanced(FORM)
    wrong = as_submission(FORM, sent.unit, dict(sent.values) | {leaves(FORM)[0]: -4},
                          year=sent.year)  # fmt: skip
    url, _ = opened(submission=wrong, earlier=earlier)
    told = press(office, url, "check")
    first, mine = line_row(LAYOUT, 0), LAYOUT.place(leaves(FORM)[0])
    assert office.cell(url, CHECK, a1(first, PLACE)) in told
    messages = [office.cell(url, CHECK, a1(row, MESSAGE)) or "" for row in range(first, first + 5)]
    assert any(message.startswith(mine) for message in messages)
    assert office.cell(url, CHECK, HEADING)
    told = press(office, url, "clear_marks")
    assert say("form_button.cleared", n="\0").partition("\0")[0] in told
    assert not office.cell(url, CHECK, HEADING)


def test_marks_are_not_cleared_over_an_explanation_without_asking(
    office: Pressing, opened: Callable[..., tuple[str, Path]]
) -> None:
    sent, earlier = balanced(FORM)
    zero = next(c for c in leaves(FORM) if sent.values[c] == 0 and "forward" not in c)
    blank = as_submission(FORM, sent.unit, dict(sent.values) | {zero: None}, year=sent.year)
    url, _ = opened(submission=blank, earlier=earlier)
    press(office, url, "check")
    heading = office.cell(url, CHECK, HEADING)
    written = a1(line_row(LAYOUT, 0), EXPLANATION)
    office.ask("put", url=url, sheet=CHECK, address=written, text="本年确无此项")
    office.press(url, say("button.clear_marks"))
    assert say("form_button.lose", n=1) in office.box()
    assert office.ask("answer", label="No")
    wait_for(lambda: not office.boxes())
    assert office.cell(url, CHECK, HEADING) == heading
    assert office.cell(url, CHECK, written) == "本年确无此项"


def test_a_right_form_is_submitted(
    office: Pressing, opened: Callable[..., tuple[str, Path]]
) -> None:
    sent, earlier = balanced(FORM)
    url, path = opened(submission=sent, earlier=earlier)
    assert say("form_button.clean", open="") in press(office, url, "check")
    told = press(office, url, "submit")
    name = say("form_button.copy_name", unit=sent.unit, year=sent.year, version=1)
    assert name in told
    assert dict(read_file(path.with_name(f"{name}.xlsx")).values) == dict(sent.values)
    assert path.with_name(f"{name}.eml").exists()


def test_a_form_with_a_query_is_not_submitted_unexplained(
    office: Pressing, opened: Callable[..., tuple[str, Path]]
) -> None:
    sent, earlier = balanced(FORM)
    zero = next(c for c in leaves(FORM) if sent.values[c] == 0 and "forward" not in c)
    blank = as_submission(FORM, sent.unit, dict(sent.values) | {zero: None}, year=sent.year)
    url, path = opened(submission=blank, earlier=earlier)
    told = press(office, url, "submit")
    assert str(line_row(LAYOUT, 0) + 1) in told
    assert not office.cell(url, CHECK, a1(line_row(LAYOUT, 0), EXPLANATION))
    assert not list(path.parent.glob("*.eml"))


def test_last_year_comes_in_from_the_folder_beside(
    office: Pressing, opened: Callable[..., tuple[str, Path]]
) -> None:
    sent, earlier = balanced(FORM)
    url, path = opened(submission=sent)
    folder = say("form_button.last_year_folder")
    assert folder in press(office, url, "import_last_year")
    (path.parent / folder).mkdir()
    values = dict.fromkeys(FORM.items, 0) | earlier
    last = as_submission(FORM, sent.unit, values, year=FORM.first_year)
    write_template(FORM, path.parent / folder / "去年.xlsx", submission=last)
    office.press(url, say("button.import_last_year"))
    assert "去年.xlsx" in office.box()
    office.close_box()  # its first button: yes
    told = wait_for(lambda: [box for box in office.boxes() if FILLED in "".join(box)])
    assert told
    office.close_box()
    for code, (sheet, area) in LAYOUT.last_year.items():
        assert office.cell(url, sheet, area.a1) == float(earlier[code])


#: A word of the sentence that says it is done.
FILLED = say("form_button.imported", file="\0", n="\0").rpartition("\0")[2]

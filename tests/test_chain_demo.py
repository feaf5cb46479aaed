"""From 2020 (edition 2019) to 2021 (edition 2021) with the demonstration's own round and files."""

from __future__ import annotations

from pathlib import Path

import pytest

import builders
from gouji import editions
from gouji.carry import earlier_year
from gouji.demo import run as play
from gouji.layout import layout_of
from gouji.model import Status, Submission
from gouji.publishing import publish
from gouji.reading import read_file
from gouji.round import Round, read_round
from gouji.round_actions import issue
from gouji.round_compiling import check_round
from gouji.round_history import history_of
from gouji.round_next import next_round
from gouji.round_survey import survey
from office import Office
from publications import FIRST
from rounds import carried

OLD, NEW = editions.load("2019"), editions.load("2021")
#: Items whose value a rule takes from last year as it stands, and the last-year items.
CROSSING = {
    rule.left[0].code: rule.right[0].code
    for rule in NEW.rules
    if rule.needs_last_year and len(rule.left) == len(rule.right) == 1
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Round, Round]:
    """The demonstration's round of 2020, published, and the round of 2021 made from it, issued."""
    folder = tmp_path_factory.mktemp("demo")
    play(folder / "2020", "2019", lambda _: None)
    before = read_round(folder / "2020")
    publish(before, FIRST, incomplete=True)
    made = next_round(folder / "2021", before, console=False).round
    issue(made)
    return before, made


def units(before: Round) -> dict[str, Submission]:
    return {child.unit: child for child in read_file(before.book).children}


def form_of(made: Round, unit: str) -> Path:
    return made.issued / f"{unit}2021年度填报表.xlsx"


def test_every_issued_form_has_its_units_own_figures(chain: tuple[Round, Round]) -> None:
    before, made = chain
    known = units(before)
    assert len(known) > 30 and CROSSING[carried(NEW)[0]] == carried(NEW)[1]
    brought_in = 0
    for file in made.issued.iterdir():
        read = read_file(file)
        for code, source in CROSSING.items():
            expected = known[read.unit].values[source] if read.unit in known else None
            if code not in NEW.totals:
                assert read.values[code] == (expected or (0 if read.unit in known else None))
                brought_in += read.values[code] or 0
    leaves = [source for code, source in CROSSING.items() if code not in NEW.totals]
    whole = read_file(before.book).values
    assert brought_in == sum(whole[code] for code in leaves) > 0


@pytest.mark.office
def test_libreoffice_opens_an_issued_form_and_a_filled_one_holds_against_last_year(
    chain: tuple[Round, Round], office: Office
) -> None:
    before, made = chain
    unit, last = next(
        (name, child) for name, child in units(before).items()
        if child.values[carried(OLD)[1]] not in (0, None)
    )  # fmt: skip
    earlier = {code: each.number for code, each in earlier_year(NEW, last).values.items()}
    layout = layout_of(NEW)
    sheets = office.recalculate(form_of(made, unit))

    def shown(place: str) -> object:
        sheet, _, cell = place.rpartition("!")
        return sheets[sheet].get(cell)

    for code, source in CROSSING.items():
        assert shown(layout.place(code)) == earlier[source], code
    for code, (sheet, area) in layout.last_year.items():
        if code in earlier:
            assert sheets[sheet].get(area.a1) == earlier[code], code

    values = builders.close(NEW, {code: earlier[source] for code, source in CROSSING.items()
                                  if code not in NEW.totals})  # fmt: skip
    typed = {}
    for code in builders.leaves(NEW):
        if code not in CROSSING:
            sheet, _, cell = layout.place(code).rpartition("!")
            typed[sheet, cell] = values[code]
    office.edit(form_of(made, unit), typed, save_as=made.inbox / "填好.xlsx")
    assert read_file(made.inbox / "填好.xlsx").values == values
    (checked,), notes = check_round(made)
    assert notes == () and checked.confrontation is not None
    crossing = {rule.name for rule in NEW.rules if rule.needs_last_year}
    told = {each.rule: each for each in checked.confrontation.findings if each.rule in crossing}
    assert not [each for each in told.values() if each.status is Status.FAILED and
                each.severity == "hard"]  # fmt: skip
    assert not [name for name in told if name.split(".")[0] == "E5"], "all seven columns compared"
    (line,) = [line for line in survey(made).units if line.unit == unit]
    assert line.count("hard") == 0


def test_the_history_goes_back_to_the_year_before_the_demonstration(
    chain: tuple[Round, Round],
) -> None:
    before, made = chain
    known = history_of(made)
    assert list(known) == [2019, 2020]
    whole = read_file(before.book)
    assert known[2020][carried(NEW)[1]] == whole.values[carried(OLD)[1]] != 0
    assert known[2020]["proactive.fee.amount"] is None

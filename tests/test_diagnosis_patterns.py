"""Every slip has a case it explains and a case it does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.diagnosis import causes, patterns
from gouji.diagnosis.patterns import SLIPS, Slip
from gouji.wording import catalogue

CASES: list[tuple[Slip, list[tuple[int, int]], list[tuple[int, int]]]] = [
    # slip, (what stands, what would be right) it explains, and those it does not
    (patterns.transposed, [(54, 45), (1243, 1234), (4, 40)], [(45, 45), (55, 45), (321, 123)]),
    (patterns.doubled, [(455, 45), (445, 45), (1000, 100)], [(452, 45), (45, 455), (45, 45)]),
    (patterns.appended, [(452, 45), (10, 1)], [(245, 45), (45, 452), (7, 0)]),
    (patterns.inserted, [(425, 45), (145, 45), (451, 45)], [(4125, 45), (45, 425), (46, 45)]),
    (patterns.dropped, [(4, 45), (5, 45), (15, 125)], [(45, 4), (6, 45), (0, 7)]),
    (patterns.mistyped, [(48, 45), (145, 245)], [(54, 45), (4, 45), (45, 45)]),
    (patterns.sign, [(-45, 45), (45, -45)], [(45, 45), (-4, 45), (0, 0)]),
    (patterns.omitted, [(0, 45)], [(0, 0), (1, 45)]),
    (patterns.surplus, [(45, 0)], [(0, 0), (45, 4)]),
    (patterns.myriad, [(450_000, 45), (45, 450_000)], [(45_000, 45), (0, 0)]),
    (patterns.powers, [(4500, 45), (45, 45_000)], [(450, 45), (46, 45), (0, 45)]),
]


@pytest.mark.parametrize(
    ("slip", "yes", "no"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
def test_a_slip_explains_its_cases_and_no_others(
    slip: Slip, yes: list[tuple[int, int]], no: list[tuple[int, int]]
) -> None:
    for old, new in yes:
        likelihood = slip(old, new)
        assert likelihood is not None and 0 < likelihood <= 1, (old, new)
    for old, new in no:
        assert slip(old, new) is None, (old, new)


def test_the_list_is_tested_whole_and_has_its_words() -> None:
    tested = {slip.__name__ for slip, _, _ in CASES} | {"otherwise"}
    assert {kind.name for kind in SLIPS} == tested
    assert all(f"diagnosis.evidence.{kind.name}" in catalogue() for kind in SLIPS)
    assert sum(kind.share for kind in SLIPS) <= 1


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12))
def test_only_a_few_slips_write_nothing_or_for_nothing(number: int) -> None:
    for old, new in ((0, number), (number, 0)):
        explaining = {kind.name for kind in SLIPS if kind.slip(old, new) is not None}
        assert explaining <= {kind.name for kind in patterns.WITH_NOTHING}


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_likelihoods_are_shares(old: int, new: int) -> None:
    for kind in SLIPS:
        likelihood = kind.slip(old, new)
        assert likelihood is None or 0 < likelihood <= 1


@given(st.integers(10, 10**9), st.data())
def test_what_a_hand_does_is_recognised(right: int, data: st.DataObject) -> None:
    digits = str(right)
    at = data.draw(st.integers(0, len(digits) - 2))
    digit = data.draw(st.sampled_from("123456789"))
    assert patterns.appended(int(digits + digit), right)
    assert patterns.doubled(int(digits[: at + 1] + digits[at:]), right)
    if digits[at] != digits[at + 1]:
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        assert patterns.transposed(int(swapped), right)
    without = digits[:at] + digits[at + 1 :]
    if not without.startswith("0"):
        assert patterns.dropped(int(without), right)


# ------------------------------------------------------------------ beside other cells
def test_a_total_that_lacks_a_part_or_has_one_twice() -> None:
    parts = {7: 40, 8: 5, 9: 0}
    assert causes.left_out(40, 45, parts) == 8
    assert causes.left_out(43, 45, parts) is None
    assert causes.left_out(45, 45, parts) is None  # nothing is missing, not the part of 0
    assert causes.counted_twice(50, 45, parts) == 8
    assert causes.counted_twice(40, 45, parts) is None
    assert causes.subtotal_added(65, 45, {3: 20}) == 3
    assert causes.subtotal_added(60, 45, {3: 20}) is None


def test_a_total_that_still_holds_an_older_part() -> None:
    assert causes.stale(47, 45, {7: 40, 8: 5}, {7: 42, 8: 5}) == 7
    assert causes.stale(48, 45, {7: 40, 8: 5}, {7: 42, 8: 5}) is None
    assert causes.stale(47, 45, {7: 40}, {}) is None


def test_last_years_number_left_standing() -> None:
    assert causes.last_years(30, 45, 30)
    assert not causes.last_years(30, 45, 31)
    assert not causes.last_years(0, 45, 0)  # 0 is what most cells hold every year
    assert not causes.last_years(30, 45, None)


def test_a_neighbours_number_written_twice() -> None:
    assert causes.copied(45, 12, {3: 45}) == 3
    assert causes.copied(45, 12, {3: 44}) is None
    assert causes.copied(1, 12, {3: 1}) is None  # small numbers are alike by chance


def test_two_cells_that_belong_together() -> None:
    assert causes.swapped((3, 8), (8, 3))
    assert not causes.swapped((3, 8), (8, 4))
    assert not causes.swapped((3, 3), (3, 3))
    assert causes.moved_over((0, 8), (8, 0))
    assert not causes.moved_over((3, 8), (8, 3))
    assert causes.exchanged((10, 2), (7, 5))
    assert not causes.exchanged((10, 2), (7, 6))

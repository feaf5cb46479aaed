"""Versions of one unit: their order, the difference cell by cell, and what has no order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intakes
import rounds
from gouji.collecting import State, collect, standing
from gouji.collecting.difference import Change, Difference, difference, from_json, to_json
from gouji.collecting.versions import Choice, Copy, latest, versions_of
from gouji.ledger.events import Kind
from gouji.ledger.lines import to_line
from gouji.model import Kind as ItemKind
from intakes import NOW, at, begun, by_name, form, kinds, put, states
from rounds import NEW, SOUND


# ------------------------------------------------------------------ superseding
def test_a_later_version_supersedes_and_says_what_changed(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND, 11), 60)
    collect(made)
    put(made, "b.xlsx", form(SOUND, 12), 20)
    done = collect(made)
    by = by_name(made)
    assert [(f.name, f.version, f.state) for f in standing(made)] == [
        ("a.xlsx", 1, State.SUPERSEDED), ("b.xlsx", 2, State.LATEST),
    ]  # fmt: skip
    assert by["a.xlsx"].beside == (by["b.xlsx"].sha256,) and "b.xlsx" in by["a.xlsx"].why
    old, new = intakes.values_of(11), intakes.values_of(12)
    expected = [c for c in NEW.items if old[c] != new[c]]
    found = by["b.xlsx"].difference
    assert found is not None and by["a.xlsx"].difference is None
    assert [c.code for c in found.changes] == expected and rounds.carried()[1] in expected
    for change in found.changes:
        assert (change.old, change.new) == (old[change.code], new[change.code])
        assert change.label == NEW.items[change.code].full_label
    assert {f.name for f in done.files} == {"a.xlsx", "b.xlsx"}, "both stand differently now"
    assert kinds(made).count("superseded") == 1 and collect(made).files == ()


def test_the_order_of_coming_in_does_not_matter(tmp_path: Path) -> None:
    found = []
    for n, order in enumerate([(0, 1, 2), (2, 1, 0), (1, 2, 0)]):
        made = begun(tmp_path / str(n))
        for which in order:
            put(made, f"{which}.xlsx", form(SOUND, 10 + which), 90 - which * 30)
            collect(made, now=NOW)
        found.append([(f.name, f.state, f.version, f.difference) for f in standing(made)])
    assert found[0] == found[1] == found[2]
    assert [state for _, state, *_ in found[0]] == [
        State.SUPERSEDED, State.SUPERSEDED, State.LATEST,
    ]  # fmt: skip


def test_narrative_and_explanations_make_a_version_too() -> None:
    one = rounds.builders.as_submission(NEW, SOUND, intakes.values_of(1), narrative={"1": "甲 乙"})
    key = next(section.key for section in NEW.sections if not section.table)
    same = rounds.builders.as_submission(
        NEW, SOUND, intakes.values_of(1), narrative={"1": "甲\n乙"}
    )
    other = rounds.builders.as_submission(NEW, SOUND, intakes.values_of(1), narrative={key: "丙"})
    assert difference(one, same) == Difference()
    assert difference(one, other).sections == (NEW.sections[0].title,)
    told = rounds.builders.as_submission(
        NEW, SOUND, intakes.values_of(1), narrative={"1": "甲 乙"},
        explanations={("E1", "m"): "确无"})  # fmt: skip
    assert difference(one, told) == Difference(explained=True)


def test_blank_text_and_amounts_differ_exactly() -> None:
    amount = next(code for code, item in NEW.items.items() if item.kind is ItemKind.AMOUNT)
    count = rounds.carried()[1]
    old = rounds.builders.as_submission(NEW, SOUND, {amount: Decimal("1.50"), count: None})
    new = rounds.builders.as_submission(NEW, SOUND, {amount: Decimal("1.5"), count: 0})
    assert [(c.old, c.new) for c in difference(old, new).changes] == [(None, 0)]
    text = rounds.builders.as_submission(NEW, SOUND, {amount: "1.5", count: "0"})
    assert len(difference(new, text).changes) == 2


_VALUES = st.none() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(_VALUES, _VALUES), max_size=4), st.booleans())
def test_a_difference_survives_the_ledger(
    pairs: list[tuple[object, object]], unknown: bool
) -> None:
    import json

    changes = tuple(Change(f"c{n}", "标签", old, new) for n, (old, new) in enumerate(pairs))  # type: ignore[arg-type]
    made = Difference(changes, ("一、总体情况",), unknown=unknown)
    back = from_json(json.loads(to_line(to_json(made))))
    assert back == made
    kinds_of = [(isinstance(c.old, str), isinstance(c.new, str)) for c in back.changes]
    assert kinds_of == [(isinstance(old, str), isinstance(new, str)) for old, new in pairs]


def test_a_lost_blob_leaves_the_difference_unknown(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND, 1), 60)
    collect(made)
    blob = intakes.archive_of(made).find(by_name(made)["a.xlsx"].sha256)
    assert blob is not None
    blob.chmod(0o644)
    blob.write_bytes(bytes(blob.stat().st_size))
    put(made, "b.xlsx", form(SOUND, 2), 20)
    collect(made)
    assert by_name(made)["b.xlsx"].difference == Difference(unknown=True)
    assert states(made) == {"a.xlsx": State.SUPERSEDED, "b.xlsx": State.LATEST}


def test_an_old_version_sent_again_does_not_go_back_but_is_noted(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND, 1), 90)
    put(made, "b.xlsx", form(SOUND, 2), 60)
    put(made, "c.xlsx", form(SOUND, 1), 30)
    collect(made)
    by = by_name(made)
    assert by["b.xlsx"].state is State.LATEST and by["a.xlsx"].names == ("a.xlsx", "c.xlsx")
    assert by["a.xlsx"].state is State.SUPERSEDED and "又报来" in by["a.xlsx"].notes[-1]
    assert by["b.xlsx"].notes == ()


def test_the_sounder_copy_speaks_for_a_version(tmp_path: Path) -> None:
    made = begun(tmp_path)
    first = form(SOUND, 1)
    put(made, "好.xlsx", first, 30)
    put(made, "差.xlsx", rounds_without_check(tmp_path, first), 60)
    collect(made)
    assert states(made) == {"好.xlsx": State.LATEST, "差.xlsx": State.DUPLICATE}


def rounds_without_check(tmp_path: Path, data: bytes) -> bytes:
    """The same form without its check sheet, as somebody may have saved it."""
    import openpyxl

    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    book = openpyxl.load_workbook(path)
    plain = openpyxl.load_workbook(path, data_only=True)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = plain[sheet.title][cell.coordinate].value
    book.save(path)
    return path.read_bytes()


# ------------------------------------------------------------------ no order
@pytest.mark.parametrize("apart", [0.0, 0.9])
def test_within_a_minute_there_is_no_order(tmp_path: Path, apart: float) -> None:
    made = begun(tmp_path)
    put(made, "老.xlsx", form(SOUND, 3), 90)
    put(made, "a.xlsx", form(SOUND, 1), 30)
    put(made, "b.xlsx", form(SOUND, 2), 30 - apart)
    collect(made)
    assert states(made) == {
        "老.xlsx": State.SUPERSEDED, "a.xlsx": State.CONFLICT, "b.xlsx": State.CONFLICT,
    }  # fmt: skip
    by = by_name(made)
    assert by["a.xlsx"].beside == (by["b.xlsx"].sha256,) and "b.xlsx" in by["a.xlsx"].why
    assert kinds(made).count("conflicted") == 1 and kinds(made).count("superseded") == 1


def test_an_unknown_time_has_no_order(tmp_path: Path) -> None:
    made = begun(tmp_path)
    box = intakes.Box(via="maildir")
    box.put(intakes.message(("a.xlsx", form(SOUND, 1))), received=None)
    put(made, "b.xlsx", form(SOUND, 2), 30)
    collect(made, [box])
    assert states(made) == {"a.xlsx": State.CONFLICT, "b.xlsx": State.CONFLICT}
    assert by_name(made)["a.xlsx"].when is None


def test_the_coordinators_choice_ends_a_conflict_until_something_newer_comes(
    tmp_path: Path,
) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND, 1), 30)
    put(made, "b.xlsx", form(SOUND, 2), 30)
    collect(made, now=NOW)
    chosen = by_name(made)["a.xlsx"].sha256
    intakes.decide(made, Kind.CHOSEN, sha256=chosen, unit=SOUND, at=at(10))
    assert states(made) == {"a.xlsx": State.LATEST, "b.xlsx": State.SUPERSEDED}
    collect(made, now=NOW)
    put(made, "c.xlsx", form(SOUND, 3), 5)
    collect(made, now=NOW)
    assert states(made)["c.xlsx"] is State.LATEST and states(made)["a.xlsx"] is State.SUPERSEDED
    assert by_name(made)["c.xlsx"].version == 3


def test_a_mended_file_in_the_same_place_replaces_a_refused_one(tmp_path: Path) -> None:
    made = begun(tmp_path)
    put(made, "a.xlsx", form(SOUND)[:2000], 60)
    assert collect(made).files[0].state is State.REFUSED
    put(made, "a.xlsx", form(SOUND), 30)
    collect(made)
    replaced, valid = sorted(standing(made), key=lambda f: f.state is State.LATEST)
    assert (replaced.state, valid.state) == (State.REPLACED, State.LATEST)
    assert replaced.beside == (valid.sha256,) and not replaced.state.open


# ------------------------------------------------------------------ the rules themselves
def copy(content: str, minutes: float | None, **fields: object) -> Copy:
    came = None if minutes is None else at(minutes)
    return Copy(content * 2, content, came, NOW, **fields)  # type: ignore[arg-type]


def last_of(*copies: Copy, choices: tuple[Choice, ...] = ()) -> set[str]:
    return {version.head.content for version in latest(versions_of(copies), choices)}


def test_order_by_time() -> None:
    assert last_of() == set()
    assert last_of(copy("a", 9), copy("b", 5), copy("c", 1)) == {"c"}
    # 40 seconds between neighbours: the first is certainly older than the last, not than the second
    assert last_of(copy("a", 80 / 60), copy("b", 40 / 60), copy("c", 0)) == {"b", "c"}
    assert last_of(copy("a", 1), copy("b", 0)) == {"b"}, "a minute apart is an order"
    assert last_of(copy("a", None), copy("b", 0), copy("c", 9)) == {"a", "b"}
    assert last_of(copy("a", None)) == {"a"}


def test_what_was_taken_out_counts_no_more() -> None:
    assert last_of(copy("a", 9), copy("b", 5, out=True)) == {"a"}
    assert last_of(copy("a", 9, out=True)) == set()
    twins = Copy("1", "a", at(9), NOW, out=True), Copy("2", "a", at(5), NOW)
    (version,) = latest(versions_of(twins))
    assert version.head.sha256 == "2" and version.number == 1


def test_a_choice_of_something_taken_out_is_void() -> None:
    choice = Choice("aa", NOW)
    assert last_of(copy("a", 9, out=True), copy("b", 5), choices=(choice,)) == {"b"}
    later = Choice("bb", NOW + timedelta(minutes=1))
    assert last_of(copy("a", 9), copy("b", 5), choices=(choice, later)) == {"b"}
    assert last_of(copy("a", 9), copy("b", 5), choices=(later, choice)) == {"b"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(0, 600)), min_size=1),
       st.randoms(use_true_random=False))  # fmt: skip
def test_versions_do_not_depend_on_the_order_of_files(
    given_copies: list[tuple[str, int | None]], random: object
) -> None:
    copies = [
        Copy(f"{n:02}", content, None if s is None else at(s / 60), NOW)
        for n, (content, s) in enumerate(given_copies)
    ]
    mixed = copies[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = versions_of(copies), versions_of(mixed)
    assert one == other and latest(one) == latest(other) and latest(one)
    assert [version.number for version in one] == list(range(1, len(one) + 1))
    assert sum(len(version.copies) for version in one) == len(copies)


def test_what_was_written_over_in_the_inbox_is_older() -> None:
    """Corrected in its place within a minute: the file that stands there now is the valid one."""
    assert last_of(replace(copy("a", 0), replaced=True), copy("b", 0.5)) == {"b"}
    assert last_of(copy("a", 0), replace(copy("b", 0.5), replaced=True)) == {"a"}
    both = [replace(copy(name, 0), replaced=True) for name in "ab"]
    assert last_of(*both) == {"a", "b"}

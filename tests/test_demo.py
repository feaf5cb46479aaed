"""The demonstration: a sound made-up round, whose planted mistakes are found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji import editions
from gouji.comparing import compare
from gouji.demo import EDITIONS, DemoRound, make_submissions, run
from gouji.demo.deal import columns, complete, share
from gouji.edits import confront
from gouji.formula import evaluate
from gouji.model import EditRule, Number, Severity, Status, Submission, Value
from gouji.reading import read_file
from gouji.report_making import report_name
from gouji.roster import Roster
from gouji.round import read_round
from gouji.unusable import UnusableCall

REPORTS = Path(__file__).parent / "data" / "reports"
ROUNDS = {edition: make_submissions(edition) for edition in EDITIONS}
MISTAKES, REAL = ROUNDS["2019"], ROUNDS["2021"]


def report(name: str) -> dict[str, Value]:
    text = (REPORTS / name).read_text(encoding="utf-8")
    values: dict[str, Value] = json.loads(text, parse_float=Decimal)["values"]
    return values


def numbers(submission: Submission | None) -> dict[str, Number]:
    values: Mapping[str, Value] = submission.values if submission else {}
    return {code: value for code, value in values.items() if isinstance(value, int | Decimal)}


def broken(submission: Submission, earlier: Submission | None) -> list[EditRule]:
    """Rules whose two sides are known and differ, by the plain evaluation."""
    now, before = numbers(submission), numbers(earlier)
    sides = [
        (rule, evaluate(rule.left, now, before), evaluate(rule.right, now, before))
        for rule in editions.load(submission.edition).rules
    ]
    return [rule for rule, left, right in sides if None not in (left, right) and left != right]


def last_of(played: DemoRound, submission: Submission) -> Submission | None:
    same = [s for s in played.last_year if s.unit == submission.unit]
    return same[0] if same and submission.year == played.year else None


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_same_round_every_time(edition: str) -> None:
    assert make_submissions(edition) == make_submissions(edition)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_round_is_complete(edition: str) -> None:
    played = ROUNDS[edition]
    form = editions.load(edition)
    assert form.serves(played.year)
    assert 35 <= len(played.roster) <= 45
    assert not Roster(played.roster).problems()
    names = [*(s.file for s in played.submissions), *played.others]
    assert len(set(names)) == len(names)
    for submission in (*played.submissions, *played.last_year):
        assert set(submission.values) == set(form.items)
        assert all(submission.narrative[s.key] for s in form.sections if not s.table)


@pytest.mark.parametrize("edition", EDITIONS)
def test_last_year_is_sound(edition: str) -> None:
    for submission in ROUNDS[edition].last_year:
        assert not broken(submission, None), submission.unit


def test_dealt_units_are_sound_and_add_up_to_what_was_published() -> None:
    assert REAL.published == report("08.json")
    for submission in REAL.submissions:
        assert not broken(submission, last_of(REAL, submission)), submission.unit
        assert last_of(REAL, submission) is not None
    for code, published in REAL.published.items():
        assert sum(numbers(s)[code] for s in REAL.submissions) == published, code


def test_nobody_hands_in_a_negative_number() -> None:
    form = editions.load(REAL.edition)
    for submission in (*REAL.submissions, *REAL.last_year, *MISTAKES.last_year):
        for code, number in numbers(submission).items():
            signed = editions.load(submission.edition).items[code].kind == "signed"
            assert number >= 0 or signed, (submission.unit, code)
    assert form.items


def test_the_real_report_is_as_published() -> None:
    [real] = [s for s in MISTAKES.submissions if s.values == report("01.json")]
    assert real.unit in {unit.name for unit in MISTAKES.roster}
    assert real.unit in {json.loads((REPORTS / "01.json").read_text("utf-8"))["unit"]}
    assert (real.year, real.edition) == (2020, "2019")


def test_only_planted_mistakes_break_rules() -> None:
    planted = {note.unit for note in MISTAKES.notes}
    assert len(planted) >= 8
    for submission in MISTAKES.submissions:
        if submission.unit not in planted:
            assert not broken(submission, last_of(MISTAKES, submission)), submission.unit


def failures(unit: str) -> list[set[str]]:
    """For each file of the unit, the names of the hard rules it fails."""
    form = editions.load(MISTAKES.edition)
    return [
        {
            finding.rule
            for finding in confront(form, s, last_of(MISTAKES, s)).findings
            if finding.status is Status.FAILED and finding.severity is Severity.HARD
        }
        for s in MISTAKES.submissions
        if s.unit == unit
    ]


def note_with(word: str) -> str:
    [unit] = [note.unit for note in MISTAKES.notes if word in note.text]
    return unit


def test_planted_mistakes_are_found() -> None:
    assert failures(note_with("总计列却是平的")) == [{"E1.person", "E1.business"}]
    assert {"E2.received"} <= failures(note_with("总计栏被清空"))[0]
    assert {"E5.person", "E5.business"} == failures(note_with("与上年结转对不上"))[0]
    [town] = failures(note_with("规章"))
    assert {rule.split(".")[0] for rule in town} == {"E7"}
    wrong, mended = failures(note_with("先后报了两份"))
    assert "E1.person" in wrong and not mended
    [again] = [s for s in MISTAKES.submissions if s.unit == note_with("上一年的表")]
    assert again.year == MISTAKES.year - 1
    assert failures(note_with("一直没有报送")) == []


def test_text_in_number_cells_is_planted_as_typed() -> None:
    texts = {v for s in MISTAKES.submissions for v in s.values.values() if isinstance(v, str)}
    assert {"减4", "/", "-", "无"} <= texts
    assert any(text.endswith("件") for text in texts)
    assert any(text.isdigit() and not text.isascii() for text in texts)


@given(
    st.one_of(st.integers(0, 10**7), st.decimals(0, 10**6, places=3)),
    st.lists(st.integers(0, 900), min_size=1, max_size=40).filter(any),
    st.integers(),
)
def test_shares_are_exact(total: Number, weights: list[int], seed: int) -> None:
    parts = share(total, weights, Random(seed))
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


@pytest.mark.parametrize("edition", editions.available())
def test_columns_cover_disjoint_leaves(edition: str) -> None:
    form = editions.load(edition)
    codes = [code for column in columns(form) for code in column.codes]
    assert codes and len(set(codes)) == len(codes)
    assert not set(codes) & set(form.totals)


def test_totals_over_nothing_are_blank() -> None:
    form = editions.load("2021")
    assert set(complete(form, {}).values()) == {None}


@pytest.mark.parametrize("edition", EDITIONS)
def test_run_plays_the_whole_round(edition: str, tmp_path: Path) -> None:
    told: list[str] = []
    played = ROUNDS[edition]
    result = run(tmp_path / "demo", edition, told.append)
    assert result["proof"]["agree"] == result["proof"]["cells"] > 0
    assert any(played.district in line for line in told)
    _published(tmp_path / "demo", played)
    for note in played.notes:
        assert any(note.text in line for line in told)
    if played.published is None:
        assert result["missing"] and result["excluded"]
    else:
        assert not result["missing"] and not result["excluded"]
        assert result["published"]["agree"] == result["published"]["cells"]
        assert {code: result["totals"][code] for code in played.published} == played.published


def _published(folder: Path, played: DemoRound) -> None:
    """The report says what the district workbook says, and nothing is left to be written."""
    round_ = read_round(folder)
    report = read_file(round_.output / report_name(played.district, played.year))
    assert dict(report.values) == dict(read_file(round_.book).values)
    assert (report.unit, report.year) == (played.district, played.year)
    assert "待填写" not in "".join(report.narrative.values())
    assert "比上年" in report.narrative["1"] and "信息处理费" in report.narrative["6"]
    page = round_.output / report_name(played.district, played.year, ".html")
    assert not compare(page, round_.book).differs()
    assert read_file(page).narrative["6"] == report.narrative["6"]


def test_run_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UnusableCall):
        run(tmp_path, "2021", lambda line: None)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]

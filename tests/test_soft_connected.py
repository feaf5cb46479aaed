"""Soft rules and the narrative reach whoever confronts a form, and whoever reads the outcome."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

import builders
from file_desk import FileDesk
from gouji import editions
from gouji.actions import LastYear, confront_each, confront_many
from gouji.compiling import Received, compile_read
from gouji.demo import EDITIONS, make_submissions
from gouji.desk import Desk
from gouji.edits import confront
from gouji.explaining import Explanation, told_of
from gouji.layout import layout_of
from gouji.live_form import confront_live, first_cell, read_form
from gouji.model import Finding, Severity, Status, Submission, Unit, Verdict
from gouji.reading import read_file
from gouji.returns.problems import declared_spots, problems_of
from gouji.roster import Roster
from gouji.template import write_template

NEW = editions.load("2021")
STOCK = "proactive.normative.in_force"
RECEIVED, GRANTED = "requests.received.person", "requests.result.granted.person"
REAL = {"温州市鹿城区科技局"}  #: queried for good reason, see the first test
TOLD = "本年收到政府信息公开申请9件，其中自然人3件、商业企业2件、科研机构3件。"


def unit(name: str, number: int, **fields: object) -> Submission:
    """A balanced form with so many documents in force."""
    values = builders.close(NEW, {STOCK: number, RECEIVED: 5, GRANTED: 5})
    return builders.as_submission(NEW, name, values, year=2025, **fields)


def district(largest: int, others: int = 4) -> list[Submission]:
    return [unit("司法局", largest), *(unit(f"单位{n}", others + n % 2) for n in range(8))]


def soft(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {f.rule: f for f in findings if f.severity is Severity.SOFT}


def test_the_text_of_the_seed_does_not_add_up() -> None:
    """55 in the sentence, 48 in its parts: the real report the project began with."""
    [seed] = [s for s in make_submissions("2019").submissions if "科技局" in s.unit]
    form = editions.load("2019")
    result = confront(form, seed, place=layout_of(form).place)
    found = soft(result.findings)["N2.1"]
    assert (found.left, found.right) == (48, 55)
    assert "5＋1＋31＋2＋5＋4 ＝ 48，应等于总数 55，少了 7" in found.message
    assert found.cells == ("一五六、文字!A3",)
    assert result.verdict is Verdict.QUERIES


@pytest.mark.parametrize("edition", EDITIONS)
def test_only_what_was_planted_is_queried_in_the_demonstration(edition: str) -> None:
    played = make_submissions(edition)
    form = editions.load(edition)
    last = {each.unit: each for each in played.last_year}
    planted = {note.unit for note in played.notes}
    for submission in played.submissions:
        if submission.unit not in planted | REAL:
            found = confront(form, submission, last.get(submission.unit)).failures
            assert not [f.message for f in found if f.rule.partition(".")[0] in form.soft]


def test_peers_are_compared_however_a_district_is_confronted() -> None:
    sent = district(400)
    for confronted in (confront_many(NEW, sent, None, None), confront_each(sent, None, None)):
        assert "S6" in soft(confronted[0].findings)
        assert confronted[0].failed == len(confronted[0].failures)
        assert not any("S6" in soft(each.findings) for each in confronted[1:])


def test_a_districts_sums_are_no_units_peer() -> None:
    sent = district(4)
    whole = replace(unit("某区", sum(4 + n % 2 for n in range(9))), children=tuple(sent))
    confronted = confront_each([*sent, whole], None, None)
    assert not any("S6" in soft(each.findings) for each in confronted)


def test_an_explanation_outlives_what_the_other_units_report() -> None:
    before, after = (
        soft(confront_many(NEW, district(400, others), None, None)[0].findings)["S6"]
        for others in (4, 6)
    )
    assert before.message != after.message
    told = {("司法局", "S6", before.message): Explanation("都是本局制发的", True)}
    assert told_of(after, "司法局", told) == Explanation("都是本局制发的", True)
    assert told_of(after, "教育局", told) is None
    other = soft(confront_many(NEW, district(4000, 6), None, None)[0].findings)["S6"]
    assert told_of(other, "司法局", told) is None


def test_what_fails_across_years_is_one_finding_while_units_are_missing(tmp_path: Path) -> None:
    codes = ["requests.carried_forward.person", "requests.carried_forward.business"]
    earlier = replace(unit("某区", 90), year=2024)
    earlier = replace(earlier, values={**earlier.values, **dict.fromkeys(codes, 30)})
    roster = Roster((Unit("司法局"), Unit("单位0"), Unit("还没有报的局")))
    got = Received(tuple(district(4)[:2]))
    last = LastYear(earlier, {"某区": earlier})
    rolled = compile_read(got, output=None, roster=roster, last=last, district="某区")
    assert rolled.own is not None
    across = [f for f in rolled.own.failures if "还有单位没有计入" in f.message]
    assert len(across) == 1 and across[0].severity is Severity.HARD
    assert "处与上年的比较（E5、E6、S3）出于同样原因" in across[0].message
    assert rolled.own.failed == len(rolled.own.failures)
    whole = compile_read(
        got, output=None, roster=Roster(roster.units[:2]), last=last, district="某区"
    )
    assert whole.own is not None
    assert len([f for f in whole.own.failures if f.family == "E5"]) == 2


def told_form(path: Path) -> Path:
    write_template(NEW, path, submission=unit("司法局", 4, narrative={"1": TOLD, "6": "无"}))
    return path


def test_the_button_repeats_the_soft_rules_and_leads_to_the_text(tmp_path: Path) -> None:
    live = read_form(cast(Desk, FileDesk(told_form(tmp_path / "表.xlsx"))))
    found = soft(confront_live(live).findings)
    assert {"N1.received", "N2.1"} <= found.keys()
    spot = first_cell(live, found["N2.1"])
    assert spot is not None and spot[0] == NEW.narrative_sheet
    assert first_cell(live, found["N1.received"]) == live.spots["requests.received.total"]


def test_what_goes_back_parts_what_is_wrong_from_what_to_do(tmp_path: Path) -> None:
    sent = read_file(told_form(tmp_path / "表.xlsx"))
    result = confront(NEW, sent, place=layout_of(NEW).place)
    problems = problems_of(NEW, sent, result, declared_spots(layout_of(NEW)))
    told = {p.finding.rule: p for p in problems if p.finding.family in NEW.soft}
    assert told.keys() >= {"N1.received", "N2.1"}
    for problem in told.values():
        remedy = NEW.soft[problem.finding.family].remedy
        assert problem.todo.startswith(remedy) and remedy not in problem.wrong
        assert TOLD[2:12] in problem.wrong and problem.place


def test_a_form_with_few_of_last_years_numbers_is_not_last_years_form() -> None:
    """A form holds only what was carried forward: that it stays the same is no copy."""
    now = builders.close(NEW, {"requests.carried_forward.person": 30, RECEIVED: 30,
                               "requests.carried_forward.business": 20,
                               "requests.received.business": 20})  # fmt: skip
    sent = builders.as_submission(NEW, "司法局", now)
    known = {code: v if "carried_forward" in code else "不详" for code, v in now.items()}
    assert "S10" not in soft(confront(NEW, sent, replace(sent, values=known)).findings)
    assert "S10" in soft(confront(NEW, sent, sent).findings)


def test_undecided_is_no_failure() -> None:
    result = confront(NEW, unit("司法局", 4))
    assert all(f.status is Status.UNDECIDED for f in result.findings)

"""What a clerk is told: place, what stands there, what should, why; on real slips of every kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import builders
from gouji.diagnosis import Diagnosis, Solution, diagnose, milp, with_suspects
from gouji.diagnosis.freedom import Bound
from gouji.diagnosis.search import Problem
from gouji.domain import read_cells
from gouji.editions import load
from gouji.edits import confront
from gouji.layout import layout_of
from gouji.model import Form, Status, Submission, Value
from test_diagnosis_search import add_up

FORM, OLD = load("2021"), load("2019")
FOREIGN = load(Path(__file__).parent / "editions" / "foia.toml")
REPORTS = sorted((Path(__file__).parent / "data" / "reports").glob("*.json"))
RIGHT = {
    "requests.received.person": 45, "requests.received.other": 12,
    "requests.brought_forward.person": 3, "requests.result.granted.person": 30,
    "requests.result.partial.person": 8, "requests.result.granted.other": 12,
    "requests.carried_forward.person": 10,
}  # fmt: skip


def typed(changes: Mapping[str, Value], form: Form = FORM, **more: object) -> Submission:
    """A report with typed totals; everything is right but the cells named."""
    values: dict[str, Value] = {**builders.close(form, RIGHT), **changes}
    return builders.as_submission(form, "甲局", values, medium="docx", **more)


def live(changes: Mapping[str, int], **more: object) -> Submission:
    """Our own form: the totals follow whatever the leaves hold."""
    leaves = {code: int(builders.close(FORM, RIGHT)[code]) for code in builders.leaves(FORM)}
    return builders.as_submission(FORM, "甲局", add_up(FORM, leaves | changes), **more)


def asked(sent: Submission, earlier: Submission | None = None, **more: object) -> Diagnosis:
    form = load(sent.edition)
    return diagnose(form, sent, earlier, place=layout_of(form).place, **more)  # type: ignore[arg-type]


def first(found: Diagnosis) -> Solution:
    return found.solutions[0]


def test_the_sentence_has_place_found_proposed_and_why() -> None:
    found = asked(typed({"requests.received.person": 54}))
    [answer] = found.solutions
    assert answer.why == (
        "三、申请!D6“一、本年新收政府信息公开申请数量／自然人”现填 54，应为 45"
        "（像是相邻两位数字颠倒），改后相关勾稽关系都平衡。"
    )
    assert answer.kind == "transposed"
    assert answer.settles == ("E1.person", "E2.received")
    assert found.complete and not found.rest and not found.notes


@pytest.mark.parametrize(
    ("wrong", "kind", "word"),
    [
        (455, "doubled", "多打了一次"),
        (452, "appended", "末尾多打了一位"),
        (425, "inserted", "中间多打了一位"),
        (4, "dropped", "少打了一位"),
        (48, "mistyped", "有一位数字打错"),
        (-45, "sign", "正负号"),
        (0, "omitted", "漏填"),
        (450_000, "myriad", "一万倍"),
        (45_000, "powers", "0"),
        (77, "", "相关勾稽关系都平衡。"),
    ],
)
def test_a_slip_of_one_number_is_named(wrong: int, kind: str, word: str) -> None:
    answer = first(asked(typed({"requests.received.person": wrong})))
    assert answer.change == {"requests.received.person": 45}
    assert answer.kind == kind
    assert word in answer.why and "三、申请!D6" in answer.why


@pytest.mark.parametrize(
    ("total", "kind", "word"),
    [
        (30, "left_out", "像是漏加了 三、申请!D9 的 8"),
        (46, "counted_twice", "像是把 三、申请!D9 的 8 加了两次"),
        (51, "stale", "没有重算"),
    ],
)
def test_a_slip_of_a_total_names_the_part(total: int, kind: str, word: str) -> None:
    """30 + 8 = 38 results of persons."""
    answer = first(asked(typed({"requests.result.total.person": total})))
    assert answer.change == {"requests.result.total.person": 38}
    assert answer.kind == kind and word in answer.why


def test_a_surplus_number() -> None:
    answer = first(asked(typed({"requests.result.granted.research": 7})))
    assert answer.change == {"requests.result.granted.research": 0}
    assert answer.kind == "surplus" and "多填" in answer.why


def test_two_numbers_the_wrong_way_round() -> None:
    sent = typed({"requests.received.person": 12, "requests.received.other": 45})
    [answer] = asked(sent).solutions
    assert answer.change == {"requests.received.person": 45, "requests.received.other": 12}
    assert answer.kind == "swapped" and "填反" in answer.why


def test_a_number_in_the_next_column() -> None:
    sent = typed({"requests.received.other": 0, "requests.received.legal_service": 12})
    [answer] = asked(sent).solutions
    assert "的 12 应填在 三、申请!I6" in answer.why and "填错了列" in answer.why


def test_an_applicant_under_the_wrong_type_is_one_slip_in_both_columns() -> None:
    """Live totals: each column is out by itself; together they are one case filed wrongly."""
    sent = live({"requests.received.person": 47, "requests.received.other": 10})
    found = asked(sent)
    both = {"requests.received.person": 45, "requests.received.other": 12}
    for rule in ("E1.person", "E1.other"):
        finding = next(f for f in confront(FORM, sent).findings if f.rule == rule)
        assert both in [suspect.change for suspect in found.suspects_of(finding)]
    answer = next(s for s in found.solutions if s.change == both)
    assert answer.kind == "misfiled" and "都是 2、方向相反" in answer.why


def test_a_row_one_column_too_far() -> None:
    right = {f"requests.result.partial.{name}": n for name, n in
             (("person", 4), ("business", 3), ("research", 2))}  # fmt: skip
    stem = "requests.result.partial"
    wrong = {f"{stem}.person": 0, f"{stem}.business": 4, f"{stem}.research": 3,
             f"{stem}.charity": 2}  # fmt: skip
    values: dict[str, Value] = {**builders.close(FORM, RIGHT | right), **wrong}
    found = asked(builders.as_submission(FORM, "甲局", values, medium="docx"))
    answer = next(s for s in found.solutions if s.kind == "slid.row")
    assert answer.change == {**right, "requests.result.partial.charity": 0}
    assert "整体错开了一列" in answer.why


def test_three_rows_in_the_next_column() -> None:
    rows = ("received", "result.granted", "carried_forward")
    moved = {f"requests.{row}.legal_service": builders.close(FORM, RIGHT)[f"requests.{row}.other"]
             for row in rows if builders.close(FORM, RIGHT)[f"requests.{row}.other"]}  # fmt: skip
    gone = {code.replace("legal_service", "other"): 0 for code in moved}
    found = asked(typed(moved | gone))
    wanted = dict.fromkeys(moved, 0) | dict.fromkeys(gone, 12)
    answer = next(s for s in found.solutions if s.change == wanted)
    assert answer.kind == "moved.column" and answer.why.count("应填在") + answer.why.count(
        "改填在"
    ) == len(moved)


# ------------------------------------------------------------------ cells without a value
def test_a_blank_total_is_filled_and_a_slip_beside_it_still_found() -> None:
    found = asked(typed({"requests.result.total.person": None, "requests.received.person": 54}))
    assert [dict(s.change) for s in found.solutions] == [
        {"requests.received.person": 45}, {"requests.result.total.person": 38}
    ]  # fmt: skip
    assert "空着，应填 38" in found.solutions[1].why
    assert "E3.person" in found.solutions[1].settles


def test_text_that_cannot_be_read_is_worked_out_from_the_rest() -> None:
    sent = typed({"requests.received.person": "见附件"})
    [answer] = asked(sent).solutions
    assert answer.change == {"requests.received.person": 45}
    assert "填的是“见附件”，应为 45" in answer.why
    finding = next(f for f in confront(FORM, sent).findings if "received.person" in f.rule)
    assert asked(sent).suspects_of(finding)[0].change == answer.change


def test_text_with_a_meaning_counts_as_that_number() -> None:
    assert not asked(typed({"requests.received.person": "４５ 件"})).solutions


def test_two_unreadable_cells_of_one_column_share_what_is_missing() -> None:
    cells = ("requests.result.granted.person", "requests.result.partial.person")
    sent = live(dict.fromkeys(cells, 0))  # a sum passes over text
    sent = replace(sent, values={**sent.values, **dict.fromkeys(cells, "若干")})
    [answer] = asked(sent).solutions
    assert answer.change.keys() == set(cells)
    assert sum(answer.change.values()) == 38  # type: ignore[arg-type]
    assert "按实际情况分配" in answer.why


def test_a_number_below_0_no_rule_speaks_of() -> None:
    sent = typed({"proactive.licence.decided": -7})
    [answer] = asked(sent).solutions
    assert answer.change == {"proactive.licence.decided": 7}
    finding = next(f for f in confront(FORM, sent).findings if "licence" in f.rule)
    assert asked(sent).suspects_of(finding)[0].why == answer.why
    assert "现填 -7，应为 7，改后不再为负（像是正负号打错）" in answer.why


def test_a_fraction_of_a_case() -> None:
    [answer] = asked(typed({"requests.received.person": Decimal("4.5")})).solutions
    assert answer.change == {"requests.received.person": 45}


# ------------------------------------------------------------------ last year
def last(changes: Mapping[str, int]) -> Submission:
    values = builders.close(FORM, {"requests.carried_forward.person": 3,
                                   "requests.received.person": 3} | changes)  # fmt: skip
    return builders.as_submission(FORM, "甲局", values, year=2024)


def test_last_years_number_left_standing() -> None:
    before = last({"requests.received.other": 31, "requests.result.granted.other": 31})
    answer = first(asked(typed({"requests.received.other": 31}), before))
    assert answer.change == {"requests.received.other": 12}
    assert answer.kind == "last_year" and "没有更新" in answer.why


def test_what_was_carried_forward_names_the_cell() -> None:
    sent = typed({"requests.brought_forward.person": 8, "requests.brought_forward.total": 8,
                  "requests.received.person": 40, "requests.received.total": 52})  # fmt: skip
    found = asked(sent, last({}))
    changed = {code for s in found.solutions for code in s.change}
    assert "requests.brought_forward.person" in changed
    assert not asked(sent).solutions  # this year's numbers agree among themselves


def test_rules_that_contradict_each_other_are_said() -> None:
    before = last({})
    before = replace(before, values={**before.values, "requests.carried_forward.total": 9},
                     medium="docx")  # fmt: skip
    found = asked(typed({"requests.received.person": 54}), before)
    assert found.solutions[0].change == {"requests.received.person": 45}
    assert any("上年报告" in note for note in found.notes)


# ------------------------------------------------------------------ limits
def test_a_bound_is_said_with_its_rule() -> None:
    values = builders.close(FORM, RIGHT) | {"proactive.regulation.in_force": 6}
    [answer] = asked(builders.as_submission(FORM, "红桥镇", values, level="town")).solutions
    assert answer.change == {"proactive.regulation.in_force": 0}
    assert "改后符合规定：没有规章制定权的单位" in answer.why


def test_money_is_exact_to_its_last_place() -> None:
    costs = {"costs.processing": Decimal("0.10"), "costs.litigation": Decimal("999999999999.20")}
    wrong = {"costs.total": Decimal("999999999999.31")}
    values: dict[str, Value] = {**builders.close(FOREIGN, costs), **wrong}
    found = diagnose(FOREIGN, Submission("A", 2020, FOREIGN.id, values, medium="docx"))
    changes = [dict(solution.change) for solution in found.solutions]
    assert {"costs.total": Decimal("999999999999.3")} in changes
    assert {"costs.processing": Decimal("0.11")} in changes
    for change in changes:
        mended = {**values, **change}
        assert mended["costs.total"] == mended["costs.processing"] + mended["costs.litigation"]  # type: ignore[operator]


@pytest.mark.parametrize("size", [10**12, 10**18, 10**30])
def test_big_numbers_are_exact(size: int) -> None:
    values = builders.close(FORM, {"requests.received.person": size})
    wrong: dict[str, Value] = {**values, "requests.received.person": size + 1}
    found = asked(builders.as_submission(FORM, "甲局", wrong, medium="docx"))
    assert {"requests.received.person": size} in [dict(s.change) for s in found.solutions]


def test_the_order_of_the_cells_in_the_file_does_not_matter() -> None:
    sent = typed({"requests.received.person": 54, "requests.result.granted.other": 21})
    turned = replace(sent, values=dict(reversed(sent.values.items())))
    answers = [[(s.change, s.why) for s in asked(each).solutions] for each in (sent, turned)]
    assert answers[0] == answers[1]


def test_slips_that_have_nothing_to_do_with_each_other_stand_apart() -> None:
    found = asked(typed({"requests.received.person": 54, "requests.result.granted.other": 21,
                         "review.direct_suit.total": 4}))  # fmt: skip
    assert {s.cause for s in found.solutions} == {0, 1, 2}
    by_cause = [[s for s in found.solutions if s.cause == n] for n in range(3)]
    assert [len(by_cause[n][0].change) for n in range(3)] == [1, 1, 1]


def test_too_many_slips_for_the_work_allowed_are_said() -> None:
    rows = [
        code for code in FORM.items if code.startswith("requests.result.") and "total" not in code
    ]
    sent = typed({code: 3 + n for n, code in enumerate(rows[3::11])})
    found = asked(sent, budget=0.001)
    assert not found.complete
    assert any("差错较多" in note for note in found.notes)


def test_confirmed_cells_that_leave_no_way_out_are_said() -> None:
    sent = typed({"review.direct_suit.total": 4})
    held = [code for code in FORM.items if code.startswith("review.direct_suit.")]
    found = asked(sent, fixed=held)
    assert not found.solutions and not found.complete
    assert found.notes == (
        "已确认的单元格不能改动时，找不到使勾稽关系都平衡的改法。请再核对已确认的单元格。",
    )


def test_more_answers_than_are_shown_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = live({"requests.received.person": 46})
    finding = next(f for f in confront(FORM, sent).findings if f.rule == "E1.person")
    whole = asked(sent)
    assert len(whole.suspects_of(finding, 5)) == 5
    [told] = [f for f in with_suspects(FORM, sent, confront(FORM, sent), most=5).findings
              if f.rule == finding.rule]  # fmt: skip
    assert len(told.suspects) == 5 and told.more == len(whole.solutions) - 5
    monkeypatch.setattr("gouji.diagnosis.answers.KEPT", 7)
    assert asked(sent).rest == len(whole.solutions) - 7


# ------------------------------------------------------------------ real reports
@pytest.mark.parametrize("medium", ["form", "docx"])
@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_every_broken_rule_of_a_real_report_gets_an_answer(report: Path, medium: str) -> None:
    data = json.loads(report.read_text(encoding="utf-8"), parse_float=Decimal)
    form = load(data["edition"])
    values = {code: data["values"].get(code) for code in form.items}
    sent = Submission(data["unit"], data["year"], form.id, values, medium=medium)
    found = asked(sent)
    rules = {rule.name: rule for rule in form.rules}
    for finding in confront(form, sent).findings:
        if finding.status is Status.FAILED and finding.rule in rules:
            suspects = found.suspects_of(finding)
            # A total over rows nobody filled in names no cell: its finding says what is missing.
            if rule_has_parts(rules[finding.rule].codes, sent, form):
                assert suspects, finding.rule
                assert all("!" in suspect.why for suspect in suspects)
    assert found.complete


def rule_has_parts(codes: tuple[str, ...], sent: Submission, form: Form) -> bool:
    blanks = read_cells(form, sent).blanks
    return len(codes) < 10 or not blanks.issuperset(set(codes[1:]))


# ------------------------------------------------------------------ the solver
def test_the_solver_finds_one_least_change() -> None:
    pytest.importorskip("highspy")
    problem = Problem(({0: 1, 1: -1}, {1: 1, 2: -1}), (3, -3), {n: Bound(5) for n in range(3)})
    assert milp.one_least_change(problem) == {1: 3}


def test_what_is_too_much_work_goes_to_the_solver_when_it_is_asked() -> None:
    pytest.importorskip("highspy")
    sent = typed({"requests.result.granted.person": 3, "requests.result.partial.person": 88,
                  "requests.result.granted.other": 21})  # fmt: skip
    assert not asked(sent, budget=0.0001).solutions
    found = asked(sent, budget=0.0001, solver=True)
    [answer] = found.solutions
    assert answer.change == {
        "requests.result.granted.person": 30, "requests.result.partial.person": 8,
        "requests.result.granted.other": 12,
    }  # fmt: skip
    assert any("不一定是全部" in note for note in found.notes)


def test_money_never_goes_to_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked_for(problem: Problem) -> None:
        raise AssertionError("a solver was asked about money")

    monkeypatch.setattr("gouji.diagnosis.localise.one_least_change", asked_for)
    values: dict[str, Value] = {**builders.close(FOREIGN, {"costs.processing": Decimal("7.10")}),
                                "costs.total": Decimal("7.31")}  # fmt: skip
    sent = Submission("A", 2020, FOREIGN.id, values, medium="docx")
    assert not diagnose(FOREIGN, sent, fixed=list(FOREIGN.items), solver=True).complete
    with pytest.raises(AssertionError, match="money"):
        asked(typed({"requests.received.person": 54}), fixed=list(FORM.items), solver=True)


def test_without_a_solver_or_with_big_numbers_there_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    big = Problem(({0: 1},), (10**9,), {0: Bound(10**9)})
    assert milp.one_least_change(big) is None
    monkeypatch.setattr(milp, "available", lambda: False)
    small = Problem(({0: 1},), (3,), {0: Bound(5)})
    assert milp.one_least_change(small) is None

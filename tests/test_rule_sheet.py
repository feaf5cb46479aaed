"""A round's own rules: switched and added in a workbook, in force everywhere, and told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import builders
import rounds
from gouji import editions
from gouji.layout import layout_of
from gouji.model import Form, Severity, SoftRule
from gouji.own_formula import BadFormula, read_formula
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_actions import ensure_rule_sheet
from gouji.round_survey import survey
from gouji.rule_book import AS_DECLARED, RuleBook
from gouji.rule_sheet import RuleSheetError, read_rules, rules_file
from gouji.rule_sheet_book import write_rule_sheet
from gouji.wording import say
from rounds import BROKEN, NEW, QUERIED, SOUND, YEAR

Run = Callable[..., tuple[int, str, str]]
SWITCHES, OWN, IN_FORCE = say("rule_sheet.switches"), say("rule_sheet.own"), say("sheet.rules")
WHY = "机构改革，上年数由县府办另行核对"
PLACE = layout_of(NEW).place
RECEIVED, CARRIED = "requests.received.total", "requests.carried_forward.total"


def own(formula: str, name: str = "Z1", severity: str = "强制", **other: str) -> list[str]:
    texts = {"says": "应当相等", "basis": "区府办通知", "remedy": "请核对两处"} | other
    return [name, formula, severity, texts["says"], texts["basis"], texts["remedy"]]


def put(file: Path, switches: list[list[str]] = (), added: list[list[str]] = ()) -> Path:  # type: ignore[assignment]
    """Fill a rule sheet as a coordinator would, from its first open row."""
    book = load_workbook(file)
    for name, rows in ((SWITCHES, switches), (OWN, added)):
        for row, texts in enumerate(rows, start=4):
            for column, text in enumerate(texts, start=1):
                book[name].cell(row, column).value = text
                book[name].cell(row, column).data_type = "s"
    book.save(file)
    return file


def sheet(folder: Path, form: Form = NEW, **rows: Any) -> Path:
    file = folder / say("rule_sheet.file")
    write_rule_sheet(file, form, YEAR)
    return put(file, **rows)


@pytest.fixture
def roster(tmp_path: Path) -> Any:
    return read_roster(rounds.roster(tmp_path / "名录"))


def wrong(file: Path, roster: Any, form: Form = NEW) -> list[str]:
    with pytest.raises(RuleSheetError) as caught:
        read_rules(file, form, roster)
    return list(caught.value.problems)


# ---------------------------------------------------------------------- the sheet
FOREIGN = Path(__file__).parent / "editions" / "foia.toml"


@pytest.mark.parametrize("edition", [*editions.shipped(), FOREIGN], ids=str)
def test_an_empty_sheet_changes_nothing(tmp_path: Path, roster: Any, edition: Any) -> None:
    form = editions.load(edition)
    book = read_rules(sheet(tmp_path, form), form, roster)
    assert book.empty and book.form(form, SOUND) is form


def test_the_sheet_lists_every_rule_and_what_may_be_done_with_it(tmp_path: Path) -> None:
    page = load_workbook(sheet(tmp_path))[say("rule_sheet.list")]
    rows = {row[0]: row for row in page.iter_rows(min_row=4, values_only=True)}
    assert rows.keys() == {r.family for r in NEW.rules} | NEW.form_rules.keys() | NEW.soft.keys()
    assert [rows[name][4] for name in ("E1", "E2", "E9", "N1")] == [
        "停用、核实、强制", "最多改为核实", "不能调整", "只能停用",
    ]  # fmt: skip


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    one, other = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    for file in (one, other):
        write_rule_sheet(file, NEW, YEAR)
    assert one.read_bytes() == other.read_bytes()


def test_switches_by_name_family_and_pattern_for_all_or_some(tmp_path: Path, roster: Any) -> None:
    rows = [["E5", "停用", WHY, f"{SOUND}、{QUERIED}"], ["E1.*", "核实", "试填", ""],
            ["E1.total", "强制", "合计仍须相符", ""], ["s3", "停用", "不比", ""],
            ["S1", "强制", "一律填 0", ""]]  # fmt: skip
    book = read_rules(sheet(tmp_path, switches=rows), NEW, roster)
    some, rest = book.form(NEW, "区教育局"), book.form(NEW, BROKEN)
    # The alias is the roster's affair: a submission is asked for its unit's name.
    assert book.named(builders.as_submission(NEW, "区教育局", {})) == SOUND
    named = book.form(NEW, SOUND)
    assert not [r for r in named.rules if r.family == "E5"]
    assert [r for r in rest.rules if r.family == "E5"] and some is rest
    severity = {r.name: r.severity for r in rest.rules}
    assert severity["E1.person"] is Severity.SOFT and severity["E1.total"] is Severity.HARD
    assert "S3" not in rest.soft and rest.form_rules["S1"].severity is Severity.HARD
    assert rest.totals.keys() == NEW.totals.keys()


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"switches": [["", "停用", WHY, ""]]}, "A4", "没有写规则编号"),
    ({"switches": [["E99", "停用", WHY, ""]]}, "A4", "没有编号为“E99”的规则"),
    ({"switches": [["E5", "", WHY, ""]]}, "B4", "没有写改成什么"),
    ({"switches": [["E5", "删除", WHY, ""]]}, "B4", "“删除”不能用。请写：停用、核实、强制"),
    ({"switches": [["E5", "停用", "", ""]]}, "C4", "没有写理由"),
    ({"switches": [["E5", "停用", WHY, "教育局、水务局"]]}, "D4", "名录里没有“水务局”"),
    ({"switches": [["E5", "强制", WHY, ""]]}, "B4", "E5 本来就是强制"),
    ({"switches": [["E9", "核实", WHY, ""]]}, "A4", "E9 关系到汇总能否进行"),
    ({"switches": [["E10", "停用", WHY, ""]]}, "A4", "E10 关系到汇总能否进行"),
    ({"switches": [["E8", "停用", WHY, ""]]}, "A4", "E8 关系到汇总能否进行"),
    ({"switches": [["E2.received", "停用", WHY, ""]]}, "A4", "合计关系，停用后错数会直接进入汇总"),
    ({"switches": [["N1", "强制", WHY, ""]]}, "A4", "N1 只是提示核实，不能改为强制"),
    ({"switches": [["S6", "强制", WHY, ""]]}, "A4", "S6 只是提示核实，不能改为强制"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", name="")]}, "A4", "没有写编号"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", name="甲.1")]}, "A4", "编号“甲.1”不能用"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", name="e1")]}, "A4", "编号“e1”已经有了"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", name="T3")]}, "A4", "编号“T3”已经有了"),
    ({"added": [own("")]}, "B4", "没有写公式"),
    ({"added": [own("三、申请!J6")]}, "B4", "应当写成“左边 ＝ 右边”"),
    ({"added": [own("三、申请!J6 = 三、申请!J30 = 0")]}, "B4", "应当写成“左边 ＝ 右边”"),
    ({"added": [own("三、申请!J6 / 2 = 三、申请!J30")]}, "B4", "看不懂"),
    ({"added": [own("三、申请!A1 = 三、申请!J30")]}, "B4", "三、申请!A1 不是要填数的格子"),
    ({"added": [own("第三页!J6 = 三、申请!J30")]}, "B4", "表名不对"),
    ({"added": [own("requests.nothing = 0")]}, "B4", "没有“requests.nothing”这一格"),
    ({"added": [own("三、申请!J6 = 三、申请!J6")]}, "B4", "两边完全相同"),
    ({"added": [own("三、申请!J6 >= 三、申请!J30")]}, "C4", "只能作核实"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", severity="")]}, "C4", "没有写改成什么"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", says="")]}, "D4", "没有写说明"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", basis="")]}, "E4", "没有写依据"),
    ({"added": [own("三、申请!J6 = 三、申请!J30", remedy="")]}, "F4", "没有写改法"),
    ({"added": [own("三、申请!D6 = 三、申请!J6")]}, "B4", "E2.received 互相矛盾"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "cell", "told"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_with_its_cell_and_what_to_do(
    tmp_path: Path, roster: Any, rows: dict[str, Any], cell: str, told: str
) -> None:
    [problem] = wrong(sheet(tmp_path, **rows), roster)
    page = SWITCHES if "switches" in rows else OWN
    assert problem.startswith(f"规则.xlsx“{page}”页 {cell}：") and told in problem


def test_all_mistakes_at_once(tmp_path: Path, roster: Any) -> None:
    rows = [["E99", "停用", "", ""], ["E5", "删除", WHY, "某局"]]
    file = sheet(tmp_path, switches=rows, added=[own("三、申请!J6", says=""), own("", name="E1")])
    assert len(wrong(file, roster)) == 8


def test_a_file_that_is_no_rule_sheet(tmp_path: Path, roster: Any) -> None:
    file = tmp_path / "规则.xlsx"
    file.write_bytes(b"nothing")
    assert len(wrong(file, roster)) == 1
    write_rule_sheet(file, NEW, YEAR)
    book = load_workbook(file)
    book[SWITCHES].cell(3, 2).value = "怎么改"
    del book[OWN]
    book.save(file)
    first, second = wrong(file, roster)
    assert "没有表头“规则、改为、理由、适用单位”" in first and f"没有“{OWN}”页" in second


# ---------------------------------------------------------------------- formulas
def test_a_formula_of_cells_codes_and_full_width_signs() -> None:
    told = read_formula("三、申请！J6＝2×'三、申请'!$D$6 － last_year(三、申请!j30)", NEW, PLACE)
    assert [(t.coefficient, t.code, t.last_year) for t in (*told.left, *told.right)] == [
        (1, RECEIVED, False), (2, "requests.received.person", False), (-1, CARRIED, True),
    ]  # fmt: skip
    assert read_formula(f"{RECEIVED} ≤ {CARRIED}", NEW, PLACE).left[0].code == CARRIED
    several = read_formula(f"{RECEIVED} = sum(requests.received.*)", NEW, PLACE)
    assert len(several.right) == 7
    for bad in (
        "",
        "=",
        "三、申请!J6 = 三、申请!D6:E6",
        "三、申请!J6 = '; DROP",
        "三、申请!J99999 = 0",
    ):
        with pytest.raises(BadFormula):
            read_formula(bad, NEW, PLACE)


def test_an_order_is_a_query_and_says_both_sides(tmp_path: Path, roster: Any) -> None:
    from gouji.edits import confront

    rule = own("三、申请!J30 <= 三、申请!J6", severity="核实", says="结转不超过新收")
    book = read_rules(sheet(tmp_path, added=[rule]), NEW, roster)
    assert isinstance(book.own[0], SoftRule)
    form = book.form(NEW, SOUND)
    values = builders.close(NEW, {"requests.carried_forward.person": 5,
                                  "requests.brought_forward.person": 5})  # fmt: skip
    result = confront(form, builders.as_submission(NEW, SOUND, values), place=PLACE)
    [found] = [f for f in result.failures if f.rule == "Z1"]
    assert found.severity is Severity.SOFT
    assert "0，小于" in found.message and "少了 5" in found.message and "上年" not in found.message
    assert found.message.endswith("结转不超过新收。请核对两处。")


# ---------------------------------------------------------------------- in force everywhere
@pytest.fixture
def made(tmp_path: Path) -> Round:
    return rounds.filled(tmp_path)


def rules_by_unit(made: Round) -> dict[str, dict[str, Severity]]:
    return {line.unit: {f.rule: f.severity for f in line.failed} for line in survey(made).units}


def test_a_new_round_has_a_sheet_and_it_is_never_written_over(made: Round, run: Run) -> None:
    file = rules_file(made.folder)
    before = file.read_bytes()
    assert not ensure_rule_sheet(made) and file.read_bytes() == before
    status, out, _ = run("rules", made.folder, "--template")
    assert status == 0 and "没有覆盖" in out
    file.unlink()
    assert survey(made).rules == RuleBook(NEW.id, roster=read_roster(made.roster_file))
    assert run("rules", made.folder, "--template", "--json")[0] == 0 and file.read_bytes() == before
    status, _, err = run("rules", "--template")
    assert status == 2 and len(err.splitlines()) == 1


def test_what_is_switched_holds_for_check_status_return_and_compile(made: Round, run: Run) -> None:
    before = rules_by_unit(made)
    assert before[BROKEN] == {"E1.person": Severity.HARD, "E1.total": Severity.HARD}
    put(rules_file(made.folder), switches=[
        ["E1", "核实", "本年度试填", BROKEN], ["S1", "停用", "空白由区里补 0", ""],
    ])  # fmt: skip
    after = rules_by_unit(made)
    assert after[BROKEN] == dict.fromkeys(before[BROKEN], Severity.SOFT)
    assert before[QUERIED] and not after[QUERIED]
    _, out, err = run("check", made.folder, "--json")
    told = {one["unit"]: one for one in json.loads(out) if one["unit"]}
    assert told[BROKEN]["verdict"] == "queries" and told[QUERIED]["verdict"] == "clean"
    assert told[BROKEN]["switched"] == [{
        "pattern": "E1", "rules": [r.name for r in NEW.rules if r.family == "E1"], "to": "soft",
        "why": "本年度试填", "units": [BROKEN],
    }]  # fmt: skip
    assert "switched" not in told[QUERIED]
    assert "2 处规则调整、0 条自定规则" in err
    out = run("check", made.folder)[1]
    assert "规则调整：E1 核实（=审计局），理由：本年度试填" in out
    assert "2 处规则调整" in run("status", made.folder)[1]
    assert run("return", made.folder, "--today", "2026-01-25")[0] in (0, 1)
    book = next(made.folder.rglob(f"*{BROKEN[1:]}*退回修改.xlsx"))
    lines = [str(row[0]) for row in load_workbook(book).worksheets[0].iter_rows(values_only=True)]
    assert "本年度对 E1 的要求有调整（核实）：本年度试填。" in lines
    run("compile", made.folder, "--json")
    page = load_workbook(made.book)[IN_FORCE]
    rows = list(page.iter_rows(min_row=4, values_only=True))
    assert rows[0][:3] == ("E1", "强制", "改为核实") and rows[0][5:7] == ("本年度试填", BROKEN)
    assert rows[1][:3] == ("S1", "核实", "停用") and rows[1][6] == "全部单位"
    assert "S1" not in [row[0] for row in rows[2:]] and "E1" in [row[0] for row in rows[2:]]


def test_an_own_rule_is_asked_of_every_unit_and_of_the_district(made: Round, run: Run) -> None:
    put(rules_file(made.folder), added=[own("三、申请!J7 = 2 * 三、申请!J29", name="QX1")])
    assert rules_by_unit(made)[SOUND]["QX1"] is Severity.HARD
    out = run("check", made.folder, "--json")[1]
    found = [f for one in json.loads(out) for f in one["findings"] if f["rule"] == "QX1"]
    assert found and all(f["cells"] == ["三、申请!J7", "三、申请!J29"] for f in found)
    assert all(f["message"].endswith("请核对两处。") for f in found)
    run("compile", made.folder)
    page = load_workbook(made.book)[IN_FORCE]
    row = next(page.iter_rows(min_row=4, values_only=True))
    assert row[:4] == ("QX1", "强制", "自定", "应当相等（三、申请!J7 ＝ 2 × 三、申请!J29）")
    back = next(made.folder.rglob(f"{SOUND}*退回修改.xlsx"), None)
    assert back is None
    run("return", made.folder, "--today", "2026-01-25")
    page = load_workbook(next(made.folder.rglob(f"{SOUND}*退回修改.xlsx"))).worksheets[0]
    texts = [row[:5] for row in page.iter_rows(values_only=True) if row[0] == 1]
    assert texts[0][4] == "请核对两处。"


def test_a_broken_sheet_stops_with_every_mistake_and_no_traceback(made: Round, run: Run) -> None:
    put(rules_file(made.folder), switches=[["E99", "停用", "", ""]])
    for command in ("check", "status", "compile", "return"):
        status, _, err = run(command, made.folder)
        assert status == 2 and len(re.findall("规则.xlsx", err)) == 2, command


def test_a_rounds_rules_are_listed_and_tested(made: Round, run: Run) -> None:
    put(rules_file(made.folder), switches=[["E6", "停用", WHY, ""]],
        added=[own(f"{RECEIVED} = sum(requests.received.*) - {RECEIVED}", name="QX1")])  # fmt: skip
    status, out, _ = run("rules", made.folder, "--json")
    names = {rule["rule"] for rule in json.loads(out)[0]["rules"]}
    assert status == 0 and "QX1" in names and not [n for n in names if n.startswith("E6")]
    status, out, _ = run("rules", made.folder, "--self-test")
    assert status == 1 and "[重复] QX1" in out


def test_as_declared_is_nothing_at_all() -> None:
    assert AS_DECLARED.empty and AS_DECLARED.form(NEW, "x") is NEW

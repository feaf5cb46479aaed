"""``gouji report``: of a file, of a round, of one unit; what it says and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import rounds
from gouji.compiling import compile_files
from gouji.reading import read_file
from gouji.report_making import order_of_round
from gouji.round import Round
from gouji.round_compiling import compile_round
from gouji.template import write_template
from gouji.values_json import dump, to_text
from reports import NEW, county, submitted
from rounds import QUERIED, SOUND, YEAR, filled

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def compiled(tmp_path: Path) -> Round:
    made = filled(tmp_path / "年度")
    compile_round(made)
    return made


def test_a_filled_form(run: Run, tmp_path: Path) -> None:
    now = submitted(NEW, {"proactive.normative.made": 3}, narrative={"1": "已写好。"})
    form, output = tmp_path / "表.xlsx", tmp_path / "报告.docx"
    write_template(NEW, form, submission=now)
    status, out, err = run("report", form, "-o", output, "--signature", "云澜区", "--signature",
                           "2026年1月20日")  # fmt: skip
    assert (status, err) == (0, "") and "云澜区2025年政府信息公开工作年度报告" in out
    assert "待填写" in out and "初稿" not in out
    read = read_file(output)
    assert read.values["proactive.normative.made"] == 3 and read.narrative["1"] == "已写好。"
    assert (read.unit, read.year) == ("云澜区", 2025)


def test_json_names_everything(run: Run, tmp_path: Path) -> None:
    values, output = tmp_path / "数.json", tmp_path / "报告.docx"
    values.write_text(to_text(dump(county())), encoding="utf-8")
    status, out, _ = run("report", values, "-o", output, "--json")
    told = json.loads(out)
    assert status == 0 and told["outcome"] == "written" and told["former"] is None
    assert told["sections"] == {
        "drafted": ["一、总体情况"], "kept": [],
        "to_write": ["五、存在的主要问题及改进情况", "六、其他需要报告的事项"],
    }  # fmt: skip
    assert json.loads(run("report", values, "-o", output, "--json")[1])["outcome"] == "current"


def test_a_district_from_its_workbook_beside_last_year(
    run: Run, compiled: Round, tmp_path: Path
) -> None:
    last = tmp_path / "上年汇总.xlsx"
    compile_files([*compiled.earlier.iterdir()], output=last, district=compiled.district,
                  year=YEAR - 1, level=compiled.level)  # fmt: skip
    status, out, _ = run("report", compiled.folder, "--last-year", last)
    report = compiled.output / f"{compiled.district}{YEAR}年度报告.docx"
    assert status == 0 and str(report) in out and "汇总表计入 2 个单位，名录共 4 个" in out
    book, read = read_file(compiled.book), read_file(report)
    assert read.values == book.values and (read.unit, read.year) == (compiled.district, YEAR)
    earlier = order_of_round(compiled, last_year=last).earlier
    assert earlier and dict(earlier.values) == dict(read_file(last).values)


def test_one_unit_of_a_round_with_its_own_text(run: Run, tmp_path: Path) -> None:
    made = filled(tmp_path / "年度")
    file = made.inbox / "教育局 报.xlsx"
    now = replace(read_file(file), narrative={"1": "全区学校全部公开。", "5": "无", "6": "无"})
    write_template(NEW, file, submission=now)
    compile_round(made)
    output = tmp_path / "教育局.docx"
    status, out, _ = run("report", made.folder, "--unit", SOUND, "-o", output)
    read = read_file(output)
    assert status == 0 and "待填写" not in out and "汇总表计入" not in out
    assert read.narrative["1"] == "全区学校全部公开。"
    assert {c: v or 0 for c, v in read.values.items()} == dict(now.values)


def test_one_unit_of_a_district_workbook(run: Run, compiled: Round, tmp_path: Path) -> None:
    output = tmp_path / "民政.docx"
    assert run("report", compiled.book, "--unit", QUERIED, "-o", output)[0] == 0
    assert read_file(output).unit == QUERIED


def test_a_round_that_is_not_compiled_says_what_to_do(run: Run, tmp_path: Path) -> None:
    made = filled(tmp_path / "年度")
    status, out, err = run("report", made.folder)
    assert (status, out) == (2, "") and "先汇总" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{form}"], "-o"),
        (["{form}", "-o", "{folder}/报告.odt"], ".docx"),
        (["{form}", "-o", "{folder}/报告.docx", "--unit", "无此局"], "无此局"),
        (["{folder}/没有.xlsx", "-o", "{folder}/报告.docx"], "找不到"),
        (["{undated}", "-o", "{folder}/报告.docx"], "报告年度"),
        (["{unnamed}", "-o", "{folder}/报告.docx"], "填报单位"),
        (["{form}", "-o", "{folder}/没有/报告.docx"], "无法读写"),
        (["{form}", "-o", "{folder}/报告.docx", "--last-year", "{form}"], "上年文件"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    run: Run, tmp_path: Path, arguments: list[str], says: str
) -> None:
    now = submitted(NEW, {})
    places = {"folder": str(tmp_path)}
    for name, each in (("form", now), ("undated", replace(now, year=None)),
                       ("unnamed", replace(now, unit=""))):  # fmt: skip
        path = tmp_path / f"{name}.json"
        path.write_text(to_text(dump(each)), encoding="utf-8")
        places[name] = str(path)
    status, out, err = run("report", *(each.format(**places) for each in arguments))
    assert (status, out) == (2, "") and says in err and err.count("\n") == 1
    assert not list(tmp_path.glob("*.docx"))


def test_numbers_that_break_a_rule_are_told(run: Run, tmp_path: Path) -> None:
    values = tmp_path / "数.json"
    now = submitted(NEW, {"requests.received.person": 3, "requests.received.total": 3})
    values.write_text(to_text(dump(now)), encoding="utf-8")
    status, out, _ = run("report", values, "-o", tmp_path / "报告.docx")
    assert status == 0 and "2 处不符合勾稽关系" in out


def test_the_district_is_compared_only_with_itself(tmp_path: Path) -> None:
    """Last year's folder holds single units: none of them is the district's last year."""
    made = filled(tmp_path / "年度")
    for path in made.earlier.iterdir():
        path.unlink()
    rounds.write_form(made.earlier / "教育局.xlsx", SOUND, rounds.last_year_values(3), YEAR - 1)
    compile_round(made)
    assert order_of_round(made).earlier is None
    assert order_of_round(made, SOUND).earlier is not None

"""The commands as a person or a program calls them: real files, exit status, Chinese words."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import builders
from gouji import editions

REPORTS = sorted((Path(__file__).parent / "data" / "reports").glob("*.json"))
NEW = editions.load("2021")

Run = Callable[..., tuple[int, str, str]]


def values_file(folder: Path, unit: str, typed: dict[str, Any] | None = None, **more: Any) -> Path:
    """Values JSON of a balanced edition-2021 form, with changes."""
    changes = more.pop("changes", {})
    values = {**builders.close(NEW, typed or {}), **changes}
    data = {"unit": unit, "year": 2025, "edition": "2021", "level": "department", "values": values}
    path = folder / f"{unit}.json"
    path.write_text(json.dumps(data | more, ensure_ascii=False, default=float), encoding="utf-8")
    return path


def filled(run: Run, folder: Path, unit: str, **more: Any) -> Path:
    output = folder / f"{unit}.xlsx"
    status, _, err = run("fill", "--values", values_file(folder, unit, **more), "-o", output)
    assert (status, err) == (0, "")
    return output


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_fill_then_read_is_the_identity_on_real_reports(
    run: Run, tmp_path: Path, report: Path
) -> None:
    output = tmp_path / "表.xlsx"
    assert run("fill", "--values", report, "-o", output)[0] == 0
    status, out, _ = run("read", output, "--json")
    given = json.loads(report.read_text(encoding="utf-8"), parse_float=Decimal)
    read = json.loads(out, parse_float=Decimal)
    assert status == 0
    assert (read["unit"], read["year"], read["edition"]) == (
        given["unit"], given["year"], given["edition"],
    )  # fmt: skip
    form = editions.load(given["edition"])
    assert read["values"] == {code: given["values"].get(code) for code in form.items}


@pytest.mark.parametrize(
    ("report", "status", "verdict", "rules"),
    [
        ("01", 0, "queries", {"S1.requests"}),
        ("08", 0, "clean", set()),
        ("10", 1, "errors", {"E1.person", "E1.other"}),
        ("19", 1, "errors", {"E9.proactive.licence.change"}),
        ("28", 1, "errors", {"E8", "S1.proactive"}),
        ("30", 1, "errors", {"E7.made", "E7.in_force"}),
        ("31", 1, "errors", {"E7.in_force"}),
    ],
)
def test_check_finds_what_is_known_to_be_wrong(
    run: Run, tmp_path: Path, report: str, status: int, verdict: str, rules: set[str]
) -> None:
    source = next(path for path in REPORTS if path.stem == report)
    output = tmp_path / "表.xlsx"
    run("fill", "--values", source, "-o", output)
    for file in (output, source):
        code, out, _ = run("check", file, "--json")
        (result,) = json.loads(out)
        failed = {f["rule"] for f in result["findings"] if f["status"] == "failed"}
        assert (code, result["verdict"]) == (status, verdict)
        assert rules <= failed
        assert "E1.total" not in failed
        for finding in result["findings"]:
            assert finding.keys() == {
                "rule", "severity", "status", "items", "cells", "left", "right", "message",
                "suspects",
            }  # fmt: skip
            assert len(finding["cells"]) == len(finding["items"])


def test_check_counts_and_undecided(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("check", filled(run, tmp_path, "教育局"), "--json")
    (result,) = json.loads(out)
    assert status == 0 and result["verdict"] == "clean"
    undecided = [f for f in result["findings"] if f["status"] == "undecided"]
    assert result["counts"]["undecided"] == len(undecided) == 9
    assert result["counts"]["failed"] == 0 and result["counts"]["passed"] > 200


def test_last_year_decides_the_cross_year_rules(run: Run, tmp_path: Path) -> None:
    typed = {"requests.brought_forward.person": 2, "requests.result.granted.person": 2}
    now = filled(run, tmp_path, "教育局", typed=typed)
    carried = {"requests.received.person": 2, "requests.carried_forward.person": 2}
    (tmp_path / "上年").mkdir()
    last = filled(run, tmp_path / "上年", "教育局", typed=carried, year=2024)
    for earlier in (last, tmp_path / "上年" / "教育局.json"):
        status, out, _ = run("check", now, "--last-year", earlier, "--json")
        assert (status, json.loads(out)[0]["verdict"]) == (0, "clean")
        assert not json.loads(out)[0]["findings"]
    wrong = filled(run, tmp_path, "卫生健康局", typed=typed)
    status, out, err = run("check", wrong, "--last-year", now)
    assert status == 2 and "应使用 2024 年度" in err
    # Among others, a file of another year gets a finding of its own.
    resent = filled(run, tmp_path, "司法局", year=2024)
    status, out, _ = run("check", now, resent, "--last-year", last, "--json")
    fine, old = json.loads(out)
    assert (status, fine["verdict"], old["verdict"]) == (0, "clean", "queries")
    assert any("应使用 2023 年度" in finding["message"] for finding in old["findings"])


def test_one_bad_file_does_not_stop_the_rest(run: Run, tmp_path: Path) -> None:
    good = filled(run, tmp_path, "教育局")
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"")
    status, out, err = run("check", bad, good, "--json")
    assert status == 2
    assert [one["verdict"] for one in json.loads(out)] == ["unreadable", "clean"]
    assert len(err.strip().splitlines()) == 1 and "坏.xlsx" in err


def test_the_screen_of_check_is_chinese(run: Run, tmp_path: Path) -> None:
    changes = {"requests.received.person": 1, "requests.received.total": 1}
    _, out, _ = run("check", filled(run, tmp_path, "教育局", changes=changes))
    assert "须改正" in out and "[强制 E1]" in out and "[未判定 E5，7 条]" in out
    words = re.sub(r"\b(E\d+|S\d+)(\.\w+)*|[A-Z]+\d+|\w+\.xlsx", "", out)
    assert not re.search(r"[A-Za-z]{2,}", words)


def test_fill_writes_a_blank_form_and_refuses_nonsense(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "空表.xlsx"
    assert run("fill", "--edition", "2021", "--year", 2025, "-o", output)[0] == 0
    status, out, _ = run("read", output, "--json")
    read = json.loads(out)
    assert status == 0 and read["year"] == 2025 and set(read["values"].values()) == {None}
    status, _, err = run("fill", "-o", output)
    assert status == 2 and "--values" in err
    status, _, err = run("fill", "--edition", "1999", "-o", output)
    assert status == 2 and "2019、2021" in err
    broken = tmp_path / "坏.json"
    broken.write_text('{"unit": "甲", "year": 2025, "edition": "2021", "values": {"a.b": 1}}')
    status, _, err = run("fill", "--values", broken, "-o", output)
    assert status == 2 and "a.b" in err and len(err.strip().splitlines()) == 1


def test_an_output_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    status, _, err = run("fill", "--edition", "2021", "-o", tmp_path / "没有" / "表.xlsx")
    assert status == 2 and len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_compile_adds_up_returns_and_lets_in(run: Run, tmp_path: Path) -> None:
    one = filled(run, tmp_path, "教育局", typed={"requests.received.person": 3})
    two = filled(run, tmp_path, "民政局", typed={"requests.received.person": 4})
    wrong = filled(run, tmp_path, "财政局", changes={"requests.received.person": 5})
    output = tmp_path / "汇总.xlsx"
    call = ["compile", one, two, wrong, "--district", "云溪区", "-o", output, "--json"]
    status, out, _ = run(*call)
    result = json.loads(out)
    assert status == 1 and output.exists()
    assert result["totals"]["requests.received.person"] == 7
    assert result["proof"]["cells"] == result["proof"]["agree"] == 200
    assert [entry["file"] for entry in result["excluded"]] == [str(wrong)]
    status, out, _ = run(*call, "--let-in", "财政局")
    assert json.loads(out)["totals"]["requests.received.person"] == 12
    status, out, _ = run("compile", one, two, "-o", output)
    plain = output.read_bytes()
    run("compile", one, two, "-o", output)
    assert output.read_bytes() == plain
    run("compile", one, two, "-o", output, "--dated")
    assert output.read_bytes() != plain
    assert status == 0 and "200 格用两种方法各算一遍，200 格一致" in out


def test_a_folder_or_a_pattern_stands_for_its_files(run: Run, tmp_path: Path) -> None:
    inbox = tmp_path / "收件"
    inbox.mkdir()
    for name in ("教育局", "民政局"):
        filled(run, inbox, name)
        (inbox / f"{name}.json").unlink()
    (inbox / "~$教育局.xlsx").write_bytes(b"lock")
    (inbox / "下级").mkdir()
    for paths in ([inbox], [inbox / "*.xlsx"], [inbox, inbox / "教育局.xlsx"]):
        status, out, _ = run("check", *paths, "--json")
        assert status == 0
        assert [one["unit"] for one in json.loads(out)] == ["教育局", "民政局"]
    for _ in range(2):  # the second time the output lies among the inputs
        status, out, _ = run("compile", inbox, "-o", inbox / "汇总.xlsx", "--json")
        assert status == 0 and len(json.loads(out)["units"]) == 2
    status, out, err = run("check", inbox / "*.ods")
    assert status == 2 and "*.ods" in err


def test_compile_of_compiles_is_compile_of_all(run: Run, tmp_path: Path) -> None:
    units = [
        filled(
            run,
            tmp_path,
            name,
            typed={
                "requests.received.person": n,
                "requests.result.granted.person": n,
                "requests.carried_forward.person": 0,
                "proactive.fee.amount": n / 8,
            },
        )
        for n, name in enumerate(("教育局", "民政局", "财政局", "水利局"), 1)
    ]
    east, west, city, whole = (tmp_path / f"{name}.xlsx" for name in ("东区", "西区", "市", "全"))
    assert run("compile", *units[:2], "--district", "东区", "-o", east)[0] == 0
    assert run("compile", *units[2:], "--district", "西区", "-o", west)[0] == 0
    status, parts, _ = run("compile", east, west, "--district", "某市", "-o", city, "--json")
    assert status == 0
    _, everything, _ = run("compile", *units, "-o", whole, "--json")
    assert json.loads(parts)["totals"] == json.loads(everything)["totals"]
    status, out, _ = run("check", city, east, "--json")
    assert status == 0 and [one["verdict"] for one in json.loads(out)] == ["clean", "clean"]


def test_rules_lists_every_rule_and_the_uncovered_cells(run: Run) -> None:
    status, out, _ = run("rules", "--json")
    shown = {form["edition"]: form for form in json.loads(out)}
    new = shown["2021"]
    assert status == 0 and shown.keys() >= {"2019", "2021"}
    families = {rule["rule"].partition(".")[0] for rule in new["rules"]}
    declared = editions.load("2021").soft
    assert families == {*(f"E{n}" for n in range(1, 11)), "S1", *declared}
    soft = {rule["rule"]: rule for rule in new["rules"] if rule["rule"] in declared}
    assert {rule["severity"] for rule in soft.values()} == {"soft"}
    assert soft["S4"]["items"] == ["proactive.fee.amount"]
    assert all(rule["says"] and rule["basis"] for rule in new["rules"])
    assert "proactive.fee.amount" in new["uncovered"]
    status, out, _ = run("rules", "--edition", "2021")
    assert "E1" in out and "不在任何勾稽关系中" in out
    assert all(rule.says in out for rule in declared.values())


@pytest.mark.parametrize("command", ["", "demo", "fill", "read", "check", "compile", "rules"])
def test_help_teaches_in_chinese(run: Run, command: str) -> None:
    status, out, _ = run(*filter(None, [command]), "--help")
    assert status == 0 and out.startswith("用法：gouji")
    assert "gouji " in out.split("选项", 1)[1]
    for word in ("usage", "positional", "optional", "show this", "exit"):
        assert word not in out


@pytest.mark.parametrize("call", [[], ["nonsense"], ["check"], ["compile"],
                                  ["fill", "-o"], ["rules", "--what"]])  # fmt: skip
def test_a_wrong_call_is_one_line(run: Run, call: list[str]) -> None:
    status, out, err = run(*call)
    assert status == 2 and not out
    assert err.startswith("命令写得不对") and len(err.strip().splitlines()) == 1


def test_compile_of_files_asks_where_to_write(run: Run) -> None:
    status, out, err = run("compile", "a.xlsx")
    assert status == 2 and not out
    assert "-o" in err and len(err.strip().splitlines()) == 1


def test_check_does_not_import_pandas() -> None:
    code = (
        "import sys; from gouji.cli import main; main(['check', sys.argv[1]]); "
        "print(sorted({'pandas', 'openpyxl', 'xlsxwriter', 'xlwings'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(REPORTS[1])], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"

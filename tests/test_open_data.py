"""gouji opendata: what is published is exact, described, alike every year, and nobody's name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from frictionless import Package, system
from jsonschema import Draft202012Validator, ValidationError

from builders import as_submission, submission
from districts import FORMS, MATRIX, a_round, cached, each_form, make_book, official
from gouji import editions
from gouji.compiling import compile_files
from gouji.district_long import long_frame
from gouji.district_plan import plan_of
from gouji.domain import read_cells
from gouji.model import Form, Kind, Unit
from gouji.open_data import Dataset, of_rollup, of_submission, write_open_data
from gouji.open_data.csv_file import FORMULA_SIGNS, MARK, as_csv, as_typed
from gouji.open_data.fields import SHEETS
from gouji.open_data.json_file import schema
from gouji.open_data.write import contents
from gouji.reading import read_file
from gouji.rollup import RollUp
from gouji.template import write_template
from open_data_cases import GOLDEN, PERSONAL, golden, golden_rollup, rolled
from rounds import BROKEN, SILENT, begun, this_year_values, write_form

Run = Callable[..., tuple[int, str, str]]


def rows(data: Dataset, name: str = "data.csv") -> list[dict[str, str]]:
    text = contents(data)[name].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def problems(folder: Path) -> list[str]:
    """What the reference implementation of the standard says of the folder."""
    report = Package(str(folder / "datapackage.json")).validate()
    return [error.message for task in report.tasks for error in task.errors] + [
        error.message for error in report.errors
    ]


# ---------------------------------------------------------------------- alike every year
def test_the_golden_folder() -> None:
    """Names, order, types, bytes. A change here is a change of the contract: raise VERSION."""
    for name, content in contents(golden()).items():
        assert content == (GOLDEN / name).read_bytes(), name
    assert {path.name for path in GOLDEN.iterdir()} == set(contents(golden()))


def test_columns_are_those_of_every_edition() -> None:
    descriptors = []
    for form in (*FORMS, editions.load("foia")):
        files = contents(of_submission(submission(form, "局"), form.first_year))
        for sheet in SHEETS:
            head = files[sheet.file].decode("utf-8-sig").split("\r\n")[0]
            assert tuple(head.split(",")) == sheet.columns
        package = json.loads(files["datapackage.json"])
        descriptors.append([resource.get("schema") for resource in package["resources"]])
    assert descriptors[0] == descriptors[1] == descriptors[2]


def test_the_same_data_give_the_same_bytes_in_any_order() -> None:
    rollup = golden_rollup()
    other = replace(rollup, entries=tuple(reversed(rollup.entries)))
    assert contents(of_rollup(other)) == contents(of_rollup(rollup))


# ---------------------------------------------------------------------- described
@each_form
def test_the_package_is_valid(form: Form, tmp_path: Path) -> None:
    data = of_rollup(a_round(form, tmp_path))
    write_open_data(data, tmp_path / "out")
    assert problems(tmp_path / "out") == []
    Draft202012Validator(schema()).validate(json.loads(contents(data)["data.json"]))


def test_the_foreign_package_is_valid_and_an_altered_one_is_not(tmp_path: Path) -> None:
    write_open_data(golden(), tmp_path)
    assert problems(tmp_path) == []
    file = tmp_path / "data.csv"
    file.write_bytes(file.read_bytes().replace(b",12,", b",13,"))
    assert any("hash" in problem for problem in problems(tmp_path))
    file.write_bytes(file.read_bytes().replace(b",13,", b",many,"))
    assert any("type" in problem for problem in problems(tmp_path))


def test_the_schema_refuses_what_is_not_so() -> None:
    validator = Draft202012Validator(schema())
    body = json.loads(contents(golden())["data.json"])
    validator.validate(body)
    for change in ({"contact": "x"}, {"year": "2024"}, {"figures": [{"unit": "x", "code": "y"}]}):
        with pytest.raises(ValidationError):
            validator.validate(body | change)
    blank = next(row for row in body["figures"] if row["status"] == "blank")
    blank["value"] = 0
    with pytest.raises(ValidationError):
        validator.validate(body)


# ---------------------------------------------------------------------- exact
@each_form
def test_pandas_reads_the_same_values(form: Form, tmp_path: Path) -> None:
    rollup = a_round(form, tmp_path)
    write_open_data(of_rollup(rollup), tmp_path / "out")
    frame = pd.read_csv(tmp_path / "out" / "data.csv", dtype=str, keep_default_na=False)
    found = {(as_typed(u), c): v for u, c, v in
             zip(frame["unit"], frame["code"], frame["value"], strict=True)}  # fmt: skip
    assert len(found) == len(frame) == len(rollup.counted) * len(form.items)
    for entry in rollup.counted:
        numbers = read_cells(form, entry.submission).numbers
        for code, value in entry.submission.values.items():
            shown = found[entry.unit, code]
            assert (shown == "") == (value is None or code not in numbers)
            assert not shown or Decimal(shown) == numbers[code]


@each_form
def test_json_holds_the_same_as_csv(form: Form, tmp_path: Path) -> None:
    data = of_rollup(a_round(form, tmp_path))
    body = json.loads(contents(data)["data.json"], parse_float=Decimal)
    listed = [(as_typed(row["unit"]), row["code"], row["status"],
               Decimal(row["value"]) if row["value"] else None) for row in rows(data)]  # fmt: skip
    assert [(r["unit"], r["code"], r["status"], r["value"]) for r in body["figures"]] == listed
    totals = {row["code"]: Decimal(row["value"]) for row in rows(data, "totals.csv")}
    assert body["totals"] == totals
    frame = pd.DataFrame(body["figures"], dtype=object)
    sums = frame.dropna(subset=["value"]).groupby("code")["value"].sum()
    assert {code: sums.get(code, 0) for code in totals} == totals


@each_form
def test_numbers_are_those_of_the_workbook(form: Form, tmp_path: Path) -> None:
    _, rollup, path = make_book(form, tmp_path)
    data = of_rollup(rollup)
    sheets = cached(path)
    shown = official(form, sheets)
    for row in rows(data, "totals.csv"):
        assert Decimal(row["value"]) == Decimal(repr(shown[row["code"]])), row["code"]
    matrix = {value for at, value in sheets[MATRIX].items() if at.startswith("B")}
    assert {as_typed(row["unit"]) for row in rows(data)} <= matrix
    again = of_submission(read_file(path), rollup.year)
    assert again.totals == data.totals
    assert {u.name: [f.value for f in u.figures] for u in again.units} == {
        u.name: [f.value for f in u.figures] for u in data.units
    }


@each_form
def test_the_long_sheet_has_the_same_rows(form: Form, tmp_path: Path) -> None:
    """The sheet leaves out what adds nothing."""
    rollup = a_round(form, tmp_path)
    frame = long_frame(plan_of(form, rollup, None, tmp_path, None))
    frame = frame[frame["counted"]]
    sheet = set(zip(frame["unit"], frame["code"], frame["value"], strict=True))
    data = of_rollup(rollup)
    published = {(u.name, f.code, f.value) for u in data.units for f in u.figures if f.value}
    assert published == sheet


def test_blank_zero_and_text_are_told_apart() -> None:
    code = "requests.received.person"
    form = FORMS[1]
    told = {}
    for typed in (0, None, "/", "２３", "见附件", 7):
        one = submission(form, "局")
        data = of_submission(replace(one, values=one.values | {code: typed}), 2021)
        told[typed] = next((r["value"], r["status"]) for r in rows(data) if r["code"] == code)
    assert told == {
        0: ("0", "reported"), None: ("", "blank"), "/": ("", "blank"), "２３": ("23", "read"),
        "见附件": ("", "unreadable"), 7: ("7", "reported"),
    }  # fmt: skip


def test_small_and_large_amounts_are_written_out() -> None:
    form = FORMS[1]
    code = next(code for code, item in form.items.items() if item.kind is Kind.AMOUNT)
    for amount, text in (("59237.2449", "59237.2449"), ("1E-7", "0.0000001"), ("2.50", "2.5"),
                         ("123456789012345678.25", "123456789012345678.25")):  # fmt: skip
        one = submission(form, "局")
        data = of_submission(replace(one, values=one.values | {code: Decimal(amount)}), 2021)
        assert next(r["value"] for r in rows(data) if r["code"] == code) == text
        body = json.loads(contents(data)["data.json"], parse_float=Decimal)
        assert body["totals"][code] == Decimal(amount)


# ---------------------------------------------------------------------- safe
def test_no_text_is_a_formula_and_none_is_lost() -> None:
    names = [f"{sign}cmd{n}|' /C calc'!A0" for n, sign in enumerate(FORMULA_SIGNS)] + [
        "'quoted", "''twice", 'say "hi", x\nnext', "平常局",
    ]  # fmt: skip
    form = FORMS[1]
    data = of_rollup(rolled(form, [submission(form, name) for name in names]))
    found = list(dict.fromkeys(row["unit"] for row in rows(data)))
    assert not [name for name in found if name.startswith(FORMULA_SIGNS)]
    assert sorted(map(as_typed, found)) == sorted(name.strip() for name in names)
    body = json.loads(contents(data)["data.json"])
    assert [unit["unit"] for unit in body["units"]] == list(map(as_typed, found))


def test_negative_numbers_stay_numbers() -> None:
    form = FORMS[0]
    code = next(code for code, item in form.items.items() if item.kind is Kind.SIGNED)
    one = submission(form, "局", {code: -4})
    assert next(r["value"] for r in rows(of_submission(one, 2020)) if r["code"] == code) == "-4"


def test_lines_end_and_quotes_double_as_the_rfc_says() -> None:
    made = as_csv(["a", "b"], [('x"y', None), ("p,q", -3)])
    assert made == MARK + b'a,b\r\n"x""y",\r\n"p,q",-3\r\n'


def test_characters_that_no_file_holds_are_left_out() -> None:
    form = FORMS[1]
    data = of_submission(submission(form, "水\ud800利\x00局"), 2021)
    assert rows(data)[0]["unit"] == "水利局"


def test_nothing_of_a_person_is_published() -> None:
    whole = b"\n".join(contents(golden()).values()).decode("utf-8")
    assert not [secret for secret in PERSONAL if secret in whole]
    assert "Lighthouse Service" in whole  # did not report: that is said


# ---------------------------------------------------------------------- the command
def test_a_round(tmp_path: Path, run: Run) -> None:
    round_ = begun(tmp_path / "年度")
    write_form(round_.inbox / "甲.xlsx", "教育局", this_year_values(3))
    status, out, err = run("opendata", round_.folder)
    assert (status, err) == (1, "")
    assert SILENT in out
    folder = round_.output / "开放数据"
    assert problems(folder) == []
    assert not round_.book.exists()
    status, out, _ = run("opendata", round_.folder, "-o", tmp_path / "o", "--json")
    told = json.loads(out)
    assert status == 1 and told["units"] == 1 and SILENT in told["missing"]
    assert told["totals"]["requests.brought_forward.total"] == 3
    for name in told["files"]:
        assert (tmp_path / "o" / name).read_bytes() == (folder / name).read_bytes()
    assert run("opendata", round_.folder, "--year", "2024")[0] == 2


def test_a_round_whose_workbook_says_something_else(tmp_path: Path, run: Run) -> None:
    round_ = begun(tmp_path / "年度")
    file = write_form(round_.inbox / "甲.xlsx", "教育局", this_year_values(3))
    run("compile", round_.folder)
    assert json.loads(run("opendata", round_.folder, "--json")[1])["altered"] == []
    file.unlink()
    write_form(round_.inbox / "乙.xlsx", "民政局", this_year_values(5))
    status, out, _ = run("opendata", round_.folder)
    assert status == 1 and round_.book.name in out and "requests.brought_forward.total" in out


def test_one_form_several_and_a_district_workbook(tmp_path: Path, run: Run) -> None:
    form = FORMS[1]
    files = []
    for n, name in enumerate(("甲局", "乙局"), start=1):
        one = submission(form, name, {"requests.received.person": n})
        files.append(tmp_path / f"{name}.xlsx")
        write_template(form, files[-1], submission=one)
    assert run("opendata", files[0], "-o", tmp_path / "one")[0] == 0
    assert run("opendata", *files, "--district", "某区", "-o", tmp_path / "two")[0] == 0
    compile_files(files, output=tmp_path / "某区.xlsx", district="某区")
    assert run("opendata", tmp_path / "某区.xlsx", "-o", tmp_path / "book")[0] == 0
    for name in ("data.csv", "totals.csv", "dictionary.csv"):
        two, book = ((tmp_path / place / name).read_bytes() for place in ("two", "book"))
        assert two == book, name
    assert b"\xe6\x9f\x90\xe5\x8c\xba" not in (tmp_path / "one" / "data.csv").read_bytes()
    assert problems(tmp_path / "one") == problems(tmp_path / "book") == []


def test_a_form_that_fails_a_hard_rule_is_told(tmp_path: Path, run: Run) -> None:
    form = FORMS[1]
    wrong = submission(form, BROKEN)
    wrong = as_submission(form, BROKEN, wrong.values | {"requests.received.person": 9})
    write_template(form, tmp_path / "错.xlsx", submission=wrong)
    status, out, _ = run("opendata", tmp_path / "错.xlsx", "-o", tmp_path / "out")
    assert status == 1 and "E1" in out
    assert run("opendata", tmp_path / "错.xlsx")[0] == 2
    assert run("opendata", tmp_path / "无.xlsx", "-o", tmp_path / "out")[0] == 2


def test_levels_and_codes_are_the_rosters() -> None:
    form = FORMS[1]
    units = (Unit("局", "A1", "street"),)
    rollup: RollUp = rolled(form, [submission(form, "局", level="")], units)
    first: Any = rows(of_rollup(rollup))[0]
    assert (first["unit_code"], first["unit_level"]) == ("A1", "street")


system.trusted = True  # packages in temporary folders have absolute paths

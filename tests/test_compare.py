"""gouji compare: the published page or letter beside the workbook."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from builders import submission
from gouji import editions
from gouji.comparing import Comparison, compare
from gouji.comparing.compare import compare_submissions
from gouji.model import Submission, Value
from gouji.template import write_template
from gouji.unusable import UnusableCall
from layouts import as_docx, as_html, boards, report

FORM = editions.load("2021")
TYPED = {
    "requests.received.person": 12, "requests.result.granted.person": 12,
    "proactive.fee.amount": Decimal("59237.2449"), "proactive.licence.decided": 40,
}  # fmt: skip
TEXT = "公开 5 条。\n均已办结。"
NARRATIVE = {"1": TEXT, "5": TEXT, "6": TEXT}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def own(tmp_path: Path) -> Submission:
    """The submission in the workbook ``own.xlsx``."""
    filled = submission(FORM, "青山县水利局", TYPED, narrative=NARRATIVE)
    write_template(FORM, tmp_path / "own.xlsx", submission=filled)
    return filled


@pytest.fixture
def workbook(own: Submission, tmp_path: Path) -> Path:
    return tmp_path / "own.xlsx"


def page(folder: Path, values: dict[str, Value], narrative: str = TEXT, unit: str = "水利局",
         year: int = 2021) -> Path:  # fmt: skip
    title = f"{unit}{year}年政府信息公开工作年度报告"
    file = folder / "published.html"
    file.write_bytes(as_html(report(FORM, boards(FORM, values), title, narrative), title))
    return file


def changed(own: Submission, **other: Value) -> dict[str, Value]:
    return dict(own.values) | {key.replace("__", "."): value for key, value in other.items()}


def test_the_same(own: Submission, workbook: Path, tmp_path: Path, run: Run) -> None:
    published = page(tmp_path, changed(own))
    found = compare(published, workbook)
    assert found == Comparison(str(published), str(workbook), 200, ())
    letter = tmp_path / "published.docx"
    title = "水利局2021年政府信息公开工作年度报告"
    letter.write_bytes(as_docx(report(FORM, boards(FORM, own.values), title, TEXT)))
    status, out, err = run("compare", letter, workbook)
    assert (status, err) == (0, "")
    assert out == f"公开：{letter}\n报送：{workbook}\n完全一致：200 格相同\n"


def test_every_difference_is_named(
    own: Submission, workbook: Path, tmp_path: Path, run: Run
) -> None:
    published = page(
        tmp_path, changed(own, requests__received__person=13, proactive__licence__decided="减4"),
        narrative="公开 6 条。均已办结。",
    )  # fmt: skip
    status, out, _ = run("compare", published, workbook)
    assert status == 1
    assert "相同 198 格，不同 2 格，空白与 0 之别 0 格，文字部分不同 3 处" in out
    label = "一、本年新收政府信息公开申请数量／申请人情况／自然人"
    assert f"不同：三、申请!D6 {label}：公开为 13，报送为 12" in out
    assert "：公开为 “减4”，报送为 40" in out
    assert (
        "文字不同：“一、总体情况”从第 3 字起，公开为“公开6条。均已办结。”，报送为“公开5条。" in out
    )


def test_json(own: Submission, workbook: Path, tmp_path: Path, run: Run) -> None:
    values = changed(
        own, proactive__fee__amount=Decimal("59237.2448"), review__direct_suit__total=None
    )
    status, out, _ = run("compare", "--json", page(tmp_path, values), workbook)
    assert status == 1
    data = json.loads(out, parse_float=Decimal)
    assert set(data) == {
        "report", "file", "same", "items", "blank_zero", "head", "narrative", "altered", "notes",
    }  # fmt: skip
    assert data["items"] == [{
        "code": "proactive.fee.amount", "label": "行政事业性收费／本年收费金额（单位：万元）",
        "published": Decimal("59237.2448"), "submitted": Decimal("59237.2449"),
        "place": data["items"][0]["place"],
    }]  # fmt: skip
    assert data["items"][0]["place"].startswith("二、主动公开!")
    assert [item["code"] for item in data["blank_zero"]] == ["review.direct_suit.total"]
    assert (data["same"], data["head"], data["narrative"]) == (198, [], [])


@pytest.mark.parametrize("shown", [None, "-", "无"])
def test_a_blank_against_0_counts_only_when_asked(
    shown: Value, own: Submission, workbook: Path, tmp_path: Path, run: Run
) -> None:
    published = page(tmp_path, changed(own, review__direct_suit__upheld=shown))
    status, out, _ = run("compare", published, workbook)
    assert status == 0
    assert "空白与 0 之别（一边空白、一边为 0）：\n  四、复议诉讼!" in out
    assert run("compare", "--strict", published, workbook)[0] == 1


@pytest.mark.parametrize("shown", ["４０", "40件", " 40 "])
def test_the_way_a_number_is_written_is_no_difference(
    shown: str, own: Submission, workbook: Path, tmp_path: Path
) -> None:
    found = compare(page(tmp_path, changed(own, proactive__licence__decided=shown)), workbook)
    assert found.same == 200


def test_unit_year_and_edition(own: Submission) -> None:
    other = replace(own, unit="青山县财政局", year=2022)
    assert [
        (item.key, item.published, item.submitted) for item in compare_submissions(other, own).head
    ] == [("unit", "青山县财政局", "青山县水利局"), ("year", "2022", "2021")]
    old = submission(editions.load("2019"), "水利局", year=2021)
    found = compare_submissions(old, own)
    assert [item.key for item in found.head] == ["edition"]
    # What both have in the same meaning: two cells of 表二, 表三 without 其他处理, 表四.
    assert found.same + len(found.items) == 2 + 154 + 15
    assert all("in_force" not in item.code for item in found.items)


def test_what_is_not_written_is_not_compared(own: Submission) -> None:
    found = compare_submissions(replace(own, unit="", year=None), own)
    assert not found.differs()
    assert found.notes == (
        "有一份没有写明单位名称，没有比对", "有一份没有写明年度，没有比对",
    )  # fmt: skip


def test_a_section_that_only_one_has(own: Submission, run: Run) -> None:
    from gouji.compare_commands import lines

    bare = replace(own, narrative={"1": TEXT, "5": ""})
    told = "\n".join(lines(compare_submissions(own, bare)))
    assert "文字不同：“五、存在的主要问题及改进情况”公开的年报有，报送的表格没有" in told
    told = "\n".join(lines(compare_submissions(bare, own)))
    assert "文字不同：“六、其他需要报告的事项”报送的表格有，公开的年报没有" in told


def test_heads_in_words(own: Submission) -> None:
    from gouji.compare_commands import lines

    old = submission(editions.load("2019"), "财政局", year=2020)
    told = list(lines(compare_submissions(old, own)))
    assert "单位名称不同：公开为 财政局，报送为 青山县水利局" in told
    assert "年度不同：公开为 2020，报送为 2021" in told
    assert any(
        line.startswith("格式版本不同：公开为 2019，报送为 2021；只比对两版") for line in told
    )


def test_many_differences_are_counted(own: Submission) -> None:
    from gouji.compare_commands import lines

    values = {code: 5_000 + at for at, code in enumerate(FORM.items)}
    told = list(lines(compare_submissions(replace(own, values=values), own)))
    assert "还有 160 处没有逐一列出，用 --json 查看全部" in told


def test_notes_of_the_reading_are_shown(
    own: Submission, workbook: Path, tmp_path: Path, run: Run
) -> None:
    published = page(tmp_path, changed(own))
    text = published.read_text(encoding="utf-8").replace("本年废止件数", "废止件数")
    published.write_text(text, encoding="utf-8")
    status, out, _ = run("compare", published, workbook)
    assert status == 0
    assert "读取说明：表头写法与规定不同，已按规定的名称对应：“废止件数”作“本年废止件数”" in out


def test_a_file_that_cannot_be_read(workbook: Path, tmp_path: Path, run: Run) -> None:
    empty = tmp_path / "年报.html"
    empty.write_text("<html><body><p>正在建设中</p></body></html>", encoding="utf-8")
    status, out, err = run("compare", empty, workbook)
    assert (status, out) == (2, "")
    assert err.startswith("年报.html：文件里没有表格")
    assert run("compare", tmp_path / "没有.html", workbook)[0] == 2


def test_two_kinds_of_report(own: Submission) -> None:
    foreign = submission(editions.load("foia"), "Agency")
    with pytest.raises(UnusableCall, match="没有可以比对的项目"):
        compare_submissions(foreign, own)


def test_the_help_teaches_it(run: Run) -> None:
    status, out, _ = run("compare", "--help")
    assert status == 0
    assert "空白" in out and "--strict" in out and "gouji compare" in out

"""Unit, year and level from titles and cells; the narrative sections by their titles."""

from __future__ import annotations

import pytest

from gouji import editions
from gouji.documents.model import Document, Grid
from gouji.model import Submission
from gouji.recognising import recognise
from layouts import Board, Box, Part, as_document, as_grid, boards, report, stacked

FORM = editions.load("2021")
ZEROS = dict.fromkeys(FORM.items, 0)
TABLES = boards(FORM, ZEROS)


def parts(*before: Part, narrative: str = "无") -> list[Part]:
    return [*before, *report(FORM, TABLES, narrative=narrative)]


def read(*before: Part, title: str = "", narrative: str = "无") -> Submission:
    document = as_document(parts(*before, narrative=narrative))
    return recognise(Document("html", document.blocks, title))


# ---------------------------------------------------------------------- titles
@pytest.mark.parametrize(
    ("title", "unit", "year"),
    [
        ("鹿城区科技局2020年政府信息公开工作年度报告", "鹿城区科技局", 2020),
        ("鹿城区 科技局 ２０２２ 年度政府信息公开工作年度报告", "鹿城区科技局", 2022),
        ("2022年松木塘镇政府信息公开工作年度报告", "松木塘镇", 2022),
        ("2023年度青山县人民政府政府信息公开年报", "青山县人民政府", 2023),
        ("水利局关于2020年度政府信息公开工作情况的报告", "水利局", 2020),
        ("《水利局2021年政府信息公开年度报告》", "水利局", 2021),
        ("水利局二〇二一年政府信息公开工作年度报告", "水利局", 2021),
        ("水利局政府信息公开年度报告（2024年度）", "水利局", 2024),
        ("沭阳县（全县汇总）2025年政府信息公开工作年度报告", "沭阳县（全县汇总）", 2025),
        ("关于2020年度政府信息公开工作情况的报告", "", 2020),
        ("2020年政府信息公开工作年度报告", "", 2020),
        ("水利局2020年政府信息公开指南", "", None),
        ("水利局2020年工作总结", "", None),
    ],
)
def test_unit_and_year_from_the_title(title: str, unit: str, year: int | None) -> None:
    found = read(title)
    assert (found.unit, found.year) == (unit, year)


def test_a_title_over_two_lines() -> None:
    found = read("鹿城区科技局2020年", "政府信息公开工作年度报告", "（2021年1月20日）")
    assert (found.unit, found.year) == ("鹿城区科技局", 2020)
    found = read("鹿城区科技局", "2020年政府信息公开工作年度报告")
    assert (found.unit, found.year) == ("鹿城区科技局", 2020)
    assert "单位名称“鹿城区科技局”取自标题上一行，请核对" in found.notes
    assert read("信息公开", "2020年政府信息公开工作年度报告").unit == ""


@pytest.mark.parametrize(
    "title",
    ["水利局2020年政府信息公开工作年度报告-青山县人民政府", "水利局2020年政府信息公开年报_青山县",
     "青山县政府网 | 水利局2020年政府信息公开工作年度报告",
     "青山县人民政府 > 年报 > 水利局2020年政府信息公开工作年度报告"],
)  # fmt: skip
def test_the_title_of_a_page_carries_the_site_s_name(title: str) -> None:
    found = read(title=title)
    assert (found.unit, found.year) == ("水利局", 2020)


def test_the_title_nearest_to_the_body_counts_and_a_doubt_is_said() -> None:
    found = read(
        "水利局2019年政府信息公开工作年度报告", "首页", "水利局2020年政府信息公开工作年度报告",
        "发布日期：2021-01-20", title="水利局2020年政府信息公开工作年度报告",
    )  # fmt: skip
    assert (found.unit, found.year) == ("水利局", 2020)
    assert (
        "文中标题的年度不一致：按靠近正文的标题取 2020 年，另有标题写 2019 年，请核对"
        in found.notes
    )


def test_a_title_without_unit_takes_it_from_another_of_the_same_year() -> None:
    found = read(
        "2020年政府信息公开工作年度报告", title="水利局2020年政府信息公开工作年度报告-政府网"
    )
    assert (found.unit, found.year) == ("水利局", 2020)


def test_unit_and_year_from_cells() -> None:
    found = read("填报单位（盖章）：青山县水利局   填报日期：2021-01-05")
    assert (found.unit, found.year) == ("青山县水利局", None)
    row = Board((Box("单位名称", 0, 0), Box("青山县水利局", 0, 1), Box("报告年度", 0, 2),
                 Box("2021年", 0, 3)))  # fmt: skip
    found = read(row)
    assert (found.unit, found.year) == ("青山县水利局", 2021)
    sheet = as_grid(stacked([row, *TABLES["proactive"]]))
    found = recognise(Document("xlsx", (Grid("表二", sheet.rows),)))
    assert (found.unit, found.year) == ("青山县水利局", 2021)


@pytest.mark.parametrize(
    ("opening", "year"),
    [
        ("2021年，我局认真贯彻《国务院2019年条例》（2019年修订除外）。2022年将继续。", None),
        ("2021年，我局认真贯彻《国务院2019年条例》。2022年将继续。", 2021),
        ("我局认真贯彻条例。2021年共公开 5 条。", None),
    ],
)
def test_the_year_of_the_first_sentence_only_if_it_is_the_only_one(
    opening: str, year: int | None
) -> None:
    found = read(narrative=opening)
    assert found.year == year
    note = "标题没有写明年度，按正文第一句取 2021 年，请核对"
    assert (note in found.notes) is (year is not None)


@pytest.mark.parametrize(
    ("unit", "level"),
    [("松木塘镇", "town"), ("青山乡人民政府", "town"), ("北京街道", "street"),
     ("北京街道办事处", "street"), ("青山县人民政府", "district"), ("江南省人民政府", "province"),
     ("江南自治区人民政府", "province"), ("青山市人民政府", ""), ("水利局", "")],
)  # fmt: skip
def test_the_level_only_where_the_name_decides(unit: str, level: str) -> None:
    assert read(f"{unit}2021年政府信息公开工作年度报告").level == level


# ---------------------------------------------------------------------- narrative
def test_sections_are_read_to_the_next_title() -> None:
    found = recognise(as_document([
        "前言", "一 总体情况", "（一）主动公开。公开 5 条。", "（二）主动公开政府信息情况。良好。",
        "", *parts()[2:-4], "五、存在问题及改进措施", "问题有二。\n措施有三。",
        "六、其他需要报告的事项：无", "打印本页 关闭窗口", "主办单位：某某政府",
    ]))  # fmt: skip
    assert found.narrative == {
        "1": "（一）主动公开。公开 5 条。\n（二）主动公开政府信息情况。良好。",
        "5": "问题有二。\n措施有三。",
        "6": "无",
    }


def test_spaced_and_repeated_titles() -> None:
    found = recognise(as_document([
        "一、 总 体 情 况", "第一段。", "一、总体情况", "第二段。", *parts()[2:],
    ]))  # fmt: skip
    assert found.narrative["1"] == "第一段。\n第二段。"


def test_a_table_of_contents_is_no_section() -> None:
    titles = [section.title for section in FORM.sections]
    found = recognise(
        as_document(["目录", *titles, "根据条例编制本报告。", *parts(narrative="正文")])
    )
    assert found.narrative == {"1": "正文", "5": "正文", "6": "正文"}


def test_text_in_cells_of_a_sheet() -> None:
    text = Board((Box("一、总体情况", 0, 0, 1, 4), Box("第一段。\n第二段。", 1, 0, 1, 4)))
    last = Board((Box("六、其他需要报告的事项", 0, 0, 1, 4), Box("无", 1, 0, 1, 4)))
    table = stacked([text, *TABLES["proactive"], last], gap=1)
    found = recognise(Document("xlsx", (as_grid(table),)))
    assert found.narrative == {"1": "第一段。\n第二段。", "6": "无"}


def test_no_titles_no_narrative() -> None:
    found = recognise(as_document([*TABLES["proactive"], "六项工作。"]))
    assert found.narrative == {}
    assert found.notes == ("有 1 段文字不在需要读取的部分，没有读取：六项工作。",)

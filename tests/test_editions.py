"""Editions are declarations: complete, and a mistake in one names file and key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gouji import editions
from gouji.editions import EditionError
from gouji.layout import layout_of
from gouji.model import Kind

DECLARATION = """
id = "tiny"
title = "Tiny"
basis = "none"
version = 1
first_year = 2000

[tables.t]
title = "T"
sheet = "T"
rows.a = "A"
rows.b = "B"
columns.x = "X"
columns.total = "Total"

[rules.R1]
table = "t"
each = "row"
check = "*.total = *.x"
total = true
says = "says"
basis = "basis"
remedy = "remedy"
"""


@pytest.fixture
def declare(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(old: str, new: str) -> Path:
        path = tmp_path / "tiny.toml"
        assert old in DECLARATION
        path.write_text(DECLARATION.replace(old, new, 1), encoding="utf-8")
        return path

    return write


def test_a_declaration_reads(declare: Callable[[str, str], Path]) -> None:
    form = editions.load(declare("", ""))
    assert list(form.items) == ["t.a.x", "t.a.total", "t.b.x", "t.b.total"]
    assert [rule.name for rule in form.rules] == ["R1.a", "R1.b"]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("version = 1\n", "", "tiny.toml: version: 没有写这一项"),
        ("version = 1", 'version = "1"', "tiny.toml: version: 要写成整数"),
        ('id = "tiny"', 'id = "other"', "tiny.toml: id: 写的是“other”"),
        ('title = "Tiny"', 'title = " "', "tiny.toml: title: 是空的"),
        ("first_year", "frist_year", "tiny.toml: frist_year: 不认识这一项，是不是 first_year？"),
        ('sheet = "T"', 'sheet = "a/b"', "tiny.toml: tables.t.sheet: “a/b”不能作工作表名"),
        ('rows.a = "A"', "rows.a = 3", "tiny.toml: tables.t.rows.a: 要写成名称"),
        ('table = "t"', 'table = "u"', "tiny.toml: rules.R1.table: 没有“u”这张表"),
        ("*.x", "*.y", "tiny.toml: rules.R1.check: 没有“t.a.y”这一项"),
        ("= *.x", "", "tiny.toml: rules.R1.check: “*.total”应当是一个等式"),
        ('each = "row"', 'each = "rows"', "tiny.toml: rules.R1.each: 请写 row"),
        ('says = "says"', 'severity = "mild"', "tiny.toml: rules.R1.severity: 不能是“mild”"),
        ('id = "tiny"', 'id = "tiny', "tiny.toml: id: 文字里有不能直接写的字符"),
        ('rows.b = "B"', 'rows.a = "B"', "tiny.toml: tables.t.rows.a: 同一项写了两次"),
        ('remedy = "remedy"', 'remedy = "r"\n[was.old]\n"t.q.*" = { code = "" }',
         "tiny.toml: was.old: 没有“old”这种格式"),
        ('remedy = "remedy"', 'remedy = "r"\n[headline]\n"t.a.y" = "N"',
         "tiny.toml: headline.t.a.y: 没有“t.a.y”这一项"),
        ('remedy = "remedy"', 'remedy = "r"\n[charts.c]\ntitle = "C"\nkind = "pie"',
         "tiny.toml: charts.c.kind: 不能是“pie”"),
        ('remedy = "remedy"', 'remedy = "r"\n[charts.c]\ntitle = "C"\nkind = "bars"\nparts = {}',
         "tiny.toml: charts.c.parts: 是空的"),
        ('remedy = "remedy"', 'remedy = "r"\n[charts.c]\ntitle = "C"\nkind = "bars"\n'
         'parts = { "sum(t.q.*)" = "P" }',
         "tiny.toml: charts.c.parts.sum(t.q.*): “t.q.*”没有对应的项"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_and_key(
    declare: Callable[[str, str], Path], old: str, new: str, names: str
) -> None:
    path = declare(old, new)
    with pytest.raises(EditionError) as caught:
        editions.load(path)
    assert any(str(mistake).startswith(names) for mistake in caught.value.mistakes)
    assert "\n" not in str(caught.value)


def test_an_unknown_edition_lists_the_known_ones() -> None:
    with pytest.raises(EditionError, match="2019、2021"):
        editions.load("1999")
    with pytest.raises(EditionError):
        editions.load("../2021")


@pytest.mark.parametrize(
    ("edition", "proactive", "requests", "review"), [("2019", 22, 161, 15), ("2021", 10, 175, 15)]
)
def test_the_official_editions_have_every_item(
    edition: str, proactive: int, requests: int, review: int
) -> None:
    tables = [item.table for item in editions.load(edition).items.values()]
    assert [tables.count(t) for t in ("proactive", "requests", "review")] == [
        proactive,
        requests,
        review,
    ]


@pytest.mark.parametrize(("year", "edition"), [(2019, "2019"), (2020, "2019"), (2021, "2021"),
                                               (2025, "2021"), (2031, "2021")])  # fmt: skip
def test_the_edition_of_a_year(year: int, edition: str) -> None:
    form = editions.for_year(year, like=editions.load("2021"))
    assert form is not None and form.id == edition
    assert editions.for_year(2018, like=form) is None


def test_kinds_of_items() -> None:
    old, new = editions.load("2019"), editions.load("2021")
    assert old.items["proactive.licence.change"].kind is Kind.SIGNED
    assert old.items["proactive.procurement.amount"].kind is Kind.AMOUNT
    assert new.items["proactive.fee.amount"].unit == "万元"
    assert new.items["requests.received.person"].kind is Kind.COUNT


def test_the_statutory_heads_are_merged_as_printed() -> None:
    layout = layout_of(editions.load("2021"))
    areas = {label.text: label.area.range for label in layout.tables["requests"].labels}
    assert areas["申请人情况"] == "D3:J3"
    assert areas["法人或其他组织"] == "E4:I4"
    assert areas["总计"] == "J4:J5"
    assert areas["三、本年度办理结果"] == "A8:A29"
    assert areas["（一）予以公开"] == "B8:C8"
    assert layout.place("requests.received.person") == "三、申请!D6"
    old = layout_of(editions.load("2019"))
    assert old.cell("proactive.fee.change").range == "C17:D17"
    assert old.cell("review.suit_after_review.total").a1 == "O6"

"""What a new edition says of the one before: complete, in words, right for the official pair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gouji import editions
from gouji.carry import counterparts, earlier_year
from gouji.editions import EditionError
from gouji.model import Form, Submission

HEAD = """
id = "{id}"
title = "A form of another world"
basis = "none"
version = 1
first_year = {first}
[tables.fish]
title = "Fish"
sheet = "Fish"
{rows}
columns.caught = "Caught"
columns.sold = "Sold"
"""
OLD_ROWS = 'rows.cod = "Cod"\nrows.eel = "Eel"\nrows.pike = "Pike"'
NEW_ROWS = 'rows.sea = "Sea fish"\nrows.eel = "Eels"\nrows.crab = "Crabs"'
MAPPING = """
[was.pond1]
"fish.sea.*" = { code = ["fish.cod.*", "fish.pike.*"], why = "cod and pike are counted as one" }
"fish.eel.caught" = { same = true }
"fish.eel.sold" = { code = "fish.eel.sold", redefined = true, why = "smoked eels count now" }
"fish.crab.*" = { code = "", why = "nobody counted crabs" }
[gone.pond1]
"""
Declare = Callable[..., Form]


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    """Write the old edition and the new one with its mapping; the new one's form."""

    def write(mapping: str = MAPPING, old_rows: str = OLD_ROWS, first: int = 2010) -> Form:
        old = HEAD.format(id="pond1", first=2000, rows=old_rows)
        (tmp_path / "pond1.toml").write_text(old, encoding="utf-8")
        new = tmp_path / "pond2.toml"
        new.write_text(HEAD.format(id="pond2", first=first, rows=NEW_ROWS) + mapping,
                       encoding="utf-8")  # fmt: skip
        return editions.load(new)

    return write


def test_every_item_is_mapped_sums_and_stars_included(declare: Declare) -> None:
    steps = declare().predecessors["pond1"]
    assert steps["fish.sea.sold"].codes == ("fish.cod.sold", "fish.pike.sold")
    assert steps["fish.eel.caught"].is_plain("fish.eel.caught")
    assert steps["fish.eel.sold"].redefined and not steps["fish.eel.sold"].is_plain("fish.eel.sold")
    assert steps["fish.crab.caught"].codes == ()


def without(line: str) -> str:
    return "".join(each for each in MAPPING.splitlines(keepends=True) if not each.startswith(line))


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        (without('"fish.crab'), "was.pond1: “fish.crab.caught”、“fish.crab.sold”没有交代"),
        (without('"fish.sea'), "was.pond1: “fish.sea.caught”、“fish.sea.sold”没有交代"),
        (MAPPING.replace(', "fish.pike.*"', ""),
         "gone.pond1: 格式 pond1 的“fish.pike.caught”、“fish.pike.sold”既没有沿用"),
        (MAPPING.replace("pike", "perch"),
         "was.pond1.fish.sea.*: “fish.sea.caught”沿用自“fish.perch.caught”，而格式 pond1 没有"),
        (MAPPING.replace("pike", "cod"), "was.pond1.fish.sea.*.code: 相加的代码不能重复"),
        (MAPPING.replace("pike", "eel"), "“fish.eel.caught”同时沿用到了"),
        (MAPPING + '"fish.eel.*" = "x"', "gone.pond1.fish.eel.*: “fish.eel.caught”已沿用"),
        (MAPPING + '"fish.carp.*" = "x"', "gone.pond1.fish.carp.*: “fish.carp.*”没有对应的项"),
        (without('"fish.sea') + '"fish.cod.*" = ""', "was.pond1: “fish.sea.caught”"),
        (MAPPING.replace('"fish.crab.*"', '"fish.c*"').replace("[gone", '"fish.crab.sold" = '
         '{ same = true }\n[gone'), "fish.crab.sold: “fish.crab.sold”已由"),
        (MAPPING.replace(', why = "smoked eels count now"', ""), "fish.eel.sold.why: 没有写原因"),
        (MAPPING.replace(', why = "nobody counted crabs"', ""), "fish.crab.*.why: 没有写原因"),
        (MAPPING.replace("same = true", "same = 1"), "same: 要写 true 或 false"),
        (MAPPING.replace("same = true", "same = false"), "fish.eel.caught: same = true 和"),
        (MAPPING.replace("same = true", 'same = true, code = "x"'),
         "fish.eel.caught: same = true 和"),
        (MAPPING.replace('code = ""', "code = 3"), "fish.crab.*.code: 要写成项的代码"),
        (MAPPING.replace('code = ""', 'code = [""]'), "fish.crab.*.code: 要写成项的代码"),
        (MAPPING.replace('code = ""', 'code = "", redefined = true'), "redefined: 没有对应的项"),
        (MAPPING.replace("same = true", "same = true, whey = 1"), "whey: 不认识这一项，是不是"),
        (MAPPING.replace("pond1", "pond0"), "was.pond0: 没有“pond0”这种格式"),
        (MAPPING.replace("pond1", "../pond1"), "名字写法不对"),
        (MAPPING.replace("was.pond1", "was.pond2"), "gone.pond1: 没有相应的 [was.pond1]"),
        ('[was.pond2]\n"*" = { same = true }', "was.pond2: 格式不能沿用自己"),
        ("was = 3", "was: "),
        ("[was]\npond1 = 3", "was.pond1: 要写成一节"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_and_key(declare: Declare, mapping: str, says: str) -> None:
    with pytest.raises(EditionError) as caught:
        declare(mapping)
    told = [str(mistake) for mistake in caught.value.mistakes]
    assert all(each.startswith("pond2.toml: ") for each in told)
    assert any(says in each for each in told)


def test_a_later_edition_is_no_predecessor(declare: Declare) -> None:
    with pytest.raises(EditionError, match=r"was\.pond1: 格式 pond1 从 2000 年度起用，不比"):
        declare(first=1999)


def test_two_editions_that_come_from_each_other(declare: Declare, tmp_path: Path) -> None:
    declare()
    circle = '[was.pond2]\n"*" = { same = true }\n'
    with (tmp_path / "pond1.toml").open("a", encoding="utf-8") as file:
        file.write(circle)
    with pytest.raises(EditionError, match=r"pond1\.toml: was\.pond2: 格式不能沿用自己"):
        editions.load(tmp_path / "pond2.toml")


def test_an_emptied_reason_for_what_is_gone_is_a_mistake(declare: Declare) -> None:
    rows = OLD_ROWS + '\nrows.carp = "Carp"'
    assert declare(MAPPING + '"fish.carp.*" = "no carps"', rows).gone["pond1"] == {
        "fish.carp.caught": "no carps", "fish.carp.sold": "no carps",
    }  # fmt: skip
    with pytest.raises(EditionError, match=r"gone\.pond1\.fish\.carp\.\*: 是空的"):
        declare(MAPPING + '"fish.carp.*" = " "', rows)


# ---------------------------------------------------------------- used
@pytest.fixture
def three(declare: Declare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Form]:
    """Three editions of the pond, the last coming from the second only."""
    declare()
    third = (
        HEAD.format(id="pond3", first=2020, rows='rows.all = "All"\nrows.crab = "C"')
        + """
[was.pond2]
"fish.all.*" = { code = ["fish.sea.*", "fish.eel.*"], why = "one row for all" }
"fish.crab.*" = { same = true }
"""
    )
    (tmp_path / "pond3.toml").write_text(third, encoding="utf-8")
    monkeypatch.setattr(editions, "_folders", [*editions._folders, tmp_path])
    editions._cached.cache_clear()
    return [editions.load(f"pond{n}") for n in (1, 2, 3)]


def test_values_go_through_the_editions_between(three: list[Form]) -> None:
    first, second, third = three
    values = {code: 10**n for n, code in enumerate(first.items)}
    found = earlier_year(third, Submission("u", 2009, "pond1", values))
    caught, sold = found.values["fish.all.caught"], found.values["fish.all.sold"]
    assert caught.number == 1 + 10**2 + 10**4 and not caught.redefined
    assert sold.number == 10 + 10**3 + 10**5 and sold.redefined
    assert "one row for all" in sold.why and "smoked eels" in sold.why
    assert found.gaps == dict.fromkeys(
        ("fish.crab.caught", "fish.crab.sold"), "nobody counted crabs")  # fmt: skip
    assert counterparts(third, second)["fish.all.sold"].codes == ("fish.sea.sold", "fish.eel.sold")
    editions._cached.cache_clear()


def test_one_unreadable_part_leaves_no_sum(three: list[Form]) -> None:
    values = dict.fromkeys(three[0].items, 1) | {"fish.pike.sold": "many"}
    found = earlier_year(three[1], Submission("u", 2009, "pond1", values))
    assert "fish.sea.sold" in found.gaps and found.values["fish.sea.caught"].number == 2
    editions._cached.cache_clear()


def test_forms_that_declare_nothing_of_each_other_share_nothing() -> None:
    foreign, ours = editions.load("foia"), editions.load("2021")
    assert not any(step.codes for step in counterparts(foreign, ours).values())
    assert not any(step.codes for step in counterparts(ours, foreign).values())


# ---------------------------------------------------------------- the official pair
def test_2020_to_2021() -> None:
    old, new = editions.load("2019"), editions.load("2021")
    steps, gone = new.predecessors["2019"], new.gone["2019"]
    assert steps.keys() == new.items.keys()
    used = [code for step in steps.values() for code in step.codes]
    assert sorted([*used, *gone]) == sorted(old.items), "every earlier item is told once"
    changed = {code for code, step in steps.items() if not step.is_plain(code)}
    assert changed == {
        "proactive.regulation.repealed", "proactive.normative.repealed", "proactive.fee.amount",
        "proactive.regulation.in_force", "proactive.normative.in_force",
        "proactive.licence.decided", "proactive.penalty.decided", "proactive.coercion.decided",
        *(code for code in new.items if code.startswith("requests.result.other.")),
    }  # fmt: skip
    for code in set(new.items) - changed:
        assert old.items[code].kind is new.items[code].kind
    assert {old.items[code].table for code in gone} == {"proactive", "requests"}
    assert "proactive.licence.last_year" in gone and "proactive.licence.change" in gone

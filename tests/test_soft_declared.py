"""Soft rules and claims are declarations: read as written, a mistake names file and key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import builders
from gouji import editions
from gouji.editions import EditionError
from gouji.layout import layout_of
from gouji.model import Form
from gouji.narrative import narrative_findings
from gouji.soft import soft_findings

Declare = Callable[[str], Form]
FORM = """
id = "tiny"
title = "Tiny"
basis = "none"
version = 1
first_year = 2000

[sections]
A = { title = "A. Text" }

[tables.t]
title = "T"
sheet = "T"
rows.a = "Apples"
rows.b = "Pears"
columns.x = "Here"
columns.y = "There"
kinds = { "b.y" = { kind = "amount", decimals = 2, unit = "kg" } }

[rules.R1]
table = "t"
check = "a.x = a.y"
says = "says"
basis = "basis"
remedy = "remedy"
"""
TEXTS = 'says = "Says"\nbasis = "Basis"\nremedy = "Remedy"\n'
JUMP = '[soft.J]\nkind = "jump"\nitems = { "t.*.x" = 50 }\nfactor = 10\n' + TEXTS
COVERS = '[soft.C]\nkind = "covers"\ntable = "t"\neach = ["a", "b"]\n' \
         'check = "*.x >= last_year(*.x)"\nfloor = 5\n' + TEXTS  # fmt: skip
CLAIMS = """
[claims]
fillers = ["the"]
foreign = ["bird"]
topics = { fruit = "fruit" }
counts.apples = { topic = "fruit", words = ["apples"], means = ["t.a.x", "sum(t.a.*)"] }
zeros.none = { leads = ["no"], words = ["pears"], means = ["t.b.x"] }
"""


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    def write(more: str) -> Form:
        path = tmp_path / "tiny.toml"
        path.write_text(FORM + more, encoding="utf-8")
        return editions.load(path)

    return write


def test_a_form_without_soft_rules_has_none(declare: Declare) -> None:
    form = declare("")
    assert not form.soft and form.claims is None
    submission = builders.as_submission(form, "u", dict.fromkeys(form.items, 1),
                                        narrative={"A": "5件"})  # fmt: skip
    assert not soft_findings(form, submission, None, str)
    assert not narrative_findings(form, submission, str)


def test_soft_rules_read_as_declared(declare: Declare) -> None:
    form = declare(JUMP + "first_year = 2010\n" + COVERS)
    assert list(form.soft) == ["J", "C"]
    assert form.soft["J"].floors == {"t.a.x": 50, "t.b.x": 50}
    assert [rule.name for rule in form.soft["C"].relations] == ["C.a", "C.b"]
    assert form.soft["J"].serves(2010) and form.soft["J"].serves(None)
    assert not form.soft["J"].serves(2009)
    assert form.soft["C"].says == "Says"


def test_claims_read_as_declared(declare: Declare) -> None:
    claims = declare(CLAIMS).claims
    assert claims is not None
    apples, none = claims.claims
    assert [[t.code for t in reading] for reading in apples.readings] == [
        ["t.a.x"], ["t.a.x", "t.a.y"]]  # fmt: skip
    assert (apples.zero, none.zero) == (False, True)


@pytest.mark.parametrize(
    ("text", "old", "new", "names"),
    [
        (JUMP, "jump", "leap", "soft.J.kind: 不能是“leap”"),
        (JUMP, "factor = 10\n", "", "soft.J.factor: 没有写这一项"),
        (JUMP, "factor = 10", "factor = 0", "soft.J.factor: 要写 1 以上的整数"),
        (JUMP, "factor = 10", "factor = 2.5", "soft.J.factor: 要写成整数"),
        (JUMP, "factor", "faktor", "soft.J.faktor: 不认识这一项，是不是 factor？"),
        (JUMP, "factor = 10", "factor = 10\npeers = 3", "soft.J.peers: 不认识这一项"),
        (JUMP, '"t.*.x"', '"t.*.z"', "soft.J.items: “t.*.z”没有对应的项"),
        (JUMP, "= 50", "= -1", "soft.J.items.t.*.x: 要写 1 以上的整数"),
        (JUMP, 'says = "Says"\n', "", "soft.J.says: 没有写这一项"),
        (JUMP, 'says = "Says"', 'says = " "', "soft.J.says: 是空的"),
        (JUMP, "soft.J", "soft.R1", "soft.R1: “R1”已是另一条规则的编号"),
        (JUMP, "jump", "scale", "soft.J.items: 只有金额"),
        (COVERS, ">=", "=", "soft.C.check: “*.x = last_year(*.x)”应当是一个比较"),
        (COVERS, "last_year(*.x)", "last_year(*.q)", "soft.C.check: 没有“t.a.q”这一项"),
        (COVERS, "last_year", "next_year", "soft.C.check: "),
        (COVERS, '"t"', '"u"', "soft.C.table: 没有“u”这张表"),
        (COVERS, 'table = "t"', 'table = "t"\nbalance = "R1"', "soft.C.balance: 不认识这一项"),
        ('[soft.O]\nkind = "opposite"\nbalance = "R9"\n' + TEXTS, "", "",
         "soft.O.balance: 没有“R9”这条规则"),
        (CLAIMS, "t.a.x", "t.c.x", "claims.counts.apples.means: 没有“t.c.x”这一项"),
        (CLAIMS, "sum(t.a.*)", "sum(t.c.*)", "claims.counts.apples.means: “t.c.*”没有对应的项"),
        (CLAIMS, 'topic = "fruit"', 'topic = "meat"',
         "claims.counts.apples.topic: [claims.topics] 里没有“meat”"),
        (CLAIMS, 'words = ["apples"], ', "", "claims.counts.apples.words: 要写至少一个文字"),
        (CLAIMS, '["apples"]', '[""]', "claims.counts.apples.words: 要写至少一个文字"),
        (CLAIMS, 'fruit = "fruit"', 'fruit = "("', "claims.topics.fruit: 不是正确的正则表达式"),
        (CLAIMS, "fillers", "filler", "claims.filler: 不认识这一项，是不是 fillers？"),
    ],
)  # fmt: skip
def test_a_mistake_names_file_and_key(
    declare: Declare, text: str, old: str, new: str, names: str
) -> None:  # fmt: skip
    assert old in text
    with pytest.raises(EditionError) as caught:
        declare(text.replace(old, new, 1))
    assert str(caught.value).startswith(f"tiny.toml: {names}")


def test_a_foreign_form_is_judged_by_its_own_declaration(declare: Declare) -> None:
    form = declare(JUMP + COVERS + CLAIMS + '[soft.N]\nkind = "told_counts"\n' + TEXTS)
    place = layout_of(form).place
    now = builders.as_submission(
        form, "u", {"t.a.x": 3, "t.a.y": 0, "t.b.x": 900, "t.b.y": 0},
        narrative={"A": "the fruit: the apples 5件"},
    )  # fmt: skip
    told = narrative_findings(form, now, place)
    assert [f.rule for f in told] == ["N.apples"]
    assert told[0].left == 5 and told[0].right == 3


@pytest.mark.parametrize("edition", editions.shipped())
def test_every_soft_rule_says_why_and_what_to_do(edition: str) -> None:
    form = editions.load(edition)
    hard = {rule.family for rule in form.rules} | form.form_rules.keys()
    assert not hard & form.soft.keys()
    for rule in form.soft.values():
        assert rule.says and rule.basis and rule.remedy.startswith("请")

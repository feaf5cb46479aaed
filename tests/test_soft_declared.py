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
        (JUMP, "jump", "leap", "soft.J.kind: is 'leap'"),
        (JUMP, "factor = 10\n", "", "soft.J.factor: is missing"),
        (JUMP, "factor = 10", "factor = 0", "soft.J.factor: must be 1 or more"),
        (JUMP, "factor = 10", "factor = 2.5", "soft.J.factor: must be a whole number"),
        (JUMP, "factor", "faktor", "soft.J.faktor: unknown key"),
        (JUMP, "factor = 10", "factor = 10\npeers = 3", "soft.J.peers: unknown key"),
        (JUMP, '"t.*.x"', '"t.*.z"', "soft.J.items: 't.*.z' fits no item"),
        (JUMP, "= 50", "= -1", "soft.J.items.t.*.x: must be a floor"),
        (JUMP, 'says = "Says"\n', "", "soft.J.says: is missing"),
        (JUMP, 'says = "Says"', 'says = " "', "soft.J.says: is empty"),
        (JUMP, "soft.J", "soft.R1", "soft.R1: another rule has this name"),
        (JUMP, "jump", "scale", "soft.J.items: a slip of scale concerns amounts only"),
        (COVERS, ">=", "=", "soft.C.check: '*.x = last_year(*.x)' must be one comparison"),
        (COVERS, "last_year(*.x)", "last_year(*.q)", "soft.C.check: there is no item 't.a.q'"),
        (COVERS, "last_year", "next_year", "soft.C.check: "),
        (COVERS, '"t"', '"u"', "soft.C.table: there is no table 'u'"),
        (COVERS, 'table = "t"', 'table = "t"\nbalance = "R1"', "soft.C.balance: unknown key"),
        ('[soft.O]\nkind = "opposite"\nbalance = "R9"\n' + TEXTS, "", "",
         "soft.O.balance: there is no rule 'R9'"),
        (CLAIMS, "t.a.x", "t.c.x", "claims.counts.apples.means: there is no item 't.c.x'"),
        (CLAIMS, "sum(t.a.*)", "sum(t.c.*)", "claims.counts.apples.means: 't.c.*' fits no item"),
        (CLAIMS, 'topic = "fruit"', 'topic = "meat"',
         "claims.counts.apples.topic: there is no topic 'meat'"),
        (CLAIMS, 'words = ["apples"], ', "", "claims.counts.apples.words: must be a list"),
        (CLAIMS, '["apples"]', '[""]', "claims.counts.apples.words: must be a list"),
        (CLAIMS, 'fruit = "fruit"', 'fruit = "("', "claims.topics.fruit: is no regular expression"),
        (CLAIMS, "fillers", "filler", "claims.filler: unknown key"),
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

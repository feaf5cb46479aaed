"""The page of all rules is what the declarations say; the page on own rules tells the truth."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import rounds
from gouji import editions
from gouji.roster_file import read_roster
from test_rule_sheet import NEW, own, sheet, wrong

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def test_the_page_of_rules_is_current() -> None:
    """Mend with ``python scripts/build_rules_page.py``."""
    made = runpy.run_path(str(ROOT / "scripts" / "build_rules_page.py"))["page"]()
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == made


def test_every_rule_of_both_editions_is_on_the_page() -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    for name in editions.shipped():
        form = editions.load(name)
        part = page.split(f"## Edition {name}:")[1].split("## Edition")[0]
        rows = re.findall(r"^\| (\w+) \|", part, re.MULTILINE)
        named = {rule.family for rule in form.rules} | form.form_rules.keys() | form.soft.keys()
        assert set(rows) == named | {"rule"}
        assert "✓ 没有矛盾" in part


def test_the_mistakes_on_the_page_are_what_is_said(tmp_path: Path) -> None:
    page = (DOCS / "own-rules.md").read_text(encoding="utf-8")
    told = page.split("```text\n")[1].split("```")[0].splitlines()
    roster = read_roster(rounds.roster(tmp_path / "名录"))
    file = sheet(tmp_path, switches=[["E9", "停用", "不查", ""]],
                 added=[own("三、申请!D6 = 三、申请!J6")])  # fmt: skip
    assert wrong(file, roster) == told


def test_the_formula_on_the_page_is_one_of_the_forms_own(tmp_path: Path) -> None:
    from gouji.layout import layout_of
    from gouji.own_formula import example

    page = (DOCS / "own-rules.md").read_text(encoding="utf-8")
    assert f"`{example(NEW, layout_of(NEW).place)}`" in page

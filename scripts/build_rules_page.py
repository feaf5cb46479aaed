"""Build ``docs/rules.md``: every rule of the shipped editions, and what the self-test says.

python scripts/build_rules_page.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from gouji import editions
from gouji.layout import layout_of
from gouji.model import EditRule, Form, FormRule, Severity, SoftRule
from gouji.rule_book import To, changes, refusal
from gouji.rules_commands import told
from gouji.self_test import self_test

PAGE = Path(__file__).parent.parent / "docs" / "rules.md"
INTRO = """# Every rule

Built by `python scripts/build_rules_page.py` from the declarations in `pysrc/gouji/editions/`; a
test fails when it is stale. **强制** must be mended, **核实** is mended or explained. *Places*: how
many rows, columns or groups a balance is asked for. *A round may* says what a district can make of
it for a year, see [own-rules.md](own-rules.md). How rules are declared: [editions.md](editions.md).
"""
HEADS = ("rule", "", "places", "says", "basis", "remedy", "a round may")


def page() -> str:
    """The whole page."""
    forms = [editions.load(name) for name in editions.shipped()]
    return "\n".join([INTRO, *(line for form in forms for line in _edition(form, forms))])


def _edition(form: Form, forms: list[Form]) -> Iterator[str]:
    years = f"{form.first_year}–{form.last_year or ''}"
    yield f"## Edition {form.id}: {form.basis}, report years {years}\n"
    yield "### Balances and rules of the whole form\n"
    families: dict[str, list[EditRule]] = {}
    for rule in form.rules:
        families.setdefault(rule.family, []).append(rule)
    balances = (_row(form, name, own[0], len(own)) for name, own in families.items())
    whole = (_row(form, name, rule) for name, rule in form.form_rules.items())
    yield from _table([*balances, *whole])
    yield "### Plausibility and narrative\n"
    yield from _table(_row(form, name, rule) for name, rule in form.soft.items())
    yield from _tested(form, forms)


def _row(form: Form, name: str, rule: EditRule | FormRule | SoftRule, places: int = 0) -> list[str]:
    severity = Severity.SOFT if isinstance(rule, SoftRule) else rule.severity
    word = {"hard": "强制", "soft": "核实"}[severity.value]
    texts = [_plain(text) for text in (rule.says, rule.basis, rule.remedy)]
    return [name, word, str(places or ""), *texts, _may(form, rule.name)]


def _may(form: Form, name: str) -> str:
    words = {To.OFF: "switch it off", To.SOFT: "make it soft", To.HARD: "make it hard"}
    reasons = {to: refusal(form, name, to) for to in To}
    if "fixed" in reasons.values():
        return "nothing: roll-up rests on it"
    able = [words[to] for to in To if not reasons[to] and changes(form, name, to)]
    return ", ".join(able)


def _table(rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{' --- |' * len(HEADS)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _tested(form: Form, forms: list[Form]) -> Iterator[str]:
    place = layout_of(form).place
    tested = self_test(form, place, forms)
    yield f"### What `gouji rules --self-test --edition {form.id}` says\n"
    yield "```text"
    yield from told(tested)
    yield "```\n"
    yield "Cells in no balance, which only 核实 rules or a person can question:\n"
    for code in tested.uncovered:
        yield f"- {place(code)} {_plain(form.items[code].full_label)} (`{code}`)"
    yield ""


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)

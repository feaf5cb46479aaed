"""The sheet of a district workbook that says which rules were in force: what was switched, and why.

What the round switched and added comes first, then every rule of the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from gouji.district_plan import Plan, clean, put
from gouji.district_styles import DistrictStyles
from gouji.model import EditRule, Form, FormRule, SoftRule, Term
from gouji.rule_book import Switch, severity_of
from gouji.styles import LINE_POINTS
from gouji.table_sheet import lines_needed, set_page
from gouji.wording import say

HEAD_ROW, FIRST_ROW = 2, 3
WIDTHS = {"rule": 14, "severity": 8, "state": 10, "says": 62, "basis": 40, "why": 44, "units": 30}
#: How a line without a change is shown, and which looks the others have.
_LOOKS = {"off": "returned", "soft": "conflict", "hard": "conflict", "own": "conflict"}


@dataclass(frozen=True, slots=True)
class _Line:
    rule: str
    severity: str
    state: str  #: key of its word: in_force, own, or what it was switched to
    says: str
    basis: str
    why: str = ""
    units: str = ""


def draw_rules(sheet: Worksheet, styles: DistrictStyles, plan: Plan) -> None:
    """Every rule with its state; a rule that was switched has its reason and its units."""
    rules = plan.rollup.rules
    for column, (key, width) in enumerate(WIDTHS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD_ROW, column, say(f"rule_sheet.head.{key}"), styles.list_head)
    title = say("district_rules.title", district=plan.rollup.district, year=plan.rollup.year)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, clean(title), styles.heading)
    counts = {"switches": len(rules.switches), "own": len(rules.own)}
    note = "district_rules.none" if rules.empty else "district_rules.note"
    sheet.write_string(1, 0, say(note, **counts), styles.info_left)
    sheet.set_row(HEAD_ROW, 22)
    row = HEAD_ROW
    for row, line in enumerate(_lines(plan), start=FIRST_ROW):
        _draw(sheet, styles, row, line)
    sheet.autofilter(HEAD_ROW, 0, row, len(WIDTHS) - 1)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, row, len(WIDTHS) - 1)
    set_page(sheet, landscape=True)


def _draw(sheet: Worksheet, styles: DistrictStyles, row: int, line: _Line) -> None:
    state = styles.standing(_LOOKS[line.state]) if line.state in _LOOKS else styles.line_centre
    words = say(f"district_rules.state.{line.state}")
    for column, (text, style) in enumerate((
        (line.rule, styles.line_centre), (line.severity, styles.line_centre), (words, state),
        (line.says, styles.line), (line.basis, styles.line), (line.why, styles.line),
        (line.units, styles.line),
    )):  # fmt: skip
        put(sheet, row, column, text, style)
    needed = max(
        lines_needed(text, WIDTHS[key] * 1.2)
        for key, text in (("rule", line.rule), ("says", line.says), ("basis", line.basis),
                          ("why", line.why), ("units", line.units))
    )  # fmt: skip
    sheet.set_row(row, min(400, max(20, needed * (LINE_POINTS - 2) + 6)))


def _lines(plan: Plan) -> Iterator[_Line]:
    form, rules = plan.form, plan.rollup.rules
    yield from (_switched(form, switch) for switch in rules.switches)
    for own in rules.own:
        yield _own(plan, own)
    changed = {name for each in rules.switches if not each.units for name in each.rules}
    for family, members in _families(form).items():
        if not all(name in changed for name, _ in members):
            rule = members[0][1]
            severity = say(f"severity.{severity_of(form, members[0][0])}")
            yield _Line(family, severity, "in_force", rule.says, rule.basis)


def _families(form: Form) -> dict[str, list[tuple[str, EditRule | FormRule | SoftRule]]]:
    families: dict[str, list[tuple[str, EditRule | FormRule | SoftRule]]] = {}
    for rule in form.rules:
        families.setdefault(rule.family, []).append((rule.name, rule))
    families |= {name: [(name, whole)] for name, whole in form.form_rules.items()}
    return families | {name: [(name, soft)] for name, soft in form.soft.items()}


def _switched(form: Form, switch: Switch) -> _Line:
    name = switch.rules[0]
    known = {each: rule for members in _families(form).values() for each, rule in members}
    says = say("message.joint").join(dict.fromkeys(known[each].says for each in switch.rules))
    severity = say(f"severity.{severity_of(form, name)}")
    units = say("message.joint").join(switch.units) or say("rule_sheet.all_units")
    return _Line(
        switch.pattern, severity, switch.to.value, says, known[name].basis, switch.why, units
    )  # fmt: skip


def _own(plan: Plan, own: EditRule | SoftRule) -> _Line:
    relation = own if isinstance(own, EditRule) else own.relations[0]
    soft = isinstance(own, SoftRule)
    sign = say("district_rules.at_least" if soft else "district_rules.equals")
    formula = f"{_spelled(plan, relation.left)} {sign} {_spelled(plan, relation.right)}"
    says = say("district_rules.own_says", says=own.says, formula=formula)
    severity = say(f"severity.{relation.severity}")
    return _Line(own.name, severity, "own", says, own.basis, "", say("rule_sheet.all_units"))


def _spelled(plan: Plan, terms: Iterable[Term]) -> str:
    pieces: list[str] = []
    for term in terms:
        cell = plan.layout.place(term.code)
        cell = say("district_rules.last_year", cell=cell) if term.last_year else cell
        size = abs(term.coefficient)
        sign = "" if not pieces and term.coefficient > 0 else "+" if term.coefficient > 0 else "-"
        pieces.append(f"{sign} {size} × {cell}" if size != 1 else f"{sign} {cell}")
    return " ".join(pieces).strip() or "0"

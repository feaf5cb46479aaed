"""The workbook in which a coordinator switches and adds rules, written for people to fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from gouji.layout import layout_of
from gouji.model import Form, Severity
from gouji.own_formula import example
from gouji.rule_book import To, refusal
from gouji.rule_sheet import OWN, SWITCHES
from gouji.styles import INPUT_FILL, LINE, LINE_POINTS, Styles
from gouji.table_sheet import lines_needed, set_page
from gouji.template import CREATED, PROTECTION, WINDOW, write_whole
from gouji.wording import say

_LIST = ("rule", "severity", "says", "basis", "can")
_WIDTHS = {
    "rule": 16, "to": 10, "why": 60, "units": 40, "name": 10, "formula": 60, "severity": 9,
    "says": 56, "basis": 40, "remedy": 48, "can": 20,
}  # fmt: skip
_HEAD_ROW, _FIRST_ROW = 2, 3
_ROWS = 26  #: to fill, one printed page; further rows are read as well


def write_rule_sheet(path: Path, form: Form, year: int) -> None:
    """An empty rule sheet for a round, with the list of the form's rules. Raises OSError."""
    write_whole(path, lambda workbook: _draw(workbook, form, year))


def _draw(workbook: Workbook, form: Form, year: int) -> None:
    styles = Styles(workbook)
    workbook.set_properties({"title": say("rule_sheet.title", year=year), "created": CREATED})
    workbook.set_size(*WINDOW)
    tos = [say(f"rule_sheet.to.{to}") for to in To]
    severities = [say(f"severity.{each}") for each in Severity]
    title = say("rule_sheet.title", year=year)
    named = {"family": form.rules[0].family, "rule": form.rules[0].name} if form.rules else {}
    guide = say("rule_sheet.guide", **({"family": "", "rule": ""} | named))
    sheet = _sheet(workbook, styles, say("rule_sheet.switches"), SWITCHES, title, guide)
    _open_rows(sheet, styles, SWITCHES, {"to": tos})
    title = say("rule_sheet.own_title", year=year)
    guide = say("rule_sheet.own_guide", example=example(form, layout_of(form).place))
    sheet = _sheet(workbook, styles, say("rule_sheet.own"), OWN, title, guide)
    _open_rows(sheet, styles, OWN, {"severity": severities})
    title, guide = (
        say("rule_sheet.list_title", year=year, basis=form.basis),
        say("rule_sheet.list_guide"),
    )
    sheet = _sheet(workbook, styles, say("rule_sheet.list"), _LIST, title, guide)
    for row, texts in enumerate(_listed(form), start=_FIRST_ROW):
        _write(sheet, styles, row, _LIST, texts)
    sheet.protect("", dict(PROTECTION))


def _sheet(
    workbook: Workbook, styles: Styles, name: str, keys: Sequence[str], title: str, guide: str
) -> Worksheet:
    sheet = workbook.add_worksheet(name)
    last = len(keys) - 1
    sheet.merge_range(0, 0, 0, last, title, styles.title)
    sheet.set_row(0, 36)
    sheet.merge_range(1, 0, 1, last, guide, styles.note)
    width = sum(_WIDTHS[key] for key in keys)
    sheet.set_row(1, (lines_needed(guide, width) + 1) * LINE_POINTS)
    sheet.set_row(_HEAD_ROW, 24)
    for column, key in enumerate(keys):
        sheet.set_column(column, column, _WIDTHS[key])
        sheet.write_string(_HEAD_ROW, column, say(f"rule_sheet.head.{key}"), styles.band)
    sheet.hide_gridlines(2)
    sheet.freeze_panes(_FIRST_ROW, 1)
    sheet.repeat_rows(_HEAD_ROW)
    set_page(sheet, landscape=True)
    return sheet


def _open_rows(
    sheet: Worksheet, styles: Styles, keys: Sequence[str], lists: Mapping[str, Sequence[str]]
) -> None:
    """Rows to fill; a word that stands in a list is chosen from it."""
    last = _FIRST_ROW + _ROWS - 1
    # As text: nothing that is typed becomes a date, a number or a formula.
    cell = styles.text(
        num_format="@", font_size=10, bg_color=INPUT_FILL, align="left", indent=1, border=1,
        border_color=LINE,
    )  # fmt: skip
    for row in range(_FIRST_ROW, last + 1):
        for column in range(len(keys)):
            sheet.write_blank(row, column, None, cell)
    for column, key in enumerate(keys):
        if key in lists:
            sheet.data_validation(
                _FIRST_ROW, column, last, column, {"validate": "list", "source": list(lists[key])}
            )
    sheet.print_area(0, 0, last, len(keys) - 1)


def _listed(form: Form) -> Iterator[dict[str, str]]:
    """Every rule; those of one family that say the same are one line."""
    families: dict[str, tuple[str, str, str, str]] = {}
    for rule in form.rules:
        families.setdefault(rule.family, (rule.name, str(rule.severity), rule.says, rule.basis))
    for whole in form.form_rules.values():
        families[whole.name] = (whole.name, str(whole.severity), whole.says, whole.basis)
    for soft in form.soft.values():
        families[soft.name] = (soft.name, str(Severity.SOFT), soft.says, soft.basis)
    for family, (name, severity, says, basis) in families.items():
        yield {
            "rule": family, "severity": say(f"severity.{severity}"), "says": says, "basis": basis,
            "can": say(f"rule_sheet.can.{_limit(form, name)}"),
        }  # fmt: skip


def _limit(form: Form, name: str) -> str:
    found = (refusal(form, name, to) for to in (To.OFF, To.HARD))
    return next(filter(None, found), "all")


def _write(
    sheet: Worksheet, styles: Styles, row: int, keys: Sequence[str], texts: Mapping[str, str]
) -> None:
    lines = 1
    for column, key in enumerate(keys):
        sheet.write_string(row, column, texts[key], styles.list_text)
        lines = max(lines, lines_needed(texts[key], _WIDTHS[key] * 1.1))
    sheet.set_row(row, max(22, lines * LINE_POINTS + 4))

"""Marked workbooks for tests: made from a unit's file, and compared with it by openpyxl."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from form_cases import broken
from gouji import editions
from gouji.edits import confront
from gouji.layout import layout_of
from gouji.model import Form, Submission
from gouji.reading import read_file
from gouji.returns.marked import Marked, mark_workbook, marks_of
from gouji.returns.problems import Explained, Problem, problems_of, sheet_of
from gouji.returns.spots import spots_in
from gouji.template import write_template
from gouji.wording import say
from workbooks import cached, differences

DAY = date(2026, 1, 22)
PROBLEMS = say("sheet.returned")


_written: dict[tuple[Any, ...], bytes] = {}


def broken_form(form: Form, path: Path, **options: Any) -> Path:
    """A form with one of each mistake, as a unit sends it; written once, then copied."""
    key = (form.id, *sorted(options.items()))
    if key not in _written:
        sent, earlier = broken(form)
        write_template(form, path, submission=sent, earlier=earlier, **options)
        _written[key] = path.read_bytes()
    path.write_bytes(_written[key])
    return path


def problems_in(path: Path, explained: Explained | None = None) -> list[Problem]:
    sent = read_file(path)
    form = editions.load(sent.edition)
    found = confront(form, sent, None, layout_of(form).place)
    return problems_of(form, sent, found, spots_in(path.read_bytes())[1], explained)


def marked(path: Path, out: Path | None = None) -> tuple[Path, Marked]:
    """The workbook at ``path`` marked with everything that is wrong in it."""
    problems = problems_in(path)
    sheet = sheet_of(read_file(path).unit, 2025, problems, DAY, ["请于1月31日前发回。"])
    result = mark_workbook(path.read_bytes(), marks_of(problems), sheet)
    target = out or path.with_name(f"退回{result.suffix}")
    target.write_bytes(result.data)
    return target, result


def marked_cells(problems: list[Problem]) -> set[tuple[str, str]]:
    return {(sheet, area.a1) for each in problems for sheet, area in each.spots}


def same(one: Submission, other: Submission) -> bool:
    facts = ("unit", "year", "edition", "values", "level", "code", "narrative", "typed",
             "repairs", "structure")  # fmt: skip
    return all(getattr(one, fact) == getattr(other, fact) for fact in facts)


def changes(before: Path, after: Path, marks: set[tuple[str, str]]) -> list[str]:
    """What differs between the workbooks besides the marks and the problem sheet."""
    stored = cached(after)
    stored.pop(PROBLEMS)
    found = differences(cached(before), stored)
    old, new = (load_workbook(path, keep_vba=False) for path in (before, after))
    if [PROBLEMS, *old.sheetnames] != new.sheetnames:
        found.append(f"sheets {new.sheetnames}")
    for sheet in old.worksheets:
        found += _sheet_changes(sheet, new[sheet.title], marks)
    names = [{name: item.attr_text for name, item in book.defined_names.items()}
             for book in (old, new)]  # fmt: skip
    return found + ([] if names[0] == names[1] else ["defined names"])


def _sheet_changes(old: Any, new: Any, marks: set[tuple[str, str]]) -> list[str]:
    found = []
    for row in old.iter_rows():
        for cell in row:
            other = new[cell.coordinate]
            looks = ["font", "border", "alignment", "number_format", "protection"]
            if (old.title, cell.coordinate) not in marks:
                looks += ["fill", "comment"]
            pairs = {name: (getattr(cell, name), getattr(other, name)) for name in looks}
            pairs["value"] = tuple(getattr(c.value, "text", c.value) for c in (cell, other))
            pairs["comment"] = tuple(each and each.text for each in pairs.get("comment", ()))
            found += [f"{old.title}!{cell.coordinate} {name}" for name, two in pairs.items()
                      if two and repr(two[0]) != repr(two[1])]  # fmt: skip
    for name, look in _SHEET.items():
        if look(old) != look(new):
            found.append(f"{old.title} {name}")
    return found


def _validations(sheet: Any) -> list[tuple[Any, ...]]:
    return [(v.sqref.__str__(), v.type, v.formula1, v.formula2, v.error, v.prompt)
            for v in sheet.data_validations.dataValidation]  # fmt: skip


def _rules(sheet: Any) -> list[tuple[Any, ...]]:
    return [(str(area.sqref), rule.type, rule.formula, rule.priority, rule.dxfId)
            for area in sheet.conditional_formatting for rule in area.rules]  # fmt: skip


_SHEET = {
    "merges": lambda s: sorted(map(str, s.merged_cells.ranges)),
    "widths": lambda s: {k: (v.width, v.hidden) for k, v in s.column_dimensions.items()},
    "heights": lambda s: {k: v.height for k, v in s.row_dimensions.items() if v.height},
    "validations": _validations,
    "conditional formats": _rules,
    "protection": lambda s: dict(s.protection),
    "panes": lambda s: s.freeze_panes,
    "print": lambda s: (s.print_area, s.print_title_rows, s.page_setup.orientation),
    "links": lambda s: {
        c.coordinate: (c.hyperlink.location, c.hyperlink.target)
        for row in s
        for c in row
        if c.hyperlink
    },
    "images": lambda s: len(s._images),
    "state": lambda s: (s.sheet_state, s.auto_filter.ref),
}

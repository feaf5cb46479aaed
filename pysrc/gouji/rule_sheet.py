"""The round's own rules as a coordinator writes them: ``规则.xlsx``, read with clear complaints.

Every mistake is told at once, each with its sheet and cell and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook

from gouji.gate import Refused, open_package, take
from gouji.layout import a1, layout_of
from gouji.messages import places
from gouji.model import EditRule, Form, Severity, SoftRule
from gouji.own_formula import BadFormula, Relation, example, read_formula
from gouji.roster import Roster, normalised
from gouji.round import Round, RoundError
from gouji.rule_book import RuleBook, Switch, To, changes, fitting, refusal
from gouji.self_test import contradiction
from gouji.wording import say

SWITCHES = ("rule", "to", "why", "units")
OWN = ("name", "formula", "severity", "says", "basis", "remedy")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,11}")
#: Names of findings that no declared rule gives: about reading and the file itself.
_RESERVED = re.compile(r"[Tt]\d*")
_SEPARATORS = re.compile(r"[、，,;；\n]+")
_HEAD_SEARCH = 20

Rows = Sequence[Sequence[object]]


class RuleSheetError(RoundError):
    """A rule sheet that cannot be used; ``problems`` holds one clear line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def rules_file(folder: Path) -> Path:
    """Where a round's own rules stand."""
    return folder / say("rule_sheet.file")


def rules_of(round_: Round, roster: Roster, form: Form) -> RuleBook:
    """The rules of a round; as declared where nobody wrote a sheet. Raises RuleSheetError."""
    file = rules_file(round_.folder)
    return read_rules(file, form, roster) if file.exists() else RuleBook(form.id, roster=roster)


def rules_noted(rules: RuleBook) -> tuple[str, ...]:
    """One line about a round's own rules; none where there are none."""
    if rules.empty:
        return ()
    counts = {"switches": len(rules.switches), "own": len(rules.own)}
    words = {"file": say("rule_sheet.file"), "sheet": say("sheet.rules")}
    return (say("rule_sheet.note", **counts, **words),)


def read_rules(path: Path, form: Form, roster: Roster) -> RuleBook:
    """Switches and own rules in ``path``. Raises RuleSheetError with everything that is wrong."""
    reader = _Reader(path.name, form, roster)
    sheets = _sheets(path)
    switches = tuple(reader.switches(sheets.get(say("rule_sheet.switches"))))
    own = tuple(reader.own(sheets.get(say("rule_sheet.own"))))
    if reader.problems:
        raise RuleSheetError(reader.problems)
    return RuleBook(form.id, switches, own, roster)


def _sheets(path: Path) -> dict[str, Rows]:
    try:
        package = open_package(take(path))
        book = CalamineWorkbook.from_filelike(BytesIO(package.extract(list(package.members))))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except Refused as refused:
        raise RuleSheetError([say("rule_sheet.broken", file=path.name, why=refused)]) from refused
    except (CalamineError, BadZipFile) as error:
        raise RuleSheetError([say("rule_sheet.not_workbook", file=path.name)]) from error


@dataclass(frozen=True, slots=True)
class _Line:
    """One filled row of a sheet; ``at`` says where each field stands."""

    sheet: str
    row: int
    texts: Mapping[str, str]
    columns: Mapping[str, int]

    def __getitem__(self, key: str) -> str:
        return self.texts[key]


@dataclass
class _Reader:
    file: str
    form: Form
    roster: Roster
    problems: list[str] = field(default_factory=list)
    _changed: set[str] = field(default_factory=set)  #: rules of the switches so far
    _hard: list[EditRule] = field(default_factory=list)  #: own rules that must hold, so far

    def _wrong(self, line: _Line, key: str, what: str, **fields: object) -> None:
        """One more mistake in that field; ``what`` is the key of its wording."""
        self._told(line, key, say(f"rule_sheet.{what}", **fields))

    def _told(self, line: _Line, key: str, what: str) -> None:
        cell = a1(line.row, line.columns[key])
        self.problems.append(
            say("rule_sheet.at", file=self.file, sheet=line.sheet, cell=cell, what=what)
        )

    # ---------------------------------------------------------------- rows
    def _lines(self, rows: Rows | None, sheet: str, keys: Sequence[str]) -> Iterator[_Line]:
        if rows is None:
            self.problems.append(say("rule_sheet.no_page", file=self.file, sheet=sheet))
            return
        heads = {normalised(say(f"rule_sheet.head.{key}")): key for key in keys}
        for number, row in enumerate(rows[:_HEAD_SEARCH]):
            columns = {
                heads[text]: at for at, text in enumerate(map(_folded, row)) if text in heads
            }
            if keys[0] in columns and len(columns) == len(keys):
                yield from _filled(rows, sheet, number + 1, columns)
                return
        words = say("message.joint").join(say(f"rule_sheet.head.{key}") for key in keys)
        self.problems.append(say("rule_sheet.no_head", file=self.file, sheet=sheet, head=words))

    # ---------------------------------------------------------------- switches
    def switches(self, rows: Rows | None) -> Iterator[Switch]:
        for line in self._lines(rows, say("rule_sheet.switches"), SWITCHES):
            before = len(self.problems)
            rules, to = self._rules(line), self._to(line)
            if not line["why"]:
                self._wrong(line, "why", "no_why")
            units = tuple(self._units(line))
            if to and rules:
                self._allowed(line, rules, to)
            if to and len(self.problems) == before:
                yield Switch(line["rule"], to, line["why"], rules, units)

    def _rules(self, line: _Line) -> tuple[str, ...]:
        if not line["rule"]:
            self._wrong(line, "rule", "no_rule")
            return ()
        found = fitting(self.form, line["rule"])
        if not found:
            self._wrong(line, "rule", "unknown_rule", given=line["rule"])
        return found

    def _to(self, line: _Line) -> To | None:
        words = {say(f"rule_sheet.to.{to}"): to for to in To}
        shown = say("message.joint").join(words)
        if not line["to"]:
            self._wrong(line, "to", "no_to", words=shown)
        elif line["to"] not in words:
            self._wrong(line, "to", "unknown_to", given=line["to"], words=shown)
        return words.get(line["to"])

    def _units(self, line: _Line) -> Iterator[str]:
        for given in filter(None, (part.strip() for part in _SEPARATORS.split(line["units"]))):
            match = self.roster.match(given)
            if match.unit:
                yield match.unit.name.strip()
            else:
                known = [unit for unit in self.roster.units if given in (unit.name, *unit.aliases)]
                self._wrong(
                    line, "units", "several_units" if known else "unknown_unit", given=given
                )

    def _allowed(self, line: _Line, rules: Sequence[str], to: To) -> None:
        refused: dict[str, list[str]] = {}
        for name in rules:
            if why := refusal(self.form, name, to):
                refused.setdefault(why, []).append(name)
        for why, names in refused.items():
            self._wrong(line, "rule", why, rules=_joined(names))
        idle = self._changed.isdisjoint(rules) and not any(
            changes(self.form, name, to) for name in rules
        )
        self._changed.update(rules)
        if not refused and idle:
            word = say(f"rule_sheet.to.{to}")
            self._wrong(line, "to", "same", rules=line["rule"], word=word)

    # ---------------------------------------------------------------- own rules
    def own(self, rows: Rows | None) -> Iterator[EditRule | SoftRule]:
        taken = {rule.family.casefold() for rule in self.form.rules}
        taken |= {name.casefold() for name in (*self.form.form_rules, *self.form.soft)}
        for line in self._lines(rows, say("rule_sheet.own"), OWN):
            before = len(self.problems)
            self._name(line, taken)
            relation, severity = self._relation(line), self._severity(line)
            for key in ("says", "basis", "remedy"):
                if not line[key]:
                    self._wrong(line, key, f"no_{key}")
            if relation and relation.at_least and severity is Severity.HARD:
                self._wrong(line, "severity", "hard_order")
            if relation and severity and len(self.problems) == before:
                made = _made(line, relation, severity)
                if isinstance(made, EditRule) and made.severity is Severity.HARD:
                    self._agrees(line, made)
                yield made

    def _name(self, line: _Line, taken: set[str]) -> None:
        name = line["name"]
        if not name:
            self._wrong(line, "name", "no_name")
        elif not _NAME.fullmatch(name):
            self._wrong(line, "name", "bad_name", given=name)
        elif name.casefold() in taken or _RESERVED.fullmatch(name):
            self._wrong(line, "name", "name_taken", given=name)
        taken.add(name.casefold())

    def _relation(self, line: _Line) -> Relation | None:
        place = layout_of(self.form).place
        if not line["formula"]:
            self._wrong(line, "formula", "no_formula", example=example(self.form, place))
            return None
        try:
            return read_formula(line["formula"], self.form, place)
        except BadFormula as problem:
            self._told(line, "formula", str(problem))
            return None

    def _severity(self, line: _Line) -> Severity | None:
        words = {say(f"severity.{each}"): each for each in Severity}
        if line["severity"] not in words:
            shown = say("message.joint").join(words)
            key = "unknown_to" if line["severity"] else "no_to"
            self._wrong(line, "severity", key, given=line["severity"], words=shown)
        return words.get(line["severity"])

    def _agrees(self, line: _Line, made: EditRule) -> None:
        """A hard rule must be possible together with all others, those further up too."""
        place = layout_of(self.form).place
        fault = contradiction(
            replace(self.form, rules=(*self.form.rules, *self._hard)), made, place
        )
        if fault:
            rules = _joined([name for name in fault.rules if name != made.name])
            cells = places(fault.items, place)
            self._wrong(line, "formula", "contradicts", rules=rules, cells=cells)
        else:
            self._hard.append(made)


def _made(line: _Line, relation: Relation, severity: Severity) -> EditRule | SoftRule:
    rule = EditRule(
        line["name"], line["name"], severity, relation.left, relation.right,
        line["says"], line["basis"], line["remedy"],
    )  # fmt: skip
    if not relation.at_least:
        return rule
    return SoftRule(
        rule.name, "covers", rule.says, rule.basis, rule.remedy, relations=(rule,), floor=1
    )


def _filled(rows: Rows, sheet: str, first: int, columns: Mapping[str, int]) -> Iterator[_Line]:
    for number in range(first, len(rows)):
        row = rows[number]
        texts = {key: _text(row[at]) if at < len(row) else "" for key, at in columns.items()}
        if any(texts.values()):
            yield _Line(sheet, number, texts, columns)


def _folded(value: object) -> str:
    return normalised(_text(value))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _joined(names: Sequence[str]) -> str:
    return say("message.joint").join(names)

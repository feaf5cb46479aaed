"""The command ``rules``: the rules of an edition, and whether they can be trusted."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gouji import editions, round_actions, screen
from gouji.commands import Unusable, edition_named, print_json, say_lines
from gouji.coverage import uncovered
from gouji.layout import layout_of
from gouji.model import Form
from gouji.roster_file import read_roster
from gouji.rule_sheet import rules_file, rules_of
from gouji.self_test import Place, Tested, self_test
from gouji.wording import say


def _rules(options: argparse.Namespace) -> int:
    if options.template:
        return _template(options)
    forms = [_of_round(options.folder)] if options.folder else _forms(options.edition)
    if options.mapping:
        from gouji.chain_commands import show_mappings

        return show_mappings(forms, options.json)
    if options.self_test:
        return _self_test(forms, options.json)
    if options.json:
        print_json([screen.rules_json(form, uncovered(form)) for form in forms])
    else:
        say_lines(line for form in forms for line in screen.rules(form, uncovered(form)))
    return 0


def _template(options: argparse.Namespace) -> int:
    """Lay an empty rule sheet into a round."""
    if options.folder is None:
        raise Unusable(say("cli.rules.no_folder"))
    round_ = round_actions.open_round(options.folder)
    written = round_actions.ensure_rule_sheet(round_)
    file = rules_file(round_.folder)
    if options.json:
        print_json({"file": str(file), "written": written})
    else:
        print(say("rule_sheet.written" if written else "rule_sheet.kept", file=file))
    return 0


def _of_round(folder: Path) -> Form:
    """The round's form with the rules that are in force for all its units."""
    round_ = round_actions.open_round(folder)
    form = editions.load(round_.edition)
    return rules_of(round_, read_roster(round_.roster_file), form).form(form, "")


def _forms(edition: str) -> list[Form]:
    """All editions, the one of that name, or one of the user's own declared in a file."""
    if not edition:
        return [editions.load(name) for name in editions.available()]
    file = Path(edition)
    if file.suffix == ".toml":
        try:
            return [editions.load(file)]
        except editions.EditionError as problem:
            raise Unusable(str(problem)) from problem
    return [edition_named(edition)]


def _self_test(forms: list[Form], as_json: bool) -> int:
    known = [editions.load(name) for name in editions.available()]
    tested = [self_test(form, _place(form), known) for form in forms]
    if as_json:
        print_json([tested_json(one) for one in tested])
    else:
        say_lines(line for one in tested for line in told(one))
    return 1 if any(one.faults for one in tested) else 0


def _place(form: Form) -> Place:
    """Cells as the form itself has them: rules of a round move none."""
    declared = form.id in editions.available() and editions.load(form.id)
    return layout_of(declared or form).place


def tested_json(one: Tested) -> dict[str, Any]:
    """One edition's self-test: its faults, and what is worth knowing."""
    return {
        "edition": one.form.id,
        "basis": one.form.basis,
        "rules": len(one.form.rules),
        "faults": [
            {"kind": fault.kind, "rules": list(fault.rules), "items": list(fault.items),
             "message": fault.message}
            for fault in one.faults
        ],
        "dependent": one.dependent,
        "crossing": list(one.crossing),
        "uncovered": list(one.uncovered),
    }  # fmt: skip


def told(one: Tested) -> Iterator[str]:
    """The same for people."""
    form = one.form
    families = {rule.family for rule in form.rules}
    yield say("self_test.head", basis=form.basis, id=form.id, rules=len(form.rules),
              families=len(families), soft=len(form.soft))  # fmt: skip
    for fault in one.faults:
        kind = say(f"self_test.kind.{fault.kind}")
        yield "  " + say("self_test.fault", kind=kind, message=fault.message)
    if not one.faults:
        yield "  " + say("self_test.good")
    if one.dependent:
        rules = say("message.joint").join(one.crossing)
        yield "  " + say("self_test.crossing", n=one.dependent, rules=rules)
    if one.uncovered:
        yield "  " + say("self_test.uncovered", n=len(one.uncovered))


ACTIONS = {"rules": _rules}

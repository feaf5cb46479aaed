"""The command ``edition``: a declaration of a form begun, and checked with all its mistakes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from gouji import editions, screen
from gouji.commands import Unusable, print_json, say_lines
from gouji.coverage import uncovered
from gouji.editions.mistakes import EditionError, Mistake
from gouji.layout import layout_of
from gouji.model import Form, Item, Kind
from gouji.round import replace_file
from gouji.rules_commands import tested_json, told
from gouji.self_test import Tested, self_test
from gouji.template import write_template
from gouji.wording import say


def _edition(options: argparse.Namespace) -> int:
    return _new(options) if options.task == "new" else _check(options)


# ---------------------------------------------------------------- begun
def _new(options: argparse.Namespace) -> int:
    name = options.name
    if not editions.is_name(name):
        raise Unusable(say("edition.bad_name", name=name))
    if name in editions.shipped():
        raise Unusable(say("edition.taken", name=name))
    file = options.output or Path(f"{name}.toml")
    if file.is_dir():
        file = file / f"{name}.toml"
    if file.name != f"{name}.toml":
        raise Unusable(say("edition.other_stem", file=file, name=name))
    if file.exists():
        raise Unusable(say("edition.exists", file=file))
    replace_file(file, skeleton(name).encode())
    if options.json:
        print_json({"file": str(file), "edition": name})
    else:
        print(say("edition.written", file=file))
    return 0


def skeleton(name: str) -> str:
    """A small declaration with comments that loads as it is; ``name`` becomes its id."""
    sample = files("gouji.editions").joinpath("skeleton", "sample.toml")
    return sample.read_text(encoding="utf-8").replace("{name}", name)


# ---------------------------------------------------------------- checked
def _check(options: argparse.Namespace) -> int:
    try:
        form = editions.load(options.file)
    except EditionError as problem:
        if not options.file.is_file():
            raise Unusable(str(problem)) from problem
        return _wrong(options, problem.mistakes)
    known = [editions.load(name) for name in editions.available() if name != form.id]
    tested = self_test(form, layout_of(form).place, [*known, form])
    blank = _blank(form, options.show) if options.show else None
    if options.json:
        print_json(_right_json(form, tested, options.file, blank))
    else:
        say_lines(_right(form, tested, options.file, blank))
    return 1 if tested.faults else 0


def _wrong(options: argparse.Namespace, mistakes: tuple[Mistake, ...]) -> int:
    if options.json:
        print_json({
            "file": str(options.file), "edition": None,
            "mistakes": [
                {"file": each.file, "line": each.line, "key": each.key, "message": each.what}
                for each in mistakes
            ],
        })  # fmt: skip
        return 1
    print(say("edition.mistakes", file=options.file, n=len(mistakes)))
    for each in mistakes:
        print("  " + _mistake(each, options.file))
    print(say("edition.again", file=options.file))
    return 1


def _mistake(mistake: Mistake, file: Path) -> str:
    """Line, key and what to do; the file's name only where another file is meant."""
    where = [mistake.file] if mistake.file != file.name else []
    where += [say("edition.line", n=mistake.line)] if mistake.line else []
    where += [mistake.key] if mistake.key else []
    return say("edition.apart").join([*where, mistake.what])


def _blank(form: Form, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / say("edition.blank_name", id=form.id)
    write_template(form, file)
    return file


def _right(form: Form, tested: Tested, file: Path, blank: Path | None) -> Iterator[str]:
    yield say("edition.right", file=file)
    for title, sheet, items in _tables(form):
        yield say("edition.table", title=title, sheet=sheet, n=len(items))
        yield from ("  " + _line(form, item) for item in items)
    yield from screen.rules(form, uncovered(form))
    yield from told(tested)
    if blank is not None:
        yield say("edition.shown", file=blank)
    if form.id not in editions.available():
        folder = say("round.path.editions")
        yield say("edition.use", folder=folder, variable=editions.VARIABLE)


def _tables(form: Form) -> Iterator[tuple[str, str, list[Item]]]:
    for table in form.tables:
        items = [item for item in form.items.values() if item.table == table.name]
        yield table.title, table.sheet, items


def _line(form: Form, item: Item) -> str:
    place = layout_of(form).place
    return say(
        "edition.item", cell=place(item.code), code=item.code, label=item.full_label,
        kind=_kind(form, item),
    )  # fmt: skip


def _kind(form: Form, item: Item) -> str:
    if any(rule.total == item.code for rule in form.rules):
        return say("edition.computed")
    if item.kind is Kind.AMOUNT:
        return say("edition.amount", decimals=item.decimals, unit=item.unit)
    return say("edition.signed") if item.kind is Kind.SIGNED else ""


def _right_json(form: Form, tested: Tested, file: Path, blank: Path | None) -> dict[str, Any]:
    place = layout_of(form).place
    return {
        "file": str(file),
        "edition": form.id,
        "mistakes": [],
        "tables": [
            {
                "title": title,
                "sheet": sheet,
                "items": [
                    {"code": item.code, "cell": place(item.code), "label": item.full_label,
                     "kind": item.kind.value}
                    for item in items
                ],
            }
            for title, sheet, items in _tables(form)
        ],
        "rules": screen.rules_json(form, uncovered(form)),
        "self_test": tested_json(tested),
        "template": str(blank) if blank else None,
    }  # fmt: skip


ACTIONS = {"edition": _edition}

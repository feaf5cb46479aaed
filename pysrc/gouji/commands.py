"""What each command does and prints: calls ``actions``, writes text for people or JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from gouji import editions, screen
from gouji.model import Form, Verdict
from gouji.round import is_round
from gouji.round_editions import register_near
from gouji.wording import say

if TYPE_CHECKING:
    from gouji.actions import Checked
    from gouji.rollup import RollUp


class Unusable(Exception):
    """The input or the call cannot be used; the text is one clear Chinese line."""


def run(options: argparse.Namespace) -> int:
    """Carry out one parsed command; returns the exit status. Raises Unusable."""
    try:
        _find_editions(options)
        return _action(options.command)(options)
    except _usable_errors() as problem:
        raise Unusable(str(problem)) from problem
    except BrokenPipeError:
        raise  # the reader of our output has gone; the caller knows what that means
    except OSError as problem:
        name = problem.filename or getattr(options, "output", "") or ""
        raise Unusable(say("cli.os_error", file=name, why=problem.strerror or problem)) from problem


def _find_editions(options: argparse.Namespace) -> None:
    """Editions of the user's: those of the environment, and of every round that is named."""
    for folder in editions.environment():
        if not folder.is_dir():
            raise Unusable(say("cli.no_editions", variable=editions.VARIABLE, folder=folder))
    for value in vars(options).values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Path):
                register_near(each)


def _usable_errors() -> tuple[type[Exception], ...]:
    from gouji.roster_file import RosterError
    from gouji.round import RoundError
    from gouji.unusable import UnusableCall

    return UnusableCall, RosterError, RoundError


def print_json(data: object) -> None:
    """JSON with every number exact."""
    from gouji.values_json import to_text

    print(to_text(data))


def say_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def progress(files: Sequence[Path]) -> Callable[[Path], None] | None:
    """A progress bar on long work, on a terminal only."""
    if len(files) < 20 or not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    bar = tqdm(total=len(files), desc=say("cli.progress"), unit=say("cli.file"), leave=False)

    def done(file: Path) -> None:
        bar.update(1)
        if bar.n >= len(files):
            bar.close()

    return done


def _demo(options: argparse.Namespace) -> int:
    from gouji import demo

    form = edition_named(options.edition)
    if form.id not in demo.EDITIONS:
        raise Unusable(say("cli.demo.none", edition=form.id, known="、".join(demo.EDITIONS)))
    folder = options.folder or Path(f"gouji-demo-{form.id}")
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        if not options.json:
            print(line, flush=True)

    result = demo.run(folder, form.id, tell)
    if options.json:
        print_json({"folder": str(folder), "steps": told, "compiled": result})
    return 0


def edition_named(name: str) -> Form:
    if name not in editions.available():
        known = say("message.joint").join(editions.available())
        raise Unusable(say("cli.no_edition", edition=name, known=known))
    return editions.load(name)


def _fill(options: argparse.Namespace) -> int:
    from gouji import actions

    if options.edition:
        edition_named(options.edition)
    if options.values is None:
        return _blank(options)
    submission = actions.fill(
        options.values, options.output, edition=options.edition, last_year=options.last_year
    )
    if options.json:
        from gouji.values_json import dump

        print_json({"output": str(options.output), **dump(submission)})
    else:
        print(say("cli.fill.done", unit=submission.unit, file=options.output))
    return 0


def _blank(options: argparse.Namespace) -> int:
    from gouji import actions

    if not options.edition:
        raise Unusable(say("cli.fill.nothing"))
    last = actions.read_last_year(options.last_year)
    actions.blank(
        options.edition, options.output, year=options.year, earlier=last.source if last else None
    )
    if options.json:
        print_json({"output": str(options.output), "edition": options.edition})
    else:
        print(say("cli.fill.blank", file=options.output))
    return 0


def _read(options: argparse.Namespace) -> int:
    from gouji.actions import read_one
    from gouji.structure import deep_differences
    from gouji.values_json import dump

    submission = read_one(options.file)
    differences = deep_differences(options.file, editions.load(submission.edition))
    if options.json:
        print_json(dump(submission) | screen.reading_json(submission, differences))
    else:
        say_lines(screen.reading(submission, differences))
    return 0


def _check(options: argparse.Namespace) -> int:
    from gouji import actions

    if round_of(options.files):
        from gouji import round_commands

        return round_commands.check(options)
    files = actions.gather(options.files)
    checked = actions.check_files(files, options.last_year, progress(files), fixed=options.fixed)
    return show_checked(checked, options.json)


def show_checked(checked: Sequence[Checked], as_json: bool) -> int:
    """Print the results of a check; the exit status they mean."""
    if as_json:
        print_json([screen.checked_json(one) for one in checked])
    else:
        say_lines(line for one in checked for line in screen.checked(one))
        if len(checked) > 1:
            say_lines(screen.check_summary(checked))
    verdicts = {one.verdict for one in checked}
    if Verdict.UNREADABLE in verdicts:
        for one in checked:
            if one.refusal:
                print(say("action.refused", file=one.file, why=one.refusal), file=sys.stderr)
        return 2
    return 1 if Verdict.ERRORS in verdicts else 0


def _compile(options: argparse.Namespace) -> int:
    from gouji import actions, compiling

    if round_of(options.files):
        from gouji import round_commands

        return round_commands.compile_(options)
    if options.output is None:
        raise Unusable(say("cli.compile.no_output"))
    files = actions.gather(options.files, without=options.output)
    rolled = compiling.compile_files(
        files, output=options.output, roster=options.roster, last_year=options.last_year,
        let_in=options.let_in, district=options.district, year=options.year, level=options.level,
        progress=progress(files), made=moment(options.dated),
    )  # fmt: skip
    return show_compiled(rolled, options.output, options.json)


def moment(asked: bool) -> datetime | None:
    """The time now as clocks here show it, where it is asked for: else files stay the same."""
    return datetime.now().replace(microsecond=0) if asked else None


def show_compiled(rolled: RollUp, output: Path, as_json: bool) -> int:
    """Print what was compiled; the exit status it means."""
    from gouji.rollup import to_json

    if as_json:
        print_json(to_json(rolled) | screen.own_json(rolled))
    else:
        say_lines(screen.compiled(rolled, output))
    return 0 if rolled.complete else 1


def round_of(paths: Sequence[Path]) -> bool:
    """True when a round folder is meant, which then stands alone. Raises Unusable."""
    rounds = [path for path in paths if is_round(path)]
    if rounds and len(paths) > 1:
        raise Unusable(say("cli.round_alone", folder=rounds[0]))
    return bool(rounds)


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": _demo,
    "fill": _fill,
    "read": _read,
    "check": _check,
    "compile": _compile,
}


def _action(command: str) -> Callable[[argparse.Namespace], int]:
    if command in _ACTIONS:
        return _ACTIONS[command]
    # Late: checking one file need not wait for what a whole round takes.
    actions = import_module(f"gouji.{_LATE[command]}").ACTIONS
    found: Callable[[argparse.Namespace], int] = actions[command]
    return found


#: Command → the module that holds it.
_LATE = {
    "edition": "edition_commands",
    "opendata": "open_data_commands",
    "install": "install_commands", "doctor": "install_commands", "new": "round_commands",
    "issue": "round_commands", "status": "round_commands", "collect": "collect_commands",
    "decide": "collect_commands", "ledger": "collect_commands", "return": "return_commands",
    "compare": "compare_commands", "history": "chain_commands", "publish": "publish_commands",
    "report": "report_commands", "rules": "rules_commands", "scrub": "scrub_commands",
}  # fmt: skip

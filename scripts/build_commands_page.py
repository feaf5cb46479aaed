"""Build ``docs/commands.md``: every command with its arguments, as the parser knows them.

python scripts/build_commands_page.py
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from gouji.cli import build_parser

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
INTRO = """# Every command

Built by `make commands` from the argument parser; a test fails when it is stale. The texts are
those of `gouji COMMAND --help`, for the people who type them. Exit status, unless a command says
otherwise: 0 clean, 1 something must be mended or a unit is missing, 2 the file or the call cannot
be used.
"""
HEADS = ("参数", "", "说明")


def page() -> str:
    """The whole page."""
    parser = build_parser()
    commands = list(_commands(parser))
    contents = [f"- [`{each.prog}`](#{each.prog.replace(' ', '-')})：{_about(parser, each)}"
                for each in commands]  # fmt: skip
    parts = [line for each in commands for line in _command(each)]
    return "\n".join([INTRO, *contents, "", *parts])


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Each parser that can be called by itself, in the order of ``--help``."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                inner = list(_commands(command))
                yield from inner or [command]


def _about(parser: argparse.ArgumentParser, command: argparse.ArgumentParser) -> str:
    """The line that stands beside the command in the list of its parent."""
    *parents, name = command.prog.split()[1:]
    for word in parents:
        parser = _below(parser).choices[word]
    listed = _below(parser)._choices_actions
    return next(str(each.help) for each in listed if each.dest == name)


def _below(parser: argparse.ArgumentParser) -> argparse._SubParsersAction:  # type: ignore[type-arg]
    return next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))


def _command(command: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {command.prog}\n"
    yield f"{command.description}\n"
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{' --- |' * len(HEADS)}"
    for action in command._actions:
        if not isinstance(action, argparse._HelpAction):
            yield f"| {_named(action)} | {_must(action)} | {_plain(action.help or '')} |"
    yield f"\n```text\n{command.epilog}\n```\n"


def _named(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return f"`{value}`" + ("…" if action.nargs == "+" else "")
    return "、".join(f"`{name} {value}`".replace(" `", "`") for name in action.option_strings)


def _must(action: argparse.Action) -> str:
    needed = action.required if action.option_strings else action.nargs != "?"
    return "必填" if needed else ""


def _plain(text: str) -> str:
    return (text % {}).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)

"""The command line: English command names, Chinese words. Thin: everything is in ``actions``.

Exit status: 0 clean; 1 findings that must be mended (or units missing); 2 unusable input or call.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from gouji import __version__
from gouji.wording import catalogue, say


class _Parser(argparse.ArgumentParser):
    """argparse with Chinese headings and errors."""

    def __init__(self, **options: object) -> None:
        options.setdefault("formatter_class", _Help)
        super().__init__(add_help=False, allow_abbrev=False, **options)  # type: ignore[arg-type]
        self._positionals.title = say("cli.positionals")
        self._optionals.title = say("cli.options")
        self.add_argument("-h", "--help", action="help", help=say("cli.help"))

    def error(self, message: str) -> NoReturn:
        print(say("cli.bad_call", message=message, prog=self.prog), file=sys.stderr)
        raise SystemExit(2)


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, say("cli.usage") if prefix is None else prefix)


def _translate(text: str) -> str:
    """argparse's own sentences in Chinese; one that the catalogue lacks stays as it is."""
    return catalogue().get("argparse." + text.replace(".", ""), text)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line with its help."""
    argparse._ = _translate  # type: ignore[attr-defined]  # the hook argparse itself goes through
    parser = _Parser(prog="gouji", description=say("cli.about"), epilog=say("cli.epilog"))
    parser.add_argument(
        "--version", action="version", version=f"gouji {__version__}", help=say("cli.version")
    )
    commands = parser.add_subparsers(dest="command", metavar=say("cli.command"), required=True)
    for name, arguments in _COMMANDS.items():
        command = commands.add_parser(
            name,
            help=say(f"cli.{name}.help"),
            description=say(f"cli.{name}.about"),
            epilog=say(f"cli.{name}.example"),
        )
        command.add_argument("--json", action="store_true", help=say("cli.json"))
        arguments(command)
    return parser


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", nargs="?", type=Path, metavar=say("cli.folder_name"),
                         help=say("cli.demo.folder"))  # fmt: skip
    command.add_argument("--edition", default="2019", metavar=say("cli.edition_name"),
                         help=say("cli.demo.edition"))  # fmt: skip


def _fill(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--values", type=Path, metavar=say("cli.file"), help=say("cli.fill.values")
    )
    command.add_argument("--edition", default="", metavar=say("cli.edition_name"),
                         help=say("cli.fill.edition"))  # fmt: skip
    command.add_argument("--year", type=int, metavar=say("cli.year"), help=say("cli.fill.year"))
    command.add_argument(
        "--last-year", type=Path, metavar=say("cli.file"), help=say("cli.last_year")
    )
    command.add_argument("-o", "--output", type=Path, required=True, metavar=say("cli.file"),
                         help=say("cli.output"))  # fmt: skip


def _read(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar=say("cli.file"), help=say("cli.read.file"))


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", type=Path, nargs="+", metavar=say("cli.file"),
                         help=say("cli.check.files"))  # fmt: skip
    command.add_argument(
        "--last-year", type=Path, metavar=say("cli.file"), help=say("cli.last_year")
    )
    command.add_argument("--fixed", action="append", default=[], metavar=say("cli.check.cell"),
                         help=say("cli.check.fixed"))  # fmt: skip


def _compile(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", type=Path, nargs="+", metavar=say("cli.file"),
                         help=say("cli.compile.files"))  # fmt: skip
    command.add_argument("-o", "--output", type=Path, metavar=say("cli.file"),
                         help=say("cli.compile.output"))  # fmt: skip
    command.add_argument(
        "--last-year", type=Path, metavar=say("cli.file"), help=say("cli.last_year")
    )
    _of_compile(command)


def _of_compile(command: argparse.ArgumentParser) -> None:
    """What a roll-up of loose files must be told, and a round knows."""
    command.add_argument(
        "--roster", type=Path, metavar=say("cli.file"), help=say("cli.compile.roster")
    )
    command.add_argument("--let-in", action="append", default=[], metavar=say("cli.unit"),
                         help=say("cli.compile.let_in"))  # fmt: skip
    command.add_argument("--district", default="", metavar=say("cli.name"),
                         help=say("cli.compile.district"))  # fmt: skip
    command.add_argument("--year", type=int, metavar=say("cli.year"), help=say("cli.compile.year"))
    command.add_argument("--dated", action="store_true", help=say("cli.compile.dated"))
    command.add_argument("--level", default="", choices=("", "province", "city", "district"),
                         metavar=say("cli.level"), help=say("cli.compile.level"))  # fmt: skip


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", nargs="?", type=Path, metavar=say("cli.folder_name"),
                         help=say("cli.rules.folder"))  # fmt: skip
    command.add_argument("--edition", default="", metavar=say("cli.edition_name"),
                         help=say("cli.rules.edition"))  # fmt: skip
    command.add_argument("--template", action="store_true", help=say("cli.rules.template"))
    command.add_argument("--self-test", action="store_true", help=say("cli.rules.self_test"))
    command.add_argument("--mapping", action="store_true", help=say("cli.rules.mapping"))


def _edition(command: argparse.ArgumentParser) -> None:
    tasks = command.add_subparsers(dest="task", metavar=say("cli.edition.task"), required=True)
    new, check = (
        tasks.add_parser(task, help=say(f"cli.edition.{task}.help"),
                         description=say(f"cli.edition.{task}.about"),
                         epilog=say(f"cli.edition.{task}.example"))
        for task in ("new", "check")
    )  # fmt: skip
    for task in (new, check):  # keeps what stands before the task
        task.add_argument("--json", action="store_true", default=argparse.SUPPRESS,
                          help=say("cli.json"))  # fmt: skip
    new.add_argument("name", metavar=say("cli.name"), help=say("cli.edition.new.name"))
    new.add_argument("-o", "--output", type=Path, metavar=say("cli.file"),
                     help=say("cli.edition.new.output"))  # fmt: skip
    check.add_argument("file", type=Path, metavar=say("cli.file"),
                       help=say("cli.edition.check.file"))  # fmt: skip
    check.add_argument("--show", type=Path, metavar=say("cli.folder_name"),
                       help=say("cli.edition.check.show"))  # fmt: skip


def _new(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("--from", dest="before", type=Path, metavar=say("cli.folder_name"),
                         help=say("cli.new.before"))  # fmt: skip
    command.add_argument("--year", type=int, metavar=say("cli.year"), help=say("cli.new.year"))
    command.add_argument("--district", default="", metavar=say("cli.name"),
                         help=say("cli.new.district"))  # fmt: skip
    command.add_argument("--roster", type=Path, metavar=say("cli.file"), help=say("cli.new.roster"))
    command.add_argument("--last-year", type=Path, metavar=say("cli.file"),
                         help=say("cli.new.last_year"))  # fmt: skip
    command.add_argument("--earlier", type=Path, action="append", default=[],
                         metavar=say("cli.file"), help=say("cli.new.earlier"))  # fmt: skip
    command.add_argument("--level", default="", choices=("", "province", "city", "district"),
                         metavar=say("cli.level"), help=say("cli.compile.level"))  # fmt: skip
    command.add_argument("--edition", default="", metavar=say("cli.edition_name"),
                         help=say("cli.new.edition"))  # fmt: skip
    command.add_argument("--deadline", default="", metavar=say("cli.date"),
                         help=say("cli.new.deadline"))  # fmt: skip


def _folder(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", type=Path, metavar=say("cli.folder_name"),
                         help=say("cli.round_folder"))  # fmt: skip


def _install(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", nargs="?", type=Path, metavar=say("cli.folder_name"),
                         help=say("cli.install.folder"))  # fmt: skip


def _collect(command: argparse.ArgumentParser) -> None:
    _folder(command)
    for name in ("maildir", "eml"):
        command.add_argument(f"--{name}", type=Path, action="append", default=[],
                             metavar=say("cli.folder_name"),
                             help=say(f"cli.collect.{name}"))  # fmt: skip
    command.add_argument("--inbox-only", action="store_true", help=say("cli.collect.inbox_only"))
    command.add_argument("--rebuild", action="store_true", help=say("cli.collect.rebuild"))
    command.add_argument("--keep-password", action="store_true",
                         help=say("cli.collect.keep_password"))  # fmt: skip


def _decide(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("files", nargs="+", metavar=say("cli.file"), help=say("cli.decide.files"))
    for option, kind in (("choose", "chosen"), ("let-in", "let_in"), ("exclude", "excluded"),
                         ("readmit", "readmitted")):  # fmt: skip
        command.add_argument(f"--{option}", dest=kind, action="store_true",
                             help=say(f"cli.decide.{kind}"))  # fmt: skip
    command.add_argument("--unit", default="", metavar=say("cli.unit"), help=say("cli.decide.unit"))


def _ledger(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("-o", "--output", type=Path, metavar=say("cli.file"),
                         help=say("cli.ledger.output"))  # fmt: skip
    command.add_argument("--verify", action="store_true", help=say("cli.ledger.verify"))


def _scrub(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("-o", "--output", type=Path, required=True, metavar=say("cli.file"),
                         help=say("cli.scrub.output"))  # fmt: skip


def _return(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("--remind-only", action="store_true", help=say("cli.return.remind_only"))
    command.add_argument("--today", default="", metavar=say("cli.date"),
                         help=say("cli.return.today"))  # fmt: skip
    command.add_argument("--send", action="store_true", help=say("cli.return.send"))
    command.add_argument("--dry-run", action="store_true", help=say("cli.return.dry_run"))
    command.add_argument("--yes", action="store_true", help=say("cli.return.yes"))


def _publish(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("--reason", action="append", default=[], metavar=say("cli.text"),
                         help=say("cli.publish.reason"))  # fmt: skip
    command.add_argument("--date", default="", metavar=say("cli.date"),
                         help=say("cli.publish.date"))  # fmt: skip
    command.add_argument("--incomplete", action="store_true", help=say("cli.publish.incomplete"))
    command.add_argument("--dry-run", action="store_true", help=say("cli.publish.dry_run"))


def _history(command: argparse.ArgumentParser) -> None:
    _folder(command)
    command.add_argument("--add", type=Path, action="append", default=[],
                         metavar=say("cli.file"), help=say("cli.history.add"))  # fmt: skip


def _compare(command: argparse.ArgumentParser) -> None:
    for name in ("report", "file"):
        command.add_argument(name, type=Path, metavar=say("cli.file"),
                             help=say(f"cli.compare.{name}"))  # fmt: skip
    command.add_argument("--strict", action="store_true", help=say("cli.compare.strict"))
    command.add_argument("--version", type=int, default=0, metavar=say("cli.edition_number"),
                         help=say("cli.compare.version"))  # fmt: skip


def _opendata(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", type=Path, nargs="+", metavar=say("cli.file"),
                         help=say("cli.opendata.files"))  # fmt: skip
    command.add_argument("-o", "--output", type=Path, metavar=say("cli.folder_name"),
                         help=say("cli.opendata.output"))  # fmt: skip
    _of_compile(command)


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", type=Path, metavar=say("cli.file"),
                         help=say("cli.report.source"))  # fmt: skip
    command.add_argument("-o", "--output", type=Path, metavar=say("cli.file"),
                         help=say("cli.report.output"))  # fmt: skip
    command.add_argument("--unit", default="", metavar=say("cli.unit"), help=say("cli.report.unit"))
    command.add_argument(
        "--last-year", type=Path, metavar=say("cli.file"), help=say("cli.last_year")
    )
    command.add_argument("--signature", action="append", default=[], metavar=say("cli.text"),
                         help=say("cli.report.signature"))  # fmt: skip


_COMMANDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "demo": _demo,
    "fill": _fill,
    "read": _read,
    "check": _check,
    "compile": _compile,
    "rules": _rules,
    "edition": _edition,
    "new": _new,
    "issue": _folder,
    "collect": _collect,
    "status": _folder,
    "decide": _decide,
    "return": _return,
    "report": _report,
    "ledger": _ledger,
    "publish": _publish,
    "history": _history,
    "compare": _compare,
    "opendata": _opendata,
    "scrub": _scrub,
    "install": _install,
    "doctor": _install,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = build_parser().parse_args(arguments)
    # Imported late: --help and a wrong call answer at once.
    from gouji import commands

    try:
        return commands.run(options)
    except commands.Unusable as problem:
        print(str(problem), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone (``| head``): nothing left to tell it
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""The command ``collect``: takes in what is new, or makes the ledger anew from the archive."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from gouji import collecting, deciding, round_actions
from gouji.collecting import Source, told
from gouji.commands import Unusable, print_json, progress, say_lines
from gouji.deciding import Decision
from gouji.ledger.archive import Archive
from gouji.ledger.events import CHOICES, Kind
from gouji.ledger.ledger import Ledger
from gouji.ledger.records import archive_folder, ledger_file
from gouji.mail.settings import MailError
from gouji.mail.sources import EmlFolder, Maildir
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_post import sources_of
from gouji.secret_commands import keep_passwords
from gouji.wording import say


def collect(options: argparse.Namespace, sources: Iterable[Source] = ()) -> int:
    """Collect into ``options.folder`` from its inbox, the named sources and ``sources``.

    0: nothing to look after; 1: a file was refused, is unclaimed, or one must be chosen. With
    ``options.rebuild`` the ledger is made anew first. Raises Unusable.
    """
    round_ = round_actions.open_round(options.folder)
    try:
        if options.rebuild:
            collecting.rebuild(round_).close()
        if options.keep_password:
            for account in keep_passwords(round_):
                print(say("cli.collect.password_kept", account=account), file=sys.stderr)
        return _shown(options, round_, [*_sources(options, round_), *sources])
    except MailError as problem:
        raise Unusable(str(problem)) from problem


def _sources(options: argparse.Namespace, round_: Round) -> list[Source]:
    """Those of the round's facts, unless only the inbox is wanted, and those of the call."""
    found = [] if options.inbox_only else sources_of(round_)
    found += [Maildir(folder, str(folder)) for folder in options.maildir]
    return [*found, *(EmlFolder(folder, str(folder)) for folder in options.eml)]


def decide(options: argparse.Namespace) -> int:
    """Enter decisions about files in the ledger. Raises Unusable."""
    kinds = [kind for kind in CHOICES if getattr(options, str(kind))]
    if not kinds and not options.unit:
        raise Unusable(say("decide.nothing"))
    round_ = round_actions.open_round(options.folder)
    wanted = [Decision(file, Kind.ASSIGNED, options.unit) for file in options.files if options.unit]
    wanted += [Decision(file, kind) for file in options.files for kind in kinds]
    collecting.collect(round_)
    decided = {state.sha256 for state in deciding.decide(round_, wanted)}
    collecting.collect(round_)
    about = [state for state in collecting.standing(round_) if state.sha256 in decided]
    if options.json:
        print_json({"files": [told.file_json(state) for state in about]})
    else:
        words = say("message.joint").join(dict.fromkeys(deciding.word(d.kind) for d in wanted))
        for state in about:
            unit = say("decide.of_unit", unit=state.unit) if state.unit else ""
            print(say("decide.done", choice=words, file=state.name, unit=unit))
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the ledger as a workbook, or verify the archive behind it. Raises Unusable."""
    from gouji.ledger.excel import write_ledger

    round_ = round_actions.open_round(options.folder)
    if options.verify:
        return _verified(options, round_)
    output = options.output or round_.output / say("round.path.exported")
    collecting.collect(round_)
    output.parent.mkdir(parents=True, exist_ok=True)
    with Ledger(ledger_file(round_)) as ledger:
        write_ledger(ledger, read_roster(round_.roster_file), output)
    if options.json:
        print_json({"output": str(output)})
    else:
        print(say("cli.ledger.done", file=output))
    return 0


def _verified(options: argparse.Namespace, round_: Round) -> int:
    """Every original read again: 0 when all are as they came, else 1."""
    archive = Archive(archive_folder(round_))
    damages = archive.verify()
    if options.json:
        print_json({"damaged": [{"sha256": damage.sha256, "kind": damage.kind,
                                 "file": str(damage.path)} for damage in damages]})  # fmt: skip
    elif not damages:
        print(say("cli.ledger.whole"))
    for damage in () if options.json else damages:
        names = [receipt.name for receipt in archive.receipts_of(damage.sha256)]
        name = names[0] if names else damage.sha256[:12]
        print(say(f"cli.ledger.{damage.kind}", file=damage.path, name=name))
    return int(bool(damages))


def _shown(options: argparse.Namespace, round_: Round, sources: Iterable[Source]) -> int:
    files = round_actions.received(round_)
    collected = collecting.collect(round_, sources, progress(files))
    stands = collecting.standing(round_)
    if options.json:
        print_json({"folder": str(round_.folder), **told.to_json(collected, stands)})
    else:
        if options.rebuild:
            print(say("collecting.told.rebuilt"))
        say_lines(told.lines(collected, stands))
    return int(told.needs_care(collected, stands))


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "collect": collect,
    "decide": decide,
    "ledger": export,
}

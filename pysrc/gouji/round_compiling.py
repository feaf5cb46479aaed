"""Check and compile what came into a round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gouji import editions, explaining
from gouji.actions import Checked, Progress, confront_each, read_last_year
from gouji.compiling import compile_read
from gouji.explaining import Key, Typed
from gouji.ledger.events import Kind
from gouji.ledger.records import opened
from gouji.rollup import RollUp
from gouji.roster_file import read_roster
from gouji.round import Round
from gouji.round_files import files_of
from gouji.round_history import history_of
from gouji.round_last_year import last_year_of
from gouji.rule_sheet import rules_noted, rules_of
from gouji.unusable import UnusableCall
from gouji.wording import say


def check_round(
    round_: Round, last_year: Path | None = None, progress: Progress | None = None
) -> tuple[list[Checked], tuple[str, ...]]:
    """Every file that came in against the rules, and what was odd about last year's files.

    ``last_year`` goes before the round's own. Raises UnusableCall, RosterError, RoundError.
    """
    roster = read_roster(round_.roster_file)
    last, notes = (read_last_year(last_year), ()) if last_year else last_year_of(round_, roster)
    files = files_of(round_, progress)
    rules = rules_of(round_, roster, editions.load(round_.edition))
    confronted = confront_each(files.submissions, last, roster, rules)
    checked = [
        Checked(Path(one.file), one, result, "", rules.touching(rules.named(one), result.failures))
        for one, result in zip(files.submissions, confronted, strict=True)
    ]
    checked += [Checked(Path(one.file), None, None, one.why) for one in files.unreadable]
    checked.sort(key=lambda one: str(one.file))
    return checked, (*notes, *rules_noted(rules))


def compile_round(
    round_: Round, *, output: Path | None = None, let_in: Collection[str] = (),
    last_year: Path | None = None, typed: dict[Key, Typed] | None = None,
    progress: Progress | None = None, made: datetime | None = None,
) -> RollUp:  # fmt: skip
    """Add up what came in into the district workbook in the round's output folder.

    Names to let in are remembered by the ledger. Raises UnusableCall, RosterError, RoundError,
    OSError.
    """
    target = output or round_.book
    if target.resolve().is_relative_to(round_.inbox.resolve()):
        raise UnusableCall(say("round.not_into_inbox", folder=round_.inbox))
    target.parent.mkdir(parents=True, exist_ok=True)
    rolled = roll_round(
        round_, output=target, let_in=let_in, last_year=last_year, typed=typed,
        progress=progress, made=made,
    )  # fmt: skip
    _remember(round_, [name for name in let_in if name not in rolled.unused_names])
    return rolled


def roll_round(
    round_: Round, *, output: Path | None = None, let_in: Collection[str] = (),
    last_year: Path | None = None, typed: dict[Key, Typed] | None = None,
    progress: Progress | None = None, made: datetime | None = None,
) -> RollUp:  # fmt: skip
    """The same sums; without ``output`` no workbook is written, and nothing is remembered.

    Raises UnusableCall, RosterError, RoundError, OSError.
    """
    roster = read_roster(round_.roster_file)
    last = read_last_year(last_year) if last_year else last_year_of(round_, roster)[0]
    files = files_of(round_, progress)
    known = explaining.known_from(files.decisions)
    explained = explaining.gathered(files.submissions, known, typed or {})
    names = tuple(dict.fromkeys([*files.let_in, *let_in]))
    now = [name for name in let_in if name not in files.let_in]
    got = files.received(explaining.standing(explained), now)
    return compile_read(
        replace(got, history=history_of(round_, last), made=made),
        output=output, roster=roster, last=last,
        let_in=names, district=round_.district, year=round_.year, level=round_.level,
        rules=rules_of(round_, roster, editions.load(round_.edition)),
    )  # fmt: skip


def _remember(round_: Round, names: Collection[str]) -> None:
    if names:
        with opened(round_) as records:
            for name in names:
                records.decide(Kind.LET_IN, detail={"name": name})

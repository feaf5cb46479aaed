"""The district's totals of earlier years, kept in the round's folder and told by this year's codes.

``历年.json`` holds each year as it was published, under the codes of its own edition, so that it is
read anew by whatever edition is in force: ``{"format": 1, "years": [values JSON, …]}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gouji import editions
from gouji.actions import LastYear
from gouji.carry import restated
from gouji.gate import Refused, take
from gouji.model import Number, Submission
from gouji.round import YEARS, Round, RoundError, replace_file
from gouji.values_json import dump, load_object, parse_body, to_text
from gouji.wording import say

FORMAT = 1
_KEYS = {"format", "years"}


def history_file(round_: Round) -> Path:
    return round_.folder / say("round.path.history")


def history_of(round_: Round, last: LastYear | None = None) -> dict[int, dict[str, Number | None]]:
    """Earlier year → every item of the round's edition → the district's total, oldest year first.

    None where that year has no counterpart of the item, or did not state it. ``last`` is last
    year as the caller has read it; it goes before what was kept. Raises RoundError when the kept
    totals cannot be used.
    """
    form = editions.load(round_.edition)
    known = {each.year: each for each in read_history(round_)}
    if last is not None and last.whole and last.source.year == round_.year - 1:
        known[last.source.year] = last.source
    return {year: restated(form, known[year]) for year in sorted(filter(None, known))}


def read_history(round_: Round) -> tuple[Submission, ...]:
    """The kept totals, oldest first; nothing when none were kept. Raises RoundError."""
    file = history_file(round_)
    if not file.exists():
        return ()
    try:
        return tuple(_years(load_object(take(file).data), round_))
    except Refused as refused:
        raise RoundError(say("history.broken", file=file, why=refused)) from refused
    except _Wrong as problem:
        raise RoundError(say("history.broken", file=file, why=problem)) from problem


def keep_years(round_: Round, years: Iterable[Submission]) -> tuple[Submission, ...]:
    """Keep the totals of these years too; a year that is kept already is replaced.

    Everything that is kept then, oldest first. Raises RoundError, OSError.
    """
    known = {each.year: each for each in read_history(round_)}
    for each in map(_bare, years):
        try:
            _verify(each, round_)
        except _Wrong as problem:
            raise RoundError(say("history.not_kept", file=each.file, why=problem)) from problem
        known[each.year] = each
    found = tuple(known[year] for year in sorted(filter(None, known)))
    text = to_text({"format": FORMAT, "years": [_written(each) for each in found]})
    replace_file(history_file(round_), f"{text}\n".encode())
    return found


# ---------------------------------------------------------------- the file
class _Wrong(ValueError):
    """What is wrong in the file, as a Chinese sentence."""


def _years(body: Mapping[str, Any], round_: Round) -> Iterator[Submission]:
    entries = body.get("years")
    if body.get("format") != FORMAT or body.keys() - _KEYS or not isinstance(entries, list):
        raise _Wrong(say("history.other_format"))
    before = 0
    for entry in entries:
        if not isinstance(entry, dict):
            raise _Wrong(say("history.other_format"))
        source = entry.get("source", "")
        sha256 = entry.get("sha256", "")
        if not isinstance(source, str) or not isinstance(sha256, str):
            raise _Wrong(say("history.other_format"))
        each = parse_body(entry, source, sha256)
        _verify(each, round_)
        if (each.year or 0) <= before:
            raise _Wrong(say("history.not_in_order", year=each.year))
        before = each.year or 0
        yield each


def _verify(each: Submission, round_: Round) -> None:
    """Raise _Wrong unless the totals are numbers of an earlier year that their edition serves."""
    if each.year is None or each.year not in YEARS or each.year >= round_.year:
        raise _Wrong(say("history.bad_year", year=each.year, due=round_.year))
    if not editions.load(each.edition).serves(each.year):
        raise _Wrong(say("round.wrong_edition", edition=each.edition, year=each.year))
    for code, value in each.values.items():
        if isinstance(value, str):
            raise _Wrong(say("history.no_number", year=each.year, code=code))


def _bare(each: Submission) -> Submission:
    """The totals alone: no units, and the file's name without its folder."""
    return replace(each, children=(), narrative={}, file=Path(each.file).name)


def _written(each: Submission) -> dict[str, Any]:
    return {**dump(each), "source": each.file, "sha256": each.sha256}

"""The figures of a district as they were published: every unit's, and the file each came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import PurePath
from typing import Any

from gouji import editions
from gouji.gate import Refused
from gouji.model import Number
from gouji.rollup import Entry, RollUp
from gouji.rollup_sums import figures, tidy
from gouji.roster import normalised
from gouji.values_json import load_object, to_text
from gouji.wording import say

FORMAT = 1


class BrokenFigures(ValueError):
    """A file that holds no figures; the text is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit. ``values`` holds what adds something: an item that is not there is 0."""

    unit: str
    code: str
    file: str
    sha256: str
    values: Mapping[str, Number]


@dataclass(frozen=True)
class Figures:
    """A district and its units, in the roster's order. ``totals`` holds every item."""

    district: str
    year: int
    edition: str
    totals: Mapping[str, Number]
    units: tuple[UnitFigures, ...]

    @cached_property
    def by_unit(self) -> Mapping[str, UnitFigures]:
        return {normalised(each.unit): each for each in self.units}


def figures_of(rolled: RollUp) -> Figures:
    """What the roll-up counts."""
    order: Sequence[str] = [u.name.strip() for u in rolled.roster.units] if rolled.roster else []
    rank = {name: n for n, name in enumerate(order)}
    units = sorted(
        unit_figures(rolled.edition, rolled.counted),
        key=lambda each: (rank.get(each.unit, len(rank)), each.unit),
    )
    return Figures(rolled.district, rolled.year, rolled.edition, rolled.totals, tuple(units))


def unit_figures(edition: str, entries: Iterable[Entry]) -> list[UnitFigures]:
    """The figures of each file that counts."""
    form = editions.load(edition)
    return [
        UnitFigures(
            entry.unit, entry.submission.code, PurePath(entry.submission.file).name,
            entry.submission.sha256,
            {code: tidy(number) for code, number in figures(form, entry.submission) if number},
        )
        for entry in entries
    ]  # fmt: skip


# ---------------------------------------------------------------- as a file
def to_bytes(found: Figures) -> bytes:
    """The figures as JSON, the same bytes for the same figures."""
    units = [
        {"unit": each.unit, "code": each.code, "file": each.file, "sha256": each.sha256,
         "values": dict(each.values)}
        for each in found.units
    ]  # fmt: skip
    body = {
        "format": FORMAT, "district": found.district, "year": found.year,
        "edition": found.edition, "totals": dict(found.totals), "units": units,
    }  # fmt: skip
    return f"{to_text(body)}\n".encode()


def from_bytes(data: bytes) -> Figures:
    """The figures in a file's bytes. Raises BrokenFigures."""
    try:
        return _figures(load_object(data))
    except Refused as refused:
        raise BrokenFigures(refused.message) from refused
    except (KeyError, TypeError) as error:
        raise BrokenFigures(say("publish.other_format")) from error


def _figures(body: Mapping[str, Any]) -> Figures:
    if body["format"] != FORMAT or body["edition"] not in editions.available():
        raise TypeError
    codes = editions.load(body["edition"]).items
    units = [
        UnitFigures(
            values=_numbers(each["values"], codes),
            **{key: _typed(each[key], str) for key in ("unit", "code", "file", "sha256")},
        )
        for each in body["units"]
    ]
    totals = _numbers(body["totals"], codes)
    if totals.keys() != codes.keys():
        raise TypeError
    return Figures(
        _typed(body["district"], str), _typed(body["year"], int), body["edition"], totals,
        tuple(units),
    )  # fmt: skip


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError
    return value


def _numbers(values: Mapping[str, Any], codes: Mapping[str, object]) -> dict[str, Number]:
    for code, value in values.items():
        if code not in codes or isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise TypeError
    return dict(values)

"""The made-up district of the demonstration, and what a round of it consists of."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from gouji.model import Form, Submission, Unit, Value


@dataclass(frozen=True, slots=True)
class Note:
    """What is worth knowing of one file: a planted mistake, in Chinese."""

    unit: str
    file: str  #: empty when the unit sent nothing
    text: str


@dataclass(frozen=True, slots=True)
class DemoRound:
    """A round as it would lie before the district office on the last day.

    ``submissions`` are what came in, named in ``file`` the way people name files; ``last_year``
    one submission a unit where known; ``ways`` how they were sent, as the plan says;
    ``others`` attachments that are no workbook (name → bytes);
    ``published`` the totals the district must come to, where they are known.
    """

    edition: str
    district: str
    level: str
    year: int
    source: str
    roster: tuple[Unit, ...]
    submissions: tuple[Submission, ...]
    last_year: tuple[Submission, ...]
    notes: tuple[Note, ...] = ()
    others: Mapping[str, bytes] = field(default_factory=dict)
    published: Mapping[str, Value] | None = None
    ways: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """A unit of the cast with how much of each matter falls to it."""

    unit: Unit
    short: str
    weights: Mapping[str, int]

    def weight(self, matter: str) -> int:
        return self.weights.get(matter, 0)


@dataclass(frozen=True, slots=True)
class Cast:
    district: str
    level: str
    actors: tuple[Actor, ...]
    file_names: tuple[str, ...]
    narrative: Mapping[str, str]
    quoted: Mapping[str, str]  #: name in a narrative → item code

    def file_name(self, actor: Actor, place: int, year: int) -> str:
        """How the unit at that place of the roster names its file."""
        pattern = self.file_names[place % len(self.file_names)]
        return pattern.format(year=year, short=actor.short, name=actor.unit.name)

    def submission(
        self, form: Form, year: int, place: int, values: Mapping[str, Value]
    ) -> Submission:
        """What the unit at that place of the roster reports, with a narrative that agrees."""
        actor = self.actors[place]
        quotes = {name: values[code] for name, code in self.quoted.items()}
        keys = [section.key for section in form.sections if not section.table]
        return Submission(
            unit=actor.unit.name,
            year=year,
            edition=form.id,
            values=values,
            level=actor.unit.level,
            code=actor.unit.code,
            narrative={
                key: self.narrative[key].format(year=year, unit=actor.unit.name, **quotes)
                for key in keys
            },
            file=self.file_name(actor, place, year),
        )


def data(name: str) -> Any:
    """A TOML or JSON file of the demonstration; JSON numbers are exact."""
    text = files("gouji.demo").joinpath("data", name).read_text(encoding="utf-8")
    if name.endswith(".toml"):
        return tomllib.loads(text)
    return json.loads(text, parse_float=Decimal)


@lru_cache(maxsize=1)
def cast() -> Cast:
    body = data("cast.toml")
    return Cast(
        district=body["district"],
        level=body["level"],
        actors=tuple(_actor(entry) for entry in body["units"]),
        file_names=tuple(body["file_names"]),
        narrative=body["narrative"],
        quoted=body["quoted"],
    )


def _actor(entry: Mapping[str, Any]) -> Actor:
    stated = ("code", "name", "short", "level")
    code, name, short, level = (entry[key] for key in stated)
    unit = Unit(name, code, level, aliases=(short,), email=f"{code.lower()}@demo.example")
    return Actor(unit, short, {key: entry[key] for key in entry if key not in stated})

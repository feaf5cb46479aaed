"""The declared wordings (``variants.toml``): what people write where a form prints other words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from gouji.model import Form


@dataclass(frozen=True)
class Wordings:
    """What holds for every form. Patterns see text after NFKC."""

    enumeration: re.Pattern[str]
    idle_heads: tuple[str, ...]
    idle_rows: tuple[str, ...]
    unit_cells: tuple[str, ...]
    year_cells: tuple[str, ...]
    unit_inline: re.Pattern[str]
    year_inline: re.Pattern[str]
    endings: tuple[re.Pattern[str], ...]
    signed_on: re.Pattern[str]


@dataclass(frozen=True)
class FormWordings:
    """What holds for the editions of one form; nothing where the form is not declared.

    ``labels`` maps a printed label to its other wordings. ``titles`` have the groups ``unit`` or
    ``year`` or both. ``levels`` maps the ending of a unit's name to its level, longest first.
    """

    titles: tuple[re.Pattern[str], ...] = ()
    unit_line: re.Pattern[str] | None = None
    opening_year: re.Pattern[str] | None = None
    law_titles: re.Pattern[str] | None = None
    levels: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()


@lru_cache(maxsize=1)
def _declared() -> Mapping[str, Any]:
    text = files("gouji.recognising").joinpath("variants.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def wordings() -> Wordings:
    """The declarations common to all forms."""
    data = _declared()
    return Wordings(
        enumeration=re.compile(data["enumeration"], re.ASCII),
        idle_heads=tuple(data["idle_heads"]),
        idle_rows=tuple(data["idle_rows"]),
        unit_cells=tuple(data["unit_cells"]),
        year_cells=tuple(data["year_cells"]),
        unit_inline=re.compile(data["unit_inline"], re.ASCII),
        year_inline=re.compile(data["year_inline"], re.ASCII),
        endings=tuple(re.compile(pattern) for pattern in data["endings"]),
        signed_on=re.compile(data["signed_on"], re.ASCII),
    )


def wordings_of(form: Form) -> FormWordings:
    """The declarations of a form, by its title."""
    return _of_title(form.title)


@lru_cache(maxsize=32)
def _of_title(title: str) -> FormWordings:
    data = _declared()["forms"].get(title)
    if data is None:
        return FormWordings()
    levels = sorted(data["levels"].items(), key=lambda pair: -len(pair[0]))
    return FormWordings(
        titles=tuple(re.compile(pattern, re.ASCII) for pattern in data["titles"]),
        unit_line=re.compile(data["unit_line"]),
        opening_year=re.compile(data["opening_year"], re.ASCII),
        law_titles=re.compile(data["law_titles"]),
        levels=tuple(levels),
        labels=tuple((label, tuple(others)) for label, others in data["labels"].items()),
    )

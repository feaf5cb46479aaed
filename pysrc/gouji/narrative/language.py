"""The declared language of reports (``language.toml``), compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Language:
    """Patterns and word lists; ``count`` has the groups number, more, counter and so.

    ``lead`` fits the words right before a number that make it no exact count, ``no_count`` what
    makes it none at all.
    """

    count: re.Pattern[str]
    lead: re.Pattern[str]
    no_count: re.Pattern[str]
    masks: re.Pattern[str]
    year: re.Pattern[str]
    years: re.Pattern[str]
    sentence: re.Pattern[str]
    clause: re.Pattern[str]
    aside: re.Pattern[str]
    list_mark: str
    full_stop: str
    fillers: tuple[str, ...]
    wider: tuple[str, ...]
    passing: re.Pattern[str]
    vague: re.Pattern[str]
    openers: re.Pattern[str]
    joiners: re.Pattern[str]
    stops: re.Pattern[str]
    partial: re.Pattern[str]
    overlapping: re.Pattern[str]


@lru_cache(maxsize=1)
def language() -> Language:
    text = files("gouji.narrative").joinpath("language.toml").read_text(encoding="utf-8")
    data: Mapping[str, Any] = tomllib.loads(text)
    patterns = {
        key: re.compile(data[key], re.ASCII)
        for key in ("year", "years", "sentence", "clause", "aside", "joiners", "stops", "partial")
    }
    words = {key: any_of(data[key]) for key in ("passing", "vague", "openers", "overlapping")}
    return Language(
        count=_count(data),
        lead=re.compile(rf"(?:{data['approximate']})\s*$"),
        no_count=re.compile(rf"(?:[\d.]|\d[，,]|{data['ordinal']})\s*$", re.ASCII),
        masks=re.compile("|".join(data["masks"]), re.ASCII),
        list_mark=data["list"],
        full_stop=data["full_stop"],
        fillers=tuple(data["fillers"]),
        wider=tuple(data["wider"]),
        **patterns,
        **words,
    )


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the words, the longest first; none of them for no words."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)")


def _count(data: Mapping[str, Any]) -> re.Pattern[str]:
    numerals = data["numerals"]
    return re.compile(
        rf"(?P<number>[\d{numerals}][\d{numerals},.]{{0,24}})[ \n]*"
        rf"(?P<more>{data['and_more']})?[ \n]*"
        rf"(?P<counter>{'|'.join(data['counters'])})(?!{data['not_counters']})"
        rf"(?P<so>{data['or_so']})?",
        re.ASCII,
    )

"""``[claims]`` of a declaration: the words with which a narrative speaks of the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gouji.editions.problem import Place
from gouji.editions.terms import sum_of
from gouji.model import Item
from gouji.rule_model import Claim, Claims


def read_claims(body: Any, items: Mapping[str, Item], place: Place) -> Claims:
    """The claims of ``body``. Raises EditionError naming file and key."""
    place = place.at("claims")
    place.only(body, {"fillers", "foreign", "topics", "counts", "zeros"})
    topics = {
        name: _pattern(place.mapping(body, "topics"), name, place.at("topics"))
        for name in place.mapping(body, "topics")
    }
    found = [
        _claim(name, each, zero, topics, items, place.at(key, name))
        for key, zero in (("counts", False), ("zeros", True))
        for name, each in place.mapping(body, key, default={}).items()
    ]
    fillers, foreign = (tuple(place.texts(body, key)) for key in ("fillers", "foreign"))
    return Claims(topics, tuple(found), fillers, foreign)


def _claim(
    name: str, body: Any, zero: bool, topics: Mapping[str, str], items: Mapping[str, Item],
    place: Place,
) -> Claim:  # fmt: skip
    place.only(body, {"topic", "table", "words", "means", "leads", "unless"})
    topic = place.text(body, "topic", default="")
    if topic and topic not in topics:
        raise place.at("topic").wrong(f"there is no topic '{topic}'")
    readings = tuple(
        sum_of(text, place.text(body, "table", default=""), items, place.at("means"))
        for text in _words(body, "means", place)
    )
    return Claim(
        name=name,
        topic=topic,
        words=_words(body, "words", place),
        readings=readings,
        zero=zero,
        leads=tuple(place.texts(body, "leads")),
        unless=tuple(place.texts(body, "unless")),
    )


def _words(body: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    words = place.texts(body, key)
    if not words or not all(word.strip() for word in words):
        raise place.at(key).wrong("must be a list of texts, none of them empty")
    return tuple(words)


def _pattern(body: Mapping[str, Any], key: str, place: Place) -> str:
    pattern = place.text(body, key)
    try:
        re.compile(pattern)
    except re.error as error:
        raise place.at(key).wrong(f"is no regular expression: {error}") from error
    return pattern

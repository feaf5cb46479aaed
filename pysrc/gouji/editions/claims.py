"""``[claims]`` of a declaration: the words with which a narrative speaks of the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gouji.editions.problem import Place
from gouji.editions.terms import sum_of
from gouji.model import Item
from gouji.rule_model import Claim, Claims
from gouji.wording import say


def read_claims(body: Any, items: Mapping[str, Item], place: Place) -> Claims:
    """The claims of ``body``. Raises EditionError naming file and key."""
    place = place.at("claims")
    place.only(body, {"fillers", "foreign", "topics", "counts", "zeros"})
    bodies = place.mapping(body, "topics")
    topics = {name: _pattern(bodies, name, place.at("topics")) for name in bodies}
    found = [
        here.attempt(_claim, name, each, zero, topics, items, here)
        for key, zero in (("counts", False), ("zeros", True))
        for name, each in (place.attempt(place.mapping, body, key, {}) or {}).items()
        for here in [place.at(key, name)]
    ]
    fillers, foreign = (tuple(place.texts(body, key)) for key in ("fillers", "foreign"))
    return Claims(topics, tuple(claim for claim in found if claim), fillers, foreign)


def _claim(
    name: str, body: Any, zero: bool, topics: Mapping[str, str], items: Mapping[str, Item],
    place: Place,
) -> Claim:  # fmt: skip
    place.only(body, {"topic", "table", "words", "means", "leads", "unless"})
    topic = place.text(body, "topic", default="")
    if topic and topic not in topics:
        place.at("topic").tell(say("declared.no_topic", topic=topic))
    words, leads, unless = (
        _words(body, "words", place), *(tuple(place.texts(body, k)) for k in ("leads", "unless"))
    )  # fmt: skip
    readings = tuple(
        sum_of(text, place.text(body, "table", default=""), items, place.at("means"))
        for text in _words(body, "means", place)
    )
    return Claim(
        name=name,
        topic=topic,
        words=words,
        readings=readings,
        zero=zero,
        leads=leads,
        unless=unless,
    )


def _words(body: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    words = place.texts(body, key)
    if place.told.beneath(place.at(key).key):
        return ()
    if not words or not all(word.strip() for word in words):
        place.at(key).tell(say("declared.needs.some_texts"))
    return tuple(words)


def _pattern(body: Mapping[str, Any], key: str, place: Place) -> str:
    pattern = place.text(body, key)
    try:
        re.compile(pattern)
    except re.error as error:
        place.at(key).tell(say("declared.no_pattern", at=(error.pos or 0) + 1))
    return pattern

"""``[draft]`` of a declaration: sentences and pictures a report starts from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from string import Formatter
from typing import Any, TypeVar

from gouji.drafting import (
    Breakdown,
    Change,
    Draft,
    DraftParagraph,
    DraftPicture,
    Figure,
    Piece,
    Wording,
)
from gouji.editions.problem import Place
from gouji.editions.terms import sum_of
from gouji.model import Item
from gouji.wording import say

T = TypeVar("T")
PICTURES = ("bars",)
_SUBJECT = frozenset(("unit", "year"))
_UNKNOWN = ""  #: stands among names when not all of them can be read
_COUNTED = frozenset(("n", "unit"))


def read_draft(
    body: Any, items: Mapping[str, Item], sections: tuple[str, ...], place: Place
) -> Draft:
    """The draft of ``body``. Raises EditionError naming file and key."""
    place = place.at("draft")
    place.only(body, {"title", "counted", "figures", "breakdowns", "change", "paragraphs",
                      "pictures"})  # fmt: skip
    counted = place.text(body, "counted", default="")
    written = place.mapping(body, "figures")
    figures = _sound(
        (name, place.attempt(_figure, name, text, counted, items, place.at("figures")))
        for name, text in written.items()
    )
    told = place.attempt(place.mapping, body, "breakdowns", {}) or {}
    breakdowns = _sound(
        (name, place.attempt(_breakdown, each, written, place.at("breakdowns", name)))
        for name, each in told.items()
    )
    if not isinstance(body.get("breakdowns", {}), dict):
        told = {_UNKNOWN: None}
    known = _SUBJECT | written.keys() | told.keys() | {f"{name}.change" for name in written}
    paragraphs = [
        here.attempt(_paragraph, each, sections, written, known, here)
        for each, here in _several(body, "paragraphs", place)
    ]
    pictures = [
        here.attempt(_picture, each, sections, told, here)
        for each, here in _several(body, "pictures", place)
    ]
    return Draft(
        title=_text(body, "title", _SUBJECT, place),
        figures=figures,
        breakdowns=breakdowns,
        change=_change(place.mapping(body, "change"), place.at("change")),
        paragraphs=tuple(each for each in paragraphs if each is not None),
        pictures=tuple(each for each in pictures if each is not None),
    )


def _sound(found: Iterable[tuple[str, T | None]]) -> dict[str, T]:
    return {name: each for name, each in found if each is not None}


def _figure(
    name: str, body: Any, counted: str, items: Mapping[str, Item], place: Place
) -> Figure:  # fmt: skip
    here = place.at(name)
    _name(name, here)
    if isinstance(body, str):
        body = {"sum": body}
    here.only(body, {"sum", "counted"})
    return Figure(
        sum_of(here.text(body, "sum"), "", items, here), here.text(body, "counted", counted)
    )


def _name(name: str, place: Place) -> str:
    """A name that can be part of a mark in a document."""
    if not (name.isascii() and name.isidentifier() and len(name) <= 28):
        place.tell(say("declared.no_name", given=name))
    return name


def _breakdown(body: Any, figures: Collection[str], place: Place) -> Breakdown:
    place.only(body, {"parts", "each", "joint"})
    parts = place.mapping(body, "parts")
    for name in parts:
        if name not in figures:
            place.at("parts", name).tell(say("declared.no_figure", figure=name))
    labels = {name: place.at("parts").text(parts, name) for name in parts}
    each = _text(body, "each", _COUNTED | {"label"}, place)
    return Breakdown(labels, each, place.text(body, "joint"))


def _change(body: Any, place: Place) -> Change:
    place.only(body, {"more", "less", "same"})
    more, less = (_text(body, key, _COUNTED, place) for key in ("more", "less"))
    return Change(more, less, _text(body, "same", frozenset(), place))


def _paragraph(
    body: Any, sections: Collection[str], figures: Collection[str], known: Collection[str],
    place: Place,
) -> DraftParagraph:  # fmt: skip
    place.only(body, {"section", "pieces"})
    pieces = body.get("pieces")
    if not isinstance(pieces, list) or not pieces:
        raise place.at("pieces").wrong(say("declared.needs.list"))
    section = place.one_of(body, "section", tuple(sections))
    found = [
        place.attempt(_piece, piece, figures, known, place.at("pieces", str(at)))
        for at, piece in enumerate(pieces, 1)
    ]
    return DraftParagraph(section, tuple(piece for piece in found if piece))


def _piece(body: Any, figures: Collection[str], known: Collection[str], place: Place) -> Piece:
    """A text, or a list of ways to say it with their conditions."""
    if isinstance(body, str):
        body = [{"text": body}]
    if not isinstance(body, list) or not body:
        raise place.wrong(say("declared.needs.piece"))
    found = []
    for each in body:
        place.only(each, {"text", "zero", "some"})
        for name in [*place.texts(each, "zero"), *place.texts(each, "some")]:
            if name not in figures:
                place.tell(say("declared.no_figure", figure=name))
        zero, some = (tuple(place.texts(each, key)) for key in ("zero", "some"))
        found.append(Wording(_text(each, "text", known, place), zero, some))
    return tuple(found)


def _picture(
    body: Any, sections: Collection[str], breakdowns: Collection[str], place: Place
) -> DraftPicture:
    place.only(body, {"name", "section", "title", "kind", "parts", "compared"})
    name = _name(place.text(body, "name"), place.at("name"))
    parts = (
        place.text(body, "parts")
        if _UNKNOWN in breakdowns
        else place.one_of(body, "parts", tuple(breakdowns))
    )
    return DraftPicture(
        name,
        place.one_of(body, "section", tuple(sections)),
        _text(body, "title", _SUBJECT, place),
        place.one_of(body, "kind", PICTURES),
        parts,
        place.flag(body, "compared"),
    )


def _several(body: Mapping[str, Any], key: str, place: Place) -> Iterator[tuple[Any, Place]]:
    found = body.get(key, [])
    if not isinstance(found, list):
        place.at(key).tell(say("declared.needs.list"))
        return
    yield from ((each, place.at(key, str(at))) for at, each in enumerate(found, 1))


def _text(body: Mapping[str, Any], key: str, known: Collection[str], place: Place) -> str:
    """A text with places; each must be known."""
    text = place.text(body, key)
    here = place.at(key)
    for name in here.attempt(_places_of, text, here) or ():
        if name not in known and _UNKNOWN not in known:
            here.tell(say("declared.no_place", name=name))
    return text


def _places_of(text: str, place: Place) -> list[str]:
    """The names of a text's places. Raises EditionError."""
    try:
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise place.wrong(say("declared.braces")) from error
    for _, name, form, conversion in found:
        if form or conversion:
            place.tell(say("declared.bare_name", name=name))
    return [str(name) for _, name, _, _ in found]

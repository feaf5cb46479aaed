"""``[draft]`` of a declaration: sentences and pictures a report starts from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from string import Formatter
from typing import Any

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
from gouji.model import Item, Section

PICTURES = ("bars",)
_SUBJECT = frozenset(("unit", "year"))
_COUNTED = frozenset(("n", "unit"))


def read_draft(
    body: Any, items: Mapping[str, Item], sections: tuple[Section, ...], place: Place
) -> Draft:
    """The draft of ``body``. Raises EditionError naming file and key."""
    place = place.at("draft")
    place.only(body, {"title", "counted", "figures", "breakdowns", "change", "paragraphs",
                      "pictures"})  # fmt: skip
    counted = place.text(body, "counted", default="")
    figures = {
        name: _figure(name, text, counted, items, place.at("figures"))
        for name, text in place.mapping(body, "figures").items()
    }
    breakdowns = {
        name: _breakdown(each, figures, place.at("breakdowns", name))
        for name, each in place.mapping(body, "breakdowns", default={}).items()
    }
    keys = tuple(section.key for section in sections)
    changes = frozenset(f"{name}.change" for name in figures)
    known = _SUBJECT | figures.keys() | breakdowns.keys() | changes
    return Draft(
        title=_text(body, "title", _SUBJECT, place),
        figures=figures,
        breakdowns=breakdowns,
        change=_change(place.mapping(body, "change"), place.at("change")),
        paragraphs=tuple(
            _paragraph(each, keys, figures, known, here)
            for each, here in _several(body, "paragraphs", place)
        ),
        pictures=tuple(
            _picture(each, keys, breakdowns, here)
            for each, here in _several(body, "pictures", place)
        ),
    )


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
        raise place.wrong("a name of at most 28 letters, digits and _ is expected")
    return name


def _breakdown(body: Any, figures: Collection[str], place: Place) -> Breakdown:
    place.only(body, {"parts", "each", "joint"})
    parts = place.mapping(body, "parts")
    for name in parts:
        if name not in figures:
            raise place.at("parts", name).wrong("there is no figure of that name")
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
        raise place.at("pieces").wrong("must be a list")
    return DraftParagraph(
        place.one_of(body, "section", tuple(sections)),
        tuple(
            _piece(piece, figures, known, place.at("pieces", str(at)))
            for at, piece in enumerate(pieces, 1)
        ),
    )


def _piece(body: Any, figures: Collection[str], known: Collection[str], place: Place) -> Piece:
    """A text, or a list of ways to say it with their conditions."""
    if isinstance(body, str):
        body = [{"text": body}]
    if not isinstance(body, list) or not body:
        raise place.wrong("must be a text or a list of texts with conditions")
    found = []
    for each in body:
        place.only(each, {"text", "zero", "some"})
        for name in (names := [*place.texts(each, "zero"), *place.texts(each, "some")]):
            if name not in figures:
                raise place.wrong(f"there is no figure '{name}'; asked for: {', '.join(names)}")
        zero, some = (tuple(place.texts(each, key)) for key in ("zero", "some"))
        found.append(Wording(_text(each, "text", known, place), zero, some))
    return tuple(found)


def _picture(
    body: Any, sections: Collection[str], breakdowns: Collection[str], place: Place
) -> DraftPicture:
    place.only(body, {"name", "section", "title", "kind", "parts", "compared"})
    name = _name(place.text(body, "name"), place.at("name"))
    compared = body.get("compared", False)
    if not isinstance(compared, bool):
        raise place.at("compared").wrong("must be true or false")
    return DraftPicture(
        name,
        place.one_of(body, "section", tuple(sections)),
        _text(body, "title", _SUBJECT, place),
        place.one_of(body, "kind", PICTURES),
        place.one_of(body, "parts", tuple(breakdowns)),
        compared,
    )


def _several(body: Mapping[str, Any], key: str, place: Place) -> Iterator[tuple[Any, Place]]:
    found = body.get(key, [])
    if not isinstance(found, list):
        raise place.at(key).wrong("must be a list")
    yield from ((each, place.at(key, str(at))) for at, each in enumerate(found, 1))


def _text(body: Mapping[str, Any], key: str, known: Collection[str], place: Place) -> str:
    """A text with places; each must be known."""
    text = place.text(body, key)
    for name in places_of(text, place.at(key).wrong):
        if name not in known:
            raise place.at(key).wrong(f"there is no place '{{{name}}}'")
    return text


def places_of(text: str, wrong: Callable[[str], Exception]) -> Iterator[str]:
    """The names of a text's places."""
    try:
        for _, name, form, conversion in Formatter().parse(text):
            if name is not None:
                if form or conversion:
                    raise wrong(f"'{{{name}}}' must be a bare name")
                yield name
    except ValueError as error:
        raise wrong(str(error)) from error

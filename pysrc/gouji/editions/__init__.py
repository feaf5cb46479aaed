"""Editions of the official form, read from TOML declarations.

``load("2021")`` reads the edition shipped with gouji; ``load(path)`` any declaration. A mistake in
a declaration raises EditionError, which names file and key.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from gouji.editions.declaration import read_declaration
from gouji.editions.mistakes import EditionError, Mistake
from gouji.editions.problem import Place
from gouji.model import Form
from gouji.wording import say

__all__ = ["EditionError", "available", "for_year", "load", "register", "shipped"]

_SHIPPED = Path(__file__).parent
_folders: list[Path] = [_SHIPPED]


def register(folder: Path) -> None:
    """Look for editions in ``folder`` too; a shipped edition of the same id wins."""
    if folder not in _folders:
        _folders.append(folder)
        _cached.cache_clear()


def shipped() -> tuple[str, ...]:
    """Ids of the editions that come with gouji."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def available() -> tuple[str, ...]:
    """Ids of every edition that can be loaded by name, in order of name."""
    return tuple(sorted({path.stem for folder in _folders for path in folder.glob("*.toml")}))


def load(edition: str | Path) -> Form:
    """The form of that edition id, or of that declaration file. Raises EditionError."""
    if isinstance(edition, Path):
        return _read(edition)
    return _cached(edition)


@lru_cache(maxsize=32)
def _cached(edition: str) -> Form:
    for path in _declarations(edition):
        return _read(path)
    known = say("message.joint").join(available())
    raise EditionError(
        Mistake(edition, "", say("declared.no_edition", edition=edition, known=known))
    )


def _read(path: Path, after: tuple[str, ...] = ()) -> Form:
    """A declaration with the editions it comes from; ``after`` are those that come from it."""
    known = (*after, path.stem)

    def earlier(edition: str, place: Place) -> Form:
        if edition in known:
            raise place.wrong(say("declared.circle", editions=say("declared.arrow").join(known)))
        beside = [path.parent / f"{edition}.toml"] if edition.isalnum() else []
        for found in (*filter(Path.is_file, beside), *_declarations(edition)):
            return _read(found, known)
        listed = say("message.joint").join(available())
        raise place.wrong(say("declared.no_edition", edition=edition, known=listed))

    return read_declaration(path, earlier)


def _declarations(edition: str) -> Iterator[Path]:
    # A name, never a path: what a file says of its edition comes from outside.
    if edition and all(mark not in edition for mark in "/\\.:"):
        for folder in _folders:
            if (folder / f"{edition}.toml").is_file():
                yield folder / f"{edition}.toml"


def for_year(year: int, like: Form | None = None) -> Form | None:
    """The edition that serves a report year (rule E8), of the same form as ``like`` if given."""
    for name in available():
        form = load(name)
        if form.serves(year) and (like is None or form.title == like.title):
            return form
    return None

"""Editions of the official form, read from TOML declarations.

``load("2021")`` reads the edition shipped with gouji or one in a folder of the user's: those that
``register`` was told, and those in the variable ``GOUJI_EDITIONS``. ``load(path)`` reads any
declaration. Mistakes in a declaration raise EditionError, which names file, line and key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from gouji.editions.declaration import read_declaration
from gouji.editions.mistakes import EditionError, Mistake
from gouji.editions.problem import Place
from gouji.model import Form
from gouji.wording import say

__all__ = [
    "EditionError", "Mistake", "available", "declaration_of", "environment", "for_year", "is_name",
    "load", "register", "shipped",
]  # fmt: skip

VARIABLE = "GOUJI_EDITIONS"  #: folders of declarations, separated as in PATH
_SHIPPED = Path(__file__).parent
_folders: list[Path] = [_SHIPPED]
_NAME = re.compile(r"[\w-]{1,40}")


def register(folder: Path) -> None:
    """Look for editions in ``folder`` too; a shipped edition of the same id wins."""
    if folder not in _folders:
        _folders.append(folder)


def environment() -> tuple[Path, ...]:
    """The folders named in the variable."""
    named = os.environ.get(VARIABLE, "").split(os.pathsep)
    return tuple(Path(name).absolute() for name in named if name.strip())


def is_name(edition: str) -> bool:
    """True for what can be an edition's id: a word, never a path."""
    return _NAME.fullmatch(edition) is not None


def shipped() -> tuple[str, ...]:
    """Ids of the editions that come with gouji."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def available() -> tuple[str, ...]:
    """Ids of every edition that can be loaded by name, in order of name."""
    found = {path.stem for folder in _searched() for path in folder.glob("*.toml")}
    return tuple(sorted(filter(is_name, found)))


def load(edition: str | Path) -> Form:
    """The form of that edition id, or of that declaration file. Raises EditionError."""
    if isinstance(edition, Path):
        return _read(edition)
    return _cached(edition, _searched())


def declaration_of(edition: str) -> Path:
    """The file that declares an edition. Raises EditionError.

    Two files of the user's that declare the same edition must be the same.
    """
    found = list(_declarations(edition))
    if not found:
        known = say("message.joint").join(available())
        what = say("declared.no_edition", edition=edition, known=known)
        raise EditionError(Mistake(edition, "", what))
    first, *others = found
    if first.parent != _SHIPPED:
        for other in others:
            if other.read_bytes() != first.read_bytes():
                what = say("declared.two_files", edition=edition, other=other)
                raise EditionError(Mistake(str(first), "", what))
    return first


def _searched() -> tuple[Path, ...]:
    return (*_folders, *environment())


@lru_cache(maxsize=32)
def _cached(edition: str, folders: tuple[Path, ...]) -> Form:
    return _read(declaration_of(edition))


def _read(path: Path, after: tuple[str, ...] = ()) -> Form:
    """A declaration with the editions it comes from; ``after`` are those that come from it."""
    known = (*after, path.stem)

    def earlier(edition: str, place: Place) -> Form:
        if edition in known:
            raise place.wrong(say("declared.circle", editions=say("declared.arrow").join(known)))
        beside = [path.parent / f"{edition}.toml"] if is_name(edition) else []
        for found in (*filter(Path.is_file, beside), *_declarations(edition)):
            return _read(found, known)
        listed = say("message.joint").join(available())
        raise place.wrong(say("declared.no_edition", edition=edition, known=listed))

    return read_declaration(path, earlier)


def _declarations(edition: str) -> Iterator[Path]:
    # A name, never a path: what a file says of its edition comes from outside.
    if is_name(edition):
        for folder in dict.fromkeys(_searched()):
            if (folder / f"{edition}.toml").is_file():
                yield folder / f"{edition}.toml"


def for_year(year: int, like: Form | None = None) -> Form | None:
    """The edition that serves a report year (rule E8), of the same form as ``like`` if given.

    Without ``like`` a shipped edition comes before those of the user's.
    """
    own = [name for name in available() if name not in shipped()]
    for name in (*shipped(), *own):
        form = load(name)
        if form.serves(year) and (like is None or form.title == like.title):
            return form
    return None

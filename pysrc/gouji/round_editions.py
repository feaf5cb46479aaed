"""Editions of a round's own: declarations in its folder ``格式``, found wherever the round is."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

from gouji import editions
from gouji.wording import say

FACTS = "round.toml"
_UP = 4  #: folders above a file in which a round is looked for


def editions_folder(folder: Path) -> Path:
    """Where a round keeps the declarations of forms that are not shipped."""
    return folder / say("round.path.editions")


def register_editions(folder: Path) -> None:
    """Let the editions of the round in ``folder`` be loaded by name."""
    own = editions_folder(folder.absolute())
    if own.is_dir():
        editions.register(own)


def register_near(path: Path) -> None:
    """The same for the round that a file or folder belongs to, if there is one."""
    path = path.absolute()
    for folder in (path, *path.parents[:_UP]):
        if (folder / FACTS).is_file():
            register_editions(folder)
            return


def keep_editions(folder: Path, edition: str) -> None:
    """Copy the declaration of a form that is not shipped into the round, and those it comes from.

    What lies there already stays. Raises OSError, EditionError.
    """
    own = editions_folder(folder)
    for name in (edition, *editions.load(edition).predecessors):
        target = own / f"{name}.toml"
        if name in editions.shipped() or target.exists():
            continue
        own.mkdir(parents=True, exist_ok=True)
        draft = own / f".gouji-{uuid4().hex}"
        try:
            shutil.copyfile(editions.declaration_of(name), draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

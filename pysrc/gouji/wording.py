"""Every sentence a clerk or coordinator sees, from one catalogue (``wording.toml``).

``say("read.no_file", file=name)`` gives the Chinese text with its places filled. A key that is not
in the catalogue, or a place left unfilled, is our fault and raises KeyError.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, str]:
    """Dotted key → text."""
    data = tomllib.loads(files("gouji").joinpath("wording.toml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}

    def walk(node: Mapping[str, Any], prefix: str) -> None:
        for key, value in node.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{key}.")
            else:
                flat[prefix + key] = value

    walk(data, "")
    return flat


def say(key: str, **places: object) -> str:
    """The catalogue's text for ``key`` with ``{places}`` filled."""
    text = catalogue()[key]
    return text.format(**places) if places else text

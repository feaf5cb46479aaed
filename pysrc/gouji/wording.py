"""Every sentence a clerk or coordinator sees, from one catalogue (``words/*.toml``).

``say("read.no_file", file=name)`` gives the Chinese text with its places filled. A key that is not
in the catalogue, or a place left unfilled, is our fault and raises KeyError. Tone of the texts:
clear, gentle, concise; what is wrong and what to do; official terms only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, str]:
    """Dotted key → text. Raises ValueError when two files state the same key."""
    flat: dict[str, str] = {}

    def walk(node: Mapping[str, Any], prefix: str) -> None:
        for key, value in node.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{key}.")
            elif prefix + key in flat:
                raise ValueError(f"stated twice: {prefix}{key}")
            else:
                flat[prefix + key] = value

    for file in sorted(files("gouji").joinpath("words").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            walk(tomllib.loads(file.read_text(encoding="utf-8")), "")
    return flat


def say(key: str, **places: object) -> str:
    """The catalogue's text for ``key`` with ``{places}`` filled."""
    text = catalogue()[key]
    return text.format(**places) if places else text

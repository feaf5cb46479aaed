"""A table of calls: a function of a sheet beside what it must return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[[Any], Any]


class Calls:
    """``@calls(name, expected)`` puts a function of a sheet into ``params``."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def __call__(self, name: str, expected: Any) -> Callable[[Call], Call]:
        def register(function: Call) -> Call:
            self.params.append(pytest.param(function, expected, id=name))
            return function

        return register

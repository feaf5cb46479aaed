"""Fonts. LibreOffice keeps one font each for Western, Asian and complex script: all are set."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from .bridge import common, enum
from .units import from_rgb, to_rgb
from .unsupported import names_the_rest

_SCRIPTS = ("", "Asian", "Complex")
_BOLD, _NORMAL = 150.0, 100.0


@names_the_rest(of=base_classes.Font)
class Font(base_classes.Font):
    """The font of cells or of a shape. What differs within reads as None."""

    api: Any = None

    def __init__(self, api: Any) -> None:
        self.api = api

    def _set(self, name: str, value: Any) -> None:
        for script in _SCRIPTS:
            self.api.setPropertyValue(name + script, value)

    @property
    def bold(self) -> bool | None:
        weight = common(self.api, "CharWeight")
        return None if weight is None else bool(weight > _NORMAL)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("CharWeight", _BOLD if value else _NORMAL)

    @property
    def italic(self) -> bool | None:
        posture = common(self.api, "CharPosture")
        return None if posture is None else posture.value != "NONE"

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set("CharPosture", enum("awt.FontSlant", "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float | None:
        value = common(self.api, "CharHeight")
        return None if value is None else round(float(value), 2)

    @size.setter
    def size(self, value: float) -> None:
        self._set("CharHeight", float(value))

    @property
    def name(self) -> str | None:
        value = common(self.api, "CharFontName")
        return None if value is None else str(value)

    @name.setter
    def name(self, value: str) -> None:
        self._set("CharFontName", value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Automatic is black."""
        value = common(self.api, "CharColor")
        return None if value is None else to_rgb(value) or (0, 0, 0)

    @color.setter
    def color(self, value: Any) -> None:
        self.api.CharColor = from_rgb(value)

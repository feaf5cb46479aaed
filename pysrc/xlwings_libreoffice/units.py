"""Units and colours: Excel counts in points and characters, LibreOffice in 1/100 mm."""

from __future__ import annotations

from typing import Any

from xlwings import utils

POINT = 2540 / 72
"""One point in 1/100 mm."""

PIXEL = 0.75
"""One pixel in points at the usual 96 dpi."""

CHAR_PIXELS, PADDING_PIXELS = 7, 5
"""Width of a digit, and the padding of a cell, in Excel's default font (Calibri 11)."""


def to_points(hundredth_mm: float) -> float:
    """Points, to a twentieth: LibreOffice itself is hardly finer, and 30 stays 30."""
    return round(hundredth_mm / POINT * 20) / 20


def from_points(points: float) -> int:
    return round(points * POINT)


def to_chars(hundredth_mm: float) -> float:
    """Column width in characters of Excel's default font."""
    pixels = hundredth_mm / POINT / PIXEL
    if pixels < CHAR_PIXELS + PADDING_PIXELS:
        return round(max(pixels, 0) / (CHAR_PIXELS + PADDING_PIXELS), 2)
    return round((pixels - PADDING_PIXELS) / CHAR_PIXELS, 2)


def from_chars(chars: float) -> int:
    """1/100 mm of a column as wide as so many characters."""
    full = CHAR_PIXELS + PADDING_PIXELS
    pixels = chars * full if chars < 1 else chars * CHAR_PIXELS + PADDING_PIXELS
    return round(pixels * PIXEL * POINT)


def to_rgb(color: Any) -> tuple[int, int, int] | None:
    """(red, green, blue) of LibreOffice's colour number; None for none, automatic or mixed."""
    if color is None or color < 0:
        return None
    return (color >> 16) & 255, (color >> 8) & 255, color & 255


def from_rgb(color: Any) -> int:
    """LibreOffice's colour number of what xlwings takes: a triple, '#rrggbb', BGR int, None."""
    if color is None:
        return -1
    if isinstance(color, str):
        color = utils.hex_to_rgb(color)
    elif isinstance(color, int):
        color = utils.int_to_rgb(color)
    red, green, blue = color
    return (int(red) << 16) | (int(green) << 8) | int(blue)

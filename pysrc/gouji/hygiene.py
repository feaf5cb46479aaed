"""What a cell probably means when it is not a plain number. Text is never silently a number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gouji.model import Item, Number, Value


class Kindness(StrEnum):
    """How sure the meaning is."""

    NUMBER = "number"  #: a plain number as typed
    BLANK = "blank"  #: nothing in the cell
    PLACEHOLDER = "placeholder"  #: “-”, “/”, “无”: nothing happened, most likely 0
    TIDIED = "tidied"  #: only typography: full-width digits, spaces, separators
    WORDED = "worded"  #: words around a number: “12件”, “减4”, “251000元”
    UNREADABLE = "unreadable"  #: no number to be found


@dataclass(frozen=True, slots=True)
class Meaning:
    kind: Kindness
    number: Number | None  #: None for blank, placeholder and unreadable
    why: str = ""


def interpret(value: Value, item: Item) -> Meaning:
    raise NotImplementedError

"""The little language of balance edits: ``received.* + brought_forward.* = result.total.*``.

A side is a sum of names with ``+``, ``-`` and whole coefficients (``2 * name``);
``last_year(name)`` is last year's value, ``sum(group.*)`` every line under a group. ``*`` stands
for the row or column the rule is repeated along. Names are dotted paths; this module only parses
and evaluates, it knows no form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gouji.model import Number, Term
from gouji.wording import say

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+)|(?P<name>[A-Za-z_*][\w.*]*)|(?P<mark>[()+\-*=]))", re.ASCII
)


class FormulaError(ValueError):
    """A declaration's ``check`` that cannot be read; the message names the place in it."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a formula with its sign; ``group`` marks ``sum(...)``."""

    coefficient: int
    path: str
    last_year: bool = False
    group: bool = False


def parse(text: str) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """Left and right side of a rule. Raises FormulaError."""
    tokens = _tokens(text)
    sides: list[list[Name]] = [[]]
    position = 0
    while position < len(tokens):
        if tokens[position] == "=":
            sides.append([])
            position += 1
            continue
        name, position = _term(tokens, position, first=not sides[-1], text=text)
        sides[-1].append(name)
    if len(sides) != 2 or not all(sides):
        raise FormulaError(say("formula.one_equation", text=text.strip()))
    return tuple(sides[0]), tuple(sides[1])


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            part = text[position:].strip()[:12]
            raise FormulaError(say("formula.not_read", text=text, part=part))
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


def _term(tokens: list[str], at: int, first: bool, text: str) -> tuple[Name, int]:
    """One signed term starting at ``at``; returns it and the position behind it."""
    sign = 1
    if tokens[at] in "+-":
        sign = -1 if tokens[at] == "-" else 1
        at += 1
    elif not first:
        raise FormulaError(say("formula.sign", text=text, part=tokens[at]))
    rest = [*tokens[at:], "", "", "", ""]
    if rest[0].isdigit():
        if rest[1] != "*" and rest[0] == "0":
            return Name(0, ""), at + 1
        if rest[1] != "*":
            raise FormulaError(say("formula.number", text=text))
        sign, at, rest = sign * int(rest[0]), at + 2, rest[2:]
    word, follow = rest[0], rest[1]
    if not re.match(r"[A-Za-z_*]", word):
        part = word or say("formula.end")
        raise FormulaError(say("formula.name", text=text, part=part))
    if follow != "(":
        return Name(sign, word), at + 1
    if word not in ("sum", "last_year") or rest[3] != ")":
        raise FormulaError(say("formula.function", text=text))
    return Name(sign, rest[2], last_year=word == "last_year", group=word == "sum"), at + 4


def evaluate(
    terms: tuple[Term, ...],
    now: Mapping[str, Number],
    before: Mapping[str, Number] | None = None,
) -> Number | None:
    """The exact value of one side, or None when an input is missing.

    This is the plain reference evaluation; ``gouji.edits`` computes many forms at once.
    """
    total: Number = 0
    for term in terms:
        value = ((before or {}) if term.last_year else now).get(term.code)
        if value is None:
            return None
        total += term.coefficient * value
    return total


def bind(names: tuple[Name, ...], resolve: Callable[[Name], list[str]]) -> tuple[Term, ...]:
    """Turn names into terms with full item codes; ``resolve`` knows the form."""
    return tuple(
        Term(name.coefficient, code, name.last_year)
        for name in names
        if name.coefficient
        for code in resolve(name)
    )

"""Unit, year and level: from the title line, else from a cell that names the unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gouji.hygiene import DIGITS
from gouji.model import Form
from gouji.recognising.labels import bare, plain
from gouji.recognising.lines import TextLine
from gouji.recognising.variants import FormWordings, wordings, wordings_of
from gouji.wording import say

#: A title is no longer than this; it stands within so many lines before the body.
_LONGEST, _NEAR = 70, 60
#: What a web page puts between the title and the site's name.
_QUOTES = "《》“”\"'"
_SITE = re.compile(r"\s*[_|>»]\s*|\s+-\s*|\s*-\s+|-{1,2}|—+|–")


@dataclass(frozen=True, slots=True)
class Heading:
    """``unit`` is empty and ``year`` None where nothing says them. ``notes`` tell of doubts."""

    unit: str = ""
    year: int | None = None
    level: str = ""
    notes: tuple[str, ...] = ()


def read_heading(
    form: Form, title: str, lines: Sequence[TextLine], body: int, opening: str
) -> Heading:
    """Who reported and for which year.

    ``title`` is the document's own, ``body`` the number of the first line of the report's body,
    ``opening`` the narrative's first paragraph.
    """
    declared = wordings_of(form)
    found = _chosen(_titles(declared, title, lines, body))
    found = _from_cells(found, lines)
    if found.year is None:
        found = _from_opening(found, declared, opening)
    return replace(found, level=_level(declared, found.unit))


def _titles(
    declared: FormWordings, title: str, lines: Sequence[TextLine], body: int
) -> list[Heading]:
    """Every title found, the one nearest to the report's body first, the page's own last."""
    near = [line.text for line in lines[max(0, body - _NEAR) : body] if line.text]
    found = [heading for at in range(len(near) - 1, -1, -1) for heading in _at(declared, near, at)]
    own = [heading for piece in _pieces(title) if (heading := _match(declared, piece))]
    units = {heading.unit for heading in own}
    # Two lines that the document's own title says in one leave nothing to be looked at.
    found = [replace(each, notes=()) if each.unit in units else each for each in found] + own
    if not found:
        later = [line.text for line in lines[body:] if line.text]
        said = {heading for text in later if (heading := _match(declared, text))}
        found = list(said) if len(said) == 1 else []
    return found


def _at(declared: FormWordings, near: Sequence[str], at: int) -> Iterator[Heading]:
    """The title in one line, in two, or below a line that names the unit alone."""
    before = near[at - 1] if at else ""
    heading = next(filter(None, (_match(declared, piece) for piece in _pieces(near[at]))), None)
    if heading is not None and not heading.unit and declared.unit_line is not None:
        alone = plain(before)
        if declared.unit_line.match(alone):
            note = say("recognising.unit_above", unit=alone)
            heading = replace(heading, unit=alone, notes=(note,))
    if heading is None and before:
        heading = _match(declared, before + near[at])
    if heading is not None:
        yield heading


def _pieces(text: str) -> list[str]:
    return [piece for piece in _SITE.split(text) if piece.strip()]


def _match(declared: FormWordings, text: str) -> Heading | None:
    shown, origin = _shown(text)
    if len(shown) > _LONGEST:
        return None
    for pattern in declared.titles:
        if found := pattern.match(shown):
            groups = found.groupdict()
            start, end = found.span("unit") if groups.get("unit") else (0, 0)
            unit = "".join(text[at] for at in dict.fromkeys(origin[start:end]))
            return Heading("".join(unit.split()).strip(_QUOTES), _year(groups.get("year")))
    return None


def _shown(text: str) -> tuple[str, list[int]]:
    """The text without quotes around it, widths and spaces; and where each mark of it stood."""
    marks, origin = "", []
    for at, mark in enumerate(text):
        folded = "".join(unicodedata.normalize("NFKC", mark).split())
        if folded and (marks or folded not in _QUOTES):
            marks += folded
            origin += [at] * len(folded)
    return marks, origin


def _year(text: str | None) -> int | None:
    """``2020`` or 二〇二〇 as a number."""
    if not text:
        return None
    return int("".join(mark if mark.isascii() else str(DIGITS[mark]) for mark in text))


def _chosen(found: list[Heading]) -> Heading:
    """The nearest title; a later one may add the unit that it lacks, for the same year."""
    if not found:
        return Heading()
    first = found[0]
    if not first.unit:
        others = {each.unit for each in found if each.unit and each.year in (None, first.year)}
        first = replace(first, unit=others.pop()) if len(others) == 1 else first
    differ = [each for each in found if each.year not in (None, first.year)]
    if differ and first.year is not None:
        note = say("recognising.other_year", year=first.year, other=differ[0].year)
        return replace(first, notes=(*first.notes, note))
    return first


def _from_cells(found: Heading, lines: Sequence[TextLine]) -> Heading:
    """What a cell names that is labelled as unit or year, where the title does not."""
    declared = wordings()
    for line in lines:
        if found.unit and found.year is not None:
            break
        pairs = [(line.cells[at], line.cells[at + 1]) for at in range(len(line.cells) - 1)]
        for text in (line.text, *line.cells):
            unit = declared.unit_inline.match(text.strip())
            year = declared.year_inline.match(plain(text))
            found = _with(found, unit["unit"] if unit else "", year["year"] if year else "")
        for label, text in pairs:
            found = _with(
                found,
                text.strip() if bare(label) in declared.unit_cells else "",
                plain(text)[:4] if bare(label) in declared.year_cells else "",
            )
    return found


def _with(found: Heading, unit: str, year: str) -> Heading:
    if unit and not found.unit:
        found = replace(found, unit=unit)
    if found.year is None and len(year) == 4 and year.isascii() and year.isdecimal():
        found = replace(found, year=int(year))
    return found


def _from_opening(found: Heading, declared: FormWordings, opening: str) -> Heading:
    """The only year of the narrative's first sentence, laws and their dates left out."""
    if declared.opening_year is None or declared.law_titles is None:
        return found
    text = "".join(plain(declared.law_titles.sub("", opening)).split())
    sentence = re.split("[。;!]", text, maxsplit=1)[0]
    years = {year["year"] for year in declared.opening_year.finditer(sentence)}
    if len(years) != 1:
        return found
    year = int(years.pop())
    note = say("recognising.opening_year", year=year)
    return replace(found, year=year, notes=(*found.notes, note))


def _level(declared: FormWordings, unit: str) -> str:
    name = plain(unit)
    return next((level for ending, level in declared.levels if name.endswith(ending)), "")

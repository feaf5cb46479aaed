"""The narrative sections, found by their titles and read to the next one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gouji.hygiene import DIGITS
from gouji.model import Form, Section
from gouji.recognising.labels import fold, nearest, numbering, plain
from gouji.recognising.lines import TextLine
from gouji.recognising.variants import wordings, wordings_of

#: Marks that may stand between a title and text on the same line.
_STOPS = ":。.;-— "


@dataclass
class Narrative:
    """``texts`` maps section keys to text. ``start`` is the line where the body begins;
    ``passed`` are lines that belong to no narrative section."""

    texts: dict[str, str] = field(default_factory=dict)
    start: int = 0
    passed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Title:
    section: Section
    number: str
    names: tuple[str, ...]  #: folded; the printed one first
    bracketed: bool  #: numbered （一） rather than 一、


def read_narrative(form: Form, lines: Sequence[TextLine]) -> Narrative:
    """The sections' texts, paragraphs on lines of their own."""
    titles = _titles(form)
    heads = _heads(titles, lines)
    first_table = next((at for at, line in enumerate(lines) if line.table), len(lines))
    found = Narrative(start=min([first_table, *heads]))
    pieces: dict[str, list[str]] = {}
    current: Section | None = None
    ended = False
    for at, line in enumerate(lines):
        texts = [line.text] if line.text else []
        if at in heads:
            title, rest = heads[at]
            current, ended = title.section, False
            texts = [rest] if rest else []
        if line.table and current is not None and not current.table:
            current = None  # a table whose section has no title here
        if any(_ends(text) for text in texts):
            ended = True
        if ended:
            continue
        if current is not None and not current.table:
            pieces.setdefault(current.key, []).extend(texts)
        elif at > found.start and at not in heads:
            found.passed += texts
    if pieces:
        found.passed += _signature(form, pieces[list(pieces)[-1]])
    found.texts = {key: "\n".join(texts) for key, texts in pieces.items() if texts}
    return found


def _signature(form: Form, lines: list[str]) -> list[str]:
    """The day at the end of the last section and who signs there, taken away from its lines."""
    alone = [re.sub(r"\s", "", plain(line)) for line in lines]
    if not lines or not wordings().signed_on.match(alone[-1]):
        return []
    unit = wordings_of(form).unit_line
    count = 2 if unit is not None and unit.match("".join(alone[-2:-1])) else 1
    taken = lines[-count:]
    del lines[-count:]
    return taken


def _titles(form: Form) -> list[_Title]:
    variants: Mapping[str, tuple[str, ...]] = dict(wordings_of(form).labels)
    return [
        _Title(
            section,
            numbering(section.title)[0],
            tuple(map(fold, (section.title, *variants.get(section.title, ())))),
            _bracketed(section.title),
        )
        for section in form.sections
    ]


def _heads(titles: Sequence[_Title], lines: Sequence[TextLine]) -> dict[int, tuple[_Title, str]]:
    """Line → the title on it and the text behind it; a table of contents is left out."""
    found: dict[int, tuple[_Title, str]] = {}
    for at, line in enumerate(lines):
        for title in titles:
            if line.text and (rest := _title_of(title, line.text)) is not None:
                found[at] = (title, rest)
                break
    last = {title.section.key: at for at, (title, _) in found.items()}
    first_key = titles[0].section.key if titles else ""
    starts = [at for at, (title, _) in found.items() if title.section.key == first_key]
    # A list of contents names every section; the body begins at the last first section then.
    begin = starts[-1] if len(starts) > 1 and len(last) > 1 and _is_contents(found, starts) else 0
    return {at: head for at, head in found.items() if at >= begin}


def _is_contents(found: Mapping[int, tuple[_Title, str]], starts: Sequence[int]) -> bool:
    """Other sections' titles stand between two titles of the first section."""
    return any(
        starts[0] < at < starts[-1] and head[0].section.key != found[starts[0]][0].section.key
        for at, head in found.items()
    )


def _title_of(title: _Title, text: str) -> str | None:
    """The text behind the title, empty when there is none; None when this is not its line."""
    number, rest = numbering(text)
    if number and (_value(number) != _value(title.number) or _bracketed(text) != title.bracketed):
        return None  # （二）主动公开情况 is a heading inside a section
    name = fold(text)
    if name == title.names[0]:
        return ""
    if not number:
        return None
    if name in title.names:
        return ""
    behind = next(filter(None, (_behind(known, rest) for known in title.names)), None)
    if behind is None and not name.startswith(title.names[0]) and nearest(name, title.names):
        return ""
    return behind


def _bracketed(text: str) -> bool:
    return plain(text).startswith("(")


def _behind(name: str, text: str) -> str | None:
    """What follows ``name`` and a stop, the name perhaps spaced out."""
    want = iter(name)
    need = next(want, None)
    for at, mark in enumerate(text):
        if need is None:
            return text[at:].lstrip(_STOPS) if mark in _STOPS else None
        if mark.casefold() == need:
            need = next(want, None)
        elif mark.isalnum():
            return None
    return None


def _value(number: str) -> str:
    """A number in digits or in Chinese, comparable."""
    return "".join(str(DIGITS.get(mark, mark)) for mark in number)


def _ends(text: str) -> bool:
    shown = plain(text)
    return any(pattern.search(shown) for pattern in wordings().endings)

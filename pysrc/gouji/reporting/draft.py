"""An edition's ``[draft]`` filled with a submission's numbers: sentences and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from gouji.carry import earlier_year, number_of
from gouji.drafting import Breakdown, Draft, DraftParagraph, DraftPicture, Piece, Wording
from gouji.formula import evaluate
from gouji.model import Form, Number, Submission, Term
from gouji.reporting.content import Paragraph, Picture, Point, Run, Series, shown
from gouji.wording import say

_CHANGE = ".change"


class Drafter:
    """Fills the draft of one submission; an edition without a draft gives nothing."""

    def __init__(self, form: Form, submission: Submission, earlier: Submission | None) -> None:
        self._form, self._draft = form, form.draft
        self._unit, self._year = submission.unit, submission.year
        self.now = numbers_of(form, submission)
        self.before = numbers_before(form, earlier)

    def title(self) -> str:
        year = say("report.no_year") if self._year is None else str(self._year)
        if self._draft is None:
            return say("report.title", unit=self._unit, year=year, title=self._form.title)
        return self._draft.title.format(unit=self._unit, year=year)

    def paragraphs(self, section: str) -> tuple[Paragraph, ...]:
        """The drafted paragraphs of a section. One that needs an unreadable number is left out."""
        if self._draft is None or self._year is None:
            return ()
        declared = [each for each in self._draft.paragraphs if each.section == section]
        filled = (
            _Filling(self._draft, self._unit, self._year, self.now, self.before).fill(each, at)
            for at, each in enumerate(declared, 1)
        )
        return tuple(paragraph for paragraph in filled if paragraph is not None)

    def pictures(self, section: str) -> tuple[Picture, ...]:
        """The charts of a section; one with nothing to show is left out."""
        if self._draft is None or self._year is None:
            return ()
        drawn = (self._picture(self._draft, each, self._year) for each in self._draft.pictures
                 if each.section == section)  # fmt: skip
        return tuple(picture for picture in drawn if picture is not None)

    def _picture(self, draft: Draft, declared: DraftPicture, year: int) -> Picture | None:
        parts = draft.breakdowns[declared.parts]
        now = _points(draft, parts, self.now, last_year=False)
        before = _points(draft, parts, self.before, last_year=True) if declared.compared else None
        if now is None or not any(point.value for point in now):
            return None
        kept = [at for at, point in enumerate(now)
                if point.value or (before is not None and before[at].value)]  # fmt: skip
        years = {"year": year} if before is not None else {}
        series = [Series(say("report.year", **years) if years else "",
                         tuple(now[at] for at in kept))]  # fmt: skip
        if before is not None:
            name = say("report.year", year=year - 1)
            series.append(Series(name, tuple(before[at] for at in kept), last_year=True))
        title = declared.title.format(unit=self._unit, year=year)
        unit = draft.figures[next(iter(parts.parts))].unit
        alt = say(f"report.alt.{declared.kind}", title=title, series=_told(series, unit))
        return Picture(declared.name, title, alt, declared.kind, tuple(series), unit)


def breakdowns_in(draft: Draft, text: str) -> list[Breakdown]:
    names = (name or "" for _, name, _, _ in Formatter().parse(text))
    return [draft.breakdowns[name] for name in names if name in draft.breakdowns]


def numbers_of(form: Form, submission: Submission) -> dict[str, Number]:
    """Code → number; a blank is 0, unreadable text is absent."""
    found = ((code, number_of(form, code, submission)) for code in form.items)
    return {code: number for code, number in found if number is not None}


def numbers_before(form: Form, earlier: Submission | None) -> dict[str, Number]:
    """Last year's numbers that mean the same under this year's codes."""
    if earlier is None:
        return {}
    values = earlier_year(form, earlier).values
    return {code: value.number for code, value in values.items() if not value.redefined}


def code_of(terms: tuple[Term, ...]) -> str:
    """The sum in the language of edit rules."""
    text = ""
    for term in terms:
        name = f"last_year({term.code})" if term.last_year else term.code
        count = "" if abs(term.coefficient) == 1 else f"{abs(term.coefficient)} * "
        sign = "-" if term.coefficient < 0 else "+"
        text += f" {sign} {count}{name}" if text else f"{'-' if sign == '-' else ''}{count}{name}"
    return text


def last_year_of(terms: tuple[Term, ...], sign: int = 1) -> tuple[Term, ...]:
    """The same sum of last year's values."""
    return tuple(Term(sign * term.coefficient, term.code, last_year=True) for term in terms)


def _points(
    draft: Draft, parts: Breakdown, numbers: Mapping[str, Number], *, last_year: bool
) -> list[Point] | None:
    """A bar for each part; None when a number is not known."""
    points = []
    for name, label in parts.parts.items():
        terms = draft.figures[name].terms
        value = evaluate(terms, numbers)
        if value is None:
            return None
        points.append(Point(label, value, code_of(last_year_of(terms) if last_year else terms)))
    return points


def _told(series: list[Series], unit: str) -> str:
    return "".join(_told_one(each, unit) for each in series)


def _told_one(series: Series, unit: str) -> str:
    points = say("report.alt.joint").join(
        say("report.alt.point", label=point.label, value=shown(point.value), unit=unit)
        for point in series.points
    )
    if not series.name:
        return say("report.alt.bare", points=points)
    return say("report.alt.named", name=series.name, points=points)


class _Unknown(Exception):
    """A figure of the paragraph cannot be known."""


class _Filling:
    """One paragraph being put together."""

    def __init__(
        self, draft: Draft, unit: str, year: int, now: Mapping[str, Number],
        before: Mapping[str, Number],
    ) -> None:  # fmt: skip
        self._draft, self._now, self._before = draft, now, before
        self._subject = {"unit": unit, "year": str(year)}

    def fill(self, paragraph: DraftParagraph, place: int) -> Paragraph | None:
        """None when nothing is to be said, or a number in it is not known."""
        try:
            runs = [run for piece in paragraph.pieces for run in self._piece(piece)]
        except _Unknown:
            return None
        return Paragraph(tuple(_joined(runs)), drafted=True, place=place) if runs else None

    def _piece(self, piece: Piece) -> Iterator[Run]:
        for wording in piece:
            if self._fits(wording):
                yield from self._runs(wording.text)
                return

    def _fits(self, wording: Wording) -> bool:
        """By its conditions; and no breakdown in it is empty."""
        zero = all(self._number(name) == 0 for name in wording.zero)
        some = all(self._number(name) != 0 for name in wording.some)
        return zero and some and all(map(self._tells, breakdowns_in(self._draft, wording.text)))

    def _tells(self, parts: Breakdown) -> bool:
        return any(self._number(name) for name in parts.parts)

    def _number(self, name: str) -> Number:
        number = evaluate(self._draft.figures[name].terms, self._now, self._before)
        if number is None:
            raise _Unknown
        return number

    def _runs(self, text: str) -> Iterator[Run]:
        for literal, name, _, _ in Formatter().parse(text):
            if literal:
                yield Run(literal)
            if name is not None:
                yield from self._place(name)

    def _place(self, name: str) -> Iterator[Run]:
        if name in self._subject:
            yield Run(self._subject[name])
        elif name.endswith(_CHANGE):
            yield from self._change(name.removesuffix(_CHANGE))
        elif name in self._draft.breakdowns:
            yield from self._breakdown(self._draft.breakdowns[name])
        else:
            terms = self._draft.figures[name].terms
            yield Run(shown(self._number(name)), code_of(terms), name)

    def _change(self, name: str) -> Iterator[Run]:
        """The figure beside last year's; nothing where that is not known."""
        figure, words = self._draft.figures[name], self._draft.change
        before = evaluate(figure.terms, self._before)
        if before is None:
            return
        difference = self._number(name) - before
        now, then = figure.terms, last_year_of(figure.terms, -1)
        if difference < 0:
            now, then = last_year_of(figure.terms), tuple(
                Term(-term.coefficient, term.code, term.last_year) for term in figure.terms
            )  # fmt: skip
        text = words.more if difference > 0 else words.less if difference < 0 else words.same
        size = shown(difference if difference >= 0 else -difference)
        number = Run(size, code_of(now + then), f"{name}{_CHANGE}")
        yield from _counted(text, number, unit=figure.unit)

    def _breakdown(self, parts: Breakdown) -> Iterator[Run]:
        first = True
        for name, label in parts.parts.items():
            if number := self._number(name):
                if not first:
                    yield Run(parts.joint)
                first = False
                figure = self._draft.figures[name]
                run = Run(shown(number), code_of(figure.terms), name)
                yield from _counted(parts.each, run, unit=figure.unit, label=label)


def _counted(text: str, number: Run, **places: str) -> Iterator[Run]:
    for literal, name, _, _ in Formatter().parse(text):
        if literal:
            yield Run(literal)
        if name is not None:
            yield number if name == "n" else Run(places[name])


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Neighbours without a code as one run."""
    words = ""
    for run in runs:
        if run.code:
            if words:
                yield Run(words)
            words = ""
            yield run
        else:
            words += run.text
    if words:
        yield Run(words)

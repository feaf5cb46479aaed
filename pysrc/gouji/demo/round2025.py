"""The round without mistakes: a county's published totals dealt out so that every unit balances."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from gouji import editions
from gouji.demo.cast import DemoRound, cast, data
from gouji.demo.deal import carried, columns, complete, leaves, pair, share
from gouji.model import Form, Number

CALMER = (85, 100)  #: last year's size in per cent of this year's, from … to
Leaves = dict[str, Number]


def make() -> DemoRound:
    """Deals the published totals; the sums over all units equal them cell by cell."""
    plan, players = data("round-2025.toml"), cast()
    published = data(plan["totals"])["values"]
    form, year = editions.load(plan["edition"]), plan["year"]
    now, before = _Dealer(form, plan, published).deal()
    return DemoRound(
        edition=form.id,
        district=players.district,
        level=players.level,
        year=year,
        source=plan["source"],
        roster=tuple(actor.unit for actor in players.actors),
        submissions=tuple(
            players.submission(form, year, place, complete(form, part))
            for place, part in enumerate(now)
        ),
        last_year=tuple(
            players.submission(form, year - 1, place, complete(form, part))
            for place, part in enumerate(before)
        ),
        published=published,
    )


class _Dealer:
    """Deals one set of published totals to the cast, this year's and a last year that fits."""

    def __init__(
        self, form: Form, plan: Mapping[str, Any], published: Mapping[str, Number]
    ) -> None:
        self.form, self.plan, self.published = form, plan, published
        self.carry = carried(form)
        self.rng = Random(plan["seed"])
        self.actors = cast().actors
        self.now: list[Leaves] = [{} for _ in self.actors]
        self.before: list[Leaves] = [{} for _ in self.actors]

    def deal(self) -> tuple[list[Leaves], list[Leaves]]:
        for code, flow in self.plan["stocks"].items():
            self._stock(code, flow["made"], flow["gone"])
        self._applications()
        for code in leaves(self.form, list(self.form.items)):
            if code not in self.now[0]:
                self._plain(code)
        return self.now, self.before

    def _weights(self, code: str) -> list[int]:
        """How much of the item falls to each unit."""
        matters: Mapping[str, str] = self.plan["weights"]
        fits = (matter for glob, matter in matters.items() if fnmatchcase(code, glob))
        matter = next(fits, "requests")
        return [actor.weight(matter) for actor in self.actors]

    def _plain(self, code: str) -> None:
        parts = share(self.published[code], self._weights(code), self.rng)
        for here, there, part in zip(self.now, self.before, parts, strict=True):
            here[code] = part
            percent = self.rng.randint(*CALMER)
            if isinstance(part, int):
                there[code] = part * percent // 100
            else:
                there[code] = (part * percent / 100).quantize(part)

    def _stock(self, code: str, made: str, gone: str) -> None:
        """End of the year = end of last year + made − gone, in every unit."""
        total, come, went = (int(self.published[name]) for name in (code, made, gone))
        weights = self._weights(code)
        stock = [int(part) for part in share(total - come + went, weights, self.rng)]
        new = [int(part) for part in share(come, weights, self.rng)]
        held = [old + more for old, more in zip(stock, new, strict=True)]
        lost = self.rng.sample(range(len(held)), went, counts=held) if went else []
        for place, here in enumerate(self.now):
            out = lost.count(place)
            here |= {code: held[place] - out, made: new[place], gone: out}
            self.before[place] |= {code: stock[place], made: 0, gone: 0}

    def _applications(self) -> None:
        """Every single application goes to one unit, with its origin and its outcome."""
        weights = self._weights("")
        for column in columns(self.form):
            for part in (*self.now, *self.before):
                part.update(dict.fromkeys(column.codes, 0))
            counts = {code: int(self.published[code]) for code in column.codes}
            fresh = next(code for code in column.origins if code not in self.carry)
            for origin, outcome in pair(column, counts, self.carry, self.rng):
                place = self.rng.choices(range(len(weights)), weights)[0]
                self.now[place][origin] += 1
                self.now[place][outcome] += 1
                self._last_year(self.before[place], fresh, self.carry.get(origin), outcome)

    def _last_year(self, before: Leaves, fresh: str, carried_to: str | None, outcome: str) -> None:
        """What last year's report shows for it: the very application, or one like it, or none."""
        if carried_to:
            before[fresh] += 1
            before[carried_to] += 1
        elif outcome in self.carry.values():
            return
        elif self.rng.randrange(100) < sum(CALMER) // 2:
            before[fresh] += 1
            before[outcome] += 1

"""The round with mistakes: drawn numbers, one real report, and what goes wrong in practice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from gouji import editions
from gouji.demo.cast import Actor, DemoRound, cast, data
from gouji.demo.deal import complete
from gouji.demo.draw import draw
from gouji.demo.plant import plant
from gouji.demo.sending import versions
from gouji.model import Submission, Unit


def make() -> DemoRound:
    """Draws every unit's two years, then plants the mistakes of the plan one by one."""
    plan, players = data("round-2020.toml"), cast()
    form, rng, real = editions.load(plan["edition"]), Random(plan["seed"]), plan["real"]
    drafts = [
        draw(form, place, actor.weights, plan["draw"], rng)
        for place, actor in enumerate(players.actors)
        if actor.unit.code != real["replaces"]
    ]
    taken = plant(form, plan["year"], players, drafts, plan["planted"], plan["draw"])
    unit, submission = _real(real, plan["edition"], plan["year"])
    ways = tuple(plan["sent"])

    def change(sent: Submission, more: Mapping[str, int]) -> Submission:
        leaves = {code: v for code, v in sent.values.items() if code not in form.totals}
        added = {code: int(leaves[code] or 0) + n for code, n in more.items()}
        return replace(sent, values=complete(form, leaves | added))

    return DemoRound(
        edition=form.id,
        district=players.district,
        level=players.level,
        year=plan["year"],
        source=plan["source"],
        roster=tuple(_listed(actor, real["replaces"], unit) for actor in players.actors),
        submissions=(*versions(ways, taken.submissions, change), submission),
        last_year=tuple(taken.last_year),
        notes=tuple(taken.notes),
        others=taken.others,
        ways=ways,
    )


def _listed(actor: Actor, replaced: str, real: Unit) -> Unit:
    return real if actor.unit.code == replaced else actor.unit


def _real(plan: Mapping[str, Any], edition: str, year: int) -> tuple[Unit, Submission]:
    """The real report under its own name, every value and sentence as published."""
    report = data(plan["file"])
    unit = Unit(report["unit"], plan["code"], plan["level"], aliases=(plan["short"],))
    submission = Submission(
        unit=unit.name,
        year=year,
        edition=edition,
        values=report["values"],
        level=unit.level,
        code=unit.code,
        narrative=report["narrative"],
        file=plan["sent_as"],
    )
    return unit, submission

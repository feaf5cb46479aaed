"""Drawing two plausible years of one unit: small numbers, most of them zero, every rule kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from gouji.model import Form, Value

Leaves = dict[str, Value]


@dataclass(slots=True)
class Draft:
    """The leaves of one unit's two years while the round is being made."""

    place: int  #: in the cast
    now: Leaves
    before: Leaves

    def add(self, code: str, count: int, last_year: bool = False) -> None:
        year = self.before if last_year else self.now
        here = year[code]
        assert isinstance(here, int)
        year[code] = here + count


def draw(
    form: Form, place: int, weights: Mapping[str, int], plan: Mapping[str, Any], rng: Random
) -> Draft:
    """One unit's two years; ``plan`` is the ``draw`` part of the round's declaration."""
    zero: Leaves = {code: 0 for code in form.items if code not in form.totals}
    draft = Draft(place, dict(zero), dict(zero))
    _applications(draft, weights.get("requests", 0), plan, rng)
    for code in _some(plan["cases"], weights.get("requests", 0) // 6, rng):
        draft.add(code, 1)
    for code in _some(plan["cases"], weights.get("requests", 0) // 8, rng):
        draft.add(code, 1, last_year=True)
        if code in plan["ends"]:  # a case that was pending is decided in the year after
            draft.add(plan["ends"][code], 1)
    for row, matter in plan["documents"].items():
        _documents(draft, row, weights.get(matter, 0), rng)
    for row, how in plan["projects"].items():
        _projects(draft, row, weights.get(how["weight"], 0), how["decisions"], rng)
    for row, matter in plan["purchases"].items():
        _purchases(draft, row, weights.get(matter, 0), rng)
    return draft


def _some(weights: Mapping[str, int], count: int, rng: Random) -> list[str]:
    return rng.choices(list(weights), list(weights.values()), k=count)


def _around(weight: int, rng: Random) -> int:
    return rng.randint(weight * 7 // 10, weight * 13 // 10)


def _applications(draft: Draft, weight: int, plan: Mapping[str, Any], rng: Random) -> None:
    """Last year's applications, those carried over to this year, and this year's new ones."""
    settled = {code: n for code, n in plan["outcomes"].items() if code != plan["carried"]}
    new = _around(weight, rng)
    for come, outcomes, count in (
        ("received", plan["outcomes"], new),
        ("brought", settled, new // 10),
    ):
        for column in _some(plan["columns"], count, rng):
            [outcome] = _some(outcomes, 1, rng)
            draft.add(f"{plan[come]}.{column}", 1, last_year=True)
            draft.add(f"{outcome}.{column}", 1, last_year=True)
    for column in plan["columns"]:
        over = draft.before[f"{plan['carried']}.{column}"]
        assert isinstance(over, int)
        draft.add(f"{plan['brought']}.{column}", over)
        for outcome in _some(settled, over, rng):
            draft.add(f"{outcome}.{column}", 1)
    for column in _some(plan["columns"], _around(weight, rng), rng):
        [outcome] = _some(plan["outcomes"], 1, rng)
        draft.add(f"{plan['received']}.{column}", 1)
        draft.add(f"{outcome}.{column}", 1)


def _documents(draft: Draft, row: str, weight: int, rng: Random) -> None:
    stock = 2 * weight
    for year in (draft.before, draft.now):
        made = rng.randint(0, weight)
        stock += made
        year |= {f"{row}.made": made, f"{row}.published": made, f"{row}.published_total": stock}


def _projects(draft: Draft, row: str, weight: int, decisions: int, rng: Random) -> None:
    """A list of projects that changes a little; this year starts where last year ended."""
    if not weight:
        return
    stock = rng.randint(2, 8) + min(weight, 300) // 2
    for year in (draft.before, draft.now):
        change = rng.choice((-2, -1, 0, 0, 0, 1, 3))
        year |= {f"{row}.last_year": stock, f"{row}.change": change}
        stock += change
        if decisions:
            made = _around(weight * decisions, rng)
            year[f"{row}.decided"] = made + (made == stock)  # never the closing stock by chance


def _purchases(draft: Draft, row: str, weight: int, rng: Random) -> None:
    for year in (draft.before, draft.now):
        projects = rng.randint(0, 2 * weight)
        year[f"{row}.projects"] = projects
        year[f"{row}.amount"] = sum(rng.randint(2000, 60000) * 10 for _ in range(projects))

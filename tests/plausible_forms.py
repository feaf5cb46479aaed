"""Forms as units really fill them, two years of each, for counting false alarms.

Most cells are zero, the rest heavy-tailed; a year resembles the one before it; every hard rule
holds. Drawn from a given ``Random``, so the same seed gives the same forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

import builders
from gouji.model import Form, Number, Submission

APPLICANTS = {"person": 88, "business": 7, "research": 1, "charity": 1, "legal_service": 2,
              "other": 1}  # fmt: skip
OUTCOMES = {
    "granted": 40, "partial": 10, "denied.third_party": 3, "denied.internal": 5,
    "denied.process": 4, "denied.enforcement": 3, "denied.inquiry": 2, "unavailable.not_held": 20,
    "unavailable.to_create": 2, "unavailable.unclear": 2, "unprocessed.petition": 4,
    "unprocessed.duplicate": 3,
}  # fmt: skip


@dataclass
class _Unit:
    """What a unit usually does in a year; 0 where it has nothing to do with a matter."""

    requests: float
    reviews: float
    documents: int
    licences: float
    penalties: float
    coercions: float
    fees: float
    purchases: float
    matters: int


def two_years(form: Form, name: str, rng: Random) -> tuple[Submission, Submission]:
    """Last year's and this year's submission of one unit, both of edition ``form``."""
    unit = _unit(rng)
    first, stock = _year(form, unit, rng, {}, unit.documents)
    if rng.random() < 0.05:  # a matter comes or goes
        unit.licences = 0 if unit.licences else 20 * rng.lognormvariate(0, 1.5)
    second, _ = _year(form, unit, rng, first, stock)
    last = form.last_year or form.first_year + 4
    return (
        builders.as_submission(form, name, first, year=last - 1),
        builders.as_submission(form, name, second, year=last),
    )


def _unit(rng: Random) -> _Unit:
    def usual(share: float, middle: float, spread: float) -> float:
        return middle * rng.lognormvariate(0, spread) if rng.random() < share else 0

    return _Unit(
        requests=min(usual(0.55, 4, 1.3), 400),
        reviews=usual(0.15, 1.5, 0.7),
        documents=int(usual(0.4, 4, 1)),
        licences=usual(0.4, 60, 2),
        penalties=usual(0.4, 30, 1.8),
        coercions=usual(0.15, 5, 1.2),
        fees=usual(0.2, 50, 1.8),
        purchases=usual(0.5, 6, 1),
        matters=int(usual(0.5, 8, 1)),
    )


def _year(
    form: Form, unit: _Unit, rng: Random, before: Mapping[str, Number], stock: int
) -> tuple[dict[str, Number], int]:
    values: dict[str, Number] = {}
    _requests(form, values, unit, rng, before)
    pending = int(before.get("review.reconsideration.pending", 0))
    for number in range(pending + _some(unit.reviews, rng)):
        endings = ("upheld", "upheld", "corrected", "other", "pending")
        ending = endings[rng.randrange(4 if number < pending else 5)]
        _add(values, f"review.reconsideration.{ending}", 1)
    made = _some(min(stock / 5, 3), rng) if stock else 0
    repealed = rng.randint(0, min(stock, 2)) if rng.random() < 0.3 else 0
    stock += made - repealed
    acts = {"licence": unit.licences, "penalty": unit.penalties, "coercion": unit.coercions}
    for row, usual in acts.items():
        values[f"proactive.{row}.decided"] = _some(usual, rng)
    (_new_edition if "proactive.fee.amount" in form.items else _old_edition)(
        values, unit, rng, made, repealed, stock
    )
    return builders.close(form, values), stock


def _new_edition(
    values: dict[str, Number], unit: _Unit, rng: Random, made: int, repealed: int, stock: int
) -> None:
    values["proactive.normative.made"] = made
    values["proactive.normative.repealed"] = repealed
    values["proactive.normative.in_force"] = stock
    amount = unit.fees * rng.lognormvariate(0, 0.5)
    values["proactive.fee.amount"] = Decimal(int(amount * 10000)).scaleb(-4)


def _old_edition(
    values: dict[str, Number], unit: _Unit, rng: Random, made: int, repealed: int, stock: int
) -> None:
    values["proactive.normative.made"] = values["proactive.normative.published"] = made
    values["proactive.normative.published_total"] = stock
    for row in ("licence", "other_service", "penalty", "coercion", "fee"):
        matters = unit.matters if rng.random() < 0.7 else 0
        values[f"proactive.{row}.last_year"] = matters
        values[f"proactive.{row}.change"] = rng.choice((0, 0, 0, 1, 2, -1)) if matters else 0
    projects = _some(unit.purchases, rng)
    each = 60_000 * rng.lognormvariate(0, 1)
    values["proactive.procurement.projects"] = projects
    values["proactive.procurement.amount"] = int(projects * each)


def _requests(
    form: Form, values: dict[str, Number], unit: _Unit, rng: Random, before: Mapping[str, Number]
) -> None:
    for who in APPLICANTS:
        brought = int(before.get(f"requests.carried_forward.{who}", 0))
        _add(values, f"requests.brought_forward.{who}", brought)
        for _ in range(brought):
            _outcome(values, who, rng)
    for _ in range(_some(unit.requests, rng)):
        who = rng.choices(list(APPLICANTS), list(APPLICANTS.values()))[0]
        _add(values, f"requests.received.{who}", 1)
        if rng.random() < 0.06:
            _add(values, f"requests.carried_forward.{who}", 1)
        else:
            _outcome(values, who, rng)


def _outcome(values: dict[str, Number], who: str, rng: Random) -> None:
    outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    _add(values, f"requests.result.{outcome}.{who}", 1)


def _some(usual: float, rng: Random) -> int:
    """About as many as usual; years differ by half on the whole."""
    return int(usual * rng.lognormvariate(0, 0.5) + rng.random()) if usual else 0


def _add(values: dict[str, Number], code: str, number: int) -> None:
    values[code] = values.get(code, 0) + number

"""Reports drawn like real ones, and the slips people make in them.

Nothing of the engine is used: the numbers come from counts dealt out to cells, the slips from what
a hand does to a number. Everything is drawn from the seed that is given, and printed by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from gouji.model import Form, Submission

Values = dict[str, int]

#: Applicants and outcomes as they share the cases; what is not named gets next to nothing.
COLUMNS = {"person": 100, "business": 14, "legal_service": 4, "other": 5, "charity": 1.5,
           "research": 1}  # fmt: skip
OUTCOMES = {
    "result.granted": 30, "result.partial": 6, "result.unavailable.not_held": 20,
    "result.unavailable.to_create": 3, "result.unavailable.unclear": 4,
    "result.unprocessed.petition": 5, "result.unprocessed.duplicate": 2,
    "result.denied.inquiry": 3, "result.denied.process": 2, "result.denied.internal": 1.5,
    "result.denied.third_party": 1, "result.denied.enforcement": 1, "carried_forward": 6,
}  # fmt: skip
RARE = 0.15
REVIEWS = {"upheld": 6, "corrected": 1, "other": 2, "pending": 1}


@dataclass(frozen=True)
class Case:
    """A right report, the unit's report of the year before, and what may be mistyped."""

    form: Form
    right: Submission
    earlier: Submission

    @property
    def values(self) -> Values:
        return {code: int(value) for code, value in self.right.values.items()}  # type: ignore[arg-type]


def case(form: Form, seed: int) -> Case:
    """One unit's two years; most cells 0, a few units with thousands of cases."""
    rng = Random(seed)
    while True:
        cases = min(int(4 * rng.paretovariate(0.75)) - 2, 6000)
        tastes = {row: weight * rng.lognormvariate(0, 1) for row, weight in _weights(form).items()}
        columns = {name: weight * rng.lognormvariate(0, 0.5) for name, weight in COLUMNS.items()}
        before = _year(form, rng, max(1, round(cases * rng.lognormvariate(0, 0.4))), tastes,
                       columns, {})  # fmt: skip
        brought = {name: before[f"requests.carried_forward.{name}"] for name in columns}
        now = _stock(_year(form, rng, cases, tastes, columns, brought), before)
        if sum(1 for value in now.values() if value) >= 6:
            return Case(form, _submission(form, now, 1), _submission(form, before, 0))


def _weights(form: Form) -> dict[str, float]:
    rows = dict.fromkeys(
        (item.row for item in form.items.values() if item.table == "requests"), RARE
    )
    for row in ("received", "brought_forward", "result.total"):
        del rows[row]
    return rows | OUTCOMES


def _year(
    form: Form, rng: Random, cases: int, tastes: Mapping[str, float],
    columns: Mapping[str, float], brought: Mapping[str, int],
) -> Values:  # fmt: skip
    values = dict.fromkeys(form.items, 0)
    received = rng.choices(list(columns), list(columns.values()), k=cases)
    for name in columns:
        values[f"requests.received.{name}"] = received.count(name)
        values[f"requests.brought_forward.{name}"] = brought.get(name, 0)
        count = received.count(name) + brought.get(name, 0)
        for row in rng.choices(list(tastes), list(tastes.values()), k=count):
            values[f"requests.{row}.{name}"] += 1
    suits = min(int(rng.paretovariate(0.9)) - 1, 1 + cases)
    for _ in range(suits):
        group = rng.choice(["reconsideration", "direct_suit", "suit_after_review"])
        [end] = rng.choices(list(REVIEWS), list(REVIEWS.values()))
        values[f"review.{group}.{end}"] += 1
    for code in values:
        if code.startswith("proactive.") and "regulation" not in code and rng.random() < 0.3:
            values[code] = int(rng.paretovariate(0.8))
    return add_up(form, values)


def _stock(now: Values, before: Values) -> Values:
    """Documents in force follow from last year's, where the form asks for them."""
    stock, made, gone = (f"proactive.normative.{name}" for name in ("in_force", "made", "repealed"))
    if stock in now:
        now[gone] = min(now[gone], before[stock] + now[made])
        now[stock] = before[stock] + now[made] - now[gone]
    return now


def add_up(form: Form, values: Values) -> Values:
    """The same numbers with every total added up anew."""
    values = dict(values)
    for code in form.totals_in_order:
        values[code] = sum(term.coefficient * values[term.code]
                           for term in form.totals[code].right)  # fmt: skip
    return values


def _submission(form: Form, values: Values, year: int) -> Submission:
    return Submission(unit="测试局", year=form.first_year + year, edition=form.id, values=values,
                      level="department")  # fmt: skip


# ------------------------------------------------------------------ slips
Slip = Callable[[Form, Values, Random, frozenset[str]], Values | None]


def _cells(form: Form, values: Values, spoilt: frozenset[str], least: int = 1) -> list[str]:
    return [
        code
        for code, value in values.items()
        if value >= least and code not in spoilt and not code.startswith("proactive.")
    ]


def _some_cell(rng: Random, cells: list[str]) -> str | None:
    return rng.choice(cells) if cells else None


def append(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    code = _some_cell(rng, _cells(form, values, spoilt))
    return {code: values[code] * 10 + rng.randrange(10)} if code else None


def drop(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    code = _some_cell(rng, _cells(form, values, spoilt, 10))
    if code is None:
        return None
    digits = str(values[code])
    at = rng.randrange(len(digits))
    return {code: int(digits[:at] + digits[at + 1 :])}


def transpose(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    found = []
    for code in _cells(form, values, spoilt, 10):
        digits = str(values[code])
        found += [(code, at) for at in range(len(digits) - 1) if digits[at] != digits[at + 1]]
    if not found:
        return None
    code, at = rng.choice(found)
    digits = str(values[code])
    return {code: int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])}


def neighbour(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    """A number typed one column too far, where nothing stood."""
    names = ["person", "business", "research", "charity", "legal_service", "other"]
    found = []
    for code in _cells(form, values, spoilt):
        stem, _, name = code.rpartition(".")
        if code.startswith("requests.") and name in names:
            near = (names.index(name) - 1, names.index(name) + 1)
            found += [(code, f"{stem}.{names[at]}") for at in near if 0 <= at < len(names)]
    found = [(here, there) for here, there in found if values[there] == 0 and there not in spoilt]
    if not found:
        return None
    here, there = rng.choice(found)
    return {here: 0, there: values[here]}


def omit(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    code = _some_cell(rng, _cells(form, values, spoilt))
    return {code: 0} if code else None


def stale(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    """A part was changed and one of its sums was not: the total still holds the old part."""
    found = []
    for total, rule in form.totals.items():
        if total not in spoilt and not total.startswith("proactive."):
            found += [(total, term.code) for term in rule.right if values[term.code]]
    if not found:
        return None
    total, part = rng.choice(found)
    older = max(0, values[part] + rng.choice([-1, 1]) * rng.randint(1, 1 + values[part] // 3))
    return {total: values[total] - values[part] + older}


def sign(form: Form, values: Values, rng: Random, spoilt: frozenset[str]) -> Values | None:
    code = _some_cell(rng, _cells(form, values, spoilt))
    return {code: -values[code]} if code else None


SLIPS: dict[str, Slip] = {
    "append": append, "drop": drop, "transpose": transpose, "neighbour": neighbour, "omit": omit,
    "stale": stale, "sign": sign,
}  # fmt: skip
#: Slips of totals cannot be made where totals are formulas.
TYPED_ONLY = {"stale"}


@dataclass(frozen=True)
class Spoilt:
    """A report with slips: as sent, and the cells that are wrong with what they should hold."""

    case: Case
    kind: str
    sent: Submission
    truth: Values


def spoil(made: Case, kind: str, count: int, live: bool, seed: int) -> Spoilt | None:
    """``count`` slips of one kind in different cells, or None where the report has no room."""
    rng = Random(seed)
    form, right = made.form, made.values
    wrong: Values = {}
    for _ in range(count):
        spoilt = frozenset(wrong) | (frozenset(form.totals) if live else frozenset())
        slip = SLIPS[kind](form, right, rng, spoilt)
        if slip is None:
            return None
        wrong |= slip
    values = right | wrong
    if live:
        values = add_up(form, values)
    sent = replace(
        made.right,
        values=values,
        medium="form" if live else "docx",
        typed=frozenset() if live else frozenset(form.totals),
    )
    truth = {code: right[code] for code, value in wrong.items() if value != right[code]}
    return Spoilt(made, kind, sent, truth)

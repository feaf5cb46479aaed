"""How well and how fast slips are found, against a plain mixed-integer program on the same forms.

    python bench/diagnosis.py               210 forms of each kind of run (a minute)
    python bench/diagnosis.py --forms 2000  the full table (about half an hour with the program)
    python bench/diagnosis.py --no-mip      without the program

The generator (``slips.py``) knows nothing of the engine; its seed is printed.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import slips

from gouji import editions
from gouji.diagnosis import Diagnosis, diagnose
from gouji.edits import confront
from gouji.model import Severity, Status

SEED = 20_250_131
EDITIONS = ("2019", "2021")


@dataclass
class Tally:
    """What came of the forms of one line of the table."""

    forms: int = 0
    broken: int = 0
    silent: int = 0
    wrong: int = 0
    listed: int = 0
    ranks: list[int] = field(default_factory=list)
    outside: list[bool] = field(default_factory=list)
    cut: int = 0
    larger: int = 0
    smaller: int = 0
    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    alternatives: list[int] = field(default_factory=list)


# ------------------------------------------------------------------ the plain program
@cache
def program(edition: str, last_year: bool, live: bool):  # type: ignore[no-untyped-def]
    """Every hard balance over all cells as one matrix; nothing is taken apart."""
    from scipy import sparse

    form = editions.load(edition)
    codes = {code: place for place, code in enumerate(form.items)}
    hard = (rule for rule in form.rules if rule.severity is Severity.HARD)
    rules = [rule for rule in hard if last_year or not rule.needs_last_year]
    matrix = sparse.lil_array((len(rules), len(codes)))
    for at, rule in enumerate(rules):
        for times, side in ((1, rule.left), (-1, rule.right)):
            for term in side:
                if not term.last_year:
                    matrix[at, codes[term.code]] += times * term.coefficient
    cost = [0.0 if live and code in form.totals else 1.0 for code in codes]
    return form, rules, matrix.tocsr(), np.array(cost)


def plain_mip(spoilt: slips.Spoilt, last_year: bool, live: bool) -> tuple[int, float]:
    """Size of the optimum and seconds; −1 when the program did not finish."""
    from scipy import optimize, sparse

    form, rules, matrix, cost = program(spoilt.sent.edition, last_year, live)
    values = np.array([int(spoilt.sent.values[code]) for code in form.items], float)
    old = spoilt.case.earlier.values
    start = time.perf_counter()
    sides = np.array([
        sum(sign * term.coefficient * int(old[term.code])
            for sign, side in ((1, rule.left), (-1, rule.right)) for term in side if term.last_year)
        for rule in rules
    ], float)  # fmt: skip
    reach = 10 * max(10.0, float(np.abs(values).max()))
    n = len(values)
    one = sparse.eye_array(n)
    need = -(matrix @ values + sides)
    result = optimize.milp(
        np.concatenate([np.zeros(n), cost]),
        integrality=np.ones(2 * n),
        bounds=optimize.Bounds(np.concatenate([-values - 0 * values, np.zeros(n)]),
                               np.concatenate([np.full(n, reach), np.ones(n)])),
        constraints=[
            optimize.LinearConstraint(sparse.hstack([matrix, 0 * matrix]), need, need),
            optimize.LinearConstraint(sparse.hstack([one, -reach * one]), -np.inf, 0),
            optimize.LinearConstraint(sparse.hstack([one, reach * one]), 0, np.inf),
        ],
        options={"time_limit": 20},
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if result.x is None or result.status != 0:
        return -1, seconds
    moved = np.rint(result.x[:n])
    return int(sum(bool(d) * c for d, c in zip(moved, cost, strict=True))), seconds


# ------------------------------------------------------------------ one form
def by_cause(found: Diagnosis) -> dict[int, list]:  # type: ignore[type-arg]
    causes = defaultdict(list)
    for solution in found.solutions:
        causes[solution.cause].append(solution)
    return causes


def least_size(found: Diagnosis) -> int:
    """Cells to change at least: of each cause one answer, slips over two causes counted apart."""
    return sum(min(len(s.change) for s in group) for group in by_cause(found).values())


def ranks(found: Diagnosis, truth: slips.Values) -> list[int] | None:
    """The place of the truth in each cause's list (0 is first), or None when it is not listed."""
    covered: set[str] = set()
    places = []
    for group in by_cause(found).values():
        right = [
            (place, set(s.change))
            for place, s in enumerate(group)
            if s.change.items() <= truth.items()
        ]
        if not right:
            return None
        places.append(right[0][0])
        covered |= set().union(*(cells for _, cells in right))
    return places if covered == set(truth) else None


def applied(spoilt: slips.Spoilt, found: Diagnosis, last_year: bool, live: bool) -> bool:
    """Whether every answer, with the first of every other cause, satisfies all hard rules."""
    from dataclasses import replace

    causes = by_cause(found)
    form = spoilt.case.form
    for number, group in causes.items():
        for solution in group:
            values = dict(spoilt.sent.values)
            settled = set(solution.settles)
            for other, more in causes.items():
                if other != number and not settled & set(more[0].settles):
                    single = next(s for s in more if not set(s.settles) & settled or True)
                    values |= single.change
            values |= solution.change
            if live:
                values = slips.add_up(form, values)
            verdict = confront(form, replace(spoilt.sent, values=values),
                               spoilt.case.earlier if last_year else None)  # fmt: skip
            names = {f.rule for f in verdict.findings
                     if f.status is Status.FAILED and f.severity is Severity.HARD}  # fmt: skip
            if settled & names and not live:
                return False
    return True


def run(
    forms: int, count: int, live: bool, last_year: bool, mip: bool, check: bool
) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    kinds = [kind for kind in slips.SLIPS if not (live and kind in slips.TYPED_ONLY)]
    for spoilt in sent(forms, count, live, kinds):
        tally = tallies[spoilt.kind]
        tally.forms += 1
        earlier = spoilt.case.earlier if last_year else None
        start = time.perf_counter()
        found = diagnose(spoilt.case.form, spoilt.sent, earlier)
        seconds = time.perf_counter() - start
        failed = [f for f in confront(spoilt.case.form, spoilt.sent, earlier).findings
                  if f.status is Status.FAILED and f.severity is Severity.HARD]  # fmt: skip
        if not failed:
            continue
        tally.broken += 1
        tally.ours.append(seconds)
        tally.silent += not found.solutions
        tally.cut += not found.complete
        if check:
            tally.wrong += not applied(spoilt, found, last_year, live)
        places = ranks(found, spoilt.truth)
        tally.listed += places is not None
        tally.ranks.append(max(places, default=0) if places is not None else 999)
        tally.outside.append(not all(code.startswith("review.") for code in spoilt.truth))
        tally.alternatives.append(max(map(len, by_cause(found).values()), default=0))
        if mip:
            size, cost = plain_mip(spoilt, last_year, live)
            tally.plain.append(cost)
            if size >= 0:
                tally.larger += least_size(found) > size
                tally.smaller += least_size(found) < size
    return tallies


def sent(forms: int, count: int, live: bool, kinds: list[str]) -> Iterator[slips.Spoilt]:
    for number in range(forms):
        form = editions.load(EDITIONS[number % len(EDITIONS)])
        kind = kinds[number // len(EDITIONS) % len(kinds)]
        for again in range(50):
            seed = SEED + 1000 * number + again
            spoilt = slips.spoil(slips.case(form, seed), kind, count, live, seed)
            if spoilt is not None:
                yield spoilt
                break


# ------------------------------------------------------------------ the table
HEAD = ("slips", "broken", "listed", "first", "top 3", "top 5", "cut", "size≠MIP", "ms", "MIP ms",
        "times")  # fmt: skip


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def line(name: str, tally: Tally) -> list[str]:
    top = [sum(rank < most for rank in tally.ranks) for most in (1, 3, 5)]
    ours = statistics.median(tally.ours) * 1000 if tally.ours else 0.0
    plain = statistics.median(tally.plain) * 1000 if tally.plain else 0.0
    return [
        name, str(tally.broken), share(tally.listed, tally.broken),
        *(share(each, tally.broken) for each in top), str(tally.cut),
        str(tally.larger + tally.smaller) if tally.plain else "–", f"{ours:.2f}",
        f"{plain:.0f}" if plain else "–", f"{plain / ours:.0f}" if plain else "–",
    ]  # fmt: skip


def together(tallies: dict[str, Tally]) -> Tally:
    whole = Tally()
    for tally in tallies.values():
        for name, value in vars(tally).items():
            setattr(whole, name, getattr(whole, name) + value)
    return whole


def show(rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [
        list(HEAD), ["---"] + ["---:"] * (len(HEAD) - 1), *rows])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=210, help="forms for each kind of run")
    parser.add_argument("--no-mip", action="store_true", help="leave the plain program out")
    parser.add_argument("--kinds", action="store_true", help="also a line for each kind of slip")
    parser.add_argument("--check", action="store_true", help="apply every answer and confront it")
    options = parser.parse_args()
    print(f"seed {SEED}, editions {', '.join(EDITIONS)}, {options.forms} forms a run, "
          f"{platform.platform()}, Python {platform.python_version()}")  # fmt: skip
    for live, last_year in ((False, False), (False, True), (True, False), (True, True)):
        rows = []
        for count in (1, 2, 3):
            tallies = run(options.forms, count, live, last_year, not options.no_mip, options.check)
            whole = together(tallies)
            rows.append(line(f"{count}", whole))
            if count == 1:
                inside = [r for r, out in zip(whole.ranks, whole.outside, strict=True) if out]
                print(f"first among {len(inside)} outside review: "
                      f"{share(sum(r == 0 for r in inside), len(inside))}")  # fmt: skip
            if whole.silent or whole.wrong:
                print(f"NO ANSWER {whole.silent}, WRONG {whole.wrong}")
            if options.kinds:
                rows += [line(f"{count} {kind}", tally) for kind, tally in tallies.items()]
        print(f"\n### totals {'live' if live else 'typed'}, "
              f"last year {'known' if last_year else 'unknown'}\n\n{show(rows)}\n")  # fmt: skip


if __name__ == "__main__":
    main()

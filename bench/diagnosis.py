"""How well and how fast slips are found, against a plain mixed-integer program on the same forms.

    python bench/diagnosis.py               210 forms of each kind of run (a minute)
    python bench/diagnosis.py --forms 2000  the full table (about half an hour with the program)
    python bench/diagnosis.py --no-mip      without the program
    python bench/diagnosis.py --write       also put the tables into docs/diagnosis.md

The generator (``slips.py``) knows nothing of the engine; its seed is printed.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.util import find_spec

import numpy as np
import slips
from diagnosis_page import PAGE, put

from gouji import editions
from gouji.diagnosis import Diagnosis, Solution, diagnose
from gouji.diagnosis.answers import SHOWN
from gouji.edits import confront
from gouji.model import Severity, Status, Submission, Value

SEED = 20_250_131
EDITIONS = ("2019", "2021")
#: Totals live or typed, last year known or not.
RUNS = ((False, False), (False, True), (True, False), (True, True))
#: Seconds after which the program's answer to one form is not waited for.
PATIENCE = 10


@dataclass
class Tally:
    """What came of the forms of one line of the table.

    ``silent`` forms got no answer, ``wrong`` answers leave a rule unsatisfied, ``cut`` forms were
    not searched to the end, ``sizes`` differ from the program's optimum.
    """

    broken: int = 0
    silent: int = 0
    wrong: int = 0
    listed: int = 0
    cut: int = 0
    sizes: int = 0
    ranks: list[int] = field(default_factory=list)
    outside: list[bool] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)


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
        options={"time_limit": PATIENCE},
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if result.x is None or result.status != 0:
        return -1, seconds
    moved = np.rint(result.x[:n])
    return int(sum(bool(d) * c for d, c in zip(moved, cost, strict=True))), seconds


# ------------------------------------------------------------------ one form
def by_cause(found: Diagnosis) -> dict[int, list[Solution]]:
    causes: dict[int, list[Solution]] = defaultdict(list)
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


def together_with(found: Diagnosis, answer: Solution) -> dict[str, Value]:
    """An answer with the first one of every cause it does not settle itself."""
    change, settled = dict(answer.change), set(answer.settles)
    for cause, answers in by_cause(found).items():
        own = set.intersection(*(set(each.settles) for each in answers))
        if cause == answer.cause or own <= settled:
            continue
        # A sum over several causes may be settled by chance; the smaller answer is the cause's own.
        first = min(answers, key=lambda s: (len(set(s.settles) & settled), len(s.change)))
        if found.complete or not set(first.settles) & settled:
            change |= first.change
            settled |= set(first.settles)
    return dict(change)


def wrong_answers(spoilt: slips.Spoilt, found: Diagnosis, earlier: Submission | None) -> int:
    """How many answers leave a hard rule unsatisfied when each cause is mended."""
    wrong = 0
    form = spoilt.case.form
    for answer in found.solutions:
        values = {**spoilt.sent.values, **together_with(found, answer)}
        if spoilt.sent.medium == "form":
            values = slips.add_up(form, values)  # type: ignore[arg-type, assignment]
        left = failed(replace(spoilt.sent, values=values), earlier)
        # Cut short, not every cause has an answer; what is settled must be all the same.
        wrong += bool(left if found.complete else left & set(answer.settles))
    return wrong


def failed(sent: Submission, earlier: Submission | None) -> set[str]:
    findings = confront(editions.load(sent.edition), sent, earlier).findings
    return {f.rule for f in findings
            if f.status is Status.FAILED and f.severity is Severity.HARD}  # fmt: skip


def run(forms: int, count: int, live: bool, last_year: bool, mip: bool) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    kinds = [kind for kind in slips.SLIPS if not (live and kind in slips.TYPED_ONLY)]
    for spoilt in sent(forms, count, live, kinds):
        earlier = spoilt.case.earlier if last_year else None
        start = time.perf_counter()
        found = diagnose(spoilt.case.form, spoilt.sent, earlier)
        told = [s.why for group in by_cause(found).values() for s in group[:SHOWN]]
        seconds = time.perf_counter() - start
        if failed(spoilt.sent, earlier):
            assert all(told)
            tally = tallies[spoilt.kind]
            count_one(tally, spoilt, found, earlier)
            tally.ours.append(seconds)
            if mip:
                size, cost = plain_mip(spoilt, last_year, live)
                tally.plain.append(cost)
                tally.sizes += size >= 0 and found.complete and least_size(found) != size
    return tallies


def count_one(
    tally: Tally, spoilt: slips.Spoilt, found: Diagnosis, earlier: Submission | None
) -> None:
    tally.broken += 1
    tally.silent += not found.solutions
    tally.cut += not found.complete
    tally.wrong += wrong_answers(spoilt, found, earlier)
    places = ranks(found, spoilt.truth)
    tally.listed += places is not None
    tally.ranks.append(max(places, default=0) if places is not None else 999)
    tally.outside.append(not all(code.startswith("review.") for code in spoilt.truth))


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
HEAD = ("slips", "forms", "listed", "first", "top 3", "top 5", f"top {SHOWN}", "silent", "wrong",
        "cut", "size ≠ program", "ms", "program ms", "times faster")  # fmt: skip


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def line(name: str, tally: Tally) -> list[str]:
    top = [sum(rank < most for rank in tally.ranks) for most in (1, 3, 5, SHOWN)]
    ours = statistics.median(tally.ours) * 1000 if tally.ours else 0.0
    plain = statistics.median(tally.plain) * 1000 if tally.plain else 0.0
    return [
        name, str(tally.broken), share(tally.listed, tally.broken),
        *(share(each, tally.broken) for each in top), str(tally.silent), str(tally.wrong),
        str(tally.cut), str(tally.sizes) if tally.plain else "–", f"{ours:.2f}",
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


def section(options: argparse.Namespace, live: bool, last_year: bool) -> str:
    rows = []
    note = ""
    for count in (1, 2, 3):
        tallies = run(options.forms, count, live, last_year, not options.no_mip)
        whole = together(tallies)
        rows.append(line(f"**{count}**", whole))
        rows += [line(f"{count} {kind}", tally) for kind, tally in tallies.items()
                 if options.kinds]  # fmt: skip
        if count == 1:
            inside = [r for r, out in zip(whole.ranks, whole.outside, strict=True) if out]
            first = share(sum(rank == 0 for rank in inside), len(inside))
            note = f"First in rank, one slip outside `review`: {first} of {len(inside)}."
    head = (
        f"### Totals {'live' if live else 'typed'}, last year {'known' if last_year else 'unknown'}"
    )
    return f"{head}\n\n{show(rows)}\n\n{note}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=210, help="forms for each kind of run")
    parser.add_argument("--no-mip", action="store_true", help="leave the plain program out")
    parser.add_argument("--kinds", action="store_true", help="also a line for each kind of slip")
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    parser.add_argument("--write", action="store_true", help="put the tables into the docs")
    options = parser.parse_args()
    if not (options.no_mip or find_spec("scipy")):
        parser.error(
            "the plain program needs scipy (pip install 'gouji[solver]'), or give --no-mip"
        )
    machine = f"{platform.system()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    head = f"Seed {SEED}, editions {', '.join(EDITIONS)}, {options.forms} forms a run, {machine}."
    print(head)
    with ProcessPoolExecutor(options.jobs) as pool:
        parts = [head + "\n"]
        for text in pool.map(partial(section, options), *zip(*RUNS, strict=True)):
            parts.append(text)
            print("\n" + text, flush=True)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(put("table", "\n".join(parts), page), encoding="utf-8")


if __name__ == "__main__":
    main()

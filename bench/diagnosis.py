"""How well and how fast slips are found, against a plain mixed-integer program on the same forms.

    python bench/diagnosis.py               140 forms of each kind of run (two minutes)
    python bench/diagnosis.py --forms 2000  the full table (most of an hour)
    python bench/diagnosis.py --no-mip      without the program
    python bench/diagnosis.py --again 200   ask it for missing repairs on the first 200 only
    python bench/diagnosis.py --write       also put the tables into docs/diagnosis.md

Totals typed or live × one, two, three slips; every second form has last year's report beside it.
Results are kept in build/bench, so a run that was broken off goes on where it stopped.
The generator (``slips.py``) knows nothing of the engine; its seed is printed. Times are seconds of
the processor, so that what else the machine does matters little.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import product
from math import prod
from pathlib import Path

import plain_mip
import slips
from diagnosis_page import PAGE, put

from gouji import editions
from gouji.diagnosis import Diagnosis, Solution, diagnose
from gouji.diagnosis.answers import SHOWN
from gouji.diagnosis.facts import facts_of
from gouji.diagnosis.localise import locate
from gouji.edits import confront
from gouji.model import Severity, Status, Submission, Value

SEED = 20_250_131
EDITIONS = ("2019", "2021")
RUNS = [(live, count) for live in (False, True) for count in (1, 2, 3)]
#: Ways to mend a form beyond which they are not handed to the program one by one.
MOST_WAYS = 400
NOT_LISTED = 10**6
#: Ours takes so little that what else the machine does shows: the best of some counts.
BEST_OF = 3
#: Seconds of the processor for each form at most, by slips; shares listed and first at least.
SECONDS = {1: 0.001, 2: 0.005, 3: 0.030}
LISTED = {(False, 1): 0.99, (False, 2): 0.95, (False, 3): 0.90, (True, 1): 0.99}
FIRST = 0.90


@dataclass(frozen=True)
class Result:
    """One broken form.

    ``rank`` is the place of the truth in its list (0 is first, of several causes the worst).
    ``wrong`` answers leave a rule they name unsatisfied, put another out, or do not mend the form
    together with one of each other cause. ``smaller`` tells whether the program needs fewer cells,
    ``larger`` whether it took more for the least, ``missing`` whether it knows a further repair of
    our size; None when it did not come to an end (or was not asked).
    """

    kind: str
    last_year: bool
    outside: bool
    rank: int
    silent: bool
    cut: bool
    answers: int
    wrong: int
    seconds: float
    smaller: bool | None = None
    larger: bool | None = None
    missing: bool | None = None
    plain: float | None = None


# ------------------------------------------------------------------ one form
def by_cause(found: Diagnosis) -> dict[int, list[Solution]]:
    causes: dict[int, list[Solution]] = defaultdict(list)
    for solution in found.solutions:
        causes[solution.cause].append(solution)
    return causes


def rank(found: Diagnosis, truth: slips.Values) -> int:
    """The place of the truth, whole or in parts, in the lists of the causes."""
    covered: set[str] = set()
    places = [0]
    for group in by_cause(found).values():
        right = [(place, set(s.change)) for place, s in enumerate(group)
                 if s.change.items() <= truth.items()]  # fmt: skip
        if not right:
            return NOT_LISTED
        places.append(right[0][0])
        covered |= set().union(*(cells for _, cells in right))
    return max(places) if covered == set(truth) else NOT_LISTED


def failed(sent: Submission, earlier: Submission | None) -> set[str]:
    findings = confront(editions.load(sent.edition), sent, earlier).findings
    return {f.rule for f in findings
            if f.status is Status.FAILED and f.severity is Severity.HARD}  # fmt: skip


def applied(spoilt: slips.Spoilt, change: dict[str, Value]) -> Submission:
    values = {**spoilt.sent.values, **change}
    if spoilt.sent.medium == "form":
        values = slips.add_up(spoilt.case.form, values)  # type: ignore[arg-type, assignment]
    return replace(spoilt.sent, values=values)


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
    """Answers that do not keep what they promise; ``confront`` is the judge."""
    before = failed(spoilt.sent, earlier)
    wrong = 0
    for answer in found.solutions:
        after = failed(applied(spoilt, dict(answer.change)), earlier)
        # A live total below 0 is told of its cell, not of the total.
        totals = {f"E9.{code}" for code in spoilt.case.form.totals}
        alone = not after - totals <= before or after & set(answer.settles)
        left = failed(applied(spoilt, together_with(found, answer)), earlier)
        # Cut short, not every cause has an answer; what is settled must be all the same.
        wrong += bool(alone or (left if found.complete else left & set(answer.settles)))
    return wrong


def against_program(
    spoilt: slips.Spoilt, found: Diagnosis, earlier: Submission | None, live: bool, again: bool
) -> tuple[bool | None, bool | None, bool | None, float]:
    """Whether the program finds fewer cells, or more, or other ones, and its seconds."""
    form = spoilt.case.form
    program = plain_mip.Plain(form, spoilt.sent, earlier, live)
    size, seconds = program.least()
    if size < 0 or not found.complete:
        return None, None, None, seconds
    facts = facts_of(form, spoilt.sent, earlier)
    groups = [group.changes for group in locate(facts, frozenset(), 3000).groups]
    reached = {unknown for changes in groups for change in changes for unknown in change}
    # A cell below 0 that no rule speaks of has to change as well.
    position = facts.outline.position
    alone = [c for c in facts.must if c in program.counted and position[c] not in reached]
    ours = sum(len(changes[0]) for changes in groups) + len(alone)
    if ours != size or not again or prod(map(len, groups)) > MOST_WAYS:
        return size < ours, size > ours, None, seconds
    codes = facts.outline.codes
    known = {frozenset((*alone, *(codes[unknown] for change in way for unknown in change)))
             for way in product(*groups)}  # fmt: skip
    another = program.another(size, known)
    unknown = another == plain_mip.UNFINISHED
    return False, False, None if unknown else another != plain_mip.NONE, seconds


def one(spoilt: slips.Spoilt, live: bool, last_year: bool, mip: bool, again: bool) -> Result | None:
    """A form with slips diagnosed; None when the slips break no rule."""
    earlier = spoilt.case.earlier if last_year else None
    if not failed(spoilt.sent, earlier):
        return None
    seconds = []
    for _ in range(BEST_OF):
        start = time.process_time()
        found = diagnose(spoilt.case.form, spoilt.sent, earlier)
        told = [s.why for group in by_cause(found).values() for s in group[:SHOWN]]
        seconds.append(time.process_time() - start)
    assert all(told)
    result = Result(
        spoilt.kind, last_year, not all(code.startswith("review.") for code in spoilt.truth),
        rank(found, spoilt.truth), not found.solutions, not found.complete, len(found.solutions),
        wrong_answers(spoilt, found, earlier), min(seconds),
    )  # fmt: skip
    if not mip:
        return result
    smaller, larger, missing, plain = against_program(spoilt, found, earlier, live, again)
    return replace(result, smaller=smaller, larger=larger, missing=missing, plain=plain)


def spoilt_form(live: bool, count: int, number: int) -> slips.Spoilt | None:
    """The form of that number with slips of one kind; None where there is no room for so many."""
    kinds = kinds_of(live)
    form = editions.load(EDITIONS[number % len(EDITIONS)])
    kind = kinds[number // len(EDITIONS) % len(kinds)]
    for again in range(50):
        seed = SEED + 1000 * number + again
        spoilt = slips.spoil(slips.case(form, seed), kind, count, live, seed)
        if spoilt is not None:
            return spoilt
    return None


def kinds_of(live: bool) -> list[str]:
    return [kind for kind in slips.SLIPS if not (live and kind in slips.TYPED_ONLY)]


# ------------------------------------------------------------------ all forms
Task = tuple[int, bool, int]  #: number of the form, whether totals are live, how many slips


def carry_out(options: tuple[bool, int], task: Task) -> tuple[Task, Result | None]:
    mip, again = options
    number, live, count = task
    every = len(EDITIONS) * len(kinds_of(live))
    spoilt = spoilt_form(live, count, number)
    if spoilt is None:
        return task, None
    last_year = bool(number // every % 2)
    return task, one(spoilt, live, last_year, mip, number < again)


def measure(options: argparse.Namespace) -> None:
    """Every form that is not measured yet, one after the other in all six kinds of run."""
    kept = results_file()
    known = {tuple(json.loads(line)[0]) for line in _lines(kept)}
    tasks = [task for n in range(options.forms) for live, count in RUNS
             if (task := (n, live, count)) not in known]  # fmt: skip
    kept.parent.mkdir(parents=True, exist_ok=True)
    work = partial(carry_out, (not options.no_mip, options.again))
    with kept.open("a", encoding="utf-8") as file, ProcessPoolExecutor(options.jobs) as pool:
        for done, (task, result) in enumerate(pool.map(work, tasks, chunksize=6), 1):
            file.write(json.dumps([task, asdict(result) if result else None]) + "\n")
            if done % 600 == 0:
                file.flush()
                print(f"{done} of {len(tasks)}", flush=True)


def results_file() -> Path:
    """Where results are kept; another file as soon as the engine or the generator changes."""
    here = Path(__file__).parent
    sources = [*(here.parent / "pysrc" / "gouji" / "diagnosis").glob("*.py"),
               *(here / name for name in ("diagnosis.py", "plain_mip.py", "slips.py"))]  # fmt: skip
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources)))
    return here.parent / "build" / "bench" / f"diagnosis-{state.hexdigest()[:12]}.jsonl"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


# ------------------------------------------------------------------ the table
HEAD = ("slips", "forms", "listed", "first", "top 3", "top 5", "silent", "wrong", "answers", "cut",
        "smaller", "larger", "missing", "unproved", "ms", "program ms", "times faster")  # fmt: skip


def share(results: list[Result], where: Callable[[Result], bool]) -> float:
    return sum(map(where, results)) / len(results) if results else 0.0


def line(name: str, results: list[Result]) -> list[str]:
    top = [share(results, lambda r, most=most: r.rank < most)  # type: ignore[misc]
           for most in (NOT_LISTED, 1, 3, 5)]  # fmt: skip
    ours = statistics.median(r.seconds for r in results) * 1000
    asked = [r.plain for r in results if r.plain is not None]
    plain = statistics.median(asked) * 1000 if asked else 0.0
    counts = [sum(r.silent for r in results), sum(r.wrong for r in results),
              sum(r.answers for r in results), sum(r.cut for r in results)]  # fmt: skip
    program = ["–"] * 4
    if asked:
        program = [str(sum(bool(r.smaller) for r in results)),
                   str(sum(bool(r.larger) for r in results)),
                   str(sum(bool(r.missing) for r in results)),
                   str(sum(r.missing is None for r in results))]  # fmt: skip
    return [
        name, str(len(results)), *(f"{100 * each:.1f}%" for each in top), *map(str, counts),
        *program, f"{ours:.2f}", *([f"{plain:.0f}", f"{plain / ours:.0f}"] if asked else "––"),
    ]  # fmt: skip


def section(live: bool, runs: dict[int, list[Result]]) -> str:
    rows = []
    for count, results in runs.items():
        rows.append(line(f"**{count}**", results))
        for known in ("unknown", "known"):
            some = [r for r in results if r.last_year is (known == "known")]
            rows += [line(f"{count}, last year {known}", some)] if some else []
        kinds = {kind: [r for r in results if r.kind == kind] for kind in slips.SLIPS}
        rows += [line(f"{count} {kind}", some) for kind, some in kinds.items() if some]
    table = [list(HEAD), ["---"] + ["---:"] * (len(HEAD) - 1), *rows]
    text = "\n".join("| " + " | ".join(row) + " |" for row in table)
    return f"### Totals {'live' if live else 'typed'}\n\n{text}\n"


def targets(every: dict[tuple[bool, int], list[Result]]) -> str:
    """What was asked for, what was measured, and whether that is enough."""
    rows = []

    def row(what: str, measured: str, wanted: str, fine: bool) -> None:
        rows.append(f"| {what} | {measured} | {wanted} | {'yes' if fine else '**NO**'} |")

    together = [result for results in every.values() for result in results]
    for name in ("silent", "wrong", "smaller", "missing"):
        n = sum(bool(getattr(result, name)) for result in together)
        row(f"forms of {len(together)}: {name}", str(n), "0", n == 0)
    for (live, count), results in every.items():
        where = f"{'live' if live else 'typed'} totals, {count} slip{'s' * (count > 1)}"
        if least := LISTED.get((live, count)):
            got = share(results, lambda r: r.rank < NOT_LISTED)
            row(f"{where}: true cells listed", f"{100 * got:.2f}%", f"≥ {least:.0%}", got >= least)
        if (live, count) == (False, 1):
            got = share([r for r in results if r.outside], lambda r: r.rank == 0)
            row(f"{where}, outside `review`: first", f"{100 * got:.2f}%", f"≥ {FIRST:.0%}",
                got >= FIRST)  # fmt: skip
        took = statistics.median(r.seconds for r in results)
        row(f"{where}: median ms a form", f"{took * 1000:.2f}", f"≤ {SECONDS[count] * 1000:.0f}",
            took <= SECONDS[count])  # fmt: skip
    return "\n".join(["| what | measured | wanted | met |", "| --- | ---: | ---: | --- |", *rows])


def tables(forms: int) -> str:
    every: dict[tuple[bool, int], list[Result]] = {run: [] for run in RUNS}
    for line_ in _lines(results_file()):
        (number, live, count), result = json.loads(line_)
        if result and number < forms:
            every[live, count].append(Result(**result))
    parts = [section(live, {count: every[live, count] for count in (1, 2, 3)})
             for live in (False, True)]  # fmt: skip
    return "\n\n".join([machine(), targets(every), *parts])


def machine() -> str:
    return (f"Seed {SEED}, editions {', '.join(EDITIONS)}; {platform.system()}, "
            f"{os.cpu_count()} CPUs, Python {platform.python_version()}, "
            f"numpy {version('numpy')}, HiGHS {version('highspy')}.")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forms", type=int, default=140, help="forms for each kind of run")
    parser.add_argument(
        "--again", type=int, default=10**6, help="ask the program for missing repairs on so many"
    )
    parser.add_argument("--no-mip", action="store_true", help="leave the plain program out")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--write", action="store_true", help="put the tables into the docs")
    parser.add_argument("--tables", action="store_true", help="of what was measured, no more")
    options = parser.parse_args()
    print(machine(), flush=True)
    if not options.tables:
        measure(options)
    text = tables(options.forms)
    print(text)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(put("table", text, page), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Filled submissions drawn like real reports: most cells zero, a few busy units, all balanced."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from gouji import editions
from gouji.demo.deal import carried, columns, complete
from gouji.model import Form, Submission
from gouji.template import write_template

YEAR = 2025


def submissions(edition: str, first: int, last: int) -> list[Submission]:
    """Units number ``first`` up to, not including, ``last``; each its own seed."""
    form = editions.load(edition)
    return [_submission(form, number) for number in range(first, last)]


def _submission(form: Form, number: int) -> Submission:
    rng = Random(number)
    values = dict.fromkeys((code for code in form.items if code not in form.totals), 0)
    brought = carried(form)
    groups = columns(form)
    busy = min(int(rng.paretovariate(0.9)) - 1, 400)  # many units nothing, a few very much
    for _ in range(busy):
        column = groups[0] if rng.random() < 0.9 else rng.choice(groups)
        values[rng.choice([code for code in column.origins if code not in brought])] += 1
        values[rng.choice(column.outcomes)] += 1
    paired = {code for column in groups for code in column.codes}
    for code in values:
        if code not in paired and "regulation" not in code and rng.random() < 0.3:
            values[code] = int(rng.paretovariate(0.8))
    return Submission(
        unit=f"测试单位{number:05d}",
        year=YEAR,
        edition=form.id,
        values=complete(form, values),
        level="department",
        code=f"T{number:05d}",
        narrative={section.key: "无" for section in form.sections if not section.table},
    )


def form_with_a_slip(edition: str, path: Path) -> None:
    """A busy unit's form with buttons, one case too many in the first place of every column."""
    form = editions.load(edition)
    right = next(made for made in submissions(edition, 0, 500) if sum(_cases(form, made)) > 50)
    slip = columns(form)[0].origins[0]
    values = complete(form, {
        code: value for code, value in right.values.items() if code not in form.totals
    } | {slip: int(right.values[slip] or 0) + 1})  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(form, path, submission=replace(right, values=values), macros=True)


def _cases(form: Form, made: Submission) -> list[int]:
    return [int(made.values[code] or 0) for code in columns(form)[0].codes]


def key(edition: str) -> str:
    """Changes whenever the written files would, so that old ones are not measured."""
    form = editions.load(edition)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "one.xlsx"
        write_template(form, path, submission=_submission(form, 0))
        return sha256(path.read_bytes()).hexdigest()[:8]


def files(folder: Path, edition: str, count: int) -> list[Path]:
    """``count`` workbooks in ``folder``; those already there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"unit-{number:05d}.xlsx" for number in range(count)]
    todo = [number for number, path in enumerate(paths) if not path.exists()]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(_write, folder, edition), todo, chunksize=20))
    return paths


def _write(folder: Path, edition: str, number: int) -> None:
    form = editions.load(edition)
    write_template(form, folder / f"unit-{number:05d}.xlsx", submission=_submission(form, number))

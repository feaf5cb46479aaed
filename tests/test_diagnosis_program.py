"""The least repairs against a plain mixed-integer program on random reports: none is missing."""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import product
from math import prod
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

import builders
from form_cases import last_year
from gouji.diagnosis.facts import facts_of
from gouji.diagnosis.localise import locate
from gouji.model import Form, Submission
from test_diagnosis_mends import FORMS, report, slip

BENCH = Path(__file__).parent.parent / "bench"
MOST_WAYS = 60
STEPS = 20_000
PATIENCE = 200  #: seconds; a second does, a busy machine takes longer


@pytest.fixture
def plain_mip(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    monkeypatch.delitem(sys.modules, "plain_mip", raising=False)
    return import_module("plain_mip")


def spoilt(form: Form, live: bool, seed: int) -> tuple[Submission, Submission | None]:
    """A report with slips, whole numbers only, and last year's for every second one."""
    rng = Random(seed)
    right = report(form, rng)
    wrong = {code: 0 if value is None else value
             for code, value in slip(form, right, rng, live).items()}  # fmt: skip
    medium = "form" if live else "docx"
    sent = builders.as_submission(form, "甲", wrong, year=form.first_year + 1, medium=medium)
    if seed % 2 or form is FORMS["foreign"]:
        return sent, None
    old = {code: value for code, value in last_year(form, right).items() if value >= 0}
    return sent, builders.as_submission(form, "甲", dict.fromkeys(form.items, 0) | old)


@pytest.mark.parametrize("live", [False, True], ids=["typed", "live"])
@pytest.mark.parametrize("edition", FORMS)
def test_the_program_finds_no_smaller_repair_and_no_other_one(
    edition: str, live: bool, plain_mip: ModuleType
) -> None:
    form = FORMS[edition]
    compared = 0
    for seed in range(12):
        sent, earlier = spoilt(form, live, seed)
        facts = facts_of(form, sent, earlier)
        located = locate(facts, frozenset(), STEPS)
        if located.contradicted:
            continue  # the program would find nothing at all
        program = plain_mip.Plain(form, sent, earlier, live, PATIENCE)
        assert located.complete, seed
        position, codes = facts.outline.position, facts.outline.codes
        groups = [group.changes for group in located.groups]
        reached = {unknown for changes in groups for change in changes for unknown in change}
        # A cell below 0 that no rule speaks of has to change as well.
        alone = [c for c in facts.must if c in program.counted and position[c] not in reached]
        size = sum(len(changes[0]) for changes in groups) + len(alone)
        assert program.least()[0] == size, seed
        if size and prod(map(len, groups)) <= MOST_WAYS:
            known = {frozenset((*alone, *(codes[cell] for change in way for cell in change)))
                     for way in product(*groups)}  # fmt: skip
            assert program.another(size, known) == plain_mip.NONE, seed
            compared += 1
    assert compared > 3

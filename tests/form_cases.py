"""The forms every test of the template goes through, and submissions that are right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders import as_submission, close, leaves
from gouji.editions import load
from gouji.model import Form, Kind, Number, Submission, Value
from gouji.wording import say

FOREIGN = Path(__file__).parent / "editions" / "foia.toml"
FORMS = {"2019": load("2019"), "2021": load("2021"), "foreign": load(FOREIGN)}
CHECK, COVER = say("sheet.check"), say("sheet.cover")
LIGHT = "A2"  # the overall light of the check sheet

#: For hypothesis, which prints the arguments of a failing case.
every_edition = pytest.mark.parametrize("edition", FORMS)
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
Writer = Callable[..., Path]


def last_year(form: Form, values: dict[str, Number]) -> dict[str, Number]:
    """Last-year numbers with which every cross-year rule holds."""
    earlier: dict[str, Number] = {}
    for rule in form.rules:
        for term in rule.terms:
            if term.last_year:
                # X = last_year(Y) + …: what is missing on the right is last year's number.
                known = [t for t in rule.right if not t.last_year]
                left, right = (sum(t.coefficient * values[t.code] for t in side)
                               for side in (rule.left, known))  # fmt: skip
                earlier[term.code] = left - right
    return earlier


def balanced(form: Form, **fields: Any) -> tuple[Submission, dict[str, Number]]:
    typed: dict[str, Number] = {}
    for number, code in enumerate(leaves(form)):
        amount = form.items[code].kind is Kind.AMOUNT
        typed[code] = Decimal(number * 1001).scaleb(-2) if amount else number % 4
    values = close(form, typed)
    for _ in form.rules:  # closing one balance may open another
        values = close(form, {code: values[code] for code in leaves(form)})
    year = form.first_year + 1
    return as_submission(form, "云溪区科学技术局", values, **({"year": year} | fields)), last_year(
        form, values
    )


def broken(form: Form) -> tuple[Submission, dict[str, Number]]:
    """A form with one of each mistake."""
    sent, earlier = balanced(form)
    inputs = leaves(form)
    values: dict[str, Value] = dict(sent.values)
    values |= {inputs[0]: "=1+1", inputs[1]: -3, inputs[2]: None, inputs[3]: "12件",
               inputs[4]: Decimal("2.5")}  # fmt: skip
    totals = list(form.totals)
    values |= {totals[0]: 99, totals[1]: None, totals[-1]: "六"}
    first = next(iter(earlier), None)
    return as_submission(form, "=红桥镇", values, level=""), {first: 7} if first else {}


def is_text(value: Value) -> bool:
    return value is None or isinstance(value, str)

"""Earlier years: kept as published, told by this year's codes, and nothing odd is believed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import builders
import rounds
from gouji import editions
from gouji.actions import LastYear
from gouji.model import Submission
from gouji.round import Round, RoundError
from gouji.round_history import history_file, history_of, keep_years, read_history

OLD, NEW = editions.load("2019"), editions.load("2021")
RECEIVED, SPLIT = "requests.received.total", "requests.result.other.rest.total"
STOCK, WAS_STOCK = "proactive.normative.in_force", "proactive.normative.published_total"


def totals(year: int, **values: Any) -> Submission:
    form = editions.for_year(year)
    assert form is not None
    given = {code.replace("__", "."): value for code, value in values.items()}
    return Submission("云溪区", year, form.id, dict.fromkeys(form.items, 0) | given,
                      file=f"/tmp/{year}.xlsx", sha256="0" * 64)  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Round:
    (tmp_path / "r").mkdir()
    return Round(tmp_path / "r", rounds.YEAR, "云溪区", "district", NEW.id)


def test_five_years_over_two_editions(made: Round) -> None:
    keep_years(made, [totals(2021, requests__received__total=50)])
    old = totals(2020, requests__received__total=40, requests__result__other__total=3,
                 proactive__normative__published_total=9)  # fmt: skip
    keep_years(made, [totals(2023, requests__received__total=60), old])
    known = history_of(made)
    assert list(known) == [2020, 2021, 2023]
    assert [year[RECEIVED] for year in known.values()] == [40, 50, 60]
    assert all(year.keys() == NEW.items.keys() for year in known.values())
    assert known[2020][SPLIT] is None and known[2021][SPLIT] == 0, "one row became three"
    assert known[2020][STOCK] == 9
    assert known[2020]["proactive.fee.amount"] is None


def test_a_year_kept_again_is_replaced_and_last_year_as_read_goes_first(made: Round) -> None:
    keep_years(made, [totals(2024, requests__received__total=1)])
    keep_years(made, [totals(2024, requests__received__total=2)])
    assert history_of(made)[2024][RECEIVED] == 2
    last = totals(2024, requests__received__total=3)
    assert history_of(made, LastYear(last, {}))[2024][RECEIVED] == 3
    assert history_of(made, LastYear(last, {}, whole=False))[2024][RECEIVED] == 2


def test_amounts_stay_exact_and_no_folder_is_kept(made: Round) -> None:
    amount = Decimal("59237.2449")
    keep_years(made, [totals(2024, proactive__fee__amount=amount)])
    assert history_of(made)[2024]["proactive.fee.amount"] == amount
    text = history_file(made).read_text(encoding="utf-8")
    assert "59237.2449" in text and "/tmp" not in text
    before = history_file(made).read_bytes()
    keep_years(made, [])
    assert history_file(made).read_bytes() == before


def test_without_anything_kept_there_is_no_history(made: Round) -> None:
    assert history_of(made) == {} and read_history(made) == ()


def test_what_an_old_file_leaves_out_is_unknown_not_nothing(made: Round) -> None:
    years = [{"unit": "云溪区", "year": 2024, "edition": "2021", "values": {RECEIVED: 7}}]
    history_file(made).write_text(json.dumps({"format": 1, "years": years}), encoding="utf-8")
    known = history_of(made)[2024]
    assert known[RECEIVED] == 7 and known[STOCK] is None


def year(**facts: Any) -> dict[str, Any]:
    return {"unit": "区", "year": 2024, "edition": "2021", "values": {}} | facts


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\x00\xff", b"[]", b"{", b'{"format": 1}', b'{"format": 2, "years": []}',
        b'{"format": 1, "years": {}}', b'{"format": 1, "years": [1]}',
        b'{"format": 1, "years": [], "more": 1}', b'{"format": 1, "format": 1, "years": []}',
        b"[" * 100_000, [year(year=2025)], [year(year=1900)], [year(year=None)],
        [year(year="2024")], [year(year=True)], [year(edition="../2021")], [year(edition="2019")],
        [year(), year()], [year(), year(year=2023)], [year(values={RECEIVED: "=1+1"})],
        [year(values={RECEIVED: True})], [year(values={"no.such.item": 1})],
        [year(values={RECEIVED: [1]})], [year(values=None)], [year(source=["x"])],
        [year(sha256=3)], b'{"format": 1, "years": [{"unit": "a", "year": 2024, '
        b'"edition": "2021", "values": {"requests.received.total": 1e999}}]}',
        b'{"format": 1, "years": [{"unit": "a", "year": 2024, '
        b'"edition": "2021", "values": {"requests.received.total": NaN}}]}',
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_one_line(made: Round, body: Any) -> None:
    data = body if isinstance(body, bytes) else json.dumps({"format": 1, "years": body}).encode()
    history_file(made).write_bytes(data)
    with pytest.raises(RoundError) as problem:
        history_of(made)
    assert history_file(made).name in str(problem.value) and "\n" not in str(problem.value)
    with pytest.raises(RoundError):
        keep_years(made, [totals(2023)])
    assert history_file(made).read_bytes() == data, "what cannot be read is not written over"


def test_random_totals_come_back_as_they_were(made: Round) -> None:
    values = builders.close(NEW, {code: n for n, code in enumerate(builders.leaves(NEW))})
    keep_years(made, [Submission("区", 2024, "2021", values)])
    assert history_of(made)[2024] == values

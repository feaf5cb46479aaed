"""Five hundred damaged and hostile files, the same every time: read alike, told, or refused.

``python bench/fuzz.py --cases 20000 --log FILE`` is the long run of the same cases.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench"
CASES = 500


def test_no_case_breaks_hangs_or_gives_a_wrong_value(tmp_path: Path) -> None:
    log = tmp_path / "cases.jsonl"
    done = subprocess.run(
        [sys.executable, str(BENCH / "fuzz.py"), "--cases", str(CASES), "--log", str(log)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    results = [json.loads(line) for line in log.read_text().splitlines()]
    assert [each["case"] for each in results] == list(range(CASES))
    outcomes = {each["outcome"] for each in results}
    assert {"same", "told", "refused"} <= outcomes, "the cases have lost their teeth"


def test_a_wrong_value_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge finds a number that only the file holds, whichever program wrote the file."""
    monkeypatch.syspath_prepend(str(BENCH))
    from fuzz_judge import disagreements
    from fuzz_seeds import seed

    from gouji.gate import Content
    from gouji.reading import read_content

    for kind in ("xlsx", "xlsx.openpyxl", "xlsx.excel", "xlsm", "ods"):
        read = read_content(Content("表", seed(kind), ""))
        assert disagreements(seed(kind), read) == []
        told = {code for finding in read.structure for code in finding.items}
        code = next(code for code in read.values if code not in told)
        values = {**read.values, code: 987654}
        wrong = disagreements(seed(kind), replace(read, values=values))
        assert len(wrong) == 1, wrong


def test_a_case_is_made_from_its_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import fuzz_seeds

    assert all(fuzz_seeds.case(n) == fuzz_seeds.case(n) for n in range(40))
    assert len({fuzz_seeds.case(n)[2] for n in range(40)}) > 35

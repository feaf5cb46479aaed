"""What is promised in writing names tests and programs that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/reliability.md"])
def test_every_test_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/)?(test_\w+)(?:\.py)?`", text))
    assert len(named) > 8
    assert not sorted(name for name in named if not (ROOT / "tests" / f"{name}.py").is_file())
    programs = set(re.findall(r"bench/\w+\.py", text))
    assert programs
    assert not sorted(each for each in programs if not (ROOT / each).is_file())


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/reliability.md"])
def test_every_line_of_promises_names_what_shows_it(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for table in re.findall(r"\| promise \|.*?(?=\n\n)", text, re.DOTALL):
        for line in table.splitlines()[2:]:
            assert re.search(r"test_\w+|bench/\w+|in each case above", line), line

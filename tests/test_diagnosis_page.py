"""The examples in docs/diagnosis.md are what the program says today."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_examples_of_the_page_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    for name in ("diagnosis_page", "slips"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    page = import_module("diagnosis_page")
    shown = page.PAGE.read_text(encoding="utf-8")
    assert len(page.EXAMPLES) == 20
    assert page.put("examples", page.examples(), shown) == shown, (
        "python bench/diagnosis_page.py writes them anew"
    )

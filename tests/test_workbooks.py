"""The built forms in ``workbook/`` are what the sources build today (``make workbooks``)."""

from __future__ import annotations

import runpy
import zipfile
from pathlib import Path

import pytest

from gouji import editions

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "workbook"


def parts(path: Path) -> dict[str, bytes]:
    """The files inside a workbook; how they are packed may differ from machine to machine."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbook")
    runpy.run_path(str(ROOT / "scripts" / "build_workbooks.py"))["build"](folder)
    return folder


def test_every_edition_has_a_workbook(fresh: Path) -> None:
    names = sorted(path.name for path in fresh.iterdir())
    assert len(names) == len(editions.shipped())
    assert [path.name for path in sorted(BUILT.glob("*.xlsx"))] == names


def test_workbooks_are_current(fresh: Path) -> None:
    for path in fresh.iterdir():
        assert parts(path) == parts(BUILT / path.name), f"{path.name}: run make workbooks"

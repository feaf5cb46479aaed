"""The built forms in ``workbook/`` are what the sources build today (``make workbooks``)."""

from __future__ import annotations

import re
import runpy
import zipfile
from pathlib import Path

import pytest

from gouji import editions
from gouji.console_book import blank_for_libreoffice

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "workbook"
GENERATOR = re.compile(rb"<meta:generator>([^<]*)")


def parts(path: Path) -> dict[str, bytes]:
    """The files inside a workbook; how they are packed may differ from machine to machine."""
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbook")
    runpy.run_path(str(ROOT / "scripts" / "build_workbooks.py"))["build"](folder)
    return folder


@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "ods"])
def test_every_edition_has_a_form(kind: str) -> None:
    for edition in editions.shipped():
        assert (BUILT / f"填报表-{edition}.{kind}").exists()


@pytest.mark.parametrize("kind", ["xlsx", "xlsm"])
def test_workbooks_are_current(fresh: Path, kind: str) -> None:
    built = list(fresh.glob(f"*.{kind}"))
    assert built
    for path in built:
        assert parts(path) == parts(BUILT / path.name), f"{path.name}: run make workbooks"


@pytest.mark.office
def test_ods_workbooks_are_current(fresh: Path) -> None:
    """Byte for byte; another LibreOffice or other fonts give other bytes."""
    built = list(fresh.glob("*.ods"))
    if not built:
        pytest.skip("no LibreOffice (soffice) on this machine")
    lacking = runpy.run_path(str(ROOT / "scripts" / "build_workbooks.py"))["lacking_fonts"]()
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")
    for path in built:
        now, then = (GENERATOR.findall(parts(one)["meta.xml"]) for one in (path, BUILT / path.name))
        if now != then:
            pytest.skip(f"built with {then}, here is {now}")
        assert path.read_bytes() == (BUILT / path.name).read_bytes(), f"{path.name}: make workbooks"


def test_a_round_gets_the_console_that_was_built() -> None:
    assert blank_for_libreoffice() == (BUILT / "控制台.ods").read_bytes(), "run make workbooks"

"""The repository's habits: what runs before a commit is what CI runs, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def test_the_hooks_run_what_make_runs() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(BIN)", ".venv/bin")
    recipes = re.findall(r"^(?:lint|types):.*\n((?:\t.*\n)+)", make, re.MULTILINE)
    asked = {line.strip().removesuffix(" $(SOURCES)") for each in recipes
             for line in each.splitlines()}  # fmt: skip
    config = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"entry: (.+)", config)) == asked
    sources = re.search(r"^SOURCES := (.+)$", make, re.MULTILINE)
    assert sources is not None
    assert f"^({'|'.join(sources[1].split())})/" in config
    assert set(re.findall(r"repo: (.+)", config)) == {"local"}, "nothing is fetched"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_files_named_in_a_page_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for named in re.findall(r"`((?:tests|scripts|docs|macros|pysrc)/[\w./-]+)`", text):
        assert (ROOT / named).exists(), named

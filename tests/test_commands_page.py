"""The command reference is the parser's own, and every example anywhere is a call that parses."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from gouji.cli import build_parser
from gouji.wording import catalogue

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")),
         *sorted((ROOT / "pysrc").rglob("*.md"))]  # fmt: skip
#: What stands for something in a sentence about calls; these are no calls.
PLACEHOLDERS = {"gouji COMMAND --help"}
CALL = re.compile(r"gouji [a-z].*")


def test_the_page_of_commands_is_current() -> None:
    """Mend with ``make commands``."""
    made = runpy.run_path(str(ROOT / "scripts" / "build_commands_page.py"))["page"]()
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == made


def test_every_command_is_on_the_page_in_chinese() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    listed = build_parser().format_help()
    for name in re.findall(r"^    (\w+) ", listed, re.MULTILINE):
        assert f"\n## gouji {name}" in page
    rows = re.findall(r"^\| (`.*?`.*?) \| (?:必填)? ?\| (.*) \|$", page, re.MULTILINE)
    assert len(rows) > 60
    for named, says in rows:
        assert re.search("[\u4e00-\u9fff]", says), named
        assert not re.search(r" [A-Z]", named), f"a word in English: {named}"
        assert "{{" not in says and "}}}" not in says, named


# ---------------------------------------------------------------- examples
def calls(text: str) -> Iterator[str]:
    """Calls in a text: in backticks, or on a line of a block, behind its prompt."""
    for block in re.findall(r"^```\w*[^\n]*\n(.*?)^```", text, re.M | re.S):
        for line in block.splitlines():
            found = re.fullmatch(r"(?:[$>] |例：|　+)?(gouji [a-z].*)", line.strip())
            if found:
                yield found[1]
    outside = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    for code in re.findall(r"`([^`\n]+)`", outside):
        if CALL.fullmatch(code):
            yield code


def from_words(text: str) -> Iterator[str]:
    """Calls in a sentence of the catalogue: from ``gouji`` to the next Chinese mark or line."""
    for line in text.splitlines():
        yield from re.findall(r"(?<!\w)gouji [a-z][^。；，、：（）”\n]*", line)


def arguments(call: str) -> list[str]:
    """The words of a call; what may be left out is written, comments and redirections are not."""
    call = re.split(r"\s+(?:#|>|\|)\s", call)[0]
    call = re.sub(r"[\[\]…{}]", " ", call)
    return shlex.split(call)[1:]


def parses(call: str) -> bool:
    try:
        build_parser().parse_args(arguments(call))
    except SystemExit as stop:
        return stop.code == 0
    return True


def names_only(call: str) -> bool:
    """``gouji check`` as the name of a command, without what it is to work on."""
    words = arguments(call)
    return len(words) <= 2 and all(re.fullmatch("[a-z]+|--[a-z-]+", word) for word in words)


def known(call: str) -> bool:
    words = arguments(call)
    try:
        build_parser().parse_args([words[0], "--help"])
    except SystemExit as stop:
        return stop.code == 0
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_call_on_a_page_parses(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for call in calls(page.read_text(encoding="utf-8")):
        if call not in PLACEHOLDERS:
            good = known(call) if names_only(call) else parses(call)
            assert good, f"{call}: {capsys.readouterr().err}"


def test_every_call_in_help_and_messages_parses(capsys: pytest.CaptureFixture[str]) -> None:
    checked = 0
    for key, text in catalogue().items():
        for call in from_words(text):
            good = known(call) if names_only(call) else parses(call)
            assert good, f"{key}: {call}: {capsys.readouterr().err}"
            checked += 1
    assert checked > 50


def test_a_wrong_call_would_be_seen() -> None:
    text = "`gouji chekc 收件`\n```console\n$ gouji check --last-yaer a.xlsx b.xlsx  # no\n```\n"
    found = list(calls(text))
    assert len(found) == 2 and not any(parses(call) for call in found)

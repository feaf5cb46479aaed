"""The shape of the product: who may import whom, how long a file may be, where Chinese stands."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from gouji.wording import catalogue

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pysrc" / "gouji"
CODE = sorted(PACKAGE.rglob("*.py"))
CHINESE = re.compile(r"[\u3400-\u9fff]")  # words; a lone mark such as 、 says nothing

# Every module stands on exactly one layer; an import points to the same layer or further down.
LAYERS = {
    1: {
        "__init__", "drafting", "file_lock", "formula", "model", "picture", "plain_text",
        "rule_model", "unusable", "wording",
    },
    2: {
        "carry", "coverage", "diagnosis", "domain", "editions", "edits", "exact", "hygiene",
        "messages", "narrative", "own_formula", "rollup", "rollup_entry", "rollup_sums",
        "rollup_versions", "roster", "roster_heirs", "rule_book", "self_test", "soft", "system",
    },
    3: {
        "book_cells", "check_sheet", "checks", "console_book", "cover", "cover_sheet", "desk",
        "documents", "excel", "explanations", "filled", "findings_list", "form_totals", "gate",
        "helper_cells", "layout", "ledger", "live_form", "live_marks", "live_text", "locating",
        "macros", "mail", "matrix", "narrative_sheet", "official_word", "open_data", "page_data",
        "printed", "reading", "recognising", "rectangles", "red_marks", "report_web", "report_word",
        "reporting", "returns", "roster_file", "round", "round_editions", "rule_sheet",
        "rule_sheet_book", "sheet_shape", "sheet_xml", "structure", "styles", "submit_draft",
        "table_sheet", "template", "values_json",
    },
    4: {
        "actions", "collecting", "comparing", "compiling", "console_desk", "console_run",
        "console_typed", "deciding", "demo", "explaining", "form_buttons", "last_year_file",
        "live_book", "open_data_files", "publishing", "report_making", "returning", "round_actions",
        "round_compiling", "round_files", "round_history", "round_last_year", "round_next",
        "round_post", "round_survey", "scrubbing",
    },
    5: {
        "__main__", "buttons", "chain_commands", "cli", "collect_commands", "commands",
        "compare_commands", "console_buttons", "console_lists", "edition_commands", "install",
        "install_commands", "install_windows", "launch", "launch_lock", "open_data_commands",
        "publish_commands", "report_commands", "return_commands", "round_commands",
        "rules_commands", "screen", "scrub_commands", "secret_commands", "sending_commands",
    },
}  # fmt: skip
LAYER_OF = {module: layer for layer, modules in LAYERS.items() for module in modules}
#: A family of modules named after its first word stands where that word says.
FAMILIES = {"district_": 3}
ONLY_BUTTONS = {"xlwings"}


def module_of(path: Path) -> str:
    """The module of layer tables: first part of the path inside the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def layer_of(module: str) -> int | None:
    if module in LAYER_OF:
        return LAYER_OF[module]
    return next((layer for word, layer in FAMILIES.items() if module.startswith(word)), None)


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a file imports at run time, late imports included."""
    for node in _run_time(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            base = node.module or ""
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _run_time(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from _run_time(child)


def test_every_module_has_a_layer() -> None:
    unknown = sorted({module_of(path) for path in CODE if layer_of(module_of(path)) is None})
    assert not unknown, f"say in LAYERS where these stand: {unknown}"


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    here = layer_of(module_of(path))
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] == "gouji" and len(parts) > 1:
            there = layer_of(parts[1] if layer_of(parts[1]) else "__init__")
            assert here is not None and there is not None and there <= here, (
                f"{path.name}:{line} (layer {here}) imports {name} (layer {there})"
            )


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_buttons_know_xlwings(path: Path) -> None:
    if module_of(path) != "buttons":
        assert not [name for _, name in imports(path) if name.split(".")[0] in ONLY_BUTTONS]


def test_the_core_needs_nothing_but_python() -> None:
    """Nouns and formulas are plain Python: no library, no file format."""
    for module in sorted(LAYERS[1]):
        for line, name in imports(PACKAGE / f"{module}.py"):
            known = name.split(".")[0] in sys.stdlib_module_names or name.startswith("gouji.")
            assert known, f"{module}.py:{line} imports {name}"


@pytest.mark.parametrize("path", sorted([*CODE, *ROOT.glob("tests/**/*.py")]), ids=lambda p: p.name)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string literal that is not a docstring."""
    root = tree(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(root)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(root):
        if id(node) not in docstrings and isinstance(node, ast.Constant):
            yield from ((node.lineno, text) for text in [node.value] if isinstance(text, str))


#: Modules whose very subject are Chinese characters: how people write numbers, which fonts to use.
MAY_NAME_CHARACTERS = {"cover", "hygiene", "styles", "roster", "roster_file"}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_chinese_sentences_stand_in_the_catalogue(path: Path) -> None:
    if module_of(path) not in MAY_NAME_CHARACTERS:
        found = [f"{path.name}:{line}: {text}" for line, text in strings(path)
                 if CHINESE.search(text)]  # fmt: skip
        assert not found, "\n".join(found)


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Line and key pattern of every ``say(...)``: an f-string's places become ``*``."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(
            node.func, "id", "")  # fmt: skip
        if name == "say":
            yield from ((node.lineno, key) for key in _patterns(node.args[0]))


def _patterns(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(piece.value) if isinstance(piece, ast.Constant) else "*" for piece in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from _patterns(node.body)
        yield from _patterns(node.orelse)


def fits(pattern: str, key: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".+"), key) is not None


def test_every_key_that_is_said_is_in_the_catalogue() -> None:
    keys = catalogue()
    lost = [
        f"{path.name}:{line}: {pattern}"
        for path in CODE
        for line, pattern in said(path)
        if not any(fits(pattern, key) for key in keys)
    ]
    assert not lost, "\n".join(lost)


def test_every_sentence_of_the_catalogue_is_used() -> None:
    """By a ``say``, or as a literal key in code (tables of keys count)."""
    patterns = {pattern for path in CODE for _, pattern in said(path) if pattern.strip("*.")}
    literals = {text for path in CODE for _, text in strings(path)}
    unused = [
        key
        for key in catalogue()
        if not any(fits(pattern, key) for pattern in patterns) and not _named(key, literals)
    ]
    assert not unused, f"said nowhere: {unused}"


def _named(key: str, literals: set[str]) -> bool:
    """The key itself, or the head it is looked up under (``argparse.…``), stands in the code."""
    return key in literals or any(
        literal.endswith(".") and key.startswith(literal) for literal in literals
    )


def test_declared_editions_have_no_name_in_the_code() -> None:
    """No code knows a table, block or rule of a particular form."""
    from gouji import editions

    for edition in editions.available():
        form = editions.load(edition)
        names = {table.name for table in form.tables} | {rule.name for rule in form.rules}
        for path in CODE:
            if module_of(path) != "demo":
                for line, text in strings(path):
                    assert text not in names, f"{path.name}:{line}: {text}"

"""The VBA project and the buttons, without any office: what is compiled, bound, and where."""

from __future__ import annotations

import re
import runpy
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser
from pyopenvba.apps.excel import ExcelApplication

from conformance import faults
from form_cases import every_form
from gouji.launch import decoded, encoded
from gouji.macros import (
    CONSOLE_BUTTONS,
    FORM_BUTTONS,
    MODULES,
    SIZES,
    Kind,
    code_names,
    compiled,
    vba_texts,
)
from gouji.model import Form
from gouji.template import write_template
from gouji.wording import say
from workbooks import structure

ROOT = Path(__file__).parent.parent
MACROS = ROOT / "macros"
BUTTONS = {"form": FORM_BUTTONS, "console": CONSOLE_BUTTONS}
PROJECTS = [(kind, sheets) for kind in get_args(Kind) for sheets in SIZES[kind]]
SHAPE = "{urn:schemas-microsoft-com:office:excel}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

every_source = pytest.mark.parametrize(
    "source", sorted(MACROS.glob("*.bas")), ids=lambda path: path.name
)


def build_macros() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "scripts" / "build_macros.py"))


def modules(project: bytes) -> dict[str, str]:
    """Module → source as oletools reads it, without the attributes an editor hides."""
    found = {}
    for _, _, name, code in VBA_Parser("vbaProject.bin", data=project).extract_macros():
        lines = [one for one in code.splitlines() if not one.startswith("Attribute ")]
        found[name.rpartition(".")[0]] = "\n".join(lines)
    return found


def subs(source: str) -> set[str]:
    return set(re.findall(r"^Public Sub (\w+)\(\)", source, re.MULTILINE))


@pytest.fixture
def with_buttons(tmp_path: Path) -> Callable[[Form], Path]:
    def write(form: Form) -> Path:
        path = tmp_path / "表 =1.xlsm"
        write_template(form, path, macros=True)
        return path

    return write


# ---------------------------------------------------------------------- the sources
@every_source
def test_vba_is_plain_enough_for_every_office(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert text.isascii()
    assert text.startswith("Option Explicit\n")
    for line in text.splitlines():
        assert not re.match(r"\s*(#|Attribute |VERSION |(Public |Private )?Declare )", line), line
        assert len(line) < 1000


def test_every_module_belongs_to_a_workbook() -> None:
    used = {name for names in MODULES.values() for name in names}
    assert {path.stem for path in MACROS.glob("*.bas")} == used
    assert not [path for path in MACROS.iterdir() if path.suffix != ".bas"]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_button_has_its_macro_and_every_macro_its_button(kind: Kind) -> None:
    source = (MACROS / f"{MODULES[kind][-1]}.bas").read_text(encoding="ascii")
    calls = dict(re.findall(r'Public Sub (\w+)\(\)\n +RunPython "gouji\.buttons\.(\w+)"\n', source))
    assert calls == {button.macro: button.target for button in BUTTONS[kind]}
    assert subs(source) == set(calls)


def test_vba_says_what_the_catalogue_says() -> None:
    assert build_macros()["texts_module"]() == (MACROS / "GoujiTexts.bas").read_text("ascii")
    asked = re.findall(r'GoujiText\("(\w+)"\)', (MACROS / "GoujiRun.bas").read_text("ascii"))
    assert set(asked) == set(vba_texts())


# ---------------------------------------------------------------------- the compiled projects
@pytest.mark.parametrize(("kind", "sheets"), PROJECTS)
def test_projects_hold_just_the_sources(kind: Kind, sheets: int) -> None:
    found = modules(compiled(kind, sheets))
    documents = {"ThisWorkbook", *code_names(sheets)}
    assert set(found) == documents | set(MODULES[kind])
    assert not any(found[name].strip() for name in documents)
    for name in MODULES[kind]:
        assert found[name].strip() == (MACROS / f"{name}.bas").read_text("ascii").strip()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_projects_are_current_and_come_out_the_same(kind: Kind) -> None:
    script = build_macros()
    sheets = SIZES[kind][0]
    again = script["compile_project"](script["sources"](kind), sheets)
    assert again == compiled(kind, sheets), "run make macros"


def test_a_size_never_compiled_is_refused() -> None:
    with pytest.raises(ValueError, match="sheets"):
        compiled("form", SIZES["form"].stop)


@every_form
def test_an_independent_interpreter_runs_the_project(
    form: Form, with_buttons: Callable[[Form], Path]
) -> None:
    """A second reading of the language, stricter than LibreOffice's Basic."""
    office = ExcelApplication.open(with_buttons(form))
    assert office.run("Sentinel") == vba_texts()["title"]
    for text in (r"\\服务器\共享 a\表='&%1.xlsm", "/tmp/a b/~表.xlsm", ""):
        assert office.run("Encoded", text) == encoded(text)
        assert office.run("Decoded", encoded(text)) == text


# ---------------------------------------------------------------------- the workbooks
@every_form
def test_code_names_match_the_project(form: Form, with_buttons: Callable[[Form], Path]) -> None:
    path = with_buttons(form)
    book = structure(path)
    with zipfile.ZipFile(path) as parts:
        found = modules(parts.read("xl/vbaProject.bin"))
        workbook = ET.fromstring(parts.read("xl/workbook.xml"))
        names = [workbook.find(f"{SHEET}workbookPr").get("codeName")]  # type: ignore[union-attr]
    names += [sheet.sheet_properties.codeName for sheet in book]
    assert names == ["ThisWorkbook", *code_names(len(book.sheetnames))]
    assert set(names) == set(found) - set(MODULES["form"])


@every_form
def test_buttons_call_macros_of_their_workbook(
    form: Form, with_buttons: Callable[[Form], Path]
) -> None:
    path = with_buttons(form)
    with zipfile.ZipFile(path) as parts:
        there = set().union(*map(subs, modules(parts.read("xl/vbaProject.bin")).values()))
        drawings = [ET.fromstring(parts.read(name)) for name in parts.namelist()
                    if "vmlDrawing" in name and name.endswith(".vml")]  # fmt: skip
    assert len(drawings) == 1 + len(form.tables)
    for drawing in drawings:
        called = [node.text.removeprefix("[0]!") for node in drawing.iter(f"{SHAPE}FmlaMacro")
                  if node.text]  # fmt: skip
        assert called == [button.macro for button in FORM_BUTTONS]
        assert set(called) <= there
        assert [node.text for node in drawing.iter("font")] == [b.caption for b in FORM_BUTTONS]


@every_form
def test_buttons_are_not_printed(form: Form, with_buttons: Callable[[Form], Path]) -> None:
    path = with_buttons(form)
    book = structure(path)
    sheets = [book[name] for name in (say("sheet.cover"), *(table.sheet for table in form.tables))]
    with zipfile.ZipFile(path) as parts:
        for number, sheet in enumerate(sheets, start=1):
            drawing = ET.fromstring(parts.read(f"xl/drawings/vmlDrawing{number}.vml"))
            area = str(sheet.print_area).rpartition("!")[2].replace("$", "")
            last_column = max(cell.column for row in sheet[area] for cell in row)
            for anchor in drawing.iter(f"{SHAPE}Anchor"):
                assert int((anchor.text or "").split(",")[0]) >= last_column
            assert {node.text for node in drawing.iter(f"{SHAPE}PrintObject")} == {"False"}


@every_form
def test_buttons_hide_no_cell(form: Form, with_buttons: Callable[[Form], Path]) -> None:
    path = with_buttons(form)
    book = structure(path)
    names = [say("sheet.cover"), *(table.sheet for table in form.tables)]
    with zipfile.ZipFile(path) as parts:
        for number, name in enumerate(names, start=1):
            drawing = ET.fromstring(parts.read(f"xl/drawings/vmlDrawing{number}.vml"))
            for anchor in drawing.iter(f"{SHAPE}Anchor"):
                left, _, top, _, right, _, bottom, _ = map(int, (anchor.text or "").split(","))
                under = book[name].iter_rows(top + 1, bottom + 1, left + 1, right + 1)
                assert not [cell.value for row in under for cell in row if cell.value is not None]


@every_form
def test_buttons_change_nothing_else(
    form: Form, with_buttons: Callable[[Form], Path], tmp_path: Path
) -> None:
    plain = tmp_path / "plain.xlsx"
    write_template(form, plain)
    with zipfile.ZipFile(plain) as one, zipfile.ZipFile(with_buttons(form)) as other:
        for name in (name for name in one.namelist() if name.startswith("xl/worksheets/sheet")):
            left, right = (ET.fromstring(book.read(name)) for book in (one, other))
            for part in ("sheetData", "mergeCells", "dataValidations", "sheetProtection"):
                pieces = [tree.find(SHEET + part) for tree in (left, right)]
                assert _text(pieces[0]) == _text(pieces[1]), (name, part)


def _text(node: ET.Element | None) -> str:
    return "" if node is None else ET.tostring(node, encoding="unicode")


@every_form
def test_a_validator_finds_no_error(form: Form, with_buttons: Callable[[Form], Path]) -> None:
    assert not faults(with_buttons(form))


# ---------------------------------------------------------------------- any text as ASCII
@given(st.text())
def test_encoding_is_one_plain_word_and_can_be_undone(text: str) -> None:
    word = encoded(text)
    assert re.fullmatch(r"[A-Za-z0-9._/\\:~-]*", word)
    assert decoded(word) == text


@pytest.mark.parametrize("word", ["~", "~12", "~12G4", "a~", "~D800"])
def test_a_broken_escape_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        decoded(word)

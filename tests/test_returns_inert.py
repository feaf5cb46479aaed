"""What is never copied on: links to other files, embedded objects, queries, web addresses."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conformance import faults
from gouji import editions
from gouji.gate import Reason, Refused
from gouji.layout import layout_of
from gouji.reading import read_file
from gouji.returns.inert import reaches_out
from gouji.returns.marked import Marked, mark_workbook
from gouji.returns.problems import sheet_of
from gouji.template import write_template
from gouji.wording import say
from returned import PROBLEMS, same
from workbook_edits import edit_sheet, rewrite, set_cell, sheet_member

FORM = editions.load("2021")
LAYOUT = layout_of(FORM)
SHEET = next(iter(LAYOUT.tables.values())).sheet
COVER = say("sheet.cover")
BASE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    write_template(FORM, path)
    return path


def add_part(path: Path, owner: str, kind: str, target: str, data: bytes | None) -> str:
    """Relate a part (or, without ``data``, an address outside) to ``owner``; the relation's id."""
    folder, name = owner.rsplit("/", 1)
    links = f"{folder}/_rels/{name}.rels"
    with zipfile.ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    empty = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             b"</Relationships>")  # fmt: skip
    mode = "" if data is not None else ' TargetMode="External"'
    where = f"/{target}" if data is not None else target
    one = f'<Relationship Id="evil1" Type="{BASE}{kind}" Target="{where}"{mode}/>'
    old = members.get(links, empty)
    members[links] = old.replace(b"</Relationships>", one.encode() + b"</Relationships>")
    if data is not None:
        members[target] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return "evil1"


def mark(path: Path) -> Marked:
    result = mark_workbook(path.read_bytes(), [], sheet_of("甲局", 2025, [], None))
    path.write_bytes(result.data)
    return result


def texts(path: Path) -> bytes:
    """Everything in the archive, unpacked, one behind the other."""
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def noted(result: Marked, *keys: str) -> bool:
    return result.notes == tuple(say(f"returns.left_out.{key}") for key in keys)


# ---------------------------------------------------------------------- links
def test_links_to_other_workbooks_leave_their_values(form: Path) -> None:
    set_cell(form, SHEET, "B5", "<f>[1]Sheet1!A1+1</f><v>7</v>")
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    add_part(form, "xl/workbook.xml", "externalLink", "xl/externalLinks/e1.xml", link)
    rewrite(form, {"xl/workbook.xml": lambda data: data.replace(
        b"</sheets>", b'</sheets><externalReferences><externalReference r:id="evil1"/>'
        b"</externalReferences>").replace(
        b"</definedNames>", b'<definedName name="z">[1]S!$A$1</definedName></definedNames>',
    )})  # fmt: skip
    before = read_file(form)
    result = mark(form)
    assert noted(result, "external")
    for word in (b"externalLink", b"externalReference", b"[1]"):
        assert word not in texts(form)
    assert load_workbook(form)[SHEET]["B5"].value == 7
    assert read_file(form).values == before.values
    assert faults(form) == []


@pytest.mark.parametrize("formula", [
    "cmd|'/c calc'!A0", "WEBSERVICE(\"http://x\")", "_xlfn.WEBSERVICE(A1)", "SUM(1,[2]S!A1)",
    "'C:\\[b.xls]S'!A1", "HYPERLINK(\"http://x\",\"点\")", "HYPERLINK(A1)", "rtd(\"a\",,\"b\")",
    "'[3]表 一'!A1", "CALL(\"k\",\"x\",\"J\")", "SUM(T1[a],[1]S!A1)", "[1]!name",
])  # fmt: skip
def test_formulas_that_reach_out(form: Path, formula: str) -> None:
    assert reaches_out(formula)
    inner = formula.replace("&", "&amp;").replace("<", "&lt;")
    set_cell(form, SHEET, "B5", f"<f>{inner}</f><v>3</v>")
    assert noted(mark(form), "external")
    assert load_workbook(form)[SHEET]["B5"].value == 3


@pytest.mark.parametrize("formula", [
    "SUM(A1:B2)", "'三、申请'!$D$6", 'IF(A1="[1]|x","a|b","c")', 'HYPERLINK("#\'校验\'!A1","看")',
    "SUM(Table1[数])", 'A1&"WEBSERVICE("', "MYCALL(A1)", "SUM(T1[a],T1[b])",
])  # fmt: skip
def test_formulas_that_stay(form: Path, formula: str) -> None:
    assert not reaches_out(formula)
    set_cell(form, SHEET, "B5", f"<f>{formula.replace('&', '&amp;')}</f><v>3</v>")
    assert noted(mark(form))
    assert load_workbook(form)[SHEET]["B5"].value == f"={formula}"


def test_our_own_forms_reach_nowhere() -> None:
    for path in (Path(__file__).parent.parent / "workbook").glob("填报表*.xls[xm]"):
        result = mark_workbook(path.read_bytes(), [], sheet_of("甲局", 2025, [], None))
        assert result.notes == () and result.suffix == path.suffix


def test_a_shared_formula_goes_as_a_whole(form: Path) -> None:
    set_cell(form, SHEET, "B5", '<f t="shared" ref="B5:C5" si="0">[1]S!A1</f><v>1</v>')
    set_cell(form, SHEET, "C5", '<f t="shared" si="0"/><v>2</v>')
    mark(form)
    sheet = load_workbook(form)[SHEET]
    assert (sheet["B5"].value, sheet["C5"].value) == (1, 2)


def test_rules_and_validations_that_reach_out_go(form: Path) -> None:
    def change(xml: str) -> str:
        rule = ('<conditionalFormatting sqref="A1"><cfRule type="expression" priority="99">'
                "<formula>[1]S!A1&gt;0</formula></cfRule></conditionalFormatting>")  # fmt: skip
        assert "<dataValidations" in xml
        head, tag, rest = xml.partition("<dataValidations")
        return head + rule + tag + rest.replace(">0</formula1>", ">[1]S!A1</formula1>", 1)

    edit_sheet(form, SHEET, change)
    before = load_workbook(form)[SHEET].data_validations
    assert noted(mark(form), "external")
    after = load_workbook(form)[SHEET].data_validations
    assert len(after.dataValidation) == len(before.dataValidation) - 1
    assert b"[1]" not in texts(form)
    assert faults(form) == []


def test_web_addresses_go_and_mail_addresses_stay(form: Path) -> None:
    book = load_workbook(form)
    book[SHEET]["B5"].hyperlink = "http://example.org/x"
    book[COVER]["B10"].hyperlink = "mailto:a@example.org"
    book.save(form)
    assert noted(mark(form), "address")
    book = load_workbook(form)
    assert book[SHEET]["B5"].hyperlink is None
    assert book[COVER]["B10"].hyperlink.target == "mailto:a@example.org"
    assert book[SHEET]["B5"].value == "http://example.org/x"
    with zipfile.ZipFile(form) as archive:
        links = [archive.read(name) for name in archive.namelist() if name.endswith(".rels")]
    assert b"http://example.org" not in b"".join(links)


# ---------------------------------------------------------------------- objects and queries
@pytest.mark.parametrize(("kind", "element", "note"), [
    ("oleObject", '<oleObjects><oleObject progId="x" shapeId="1" r:id="evil1"/></oleObjects>',
     "embedded"),
    ("control", '<controls><control shapeId="1" r:id="evil1"/></controls>', "embedded"),
    ("queryTable", "", "external"),
    ("pivotTable", "", "other"),
    ("printerSettings", "", ""),
])  # fmt: skip
def test_parts_of_a_sheet_that_are_left_out(form: Path, kind: str, element: str, note: str) -> None:
    add_part(form, sheet_member(form, SHEET), kind, "xl/evil/part1.bin", b"MZ\x00evil")
    edit_sheet(form, SHEET, lambda xml: xml.replace("</worksheet>", f"{element}</worksheet>"))
    before = read_file(form)
    result = mark(form)
    assert noted(result, *filter(None, [note]))
    assert b"evil" not in texts(form)
    assert same(read_file(form), before)
    assert faults(form) == []


@pytest.mark.parametrize(("kind", "note"), [
    ("connections", "external"), ("customXml", ""), ("attachedToolbars", "other"),
    ("vbaProject", "macros"),
])  # fmt: skip
def test_parts_of_the_workbook_that_are_left_out(form: Path, kind: str, note: str) -> None:
    add_part(form, "xl/workbook.xml", kind, "xl/evil1.xml", b"<evil/>")
    assert noted(mark(form), *filter(None, [note]))
    assert b"evil" not in texts(form)


def test_a_macro_sheet_goes_and_the_others_keep_their_names(form: Path) -> None:
    names = {s.title: s.print_area for s in load_workbook(form).worksheets}
    sheet = b'<macrosheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    add_part(form, "xl/workbook.xml", "xlMacrosheet", "xl/macrosheets/s1.xml", sheet)

    def change(data: bytes) -> bytes:
        for number in range(9, -1, -1):  # it stands first: everything counts from one
            data = data.replace(b'localSheetId="%d"' % number, b'localSheetId="%d"' % (number + 1))
        return data.replace(b"<sheets>", b'<sheets><sheet name="m" sheetId="77" r:id="evil1"/>')

    rewrite(form, {"xl/workbook.xml": change})
    assert noted(mark(form), "macros")
    book = load_workbook(form)
    book.remove(book[PROBLEMS])
    assert {s.title: s.print_area for s in book.worksheets} == names
    assert faults(form) == []


def test_macro_names_and_foreign_macros_on_shapes_go(tmp_path: Path) -> None:
    form = tmp_path / "表.xlsm"
    write_template(FORM, form, macros=True)
    rewrite(form, {
        "xl/drawings/vmlDrawing1.vml": lambda data: data.replace(
            b"[0]!Gouji_Check", b"'C:\\evil.xls'!Evil").replace(
            b"<v:fill ", b'<v:fill src="http://evil/x.png" '),
        "xl/workbook.xml": lambda data: data.replace(
            b"</definedNames>", b'<definedName name="_xlnm.Auto_Open">A1</definedName>'
            b'<definedName name="f" function="1" vbProcedure="1">0</definedName></definedNames>'),
    })  # fmt: skip
    result = mark(form)
    assert set(result.notes) == {say("returns.left_out.address")} and result.suffix == ".xlsm"
    everything = texts(form)
    for word in (b"evil", b"Auto_Open", b'name="f"'):
        assert word not in everything
    assert everything.count(b"Gouji_Submit") > everything.count(b"Gouji_Check")


# ---------------------------------------------------------------------- hostile XML and archives
@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/styles.xml", "[sheet]"])
def test_document_types_are_refused(form: Path, member: str) -> None:
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    name = sheet_member(form, SHEET) if member == "[sheet]" else member
    rewrite(form, {name: lambda data: data.replace(b"?>", b"?>" + entity, 1)})
    with pytest.raises(Refused) as caught:
        mark(form)
    assert caught.value.reason is Reason.DANGEROUS_ARCHIVE


@pytest.mark.parametrize(("member", "was", "now"), [
    ("xl/workbook.xml", b"</workbook>", b""),
    ("xl/styles.xml", b"cellXfs", b"cellYfs"),
    ("[sheet]", b' s="', b' s="x'),
    ("xl/workbook.xml", b"spreadsheetml/2006/main", b"strict/main"),
])  # fmt: skip
def test_broken_parts_are_refused(form: Path, member: str, was: bytes, now: bytes) -> None:
    from gouji.model import Severity
    from gouji.returns.marked import Mark

    name = sheet_member(form, SHEET) if member == "[sheet]" else member
    rewrite(form, {name: lambda data: data.replace(was, now)})
    with pytest.raises(Refused):
        mark_workbook(form.read_bytes(), [Mark(SHEET, (4, 1), Severity.HARD, "x")],
                      sheet_of("甲局", 2025, [], None))  # fmt: skip


def test_targets_never_leave_the_package(form: Path) -> None:
    owner = "xl/workbook.xml"
    add_part(form, owner, "theme", "xl/x.xml", b"<a/>")
    rewrite(form, {"xl/_rels/workbook.xml.rels": lambda data: data.replace(
        b'Target="/xl/x.xml"', b'Target="../../../etc/x.xml"')})  # fmt: skip
    mark(form)
    with zipfile.ZipFile(form) as archive:
        assert not [name for name in archive.namelist() if ".." in name or name.startswith("/")]

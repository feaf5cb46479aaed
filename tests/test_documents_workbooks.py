"""Our own form saved in another format reads the same; other workbooks become grids."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from builders import leaves, submission
from districts import rolled
from document_files import WIDTH, boxes, expected, is_whole, merged, read, spans, texts, write_docx
from filled_forms import FORM, LAYOUT, a_total, an_input, busy, each_form, rules_of
from gouji.district_book import write_district_book
from gouji.documents import confined
from gouji.documents.ods import excel_formula
from gouji.documents.own_book import own_book
from gouji.gate import Reason, Refused, take
from gouji.model import Form
from gouji.reading import read_content, read_file
from gouji.structure import deep_differences
from gouji.template import write_template
from gouji.wording import say
from office import Office
from workbook_edits import drop_sheets, set_cell, set_text

FIELDS = ("unit", "year", "edition", "level", "code", "values", "narrative", "typed", "medium")


@pytest.fixture
def form_file(tmp_path: Path) -> Path:
    path = tmp_path / "报送 表=1.xlsx"
    write_template(FORM, path, submission=busy(FORM))
    return path


def xlsx(path: Path, fill: Any) -> Path:
    book = xlsxwriter.Workbook(str(path))
    fill(book)
    book.close()
    return path


# ---------------------------------------------------------------------- our own form
@pytest.mark.office
@each_form
@pytest.mark.parametrize("ending", [".xls", ".ods", ".xlsx"])
def test_our_form_saved_in_another_format(
    form: Form, ending: str, tmp_path: Path, office: Office
) -> None:
    path = tmp_path / "报送.xlsx"
    given = busy(form)
    texts_ = {s.key: "第一行\n第二行 &<>" for s in form.sections if not s.table}
    code = leaves(form)[3]
    values = {**given.values, code: "１２ 件"}
    filled = type(given)(given.unit, given.year, form.id, values, given.level, "007", texts_)
    write_template(form, path, submission=filled)
    before = read_file(path)
    read_ = read_file(office.convert(path, tmp_path / f"存{ending}"))
    for field in FIELDS:
        assert getattr(read_, field) == getattr(before, field), field
    assert {repair.code for repair in read_.repairs} == {repair.code for repair in before.repairs}
    assert not [f for f in read_.structure if f.rule == "T1"]
    told = [note for note in read_.notes if ending in note]
    assert len(told) == (0 if ending == ".xlsx" else 1)
    assert read_.sha256 == take(tmp_path / f"存{ending}").sha256


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_typed_totals_of_another_format(
    form_file: Path, ending: str, tmp_path: Path, office: Office
) -> None:
    code, sheet, cell = a_total(LAYOUT)
    out = tmp_path / f"存{ending}"
    typed = read_file(office.convert(set_cell(form_file, sheet, cell, "<v>987</v>"), out))
    assert typed.values[code] == 987
    assert typed.typed == {code}


@pytest.mark.office
def test_a_stale_total_of_an_xls(
    form_file: Path, tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there is a formula is known, though not which: its result is summed again."""
    code, sheet, cell = a_total(LAYOUT)
    area = LAYOUT.cell(code)
    run = confined.run

    def stale(module: str, data: bytes) -> Any:
        answer = run(module, data)
        (told,) = [each for each in answer["sheets"] if each["name"] == sheet]
        told["rows"][area.row][area.column] = 987.0
        return answer

    monkeypatch.setattr(confined, "run", stale)
    read_ = read_file(office.convert(form_file, tmp_path / "旧.xls"))
    assert read_.values[code] == busy(FORM).values[code]
    (finding,) = read_.structure
    assert (finding.rule, finding.left, finding.cells) == ("T1", 987, (f"{sheet}!{cell}",))
    assert not read_.typed


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_a_formula_in_an_input_cell_and_an_error(
    form_file: Path, ending: str, tmp_path: Path, office: Office
) -> None:
    code, sheet, cell = an_input(LAYOUT)
    other = leaves(FORM)[-1]
    out = tmp_path / f"存{ending}"
    office.edit(
        form_file, {(sheet, cell): "=40+2", (LAYOUT.sheet_of[other], LAYOUT.cell(other).a1):
                    "=1/0"}, save_as=tmp_path / "改.xlsx",
    )  # fmt: skip
    read_ = read_file(office.convert(tmp_path / "改.xlsx", out))
    assert read_.values[code] == 42
    assert read_.values[other] == "#DIV/0!"
    assert {code, other} <= {repair.code for repair in read_.repairs}


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_what_was_altered_is_told_in_other_formats_too(
    form_file: Path, ending: str, tmp_path: Path, office: Office
) -> None:
    label = LAYOUT.tables[FORM.tables[0].name].labels[-1]
    sheet = LAYOUT.tables[FORM.tables[0].name].sheet
    set_text(form_file, sheet, label.area.a1, "自行改的表头")
    read_ = read_file(office.convert(form_file, tmp_path / f"存{ending}"))
    assert rules_of(read_.structure) == ["T2"]
    gone = drop_sheets(form_file, LAYOUT.sheets[2])
    with pytest.raises(Refused) as caught:
        read_file(office.convert(gone, tmp_path / f"缺{ending}"))
    assert caught.value.reason is Reason.SHEETS_MISSING


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_a_district_workbook_in_another_format(ending: str, tmp_path: Path, office: Office) -> None:
    units = [submission(FORM, name, {leaves(FORM)[-1]: n + 3}) for n, name in enumerate("AB")]
    path = tmp_path / "汇总.xlsx"
    write_district_book(rolled(FORM, units), path, form=FORM)
    before = read_file(path)
    read_ = read_file(office.convert(path, tmp_path / f"汇总{ending}"))
    assert dict(read_.values) == dict(before.values)
    assert [child.unit for child in read_.children] == ["A", "B"]


@pytest.mark.parametrize(
    ("formula", "excel"),
    [("of:=SUM([.D6:.I6])", "=SUM(D6:I6)"), ("of:=SUM([.$D$6];[.E7:.E9];1)", "=SUM($D$6,E7:E9,1)"),
     ("of:=IF(COUNT([.D6:.I6])=0;\"a;b[.C1]\";1)", '=IF(COUNT(D6:I6)=0,"a;b[.C1]",1)'),
     ("of:=[$校验.$I$55]", "=校验!$I$55"), ("of:=[$'三、申请'.D6:.E6]*2", "='三、申请'!D6:E6*2"),
     ("of:=[$'a''b.c'.D6]", "='a''b.c'!D6"), ("oooc:=1", "=1")],
)  # fmt: skip
def test_formulas_of_ods_as_excel_writes_them(formula: str, excel: str) -> None:
    assert excel_formula(formula) == excel


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_its_structure_is_not_compared(
    form_file: Path, ending: str, tmp_path: Path, office: Office
) -> None:
    (finding,) = deep_differences(office.convert(form_file, tmp_path / f"存{ending}"), FORM)
    assert finding.message == say("structure.not_compared")


def test_a_document_has_no_structure_of_ours(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "报表.xlsx", fill_report)
    assert deep_differences(path, FORM) == ()
    assert deep_differences(write_docx(tmp_path / "报告.docx"), FORM) == ()


# ---------------------------------------------------------------------- other workbooks
def fill_report(book: Any) -> None:
    sheet = book.add_worksheet("表三")
    for text, row, column, rows, columns in boxes():
        value: Any = int(text) if text.isdigit() else text
        if rows * columns > 1:
            sheet.merge_range(row, column, row + rows - 1, column + columns - 1, value)
        elif text:
            sheet.write(row, column, value)
    sheet.write(12, 2, 59237.2449)
    hidden = book.add_worksheet("参数")
    hidden.write(0, 0, "不给人看")
    hidden.hide()
    book.add_worksheet("空白")


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_another_workbook_becomes_grids(ending: str, tmp_path: Path, office: Office) -> None:
    path = xlsx(tmp_path / "报表.xlsx", fill_report)
    if ending != ".xlsx":
        path = office.convert(path, tmp_path / f"报表{ending}")
    document = read(path.rename(tmp_path / "没有扩展名"))
    (grid,) = document.grids
    assert (document.kind, grid.name) == (ending[1:], "表三")
    assert texts(grid)[:11] == expected(boxes())
    assert spans(grid) == merged(boxes())
    assert is_whole(grid)
    assert grid.rows[12][2].value == Decimal("59237.2449")
    assert (grid.rows[4][3].value, grid.rows[4][3].place) == (3, "表三!D5")
    assert len(grid.rows[0]) == WIDTH


@pytest.mark.office
def test_ods_is_read_as_calamine_reads_it(tmp_path: Path, office: Office) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("数")
        for row, value in enumerate([1, -2.5, 1e-7, 12345678901, 0.1, "  前  后 ", "a\nb", True]):
            sheet.write(row, row % 3, value)

    out = office.convert(xlsx(tmp_path / "数.xlsx", fill), tmp_path / "数.ods")
    book = own_book(take(out))
    assert book is not None
    ours = book.sheet("数").rows
    theirs = CalamineWorkbook.from_path(str(out)).get_sheet_by_name("数")
    for mine, other in zip(ours, theirs.to_python(skip_empty_area=False), strict=True):
        assert [*mine, *[""] * (len(other) - len(mine))] == other


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods"])
def test_hidden_sheets_only_where_nothing_is_shown(
    ending: str, tmp_path: Path, office: Office
) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet("空白")
        sheet = book.add_worksheet("数据")
        sheet.write("B2", "在这里")
        sheet.hide()

    path = xlsx(tmp_path / "隐.xlsx", fill)
    if ending != ".xlsx":
        path = office.convert(path, tmp_path / f"隐{ending}")
    (grid,) = read(path).grids
    assert (grid.name, texts(grid)) == ("数据", [["", ""], ["", "在这里"]])


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "式.xlsx",
        lambda book: book.add_worksheet("式").write_string(0, 0, "=cmd|' /C calc'!A0"),
    )
    assert read(path).grids[0].rows[0][0].value == "=cmd|' /C calc'!A0"


SHEET_XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>
<Row ss:Index="2"><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">头</Data></Cell>
<Cell><Data ss:Type="Number">3.5</Data></Cell></Row>
<Row><Cell ss:Index="3" ss:Formula="=R[-1]C"><Data ss:Type="Number">4</Data></Cell>
<Cell><Data ss:Type="Error">#REF!</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_the_xml_of_excel_2003(tmp_path: Path) -> None:
    path = tmp_path / "表.xls"
    path.write_text(SHEET_XML)
    document = read(path)
    (grid,) = document.grids
    assert texts(grid) == [["", "", "", ""], ["头", "头", "3.5", ""], ["头", "头", "4", "#REF!"]]
    assert spans(grid) == {("头", 2, 2)}
    assert (document.kind, grid.rows[1][2].place) == ("xls", "表!C2")


@pytest.mark.parametrize("far", ["ss:Index='1048576'", "ss:Index='99999999999'"])
def test_a_far_row_of_excel_2003(tmp_path: Path, far: str) -> None:
    path = tmp_path / "表.xls"
    far_cell = SHEET_XML.replace('<Cell ss:Index="3"', '<Cell ss:Index="16000"')
    path.write_text(far_cell.replace('ss:Index="2"', far))
    try:
        read(path)
    except Refused as refused:
        assert refused.reason is Reason.TOO_LARGE
        assert "请" in refused.message


def test_bytes_in_read_like_the_file(form_file: Path) -> None:
    assert read_content(take(form_file), "甲.xlsx").values == read_file(form_file).values
    assert say("documents.resaved", kind=".xls") not in read_file(form_file).notes

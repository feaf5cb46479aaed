"""A worksheet on which two readers would disagree is refused; what programs write is read."""

# ruff: noqa: F811  # a fixture by the name it is imported under
from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from filled_forms import LAYOUT, an_input, book  # noqa: F401
from gouji.gate import Content, Reason, Refused
from gouji.reading import read_content, read_file
from gouji.sheet_shape import judge_sheet
from workbook_edits import edit_sheet, rewrite, set_cell

SAVED = Path(__file__).parent.parent / "pysrc" / "gouji" / "demo" / "data" / "saved"
CODE, SHEET, CELL = an_input(LAYOUT)


def refused(path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_file(path)
    assert caught.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(
    "inner",
    ["<v>1<!-- x -->2</v>", "<v>1<?x y?>2</v>", "<v><![CDATA[1]]>2</v>", "<v>&#49;2</v>",
     "<v>1</v><v>2</v>", "<v>1<y>2</y></v>", "<x:v xmlns:x='urn:x'>8</x:v>",
     "<v>1</v><f>1+1</f><v>2</v>", "<f>1</f><v>1</v><f>2</f>", "<b/><v>1</v>"],
)  # fmt: skip
def test_a_number_that_readers_take_differently(book: Path, inner: str) -> None:
    refused(set_cell(book, SHEET, CELL, inner))


def test_a_text_and_a_value_in_one_cell(book: Path) -> None:
    refused(set_cell(book, SHEET, CELL, "<is><t>1</t></is><v>2</v>", "inlineStr"))


@pytest.mark.parametrize(
    "wrap",
    ["{0}{0}", "<x>{0}</x>", "<row>{0}</row>", "</row></sheetData><sheetData><row>{0}",
     "<c xmlns='urn:x' r='A99'><v>1</v></c>{0}"],
)  # fmt: skip
def test_cells_twice_or_of_another_world(book: Path, wrap: str) -> None:
    cell = re.compile(rf'<c r="{CELL}"[^>]*?(?:/>|>.*?</c>)')
    edit_sheet(book, SHEET, lambda xml: cell.sub(lambda m: wrap.format(m[0]), xml))
    refused(book)


def test_a_sheet_of_another_namespace(book: Path) -> None:
    edit_sheet(book, SHEET, lambda xml: xml.replace("spreadsheetml/2006/main", "urn", 1))
    refused(book)


@pytest.mark.parametrize("count", ["2147483648", "99999999999999999999", "100000"])
def test_room_for_texts_that_are_not_there(book: Path, count: str) -> None:
    """A reader that believes the count ends the process for want of memory."""

    def change(data: bytes) -> bytes:
        return re.sub(rb'uniqueCount="\d+"', f'uniqueCount="{count}"'.encode(), data)

    refused(rewrite(book, {"xl/sharedStrings.xml": change}))


def test_texts_that_stand_elsewhere_than_named(book: Path) -> None:
    refused(rewrite(book, {"xl/_rels/workbook.xml.rels": lambda data: data.replace(
        b"sharedStrings.xml", b"styles.xml")}))  # fmt: skip


def bent(book: Path, member: str, old: bytes, new: bytes) -> Path:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return rewrite(book, {member: change})


def test_an_address_with_a_nought(book: Path) -> None:
    nought = re.sub(r"(\d+)", r"0\1", CELL)
    edit_sheet(book, SHEET, lambda xml: xml.replace(
        f'<c r="{CELL}"', f'<c r="{nought}"><v>9</v></c><c r="{CELL}"'))  # fmt: skip
    refused(book)


def test_another_workbook_in_the_package(book: Path) -> None:
    refused(bent(book, "_rels/.rels", b"xl/workbook.xml", b"xl/other.xml"))


def test_a_sheet_outside_the_package(book: Path) -> None:
    target = b'Target="worksheets/sheet3.xml"'
    bent(book, "xl/_rels/workbook.xml.rels", target, target + b' TargetMode="External"')
    with pytest.raises(Refused):
        read_file(book)


def test_texts_that_break_off(book: Path) -> None:
    refused(bent(book, "xl/sharedStrings.xml", b"</sst>", b"</sst><sst/>"))


def test_a_sheet_that_is_related_twice(book: Path) -> None:
    refused(rewrite(book, {"xl/_rels/workbook.xml.rels": lambda data: data.replace(
        b"</Relationships>", b'<Relationship Id="rId2" Type="x" Target="worksheets/sheet3.xml"/>'
        b"</Relationships>")}))  # fmt: skip


def test_two_sheets_of_one_name(book: Path) -> None:
    refused(rewrite(book, {"xl/workbook.xml": lambda data: data.replace(
        b"</sheets>", f'<sheet name="{SHEET}" sheetId="99" r:id="rId1"/></sheets>'.encode()
    )}))  # fmt: skip


@pytest.mark.parametrize("count", ["0", "-1", "x", "99999999999"])
def test_rows_of_an_ods_repeated_no_times(count: str) -> None:
    data = (SAVED / "YL013.ods").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("content.xml")
    bent = body.replace(
        b"<table:table-row ",
        b'<table:table-row table:number-rows-repeated="%s" ' % count.encode(),
        1,
    )
    with pytest.raises(Refused) as caught:
        read_content(Content("表.ods", _with(data, bent), ""))
    assert caught.value.reason is Reason.DAMAGED


def _with(data: bytes, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, content if info.filename == "content.xml" else old.read(info))
    return out.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [(" xmlns=", " xmlns:x='urn:x' xmlns="), ("<sheetData>", "<!-- --><sheetData><!-- -->"),
     ("<v>", '<v xml:space="preserve">'), ("</row>", "<?x y?></row>"),
     ("</row>", "<extLst><ext uri='x'/></extLst></row>")],
)  # fmt: skip
def test_what_does_no_harm_is_read(book: Path, old: str, new: str) -> None:
    before = read_file(book).values
    edit_sheet(book, SHEET, lambda xml: xml.replace(old, new))
    assert read_file(book).values == before


def test_prefixes_are_read(book: Path) -> None:
    """As some programs write: every element with a prefix of the right namespace."""
    before = read_file(book).values

    def change(xml: str) -> str:
        prefixed = re.sub(r"<(/?)(\w+)(?=[\s/>])", r"<\1x:\2", xml)
        return prefixed.replace("xmlns=", "xmlns:x=", 1)

    edit_sheet(book, SHEET, change)
    assert read_file(book).values == before


def test_the_usual_is_told_without_parsing(
    book: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    load_workbook(book).save(again := tmp_path / "再存.xlsx")
    monkeypatch.setattr("gouji.sheet_shape._Strict", None)
    for path in (book, again):
        edit_sheet(path, SHEET, lambda xml: judge_sheet(xml.encode()) or xml)

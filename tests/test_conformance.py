"""Every workbook we write is free of errors in an OOXML validator independent of XlsxWriter."""

import zipfile
from pathlib import Path

import pytest

import builders
from conformance import faults
from districts import make_book
from gouji import compiling, editions, template
from gouji.roster_file import write_roster

BUILT = sorted((Path(__file__).parent.parent / "workbook").glob("*.xls[xm]"))


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_built_workbooks(path: Path) -> None:
    assert not faults(path)


@pytest.mark.parametrize("edition", editions.shipped())
def test_filled_forms_district_and_roster(tmp_path: Path, edition: str) -> None:
    form = editions.load(edition)
    typed = dict.fromkeys(builders.leaves(form)[::7], 1)
    files = []
    for name in ("教育局", "=1+1", "财政局"):
        sent = builders.submission(form, name, typed, narrative={"1": "<正文> & “引号”\n第二段"})
        files.append(tmp_path / f"{len(files)}.xlsx")
        template.write_template(form, files[-1], submission=sent, earlier={})
        assert not faults(files[-1])
    district = tmp_path / "汇总.xlsx"
    compiling.compile_files(files, output=district, district="某区")
    assert not faults(district)
    assert not faults(make_book(form, tmp_path)[2])
    write_roster(tmp_path / "名录.xlsx", [])
    assert not faults(tmp_path / "名录.xlsx")


def test_the_validator_sees_a_fault(tmp_path: Path) -> None:
    bent = tmp_path / "bent.xlsx"
    with zipfile.ZipFile(BUILT[0]) as source, zipfile.ZipFile(bent, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"<sheetProtection", b"<sheetProtektion", 1))
    assert faults(bent)

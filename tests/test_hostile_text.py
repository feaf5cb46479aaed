"""Text from outside stays text in everything a round writes: judged by other readers.

One round in which names, narrative, explanations, file names, subjects and cells are hostile.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import builders
import intakes
from gouji.actions import gather
from gouji.cli import main
from gouji.collecting import collect
from gouji.ledger.records import archive_folder
from gouji.model import Unit
from gouji.reading import read_file
from gouji.roster_file import write_roster
from gouji.round import Round, write_round
from gouji.round_actions import new_round, planned
from gouji.template import write_template
from published_files import alive, files, whole
from rounds import NEW, YEAR, broken_values, this_year_values
from workbook_edits import rewrite

MARK = "EVIL"
#: What a program downstream might run: formulas, DDE, templates, markup, fields, headers, codes.
HOSTILE = (
    "=HYPERLINK(\"http://evil.example/EVIL\",\"EVIL\")", "+EVIL|'/C calc'!A0", "-1+EVIL",
    "@SUM(EVIL)",
    "=cmd|'/C EVIL'!A0", "{{EVIL}}{% x %}", "<script>EVIL()</script>",
    "{ INCLUDETEXT \"EVIL\" }", "x\r\nBcc: EVIL@evil.example", "&\"EVIL\"&[File]", "${EVIL}",
    "http://evil.example/EVIL", "]]><img src=x onerror=EVIL()>", "\u202eEVIL",
)  # fmt: skip
UNITS = tuple(text.replace("\r\n", " ") for text in HOSTILE[:7])
KINDS = {".xlsx", ".xlsm", ".docx", ".html", ".csv", ".json", ".eml", ".txt"}
ALL = "\n".join(HOSTILE)


def _send(made: Round, number: int, unit: str, broken: bool) -> Path:
    values = broken_values() if broken else this_year_values(number)
    if broken:
        values[next(code for code in builders.leaves(NEW) if values[code] == 0)] = HOSTILE[number]
    sent = builders.as_submission(NEW, unit, values, year=YEAR, level="department", narrative={
        section.key: ALL for section in NEW.sections if not section.table})  # fmt: skip
    path = made.inbox / f"{'=+-@'[number % 4]}EVIL{number}.xlsm"
    write_template(NEW, path, submission=sent, macros=True)
    return rewrite(path, {"xl/vbaProject.bin": lambda data: data + b"OUTSIDE-MACRO"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """A round from roster to a corrected publication; its last state."""
    folder = tmp_path_factory.mktemp("敌")
    roster = folder / "名.xlsx"
    write_roster(roster, [Unit(name, f"=C{n}", "department", aliases=(f"@EVIL{n}",),
                               email=f"u{n}@example.org", contact="=EVIL")
                          for n, name in enumerate(UNITS)])  # fmt: skip
    round_ = new_round(planned(folder / "轮", year=YEAR, district="=EVIL区"), roster)
    office = {"name": "=EVIL办", "contact": "<b>EVIL", "phone": "=EVIL", "email": "o@example.org"}
    round_ = replace(round_, post=replace(round_.post, office=office))
    write_round(round_)
    assert main(["issue", str(round_.folder)]) == 0
    for number, unit in enumerate(UNITS[:-1]):
        _send(round_, number, unit, broken=number % 2 == 1)
    box = intakes.Box().put(intakes.message(
        ("=EVIL.txt", b"EVIL"), sender="e@evil.example", subject="=EVIL <script>",
        sent=intakes.at(9),
    ))  # fmt: skip
    collect(round_, [box], now=intakes.NOW)
    told = [["return", "--today", "2026-01-22"], ["compile"], ["opendata"],
            ["publish", "--incomplete", "--date", "2026-03-20"]]  # fmt: skip
    for command, *options in told:
        assert main([command, str(round_.folder), *options]) in (0, 1)
    _send(round_, 9, UNITS[0], broken=False)
    main(["publish", str(round_.folder), "--incomplete", "--date", "2026-05-08",
          "--reason", f"={MARK}"])  # fmt: skip
    for name in ("报告.docx", "报告.html", "台账.xlsx"):
        command = "ledger" if name == "台账.xlsx" else "report"
        assert main([command, str(round_.folder), "-o", str(round_.output / name)]) in (0, 1)
    yield round_


def written(made: Round) -> list[Path]:
    """Everything but what came in."""
    ours = [path for path in files(made.folder) if made.inbox not in path.parents]
    kept = archive_folder(made)
    return [path for path in ours if kept not in path.parents and path.suffix in KINDS]


def test_every_writer_took_part(made: Round) -> None:
    by_kind = {path.suffix for path in written(made)}
    assert by_kind >= {".xlsx", ".xlsm", ".docx", ".html", ".csv", ".json", ".eml"}, by_kind
    holding = {path.suffix for path in written(made) if MARK.encode() in whole(path)}
    assert holding >= {".xlsx", ".xlsm", ".docx", ".html", ".csv", ".json", ".eml"}, holding


def test_nothing_from_outside_is_alive(made: Round) -> None:
    assert [found for path in written(made) for found in alive(path, MARK)] == []


def test_no_macro_from_outside_is_copied_on(made: Round) -> None:
    assert len(gather([made.inbox])) >= len(UNITS) - 1
    assert any(b"OUTSIDE-MACRO" in whole(path) for path in files(made.inbox))
    assert not [path for path in written(made) if b"OUTSIDE-MACRO" in whole(path)]


def test_what_was_typed_is_what_is_read_back(made: Round) -> None:
    """Nothing was taken out to be safe: the text is all there."""
    book = read_file(made.book)
    assert {child.unit for child in book.children} <= set(UNITS)
    assert len(book.children) >= 3


def test_the_judges_see_what_is_alive(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_formula("A1", '="EVIL"')
    sheet.write_url("A2", "http://evil.example")
    book.close()
    assert len(alive(tmp_path / "a.xlsx", MARK)) == 2
    (tmp_path / "a.csv").write_text("a,=EVIL\n-1,2\n")
    (tmp_path / "a.html").write_text("<p onclick=EVIL()><script>EVIL</script>")
    (tmp_path / "a.eml").write_text("To: a@b.cn\nBcc: EVIL@b.cn\n\nx")
    assert [len(alive(tmp_path / f"a.{kind}", MARK)) for kind in ("csv", "html", "eml")] == [
        1,
        2,
        1,
    ]
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        archive.writestr("word/document.xml", f'<w:p xmlns:w="{space}"><w:instrText>EVIL'
                         "</w:instrText></w:p>")  # fmt: skip
    assert len(alive(tmp_path / "a.docx", MARK)) == 1

"""Contacts stay out of what is published; a scrubbed copy holds numbers and no names."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import builders
import intakes
import rounds
from gouji.cli import main
from gouji.collecting import collect
from gouji.layout import layout_of
from gouji.ledger.records import archive_folder, ledger_file
from gouji.model import Unit
from gouji.roster_file import write_roster
from gouji.round import Round, write_round
from gouji.round_actions import new_round, planned
from gouji.template import write_template
from gouji.wording import say
from published_files import files, whole
from rounds import NEW, YEAR, broken_values, last_year_values, this_year_values
from workbook_edits import set_text

Run = Callable[..., tuple[int, str, str]]
NAMES = ("朱雀区机密一局", "朱雀区机密二局", "朱雀区机密三局")
CONTACTS = ("王联络", "13900001111", "wang.secret@mail.example", "李经办", "liaison@office.example",
            "010-55556666")  # fmt: skip
NARRATIVE = "接到赵某某（身份证110101）的申请"
WORDS = ("私下说的话", "附件标题机密", "机密文件名", "别名机密", "S-CODE-7")
SECRETS = (*NAMES, *CONTACTS, NARRATIVE, "身份证110101", *WORDS, "朱雀区")


def _form(path: Path, unit: str, number: int, year: int = YEAR) -> Path:
    values = this_year_values(number) if year == YEAR else last_year_values(number)
    values[next(code for code in reversed(builders.leaves(NEW)) if values[code] == 0)] = "无"
    if unit == NAMES[1]:
        values = broken_values()
        values[next(code for code in builders.leaves(NEW) if values[code] == 0)] = "私下说的话"
    sent = builders.as_submission(NEW, unit, values, year=year, level="department", narrative={
        section.key: NARRATIVE for section in NEW.sections if not section.table})  # fmt: skip
    path.parent.mkdir(exist_ok=True, parents=True)
    write_template(NEW, path, submission=sent)
    for key, text in (("contact", "王联络"), ("phone", "13900001111"),
                      ("email", "wang.secret@mail.example")):  # fmt: skip
        set_text(path, say("sheet.cover"), layout_of(NEW).cover[key].a1, text)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """A published round full of things nobody else should read."""
    folder = tmp_path_factory.mktemp("密")
    write_roster(folder / "名.xlsx", [
        Unit(name, f"S-CODE-7{n}", "department", aliases=(f"别名机密{n}",), contact="李经办",
             email="wang.secret@mail.example" if n == 0 else f"x{n}.secret@mail.example")
        for n, name in enumerate(NAMES)
    ])  # fmt: skip
    _form(folder / "旧" / "甲.xlsx", NAMES[0], 3, YEAR - 1)
    made = new_round(planned(folder / "轮", year=YEAR, district="朱雀区"), folder / "名.xlsx",
                     folder / "旧", console=False)  # fmt: skip
    office = {"name": "办", "contact": "李经办", "phone": "010-55556666",
              "email": "liaison@office.example"}  # fmt: skip
    made = replace(made, post=replace(made.post, office=office))
    write_round(made)
    for n, unit in enumerate(NAMES[:2]):
        _form(made.inbox / f"机密文件名{n}.xlsx", unit, 3)
    old = _form(made.inbox / "机密文件名（旧）.xlsx", NAMES[0], 9)
    os.utime(old, (1_700_000_000, 1_700_000_000))  # a version that has been replaced
    (made.inbox / "机密文件名.txt").write_text(f"{NARRATIVE}，王联络")
    mail = intakes.message(("机密文件名.xlsx", intakes.form(rounds.SILENT, 2)),
                           sender="wang.secret@mail.example", subject="附件标题机密",
                           sent=intakes.at(9))  # fmt: skip
    collect(made, [intakes.Box().put(mail)], now=intakes.NOW)
    for command in (["compile"], ["opendata"], ["publish", "--incomplete", "--date", "2026-03-20"]):
        assert main([command[0], str(made.folder), *command[1:]]) in (0, 1)
    for name in ("报告.docx", "报告.html"):
        main(["report", str(made.folder), "-o", str(made.output / name)])
    yield made


def test_no_contact_is_in_what_is_published(made: Round) -> None:
    published = [
        *files(made.folder / "公布"),
        *(
            path
            for path in files(made.output)
            if path.suffix in (".docx", ".html", ".csv", ".json")
        ),
    ]
    kinds = {path.suffix for path in published}
    assert kinds >= {".docx", ".html", ".csv", ".json", ".xlsx"}, kinds
    found = [(path.name, secret) for path in published for secret in CONTACTS
             if secret.encode() in whole(path)]  # fmt: skip
    assert found == []
    names = b"".join(whole(path) for path in published)
    assert NAMES[0].encode() in names, "the units themselves are public"


def test_the_ledger_holds_no_narrative(made: Round) -> None:
    with sqlite3.connect(ledger_file(made)) as ledger:
        dump = "\n".join(ledger.iterdump())
    assert NAMES[0] in dump.encode().decode("unicode_escape", "replace") + dump
    texts = (NARRATIVE, NARRATIVE.encode("unicode_escape").decode())
    assert not [text for text in texts if text in dump]
    kept = [path for path in files(archive_folder(made)) if path.suffix in (".json", ".jsonl")]
    assert kept, "the receipts"
    lines = "\n".join(path.read_text(encoding="utf-8") for path in kept)
    assert not [text for text in texts if text in lines]


# ---------------------------------------------------------------------- scrubbed
def scrubbed(run: Run, made: Round, output: Path) -> Path:
    status, out, err = run("scrub", made.folder, "-o", output)
    assert (status, err) == (0, "")
    assert "3 个单位" in out
    return output


def unpacked(data: bytes) -> Iterator[bytes]:
    """Names and bytes of every member, of archives inside too."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            body = archive.read(name)
            yield name.encode()
            yield from unpacked(body) if body.startswith(b"PK") else (body,)


def test_no_secret_is_in_the_copy(run: Run, made: Round, tmp_path: Path) -> None:
    file = scrubbed(run, made, tmp_path / "副本.zip")
    pieces = list(unpacked(file.read_bytes()))
    assert len(pieces) > 20
    for secret in SECRETS:
        for spelled in (secret.encode(), secret.encode("unicode_escape"),
                        secret.encode("gb18030"), secret.encode("utf-16-le")):  # fmt: skip
            assert not [piece for piece in pieces if spelled in piece], secret
    assert not [piece for piece in pieces if b"@" in piece.replace(b'"@"', b"")
                and b"example" in piece]  # fmt: skip


def test_the_copy_compiles_to_the_same_numbers(run: Run, made: Round, tmp_path: Path) -> None:
    file = scrubbed(run, made, tmp_path / "副本.zip")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "副本")
    totals = []
    for folder, let_in in ((made.folder, NAMES[1]), (tmp_path / "副本", "单位002")):
        for options in ([], ["--let-in", let_in]):
            status, out, _ = run("compile", folder, "--json", *options)
            assert status in (0, 1)
            totals.append(json.loads(out))
    for one, other in ((0, 2), (1, 3)):
        assert totals[one]["totals"] == totals[other]["totals"]
        assert any(totals[one]["totals"].values())
    standings = [sorted(unit["status"] for unit in each["units"] if unit["status"] != "superseded")
                 for each in totals]  # fmt: skip
    assert standings[:2] == standings[2:]
    assert "superseded" in {unit["status"] for unit in totals[0]["units"]}


def test_the_same_round_gives_the_same_bytes(run: Run, made: Round, tmp_path: Path) -> None:
    one, two = (scrubbed(run, made, tmp_path / f"{n}.zip") for n in range(2))
    assert one.read_bytes() == two.read_bytes()


def test_only_a_zip_is_written(run: Run, made: Round, tmp_path: Path) -> None:
    status, _, err = run("scrub", made.folder, "-o", tmp_path / "副本.xlsx")
    assert status == 2
    assert ".zip" in err
    assert not list(tmp_path.iterdir())

"""Sound files of every kind that comes in, and the mutations that fit each."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from dataclasses import replace
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import generate
from fuzz_bytes import ARCHIVE, BYTES, Mutation, packed
from fuzz_xml import ODS, SHEET, WORDS, XML

from gouji import editions
from gouji.model import Submission
from gouji.template import write_template

#: An earlier mutation left nothing that this one could open.
_NOTHING_LEFT = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, IndexError,
                 KeyError, OSError, RuntimeError)  # fmt: skip
SAVED = Path(__file__).parent.parent / "pysrc" / "gouji" / "demo" / "data" / "saved"
TEXT = Path(__file__).parent.parent / "tests" / "data" / "seed.txt"
#: Kind → how often, and what is done to it. An .xls is read by a process of its own: few of them.
KINDS: dict[str, tuple[int, tuple[tuple[Mutation, ...], ...]]] = {
    "xlsx": (26, (SHEET, SHEET, SHEET, XML, ARCHIVE, BYTES)),
    "xlsx.openpyxl": (14, (SHEET, SHEET, XML, ARCHIVE)),
    "xlsx.excel": (12, (SHEET, SHEET, XML)),
    "xlsm": (10, (SHEET, SHEET, XML, ARCHIVE)),
    "ods": (14, (ODS, ODS, XML, ARCHIVE, BYTES)),
    "xls": (1, (BYTES,)),
    "docx": (5, (XML, ARCHIVE, BYTES)),
    "html": (4, (WORDS, BYTES)),
    "txt": (4, (WORDS, BYTES)),
    "json": (4, (WORDS, BYTES)),
    "eml": (3, (WORDS, BYTES)),
    "zip": (3, (ARCHIVE, BYTES)),
}


def _submission(number: int, edition: str = "2021") -> Submission:
    form = editions.load(edition)
    sent = next(made for made in generate.submissions(edition, number, number + 90)
                if sum(value != 0 for value in made.values.values()) > 25)  # fmt: skip
    return replace(sent, year=form.first_year)


@cache
def seed(kind: str) -> bytes:
    """The sound file; made once in a process."""
    if kind == "xls":
        return (SAVED / "YL008.xls").read_bytes()
    if kind == "ods":
        return (SAVED / "YL013.ods").read_bytes()
    if kind == "txt":
        return TEXT.read_bytes()
    if kind == "xlsx.excel":
        return (SAVED / "YL030.xlsx").read_bytes()
    if kind in ("xlsx", "xlsm", "xlsx.openpyxl"):
        return _workbook(kind)
    if kind == "json":
        from gouji.values_json import dump

        return json.dumps(dump(_submission(40)), ensure_ascii=False, default=str).encode()
    if kind == "zip":
        return packed([("甲/表.xlsx", seed("xlsx")), ("说明.txt", b"x")])
    return _mail() if kind == "eml" else _report(kind)


def _workbook(kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"表.{kind[:4]}"
        write_template(
            editions.load("2021"), path, submission=_submission(7), macros=kind == "xlsm"
        )
        if kind == "xlsx.openpyxl":
            from openpyxl import load_workbook

            load_workbook(path).save(path)
        return path.read_bytes()


def _report(kind: str) -> bytes:
    from gouji import report_web, report_word
    from gouji.reporting.content import report_of

    sent = _submission(20)
    report = report_of(sent, editions.load(sent.edition))
    if kind == "html":
        return report_web.written(report).data
    return report_word.written(report).data


def _mail() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.cn", "c@d.cn", "报送年报"
    mail["Date"], mail["Message-ID"] = "Mon, 12 Jan 2026 10:00:00 +0800", "<1@b.cn>"
    mail.set_content("请查收")
    mail.add_attachment(seed("xlsx"), "application", "octet-stream", filename="表.xlsx")
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"b{number}")
    return bytes(mail)


def case(number: int) -> tuple[str, list[str], bytes]:
    """Kind, names of the mutations and bytes of one case; the number is the seed."""
    rng = Random(number)
    (kind,) = rng.choices(list(KINDS), [weight for weight, _ in KINDS.values()])
    data, done = seed(kind), []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        mutation = rng.choice(rng.choice(KINDS[kind][1]))
        try:
            data = mutation(data, rng)
        except _NOTHING_LEFT:
            break
        done.append(mutation.__name__)
    return kind, done, data

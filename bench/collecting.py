"""Collecting a Maildir against its bare cost: ``python bench/collecting.py MAILDIR FORMS COUNT``.

Bare is parsing the messages with the standard library and reading their sheets with calamine.
Prints seconds as JSON: bare, the first collection, the second with nothing new. Both collections
include the start of a process of their own.
"""

from __future__ import annotations

import email
import io
import json
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory

import generate

from gouji.model import Unit
from gouji.roster_file import write_roster
from gouji.round_actions import new_round, planned

EDITION = "2021"


def messages(folder: Path, forms: Path, count: int) -> list[Path]:
    """One message a unit with its form attached, in a Maildir."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, form in enumerate(generate.files(forms, EDITION, count)):
        file = folder / "new" / f"{number}.bench"
        if file.exists():
            continue
        mail = EmailMessage()
        mail["From"], mail["Subject"] = f"u{number}@example.org", f"测试单位{number:05d}年报"
        mail["Date"], mail["Message-ID"] = "Mon, 12 Jan 2026 10:00:00 +0800", f"<{number}@bench>"
        mail.set_content("请查收")
        mail.add_attachment(form.read_bytes(), "application", "octet-stream", filename=form.name)
        file.write_bytes(bytes(mail))
    return sorted((folder / "new").iterdir())[:count]


def bare(files: list[Path]) -> float:
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    for file in files:
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        for part in message.iter_attachments():
            book = CalamineWorkbook.from_filelike(io.BytesIO(part.get_payload(decode=True)))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()
    return time.perf_counter() - start


def collect(round_: Path, maildir: Path) -> float:
    command = [sys.executable, "-m", "gouji.cli", "collect", str(round_), "--maildir", str(maildir)]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(maildir: str, forms: str, count: str) -> None:
    files = messages(Path(maildir), Path(forms), int(count))
    units = [Unit(f"测试单位{n:05d}", f"T{n:05d}", "department") for n in range(int(count))]
    with TemporaryDirectory() as folder:
        roster = Path(folder) / "roster.xlsx"
        write_roster(roster, units)
        wanted = planned(Path(folder) / "round", year=generate.YEAR, district="测试区")
        made = new_round(wanted, roster, console=False).folder
        plain = bare(files)
        first, second = (collect(made, Path(maildir)) for _ in range(2))
    print(json.dumps({"bare": plain, "first": first, "second": second}))


if __name__ == "__main__":
    main(*sys.argv[1:])

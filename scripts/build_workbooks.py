"""Build what people open into ``workbook/``: each edition's form, and the coordinator's console.

``填报表-<edition>.xlsx`` has no macros; ``.xlsm`` has buttons, for Excel and WPS; ``.ods`` is the
same with buttons for LibreOffice, which loses them when it saves an .xlsm. The .ods is converted
by LibreOffice; where there is none, it is left out and said so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from gouji import editions
from gouji.console_book import write_console
from gouji.template import write_template
from gouji.wording import say

FOLDER = Path(__file__).parent.parent / "workbook"
IN_PACKAGE = FOLDER.parent / "pysrc" / "gouji" / "blank" / "console.ods"
#: Sheets loaded by several threads come out in a different order each time; and LibreOffice gives
#: a Chinese font's name only to such text as its stand-in can draw.
SURROUNDINGS = {
    "MAX_CONCURRENCY": "1", "FONTCONFIG_FILE": str(Path(__file__).with_name("fonts.conf")),
}  # fmt: skip
#: Stand-ins of the official fonts, and of Calibri, from which column widths follow.
FONTS = ("Carlito", "Noto Sans CJK SC", "Noto Serif CJK SC", "AR PL SungtiL GB")
STAMP = (1980, 1, 1, 0, 0, 0)
OFFICE_SECONDS = 120
#: Parts of an .ods that only tell of the machine it was made on.
DROPPED = ("Thumbnails/", "Configurations2/")
MACHINE = re.compile(rb'(<config:config-item config:name="Printer(?:Name|Setup)"[^>]*>)[^<]*')
ENTRY = re.compile(rb"[ \t]*<manifest:file-entry [^>]*/>\n?")


def build(folder: Path = FOLDER) -> list[Path]:
    """Write blank forms for every edition into ``folder``; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for edition in editions.shipped():
        form = editions.load(edition)
        plain, buttons, ods = (
            folder / f"填报表-{edition}.{kind}" for kind in ("xlsx", "xlsm", "ods")
        )
        write_template(form, plain)
        write_template(form, buttons, macros=True)
        written += [plain, buttons, *_for_libreoffice(buttons, ods)]
    console = folder / say("round.path.console")
    write_console(console)
    return [*written, console, *_for_libreoffice(console, console.with_suffix(".ods"))]


def put_into_package() -> None:
    """Every round on a machine with LibreOffice gets a copy of the blank console from there."""
    IN_PACKAGE.parent.mkdir(exist_ok=True)
    shutil.copyfile((FOLDER / say("round.path.console")).with_suffix(".ods"), IN_PACKAGE)


def _for_libreoffice(buttons: Path, ods: Path) -> list[Path]:
    if not shutil.which("soffice"):
        return []
    write_ods(buttons, ods)
    return [ods]


def lacking_fonts() -> list[str]:
    """Fonts without which an .ods comes out with other widths and font names."""
    if not shutil.which("fc-list"):
        return list(FONTS)
    words = ["fc-list", ":", "family"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return [font for font in FONTS if font not in listed]


def write_ods(source: Path, target: Path) -> None:
    """Convert a workbook with LibreOffice, such that the same source gives the same bytes.

    Raises CalledProcessError or TimeoutExpired when LibreOffice fails, FileNotFoundError when it
    wrote nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        copy = here / "book.xlsm"
        shutil.copy(source, copy)
        profile = f"-env:UserInstallation={here.as_uri()}/profile"
        nothing = subprocess.DEVNULL
        subprocess.run(
            ["soffice", "--headless", "--norestore", profile,
             "--convert-to", "ods:calc8", "--outdir", folder, str(copy)],
            env=os.environ | SURROUNDINGS,
            check=True, timeout=OFFICE_SECONDS, stdout=nothing, stderr=nothing,
        )  # fmt: skip
        with zipfile.ZipFile(copy.with_suffix(".ods")) as made:
            parts = {name: made.read(name) for name in made.namelist()}
    _pack(target, _without_machine(parts))


def _without_machine(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    kept = {name: data for name, data in parts.items() if not name.startswith(DROPPED)}
    kept["settings.xml"] = MACHINE.sub(rb"\1", kept["settings.xml"])
    kept["META-INF/manifest.xml"] = _sorted_entries(kept["META-INF/manifest.xml"])
    return kept


def _sorted_entries(manifest: bytes) -> bytes:
    """The manifest in order of names, the package itself first, without dropped parts."""
    entries = sorted(ENTRY.findall(manifest))
    entries = [one for one in entries if not any(f'"{name}'.encode() in one for name in DROPPED)]
    first = ENTRY.search(manifest)
    assert first, "a package without a manifest"
    head, tail = manifest[: first.start()], ENTRY.sub(b"", manifest[first.start() :])
    return head + b"".join(entries) + tail


def _pack(target: Path, parts: Mapping[str, bytes]) -> None:
    """Write a package: the media type first and bare, as the format wants it, then by name."""
    names = ["mimetype", *sorted(name for name in parts if name != "mimetype")]
    with zipfile.ZipFile(target, "w") as package:
        for name in names:
            member = zipfile.ZipInfo(name, STAMP)
            bare = name == "mimetype"
            member.compress_type = zipfile.ZIP_STORED if bare else zipfile.ZIP_DEFLATED
            package.writestr(member, parts[name])


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)
    if len(sys.argv) == 1:
        put_into_package()
    if not shutil.which("soffice"):
        print("no LibreOffice (soffice) here: the .ods forms were not built", file=sys.stderr)
    elif lacking := lacking_fonts():
        print(f"the .ods forms look different for want of {', '.join(lacking)}", file=sys.stderr)

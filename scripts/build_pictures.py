"""Draw the pictures of the docs from real workbooks: LibreOffice to PDF, poppler to PNG.

make pictures
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from gouji import demo, editions, template

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).with_name("fonts.conf")
_PRINT_AREA = re.compile(rb'<definedName name="_xlnm\.Print_Area"[^>]*>.*?</definedName>', re.S)


def main() -> int:
    """Write ``docs/form.png``: table 三 of a form whose columns do not balance."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "form.xlsx"
        round_ = demo.make_submissions("2019")
        wrong = next(s for s in round_.submissions if "住房和城乡建设局" in s.unit)
        template.write_template(editions.load("2019"), book, submission=wrong)
        picture = render(_with_helpers(book), page=3, resolution=130)
        (ROOT / "docs" / "form.png").write_bytes(picture.read_bytes())
    return 0


def _with_helpers(book: Path) -> Path:
    """The same workbook printing the helper cells too, as the screen shows them."""
    whole = book.with_name("whole.xlsx")
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(whole, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, _PRINT_AREA.sub(b"", data) if name == "xl/workbook.xml" else data)
    return whole


def render(book: Path, page: int, resolution: int) -> Path:
    """One page of a workbook as PNG, its margins cut off."""
    folder = book.parent
    office = [
        "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--convert-to", "pdf", "--outdir", str(folder), str(book),
    ]  # fmt: skip
    env = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    subprocess.run(office, check=True, env=env, stdout=subprocess.DEVNULL)
    pdf = book.with_suffix(".pdf")
    bounds = ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", str(pdf), "-"]
    words = subprocess.run(bounds, check=True, capture_output=True, text=True).stdout
    corners = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', words
    )
    # Everything above the page number, with a little air.
    foot = max(float(bottom) for *_, bottom in corners)
    body = [[float(side) for side in corner] for corner in corners if float(corner[3]) < foot - 30]
    left, top = min(c[0] for c in body) - 14, min(c[1] for c in body) - 10
    right, bottom = max(c[2] for c in body) + 14, max(c[3] for c in body) + 12
    scale = resolution / 72
    crop = [int(side * scale) for side in (left, top, right - left, bottom - top)]
    flags = zip(("-x", "-y", "-W", "-H"), map(str, crop), strict=True)
    picture = folder / "page"
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-r", str(resolution), "-f", str(page), "-l",
         str(page), *(word for flag in flags for word in flag), str(pdf), str(picture)],
        check=True,
    )  # fmt: skip
    return picture.with_suffix(".png")


if __name__ == "__main__":
    sys.exit(main())

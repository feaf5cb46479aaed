"""Draw the pictures of the docs from real workbooks: LibreOffice to PDF, poppler to PNG.

The button is pressed with a real mouse on a virtual screen, as the tests do it.

make pictures
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image

from gouji import demo, editions, template
from gouji.actions import LastYear
from gouji.compiling import Received, compile_read
from gouji.demo.cast import DemoRound
from gouji.launch import encoded
from gouji.model import Submission
from gouji.report_word import written
from gouji.reporting.content import report_of
from gouji.rollup_sums import exact_totals
from gouji.roster import Roster, normalised
from gouji.wording import say

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).with_name("fonts.conf")
_PRINT_AREA = re.compile(rb'<definedName name="_xlnm\.Print_Area"[^>]*>.*?</definedName>', re.S)


def main() -> int:
    """Write ``docs/form.png``, a form whose columns do not balance, ``docs/pressed.png``,
    ``docs/report.png`` and ``docs/district.png``, pages of a report and of a district workbook.
    """
    form = editions.load("2019")
    round_ = demo.make_submissions(form.id)
    wrong = next(s for s in round_.submissions if "住房和城乡建设局" in s.unit)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "form.xlsx"
        template.write_template(form, book, submission=wrong)
        picture = render(_with_helpers(book), page=3, resolution=130)
        (ROOT / "docs" / "form.png").write_bytes(picture.read_bytes())
        buttons = book.with_suffix(".xlsm")
        template.write_template(form, buttons, submission=wrong, macros=True)
        pressed(buttons, form.tables[1].sheet, ROOT / "docs" / "pressed.png")
    report(ROOT / "docs" / "report.png")
    district(ROOT / "docs" / "district.png")
    return 0


def report(picture: Path) -> None:
    """Three pages of the made-up district's annual report, side by side."""
    played = demo.make_submissions("2021")
    form = editions.load(played.edition)
    now, before = (
        Submission(played.district, units[0].year, form.id, exact_totals(form, units))
        for units in (played.submissions, played.last_year)
    )
    words = {key: say(f"demo.narrative.{key}") for key in ("5", "6")}
    made = written(report_of(now, form, earlier=before, narrative=words))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.docx"
        file.write_bytes(made.data)
        pdf = as_pdf(file)
        subprocess.run(["pdftoppm", "-png", "-r", "72", str(pdf), str(pdf.with_suffix(""))],
                       check=True)  # fmt: skip
        found = sorted(Path(folder).glob("report-*.png"))
        side_by_side([Image.open(found[at]).convert("L") for at in (0, 1, 3)], picture)


def side_by_side(pages: list[Image.Image], picture: Path) -> None:
    """Pages of one size on a grey ground."""
    width, height = pages[0].size
    ground = 150 if pages[0].mode == "L" else (150, 150, 150)
    sheet = Image.new(pages[0].mode, (len(pages) * (width + 8) + 8, height + 16), ground)
    for at, page in enumerate(pages):
        sheet.paste(page, (8 + at * (width + 8), 8))
    sheet.save(picture, optimize=True)


def district(picture: Path) -> None:
    """Front page and charts of the made-up district's workbook, side by side."""
    played = demo.make_submissions("2019")
    before = replace(demo_sum(played.last_year, played), children=played.last_year)
    got = Received(tuple(replace(one, sha256=digest(one)) for one in played.submissions))
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "district.xlsx"
        compile_read(
            got, output=book, roster=Roster(played.roster), district=played.district,
            year=played.year, level=played.level,
            last=LastYear(before, {normalised(one.unit): one for one in played.last_year}),
        )  # fmt: skip
        pdf = as_pdf(book)
        found = [page_with(pdf, say(f"district.{key}")) for key in ("figures", "charts_note")]
        pages = [page_picture(pdf, page, 88) for page in found]
        side_by_side([page.quantize(64).convert("RGB") for page in pages], picture)


def demo_sum(units: Sequence[Submission], played: DemoRound) -> Submission:
    """The district of these units."""
    form = editions.load(units[0].edition)
    totals = exact_totals(form, units)
    return Submission(played.district, units[0].year, form.id, totals, level=played.level)


def digest(submission: Submission) -> str:
    """Stands for the file's own, which nobody wrote here."""
    return sha256(submission.file.encode()).hexdigest()


def page_with(pdf: Path, words: str) -> int:
    """Number of the first page that shows the words."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True)
    return next(at for at, page in enumerate(text.stdout.split("\f"), 1) if words[:12] in page)


def page_picture(pdf: Path, page: int, resolution: int) -> Image.Image:
    out = pdf.with_name(f"page-{page}")
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-r", str(resolution), "-f", str(page), "-l", str(page),
         str(pdf), str(out)],
        check=True,
    )  # fmt: skip
    return Image.open(out.with_suffix(".png")).convert("RGB")


def pressed(book: Path, sheet: str, picture: Path) -> None:
    """The screen after a mouse click on 「校验」: marked cells, a note, the message box."""
    sys.path.insert(0, str(ROOT / "tests"))
    from press import Pressing, wait_for
    from xscreen import SIZE, Screen

    screen = Screen()
    office = Pressing(screen.display)
    try:
        office.config.mkdir(parents=True, exist_ok=True)
        recorded = office.config / "python.txt"
        recorded.write_text(encoded(sys.executable) + "\n", encoding="ascii")
        url = office.open(book)
        office.ask("resize", url=url, width=SIZE[0], height=SIZE[1])

        def place() -> Any:
            return office.ask("place", url=url, caption=say("button.check"), sheet=sheet)

        wait_for(lambda: place() == place() and place()[2] > 20)
        x, y, width, height = place()
        screen.click(x + width // 2, y + height // 2)
        if not office.box():
            raise SystemExit(f"no message box came\n{office.log}")
        time.sleep(1)  # until everything is drawn
        screen.picture(picture)
    finally:
        office.close()
        screen.close()


def _with_helpers(book: Path) -> Path:
    """The same workbook printing the helper cells too, as the screen shows them."""
    whole = book.with_name("whole.xlsx")
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(whole, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, _PRINT_AREA.sub(b"", data) if name == "xl/workbook.xml" else data)
    return whole


def as_pdf(file: Path) -> Path:
    """The file as LibreOffice prints it."""
    folder = file.parent
    office = [
        "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--convert-to", "pdf", "--outdir", str(folder), str(file),
    ]  # fmt: skip
    env = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    subprocess.run(office, check=True, env=env, stdout=subprocess.DEVNULL)
    return file.with_suffix(".pdf")


def render(book: Path, page: int, resolution: int) -> Path:
    """One page of a workbook as PNG, its margins cut off."""
    folder, pdf = book.parent, as_pdf(book)
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

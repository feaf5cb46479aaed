"""Draw the picture of the web page for the docs: the demonstration's page in a real Chromium.

make pictures
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from gouji import demo
from gouji.report_making import make, order_of_round
from gouji.round_actions import open_round

ROOT = Path(__file__).resolve().parent.parent
#: Width and height of each window.
DESKTOP, PHONE = (900, 1080), (390, 1080)
BOTH = (
    "<!DOCTYPE html><title>.</title><style>p { margin: 0; padding: 8px; display: inline-flex;"
    " gap: 16px; background: #d9dde2 }</style><p><img src=900.png><img src=390.png></p>"
)


def main() -> int:
    """Write ``docs/page.png``: the demonstration's district, on a desktop and on a phone."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import look, opened

    with tempfile.TemporaryDirectory() as folder, opened() as browser:
        demo.run(Path(folder) / "demo", "2019", lambda line: None)
        order = order_of_round(open_round(Path(folder) / "demo"))
        page = Path(folder) / "page.html"
        make(order, page)
        for (width, height), anchor in ((DESKTOP, "#s3"), (PHONE, "#s1")):
            with look(browser, page, width) as seen:
                seen.page.set_viewport_size({"width": width, "height": height})
                seen.page.goto(page.as_uri() + anchor)
                seen.page.screenshot(path=Path(folder) / f"{width}.png")
        both = Path(folder) / "both.html"
        both.write_text(BOTH, encoding="utf-8")
        with look(browser, both, DESKTOP[0] + PHONE[0] + 60) as seen:
            seen.page.locator("p").screenshot(path=ROOT / "docs" / "page.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Click to result of 「校验」 in a real LibreOffice: ``python bench/clicks.py FORM RUNS``.

Prints the seconds from each press until its message box stands on the screen, as JSON. The form is
opened as the tests open it; the machine needs LibreOffice and its bridge to Python.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from gouji.launch import encoded
from gouji.wording import say
from office import why_missing
from press import Pressing, wait_for


def main(form: str, runs: str) -> None:
    if why_missing():
        print(json.dumps({"missing": why_missing()}))
        return
    office = Pressing()
    try:
        office.config.mkdir(parents=True, exist_ok=True)
        recorded = office.config / "python.txt"
        recorded.write_text(encoded(sys.executable) + "\n", encoding="ascii")
        url = office.open(Path(shutil.copy(form, office.home)))
        seconds = [_press(office, url) for _ in range(int(runs) + 1)]
    finally:
        office.close()
    print(json.dumps({"seconds": seconds[1:]}))  # the first one also loads LibreOffice's Basic


def _press(office: Pressing, url: str) -> float:
    done = office.log.count(": done")
    start = time.perf_counter()
    office.press(url, say("button.check"))
    if not office.box():
        raise SystemExit(f"no message box came\n{office.log}")
    seconds = time.perf_counter() - start
    office.close_box()
    wait_for(lambda: office.log.count(": done") > done)
    return seconds


if __name__ == "__main__":
    main(*sys.argv[1:])

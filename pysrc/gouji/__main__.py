"""``python -m gouji``: the command line, where the folder of scripts is not on PATH."""

from __future__ import annotations

import sys

from gouji.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""The launcher with ``stub_buttons`` behind it: ``python stub_launch.py … REQUEST``."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from gouji import launch


def main() -> int:
    spec = spec_from_file_location(launch.BUTTONS, Path(__file__).with_name("stub_buttons.py"))
    assert spec and spec.loader
    stub = module_from_spec(spec)
    sys.modules[launch.BUTTONS] = stub
    spec.loader.exec_module(stub)
    return launch.main()


if __name__ == "__main__":
    sys.exit(main())

"""``gouji install`` and ``gouji doctor``: what they note, check and advise."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji import install, launch
from gouji.cli import main
from gouji.install import Check, MacroSecurity, macro_security, ready
from gouji.install_windows import ExcelSettings

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand for programs")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of our own, with a settings folder and nothing in it."""
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "设置 =1"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def doctor(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, dict[str, Any]]:
    main([*(str(word) for word in words), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["ready"] is all(c["ok"] is not False for c in told["checks"])
    return {check["check"]: check for check in told["checks"]}


def test_install_notes_this_python_where_macros_look(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = doctor(capsys, "install", home)
    assert launch.recorded_python() == sys.executable
    noted = (launch.config_folder() / "python.txt").read_bytes()
    assert noted.isascii() and noted.count(b"\n") == 1
    assert checks["recorded"]["ok"] and checks["packages"]["ok"] and checks["log"]["ok"]


def test_doctor_changes_nothing_and_names_the_remedy(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = doctor(capsys, "doctor", home)
    assert checks["recorded"]["ok"] is False and "gouji install" in checks["recorded"]["remedy"]
    assert launch.recorded_python() == ""
    assert main(["doctor", str(home)]) == 1
    out = capsys.readouterr().out
    assert "✓" in out and "✗" in out and "办法" in out


@pytest.mark.parametrize("noted", ["/nowhere/python3", "~ZZZZ"])
def test_a_record_that_leads_nowhere(
    home: Path, capsys: pytest.CaptureFixture[str], noted: str
) -> None:
    file = launch.record_python()
    file.write_text(noted + "\n", encoding="ascii")
    assert doctor(capsys, "doctor", home)["recorded"]["ok"] is False


@posix
def test_a_python_without_our_packages_is_found_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = home / "别的 python"
    program.write_text("#!/bin/sh\necho \"ModuleNotFoundError: No module named 'x'\" >&2; exit 1\n")
    program.chmod(0o755)
    launch.record_python(str(program))
    check = doctor(capsys, "doctor", home)["recorded"]
    assert check["ok"] is False and "No module named 'x'" in check["found"]


@posix
def test_a_settings_folder_that_cannot_be_written(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    launch.config_folder().parent.mkdir(parents=True, exist_ok=True)
    launch.config_folder().write_text("a file in the folder's place: root cannot write here either")
    assert doctor(capsys, "doctor", home)["log"]["ok"] is False


# ------------------------------------------------------------------ LibreOffice's settings
def settings(**props: str) -> str:
    items = "".join(
        f'<item oor:path="{install.SCRIPTING}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for name, value in props.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items '
        'xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="MacroSecurityLevel" '
        f'oor:op="fuse"><value>0</value></prop></item>{items}</oor:items>'
    )


def write_settings(text: str) -> None:
    file = install.profile()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def office(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A LibreOffice that only says its version."""
    program = home / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho LibreOffice 7.4.7.2 40m\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(install, "soffice", lambda: program)
    monkeypatch.setattr(install, "_probe", lambda program, statement: "")  # tried above; slow
    return home


@posix
@pytest.mark.parametrize(
    ("props", "ok"),
    [
        ({}, False),  # as shipped: high
        ({"MacroSecurityLevel": "0"}, True),
        ({"MacroSecurityLevel": "1"}, True),
        ({"MacroSecurityLevel": "2"}, False),
        ({"MacroSecurityLevel": "3"}, False),
        ({"MacroSecurityLevel": "1", "DisableMacrosExecution": "true"}, False),
        ({"MacroSecurityLevel": "3", "SecureURL": "<it>HERE</it><it>file:///x</it>"}, True),
        ({"SecureURL": "<it>HERE/</it>"}, True),
        ({"SecureURL": "<it>HERE2</it>"}, False),
        ({"SecureURL": "<it>$(home)/轮次</it>"}, False),
    ],
)
def test_macro_security_decides(
    office: Path, capsys: pytest.CaptureFixture[str], props: dict[str, str], ok: bool
) -> None:
    folder = office / "轮次 a"
    here = escape(folder.as_uri())
    write_settings(settings(**{name: value.replace("HERE", here) for name, value in props.items()}))
    checks = doctor(capsys, "install", folder)
    assert checks["libreoffice"]["ok"] and "7.4.7.2" in checks["libreoffice"]["found"]
    check = checks["libreoffice_macros"]
    assert check["ok"] is ok
    assert (str(folder) in check["remedy"]) is not ok


@posix
@pytest.mark.parametrize("broken", ["", "<a>", "not xml"])
def test_settings_that_cannot_be_read(
    office: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    write_settings(broken)
    assert doctor(capsys, "doctor", office)["libreoffice_macros"]["ok"] is False


def test_settings_of_a_fresh_profile(tmp_path: Path) -> None:
    file = tmp_path / "registrymodifications.xcu"
    file.write_text(settings(), encoding="utf-8")
    assert macro_security(file) == MacroSecurity()


def test_without_any_office(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "soffice", lambda: None)
    checks = doctor(capsys, "install", home)
    assert checks["libreoffice"]["ok"] is False and "LibreOffice" in checks["libreoffice"]["remedy"]
    assert "bridge" not in checks


# ------------------------------------------------------------------ Excel's settings
@pytest.mark.parametrize(
    ("place", "deep", "trusted"),
    [
        ("C:\\Data\\轮次", False, True),
        ("c:/data/轮次/", False, True),
        ("C:\\Data", False, False),
        ("C:\\Data", True, True),
        ("C:\\Data\\轮", True, False),
        ("\\\\server\\share\\", True, False),
    ],
)
def test_trusted_places_of_excel(place: str, deep: bool, trusted: bool) -> None:
    folder = Path("C:\\Data\\轮次")
    assert ExcelSettings("16.0", 3, ((place, deep),)).trusts(folder) is trusted


@pytest.mark.parametrize(("level", "asks"), [(1, True), (2, True), (3, False), (4, False)])
def test_macro_levels_of_excel(level: int, asks: bool) -> None:
    assert ExcelSettings("16.0", level, ()).asks is asks


@given(st.dictionaries(st.sampled_from(
    ["excel", "excel_macros", "excel_place", "libreoffice", "bridge", "libreoffice_macros"]
), st.sampled_from([True, False, None])))  # fmt: skip
def test_one_working_office_is_enough_and_needed(states: dict[str, bool | None]) -> None:
    python = [Check(name, True, "") for name in ("python", "packages", "recorded", "log")]
    checks = [*python, *(Check(name, ok, "") for name, ok in states.items())]
    excel = all(states.get(n) is not False for n in ("excel_macros", "excel_place"))
    libre = all(states.get(n) is not False for n in ("bridge", "libreoffice_macros"))
    works = (states.get("excel") is True and excel) or (states.get("libreoffice") is True and libre)
    assert ready(checks) is works
    assert not ready([*checks, Check("recorded", False, "")])

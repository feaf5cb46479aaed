"""Word 97, WPS, RTF and ODT documents only an office opens: LibreOffice makes a .docx of them.

It runs with a profile of its own in which no macro runs, nothing is fetched and no link is
followed, and is ended when it takes too long.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from gouji.documents.kinds import OLE
from gouji.gate import MAX_FILE, Content, Reason, refusal

SECONDS = 90
_WORD_97 = 0x00C1  #: the version in a document's head from Word 97 on
_PROFILE = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
)
#: A proxy that is not there: what an office still tries to fetch ends at once.
_NOWHERE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


def as_docx(content: Content) -> Content:
    """The same document as a ``.docx``.

    Raises Refused (no_office, encrypted, damaged, too_large).
    """
    program = office_program()
    if program is None:
        raise refusal(Reason.NO_OFFICE)
    with tempfile.TemporaryDirectory(prefix="gouji-", ignore_cleanup_errors=True) as folder:
        made = _converted(program, Path(folder), content.data)
    return Content(content.name, made, hashlib.sha256(made).hexdigest())


def office_program() -> Path | None:
    """LibreOffice on the path or where its installers put it."""
    # On Windows soffice.exe returns before the work is done, soffice.com does not.
    names = ("soffice.com", "soffice") if sys.platform == "win32" else ("soffice",)
    if found := next(filter(None, map(shutil.which, names)), None):
        return Path(found)
    roots = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)")]
    places = [Path(root) / "LibreOffice" / "program" / "soffice.com" for root in roots if root]
    places.append(Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"))
    places += sorted(Path("/opt").glob("libreoffice*/program/soffice"), reverse=True)
    return next((place for place in places if place.is_file()), None)


def _filter(data: bytes) -> str:
    """LibreOffice's name of the format: told, so that nothing is opened as plain text.

    Raises Refused (encrypted, damaged).
    """
    if data.startswith(OLE):
        return _of_word(data)
    if data.startswith(b"PK"):
        return "writer8"
    return "Rich Text Format" if data.lstrip().startswith(b"{\\rtf") else "MS Word 2003 XML"


def _of_word(data: bytes) -> str:
    """The format of a document of Word's own binary kind, by the head of its main stream."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            head = file.openstream("WordDocument").read(12)
        version, flags = struct.unpack_from("<2xH7xB", head)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        raise refusal(Reason.DAMAGED) from error
    if flags & 1:  # fEncrypted
        raise refusal(Reason.ENCRYPTED)
    return "MS Word 97" if version >= _WORD_97 else "MS Word 95"


def _converted(program: Path, folder: Path, data: bytes) -> bytes:
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    out.mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
    given = folder / "document"
    given.write_bytes(data)
    _run(
        [
            str(program), f"-env:UserInstallation={profile.as_uri()}", "--headless",
            "--norestore", "--nologo", "--nodefault", "--nolockcheck",
            f"--infilter={_filter(data)}", "--convert-to", "docx:MS Word 2007 XML",
            "--outdir", str(out), str(given),
        ]
    )  # fmt: skip
    made = out / "document.docx"
    if not made.is_file() or not made.stat().st_size:
        raise refusal(Reason.DAMAGED)
    if made.stat().st_size > MAX_FILE:
        raise refusal(Reason.TOO_LARGE, "document")
    return made.read_bytes()


def _settings() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _PROFILE
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items '
        f'xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    )


def _run(command: list[str]) -> None:
    """Run to the end, or end it and all it started. Raises Refused (too_large)."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **_NOWHERE}, start_new_session=sys.platform != "win32",
    )  # fmt: skip
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise refusal(Reason.TOO_LARGE, "document") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The launcher may be gone while its child still works: the whole group is ended."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)

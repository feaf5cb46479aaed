"""A screen without a monitor: Xvfb, a mouse (xdotool), and pictures of what is on it."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

SIZE = (1500, 900)
PROGRAMS = ("Xvfb", "xdotool")


def why_missing() -> str:
    """Why there can be no such screen; empty when there can."""
    lacking = [name for name in PROGRAMS if not shutil.which(name)]
    return f"not on this machine: {', '.join(lacking)}" if lacking else ""


class Screen:
    """A running Xvfb; ``close`` ends it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gouji-screen-"))
        width, height = SIZE
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-fbdir", str(self._folder)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._server.stdout
        self.display = f":{self._server.stdout.readline().strip()}"

    def click(self, x: int, y: int) -> None:
        """Move the mouse there and press its left button."""
        words = ["xdotool", "mousemove", str(x), str(y), "sleep", "0.3", "click", "1"]
        subprocess.run(words, env=os.environ | {"DISPLAY": self.display}, check=True)

    def picture(self, path: Path) -> Path:
        """Save what is on the screen as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_png((self._folder / "Xvfb_screen0").read_bytes()))
        return path

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(timeout=20)
        shutil.rmtree(self._folder, ignore_errors=True)


def _png(dump: bytes) -> bytes:
    """PNG of an XWD dump of 32 bits a pixel, blue first, as Xvfb keeps its screen in a file."""
    header = struct.unpack(">25I", dump[:100])
    size, width, height, line, colours = (header[at] for at in (0, 4, 5, 12, 19))
    pixels = dump[size + colours * 12 :]
    rows = bytearray()
    for row in range(height):
        blue_first = pixels[row * line : row * line + width * 4]
        rgb = bytearray(width * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = blue_first[2::4], blue_first[1::4], blue_first[0::4]
        rows += b"\0" + rgb
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

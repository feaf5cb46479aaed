"""An archive's directory is bounded before it is read, wherever its size is claimed."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from gouji.gate import Content, Reason, Refused, open_archive
from gouji.mail import unpack


def many_members(count: int, archive: zipfile.ZipFile) -> bytes:
    """As many heads of a directory, all of the archive's first member."""
    info = archive.infolist()[0]
    head = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, info.CRC,
                       info.compress_size, info.file_size, len(info.filename), 0, 0, 0, 0, 0,
                       info.header_offset)  # fmt: skip
    return (head + info.filename.encode()) * count


@pytest.mark.parametrize("told", ["plainly", "zip64", "zip64 behind a small claim"])
def test_a_large_directory_is_never_read(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million names in a small file would fill the memory before anyone could count them."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
        body = many_members(60_000, archive)
    start = 30 + len("xl/workbook.xml")
    data = whole.getvalue()[:start] + body
    size = len(body) if told == "plainly" else 0xFFFFFFFF if told == "zip64" else 61
    if told != "plainly":
        data += struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 60_000, 60_000,
                            len(body), start)  # fmt: skip
        data += struct.pack("<4sLQL", b"PK\x06\x07", 0, start + len(body), 1)
    data += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, size, start, 0)

    def believed(*_: object) -> None:
        raise AssertionError("the directory was read before it was judged")

    monkeypatch.setattr(zipfile.ZipInfo, "__init__", believed)
    with pytest.raises(Refused) as caught:
        open_archive(Content("多.xlsx", data, ""))
    assert caught.value.reason is Reason.DANGEROUS_ARCHIVE
    (leaf,) = unpack.leaves("多.zip", data)  # and as a packed folder that came by mail
    assert leaf.refused is not None
    assert leaf.refused.reason is Reason.DANGEROUS_ARCHIVE

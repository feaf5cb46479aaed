"""What happens to a file on its way, and what an enemy does to an archive: bytes and ZIP members.

Every mutation takes bytes and a ``Random`` and gives bytes; the same seed gives the same file.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]
#: Member name → its bytes, in order; a name may stand twice.
Members = list[tuple[str, bytes]]
NAMES = ("../../etc/x.xml", "/abs/x.xml", "xl\\workbook.xml", "C:\\x.xml", "\u202excod.xlsx",
         "a\x01\x07b.xml", "=cmd|' /C calc'!A0", "x" * 3000, "", ".", "con.txt", "..",
         "_rels/.rels/x", "\ud800\udfff.xml")  # fmt: skip


def _place(data: bytes, rng: Random) -> int:
    return rng.randrange(max(len(data), 1))


def flip(data: bytes, rng: Random) -> bytes:
    body = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        body[_place(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(body)


def truncate(data: bytes, rng: Random) -> bytes:
    return data[: _place(data, rng)]


def behead(data: bytes, rng: Random) -> bytes:
    return data[rng.choice((1, 4, 30, 512)) :]


def cut(data: bytes, rng: Random) -> bytes:
    at = _place(data, rng)
    return data[:at] + data[at + rng.choice((1, 7, 300, 5000)) :]


def double(data: bytes, rng: Random) -> bytes:
    at, size = _place(data, rng), rng.choice((1, 16, 700, 9000))
    return data[: at + size] + data[at:]


def zero(data: bytes, rng: Random) -> bytes:
    at, size = _place(data, rng), rng.choice((1, 4, 64, 2048))
    return data[:at] + b"\0" * min(size, len(data) - at) + data[at + size :]


def noise(data: bytes, rng: Random) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.randbytes(rng.choice((1, 8, 500))) + data[at:]


def junk_before(data: bytes, rng: Random) -> bytes:
    return rng.choice((b"\n", b"\xef\xbb\xbf", b"MZ" + b"\0" * 98, b"<html>", b"{", b"%PDF")) + data


def junk_behind(data: bytes, rng: Random) -> bytes:
    return data + rng.choice((b"\0" * 700, b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, data[-90:]))


BYTES: tuple[Mutation, ...] = (
    flip, truncate, behead, cut, double, zero, noise, junk_before, junk_behind,
)  # fmt: skip


# ---------------------------------------------------------------------- archives
def members_of(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def packed(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with one date for all: the same members give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, body in members:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name.encode("utf-8", "replace").decode(), method
            archive.writestr(info, body)
    return out.getvalue()


def _two(members: Members, rng: Random) -> tuple[int, int]:
    return rng.randrange(len(members)), rng.randrange(len(members))


def swap_members(data: bytes, rng: Random) -> bytes:
    members = members_of(data)
    one, other = _two(members, rng)
    (a, was), (b, then) = members[one], members[other]
    members[one], members[other] = (a, then), (b, was)
    return packed(members)


def twin_member(data: bytes, rng: Random) -> bytes:
    """The same name twice, by letter or by case, with other content."""
    members = members_of(data)
    one, other = _two(members, rng)
    name = members[one][0]
    members.insert(other, (rng.choice((name, name.upper())), members[other][1]))
    return packed(members)


def rename_member(data: bytes, rng: Random) -> bytes:
    members = members_of(data)
    one, _ = _two(members, rng)
    old, body = members[one]
    members[one] = (rng.choice((*NAMES, f"../{old}", f"/{old}", old.upper())), body)
    return packed(members)


def drop_member(data: bytes, rng: Random) -> bytes:
    members = members_of(data)
    del members[rng.randrange(len(members))]
    return packed(members)


def empty_member(data: bytes, rng: Random) -> bytes:
    members = members_of(data)
    one, _ = _two(members, rng)
    members[one] = (members[one][0], rng.choice((b"", b"\0" * 99, b"<", members[one][1][:-7])))
    return packed(members)


def stray_member(data: bytes, rng: Random) -> bytes:
    return packed([*members_of(data), (rng.choice(NAMES), rng.randbytes(40))])


def nest(data: bytes, rng: Random) -> bytes:
    """The file inside itself, up to six deep."""
    for _ in range(rng.randint(1, 6)):
        data = packed([("表.xlsx", data), (rng.choice(("a.zip", "x.xlsx")), data[:99])])
    return data


def many_members(data: bytes, rng: Random) -> bytes:
    extra = [(f"x/{n}", b"") for n in range(rng.choice((50, 1990, 2100)))]
    return packed(members_of(data) + extra, zipfile.ZIP_STORED)


def bomb(data: bytes, rng: Random) -> bytes:
    members = members_of(data)
    one, _ = _two(members, rng)
    name, body = members[one]
    members[one] = (name, body + b" " * rng.choice((1 << 20, 20 << 20)))
    return packed(members)


def _heads(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 4)
    return found


def lie_in_directory(data: bytes, rng: Random) -> bytes:
    """A wrong checksum, size, method, flag, offset or name length in one head."""
    body = bytearray(data)
    central = rng.random() < 0.7
    heads = _heads(data, b"PK\x01\x02" if central else b"PK\x03\x04")
    at, shift = rng.choice(heads or [0]), 0 if central else -2
    place, size = rng.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2),
                              (42, 4)))  # fmt: skip
    value = rng.choice((0, 1, 9, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, rng.getrandbits(32)))
    place = at + place + shift
    body[place : place + size] = (value & (256**size - 1)).to_bytes(size, "little")
    return bytes(body)


def lie_at_the_end(data: bytes, rng: Random) -> bytes:
    at = data.rfind(b"PK\x05\x06")
    body = bytearray(data)
    place, size = rng.choice(((4, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)))
    body[at + place : at + place + size] = rng.randbytes(size)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 1 << 40, 0)
    return bytes(body[:at] + wide + body[at:] if rng.random() < 0.2 else body)


ARCHIVE: tuple[Mutation, ...] = (
    swap_members, twin_member, rename_member, drop_member, empty_member, stray_member, nest,
    many_members, bomb, lie_in_directory, lie_at_the_end,
)  # fmt: skip

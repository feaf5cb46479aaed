"""The archive of a round: original bytes under their SHA-256, receipts beside them.

``ab/abcdef….xlsx`` is a blob, ``ab/abcdef….receipt.jsonl`` says how it came. Nothing here is ever
overwritten, so that the ledger can be made again from it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from gouji.gate import Reason, refusal
from gouji.ledger.lines import append_lines, read_lines
from gouji.ledger.receipts import Receipt, from_json, to_json
from gouji.round import SIDE, side

RECEIPTS = ".receipt.jsonl"
DECISIONS = "decisions.jsonl"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"[a-z0-9]{1,5}")
_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Damage:
    """A blob that is not what its name says: ``kind`` is ``altered`` or ``missing``."""

    sha256: str
    kind: str
    path: Path


class Archive:
    """Blobs and receipts in ``folder``, which is made when first written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: set[str] = set()

    @property
    def decisions(self) -> Path:
        """The coordinator's decisions, one JSON line each."""
        return self.folder / DECISIONS

    # ---------------------------------------------------------------- blobs
    def put(self, data: bytes, sha256: str, name: str) -> Path:
        """Keep the bytes whose digest is given; the same bytes twice are one blob. Raises OSError.

        ``name`` gives only the suffix. A blob of another size (a copy that broke off) is set aside.
        """
        there = self.find(sha256)
        if there and there.stat().st_size == len(data):
            return there
        if there:
            there.rename(there.with_name(f"damaged-{uuid4().hex[:8]}-{there.name}"))
        target = self._shard(sha256) / f"{sha256}{safe_suffix(name)}"
        draft = side(target)
        try:
            draft.write_bytes(data)
            if draft.read_bytes() != data:
                raise OSError(errno.EIO, os.strerror(errno.EIO), str(draft))
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        with suppress(OSError):  # a share may not know it; it only guards against slips
            target.chmod(_READ_ONLY)
        return target

    def _shard(self, sha256: str) -> Path:
        folder = self.folder / sha256[:2]
        if sha256[:2] not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(sha256[:2])
        return folder

    def find(self, sha256: str) -> Path | None:
        """Where the blob stands, whatever its suffix; None when there is none."""
        if not _DIGEST.fullmatch(sha256):
            return None
        try:
            names = [path.name for path in (self.folder / sha256[:2]).iterdir()]
        except FileNotFoundError:
            return None
        for name in names:
            if name.startswith(sha256) and not name.endswith(RECEIPTS):
                return self.folder / sha256[:2] / name
        return None

    def read(self, sha256: str) -> bytes:
        """The blob's bytes, checked. Raises Refused (missing, damaged), OSError."""
        path = self.find(sha256)
        if path is None:
            raise refusal(Reason.MISSING)
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise refusal(Reason.DAMAGED)
        return data

    # ---------------------------------------------------------------- receipts
    def add_receipt(self, receipt: Receipt) -> None:
        """Write the receipt beside its blob, unless it stands there already. Raises OSError."""
        path = self._shard(receipt.sha256) / f"{receipt.sha256}{RECEIPTS}"
        known = {each.identity for each in _receipts(path)} if path.exists() else set()
        if receipt.identity not in known:
            append_lines(path, [to_json(receipt)])

    def receipts_of(self, sha256: str) -> tuple[Receipt, ...]:
        return tuple(_receipts(self.folder / sha256[:2] / f"{sha256}{RECEIPTS}"))

    def receipts(self) -> Iterator[Receipt]:
        """Every receipt, blob by blob. Raises OSError."""
        for path in sorted(self.folder.glob(f"??/*{RECEIPTS}")):
            yield from _receipts(path)

    # ---------------------------------------------------------------- care
    @property
    def empty(self) -> bool:
        return not self.decisions.exists() and not any(self.folder.glob(f"??/*{RECEIPTS}"))

    def sweep(self) -> None:
        """Remove what a killed process had not finished writing. Raises OSError."""
        for draft in self.folder.glob(f"??/{SIDE}*"):
            draft.unlink(missing_ok=True)

    def verify(self) -> tuple[Damage, ...]:
        """Read every blob: those whose bytes do not fit their name, and those that are gone."""
        found: list[Damage] = []
        there: set[str] = set()
        for path in sorted(self.folder.glob("??/*")):
            sha256 = path.name[:64]
            if path.name.endswith(RECEIPTS) or not _DIGEST.fullmatch(sha256):
                continue
            there.add(sha256)
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    found.append(Damage(sha256, "altered", path))
        lists = sorted(self.folder.glob(f"??/*{RECEIPTS}"))
        gone = ((path.name.removesuffix(RECEIPTS), path) for path in lists)
        found += [Damage(sha256, "missing", path) for sha256, path in gone if sha256 not in there]
        return tuple(found)


def _receipts(path: Path) -> Iterator[Receipt]:
    return filter(None, map(from_json, read_lines(path)))


def safe_suffix(name: str) -> str:
    """The name's suffix with its dot where it is a plain one, else nothing."""
    _, dot, suffix = name.rpartition(".")
    suffix = suffix.strip().lower()
    return f".{suffix}" if dot and _SUFFIX.fullmatch(suffix) else ""

"""Where packs lie: numbered, never deleted, not written again while nothing changed.

A list beside the files remembers from what each pack was made and what it held, so that a file
somebody edited is told from one of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gouji.returns.pack import Pack
from gouji.round import SIDE, replace_file

LIST = f"{SIDE}returned.json"

#: Makes the pack with that number, dated that day.
Make = Callable[[int, date], Pack]


@dataclass(frozen=True, slots=True)
class Record:
    """One pack as it was written: ``source`` is the digest of the unit's file."""

    version: int
    source: str
    key: str
    day: date
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a pack: ``written``, ``renewed``, ``current``, or ``kept`` as edited."""

    files: tuple[Path, ...]
    outcome: str
    notes: tuple[str, ...]
    version: int = 1


@dataclass
class Shelf:
    """One folder of packs and the list of what was written into it."""

    folder: Path
    name: str = ""  #: of the entry in the list, where several units share a folder
    records: list[Record] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, name: str = "") -> Shelf:
        return cls(folder, name, _records(_listed(folder).get(name)))

    def file(self, source: str, facts: Iterable[object], today: date, make: Make) -> Filed:
        """Write a pack, unless the same one lies there. Raises OSError.

        ``facts`` are all that the pack says. For the same source an unedited pack is made anew in
        its place; for another one, or beside an edited one, it gets the next number.
        """
        key = digest(json.dumps([source, *map(str, facts)], ensure_ascii=False).encode())
        last = self.records[-1] if self.records else None
        if last and last.key == key:
            return self._again(last, make)
        if last and last.source == source and self._untouched(last):
            return self._write(last.version, source, key, today, make, last)
        return self._write(last.version + 1 if last else 1, source, key, today, make)

    def _again(self, last: Record, make: Make) -> Filed:
        """The same pack: only what is gone is written."""
        paths = tuple(self.folder / name for name in last.files)
        gone = [path for path in paths if not path.exists()]
        outcome = "current" if self._untouched(last) else "renewed" if gone else "kept"
        if gone:
            made = make(last.version, last.day)
            for path in gone:
                replace_file(path, made.files[path.name])
        return Filed(paths, outcome, last.notes, last.version)

    def _untouched(self, record: Record) -> bool:
        """True when the files of a pack are all there as we wrote them."""
        paths = {self.folder / name: sha for name, sha in record.files.items()}
        return all(path.is_file() and digest(path.read_bytes()) == sha
                   for path, sha in paths.items())  # fmt: skip

    def _write(
        self, version: int, source: str, key: str, day: date, make: Make,
        instead: Record | None = None,
    ) -> Filed:  # fmt: skip
        pack = make(version, day)
        while instead is None and any((self.folder / name).exists() for name in pack.files):
            version += 1
            pack = make(version, day)
        self.folder.mkdir(parents=True, exist_ok=True)
        files = {name: digest(data) for name, data in pack.files.items()}
        for name, data in pack.files.items():
            if instead is None or instead.files.get(name) != files[name]:
                replace_file(self.folder / name, data)
        if instead:
            self.records.remove(instead)
        self.records.append(Record(version, source, key, day, files, pack.notes))
        self._remember()
        paths = tuple(self.folder / name for name in pack.files)
        return Filed(paths, "renewed" if instead else "written", pack.notes, version)

    def _remember(self) -> None:
        listed = _listed(self.folder) | {self.name: [_as_json(each) for each in self.records]}
        text = json.dumps(listed, ensure_ascii=False, indent=0)
        replace_file(self.folder / LIST, text.encode("utf-8", "surrogatepass"))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _listed(folder: Path) -> dict[str, Any]:
    """The list of a folder; without one, or with a broken one, no file counts as ours."""
    try:
        found = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _as_json(record: Record) -> dict[str, Any]:
    return {"version": record.version, "source": record.source, "key": record.key,
            "day": record.day.isoformat(), "files": dict(record.files),
            "notes": list(record.notes)}  # fmt: skip


def _records(listed: Any) -> list[Record]:
    try:
        return [
            Record(int(each["version"]), str(each["source"]), str(each["key"]),
                   date.fromisoformat(each["day"]),
                   {Path(name).name: str(sha) for name, sha in each["files"].items()},
                   tuple(map(str, each["notes"])))
            for each in listed or ()
        ]  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        return []

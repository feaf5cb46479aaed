"""The ledger: what happened in a round, one event after another, in a SQLite file of its folder.

Events are only ever added; triggers of the file itself refuse anything else. What is damaged can
be made again from the archive.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType

from gouji.ledger.events import DECISIONS, Event, Kind
from gouji.ledger.lines import storable, to_line
from gouji.round import RoundError
from gouji.wording import say

VERSION = 2  #: another kind of event is another version: older programs must not pass it over
FIRST = 1  #: version of a ledger that holds only the kinds there were at first
_SINCE = {Kind.PUBLISHED: 2}
WAITS = 20.0  #: seconds to wait for another program that is writing
_APPLICATION = 0x676F756A  #: marks the file as ours
_SCHEMA = f"""
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  sha256 TEXT NOT NULL,
  unit TEXT NOT NULL,
  detail TEXT NOT NULL CHECK (json_valid(detail))
);
CREATE INDEX event_of_blob ON event (sha256, kind);
CREATE INDEX event_of_unit ON event (unit, id);
CREATE INDEX event_of_kind ON event (kind, id);
CREATE INDEX event_of_key
  ON event (json_extract(detail, '$.source'), json_extract(detail, '$.key'))
  WHERE kind = 'received';
CREATE TRIGGER event_stays BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER event_is_new BEFORE INSERT ON event
  WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {FIRST};
"""
#: Faults that lie outside the file: the disk, its rights, other programs.
_OUTSIDE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_AUTH,
}  # fmt: skip
_COLUMNS = "kind, at, sha256, unit, detail, id"
_OF_KEY = """kind = 'received' AND json_extract(detail, '$.source') = ?
  AND json_extract(detail, '$.key') {}"""


class Ledger:
    """The events in the file ``path``, which is made when it is not there.

    Raises RoundError when the file is damaged, newer than this program, or in use for too long.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guarded():
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected("WAL")
        except sqlite3.OperationalError:  # a network share cannot share memory
            return self._connected("DELETE")

    def _connected(self, journal: str) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=WAITS, isolation_level=None)
        try:
            db.execute(f"PRAGMA journal_mode = {journal}")
            db.execute("PRAGMA synchronous = NORMAL")
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        version = self._version(db)
        if version == 0:
            with _transaction(db):
                version = self._version(db)  # another program may have been faster
                if version == 0:
                    _run_script(db, _SCHEMA)
                    version = FIRST
        if version > VERSION:
            raise RoundError(say("ledger.newer", file=self.path, found=version, known=VERSION))

    def _version(self, db: sqlite3.Connection) -> int:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != _APPLICATION:
            raise sqlite3.DatabaseError("another program's file")
        return int(version)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Faults of the file as one clear line."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise  # we tried to write what the schema forbids: our fault
        except (sqlite3.DatabaseError, ValueError) as error:
            if isinstance(error, RoundError):
                raise
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            key = "ledger.in_use" if code in _OUTSIDE else "ledger.damaged"
            places = {"file": self.path, "why": error, "folder": self.path.parent}
            raise RoundError(say(key, **places)) from error

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    # ---------------------------------------------------------------- writing
    def add(self, events: Iterable[Event]) -> None:
        """Write the events in one transaction: all of them or none. Raises RoundError."""
        events = list(events)
        needed = max((_SINCE.get(event.kind, FIRST) for event in events), default=FIRST)
        rows = [
            (event.at, str(event.kind), event.sha256, storable(event.unit), to_line(event.detail))
            for event in events
        ]
        if rows:
            with self._guarded(), _transaction(self._db):
                if self._version(self._db) < needed:
                    self._db.execute(f"PRAGMA user_version = {needed}")
                self._db.executemany(
                    "INSERT INTO event (at, kind, sha256, unit, detail) VALUES (?, ?, ?, ?, ?)",
                    rows,
                )

    # ---------------------------------------------------------------- asking
    def seen(self, source: str, key: str) -> bool:
        """True when that source has already brought that key."""
        with self._guarded():
            asked = f"SELECT 1 FROM event WHERE {_OF_KEY.format('= ?')} LIMIT 1"
            return self._db.execute(asked, (source, storable(key))).fetchone() is not None

    def keys(self, source: str) -> frozenset[str]:
        """Every key that source has brought, storable."""
        with self._guarded():
            asked = (
                f"SELECT json_extract(detail, '$.key') FROM event WHERE {_OF_KEY.format('>= ?')}"
            )
            return frozenset(key for (key,) in self._db.execute(asked, (source, "")))

    def events(self, *kinds: Kind) -> Iterator[Event]:
        """Every event, or those of some kinds, in order."""
        marks = ", ".join("?" * len(kinds))
        where = f"WHERE kind IN ({marks})" if kinds else ""
        return self._select(f"{where} ORDER BY id", *map(str, kinds))

    def receipts(self, sha256: str) -> tuple[Event, ...]:
        """Every arrival of a blob, in order."""
        where = "WHERE sha256 = ? AND kind = ? ORDER BY id"
        return tuple(self._select(where, sha256, str(Kind.RECEIVED)))

    def grades(self) -> dict[str, Event]:
        """Digest → the latest grade of that blob."""
        newest = "SELECT max(id) FROM event WHERE kind = 'graded' GROUP BY sha256"
        return {event.sha256: event for event in self._select(f"WHERE id IN ({newest})")}

    def decisions(self, unit: str = "") -> tuple[Event, ...]:
        """What people did and decided, of one unit or of all, in order."""
        found = self.events(*DECISIONS)
        return tuple(event for event in found if not unit or event.unit == storable(unit))

    def of_unit(self, unit: str) -> tuple[Event, ...]:
        """Every event of a unit, in order."""
        return tuple(self._select("WHERE unit = ? ORDER BY id", storable(unit)))

    def last(self, *kinds: Kind) -> Event | None:
        """The newest event, or the newest of those kinds."""
        marks = ", ".join("?" * len(kinds))
        among = f"WHERE kind IN ({marks})" if kinds else ""
        newest = f"SELECT max(id) FROM event {among}"
        return next(self._select(f"WHERE id = ({newest})", *map(str, kinds)), None)

    def _select(self, where: str, *values: str) -> Iterator[Event]:
        with self._guarded():
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM event {where}", values).fetchall()
            found = [
                Event(Kind(kind), at, sha256, unit, json.loads(detail), number)
                for kind, at, sha256, unit, detail, number in rows
            ]
        return iter(found)

    def check(self) -> None:
        """Look through the whole file. Raises RoundError when it is damaged."""
        with self._guarded(), closing(self._db.execute("PRAGMA quick_check(1)")) as found:
            (verdict,) = found.fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _run_script(db: sqlite3.Connection, script: str) -> None:
    """Statement by statement: ``executescript`` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""

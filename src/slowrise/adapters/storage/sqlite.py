"""The ledger in one SQLite file, or in memory. One connection, used by one thread.

`database` has the tables, `event_codec` the format of a row.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple, Self

from slowrise.adapters.storage.database import (
    IN_MEMORY,
    files_aside,
    open_beside,
    open_in_memory,
    open_to_read,
    open_to_write,
    tables_of,
    translate_errors,
)
from slowrise.adapters.storage.event_codec import (
    CODES,
    KIND_OF,
    KINDS,
    NEWEST,
    OLDEST,
    Unreadable,
    instant,
    pack,
    unpack,
)
from slowrise.core.model.events import HEALTH, Event, PolicyChanged, Symptom, name_of
from slowrise.core.model.timestamps import is_possible, iso
from slowrise.ports.ledger import UNREAD, Archive, KeptDay, LedgerFailed

EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS = 86_400_000

EVER = 1 << 60
"""Milliseconds; later than every event. Its negative is earlier than every event."""

# The first two conditions select the runs by their midnight, so SQLite reads the rows of these runs alone.
_BETWEEN = """
    SELECT row, midnight, offset, ms, code, rest FROM labelled
    WHERE midnight > :begin - 86400000 AND midnight < :end AND label >= :begin AND label < :end
"""
_AFTER = "SELECT row, midnight, offset, ms, code, rest FROM labelled WHERE beyond > :row AND row > :row"
# SQLite uses the index only if this condition repeats that of the index literally.
_TURNS = """
    SELECT row, midnight, offset, ms, code, rest FROM events JOIN runs
        ON first = (SELECT max(first) FROM runs WHERE first <= row)
    WHERE code IN (0, 17, 20) AND row >= (
        SELECT coalesce(max(row), 0) FROM events WHERE code IN (0, 17, 20) AND code = 0 AND row <= :row)
    ORDER BY row
"""
_HEALTH = f"""
    SELECT row, midnight, offset, ms, code, rest FROM labelled
    WHERE code IN ({", ".join(str(CODES[kind]) for kind in HEALTH)}) OR code = :also ORDER BY row
"""  # noqa: S608 - numbers of this program
LAST_FEW = 20
"""Rows; among so many there is one that holds an event."""

_DELETE_BEFORE = "DELETE FROM events WHERE row IN (SELECT row FROM labelled WHERE midnight < :end AND label < :end)"
# A row whose time is none, or beyond the bound, may be of any time: it goes too.
_DELETE_TIMELESS = """
    DELETE FROM events WHERE row NOT IN (
        SELECT row FROM labelled WHERE typeof(midnight + ms) = 'integer' AND label >= :oldest AND label < :newest)
"""
MOST_NAMED = 3
"""Rows without an event that are named one by one; judgement."""
_DELETE_EMPTY_RUNS = """
    DELETE FROM runs WHERE first IN (
        SELECT first FROM stretches WHERE NOT EXISTS (SELECT 1 FROM events WHERE row >= first AND row < beyond))
"""
_DELETE_UNREAD = "DELETE FROM notes WHERE key = ? AND NOT EXISTS (SELECT 1 FROM events WHERE code = ?)"
"""Red flags wait to be read because of a symptom. Once all symptoms are deleted, there is nothing to wait for."""


class LogFile(NamedTuple):
    """What identifies one of SQLite's files beside the ledger, and its size; zeros for no file."""

    device: int
    inode: int
    size: int

    @classmethod
    def at(cls, path: str) -> Self:
        """Return the file at this path."""
        try:
            status = os.stat(path)  # noqa: PTH116 - called four times for every write, and five times faster
        except (FileNotFoundError, NotADirectoryError):
            return cls(0, 0, 0)
        return cls(status.st_dev, status.st_ino, status.st_size)


class SqliteLedger(Archive):
    """A ledger in one file."""

    def __init__(
        self, path: Path, database: Connection | None = None, *, say: Callable[[str], None] = lambda _: None
    ) -> None:
        """Open it to write, and make it if it does not exist. Raises `LedgerFailed`.

        `say` gets a sentence about each of the first rows that hold no event. They stay in the file and are left out.
        """
        self.path = path
        self._database = database or open_to_write(path)
        self._file = _file_at(path)
        self._say = say
        self.left_out: dict[int, str] = {}
        """Why, for each row read so far that holds no event."""
        self._log: tuple[LogFile, LogFile] | None = None
        """SQLite's `-wal` and `-shm` after the last write; None before the first."""

    @classmethod
    def in_memory(cls) -> Self:
        """Make an empty ledger without a file, for the demo and for tests. It is gone when it is closed."""
        return cls(IN_MEMORY, open_in_memory())

    @classmethod
    def open_read_only(cls, path: Path, *, say: Callable[[str], None] = lambda _: None) -> Self:
        """Open it to read while a daemon may write it. Without a file it is empty. Raises `LedgerFailed`."""
        return cls(path, open_to_read(path), say=say)

    @classmethod
    def open_beside(cls, path: Path) -> Self:
        """Open it to store what was derived from it, while a daemon may write it. Raises `LedgerFailed`.

        The file must exist and have this version; it is not checked for damage.
        """
        return cls(path, open_beside(path))

    # -- events -----------------------------------------------------------------------------------------------------

    def append_all(self, events: Iterable[Event]) -> None:
        packed = [pack(event) for event in events]
        with self._writing() as database:
            last = database.execute("SELECT midnight, offset FROM runs ORDER BY first DESC LIMIT 1").fetchone()
            for row, (run, *rest) in enumerate(packed, start=self.last_row() + 1):
                if run != last:
                    database.execute("INSERT INTO runs VALUES (?, ?, ?)", (row, *run))
                    last = run
                database.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (row, *rest))

    def events(self, begin: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
        """Return the events with `begin <= at < end` (None: no bound), in the order of appending."""
        bounds = {"begin": -EVER if begin is None else instant(begin), "end": EVER if end is None else instant(end)}
        return (event for _, event in self._rows(_BETWEEN, bounds))

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        return self._rows(_AFTER, {"row": row})

    def retroactive_events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        return self._rows(_TURNS, {"row": row})

    def health(self, *, settings: bool = False) -> Iterator[Event]:
        # There is no index for them, so this reads the whole file: few ask, and every event would pay for one.
        also = CODES[PolicyChanged] if settings else CODES[HEALTH[0]]
        return (event for _, event in self._rows(_HEALTH, {"also": also}))

    def last_row(self) -> int:
        (row,) = self._first("SELECT coalesce(max(row), 0) FROM events")
        return int(row)

    def row_before(self, at: datetime) -> int:
        # The first run of that time, not the last before it: while a clock was set back, runs of earlier dates follow.
        (row,) = self._first(
            """SELECT coalesce(
                (SELECT min(first) FROM runs WHERE midnight > ? AND midnight < ?), (SELECT max(first) FROM runs), 1) - 1
            """,
            instant(at) - DAY_MS,
            NEWEST,
        )
        return int(row)

    def first_label(self) -> datetime | None:
        query = "SELECT min(midnight) FROM runs WHERE midnight BETWEEN ? AND ?"
        (midnight,) = self._first(query, OLDEST - DAY_MS, NEWEST)
        return None if midnight is None else EPOCH_UTC + timedelta(milliseconds=midnight)

    def counts(self) -> dict[str, int]:
        """Return the number of events by their name."""
        with translate_errors(self.path):
            rows = self._database.execute("SELECT code, count(*) FROM events GROUP BY code").fetchall()
        known = {name_of(KINDS[code]): number for code, number in rows if code in KIND_OF}
        unknown = sum(number for code, number in rows if code not in KIND_OF)
        return known | ({"unreadable": unknown} if unknown else {})

    def _first(self, query: str, *values: object) -> Any:
        """Return the first row of the answer; None for no row."""
        with translate_errors(self.path):
            return self._database.execute(query, values).fetchone()

    def _rows(self, query: str, bounds: dict[str, int]) -> Iterator[tuple[int, Event]]:
        with translate_errors(self.path):
            for row, midnight, offset, ms, code, rest in self._database.execute(query, bounds):
                try:
                    event = unpack(midnight, offset, ms, code, rest)
                except Unreadable as error:
                    self._leave_out(row, str(error))
                else:
                    yield row, event

    def _leave_out(self, row: int, why: str) -> None:
        """Go on without a row that holds no event. It stays in the file."""
        if row not in self.left_out and len(self.left_out) < MOST_NAMED:
            self._say(f"{self.path}: row {row} holds no event and is left out ({why}). It stays in the file.")
        self.left_out[row] = why

    # -- what is kept beside them -----------------------------------------------------------------------------------

    def beat(self, at: datetime) -> None:
        """Store a sign of life. A crash cannot lose it; a power cut can, until the system writes it to disk.

        Waiting for the disk each minute would cause most of the wake-ups of an idle machine.
        """
        with translate_errors(self.path):
            self._database.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._writing() as database:
                database.execute("INSERT OR REPLACE INTO beat VALUES (1, ?)", (iso(at),))
        finally:
            with translate_errors(self.path):
                self._database.execute("PRAGMA synchronous = FULL")

    def last_sign(self) -> datetime | None:
        signs = [event.at for _, event in self._rows(_AFTER, {"row": self.last_row() - LAST_FEW})][-1:]
        if beat := self._beat():
            signs.append(beat)
        return max(signs, default=None)

    def _beat(self) -> datetime | None:
        found = self._first("SELECT at FROM beat")
        try:
            beat = datetime.fromisoformat(found[0]) if found else None
        except (TypeError, ValueError):
            return None  # it is only a lower bound of when the daemon lived
        return beat if beat is not None and beat.tzinfo is not None and is_possible(beat) else None

    def note(self, key: str, value: str) -> None:
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))

    def noted(self, key: str) -> str | None:
        found = self._first("SELECT value FROM notes WHERE key = ?", key)
        return str(found[0]) if found else None

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        with self._writing() as database:
            database.execute("DELETE FROM checkpoints")
            # Earlier versions kept one checkpoint a day, found by `day` or `label`. Both columns are unused now.
            database.execute("INSERT INTO checkpoints VALUES ('', ?, 0, ?)", (after_row, state))

    def checkpoint(self) -> tuple[int, bytes] | None:
        query = "SELECT row, state FROM checkpoints WHERE typeof(row) = 'integer' AND typeof(state) = 'blob'"
        found: tuple[int, bytes] | None = self._first(f"{query} ORDER BY row DESC LIMIT 1")
        return found

    def save_days(self, days: Iterable[KeptDay]) -> None:
        with self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO days VALUES (?, ?, ?, ?, ?)", days)

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        record = "record" if whole else "x''"
        query = f"""
            SELECT day, row, under, numbers, {record} FROM days
            WHERE day BETWEEN ? AND ? AND typeof(row) = 'integer' AND typeof(numbers) = 'blob'
                AND typeof(record) = 'blob'
            ORDER BY day
        """  # noqa: S608 - a name of this program
        with translate_errors(self.path):
            yield from map(KeptDay._make, self._database.execute(query, (first, last)))

    def other_tables(self) -> dict[str, int]:
        """Return the number of rows of each other table."""
        with translate_errors(self.path):
            tables = [table for table in tables_of(self._database) if table != "events"]
        return {table: int(self._first(f"SELECT count(*) FROM {table}")[0]) for table in tables}  # noqa: S608 - our own

    # -- the file ---------------------------------------------------------------------------------------------------

    def delete_before(self, at: datetime) -> None:
        beat = self._beat()
        last_day = (at + timedelta(days=1)).date().isoformat()  # the last one with time before `at` in any time zone
        with self._writing() as database:
            database.execute(_DELETE_BEFORE, {"end": instant(at)})
            database.execute(_DELETE_TIMELESS, {"oldest": OLDEST, "newest": NEWEST})
            database.execute(_DELETE_EMPTY_RUNS)
            database.execute("DELETE FROM checkpoints")
            database.execute("DELETE FROM days WHERE day <= ?", (last_day,))
            if beat and beat < at:
                database.execute("DELETE FROM beat")
            database.execute(_DELETE_UNREAD, (UNREAD, CODES[Symptom]))
        self._wipe()

    def delete_all(self) -> None:
        """Delete everything beyond recovery, and the files that were set aside."""
        with self._writing() as database:
            for table in tables_of(database):
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own
        self._wipe()
        with translate_errors(self.path):
            for aside in files_aside(self.path):
                aside.unlink()

    def close(self) -> None:
        with translate_errors(self.path):
            self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Run one transaction, unless the file was moved or deleted: it would write where no program reads."""
        with translate_errors(self.path):
            if _file_at(self.path) != self._file:
                raise LedgerFailed(f"{self.path}: it was moved or deleted while in use", "gone")
            self._check_log()
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
            self._log = _log_of(self.path)

    def _check_log(self) -> None:
        """Raise `LedgerFailed` if the log is not as the last write left it: then a crash would lose what is in it.

        What was deleted is still open here, so it is saved into the ledger first. What was cut off is lost; one more
        write would leave a hole in the log, and the hole would damage the ledger.
        """
        if self._log is None:
            return
        before, now = self._log, _log_of(self.path)
        if [each[:2] for each in now] != [each[:2] for each in before]:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raise LedgerFailed(f"{self.path}: its log was deleted while in use", "torn")
        if now[0].size < before[0].size:
            raise LedgerFailed(f"{self.path}: its log was cut off while in use", "torn")

    def _wipe(self) -> None:
        """Remove what was deleted from the free pages and from the log."""
        with translate_errors(self.path):
            self._database.execute("VACUUM")
            (busy, *_) = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._log = None  # shorter now
        if busy:
            raise LedgerFailed(f"{self.path}: deleted, but another program still reads the old log", "busy")


def _log_of(path: Path) -> tuple[LogFile, LogFile]:
    return LogFile.at(f"{path}-wal"), LogFile.at(f"{path}-shm")


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return what identifies the file at this path, None for no file."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino

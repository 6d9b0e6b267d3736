"""The ledger on disk: an `Archive` in one SQLite file. One connection, used by one thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from slowrise.adapters.storage.database import (
    check,
    files_aside,
    open_beside,
    open_to_read,
    open_to_write,
    translate_errors,
)
from slowrise.adapters.storage.event_codec import CODES, KINDS, Unreadable, instant, pack, unpack
from slowrise.core.model.events import HEALTH, Event
from slowrise.core.model.timestamps import iso
from slowrise.ports.ledger import KeptDay, LedgerFailed, last_day_touched

EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)

EVER = 1 << 60
"""Later than every label, in milliseconds; its negative is earlier."""

# The first two terms choose the runs by their midnight, so that only their rows are read.
_BETWEEN = """
    SELECT row, midnight, offset, ms, code, rest FROM labelled
    WHERE midnight > :begin - 86400000 AND midnight < :end AND label >= :begin AND label < :end
"""
_AFTER = "SELECT row, midnight, offset, ms, code, rest FROM labelled WHERE beyond > :row AND row > :row"
# The list of kinds is that of the index, word for word, or else SQLite would not take it.
_TURNS = """
    SELECT row, midnight, offset, ms, code, rest FROM events JOIN runs
        ON first = (SELECT max(first) FROM runs WHERE first <= row)
    WHERE code IN (0, 17, 20) AND row >= (
        SELECT coalesce(max(row), 0) FROM events WHERE code IN (0, 17, 20) AND code = 0 AND row <= :row)
    ORDER BY row
"""
_HEALTH = f"""
    SELECT row, midnight, offset, ms, code, rest FROM labelled
    WHERE code IN ({", ".join(str(CODES[kind]) for kind in HEALTH)}) ORDER BY row
"""  # noqa: S608 - our own numbers
_LAST = "SELECT row, midnight, offset, ms, code, rest FROM labelled WHERE row = (SELECT max(row) FROM events)"

_DELETE_BEFORE = "DELETE FROM events WHERE row IN (SELECT row FROM labelled WHERE midnight < :end AND label < :end)"
_DELETE_EMPTY_RUNS = """
    DELETE FROM runs WHERE first IN (
        SELECT first FROM stretches WHERE NOT EXISTS (SELECT 1 FROM events WHERE row >= first AND row < beyond))
"""
_DELETE_ALL = (
    "DELETE FROM events",
    "DELETE FROM runs",
    "DELETE FROM checkpoints",
    "DELETE FROM days",
    "DELETE FROM notes",
    "DELETE FROM beat",
)


class SqliteLedger:
    """A ledger in one file. An event is there for good when `append` returns."""

    def __init__(self, path: Path, database: Connection | None = None) -> None:
        """Open it to write, and make it if it is not there. Raises `LedgerFailed`."""
        self.path = path
        self._database = database or open_to_write(path)
        self._file = _file_at(path)

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open it beside a daemon that writes; where there is none it reads as an empty one. Raises `LedgerFailed`."""
        return cls(path, open_to_read(path))

    @classmethod
    def open_beside(cls, path: Path) -> Self:
        """Open it beside a daemon, to keep what was derived from it. Raises `LedgerFailed`.

        It is taken as it is: neither made, nor checked, nor brought to this version.
        """
        return cls(path, open_beside(path))

    def append(self, event: Event) -> None:
        """Keep the event; on disk when this returns."""
        self.append_all((event,))

    def append_all(self, events: Iterable[Event]) -> None:
        """Keep all of the events, or none, in one transaction."""
        packed = [pack(event) for event in events]
        with self._writing() as database:
            last = database.execute("SELECT midnight, offset FROM runs ORDER BY first DESC LIMIT 1").fetchone()
            for row, (run, *rest) in enumerate(packed, start=_last_row(database) + 1):
                if run != last:
                    database.execute("INSERT INTO runs VALUES (?, ?, ?)", (row, *run))
                    last = run
                database.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (row, *rest))

    def events(self, begin: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
        """The events in the order they were appended, of those with `begin <= at < end` (open where None)."""
        bounds = {"begin": -EVER if begin is None else instant(begin), "end": EVER if end is None else instant(end)}
        return (event for _, event in self._rows(_BETWEEN, bounds))

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The events appended after that row, each with its own."""
        return self._rows(_AFTER, {"row": row})

    def turns_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The starts, clock steps and answers, each with its row, from the start on that was the last at that row."""
        return self._rows(_TURNS, {"row": row})

    def health(self) -> Iterator[Event]:
        """Every health note there is, in the order they were appended. Reads through the whole file."""
        return (event for _, event in self._rows(_HEALTH, {}))

    def row_before(self, at: datetime) -> int:
        """A row after which all that is labelled from `at` on comes, and of what is before it a day at most."""
        with translate_errors(self.path):
            query = "SELECT coalesce(max(first), 1) - 1 FROM runs WHERE midnight <= ?"
            (row,) = self._database.execute(query, (instant(at),)).fetchone()
            return int(row)

    def first_label(self) -> datetime | None:
        """A label no event is before, and some are within a day after; None for an empty ledger."""
        with translate_errors(self.path):
            (midnight,) = self._database.execute("SELECT min(midnight) FROM runs").fetchone()
            return None if midnight is None else EPOCH_UTC + timedelta(milliseconds=midnight)

    def last_row(self) -> int:
        """The row of the last event, 0 for none."""
        with translate_errors(self.path):
            return _last_row(self._database)

    def beat(self, at: datetime) -> None:
        """Note a sign of life. It outlives a crash at once, and a power cut as soon as the system writes it back.

        To wait for the disk each minute would be most of the wake-ups there are with nobody there.
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
        """The later of the last beat and the last event's label; None for an empty ledger."""
        signs = [event.at for _, event in self._rows(_LAST, {})]
        if beat := self._beat():
            signs.append(beat)
        return max(signs, default=None)

    def note(self, key: str, value: str) -> None:
        """Keep a fact that is no event."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))

    def noted(self, key: str) -> str | None:
        """The fact kept under that key."""
        with translate_errors(self.path):
            found = self._database.execute("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
            return str(found[0]) if found else None

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        """Save the monitor's state after that row, in place of the checkpoint before."""
        with self._writing() as database:
            database.execute("DELETE FROM checkpoints")
            # Earlier versions kept one checkpoint a day, found by `day` or `label`. Both columns are unused now.
            database.execute("INSERT INTO checkpoints VALUES ('', ?, 0, ?)", (after_row, state))

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return the row and the state of the checkpoint; None without one."""
        with translate_errors(self.path):
            query = "SELECT row, state FROM checkpoints ORDER BY row DESC LIMIT 1"
            found: tuple[int, bytes] | None = self._database.execute(query).fetchone()
            return found

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Cache these days."""
        with self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO days VALUES (?, ?, ?, ?, ?)", days)

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        """Yield the cached days from `first` to `last`, in order; without the record unless `whole`."""
        record = "record" if whole else "x''"
        query = f"SELECT day, row, under, numbers, {record} FROM days WHERE day BETWEEN ? AND ? ORDER BY day"  # noqa: S608
        with translate_errors(self.path):
            yield from map(KeptDay._make, self._database.execute(query, (first, last)))

    def drop_derived(self) -> None:
        """Delete the checkpoint and every cached day."""
        with self._writing() as database:
            database.execute("DELETE FROM checkpoints")
            database.execute("DELETE FROM days")

    def counts(self) -> dict[str, int]:
        """How many of each event are kept, by name."""
        with translate_errors(self.path):
            rows = self._database.execute("SELECT code, count(*) FROM events GROUP BY code").fetchall()
            return {str(KINDS[code].__struct_config__.tag): number for code, number in rows}

    def beside_events(self) -> dict[str, int]:
        """How many rows of anything else are kept, by table."""
        with translate_errors(self.path):
            query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'events'"
            tables = [name for (name,) in self._database.execute(query)]
            return {
                name: int(self._database.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608 - our own
                for name in tables
            }

    def delete_before(self, at: datetime) -> None:
        """Delete every event labelled before `at` beyond recovery, and what was derived."""
        beat = self._beat()
        with self._writing() as database:
            database.execute(_DELETE_BEFORE, {"end": instant(at)})
            database.execute(_DELETE_EMPTY_RUNS)
            database.execute("DELETE FROM checkpoints")
            database.execute("DELETE FROM days WHERE day <= ?", (last_day_touched(at),))
            if beat and beat < at:
                database.execute("DELETE FROM beat")
        self._wipe()

    def delete_all(self) -> None:
        """Delete everything beyond recovery, files set aside included."""
        with self._writing() as database:
            for statement in _DELETE_ALL:
                database.execute(statement)
        self._wipe()
        with translate_errors(self.path):
            for aside in files_aside(self.path):
                aside.unlink()

    def check(self) -> None:
        """Read everything and raise `LedgerFailed` if the file is damaged. Ten years take half a second."""
        check(self._database, self.path)

    def close(self) -> None:
        """Let go of the file."""
        with translate_errors(self.path):
            self._database.close()

    def _beat(self) -> datetime | None:
        with translate_errors(self.path):
            found = self._database.execute("SELECT at FROM beat").fetchone()
            return datetime.fromisoformat(found[0]) if found else None

    def _rows(self, query: str, bounds: dict[str, int]) -> Iterator[tuple[int, Event]]:
        with translate_errors(self.path):
            try:
                for row, midnight, offset, ms, code, rest in self._database.execute(query, bounds):
                    yield row, unpack(midnight, offset, ms, code, rest)
            except Unreadable as error:
                raise LedgerFailed(f"{self.path}: it holds what is no event ({error})", "unusable") from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction, never into a file that was moved or deleted while open: nobody would find it again."""
        with translate_errors(self.path):
            if _file_at(self.path) != self._file:
                raise LedgerFailed(f"{self.path}: it was moved or deleted while in use")
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database

    def _wipe(self) -> None:
        """Leave nothing of what was deleted, neither in free pages nor in the log."""
        with translate_errors(self.path):
            self._database.execute("VACUUM")
            (busy, *_) = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LedgerFailed(f"{self.path}: deleted, but another program still reads the old log", "busy")


def _last_row(database: Connection) -> int:
    (row,) = database.execute("SELECT coalesce(max(row), 0) FROM events").fetchone()
    return int(row)


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino

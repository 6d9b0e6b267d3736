"""Open, migrate and check the SQLite file of a ledger, and report what is wrong with it.

People can read the events with an ordinary tool: `sqlite3 ledger.sqlite3 "SELECT * FROM events_readable"`.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from slowrise.adapters.storage.file_system import abilities, open_copy
from slowrise.adapters.system.files import Unsafe, private_directory, private_file, reason
from slowrise.ports.ledger import LedgerFailed, Trouble

IN_MEMORY = Path(":memory:")
"""Stands for the path of a ledger without a file."""

APPLICATION = 0x736C6F77
"""`slow` in ASCII: distinguishes this file from a database of another program."""

BUSY_SECONDS = 1.0
"""Longest wait for a lock of another program. The daemon's loop is blocked meanwhile."""

SHORTEST = 512
"""Bytes; the smallest page of SQLite. It would treat a shorter file as empty, and overwrite it."""

RECENT = 4000
"""Rows of the last few days. Every start of the daemon reads them."""

LOGGING = ("PRAGMA journal_mode = WAL",)
EXCLUSIVE = "PRAGMA locking_mode = EXCLUSIVE"
"""The first statement where a ledger that still has a log cannot be opened otherwise: it needs no shared memory."""
JOURNALING = (
    "PRAGMA journal_mode = TRUNCATE",  # as durable as the log: the end of a transaction is on disk too
    "PRAGMA locking_mode = NORMAL",
    "PRAGMA user_version",  # the next reading puts it into force
)
"""For a file system on which the log does not work."""

WRITING = (
    "PRAGMA synchronous = FULL",  # an event is on disk when append returns, also through a power cut
    "PRAGMA wal_autocheckpoint = 256",  # pages: the log stays below 1 MB
    "PRAGMA secure_delete = ON",  # deleted data is overwritten
)
_UNLOCKED = "mode=rw&vfs=unix-none"
"""Opens a file without locks. The caller holds that of the only daemon. (`nolock=1` could open no log.)"""

_AS_IT_IS = "immutable=1"
"""Opens a file that no daemon writes, without making any file beside it."""

READING = ("PRAGMA query_only = ON",)
BOTH = ("PRAGMA cache_size = -512",)  # KiB; a long replay would fill the default 2 MB

NAMES = (
    *("started", "stopped", "active", "idle", "lull", "locked", "unlocked", "suspended", "resumed"),
    *("call-started", "call-ended", "inhibited", "uninhibited", "standing", "sitting", "paused", "unpaused"),
    *("clock-stepped", "policy", "held", "answered", "snoozed", "acknowledged", "dismissed"),
    *("symptom", "flare-up", "profile", "clinician"),
)
"""The kinds of event at version 3, by their number in `event_codec.KINDS`."""


def _wall_time(milliseconds: str) -> str:
    """Return SQL for ISO 8601 in the event's offset; `milliseconds` is SQL for the time since 1970 UTC."""
    local = f"({milliseconds} + offset * 1000)"
    sign = "CASE WHEN offset < 0 THEN '-' ELSE '+' END"
    return (
        f"strftime('%Y-%m-%dT%H:%M:%S', {local} / 1000, 'unixepoch') || printf('.%03d%s%02d:%02d', "
        f"{local} % 1000, {sign}, abs(offset) / 3600, abs(offset) / 60 % 60)"
    )


def _readable(names: Sequence[str]) -> str:
    """Return the statement that creates the view with these names of the kinds."""
    return f"""CREATE VIEW events_readable AS
            SELECT row, {_wall_time("label")} AS at,
                CASE code {" ".join(f"WHEN {code} THEN '{name}'" for code, name in enumerate(names))} END AS event,
                CASE WHEN typeof(rest) = 'integer' THEN printf('{{"%s":"%s"}}',
                    CASE WHEN code IN (19, 21) THEN 'until' ELSE 'since' END, {_wall_time("(label + rest)")})
                ELSE rest END AS facts
            FROM labelled"""  # noqa: S608 - names of this program


MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION}",
        # A run is a range of rows whose times share a date and an offset. Runs are also the index by time: rows keep
        # the order of appending, in which times go back when the clock is set back.
        "CREATE TABLE runs (first INTEGER PRIMARY KEY, midnight INTEGER NOT NULL, offset INTEGER NOT NULL)",
        "CREATE TABLE events (row INTEGER PRIMARY KEY, ms INTEGER NOT NULL, code INTEGER NOT NULL, rest)",
        "CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE beat (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL)",
        """CREATE TABLE checkpoints (
            day TEXT PRIMARY KEY, row INTEGER NOT NULL, label INTEGER NOT NULL, state BLOB NOT NULL) WITHOUT ROWID""",
        # A run ends where the next one begins; the last one is open.
        """CREATE VIEW stretches AS
            SELECT first, lead(first, 1, 0x7FFFFFFFFFFFFFFF) OVER (ORDER BY first) AS beyond, midnight, offset
            FROM runs""",
        # CROSS JOIN forces this order on SQLite: the few runs first, then their rows in the order of appending.
        """CREATE VIEW labelled AS
            SELECT row, midnight, beyond, midnight + ms AS label, offset, ms, code, rest
            FROM stretches CROSS JOIN events ON row >= first AND row < beyond""",
    ),
    (
        # A concluded day: its numbers, and separately the record that they were counted from.
        """CREATE TABLE days (
            day TEXT PRIMARY KEY, row INTEGER NOT NULL, under TEXT NOT NULL, numbers BLOB NOT NULL, record BLOB NOT NULL
        ) WITHOUT ROWID""",
        # Starts, clock steps and answers, by their numbers in `event_codec.KINDS`: these few can change earlier days.
        "CREATE INDEX turns ON events (row) WHERE code IN (0, 17, 20)",
    ),
    (
        # For people; the program does not read it. A number in `rest` is the distance to the second time.
        _readable(NAMES),
    ),
    (
        "DROP VIEW events_readable",
        _readable((*NAMES, "drive", "red-flags", "notice-stays")),
    ),
)
"""Statements that bring a file from the version of their index to the next. Never change a released one."""

VERSION = len(MIGRATIONS)

NO_DAYS = "CREATE TEMP TABLE days (day, row, under, numbers, record)"
"""Stands for the table that a file of version 1 lacks, for a reader, who may not migrate it."""

_BY_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CORRUPT: "unusable",
    sqlite3.SQLITE_NOTADB: "unusable",
    # The file contradicts itself: another format, missing tables, values of a wrong type.
    sqlite3.SQLITE_ERROR: "unusable",
    sqlite3.SQLITE_FORMAT: "unusable",
    sqlite3.SQLITE_SCHEMA: "unusable",
    sqlite3.SQLITE_MISMATCH: "unusable",
    sqlite3.SQLITE_CONSTRAINT: "unusable",
    sqlite3.SQLITE_TOOBIG: "unusable",
}
_BY_SYSTEM: dict[int | None, Trouble] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read-only",
    errno.EACCES: "read-only",
    errno.EPERM: "read-only",
}
_IN_WORDS: dict[Trouble, str] = {
    "busy": "another program has it locked",
    "full": "the disk is full",
    "read-only": "it cannot be written here",
    "unlocked": "its file system has no locks now",
    "unusable": "it is damaged or not a ledger",
}


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the system into `LedgerFailed`, with the file's name and the meaning."""
    try:
        yield
    except Unsafe as error:
        raise LedgerFailed(f"the ledger cannot be used: {error}", "unsafe") from error
    except sqlite3.Error as error:
        raise _failed(path, _kind(path, error), error) from error
    except OSError as error:
        raise _failed(path, _BY_SYSTEM.get(error.errno, "failed"), error) from error


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open the ledger to write; make it if it does not exist, and migrate it. Raises `LedgerFailed`.

    The whole file is checked only for a reason: a log left by a crash, or an end that is missing or unreadable.
    Where the file system has no locks, the caller must hold that of `single_instance`.
    """
    with translate_errors(path):
        private_directory(path.parent, holding=[path.name])
        private_file(path)
        refuse_other_than_files(path)
        able = abilities(path.parent)
        crashed = _beside(path, "-wal").exists() or _size(_beside(path, "-journal")) > 0
        with _connected(str(path) if able.locks else f"{path.absolute().as_uri()}?{_UNLOCKED}") as database:
            if not all(able):
                database.execute(EXCLUSIVE)
            # Checked before the first setting, which would already change a file of another program.
            version = version_of(database, path)
            if version > 0 and (crashed or _is_short(database, path) or not _ends_well(database)):
                check(database, path)
            _set(database, (*(LOGGING if all(able) else JOURNALING), *WRITING))
            if all(able) and (journal := _beside(path, "-journal")).exists():
                journal.unlink()  # of a time on another file system
            if version < VERSION:  # otherwise no lock is needed, and that of another program does not matter yet
                migrate(database, MIGRATIONS)
            return database


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open the ledger to read, also while a daemon writes it; an empty one if it does not exist."""
    with translate_errors(path):
        if path.exists():
            refuse_other_than_files(path)
            if database := _open_journaled(path) if _beside(path, "-journal").exists() else _open_logged(path):
                return database
        database = open_in_memory()
        _set(database, READING)
        return database


def _open_logged(path: Path) -> sqlite3.Connection | None:
    """Open a ledger with a write-ahead log."""
    try:
        return _open_to_read(path, _mode(path))
    except sqlite3.OperationalError:
        if not all(abilities(path.parent)):  # it comes from another file system, and no daemon has run here yet
            return _open_copy(path)
        if _size(_beside(path, "-wal")):
            raise
        return _open_to_read(path, _AS_IT_IS)  # on a full disk SQLite cannot make the files beside it


def _open_journaled(path: Path) -> sqlite3.Connection | None:
    """Open a ledger with a rollback journal, as `JOURNALING` leaves it."""
    if not abilities(path.parent).locks:
        return _open_copy(path)
    if not _size(_beside(path, "-journal")) or not os.access(path, os.W_OK):
        return _open_to_read(path, _mode(path))
    # A journal with content: a transaction is not over, or never ended. Each new file has one until its first setting;
    # a daemon killed then had recorded nothing.
    return _open_to_read(path, "mode=rw") if _version_on_disk(path) else None


def _open_to_read(path: Path, mode: str) -> sqlite3.Connection | None:
    with _connected(f"{path.absolute().as_uri()}?{mode}") as database:
        return _ready_to_read(database, path)


def _open_copy(path: Path) -> sqlite3.Connection | None:
    database = open_copy(path)
    try:
        return _ready_to_read(database, path)
    except BaseException:
        database.close()
        raise


def _ready_to_read(database: sqlite3.Connection, path: Path) -> sqlite3.Connection | None:
    if (version := version_of(database, path)) > 0:
        if version == 1:  # the daemon that writes it is older, or has not run since the update
            database.execute(NO_DAYS)
        _set(database, READING)
        return database
    database.close()  # a daemon has just created the file, and not yet its tables
    return None


def _version_on_disk(path: Path) -> int:
    """Return the version in the file's header, which SQLite has not read yet. No connection may be open."""
    with path.open("rb") as file:
        file.seek(60)
        return int.from_bytes(file.read(4), "big")


def refuse_other_than_files(path: Path) -> None:
    """Raise `Unsafe` if the ledger, or a file beside it that SQLite opens, is a pipe, a device or a directory.

    SQLite would wait for the other end of a pipe.
    """
    for each in (path, *(_beside(path, suffix) for suffix in ("-journal", "-wal", "-shm"))):
        if each.exists() and not each.is_file():
            raise Unsafe(f"{each} is not a regular file. Move it away")


def open_in_memory() -> sqlite3.Connection:
    """Make an empty ledger without a file; it is gone when it is closed."""
    with _connected(str(IN_MEMORY)) as database:
        migrate(database, MIGRATIONS)
        return database


def open_beside(path: Path) -> sqlite3.Connection:
    """Open an existing ledger to write. Raises `LedgerFailed` if it does not exist or has another version."""
    with translate_errors(path):
        refuse_other_than_files(path)
    if _beside(path, "-journal").exists() and not abilities(path.parent).locks:
        raise LedgerFailed(f"{path}: {_IN_WORDS['unlocked']}", "unlocked")
    with translate_errors(path), _connected(f"{path.absolute().as_uri()}?mode=rw") as database:
        if (version := version_of(database, path)) < VERSION:
            raise LedgerFailed(f"{path}: it still has version {version}", "busy")
        _set(database, WRITING)
        return database


def version_of(database: sqlite3.Connection, path: Path) -> int:
    """Return the file's version, 0 for an empty file. Raises `LedgerFailed` for another program's or a newer one."""
    if 0 < path.stat().st_size < SHORTEST:
        raise LedgerFailed(f"{path}: it is too short to be a ledger", "unusable")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION and (tables or version):
        raise LedgerFailed(f"{path}: it is the database of another program", "unusable")
    if version > VERSION:
        raise LedgerFailed(f"{path}: it is of version {version}, newer than this program's {VERSION}", "newer")
    return int(version)


def tables_of(database: sqlite3.Connection) -> list[str]:
    """Return the names of all tables."""
    return [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]


def migrate(database: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    """Run the migrations that the file lacks: all of them, or none."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        for number, statements in enumerate(migrations[version:], start=version + 1):
            for statement in statements:
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def check(database: sqlite3.Connection, path: Path) -> None:
    """Read the whole file. Raises `LedgerFailed` if it is damaged. Ten years take half a second."""
    with translate_errors(path):
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise LedgerFailed(f"{path}: it is damaged ({verdict})", "unusable")


def set_aside(path: Path) -> Path:
    """Rename an unusable ledger and its log, and return its new path. No program may have it open."""
    with translate_errors(path):
        number = 1
        while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
            number += 1
        # The log first: if it stayed, SQLite would replay it into the next ledger.
        for suffix in ("-wal", "-shm", "-journal", ""):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
        return aside


def files_aside(path: Path) -> list[Path]:
    """Return every file that was set aside from this ledger."""
    return sorted(path.parent.glob(f"{path.name}.aside-*"))


def _ends_well(database: sqlite3.Connection) -> bool:
    """Return whether the last row of each table can be read, and all events that a start of the daemon needs.

    The next rows are written beside the last ones.
    """
    try:
        for table in tables_of(database):
            rows = RECENT if table == "events" else 1
            database.execute(f"SELECT * FROM {table} ORDER BY 1 DESC LIMIT {rows}").fetchall()  # noqa: S608 - our own
    except sqlite3.DatabaseError:
        return False
    return True


def _mode(path: Path) -> str:
    """Return how to open for reading: beside a writer, which needs a writable directory, or else as immutable."""
    return "mode=ro" if _beside(path, "-wal").exists() or os.access(path.parent, os.W_OK) else _AS_IT_IS


@contextmanager
def _connected(name: str) -> Iterator[sqlite3.Connection]:
    """Return a connection, and close it if the block fails."""
    database = sqlite3.connect(
        name, timeout=BUSY_SECONDS, isolation_level=None, uri=name.startswith("file:"), cached_statements=32
    )
    try:
        yield database
    except BaseException:
        database.close()
        raise


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.name}{suffix}")


def _size(path: Path) -> int:
    """Return the size of a file, 0 if there is none."""
    return path.stat().st_size if path.exists() else 0


def _set(database: sqlite3.Connection, pragmas: Sequence[str]) -> None:
    for pragma in (*BOTH, *pragmas):
        database.execute(pragma)


def _is_short(database: sqlite3.Connection, path: Path) -> bool:
    """Return whether the end of the file is missing, as after an interrupted copy."""
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    return path.stat().st_size < int(pages) * int(size)


def _kind(path: Path, error: sqlite3.Error) -> Trouble:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the others are details
    if code == sqlite3.SQLITE_CANTOPEN and not os.access(path.parent, os.W_OK):
        return "read-only"  # the log could not be created
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR} and not all(abilities(path.parent)):
        return "unlocked"
    return _BY_SQLITE.get(code, "failed")


def _failed(path: Path, kind: Trouble, error: Exception) -> LedgerFailed:
    meaning = _IN_WORDS.get(kind)
    said = reason(error)
    return LedgerFailed(f"{path}: {meaning} ({said})" if meaning else f"{path}: {said}", kind)

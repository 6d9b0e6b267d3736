"""Getting hold of a ledger's SQLite file: the place, the settings, the version; or why not."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from slowrise.adapters.system.files import Unsafe, private_directory, private_file
from slowrise.ports.ledger import LedgerFailed, Trouble

IN_MEMORY = Path(":memory:")
"""Stands for the path of a ledger without a file."""

APPLICATION = 0x736C6F77
"""`slow`: tells our file from another program's database."""

BUSY_SECONDS = 1.0
"""How long a lock of another program is waited for; the loop stands still meanwhile."""

SHORTEST = 512
"""Bytes; the smallest page SQLite knows. What is shorter it would take for empty and write over."""

RECENT = 4000
"""Rows of the last days, which are read whenever a run begins."""

WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an event is on disk when append returns, also through a power cut
    "PRAGMA wal_autocheckpoint = 256",  # pages: the log stays at 1 MB
    "PRAGMA secure_delete = ON",  # what was deleted is overwritten
)
READING = ("PRAGMA query_only = ON",)
EITHER = ("PRAGMA cache_size = -512",)  # KiB; the default 2 MB would fill up over a long replay

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION}",
        # A run is a stretch of rows whose labels share a date and an offset. It also is the index by label: rows keep
        # the order of appending, in which labels go back when a clock is set.
        "CREATE TABLE runs (first INTEGER PRIMARY KEY, midnight INTEGER NOT NULL, offset INTEGER NOT NULL)",
        "CREATE TABLE events (row INTEGER PRIMARY KEY, ms INTEGER NOT NULL, code INTEGER NOT NULL, rest)",
        "CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE beat (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL)",
        """CREATE TABLE checkpoints (
            day TEXT PRIMARY KEY, row INTEGER NOT NULL, label INTEGER NOT NULL, state BLOB NOT NULL) WITHOUT ROWID""",
        # A run ends where the next one begins, the last one never.
        """CREATE VIEW stretches AS
            SELECT first, lead(first, 1, 0x7FFFFFFFFFFFFFFF) OVER (ORDER BY first) AS beyond, midnight, offset
            FROM runs""",
        # CROSS JOIN holds SQLite to this order: the few runs first, then their rows as they were appended.
        """CREATE VIEW labelled AS
            SELECT row, midnight, beyond, midnight + ms AS label, offset, ms, code, rest
            FROM stretches CROSS JOIN events ON row >= first AND row < beyond""",
    ),
    (
        # What was concluded of a day: its numbers, and apart from them what they were counted from.
        """CREATE TABLE days (
            day TEXT PRIMARY KEY, row INTEGER NOT NULL, under TEXT NOT NULL, numbers BLOB NOT NULL, record BLOB NOT NULL
        ) WITHOUT ROWID""",
        # Starts, clock steps and answers, by their numbers in `packing.KINDS`: few, and they change what lies before.
        "CREATE INDEX turns ON events (row) WHERE code IN (0, 17, 20)",
    ),
)
"""Each brings the file from the version that is its place to the next. Forward only; never change one that shipped."""

VERSION = len(MIGRATIONS)

NO_DAYS = "CREATE TEMP TABLE IF NOT EXISTS days (day, row, under, numbers, record)"
"""In place of the days that a file of version 1 does not have, for one who may only read it."""

_BY_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CORRUPT: "unusable",
    sqlite3.SQLITE_NOTADB: "unusable",
    # Where the file says of itself what it cannot be: another format, tables that are not there, values of no kind.
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
    "unusable": "it is damaged or no ledger",
}


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system raise into `LedgerFailed` with the file's name and what it means."""
    try:
        yield
    except Unsafe as error:
        raise LedgerFailed(f"ledger not used: {error}", "unsafe") from error
    except sqlite3.Error as error:
        raise _failed(path, _kind(path, error), error) from error
    except OSError as error:
        raise _failed(path, _BY_SYSTEM.get(error.errno, "failed"), error) from error


def open_to_write(path: Path) -> sqlite3.Connection:
    """The ledger, made if it is not there and brought to this version. Raises `LedgerFailed`.

    It is read through only when there is a reason to doubt it: a log left behind by a crash, an end that is missing, or
    one that cannot be read.
    """
    with translate_errors(path):
        private_directory(path.parent, holding=[path.name])
        private_file(path)
        crashed = path.with_name(f"{path.name}-wal").exists()
        with _connected(str(path)) as database:
            # Looked at before the first setting, for that would already change a file of somebody else.
            version = version_of(database, path)
            if version > 0 and (crashed or _is_short(database, path) or not _ends_well(database)):
                check(database, path)
            _set(database, WRITING)
            if version < VERSION:  # else no lock is needed, and one of another program does not matter yet
                migrate(database, MIGRATIONS)
            return database


def open_to_read(path: Path) -> sqlite3.Connection:
    """The ledger as it is, also while a daemon writes it; an empty one where there is none."""
    with translate_errors(path):
        # SQLite's own journal is there only until the first setting: whoever was killed then had recorded nothing.
        if path.exists() and not path.with_name(f"{path.name}-journal").exists():
            with _connected(f"{path.absolute().as_uri()}?{_mode(path)}") as database:
                if (version := version_of(database, path)) > 0:
                    if version < VERSION:  # the daemon that writes it is older, or none has run yet
                        database.execute(NO_DAYS)
                    _set(database, READING)
                    return database
                database.close()  # a daemon has made the file this instant and not filled it yet
        database = open_in_memory()
        _set(database, READING)
        return database


def open_in_memory() -> sqlite3.Connection:
    """Make an empty ledger without a file; it is gone when it is closed."""
    with _connected(str(IN_MEMORY)) as database:
        migrate(database, MIGRATIONS)
        return database


def open_beside(path: Path) -> sqlite3.Connection:
    """The ledger as it is, to write to. Raises `LedgerFailed` where it is not there or not of this version."""
    with translate_errors(path), _connected(f"{path.absolute().as_uri()}?mode=rw") as database:
        if (version := version_of(database, path)) < VERSION:
            raise LedgerFailed(f"{path}: it is of version {version} still", "busy")
        _set(database, WRITING)
        return database


def version_of(database: sqlite3.Connection, path: Path) -> int:
    """The file's version, 0 for an empty one. Raises `LedgerFailed` for one that is not ours or too new."""
    if 0 < path.stat().st_size < SHORTEST:
        raise LedgerFailed(f"{path}: it is too short for a database", "unusable")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION and (tables or version):
        raise LedgerFailed(f"{path}: it is a database of another program", "unusable")
    if version > VERSION:
        why = f"it is of version {version}, newer than this program's {VERSION}; a newer slowrise reads it"
        raise LedgerFailed(f"{path}: {why}", "newer")
    return int(version)


def migrate(database: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    """Bring the file to the version that is the number of migrations: all the way, or not at all."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        for number, statements in enumerate(migrations[version:], start=version + 1):
            for statement in statements:
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def check(database: sqlite3.Connection, path: Path) -> None:
    """Read the whole file and raise `LedgerFailed` if it is damaged. Ten years take half a second."""
    with translate_errors(path):
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise LedgerFailed(f"{path}: it is damaged ({verdict})", "unusable")


def set_aside(path: Path) -> Path:
    """Rename a ledger that cannot be used, with its log, and return its new name. Nobody may have it open."""
    with translate_errors(path):
        number = 1
        while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
            number += 1
        # The log goes first: left behind, it would be played into the ledger that comes next.
        for suffix in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
        return aside


def files_aside(path: Path) -> list[Path]:
    """Every file that was ever set aside from this ledger."""
    return sorted(path.parent.glob(f"{path.name}.aside-*"))


def _ends_well(database: sqlite3.Connection) -> bool:
    """Whether the rows can be read beside which the next ones will be written, and those a run begins with."""
    try:
        tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = RECENT if table == "events" else 1
            database.execute(f"SELECT * FROM {table} ORDER BY 1 DESC LIMIT {rows}").fetchall()  # noqa: S608 - our own
    except sqlite3.DatabaseError:
        return False
    return True


def _mode(path: Path) -> str:
    """How to read: beside one who writes, which takes a writable directory; else as a file that nobody changes."""
    logged = path.with_name(f"{path.name}-wal").exists()
    return "mode=ro" if logged or os.access(path.parent, os.W_OK) else "immutable=1"


@contextmanager
def _connected(name: str) -> Iterator[sqlite3.Connection]:
    """A connection that is closed again if what is done with it fails."""
    database = sqlite3.connect(
        name, timeout=BUSY_SECONDS, isolation_level=None, uri=name.startswith("file:"), cached_statements=32
    )
    try:
        yield database
    except BaseException:
        database.close()
        raise


def _set(database: sqlite3.Connection, pragmas: Sequence[str]) -> None:
    for pragma in (*EITHER, *pragmas):
        database.execute(pragma)


def _is_short(database: sqlite3.Connection, path: Path) -> bool:
    """Whether the end of the file is missing, as after a copy or a restore that was cut off."""
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    return path.stat().st_size < int(pages) * int(size)


def _kind(path: Path, error: sqlite3.Error) -> Trouble:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest a detail of it
    if code == sqlite3.SQLITE_CANTOPEN and not os.access(path.parent, os.W_OK):
        return "read-only"  # the log could not be made
    return _BY_SQLITE.get(code, "failed")


def _failed(path: Path, kind: Trouble, error: Exception) -> LedgerFailed:
    meaning = _IN_WORDS.get(kind)
    return LedgerFailed(f"{path}: {meaning} ({error})" if meaning else f"{path}: {error}", kind)

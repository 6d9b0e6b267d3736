"""What the file system of the ledger can do, and how to read a ledger where it can do less.

SQLite needs record locks, and shared memory for its write-ahead log. Some file systems have no locks (NFS without its
lock service, some FUSE file systems) or cannot map a file shared (9p, vboxsf). There the daemon writes with a rollback
journal, and without locks it relies on the lock of `single_instance` alone. A reader without locks cannot open the
ledger beside the daemon, so it reads a copy.
"""

from __future__ import annotations

import mmap
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from errno import EACCES, EAGAIN
from pathlib import Path
from typing import NamedTuple

from slowrise.ports.ledger import LedgerFailed

SUFFIXES = ("", "-journal", "-wal")
"""The files that make up a ledger. `-shm` can be rebuilt from the log."""
COPY_SECONDS = 2.0
"""Longest wait for a moment in which no program writes. A transaction takes some milliseconds."""
RETRY = 0.01
"""Seconds between two attempts."""
HEADER = 100
"""Bytes of SQLite's header. Each transaction with a rollback journal changes its counter."""


class Abilities(NamedTuple):
    """Whether the file system has record locks, and can map a file shared."""

    locks: bool = True
    shared_memory: bool = True


def abilities(directory: Path) -> Abilities:
    """Try out what the file system of this directory can do. Where no file can be made, assume everything."""
    if sys.platform == "win32":  # SQLite uses other locks there
        return Abilities()
    import fcntl

    try:
        with tempfile.TemporaryFile(prefix=".probe-", dir=directory) as file:
            file.truncate(mmap.PAGESIZE)
            return Abilities(
                locks=_works(lambda: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)),
                shared_memory=_works(lambda: mmap.mmap(file.fileno(), mmap.PAGESIZE).close()),
            )
    except OSError:
        return Abilities()


def _works(call: Callable[[], object]) -> bool:
    """Return whether the system can do this at all. That it is locked just now is a yes."""
    try:
        call()
    except OSError as error:
        return error.errno in {EACCES, EAGAIN}
    return True


@contextmanager
def copied(path: Path, to: Path) -> Iterator[sqlite3.Connection]:
    """Copy a ledger and open the copy, which is deleted afterwards. Raises `LedgerFailed` and errors of SQLite.

    It needs no lock. Files that did not change during the copying are what a crash would have left: SQLite reads that.
    """
    try:
        _copy(path, to)
        # The copy may be on the same file system. Its log is replayed in exclusive mode, without shared memory.
        uri = f"{to.absolute().as_uri()}?mode=rw&vfs=unix-none"
        with closing(sqlite3.connect(uri, isolation_level=None, uri=True)) as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            yield database
    finally:
        remove(to)


def open_copy(path: Path) -> sqlite3.Connection:
    """Return a copy of a ledger in memory. Raises what `copied` raises."""
    with tempfile.TemporaryDirectory(prefix="slowrise-") as directory, copied(path, Path(directory, path.name)) as copy:
        memory = sqlite3.connect(":memory:", isolation_level=None)
        try:
            copy.backup(memory)
        except BaseException:
            memory.close()
            raise
        return memory


def remove(path: Path) -> None:
    """Delete an SQLite file and everything that belongs to it."""
    for suffix in (*SUFFIXES, "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _copy(path: Path, to: Path) -> None:
    until = time.monotonic() + COPY_SECONDS
    while True:
        before = _state(path)
        remove(to)
        for suffix in SUFFIXES:
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{suffix}", f"{to}{suffix}")
        if _state(path) == before:
            return
        if time.monotonic() > until:
            raise LedgerFailed(f"{path}: another program is writing it just now", "busy")
        time.sleep(RETRY)


def _state(path: Path) -> list[object]:
    """Return what differs once a transaction has begun, and once it has ended."""
    with path.open("rb") as file:
        state: list[object] = [file.read(HEADER)]
    for suffix in SUFFIXES:
        with suppress(FileNotFoundError):
            status = Path(f"{path}{suffix}").stat()
            state.append((suffix, status.st_ino, status.st_size, status.st_mtime_ns))
    return state
